package report

import (
	"fmt"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
)

// ShapeRow is one line of the shape of a plan.
type ShapeRow struct {
	What    string `json:"what"`
	HowMuch string `json:"how_much"`
	Part    bool   `json:"part"` // of the line above that is none
}

// ShapeOf says how a plan reads: see [plan.Shape].
func ShapeOf(e *plan.Evaluation) []ShapeRow {
	s := e.Shape()
	var rows []ShapeRow
	add := func(part bool, what, howMuch string) { rows = append(rows, ShapeRow{what, howMuch, part}) }
	number := func(n int) string { return words.Quantity(float64(n)) }
	days := func(n int) string { return words.Plural(float64(n), "day") }
	of := func(n, all int) string {
		if all == 0 {
			return number(n)
		}
		return fmt.Sprintf("%s (%s)", number(n), words.Percent(float64(n)/float64(all)))
	}
	add(false, "Units that move", number(s.Units))
	add(false, "Tours from home", number(s.Tours))
	add(false, "Moves", number(s.Moves))
	add(false, "Moves of such a unit in a year", fmt.Sprintf("%.1f", s.PerYear))
	add(false, "Stays that end", number(s.Stays.Number))
	if s.Stays.Number > 0 {
		add(true, "shorter than 30 days", of(s.Stays.Under30, s.Stays.Number))
		add(true, "shorter than 45 days", of(s.Stays.Under45, s.Stays.Number))
		add(true, "the shortest", days(s.Stays.Least))
		add(true, "a tenth at most", days(s.Stays.Tenth))
		add(true, "a quarter at most", days(s.Stays.Quarter))
		add(true, "half at most", days(s.Stays.Median))
		add(true, "the longest", days(s.Stays.Most))
	}
	add(false, "Swaps of equal units of one owner", number(len(s.Swaps)))
	add(true, "though the first could have stayed a month more", number(s.CouldStay()))
	add(true, "for nothing: the other would still have had its usual tour", number(s.Needless()))
	add(false, "Returns to a post just left", number(s.Returns))
	add(false, "Days on the way, of days away", of(s.OnTheWay, s.OnTheWay+s.Serving))
	add(false, "Floors missed for 1 to 3 days", number(s.Blinks))
	return rows
}
