package verify_test

import (
	"math"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// TestReadiness counts IOC and FOC of the tiny plan by hand: a battlegroup is at Lviv on
// D+0, the second on D+9, the hospital, wanted from D+10 on, on D+17, and the calendar ends
// after D+28. The checker and package plan, each by itself, say so, and price each day late.
func TestReadiness(t *testing.T) {
	const never = -1
	bg, medical := []string{"battlegroup"}, []string{"medical"}
	phases := []scenario.Phase{{ID: "hold", From: scenario.DayTime(41), Until: scenario.DayTime(60)}, {ID: "entry", From: scenario.DayTime(33), Until: scenario.DayTime(41)}}
	for name, x := range map[string]struct {
		ready    scenario.Ready
		phases   []scenario.Phase
		ioc, foc int // days after D
		late     [2]int
	}{
		"all, not before the hospital is due": {scenario.Ready{}, nil, 17, 17, [2]int{7, 7}},
		"some capabilities":                   {scenario.Ready{IOC: &scenario.Counts{Capability: bg}, FOC: &scenario.Counts{Capability: bg}}, nil, 0, 9, [2]int{0, 9}},
		"some posts":                          {scenario.Ready{IOC: &scenario.Counts{Post: []string{"lviv"}}, FOC: &scenario.Counts{Capability: medical}}, nil, 17, 17, [2]int{7, 7}},
		"a share":                             {scenario.Ready{IOC: &scenario.Counts{Capability: bg}, FOC: &scenario.Counts{Capability: bg, Share: new(0.5)}}, nil, 0, 0, [2]int{0, 0}},
		"for as long as is left":              {scenario.Ready{Hold: 12}, nil, 17, 17, [2]int{7, 7}},
		"for longer than is left":             {scenario.Ready{Hold: 13}, nil, never, never, [2]int{19, 19}},
		"the first phase, and what is before": {scenario.Ready{}, phases, 0, 17, [2]int{0, 7}},
		"a later phase":                       {scenario.Ready{IOC: &scenario.Counts{Phase: []string{"hold"}}}, phases, 17, 17, [2]int{7, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := tiny(t)
			before := verify.Check(s, p).Metrics.Objective - 7**s.Weights.IOC
			raw := *s
			raw.Operations = slices.Clone(s.Operations)
			raw.Operations[0].Ready, raw.Operations[0].Phases = x.ready, x.phases
			w := *s.Weights
			w.IOC, w.FOC = new(10.0), new(1000.0)
			raw.Weights = &w
			s, err := scenario.Resolve(&raw, scenario.Variant{})
			if err != nil {
				t.Fatal(err)
			}
			m := verify.Check(s, p).Metrics
			if err := plan.Measure(s, p, 0); err != nil {
				t.Fatal(err)
			}
			after := func(d *scenario.Date) int {
				if d == nil {
					return never
				}
				return s.Calendar.Day(*d) - 31
			}
			for who, m := range map[string]*plan.Metrics{"checker": m, "plan": p.Metrics} {
				if got, want := [2]int{after(m.IOC["reassurance"]), after(m.FOC["reassurance"])}, [2]int{x.ioc, x.foc}; got != want {
					t.Errorf("%s: IOC and FOC on D+%d, want D+%d", who, got, want)
				}
				if got, want := m.Objective-before, float64(10*x.late[0]+1000*x.late[1]); math.Abs(got-want) > 1e-6 {
					t.Errorf("%s: the delay costs %g, want %g", who, got, want)
				}
			}
			p.Metrics.Objective += 10
			named := func(d verify.Difference) bool { return d.Metric == "objective" }
			if !slices.ContainsFunc(verify.Check(s, p).Differences, named) {
				t.Error("a plan that counts a day more passes")
			}
		})
	}
}
