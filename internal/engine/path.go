package engine

import "math"

// pathfinder finds the best schedule of one unit at a given valuation: a
// longest path through (day, post), exact in every rule. It owns its memory, so
// that a search allocates nothing; it serves one goroutine.
//
// F(d) is the worth of being ready at home on day d. For each day of departure
// the single-leg tours are tried, each over the days on which ending can pay.
// Tours of several legs are labels (post, effective day) that are dropped as
// soon as an optimistic completion cannot beat what is known; see
// path_legs.go for where they are tried.
type pathfinder struct {
	*instance
	*valuation
	u *unit
	// relaxed drops the least stay of legs after the first, which makes the
	// worth an upper bound where the search over days of change is not exact.
	relaxed bool

	worth    float64     // of the best schedule, as against staying at home
	future   []float64   // F by day
	after    []float64   // F less the worth lost by resting until then
	end      [][]float64 // slot: worth of ending a leg on a day, but for what hangs on the tour's start
	nextEnd  [][]int32   // slot: first day at or after a day on which ending can pay
	picks    []pick      // by day of departure
	labels   []label
	arrivals [][]int32 // slot x day: label, valid if stamped
	stamps   [][]int32
	stamp    int32
	envelope []float64 // prefix sums of the best daily worth over slots
	suffix   []float64 // optimistic completion by day
	quickest int       // least days from leaving one post to counting at another
	homeward int       // least days home
}

// pick is the best tour that departs on a day; label < 0 is none.
type pick struct{ label, until int32 }

// label is a leg that has begun, with the way that led there.
type label struct {
	worth     float64 // of all before it counts
	slot      int32
	previous  int32 // label of the leg before, -1 if none
	depart    int32
	effective int32
	latest    int32 // day by which the leg must end
	limit     int32 // day by which the tour must end
	way       way
}

func newPathfinder(in *instance) *pathfinder {
	v := newValuation(in)
	days, slots := in.horizon+1, len(v.value)
	f := &pathfinder{
		instance: in, valuation: v,
		future: make([]float64, days), after: make([]float64, days),
		end: grid(slots, days), picks: make([]pick, days),
		envelope: make([]float64, days), suffix: make([]float64, days+1),
	}
	for range slots {
		f.nextEnd = append(f.nextEnd, make([]int32, days))
		f.arrivals = append(f.arrivals, make([]int32, days))
		f.stamps = append(f.stamps, make([]int32, days))
	}
	return f
}

// best returns the best schedule of a unit in a market, appended to sc[:0].
func (f *pathfinder) best(n int, m market, sc schedule) schedule {
	f.u = &f.units[n]
	f.worth = 0
	f.set(f.instance, f.u, m)
	f.prepare()
	f.labels = f.labels[:0]
	start := min(int(f.u.firstReady), f.horizon)
	f.future[f.horizon] = 0
	f.after[f.horizon] = -f.lossRest[f.horizon]
	for d := f.horizon - 1; d >= start; d-- {
		f.departOn(d)
	}
	if len(f.u.initial) > 0 {
		return f.fromDayZero(sc[:0])
	}
	if f.worth = f.future[start] - f.mobilise; f.worth <= 1e-9 {
		f.worth = 0
		return sc[:0]
	}
	return f.trace(start, sc[:0])
}

// prepare computes what all days of departure share.
func (f *pathfinder) prepare() {
	u, h := f.u, f.horizon
	for i := range u.slots {
		st := &u.stops[u.slots[i].stop]
		end, value := f.end[i], f.value[i]
		var share []float64
		if st.operation >= 0 {
			share = f.share[st.operation]
		}
		for e := 0; e <= h; e++ {
			home := min(e+int(st.back), h)
			end[e] = value[e] - f.capPrice[e] - f.lossAway[home] + f.lossRest[home]
			if share != nil {
				end[e] -= share[e]
			}
		}
		next := f.nextEnd[i]
		next[h] = int32(h)
		for e := h - 1; e >= 1; e-- {
			next[e] = next[e+1]
			if end[e] > end[e-1] {
				next[e] = int32(e)
			}
		}
		next[0] = next[1]
		for _, g := range u.slots[i].singles {
			f.markEnd(next, f.lines[g.line].until)
		}
	}
	f.prepareLegs()
}

// markEnd makes a day one on which ending can pay.
func (f *pathfinder) markEnd(next []int32, day int) {
	for e := day; e >= 0 && int(next[e]) > day; e-- {
		next[e] = int32(day)
	}
}

// departOn finds the best tour that departs on day d, or none, and sets F(d).
func (f *pathfinder) departOn(d int) {
	u := f.u
	f.picks[d] = pick{label: -1}
	best := f.future[d+1]
	if limit := f.tourLimit(d); limit > d {
		for _, i := range u.reach {
			sl := &u.slots[i]
			st := &u.stops[sl.stop]
			if int32(d) < st.fromHome {
				continue
			}
			for _, w := range st.ways {
				if l, ok := f.leaveHome(i, st, w, d, limit); ok {
					best = f.tryEnds(l, d, best)
				}
			}
		}
	}
	if f.relaxed && d%block == block-1 {
		best = f.chainBlock(d, best)
	}
	f.future[d] = best
	f.after[d] = best - f.lossRest[d]
}

// leaveHome begins a tour.
func (f *pathfinder) leaveHome(i int32, st *stop, w way, d, limit int) (label, bool) {
	l, ok := f.begin(i, st, w, d, limit)
	l.worth += f.capPrice[d] + f.lossAway[d]
	return l, ok
}

// tourLimit is the day by which a tour must end that departs on day d.
func (f *pathfinder) tourLimit(d int) int {
	limit := min(d+int(f.u.maxTour), f.horizon)
	if f.u.windowEnd != nil {
		limit = min(limit, int(f.u.windowEnd[d]))
	}
	if f.capNext != nil {
		limit = min(limit, int(f.capNext[d]))
	}
	return limit
}

// begin makes the label of a leg that departs on day d, or says that the leg
// cannot be.
func (f *pathfinder) begin(i int32, st *stop, w way, d, limit int) (label, bool) {
	arrive := d + w.days()
	s := arrive + int(st.ready)
	if s >= limit {
		return label{}, false
	}
	cost := f.move + f.handling(st, w, d)
	if math.IsInf(cost, 1) {
		return label{}, false
	}
	sl := &f.u.slots[i]
	latest := min(limit, s+int(st.maxStay))
	if sl.barred != nil {
		latest = min(latest, int(sl.barred[arrive]))
	}
	if sl.forbid != nil {
		latest = min(latest, int(sl.forbid[s]))
	}
	if latest <= s {
		return label{}, false
	}
	if st.operation >= 0 {
		cost -= f.share[st.operation][d] // the end's prefix sum takes the rest
	}
	return label{
		worth: -cost, slot: i, previous: -1, depart: int32(d), effective: int32(s),
		latest: int32(latest), limit: int32(limit), way: w,
	}, true
}

// handling is the price of the lift and of the receiving place for a departure
// on day d, +Inf if they have no room.
func (f *pathfinder) handling(st *stop, w way, d int) float64 {
	cost := 0.0
	if w.lift >= 0 && w.load > 0 {
		cost = f.valuation.depart[w.lift][d]
	}
	if st.receiver >= 0 && w.unload > 0 {
		cost += f.receive[st.receiver][d+int(w.load)+int(w.move)]
	}
	return cost
}

// least returns the first day on which a leg may end by its stay, and the first
// on which it may end by a single line that it holds.
func (f *pathfinder) least(l *label) int {
	sl := &f.u.slots[l.slot]
	st := &f.u.stops[sl.stop]
	lo := int(l.effective) + int(st.minStay)
	switch {
	case l.way.lift == onDayZero:
		lo = f.u.minDayZeroStay(st)
	case f.relaxed && l.previous >= 0:
		lo = 0
	}
	for _, g := range sl.singles {
		if k := &f.lines[g.line]; k.from >= int(l.effective) {
			lo = min(lo, k.until)
		}
	}
	return max(lo, int(l.effective)+1)
}

// lump is the worth of the single lines that a leg holds if it ends on day e.
func (f *pathfinder) lump(l *label, e int) float64 {
	worth := 0.0
	for j, g := range f.u.slots[l.slot].singles {
		if k := &f.lines[g.line]; k.from >= int(l.effective) && k.until <= e {
			worth += f.lumps[l.slot][j]
		}
	}
	return worth
}

// tryEnds tries every day on which a tour may end with the leg l, the tour
// having begun on day start; it records an improvement on best and returns it.
func (f *pathfinder) tryEnds(l label, start int, best float64) float64 {
	u := f.u
	lo := max(f.least(&l), start+int(u.minTour))
	hi := int(l.latest)
	base := l.worth - f.value[l.slot][l.effective]
	if lo > hi {
		if hi < f.horizon {
			return best
		}
		lo = hi // the calendar's end waives both leasts
	}
	end, next := f.end[l.slot], f.nextEnd[l.slot]
	back := int(u.stops[u.slots[l.slot].stop].back)
	singles := len(u.slots[l.slot].singles) > 0
	until := -1
	for e := lo; ; {
		rested := min(e+back+u.restAfter(e-start), f.horizon)
		worth := base + end[e] + f.after[rested]
		if singles {
			worth += f.lump(&l, e)
		}
		if worth > best+1e-9 {
			best, until = worth, e
		}
		if e == hi {
			break
		}
		// Past the last day on which ending pays, hi itself pays no better.
		if e = int(next[e+1]); e > hi {
			break
		}
	}
	if until >= 0 {
		f.labels = append(f.labels, l)
		f.picks[max(start, 0)] = pick{int32(len(f.labels) - 1), int32(until)}
	}
	return best
}

// fromDayZero finds the best schedule of a unit that holds a post on day 0.
func (f *pathfinder) fromDayZero(sc schedule) schedule {
	u := f.u
	for d := range f.future {
		// Leaving home again mobilises the unit.
		f.after[d] = max(0, f.future[d]-f.mobilise) - f.lossRest[d]
	}
	start := int(u.since)
	limit := min(start+int(u.maxTour), f.horizon)
	best := math.Inf(-1)
	kept := f.picks[0]
	f.picks[0] = pick{label: -1}
	for _, i := range u.initial {
		if l, ok := f.dayZeroLabel(i, limit); ok {
			best = f.tryEnds(l, start, best)
		}
	}
	best = f.chainDayZero(start, limit, best)
	if math.IsInf(best, -1) {
		f.picks[0] = kept
		return sc
	}
	f.worth = best
	sc, ready := f.unfold(f.picks[0], start, sc)
	f.picks[0] = kept
	if ready < f.horizon && f.future[ready]-f.mobilise > 1e-9 {
		sc = f.trace(ready, sc)
	}
	return sc
}

// dayZeroLabel makes the label of the leg that the unit is on on day 0.
func (f *pathfinder) dayZeroLabel(i int32, limit int) (label, bool) {
	sl := &f.u.slots[i]
	latest := min(limit, int(f.u.stops[sl.stop].maxStay))
	if f.capFirst != nil {
		latest = min(latest, int(f.capFirst[0]))
	}
	if sl.forbid != nil {
		latest = min(latest, int(sl.forbid[0]))
	}
	l := label{slot: i, previous: -1, latest: int32(latest), limit: int32(limit), way: way{lift: onDayZero}}
	if share := f.shareOf(i); share != nil {
		l.worth = share[0]
	}
	return l, latest > 0
}

// trace follows the picks from a day on which the unit is ready at home.
func (f *pathfinder) trace(d int, sc schedule) schedule {
	for d < f.horizon {
		p := f.picks[d]
		if p.label < 0 {
			d++
			continue
		}
		if !f.relaxed {
			p = f.withLegs(d, p)
		}
		sc, d = f.unfold(p, d, sc)
	}
	return sc
}

// unfold appends one tour's legs and returns the day on which the unit is ready
// again.
func (f *pathfinder) unfold(p pick, start int, sc schedule) (schedule, int) {
	for i := p.label; i >= 0; i = f.labels[i].previous {
		sc = append(sc, leg{})
	}
	until, at := p.until, len(sc)-1
	for i := p.label; i >= 0; i = f.labels[i].previous {
		l := &f.labels[i]
		st := &f.u.stops[f.u.slots[l.slot].stop]
		sc[at] = leg{
			slot: l.slot, lift: l.way.lift, load: l.way.load, unload: l.way.unload,
			depart: l.depart, effective: l.effective, until: until, start: int32(start), home: -1,
		}
		if l.way.lift != onDayZero {
			sc[at].arrive = l.effective - st.ready
		}
		until = l.depart
		at--
	}
	last := &sc[len(sc)-1]
	last.home = last.until + f.u.stops[f.u.slots[last.slot].stop].back
	last.rested = last.home + int32(min(f.u.restAfter(int(last.until)-start), f.horizon))
	return sc, min(int(last.rested), f.horizon)
}
