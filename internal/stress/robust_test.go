package stress_test

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/scenario"
)

func harden(t *testing.T, threads int) (*scenario.Scenario, *stress.Robust) {
	t.Helper()
	s := resolve(t, tiny(t), scenario.Variant{})
	r, err := stress.Harden(context.Background(), s, s.Calendar.Date(31), stress.Options{Seed: 1, Iterations: 200, Threads: threads})
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
		if _, err := stress.Harden(context.Background(), s, s.Calendar.Date(day), stress.Options{Iterations: 1}); err == nil {
			t.Errorf("day %d: no error", day)
		}
	}
}
