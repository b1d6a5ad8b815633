package conditions

import (
	"maps"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// sides are what a disputed condition is by the favourable view and by the adverse
// one, each with the reports that it takes to be right and the other does not.
func (w *World) sides(id string) []Claim {
	d := dispute{w, newStance(), newStance()}
	d.of(id, false, false)
	return []Claim{d.good.claim(w.find(view{id, true}).state), d.bad.claim(w.find(view{id, false}).state)}
}

// dispute collects what the two views of a condition take to be true.
type dispute struct {
	*World
	good, bad *stance // of the favourable view and of the adverse one
}

// stance is what one side of a dispute takes to be true.
type stance struct{ reports, lowest, highest map[string]bool }

func newStance() *stance {
	return &stance{map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (x *stance) claim(state scenario.State) Claim {
	sorted := func(ids map[string]bool) []string { return slices.Sorted(maps.Keys(ids)) }
	return Claim{State: state, Reports: append([]string{}, sorted(x.reports)...), Lowest: sorted(x.lowest), Highest: sorted(x.highest)}
}

// believe notes a claim that one side holds with, and the other with what goes
// before it.
func (x *stance) believe(c claim, before []*scenario.Report, other *stance) {
	x.reports[c.ID] = true
	for _, r := range before {
		other.reports[r.ID] = true
	}
}

func (x *stance) add(y *stance) {
	maps.Copy(x.reports, y.reports)
	maps.Copy(x.lowest, y.lowest)
	maps.Copy(x.highest, y.highest)
}

// believe notes contested claims: one side holds with them, the other with what
// contradicts them.
func believe(claims []claim, with, against *stance) {
	for _, c := range claims {
		with.believe(c, c.against, against)
	}
}

// of adds what a condition hangs on of which the views differ: by its state, or if
// it matters also by the day since when. Negated, the sides change places.
func (d *dispute) of(id string, negated, dated bool) {
	k := d.index[id]
	f, g := d.rule(k, true), d.rule(k, false)
	good, bad := d.good, d.bad
	if negated {
		good, bad = bad, good
	}
	dated = dated || !k.By.IsZero()
	if k.Fails != "" {
		believe(d.contestedFirst(k.Fails, k.Area), bad, good)
	}
	switch {
	case f.state == g.state && (f.since == g.since || !dated):
	case k.Reported != "":
		believe(d.contestedFirst(k.Reported, k.Area), good, bad)
	case k.Count != nil:
		d.count(k.Count, f, g, good, bad, dated)
	case k.HeldFor != 0:
		d.held(k, f, g, good, bad)
		d.part(k.Since, negated, true)
	case k.Not != "":
		d.part(k.Not, !negated, dated)
	default:
		for _, part := range k.Parts() {
			d.part(part, negated, dated)
		}
	}
}

// part adds what a part of a condition hangs on, if the views of it differ.
func (d *dispute) part(id string, negated, dated bool) {
	if f, g := d.find(view{id, true}), d.find(view{id, false}); f.state != g.state || dated && f.since != g.since {
		d.of(id, negated, dated)
	}
}

// contestedFirst are the contested claims of an event that come before all others.
func (w *World) contestedFirst(event, area string) []claim {
	list := w.claims(event, area)
	if i := slices.IndexFunc(list, func(c claim) bool { return !c.contested }); i >= 0 {
		return list[:i]
	}
	return list
}

// held adds the breaches on which it hangs: none must be true in the time that the
// favourable view takes to have been held, and each time since then has one by the
// adverse view.
func (d *dispute) held(k *scenario.Condition, f, g finding, good, bad *stance) {
	if f.state != scenario.Met {
		return
	}
	until := d.day + 1
	if g.state == scenario.Met {
		until = g.since
	}
	began := d.find(view{k.Since, false}).state == scenario.Met
	for _, c := range d.claims(k.Breach, k.Area) {
		switch {
		case !c.contested || c.Date < f.since-scenario.Date(k.HeldFor) || c.Date >= until:
		case c.Date < f.since:
			believe([]claim{c}, bad, good)
		case began:
			bad.reports[c.ID] = true
		}
	}
}

// count adds what a number hangs on: on the last day on which the views differ, and
// for the favourable view, if it matters since when it is met, on each day of its run.
func (d *dispute) count(k *scenario.Count, f, g finding, good, bad *stance, dated bool) {
	last := d.day
	if g.state == scenario.Met {
		last = g.since - 1
	}
	d.number(k, last, good, bad)
	if !dated {
		return
	}
	for day := f.since; day < last; day++ {
		d.number(k, day, good, newStance())
	}
}

// number adds what the number on a day hangs on, if the views differ: the claims
// that count for most and those that count for least, and the ends of their ranges
// where the claims alone do not decide.
func (d *dispute) number(k *scenario.Count, day scenario.Date, good, bad *stance) {
	holds := func(n float64) bool { return k.Below != nil && n < *k.Below || k.Below == nil && n > *k.Above }
	low, high := newStance(), newStance()
	var fewest, largest, few, many float64 // the least and the most, each at its own end of the ranges and at the other
	var least, most []claim
	in := d.summed(k.Of, k.Area, k.Window, day)
	for _, c := range d.claims(k.Of, k.Area) {
		if !in(c.Report) {
			continue
		}
		above, under := in.above(c), in.under(c)
		isMost, isLeast := len(above) == 0, len(under) == 0
		if isMost && !isLeast {
			high.believe(c, under, low)
		}
		if isLeast && !isMost {
			low.believe(c, above, high)
		}
		if isLeast {
			least, fewest, few = append(least, c), fewest+c.Low, few+c.High
		}
		if isMost {
			most, largest, many = append(most, c), largest+c.High, many+c.Low
		}
	}
	if holds(fewest) == holds(largest) {
		return
	}
	if holds(few) != holds(fewest) {
		ranged(least, low, low.lowest)
	}
	if holds(many) != holds(largest) {
		ranged(most, high, high.highest)
	}
	if k.Below != nil {
		good.add(low)
		bad.add(high)
	} else {
		good.add(high)
		bad.add(low)
	}
}

// ranged notes the claims of a side that must be at an end of a range.
func ranged(claims []claim, side *stance, end map[string]bool) {
	for _, c := range claims {
		if c.Low < c.High {
			end[c.ID] = true
			if c.contested {
				side.reports[c.ID] = true
			}
		}
	}
}
