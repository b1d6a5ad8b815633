package report_test

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// TestSlack lets every leg of a plan slip day by day and looks when the IOC of
// its operation does.
func TestSlack(t *testing.T) {
	bound, free := 0, 0
	for seed := range uint64(6) {
		s, err := generate.Scenario(generate.Options{Units: 30, Posts: 6, Days: 150, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		r, err := scenario.Resolve(s, scenario.Variant{Policy: scenario.MissionFirst})
		if err != nil {
			t.Fatal(err)
		}
		p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 150, NoBound: true})
		if err != nil {
			t.Fatal(err)
		}
		e, err := plan.Evaluate(r, p)
		if err != nil {
			t.Fatal(err)
		}
		operation := map[string]string{}
		for _, q := range r.Posts {
			operation[q.ID] = q.Operation
		}
		for i := range p.Tours {
			for j := range p.Tours[i].Legs {
				l := &p.Tours[i].Legs[j]
				op := operation[l.Post]
				ioc := p.Metrics.IOC[op]
				days, hangs := e.Slack(p.Tours[i].Unit, l, ioc)
				if op == "" || ioc == nil || l.OnDayZero() {
					if hangs {
						t.Errorf("leg %+v hangs on an IOC that is not there", l)
					}
					continue
				}
				slips := func(n scenario.Date) bool {
					old := l.Effective
					defer func() { l.Effective = old }()
					l.Effective = min(old+n, l.Until)
					q := *p
					if err := plan.Measure(r, &q, 0); err != nil {
						t.Fatal(err)
					}
					return q.Metrics.IOC[op] == nil || *q.Metrics.IOC[op] > *ioc
				}
				length := int(l.Until - l.Effective)
				if !hangs {
					free++
					if slips(scenario.Date(length)) {
						t.Errorf("seed %d: %s at %s without end is said to change nothing", seed, p.Tours[i].Unit, l.Post)
					}
					continue
				}
				bound++
				if slips(scenario.Date(days)) || !slips(scenario.Date(days+1)) {
					t.Errorf("seed %d: %s at %s can slip %d days, it is said; after these the IOC slips %v, a day later %v",
						seed, p.Tours[i].Unit, l.Post, days, slips(scenario.Date(days)), slips(scenario.Date(days+1)))
				}
			}
		}
	}
	t.Logf("%d legs that the IOC hangs on, %d that it does not", bound, free)
	if bound < 5 || free < 5 {
		t.Errorf("%d legs that an IOC hangs on, %d that none does; want five or more of each", bound, free)
	}
}
