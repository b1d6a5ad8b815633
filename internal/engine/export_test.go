package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Sums plans as Solve does, and says what the search adds its plan's cost up to.
func Sums(ctx context.Context, s *scenario.Scenario, o Options) (p *plan.Plan, cost float64, err error) {
	in, err := compile(s, 2)
	if err != nil {
		return nil, 0, err
	}
	r := newRun(ctx, in, o)
	if err := r.solve(); err != nil {
		return nil, 0, err
	}
	if err := r.pinsHold(ctx); err != nil {
		return nil, 0, err
	}
	rounded := in.rounded()
	seen, plain := newState(rounded), newState(in)
	for i, sc := range r.search.best {
		seen.replace(i, sc)
		plain.replace(i, sc)
	}
	if rounded != in {
		seen.cost += plain.delays() // which the bound knows apart
	}
	if d := seen.cost - r.search.least; math.Abs(d) > 1e-6*math.Max(1, r.search.least)+in.pinRounding() {
		return nil, 0, fmt.Errorf("the plan costs %.9g, and %.9g as the bound sees it", r.search.least, seen.cost)
	}
	p, err = r.plan()
	return p, r.search.least, err
}

// Known is what the bound takes for granted of a scenario's plans.
type Known struct {
	Reach []float64 // the most cover, line x day
	Grain float64   // of which every cost is a multiple; 0 if none is known
}

// Know finds what the bound takes for granted.
func Know(s *scenario.Scenario) (Known, error) {
	in, err := compile(s, 2)
	if err != nil {
		return Known{}, err
	}
	return Known{in.reach(), in.grain()}, nil
}
