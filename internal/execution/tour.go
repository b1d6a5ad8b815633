package execution

import (
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// step is a leg of a tour as things stand: where its unit has been, is, or is to go.
type step struct {
	plan.Leg
	given, begun bool
	leaves       scenario.Date // the day on which it can leave, after that from which it arrives in time; else 0
}

// implied is, by unit, the day of departure of its last leg of which something is
// reported that it did: what the plan has before must have been done.
func (a *Account) implied(known []told) map[string]scenario.Date {
	latest := map[string]scenario.Date{}
	for i := range a.p.Tours {
		t := &a.p.Tours[i]
		for j := range t.Legs {
			for _, event := range []plan.Event{plan.Departed, plan.Arrived, plan.Left} {
				if f := last(known[i].legs[j], event); f != nil && f.Date <= a.Today {
					latest[t.Unit] = max(latest[t.Unit], t.Legs[j].Depart)
				}
			}
		}
	}
	return latest
}

// tour accounts for a tour and returns it as things stand: without what is
// cancelled, and with the days on which its units are really there.
func (a *Account) tour(t *plan.Tour, known told, implied scenario.Date) *plan.Tour {
	var steps []step
	whole := true
	for i := range t.Legs {
		if l := &t.Legs[i]; l.OnDayZero() {
			steps = append(steps, a.atFirst(t.Unit, *l, known.legs[i]))
			continue
		}
		x := leg{plan: &t.Legs[i], facts: known.legs[i], today: a.Today, tolerance: scenario.Date(a.Tolerance), implied: t.Legs[i].Depart < implied}
		if x.free = a.home[t.Unit]; i > 0 {
			x.free = max(steps[i-1].Arrive, steps[i-1].Depart+1)
		}
		x.account()
		next := x.step()
		if x.cancelled && !next.begun {
			a.note(t.Unit, &x)
			a.bar(t.Unit, &x)
			whole = false
			break
		}
		if i > 0 && !a.leaves(&steps[i-1], &next, last(known.legs[i-1], plan.Left)) {
			whole = false
			break
		}
		a.note(t.Unit, &x)
		steps = append(steps, next)
		if whole = !x.cancelled && last(x.facts, plan.Left) == nil; x.cancelled {
			a.bar(t.Unit, &x)
			break
		}
	}
	stands := *t
	stands.Legs = nil
	for i := range steps {
		l := steps[i].Leg
		l.Depart = max(l.Depart, min(steps[i].leaves, l.Arrive))
		stands.Legs = append(stands.Legs, a.within(l))
	}
	if n := len(steps); n > 0 {
		last := &steps[n-1]
		a.home[t.Unit] = max(last.Until, last.Arrive) + t.Home - t.Legs[len(t.Legs)-1].Until
	}
	if whole {
		a.limit(t, steps)
	}
	from := ""
	for i := range steps {
		if a.order(t.Unit, &steps[i], from) {
			from = steps[i].Post
		}
	}
	return &stands
}

// leaves ends a leg for the next one, from which its unit departs: until then it stays
// where it is. A unit that is reported to have left goes on if that was ordered; else it
// goes home, and leaves is false.
func (a *Account) leaves(before, next *step, left *plan.Fact) bool {
	if left == nil || left.Date > a.Today {
		before.Until = next.Depart
		return true
	}
	if next.begun {
		before.Until = min(before.Until, next.Depart)
		return true
	}
	if !next.given {
		return false
	}
	next.begun, next.Depart = true, before.Until
	return true
}

// atFirst is a leg of day 0, which can only end otherwise.
func (a *Account) atFirst(unit string, l plan.Leg, facts []*plan.Fact) step {
	if f := last(facts, plan.Left); f != nil && f.Date <= a.Today {
		if f.Date < l.Until {
			a.Legs = append(a.Legs, Leg{
				Unit: unit, Post: l.Post, State: Gone, Depart: l.Depart, Arrive: l.Arrive, Effective: l.Effective, Until: l.Until,
				Expected: &l.Effective, Facts: []string{f.ID}, Statement: f.Statement,
			})
		}
		l.Until = max(f.Date, l.Effective)
	}
	over := l.Until <= a.Today
	return step{Leg: l, given: over, begun: over}
}

// step is the leg as things stand. One that has not begun departs as much later as its
// unit arrives. If that is before today its unit is expected sooner than its move takes
// from now on; it is taken at its word, and has begun as if it had left in time.
func (x *leg) step() step {
	s := step{Leg: *x.plan, given: x.given(), begun: x.begun()}
	lead := x.plan.Arrive - x.plan.Depart
	s.Depart, s.Arrive, s.Until = x.arrive-lead, x.arrive, x.until
	switch {
	case s.begun:
		s.Depart = min(x.leaves(), x.today)
	case s.Depart < x.free: // it cannot be so soon
		s.Depart, s.Arrive = x.depart, x.depart+lead
	default:
		s.leaves, s.begun = x.depart, s.given && !x.cancelled && s.Depart < x.today
	}
	s.Effective += s.Arrive - x.plan.Arrive
	return s
}

// limit lets the last leg of a tour that is not as planned end late enough for the least
// tour and stay, and early enough for the most, so that an order that was given can be
// kept.
func (a *Account) limit(t *plan.Tour, steps []step) {
	l, was := &steps[len(steps)-1], &t.Legs[len(t.Legs)-1]
	if l.OnDayZero() || !l.given || l.Depart == was.Depart && l.Arrive == was.Arrive && steps[0].Depart == t.Legs[0].Depart {
		return
	}
	end := a.s.Calendar.Date(a.s.Calendar.Days)
	if p := a.posts[l.Post]; p != nil {
		least, most := p.Stay.Limits()
		l.Until = min(max(l.Until, l.Effective+scenario.Date(least)), l.Effective+scenario.Date(most))
	}
	if u := a.units[t.Unit]; u != nil {
		least, most := u.Tour.Limits()
		began := steps[0].Depart
		if steps[0].OnDayZero() && u.At != nil {
			began = a.s.Calendar.Date(min(0, u.At.Since.Number()))
		}
		l.Until = min(max(l.Until, began+scenario.Date(least)), began+scenario.Date(most))
	}
	l.Until = min(max(l.Until, a.Today+1), end)
}

// order notes a leg as one of the plan in force, come from a post or from home, unless
// it is none, and reports whether it is.
func (a *Account) order(unit string, s *step, from string) bool {
	l := a.within(s.Leg)
	if s.OnDayZero() && s.begun { // it has stood there
		l.Until = max(l.Until, a.s.Calendar.Start+1)
	}
	if l.Depart >= l.Until || !s.begun && l.Until <= l.Effective {
		return false
	}
	x := scenario.Order{
		Unit: unit, Post: l.Post, As: l.As, Depart: scenario.DateTime(l.Depart), Until: scenario.DateTime(l.Until),
		Decided: !s.given && l.DecideBy != nil && *l.DecideBy < a.Today, Given: s.given,
	}
	if s.begun {
		x.Given, x.Arrive, x.From = true, scenario.DateTime(l.Arrive), from
		if l.Lift != nil {
			x.Lift = *l.Lift
		}
		a.onePlace(unit, l.Depart)
	}
	a.orders = append(a.orders, x)
	return true
}

// onePlace ends the leg that a unit has begun before, if it has left for another.
func (a *Account) onePlace(unit string, depart scenario.Date) {
	c := a.s.Calendar
	for i := range a.orders {
		if x := &a.orders[i]; x.Unit == unit && x.Begun() && x.Until.Day(c, 0) > c.Day(depart) && x.Depart.Day(c, 0) < c.Day(depart) {
			x.Until = scenario.DateTime(depart)
			x.Arrive = scenario.DateTime(c.Date(min(x.Arrive.Day(c, 0), c.Day(depart))))
		}
	}
}

// within is a leg with its days within the calendar and in order.
func (a *Account) within(l plan.Leg) plan.Leg {
	c := a.s.Calendar
	l.Until = min(max(l.Until, c.Start), c.Date(c.Days))
	l.Depart = min(max(l.Depart, c.Start), l.Until)
	l.Arrive = min(max(l.Arrive, l.Depart), l.Until)
	l.Effective = min(max(l.Effective, l.Arrive), l.Until)
	return l
}
