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

// arrival is a leg at a standing post that may make a departure good.
type arrival struct {
	unit, from string
	leg        Leg
	gives      []string
}

// Backfills lists who took whose post, one leg for each departure at most: each leg at a
// standing post, in the order in which they become effective, takes the earliest
// redeployment from there within 30 days whose capabilities it shares and that none before
// it took.
func (e *Evaluation) Backfills() []Backfill {
	departures, arrivals := e.departures()
	var found []Backfill
	for post, legs := range arrivals {
		slices.SortFunc(legs, func(a, b arrival) int {
			return cmp.Or(cmp.Compare(a.leg.Effective, b.leg.Effective), cmp.Compare(a.unit, b.unit))
		})
		for i := range legs {
			if b, k := legs[i].takes(departures[post]); k >= 0 {
				departures[post] = slices.Delete(departures[post], k, k+1)
				found = append(found, b)
			}
		}
	}
	slices.SortFunc(found, func(a, b Backfill) int {
		return cmp.Or(cmp.Compare(a.LeftOn, b.LeftOn), cmp.Compare(a.Post, b.Post), cmp.Compare(a.Leg.Effective, b.Leg.Effective), cmp.Compare(a.By, b.By))
	})
	return found
}

// departures are the redeployments from each standing post, earliest first, and the legs
// there that are not of day 0.
func (e *Evaluation) departures() (map[string][]departure, map[string][]arrival) {
	standing := map[string]*scenario.Post{}
	for i := range e.Scenario.Posts {
		if p := &e.Scenario.Posts[i]; p.Operation == "" && p.HomeOf == "" {
			standing[p.ID] = p
		}
	}
	departures, arrivals := map[string][]departure{}, map[string][]arrival{}
	for _, t := range e.Plan.Tours {
		for i, l := range t.Legs {
			p := standing[l.Post]
			if p == nil {
				continue
			}
			gives := e.gives(t.Unit, &l, p)
			if i+1 < len(t.Legs) {
				departures[p.ID] = append(departures[p.ID], departure{t.Unit, p.ID, t.Legs[i+1].Post, l.Until, gives})
			}
			if l.OnDayZero() {
				continue
			}
			x := arrival{unit: t.Unit, leg: l, gives: gives}
			if i > 0 {
				x.from = t.Legs[i-1].Post
			}
			arrivals[p.ID] = append(arrivals[p.ID], x)
		}
	}
	for _, list := range departures {
		slices.SortFunc(list, func(a, b departure) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.unit, b.unit)) })
	}
	return departures, arrivals
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

// takes finds the earliest departure that a leg makes good; its index is -1 for none.
func (x *arrival) takes(from []departure) (Backfill, int) {
	for i, d := range from {
		if d.unit == x.unit || x.leg.Effective < d.day-window || x.leg.Effective > d.day+window {
			continue
		}
		var both []string
		for _, c := range x.gives {
			if slices.Contains(d.gave, c) {
				both = append(both, c)
			}
		}
		if both != nil {
			return Backfill{Post: x.leg.Post, Left: d.unit, LeftFor: d.to, LeftOn: d.day, By: x.unit, From: x.from, Leg: x.leg, Provides: both}, i
		}
	}
	return Backfill{}, -1
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
