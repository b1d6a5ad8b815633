package plan

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// Backfill says that one unit took a post that another left for elsewhere.
type Backfill struct {
	Post     string
	Left     string        // the unit that redeployed
	LeftFor  string        // the post it went to
	LeftOn   scenario.Date // the day its leg at Post ended
	By       string        // the unit that took its place
	From     string        // the post that By came from, empty if from home
	Leg      Leg           // By's leg at Post
	Provides []string      // capabilities of the post's lines that both gave
}

// window is how many days before or after a departure a relief may count.
const window = 30

// departure is a redeployment from a standing post.
type departure struct {
	unit, post, to string
	day            scenario.Date
	gave           []string
}

// Backfills lists who took whose post: each leg at a standing post takes the
// earliest redeployment from there within 30 days whose capabilities it shares.
func (e *Evaluation) Backfills() []Backfill {
	standing := map[string]*scenario.Post{}
	for i := range e.Scenario.Posts {
		if p := &e.Scenario.Posts[i]; p.Operation == "" && p.HomeOf == "" {
			standing[p.ID] = p
		}
	}
	departures := map[string][]departure{}
	for _, t := range e.Plan.Tours {
		for i, l := range t.Legs[:len(t.Legs)-1] {
			if p := standing[l.Post]; p != nil {
				departures[l.Post] = append(departures[l.Post], departure{
					t.Unit, l.Post, t.Legs[i+1].Post, l.Until, e.gives(t.Unit, &l, p),
				})
			}
		}
	}
	for _, list := range departures {
		slices.SortFunc(list, func(a, b departure) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.unit, b.unit)) })
	}
	var found []Backfill
	for _, t := range e.Plan.Tours {
		for i, l := range t.Legs {
			p := standing[l.Post]
			if p == nil || l.OnDayZero() {
				continue
			}
			if b, ok := takes(t.Unit, &l, e.gives(t.Unit, &l, p), departures[l.Post]); ok {
				if i > 0 {
					b.From = t.Legs[i-1].Post
				}
				found = append(found, b)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Backfill) int {
		return cmp.Or(cmp.Compare(a.LeftOn, b.LeftOn), cmp.Compare(a.Post, b.Post), cmp.Compare(a.Leg.Effective, b.Leg.Effective), cmp.Compare(a.By, b.By))
	})
	return found
}

// takes finds the earliest departure that a leg makes good.
func takes(unit string, l *Leg, gives []string, from []departure) (Backfill, bool) {
	for _, d := range from {
		if d.unit == unit || l.Effective < d.day-window || l.Effective > d.day+window {
			continue
		}
		var both []string
		for _, c := range gives {
			if slices.Contains(d.gave, c) {
				both = append(both, c)
			}
		}
		if both != nil {
			return Backfill{Post: l.Post, Left: d.unit, LeftFor: d.to, LeftOn: d.day, By: unit, Leg: *l, Provides: both}, true
		}
	}
	return Backfill{}, false
}

// gives lists the capabilities of a post's lines that a leg serves.
func (e *Evaluation) gives(unit string, l *Leg, p *scenario.Post) []string {
	var served []string
	for _, k := range p.Lines {
		if !slices.Contains(served, k.Capability) && Gives(e.Scenario, e.units[unit], l.As, k.Capability) > 0 {
			served = append(served, k.Capability)
		}
	}
	return served
}
