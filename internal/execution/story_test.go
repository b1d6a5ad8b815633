package execution_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// story is sixty days of a plan in force, planned again every few days from what is
// reported: late, early, never, twice, wrongly and then right, turned back, worn.
type story struct {
	*rand.Rand
	c      *planner.Case
	s      *scenario.Scenario
	p      *plan.Plan // in force
	today  scenario.Date
	facts  []plan.Fact
	told   map[string]bool // legs of which it has been decided what becomes of them
	really []really
}

// really is a leg that has begun, as reported last.
type really struct {
	unit, post      string
	departed        scenario.Date
	arrived, turned *scenario.Date
	left            *scenario.Date
	fact            int // of the departure
}

func (x really) String() string { return fmt.Sprintf("%s to %s on %s", x.unit, x.post, x.departed) }

// TestStories holds, for every plan of some hundred stories: the checker passes it, its
// past is what was reported, what has been done is never undone, and no unit is at two
// places.
func TestStories(t *testing.T) {
	stories, begun := 100, 0
	if testing.Short() {
		stories = 20
	}
	for seed := range uint64(stories) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { begun += tell(t, seed) })
	}
	if begun < 7*stories {
		t.Errorf("only %d legs have begun in %d stories", begun, stories)
	}
}

func tell(t *testing.T, seed uint64) (begun int) {
	var err error
	x := &story{Rand: rand.New(rand.NewPCG(seed, 5)), told: map[string]bool{}}
	written := x.busyWorld()
	x.c = planner.Checked(written)
	if x.s, err = scenario.Resolve(written, scenario.Variant{}); err != nil {
		t.Fatal(err)
	}
	if x.p, err = engine.Solve(context.Background(), x.s, engine.Options{Seed: seed, Iterations: 40, NoBound: true}); err != nil {
		t.Fatal(err)
	}
	pace := 1 + x.IntN(9)
	for day := 1 + x.IntN(10); day <= 60; day += pace {
		x.today = x.s.Calendar.Date(day)
		x.report()
		x.plan(t)
	}
	return len(x.really)
}

// busyWorld is a scenario of short tours to three posts, with lift and a place that take
// few at a time.
func (x *story) busyWorld() *scenario.Scenario {
	one := map[string]scenario.Quantity{"bg": scenario.Exactly(1)}
	s := &scenario.Scenario{
		Name: "busy", Calendar: scenario.Calendar{Start: start, Days: 90},
		Capabilities: []scenario.Capability{{ID: "bg", Domain: "land"}},
		Areas:        []scenario.Area{{ID: "flank"}, {ID: "back"}},
		Places: []scenario.Place{
			{ID: "camp", Lat: 57, Lon: 24, Area: "flank"}, {ID: "port", Lat: 54, Lon: 23, Area: "flank", Throughput: &scenario.Throughput{Persons: pointer(60.0)}},
			{ID: "home", Lat: 50, Lon: 4, Area: "back"},
		},
		Contributors: []scenario.Contributor{{ID: "A", Approval: 1}, {ID: "B", MaxDeployed: pointer(300)}},
		Operations:   []scenario.Operation{{ID: "op", DDay: scenario.DDay{Likely: scenario.DayTime(10 + x.IntN(30))}, Warning: new(scenario.Days(10)), Size: 200}},
		Lift:         []scenario.Pool{{ID: "rail", Mode: scenario.Rail, From: []string{"flank", "back"}, To: []string{"flank"}, Persons: pointer(100.0)}},
	}
	stay := scenario.Span{Min: pointer(scenario.Days(3))}
	for i, place := range []string{"camp", "port", "camp"} {
		p := scenario.Post{ID: fmt.Sprint("post-", i), Place: place, Stay: stay, RSOM: scenario.Days(x.IntN(2)), Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(1 + float64(x.IntN(2)))}}}
		if i == 2 {
			p.Operation = "op"
		}
		s.Posts = append(s.Posts, p)
	}
	for i := range 8 {
		u := scenario.Unit{
			ID: fmt.Sprint("unit-", i), Contributor: []string{"A", "B"}[i%2], Home: "home", Provides: one, Persons: scenario.Exactly(100),
			Notice: scenario.Days(1 + x.IntN(4)), Redeploy: 1, Rest: scenario.Days(x.IntN(8)),
			Tour: scenario.Span{Min: pointer(scenario.Days(5)), Max: pointer(scenario.Days(12 + x.IntN(20)))},
		}
		if i < 3 {
			u.At = &scenario.Station{Post: s.Posts[i%2].ID, Since: scenario.DayTime(-x.IntN(8))}
		}
		if i%3 == 0 {
			u.SelfDeploys = &scenario.SelfDeploys{Mode: scenario.Road}
		}
		s.Units = append(s.Units, u)
	}
	return s
}

// plan makes the next plan in force and holds it to what has been done.
func (x *story) plan(t *testing.T) {
	t.Helper()
	overdue := x.IntN(4)
	if len(x.facts) == 0 {
		return // as if nothing had happened yet
	}
	how := planner.Search{Seed: 1, Time: time.Nanosecond} // the first plan that holds
	if x.IntN(6) == 0 {
		how = planner.Search{Seed: 1, Iterations: 14}
	}
	r, err := x.c.Replan(context.Background(), planner.Variant{Today: &x.today}, how,
		planner.ReplanOptions{Plan: x.p, Facts: x.facts, Overdue: &overdue})
	if err != nil {
		t.Fatalf("%s: %v", x.today, err)
	}
	if v, _, err := r.Case.Verify(r.Plan); err != nil || !v.OK() {
		t.Fatalf("%s: %v %v %v", x.today, err, v.Breaches, v.Differences)
	}
	x.past(t, r.Plan)
	onePlace(t, r.Plan)
	x.c, x.p = r.Case, r.Plan
}

// past holds a plan to all that has begun, and lets nothing begin that has not.
func (x *story) past(t *testing.T, p *plan.Plan) {
	t.Helper()
	for _, leg := range x.really {
		if !slices.ContainsFunc(p.Tours, func(tour plan.Tour) bool {
			return tour.Unit == leg.unit && slices.ContainsFunc(tour.Legs, func(l plan.Leg) bool {
				return l.Post == leg.post && l.Depart == leg.departed && (leg.arrived == nil || l.Arrive == *leg.arrived) && (leg.turned == nil || l.Until == *leg.turned) && (leg.left == nil || l.Until == *leg.left)
			})
		}) {
			for _, f := range x.facts {
				if f.Unit == leg.unit {
					t.Logf("%s: %s received %s: %s to %s, supersedes %q, expected %v", f.ID, f.Date, f.Received, f.Event, f.Post, f.Supersedes, f.Expected)
				}
			}
			t.Fatalf("%s: %v (arrived %v, turned back %v) is not in the plan: %v; it was %v", x.today, leg, leg.arrived, leg.turned, legsOf(p, leg.unit), legsOf(x.p, leg.unit))
		}
	}
	for _, tour := range p.Tours {
		for _, l := range tour.Legs {
			was := func(before plan.Tour) bool {
				return before.Unit == tour.Unit && slices.ContainsFunc(before.Legs, func(b plan.Leg) bool { return b.Post == l.Post && b.As == l.As })
			}
			if l.Depart < x.today && !slices.ContainsFunc(x.p.Tours, was) {
				t.Fatalf("%s: %s went to %s on %s, which nobody had planned", x.today, tour.Unit, l.Post, l.Depart)
			}
		}
	}
}

func legsOf(p *plan.Plan, unit string) (all []string) {
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			if t.Unit == unit {
				all = append(all, fmt.Sprintf("%s %s %s %s %s", l.Post, l.Depart, l.Arrive, l.Effective, l.Until))
			}
		}
	}
	return all
}

func onePlace(t *testing.T, p *plan.Plan) {
	t.Helper()
	busy := map[string]scenario.Date{}
	for _, tour := range p.Tours {
		for _, l := range tour.Legs {
			if l.Depart < busy[tour.Unit] {
				t.Fatalf("%s departs on %s, and is elsewhere until %s", tour.Unit, l.Depart, busy[tour.Unit])
			}
			busy[tour.Unit] = l.Until
		}
	}
}

// add reports something today.
func (x *story) add(unit, post string, event plan.Event, date scenario.Date) *plan.Fact {
	x.facts = append(x.facts, plan.Fact{ID: strconv.Itoa(len(x.facts)), Date: date, Received: x.today, Unit: unit, Post: post, Event: event})
	return &x.facts[len(x.facts)-1]
}

// report reports what becomes of the legs that are due, and of those under way.
func (x *story) report() {
	for i := range x.really {
		x.goesOn(&x.really[i])
	}
	for _, t := range x.p.Tours {
		for _, l := range t.Legs {
			key := t.Unit + l.Post + l.Depart.String()
			has := func(r really) bool { return r.unit == t.Unit && r.post == l.Post && r.departed == l.Depart }
			if l.OnDayZero() || slices.ContainsFunc(x.really, has) || x.told[key] || x.busy(t.Unit) || x.heardOf(t.Unit) || l.Depart > x.today {
				continue
			}
			x.told[key] = true
			x.depart(t.Unit, &l)
			break // of one unit one thing at a time
		}
	}
}

// busy reports whether a unit is under way, as far as is reported.
func (x *story) busy(unit string) bool {
	return slices.ContainsFunc(x.really, func(r really) bool { return r.unit == unit && r.arrived == nil && r.turned == nil })
}

// heardOf reports whether something was reported of a unit today.
func (x *story) heardOf(unit string) bool {
	return slices.ContainsFunc(x.facts, func(f plan.Fact) bool { return f.Unit == unit && f.Received == x.today })
}

// depart reports what becomes of a leg that is due.
func (x *story) depart(unit string, l *plan.Leg) {
	switch x.IntN(8) {
	case 0: // nobody says anything
		return
	case 1:
		x.add(unit, l.Post, plan.Cancelled, x.today)
		return
	case 2:
		x.add(unit, l.Post, plan.Delayed, x.today).Expected = new(x.today + 10)
		return
	case 3: // it was to be reported
		delete(x.told, unit+l.Post+l.Depart.String())
		return
	}
	departed := x.today - scenario.Date(x.IntN(3))
	for _, r := range x.really {
		if r.unit == unit {
			departed = max(departed, *last(r)+1)
		}
	}
	departed = max(departed, x.s.Calendar.Start+1)
	if departed > x.today {
		return
	}
	x.add(unit, l.Post, plan.Ordered, departed-1)
	x.add(unit, l.Post, plan.Departed, departed)
	x.really = append(x.really, really{unit: unit, post: l.Post, departed: departed, fact: len(x.facts) - 1})
	if x.IntN(4) == 0 {
		x.add(unit, l.Post, plan.Departed, departed) // twice
	}
}

// last is the last day of which something is reported of a leg.
func last(r really) *scenario.Date {
	for _, day := range []*scenario.Date{r.left, r.turned, r.arrived} {
		if day != nil {
			return day
		}
	}
	return &r.departed
}

// goesOn reports what becomes of a leg that has begun.
func (x *story) goesOn(leg *really) {
	if leg.arrived != nil || leg.turned != nil {
		switch x.IntN(10) {
		case 0:
			if over := slices.ContainsFunc(x.really, func(r really) bool { return r.unit == leg.unit && r.departed > leg.departed }); !over && leg.turned == nil && x.still(leg) {
				x.add(leg.unit, leg.post, plan.Left, x.today)
				leg.left = new(x.today)
			}
		case 1:
			f := x.add(leg.unit, leg.post, plan.Present, x.today)
			f.Low, f.High = 40, 60
		}
		return
	}
	switch x.IntN(6) {
	case 0:
		if fixed := leg.departed - 1; fixed > x.s.Calendar.Start && !x.before(leg, fixed) { // it was a day earlier
			f := x.add(leg.unit, leg.post, plan.Departed, fixed)
			f.Supersedes = x.facts[leg.fact].ID
			for i := range x.facts { // what was reported twice is corrected twice
				if g := &x.facts[i]; g.Unit == leg.unit && g.Post == leg.post && g.Event == plan.Departed && g.Date == leg.departed && i != leg.fact {
					x.add(leg.unit, leg.post, plan.Departed, fixed).Supersedes = g.ID
				}
			}
			leg.departed, leg.fact = fixed, slices.IndexFunc(x.facts, func(g plan.Fact) bool { return g.ID == f.ID })
		}
	case 1:
		x.add(leg.unit, leg.post, plan.Delayed, x.today).Expected = new(x.today + scenario.Date(x.IntN(20)))
	case 2:
		if x.today > leg.departed && x.IntN(3) == 0 {
			x.add(leg.unit, leg.post, plan.Cancelled, x.today)
			leg.turned = new(x.today)
		}
	case 3, 4:
		if x.today > leg.departed {
			x.add(leg.unit, leg.post, plan.Arrived, x.today)
			leg.arrived = new(x.today)
		}
	}
}

// still reports whether the unit of a leg is at its post today by the plan.
func (x *story) still(leg *really) bool {
	return slices.ContainsFunc(x.p.Tours, func(t plan.Tour) bool {
		return t.Unit == leg.unit && slices.ContainsFunc(t.Legs, func(l plan.Leg) bool {
			return l.Post == leg.post && l.Depart == leg.departed && l.Effective < x.today && x.today <= l.Until
		})
	})
}

// before reports whether the unit of a leg was elsewhere on a day before it.
func (x *story) before(leg *really, day scenario.Date) bool {
	return slices.ContainsFunc(x.really, func(r really) bool {
		return r.unit == leg.unit && r.departed < leg.departed && (r.arrived == nil || *r.arrived >= day) && (r.turned == nil || *r.turned >= day)
	})
}
