// Package jobs runs what takes longer than a request: plans and questions over many
// plans. The ledger in the store is the queue. A job is claimed by one worker at a
// time, which renews its claim while it works; if it ends without a word, another takes
// the job, and what the first says later does not count. So a job that was acknowledged
// is run, or says why not, whatever happens to the processes.
package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Options are what a job is to do. What is left out is as the scenario says.
type Options struct {
	Name       string                   `json:"name,omitempty" maxLength:"200" doc:"Name of the plan."`
	Seconds    float64                  `json:"seconds,omitempty" minimum:"0.1" maximum:"86400" doc:"How long to search; 10 by default."`
	Iterations int                      `json:"iterations,omitempty" minimum:"0" maximum:"1000000000" doc:"Stop after so many tries instead; then the same seed gives the same answer."`
	Seed       uint64                   `json:"seed,omitempty" doc:"The same seed gives the same plan."`
	DDay       map[string]scenario.Date `json:"d_day,omitempty" doc:"Operation to its D-day."`
	Without    []string                 `json:"without,omitempty" doc:"Operations that do not happen."`
	Policy     scenario.Policy          `json:"policy,omitempty" enum:"hold-the-flanks,mission-first,balanced"`
	Maturity   scenario.Pledge          `json:"maturity,omitempty" enum:"stated,offered,confirmed,assigned"`
	Today      *scenario.Date           `json:"today,omitempty" doc:"No order or decision before this day."`
	From       string                   `json:"from,omitempty" doc:"ID of a plan to start from."`
	Points     int                      `json:"points,omitempty" minimum:"2" maximum:"100" doc:"Of a trade-off; 8 by default."`
	Samples    int                      `json:"samples,omitempty" minimum:"1" maximum:"100000" doc:"Draws of what is uncertain; 200 by default. Workers share them."`
	Operation  string                   `json:"operation,omitempty" maxLength:"300" doc:"Whose D-day moves; the first by default."`
	FirstDay   *scenario.Date           `json:"first_day,omitempty" doc:"Of the days that D-day moves over; the first of the calendar by default."`
	LastDay    *scenario.Date           `json:"last_day,omitempty" doc:"The last of them; half the calendar later by default."`
	Step       int                      `json:"step,omitempty" minimum:"1" maximum:"1000" doc:"Days between two of them; so that there are about a dozen by default."`
	Lose       int                      `json:"lose,omitempty" minimum:"1" maximum:"2" doc:"Contributors lost at a time; 1 by default."`
}

// Progress is how far a job is.
type Progress struct {
	Objective  float64  `json:"objective,omitempty"`
	Bound      *float64 `json:"bound,omitempty"`
	GapOfCover *float64 `json:"gap_of_cover,omitempty"`
	Seconds    float64  `json:"seconds"`
	Done       int      `json:"done,omitempty"` // of many plans
	Of         int      `json:"of,omitempty"`
}

// Worker takes jobs from the store's queue.
type Worker struct {
	Store  *store.Store
	Name   string // unique among all workers
	Log    *slog.Logger
	Notify func(*store.Job, Progress) // hears of every change of a job; may be nil

	// Pause between looks at the queue when nobody wakes the worker, Beat between
	// renewals of a claim, Stale after which a claim that was not renewed is void, and
	// Most tries of a job whose workers end.
	Pause, Beat, Stale time.Duration
	Most               int64
	Threads            int            // searches side by side, of a question over many plans; 0 is one a processor
	Planner            engine.Planner // makes the plans; nil is engine.Solve

	wake chan struct{}
}

// New makes a worker with the usual times.
func New(s *store.Store, name string, log *slog.Logger) *Worker {
	return &Worker{Store: s, Name: name, Log: log, Pause: 2 * time.Second, Beat: 2 * time.Second, Stale: 20 * time.Second, Most: 3, wake: make(chan struct{}, 1)}
}

// Wake makes an idle worker look at the queue at once.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run takes jobs, one after another, until the context ends. A job that it holds then
// goes back to the queue. Whatever panics while a job is done fails that job alone.
func (w *Worker) Run(ctx context.Context) {
	for ctx.Err() == nil {
		job, err := w.Store.Claim(ctx, w.Name, w.Stale, w.Most)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("cannot look at the queue", "error", err)
		}
		if job != nil {
			if err := group.Call(func() error { return w.do(ctx, job) }); err != nil {
				w.Log.Error("cannot end a job", "job", job.ID, "error", err, "stack", group.Stack(err))
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-time.After(w.Pause):
		}
	}
}

// do runs one job to its end. The error says that its end could not be kept.
func (w *Worker) do(ctx context.Context, job *store.Job) error {
	w.Log.Info("job begins", "job", job.ID, "kind", job.Kind, "attempt", job.Attempts)
	var mu sync.Mutex
	var last Progress
	latest := func() Progress {
		mu.Lock()
		defer mu.Unlock()
		return last
	}
	report := func(p Progress) {
		mu.Lock()
		last = p
		mu.Unlock()
		w.notify(job, p)
	}
	claim, held := group.New(ctx) // held ends when the job is no longer ours
	working, end := context.WithCancel(held)
	defer end()
	claim.Go(func() error { return w.renew(working, job, latest) })
	var p *plan.Plan
	var result any
	err := group.Call(func() (err error) {
		w.notify(job, Progress{})
		p, result, err = w.work(held, job, report)
		return err
	})
	end()
	renewing := claim.Wait()
	late := context.WithoutCancel(ctx) // what is done is kept, also when the worker has to end
	switch {
	case errors.Is(renewing, errLost):
		w.Log.Info("job is no longer ours", "job", job.ID)
		err = nil
	case ctx.Err() != nil:
		err = w.Store.Release(late, job)
	case renewing != nil:
		err = w.fail(late, job, renewing)
	case err != nil:
		err = w.fail(late, job, err)
	default:
		switch err = w.keep(late, job, p, result); {
		case errors.Is(err, store.ErrNotFound): // it was cancelled at the last moment
			w.Log.Info("job is no longer ours", "job", job.ID)
			err = nil
		case err != nil:
			err = w.fail(late, job, err)
		}
	}
	if now, err := w.Store.Job(late, job.ID); err == nil {
		w.notify(now, latest())
	}
	return err
}

// errLost says that the claim of a job is gone: it was cancelled, or another has it.
var errLost = errors.New("the job is no longer ours")

// renew keeps the claim of a job, with how far it is, until the context ends.
func (w *Worker) renew(ctx context.Context, job *store.Job, latest func() Progress) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.Beat):
		}
		progress, err := json.Marshal(latest())
		if err != nil {
			return fmt.Errorf("write how far the job is: %w", err)
		}
		held, err := w.Store.Beat(ctx, job, progress)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("cannot renew a claim", "job", job.ID, "error", err)
		}
		if err == nil && !held {
			return errLost
		}
	}
}

// fail ends a job with the reason. Where that is a fault of the program, the log says
// where it was.
func (w *Worker) fail(ctx context.Context, job *store.Job, err error) error {
	reason := err.Error()
	stack := group.Stack(err)
	if stack == "" {
		w.Log.Warn("job fails", "job", job.ID, "error", err)
	} else {
		w.Log.Error("job panics", "job", job.ID, "error", err, "stack", stack)
		reason += "; the log of worker " + w.Name + " says where, please report it"
	}
	if failing := w.Store.Fail(ctx, job, reason); failing != nil {
		return fmt.Errorf("keep that it failed (%s): %w", reason, failing)
	}
	return nil
}

func (w *Worker) notify(job *store.Job, p Progress) {
	if w.Notify != nil {
		w.Notify(job, p)
	}
}

// keep finishes a job with its plan or its answer, or lets it wait for its parts.
func (w *Worker) keep(ctx context.Context, job *store.Job, p *plan.Plan, result any) error {
	if d, ok := result.(*divided); ok {
		return w.Store.Divide(ctx, job, d.base, partKind, d.parts)
	}
	if p == nil {
		b, err := json.Marshal(result)
		if err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
		return w.Store.Finish(ctx, job, nil, nil, b)
	}
	head, body, err := Encode(p)
	if err != nil {
		return err
	}
	var o Options
	_ = json.Unmarshal(job.Options, &o) // it was read before
	return w.Store.Finish(ctx, job, &store.Plan{Name: o.Name, Head: head}, body, nil)
}

// Encode is a plan's JSON form, without its tours and whole.
func Encode(p *plan.Plan) (head, body []byte, err error) {
	short := *p
	short.Tours, short.Options.InForce = []plan.Tour{}, nil
	if head, err = json.Marshal(&short); err != nil {
		return nil, nil, fmt.Errorf("write the plan: %w", err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return nil, nil, fmt.Errorf("write the plan: %w", err)
	}
	return head, b.Bytes(), nil
}

// Load reads a version of a scenario, as written.
func Load(ctx context.Context, s *store.Store, id string, version int64) (*scenario.Scenario, error) {
	records, err := s.Records(ctx, id, version)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("version %d of scenario %s: %w", version, id, store.ErrNotFound)
	}
	joined, err := store.Join(records)
	if err != nil {
		return nil, err
	}
	document, err := formats.ParseJSON(id, joined.Document)
	if err != nil {
		return nil, err
	}
	x, _, err := document.Scenario("")
	return x, err
}

// work does what a job asks.
func (w *Worker) work(ctx context.Context, job *store.Job, report func(Progress)) (p *plan.Plan, result any, err error) {
	var o Options
	if err := json.Unmarshal(job.Options, &o); err != nil {
		return nil, nil, fmt.Errorf("read the job's options: %w", err)
	}
	if o.Seconds == 0 {
		o.Seconds = 10
	}
	written, err := Load(ctx, w.Store, job.Scenario, job.Version)
	if err != nil {
		return nil, nil, err
	}
	variant := scenario.Variant{DDay: o.DDay, Without: o.Without, Policy: o.Policy, Maturity: o.Maturity, Today: o.Today}
	s, err := scenario.Resolve(written, variant)
	if err != nil {
		return nil, nil, err
	}
	var from *plan.Plan
	if o.From != "" {
		_, body, err := w.Store.Plan(ctx, o.From)
		switch {
		case errors.Is(err, store.ErrNotFound): // a start that is gone is no reason not to plan
		case err != nil:
			return nil, nil, fmt.Errorf("read the plan to start from: %w", err)
		default:
			from = &plan.Plan{}
			if err := json.Unmarshal(body, from); err != nil {
				return nil, nil, fmt.Errorf("read the plan to start from: %w", err)
			}
		}
	}
	limit := time.Duration(o.Seconds * float64(time.Second))
	if job.Kind == "plan" {
		p, err = planBy(ctx, w.Planner.Or(), written, s, from, &o, seldom(report))
		return p, nil, err
	}
	q := stress.Options{Seed: max(1, o.Seed), Iterations: o.Iterations, Time: limit, Threads: w.Threads, Planner: w.Planner, From: from, Scenario: written.Hash(), Progress: func(x stress.Progress) {
		report(Progress{Done: x.Done, Of: x.Of})
	}}
	switch job.Kind {
	case "samples":
		result, err = w.samples(ctx, job, written, variant, &o, q)
	case partKind:
		result, err = w.part(ctx, job, written, variant, q)
	case "lose":
		result, err = stress.Lose(ctx, s, max(1, o.Lose), q)
	case "tradeoff":
		points := o.Points
		if points == 0 {
			points = 8
		}
		result, err = stress.Tradeoff(ctx, s, points, q)
	case "d-day":
		result, err = sweep(ctx, written, variant, &o, q)
	case "ask":
		result, err = stress.AskFor(ctx, s, stress.Want{Most: 3, Prices: stress.Prices()}, q)
	default:
		err = fmt.Errorf("this worker does not know jobs of the kind %q", job.Kind)
	}
	return nil, result, err
}

// seldom reports a search ten times a second at most.
func seldom(report func(Progress)) func(engine.Progress) {
	last := time.Duration(0)
	return func(x engine.Progress) {
		if x.Elapsed < last+100*time.Millisecond {
			return
		}
		last = x.Elapsed
		now := Progress{Objective: x.Objective, Seconds: x.Elapsed.Seconds()}
		if x.Bound > 0 {
			now.Bound, now.GapOfCover = &x.Bound, &x.GapOfCover
		}
		report(now)
	}
}

// Plan searches for a plan of a scenario, as written and as resolved for the options, and
// holds what it found to the checker: a plan that is kept keeps every rule. A part of the
// time measures what the operations add to the exposure of standing posts.
func Plan(ctx context.Context, written, s *scenario.Scenario, from *plan.Plan, o *Options, progress func(engine.Progress)) (*plan.Plan, error) {
	return planBy(ctx, engine.Solve, written, s, from, o, progress)
}

// planBy is Plan by a planner.
func planBy(ctx context.Context, planner engine.Planner, written, s *scenario.Scenario, from *plan.Plan, o *Options, progress func(engine.Progress)) (*plan.Plan, error) {
	limit := time.Duration(o.Seconds * float64(time.Second))
	first := limit
	if len(s.Operations) > 0 {
		first -= time.Duration(reference * float64(limit))
	}
	p, err := planner(ctx, s, engine.Options{Seed: max(1, o.Seed), Iterations: o.Iterations, Time: first, From: from, Scenario: written.Hash(), Progress: progress})
	if err != nil {
		return nil, err
	}
	if checked := verify.Check(s, p); !checked.OK() {
		return nil, errFault
	}
	return p, newExposure(ctx, planner, written, p, o, limit-first)
}

var errFault = errors.New("the plan that was found does not hold; it was not kept: this is a fault of the program")

// reference is the part of the time for the plan without the operations.
const reference = 0.2

// newExposure measures what the operations add to the exposure of standing posts, by a
// plan without them.
func newExposure(ctx context.Context, planner engine.Planner, written *scenario.Scenario, p *plan.Plan, o *Options, limit time.Duration) error {
	added := 0.0
	if len(p.Options.DDay) > 0 {
		calm := scenario.Variant{Policy: o.Policy, Maturity: o.Maturity, Today: o.Today}
		for _, op := range written.Operations {
			calm.Without = append(calm.Without, op.ID)
		}
		s, err := scenario.Resolve(written, calm)
		if err != nil {
			return err
		}
		without, err := planner(ctx, s, engine.Options{Seed: max(1, o.Seed), Iterations: o.Iterations, Time: limit, NoBound: o.Iterations > 0})
		if err != nil {
			return fmt.Errorf("plan without the operations: %w", err)
		}
		if !verify.Check(s, without).OK() {
			return errFault
		}
		added = max(0, p.Metrics.ExposureDays.Standing-without.Metrics.ExposureDays.Standing)
	}
	p.Metrics.NewExposure = &added
	return nil
}
