package explain

import (
	"slices"

	"github.com/rearguard/rearguard/plan"
)

// span is a tour as those at home see it: the days on which the unit leaves, is home
// again, and has rested.
type span struct{ depart, home, rested int }

// home is what a unit is worth to its contributor's minimum at home, everybody else as
// planned.
type home struct {
	present, fit  []float64 // saved before each day by its being home, and by its being home and rested
	ready, rested int       // when it is home and rested first, unless it is away on day 0
	before, after []span
	now           float64 // saved as planned
}

// atHome prepares the sums of one variant.
func (c *choice) atHome(v variant) *home {
	h := &home{rested: 0, before: c.spans(v.before), after: c.spans(v.after)}
	if !c.u.Ready.IsZero() {
		h.rested = max(0, c.u.Ready.Number())
	}
	if c.u.At != nil && (len(c.tours0()) == 0 || !c.tours0()[0].Legs[0].OnDayZero()) {
		h.ready = c.wayHome()
		h.rested = max(h.rested, h.ready+rest(c.u, -min(0, c.u.At.Since.Number())))
	}
	now := c.spans(c.tours0())
	present, fit := make([]float64, c.s.Calendar.Days), make([]float64, c.s.Calendar.Days)
	for i := range c.e.Lines {
		l := &c.e.Lines[i]
		gives := c.rules.Gives(c.u, plan.All, l.Line.Capability)
		if l.Post.HomeOf != c.u.Contributor || gives <= 0 {
			continue
		}
		daily := fit
		if l.Post.RestingCounts {
			daily = present
		}
		cover := slices.Clone(l.Cover)
		h.periods(now, func(resting bool, from, until int) {
			for d := max(from, l.From); resting == l.Post.RestingCounts && d < min(until, l.Until); d++ {
				cover[d] -= gives
			}
		}, c.s.Calendar.Days)
		for d := l.From; d < l.Until; d++ {
			daily[d] += c.lack(l, cover[d]) - c.lack(l, cover[d]+gives)
		}
	}
	h.present, h.fit = running(present), running(fit)
	h.now = h.saved(now)
	return h
}

// spans are tours as those at home see them.
func (c *choice) spans(tours []plan.Tour) (all []span) {
	for i := range tours {
		t := &tours[i]
		all = append(all, span{c.s.Calendar.Day(t.Legs[0].Depart), c.s.Calendar.Day(t.Home), c.e.Rested(c.u, t)})
	}
	return all
}

// periods calls do for each time at home (resting) and each time at home and rested.
func (h *home) periods(tours []span, do func(resting bool, from, until int), days int) {
	from, rested := h.ready, h.rested
	for _, t := range append(slices.Clip(tours), span{depart: days}) {
		do(true, from, t.depart)
		do(false, rested, t.depart)
		from, rested = t.home, t.rested
	}
}

func (h *home) saved(tours []span) (sum float64) {
	days := len(h.present) - 1
	h.periods(tours, func(resting bool, from, until int) {
		sums := h.fit
		if resting {
			sums = h.present
		}
		if from = min(from, days); from < until {
			sum += sums[until] - sums[from]
		}
	}, days)
	return sum
}

// cost is what those at home lose by a tour in the place of what the variant drops.
func (h *home) cost(tour span) float64 {
	if h.present[len(h.present)-1] == 0 && h.fit[len(h.fit)-1] == 0 {
		return 0
	}
	return h.now - h.saved(slices.Concat(h.before, []span{tour}, h.after))
}
