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
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/milp"
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
	Threads    int            // at most; 0 is one a processor
	NoBound    bool           // skip the proof
	Solver     milp.Solver    // polishes the plan when most of the search is over; nil for none
	From       *plan.Plan     // where to start, as far as it is possible here; nil from nothing
	Anew       []string       // units that choose again, one after the other, once all others are where From has them
	Scenario   string         // hash of the scenario as written, for the plan
	Progress   func(Progress) // called from one goroutine at a time; may be nil
	Moves      func([]Move)   // called at the end with what each kind of move came to; may be nil
}

// threads is how many threads a search may use.
func (o *Options) threads() int {
	if o.Threads > 0 {
		return min(o.Threads, runtime.GOMAXPROCS(0))
	}
	return runtime.GOMAXPROCS(0)
}

// turns makes search and proof, which run side by side, take turns where there is one
// thread for both; nil where each has its own.
type turns struct{ one sync.Mutex }

func (t *turns) take() {
	if t != nil {
		t.one.Lock()
	}
}

func (t *turns) give() {
	if t != nil {
		t.one.Unlock()
	}
}

// Planner makes a plan as [Solve] does. Whoever makes many takes one, so that a test can
// see what it is asked for, and hand out plans of its own.
type Planner func(ctx context.Context, s *scenario.Scenario, o Options) (*plan.Plan, error)

// Or is the planner, or Solve where there is none.
func (p Planner) Or() Planner {
	if p == nil {
		return Solve
	}
	return p
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

// Solve plans a resolved scenario. The first plan is finished whatever the time
// allowed. When ctx ends, the best plan so far is returned with StopInterrupted, or
// the error of ctx if none keeps all pins yet. Pins and given orders that no plan
// found keeps are a *PinError, a proof that contradicts the plan is a
// *plan.BoundError, a panic in the search or in the proof is a *group.Panic; all
// come without a plan.
func Solve(ctx context.Context, s *scenario.Scenario, o Options) (*plan.Plan, error) {
	in, err := compile(s, o.threads())
	if err != nil {
		return nil, fmt.Errorf("compile scenario %q: %w", s.Name, err)
	}
	r := newRun(ctx, in, o)
	if err := r.solve(); err != nil {
		return nil, fmt.Errorf("plan scenario %q: %w", s.Name, err)
	}
	if o.Moves != nil {
		o.Moves(r.search.moves)
	}
	if err := r.pinsHold(ctx); err != nil {
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
	squeeze   *squeeze
	squeezed  bool    // squeezing is over
	fewerTill float64 // share of the run at which squeezing ends
	polish    *polisher
}

func newRun(ctx context.Context, in *instance, o Options) *solve {
	if o.Time == 0 && o.Iterations == 0 {
		o.Time = 10 * time.Second
	}
	r := &solve{instance: in, ctx: ctx, o: o, began: time.Now(), search: newSearch(in, o.Seed)}
	if o.Solver != nil {
		r.search.pool = newPool(len(in.units))
		r.polish = &polisher{search: r.search, solver: o.Solver}
		if o.Iterations > 0 {
			r.polish.limits.NodeLimit = solveNodes
		}
	}
	for i := range in.lines {
		l := &in.lines[i]
		r.empty += float64(l.until-l.from) * l.cost(0)
	}
	r.objective.Store(math.Float64bits(math.Inf(1)))
	r.bound.Store(math.Float64bits(math.Inf(-1)))
	return r
}

// solve runs the search and the relaxation to the end of their allowance.
func (r *solve) solve() error {
	if r.begin() {
		return nil
	}
	r.tell()
	var both *group.Group
	both, r.ctx = group.New(r.ctx) // so that neither goes on where the other fails
	if !r.o.NoBound {
		r.relax = newRelaxation(r.instance, r.search.schedules)
		first := r.search.least
		both.Go(func() error { return r.prove(first) })
	}
	both.Go(func() error {
		r.seek()
		if r.o.Iterations == 0 {
			r.done.Store(true)
		}
		return nil
	})
	if err := both.Wait(); err != nil {
		return err
	}
	if r.stop != plan.StopInterrupted && r.gapClosed() {
		r.stop = plan.StopOptimal
	}
	return nil
}

// begin makes the first plan, whatever the clock, and reports whether it is proven
// that there is none.
func (r *solve) begin() (none bool) {
	gone := func() bool { return r.ctx.Err() != nil }
	if r.o.From != nil {
		r.search.adopt(r.o.From, r.o.Anew)
	} else {
		r.search.construct(gone)
	}
	if none = r.search.keepPins(gone); !none && r.o.From != nil {
		r.search.startAnew(gone)
	}
	return none
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
	if r.improve(); r.stop == plan.StopIterations && r.o.Iterations > 0 && r.o.From == nil && r.search.finish(max(leastResponses, r.o.Iterations/triesAResponse), func() bool { return r.ctx.Err() != nil }) {
		r.tell()
	}
}

// improve makes tries until the allowance ends.
func (r *solve) improve() {
	stake := r.search.atStake()
	// With a limit of tries that comes when all have been made; a plan that was given is not turned over.
	finished := r.o.Iterations > 0 || r.o.From != nil
	for r.o.Iterations == 0 || r.iteration < r.o.Iterations {
		if r.o.Iterations == 0 && r.done.Load() {
			return
		}
		polishing := r.polish != nil && r.used() >= polishFrom
		if (polishing || r.iteration&7 == 0) && r.late() {
			r.stop = plan.StopTime
			if r.ctx.Err() != nil {
				r.stop = plan.StopInterrupted
			}
			return
		}
		r.iteration++
		better := r.try(polishing, stake)
		if !finished && r.iteration&7 == 0 && r.used() >= finishFrom {
			finished = true
			better = r.finish() || better
		}
		if better {
			stake = r.search.atStake()
		}
		if better || r.iteration%256 == 0 {
			r.tell()
		}
		if better && r.o.Iterations == 0 && r.gapClosed() {
			r.done.Store(true)
		}
	}
}

// finish goes through the best plan, as far as the time allows.
func (r *solve) finish() bool {
	r.turns.take()
	defer r.turns.give()
	return r.search.finish(math.MaxInt, r.late)
}

// try makes one try and reports whether it found a better plan.
func (r *solve) try(polishing bool, stake float64) bool {
	r.turns.take()
	defer r.turns.give()
	switch {
	case polishing:
		r.iteration += triesOfPolish - 1
		if r.o.Iterations == 0 {
			r.polish.limits.TimeLimit = min(solveTime, max(r.left(), time.Millisecond))
		}
		return r.counted(polished, func() bool { return r.polish.try(r.ctx) })
	case r.search.missesPins && r.iteration%2 == 0:
		return r.counted(keepers, func() bool { return r.search.tryPins(r.iteration%(2*rarelyThorough) == 0) })
	case r.squeezes():
		return r.counted(fewer, r.doWithFewer)
	default:
		return r.search.improve(r.share(), stake)
	}
}

// counted makes a try of a kind that accepts nothing but what is better.
func (r *solve) counted(kind int, try func() bool) bool {
	before := r.search.cost
	better := try()
	r.search.count(kind, better || r.search.cost < before, better)
	return better
}

// used is the part of the run that is over.
func (r *solve) used() float64 {
	if r.o.Iterations > 0 {
		return float64(r.iteration) / float64(r.o.Iterations)
	}
	return math.Min(1, float64(time.Since(r.began))/float64(r.o.Time))
}

// share is the part of the search that is over. One that starts from a plan has
// the first half behind it, so that it does not wander far from it.
func (r *solve) share() float64 {
	used := r.used()
	if r.polish != nil {
		used = math.Min(1, used/polishFrom)
	}
	if r.o.From != nil {
		return (1 + used) / 2
	}
	return used
}

// squeezing begins when a part of the run is over, and ends by another; between
// them it takes the part that calling up units is of the cost.
const (
	squeezeAfter = 0.1
	squeezeTill  = 0.95
)

// squeezes reports whether the next try is to do with fewer units: for a while,
// if the best plan misses nothing.
func (r *solve) squeezes() bool {
	switch {
	case r.squeezed || r.used() < squeezeAfter:
		return false
	case r.squeeze == nil:
		if !r.search.whole {
			return false
		}
		if r.squeezed = !r.squeezeOn(); r.squeezed {
			return false
		}
		calledUp := r.mobilise * float64(r.squeeze.fromHome)
		r.fewerTill = r.used() + (squeezeTill-r.used())*math.Min(1, calledUp/r.search.least)
	case r.used() >= r.fewerTill:
		r.squeezed = true
	}
	return !r.squeezed
}

// squeezeOn starts from the best plan; false if no unit of it comes from home.
func (r *solve) squeezeOn() bool {
	r.squeeze = newSqueeze(r.instance, r.search.best, r.o.Seed+uint64(r.iteration))
	return r.squeeze != nil
}

// doWithFewer makes one try and reports whether it found a better plan.
func (r *solve) doWithFewer() bool {
	if !r.squeeze.try() {
		return false
	}
	r.search.take(r.squeeze.schedules)
	better := r.search.cost < r.search.least-1e-9
	if better {
		r.search.keep()
	}
	r.squeezed = !better || !r.squeezeOn()
	if !better {
		r.search.restore()
	}
	return better
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

// provesFrom is from how many tries on a proof by prices is worth its time where it is not
// quick: it takes as long as ten thousand.
const provesFrom = 500

// rounds of the relaxation that go with a number of iterations.
func rounds(iterations int) int { return 10 + min(iterations/20, 300) }

// dearProof is how many rounds of the relaxation a proof is taken to last
// before one has been made.
const dearProof = 12

// worthProving is the part of the gap that the prices at hand promise to close at least,
// for a proof before the last: one takes as long as five to ten rounds.
const worthProving = 0.05

// The last proof goes on more finely, for a few times as long and an eighth of the time
// allowed at most: worth a fifth of the bound on the worked example, a twentieth on 60 units.
// After fewer rounds it would take longer than they did, unless all of it is quick.
const (
	dearFine   = 3
	mostFinely = 8
	fineAfter  = 60
	smallFine  = 20_000 // classes times days
)

func (r *relaxation) isSmall() bool { return len(r.classes)*r.horizon <= smallFine }

// rareProof is how many times as long as a proof the rounds last between two, and the rest
// after one that is not the last.
const rareProof = 4

// prove raises the bound until its allowance ends or nothing is left to gain. A
// proof lasts as long as many rounds, so that it comes when the time of the rounds has
// doubled, and at the end at the prices reached. With a limit of time it comes
// only when it does not take a large part of what is left; with one of
// iterations at the end alone. First is what the first plan costs.
func (r *solve) prove(first float64) error {
	most := math.MaxInt
	if r.o.Iterations > 0 {
		most = rounds(r.o.Iterations)
	}
	if 0 < r.o.Iterations && r.o.Iterations < provesFrom && !r.relax.isSmall() {
		r.bound.Store(math.Float64bits(r.relax.known()))
		return nil
	}
	stop := func() bool { return r.ctx.Err() != nil || r.done.Load() || r.late() }
	began, proof := time.Now(), time.Duration(0)
	if r.relax.start(stop); r.relax.best < leastKnown*first {
		r.relax.coarsely()
	}
	r.bound.Store(math.Float64bits(r.relax.bound))
	proven := began
	for n := 1; !stop(); n++ {
		start := time.Now()
		more := r.relax.round(stop)
		cost := proof
		if cost == 0 {
			cost = time.Since(start) * dearProof
		}
		needed := cost*3/2 + min(dearFine*cost, r.o.Time/mostFinely)
		if r.relax.manner().inTurn {
			needed = cost // prices promise much more with each round
		}
		if n == 1 && r.relax.hopeless(r.left()/time.Since(start)) {
			return nil // the search has better use of the time
		}
		last := !more || n >= most || r.o.Iterations == 0 && r.left() < needed
		if !last && (r.o.Iterations > 0 || time.Since(proven) < max(rareProof*cost, proven.Sub(began)) || r.left() < rareProof*cost) {
			continue
		}
		over := !more || n >= most
		worth := r.relax.best-r.relax.bound >= worthProving*(math.Float64frombits(r.objective.Load())-r.relax.bound)
		if !worth && (!last || !over && proof == 0) {
			continue // however late it is, where a proof now would be the first and of next to nothing
		}
		if r.relax.best <= math.Max(r.relax.bound, 0) {
			if over {
				return nil
			}
			continue // no more than is known: every plan costs at least nothing
		}
		start = time.Now()
		if err := r.relax.prove(last && (n >= fineAfter || r.relax.isSmall()), stop); err != nil {
			return err
		}
		proven = time.Now()
		proof = proven.Sub(start)
		r.bound.Store(math.Float64bits(r.relax.bound))
		if r.o.Iterations == 0 && r.gapClosed() {
			r.done.Store(true)
		}
		if last {
			return nil
		}
	}
	return nil
}

func (r *solve) gapClosed() bool {
	return Proven(math.Float64frombits(r.objective.Load()), math.Float64frombits(r.bound.Load()))
}

// Proven reports whether a bound proves that no plan costs less than one of an objective.
func Proven(objective, bound float64) bool {
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
	gap := 0.0
	if r.empty > 0 {
		gap = (r.search.least - bound) / r.empty
	}
	r.o.Progress(Progress{
		Objective: r.search.least, Bound: bound, GapOfCover: gap, Iterations: r.iteration, Elapsed: time.Since(r.began),
	})
}
