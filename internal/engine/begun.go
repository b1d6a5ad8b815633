package engine

import (
	"fmt"
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// What a unit has begun. Legs in force that have begun are facts: they are in every plan,
// and no rule but that of one place at a time binds them. What they do to the rows that
// units share is the same in all schedules of their unit (past.runs), so that a schedule
// holds only what follows: tours from home once the unit has rested or, first, legs of
// the tour that is still on, from the post where its last begun leg ends.

// past is what a unit has begun. It is read-only.
type past struct {
	legs  []begunLeg
	runs  []run
	cost  float64 // of its moves and tours and, if a tour began at home, of having left it
	ends  float64 // what the last tour costs by being shorter than usual, if it does not go on
	slots []int32 // one, of the last leg, without gifts: where a leg that redeploys comes from
	start int32   // day on which the last tour began; below 0 if before day 0
	until int32   // end of the last leg
}

// begunLeg is a leg that has begun, in day numbers.
type begunLeg struct {
	stop                             int32
	as, lift                         string // lift is empty for the leg of day 0
	depart, arrive, effective, until int32
	fromPost                         bool
}

// begin compiles what the unit has begun, if it has. It comes before the slots.
func (b *unitBuilder) begin() error {
	orders := b.begun[b.su.ID]
	if len(orders) == 0 {
		return nil
	}
	p := &past{}
	b.u.past = p
	for i := range orders {
		x := &orders[i]
		post := b.post[x.Post]
		stop, ok := b.stop(post)
		if !ok {
			return fmt.Errorf("unit %q: it is at post %q, and no lift goes from there home to %q", b.su.ID, x.Post, b.su.Home)
		}
		l := begunLeg{
			stop: stop, as: x.As, lift: x.Lift, fromPost: x.From != "",
			depart: int32(x.Depart.Number()), arrive: int32(x.Arrive.Number()), effective: int32(x.Effective(&b.s.Posts[post])), until: int32(x.Until.Number()),
		}
		p.legs = append(p.legs, l)
		switch {
		case l.lift == "":
			p.start = int32(min(0, b.su.At.Since.Number()))
		case !l.fromPost:
			p.start = l.depart
		}
		p.until = l.until
	}
	last := p.legs[len(p.legs)-1]
	p.slots = []int32{int32(len(b.u.slots))}
	b.u.slots = append(b.u.slots, slot{stop: last.stop, as: last.as})
	b.u.initialHome = p.until + b.u.stops[last.stop].back
	b.u.firstReady = int32(min(int(b.u.initialHome)+b.u.restAfter(int(p.until-p.start)), math.MaxInt32/2))
	p.ends = b.shortTour * b.short(b.u.usualTour, int(p.start), int(p.until))
	b.burden(p)
	return nil
}

// burden works out what the unit's past does to the rows that units share.
func (b *unitBuilder) burden(p *past) {
	c, persons := int(b.u.contributor), b.su.Persons.Likely
	add := func(block int, from, until int32, amount float64) {
		if from, until = max(0, from), min(until, int32(b.horizon)); from < until && amount != 0 {
			p.runs = append(p.runs, run{int32(block), from, until, amount})
		}
	}
	away, start := int32(0), p.start // first day of the tour in the calendar, and its beginning
	for i := range p.legs {
		l := &p.legs[i]
		at := &b.u.stops[l.stop]
		if !l.fromPost {
			away, start = l.depart, l.depart
		}
		counts := int(l.effective)
		if l.lift == "" {
			start = int32(min(0, b.su.At.Since.Number()))
			counts = int(start)
		}
		p.cost += b.shortStay * b.short(at.usualStay, counts, int(l.until))
		if i < len(p.legs)-1 && !p.legs[i+1].fromPost {
			p.cost += b.shortTour * b.short(b.u.usualTour, int(start), int(l.until))
		}
		if l.lift != "" {
			p.cost += b.move + b.onTheWay*float64(l.effective-l.depart)
			if !l.fromPost {
				p.cost += b.tour
			}
			if !l.fromPost && !b.u.mobilised {
				b.u.mobilised = true
				p.cost += b.mobilise
			}
			place := b.placeOf[at.post]
			lift, load, unload := b.net.Burden(b.su, l.lift, place)
			if lift >= 0 && load > 0 {
				add(b.rows.liftTonnes+lift, l.depart, l.depart+int32(load), b.su.Tonnes.Likely/float64(load))
				add(b.rows.liftPersons+lift, l.depart, l.depart+int32(load), persons/float64(load))
			}
			if r := int(at.receiver); r >= 0 && unload > 0 {
				add(b.rows.receivedTonnes+r, l.arrive-int32(unload), l.arrive, b.su.Tonnes.Likely/float64(unload))
				add(b.rows.receivedPerson+r, l.arrive-int32(unload), l.arrive, persons/float64(unload))
			}
		}
		// What has begun may be above a cap, as what has stood there since day 0.
		if i == len(p.legs)-1 || !p.legs[i+1].fromPost {
			add(b.rows.dayZero+c, away, l.until, persons)
		}
		if at.operation >= 0 {
			add(b.rows.burden+int(at.operation)*len(b.contributors)+c, l.depart, l.until, persons)
		}
		for _, n := range b.linesOf[at.post] {
			k := &b.lines[n]
			amount := b.rules.Gives(b.su, l.as, k.capability)
			if amount > 0 && (!k.single || int(l.effective) <= k.from && k.until <= int(l.until)) {
				add(int(n), max(l.effective, int32(k.from)), min(l.until, int32(k.until)), amount)
			}
		}
	}
	b.homeBefore(p)
}

// homeBefore adds what the unit covered at home before its last begun leg.
func (b *unitBuilder) homeBefore(p *past) {
	home, rested := 0, 0
	if !b.su.Ready.IsZero() {
		rested = max(0, b.su.Ready.Number())
	}
	if at := b.su.At; at != nil && p.legs[0].lift != "" { // it went home on day 0
		if stop, ok := b.stop(b.post[at.Post]); ok {
			home = int(b.u.stops[stop].back)
		}
		rested = home + b.u.restAfter(-min(0, at.Since.Number()))
	}
	start := 0
	for i := range p.legs {
		l := &p.legs[i]
		switch {
		case l.lift == "":
			start = min(0, b.su.At.Since.Number())
		case !l.fromPost:
			start = int(l.depart)
			for _, n := range b.unitCompiler.compiler.home[b.su.Contributor] {
				k, from := &b.lines[n], rested
				if b.resting[n] {
					from = home
				}
				amount := b.rules.Gives(b.su, plan.All, k.capability)
				if from, until := max(from, k.from), min(start, k.until); amount > 0 && from < until {
					p.runs = append(p.runs, run{n, int32(from), int32(until), amount})
				}
			}
		}
		home = int(l.until) + int(b.u.stops[l.stop].back)
		rested = home + b.u.restAfter(int(l.until)-start)
	}
}

// open is the first day on which a unit's pins are for its schedule to keep.
func (u *unit) open() int {
	if u.past == nil {
		return 0
	}
	return int(u.past.until)
}

// missed counts the days on which what a unit has begun is not what a pin wants, from
// today on: nothing can keep them. Of a unit that has begun something a pin binds no day
// before today.
func (p *past) missed(in *instance, u *unit, pin *scenario.Pin) (days int) {
	if p == nil {
		return 0
	}
	from, until := in.source.Calendar.Inside(pin.From, pin.Until)
	for d := max(from, in.source.Today.Number()); d < min(until, int(p.until)); d++ {
		there := slices.ContainsFunc(p.legs, func(l begunLeg) bool {
			return in.postIDs[u.stops[l.stop].post] == pin.Post && int(l.effective) <= d && d < int(l.until)
		})
		if there == pin.Forbid {
			days++
		}
	}
	return days
}

// goesOn reports whether a schedule begins with a leg of the tour that is on when its
// unit's last begun leg ends.
func (u *unit) goesOn(sc schedule) bool {
	return u.past != nil && len(sc) > 0 && sc[0].lift != onDayZero && sc[0].depart != sc[0].start
}

// leaving is the price of the unit's leaving home, but for what it has left before.
func (in *instance) leaving(u *unit) float64 {
	if u.mobilised {
		return 0
	}
	return in.mobilise
}

// afterPast finds the best that a unit can do once its last begun leg ends: go home, or
// go on from there to another post.
func (f *pathfinder) afterPast(sc schedule) schedule {
	u, p := f.u, f.u.past
	ready := min(int(u.firstReady), f.horizon)
	for d := range f.future {
		f.after[d] = max(0, f.future[d]-f.leaving(u)) - f.lossRest[d]
	}
	f.worth = f.after[ready] + f.lossRest[ready]
	first, end := f.goOnFromPast(f.worth)
	if end.until > 0 {
		f.worth = first.worth + end.worth
	}
	if f.proving {
		return sc
	}
	if end.until > 0 {
		f.legs.dayZero = true
		second, x := f.next(&first, int(p.until))
		sc, ready = f.unfold(second, x, int(p.start), sc)
		f.legs.dayZero = false
	}
	for d := range f.future {
		f.after[d] = f.future[d] - f.lossRest[d]
	}
	if ready < f.horizon && f.future[ready]-f.leaving(u) > 1e-9 {
		sc = f.trace(ready, sc)
	}
	return sc
}

// goOnFromPast finds the best way on to another post when the last begun leg ends, if that is
// worth more than best; until is 0 if there is none. The leg that it comes from is worth
// what its end takes back: being at home from then on.
func (f *pathfinder) goOnFromPast(best float64) (first begun, end choice) {
	u, p := f.u, f.u.past
	e, limit := int(p.until), min(int(p.start)+int(u.maxTour), f.horizon)
	if !u.redeploys || f.redeploying < afterDayZero || e >= f.horizon {
		return first, end
	}
	if u.windowEnd != nil {
		limit = min(limit, int(u.windowEnd[e]))
	}
	if limit <= e {
		return first, end
	}
	home, rested := min(int(u.initialHome), f.horizon), min(int(u.firstReady), f.horizon)
	first = begun{slot: p.slots[0], effective: p.until, latest: p.until, worth: f.capPrice[e] + f.lossAway[home] - f.lossRest[home] + f.lossRest[rested] + p.ends}
	if share := f.shareOf(p.slots[0]); share != nil {
		first.worth += share[e]
	}
	f.prepareEnds(p.slots)
	f.legs.dayZero = true
	f.legs.firsts()[p.slots[0]] = first.worth
	f.complete(int(p.start), e-1, limit, int(p.start)+int(u.minTour), best)
	f.legs.dayZero = false
	if x := f.legs.leave[p.slots[0]][e].worth; first.worth+x > best {
		end = choice{worth: x, until: p.until, onward: true}
	}
	return first, end
}

// toursBegun writes what a unit has begun.
func (r *solve) toursBegun(i int) (tours []plan.Tour) {
	u := &r.units[i]
	if u.past == nil {
		return nil
	}
	date := r.source.Calendar.Date
	for k := range u.past.legs {
		l := &u.past.legs[k]
		if !l.fromPost {
			tours = append(tours, plan.Tour{Unit: u.id})
		}
		at := &u.stops[l.stop]
		out := plan.Leg{
			Post: r.postIDs[at.post], As: l.as,
			Depart: date(int(l.depart)), Arrive: date(int(l.arrive)), Effective: date(int(l.effective)), Until: date(int(l.until)),
		}
		if l.lift != "" {
			lift := l.lift
			out.Lift = &lift
			r.orderLeg(u, at, &out, int(l.depart), l.fromPost)
		}
		t := &tours[len(tours)-1]
		t.Legs = append(t.Legs, out)
		t.Home = date(int(l.until + at.back))
	}
	return tours
}

// orderLeg writes when a leg is ordered and decided.
func (r *solve) orderLeg(u *unit, at *stop, l *plan.Leg, depart int, fromPost bool) {
	notice := int(u.notice)
	if fromPost {
		notice = int(u.redeploy)
	}
	order := r.source.Calendar.Date(depart - notice)
	decide := order - scenario.Date(r.approval(u, at, l, depart-notice))
	l.OrderBy, l.DecideBy = &order, &decide
}

// keptByPast reports whether an order is for a leg that its unit has begun, and that no
// pin forbids.
func (in *instance) keptByPast(u *unit, x *scenario.Order) bool {
	if u.past == nil || !slices.ContainsFunc(u.past.legs, func(l begunLeg) bool { return int(l.depart) == x.Depart.Number() }) {
		return false
	}
	return !slices.ContainsFunc(in.source.Pins, func(p scenario.Pin) bool {
		return p.Unit == x.Unit && p.Post == x.Post && p.Forbid && u.past.missed(in, u, &p) > 0
	})
}
