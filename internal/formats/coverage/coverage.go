// Package coverage writes what a plan covers, line by line and day by day, for
// spreadsheets and other programs.
package coverage

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Columns are those of the CSV table, in order.
var Columns = []string{"date", "day", "area", "post", "operation", "capability", "floor", "target", "cover", "exposure", "shortfall"}

// file is the JSON form.
type file struct {
	Scenario string        `json:"scenario"`
	Start    scenario.Date `json:"start"`
	Days     int           `json:"days"`
	Lines    []line        `json:"lines"`
}

// line is one requirement on the days [From, Until): the lists begin with From.
type line struct {
	Area       string        `json:"area,omitempty"`
	Post       string        `json:"post"`
	Operation  string        `json:"operation,omitempty"`
	Capability string        `json:"capability"`
	Floor      float64       `json:"floor"`
	Target     float64       `json:"target"`
	From       scenario.Date `json:"from"`
	Until      scenario.Date `json:"until"`
	Cover      []float64     `json:"cover"`
	Exposure   []float64     `json:"exposure"`
	Shortfall  []float64     `json:"shortfall"`
}

// WriteCSV writes a row for each line and day on which it counts, of a plan of a
// resolved scenario.
func WriteCSV(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	f, err := measure(s, p)
	if err != nil {
		return err
	}
	table := csv.NewWriter(w)
	rows := [][]string{Columns}
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	for _, l := range f.Lines {
		for i := range l.Cover {
			date := l.From + scenario.Date(i)
			rows = append(rows, []string{
				date.String(), strconv.Itoa(s.Calendar.Day(date)), formats.Guard(l.Area), formats.Guard(l.Post), formats.Guard(l.Operation),
				formats.Guard(l.Capability), number(l.Floor), number(l.Target), number(l.Cover[i]), number(l.Exposure[i]), number(l.Shortfall[i]),
			})
		}
	}
	if err := table.WriteAll(rows); err != nil {
		return fmt.Errorf("write the cover of %q: %w", s.Name, err)
	}
	return nil
}

// WriteJSON writes an object for each line, with a list of days each for cover,
// exposure and shortfall, of a plan of a resolved scenario.
func WriteJSON(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	f, err := measure(s, p)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write the cover of %q: %w", s.Name, err)
	}
	return nil
}

func measure(s *scenario.Scenario, p *plan.Plan) (*file, error) {
	achieved, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	area := map[string]string{}
	for _, x := range s.Places {
		area[x.ID] = x.Area
	}
	f := &file{Scenario: s.Name, Start: s.Calendar.Start, Days: s.Calendar.Days, Lines: []line{}}
	for i := range achieved.Lines {
		l := &achieved.Lines[i]
		out := line{
			Area: area[l.Post.Place], Post: l.Post.ID, Operation: l.Post.Operation, Capability: l.Line.Capability,
			Floor: l.Line.Floor.Likely, Target: l.Line.Target.Likely, From: s.Calendar.Date(l.From), Until: s.Calendar.Date(l.Until),
			Cover: []float64{}, Exposure: []float64{}, Shortfall: []float64{},
		}
		for d := l.From; d < l.Until; d++ {
			out.Cover = append(out.Cover, rounded(l.Cover[d]))
			out.Exposure = append(out.Exposure, rounded(l.Exposure(d)))
			out.Shortfall = append(out.Shortfall, rounded(l.Shortfall(d)))
		}
		f.Lines = append(f.Lines, out)
	}
	return f, nil
}

// rounded drops the noise of sums of parts.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
