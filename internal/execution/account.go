// Package execution holds a plan against what has really been done: orders given,
// departures and arrivals as reported, strength present. It says what that means
// for each post, from which day on, and what a plan made from here must take as
// it is. docs/model.md, Execution, is normative.
package execution

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// State is where a leg is.
type State string

// The states of a leg.
const (
	Planned   State = "planned"     // nothing is due
	Unordered State = "not ordered" // its order is overdue
	Ordered   State = "ordered"
	Waiting   State = "not departed" // its departure is overdue
	UnderWay  State = "under way"
	Overdue   State = "not arrived" // its arrival is overdue
	There     State = "there"
	Gone      State = "left" // before it should
	Cancelled State = "cancelled"
)

// Leg is a leg of the plan with what has become of it. Days of the plan are
// without a qualifier.
type Leg struct {
	Unit      string         `json:"unit"`
	Post      string         `json:"post"`
	State     State          `json:"state"`
	OrderBy   *scenario.Date `json:"order_by"`
	Depart    scenario.Date  `json:"depart"`
	Arrive    scenario.Date  `json:"arrive"`
	Effective scenario.Date  `json:"effective"`
	Until     scenario.Date  `json:"until"`
	Ordered   *scenario.Date `json:"ordered"`   // as reported; nil if nobody has
	Departed  *scenario.Date `json:"departed"`  // the same
	Arrived   *scenario.Date `json:"arrived"`   // the same
	Expected  *scenario.Date `json:"expected"`  // day from which it counts, as things stand; nil for never
	Late      int            `json:"late"`      // days after the plan's; below 0 early, 0 for one that never comes
	Assumed   bool           `json:"assumed"`   // late because something due has not been reported
	Facts     []string       `json:"facts"`     // that say so
	Statement string         `json:"statement"` // of the last of them
}

// Off reports whether a leg is not as planned: late by more than the tolerance, or not
// there at all.
func (l *Leg) Off(tolerance int) bool {
	return l.Late > tolerance || l.State == Cancelled || l.State == Gone
}

// Strength is what is left of a unit on its tour, in percent.
type Strength struct {
	Unit   string         `json:"unit"`
	Post   string         `json:"post"` // where it is today
	Low    float64        `json:"low"`
	Likely float64        `json:"likely"`
	High   float64        `json:"high"`
	Least  float64        `json:"least"` // under which it does not count
	Ends   *scenario.Date `json:"ends"`  // first day of its tour on which it likely does not count; nil if none
	Fact   string         `json:"fact"`  // that it rests on; empty for the rate alone
}

// Line is a line that is covered otherwise than planned, today or later.
type Line struct {
	Post       string        `json:"post"`
	Capability string        `json:"capability"`
	Floor      float64       `json:"floor"`
	Planned    float64       `json:"planned"` // cover today
	Actual     float64       `json:"actual"`  // cover today
	Added      float64       `json:"added"`   // exposure-days from today on that the plan does not have
	Low        float64       `json:"low"`     // the same, if as much as possible is left of every unit
	High       float64       `json:"high"`    // the same, if as little
	From       scenario.Date `json:"from"`    // first day of them; today if there are none
	Until      scenario.Date `json:"until"`   // first day after them
}

// Account is a plan against what has been done of it by a day.
type Account struct {
	Today     scenario.Date `json:"today"`
	Tolerance int           `json:"tolerance"` // days
	Counted   int           `json:"facts"`     // that count
	Legs      []Leg         `json:"legs"`      // that are due or reported of, in the order of their departure
	Strengths []Strength    `json:"strengths"` // of units on tour that are not whole
	Lines     []Line        `json:"lines"`     // most added first
	Added     float64       `json:"added"`     // sums over lines
	Low       float64       `json:"low"`
	High      float64       `json:"high"`
	Unplanned []plan.Fact   `json:"unplanned"` // of legs that the plan does not have
	Parted    bool          `json:"parted"`    // by more than the tolerance: plan again

	s      *scenario.Scenario
	units  map[string]*scenario.Unit
	posts  map[string]*scenario.Post
	p      *plan.Plan
	stands *plan.Plan       // the plan as things stand
	orders []scenario.Order // its legs as the plan in force
	barred map[string]bar
	home   map[string]scenario.Date // by unit: after its tours so far, as things stand
}

// bar is what is left of a unit's time after it has been cancelled.
type bar struct {
	from  scenario.Date  // it is not sent from here on
	again *scenario.Date // until then; nil for never again
}

// Of holds a plan of a resolved scenario against facts as of a day. What is due
// and not reported is taken as the plan says for as many days as the tolerance,
// then as not done yet. The order of the facts does not matter.
func Of(s *scenario.Scenario, p *plan.Plan, facts []plan.Fact, today scenario.Date, tolerance int) (*Account, error) {
	a := &Account{
		Today: today, Tolerance: tolerance, Legs: []Leg{}, Strengths: []Strength{}, Lines: []Line{}, Unplanned: []plan.Fact{},
		s: s, units: s.UnitsByID(), posts: s.PostsByID(), p: p, orders: []scenario.Order{}, barred: map[string]bar{}, home: map[string]scenario.Date{},
	}
	known := a.sort(current(facts, today))
	stands := *p
	stands.Tours, stands.Metrics = nil, nil
	implied := a.implied(known)
	for i := range p.Tours {
		if known[i].stands = a.tour(&p.Tours[i], known[i], implied[p.Tours[i].Unit]); len(known[i].stands.Legs) > 0 {
			stands.Tours = append(stands.Tours, *known[i].stands)
		}
	}
	a.stands = &stands
	slices.SortStableFunc(a.Legs, func(x, y Leg) int {
		return cmp.Or(cmp.Compare(x.Depart, y.Depart), cmp.Compare(x.Unit, y.Unit), cmp.Compare(x.Post, y.Post))
	})
	if err := a.consequence(known); err != nil {
		return nil, fmt.Errorf("hold the plan against the facts: %w", err)
	}
	for i := range a.Legs {
		a.Parted = a.Parted || a.Legs[i].Off(tolerance)
	}
	a.Parted = a.Parted || a.Added > same
	return a, nil
}

const same = 1e-9

// AsItStands is the plan with what has been done and is expected: its legs begin
// to count when their units are there. It may break rules; it is to be evaluated,
// and to plan again from.
func (a *Account) AsItStands() *plan.Plan { return a.stands }

// Orders are the legs as the plan in force of the next one: what has been ordered
// has been given, whatever day it was planned for; what has begun has begun as it
// did; and of what has not, a leg that is late departs as much later. What is
// cancelled is not there.
func (a *Account) Orders() []scenario.Order { return a.orders }

// current are the facts that count on a day, by date, then by ID.
func current(facts []plan.Fact, today scenario.Date) (list []*plan.Fact) {
	gone := map[string]bool{}
	for i := range facts {
		if x := &facts[i]; x.Received <= today && x.Supersedes != "" {
			gone[x.Supersedes] = true
		}
	}
	for i := range facts {
		if x := &facts[i]; x.Received <= today && !gone[x.ID] {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b *plan.Fact) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Received, b.Received), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// told is what is known of a tour.
type told struct {
	legs     [][]*plan.Fact // by leg
	strength []*plan.Fact
	stands   *plan.Tour // as things stand; without legs if all are cancelled
}

// sort gives each fact to the leg that it tells of: of those of its unit at its
// post, or at any if it names none, the one that is under way by the facts before, or
// else the one that is nearest.
func (a *Account) sort(facts []*plan.Fact) []told {
	a.Counted = len(facts)
	known := make([]told, len(a.p.Tours))
	tours := map[string][]int{}
	for i, t := range a.p.Tours {
		known[i].legs = make([][]*plan.Fact, len(t.Legs))
		tours[t.Unit] = append(tours[t.Unit], i)
	}
	type place struct{ tour, leg int }
	underWay := map[string]place{}
	for _, f := range facts {
		tour, leg, least := -1, -1, 0
		on, way := underWay[f.Unit]
		if way = way && (f.Post == "" || f.Post == a.p.Tours[on.tour].Legs[on.leg].Post); way {
			way = f.Event == plan.Arrived || f.Event == plan.Delayed || f.Event == plan.Cancelled
		}
		for _, i := range tours[f.Unit] {
			for j := range a.p.Tours[i].Legs {
				l := &a.p.Tours[i].Legs[j]
				if f.Post != "" && l.Post != f.Post {
					continue
				}
				if d := distance(f, l); tour < 0 || d < least {
					tour, leg, least = i, j, d
				}
			}
		}
		if way {
			tour, leg = on.tour, on.leg
		}
		switch {
		case tour >= 0 && f.Event == plan.Departed:
			underWay[f.Unit] = place{tour, leg}
		case way && f.Event != plan.Delayed:
			delete(underWay, f.Unit)
		}
		switch {
		case tour < 0:
			a.Unplanned = append(a.Unplanned, *f)
		case f.Event == plan.Present:
			known[tour].strength = append(known[tour].strength, f)
		default:
			known[tour].legs[leg] = append(known[tour].legs[leg], f)
		}
	}
	return known
}

// distance is the days between a fact and the day that its leg has for it; of a
// strength and of having left, between the fact and the leg as a whole.
func distance(f *plan.Fact, l *plan.Leg) int {
	day := l.Depart
	switch f.Event {
	case plan.Ordered:
		if l.OrderBy != nil {
			day = *l.OrderBy
		}
	case plan.Arrived:
		day = l.Arrive
	case plan.Left: // which may be long before its end
		day = max(min(f.Date, l.Until), l.Depart+1)
	case plan.Present:
		day = min(max(f.Date, l.Depart), l.Until-1)
	}
	return max(int(f.Date-day), int(day-f.Date))
}
