package planner

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/milp"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Search says how to look for plans. With Iterations, for each search, the answer
// depends on nothing else than the scenario, the variant and the seed, and not on the
// number of threads; else Time is for all searches of a question together. The zero
// value searches for as long as is usual for the question, from seed 1.
type Search struct {
	Seed       uint64
	Iterations int
	Time       time.Duration
	Threads    int        // at most; 0 is one a processor
	From       *plan.Plan // to start from, as far as it is possible; nil for none
	Solver     Solver     // polishes the plan of [Case.Plan] at the end; None by default

	Engine    Engine         // makes the plans; nil is the engine of this module
	Baselines *Baselines     // remembers what plans without the operations achieve; nil for no memory
	Progress  func(Progress) // called from one goroutine at a time; may be nil

	scenario string // hash of the scenario as written, for the plans
	moves    func([]Move)
}

// Engine makes a plan of a resolved scenario. Every plan is held to the checker, whoever
// made it: a program may bring an engine of its own, and a test see what is asked for.
type Engine = engine.Planner

// Solver is an integer programme solver that polishes a plan.
type Solver string

// The solvers.
const (
	NoSolver Solver = ""
	HiGHS    Solver = "wasm"   // inside this program
	Native   Solver = "native" // highs or cbc on PATH
)

// solver is the solver as the engine takes it; nil for none.
func (h *Search) solver() (milp.Solver, error) {
	if h.Solver == NoSolver {
		return nil, nil
	}
	return milp.New(string(h.Solver))
}

// check refuses what no search can do.
func (h *Search) check() error {
	switch {
	case h.Time < 0:
		return &OptionError{Option: "time", Value: h.Time.String(), Limit: "above 0"}
	case h.Iterations < 0:
		return &OptionError{Option: "iterations", Value: fmt.Sprint(h.Iterations), Limit: "0 or more"}
	case h.Threads < 0:
		return &OptionError{Option: "threads", Value: fmt.Sprint(h.Threads), Limit: "0 or more"}
	}
	return nil
}

// Progress is how far a question is.
type Progress struct {
	Done, Of int           // searches
	Left     time.Duration // at the pace so far; 0 where there is one search only

	// Of the one search that runs, where there is one only.
	Objective  float64
	Bound      float64 // -Inf before the first
	Iterations int
	Elapsed    time.Duration
}

// Outcome is what one plan achieves, recomputed by the checker.
type Outcome struct {
	Objective          float64                   `json:"objective"`
	Bound              float64                   `json:"bound"` // no plan of this variant can cost less
	Gap                float64                   `json:"gap"`   // the part of the objective that another plan may save, for all that is proven
	Stop               plan.Stop                 `json:"stop"`
	ExposureStanding   float64                   `json:"exposure_standing"`   // exposure-days
	ExposureOperations float64                   `json:"exposure_operations"` // exposure-days
	IOC                map[string]*scenario.Date `json:"ioc"`
	FOC                map[string]*scenario.Date `json:"foc"`
	byPost             map[string]float64
	plan               *plan.Plan
}

// Plan is the plan behind the outcome.
func (o *Outcome) Plan() *plan.Plan { return o.plan }

// usualQuestionTime is how long all searches of a question take where nobody says.
const usualQuestionTime = 20 * time.Second

// runner makes the plans of one call.
type runner struct {
	ctx      context.Context
	o        Search
	workers  int
	threads  int // of each search
	searches int
	began    time.Time
	tell     sync.Mutex
	done     int
	around   atomic.Int64 // what compiling and checking took around the last search
	proves   bool         // whether searches prove a bound
}

func newRunner(ctx context.Context, o Search, searches int) *runner {
	r := &runner{ctx: ctx, o: o, workers: runtime.GOMAXPROCS(0), searches: searches, began: time.Now(), proves: true}
	if o.Threads > 0 {
		r.workers = min(r.workers, o.Threads)
		r.threads = max(1, o.Threads/r.workers)
	}
	if r.o.Iterations == 0 && r.o.Time == 0 {
		r.o.Time = usualQuestionTime
	}
	return r
}

// solve plans a variant, in a part of the time, from a plan of another variant.
func (r *runner) solve(s *scenario.Scenario, from *plan.Plan, allowance time.Duration) (*Outcome, error) {
	return r.solveAnew(s, from, nil, allowance)
}

// solveAnew is solve where some units choose again before the search begins, of whom more
// is possible now than in the plan to start from.
func (r *runner) solveAnew(s *scenario.Scenario, from *plan.Plan, anew []string, allowance time.Duration) (*Outcome, error) {
	began := time.Now()
	o := engine.Options{Seed: r.o.Seed, Iterations: r.o.Iterations, Threads: r.threads, Scenario: r.o.scenario, From: from, Anew: anew, NoBound: !r.proves}
	if r.o.Iterations == 0 {
		o.Time = max(allowance-time.Duration(r.around.Load()), allowance/10, time.Millisecond)
	}
	p, err := r.o.Engine.Or()(r.ctx, s, o)
	if err != nil {
		return nil, err
	}
	out, err := outcome(s, p)
	if err != nil {
		return nil, err
	}
	r.around.Store(int64(max(0, time.Since(began)-o.Time)))
	if r.ctx.Err() != nil {
		return nil, fmt.Errorf("interrupted after %d of %d searches: %w", r.done, r.searches, r.ctx.Err())
	}
	r.step()
	return out, nil
}

// late reports whether the time of all searches is over.
func (r *runner) late() bool { return r.o.Iterations == 0 && time.Since(r.began) > r.o.Time }

// nothingProven is a gap at which a bound says too little of a plan to say anything of
// how two differ: then searches go without one, and have its time.
const nothingProven = 0.99

// dearProof is how many units times days make a proof take longer than the short searches
// of a question.
const dearProof = 50_000

// proofIsDear reports whether a question should prove no more than it needs.
func proofIsDear(s *scenario.Scenario) bool { return len(s.Units)*s.Calendar.Days > dearProof }

// Control is what searching on changes where nothing else does: a difference within it
// may come from the search alone.
type Control struct {
	Outcome Outcome `json:"outcome"` // of the unchanged scenario, from the same plan and with the same effort as what is compared
	Noise   float64 `json:"noise"`   // by which it is cheaper than that plan
}

func controlOf(base, control *Outcome) Control {
	return Control{*control, positive(base.Objective - control.Objective)}
}

// Text says what a difference has to be more than.
func (k Control) Text() string {
	if k.Noise < same {
		return "Searching on without any change finds nothing better."
	}
	return fmt.Sprintf("Searching on without any change saves %s of the cost: a smaller difference is none.", words.Quantity(k.Noise))
}

// step tells that one more search is done.
func (r *runner) step() {
	r.tell.Lock()
	defer r.tell.Unlock()
	r.done++
	if r.o.Progress != nil {
		each := time.Since(r.began) / time.Duration(r.done)
		r.o.Progress(Progress{Done: r.done, Of: r.searches, Left: each * time.Duration(r.searches-r.done), Bound: math.Inf(-1)})
	}
}

// outcome holds a plan to the checker; one that does not pass is a *FaultError.
func outcome(s *scenario.Scenario, p *plan.Plan) (*Outcome, error) {
	checked := verify.Check(s, p)
	if !checked.OK() {
		return nil, &FaultError{checked}
	}
	m := checked.Metrics
	return &Outcome{
		Objective: m.Objective, Bound: m.Bound, Gap: m.Gap, Stop: p.Stop,
		ExposureStanding: m.ExposureDays.Standing, ExposureOperations: m.ExposureDays.Operations,
		IOC: m.IOC, FOC: m.FOC, byPost: m.ExposureDays.ByPost, plan: p,
	}, nil
}

// chunks of a range are planned side by side, each variant from the plan of the
// one before it; their number is fixed, so that threads do not change a result.
const chunks = 4

// allowances of a range of n variants in chunks: the first of a chunk has nobody
// to start from and gets a larger part.
func (r *runner) allowances(n int) (first, next time.Duration) {
	pieces := min(chunks, n)
	total := float64(r.o.Time) * float64(min(r.workers, pieces))
	if n == pieces {
		return time.Duration(total / float64(pieces)), 0
	}
	return time.Duration(basePart * total / float64(pieces)), time.Duration((1 - basePart) * total / float64(n-pieces))
}

// inChunks calls do for 0 .. n-1 with the plan to start from and the time allowed.
func (r *runner) inChunks(n int, do func(i int, from *plan.Plan, allowance time.Duration) (*plan.Plan, error)) error {
	first, next := r.allowances(n)
	pieces := min(chunks, n)
	return r.each(pieces, func(k int) error {
		from, allowance := r.o.From, first
		for i := k * n / pieces; i < (k+1)*n/pieces; i++ {
			p, err := do(i, from, allowance)
			if err != nil {
				return err
			}
			from, allowance = p, next
		}
		return nil
	})
}

// each calls do for 0 .. n-1, several at a time, and returns the first error by
// number, which may be a panic of do. None begins after one that has failed.
func (r *runner) each(n int, do func(int) error) error {
	fails := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	all, _ := group.New(r.ctx)
	for range min(r.workers, n) {
		all.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n && !failed.Load(); i = int(next.Add(1)) - 1 {
				if fails[i] = group.Call(func() error { return do(i) }); fails[i] != nil {
					failed.Store(true)
				}
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	for _, err := range fails {
		if err != nil {
			return err
		}
	}
	return nil
}

// same is the tolerance of sums of exposure.
const same = 1e-9

func positive(x float64) float64 { return math.Max(0, x) }
