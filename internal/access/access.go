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

// Lens is what a viewer sees of one scenario.
type Lens struct {
	viewer  Viewer
	whole   bool                        // nothing is kept from the viewer
	release map[string]scenario.Release // of contributors that the viewer does not see whole
	alias   map[string]string           // unit, as written, to the name that the viewer sees; "" if it sees none
	homes   map[string]bool             // places that only units live at which the viewer does not see
}

// Look is what a viewer sees of a scenario, as written. Of an earlier version it sees no
// more than the later ones, which are given too, release now: who narrows a release
// narrows it for what was made before.
func Look(s *scenario.Scenario, v Viewer, later ...*scenario.Scenario) *Lens {
	l := &Lens{viewer: v, release: map[string]scenario.Release{}, alias: map[string]string{}}
	for _, version := range append([]*scenario.Scenario{s}, later...) {
		for i := range version.Contributors {
			c := &version.Contributors[i]
			if v.All || c.ID == v.Contributor {
				continue
			}
			if c.Release == scenario.Nothing || c.Release == scenario.ByCapability && l.release[c.ID] == "" {
				l.release[c.ID] = c.Release
			}
		}
	}
	if l.whole = len(l.release) == 0; l.whole {
		return l
	}
	numbers := map[string]int{}
	for i := range s.Units {
		u := &s.Units[i]
		switch l.release[u.Contributor] {
		case scenario.ByCapability:
			kind := u.Contributor + "/" + slices.Min(append(slices.Collect(maps.Keys(u.Provides)), "~"))
			numbers[kind]++
			l.alias[u.ID] = fmt.Sprintf("%s/%d", kind, numbers[kind])
		case scenario.Nothing:
			l.alias[u.ID] = ""
		}
	}
	l.homes = l.hiddenHomes(s)
	return l
}

// Whole reports whether nothing is kept from the viewer.
func (l *Lens) Whole() bool { return l.whole }

// Sees reports whether the viewer sees a record of the scenario unaltered.
func (l *Lens) Sees(s *scenario.Scenario, kind, key string) bool {
	if l.whole {
		return true
	}
	seen := func(unit string) bool { _, kept := l.alias[base(unit)]; return !kept }
	switch kind {
	case "contributors":
		return l.release[key] == ""
	case "units":
		return seen(key)
	case "pins", "in_force", "routes":
		return false // numbered: what is taken out moves the others
	case "posts":
		for i := range s.Posts {
			if s.Posts[i].ID == key {
				return l.release[s.Posts[i].HomeOf] == ""
			}
		}
	case "places":
		return !l.homes[key]
	}
	return true
}

// base is the unit, as written, of one of a count.
func base(id string) string {
	name, _, _ := strings.Cut(id, "#")
	return name
}

// name is what the viewer sees a unit called, also one of a count; false if it sees none.
func (l *Lens) name(id string) (string, bool) {
	alias, kept := l.alias[base(id)]
	if !kept {
		return id, true
	}
	if _, n, counted := strings.Cut(id, "#"); counted && alias != "" {
		alias += "#" + n
	}
	return alias, alias != ""
}

// hiddenHomes are the places that only units which the viewer does not see live at.
func (l *Lens) hiddenHomes(s *scenario.Scenario) map[string]bool {
	kept := map[string]bool{}
	for i := range s.Units {
		if _, hidden := l.alias[base(s.Units[i].ID)]; hidden {
			kept[s.Units[i].Home] = true
		}
	}
	for i := range s.Units {
		if _, hidden := l.alias[base(s.Units[i].ID)]; !hidden {
			delete(kept, s.Units[i].Home)
		}
	}
	for i := range s.Posts {
		if l.release[s.Posts[i].HomeOf] == "" {
			delete(kept, s.Posts[i].Place)
		}
	}
	return kept
}

// garrison is the place that stands for the homes of a contributor's units.
func garrison(contributor string) string { return contributor + "/home" }

// Scenario is what the viewer sees of the scenario, as written or resolved.
func (l *Lens) Scenario(s *scenario.Scenario) *scenario.Scenario {
	if l.whole {
		return s
	}
	out := *s
	gone := l.homes
	out.Contributors = nil
	for _, c := range s.Contributors {
		switch l.release[c.ID] {
		case scenario.ByCapability:
			c = scenario.Contributor{ID: c.ID, Name: c.Name, Share: c.Share, Release: c.Release}
		case scenario.Nothing:
			c = scenario.Contributor{ID: c.ID, Name: c.Name, Release: c.Release}
		}
		out.Contributors = append(out.Contributors, c)
	}
	out.Units = nil
	home := map[string]bool{}
	for _, u := range s.Units {
		name, seen := l.name(u.ID)
		if !seen {
			continue
		}
		if _, aliased := l.alias[base(u.ID)]; aliased {
			home[u.Contributor] = true
			u = scenario.Unit{ID: name, Contributor: u.Contributor, Count: u.Count, Provides: u.Provides, Home: garrison(u.Contributor), Pledge: u.Pledge, At: u.At, Tour: unlimited(),
				Available: []scenario.Window{}, SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Air, Speed: scenario.Air.Speed()}}
			if u.At != nil {
				u.At = &scenario.Station{Post: u.At.Post, Since: scenario.DayTime(0)}
			}
		}
		out.Units = append(out.Units, u)
	}
	out.Places = slices.DeleteFunc(slices.Clone(s.Places), func(p scenario.Place) bool { return gone[p.ID] })
	for _, c := range out.Contributors {
		if home[c.ID] {
			out.Places = append(out.Places, l.around(s, c))
		}
	}
	out.Posts = slices.DeleteFunc(slices.Clone(s.Posts), func(p scenario.Post) bool { return l.release[p.HomeOf] != "" })
	out.Routes = slices.DeleteFunc(slices.Clone(s.Routes), func(r scenario.Route) bool { return gone[r.From] || gone[r.To] })
	unseen := func(unit string) bool { _, kept := l.alias[base(unit)]; return kept }
	out.Pins = slices.DeleteFunc(slices.Clone(s.Pins), func(p scenario.Pin) bool { return unseen(p.Unit) })
	out.InForce = slices.DeleteFunc(slices.Clone(s.InForce), func(o scenario.Order) bool { return unseen(o.Unit) })
	return &out
}

func unlimited() scenario.Span {
	least, most := scenario.Days(0), scenario.Days(scenario.NoLimit)
	return scenario.Span{Min: &least, Max: &most}
}

// around is a place for a contributor's homes: in the middle of the posts, so that it
// says nothing of them.
func (l *Lens) around(s *scenario.Scenario, c scenario.Contributor) scenario.Place {
	p := scenario.Place{ID: garrison(c.ID), Name: cmp.Or(c.Name, c.ID) + ", place not released"}
	places, n := s.PlacesByID(), 0.0
	for i := range s.Posts {
		if at := places[s.Posts[i].Place]; at != nil && l.release[s.Posts[i].HomeOf] == "" {
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
// they count where, but no move and no decision. Its numbers are of what is left.
func (l *Lens) Plan(resolved *scenario.Scenario, p *plan.Plan) (*scenario.Scenario, *plan.Plan, error) {
	if l.whole {
		return resolved, p, nil
	}
	s := l.Scenario(resolved)
	out := *p
	out.Tours, out.Metrics, out.ScenarioSHA256 = []plan.Tour{}, nil, ""
	out.Options.InForce = slices.DeleteFunc(slices.Clone(p.Options.InForce), func(o scenario.Order) bool { _, kept := l.alias[base(o.Unit)]; return kept })
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
	if err := plan.Measure(s, &out, math.Inf(-1)); err != nil {
		return nil, nil, fmt.Errorf("measure what is released of the plan: %w", err)
	}
	out.Metrics.Bound, out.Metrics.Gap, out.Metrics.GapOfCover = 0, 0, 0 // proven of the whole plan, not of this
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
