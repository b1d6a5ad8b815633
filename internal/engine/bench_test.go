package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

func generated(b *testing.B, units, posts, days int) *scenario.Scenario {
	s, err := generate.Scenario(generate.Options{Units: units, Posts: posts, Days: days, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func reassurance(b *testing.B) *scenario.Scenario {
	s, _, err := formats.ReadScenario("../../examples/reassurance.yaml")
	if err != nil {
		b.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// first plans until the first plan is there, and verifies it.
func first(b *testing.B, s *scenario.Scenario) {
	ctx, stop := context.WithCancel(context.Background())
	p, err := engine.Solve(ctx, s, engine.Options{Seed: 1, NoBound: true, Progress: func(engine.Progress) { stop() }})
	if err != nil {
		b.Fatal(err)
	}
	if r := verify.Check(s, p); !r.OK() {
		b.Fatal(r.Breaches)
	}
}

// BenchmarkFirstPlan is the time from a resolved scenario to a verified plan.
func BenchmarkFirstPlan(b *testing.B) {
	for _, n := range []struct{ units, posts, days int }{{300, 18, 365}, {1000, 60, 365}, {3000, 180, 365}} {
		b.Run(fmt.Sprintf("units=%d", n.units), func(b *testing.B) {
			s := generated(b, n.units, n.posts, n.days)
			for b.Loop() {
				first(b, s)
			}
		})
	}
	b.Run("reassurance", func(b *testing.B) {
		s := reassurance(b)
		for b.Loop() {
			first(b, s)
		}
	})
}

// BenchmarkTenSeconds is what ten seconds give: the gap of cover, the tries and
// the memory that the process took from the system.
func BenchmarkTenSeconds(b *testing.B) {
	run := func(name string, s func(*testing.B) *scenario.Scenario) {
		b.Run(name, func(b *testing.B) {
			r := s(b)
			var p *plan.Plan
			for b.Loop() {
				var err error
				if p, err = engine.Solve(context.Background(), r, engine.Options{Seed: 1, Time: 10 * time.Second}); err != nil {
					b.Fatal(err)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(p.Metrics.Objective, "objective")
			b.ReportMetric(p.Metrics.Bound, "bound")
			b.ReportMetric(100*p.Metrics.GapOfCover, "%gap-of-cover")
			b.ReportMetric(float64(p.Metrics.Iterations), "tries")
			b.ReportMetric(float64(m.Sys)/(1<<20), "MB")
		})
	}
	run("units=300", func(b *testing.B) *scenario.Scenario { return generated(b, 300, 18, 365) })
	run("units=1000", func(b *testing.B) *scenario.Scenario { return generated(b, 1000, 60, 365) })
	run("reassurance", reassurance)
}
