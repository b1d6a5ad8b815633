package conditions

import (
	"github.com/rearguard/rearguard/scenario"
)

// due is the first day after today on which a condition is met if nothing more is
// reported; nil if that is never.
func (w *World) due(id string) *scenario.Date {
	for _, x := range w.later() {
		if x.standing(id).state == scenario.Met {
			return &x.day
		}
	}
	return nil
}

// later are the days after today on which a rule may change its mind though
// nothing more is reported. Between them every condition is as it was.
func (w *World) later() []*World {
	if w.turns == nil {
		w.turns = []*World{}
		for x := w; ; {
			day := x.turn()
			if day == never {
				break
			}
			next := *w
			next.day, next.known = day, map[view]finding{}
			x = &next
			w.turns = append(w.turns, x)
		}
	}
	return w.turns
}

// turn is the first day after the one that is looked at on which a rule by itself
// changes its mind: a date has come, a time has been held, a report is out of a
// window; never if none does.
func (w *World) turn() scenario.Date {
	least := never
	note := func(day scenario.Date) {
		if day > w.day {
			least = min(least, day)
		}
	}
	for i := range w.s.Conditions {
		k := &w.s.Conditions[i]
		note(w.limit(k))
		switch {
		case !k.After.IsZero():
			note(w.date(k.After))
		case k.HeldFor != 0:
			note(w.held(k, false).ends)
			note(w.held(k, true).ends)
		case k.Count != nil:
			for _, c := range w.claims(k.Count.Of, k.Count.Area) {
				if out := c.Date + scenario.Date(k.Count.Window); out > w.day {
					note(out)
					break
				}
			}
		}
	}
	return least
}
