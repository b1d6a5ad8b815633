// Package access says what of a scenario and a plan somebody may see. A contributor
// releases everything of its units, what they can do, or nothing; it and those who see
// all see all. What is not released is taken out or put under another name before
// anything is computed, written or said of it, so that no answer can hold it.
// docs/model.md, Release, is normative.
package access

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Viewer is who looks.
type Viewer struct {
	All         bool   // sees everything
	Contributor string // whose own records it sees whole
}

// Lens is what a viewer sees of one version of a scenario.
type Lens struct {
	viewer  Viewer
	version int64
	pasts   Pasts
	whole   bool                        // nothing of the version is kept from the viewer
	plain   bool                        // nor ever was anything
	release map[string]scenario.Release // of contributors that the viewer does not see whole, those that are gone too
	known   map[string]bool             // contributors that the version or a past has held
	units   map[string]bool             // units of the version, as written
	posts   map[string]string           // posts of the version, to the contributor whose minimum at home they are
	alias   map[string]string           // unit that the viewer does not see unaltered to the name that it sees; "" if it sees none

	garrisons map[string]string   // contributor to the place that stands for the homes of its units
	homes     map[string]bool     // places of the version; true: only units which the viewer does not see live at, or did
	lived     []map[string][]span // of each past, what the viewer does not see of what was at a place
}

// Look is what a viewer sees of a scenario that has no past.
func Look(s *scenario.Scenario, v Viewer) *Lens { return Pasts(nil).Look(s, 1, v, nil) }

// Look is what a viewer sees of a version of a scenario, as written. Of no version is more
// seen than what is released now, and what is gone is as it was when it was last there. A
// draft may call places otherwise than its past: called says what they were, "" for new ones.
func (p Pasts) Look(s *scenario.Scenario, version int64, v Viewer, called map[string]string) *Lens {
	l := &Lens{viewer: v, version: version, pasts: p, release: map[string]scenario.Release{}, known: map[string]bool{}, units: map[string]bool{}, posts: map[string]string{},
		alias: map[string]string{}, garrisons: map[string]string{}, homes: map[string]bool{}}
	if l.whole, l.plain = v.All, v.All; l.plain {
		return l
	}
	l.releases(s)
	l.plain = len(l.release) == 0 && !slices.ContainsFunc(p, func(p *Past) bool { return !p.openTo(v.Contributor) })
	if l.whole = l.plain; l.whole {
		return l
	}
	for i := range s.Units {
		l.units[s.Units[i].ID] = true
	}
	for i := range s.Posts {
		l.posts[s.Posts[i].ID] = s.Posts[i].HomeOf
	}
	l.names(s)
	l.hideHomes(s, called)
	l.whole = l.all(s)
	return l
}

// releases finds what each contributor releases to the viewer, now or when it was last there.
func (l *Lens) releases(s *scenario.Scenario) {
	least := map[string]scenario.Release{}
	for i := range s.Contributors {
		c := &s.Contributors[i]
		least[c.ID] = released(c.Release)
	}
	for _, p := range l.pasts {
		p.mu.RLock()
		for name := range p.spans {
			if c, of := strings.CutPrefix(name, contributors+"/"); of {
				least[c] = narrower(least[c], p.last(c))
			}
		}
		p.mu.RUnlock()
	}
	for c, r := range least {
		l.known[c] = true
		if c != l.viewer.Contributor && r != scenario.Everything {
			l.release[c] = r
		}
	}
}

// names finds the names of units that the viewer does not see unaltered, and of their garrisons.
func (l *Lens) names(s *scenario.Scenario) {
	places, numbers := s.PlacesByID(), map[string]int{}
	for c, r := range l.release {
		for name := garrison(c); r == scenario.ByCapability && l.garrisons[c] == ""; name += "/" {
			if places[name] == nil {
				l.garrisons[c] = name
			}
		}
	}
	for i := range s.Units {
		u := &s.Units[i]
		if l.open(u.Contributor) {
			continue
		}
		if l.release[u.Contributor] != scenario.ByCapability {
			l.alias[u.ID] = ""
			continue
		}
		kind := u.Contributor + "/" + slices.Min(append(slices.Collect(maps.Keys(u.Provides)), "~"))
		name := ""
		for name == "" || l.units[name] {
			numbers[kind]++
			name = fmt.Sprintf("%s/%d", kind, numbers[kind])
		}
		l.alias[u.ID] = name
	}
}

// open reports whether the viewer sees all of a contributor. Of one that nobody knows
// nothing is released.
func (l *Lens) open(contributor string) bool {
	return contributor != "" && contributor == l.viewer.Contributor || l.known[contributor] && l.release[contributor] == ""
}

// public reports whether a post is for the viewer to see: if it is no minimum at home, or
// one of a contributor that the viewer sees all of.
func (l *Lens) public(homeOf string) bool { return homeOf == "" || l.open(homeOf) }

// Whole reports whether nothing of the version is kept from the viewer.
func (l *Lens) Whole() bool { return l.whole }

// all reports whether there is nothing in the version that the viewer does not see.
func (l *Lens) all(s *scenario.Scenario) bool {
	for i := range s.Contributors {
		if !l.open(s.Contributors[i].ID) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Places, func(p scenario.Place) bool { return l.homes[p.ID] }) &&
		!slices.ContainsFunc(s.InForce, func(o scenario.Order) bool { return !l.serves(o.Unit, o.Post) })
}

// Sees reports whether the viewer sees a record by its name: one of the version, or one that
// is gone and was seen in every version that held it.
func (l *Lens) Sees(kind, key string) bool {
	if l.plain {
		return true
	}
	switch kind {
	case contributors:
		return l.open(key)
	case units:
		if l.units[key] {
			_, hidden := l.alias[key]
			return !hidden
		}
		return l.sawLast(units, key)
	case posts:
		if homeOf, there := l.posts[key]; there {
			return l.public(homeOf)
		}
		return l.sawLast(posts, key)
	case places:
		if hidden, there := l.homes[key]; there {
			return !hidden
		}
		return !l.hidLast(key)
	case pins, inForce, routes:
		return l.whole // numbered: what is taken out moves the others
	}
	return true
}

// unit is the unit, as written, that an id means, and the number of one of a count.
func (l *Lens) unit(id string) (written, number string, there bool) {
	if i := strings.LastIndexByte(id, '#'); i >= 0 && !l.units[id] {
		written, number = id[:i], id[i:]
		return written, number, l.units[written]
	}
	return id, "", l.units[id]
}

// name is what the viewer sees a unit called, also one of a count; false if it sees none.
// One that the version does not have, such as that of an order for a unit that is gone, is
// seen if it was whenever it was there.
func (l *Lens) name(id string) (string, bool) {
	if l.plain {
		return id, true
	}
	written, number, there := l.unit(id)
	if !there {
		return id, l.sawUnit(id)
	}
	if alias, hidden := l.alias[written]; hidden {
		return alias + number, alias != ""
	}
	return id, true
}

// serves reports whether the viewer sees a unit and a post, both unaltered.
func (l *Lens) serves(unit, post string) bool {
	name, seen := l.name(unit)
	return seen && name == unit && l.Sees(posts, post)
}

// hideHomes finds the places that only units which the viewer does not see live at, or have
// lived at in another version, and those of minimums at home that it does not see.
func (l *Lens) hideHomes(s *scenario.Scenario, called map[string]string) {
	for _, p := range l.pasts {
		l.lived = append(l.lived, l.hidden(p))
	}
	for i := range s.Places {
		id := s.Places[i].ID
		was, renamed := called[id]
		if !renamed {
			was = id
		}
		l.homes[id] = l.hid(was, l.version)
	}
	seen := func(unit *scenario.Unit) bool { return l.open(unit.Contributor) }
	for i := range s.Units {
		if u := &s.Units[i]; !seen(u) {
			l.homes[u.Home] = true
		}
	}
	for i := range s.Posts {
		if p := &s.Posts[i]; !l.public(p.HomeOf) {
			l.homes[p.Place] = true
		}
	}
	for i := range s.Units {
		if u := &s.Units[i]; seen(u) {
			l.homes[u.Home] = false
		}
	}
	for i := range s.Posts {
		if p := &s.Posts[i]; l.public(p.HomeOf) {
			l.homes[p.Place] = false
		}
	}
}

// garrison is what the place that stands for the homes of a contributor's units is called, if no place is.
func garrison(contributor string) string { return contributor + "/home" }

// Scenario is what the viewer sees of the scenario, as written or resolved. What is not named
// here of a contributor or a unit that it does not see whole is not released.
func (l *Lens) Scenario(s *scenario.Scenario) *scenario.Scenario {
	if l.whole {
		return s
	}
	out := *s
	out.Contributors = nil
	for _, c := range s.Contributors {
		switch {
		case l.open(c.ID):
			c.Caveats = l.caveats(c.Caveats)
		case l.release[c.ID] == scenario.ByCapability:
			c = scenario.Contributor{ID: c.ID, Name: c.Name, Share: c.Share, Release: scenario.ByCapability}
		default:
			c = scenario.Contributor{ID: c.ID, Name: c.Name, Release: scenario.Nothing}
		}
		out.Contributors = append(out.Contributors, c)
	}
	out.Units = nil
	home := map[string]bool{}
	for _, u := range s.Units {
		name, seen := l.name(u.ID)
		switch {
		case !seen:
			continue
		case name == u.ID:
			u.Caveats = l.caveats(u.Caveats)
		default:
			home[u.Contributor] = true
			u = ability(name, l.garrisons[u.Contributor], u)
		}
		out.Units = append(out.Units, u)
	}
	out.Places = slices.DeleteFunc(slices.Clone(s.Places), func(p scenario.Place) bool { return l.homes[p.ID] })
	for _, c := range out.Contributors {
		if home[c.ID] {
			out.Places = append(out.Places, l.around(s, c))
		}
	}
	out.Posts = slices.DeleteFunc(slices.Clone(s.Posts), func(p scenario.Post) bool { return !l.public(p.HomeOf) })
	out.Routes = slices.DeleteFunc(slices.Clone(s.Routes), func(r scenario.Route) bool { return l.homes[r.From] || l.homes[r.To] })
	out.Pins = slices.DeleteFunc(slices.Clone(s.Pins), func(p scenario.Pin) bool { return !l.serves(p.Unit, p.Post) })
	out.InForce = l.orders(s.InForce)
	return &out
}

// orders are those that the viewer sees.
func (l *Lens) orders(list []scenario.Order) []scenario.Order {
	return slices.DeleteFunc(slices.Clone(list), func(o scenario.Order) bool { return !l.serves(o.Unit, o.Post) })
}

// caveats are those that the viewer sees, without the posts that it does not: one that bars
// nothing else bars nothing that it sees.
func (l *Lens) caveats(list []scenario.Caveat) []scenario.Caveat {
	hidden := func(post string) bool { return !l.Sees(posts, post) }
	if !slices.ContainsFunc(list, func(k scenario.Caveat) bool { return slices.ContainsFunc(k.Post, hidden) }) {
		return list
	}
	var out []scenario.Caveat
	for _, k := range list {
		some := len(k.Post) > 0
		if k.Post = slices.DeleteFunc(slices.Clone(k.Post), hidden); !some || len(k.Post) > 0 {
			out = append(out, k)
		}
	}
	return out
}

// ability is a unit that is released by what it can do: under another name and from another
// place, at its post of day 0 since day 0, free to come and go.
func ability(name, home string, u scenario.Unit) scenario.Unit {
	least, most := scenario.Days(0), scenario.Days(scenario.NoLimit)
	out := scenario.Unit{ID: name, Contributor: u.Contributor, Count: u.Count, Provides: u.Provides, Home: home, Pledge: u.Pledge,
		Tour: scenario.Span{Min: &least, Max: &most}, Available: []scenario.Window{}, SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Air, Speed: scenario.Air.Speed()}}
	if u.At != nil {
		out.At = &scenario.Station{Post: u.At.Post, Since: scenario.DayTime(0)}
	}
	return out
}

// around is a place for a contributor's homes: in the middle of the posts, so that it
// says nothing of them.
func (l *Lens) around(s *scenario.Scenario, c scenario.Contributor) scenario.Place {
	p := scenario.Place{ID: l.garrisons[c.ID], Name: cmp.Or(c.Name, c.ID) + ", place not released"}
	places, n := s.PlacesByID(), 0.0
	for i := range s.Posts {
		if at := places[s.Posts[i].Place]; at != nil && l.public(s.Posts[i].HomeOf) {
			p.Lat, p.Lon, n = p.Lat+at.Lat, p.Lon+at.Lon, n+1
		}
	}
	if n > 0 {
		p.Lat, p.Lon = math.Round(p.Lat/n), math.Round(p.Lon/n)
	}
	if len(s.Areas) > 0 {
		p.Area = s.Areas[0].ID
	}
	return p
}

// Plan is what the viewer sees of a plan, and of the scenario that is resolved for it:
// without the tours of units that it does not see, and of those under another name when
// they count where, but no move and no decision. Its numbers are of what is left, of which
// nothing is proven; how the whole was searched for is not told.
func (l *Lens) Plan(resolved *scenario.Scenario, p *plan.Plan) (*scenario.Scenario, *plan.Plan, error) {
	if l.whole {
		return resolved, p, nil
	}
	s := l.Scenario(resolved)
	out := *p
	out.Tours, out.Metrics, out.ScenarioSHA256 = []plan.Tour{}, nil, ""
	out.Stop, out.Seed, out.Iterations = "", 0, 0
	out.Options.InForce = l.orders(p.Options.InForce)
	out.Options.Raised = slices.DeleteFunc(slices.Clone(p.Options.Raised), func(x scenario.Raise) bool { return !l.Sees(posts, x.Post) })
	for _, t := range p.Tours {
		name, seen := l.name(t.Unit)
		if !seen {
			continue
		}
		if name != t.Unit {
			t = stays(name, t)
		}
		out.Tours = append(out.Tours, t)
	}
	const unproven = 0 // no plan costs less than nothing
	if err := plan.Measure(s, &out, unproven); err != nil {
		return nil, nil, fmt.Errorf("measure what is released of the plan: %w", err)
	}
	return s, &out, nil
}

// stays is a tour as the days on which it counts at each post.
func stays(name string, t plan.Tour) plan.Tour {
	out := plan.Tour{Unit: name, Home: t.Legs[len(t.Legs)-1].Until}
	lift := plan.Self
	for _, x := range t.Legs {
		x.DecideBy, x.OrderBy = nil, nil
		if !x.OnDayZero() {
			x.Lift, x.Depart, x.Arrive = &lift, x.Effective, x.Effective
		}
		out.Legs = append(out.Legs, x)
	}
	return out
}
