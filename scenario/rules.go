package scenario

import (
	"maps"
	"slices"
)

// Rules answers what a unit may do and gives in a resolved scenario, for every room that
// has to know it: the engine, the program of export mps, explanations, questions, check.
// The checker has its own, by intent. The rules are those of docs/model.md; a Rules is
// safe for use by several goroutines.
type Rules struct {
	s            *Scenario
	capabilities map[string]*Capability
	places       map[string]*Place
	operations   map[string]*Operation
	contributors map[string]*Contributor
	units        map[string]*Unit
	posts        map[string]*Post
	inside       map[string][]string // area to itself and all below it
}

// NewRules indexes a resolved scenario.
func NewRules(s *Scenario) *Rules {
	r := &Rules{
		s: s, capabilities: map[string]*Capability{}, places: map[string]*Place{}, operations: map[string]*Operation{},
		contributors: map[string]*Contributor{}, inside: map[string][]string{}, units: s.UnitsByID(), posts: s.PostsByID(),
	}
	for i := range s.Capabilities {
		r.capabilities[s.Capabilities[i].ID] = &s.Capabilities[i]
	}
	for i := range s.Places {
		r.places[s.Places[i].ID] = &s.Places[i]
	}
	for i := range s.Operations {
		r.operations[s.Operations[i].ID] = &s.Operations[i]
	}
	for i := range s.Contributors {
		r.contributors[s.Contributors[i].ID] = &s.Contributors[i]
	}
	for _, a := range s.Areas {
		r.inside[a.ID] = a.Descendants
	}
	return r
}

// Place is the place of an ID; nil if there is none.
func (r *Rules) Place(id string) *Place { return r.places[id] }

// Gives is what a unit that serves as given provides of a capability, in units on station
// (Cover; Settled 8).
func (r *Rules) Gives(u *Unit, as, capability string) float64 {
	c := r.capabilities[capability]
	if c == nil {
		return 0
	}
	return c.GivenBy(u, as)
}

// GivenBy is what a unit that serves as given provides of the capability, in units on
// station: its own where it serves all, else what it stands in for with (Settled 8).
func (c *Capability) GivenBy(u *Unit, as string) float64 {
	amount := 0.0
	switch as {
	case ServesAll:
		amount = u.Provides[c.ID].Likely
	case c.ID:
		for _, x := range slices.Sorted(maps.Keys(c.Substitutes)) {
			amount += u.Provides[x].Likely * c.Substitutes[x]
		}
	}
	return amount / c.OnStation.Factor()
}

// StandsIn reports whether a unit can only stand in for a capability: it has none of its
// own, and something that does in its place.
func (r *Rules) StandsIn(u *Unit, capability string) bool {
	_, owns := u.Provides[capability]
	return !owns && r.Gives(u, capability, capability) > 0
}

// Served lists the capabilities that a unit serves as given, by name (Settled 6).
func (u *Unit) Served(as string) []string {
	if as != ServesAll {
		return []string{as}
	}
	return slices.Sorted(maps.Keys(u.Provides))
}

// Barred says on which days of the calendar caveats of a unit and its owner, and mandates
// that bar all outside them, bar it from serving at a post as given: marked by day, nil if
// on none; and whether they do always.
func (r *Rules) Barred(u *Unit, p *Post, as string) (days []bool, always bool) {
	days = r.unmandated(u.Contributor, p.Operation)
	caveats := u.Caveats
	if owner := r.contributors[u.Contributor]; owner != nil {
		caveats = slices.Concat(owner.Caveats, caveats)
	}
	for i := range caveats {
		k := &caveats[i]
		if !r.Applies(k, u, p, as) {
			continue
		}
		if len(k.Phase) == 0 {
			return nil, true
		}
		op := r.operations[p.Operation]
		if op == nil {
			continue
		}
		for _, ph := range op.Phases {
			if !slices.Contains(k.Phase, ph.ID) {
				continue
			}
			if days == nil {
				days = make([]bool, r.s.Calendar.Days)
			}
			for d, until := r.s.Calendar.Inside(ph.From, ph.Until); d < until; d++ {
				days[d] = true
			}
		}
	}
	return days, false
}

// barsFor reports whether caveats bar a unit for good from serving a capability at a post.
func (r *Rules) barsFor(u *Unit, p *Post, capability string) bool {
	_, always := r.Barred(u, p, capability)
	return always
}

// Applies reports whether every field of a caveat but its phases matches (Caveat;
// Settled 6).
func (r *Rules) Applies(k *Caveat, u *Unit, p *Post, as string) bool {
	in := func(values []string, v string) bool { return len(values) == 0 || slices.Contains(values, v) }
	place := r.places[p.Place]
	if place == nil || !in(k.Operation, p.Operation) || !in(k.Post, p.ID) || !in(k.Host, place.Host) {
		return false
	}
	if len(k.Area) > 0 && !slices.ContainsFunc(k.Area, func(a string) bool { return slices.Contains(r.inside[a], place.Area) }) {
		return false
	}
	if len(k.Domain) == 0 && len(k.Capability) == 0 {
		return true
	}
	return slices.ContainsFunc(u.Served(as), func(c string) bool {
		served := r.capabilities[c]
		return served != nil && in(k.Domain, served.Domain) && in(k.Capability, c)
	})
}

// Earliest is the first day on which a unit can depart for a post so many days after its
// order, whether or not its owner has decided (Orders). It is 0 or more, and may lie
// after the calendar.
func (r *Rules) Earliest(u *Unit, p *Post, notice int, decided bool) int {
	day := r.s.Today.Number() + notice
	op, owner := r.operations[p.Operation], r.contributors[u.Contributor]
	if op == nil || owner == nil {
		return max(day, 0)
	}
	approval := int(owner.Approval)
	if decided {
		approval = 0
	}
	day = max(day+approval, 0)
	if known, binds := op.Warned(); binds {
		warned := known + notice
		if !owner.ApprovesAhead {
			warned += approval
		}
		day = max(day, warned)
	}
	return day
}
