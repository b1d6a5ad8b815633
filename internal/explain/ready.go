package explain

import (
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// delays is what IOC and FOC cost with the unit's tours as they would be, everybody else
// as planned.
type delays struct {
	goals []goal
	now   float64 // what they cost as planned
}

// goal is IOC or FOC of an operation, without what the leg that is asked for and the one
// before it give.
type goal struct {
	*scenario.Goal
	open    []bool
	missing []int // by day: lines that miss something
	leg     []int // by day: of these, those that the leg would fill
	before  []int // those that the leg before it would fill
	singles []stretchOf
}

// stretchOf is a line that only a leg that lasts as long fills.
type stretchOf struct {
	from, until int
	fills       []int // by day
}

// sameCover is the tolerance of comparisons of cover (docs/model.md, Settled 12).
const sameCover = 1e-9

// delays prepares the goals of one variant, given the cover without the legs in question.
func (c *choice) delays(cover map[int][]float64, v variant, as string) *delays {
	var x delays
	days := c.s.Calendar.Days
	all := c.s.Goals()
	for i := range all {
		g := goal{Goal: &all[i], open: make([]bool, days), missing: make([]int, days), leg: make([]int, days), before: make([]int, days)}
		if g.Price == 0 || !g.Open(days) {
			continue
		}
		planned := make([]int, days)
		for _, w := range g.Wants {
			k := &c.e.Lines[w.Line]
			without, touched := cover[w.Line]
			if !touched {
				without = k.Cover
			}
			here := c.fills(k, w, c.q.ID, as, without)
			if k.Line.Single && here != nil {
				g.singles = append(g.singles, stretchOf{w.From, w.Until, here})
				here = nil
			}
			var before []int
			if n := len(v.prefix); n > 0 && !k.Line.Single {
				before = c.fills(k, w, v.prefix[n-1].Post, v.prefix[n-1].As, without)
			}
			for d := w.From; d < w.Until; d++ {
				g.open[d] = true
				g.missing[d] += one(without[d] < w.Amount-sameCover)
				planned[d] += one(k.Cover[d] < w.Amount-sameCover)
				if here != nil {
					g.leg[d] += here[d]
				}
				if before != nil {
					g.before[d] += before[d]
				}
			}
		}
		x.now += g.cost(func(d int) int { return planned[d] })
		x.goals = append(x.goals, g)
	}
	return &x
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// fills is, by day, whether the unit at a post gives a line what it misses; nil if it gives
// it nothing.
func (c *choice) fills(k *plan.LineCover, w scenario.Want, post, as string, cover []float64) []int {
	gives := c.rules.Gives(c.u, as, k.Line.Capability)
	if k.Post.ID != post || gives <= 0 {
		return nil
	}
	out := make([]int, c.s.Calendar.Days)
	for d := w.From; d < w.Until; d++ {
		out[d] = one(cover[d] < w.Amount-sameCover && cover[d]+gives >= w.Amount-sameCover)
	}
	return out
}

// cost is the price of a goal's delay, given what is missing by day.
func (g *goal) cost(missing func(day int) int) float64 {
	days := len(g.open)
	held, last := 0, -1
	for d := g.First; d < days; d++ {
		if held++; missing(d) > 0 {
			held = 0
		}
		if g.open[d] {
			last = d
		}
		if first := d - g.Hold + 1; held >= g.Hold && last >= first {
			return g.Price * float64(first-g.First)
		}
	}
	return g.Price * float64(days-g.First)
}

// added is what the delays cost more than as planned, with the leg before the one asked for
// from a day until that departs, and that on [effective, until).
func (x *delays) added(from, depart, effective, until int) float64 {
	cost := -x.now
	for i := range x.goals {
		g := &x.goals[i]
		cost += g.cost(func(d int) int {
			n := g.missing[d]
			if from <= d && d < depart {
				n -= g.before[d]
			}
			if effective <= d && d < until {
				n -= g.leg[d]
				for _, s := range g.singles {
					if effective <= s.from && s.until <= until {
						n -= s.fills[d]
					}
				}
			}
			return n
		})
	}
	return cost
}
