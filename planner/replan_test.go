package planner_test

import (
	"context"
	"testing"

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
	if len(r.Released) != 1 || r.Released[0].Unit != "fra-1" {
		t.Errorf("released %v, want the order of fra-1", r.Released)
	}
	if x := r.Points[r.Chosen]; x.Changes == 0 {
		t.Error("no change")
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
