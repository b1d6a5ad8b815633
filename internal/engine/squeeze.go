package engine

import (
	"math/rand/v2"
	"slices"
)

// squeeze looks for a plan that misses nothing with one unit from home fewer
// than a plan that misses nothing. It takes a unit's schedule away and gives
// units in turn their best schedule where something is missing, at prices of
// its own: what stays missing gets dearer until somebody leaves something else
// for it (the breakout method, Morris 1993). The number of units from home
// never grows.
type squeeze struct {
	*search            // its lines have prices of their own
	real     *instance // with the true prices
	dearer   []float64 // line: factor on the true prices
	missing  []int32   // lines of which something is missing
	at       []int32   // line: index in missing, or -1
	most     int       // units that may come from home
	fromHome int       // that do
}

// dearerBy is added to the factor of a line that stays missing.
const dearerBy = 0.1

// newSqueeze starts from a plan that misses nothing; nil if no unit of it comes
// from home.
func newSqueeze(in *instance, from []schedule, seed uint64) *squeeze {
	own := *in
	own.lines = slices.Clone(in.lines)
	own.mobilise = 0
	own.goals, own.wants = nil, make([][]want, len(in.lines)) // where nothing is missing they are reached
	s := &squeeze{search: newSearch(&own, seed), real: in, dearer: make([]float64, len(in.lines)), at: make([]int32, len(in.lines))}
	s.rng = rand.New(rand.NewPCG(seed, 0x73717565657a6521))
	least := -1
	for i := range from {
		s.replace(i, from[i])
		if s.comesFromHome(i, from[i]) {
			s.fromHome++
			if least < 0 || len(from[i]) < len(from[least]) {
				least = i
			}
		}
	}
	if least < 0 {
		return nil
	}
	s.most = s.fromHome - 1
	s.give(least, nil)
	for i := range in.lines {
		s.at[i] = -1
		s.setFactor(i, 1)
		s.look(int32(i))
	}
	return s
}

// comesFromHome reports whether a unit's schedule has a tour from home, of one that has
// not left it before.
func (s *squeeze) comesFromHome(u int, sc schedule) bool {
	return !s.units[u].mobilised && slices.ContainsFunc(sc, func(l leg) bool { return l.lift != onDayZero && l.depart == l.start })
}

// setFactor prices what is missing of a line.
func (s *squeeze) setFactor(i int, factor float64) {
	l, was := &s.lines[i], s.dayCosts(i)
	s.dearer[i] = factor
	l.below, l.short = factor*s.real.lines[i].below, factor*s.real.lines[i].short
	s.cost += s.dayCosts(i) - was
	s.version[i]++
}

// dayCosts is what is missing of a line, at its price.
func (s *squeeze) dayCosts(i int) float64 {
	l, sum := &s.lines[i], 0.0
	if l.until > l.from {
		for _, cover := range s.of(i)[l.from:l.until] {
			sum += l.cost(cover)
		}
	}
	return sum
}

// look keeps the list of lines of which something is missing.
func (s *squeeze) look(i int32) {
	switch missing := s.dayCosts(int(i)) > slack; {
	case missing && s.at[i] < 0:
		s.at[i] = int32(len(s.missing))
		s.missing = append(s.missing, i)
	case !missing && s.at[i] >= 0:
		last := s.missing[len(s.missing)-1]
		s.missing[s.at[i]], s.at[last] = last, s.at[i]
		s.missing, s.at[i] = s.missing[:len(s.missing)-1], -1
	}
}

// give replaces a unit's schedule and counts who comes from home.
func (s *squeeze) give(u int, sc schedule) {
	if s.comesFromHome(u, s.schedules[u]) {
		s.fromHome--
	}
	s.replace(u, sc)
	if s.comesFromHome(u, sc) {
		s.fromHome++
	}
}

// try lets one unit that can serve what is missing choose again, and reports
// whether nothing is missing any more.
func (s *squeeze) try() bool {
	if len(s.missing) == 0 {
		return true
	}
	line := s.missing[s.rng.IntN(len(s.missing))]
	pool := s.serving[line]
	if len(pool) == 0 {
		return false
	}
	u := int(pool[s.rng.IntN(len(pool))])
	s.answer(u)
	if s.at[line] >= 0 {
		s.setFactor(int(line), s.dearer[line]+dearerBy)
	}
	return len(s.missing) == 0
}

// answer gives a unit its best schedule. If it would be one from home too many,
// another one stays at home, and the two change back if that costs more.
func (s *squeeze) answer(u int) {
	before, old := s.cost, s.schedules[u]
	s.give(u, nil)
	s.path.redeploying = nowhere
	s.found = s.path.best(u, s.state, s.found)
	if s.fromHome < s.most || !s.comesFromHome(u, s.found) {
		s.give(u, slices.Clone(s.found))
		s.lookAt(u, old)
		return
	}
	stays := s.drawFromHome(u)
	if stays < 0 {
		s.give(u, old)
		return
	}
	left := s.schedules[stays]
	s.give(stays, nil)
	s.found = s.path.best(u, s.state, s.found)
	s.give(u, slices.Clone(s.found))
	if s.cost > before {
		s.give(u, old)
		s.give(stays, left)
		s.cost = before
		return
	}
	s.lookAt(u, old)
	s.lookAt(stays, left)
}

// drawFromHome draws a unit from home, or -1.
func (s *squeeze) drawFromHome(not int) int {
	for range 20 {
		if u := s.rng.IntN(len(s.units)); u != not && s.comesFromHome(u, s.schedules[u]) {
			return u
		}
	}
	return -1
}

// lookAt looks at the lines that a unit gives to, by its schedule and an old one.
func (s *squeeze) lookAt(u int, old schedule) {
	for _, sc := range []schedule{old, s.schedules[u]} {
		runs, _ := s.footprint(u, sc, s.scratch[:0])
		s.scratch = runs
		for i := range runs {
			if int(runs[i].block) < len(s.lines) {
				s.look(runs[i].block)
			}
		}
	}
}
