package engine_test

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// truth is the least cost of any plan of a scenario with few plans.
func truth(t *rapid.T, s *scenario.Scenario) float64 {
	x, ok := optimum(s, math.Inf(1), 60_000)
	if !ok || math.IsInf(x.best, 1) {
		t.Skip("too many plans, or none")
	}
	return x.best
}

func drawTiny(t *rapid.T) *scenario.Scenario {
	r, ok := sound(drawScenario(t, shape{days: rapid.IntRange(5, 12).Draw(t, "days"), units: rapid.IntRange(1, 3).Draw(t, "units"), posts: rapid.IntRange(1, 3).Draw(t, "posts"), tiny: true}))
	if !ok {
		t.Skip("the scenario has problems")
	}
	return r
}

// TestLossesAgainstEveryPlan: the plan without a contributor is never better than the
// best of all such plans, its bound never above, and nearly always it is the best.
func TestLossesAgainstEveryPlan(t *testing.T) {
	drawn := checks(t, 120)
	compared, found := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawTiny(t)
		truth(t, s)
		l, err := planner.Checked(s).Lose(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 100}, planner.LoseOptions{})
		if err != nil {
			t.Skip("pins that cannot hold")
		}
		for _, x := range l.Losses {
			without, err := scenario.Resolve(s, scenario.Variant{Lost: x.Contributors})
			if err != nil {
				t.Fatal(err)
			}
			best := truth(t, without)
			if x.Outcome.Objective < best-1e-6 || x.Outcome.Bound > best+1e-6 {
				t.Fatalf("without %v: bound %g, optimum %g, plan %g", x.Contributors, x.Outcome.Bound, best, x.Outcome.Objective)
			}
			compared++
			if x.Outcome.Objective < best+1e-6 {
				found++
			}
		}
	})
	t.Logf("%d losses compared, the best plan found in %d", compared, found)
	if compared < drawn/4 || found*100 < compared*95 {
		t.Errorf("%d losses compared, the best plan found in %d; want %d or more, and nearly all", compared, found, drawn/4)
	}
}

// TestReplanAgainstEveryPlan: at every price of a change no plan is cheaper than the
// best of all, and the curve has a plan within the tolerance of the least cost
// that keeps the orders given.
func TestReplanAgainstEveryPlan(t *testing.T) {
	drawn := checks(t, 120)
	compared, found := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawTiny(t)
		p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 2, Iterations: 20, NoBound: true})
		if err != nil {
			t.Skip("pins that cannot hold")
		}
		today := s.Calendar.Date(rapid.IntRange(s.Today.Number(), s.Calendar.Days/2).Draw(t, "new today"))
		later, err := scenario.Resolve(s, scenario.Variant{Today: &today})
		if err != nil {
			t.Fatal(err)
		}
		r, err := planner.Checked(later).Replan(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 100}, planner.ReplanOptions{Plan: p})
		if err != nil || len(r.Released) > 0 {
			t.Skip("orders that cannot be kept")
		}
		// The least cost but for changes, with the orders given as they are.
		free, err := scenario.Resolve(later, scenario.Variant{InForce: p.Orders(today)})
		if err != nil {
			t.Fatal(err)
		}
		none := 0.0
		w := *free.Weights
		w.Change = &none
		free.Weights = &w
		best := truth(t, free)
		last := r.Points[len(r.Points)-1]
		if last.Cover < best-1e-6 {
			t.Fatalf("the least cost on the curve is %g, that of any plan %g", last.Cover, best)
		}
		if chosen := r.Points[r.Chosen]; chosen.Cover > last.Cover+0.01*math.Abs(last.Cover)+1e-6 || chosen.Changes > last.Changes {
			t.Fatalf("chosen %d changes at %g; the best cover has %d at %g", chosen.Changes, chosen.Cover, last.Changes, last.Cover)
		}
		compared++
		if last.Cover < best+1e-6 {
			found++
		}
	})
	t.Logf("%d plans in force compared, the least cost found in %d", compared, found)
	if compared < drawn/4 || found*100 < compared*90 {
		t.Errorf("%d plans in force compared, the least cost found in %d; want %d or more, and nearly all", compared, found, drawn/4)
	}
}
