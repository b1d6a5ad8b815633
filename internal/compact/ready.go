package compact

import (
	"strconv"

	"github.com/rearguard/rearguard/scenario"
)

// IOC and FOC, where their delay has a price. One day is chosen on which the goal is
// reached, or none; of what a line asks for no more may be missing, on the days from there
// on for as long as it must hold, than the goal lets be.

// addGoals adds the choice of a day for each goal; lacking are the columns, by line and day,
// of what is missing of a line.
func (p *Program) addGoals(b *block, lacking func(line, day int) []int32) {
	for _, g := range p.s.Goals() {
		if g.Price == 0 || !g.Open(p.days) {
			continue
		}
		kind := "IOC"
		if g.Full {
			kind = "FOC"
		}
		name := p.opNames[g.Operation]
		one := b.row(join(kind, name), equal, 1)
		b.add(one, b.column(join(kind+"never", name), g.Price*float64(p.days-g.First), 1, true), 1)
		from := none(p.days) // by day: reached then
		for d := g.First; d+g.Hold <= p.days; d++ {
			if p.opens(&g, d) {
				from[d] = b.column(join(kind+"from", name, strconv.Itoa(d)), g.Price*float64(d-g.First), 1, true)
				b.add(one, from[d], 1)
			}
		}
		for _, w := range g.Wants {
			l := &p.lines[w.Line]
			for d := w.From; d < w.Until; d++ {
				r := b.row(join(kind+"holds", name, l.name, strconv.Itoa(d)), atMost, l.Target.Likely)
				b.addAll(r, lacking(w.Line, d), 1)
				for t := max(g.First, d-g.Hold+1); t <= d; t++ {
					b.add(r, from[t], w.Amount)
				}
			}
		}
	}
}

// opens reports whether something that a goal waits for is open on the days that it must
// hold from a day on.
func (p *Program) opens(g *scenario.Goal, day int) bool {
	for _, w := range g.Wants {
		if w.From < w.Until && w.From < day+g.Hold && day < w.Until {
			return true
		}
	}
	return false
}
