package engine

import (
	"maps"
	"math"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// leg is one leg of a unit's schedule, in day numbers.
type leg struct {
	slot                             int32
	lift                             int16
	load, unload                     int16
	depart, arrive, effective, until int32
	start                            int32 // day on which its tour began; below 0 for a tour that is on on day 0
	home                             int32 // day home, if it is the last leg of its tour, else -1
	rested                           int32 // day on which the rest after it ends, if it is the last leg
}

// schedule is the legs of one unit in order of time.
type schedule []leg

// leastPinPrice is enough of a price for the days that pins want, at the prices of any
// policy: far below where sums lose precision.
const leastPinPrice = 1e7

// priceOfPins stands for the rule `fixed` while searching: a pinned day is worth more than
// everything else that a schedule can be worth.
func (in *instance) priceOfPins(s *scenario.Scenario) float64 {
	posts, homes, persons := map[int]float64{}, map[string]float64{}, 0.0
	for i, n := 0, 0; i < len(s.Posts); i++ {
		for range s.Posts[i].Lines {
			if owner := s.Posts[i].HomeOf; owner != "" {
				homes[owner] += in.lines[n].cost(0)
			} else {
				posts[i] += in.lines[n].cost(0)
			}
			n++
		}
	}
	for i := range s.Units {
		persons = max(persons, s.Units[i].Persons.Likely)
	}
	usualTour, usualStay := mostUsual(s)
	day := in.move + 2*in.change + in.tour + in.onTheWay + in.shortTour*float64(usualTour) + in.shortStay*float64(usualStay)
	for _, worth := range [][]float64{slices.Collect(maps.Values(posts)), slices.Collect(maps.Values(homes))} {
		if len(worth) > 0 {
			day += slices.Max(worth)
		}
	}
	for _, op := range in.operations {
		day += op.price * persons
	}
	return max(leastPinPrice, 2*(in.mobilise+in.dearest()+float64(in.horizon)*day))
}

// mostUsual is the longest usual tour, and stay, of a scenario.
func mostUsual(s *scenario.Scenario) (tour, stay scenario.Days) {
	for i := range s.Units {
		tour = max(tour, s.Units[i].Tour.Usual)
	}
	for i := range s.Posts {
		stay = max(stay, s.Posts[i].Stay.Usual)
	}
	return tour, stay
}

// slack is the tolerance of lift, throughput and cap, well inside what the
// model allows (Settled 12), since sums in another order differ in their last
// digits.
const slack = 1e-7

// rows is where the days of everything that units share are kept: one block of
// horizon days for each line, contributor, pool and so on, in one array.
type rows struct {
	away, dayZero, burden          int // first block of each kind; lines come first
	liftTonnes, liftPersons        int
	receivedTonnes, receivedPerson int
	blocks                         int
}

func (in *instance) layout() rows {
	contributors := len(in.contributors)
	r := rows{away: len(in.lines)}
	r.dayZero = r.away + contributors
	r.burden = r.dayZero + contributors
	r.liftTonnes = r.burden + len(in.operations)*contributors
	r.liftPersons = r.liftTonnes + len(in.pools)
	r.receivedTonnes = r.liftPersons + len(in.pools)
	r.receivedPerson = r.receivedTonnes + len(in.receivers)
	r.blocks = r.receivedPerson + len(in.receivers)
	return r
}

// run is an amount on each day [from, until) of one block.
type run struct {
	block       int32
	from, until int32
	amount      float64
}

// footprint appends what a schedule does to every row, and returns its own
// cost: moves, mobilisation, pins unmet.
func (in *instance) footprint(n int, sc schedule, out []run) ([]run, float64) {
	u := &in.units[n]
	cost := in.pinPrice*float64(u.pinDays) + u.dropped
	if u.past != nil { // first, for hasRoom
		out, cost = append(out, u.past.runs...), cost+u.past.cost
		if !u.goesOn(sc) {
			cost += u.past.ends
		}
	}
	out = in.present(u, sc, out)
	leavesHome := false
	for i := range sc {
		l := &sc[i]
		sl := &u.slots[l.slot]
		at := &u.stops[sl.stop]
		cost -= in.pinPrice * float64(pinnedDays(sl, l))
		for _, g := range sl.gifts {
			out = in.covers(g, int(l.effective), int(l.until), out)
		}
		for _, g := range sl.singles {
			if k := &in.lines[g.line]; int(l.effective) <= k.from && k.until <= int(l.until) {
				out = in.covers(g, k.from, k.until, out)
			}
		}
		c := int(u.contributor)
		deployed := in.rows.dayZero + c
		cost += sl.extra
		if l.lift != onDayZero {
			deployed = in.rows.away + c
			cost += u.move
			leavesHome = leavesHome || l.depart == l.start
			cost += in.onTheWay * float64(l.effective-l.depart)
			if l.depart == l.start {
				cost += in.tour
			}
			out = in.carried(u, l, at, out)
		}
		cost += in.tooShort(u, l)
		out = append(out, run{int32(deployed), l.depart, l.until, u.persons})
		if at.operation >= 0 {
			block := in.rows.burden + int(at.operation)*len(in.contributors) + c
			out = append(out, run{int32(block), l.depart, l.until, u.persons})
		}
	}
	if leavesHome {
		cost += in.leaving(u)
	}
	return out, cost
}

// tooShort is what a leg costs by being shorter than usual, and, if it is the last of its
// tour, what the tour does.
func (in *instance) tooShort(u *unit, l *leg) float64 {
	from := l.effective
	if l.lift == onDayZero {
		from = l.start
	}
	cost := in.shortStay * in.short(u.stops[u.slots[l.slot].stop].usualStay, int(from), int(l.until))
	if l.home >= 0 {
		cost += in.shortTour * in.short(u.usualTour, int(l.start), int(l.until))
	}
	return cost
}

// short is by how many days [from, until) is shorter than usual: none where it lasts to
// the calendar's end.
func (in *instance) short(usual int32, from, until int) float64 {
	if until >= in.horizon {
		return 0
	}
	return float64(max(0, int(usual)-(until-from)))
}

// covers appends a gift on the days on which its line counts.
func (in *instance) covers(g gift, from, until int, out []run) []run {
	k := &in.lines[g.line]
	if from, until = max(from, k.from), min(until, k.until); from < until {
		out = append(out, run{g.line, int32(from), int32(until), g.amount})
	}
	return out
}

// present appends the cover of home posts by a unit with the given schedule.
func (in *instance) present(u *unit, sc schedule, out []run) []run {
	if len(u.homeGifts)+len(u.homeRestGifts) == 0 {
		return out
	}
	add := func(gifts []gift, from, until int) {
		for _, g := range gifts {
			out = in.covers(g, from, until, out)
		}
	}
	// A unit with a post on day 0 and no schedule goes home at once (Settled 1).
	home, rested := int(u.initialHome), int(u.firstReady)
	if len(u.initial) > 0 {
		rested = home + u.restAfter(-int(u.since))
	}
	if u.goesOn(sc) {
		home, rested = in.horizon, in.horizon
	}
	for i := range sc {
		switch depart := int(sc[i].depart); {
		case sc[i].lift == onDayZero:
			home, rested = in.horizon, in.horizon
		case sc[i].depart == sc[i].start:
			add(u.homeRestGifts, home, depart)
			add(u.homeGifts, rested, depart)
		}
		if sc[i].home >= 0 {
			home, rested = int(sc[i].home), int(sc[i].rested)
		}
	}
	add(u.homeRestGifts, home, in.horizon)
	add(u.homeGifts, rested, in.horizon)
	return out
}

// carried appends what a leg's pool and place carry.
func (in *instance) carried(u *unit, l *leg, at *stop, out []run) []run {
	add := func(tonnes, persons, from int, days int16) {
		if days == 0 {
			return
		}
		until := int32(min(from+int(days), in.horizon))
		out = append(out,
			run{int32(tonnes), int32(from), until, u.tonnes / float64(days)},
			run{int32(persons), int32(from), until, u.persons / float64(days)})
	}
	if l.lift >= 0 {
		add(in.rows.liftTonnes+int(l.lift), in.rows.liftPersons+int(l.lift), int(l.depart), l.load)
	}
	if r := int(at.receiver); r >= 0 {
		add(in.rows.receivedTonnes+r, in.rows.receivedPerson+r, int(l.arrive)-int(l.unload), l.unload)
	}
	return out
}

// pinnedDays counts the days of a leg that pins want.
func pinnedDays(sl *slot, l *leg) int {
	n := 0
	if sl.pinned != nil {
		for _, p := range sl.pinned[l.effective:l.until] {
			if p {
				n++
			}
		}
	}
	return n
}

// state is a plan under construction, with everything that other units need to
// know of it kept up to date.
type state struct {
	*instance
	use       []float64 // block x day
	schedules []schedule
	cost      float64
	scratch   []run
	earnings  earnings
	version   []uint32 // line: counts its changes
	progress  progress
}

func newState(in *instance) *state {
	s := &state{
		instance:  in,
		use:       make([]float64, in.rows.blocks*in.horizon),
		schedules: make([]schedule, len(in.units)),
		earnings:  earnings{make([][]float64, len(in.gifts)), make([]uint32, len(in.gifts))},
		version:   make([]uint32, len(in.lines)),
		progress:  in.newProgress(),
	}
	s.cost = in.lost + s.delays()
	for i := range in.lines {
		l := &in.lines[i]
		s.cost += float64(l.until-l.from) * l.cost(0)
	}
	for i := range in.units {
		s.apply(i, nil, +1)
	}
	return s
}

// of returns the days of a block.
func (s *state) of(block int) []float64 { return s.use[block*s.horizon:][:s.horizon] }

// replace gives a unit another schedule and returns the change of cost.
func (s *state) replace(u int, with schedule) float64 {
	before := s.cost
	s.apply(u, s.schedules[u], -1)
	s.schedules[u] = with
	s.apply(u, with, +1)
	return s.cost - before
}

// apply adds (sign +1) or takes away (-1) what a schedule does.
func (s *state) apply(n int, sc schedule, sign float64) {
	runs, cost := s.footprint(n, sc, s.scratch[:0])
	s.scratch = runs
	s.cost += sign * cost
	for i := range runs {
		r := &runs[i]
		days := s.use[int(r.block)*s.horizon:][r.from:r.until]
		change := sign * r.amount
		switch {
		case int(r.block) < len(s.lines):
			s.cover(r.block, r.from, days, change)
		case s.rows.burden <= int(r.block) && int(r.block) < s.rows.liftTonnes:
			limit, price := s.shareLimit(int(r.block))
			for d := range days {
				before := math.Max(0, days[d]-limit)
				days[d] += change
				s.cost += price * (math.Max(0, days[d]-limit) - before)
			}
		default:
			for d := range days {
				days[d] += change
			}
		}
	}
}

// shareLimit returns the persons that the agreed share allows in a block of
// burden, and the price of one more.
func (in *instance) shareLimit(block int) (limit, price float64) {
	op, c := (block-in.rows.burden)/len(in.contributors), (block-in.rows.burden)%len(in.contributors)
	limit = in.contributors[c].share[op]
	if math.IsInf(limit, 1) {
		return limit, 0
	}
	return limit, in.operations[op].price
}

// hasRoom reports whether what a unit's schedule does keeps within lift,
// throughput and caps beside everyone else; the unit must have no schedule.
func (s *state) hasRoom(n int, sc schedule) bool {
	runs, _ := s.footprint(n, sc, s.scratch[:0])
	s.scratch = runs
	if p := s.units[n].past; p != nil {
		runs = runs[len(p.runs):] // what has begun is there whatever room there is
	}
	for i := range runs {
		if r := &runs[i]; int(r.block) >= s.rows.away && !s.takes(r) {
			return false
		}
	}
	return true
}

// takes reports whether a block takes a run on top of what it holds.
func (s *state) takes(r *run) bool {
	block, used := int(r.block), s.of(int(r.block))[r.from:r.until]
	if block < s.rows.burden {
		c := (block - s.rows.away) % len(s.contributors)
		most, dayZero := s.contributors[c].maxDeployed, s.of(s.rows.dayZero + c)[r.from:r.until]
		for d, x := range s.of(s.rows.away + c)[r.from:r.until] {
			still := dayZero[d]
			if block >= s.rows.dayZero {
				still += r.amount
			}
			if x+dayZero[d]+r.amount > math.Max(most, still)+slack {
				return false
			}
		}
		return true
	}
	if block < s.rows.liftTonnes {
		return s.underCeiling(r) // shares have a price instead
	}
	limit := s.room(block)
	for _, x := range used {
		if x+r.amount > limit+slack {
			return false
		}
	}
	return true
}

// room is what a block of a pool or a place takes on a day.
func (in *instance) room(block int) float64 {
	switch r := &in.rows; {
	case block < r.liftPersons:
		return in.pools[block-r.liftTonnes].tonnes
	case block < r.receivedTonnes:
		return in.pools[block-r.liftPersons].persons
	case block < r.receivedPerson:
		return in.receivers[block-r.receivedTonnes].tonnes
	default:
		return in.receivers[block-r.receivedPerson].persons
	}
}
