package engine_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// TestFinish plans the tiny example for another D-day, where the search ended beside a plan that one unit a day
// earlier makes cheaper: the end finds it, from each seed, and every try is counted once.
func TestFinish(t *testing.T) {
	read, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Resolve(read, scenario.Variant{DDay: map[string]scenario.Date{"reassurance": read.Calendar.Date(50)}})
	if err != nil {
		t.Fatal(err)
	}
	for seed := uint64(1); seed <= 3; seed++ {
		var moves []engine.Move
		p, err := engine.Solve(context.Background(), s, engine.Options{Seed: seed, Iterations: 1000, NoBound: true, Moves: func(m []engine.Move) { moves = m }})
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, s, p)
		if p.Metrics.Objective > 4.3579 {
			t.Errorf("seed %d: cost %g, want 4.358", seed, p.Metrics.Objective)
		}
		drawn := 0
		for _, m := range moves {
			if m.Weight > 0 || m.Name == "fewer" {
				drawn += m.Tried
			}
			if m.Improved > m.Accepted || m.Accepted > m.Tried || m.Name == "" || m.Takes == "" {
				t.Errorf("seed %d: a move that comes to more than it was tried for, or has no name: %+v", seed, m)
			}
		}
		if drawn != 1000 {
			t.Errorf("seed %d: %d tries of 1000 are counted", seed, drawn)
		}
		last := slices.IndexFunc(moves, func(m engine.Move) bool { return m.Name == "alone" })
		if moves[last].Tried == 0 {
			t.Errorf("seed %d: the end was left out", seed)
		}
	}
}
