package engine

import "math"

// pathfinder finds the best schedule of one unit at a given valuation: a
// longest path through (day, post). It owns its memory, so that a search
// allocates nothing; it serves one goroutine.
//
// F(d) is the worth of being ready at home on day d. For each day of departure,
// last day first, every tour of one leg is tried over the days on which it may
// end; blocks of days that cannot beat the best yet are skipped, which is exact.
// Tours of several legs (path_legs.go) are exact for a given day of departure;
// where they are tried is the mode's choice.
type pathfinder struct {
	*instance
	*valuation
	u *unit
	// proving prices tours of several legs on all days of departure, from
	// above, so that worth is no less than that of any schedule. Otherwise they
	// are tried where the best tour of one leg departs.
	proving bool
	// exact proves tours of several legs by the day on which they end, which bounds most units'
	// worth by what it is, in up to four times the time.
	exact bool
	// redeploying says which tours may have several legs; proving, all may.
	redeploying redeploying
	// staying leaves out all but the post of day 0.
	staying bool
	// every is the days between departures from home that are tried, but for the first and legs in force.
	every int

	worth   float64     // of the best schedule, as against staying at home
	future  []float64   // F by day
	after   []float64   // F less the worth lost by resting until then
	end     [][]float64 // slot: worth of ending a leg on a day, but for what hangs on the tour's start
	endRoom [][]float64 // room for end
	peak    [][]float64 // slot: most of end in a block of days
	picks   []pick      // by day of departure
	hopes   [][]hope    // slot and way from home
	starts  []start     // of the slots that are alive, but for those that are timed
	timed   timetable
	legs    chain
	ends    ends
	found   schedule // room for an answer
	leg     begun    // of firstLegs
	alive   []int32  // slots of the unit's reach that are worth a leg on some days
	dead    []bool   // slot: not alive
}

// redeploying is where tours of several legs are tried.
type redeploying int

const (
	nowhere      redeploying = iota
	afterDayZero             // tours that are on on day 0
	everywhere               // and those that depart when the best tour of one leg does
	fromAnyDay               // whenever they depart, which takes as many times longer as there are days
)

// block is the number of days whose ends are judged at once.
const block = 16

// pick is the best tour of one leg that departs on a day.
type pick struct {
	begun
	until   int32 // 0 is none
	several bool  // a tour of several legs is better
}

// begun is a leg up to the day from which it counts.
type begun struct {
	worth     float64 // of all before it counts, less what its end takes back
	slot      int32
	depart    int32
	effective int32
	latest    int32 // day by which it must end
	way       way
}

func newPathfinder(in *instance) *pathfinder {
	v := newValuation(in)
	days, slots, stops := in.horizon+1, len(v.value), 0
	for i := range in.units {
		stops = max(stops, len(in.units[i].stops))
	}
	f := &pathfinder{
		instance: in, valuation: v, every: 1, dead: make([]bool, slots),
		future: make([]float64, days), after: make([]float64, days),
		end: make([][]float64, slots), endRoom: grid(slots, days), peak: grid(slots, days/block+1), picks: make([]pick, days),
		legs: newChain(slots, stops, days, in.shortStay > 0), hopes: make([][]hope, slots), timed: timetable{first: make([]int32, days)},
	}
	for i := range f.hopes {
		f.hopes[i] = make([]hope, len(in.pools)+1)
	}
	return f
}

// departOnward raises F(d) by the best tour of several legs that departs on day d.
func (f *pathfinder) departOnward(d int) {
	first, end := f.withLegs(d, f.future[d])
	if end.until == 0 {
		return
	}
	f.picks[d] = pick{first, end.until, true}
	f.future[d], f.after[d] = end.worth, end.worth-f.lossRest[d]
}

// all lets every tour have several legs.
func (f *pathfinder) all() *pathfinder {
	f.redeploying = everywhere
	return f
}

// best returns the best schedule of a unit in a market, appended to sc[:0].
// While proving there is its worth only.
func (f *pathfinder) best(n int, m market, sc schedule) schedule {
	f.u = &f.units[n]
	f.worth = 0
	slots := len(f.u.slots)
	if f.staying {
		slots = len(f.u.initial) // which come first
	}
	f.set(f.instance, f.u, slots, m)
	f.sift()
	f.prepare()
	f.legs.span(f)
	start := min(int(f.u.firstReady), f.horizon)
	if f.u.past != nil {
		start = min(start, int(f.u.past.until)) // another post may be nearer home
	}
	f.future[f.horizon] = 0
	f.after[f.horizon] = -f.lossRest[f.horizon]
	step := f.step()
	several := step > 0 && f.exact && f.u.endsAreFree(f.horizon)
	if several {
		step = 0
		f.ends.open(f)
		f.workBack(f.horizon)
	}
	for d := f.horizon - 1; d >= start; d-- {
		if d%f.every != 0 && d != start && f.timed.first[d] == 0 {
			f.picks[d].until = 0
			f.future[d] = f.future[d+1]
			f.after[d] = f.future[d] - f.lossRest[d]
			continue
		}
		f.departOn(d)
		if f.redeploying == fromAnyDay && f.u.redeploys {
			f.departOnward(d)
		}
		if several {
			f.goSeveral(d)
			f.workBack(d)
		}
		if step > 0 && (d%step == 0 || d == start) {
			f.raise(d, min(d-d%step+step, f.horizon)-1)
		}
	}
	if len(f.u.initial) > 0 {
		return f.fromDayZero(sc[:0])
	}
	if f.u.past != nil {
		return f.afterPast(sc[:0])
	}
	if f.worth = f.future[start] - f.mobilise; f.worth <= 1e-9 {
		f.worth = 0
		return sc[:0]
	}
	if f.proving {
		return sc[:0]
	}
	return f.trace(start, sc[:0])
}

// thorough leaves out nothing that may be of use.
func (f *pathfinder) thorough() bool { return f.proving || f.redeploying == fromAnyDay }

// sift finds the slots at which even counting on every day is worth more than a
// move. A leg elsewhere could only serve to reach another post, which is allowed for
// where the search is thorough.
func (f *pathfinder) sift() {
	f.alive = f.alive[:0]
	if f.staying {
		return
	}
	for _, i := range f.u.reach {
		worth := f.value[i][f.horizon]
		for _, x := range f.lumps[i][:len(f.u.slots[i].singles)] {
			worth += x
		}
		f.dead[i] = !f.thorough() && worth <= f.u.move+f.u.slots[i].extra
		if !f.dead[i] {
			f.alive = append(f.alive, i)
		}
	}
}

// prepare computes what all days of departure share.
func (f *pathfinder) prepare() {
	u := f.u
	for _, slots := range [2][]int32{u.initial, f.alive} {
		f.prepareEnds(slots)
	}
	f.setStarts()
}

// prepareEnds computes what ending a leg is worth at some slots.
func (f *pathfinder) prepareEnds(slots []int32) {
	u, h := f.u, f.horizon
	like := int32(-1)
	for _, i := range slots {
		st := &u.stops[u.slots[i].stop]
		for k := range f.hopes[i] {
			f.hopes[i][k].day = -1
		}
		f.end[i] = f.endRoom[i]
		if u.slots[i].lumpsOnly() {
			if like >= 0 && u.stops[u.slots[like].stop].back == st.back && u.stops[u.slots[like].stop].operation == st.operation {
				f.end[i] = f.end[like] // nothing is earned by the day at either
				continue
			}
			like = i
		}
		end, peak, value := f.end[i], f.peak[i], f.value[i]
		share := f.shareOf(i)
		for e := 0; e <= h; e++ {
			home := min(e+int(st.back), h)
			x := value[e] - f.capPrice[e] - f.lossAway[home] + f.lossRest[home]
			if share != nil {
				x -= share[e]
			}
			end[e] = x
			if e%block == 0 || x > peak[e/block] {
				peak[e/block] = x
			}
		}
	}
}

// shareOf is the price of the burden by day at a slot, nil for standing posts.
func (f *pathfinder) shareOf(slot int32) []float64 {
	if op := f.u.stops[f.u.slots[slot].stop].operation; op >= 0 {
		return f.share[op]
	}
	return nil
}

// dominated reports whether a way, slower than one that costs as little, need
// not be tried: there is no worth in arriving later, but where a day is barred.
func (f *pathfinder) dominated(cost, cheapest float64) bool {
	return math.IsInf(cost, 1) || !f.thorough() && cost >= cheapest
}

// tourLimit is the day by which a tour must end that departs on day d.
func (f *pathfinder) tourLimit(d int) int {
	return min(d+int(f.u.maxTour), f.boundary(d))
}

// boundary is the first day from d on which a unit that is away since d must be
// home: the end of its window, or of its contributor's room.
func (f *pathfinder) boundary(d int) int {
	limit := f.room(d)
	if f.u.windowEnd != nil {
		limit = min(limit, int(f.u.windowEnd[d]))
	}
	return limit
}

// room is the first day from d on which the contributor may have no more
// persons deployed.
func (f *pathfinder) room(d int) int {
	if f.capNext != nil {
		return min(f.horizon, int(f.capNext[d]))
	}
	return f.horizon
}

// begin begins a leg that departs on day d, with the price of its handling, or
// says that it cannot be.
func (f *pathfinder) begin(i int32, st *stop, w way, d, limit int, handling float64) (begun, bool) {
	arrive := d + w.days()
	s := arrive + int(st.ready)
	if s >= limit {
		return begun{}, false
	}
	sl := &f.u.slots[i]
	latest := min(limit, s+int(st.maxStay))
	if sl.barred != nil {
		latest = min(latest, int(sl.barred[arrive]))
	}
	if sl.forbid != nil {
		latest = min(latest, int(sl.forbid[s]))
	}
	if sl.keep != nil {
		if d != int(sl.keep.depart) || latest < int(sl.keep.until) {
			return begun{}, false
		}
		latest = int(sl.keep.until)
	}
	if latest <= s {
		return begun{}, false
	}
	worth := -f.u.move - sl.extra - handling - f.onTheWay*float64(s-d)
	if st.operation >= 0 {
		worth += f.share[st.operation][d] // the end's prefix sum takes the rest
	}
	return begun{worth: worth, slot: i, depart: int32(d), effective: int32(s), latest: int32(latest), way: w}, true
}

// handling is the price of the lift and of the receiving place for a departure
// on day d, +Inf if they have no room.
func (f *pathfinder) handling(st *stop, w way, d int) float64 {
	cost := 0.0
	if w.lift >= 0 && w.load > 0 {
		cost = f.valuation.depart[w.lift][d]
	}
	if st.receiver >= 0 && w.unload > 0 {
		cost += f.receive[st.receiver][min(d+int(w.load)+int(w.move), f.horizon)]
	}
	return cost
}

// least is the first day on which a leg may end by its stay or by a single line
// that it holds.
func (f *pathfinder) least(b *begun) int {
	sl := &f.u.slots[b.slot]
	st := &f.u.stops[sl.stop]
	lo := int(b.effective) + int(st.minStay)
	if b.way.lift == onDayZero {
		lo = f.u.minDayZeroStay(st)
	}
	for _, g := range sl.singles {
		if k := &f.lines[g.line]; k.from >= int(b.effective) {
			lo = min(lo, k.until)
		}
	}
	lo = max(lo, int(b.effective)+1)
	if sl.keep != nil {
		lo = max(lo, int(sl.keep.until))
	}
	return lo
}

// lump is the worth of the single lines that a leg holds if it ends on day e.
func (f *pathfinder) lump(b *begun, e int) float64 {
	worth := 0.0
	for j, g := range f.u.slots[b.slot].singles {
		if k := &f.lines[g.line]; k.from >= int(b.effective) && k.until <= e {
			worth += f.lumps[b.slot][j]
		}
	}
	return worth
}

// bestEnd finds the day on which a tour that began on day start best ends with
// this leg, if that is worth more than best; 0 is none.
func (f *pathfinder) bestEnd(b *begun, start int, best float64) (until int32, worth float64) {
	lo := max(f.least(b), start+int(f.u.minTour))
	hi := int(b.latest)
	if lo > hi {
		if hi < f.horizon {
			return 0, best
		}
		lo = hi // the calendar's end waives both leasts
	}
	base := b.worth - f.value[b.slot][b.effective]
	worth = best
	from := f.staysSince(b)
	if sl := &f.u.slots[b.slot]; len(sl.singles) > 0 {
		try := func(e int) {
			if w := base + f.lump(b, e) + f.end[b.slot][e] + f.after[f.rested(b.slot, e, start)] - f.tooShort(b.slot, from, start, e); w > worth {
				worth, until = w, int32(e)
			}
		}
		if sl.lumpsOnly() && !f.longer(b.slot) {
			// Staying on is worth nothing but where a line has been held.
			try(lo)
			for _, g := range sl.singles {
				if e := f.lines[g.line].until; e > lo && e <= hi {
					try(e)
				}
			}
			return until, worth
		}
		for e := lo; e <= hi; e++ {
			try(e)
		}
		return until, worth
	}
	end, peak := f.end[b.slot], f.peak[b.slot]
	rests, most := f.u.rests, len(f.u.rests)-1
	back := int(f.u.stops[f.u.slots[b.slot].stop].back)
	for e := lo; e <= hi; {
		next := min((e/block+1)*block, hi+1)
		// Worth can only fall with the day on which the rest ends.
		if x := base + peak[e/block] + f.after[min(e+back+int(rests[min(e-start, most)]), f.horizon)]; x > worth && x-f.tooShort(b.slot, from, start, next-1) > worth {
			for ; e < next; e++ {
				w := base + end[e] + f.after[f.rested(b.slot, e, start)]
				if w <= worth {
					continue // whatever it costs to be short
				}
				if w -= f.tooShort(b.slot, from, start, e); w > worth {
					worth, until = w, int32(e)
				}
			}
		}
		e = next
	}
	return until, worth
}

// rested is the day on which the rest ends after a tour that began on day start
// and left its last post, a slot's, on day e; at most the horizon.
func (f *pathfinder) rested(slot int32, e, start int) int {
	back := int(f.u.stops[f.u.slots[slot].stop].back)
	return min(e+back+f.u.restAfter(e-start), f.horizon)
}

// longer reports whether staying on at a slot may be worth something by itself.
func (f *pathfinder) longer(slot int32) bool { return f.slope(slot) > 0 }

// slope is the most that a day more at a slot takes off what is paid for being short.
func (f *pathfinder) slope(slot int32) (price float64) {
	if f.u.usualTour > 0 {
		price = f.shortTour
	}
	if f.u.stops[f.u.slots[slot].stop].usualStay > 0 {
		price += f.shortStay
	}
	return price
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
	f.legs.dayZero = true
	first, best := f.stay(start, limit)
	f.worth = f.homeAtOnce()
	if best.until == 0 || best.worth <= f.worth {
		f.legs.dayZero = false
		return sc
	}
	f.worth = best.worth
	if f.proving {
		f.legs.dayZero = false
		return sc
	}
	sc, ready := f.unfold(first, best, start, sc)
	f.legs.dayZero = false
	for d := range f.future {
		f.after[d] = f.future[d] - f.lossRest[d]
	}
	if ready < f.horizon && f.future[ready]-f.mobilise > 1e-9 {
		sc = f.trace(ready, sc)
	}
	return sc
}

// stay finds the best tour that is on on day 0, having begun on day start. What
// it does after its first leg lies in one window; each is tried.
func (f *pathfinder) stay(start, limit int) (first begun, end choice) {
	end = none
	earned := f.legs.firsts()
	for _, i := range f.u.initial {
		if b, ok := f.dayZero(i, limit); ok {
			earned[i] = b.worth - f.value[i][0]
			if until, worth := f.bestEnd(&b, start, end.worth); until > 0 {
				first, end = b, choice{worth: worth, until: until}
			}
		}
	}
	f.legs.dayZero = true
	chosen := -1
	windows := f.u.windows
	if f.redeploying < afterDayZero {
		windows = nil
	}
	for k, w := range windows {
		f.completeIn(w, start, limit, end.worth)
		for _, i := range f.u.initial {
			if b, ok := f.dayZero(i, f.legs.limit); ok {
				x := f.from(&b, false)
				if x.worth += b.worth; x.onward && x.worth > end.worth {
					first, end, chosen = b, x, k
				}
			}
		}
	}
	if chosen >= 0 && chosen < len(f.u.windows)-1 {
		f.completeIn(f.u.windows[chosen], start, limit, math.Inf(-1))
	}
	return first, end
}

// completeIn values the legs of the tour of day 0 whose second and later ones
// lie in a window.
func (f *pathfinder) completeIn(w window, start, limit int, target float64) {
	c := &f.legs
	low := max(0, int(w.from)-1)
	f.complete(start, low, max(low, min(limit, int(w.until))), start+int(f.u.minTour), target)
	for _, i := range f.u.initial {
		for e := range low + 1 {
			c.end[i][e], c.leave[i][e].worth = math.Inf(-1), math.Inf(-1)
			c.best[i][e], c.bestLeave[i][e] = c.best[i][low+1], c.bestLeave[i][low+1]
		}
	}
}

// homeAtOnce is the worth of leaving the post of day 0 on day 0, for good
// (Settled 1).
func (f *pathfinder) homeAtOnce() float64 {
	home := min(int(f.u.initialHome), f.horizon)
	rested := min(home+f.u.restAfter(-int(f.u.since)), f.horizon)
	return f.lossRest[home] - f.lossAway[home] - f.lossRest[rested]
}

// dayZero is the leg that the unit is on on day 0.
func (f *pathfinder) dayZero(i int32, limit int) (begun, bool) {
	sl := &f.u.slots[i]
	latest := min(limit, int(f.u.stops[sl.stop].maxStay))
	if f.capFirst != nil {
		latest = min(latest, int(f.capFirst[0]))
	}
	if sl.forbid != nil {
		latest = min(latest, int(sl.forbid[0]))
	}
	if sl.keep != nil {
		if latest < int(sl.keep.until) {
			return begun{}, false
		}
		latest = int(sl.keep.until)
	}
	b := begun{slot: i, latest: int32(latest), way: way{lift: onDayZero}, worth: -sl.extra}
	if share := f.shareOf(i); share != nil {
		b.worth += share[0]
	}
	return b, latest > 0
}

// trace follows the picks from a day on which the unit is ready at home.
func (f *pathfinder) trace(d int, sc schedule) schedule {
	for d < f.horizon {
		p := f.picks[d]
		if p.until == 0 {
			d++
			continue
		}
		first, end, least := p.begun, choice{until: p.until}, f.future[d]
		if p.several {
			least = math.Inf(-1) // it is the best
		}
		if f.u.redeploys && f.redeploying >= everywhere {
			if b, x := f.withLegs(d, least); x.until > 0 {
				first, end = b, x
			}
		}
		sc, d = f.unfold(first, end, d, sc)
	}
	return sc
}

// unfold appends the legs of a tour that began on day start with a leg and its
// chosen end, and returns the day on which the unit is ready again.
func (f *pathfinder) unfold(b begun, end choice, start int, sc schedule) (schedule, int) {
	for {
		st := &f.u.stops[f.u.slots[b.slot].stop]
		l := leg{
			slot: b.slot, lift: b.way.lift, load: b.way.load, unload: b.way.unload,
			depart: b.depart, effective: b.effective, until: end.until, start: int32(start), home: -1,
		}
		if b.way.lift != onDayZero {
			l.arrive = b.effective - st.ready
		}
		sc = append(sc, l)
		if !end.onward {
			break
		}
		b, end = f.next(&b, int(end.until))
	}
	last := &sc[len(sc)-1]
	last.home = last.until + f.u.stops[f.u.slots[last.slot].stop].back
	last.rested = last.home + int32(min(f.u.restAfter(int(last.until)-start), f.horizon))
	return sc, min(int(last.rested), f.horizon)
}
