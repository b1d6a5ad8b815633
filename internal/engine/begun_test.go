package engine_test

import (
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// begunLegs are the days on which the legs depart that a unit has begun.
func (x *exhaustive) begunLegs(u *scenario.Unit) map[scenario.Date]bool {
	begun := map[scenario.Date]bool{}
	all, _ := x.s.BegunBy()
	for _, o := range all[u.ID] {
		begun[x.s.Calendar.Date(o.Depart.Number())] = true
	}
	return begun
}

// begunTours are the legs that a unit has begun, as tours.
func begunTours(s *scenario.Scenario, u *scenario.Unit) (tours []plan.Tour) {
	c, network, posts := s.Calendar, scenario.NewNetwork(s), s.PostsByID()
	all, _ := s.BegunBy()
	for _, o := range all[u.ID] {
		l := plan.Leg{
			Post: o.Post, As: o.As, Depart: c.Date(o.Depart.Number()), Arrive: c.Date(o.Arrive.Number()), Effective: c.Date(o.Arrive.Number()), Until: c.Date(o.Until.Number()),
		}
		p := posts[o.Post]
		if o.Lift != "" {
			notice := u.Notice
			if o.From != "" {
				notice = u.Redeploy
			}
			order := l.Depart - scenario.Date(notice)
			decide := order
			if p.Operation != "" {
				k := slices.IndexFunc(s.Contributors, func(c scenario.Contributor) bool { return c.ID == u.Contributor })
				if day := s.Calendar.Day; !mandated(&s.Contributors[k], p, day(l.Arrive), day(l.Until), day(order)) {
					decide -= scenario.Date(s.Contributors[k].Approval)
				}
			}
			l.Lift, l.OrderBy, l.DecideBy = ptr(o.Lift), ptr(order), ptr(decide)
			l.Effective = min(l.Arrive+scenario.Date(p.RSOM+p.Handover), l.Until)
		}
		if o.From == "" {
			tours = append(tours, plan.Tour{Unit: u.ID})
		}
		t := &tours[len(tours)-1]
		t.Legs = append(t.Legs, l)
		from, _ := network.Place(p.Place)
		to, _ := network.Place(u.Home)
		back, _ := network.Back(u, from, to)
		t.Home = l.Until + scenario.Date(back)
	}
	return tours
}
