package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (c *checker) units() {
	for i := range c.s.Units {
		u := &c.s.Units[i]
		owner, path := fmt.Sprintf("unit %q", u.ID), at("units", i)
		c.known(path+"/contributor", owner, "contributor", u.Contributor)
		c.known(path+"/home", owner, "place", u.Home)
		if len(u.Provides) == 0 && !c.lacks(path, "provides") {
			c.problem(path, "", "%s provides nothing", owner)
		}
		for _, k := range slices.Sorted(maps.Keys(u.Provides)) {
			here := path + at("provides", k)
			if c.known(here, owner, "capability", k) {
				c.amount(here, owner+": "+k, u.Provides[k])
			}
		}
		c.quantity(path+"/persons", owner+": persons", u.Persons)
		c.quantity(path+"/tonnes", owner+": tonnes", u.Tonnes)
		if u.Rest != 0 && u.Dwell != 0 {
			c.problem(path+"/dwell", "", "%s: rest and dwell are both given; the one is days, the other days of rest for a day of tour", owner)
		}
		c.span(path+"/tour", owner+": tour", u.Tour)
		c.wear(path+"/wear", owner, u)
		c.caveats(path, owner, u.Caveats)
		for j, p := range u.Postures {
			here := fmt.Sprintf("%s/postures/%d", path, j)
			if p.Notice >= u.Notice && !c.lacks(here, "notice") && !c.lacks(path, "notice") {
				c.problem(here+"/notice", "", "%s: posture %d has %d days of notice, no less than the %d without it", owner, j+1, p.Notice, u.Notice)
			}
			c.opens(here, fmt.Sprintf("%s: posture %d", owner, j+1), p.From, Time{}, "")
		}
		for j, w := range u.Available {
			c.opens(fmt.Sprintf("%s/available/%d", path, j), owner+": window", w.From, w.Until, "")
		}
		if u.Ready.Relative() {
			c.problem(path+"/ready", "", "%s: ready %s counts from a D-day, but a unit belongs to no operation; write a date", owner, u.Ready)
		} else {
			c.ready(path+"/ready", owner, u)
		}
		if own := u.SelfDeploys; own != nil {
			c.speed(path+"/self_deploys/speed", owner, own.Speed)
		}
		if own := u.SelfDeploys; own != nil && own.Mode == "" && !c.lacks(path, "self_deploys") {
			c.problem(path+"/self_deploys", "", "%s: self_deploys needs a mode: air, sea, rail or road", owner)
		}
		c.station(path, owner, u)
	}
}

func (c *checker) wear(path, owner string, u *Unit) {
	if u.Wear == nil {
		return
	}
	c.quantity(path+"/rate", owner+": wear: rate", u.Wear.Rate)
	if c.lacks(path, "rate", "least") || c.unread.Touches(above(path)+"/tour") {
		return
	}
	if lasts := u.Wear.Lasts(); u.Wear.Least <= 100 && u.Tour.Min != nil && int(*u.Tour.Min) > lasts {
		c.problem(path, "", "%s: wear: it counts for %d days of a tour, and its tour lasts %d at least", owner, lasts, *u.Tour.Min)
	}
}

// station checks where a unit is on day 0.
func (c *checker) station(path, owner string, u *Unit) {
	if u.At == nil || c.unread.Covers(path+"/at") {
		return
	}
	c.since(path+"/at/since", owner, u)
	if !c.known(path+"/at/post", owner+": at", "post", u.At.Post) {
		return
	}
	i := c.names["post"][u.At.Post]
	p := &c.s.Posts[i]
	if p.HomeOf != "" {
		c.problem(path+"/at/post", "", "%s: post %q is a minimum at home; a unit is there whenever it is home", owner, p.ID)
	}
	if !c.timeless && !u.Ready.IsZero() && u.Ready.Day(c.s.Calendar, 0) > 0 {
		c.problem(path+"/ready", "", "%s: it cannot be at post %q on day 0 and rest at home until %s", owner, u.At.Post, u.Ready)
	}
	unclear := c.lacks(path, "provides") || c.lacks(at("posts", i), "lines") || c.unread.Touches("/capabilities")
	if !unclear && !slices.ContainsFunc(p.Lines, func(l Line) bool { return c.serves(u, l.Capability) }) {
		c.warning(path+"/at/post", "", "%s holds post %q but provides nothing that is required there", owner, p.ID)
	}
}

// serves reports whether a unit provides a capability or can stand in for it.
func (c *checker) serves(u *Unit, capability string) bool {
	if u.Provides[capability].Likely > 0 {
		return true
	}
	i, ok := c.names["capability"][capability]
	if !ok {
		return false
	}
	for x := range c.s.Capabilities[i].Substitutes {
		if u.Provides[x].Likely > 0 {
			return true
		}
	}
	return false
}

// reach finds posts that nobody can serve and units that can never move, in a
// scenario whose names and times are right.
func (c *checker) reach() {
	plain := *c.s
	plain.Units = slices.Clone(plain.Units)
	for i := range plain.Units {
		plain.Units[i].Count = 0 // one of each will do
	}
	plain.Pins = nil
	r, err := Resolve(&plain, Variant{})
	if err != nil {
		return // a name in the options only
	}
	x := &reacher{checker: c, r: r, net: NewNetwork(r), rules: NewRules(r), asked: map[string][]int{}, serves: map[string][]int{}, posts: map[string]int{}, known: map[string]reached{}}
	c.ports(r, x.net)
	x.reasons, x.served = make([]map[string]bool, len(r.Posts)), make([]map[string]bool, len(r.Posts))
	for k := range r.Posts {
		p := &r.Posts[k]
		x.reasons[k], x.served[k], x.posts[p.ID] = map[string]bool{}, map[string]bool{}, k
		for _, l := range p.Lines {
			if list := x.asked[l.Capability]; p.HomeOf == "" && !slices.Contains(list, k) {
				x.asked[l.Capability] = append(list, k)
			}
		}
	}
	for i := range r.Capabilities {
		k := &r.Capabilities[i]
		x.serves[k.ID] = append(x.serves[k.ID], i)
		for other := range k.Substitutes {
			x.serves[other] = append(x.serves[other], i)
		}
	}
	for i := range r.Units {
		x.unit(i)
	}
	for k := range r.Posts {
		p := &r.Posts[k]
		for j, l := range p.Lines {
			if x.served[k][l.Capability] || p.HomeOf != "" {
				continue
			}
			why := "no unit provides it or can stand in for it"
			if list := slices.Sorted(maps.Keys(x.reasons[k])); len(list) > 0 {
				why = "of those that provide it, " + strings.Join(list, "; ")
			}
			c.warning(at("posts", k, "lines", j), "", "post %q: nobody can serve its %s: %s", p.ID, l.Capability, why)
		}
	}
}

// reacher finds where units can go: units that are alike once, and of posts those only
// that ask for what a unit provides.
type reacher struct {
	*checker
	r       *Scenario // resolved
	net     *Network
	rules   *Rules
	asked   map[string][]int  // capability to the posts whose lines ask for it
	serves  map[string][]int  // capability to those that it serves: itself, and those that it stands in for
	posts   map[string]int    // ID to index
	reasons []map[string]bool // by post: why units that qualify do not serve
	served  []map[string]bool // by post: capabilities that somebody can serve
	known   map[string]reached
}

// reached is how far a unit gets: a post asks for what it provides, lift serves the way,
// and no caveat bars it.
type reached struct{ qualifies, lift, moves bool }

func (x *reacher) unit(i int) {
	u := &x.r.Units[i]
	if u.At != nil {
		k := x.posts[u.At.Post]
		place, _ := x.net.Place(x.r.Posts[k].Place)
		home, _ := x.net.Place(u.Home)
		if _, ok := x.net.Back(u, place, home); !ok {
			x.problem(at("units", i, "at", "post"), "", "unit %q: there is no way home from post %q to %q: it does not deploy itself, and no lift pool serves the way", u.ID, u.At.Post, u.Home)
		}
	}
	key := likeness(u)
	got, known := x.known[key]
	if !known {
		got = x.reach(u)
		x.known[key] = got
	}
	switch {
	case !got.qualifies:
		x.warning(at("units", i), "", "unit %q can never move: no post requires what it provides", u.ID)
	case !got.lift:
		x.warning(at("units", i), "", "unit %q can never move: it does not deploy itself, and no lift pool serves the way to a post that requires it and can load it", u.ID)
	case !got.moves:
		x.warning(at("units", i), "", "unit %q can never move: caveats bar it from every post that requires what it provides", u.ID)
	}
}

// likeness is the same for units that can go to the same posts.
func likeness(u *Unit) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %g %g", u.Home, u.Contributor, u.Tonnes.Likely, u.Persons.Likely)
	if u.SelfDeploys != nil {
		fmt.Fprintf(&b, " %s %g", u.SelfDeploys.Mode, u.SelfDeploys.Speed)
	}
	if u.At != nil {
		fmt.Fprintf(&b, " at %q", u.At.Post)
	}
	for _, c := range slices.Sorted(maps.Keys(u.Provides)) {
		if u.Provides[c].Likely > 0 {
			fmt.Fprintf(&b, " %q", c)
		}
	}
	for _, k := range u.Caveats {
		fmt.Fprintf(&b, " %q", [][]string{k.Operation, k.Post, k.Area, k.Host, k.Domain, k.Phase, k.Capability})
	}
	return b.String()
}

// serviceable are the capabilities that a unit can serve, by their order.
func (x *reacher) serviceable(u *Unit) []int {
	var list []int
	for k, q := range u.Provides {
		if q.Likely > 0 {
			list = append(list, x.serves[k]...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// reach finds where one unit, and all that are like it, can go.
func (x *reacher) reach(u *Unit) (got reached) {
	home, _ := x.net.Place(u.Home)
	for _, i := range x.serviceable(u) {
		capability := x.r.Capabilities[i].ID
		for _, k := range x.asked[capability] {
			p := &x.r.Posts[k]
			place, _ := x.net.Place(p.Place)
			got.qualifies = true
			_, back := x.net.Back(u, place, home)
			switch {
			case u.At != nil && u.At.Post == p.ID:
			case !back || len(x.net.Ways(u, home, place)) == 0:
				x.reasons[k]["some have no lift that serves the way and can load them"] = true
				continue
			case x.rules.barsFor(u, p, capability):
				got.lift = true
				x.reasons[k]["some are barred by a caveat"] = true
				continue
			}
			got.lift, got.moves = true, true
			x.served[k][capability] = true
		}
	}
	return got
}
