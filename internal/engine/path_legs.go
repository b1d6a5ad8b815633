package engine

import (
	"math"
	"slices"
)

// chain finds the best tours of several legs that begin on one day. With the
// tour's start fixed, rest and the tour's limits hang on its end alone, so that
// the days can be worked back from the limit: what a leg is worth from the day
// on which it counts is the best, over the days on which it may end, of going
// home and of going to another post.
type chain struct {
	start, limit int         // of the tour
	dayZero      bool        // the tour is on on day 0, or when the last begun leg ends
	end          [][]float64 // slot: worth of going home from there on a day
	leave        [][]onward  // slot: worth of going to another post on a day
	best         [][]choice  // slot: the best end on or after a day
	bestLeave    [][]choice  // slot: the best of those that go on
	stays        []stays     // slot: its ends where a stay shorter than usual has a price; nil if none has
	arrive       [][]float64 // slot: the most that a leg is worth that counts from a day, its burden from then on
	reached      [][]float64 // day: by stop, the most of arrive there on or after the day
	top          []float64   // the most that any leg is worth that counts on or after a day
	first        []float64   // slot: the most that a first leg there has earned, but for its days
	earned       []float64   // the most that a tour has earned that leaves a later leg on a day
	envelope     []float64   // the most that any leg earns before a day, from day 0
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

func newChain(slots, stops, days int, pricesStays bool) chain {
	c := chain{
		end: grid(slots, days), arrive: grid(slots, days), reached: grid(days+1, stops), top: make([]float64, days+1), first: make([]float64, slots),
		earned: make([]float64, days+1), envelope: make([]float64, days),
	}
	if pricesStays {
		c.stays = newStays(slots, days)
	}
	for range slots {
		c.leave = append(c.leave, make([]onward, days))
		c.best = append(c.best, make([]choice, days+1))
		c.bestLeave = append(c.bestLeave, make([]choice, days+1))
	}
	return c
}

// span prepares what the tours of a unit share, whatever their start: the
// envelope of what its posts are worth by the day.
func (c *chain) span(f *pathfinder) {
	clear(c.envelope)
	for _, i := range f.alive {
		if value := f.value[i]; !f.u.slots[i].lumpsOnly() {
			for d := range f.horizon {
				c.envelope[d+1] = max(c.envelope[d+1], value[d+1]-value[d])
			}
		}
		for j, g := range f.u.slots[i].singles {
			c.envelope[f.lines[g.line].until] += f.lumps[i][j]
		}
	}
	accumulate(c.envelope)
}

// firsts forgets the first legs of the tour before.
func (c *chain) firsts() []float64 {
	for i := range c.first {
		c.first[i] = math.Inf(-1)
	}
	return c.first
}

// complete values every leg of a tour that begins on day start with one of the
// first legs, may end from minEnd to limit, and whose second leg departs after
// day low. Tours that are not worth more than target do not matter.
func (f *pathfinder) complete(start, low, limit, minEnd int, target float64) {
	c, u := &f.legs, f.u
	c.start, c.limit = start, limit
	groups := [2][]int32{f.alive, nil}
	if c.dayZero {
		if groups[1] = u.initial; u.past != nil {
			groups[1] = u.past.slots
		}
	}
	for _, slots := range groups {
		for _, i := range slots {
			c.best[i][limit+1], c.bestLeave[i][limit+1] = none, none
			if c.stays != nil {
				c.stays[i].reset()
			}
		}
	}
	for i := range u.stops {
		c.reached[limit+1][i] = math.Inf(-1)
	}
	f.earn(low, limit, groups)
	c.top[limit+1] = math.Inf(-1)
	for e := limit; e > low; e-- {
		f.counted(e)
		for _, slots := range groups {
			for _, i := range slots {
				c.end[i][e] = math.Inf(-1)
				if e >= minEnd || e == f.horizon {
					// Raising, start is the last of several days of departure.
					// and minEnd says the first.
					c.end[i][e] = f.end[i][e] + f.after[f.rested(i, e, min(start, e))] - f.shortTour*f.short(u.usualTour, minEnd-int(u.minTour), e)
				}
				f.valueLeave(i, e, target)
			}
		}
	}
}

// earn bounds what a tour has earned that leaves its second or a later leg on a
// day: at best a first leg, a move, and the envelope from then on.
func (f *pathfinder) earn(low, limit int, groups [2][]int32) {
	c := &f.legs
	quickest := math.MaxInt32
	for _, q := range f.u.quickest {
		quickest = min(quickest, int(q))
	}
	for e := low; e <= limit; e++ {
		c.earned[e] = math.Inf(-1)
	}
	for e := low; e+quickest < limit; e++ {
		most := math.Inf(-1)
		for _, slots := range groups {
			for _, i := range slots {
				most = max(most, c.first[i]+f.value[i][e])
			}
		}
		s := e + quickest
		c.earned[s] = max(c.earned[s], most-f.u.move)
		if s > low && s > 0 {
			c.earned[s] = max(c.earned[s], c.earned[s-1]+c.envelope[s]-c.envelope[s-1])
		}
	}
}

// counted sets the most that legs are worth that count from day s. For legs
// that nothing confines it is what they are worth.
func (f *pathfinder) counted(s int) {
	c := &f.legs
	most := c.top[s+1]
	for i := range f.u.stops {
		c.reached[s][i] = c.reached[s+1][i]
	}
	for _, i := range f.alive {
		st := &f.u.stops[f.u.slots[i].stop]
		lo := s + 1
		if len(f.u.slots[i].singles) == 0 {
			lo = max(lo, s+int(st.minStay))
		}
		if lo > c.limit && c.limit == f.horizon {
			lo = c.limit // the calendar's end waives the least stay
		}
		worth := math.Inf(-1)
		best := c.best[i][min(lo, c.limit+1)]
		if f.pricesStay(i) {
			best = f.countsFrom(i, s)
		}
		if s < lo && lo <= c.limit {
			worth = best.worth - f.value[i][s] - f.u.slots[i].extra
			if share := f.shareOf(i); share != nil {
				worth += share[s]
			}
			for _, x := range f.lumps[i][:len(f.u.slots[i].singles)] {
				worth += x
			}
			most = max(most, worth)
			stop := f.u.slots[i].stop
			c.reached[s][stop] = max(c.reached[s][stop], worth)
		}
		c.arrive[i][s] = worth
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
		here := f.value[i][e] - u.move
		if share := f.shareOf(i); share != nil {
			here -= share[e]
		}
		top := c.top[s]
		asFirst := c.first[i]+here+top > target
		asLater := c.earned[e]-u.move+top > target
		enough := max(later.worth, c.end[i][e])
		if asFirst {
			enough = min(enough, target-c.first[i])
		}
		if f.confined(i) {
			enough = math.Inf(-1)
		}
		switch {
		case !asFirst && !asLater || here+top <= enough:
		case f.proving && u.moreHops:
			c.leave[i][e].worth = here + top
		default:
			f.bestHop(i, e, here, enough)
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
	if c.stays != nil {
		c.stays[i].end[e] = choice{c.end[i][e], int32(e), false}
		if leave > c.end[i][e] {
			c.stays[i].end[e] = choice{leave, int32(e), true}
		}
	}
	c.best[i][e], c.bestLeave[i][e] = later, laterLeave
}

// confined reports whether a leg at a slot may have to end before the tour's
// limit, so that every end of it must be known.
func (f *pathfinder) confined(i int32) bool {
	sl := &f.u.slots[i]
	return sl.barred != nil || sl.forbid != nil || sl.keep != nil || len(sl.singles) > 0 ||
		int(f.u.stops[sl.stop].maxStay) < f.horizon || f.legs.dayZero
}

// bestHop finds the best leg to go to from a slot on day e, if that makes what
// was earned here, less the move, worth more than enough.
func (f *pathfinder) bestHop(i int32, e int, here, enough float64) {
	c, u := &f.legs, f.u
	out := onward{worth: enough}
	list := u.hopsFrom[u.slots[i].stop]
	for k := range list {
		h := &list[k]
		s := e + int(h.quick)
		if e < int(u.stops[h.to].fromPost) && !f.inForce(h.to) || s >= c.limit || here+c.reached[s][h.to] <= out.worth {
			continue
		}
		st := &u.stops[h.to]
		cheapest := math.Inf(1)
		for _, w := range h.ways {
			s := e + w.days() + int(st.ready)
			if s >= c.limit {
				break
			}
			cost, burden := -1.0, 0.0
			for _, j := range u.slotsAt[h.to] {
				if f.dead[j] || here+c.arrive[j][s] <= out.worth || e < int(u.slots[j].fromPost(st)) {
					continue
				}
				if cost < 0 {
					cost = f.handling(st, w, e)
					if f.dominated(cost, cheapest) {
						break
					}
					if st.operation >= 0 {
						burden = f.share[st.operation][s] - f.share[st.operation][e]
					}
				}
				worth := here - cost - burden - f.onTheWay*float64(s-e) + c.arrive[j][s]
				if worth > out.worth && f.confined(j) {
					worth = math.Inf(-1)
					if b, ok := f.begin(j, st, w, e, f.secondLimit(e), cost); ok {
						worth = here + u.move + b.worth + f.from(&b, false).worth
					}
				}
				if worth > out.worth {
					out = onward{worth, j, w}
					cheapest = cost
				}
			}
		}
	}
	if out.worth > enough {
		c.leave[i][e] = out
	}
}

// inForce reports whether a leg to a stop is in force, which may depart earlier
// than others.
func (f *pathfinder) inForce(stop int32) bool {
	return slices.ContainsFunc(f.u.slotsAt[stop], func(i int32) bool { return f.u.slots[i].keep != nil })
}

// secondLimit is the day by which a tour must end whose second or later leg
// departs on day e: the cap that bounds a tour from home from its start binds
// one of day 0 from then.
func (f *pathfinder) secondLimit(e int) int {
	if f.legs.dayZero {
		return min(f.legs.limit, f.room(e))
	}
	return f.legs.limit
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
	priced := f.pricesStay(b.slot)
	if singles := len(f.u.slots[b.slot].singles) > 0; hi < c.limit || singles || priced && (b.way.lift == onDayZero || f.u.slots[b.slot].keep != nil) {
		best = none
		usual, since := f.u.stops[f.u.slots[b.slot].stop].usualStay, f.staysSince(b)
		for e := lo; e <= hi; e++ {
			x := choice{c.end[b.slot][e], int32(e), false}
			if goesOn {
				x.worth = math.Inf(-1)
			}
			if leave := c.leave[b.slot][e].worth; leave > x.worth {
				x.worth, x.onward = leave, true
			}
			if priced {
				x.worth -= f.shortStay * f.short(usual, since, e)
			}
			if singles {
				x.worth += f.lump(b, e)
			}
			if x.worth > best.worth {
				best = x
			}
		}
	} else {
		best = c.best[b.slot][lo]
		if priced {
			best = c.stays[b.slot].from[b.effective]
		}
		if goesOn && c.bestLeave[b.slot][lo].worth < best.worth {
			best = c.bestLeave[b.slot][lo] // being short left out, which proves no less
		}
	}
	best.worth -= f.value[b.slot][b.effective]
	return best
}

// next is the leg to which a leg goes on the day that it was chosen to leave.
func (f *pathfinder) next(b *begun, leaves int) (begun, choice) {
	c := &f.legs
	to := &c.leave[b.slot][leaves]
	st := &f.u.stops[f.u.slots[to.slot].stop]
	n, _ := f.begin(to.slot, st, to.way, leaves, f.secondLimit(leaves), 0)
	return n, f.from(&n, false)
}

// withLegs finds the best tour that departs on day d if it has several legs and
// is worth more than best.
func (f *pathfinder) withLegs(d int, best float64) (first begun, end choice) {
	limit := f.tourLimit(d)
	earned := f.legs.firsts()
	f.firstLegs(d, limit, func(b *begun) { earned[b.slot] = max(earned[b.slot], b.worth-f.value[b.slot][b.effective]) })
	f.complete(d, d, limit, d+int(f.u.minTour), best)
	end = none
	f.firstLegs(d, limit, func(b *begun) {
		x := f.from(b, false)
		if x.worth += b.worth; x.onward && x.worth > best {
			best, first, end = x.worth, *b, x
		}
	})
	return first, end
}

// firstLegs calls yield with every leg that departs from home on day d, in memory that is
// the next one's after it.
func (f *pathfinder) firstLegs(d, limit int, yield func(*begun)) {
	u := f.u
	for _, i := range f.alive {
		st := &u.stops[u.slots[i].stop]
		if int32(d) < u.slots[i].fromHome(st) {
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
				b.worth += f.capPrice[d] + f.lossAway[d] - f.tour
				f.leg = b
				yield(&f.leg)
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
	first := f.legs.firsts()
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
	if !f.proving || !f.u.redeploys {
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
