package execution

import (
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// tour accounts for a tour and returns it as things stand: without what is
// cancelled, and with the days on which its units are really there.
func (a *Account) tour(t *plan.Tour, known told) *plan.Tour {
	stands := *t
	stands.Legs = nil
	for i := range t.Legs {
		l := t.Legs[i]
		if l.OnDayZero() {
			l = a.atFirst(t.Unit, l, known.legs[i])
			stands.Legs = append(stands.Legs, l)
			a.order(t.Unit, l, l.Until <= a.Today)
			continue
		}
		x := leg{plan: &t.Legs[i], facts: known.legs[i], today: a.Today, tolerance: scenario.Date(a.Tolerance)}
		if i > 0 {
			x.free = stands.Legs[len(stands.Legs)-1].Arrive
		}
		x.account()
		a.note(t.Unit, &x)
		if x.cancelled {
			a.bar(t.Unit, &x)
			break
		}
		if i > 0 {
			before := &stands.Legs[len(stands.Legs)-1]
			if x.depart > before.Until && !left(known.legs[i-1]) {
				before.Until = min(x.depart, a.s.Calendar.Date(a.s.Calendar.Days)) // until it departs it stays where it is
			}
		}
		stands.Legs = append(stands.Legs, x.stands(a.s.Calendar))
		again := x.again()
		if i == len(t.Legs)-1 {
			a.stay(t, stands.Legs[0].Depart, &again)
		}
		a.order(t.Unit, again, x.given())
	}
	return &stands
}

// stay lets the last leg of a late tour end late enough for the least tour and
// stay, so that an order that was given can be kept.
func (a *Account) stay(t *plan.Tour, began scenario.Date, l *plan.Leg) {
	if l.Depart <= t.Legs[len(t.Legs)-1].Depart {
		return
	}
	if len(t.Legs) == 1 {
		began = l.Depart
	}
	if u := a.units[t.Unit]; u != nil && !t.Legs[0].OnDayZero() {
		least, _ := u.Tour.Limits()
		l.Until = max(l.Until, began+scenario.Date(least))
	}
	if p := a.posts[l.Post]; p != nil {
		least, _ := p.Stay.Limits()
		l.Until = max(l.Until, l.Effective+scenario.Date(least))
	}
	l.Until = min(l.Until, a.s.Calendar.Date(a.s.Calendar.Days))
}

func left(facts []*plan.Fact) bool { return last(facts, plan.Left) != nil }

// atFirst is a leg of day 0, which can only end early.
func (a *Account) atFirst(unit string, l plan.Leg, facts []*plan.Fact) plan.Leg {
	f := last(facts, plan.Left)
	if f == nil || f.Date >= l.Until {
		return l
	}
	a.Legs = append(a.Legs, Leg{
		Unit: unit, Post: l.Post, State: Gone, Depart: l.Depart, Arrive: l.Arrive, Effective: l.Effective, Until: l.Until,
		Expected: &l.Effective, Facts: []string{f.ID}, Statement: f.Statement,
	})
	l.Until = max(f.Date, l.Effective)
	return l
}

// order notes a leg as one of the plan in force, unless it counts on no day.
func (a *Account) order(unit string, l plan.Leg, given bool) {
	if l.Until <= l.Effective || l.Depart >= l.Until {
		return
	}
	a.orders = append(a.orders, scenario.Order{
		Unit: unit, Post: l.Post, As: l.As, Depart: scenario.DateTime(l.Depart), Until: scenario.DateTime(l.Until),
		Decided: !given && l.DecideBy != nil && *l.DecideBy < a.Today, Given: given,
	})
}

// bar keeps a unit whose leg is cancelled from being sent.
func (a *Account) bar(unit string, x *leg) {
	f := last(x.facts, plan.Cancelled)
	a.barred[unit] = bar{x.plan.Depart, f.Expected}
}

// note adds a leg to the account, if something of it is due or reported and it is
// not over.
func (a *Account) note(unit string, x *leg) {
	l := x.plan
	if len(x.facts) == 0 && (l.Until <= a.Today || l.OrderBy == nil || *l.OrderBy > a.Today) {
		return
	}
	out := Leg{
		Unit: unit, Post: l.Post, State: x.state, OrderBy: l.OrderBy, Depart: l.Depart, Arrive: l.Arrive, Effective: l.Effective, Until: l.Until,
		Ordered: x.day(plan.Ordered), Departed: x.day(plan.Departed), Arrived: x.day(plan.Arrived), Assumed: x.assumed, Facts: []string{},
	}
	for _, f := range x.facts {
		out.Facts = append(out.Facts, f.ID)
		if f.Statement != "" {
			out.Statement = f.Statement
		}
	}
	if !x.cancelled {
		out.Late = int(x.arrive - l.Arrive)
		if day := l.Effective + x.arrive - l.Arrive; day < x.until {
			out.Expected = &day
		}
	}
	a.Legs = append(a.Legs, out)
}

// leg works out what has become of one leg.
type leg struct {
	plan      *plan.Leg
	facts     []*plan.Fact // by date
	today     scenario.Date
	tolerance scenario.Date
	free      scenario.Date // its unit's arrival at the post before; 0 from home

	state          State
	depart, arrive scenario.Date // reported, or expected as things stand
	until          scenario.Date
	assumed        bool
	cancelled      bool
}

// last is the last report of an event, nil if there is none.
func last(facts []*plan.Fact, event plan.Event) *plan.Fact {
	for i := len(facts) - 1; i >= 0; i-- {
		if facts[i].Event == event {
			return facts[i]
		}
	}
	return nil
}

func (x *leg) day(event plan.Event) *scenario.Date {
	if f := last(x.facts, event); f != nil {
		return &f.Date
	}
	return nil
}

// account works out when the unit leaves and is there. Reported days go before
// expected ones, and expected ones before those that follow from what was not
// reported in time.
func (x *leg) account() {
	l := x.plan
	x.depart, x.until, x.state = max(l.Depart, x.free), l.Until, Planned
	if x.isCancelled() {
		x.state, x.cancelled = Cancelled, true
		return
	}
	x.leave()
	x.arrive = x.depart + l.Arrive - l.Depart
	x.come()
	if f := last(x.facts, plan.Left); f != nil {
		if f.Date < l.Until {
			x.state = Gone
		}
		x.until = f.Date
	}
}

// isCancelled reports whether nothing has been done since it was cancelled.
func (x *leg) isCancelled() bool {
	f := last(x.facts, plan.Cancelled)
	if f == nil {
		return false
	}
	for _, done := range []plan.Event{plan.Ordered, plan.Departed, plan.Delayed, plan.Arrived} {
		if g := last(x.facts, done); g != nil && g.Date > f.Date {
			return false
		}
	}
	return true
}

// leave says when it departs.
func (x *leg) leave() {
	l := x.plan
	departed, ordered, arrived := x.day(plan.Departed), x.day(plan.Ordered), x.day(plan.Arrived)
	notice := scenario.Date(0)
	if l.OrderBy != nil {
		notice = l.Depart - *l.OrderBy
	}
	switch {
	case departed != nil:
		x.depart, x.state = *departed, UnderWay
		return
	case arrived != nil:
		return
	case ordered != nil:
		x.depart, x.state = max(x.depart, *ordered+notice), Ordered
	case x.day(plan.Delayed) != nil:
		x.state = Ordered // else there would be nothing to delay
	case l.OrderBy != nil && x.today > *l.OrderBy+x.tolerance:
		x.state = Unordered
		if soonest := x.today + notice; soonest > x.depart {
			x.depart, x.assumed = soonest, true
		}
	}
	if x.today > x.depart+x.tolerance {
		x.depart, x.state, x.assumed = x.today, Waiting, true
	}
}

// come says when it arrives.
func (x *leg) come() {
	if day := x.day(plan.Arrived); day != nil {
		x.arrive, x.state, x.assumed = *day, There, false
		return
	}
	if f := last(x.facts, plan.Delayed); f != nil {
		x.arrive, x.assumed = *f.Expected, false
	}
	if x.today > x.arrive+x.tolerance {
		x.arrive, x.state, x.assumed = x.today, Overdue, true
	}
}

// given reports whether its order has been given: it is reported, or was due
// before today and is not overdue.
func (x *leg) given() bool {
	switch x.state {
	case Unordered:
		return false
	case Planned:
		return x.plan.OrderBy != nil && *x.plan.OrderBy < x.today
	default:
		return true
	}
}

// again is the leg as an order: as much later, or earlier, as its unit arrives.
func (x *leg) again() plan.Leg {
	l := *x.plan
	shift := x.arrive - l.Arrive
	l.Depart, l.Arrive, l.Effective = l.Depart+shift, l.Arrive+shift, l.Effective+shift
	return l
}

// stands is the leg with the days on which it is really there, within the
// calendar and in order.
func (x *leg) stands(c scenario.Calendar) plan.Leg {
	l := *x.plan
	end := c.Date(c.Days)
	l.Until = min(max(x.until, c.Start), end)
	l.Depart = min(max(x.depart, c.Start), l.Until)
	l.Arrive = min(max(x.arrive, l.Depart), l.Until)
	l.Effective = min(max(x.arrive+x.plan.Effective-x.plan.Arrive, l.Arrive), l.Until)
	return l
}
