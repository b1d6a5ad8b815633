// Package access says what of a scenario and a plan a viewer sees. A contributor
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

// Viewer is what of a principal decides what it sees.
type Viewer struct {
	All         bool   // sees everything
	Contributor string // whose own records it sees whole
}

// View is what a viewer sees of one version of a scenario.
type View struct {
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

// ViewOf is what a viewer sees of a scenario that has no past.
func ViewOf(s *scenario.Scenario, viewer Viewer) *View { return Pasts(nil).View(s, 1, viewer, nil) }

// View is what a viewer sees of a version of a scenario, as written. Of no version is more
// seen than what is released now, and what is gone is as it was when it was last there. A
// draft may call places otherwise than its past: called says what they were, "" for new ones.
func (p Pasts) View(s *scenario.Scenario, version int64, viewer Viewer, called map[string]string) *View {
	v := &View{viewer: viewer, version: version, pasts: p, release: map[string]scenario.Release{}, known: map[string]bool{}, units: map[string]bool{}, posts: map[string]string{},
		alias: map[string]string{}, garrisons: map[string]string{}, homes: map[string]bool{}}
	if v.whole, v.plain = viewer.All, viewer.All; v.plain {
		return v
	}
	v.releases(s)
	v.plain = len(v.release) == 0 && !slices.ContainsFunc(p, func(p *Past) bool { return !p.openTo(viewer.Contributor) })
	if v.whole = v.plain; v.whole {
		return v
	}
	for i := range s.Units {
		v.units[s.Units[i].ID] = true
	}
	for i := range s.Posts {
		v.posts[s.Posts[i].ID] = s.Posts[i].HomeOf
	}
	v.names(s)
	v.hideHomes(s, called)
	v.whole = v.all(s)
	return v
}

// releases finds what each contributor releases to the viewer, now or when it was last there.
func (v *View) releases(s *scenario.Scenario) {
	least := map[string]scenario.Release{}
	for i := range s.Contributors {
		c := &s.Contributors[i]
		least[c.ID] = released(c.Release)
	}
	for _, p := range v.pasts {
		p.mu.RLock()
		for name := range p.spans {
			if c, of := strings.CutPrefix(name, contributors+"/"); of {
				least[c] = narrower(least[c], p.last(c))
			}
		}
		p.mu.RUnlock()
	}
	for c, r := range least {
		v.known[c] = true
		if c != v.viewer.Contributor && r != scenario.Everything {
			v.release[c] = r
		}
	}
}

// names finds the names of units that the viewer does not see unaltered, and of their garrisons.
func (v *View) names(s *scenario.Scenario) {
	places, numbers := s.PlacesByID(), map[string]int{}
	for c, r := range v.release {
		for name := garrison(c); r == scenario.ByCapability && v.garrisons[c] == ""; name += "/" {
			if places[name] == nil {
				v.garrisons[c] = name
			}
		}
	}
	for i := range s.Units {
		u := &s.Units[i]
		if v.open(u.Contributor) {
			continue
		}
		if v.release[u.Contributor] != scenario.ByCapability {
			v.alias[u.ID] = ""
			continue
		}
		kind := u.Contributor + "/" + slices.Min(append(slices.Collect(maps.Keys(u.Provides)), "~"))
		name := ""
		for name == "" || v.units[name] {
			numbers[kind]++
			name = fmt.Sprintf("%s/%d", kind, numbers[kind])
		}
		v.alias[u.ID] = name
	}
}

// open reports whether the viewer sees all of a contributor. Of one that nobody knows
// nothing is released.
func (v *View) open(contributor string) bool {
	return contributor != "" && contributor == v.viewer.Contributor || v.known[contributor] && v.release[contributor] == ""
}

// public reports whether a post is for the viewer to see: if it is no minimum at home, or
// one of a contributor that the viewer sees all of.
func (v *View) public(homeOf string) bool { return homeOf == "" || v.open(homeOf) }

// Whole reports whether nothing of the version is kept from the viewer.
func (v *View) Whole() bool { return v.whole }

// all reports whether there is nothing in the version that the viewer does not see.
func (v *View) all(s *scenario.Scenario) bool {
	for i := range s.Contributors {
		if !v.open(s.Contributors[i].ID) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Places, func(p scenario.Place) bool { return v.homes[p.ID] }) &&
		!slices.ContainsFunc(s.InForce, func(o scenario.Order) bool { return !v.serves(o.Unit, o.Post) })
}

// Sees reports whether the viewer sees a record by its name: one of the version, or one that
// is gone and was seen in every version that held it.
func (v *View) Sees(kind, key string) bool {
	if v.plain {
		return true
	}
	switch kind {
	case contributors:
		return v.open(key)
	case units:
		if v.units[key] {
			_, hidden := v.alias[key]
			return !hidden
		}
		return v.sawLast(units, key)
	case posts:
		if homeOf, there := v.posts[key]; there {
			return v.public(homeOf)
		}
		return v.sawLast(posts, key)
	case places:
		if hidden, there := v.homes[key]; there {
			return !hidden
		}
		return !v.hidLast(key)
	case pins, inForce, routes:
		return v.whole // numbered: what is taken out moves the others
	}
	return true
}

// unit is the unit, as written, that an id means, and the number of one of a count.
func (v *View) unit(id string) (written, number string, there bool) {
	if i := strings.LastIndexByte(id, '#'); i >= 0 && !v.units[id] {
		written, number = id[:i], id[i:]
		return written, number, v.units[written]
	}
	return id, "", v.units[id]
}

// name is what the viewer sees a unit called, also one of a count; false if it sees none.
// One that the version does not have, such as that of an order for a unit that is gone, is
// seen if it was whenever it was there.
func (v *View) name(id string) (string, bool) {
	if v.plain {
		return id, true
	}
	written, number, there := v.unit(id)
	if !there {
		return id, v.sawUnit(id)
	}
	if alias, hidden := v.alias[written]; hidden {
		return alias + number, alias != ""
	}
	return id, true
}

// serves reports whether the viewer sees a unit and a post, both unaltered.
func (v *View) serves(unit, post string) bool {
	name, seen := v.name(unit)
	return seen && name == unit && v.Sees(posts, post)
}

// hideHomes finds the places that only units which the viewer does not see live at, or have
// lived at in another version, and those of minimums at home that it does not see.
func (v *View) hideHomes(s *scenario.Scenario, called map[string]string) {
	for _, p := range v.pasts {
		v.lived = append(v.lived, v.hidden(p))
	}
	for i := range s.Places {
		id := s.Places[i].ID
		was, renamed := called[id]
		if !renamed {
			was = id
		}
		v.homes[id] = v.hid(was, v.version)
	}
	seen := func(unit *scenario.Unit) bool { return v.open(unit.Contributor) }
	for i := range s.Units {
		if u := &s.Units[i]; !seen(u) {
			v.homes[u.Home] = true
		}
	}
	for i := range s.Posts {
		if p := &s.Posts[i]; !v.public(p.HomeOf) {
			v.homes[p.Place] = true
		}
	}
	for i := range s.Units {
		if u := &s.Units[i]; seen(u) {
			v.homes[u.Home] = false
		}
	}
	for i := range s.Posts {
		if p := &s.Posts[i]; v.public(p.HomeOf) {
			v.homes[p.Place] = false
		}
	}
}

// garrison is what the place that stands for the homes of a contributor's units is called, if no place is.
func garrison(contributor string) string { return contributor + "/home" }

// Scenario is what the viewer sees of the scenario, as written or resolved. What is not named
// here of a contributor or a unit that it does not see whole is not released.
func (v *View) Scenario(s *scenario.Scenario) *scenario.Scenario {
	if v.whole {
		return s
	}
	out := *s
	out.Contributors = nil
	for _, c := range s.Contributors {
		switch {
		case v.open(c.ID):
			c.Caveats = v.caveats(c.Caveats)
		case v.release[c.ID] == scenario.ByCapability:
			c = scenario.Contributor{ID: c.ID, Name: c.Name, Share: c.Share, Release: scenario.ByCapability}
		default:
			c = scenario.Contributor{ID: c.ID, Name: c.Name, Release: scenario.Nothing}
		}
		out.Contributors = append(out.Contributors, c)
	}
	out.Units = nil
	home := map[string]bool{}
	for _, u := range s.Units {
		name, seen := v.name(u.ID)
		switch {
		case !seen:
			continue
		case name == u.ID:
			u.Caveats = v.caveats(u.Caveats)
		default:
			home[u.Contributor] = true
			u = ability(name, v.garrisons[u.Contributor], u)
		}
		out.Units = append(out.Units, u)
	}
	out.Places = slices.DeleteFunc(slices.Clone(s.Places), func(p scenario.Place) bool { return v.homes[p.ID] })
	for _, c := range out.Contributors {
		if home[c.ID] {
			out.Places = append(out.Places, v.around(s, c))
		}
	}
	out.Posts = slices.DeleteFunc(slices.Clone(s.Posts), func(p scenario.Post) bool { return !v.public(p.HomeOf) })
	out.Routes = slices.DeleteFunc(slices.Clone(s.Routes), func(r scenario.Route) bool { return v.homes[r.From] || v.homes[r.To] })
	out.Pins = slices.DeleteFunc(slices.Clone(s.Pins), func(p scenario.Pin) bool { return !v.serves(p.Unit, p.Post) })
	out.InForce = v.orders(s.InForce)
	out.Operations = slices.Clone(s.Operations)
	for i := range out.Operations {
		r := &out.Operations[i].Ready
		r.IOC, r.FOC = v.counts(r.IOC), v.counts(r.FOC)
	}
	return &out
}

// counts is what counts for readiness, without the posts that the viewer does not see.
func (v *View) counts(k *scenario.Counts) *scenario.Counts {
	if k == nil {
		return nil
	}
	out := *k
	out.Post = slices.DeleteFunc(slices.Clone(k.Post), func(post string) bool { return !v.Sees(posts, post) })
	return &out
}

// orders are those that the viewer sees, without the posts that it does not.
func (v *View) orders(list []scenario.Order) []scenario.Order {
	seen := slices.DeleteFunc(slices.Clone(list), func(o scenario.Order) bool { return !v.serves(o.Unit, o.Post) })
	for i := range seen {
		if !v.Sees(posts, seen[i].From) {
			seen[i].From = ""
		}
	}
	return seen
}

// caveats are those that the viewer sees, without the posts that it does not: one that bars
// nothing else bars nothing that it sees.
func (v *View) caveats(list []scenario.Caveat) []scenario.Caveat {
	hidden := func(post string) bool { return !v.Sees(posts, post) }
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
func (v *View) around(s *scenario.Scenario, c scenario.Contributor) scenario.Place {
	p := scenario.Place{ID: v.garrisons[c.ID], Name: cmp.Or(c.Name, c.ID) + ", place not released"}
	places, n := s.PlacesByID(), 0.0
	for i := range s.Posts {
		if at := places[s.Posts[i].Place]; at != nil && v.public(s.Posts[i].HomeOf) {
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
func (v *View) Plan(resolved *scenario.Scenario, p *plan.Plan) (*scenario.Scenario, *plan.Plan, error) {
	if v.whole {
		return resolved, p, nil
	}
	s := v.Scenario(resolved)
	out := *p
	out.Tours, out.Metrics, out.ScenarioSHA256 = []plan.Tour{}, nil, ""
	out.Stop, out.Seed, out.Iterations = "", 0, 0
	out.Options.InForce = v.orders(p.Options.InForce)
	out.Options.Raised = slices.DeleteFunc(slices.Clone(p.Options.Raised), func(x scenario.Raise) bool { return !v.Sees(posts, x.Post) })
	for _, t := range p.Tours {
		name, seen := v.name(t.Unit)
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
