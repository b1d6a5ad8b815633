package compact

import (
	"strconv"

	"github.com/rearguard/rearguard/scenario"
)

// unitBlock is the block of one unit while it is built.
type unitBlock struct {
	*Program
	*block
	u        *member
	orders   []order // its legs in force
	zero     *layer  // the tour of day 0; nil if there is none
	tours    *layer  // tours that begin at home
	started  []int32 // tours begun up to a day
	away     []int32 // on a tour from home; nil if nothing asks for it
	tired    []int32 // rest still to be taken, with dwell; nil if nothing asks for it
	posted   []int32 // on another leg of the tour of day 0 than the first
	mobilise []int32 // by day, the choice to leave home after the tour of day 0; for other units the first alone
}

// unit builds the block of a unit.
func (p *Program) unit(u *member) *unitBlock {
	b := &unitBlock{Program: p, block: &block{}, u: u}
	b.addOrders()
	if len(u.initial) > 0 {
		b.addDayZero()
	}
	b.addTours()
	b.addShortTours()
	b.addKept()
	b.addPins()
	b.addHome()
	b.addBurden()
	return b
}

// number writes a day.
func number(d int) string { return strconv.Itoa(d) }

// addDayZero adds the tour of day 0. Its start is known, so that its least and
// most length and its rest need no rows.
func (b *unitBlock) addDayZero() {
	_, most := b.u.Tour.Limits()
	if b.u.past != nil {
		b.addEndOfBegun(b.u.since + most)
		return
	}
	b.zero = b.newLayer("0", b.u.initial, min(b.days, b.u.since+most))
	keep := b.row(join("Day0", b.u.name), atMost, 1)
	for i := range b.zero.slots {
		k := &b.zero.slots[i]
		if i >= len(b.u.initial) || k.latest(b.Program, 0, b.zero.limit) == 0 {
			continue
		}
		k.keep = b.column(join("day0", b.u.name, k.name), b.change, 1, true)
		b.add(keep, k.keep, 1)
		k.arrivals[0] = append(k.arrivals[0], k.keep)
	}
	b.addLater()
	for i := range b.u.initial {
		b.addCap(b.zero.slots[i].at, false)
	}
}

// addEndOfBegun adds the end of the last leg that the unit has begun, and what may follow
// in the same tour until a day.
func (b *unitBlock) addEndOfBegun(limit int) {
	until := b.u.past.until
	b.zero = b.newLayer("0", b.u.initial, min(b.days, max(limit, until)))
	k := &b.zero.slots[0]
	k.keep = b.column(join("day0", b.u.name, k.name), 0, 1, true)
	b.add(b.row(join("Day0", b.u.name), equal, 1), k.keep, 1)
	k.arrivals[until-1] = append(k.arrivals[until-1], k.keep)
	b.addLater()
}

// addLater adds the later legs of the tour of day 0.
func (b *unitBlock) addLater() {
	b.addHops(b.zero)
	b.addStays(b.zero)
	if b.u.window != nil || b.capped() {
		b.addPosted(b.zero.slots[:len(b.u.initial)], b.zero.slots[len(b.u.initial):])
	}
	b.addCap(b.posted, true)
}

// addPosted adds the state of being on a later leg of the tour of day 0, and
// holds it to the window in which the second leg departs.
func (b *unitBlock) addPosted(first, later []stay) {
	u, limit := b.u, b.zero.limit
	b.posted = b.state("posted", u.name, 0, limit, b.days, 1)
	gone := none(b.days + 1)
	if u.window != nil {
		gone = b.state("gone", u.name, 0, limit, b.days, unlimited)
	}
	for d := range limit {
		r := b.row(join("Posted", u.name, number(d)), equal, 0)
		b.add(r, b.posted[d], 1)
		b.add(r, day(b.posted, d-1), -1)
		for i := range first {
			b.add(r, first[i].leave[d], -1)
		}
		for i := range later {
			b.add(r, later[i].home[d], 1)
		}
		if u.window == nil {
			continue
		}
		r = b.row(join("Gone", u.name, number(d)), equal, 0)
		b.add(r, gone[d], 1)
		b.add(r, day(gone, d-1), -1)
		for i := range first {
			b.add(r, first[i].leave[d], -1)
		}
		b.within("Window0", u.name, b.posted[d], gone, d, func(f int) int { return u.window[f] })
	}
}

// within adds the row that a state of day d began on a day f with until(f) > d,
// given the column of beginnings so far. until must not fall but where it is 0,
// on days without beginnings.
func (b *unitBlock) within(kind, name string, state int32, begun []int32, d int, until func(int) int) {
	f := d
	for f >= 0 && (until(f) == 0 || until(f) > d) {
		f--
	}
	if f < 0 || state == absent {
		return
	}
	r := b.row(join(kind, name, number(d)), atMost, 0)
	b.add(r, state, 1)
	b.add(r, day(begun, d), -1)
	b.add(r, day(begun, f), 1)
}

// atLeastUntil adds the row that what began on a day f with until(f) > d still
// is on day d.
func (b *unitBlock) atLeastUntil(kind, name string, state int32, begun []int32, d int, until func(int) int) {
	f := d
	for f >= 0 && until(f) > d {
		f--
	}
	r := b.row(join(kind, name, number(d)), atMost, 0)
	b.add(r, day(begun, d), 1)
	b.add(r, day(begun, f), -1)
	b.add(r, state, -1)
}

// addTours adds the tours that begin at home.
func (b *unitBlock) addTours() {
	u := b.u
	b.tours = b.newLayer("", nil, b.days)
	departures := make([][]int32, b.days+1)
	first := b.addDepartures(departures)
	if first == b.days {
		b.tours.slots = nil
		return
	}
	b.addHops(b.tours)
	b.addStays(b.tours)
	b.started = b.state("begun", u.name, first, b.days, b.days, unlimited)
	for d := first; d < b.days; d++ {
		r := b.row(join("Begun", u.name, number(d)), equal, 0)
		b.add(r, b.started[d], 1)
		b.add(r, day(b.started, d-1), -1)
		b.addAll(r, departures[d], -1)
	}
	b.addReady(first)
	b.addTourLimits(first)
}

// addDepartures adds the legs from home and returns the first day of one.
func (b *unitBlock) addDepartures(departures [][]int32) (first int) {
	u := b.u
	first = b.days
	soonest := u.readyAt
	if b.zero != nil {
		soonest = 0 // what it rests after that tour is a matter of its length
	}
	for i := range b.tours.slots {
		k := &b.tours.slots[i]
		to := b.places[b.s.Posts[k.post].Place]
		for _, w := range b.network.Ways(u.Unit, u.home, to) {
			for d := soonest; d < b.days; d++ {
				early := b.early(&k.slot, d, false)
				if d < k.fromHome && early == nil {
					continue
				}
				effective := d + w.Days() + k.ready
				if effective >= b.days {
					break
				}
				limit := b.days
				if u.window != nil {
					limit = u.window[d]
				}
				if k.latest(b.Program, effective, limit) == 0 {
					continue
				}
				c := b.column(join("go", u.name, k.name, b.poolName(w.Pool), number(d)), *b.s.Weights.Move+b.change+*b.s.Weights.Tour+*b.s.Weights.OnTheWay*float64(effective-d), 1, true)
				if d < k.fromHome {
					b.onlyKept(c, early)
				}
				b.addLoads(c, k, w, d)
				k.add(move{w, c, d, effective, false})
				departures[d] = append(departures[d], c)
				first = min(first, d)
			}
		}
	}
	return first
}

func (p *Program) poolName(pool int) string {
	if pool < 0 {
		return "self"
	}
	return p.poolNames[pool]
}

// addLoads burdens the pool and the place of a leg that departs on day d.
func (b *unitBlock) addLoads(column int32, k *stay, w scenario.Way, d int) {
	burden := func(rows limits, from, days int) {
		for i, x := range [2]float64{b.u.Tonnes.Likely, b.u.Persons.Likely} {
			if rows[i] < 0 {
				continue
			}
			for n := from; n < min(from+days, b.days); n++ {
				b.share(rows[i]+n, column, x/float64(days))
			}
		}
	}
	if w.Pool >= 0 && w.Load > 0 {
		burden(b.poolRows[w.Pool], d, w.Load)
	}
	if w.Unload > 0 {
		burden(b.placeRows[b.places[b.s.Posts[k.post].Place]], d+w.Load+w.Move, w.Unload)
	}
}

// addReady adds the flow from one tour to the next: ready at home, and what the
// unit costs that leaves it.
func (b *unitBlock) addReady(first int) {
	u, wU := b.u, *b.s.Weights.Mobilise
	ready := b.state("ready", u.name, first, b.days, b.days, 1)
	b.mobilise = none(b.days + 1)
	back := b.returns(b.tours, b.shortestRest())
	if b.zero == nil {
		b.mobilise[first] = b.column(join("used", u.name), wU, 1, true)
	} else {
		b.addRelieved(first)
	}
	for d := first; d < b.days; d++ {
		r := b.row(join("Ready", u.name, number(d)), equal, 0)
		b.add(r, ready[d], 1)
		b.add(r, day(ready, d-1), -1)
		b.add(r, b.started[d], 1)
		b.add(r, day(b.started, d-1), -1)
		b.add(r, b.mobilise[d], -1)
		b.addAll(r, back[d], -1)
	}
}

// addRelieved adds the state of having rested after the tour of day 0, from
// which the unit may leave home again.
func (b *unitBlock) addRelieved(first int) {
	u := b.u
	relieved := b.state("relieved", u.name, 0, b.days, b.days, 1)
	back := b.returns(b.zero, b.restFromDayZero)
	for d := range b.days {
		if d >= first {
			cost := *b.s.Weights.Mobilise
			if u.past != nil && u.past.left {
				cost = 0
			}
			b.mobilise[d] = b.column(join("used", u.name, number(d)), cost, 1, true)
		}
		r := b.row(join("Relieved", u.name, number(d)), equal, 0)
		b.add(r, relieved[d], 1)
		b.add(r, day(relieved, d-1), -1)
		b.add(r, b.mobilise[d], 1)
		b.addAll(r, back[d], -1)
	}
}

// restFromDayZero is the rest after a tour of day 0 that ends on a day.
func (b *unitBlock) restFromDayZero(end int) int { return b.u.rest(end - b.u.since) }

// shortestRest is the rest after the shortest tour from home that another can
// follow.
func (b *unitBlock) shortestRest() func(int) int {
	least, _ := b.u.Tour.Limits()
	rest := b.u.rest(max(1, least))
	return func(int) int { return rest }
}

// returns lists, by day, the columns of tours that end so that the unit is home
// and has taken a rest then.
func (b *unitBlock) returns(l *layer, rest func(end int) int) [][]int32 {
	back := make([][]int32, b.days+1)
	if l == nil {
		return back
	}
	for i := range l.slots {
		k := &l.slots[i]
		for e, c := range k.home {
			if d := e + k.back + rest(e); c != absent && d < b.days {
				back[d] = append(back[d], c)
			}
		}
	}
	return back
}

// ends lists, by day, the columns of tours that end then.
func (l *layer) ends(d int) (columns []int32) {
	for i := range l.slots {
		if c := l.slots[i].home[d]; c != absent {
			columns = append(columns, c)
		}
	}
	return columns
}

// addTourLimits holds tours from home to their least and most length, to their
// window, to the cap, and to the rest that follows from their length.
func (b *unitBlock) addTourLimits(first int) {
	u := b.u
	least, most := u.Tour.Limits()
	longest := func(d int) int {
		if u.window != nil {
			return min(d+most, u.window[d])
		}
		return d + most
	}
	bounded := u.window != nil || most < b.days-first
	dwells := u.Dwell > 0 && (b.again(first) || b.restMatters())
	short := u.Tour.Usual > 0 && *b.s.Weights.ShortTour > 0
	if !bounded && least <= 1 && !dwells && !b.capped() && !short {
		return
	}
	b.away = b.state("away", u.name, first, b.days, b.days, 1)
	for d := first; d < b.days; d++ {
		r := b.row(join("Away", u.name, number(d)), equal, 0)
		b.add(r, b.away[d], 1)
		b.add(r, day(b.away, d-1), -1)
		b.add(r, b.started[d], -1)
		b.add(r, day(b.started, d-1), 1)
		b.addAll(r, b.tours.ends(d), 1)
		if bounded {
			b.within("TourMax", u.name, b.away[d], b.started, d, longest)
		}
		if least > 1 {
			b.atLeastUntil("TourMin", u.name, b.away[d], b.started, d, func(f int) int { return f + least })
		}
	}
	b.addCap(b.away, true)
	if dwells {
		b.addDwell(first, min(most, b.days))
	}
}

// again reports whether a tour from home can follow another.
func (b *unitBlock) again(first int) bool {
	least, _ := b.u.Tour.Limits()
	return first+max(1, least)+b.u.rest(max(1, least)) < b.days
}

// addDwell adds the rest that a unit still has to take: each day away adds
// dwell to it, each day at home takes 1 from it, and a tour begins at 0. So
// the day of departure is at least home + dwell x A, hence + ceil(dwell x A).
func (b *unitBlock) addDwell(first, longest int) {
	u := b.u
	most := u.Dwell * float64(longest)
	b.tired = b.amount("tired", u.name, first, b.days, b.days, most)
	under := none(b.days + 1)
	home := b.returns(b.tours, func(int) int { return 0 })
	if b.travelsHome() {
		under = b.state("homeward", u.name, first, b.days, b.days, 1)
	}
	for d := first; d < b.days; d++ {
		if under[d] != absent {
			r := b.row(join("Homeward", u.name, number(d)), equal, 0)
			b.add(r, under[d], 1)
			b.add(r, day(under, d-1), -1)
			b.addAll(r, b.tours.ends(d), -1)
			b.addAll(r, home[d], 1)
		}
		r := b.row(join("Rest", u.name, number(d)), atMost, most)
		b.add(r, b.tired[d], 1)
		b.add(r, b.started[d], most)
		b.add(r, day(b.started, d-1), -most)
		if d+1 == b.days {
			continue
		}
		r = b.row(join("Tired", u.name, number(d)), atLeast, -1)
		b.add(r, b.tired[d+1], 1)
		b.add(r, b.tired[d], -1)
		b.add(r, b.away[d], -u.Dwell-1)
		b.add(r, under[d], -1)
	}
}

func (b *unitBlock) travelsHome() bool {
	for i := range b.tours.slots {
		if b.tours.slots[i].back > 0 {
			return true
		}
	}
	return false
}

// capped reports whether the unit counts against a cap.
func (b *unitBlock) capped() bool {
	return b.capRows[b.u.owner][0] >= 0 && b.u.Persons.Likely > 0
}

// addCap counts a state against the contributor's cap; later says that it is
// not the leg of day 0.
func (b *unitBlock) addCap(state []int32, later bool) {
	if !b.capped() {
		return
	}
	rows := b.capRows[b.u.owner]
	for d, c := range state {
		if c == absent || d >= b.days {
			continue
		}
		b.share(rows[0]+d, c, b.u.Persons.Likely)
		if later && rows[1] >= 0 {
			b.share(rows[1]+d, c, b.u.Persons.Likely)
		}
	}
}

// addBurden counts the unit's days on legs of operations against its
// contributor's shares and the ceilings of its mandates.
func (b *unitBlock) addBurden() {
	for o := range b.s.Operations {
		share, shared := b.fair(b.u.owner, o)
		ceiling, bound := b.ceiling(b.u.owner, o)
		if !shared && !bound || b.u.Persons.Likely == 0 {
			continue
		}
		var change [][]entry
		for _, l := range []*layer{b.zero, b.tours} {
			if l != nil {
				change = l.burden(change, o, b.days)
			}
		}
		if change == nil {
			continue
		}
		serves := b.state("serves", b.u.name+"."+b.opNames[o], 0, b.days, b.days, 1)
		for d := range b.days {
			r := b.row(join("Serves", b.u.name, b.opNames[o], number(d)), equal, 0)
			b.add(r, serves[d], 1)
			b.add(r, day(serves, d-1), -1)
			for _, x := range change[d] {
				b.add(r, x.column, x.value)
			}
			if shared {
				b.share(share+d, serves[d], b.u.Persons.Likely)
			}
			if bound {
				b.share(ceiling+d, serves[d], b.u.Persons.Likely)
			}
		}
	}
}

// burden lists, by day, the columns that begin (-1) and end (+1) a leg of an
// operation.
func (l *layer) burden(change [][]entry, operation, days int) [][]entry {
	for i := range l.slots {
		k := &l.slots[i]
		if k.operation != operation || k.at == nil {
			continue
		}
		if change == nil {
			change = make([][]entry, days+1)
		}
		if k.keep != absent {
			change[0] = append(change[0], entry{column: k.keep, value: -1})
		}
		for d := range days + 1 {
			for _, c := range k.departures[d] {
				change[d] = append(change[d], entry{column: c, value: -1})
			}
			for _, c := range []int32{k.home[d], k.leave[d]} {
				if c != absent {
					change[d] = append(change[d], entry{column: c, value: 1})
				}
			}
		}
	}
	return change
}

// addPins adds the row of each day on which a pin wants the unit at a post.
func (b *unitBlock) addPins() {
	for n, pin := range b.pins[b.u.ID] {
		first := 0
		if b.u.past != nil {
			b.pinsOfPast(n, &pin)
			first = b.u.past.until
		}
		if pin.Forbid {
			continue
		}
		post := b.posts[pin.Post]
		from, end := b.s.Calendar.Inside(pin.From, pin.Until)
		for d := max(first, from); d < end; d++ {
			r := b.row(join("Pin", b.u.name, b.postNames[post], number(n), number(d)), atLeast, 1)
			for _, l := range []*layer{b.zero, b.tours} {
				for i := range l.stays() {
					if k := &l.slots[i]; k.post == post {
						b.add(r, day(k.at, d), 1)
					}
				}
			}
		}
	}
}

func (l *layer) stays() []stay {
	if l == nil {
		return nil
	}
	return l.slots
}
