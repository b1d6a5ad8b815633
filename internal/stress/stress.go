// Package stress makes many plans of one scenario: without a contributor or two,
// for each D-day of a range, and along the trade-off between the standing posts
// and the operations. Every plan behind a result has passed the checker, and
// carries the bound and the gap at which its search was stopped.
package stress

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
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Options bound and seed all searches of one call. With Iterations, for each
// search, the result depends on nothing else than the scenario and the seed, and
// not on the number of threads; else Time is for all searches together.
type Options struct {
	Seed       uint64
	Iterations int
	Time       time.Duration
	Threads    int            // searches side by side at most; 0 is one a processor
	Planner    engine.Planner // makes the plans; nil is engine.Solve
	From       *plan.Plan     // of the undisturbed scenario, to start from; may be nil
	Scenario   string         // hash of the scenario as written, for the plans
	Progress   func(Progress) // called from one goroutine at a time; may be nil
}

// Progress is how many of the searches are done.
type Progress struct {
	Done, Of int
	Left     time.Duration // at the pace so far
}

// Outcome is what one plan achieves, recomputed by the checker.
type Outcome struct {
	Objective          float64                   `json:"objective"`
	Bound              float64                   `json:"bound"` // no plan of this variant can cost less
	GapOfCover         float64                   `json:"gap_of_cover"`
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

// runner makes the plans of one call.
type runner struct {
	ctx      context.Context
	o        Options
	workers  int
	searches int
	began    time.Time
	tell     sync.Mutex
	done     int
	around   atomic.Int64 // what compiling and checking took around the last search
}

func newRunner(ctx context.Context, o Options, searches int) *runner {
	r := &runner{ctx: ctx, o: o, workers: runtime.GOMAXPROCS(0), searches: searches, began: time.Now()}
	if o.Threads > 0 {
		r.workers = min(r.workers, o.Threads)
	}
	if r.o.Iterations == 0 && r.o.Time == 0 {
		r.o.Time = 20 * time.Second
	}
	return r
}

// solve plans a variant, in a part of the time, from a plan of another variant.
func (r *runner) solve(s *scenario.Scenario, from *plan.Plan, allowance time.Duration) (*Outcome, error) {
	began := time.Now()
	o := engine.Options{Seed: r.o.Seed, Iterations: r.o.Iterations, Scenario: r.o.Scenario, From: from}
	if r.o.Iterations == 0 {
		o.Time = max(allowance-time.Duration(r.around.Load()), allowance/10, time.Millisecond)
	}
	p, err := r.o.Planner.Or()(r.ctx, s, o)
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

// step tells that one more search is done.
func (r *runner) step() {
	r.tell.Lock()
	defer r.tell.Unlock()
	r.done++
	if r.o.Progress != nil {
		each := time.Since(r.began) / time.Duration(r.done)
		r.o.Progress(Progress{r.done, r.searches, each * time.Duration(r.searches-r.done)})
	}
}

// FaultError says that a plan that was found does not pass the checker: a fault of
// the program, whatever the scenario.
type FaultError struct{ Report *verify.Report }

func (e *FaultError) Error() string {
	first := "a false number"
	if len(e.Report.Breaches) > 0 {
		first = e.Report.Breaches[0].String()
	} else if len(e.Report.Differences) > 0 {
		first = e.Report.Differences[0].String()
	}
	return fmt.Sprintf("the plan found breaks %d rules and states %d false numbers, the first: %s; please report this with the scenario",
		len(e.Report.Breaches), len(e.Report.Differences), first)
}

// outcome holds a plan to the checker; one that does not pass is a *FaultError.
func outcome(s *scenario.Scenario, p *plan.Plan) (*Outcome, error) {
	checked := verify.Check(s, p)
	if !checked.OK() {
		return nil, &FaultError{checked}
	}
	m := checked.Metrics
	return &Outcome{
		Objective: m.Objective, Bound: m.Bound, GapOfCover: m.GapOfCover, Stop: p.Stop,
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
