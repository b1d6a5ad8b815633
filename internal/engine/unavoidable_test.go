package engine_test

import (
	"context"
	"math"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// TestUnavoidable: the hospital of tiny is wanted from 11 June, and Norway's, the only one,
// cannot be there before the 18th; all else is in reach.
func TestUnavoidable(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 100})
	if err != nil {
		t.Fatal(err)
	}
	if x := p.Metrics.Unavoidable; x == nil || math.Abs(x.Operations-7) > 1e-6 || x.Standing != 0 {
		t.Errorf("%+v, want 7 exposure-days at operations and none at standing posts", x)
	}
	p, err = engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 100, NoBound: true})
	if err != nil {
		t.Fatal(err)
	}
	if x := p.Metrics.Unavoidable; x != nil {
		t.Errorf("%+v proven without a proof", x)
	}
}
