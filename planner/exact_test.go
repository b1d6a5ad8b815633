package planner_test

import (
	"bytes"
	"context"
	"math"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// Scenarios whose best plan the engine's search has missed, or not proven, are small
// enough to be solved: the optimum, proven, and the same bytes on any number of threads.
func TestSmallIsSolved(t *testing.T) {
	day := tiny(t).Calendar.Date(50) // 20 June
	for _, c := range []struct {
		name, file string
		v          planner.Variant
		want       float64
	}{
		{"tiny on another D-day", "../examples/tiny.yaml", planner.Variant{DDay: map[string]scenario.Date{"reassurance": day}}, 4.357894736842105},
		{"interleaved", "testdata/interleaved.yaml", planner.Variant{}, 1341.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := planner.Read(c.file)
			if err != nil {
				t.Fatal(err)
			}
			var all [][]byte
			for threads := 1; threads <= 2; threads++ {
				r, err := x.Plan(context.Background(), c.v, planner.Search{Iterations: 1000, Threads: threads})
				if err != nil {
					t.Fatal(err)
				}
				if m := r.Plan.Metrics; math.Abs(m.Objective-c.want) > 1e-6 || r.Plan.Stop != plan.StopOptimal || m.Stop != plan.StopOptimal || m.Gap != 0 {
					t.Errorf("cost %.9g, bound %.9g, stopped for %s; want %g, proven", m.Objective, m.Bound, r.Plan.Stop, c.want)
				}
				b, err := formats.PlanBytes(r.Plan)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, b)
			}
			if !bytes.Equal(all[0], all[1]) {
				t.Errorf("one thread gives\n%s\ntwo give\n%s", all[0], all[1])
			}
		})
	}
}

// With a limit of time the program has what the search leaves of it.
func TestSmallIsSolvedInTime(t *testing.T) {
	x, err := planner.Read("testdata/interleaved.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// Far more than it takes: the proof ends it.
	r, err := x.Plan(context.Background(), planner.Variant{}, planner.Search{Time: 4 * time.Minute, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Plan.Metrics; math.Abs(m.Objective-1341.5) > 1e-6 || r.Plan.Stop != plan.StopOptimal {
		t.Errorf("cost %.9g, bound %.9g, stopped for %s; want 1341.5, proven", m.Objective, m.Bound, r.Plan.Stop)
	}
}

// Interrupted while the program is solved, the plan of the engine comes back, and says so.
func TestSmallIsInterrupted(t *testing.T) {
	x, err := planner.Read("testdata/interleaved.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	how := planner.Search{Iterations: 1024, Progress: func(p planner.Progress) {
		if p.Iterations == 1024 {
			cancel() // the last try: what follows is the program
		}
	}}
	r, err := x.Plan(ctx, planner.Variant{}, how)
	if err != nil {
		t.Fatal(err)
	}
	if r.Plan.Stop != plan.StopInterrupted || r.Plan.Metrics.Objective < 1341.5-1e-6 || !r.Verdict.OK() {
		t.Errorf("stopped for %s at %g", r.Plan.Stop, r.Plan.Metrics.Objective)
	}
}
