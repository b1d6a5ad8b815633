package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/scenario"
)

func resolvedTiny(t *testing.T) *scenario.Scenario {
	t.Helper()
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever panics in a goroutine of the engine reaches who asked, with where it was.
func TestPanicsReachWhoAsked(t *testing.T) {
	for name, solve := range map[string]func() error{
		"compiling": func() error {
			r := resolvedTiny(t)
			r.Units[1].Tour = scenario.Span{} // as in no resolved scenario
			_, err := Solve(t.Context(), r, Options{Iterations: 10})
			return err
		},
		"search": func() error {
			_, err := Solve(t.Context(), resolvedTiny(t), Options{Iterations: 1_000_000_000, Progress: func(p Progress) {
				if p.Iterations > 0 {
					panic("the search")
				}
			}})
			return err
		},
		"proof": func() error {
			in, err := compile(resolvedTiny(t), 2)
			if err != nil {
				t.Fatal(err)
			}
			r := newRun(t.Context(), in, Options{Iterations: 1_000_000_000})
			r.search.construct(never)
			r.relax = newRelaxation(in, r.search.schedules)
			return r.relax.prove(true, func() bool { panic("the proof") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := solve()
			if p, ok := errors.AsType[*group.Panic](err); !ok || !strings.Contains(p.Stack, "internal/engine") {
				t.Errorf("got %v, want the panic with its stack", err)
			}
		})
	}
}
