package engine

import "math"

// This file extends the pathfinder to tours of several legs. From each leg that
// has begun the unit may leave for another post; the label of the next leg is
// kept only if the most that any completion could be worth beats the best tour
// known for this day of departure. The most is the envelope: on every day the
// best of all posts, less only the days that the move itself costs.

// prepareLegs computes the envelope and the least days that moves take.
func (f *pathfinder) prepareLegs() {
	u := f.u
	if len(u.hops) == 0 {
		return
	}
	clear(f.envelope)
	for _, i := range u.reach {
		value := f.value[i]
		for d := range f.horizon {
			f.envelope[d+1] = max(f.envelope[d+1], value[d+1]-value[d])
		}
	}
	for _, i := range u.reach {
		for j, g := range u.slots[i].singles {
			f.envelope[f.lines[g.line].until] += f.lumps[i][j]
		}
	}
	accumulate(f.envelope)
	f.quickest, f.homeward = math.MaxInt, math.MaxInt
	for _, h := range u.hops {
		f.quickest = min(f.quickest, h.ways[0].days()+int(u.stops[h.to].ready))
	}
	for i := range u.stops {
		f.homeward = min(f.homeward, int(u.stops[i].back))
	}
}

// complete fills suffix: for each day, the most that a tour that began on start
// can still be worth if its next leg counts from then, plus the envelope before
// that day.
func (f *pathfinder) complete(start, limit int) {
	f.suffix[limit+1] = math.Inf(-1)
	for e := limit; e > max(start, 0); e-- {
		home := min(e+f.homeward, f.horizon)
		rested := min(e+f.homeward+f.u.restAfter(e-start), f.horizon)
		most := f.envelope[e] - f.capPrice[e] - f.lossAway[home] + f.lossRest[home] + f.after[rested]
		f.suffix[e] = max(most, f.suffix[e+1])
	}
}

// optimistic is the most that a tour can be worth that has earned so much and
// whose next leg counts from day s on.
func (f *pathfinder) optimistic(worth float64, s, limit int) float64 {
	if s >= limit {
		return math.Inf(-1)
	}
	return worth + f.suffix[s+1] - f.envelope[s]
}

// block is the number of days of departure whose tours of several legs the
// relaxation prices at once.
const block = 7

// chainBlock bounds the tours of several legs that depart from home on one of
// the last days up to d: each may last, and is rested, as if it had departed on
// d itself.
func (f *pathfinder) chainBlock(d int, best float64) float64 {
	limit := min(d+int(f.u.maxTour), f.horizon)
	if len(f.u.hops) == 0 || d-block+1+f.quickest+1 >= limit {
		return best
	}
	f.complete(d, limit)
	f.stamp++
	waits := false
	for from := max(d-block+1, int(f.u.firstReady)); from <= d; from++ {
		waits = f.chainFrom(from, d, limit, best) || waits
	}
	if !waits {
		return best
	}
	return f.follow(d, limit, best)
}

// withLegs improves on the pick of a day of departure by tours of several legs.
func (f *pathfinder) withLegs(d int, p pick) pick {
	limit := f.tourLimit(d)
	if len(f.u.hops) == 0 || d+f.quickest+1 >= limit {
		return p
	}
	f.complete(d, limit)
	f.stamp++
	if f.chainFrom(d, d, limit, f.future[d]) {
		f.follow(d, limit, f.future[d])
	}
	return f.picks[d]
}

// chainFrom lets first legs that depart from home on a day go on to others, and
// reports whether any waits.
func (f *pathfinder) chainFrom(day, start, limit int, best float64) (waits bool) {
	u := f.u
	for _, i := range u.reach {
		st := &u.stops[u.slots[i].stop]
		if int32(day) < st.fromHome || len(u.hopsFrom[u.slots[i].stop]) == 0 {
			continue
		}
		for _, w := range st.ways {
			if l, ok := f.leaveHome(i, st, w, day, limit); ok {
				waits = f.leave(&l, -1, start, best) || waits
			}
		}
	}
	return waits
}

// chainDayZero tries tours of several legs of a unit that holds a post on day 0.
func (f *pathfinder) chainDayZero(start, limit int, best float64) float64 {
	u := f.u
	if len(u.hops) == 0 || limit <= 0 {
		return best
	}
	f.complete(start, limit)
	f.stamp++
	waiting := false
	for _, i := range u.initial {
		if l, ok := f.dayZeroLabel(i, limit); ok {
			waiting = f.leave(&l, -1, start, best) || waiting
		}
	}
	if waiting {
		best = f.follow(start, limit, best)
	}
	return best
}

// leave tries to end the leg l on each day for another post, and reports
// whether a label of a next leg now waits. at is the index of l among the
// labels, or -1 if it is not stored yet.
func (f *pathfinder) leave(l *label, at int32, start int, best float64) (waits bool) {
	from := f.u.slots[l.slot].stop
	value, share := f.value[l.slot], f.shareOf(l.slot)
	for e := f.least(l); e < int(l.latest); e++ {
		worth := l.worth + value[e] - value[l.effective] + f.lump(l, e)
		if share != nil {
			worth -= share[e]
		}
		if f.optimistic(worth-f.move, e+f.quickest, int(l.limit)) <= best+1e-9 {
			continue
		}
		limit := f.limitAfter(l, e)
		for _, h := range f.u.hopsFrom[from] {
			st := &f.u.stops[h.to]
			if int32(e) < st.fromPost {
				continue
			}
			for _, w := range h.ways {
				for _, i := range f.u.slotsAt[h.to] {
					if e+w.days()+int(st.ready) >= limit || !f.turns(l, e, i, st, w, limit) {
						continue
					}
					next, ok := f.begin(i, st, w, e, limit)
					if !ok {
						continue
					}
					next.worth += worth
					if f.optimistic(next.worth+f.openShare(&next), int(next.effective), limit) <= best+1e-9 || f.waits(&next) {
						continue
					}
					if at < 0 {
						at = f.store(*l)
					}
					next.previous = at
					f.stamps[i][next.effective], f.arrivals[i][next.effective] = f.stamp, f.store(next)
					waits = true
				}
			}
		}
	}
	return waits
}

// turns reports whether leaving l on day e for slot i can be best: leaving a day
// earlier must be worse or impossible, a day later no better or impossible.
// Other days would shift there, unless the next leg's least stay holds them.
func (f *pathfinder) turns(l *label, e int, i int32, st *stop, w way, limit int) bool {
	s := e + w.days() + int(st.ready)
	at := f.turnAt(l.slot, e, i, st, w, s)
	earlier := e <= f.least(l) || int32(e) <= st.fromPost || at > f.turnAt(l.slot, e-1, i, st, w, s-1)
	if !earlier {
		return false
	}
	return e+1 >= int(l.latest) || s+1+int(st.minStay) > limit || at >= f.turnAt(l.slot, e+1, i, st, w, s+1)
}

// turnAt is what a change of post contributes that depends on its day.
func (f *pathfinder) turnAt(from int32, e int, to int32, st *stop, w way, s int) float64 {
	worth := f.value[from][e] - f.value[to][s]
	if share := f.shareOf(from); share != nil {
		worth -= share[e]
	}
	if st.operation >= 0 {
		worth += f.share[st.operation][e]
	}
	return worth - f.handling(st, w, e)
}

// waits reports whether a label as good waits at the same post and day.
func (f *pathfinder) waits(l *label) bool {
	return f.stamps[l.slot][l.effective] == f.stamp && f.labels[f.arrivals[l.slot][l.effective]].worth >= l.worth
}

func (f *pathfinder) store(l label) int32 {
	f.labels = append(f.labels, l)
	return int32(len(f.labels) - 1)
}

// limitAfter is the day by which the tour must end once it leaves l on day e:
// windows and the cap bind a tour of day 0 from its second leg on.
func (f *pathfinder) limitAfter(l *label, e int) int {
	limit := int(l.limit)
	if l.way.lift != onDayZero {
		return limit
	}
	limit = f.horizon
	if f.u.windowEnd != nil {
		limit = min(limit, int(f.u.windowEnd[e]))
	}
	if f.capNext != nil {
		limit = min(limit, int(f.capNext[e]))
	}
	return min(limit, int(f.u.since)+int(f.u.maxTour))
}

// follow ends and extends the legs that wait, in order of the day from which
// they count.
func (f *pathfinder) follow(start, limit int, best float64) float64 {
	for s := max(start, 0) + 1; s < limit; s++ {
		for _, i := range f.u.reach {
			if f.stamps[i][s] != f.stamp {
				continue
			}
			at := f.arrivals[i][s]
			l := f.labels[at]
			best = f.tryEnds(l, start, best)
			f.leave(&l, at, start, best)
		}
	}
	return best
}

func (f *pathfinder) shareOf(slot int32) []float64 {
	if op := f.u.stops[f.u.slots[slot].stop].operation; op >= 0 {
		return f.share[op]
	}
	return nil
}

// openShare is the part of a label's worth that its leg's end takes back: the
// price of the burden before its departure.
func (f *pathfinder) openShare(l *label) float64 {
	if share := f.shareOf(l.slot); share != nil {
		return -share[l.depart]
	}
	return 0
}
