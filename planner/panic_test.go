package planner_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// A planner that panics in one of many searches fails the question, whatever runs beside
// it, and by the first of those that fail.
func TestPanicFailsTheQuestion(t *testing.T) {
	r := resolve(t, tiny(t), scenario.Variant{})
	for _, threads := range []int{1, 2} {
		without := func(ctx context.Context, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
			if len(s.Units) < len(r.Units) { // not everybody comes
				panic(fmt.Sprintf("%d units", len(s.Units)))
			}
			return engine.Solve(ctx, s, o)
		}
		_, err := planner.Checked(r).Lose(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 20, Threads: threads, Engine: without}, planner.LoseOptions{})
		p, ok := errors.AsType[*group.Panic](err)
		if !ok || p.Value != "3 units" { // GBR, the first contributor, has two of the five
			t.Fatalf("%d threads: got %v, want the panic without the first contributor", threads, err)
		}
		if !strings.Contains(p.Stack, "TestPanicFailsTheQuestion") {
			t.Errorf("the stack does not lead to the planner: %s", p.Stack)
		}
	}
}
