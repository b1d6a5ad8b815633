package engine_test

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

// TestSmallIsProven plans random scenarios that are too large to try every plan, as a user does: nearly all end with
// a proof, by the engine or by their compact program, which the checker and the engine's bound hold to each other.
func TestSmallIsProven(t *testing.T) {
	drawn := checks(t, 25)
	planned, proven := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: rapid.IntRange(14, 24).Draw(t, "days"), units: rapid.IntRange(2, 4).Draw(t, "units"), posts: rapid.IntRange(1, 2).Draw(t, "posts"), tiny: true}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		found, err := planner.Checked(r).Plan(context.Background(), planner.Variant{}, planner.Search{Iterations: 1000})
		if _, pins := errors.AsType[*planner.PinError](err); pins {
			t.Skip("pins cannot hold together")
		}
		if err != nil {
			t.Fatal(err)
		}
		planned++
		if found.Plan.Stop == plan.StopOptimal {
			proven++
		}
	})
	t.Logf("%d planned, %d proven", planned, proven)
	if planned*2 < drawn || proven*100 < planned*90 {
		t.Errorf("%d of %d scenarios planned, %d proven; want nine in ten of half", planned, drawn, proven)
	}
}
