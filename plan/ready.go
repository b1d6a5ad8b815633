package plan

import (
	"github.com/rearguard/rearguard/scenario"
)

// readiness is IOC and FOC of each operation, and what their delay costs.
func (e *Evaluation) readiness(m *Metrics) (cost float64) {
	c := e.Scenario.Calendar
	for i := range e.goals {
		g := &e.goals[i]
		day, reached := e.reached(g)
		if g.Open(c.Days) {
			cost += g.Price * float64(day-g.First)
		}
		var date *scenario.Date
		if reached {
			date = new(c.Date(day))
		}
		if id := e.Scenario.Operations[g.Operation].ID; g.Full {
			m.FOC[id] = date
		} else {
			m.IOC[id] = date
		}
	}
	return cost
}

// reached is the first day from which all that a goal waits for holds, and something is
// open, for as long as it must; the calendar's end if there is none.
func (e *Evaluation) reached(g *scenario.Goal) (day int, reached bool) {
	days := e.Scenario.Calendar.Days
	open, missed := make([]bool, days), make([]bool, days)
	for _, w := range g.Wants {
		cover := e.Lines[w.Line].Cover
		for d := w.From; d < w.Until; d++ {
			open[d] = true
			missed[d] = missed[d] || cover[d] < w.Amount-same
		}
	}
	held, last := 0, -1 // days in a row without a miss, and the last on which something was open
	for d := max(g.First, 0); d < days; d++ {
		held++
		if open[d] {
			last = d
		}
		if missed[d] {
			held = 0
		}
		if first := d - g.Hold + 1; held >= g.Hold && last >= first {
			return first, true
		}
	}
	return days, false
}
