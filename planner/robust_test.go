package planner_test

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

func harden(t *testing.T, threads int) (*scenario.Scenario, *planner.Robust) {
	t.Helper()
	s := resolve(t, tiny(t), scenario.Variant{})
	r, err := planner.Checked(s).Robust(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 200, Threads: threads}, planner.RobustOptions{LeaveOn: new(s.Calendar.Date(31))})
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

// TestHardenBuysAWorstCase: with POL gone on D-day, Tapa is empty for four weeks
// unless another battlegroup was ordered before.
func TestHardenBuysAWorstCase(t *testing.T) {
	s, r := harden(t, 0)
	best, cheapest := r.Hedges[0], r.Hedges[r.Cheapest]
	if best.Expects != "POL" || cheapest.Worst != "POL" || best.WorstCase >= cheapest.WorstCase || best.Price <= 0 {
		t.Errorf("best expects %q at %g for %g; the cheapest loses %g with %q", best.Expects, best.WorstCase, best.Price, cheapest.WorstCase, cheapest.Worst)
	}
	for _, h := range r.Hedges {
		if h.WorstCase < r.WorstBound-1e-6 || h.WorstCase < h.Undisturbed-1e-6 {
			t.Errorf("%q: worst case %g, undisturbed %g, bound %g", h.Expects, h.WorstCase, h.Undisturbed, r.WorstBound)
		}
		if checked := verify.Check(s, h.Outcome.Plan()); len(checked.Breaches) > 0 {
			t.Errorf("%q breaks rules of the scenario as it is: %v", h.Expects, checked.Breaches)
		}
	}
}

func TestHardenOnAnyThreads(t *testing.T) {
	_, a := harden(t, 1)
	_, b := harden(t, 2)
	for i := range a.Hedges {
		if x, y := a.Hedges[i], b.Hedges[i]; x.Expects != y.Expects || x.WorstCase != y.WorstCase || x.Undisturbed != y.Undisturbed {
			t.Errorf("hedge %d: %+v and %+v", i, x, y)
		}
	}
}

func TestHardenNeedsADayInside(t *testing.T) {
	s := resolve(t, tiny(t), scenario.Variant{})
	for _, day := range []int{0, s.Calendar.Days} {
		if _, err := planner.Checked(s).Robust(context.Background(), planner.Variant{}, planner.Search{Iterations: 1}, planner.RobustOptions{LeaveOn: new(s.Calendar.Date(day))}); err == nil {
			t.Errorf("day %d: no error", day)
		}
	}
}
