package planner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Result is a plan with what it is of and what the checker says of it, which is that it
// holds.
type Result struct {
	Plan     *plan.Plan
	Scenario *scenario.Scenario // resolved
	Verdict  *Verdict
	Moves    []Move // what each kind of move of the search came to
}

// Move is one kind of try of a search, and what came of it.
type Move = engine.Move

// usualTime is how long a search takes where nobody says, and baselineShare the part of
// it for the plan without the operations, which new exposure is measured against.
const (
	usualTime     = 10 * time.Second
	baselineShare = 0.2
)

// Plan makes a plan of a variant. A part of the time goes into a plan without the
// operations: what the first exposes more at standing posts is its new exposure.
//
// A search that the context ends comes back with the best plan so far, which stops as
// interrupted and has no new exposure. Pins and given orders that no plan found keeps are
// a *[PinError].
func (c *Case) Plan(ctx context.Context, v Variant, how Search) (*Result, error) {
	if err := how.check(); err != nil {
		return nil, err
	}
	s, err := c.Resolve(v)
	if err != nil {
		return nil, err
	}
	switch {
	case how.Iterations > 0:
		how.Time = 0 // no clock decides what comes out
	case how.Time == 0:
		how.Time = usualTime
	}
	first := how
	if how.Iterations == 0 && len(s.Operations) > 0 && !how.Baselines.has(c, v) {
		first.Time -= time.Duration(baselineShare * float64(how.Time))
	}
	var moves []Move
	first.moves = func(m []Move) { moves = m }
	p, err := c.search(ctx, s, first, 1)
	if err != nil {
		return nil, err
	}
	if p.Stop != plan.StopInterrupted {
		rest := how
		if how.Iterations == 0 {
			rest.Time = max(how.Time-first.Time, time.Millisecond)
		}
		added, err := c.newExposure(ctx, v, p, rest)
		if err != nil {
			return nil, err
		}
		p.Metrics.NewExposure = &added
	}
	checked := verify.Check(s, p)
	if !checked.OK() {
		return nil, &FaultError{checked}
	}
	return &Result{p, s, checked, moves}, nil
}

// search is one search of the engine.
func (c *Case) search(ctx context.Context, s *scenario.Scenario, how Search, nth int) (*plan.Plan, error) {
	solver, err := how.solver()
	if err != nil {
		return nil, err
	}
	o := engine.Options{
		Seed: max(1, how.Seed), Iterations: how.Iterations, Time: how.Time, Threads: how.Threads, Scenario: c.Hash(), From: how.From, Solver: solver, Moves: how.moves,
		NoBound: nth > 1 && how.Iterations > 0, // a proof can end a search early, which helps only where time is the limit
	}
	if how.Progress != nil {
		o.Progress = func(x engine.Progress) {
			how.Progress(Progress{
				Done: nth - 1, Of: nth, Objective: x.Objective, Bound: x.Bound, Iterations: x.Iterations, Elapsed: x.Elapsed,
			})
		}
	}
	return how.solve(ctx, s, o)
}

// PinError says which pins and given orders no plan found keeps, and whether that is
// proven.
type PinError = engine.PinError

// Unkept is what one unit does not keep.
type Unkept = engine.Unkept

// Wanted is a pin of a unit, or an order given to it.
type Wanted = engine.Wanted

// BoundError says that a plan contradicts what was taken for proven: a fault of the
// program.
type BoundError = plan.BoundError

// Baselines remembers the exposure of standing posts without the operations, by scenario
// and variant, so that trying one variant after another searches for it once. It is safe
// for use by several goroutines; the zero value is ready.
type Baselines struct {
	mu  sync.Mutex
	all map[string]float64
}

// mostBaselines are remembered; then they are forgotten together.
const mostBaselines = 200

func (b *Baselines) has(c *Case, v Variant) bool {
	if b == nil {
		return false
	}
	_, known := b.get(baselineKey(c, peace(c, v)))
	return known
}

func (b *Baselines) get(key string) (float64, bool) {
	if b == nil {
		return 0, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	x, known := b.all[key]
	return x, known
}

func (b *Baselines) set(key string, x float64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil || len(b.all) >= mostBaselines {
		b.all = map[string]float64{}
	}
	b.all[key] = x
}

// Learn takes what a plan says of its exposure without the operations, if it is of this
// case and says it.
func (b *Baselines) Learn(c *Case, p *plan.Plan) {
	m := p.Metrics
	if p.ScenarioSHA256 != c.Hash() || m == nil || m.NewExposure == nil {
		return
	}
	key := baselineKey(c, peace(c, VariantOf(p)))
	least := m.ExposureDays.Standing - *m.NewExposure
	if known, is := b.get(key); !is || least < known {
		b.set(key, least)
	}
}

// peace is a variant without the operations.
func peace(c *Case, v Variant) Variant {
	v.DDay, v.Without, v.InForce = nil, nil, nil
	for _, op := range c.written.Operations {
		v.Without = append(v.Without, op.ID)
	}
	return v
}

func baselineKey(c *Case, v Variant) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // a variant holds nothing that cannot be written
	}
	return c.Hash() + string(b)
}

// newExposure is what the operations add to the exposure of standing posts in a plan:
// against the least that is known to be possible without them, by the plan itself or by
// a search that starts from it.
func (c *Case) newExposure(ctx context.Context, v Variant, p *plan.Plan, how Search) (float64, error) {
	if len(p.Options.DDay) == 0 {
		return 0, nil
	}
	without := peace(c, v)
	key := baselineKey(c, without)
	least, known := how.Baselines.get(key)
	if !known {
		s, err := c.Resolve(without)
		if err != nil {
			return 0, fmt.Errorf("resolve without the operations: %w", err)
		}
		how.From, how.Solver = p, NoSolver
		q, err := c.search(ctx, s, how, 2)
		if err != nil {
			return 0, fmt.Errorf("plan without the operations: %w", err)
		}
		if checked := verify.Check(s, q); !checked.OK() {
			return 0, &FaultError{checked}
		}
		least = q.Metrics.ExposureDays.Standing
		if q.Stop != plan.StopInterrupted { // what was found so far is no measure for others
			how.Baselines.set(key, min(least, p.Metrics.ExposureDays.Standing))
		}
	}
	return max(0, p.Metrics.ExposureDays.Standing-least), nil
}

// FaultError says that a plan that was found does not pass the checker: a fault of the
// program, whatever the scenario.
type FaultError struct{ Verdict *Verdict }

// mostFaults of each kind are told.
const mostFaults = 10

func (e *FaultError) Error() string {
	v := e.Verdict
	var b strings.Builder
	fmt.Fprintf(&b, "the plan found breaks %d rules and states %d false numbers; please report this with the scenario", len(v.Breaches), len(v.Differences))
	for _, x := range v.Breaches[:min(len(v.Breaches), mostFaults)] {
		fmt.Fprintf(&b, "\n  %s", x)
	}
	for _, x := range v.Differences[:min(len(v.Differences), mostFaults)] {
		fmt.Fprintf(&b, "\n  %s", x)
	}
	return b.String()
}

// interrupted reports whether an error comes of a context that has ended.
func interrupted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
