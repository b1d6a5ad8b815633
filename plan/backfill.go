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

// Step is a backfill in a cascade. Depth 0 makes good the departure that the
// cascade begins with; depth n+1 takes the place of who did so at depth n.
type Step struct {
	Backfill
	Depth int
}

// Cascade is a departure from a standing post with everything that it sets in
// motion: who took the post, who took theirs, and so on.
type Cascade []Step

// Cascades groups backfills by the departure that they began with, in the order
// of those. Every backfill is in one cascade.
func Cascades(backfills []Backfill) []Cascade {
	type departure struct {
		unit, post string
		day        scenario.Date
	}
	by := map[departure][]int{}
	caused := make([]bool, len(backfills))
	for i, b := range backfills {
		d := departure{b.Left, b.Post, b.LeftOn}
		by[d] = append(by[d], i)
	}
	for _, b := range backfills {
		for _, i := range by[departure{b.By, b.From, b.Leg.Depart}] {
			caused[i] = true
		}
	}
	var all []Cascade
	seen := make([]bool, len(backfills))
	var follow func(c Cascade, d departure, depth int) Cascade
	follow = func(c Cascade, d departure, depth int) Cascade {
		for _, i := range by[d] {
			if seen[i] {
				continue
			}
			seen[i] = true
			b := backfills[i]
			c = append(c, Step{b, depth})
			c = follow(c, departure{b.By, b.From, b.Leg.Depart}, depth+1)
		}
		return c
	}
	begin := func(wanted bool) {
		for i, b := range backfills {
			if !seen[i] && caused[i] == wanted {
				all = append(all, follow(nil, departure{b.Left, b.Post, b.LeftOn}, 0))
			}
		}
	}
	begin(false)
	begin(true) // two units that swap posts: each departure was caused by the other
	slices.SortStableFunc(all, func(a, b Cascade) int { return cmp.Compare(a[0].LeftOn, b[0].LeftOn) })
	return all
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
