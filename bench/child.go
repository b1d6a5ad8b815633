package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// child runs one case in this process and prints its result.
func child(spec string) error {
	var c benchCase
	if err := json.Unmarshal([]byte(spec), &c); err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	s, err := c.scenario()
	if err != nil {
		return err
	}
	var r result
	switch c.Kind {
	case "sweep":
		r, err = sweep(s, c)
	case "replan":
		r, err = replans(s, c.setup)
	default:
		err = fmt.Errorf("no case of kind %q", c.Kind)
	}
	if err != nil {
		return err
	}
	r.PeakMB = peakMB()
	return json.NewEncoder(os.Stdout).Encode(r)
}

// scenario generates the case's scenario and resolves it.
func (c benchCase) scenario() (*scenario.Scenario, error) {
	s, err := generate.Scenario(generate.Options{Units: c.Units, Posts: c.Posts, Days: c.Days, Seed: c.Seed})
	if err != nil {
		return nil, fmt.Errorf("generate %s: %w", c.Name, err)
	}
	s, err = scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		return nil, fmt.Errorf("resolve %s: %w", c.Name, err)
	}
	return s, nil
}

// held is a plan's cost as the checker computes it; a plan that breaks a rule
// or states a false number is an error.
func held(s *scenario.Scenario, p *plan.Plan) (float64, error) {
	r := verify.Check(s, p)
	if len(r.Breaches) > 0 {
		return 0, fmt.Errorf("the plan breaks %d rules, the first: %s", len(r.Breaches), r.Breaches[0])
	}
	if len(r.Differences) > 0 {
		return 0, fmt.Errorf("the plan states %d false numbers, the first: %s", len(r.Differences), r.Differences[0])
	}
	return r.Metrics.Objective, nil
}

// sweep plans once until the first plan is there and once for the whole time.
func sweep(s *scenario.Scenario, c benchCase) (r result, err error) {
	began := time.Now()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	p, err := engine.Solve(ctx, s, engine.Options{Seed: c.Seed, NoBound: true, Progress: func(engine.Progress) { stop() }})
	if err != nil {
		return r, err
	}
	if _, err := held(s, p); err != nil {
		return r, fmt.Errorf("first plan: %w", err)
	}
	r.First = time.Since(began).Seconds()
	written, err := c.profile()
	if err != nil {
		return r, err
	}
	began = time.Now() // points count from the resolved scenario, compiling included
	p, err = engine.Solve(context.Background(), s, engine.Options{
		Seed: c.Seed, Time: time.Duration(c.Seconds * float64(time.Second)),
		Progress: func(g engine.Progress) { r.Points = pass(r.Points, g, time.Since(began)) },
	})
	if err != nil {
		return r, err
	}
	if err := written(); err != nil {
		return r, err
	}
	if r.Objective, err = held(s, p); err != nil {
		return r, err
	}
	m := p.Metrics
	r.Bound, r.Gap, r.GapOfCover, r.Iterations, r.Stop = m.Bound, m.Gap, m.GapOfCover, m.Iterations, string(m.Stop)
	r.Empty = nothing(s)
	return r, nil
}

// nothing is what no cover at all costs, readiness aside, which the gap of cover is a part of.
func nothing(s *scenario.Scenario) float64 {
	unready, w, free := *s, *s.Weights, 0.0
	w.IOC, w.FOC = &free, &free
	unready.Weights = &w
	return verify.Check(&unready, &plan.Plan{Format: plan.Format, Weights: w}).Metrics.Objective
}

// perDecade is how many points are kept of each tenfold of time.
const perDecade = 24

// pass adds a point of a search, and keeps the last of each step of time.
func pass(points []point, g engine.Progress, at time.Duration) []point {
	p := point{Seconds: at.Seconds(), Objective: g.Objective}
	if !math.IsInf(g.Bound, 0) {
		p.Bound, p.GapOfCover = &g.Bound, &g.GapOfCover
	}
	step := func(s float64) int { return int(math.Floor(perDecade * math.Log10(s))) }
	if n := len(points); n > 0 && step(points[n-1].Seconds) == step(p.Seconds) {
		points = points[:n-1]
	}
	return append(points, p)
}

// Re-planning: for how long to search after a change, and how long the fresh run
// takes that it is held against.
const (
	again = 20 * time.Millisecond
	fresh = time.Second
)

// replans takes one unit at a time out of a plan and plans again from what is
// left, which keeps every rule.
func replans(s *scenario.Scenario, c setup) (r result, err error) {
	base, err := engine.Solve(context.Background(), s, engine.Options{Seed: c.Seed, Time: time.Duration(c.Seconds * float64(time.Second))})
	if err != nil {
		return r, err
	}
	if r.Objective, err = held(s, base); err != nil {
		return r, err
	}
	used := sent(base)
	if len(used) == 0 {
		return r, errors.New("the plan sends nobody, so that there is nothing to lose")
	}
	var took, excess []float64
	for i := range c.Changes {
		without, left := lose(s, base, used[i*len(used)/c.Changes])
		began := time.Now()
		p, err := engine.Solve(context.Background(), without, engine.Options{Seed: c.Seed, Time: again, From: left, NoBound: true})
		if err != nil {
			return r, err
		}
		cost, err := held(without, p)
		if err != nil {
			return r, err
		}
		took = append(took, time.Since(began).Seconds())
		p, err = engine.Solve(context.Background(), without, engine.Options{Seed: c.Seed, Time: fresh, NoBound: true})
		if err != nil {
			return r, err
		}
		anew, err := held(without, p)
		if err != nil {
			return r, err
		}
		excess = append(excess, cost/anew-1)
	}
	r.Replan = &replan{Median: quantile(took, 0.5), P95: quantile(took, 0.95), ExcessP50: quantile(excess, 0.5), ExcessWorst: quantile(excess, 1)}
	return r, nil
}

// sent lists the units of a plan that leave home, each once.
func sent(p *plan.Plan) (units []string) {
	for _, t := range p.Tours {
		if n := len(units); n == 0 || units[n-1] != t.Unit {
			units = append(units, t.Unit)
		}
	}
	slices.Sort(units)
	return slices.Compact(units)
}

// lose takes a unit out of a scenario and of a plan, which are left as they are.
func lose(s *scenario.Scenario, p *plan.Plan, unit string) (*scenario.Scenario, *plan.Plan) {
	without, left := *s, *p
	without.Units = slices.DeleteFunc(slices.Clone(s.Units), func(u scenario.Unit) bool { return u.ID == unit })
	left.Tours = slices.DeleteFunc(slices.Clone(p.Tours), func(t plan.Tour) bool { return t.Unit == unit })
	return &without, &left
}

// quantile is the least value that a share of all do not exceed.
func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}

// profile starts a profile of the CPU, if there is a folder for it, and returns
// what ends it and writes what memory was allocated from the start of the
// process.
func (c benchCase) profile() (written func() error, err error) {
	if c.Profile == "" {
		return func() error { return nil }, nil
	}
	path := filepath.Join(c.Profile, fmt.Sprintf("%s-%d", c.Kind, c.Units))
	cpu, err := os.Create(path + ".cpu")
	if err != nil {
		return nil, fmt.Errorf("create profile: %w", err)
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(fmt.Errorf("start profile: %w", err), cpu.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		mem, err := os.Create(path + ".mem")
		if err != nil {
			return errors.Join(fmt.Errorf("create profile: %w", err), cpu.Close())
		}
		return errors.Join(pprof.WriteHeapProfile(mem), mem.Close(), cpu.Close())
	}, nil
}
