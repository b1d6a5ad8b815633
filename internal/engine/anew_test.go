package engine_test

import (
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// TestAnew: a unit of whom more is possible than when the plan was made has its best
// schedule against all others before the search begins; the others stay where they are.
func TestAnew(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/reassurance.yaml")
	if err != nil {
		t.Fatal(err)
	}
	solve := func(s *scenario.Scenario, o engine.Options) *plan.Plan {
		p, err := searched(t, s, o)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	before := solve(s, engine.Options{Iterations: 30})
	more := *s
	like := s.Units[slices.IndexFunc(s.Units, func(u scenario.Unit) bool { return u.ID == "gbr-air-defence" })]
	like.ID, like.At, like.Count = "second", nil, 0
	more.Units = append(slices.Clone(s.Units), like)
	legs := func(p *plan.Plan, unit string) (n int) {
		for _, t := range p.Tours {
			if t.Unit == unit {
				n += len(t.Legs)
			}
		}
		return n
	}
	idle := solve(&more, engine.Options{Iterations: 1, From: before})
	if legs(idle, "second") > 0 {
		t.Fatal("the search came across it by itself; the test needs another unit")
	}
	after := solve(&more, engine.Options{Iterations: 1, From: before, Anew: []string{"second"}})
	if legs(after, "second") == 0 || after.Metrics.Objective >= idle.Metrics.Objective {
		t.Errorf("%d legs of the new unit, cost %g; %g without it", legs(after, "second"), after.Metrics.Objective, idle.Metrics.Objective)
	}
}
