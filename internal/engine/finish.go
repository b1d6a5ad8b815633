package engine

import "slices"

// The end of a search: the best plan is gone through unit by unit and pair by pair, until
// nothing changes for the better. A search draws at random, and one that has cooled down
// may end beside a plan that one unit a day earlier, or one stay in the place of two,
// makes cheaper.
const (
	finishFrom = 0.97 // of the time
	// Where tries are what limits the search, the end takes so many best responses at least, and
	// one for so many tries. One that tries tours of several legs from every day counts as
	// several, and is left where days x days of a tour x posts are too many.
	leastResponses = 300
	triesAResponse = 10
	asThorough     = 5
	thoroughWork   = 50_000
)

// finisher goes through the best plan.
type finisher struct {
	*search
	stop func() bool
	left int // responses, if above 0 at first
	mark []int32
}

// finish goes on until nothing gets better, or it may no longer; it reports whether the
// plan is better than before.
func (s *search) finish(responses int, stop func() bool) bool {
	f := &finisher{search: s, stop: stop, left: responses, mark: make([]int32, len(s.units))}
	s.restore()
	least := s.least
	for again := true; again; {
		again = false
		for u := range s.units {
			again = f.try(alone, u) || again
		}
		for u := range s.units {
			for _, v := range f.relieving(u) {
				again = f.try(pairs, u, int(v)) || f.try(pairs, int(v), u) || again
			}
		}
	}
	return s.least < least-1e-9
}

// try takes units out and puts them back in the order given, and reports whether that is
// better; else the plan is as it was.
func (f *finisher) try(kind int, units ...int) bool {
	for _, u := range units {
		if f.left--; f.thorough(u) {
			f.left -= asThorough - 1
		}
	}
	if f.left < 0 || f.stop() {
		return false
	}
	before := f.cost
	f.ruined, f.old = f.ruined[:0], f.old[:0]
	for _, u := range units {
		f.takeOut(int32(u))
	}
	for _, u := range units {
		f.path.redeploying = everywhere
		if f.thorough(u) {
			f.path.redeploying = fromAnyDay
		}
		f.respond(u)
	}
	better := f.cost < before-1e-9
	if better {
		f.keep()
	} else {
		f.undo(before)
	}
	f.count(kind, better, better)
	return better
}

// thorough reports whether all tours of a unit are tried.
func (f *finisher) thorough(u int) bool {
	x := &f.units[u]
	return x.redeploys && f.horizon*min(f.horizon, int(x.maxTour))*len(x.reach) <= thoroughWork
}

// relieving are the units after u that give to a line of u's within some days of it.
func (f *finisher) relieving(u int) []int32 {
	var found []int32
	for i := range f.schedules[u] {
		l := &f.schedules[u][i]
		sl := &f.units[u].slots[l.slot]
		for _, g := range slices.Concat(sl.gifts, sl.singles) {
			for _, v := range f.serving[g.line] {
				if int(v) <= u || f.mark[v] == int32(u)+1 || !f.holdsWithin(int(v), g.line, l.depart-nearDays, l.until+nearDays) {
					continue
				}
				f.mark[v] = int32(u) + 1
				found = append(found, v)
			}
		}
	}
	return found
}

// holdsWithin reports whether a unit has a leg that gives to a line and overlaps some days.
func (s *search) holdsWithin(u int, line, from, until int32) bool {
	return slices.ContainsFunc(s.schedules[u], func(l leg) bool {
		return l.depart < until && from < l.until && s.units[u].slots[l.slot].givesTo(line)
	})
}
