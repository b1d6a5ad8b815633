package engine

import (
	"slices"

	"github.com/rearguard/rearguard/plan"
)

// adopt starts the search from a plan that keeps every rule of the scenario. A
// unit whose tours have no place in it (another post, another lift) starts
// without any.
func (s *search) adopt(p *plan.Plan) {
	tours := map[string][]plan.Tour{}
	for _, t := range p.Tours {
		tours[t.Unit] = append(tours[t.Unit], t)
	}
	for i := range s.units {
		list := tours[s.units[i].id]
		slices.SortFunc(list, func(a, b plan.Tour) int { return int(a.Legs[0].Depart - b.Legs[0].Depart) })
		if sc, ok := s.scheduleOf(&s.units[i], list); ok {
			s.replace(i, sc)
		}
	}
	s.keep()
}

// scheduleOf is the inverse of solve.tour: the tours of a unit as its schedule.
func (in *instance) scheduleOf(u *unit, tours []plan.Tour) (schedule, bool) {
	var sc schedule
	day := func(l *plan.Leg) (depart, arrive, effective, until int32) {
		c := in.source.Calendar
		return int32(c.Day(l.Depart)), int32(c.Day(l.Arrive)), int32(c.Day(l.Effective)), int32(c.Day(l.Until))
	}
	for _, t := range tours {
		begins := len(sc)
		for j := range t.Legs {
			var l leg
			l.depart, l.arrive, l.effective, l.until = day(&t.Legs[j])
			among := u.reach
			if t.Legs[j].OnDayZero() {
				among = u.initial
			}
			k := slices.IndexFunc(among, func(n int32) bool {
				return in.postIDs[u.stops[u.slots[n].stop].post] == t.Legs[j].Post && u.slots[n].as == t.Legs[j].As
			})
			if k < 0 || l.effective >= l.until {
				return nil, false
			}
			l.slot, l.home, l.start = among[k], -1, l.depart
			if j > 0 {
				l.start = sc[begins].start
			} else if t.Legs[j].OnDayZero() {
				l.start = u.since
			}
			var from *leg
			if j > 0 {
				from = &sc[len(sc)-1]
			}
			w, ok := in.wayOf(u, from, &l, t.Legs[j].Lift)
			if !ok {
				return nil, false
			}
			l.lift, l.load, l.unload = w.lift, w.load, w.unload
			sc = append(sc, l)
		}
		last := &sc[len(sc)-1]
		last.home = last.until + u.stops[u.slots[last.slot].stop].back
		last.rested = last.home + int32(min(u.restAfter(int(last.until-last.start)), in.horizon))
	}
	return sc, true
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
