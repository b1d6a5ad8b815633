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
	best    []schedule
	least   float64
	old     []schedule // of the ruined units, to undo
	ruined  []int32
	found   schedule
}

func newSearch(in *instance, seed uint64) *search {
	s := &search{
		state: newState(in), path: newPathfinder(in),
		rng: rand.New(rand.NewPCG(seed, 0x7265617267756172)), serving: make([][]int32, len(in.lines)),
	}
	for i := range in.units {
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
	s.path.direct = true
	for n, i := range order {
		if n&15 == 0 && stop() {
			break
		}
		s.path.staying = rank(i) == 1
		s.respond(i)
	}
	s.path.direct, s.path.staying = false, false
	s.keep()
}

// settle lets the units of day 0 choose again, now that others are there to
// relieve them.
func (s *search) settle(stop func() bool) {
	s.path.direct = true
	for i := range s.units {
		if stop() {
			break
		}
		if len(s.units[i].initial) > 0 {
			s.replace(i, nil)
			s.respond(i)
		}
	}
	s.path.direct = false
	if s.cost < s.least {
		s.keep()
	}
}

// keep remembers the state as the best so far.
func (s *search) keep() {
	s.best = append(s.best[:0], s.schedules...)
	s.least = s.cost
}

// temperature scales: a fresh start accepts the loss of about a unit-week of
// middling worth, the end hardly any.
const (
	hottest = 3.0
	coolest = 0.01
)

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
func (s *search) improve(share, week float64) bool {
	temperature := week * hottest * math.Pow(coolest/hottest, share)
	before := s.cost
	s.ruin()
	for _, u := range s.ruined {
		s.respond(int(u))
	}
	switch worse := s.cost - before; {
	case worse <= 0 || s.rng.Float64() < math.Exp(-worse/temperature):
		if s.cost < s.least-1e-9 {
			s.keep()
			return true
		}
	default:
		for i, u := range s.ruined {
			s.replace(int(u), s.old[i])
		}
		s.cost = before
	}
	return false
}

// ruin takes the schedules of one to four units that could replace each other:
// those that can serve one line, those of one contributor, or any.
func (s *search) ruin() {
	s.ruined, s.old = s.ruined[:0], s.old[:0]
	n := 1 + s.rng.IntN(4)
	var pool []int32
	switch s.rng.IntN(8) {
	case 0: // any
	default:
		pool = s.serving[s.rng.IntN(len(s.lines))]
	}
	for range n {
		var u int32
		if len(pool) > 0 {
			u = pool[s.rng.IntN(len(pool))]
		} else {
			u = int32(s.rng.IntN(len(s.units)))
		}
		if slices.Contains(s.ruined, u) {
			continue
		}
		s.ruined = append(s.ruined, u)
		s.old = append(s.old, s.schedules[u])
		s.replace(int(u), nil)
	}
}
