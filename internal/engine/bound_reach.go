package engine

import (
	"math"
	"slices"
)

// reach is the most cover that all units together could give each line on each
// day, line x day, if each could be at once everywhere that it can be in time:
// when it can be ordered away, how long it travels, what bars it and when it is
// available count; room in lift, places and caps, rest and the length of a tour
// do not. What even that leaves missing no plan avoids.
func (in *instance) reach() []float64 {
	r := reacher{instance: in, most: make([]float64, len(in.lines)*in.horizon)}
	members := make([]float64, len(in.units)) // by class
	for i := range in.units {
		members[in.units[i].class]++
	}
	for i := range in.units {
		if n := members[in.units[i].class]; n > 0 {
			members[in.units[i].class] = 0
			r.add(&in.units[i], n)
		}
	}
	for i := range in.lines {
		accumulate(r.of(int32(i)))
	}
	return r.most
}

// reacher adds up what units reach.
type reacher struct {
	*instance
	u      *unit
	n      float64   // of such units
	most   []float64 // line x day: how much more there is from the day on
	first  []int     // stop: the first day on which a new leg there can count; tooLate if none can
	leave  []int     // stop: the first day on which it can be left for another
	counts [][]bool  // room: days on which each slot of a stop can count
	gives  []float64 // room: what the slots of a stop give to a line by the day
}

// tooLate is after every day.
const tooLate = math.MaxInt32

func (r *reacher) of(line int32) []float64 { return r.most[int(line)*r.horizon:][:r.horizon] }

// add adds what n units like u reach.
func (r *reacher) add(u *unit, n float64) {
	r.u, r.n = u, n
	for _, list := range [2][]gift{u.homeGifts, u.homeRestGifts} {
		for _, g := range list {
			r.note(g.line, g.amount, 0, r.horizon)
		}
	}
	r.addPast()
	r.find()
	for i := range u.stops {
		slots := u.slotsAt[i]
		if len(u.initial) > 0 && int(u.slots[u.initial[0]].stop) == i {
			slots = slices.Concat(u.initial, slots)
		}
		if len(slots) == 1 && r.plain(slots[0]) {
			r.addPlain(&u.slots[slots[0]], r.first[i])
		} else if len(slots) > 0 {
			r.addStop(slots)
		}
	}
}

// addPast adds what the unit has covered with what it has begun; at home it is taken to
// be always.
func (r *reacher) addPast() {
	if r.u.past == nil {
		return
	}
	for _, x := range r.u.past.runs {
		atHome := func(g gift) bool { return g.line == x.block }
		if int(x.block) < len(r.lines) && !slices.ContainsFunc(r.u.homeGifts, atHome) && !slices.ContainsFunc(r.u.homeRestGifts, atHome) {
			r.note(x.block, x.amount, int(x.from), int(x.until))
		}
	}
}

// plain reports whether a leg at a slot can count from a day on whatever comes.
func (r *reacher) plain(i int32) bool {
	sl := &r.u.slots[i]
	return r.u.windowEnd == nil && sl.barred == nil && sl.forbid == nil && sl.keep == nil && !slices.Contains(r.u.initial, i)
}

// addPlain adds what a plain slot gives from a day on.
func (r *reacher) addPlain(sl *slot, from int) {
	for _, g := range sl.gifts {
		r.note(g.line, g.amount, from, r.horizon)
	}
	for _, g := range sl.singles {
		if l := &r.lines[g.line]; from <= l.from {
			r.note(g.line, g.amount, l.from, l.until)
		}
	}
}

// note adds an amount of a line on the days of [from, until) on which it counts.
func (r *reacher) note(line int32, amount float64, from, until int) {
	l := &r.lines[line]
	if from, until = max(from, l.from), min(until, l.until); from >= until {
		return
	}
	r.of(line)[from] += r.n * amount
	if until < l.until {
		r.of(line)[until] -= r.n * amount
	}
}

// addStop adds what the slots of one stop give, of which the unit serves one at a time.
func (r *reacher) addStop(slots []int32) {
	for len(r.counts) < len(slots) {
		r.counts = append(r.counts, make([]bool, r.horizon))
	}
	for k, i := range slots {
		r.mark(i, r.counts[k])
	}
	if r.gives == nil {
		r.gives = make([]float64, r.horizon)
	}
	var done []int32
	for _, i := range slots {
		for _, list := range [2][]gift{r.u.slots[i].gifts, r.u.slots[i].singles} {
			for _, g := range list {
				if !slices.Contains(done, g.line) {
					done = append(done, g.line)
					r.addLine(g.line, slots)
				}
			}
		}
	}
}

// addLine adds what slots whose days are marked give to a line.
func (r *reacher) addLine(line int32, slots []int32) {
	l := &r.lines[line]
	if l.from >= l.until {
		return
	}
	clear(r.gives)
	for k, i := range slots {
		days := r.counts[k][l.from:l.until]
		raise := func(gifts []gift) {
			for _, g := range gifts {
				if g.line != line {
					continue
				}
				for d, counts := range days {
					if counts {
						r.gives[l.from+d] = max(r.gives[l.from+d], g.amount)
					}
				}
			}
		}
		raise(r.u.slots[i].gifts)
		if !slices.Contains(days, false) {
			raise(r.u.slots[i].singles)
		}
	}
	before := 0.0
	for d := l.from; d < l.until; d++ {
		r.of(line)[d] += r.n * (r.gives[d] - before)
		before = r.gives[d]
	}
}

// mark marks the days on which a leg at a slot can count.
func (r *reacher) mark(i int32, counts []bool) {
	u, sl := r.u, &r.u.slots[i]
	st := &u.stops[sl.stop]
	from, until := r.first[sl.stop], r.horizon
	dayZero := slices.Contains(u.initial, i)
	switch {
	case dayZero:
		from, until = 0, min(int(u.since)+int(u.maxTour), int(st.maxStay))
	case sl.keep != nil:
		from = int(sl.keep.depart) + int(st.ready)
	}
	switch {
	case sl.keep == nil:
	case sl.keep.late():
		until = 0
	default:
		until = int(sl.keep.until)
	}
	for d := range counts {
		counts[d] = from <= d && d < until && (dayZero || u.windowEnd == nil || u.windowEnd[d] > 0) &&
			(dayZero || sl.barred == nil || int(sl.barred[max(0, d-int(st.ready))]) > d) &&
			(sl.forbid == nil || int(sl.forbid[d]) > d)
	}
}

// find finds the first days on which new legs can count, from home and by way of
// other posts.
func (r *reacher) find() {
	u := r.u
	r.first, r.leave = r.first[:0], r.leave[:0]
	ready := int(u.firstReady)
	if len(u.initial) > 0 {
		ready = max(ready, int(u.initialHome)+u.restAfter(-int(u.since)))
	}
	for i := range u.stops {
		st := &u.stops[i]
		first := tooLate
		if len(st.ways) > 0 {
			first = r.departs(max(ready, int(st.fromHome)), st.ways[0].days()+int(st.ready))
		}
		r.first, r.leave = append(r.first, first), append(r.leave, tooLate)
	}
	for _, i := range u.initial {
		sl := &u.slots[i]
		leave := u.minDayZeroStay(&u.stops[sl.stop])
		for _, g := range sl.singles {
			leave = min(leave, max(1, r.lines[g.line].until)) // which waives the stay
		}
		r.leave[sl.stop] = min(r.leave[sl.stop], leave)
	}
	if p := u.past; p != nil {
		r.leave[u.slots[p.slots[0]].stop] = int(p.until)
	}
	for i := range u.slots {
		if sl := &u.slots[i]; sl.keep != nil && !sl.keep.late() {
			r.leave[sl.stop] = min(r.leave[sl.stop], int(sl.keep.until))
		}
	}
	for again := true; again; {
		again = r.goOn()
	}
}

// goOn finds earlier first days by one more move between posts.
func (r *reacher) goOn() (found bool) {
	u := r.u
	earliest, latest := tooLate, 0
	for i := range u.stops {
		least := 1 // a leg that holds a single line has no least stay
		if !slices.ContainsFunc(u.slotsAt[i], func(k int32) bool { return len(u.slots[k].singles) > 0 }) {
			least = max(1, int(u.stops[i].minStay))
		}
		r.leave[i] = min(r.leave[i], r.first[i]+least)
		earliest = min(earliest, r.leave[i])
		if len(u.slotsAt[i]) > 0 {
			latest = max(latest, r.first[i])
		}
	}
	to := func(i int32, depart, days int) {
		if x := r.departs(max(depart, int(u.stops[i].fromPost)), days); x < r.first[i] {
			r.first[i], found = x, true
		}
	}
	for i, list := range u.hopsFrom {
		if r.leave[i] >= latest {
			continue // nothing can be sooner from there
		}
		for k := range list {
			to(list[k].to, r.leave[i], int(list[k].quick))
		}
	}
	if u.moreHops {
		for i := range u.stops {
			to(int32(i), earliest, int(u.stops[i].ready)) // of the moves left out one may be as quick as can be
		}
	}
	return found
}

// departs is the first day on which a leg can count that departs on day d or
// later and takes some days until then; tooLate if it cannot.
func (r *reacher) departs(d, days int) int {
	if days >= int(r.u.maxTour) {
		return tooLate
	}
	for ; d+days < r.horizon; d++ {
		if r.u.windowEnd == nil || d+days < int(r.u.windowEnd[d]) {
			return d + days
		}
	}
	return tooLate
}

// reachPrices prices what is missing where no more can be reached at what it costs; the
// prices are nil if it is nothing. What that alone costs is proven.
func (r *relaxation) reachPrices() (prices []float64) {
	r.most = r.plain.reach()
	most := r.most
	if r.instance != r.plain {
		most = r.reach()
	}
	bound := r.lost + r.plain.unready()
	for i := range r.lines {
		l := &r.lines[i]
		for d := l.from; d < l.until; d++ {
			at := i*r.horizon + d
			cost := l.cost(most[at])
			if cost < 1e-9*l.cost(0) {
				continue // what sums lose of their last digits
			}
			if prices == nil {
				prices = make([]float64, len(r.price))
			}
			bound += cost
			if prices[at] = l.short; most[at] < l.floor {
				prices[at] = l.steepest()
			}
		}
	}
	r.bound = r.roundUp(bound)
	return prices
}
