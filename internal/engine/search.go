package engine

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// search improves a state by ruin and recreate: a few units lose their
// schedules and get them back one by one, each exactly the best against all
// others. Worse plans are accepted with simulated annealing (Schrimpf et al.
// 2000; the temperatures are measured in docs/benchmarks.md).
type search struct {
	*state
	path    *pathfinder
	rng     *rand.Rand
	serving [][]int32 // line to the units that can serve it
	ownedBy [][]int32 // contributor to its units
	pinned  []int32   // units with pins or given orders
	alike   [][]int32 // line to those of its capability, itself too
	best    []schedule
	least   float64
	whole   bool // the best misses nothing
	// the best misses days of pins or given orders
	missesPins bool
	old        []schedule // of the ruined units, to undo
	ruined     []int32
	found      schedule
	pool       *pool // of what was accepted, for the polisher; nil without one
	moves      []Move
}

func newSearch(in *instance, seed uint64) *search {
	s := &search{
		state: newState(in), path: newPathfinder(in),
		rng: rand.New(rand.NewPCG(seed, 0x7265617267756172)), moves: newMoves(), serving: make([][]int32, len(in.lines)), ownedBy: make([][]int32, len(in.contributors)), alike: make([][]int32, len(in.lines)),
	}
	byCap := map[string][]int32{}
	for i := range in.lines {
		byCap[in.lines[i].capability] = append(byCap[in.lines[i].capability], int32(i))
	}
	for i := range in.lines {
		s.alike[i] = byCap[in.lines[i].capability]
	}
	for i := range in.units {
		c := in.units[i].contributor
		s.ownedBy[c] = append(s.ownedBy[c], int32(i))
		if in.units[i].pinDays > 0 {
			s.pinned = append(s.pinned, int32(i))
		}
		for j := range in.units[i].slots {
			sl := &in.units[i].slots[j]
			for _, g := range slices.Concat(sl.gifts, sl.singles) {
				if units := s.serving[g.line]; len(units) == 0 || units[len(units)-1] != int32(i) {
					s.serving[g.line] = append(units, int32(i))
				}
			}
		}
	}
	return s
}

// respond gives a unit, which must have no schedule, its best one.
func (s *search) respond(u int) {
	s.apply(u, nil, -1)
	s.found = s.path.best(u, s.state, s.found)
	s.schedules[u] = slices.Clone(s.found)
	s.apply(u, s.schedules[u], +1)
}

// construct makes a first plan: units with pins, then those that hold a post on
// day 0, which stay there as long as that is of use, then the others, those with
// the fewest posts to go to first. Everything else waits for the improvement.
func (s *search) construct(stop func() bool) {
	order := make([]int, len(s.units))
	for i := range order {
		order[i] = i
	}
	rank := func(i int) int {
		u := &s.units[i]
		switch {
		case u.pinDays > 0:
			return 0
		case len(u.initial) > 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(s.units[a].reach), len(s.units[b].reach)))
	})
	s.path.redeploying = afterDayZero
	for n, i := range order {
		if n&15 == 0 && stop() {
			break
		}
		s.path.staying = rank(i) == 1
		s.respond(i)
	}
	s.path.staying = false
	s.keep()
}

// settle lets the units of day 0 choose again, now that others are there to
// relieve them.
func (s *search) settle(stop func() bool) {
	s.path.redeploying = afterDayZero
	for i := range s.units {
		if stop() {
			break
		}
		if len(s.units[i].initial) > 0 {
			s.replace(i, nil)
			s.respond(i)
		}
	}
	if s.cost < s.least {
		s.keep()
	}
}

// keep remembers the state as the best so far.
func (s *search) keep() {
	s.best = append(s.best[:0], s.schedules...)
	s.least = s.cost
	s.whole = s.missesNothing()
	_, missed := s.unkeptUnits(s.best)
	s.missesPins = missed > 0
}

// restore goes back to the best plan so far.
func (s *search) restore() { s.take(s.best) }

// take gives every unit the schedule that a plan has for it.
func (s *search) take(schedules []schedule) {
	for i := range schedules {
		s.replace(i, nil)
	}
	for i, sc := range schedules {
		s.replace(i, sc)
	}
}

// temperature scales, of what is at stake, and how seldom (one try in so many)
// tours of several legs are tried, which take twice the time; measured in
// docs/decisions/0018-few-units-often.md.
const (
	hottest       = 1.0
	shareAtStake  = 0.02 // of the plan's cost, where nothing is missing
	coolest       = 0.02
	rarelyOnwards = 8
)

// atStake is what a temperature of 1 accepts to lose: a week without a typical
// requirement or, once nothing is missing, a share of what the units cost.
func (s *search) atStake() float64 {
	if s.missesNothing() {
		return s.least * shareAtStake
	}
	return s.worthOfWeek()
}

// missesNothing reports whether every line has its target on every day.
func (s *search) missesNothing() bool {
	for i := range s.lines {
		l := &s.lines[i]
		for _, cover := range s.of(i)[l.from:l.until] {
			if l.cost(cover) > 0 {
				return false
			}
		}
	}
	return true
}

// worthOfWeek is the price of a week without a typical requirement.
func (s *search) worthOfWeek() float64 {
	sum, n := 0.0, 0.0
	for i := range s.lines {
		if l := &s.lines[i]; l.until > l.from {
			sum += l.steepest()
			n++
		}
	}
	return 7 * sum / math.Max(n, 1)
}

// improve makes one move at a share (0 to 1) of the run that is over, and
// reports whether it found a better plan than ever before.
func (s *search) improve(share, stake float64) (better bool) {
	temperature := stake * hottest * math.Pow(coolest/hottest, share)
	s.progress.eager = eagerness(share)
	before, delays := s.cost, s.delays()
	kind := s.ruin()
	s.path.redeploying = nowhere
	if s.rng.IntN(rarelyOnwards) == 0 {
		s.path.redeploying = everywhere
	}
	for _, u := range s.ruined {
		s.respond(int(u))
	}
	worse := s.cost - before + (s.progress.eager-1)*(s.delays()-delays)
	accepted := worse <= 0 || s.rng.Float64() < math.Exp(-worse/temperature)
	if accepted {
		s.remember()
	} else {
		s.undo(before)
	}
	better = accepted && s.cost < s.least-1e-9
	if better {
		s.keep()
	}
	s.count(kind, accepted, better)
	return better
}

// remember keeps the schedules of the units that were taken out for the polisher.
func (s *search) remember() {
	if s.pool == nil {
		return
	}
	for _, u := range s.ruined {
		s.pool.remember(u, s.schedules[u])
	}
}

// undo gives the units that were taken out what they had, when the plan had a cost.
func (s *search) undo(cost float64) {
	for i, u := range s.ruined {
		s.replace(int(u), s.old[i])
	}
	s.cost = cost
}

// takeAny takes up to n units of a pool, or of all if it is empty.
func (s *search) takeAny(pool []int32, n int) {
	for range n {
		if len(pool) > 0 {
			s.takeOut(pool[s.rng.IntN(len(pool))])
		} else {
			s.takeOut(int32(s.rng.IntN(len(s.units))))
		}
	}
}

// takeRelieving takes up to n units that hold a line about a day, which relieve
// each other there, and one that could take their place.
func (s *search) takeRelieving(line, n int) {
	l, pool := &s.lines[line], s.serving[line]
	if l.until <= l.from || len(pool) == 0 {
		s.takeAny(nil, n)
		return
	}
	s.takeAny(pool, 1)
	day := int32(l.from + s.rng.IntN(l.until-l.from))
	first := s.rng.IntN(len(pool))
	for k := 0; k < len(pool) && n > 0; k++ {
		u := pool[(first+k)%len(pool)]
		if s.holdsAbout(int(u), int32(line), day) {
			s.takeOut(u)
			n--
		}
	}
}

// holdsAbout reports whether a unit gives to a line about a day.
func (s *search) holdsAbout(u int, line, day int32) bool {
	return s.holdsWithin(u, line, day-nearDays+1, day+nearDays)
}

// takeOut takes a unit's schedule, if it has not been taken yet.
func (s *search) takeOut(u int32) {
	if slices.Contains(s.ruined, u) {
		return
	}
	s.ruined = append(s.ruined, u)
	s.old = append(s.old, s.schedules[u])
	s.replace(int(u), nil)
}
