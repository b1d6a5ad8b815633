package engine_test

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// searched is a plan of a scenario as written, from one search without a proof; the
// checker has passed it.
func searched(t *testing.T, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
	t.Helper()
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	o.Seed, o.NoBound = 1, true
	p, err := engine.Solve(context.Background(), r, o)
	if err == nil {
		mustHold(t, r, p)
	}
	return p, err
}

// TestPinnedSinceThePlan: a stay of a plan is pinned some days later, as by dragging it on
// a chart. What starts from the plan keeps the pin and most of everything else, before it
// has searched at all.
func TestPinnedSinceThePlan(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/reassurance.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, err := searched(t, s, engine.Options{Iterations: 30})
	if err != nil {
		t.Fatal(err)
	}
	had := map[string]plan.Leg{}
	for _, tour := range before.Tours {
		for _, l := range tour.Legs {
			had[tour.Unit+" "+l.Depart.String()] = l
		}
	}
	tried := 0
	for _, tour := range before.Tours {
		l := tour.Legs[0]
		if l.OnDayZero() || tried == 6 {
			continue
		}
		pinned := *s
		pinned.Pins = append([]scenario.Pin{{Unit: tour.Unit, Post: l.Post, From: scenario.DateTime(l.Effective + 5), Until: scenario.DateTime(l.Until + 5)}}, s.Pins...)
		after, err := searched(t, &pinned, engine.Options{Iterations: 1, From: before})
		if err != nil {
			continue // pinned where it cannot be
		}
		tried++
		kept := 0
		for _, tour := range after.Tours {
			for _, l := range tour.Legs {
				if old, there := had[tour.Unit+" "+l.Depart.String()]; there && old.Post == l.Post && old.Until == l.Until {
					kept++
				}
			}
		}
		if kept*10 < len(had)*9 {
			t.Errorf("%s pinned at %s five days later: %d of %d legs are as before, want nine in ten", tour.Unit, l.Post, kept, len(had))
		}
	}
	if tried < 3 {
		t.Errorf("%d pins tried; want three or more", tried)
	}
}
