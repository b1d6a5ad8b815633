package engine_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"math"
	"runtime"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/milp"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// checks sets the number of random cases of a test, and their seed so that a
// run is repeatable, unless the flags -rapid.checks and -rapid.seed do. It returns
// how many cases are drawn: rapid draws fewer with -short.
func checks(t *testing.T, n int) (drawn int) {
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(n), "rapid.seed": "20250401"} {
		f := flag.Lookup(name)
		was := f.Value.String()
		if was != f.DefValue {
			continue
		}
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(was) })
	}
	drawn, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		drawn /= 5
	}
	return drawn
}

// sound resolves a scenario, or reports false if it has problems.
func sound(s *scenario.Scenario) (*scenario.Scenario, bool) {
	for _, p := range scenario.Check(s) {
		if !p.Warning {
			return nil, false
		}
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	return r, err == nil
}

// mustHold fails the test if the checker finds anything wrong with a plan.
func mustHold(t interface{ Fatalf(string, ...any) }, s *scenario.Scenario, p *plan.Plan) {
	if r := verify.Check(s, p); !r.OK() {
		b, _ := formats.PlanBytes(p)
		t.Fatalf("breaches %v, differences %v in %s", r.Breaches, r.Differences, b)
	}
}

// TestEveryPlanHolds runs random scenarios of every feature through engine and
// checker.
func TestEveryPlanHolds(t *testing.T) {
	checks(t, 2000)
	wasm, err := milp.New("wasm")
	if err != nil {
		t.Fatal(err)
	}
	planned, pinned := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: 40, units: rapid.IntRange(1, 8).Draw(t, "units"), posts: rapid.IntRange(1, 5).Draw(t, "posts")}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		if rapid.Bool().Draw(t, "in force") {
			r = withPlanInForce(t, r)
		}
		o := engine.Options{Seed: 1, Iterations: 60}
		if rapid.IntRange(0, 4).Draw(t, "solver") == 0 {
			o.Solver = wasm
		}
		p, cost, err := engine.Sums(context.Background(), r, o)
		if _, ok := errors.AsType[*engine.PinError](err); ok {
			pinned++
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		planned++
		mustHold(t, r, p)
		if z := p.Metrics.Objective; math.Abs(z-cost) > 1e-6*math.Max(1, z) {
			t.Fatalf("the plan costs %.9g; the search adds up %.9g", z, cost)
		}
	})
	if planned == 0 {
		t.Error("no scenario was planned, so nothing was tested")
	}
	t.Logf("%d planned, %d with pins that cannot hold", planned, pinned)
}

// TestSameBytes plans with one thread and with two, of the process and of the search.
func TestSameBytes(t *testing.T) {
	checks(t, 100)
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: 30, units: 5, posts: 3}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		var first []byte
		for k := range 4 {
			threads, most := 1+k&1, k>>1
			was := runtime.GOMAXPROCS(threads)
			p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 7, Iterations: 40, Threads: most})
			runtime.GOMAXPROCS(was)
			if err != nil {
				return // pins; said so whatever the threads
			}
			b, err := formats.PlanBytes(p)
			if err != nil {
				t.Fatal(err)
			}
			if first != nil && !bytes.Equal(first, b) {
				t.Fatalf("two plans of one scenario, seed and iterations: %s and %s", first, b)
			}
			first = b
		}
	})
}

// TestStartsFromAnotherPlan starts from plans of scenarios that were like this
// one: what is possible of them is kept, and every rule holds.
func TestStartsFromAnotherPlan(t *testing.T) {
	checks(t, 300)
	kept := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, shape{days: 40, units: 6, posts: 4})
		before, ok := sound(s)
		if !ok {
			t.Skip("the scenario has problems")
		}
		first, err := engine.Solve(context.Background(), before, engine.Options{Seed: 1, Iterations: 30, NoBound: true})
		if err != nil {
			return // pins
		}
		d := &drawer{T: t, shape: shape{days: 40, units: 6, posts: 4}, s: s}
		s.Contributors, s.Lift, s.Pins = nil, nil, nil
		d.contributors()
		d.lift()
		if len(s.Units) < 2 {
			t.Skip("all units are one count")
		}
		gone := d.n("unit gone", 0, len(s.Units)-1)
		s.Units = append(s.Units[:gone:gone], s.Units[gone+1:]...)
		other := &s.Units[d.n("other unit", 0, len(s.Units)-1)]
		other.Notice, other.Rest, other.Dwell = scenario.Days(d.n("new notice", 0, 9)), scenario.Days(d.n("new rest", 0, 9)), 0
		after, ok := sound(s)
		if !ok {
			t.Skip("the changed scenario has problems")
		}
		p, err := engine.Solve(context.Background(), after, engine.Options{Seed: 2, Iterations: 1, NoBound: true, From: first})
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, after, p)
		kept += len(p.Tours)
	})
	if kept == 0 {
		t.Error("nothing was kept of any plan, so nothing was tested")
	}
}

// TestStartsFromAPlan starts from plans, and is never worse than they are.
func TestStartsFromAPlan(t *testing.T) {
	checks(t, 200)
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: 40, units: 6, posts: 4}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		first, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 30, NoBound: true})
		if err != nil {
			return // pins
		}
		next, err := engine.Solve(context.Background(), r, engine.Options{Seed: 2, Iterations: 1, NoBound: true, From: first})
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, r, next)
		if next.Metrics.Objective > first.Metrics.Objective+1e-6 {
			t.Fatalf("started from %g and came to %g", first.Metrics.Objective, next.Metrics.Objective)
		}
	})
}
