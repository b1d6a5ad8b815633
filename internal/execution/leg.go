package execution

import (
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

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
	free      scenario.Date // its unit's arrival at the post before, or at home; 0 if it has been there since before
	implied   bool          // something later that its unit did has been reported

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
		if f := last(x.facts, plan.Cancelled); x.reported(f.Date) { // and so it turns back
			x.leave()
			x.arrive = max(x.depart, min(x.depart+l.Arrive-l.Depart, f.Date))
			x.come()
			x.state, x.until = Cancelled, f.Date
		}
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

// reported reports whether the unit has left for the post by a day, as far as is known.
func (x *leg) reported(by scenario.Date) bool {
	for _, event := range []plan.Event{plan.Departed, plan.Arrived} {
		if day := x.day(event); day != nil && *day <= by {
			return true
		}
	}
	return false
}

// begun reports whether the unit has left for the post: that is reported, or was due
// before today and is not overdue.
func (x *leg) begun() bool {
	if x.reported(x.today) {
		return true
	}
	return !x.cancelled && x.state != Waiting && x.given() && x.leaves() < x.today
}

// leaves is the day on which it departs. One that is delayed, and not reported to have
// left, waits at the start.
func (x *leg) leaves() scenario.Date {
	if !x.reported(x.today) && x.day(plan.Delayed) != nil {
		return max(x.depart, x.arrive-(x.plan.Arrive-x.plan.Depart))
	}
	return x.depart
}

// isCancelled reports whether nothing has been done since it was cancelled.
func (x *leg) isCancelled() bool {
	f := last(x.facts, plan.Cancelled)
	if f == nil || x.implied || x.day(plan.Arrived) != nil && (last(x.facts, plan.Left) != nil || x.plan.Until < f.Date) {
		return false // nobody takes back what is over
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
		x.depart = min(x.depart, *arrived)
		return
	case ordered != nil:
		x.depart, x.state = max(x.depart, *ordered+notice), Ordered
	case x.day(plan.Delayed) != nil:
		x.state = Ordered // else there would be nothing to delay
	case x.implied:
		return
	case l.OrderBy != nil && x.today > *l.OrderBy+x.tolerance:
		x.state = Unordered
		if soonest := x.today + notice; soonest > x.depart {
			x.depart, x.assumed = soonest, true
		}
	}
	if !x.implied && x.today > x.depart+x.tolerance {
		x.depart, x.state, x.assumed = x.today, Waiting, true
	}
}

// come says when it arrives.
func (x *leg) come() {
	if day := x.day(plan.Arrived); day != nil {
		x.arrive, x.state, x.assumed = max(*day, x.depart), There, false
		return
	}
	// What was expected before it left does not make it faster than its move is.
	if f := last(x.facts, plan.Delayed); f != nil && (x.day(plan.Departed) == nil || f.Date >= x.depart || *f.Expected >= x.arrive) {
		x.arrive, x.assumed = max(*f.Expected, x.depart), false
	}
	if !x.implied && x.today > x.arrive+x.tolerance {
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
		return x.implied || x.plan.OrderBy != nil && *x.plan.OrderBy < x.today
	default:
		return true
	}
}
