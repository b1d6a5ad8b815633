package report

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// writer turns an evaluation into the entries of a document.
type writer struct {
	*view
	post, unit, place, contributor, capability, operation, area map[string]int
	tour                                                        map[string][]*plan.Tour
	provide                                                     map[string][]*scenario.Unit // by capability
}

func newWriter(s *scenario.Scenario, e *plan.Evaluation) *writer {
	w := &writer{
		view: newView(s, e), tour: map[string][]*plan.Tour{}, provide: map[string][]*scenario.Unit{}, area: map[string]int{},
		post:        index(s.Posts, func(p *scenario.Post) string { return p.ID }),
		unit:        index(s.Units, func(u *scenario.Unit) string { return u.ID }),
		place:       index(s.Places, func(p *scenario.Place) string { return p.ID }),
		contributor: index(s.Contributors, func(c *scenario.Contributor) string { return c.ID }),
		capability:  index(s.Capabilities, func(c *scenario.Capability) string { return c.ID }),
		operation:   index(s.Operations, func(o *scenario.Operation) string { return o.ID }),
	}
	for i := range e.Plan.Tours {
		t := &e.Plan.Tours[i]
		w.tour[t.Unit] = append(w.tour[t.Unit], t)
	}
	return w
}

func (w *writer) day(d scenario.Date) int { return w.Scenario.Calendar.Day(d) }

func (w *writer) dayOrNil(d *scenario.Date) *int {
	if d == nil {
		return nil
	}
	n := w.day(*d)
	return &n
}

func (w *writer) operations(m *plan.Metrics) []OperationEntry {
	all := []OperationEntry{}
	for _, op := range w.Scenario.Operations {
		all = append(all, OperationEntry{
			ID: op.ID, Name: cmp.Or(op.Name, op.ID), DDay: op.DDay.Likely.Number(), IOC: w.dayOrNil(m.IOC[op.ID]), FOC: w.dayOrNil(m.FOC[op.ID]),
			Exposure: round(m.ExposureDays.ByOperation[op.ID]),
		})
	}
	return all
}

func (w *writer) capabilities() []CapabilityName {
	all := []CapabilityName{}
	for _, c := range w.Scenario.Capabilities {
		all = append(all, CapabilityName{ID: c.ID, Name: cmp.Or(c.Name, c.ID), Unit: c.Unit, Domain: c.Domain})
	}
	return all
}

// areas also notes which place each has in the list, for posts to name.
func (w *writer) areas(b *Brief) []AreaEntry {
	all := []AreaEntry{}
	for i, a := range b.Areas {
		w.area[a.ID] = i
		all = append(all, AreaEntry{
			ID: a.ID, Name: a.Name, Depth: a.Depth, Exposure: round(a.Exposure), Demand: round(a.Demand), Worst: w.day(a.Worst), Daily: runs(a.Daily, 0, len(a.Daily)),
		})
	}
	return all
}

func (w *writer) places() []PlaceEntry {
	all := []PlaceEntry{}
	for _, p := range w.Scenario.Places {
		all = append(all, PlaceEntry{Name: cmp.Or(p.Name, p.ID), Lat: p.Lat, Lon: p.Lon})
	}
	return all
}

func (w *writer) contributors(b *Brief) []BurdenEntry {
	carried := map[string]*Burden{}
	for i := range b.Burden {
		carried[b.Burden[i].ID] = &b.Burden[i]
	}
	all := []BurdenEntry{}
	for _, c := range w.Scenario.Contributors {
		entry := BurdenEntry{ID: c.ID, Name: cmp.Or(c.Name, c.ID), Share: c.Share}
		if x := carried[c.ID]; x != nil {
			entry.Units, entry.Peak, entry.Operation = x.Units, x.Peak, round(x.Operation)
		}
		all = append(all, entry)
	}
	return all
}

func (w *writer) posts() []PostEntry {
	all := []PostEntry{}
	for _, p := range w.Scenario.Posts {
		all = append(all, PostEntry{
			ID: p.ID, Name: cmp.Or(p.Name, p.ID), Place: w.place[p.Place], Area: orNone(w.area, w.view.places[p.Place].Area), Operation: orNone(w.operation, p.Operation),
			Home: p.HomeOf != "", Priority: p.Priority, Symbol: p.Symbol, Lines: []LineEntry{},
		})
	}
	for i := range w.Lines {
		l := &w.Lines[i]
		p := &all[w.post[l.Post.ID]]
		p.Lines = append(p.Lines, LineEntry{
			Capability: w.capability[l.Line.Capability], Floor: round(l.Line.Floor.Likely), Target: round(l.Line.Target.Likely),
			From: l.From, Until: l.Until, Cover: runs(l.Cover, l.From, l.Until),
		})
	}
	exposure := w.Evaluation.Plan.Metrics.ExposureDays.ByPost
	for i := range all {
		all[i].Exposure = round(exposure[all[i].ID])
	}
	return all
}

func (w *writer) units() []UnitEntry {
	all := []UnitEntry{}
	for i := range w.Scenario.Units {
		u := &w.Scenario.Units[i]
		entry := UnitEntry{
			ID: u.ID, Name: w.view.unit(u.ID), Contributor: w.contributor[u.Contributor], Home: w.place[u.Home],
			Persons: int(u.Persons.Likely), Pledge: u.Pledge, Symbol: u.Symbol, Capability: -1,
		}
		most := 0.0
		for j, c := range w.Scenario.Capabilities {
			if x := u.Provides[c.ID].Likely; x > most {
				most, entry.Capability = x, j
			}
		}
		all = append(all, entry)
	}
	return all
}

func (w *writer) tours() []TourEntry {
	all := []TourEntry{}
	for i := range w.Plan.Tours {
		t := &w.Plan.Tours[i]
		u := w.view.units[t.Unit]
		entry := TourEntry{Unit: w.unit[t.Unit], Home: w.day(t.Home), Rested: w.Rested(u, t)}
		for _, l := range t.Legs {
			leg := LegEntry{
				Post: w.post[l.Post], Depart: w.day(l.Depart), Arrive: w.day(l.Arrive), Effective: w.day(l.Effective), Until: w.day(l.Until), Gives: []float64{},
			}
			if l.OrderBy != nil {
				leg.Decide, leg.Order, leg.Lift = w.day(*l.DecideBy), w.day(*l.OrderBy), byItself
				if *l.Lift != plan.Self {
					leg.Lift = w.names["lift "+*l.Lift]
				}
			}
			for _, k := range w.view.posts[l.Post].Lines {
				leg.Gives = append(leg.Gives, round(plan.Gives(w.Scenario, u, l.As, k.Capability)))
			}
			entry.Legs = append(entry.Legs, leg)
		}
		all = append(all, entry)
	}
	return all
}

func (w *writer) cascades() []CascadeEntry {
	all := []CascadeEntry{}
	for _, c := range plan.Cascades(w.Backfills()) {
		entry := CascadeEntry{Unit: w.unit[c[0].Left], Post: w.post[c[0].Post], To: w.post[c[0].LeftFor], On: w.day(c[0].LeftOn)}
		for _, s := range c {
			entry.Steps = append(entry.Steps, StepEntry{
				Depth: s.Depth, Unit: w.unit[s.By], Left: w.unit[s.Left], Post: w.post[s.Post], From: orNone(w.post, s.From),
				Order: w.day(ordered(&s.Leg)), Effective: w.day(s.Leg.Effective), Late: int(s.Leg.Effective - s.LeftOn),
			})
		}
		all = append(all, entry)
	}
	return all
}

func (w *writer) gaps() []GapEntry {
	all := []GapEntry{}
	first := map[string]int{} // line of each post
	for i := range w.Lines {
		if id := w.Lines[i].Post.ID; i == 0 || w.Lines[i-1].Post.ID != id {
			first[id] = i
		}
	}
	for _, g := range w.Gaps() {
		all = append(all, GapEntry{
			Post: w.post[g.Line.Post.ID], Line: g.Index - first[g.Line.Post.ID], From: g.From, Until: g.Until,
			Exposure: round(g.Exposure), Worst: round(g.Worst), On: g.On, Able: w.able(g.Line, g.On),
		})
	}
	return all
}

// able counts, on one day, the units that could hold a line.
func (w *writer) able(l *plan.LineCover, day int) Able {
	var a Able
	for _, u := range w.providers(l.Line.Capability) {
		a.add(w.whereabouts(u, l.Post.ID, day))
	}
	return a
}

// providers are the units that could give some of a capability, found once.
func (w *writer) providers(capability string) []*scenario.Unit {
	if list, known := w.provide[capability]; known {
		return list
	}
	list := []*scenario.Unit{}
	for i := range w.Scenario.Units {
		u := &w.Scenario.Units[i]
		if plan.Gives(w.Scenario, u, plan.All, capability)+plan.Gives(w.Scenario, u, capability, capability) > 0 {
			list = append(list, u)
		}
	}
	w.provide[capability] = list
	return list
}

// place is where a unit is on a day.
type place int

const (
	home place = iota
	here
	posted
	moving
	resting
)

func (a *Able) add(p place) {
	switch p {
	case home:
		a.Home++
	case here:
		a.Here++
	case posted:
		a.Posted++
	case moving:
		a.Moving++
	case resting:
		a.Resting++
	}
}

// whereabouts says where a unit is on a day, seen from a post.
func (w *writer) whereabouts(u *scenario.Unit, post string, day int) place {
	for _, t := range w.tour[u.ID] {
		if day < w.day(t.Legs[0].Depart) || day >= w.Rested(u, t) {
			continue
		}
		if day >= w.day(t.Home) {
			return resting
		}
		at := slices.IndexFunc(t.Legs, func(l plan.Leg) bool { return day >= w.day(l.Effective) && day < w.day(l.Until) })
		switch {
		case at < 0:
			return moving
		case t.Legs[at].Post == post:
			return here
		}
		return posted
	}
	return home
}
