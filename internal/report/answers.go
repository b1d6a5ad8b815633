package report

import (
	"fmt"
	"strings"

	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/scenario"
)

// AnswerEntry is a further question about the plan with its answer: sentences, a
// chart where one says more, and the figures as a table.
type AnswerEntry struct {
	Title   string     `json:"title"`
	Text    []string   `json:"text"`
	Chart   *Chart     `json:"chart"` // nil: none
	Head    []string   `json:"head"`
	Numbers []int      `json:"numbers"` // columns that are right-aligned
	Rows    [][]string `json:"rows"`
}

// Chart is drawn from its series alone.
type Chart struct {
	Kind   string   `json:"kind"` // bars, one label each; or curve, points joined by a line
	X      string   `json:"x"`    // what the axes say
	Y      string   `json:"y"`
	Labels []string `json:"labels"` // of bars, or of the values of x
	Series []Series `json:"series"`
}

// Series is one colour of a chart.
type Series struct {
	Name string     `json:"name"`
	X    []float64  `json:"x"`    // of a curve; empty for bars
	Y    []*float64 `json:"y"`    // null is not reached
	Mark int        `json:"mark"` // index of the point that is marked, -1 none
}

// filled has no list that is null in JSON.
func (a AnswerEntry) filled() AnswerEntry {
	a.Text, a.Head, a.Numbers, a.Rows = list(a.Text), list(a.Head), list(a.Numbers), list(a.Rows)
	if a.Chart == nil {
		return a
	}
	a.Chart.Labels, a.Chart.Series = list(a.Chart.Labels), list(a.Chart.Series)
	for i := range a.Chart.Series {
		s := &a.Chart.Series[i]
		s.X, s.Y = list(s.X), list(s.Y)
	}
	return a
}

func list[T any](x []T) []T {
	if x == nil {
		return []T{}
	}
	return x
}

// mostBars of a chart; the table has all.
const mostBars = 15

// LosesAnswer is who could be lost, as a chart of what that would add.
func LosesAnswer(s *scenario.Scenario, l *stress.Losses) AnswerEntry {
	a := AnswerEntry{
		Title: "What if one of them does not come?", Numbers: []int{1, 3, 4, 5},
		Head: []string{"Without", "Units used", "Readiness", "Standing", "Operations", "Cost"},
		Chart: &Chart{Kind: "bars", X: "exposure-days added", Series: []Series{
			{Name: "standing posts", Mark: -1}, {Name: "operations", Mark: -1},
		}},
	}
	names := map[string]string{}
	for _, c := range s.Contributors {
		names[c.ID] = orID(c.Name, c.ID)
	}
	var vetoes []string
	for i, x := range l.Losses {
		var who []string
		for _, id := range x.Contributors {
			who = append(who, names[id])
		}
		name := strings.Join(who, " and ")
		if x.Veto {
			vetoes = append(vetoes, name)
		}
		ready := "as planned"
		if len(x.IOCLost) > 0 {
			ready = "IOC lost"
		} else {
			later := 0
			for _, days := range x.IOCLater {
				later = max(later, days)
			}
			if later > 0 {
				ready = plural(float64(later), "day") + " later"
			}
		}
		a.Rows = append(a.Rows, []string{name, fmt.Sprint(x.Units), ready, signed(x.StandingAdded), signed(x.OperationsAdded), signed(x.CostAdded)})
		if i < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, name)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, positive(x.StandingAdded))
			a.Chart.Series[1].Y = append(a.Chart.Series[1].Y, positive(x.OperationsAdded))
		}
	}
	a.Text = []string{"Each contributor is left out in turn and everybody else is planned anew; the worst loss comes first."}
	if len(vetoes) > 0 {
		a.Text = append(a.Text, "No plan was found in which every operation is ready without "+strings.Join(vetoes, ", or without ")+".")
	}
	return a.filled()
}

// SweepAnswer is the reaction curve: what is achieved by D-day.
func SweepAnswer(s *scenario.Scenario, x *stress.Sweep) AnswerEntry {
	name := x.Operation
	for _, op := range s.Operations {
		if op.ID == x.Operation {
			name = orID(op.Name, op.ID)
		}
	}
	a := AnswerEntry{
		Title:   "What if " + name + " starts on another day?",
		Text:    []string{"The best plan found for each D-day, as if it were known from today on."},
		Head:    []string{"D-day", "IOC", "FOC", "Standing", "Operations", "First decision"},
		Numbers: []int{3, 4},
		Chart:   &Chart{Kind: "curve", X: "D-day", Y: "days from D-day to IOC", Series: []Series{{Name: "IOC", Mark: -1}}},
	}
	for i, d := range x.Days {
		first := "none"
		if d.FirstDecision != nil {
			first = shortDay(*d.FirstDecision)
		}
		a.Rows = append(a.Rows, []string{shortDay(d.DDay), daysAfter(d.IOCAfter), daysAfter(d.FOCAfter), quantity(d.Outcome.ExposureStanding), quantity(d.Outcome.ExposureOperations), first})
		a.Chart.Labels = append(a.Chart.Labels, shortDay(d.DDay))
		a.Chart.Series[0].X = append(a.Chart.Series[0].X, float64(i))
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, whole(d.IOCAfter))
	}
	return a.filled()
}

// CurveAnswer is the trade-off of the flanks against the operations.
func CurveAnswer(c *stress.Curve) AnswerEntry {
	a := AnswerEntry{
		Title:   "What do the operations cost the flanks?",
		Text:    []string{"Plans at other prices of exposure, of which none is better than another in both."},
		Head:    []string{"Standing posts", "Operations", "Gap of the cover", ""},
		Numbers: []int{0, 1, 2},
		Chart:   &Chart{Kind: "curve", X: "exposure-days at standing posts", Y: "at operations", Series: []Series{{Name: "plans", Mark: c.Knee}}},
	}
	for i, p := range c.Points {
		knee := ""
		if i == c.Knee {
			knee = "knee"
		}
		a.Rows = append(a.Rows, []string{quantity(p.Outcome.ExposureStanding), quantity(p.Outcome.ExposureOperations), fmt.Sprintf("%.2f %%", 100*p.Outcome.GapOfCover), knee})
		a.Chart.Series[0].X = append(a.Chart.Series[0].X, p.Outcome.ExposureStanding)
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, &c.Points[i].Outcome.ExposureOperations)
	}
	if len(c.Points) == 1 {
		a.Text = append(a.Text, "One plan is the best in both: there is nothing to trade.")
		a.Chart = nil
	}
	return a.filled()
}

// AsksAnswer is what would close the gaps.
func AsksAnswer(x *stress.Asks) AnswerEntry {
	a := AnswerEntry{
		Title: "What would close the gaps?", Head: []string{"Ask", "Exposure-days closed", "IOC earlier", "Price"}, Numbers: []int{1, 2, 3},
		Chart: &Chart{Kind: "bars", X: "exposure-days closed, each alone", Series: []Series{{Name: "closed", Mark: -1}}},
	}
	for _, k := range x.Asks {
		if k.Closed <= 0.005 && k.IOCEarlier <= 0 {
			continue
		}
		text := string(k.Kind) + ": " + k.Text
		a.Rows = append(a.Rows, []string{text, quantity(k.Closed), plural(float64(k.IOCEarlier), "day"), quantity(k.Price)})
		if len(a.Chart.Labels) < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, text)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, positive(k.Closed))
		}
	}
	if len(a.Rows) == 0 {
		a.Text, a.Chart = []string{"No approval, waiver, lift or pledge asked for alone closes anything."}, nil
		return a.filled()
	}
	var chosen []string
	for _, k := range x.Chosen {
		chosen = append(chosen, k.Text)
	}
	if len(chosen) > 0 {
		last := x.Chosen[len(x.Chosen)-1].Outcome
		a.Text = []string{fmt.Sprintf("Best together: %s. That leaves %s at standing posts and %s at operations; without any ask the best plan found in the same time leaves %s and %s.", strings.Join(chosen, "; "),
			plural(last.ExposureStanding, "exposure-day"), quantity(last.ExposureOperations), quantity(x.Base.ExposureStanding), quantity(x.Base.ExposureOperations))}
		if p := x.Proof; x.Enough && p.Fewest >= len(chosen) {
			a.Text = append(a.Text, "Fewer asks would not do; that is proven.")
		}
	}
	return a.filled()
}

// SamplesAnswer is what plans achieve over what is uncertain.
func SamplesAnswer(s *scenario.Scenario, x *stress.Samples) AnswerEntry {
	a := AnswerEntry{
		Title:   "What if some of it is not true?",
		Head:    []string{plural(float64(x.N), "sample"), "5 %", "50 %", "95 %"},
		Numbers: []int{1, 2, 3},
		Text: []string{"Ranges, soft pledges and slipping notice and approval are drawn, and each draw is planned with its facts known.",
			fmt.Sprintf("Exposure at standing posts: %s in the median, %s in one of twenty cases.", plural(x.Standing.Median, "exposure-day"), quantity(x.Standing.High))},
		Chart: &Chart{Kind: "bars", X: "part of the spread of the exposure that each input explains, %", Series: []Series{{Name: "explains", Mark: -1}}},
	}
	for _, row := range []struct {
		name string
		stress.Band
	}{{"Exposure-days, standing posts", x.Standing}, {"Exposure-days, operations", x.Operations}} {
		a.Rows = append(a.Rows, []string{row.name, quantity(row.Low), quantity(row.Median), quantity(row.High)})
	}
	for _, op := range s.Operations {
		for _, row := range []struct {
			name string
			stress.Days
		}{{"IOC", x.IOC[op.ID]}, {"FOC", x.FOC[op.ID]}} {
			name := orID(op.Name, op.ID)
			a.Rows = append(a.Rows, []string{row.name + " of " + name, daysAfter(row.Low), daysAfter(row.Median), daysAfter(row.High)})
			if row.name == "IOC" {
				a.Text = append(a.Text, fmt.Sprintf("%s is ready in the calendar in %s of the samples.", name, percent(row.Reached)))
			}
		}
	}
	for i, d := range x.Drivers {
		if i < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, d.Input)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, positive(100*d.Explains))
		}
	}
	if len(x.Drivers) == 0 {
		a.Chart = nil
		a.Text = append(a.Text, "No single input explains the spread beyond chance.")
	}
	return a.filled()
}

// RobustAnswer is what the plan loses if somebody leaves half-way, and what another
// plan would.
func RobustAnswer(s *scenario.Scenario, x *stress.Robust) AnswerEntry {
	names := map[string]string{"": "nobody"}
	for _, c := range s.Contributors {
		names[c.ID] = orID(c.Name, c.ID)
	}
	a := AnswerEntry{
		Title:   "What if one of them leaves on " + shortDay(x.LeaveOn) + "?",
		Head:    []string{"Plan made as if", "Nobody leaves", "Worst case", "if leaves"},
		Numbers: []int{1, 2},
		Chart: &Chart{Kind: "bars", X: "cost, everybody else planned anew from that day", Series: []Series{
			{Name: "at worst, above that", Mark: -1}, {Name: "if nobody leaves", Mark: -1},
		}},
	}
	for _, h := range x.Hedges {
		name := names[h.Expects] + " left"
		a.Rows = append(a.Rows, []string{name, quantity(h.Undisturbed), quantity(h.WorstCase), names[h.Worst]})
		a.Chart.Labels = append(a.Chart.Labels, "as if "+name)
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, positive(h.WorstCase-h.Undisturbed))
		a.Chart.Series[1].Y = append(a.Chart.Series[1].Y, positive(h.Undisturbed))
	}
	best, cheapest := x.Hedges[0], x.Hedges[x.Cheapest]
	a.Text = []string{"What has been ordered by then stays. Each plan is held against the departures that cost most."}
	if best.Expects == "" {
		a.Text = append(a.Text, fmt.Sprintf("At worst %s leaves; no plan tried loses less.", names[best.Worst]))
	} else {
		a.Text = append(a.Text, fmt.Sprintf("A plan made as if %s left costs %s at worst instead of %s, for %s more if nobody does.", names[best.Expects],
			quantity(best.WorstCase), quantity(cheapest.WorstCase), quantity(best.Price)))
	}
	return a.filled()
}

func positive(x float64) *float64 {
	x = max(0, x)
	return &x
}

func whole(days *int) *float64 {
	if days == nil {
		return nil
	}
	x := float64(*days)
	return &x
}

func daysAfter(days *int) string {
	if days == nil {
		return "not reached"
	}
	return fmt.Sprintf("D%+d", *days)
}

func orID(name, id string) string {
	if name != "" {
		return name
	}
	return id
}
