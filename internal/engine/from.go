package engine

import (
	"slices"

	"github.com/rearguard/rearguard/plan"
)

// adopt starts the search from a plan, of this scenario or of one that was like
// it. Units that miss pins then, such as those that were pinned since, choose before
// all others follow the plan, as far as there is room. Those named choose again at the
// end, such as those of whom more is possible now than when the plan was made.
func (s *search) adopt(p *plan.Plan, anew []string) {
	s.follow(p, nil)
	s.keep()
	if unkept, _ := s.unkeptUnits(s.best); len(unkept) > 0 {
		s.followThose(p, unkept)
	}
	if len(anew) == 0 {
		return
	}
	for i := range s.units {
		if slices.Contains(anew, s.units[i].id) {
			s.replace(i, nil)
			s.respond(i)
		}
	}
	if s.cost < s.least {
		s.keep()
	} else {
		s.restore()
	}
}

// followThose lets units that miss pins choose before the others follow a plan, and keeps
// what that gives if it is better.
func (s *search) followThose(p *plan.Plan, unkept []int32) {
	s.take(make([]schedule, len(s.units)))
	s.follow(p, unkept)
	for _, u := range unkept { // they chose as if nobody else were there
		s.replace(int(u), nil)
		s.respond(int(u))
	}
	if s.cost < s.least {
		s.keep()
	} else {
		s.restore()
	}
}

// follow gives units the schedules that they have in a plan, but for some that choose
// first. Tours are cut at their first leg that is not possible here, or left out
// where nothing of them is; the units concerned then choose anew.
func (s *search) follow(p *plan.Plan, first []int32) {
	s.path.redeploying = everywhere
	for _, u := range first {
		s.respond(int(u))
	}
	tours := map[string][]plan.Tour{}
	for _, t := range p.Tours {
		if len(t.Legs) > 0 {
			tours[t.Unit] = append(tours[t.Unit], t)
		}
	}
	var cut []int
	for i := range s.units {
		if slices.Contains(first, int32(i)) {
			continue
		}
		list := tours[s.units[i].id]
		slices.SortFunc(list, func(a, b plan.Tour) int { return int(a.Legs[0].Depart - b.Legs[0].Depart) })
		sc, whole := s.scheduleOf(&s.units[i], list)
		for !s.hasRoom(i, sc) {
			sc, whole = sc.withoutLast(), false
		}
		s.replace(i, sc)
		if !whole {
			cut = append(cut, i)
		}
	}
	for _, i := range cut {
		s.replace(i, nil)
		s.respond(i)
	}
}

// startAnew makes a first plan from nothing where the one at hand misses pins, and
// keeps the better of the two.
func (s *search) startAnew(stop func() bool) {
	if !s.missesPins || stop() {
		return
	}
	before, least := slices.Clone(s.best), s.least
	s.take(make([]schedule, len(s.units)))
	s.construct(stop)
	s.keepPins(stop)
	if s.least > least {
		s.take(before)
		s.keep()
	}
}

// withoutLast is the schedule without its last tour.
func (sc schedule) withoutLast() schedule {
	n := len(sc) - 1
	for n > 0 && sc[n-1].home < 0 {
		n--
	}
	return sc[:n]
}

// scheduleOf is the inverse of solve.tour: the tours of a unit, in order of
// time, as its schedule, as far as they are possible, and whether all are.
func (in *instance) scheduleOf(u *unit, tours []plan.Tour) (sc schedule, whole bool) {
	whole = true
	ready := u.firstReady
	for _, t := range tours {
		begins := len(sc)
		legs, goesOn := in.afterBegun(u, t.Legs)
		for j := range legs {
			var from *leg
			switch {
			case j > 0:
				from = &sc[len(sc)-1]
			case goesOn:
				from = &leg{slot: u.past.slots[0], until: u.past.until, start: u.past.start}
			}
			l, ok := in.legOf(u, from, &legs[j])
			if !ok || j == 0 && !goesOn && !in.mayBegin(u, &l, len(sc) == 0, ready) {
				whole = false
				break
			}
			sc = append(sc, l)
		}
		for len(sc) > begins && !in.mayEnd(u, sc[begins:]) {
			sc, whole = sc[:len(sc)-1], false
		}
		if len(sc) == begins {
			if begins == 0 && len(u.initial) > 0 {
				return nil, whole && len(tours) == 0 // it has to begin where it stands
			}
			continue
		}
		last := &sc[len(sc)-1]
		last.home = last.until + u.stops[u.slots[last.slot].stop].back
		last.rested = last.home + int32(min(u.restAfter(int(last.until-last.start)), in.horizon))
		ready = last.rested
	}
	return sc, whole
}

// afterBegun leaves out the legs of a tour that the unit has begun, and reports whether
// the others go on from there.
func (in *instance) afterBegun(u *unit, legs []plan.Leg) (later []plan.Leg, goesOn bool) {
	if u.past == nil {
		return legs, false
	}
	ends := in.source.Calendar.Date(int(u.past.until))
	n := 0
	for n < len(legs) && legs[n].Depart < ends {
		n++
	}
	return legs[n:], n > 0 && n < len(legs)
}

// mayBegin reports whether a tour may begin with a leg, the first of all or not,
// given the day on which the unit is ready.
func (in *instance) mayBegin(u *unit, l *leg, first bool, ready int32) bool {
	if l.lift == onDayZero || first && len(u.initial) > 0 {
		return l.lift == onDayZero && first
	}
	return l.depart >= ready
}

// mayEnd reports whether a tour may end with its last leg.
func (in *instance) mayEnd(u *unit, tour []leg) bool {
	last := &tour[len(tour)-1]
	away := last.until - last.start
	if away > u.maxTour || away < u.minTour && int(last.until) < in.horizon {
		return false
	}
	if tour[0].lift == onDayZero {
		tour = tour[1:]
	}
	return len(tour) == 0 || u.windowEnd == nil || last.until <= u.windowEnd[tour[0].depart]
}

// legOf is a leg of a plan, from home or from the leg before it, if the unit may
// serve it but for what its tour and other units say.
func (in *instance) legOf(u *unit, from *leg, p *plan.Leg) (leg, bool) {
	c := in.source.Calendar
	l := leg{
		depart: int32(c.Day(p.Depart)), arrive: int32(c.Day(p.Arrive)), effective: int32(c.Day(p.Effective)), until: int32(c.Day(p.Until)),
		home: -1,
	}
	among := u.reach
	switch l.start = l.depart; {
	case from != nil:
		l.start = from.start
	case p.OnDayZero():
		l.start, among = u.since, u.initial
	}
	if l.depart < 0 || l.arrive < l.depart || l.effective < l.arrive || l.effective >= l.until || int(l.until) > in.horizon || from != nil && (l.depart != from.until || p.OnDayZero()) {
		return l, false
	}
	if l.slot = in.slotOf(u, among, p, &l, from != nil); l.slot < 0 {
		return l, false
	}
	sl := &u.slots[l.slot]
	st := &u.stops[sl.stop]
	w, ok := in.wayOf(u, from, &l, p.Lift)
	l.lift, l.load, l.unload = w.lift, w.load, w.unload
	if !ok || !in.mayStay(u, sl, &l) {
		return l, false
	}
	if w.lift == onDayZero {
		return l, l.effective == 0
	}
	earliest := sl.fromHome(st)
	if from != nil {
		earliest = sl.fromPost(st)
	}
	return l, l.effective == l.arrive+st.ready && l.depart >= earliest && (sl.barred == nil || l.until <= sl.barred[l.arrive])
}

// mayStay reports whether a leg lasts neither too short nor too long.
func (in *instance) mayStay(u *unit, sl *slot, l *leg) bool {
	st := &u.stops[sl.stop]
	stay, least := int(l.until-l.effective), int(st.minStay)
	if l.lift == onDayZero {
		least = u.minDayZeroStay(st)
	}
	holdsSingle := slices.ContainsFunc(sl.singles, func(g gift) bool {
		k := &in.lines[g.line]
		return int(l.effective) <= k.from && k.until <= int(l.until)
	})
	return stay <= int(st.maxStay) && (stay >= least || int(l.until) == in.horizon || holdsSingle) &&
		(sl.forbid == nil || l.until <= sl.forbid[l.effective])
}

// slotOf finds the slot that a leg serves in, the one for the leg itself if it is
// in force, and the one under a mandate only if it could not depart as soon without; -1
// is none.
func (in *instance) slotOf(u *unit, among []int32, p *plan.Leg, l *leg, fromPost bool) int32 {
	found := int32(-1)
	inTime := func(s *slot) bool {
		if fromPost {
			return l.depart >= s.fromPost(&u.stops[s.stop])
		}
		return l.depart >= s.fromHome(&u.stops[s.stop])
	}
	for _, i := range among {
		s := &u.slots[i]
		if in.postIDs[u.stops[s.stop].post] != p.Post || s.as != p.As {
			continue
		}
		mandated := u.stops[s.stop].mandate != nil
		fits := !mandated || inTime(s) && (s.barred == nil || l.until <= s.barred[l.arrive])
		switch k := s.keep; {
		case k == nil && found >= 0 && u.slots[found].keep != nil:
		case k == nil && (found < 0 || mandated && fits && !inTime(&u.slots[found])):
			found = i
		case k != nil && k.depart == l.depart && k.until == l.until && (k.given || fits && inTime(s)):
			return i
		}
	}
	return found
}

// wayOf finds the way that a leg took, from home or from the leg before it.
func (in *instance) wayOf(u *unit, from, l *leg, lift *string) (way, bool) {
	if lift == nil {
		return way{lift: onDayZero}, true
	}
	to := u.slots[l.slot].stop
	ways := u.stops[to].ways
	if from != nil {
		list := u.hopsFrom[u.slots[from.slot].stop]
		k := slices.IndexFunc(list, func(h hops) bool { return h.to == to })
		if k < 0 {
			return way{}, false
		}
		ways = list[k].ways
	}
	for _, w := range ways {
		name := plan.Self
		if w.lift >= 0 {
			name = in.poolNames[w.lift]
		}
		if name == *lift && int(l.depart)+w.days() == int(l.arrive) {
			return w, true
		}
	}
	return way{}, false
}
