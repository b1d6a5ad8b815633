package planner_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// heard records what an engine is asked for.
type heard struct {
	sync.Mutex
	scenarios []*scenario.Scenario
}

func (h *heard) solve(ctx context.Context, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
	h.Lock()
	h.scenarios = append(h.scenarios, s)
	h.Unlock()
	return engine.Solve(ctx, s, o)
}

// TestLosingWhoDoesNotServe: a contributor whose units are in no tour of the plan costs
// nothing, and no plan is searched to say so.
func TestLosingWhoDoesNotServe(t *testing.T) {
	s := tiny(t)
	idle := *s
	idle.Contributors = append(slices.Clone(s.Contributors), scenario.Contributor{ID: "XXX"})
	spare := s.Units[slices.IndexFunc(s.Units, func(u scenario.Unit) bool { return u.ID == "nor-med" })]
	spare.ID, spare.Contributor, spare.Notice = "spare", "XXX", 400 // it cannot come in time
	idle.Units = append(slices.Clone(s.Units), spare)
	h := &heard{}
	got, err := planner.Checked(&idle).Lose(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 200, Engine: h.solve}, planner.LoseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got.Losses, func(l planner.Loss) bool { return l.Contributors[0] == "XXX" })
	if l := got.Losses[i]; l.Differs || l.CostAdded != 0 || l.Units != 0 || len(l.IOCLater) != 1 || l.IOCLater["reassurance"] != 0 {
		t.Errorf("%+v, want no difference", l)
	}
	without := 0
	for _, x := range h.scenarios {
		if slices.Equal(x.Variant().Lost, []string{"XXX"}) {
			without++
		}
	}
	if without > 1 { // how soon
		t.Errorf("%d searches without who does not serve, want none for the plan", without)
	}
}

// TestNothingIsGainedByALoss: whatever the search finds, without somebody an operation is
// ready no sooner and no plan is cheaper than with everybody, but for what a contributor
// keeps at home.
func TestNothingIsGainedByALoss(t *testing.T) {
	for seed := range uint64(3) {
		got, err := planner.Checked(tiny(t)).Lose(t.Context(), planner.Variant{}, planner.Search{Seed: seed + 1, Iterations: 5}, planner.LoseOptions{AtATime: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range got.Losses {
			if l.CostAdded < -1e-6 || l.IOCLater["reassurance"] < 0 {
				t.Errorf("seed %d without %v: cost %+g, IOC %+d days", seed+1, l.Contributors, l.CostAdded, l.IOCLater["reassurance"])
			}
		}
	}
}

// TestADifferenceIsMoreThanTheControl: what searching on saves by itself is no difference.
func TestADifferenceIsMoreThanTheControl(t *testing.T) {
	got, err := planner.Checked(tiny(t)).Lose(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 1}, planner.LoseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range got.Losses {
		if l.Differs != (l.CostAdded > got.Control.Noise) {
			t.Errorf("without %v: %g added, %g by searching on: differs %v", l.Contributors, l.CostAdded, got.Control.Noise, l.Differs)
		}
	}
}

// TestSoonestHoldsTheFlanks: to be ready, no standing post is given up for an operation
// that gains as much by it: without Poland and the British the one battlegroup that is
// left stays at Tapa, and the operation is not ready.
func TestSoonestHoldsTheFlanks(t *testing.T) {
	sweep, err := planner.Checked(tiny(t)).DDay(t.Context(), planner.Variant{Lost: []string{"GBR", "POL"}}, planner.Search{Seed: 1, Iterations: 300},
		planner.DDayOptions{FirstDay: new(tiny(t).Calendar.Date(31)), LastDay: new(tiny(t).Calendar.Date(31))})
	if err != nil {
		t.Fatal(err)
	}
	if day := sweep.Days[0]; day.IOCAfter != nil {
		t.Errorf("IOC after %d days, want none", *day.IOCAfter)
	}
}

// TestSoonestIsNoLater: the soonest readiness of a D-day is never later than that of the
// plan for it.
func TestSoonestIsNoLater(t *testing.T) {
	sweep, err := planner.Checked(tiny(t)).DDay(t.Context(), planner.Variant{}, planner.Search{Seed: 2, Iterations: 3}, planner.DDayOptions{Step: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range sweep.Days {
		if plan := d.Outcome.IOC["reassurance"]; plan != nil && (d.IOCAfter == nil || *d.IOCAfter > int(*plan-d.DDay)) {
			t.Errorf("D-day %s: soonest %v, the plan's IOC %s", d.DDay, d.IOCAfter, plan)
		}
	}
}
