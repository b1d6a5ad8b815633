package engine

import "math"

// chain finds the best tours of several legs that begin on one day. With the
// tour's start fixed, rest and the tour's limits hang on its end alone, so that
// the days can be worked back from the limit: what a leg is worth from the day
// on which it counts is the best, over the days on which it may end, of going
// home and of going to another post.
type chain struct {
	start, limit int         // of the tour
	dayZero      bool        // the tour is on on day 0
	end          [][]float64 // slot: worth of going home from there on a day
	leave        [][]onward  // slot: worth of going to another post on a day
	best         [][]choice  // slot: the best end on or after a day
	bestLeave    [][]choice  // slot: the best of those that go on
	top          []float64   // the most that any leg is worth that counts on or after a day
	first        []float64   // slot: the most that a first leg there has earned
}

// onward is a move to another post.
type onward struct {
	worth float64
	slot  int32
	way   way
}

// choice is a day on which a leg ends, for home or for another post.
type choice struct {
	worth  float64
	until  int32
	onward bool
}

var none = choice{worth: math.Inf(-1)}

func newChain(slots, days int) chain {
	c := chain{end: grid(slots, days), top: make([]float64, days+1), first: make([]float64, slots)}
	for range slots {
		c.leave = append(c.leave, make([]onward, days))
		c.best = append(c.best, make([]choice, days+1))
		c.bestLeave = append(c.bestLeave, make([]choice, days+1))
	}
	return c
}

// complete values every leg of a tour that begins on day start, may end from
// minEnd to limit, and whose second leg departs after day low. A first leg that
// goes on matters only if it beats target.
func (f *pathfinder) complete(start, low, limit, minEnd int, target float64) {
	c, u := &f.legs, f.u
	c.start, c.limit = start, limit
	groups := [2][]int32{u.reach, nil}
	if c.dayZero {
		groups[1] = u.initial
	}
	for _, slots := range groups {
		for _, i := range slots {
			c.best[i][limit+1], c.bestLeave[i][limit+1] = none, none
		}
	}
	c.top[limit+1] = math.Inf(-1)
	for e := limit; e > low; e-- {
		f.raiseTop(e)
		for _, slots := range groups {
			for _, i := range slots {
				c.end[i][e] = math.Inf(-1)
				if e >= minEnd || e == f.horizon {
					c.end[i][e] = f.end[i][e] + f.after[f.rested(i, e, start)]
				}
				f.valueLeave(i, e, target)
			}
		}
	}
}

// raiseTop sets the most that a leg is worth that counts on day s or later.
func (f *pathfinder) raiseTop(s int) {
	c := &f.legs
	most := c.top[s+1]
	for _, i := range f.u.reach {
		st := &f.u.stops[f.u.slots[i].stop]
		lo := s + 1
		if len(f.u.slots[i].singles) == 0 {
			lo = max(lo, s+int(st.minStay))
		}
		if lo > c.limit {
			if c.limit < f.horizon {
				continue
			}
			lo = c.limit
		}
		if lo == s {
			continue
		}
		worth := c.best[i][lo].worth - f.value[i][s]
		if share := f.shareOf(i); share != nil {
			worth += share[s]
		}
		for _, x := range f.lumps[i][:len(f.u.slots[i].singles)] {
			worth += x
		}
		most = max(most, worth)
	}
	c.top[s] = most
}

// valueLeave values going from a slot to another post on day e, unless that can
// be the best end neither of a first leg nor of a later one.
func (f *pathfinder) valueLeave(i int32, e int, target float64) {
	c, u := &f.legs, f.u
	stop := u.slots[i].stop
	c.leave[i][e].worth = math.Inf(-1)
	later, laterLeave := c.best[i][e+1], c.bestLeave[i][e+1]
	if s := e + int(u.quickest[stop]); s < c.limit {
		here := f.value[i][e] - f.move
		if share := f.shareOf(i); share != nil {
			here -= share[e]
		}
		most := here + c.top[s]
		if most > max(later.worth, c.end[i][e]) || most+c.first[i] > target || f.confined(i) {
			f.bestHop(i, e, here+f.move)
		}
	}
	leave := c.leave[i][e].worth
	if leave > laterLeave.worth {
		laterLeave = choice{leave, int32(e), true}
	}
	if c.end[i][e] > later.worth {
		later = choice{c.end[i][e], int32(e), false}
	}
	if leave > later.worth {
		later = choice{leave, int32(e), true}
	}
	c.best[i][e], c.bestLeave[i][e] = later, laterLeave
}

// confined reports whether a leg at a slot may have to end before the tour's
// limit, so that every end of it must be known.
func (f *pathfinder) confined(i int32) bool {
	sl := &f.u.slots[i]
	return sl.barred != nil || sl.forbid != nil || len(sl.singles) > 0 ||
		int(f.u.stops[sl.stop].maxStay) < f.horizon || f.legs.dayZero
}

// bestHop finds the best leg to go to from a slot on day e.
func (f *pathfinder) bestHop(i int32, e int, here float64) {
	c, u := &f.legs, f.u
	limit := c.limit
	if c.dayZero {
		limit = min(limit, f.boundary(e)) // binds a tour of day 0 from its second leg on
	}
	out := &c.leave[i][e]
	for _, h := range u.hopsFrom[u.slots[i].stop] {
		st := &u.stops[h.to]
		if int32(e) < st.fromPost {
			continue
		}
		for _, j := range u.slotsAt[h.to] {
			cheapest := math.Inf(1)
			for _, w := range h.ways {
				cost := f.handling(st, w, e)
				if f.dominated(cost, cheapest) {
					continue
				}
				b, ok := f.begin(j, st, w, e, limit, cost)
				if !ok {
					continue
				}
				cheapest = min(cheapest, cost)
				if worth := here + b.worth + f.from(&b, false).worth; worth > out.worth {
					*out = onward{worth, j, w}
				}
			}
		}
	}
}

// from is the best that a leg can be worth from the day on which it counts, as
// against what it has earned before; goesOn leaves out going home from there.
func (f *pathfinder) from(b *begun, goesOn bool) choice {
	c := &f.legs
	lo, hi := f.least(b), int(b.latest)
	if lo > hi {
		if hi < f.horizon {
			return none
		}
		lo = hi
	}
	var best choice
	if singles := len(f.u.slots[b.slot].singles) > 0; hi < c.limit || singles {
		best = none
		for e := lo; e <= hi; e++ {
			x := choice{c.end[b.slot][e], int32(e), false}
			if goesOn {
				x.worth = math.Inf(-1)
			}
			if leave := c.leave[b.slot][e].worth; e < hi && leave > x.worth {
				x.worth, x.onward = leave, true
			}
			if singles {
				x.worth += f.lump(b, e)
			}
			if x.worth > best.worth {
				best = x
			}
		}
	} else if best = c.best[b.slot][lo]; goesOn {
		best = c.bestLeave[b.slot][lo]
	}
	best.worth -= f.value[b.slot][b.effective]
	return best
}

// next is the leg to which a leg goes on the day that it was chosen to leave.
func (f *pathfinder) next(b *begun, leaves int) (begun, choice) {
	c := &f.legs
	to := &c.leave[b.slot][leaves]
	st := &f.u.stops[f.u.slots[to.slot].stop]
	limit := c.limit
	if c.dayZero {
		limit = min(limit, f.boundary(leaves))
	}
	n, _ := f.begin(to.slot, st, to.way, leaves, limit, 0)
	return n, f.from(&n, false)
}

// withLegs finds the best tour that departs on day d if it has several legs and
// is worth more than best.
func (f *pathfinder) withLegs(d int, best float64) (first begun, end choice) {
	end = none
	f.complete(d, d, f.tourLimit(d), d+int(f.u.minTour), math.Inf(1))
	f.firstLegs(d, f.legs.limit, func(b *begun) {
		x := f.from(b, false)
		if x.worth += b.worth; x.onward && x.worth > best+1e-9 {
			best, first, end = x.worth, *b, x
		}
	})
	return first, end
}

// firstLegs calls yield with every leg that departs from home on day d.
func (f *pathfinder) firstLegs(d, limit int, yield func(*begun)) {
	u := f.u
	for _, i := range u.reach {
		st := &u.stops[u.slots[i].stop]
		if int32(d) < st.fromHome {
			continue
		}
		cheapest := math.Inf(1)
		for _, w := range st.ways {
			cost := f.handling(st, w, d)
			if f.dominated(cost, cheapest) {
				continue
			}
			if b, ok := f.begin(i, st, w, d, limit, cost); ok {
				cheapest = min(cheapest, cost)
				b.worth += f.capPrice[d] + f.lossAway[d]
				yield(&b)
			}
		}
	}
}

// provingStep is the most days of departure whose tours of several legs are
// bounded at once: all of them treated as if they rested, and could last, as
// one that departs on the last.
const provingStep = 7

// raise raises F on the days [low, high], whose tours of one leg are known, by
// what tours of several legs could be worth.
func (f *pathfinder) raise(low, high int) {
	limit := 0
	for d := low; d <= high; d++ {
		limit = max(limit, f.tourLimit(d))
	}
	if limit <= low+1 {
		return
	}
	first := f.legs.first
	for _, i := range f.u.reach {
		first[i] = math.Inf(-1)
	}
	for d := low; d <= high; d++ {
		f.firstLegs(d, limit, func(b *begun) { first[b.slot] = max(first[b.slot], b.worth-f.value[b.slot][b.effective]) })
	}
	f.complete(high, low, limit, low+int(f.u.minTour), f.future[high])
	best := f.future[high+1]
	for d := high; d >= low; d-- {
		best = max(best, f.future[d])
		f.firstLegs(d, limit, func(b *begun) { best = max(best, b.worth+f.from(b, true).worth) })
		f.future[d], f.after[d] = best, best-f.lossRest[d]
	}
}

// step is the number of days of departure to bound at once: fewer than any tour
// of two legs lasts, since what comes after it must be known; 0 is none.
func (f *pathfinder) step() int {
	if !f.proving || len(f.u.hops) == 0 {
		return 0
	}
	step := provingStep
	for i := range f.u.slots {
		least := int(f.u.stops[f.u.slots[i].stop].minStay)
		if len(f.u.slots[i].singles) > 0 {
			least = 1
		}
		step = max(1, min(step, 2*least-1))
	}
	return step
}
