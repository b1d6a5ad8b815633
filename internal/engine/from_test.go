package engine_test

import (
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// A plan to start from may be anybody's: whatever it says, a plan that holds comes of it.
func TestStartFromNonsense(t *testing.T) {
	written, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Resolve(written, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	try := func(spoil func(p *plan.Plan)) {
		t.Helper()
		from, err := formats.ReadPlan("../verify/testdata/tiny.plan.json")
		if err != nil {
			t.Fatal(err)
		}
		spoil(from)
		p, err := engine.Solve(t.Context(), s, engine.Options{Seed: 1, Iterations: 1, NoBound: true, From: from})
		if err != nil {
			t.Fatal(err)
		}
		if checked := verify.Check(s, p); !checked.OK() {
			t.Errorf("%v", checked.Breaches)
		}
	}
	try(func(p *plan.Plan) { p.Tours = nil })
	try(func(p *plan.Plan) { p.Tours = append(p.Tours, p.Tours...) })
	try(func(p *plan.Plan) {
		for range 2 {
			p.Tours = append(p.Tours, plan.Tour{Unit: p.Tours[0].Unit})
		}
	})
	dates := []func(l *plan.Leg) *scenario.Date{
		func(l *plan.Leg) *scenario.Date { return &l.Depart }, func(l *plan.Leg) *scenario.Date { return &l.Arrive },
		func(l *plan.Leg) *scenario.Date { return &l.Effective }, func(l *plan.Leg) *scenario.Date { return &l.Until },
	}
	for _, date := range dates {
		for _, by := range []scenario.Date{-800_000, -40, -1, 1, 40, 800_000} {
			try(func(p *plan.Plan) {
				for i := range p.Tours {
					for j := range p.Tours[i].Legs {
						*date(&p.Tours[i].Legs[j]) += by
					}
				}
			})
		}
	}
}
