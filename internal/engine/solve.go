// Package engine turns a resolved scenario into a plan, with a proof of how
// good it is.
//
// A search improves a plan by ruin and recreate; what it rests on is the exact
// best response of one unit against everyone else's cover, a longest path
// through days and posts (pathfinder). A relaxation prices what units share and
// uses the same path problem to prove that no plan can cost less than its
// bound. The two run side by side and know nothing of each other, so that the
// same seed and iterations give the same plan on any number of threads.
package engine

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Options bound and seed a search. With Iterations the result depends on
// nothing else than the scenario and the seed; with Time it is as good as the
// time allows. With neither the search takes ten seconds.
type Options struct {
	Seed       uint64
	Iterations int
	Time       time.Duration
	NoBound    bool           // skip the proof
	From       *plan.Plan     // where to start, as far as it is possible here; nil from nothing
	Scenario   string         // hash of the scenario as written, for the plan
	Progress   func(Progress) // called from one goroutine at a time; may be nil
}

// Progress is how far a search has come.
type Progress struct {
	Objective  float64
	Bound      float64 // -Inf before the first
	GapOfCover float64
	Iterations int
	Elapsed    time.Duration
}

// optimalGap is the relative gap at which a plan is called optimal: what sums
// of this size leave of double precision, with room.
const optimalGap = 1e-7

// PinError says that pins cannot hold together.
type PinError struct{ Units []string }

func (e *PinError) Error() string {
	return fmt.Sprintf("pins cannot hold together: no plan found in which %s serves all its pinned days and given orders; "+
		"check its notice, lift, tour and windows against them, or drop one", strings.Join(e.Units, ", "))
}

// Solve plans a resolved scenario. When ctx ends, the best plan so far is
// returned with StopInterrupted. Pins that cannot hold together are a
// *PinError.
func Solve(ctx context.Context, s *scenario.Scenario, o Options) (*plan.Plan, error) {
	in, err := compile(s)
	if err != nil {
		return nil, fmt.Errorf("compile scenario %q: %w", s.Name, err)
	}
	r := newRun(ctx, in, o)
	r.solve()
	if err := r.pinsHold(); err != nil {
		return nil, err
	}
	return r.plan()
}

// progress of one Solve; search and relaxation share only the atomics.
type solve struct {
	*instance
	ctx       context.Context
	o         Options
	began     time.Time
	search    *search
	relax     *relaxation
	objective atomic.Uint64 // bits of the least cost
	bound     atomic.Uint64 // bits of the best bound
	done      atomic.Bool   // nothing is left to find
	report    sync.Mutex
	iteration int
	stop      plan.Stop
	empty     float64 // cost of no cover
}

func newRun(ctx context.Context, in *instance, o Options) *solve {
	if o.Time == 0 && o.Iterations == 0 {
		o.Time = 10 * time.Second
	}
	r := &solve{instance: in, ctx: ctx, o: o, began: time.Now(), search: newSearch(in, o.Seed)}
	for i := range in.lines {
		l := &in.lines[i]
		r.empty += float64(l.until-l.from) * l.cost(0)
	}
	r.objective.Store(math.Float64bits(math.Inf(1)))
	r.bound.Store(math.Float64bits(math.Inf(-1)))
	return r
}

// solve runs the search and the relaxation to the end of their allowance.
func (r *solve) solve() {
	if r.o.From != nil {
		r.search.adopt(r.o.From)
	} else {
		r.search.construct(r.late)
	}
	r.tell()
	var side sync.WaitGroup
	if !r.o.NoBound {
		r.relax = newRelaxation(r.instance, r.search.schedules)
		side.Go(r.prove)
	}
	r.seek()
	if r.o.Iterations == 0 {
		r.done.Store(true)
	}
	side.Wait()
	if r.stop != plan.StopInterrupted && r.gapClosed() {
		r.stop = plan.StopOptimal
	}
}

// seek improves the plan until its allowance ends.
func (r *solve) seek() {
	r.stop = plan.StopIterations
	if len(r.units) == 0 || len(r.lines) == 0 {
		return
	}
	if r.o.From == nil {
		r.search.settle(r.late)
		r.tell()
	}
	stake := r.search.atStake()
	for r.o.Iterations == 0 || r.iteration < r.o.Iterations {
		if r.o.Iterations == 0 && r.done.Load() {
			return
		}
		if r.iteration&7 == 0 && r.late() {
			r.stop = plan.StopTime
			if r.ctx.Err() != nil {
				r.stop = plan.StopInterrupted
			}
			return
		}
		r.iteration++
		better := r.search.improve(r.share(), stake)
		if better {
			stake = r.search.atStake()
		}
		if better || r.iteration%256 == 0 {
			r.tell()
		}
	}
}

// share is the part of the search that is over. One that starts from a plan has
// the first half behind it, so that it does not wander far from it.
func (r *solve) share() float64 {
	used := float64(r.iteration) / float64(max(1, r.o.Iterations))
	if r.o.Iterations == 0 {
		used = math.Min(1, float64(time.Since(r.began))/float64(r.o.Time))
	}
	if r.o.From != nil {
		used = (1 + used) / 2
	}
	return used
}

// left is the rest of the time allowed.
func (r *solve) left() time.Duration {
	if r.o.Time == 0 {
		return math.MaxInt64
	}
	return r.o.Time - time.Since(r.began)
}

// late reports whether time is up or the caller has had enough.
func (r *solve) late() bool {
	return r.ctx.Err() != nil || r.o.Time > 0 && time.Since(r.began) >= r.o.Time
}

// rounds of the relaxation that go with a number of iterations.
func rounds(iterations int) int { return 10 + min(iterations/20, 300) }

// dearProof is how many rounds of the relaxation a proof is taken to last
// before one has been made.
const dearProof = 15

// prove raises the bound until its allowance ends or nothing is left to gain. A
// proof lasts as long as many rounds, so that it comes when the rounds have
// doubled, and at the end at the prices reached. With a limit of time it comes
// only when it does not take a large part of what is left; with one of
// iterations at the end alone.
func (r *solve) prove() {
	most := math.MaxInt
	if r.o.Iterations > 0 {
		most = rounds(r.o.Iterations)
	}
	stop := func() bool { return r.ctx.Err() != nil || r.done.Load() || r.late() }
	began, proof := time.Now(), time.Duration(0)
	r.relax.crowd(stop)
	for n, due := 1, 4; !stop(); n++ {
		more := r.relax.round(stop)
		cost := proof
		if cost == 0 {
			cost = time.Since(began) / time.Duration(n) * dearProof
		}
		last := !more || n >= most || r.o.Iterations == 0 && r.left() < cost*3/2
		if !last && (r.o.Iterations > 0 || n < due || r.left() < 4*cost) {
			continue
		}
		due = 2 * n
		if r.relax.best <= math.Max(r.relax.bound, 0) {
			if last {
				return
			}
			continue // no more than is known: every plan costs at least nothing
		}
		start := time.Now()
		r.relax.prove(stop)
		proof = time.Since(start)
		r.bound.Store(math.Float64bits(r.relax.bound))
		if r.o.Iterations == 0 && r.gapClosed() {
			r.done.Store(true)
		}
		if last {
			return
		}
	}
}

func (r *solve) gapClosed() bool {
	objective, bound := math.Float64frombits(r.objective.Load()), math.Float64frombits(r.bound.Load())
	return objective-bound <= optimalGap*math.Max(1, math.Abs(objective))
}

// tell publishes the search's best.
func (r *solve) tell() {
	r.objective.Store(math.Float64bits(r.search.least))
	if r.o.Progress == nil {
		return
	}
	r.report.Lock()
	defer r.report.Unlock()
	bound := math.Float64frombits(r.bound.Load())
	gap := math.Inf(1)
	if r.empty > 0 {
		gap = (r.search.least - bound) / r.empty
	}
	r.o.Progress(Progress{
		Objective: r.search.least, Bound: bound, GapOfCover: gap, Iterations: r.iteration, Elapsed: time.Since(r.began),
	})
}

// pinsHold checks the rule `fixed` in the best plan.
func (r *solve) pinsHold() error {
	var missing []string
	for i := range r.units {
		u := &r.units[i]
		held := 0
		for j := range r.search.best[i] {
			l := &r.search.best[i][j]
			held += pinnedDays(&u.slots[l.slot], l)
		}
		if held < u.pinDays {
			missing = append(missing, fmt.Sprintf("unit %q", u.id))
		}
	}
	if missing != nil {
		return &PinError{missing}
	}
	return nil
}
