package planner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rearguard/rearguard/internal/compact"
	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/milp"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// What is small enough is solved outright, by branch and bound on its compact program,
// where the search leaves a gap: measured in docs/decisions/0046-small-is-solved.md.
const (
	smallColumns = 4000            // of the program
	searchShare  = 0.25            // of the time, before the program has the rest
	searchTime   = 2 * time.Second // at most
	looksOfTry   = 20              // at the solver's clock, for each try that the search may make
	mostLooks    = 20_000
)

// solve makes one plan: by the engine and, where the scenario is small and the engine
// leaves open whether there is a better one, by its compact program. An engine of the
// caller's own has the last word. Questions, which make many plans, leave it at the engine's.
func (h *Search) solve(ctx context.Context, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
	if h.Engine != nil {
		return h.Engine(ctx, s, o)
	}
	if o.NoBound || len(s.Units)*s.Calendar.Days > smallColumns { // a unit has a column a day at least
		return engine.Solve(ctx, s, o)
	}
	began, all := time.Now(), o.Time
	program := compact.New(s)
	model := program.Model(smallColumns)
	if model == nil {
		return engine.Solve(ctx, s, o)
	}
	if o.Iterations == 0 {
		o.Time = min(time.Duration(searchShare*float64(all)), searchTime)
	}
	p, err := engine.Solve(ctx, s, o)
	pins, unkept := errors.AsType[*engine.PinError](err)
	if err != nil && !unkept || unkept && pins.Never() || p != nil && (p.Stop == plan.StopOptimal || p.Stop == plan.StopInterrupted) {
		return p, err
	}
	limits := milp.Options{Gap: 1e-12, AbsoluteGap: 1e-7, Looks: min(looksOfTry*o.Iterations, mostLooks)}
	if o.Iterations == 0 {
		if limits.TimeLimit = all - time.Since(began); limits.TimeLimit <= 0 {
			return p, err
		}
	}
	q, bound := solveProgram(ctx, s, program, model, limits)
	if ctx.Err() != nil && p != nil {
		p.Stop, p.Metrics.Stop = plan.StopInterrupted, plan.StopInterrupted
	}
	if ctx.Err() != nil || p == nil && q == nil {
		return p, err
	}
	if p, err = combine(s, &o, p, q, bound); err == nil && o.Progress != nil {
		o.Progress(engine.Progress{Objective: p.Metrics.Objective, Bound: p.Metrics.Bound, GapOfCover: p.Metrics.GapOfCover, Iterations: p.Iterations, Elapsed: time.Since(began)})
	}
	return p, err
}

// solveProgram is the plan that a solver finds for a compact program, nil for none, and
// what it proves that every plan costs at least. Without an answer, or with one that the checker
// does not pass, there is neither.
func solveProgram(ctx context.Context, s *scenario.Scenario, program *compact.Program, m *milp.Model, o milp.Options) (*plan.Plan, float64) {
	nothing := math.Inf(-1)
	solver, err := milp.New(string(HiGHS))
	if err != nil {
		return nil, nothing
	}
	found, err := solver.Solve(ctx, m, o)
	if err != nil || found.Status != milp.Optimal && found.Status != milp.TimeLimit {
		return nil, nothing
	}
	if found.X == nil {
		return nil, found.Bound
	}
	values := make(map[string]float64, len(found.X))
	for i, x := range found.X {
		if x != 0 {
			values[m.Columns[i].Name] = x
		}
	}
	p, err := program.Plan(values)
	if err != nil || !verify.Check(s, p).OK() {
		return nil, nothing
	}
	return p, found.Bound
}

// solverSlack is the part of a cost within which a solver's word is as good as the cost.
const solverSlack = 1e-6

// combine takes the cheaper of the engine's plan and the solver's, nil for none, with
// the higher bound. A bound above what a plan costs, which the checker vouches for,
// proves nothing but that the solver is wrong.
func combine(s *scenario.Scenario, o *engine.Options, p, q *plan.Plan, bound float64) (*plan.Plan, error) {
	best, least := p, 0.0
	if p != nil {
		least = p.Metrics.Bound
	}
	if p == nil || q != nil && q.Metrics.Objective < p.Metrics.Objective-1e-9 {
		best = q
		best.ScenarioSHA256, best.Seed, best.Iterations, best.Stop = o.Scenario, o.Seed, o.Iterations, plan.StopIterations
		if p != nil {
			best.Iterations, best.Stop = p.Iterations, p.Stop
		} else if o.Iterations == 0 {
			best.Stop = plan.StopTime
		}
	}
	cost := best.Metrics.Objective
	slack := solverSlack * max(1, math.Abs(cost))
	switch {
	case bound > cost+slack:
	case bound > cost-slack:
		least = cost
	default:
		least = max(least, bound)
	}
	if engine.Proven(cost, least) {
		best.Stop = plan.StopOptimal
	}
	if err := plan.Measure(s, best, least); err != nil {
		return nil, fmt.Errorf("measure the plan of %q: %w", s.Name, err)
	}
	return best, nil
}
