package planner_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// inForce is the tiny example with the plan that the checker's tests have, read
// on some day of it.
func inForce(t *testing.T, today string, edit func(*scenario.Scenario)) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(s)
	}
	day, err := scenario.ParseDate(today)
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{Today: &day})
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("../internal/verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

func replan(t *testing.T, s *scenario.Scenario, p *plan.Plan) *planner.Replanned {
	t.Helper()
	r, err := planner.Checked(s).Replan(context.Background(), planner.Variant{Today: new(s.Calendar.Date(s.Today.Number()))}, planner.Search{Seed: 1, Iterations: 200}, planner.ReplanOptions{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReplanChangesNothingWithoutNeed(t *testing.T) {
	s, p := inForce(t, "2025-05-20", nil)
	r := replan(t, s, p)
	if x := r.Points[r.Chosen]; x.Changes != 0 || r.Given != 2 || r.InForce != 5 || len(r.Released) != 0 {
		t.Errorf("%d changes, %d of %d given, released %v; want 0, 2 of 5, none", x.Changes, r.Given, r.InForce, r.Released)
	}
}

// TestReplanKeepsWhatWasOrdered has better to do than what was ordered, and
// does not.
func TestReplanKeepsWhatWasOrdered(t *testing.T) {
	s, p := inForce(t, "2025-05-20", func(s *scenario.Scenario) {
		for i := range s.Posts {
			if s.Posts[i].ID == "tapa" {
				s.Posts[i].Lines = nil // nobody is needed there any more
				s.Posts[i].Lines = append(s.Posts[i].Lines, scenario.Line{Capability: "medical", Floor: scenario.Exactly(1)})
			}
		}
	})
	r := replan(t, s, p)
	for _, x := range r.Points {
		kept := 0
		for _, tour := range x.Outcome.Plan().Tours {
			for _, l := range tour.Legs {
				if tour.Unit == "fra-1" && l.Post == "lviv" && l.Depart.String() == "2025-06-02" {
					kept++
				}
			}
		}
		if kept != 1 {
			t.Errorf("the leg of fra-1 that was ordered on 18 May is there %d times", kept)
		}
	}
}

// TestReplanReleasesWhatIsImpossible has a unit ordered that is not ready on the
// day.
func TestReplanReleasesWhatIsImpossible(t *testing.T) {
	s, p := inForce(t, "2025-05-20", func(s *scenario.Scenario) {
		for i := range s.Units {
			if s.Units[i].ID == "fra-1" {
				s.Units[i].Ready = scenario.DayTime(50)
			}
		}
	})
	r := replan(t, s, p)
	if len(r.Released) != 1 || r.Released[0].Unit != "fra-1" || !r.Released[0].Impossible {
		t.Errorf("released %+v, want the order of fra-1, proven to be impossible", r.Released)
	}
	if x := r.Points[r.Chosen]; x.Changes == 0 {
		t.Error("no change")
	}
}

// TestReplanInNoTime: what was ordered is kept, and is not said to be impossible,
// however little time there is.
func TestReplanInNoTime(t *testing.T) {
	s, p := inForce(t, "2025-05-20", nil)
	today := planner.Variant{Today: new(s.Calendar.Date(s.Today.Number()))}
	r, err := planner.Checked(s).Replan(context.Background(), today, planner.Search{Seed: 1, Time: time.Nanosecond}, planner.ReplanOptions{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	if r.Given != 2 || len(r.Released) != 0 {
		t.Errorf("%d given, released %+v; want 2 and none", r.Given, r.Released)
	}
}

// TestReplanReleasesOneOfTwo: two orders that were given no longer fit into the lift
// together. Either could be kept, so that the one that is not is not said to be
// impossible.
func TestReplanReleasesOneOfTwo(t *testing.T) {
	now, err := planner.Read("testdata/one-of-two.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before := *now.Scenario()
	before.Lift = slices.Clone(before.Lift)
	before.Lift[0].Persons = new(200.0)
	was := planner.Checked(&before)
	how := planner.Search{Seed: 1, Iterations: 50}
	p, err := was.Plan(context.Background(), planner.Variant{}, how)
	if err != nil {
		t.Fatal(err)
	}
	onDay := func(day int) *planner.Replanned {
		r, err := now.Replan(context.Background(), planner.Variant{Today: new(before.Calendar.Date(day))}, how, planner.ReplanOptions{Plan: p.Plan, Was: was})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := onDay(5); r.Given != 2 || len(r.Released) != 0 { // both have left on day 3
		t.Errorf("%d given, released %+v; want both, which have begun", r.Given, r.Released)
	}
	if r := onDay(3); r.Given != 1 || len(r.Released) != 1 || r.Released[0].Impossible {
		t.Errorf("%d given, released %+v; want 1 and the other, which is not impossible", r.Given, r.Released)
	}
}

// TestReplanCurve: fewer changes never have better cover than more.
func TestReplanCurve(t *testing.T) {
	s, p := inForce(t, "2025-05-12", func(s *scenario.Scenario) { s.Operations[0].DDay.Likely = scenario.DayTime(42) })
	r := replan(t, s, p)
	for i := 1; i < len(r.Points); i++ {
		if a, b := r.Points[i-1], r.Points[i]; a.Changes >= b.Changes || a.Cover <= b.Cover {
			t.Errorf("point %d has %d changes and cover %v, point %d %d and %v", i-1, a.Changes, a.Cover, i, b.Changes, b.Cover)
		}
	}
	if len(r.Points) < 2 {
		t.Errorf("%d points; a later D-day can be met with fewer changes or better cover", len(r.Points))
	}
}

// TestReplanLeavesWhoIsOnTheRoad: a unit that left its post for another a day late, when
// its relief was there, goes on; nothing else is changed, and the operation is ready on
// the day planned.
func TestReplanLeavesWhoIsOnTheRoad(t *testing.T) {
	s, p := inForce(t, "2025-05-28", nil)
	on := func(text string) scenario.Date {
		d, err := scenario.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	fact := func(id, unit, post string, event plan.Event, day string) plan.Fact {
		return plan.Fact{ID: id, Date: on(day), Received: on(day), Unit: unit, Post: post, Event: event}
	}
	today, overdue := on("2025-05-28"), 30
	r, err := planner.Checked(s).Replan(context.Background(), planner.Variant{Today: &today}, planner.Search{Seed: 1, Iterations: 300}, planner.ReplanOptions{
		Plan: p, Overdue: &overdue, Facts: []plan.Fact{
			fact("f1", "pol-1", "tapa", plan.Departed, "2025-05-11"), fact("f2", "pol-1", "tapa", plan.Arrived, "2025-05-14"), fact("f3", "gbr-1", "lviv", plan.Departed, "2025-05-27"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Released) > 0 || r.Points[r.Chosen].Changes != 0 {
		t.Errorf("released %+v, %d changes; want none", r.Released, r.Points[r.Chosen].Changes)
	}
	if ioc := r.Plan.Metrics.IOC["reassurance"]; ioc == nil || *ioc != on("2025-06-18") {
		t.Errorf("IOC %v, want 18 June, when the hospital is there", ioc)
	}
	i := slices.IndexFunc(r.Plan.Tours, func(x plan.Tour) bool { return x.Unit == "gbr-1" })
	legs := r.Plan.Tours[i].Legs
	if len(legs) != 2 || legs[0].Until != on("2025-05-27") || legs[1].Post != "lviv" || legs[1].Depart != on("2025-05-27") || legs[1].Arrive != on("2025-05-31") {
		t.Errorf("gbr-1 has the legs %+v; want it at tapa until 27 May, and at lviv from the 31st", legs)
	}
}
