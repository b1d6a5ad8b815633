package planner

import (
	"context"
	"math"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Of the engine's plan and the solver's the cheaper one counts, with the higher bound;
// what a solver says is taken back where a plan shows it to be false.
func TestCombine(t *testing.T) {
	read, _, err := formats.ReadScenario("testdata/interleaved.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Resolve(read, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	made := func(iterations int) *plan.Plan {
		p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 5, Iterations: iterations, Scenario: "hash"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	empty := func() *plan.Plan {
		p := plan.Of(s)
		if err := plan.Measure(s, p, 0); err != nil {
			t.Fatal(err)
		}
		return p
	}
	cost, dear := made(300).Metrics.Objective, empty().Metrics.Objective
	if !(cost < dear) {
		t.Fatalf("the engine's plan costs %g, none %g", cost, dear)
	}
	proven := made(300).Metrics.Bound
	for _, c := range []struct {
		name        string
		p, q        *plan.Plan
		bound       float64
		cost, least float64
		stop        plan.Stop
		hash        string
		tries       int
	}{
		{"nothing of the solver", made(300), nil, math.Inf(-1), cost, proven, plan.StopIterations, "hash", 300},
		{"a dearer plan, a higher bound", made(300), empty(), cost - 1, cost, cost - 1, plan.StopIterations, "hash", 300},
		{"a lower bound", made(300), nil, 1, cost, proven, plan.StopIterations, "hash", 300},
		{"a proof", made(300), nil, cost - 1e-7*cost, cost, cost, plan.StopOptimal, "hash", 300},
		{"a bound that a plan shows to be false", made(300), nil, cost + 1, cost, proven, plan.StopIterations, "hash", 300},
		{"a cheaper plan", empty(), made(300), proven + 1, cost, proven + 1, "", "hash", 0},
		{"pins that only the solver keeps", nil, made(300), cost, cost, cost, plan.StopOptimal, "hash", 700},
	} {
		got, err := combine(s, &engine.Options{Scenario: "hash", Iterations: 700}, c.p, c.q, c.bound)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		m := got.Metrics
		if m.Objective != c.cost || math.Abs(m.Bound-c.least) > 1e-9 || got.Stop != c.stop || m.Stop != c.stop || got.ScenarioSHA256 != c.hash || got.Iterations != c.tries {
			t.Errorf("%s: cost %g, bound %g, stop %q, hash %q, %d tries; want %g, %g, %q, %q, %d",
				c.name, m.Objective, m.Bound, got.Stop, got.ScenarioSHA256, got.Iterations, c.cost, c.least, c.stop, c.hash, c.tries)
		}
	}
}
