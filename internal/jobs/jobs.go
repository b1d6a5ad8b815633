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
	"strings"
	"sync"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// PlanKind is the kind of a job that makes a plan; all other kinds are questions.
const PlanKind = "plan"

// Kinds are the kinds of jobs that can be queued.
func Kinds() []string {
	kinds := []string{PlanKind}
	for _, q := range planner.Questions() {
		kinds = append(kinds, q.Name)
	}
	return kinds
}

// partSuffix makes the kind of a job's parts of its own.
const partSuffix = "-part"

// Options are what every job is to do, beside the options of its question. What is left
// out is as the scenario says.
type Options struct {
	Name  string `json:"name,omitempty" maxLength:"200" doc:"Name of the plan that is made."`
	From  string `json:"from,omitempty" maxLength:"100" doc:"ID of a plan to start from."`
	Plan  string `json:"plan,omitempty" maxLength:"100" doc:"ID of the plan that the question is about, if it is about one."`
	Other string `json:"other,omitempty" maxLength:"100" doc:"ID of the second plan that the question is about."`
	planner.Effort
	planner.Variant
}

// Spec is what a job is to do, read from its options.
type Spec struct {
	Options
	Question *planner.Question // nil for a plan
	Asked    any               // the question's own options
}

// Parse reads what a job of a kind is to do. A kind that there is not, an option that it
// does not know and one out of range are each a *[planner.OptionError].
func Parse(kind string, options json.RawMessage) (*Spec, error) {
	spec := &Spec{}
	var own []string
	if kind != PlanKind {
		if spec.Question = planner.QuestionNamed(kind); spec.Question == nil {
			return nil, &planner.OptionError{Option: "kind", Value: kind, Limit: "one of " + strings.Join(Kinds(), ", ")}
		}
		var err error
		if spec.Asked, err = spec.Question.Parse(options, common...); err != nil {
			return nil, err
		}
		for _, o := range spec.Question.Options {
			own = append(own, o.Name)
		}
	}
	return spec, planner.ParseOptions(kind, options, &spec.Options, own...)
}

// common are the names of the options that every job has.
var common = planner.OptionNames(Options{})

// Progress is how far a job is.
type Progress struct {
	Objective float64  `json:"objective,omitempty"`
	Bound     *float64 `json:"bound,omitempty"`
	Gap       *float64 `json:"gap,omitempty"` // of the cost
	Seconds   float64  `json:"seconds"`
	Done      int      `json:"done,omitempty"` // of many plans
	Of        int      `json:"of,omitempty"`
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
	Engine             planner.Engine // makes the plans; nil is that of this module

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
	return w.settle(ctx, job, latest(), claim.Wait(), err, func(ctx context.Context) error { return w.keep(ctx, job, p, result) })
}

// settle ends a claimed job after its work and the renewing of its claim, each with what went
// wrong: it keeps what came of it, says why it failed, or gives it back as the worker ends.
func (w *Worker) settle(ctx context.Context, job *store.Job, last Progress, renewing, working error, keep func(context.Context) error) (err error) {
	late := context.WithoutCancel(ctx) // what is done is kept, also when the worker has to end
	switch {
	case errors.Is(renewing, errLost):
		w.Log.Info("job is no longer ours", "job", job.ID)
	case ctx.Err() != nil:
		err = w.Store.Release(late, job)
	case renewing != nil:
		err = w.fail(late, job, renewing)
	case working != nil:
		err = w.fail(late, job, working)
	default:
		switch err = keep(late); {
		case errors.Is(err, store.ErrNotFound): // it was cancelled at the last moment
			w.Log.Info("job is no longer ours", "job", job.ID)
			err = nil
		case err != nil:
			err = w.fail(late, job, err)
		}
	}
	if now, err := w.Store.Job(late, job.ID); err == nil {
		w.notify(now, last)
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
		return w.Store.Divide(ctx, job, d.base, job.Kind+partSuffix, d.parts)
	}
	var answer json.RawMessage
	if result != nil {
		var err error
		if answer, err = json.Marshal(result); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
	if p == nil {
		return w.Store.Finish(ctx, job, nil, nil, answer)
	}
	summary, body, err := Encode(p)
	if err != nil {
		return err
	}
	var o Options
	_ = json.Unmarshal(job.Options, &o) // it was read before
	return w.Store.Finish(ctx, job, &store.Plan{Name: o.Name, Summary: summary}, body, answer)
}

// Encode is a plan's JSON form, without its tours and whole.
func Encode(p *plan.Plan) (summary, body []byte, err error) {
	short := *p
	short.Tours, short.Options.InForce = []plan.Tour{}, nil
	if summary, err = json.Marshal(&short); err != nil {
		return nil, nil, fmt.Errorf("write the plan: %w", err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return nil, nil, fmt.Errorf("write the plan: %w", err)
	}
	return summary, b.Bytes(), nil
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
	kind, isPart := strings.CutSuffix(job.Kind, partSuffix)
	whole := job
	if isPart {
		if whole, err = w.Store.Job(ctx, job.Parent); err != nil {
			return nil, nil, err
		}
	}
	spec, err := Parse(kind, whole.Options)
	if err != nil {
		return nil, nil, err
	}
	written, err := Load(ctx, w.Store, job.Scenario, job.Version)
	if err != nil {
		return nil, nil, err
	}
	c := planner.Checked(written)
	how, err := w.search(ctx, spec, report)
	if err != nil {
		return nil, nil, err
	}
	if spec.Question == nil {
		found, err := c.Plan(ctx, spec.Variant, how)
		if err != nil {
			return nil, nil, err
		}
		return found.Plan, nil, nil
	}
	in := planner.Input{Variant: spec.Variant, Search: how, Options: spec.Asked}
	for _, id := range []string{spec.Plan, spec.Other}[:spec.Question.Plans] {
		about, err := w.plan(ctx, id)
		if err != nil {
			return nil, nil, fmt.Errorf("read the plan that the question is about: %w", err)
		}
		in.Plans = append(in.Plans, about)
	}
	if d := spec.Question.Divided(); d != nil {
		result, err = w.divided(ctx, d, c, in, job, whole)
		return nil, result, err
	}
	if result, err = spec.Question.Ask(ctx, c, in); err != nil {
		return nil, nil, err
	}
	if again, is := result.(*planner.Replanned); is {
		return again.Plan, again, nil
	}
	return nil, result, nil
}

// search is how a job searches.
func (w *Worker) search(ctx context.Context, spec *Spec, report func(Progress)) (planner.Search, error) {
	how := planner.Search{
		Seed: spec.Seed, Iterations: spec.Iterations, Time: time.Duration(spec.Seconds * float64(time.Second)), Threads: w.Threads, Engine: w.Engine, Progress: seldom(report),
	}
	if how.Iterations == 0 && how.Time == 0 {
		how.Time = usualTime
	}
	if spec.From == "" {
		return how, nil
	}
	from, err := w.plan(ctx, spec.From)
	if err != nil && !errors.Is(err, store.ErrNotFound) { // a start that is gone is no reason not to plan
		return how, err
	}
	how.From = from
	return how, nil
}

// usualTime is how long a job searches where nobody says.
const usualTime = 10 * time.Second

// plan reads a plan from the store.
func (w *Worker) plan(ctx context.Context, id string) (*plan.Plan, error) {
	_, body, err := w.Store.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("read plan %s: %w", id, err)
	}
	return p, nil
}

// seldom reports how far a question is, ten times a second at most.
func seldom(report func(Progress)) func(planner.Progress) {
	last := time.Duration(-1)
	return func(x planner.Progress) {
		if x.Left == 0 && x.Elapsed > 0 { // one search
			if x.Elapsed < last+100*time.Millisecond {
				return
			}
			last = x.Elapsed
			now := Progress{Objective: x.Objective, Seconds: x.Elapsed.Seconds()}
			if x.Bound > 0 {
				gap := plan.OptimalityGap(x.Objective, x.Bound)
				now.Bound, now.Gap = &x.Bound, &gap
			}
			report(now)
			return
		}
		report(Progress{Done: x.Done, Of: x.Of})
	}
}
