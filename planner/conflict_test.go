package planner_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// conflict asks why a floor of the tiny example is not met by a plan; nil for
// the one of the checker's tests.
func conflict(t *testing.T, post, day string, edit func(*scenario.Scenario), planned func(*scenario.Scenario, *plan.Plan) *plan.Plan) planner.Conflict {
	t.Helper()
	s, p := inForce(t, "2025-05-01", edit)
	if planned != nil {
		p = planned(s, p)
	}
	d, err := scenario.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	found, err := planner.Checked(s).Conflicts(context.Background(), planner.Variant{}, planner.Search{}, planner.ConflictsOptions{Plan: p, Post: post, Day: d})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Conflicts) != 1 {
		t.Fatalf("%d conflicts, want 1", len(found.Conflicts))
	}
	return found.Conflicts[0]
}

// TestConflictIsIrreducible: the hospital cannot be ordered before the warning on
// 18 May and takes 14 days of approval, 10 of notice and 7 from departure, which is
// 18 June; without any one of the three it is there on 12 June.
func TestConflictIsIrreducible(t *testing.T) {
	c := conflict(t, "lviv", "2025-06-12", nil, nil)
	want := []string{"the 14 days that NOR takes to approve", "the notice of units of NOR", "the warning of reassurance, 14 days before D-day"}
	if c.Kind != planner.Barred || !c.Proven || !slices.Equal(c.Facts, want) {
		t.Errorf("%s, proven %v, %q; want barred, proven, %q", c.Kind, c.Proven, c.Facts, want)
	}
}

func TestConflictOfDistance(t *testing.T) {
	c := conflict(t, "lviv", "2025-05-03", func(s *scenario.Scenario) {
		s.Operations[0].DDay.Likely = scenario.DayTime(0)
		s.Posts[1].Lines = s.Posts[1].Lines[1:]
		s.Posts[1].Lines[0].From = scenario.DayTime(0)
	}, func(*scenario.Scenario, *plan.Plan) *plan.Plan { return &plan.Plan{} })
	if c.Kind != planner.TooFar || !c.Proven {
		t.Errorf("%s, proven %v; want too far, proven: the way takes longer than two days", c.Kind, c.Proven)
	}
}

func TestConflictOfNumbers(t *testing.T) {
	c := conflict(t, "lviv", "2025-06-05", func(s *scenario.Scenario) {
		s.Posts[1].Lines[0].Floor, s.Posts[1].Lines[0].Target = scenario.Exactly(9), nil
	}, nil)
	if c.Kind != planner.TooFew || c.Most != 4 || !c.Proven {
		t.Errorf("%s, at most %g, proven %v; want too few, 4, proven", c.Kind, c.Most, c.Proven)
	}
}

// TestConflictOfRivals has one battlegroup for two posts.
func TestConflictOfRivals(t *testing.T) {
	one := func(s *scenario.Scenario) { s.Units = s.Units[:1] }
	c := conflict(t, "lviv", "2025-06-05", func(s *scenario.Scenario) {
		one(s)
		s.Posts[1].Lines = s.Posts[1].Lines[:1]
	}, func(s *scenario.Scenario, _ *plan.Plan) *plan.Plan {
		p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 1, Iterations: 100})
		if err != nil {
			t.Fatal(err)
		}
		return p
	})
	if want := []string{"what the plan holds at tapa"}; c.Kind != planner.Rivals || !slices.Equal(c.Facts, want) {
		t.Errorf("%s, %q; want rivals, %q", c.Kind, c.Facts, want)
	}
}

// TestConflictOfNeglect leaves out the tour that backfills Tapa.
func TestConflictOfNeglect(t *testing.T) {
	c := conflict(t, "tapa", "2025-06-20", nil, func(_ *scenario.Scenario, p *plan.Plan) *plan.Plan {
		p.Tours = slices.DeleteFunc(p.Tours, func(x plan.Tour) bool { return x.Unit == "pol-1" })
		return p
	})
	if c.Kind != planner.Choice || len(c.Facts) != 0 {
		t.Errorf("%s, %q; want a choice", c.Kind, c.Facts)
	}
}
