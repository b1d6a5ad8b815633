package scenario

import (
	"fmt"
	"math"
	"slices"
)

// portModes are the modes that need a port; roads go everywhere.
var portModes = [...]Mode{Sea, Air, Rail}

// portChecker holds what goes by a mode to the ports of that mode. A mode of which no
// place names a port is not looked at: nothing was said of it.
type portChecker struct {
	*checker
	r      *Scenario // resolved
	net    *Network
	homes  []bool // by place: a unit lives there
	posts  []bool // by place: a post that is served away from home stands there
	mode   Mode
	ports  []int    // places with a port of the mode
	served []string // by place: what goes there by the mode, "" if nothing does
}

// ports finds places that a mode serves though they have no port of it, and ports that it does not serve.
func (c *checker) ports(r *Scenario, net *Network) {
	if !slices.ContainsFunc(r.Places, func(p Place) bool { return p.Ports != nil }) {
		return
	}
	x := &portChecker{checker: c, r: r, net: net, homes: make([]bool, len(r.Places)), posts: make([]bool, len(r.Places))}
	for i := range r.Units {
		home, _ := net.Place(r.Units[i].Home)
		x.homes[home] = true
	}
	for i := range r.Posts {
		if p := &r.Posts[i]; p.HomeOf == "" {
			place, _ := net.Place(p.Place)
			x.posts[place] = true
		}
	}
	for _, x.mode = range portModes {
		x.ports = x.ports[:0]
		for i := range r.Places {
			if slices.Contains(r.Places[i].Ports, x.mode) {
				x.ports = append(x.ports, i)
			}
		}
		if len(x.ports) > 0 {
			x.serve()
			x.lacking()
			x.routes()
			x.idle()
		}
	}
}

// serve finds what goes by the mode where units live or are sent.
func (x *portChecker) serve() {
	x.served = make([]string, len(x.r.Places))
	for i := range x.net.pools {
		p := &x.net.pools[i]
		if p.Mode != x.mode {
			continue
		}
		what := fmt.Sprintf("%s lift %q", x.mode, p.ID)
		x.ends(p.from, p.to, what)
		if !p.OneWay {
			x.ends(p.to, p.from, what)
		}
	}
	for i := range x.r.Units {
		u := &x.r.Units[i]
		if home, _ := x.net.Place(u.Home); u.SelfDeploys != nil && u.SelfDeploys.Mode == x.mode && x.served[home] == "" {
			x.served[home] = fmt.Sprintf("unit %q, which goes by %s,", u.ID, x.mode)
		}
	}
}

// ends notes the places that a pool takes units from, and the posts that it takes them to. A
// place is no way of its own: there has to be another at the other end.
func (x *portChecker) ends(from, to []bool, what string) {
	starts, aims := 0, 0
	for k := range x.r.Places {
		if from[k] && (x.homes[k] || x.posts[k]) {
			starts++
		}
		if to[k] && x.posts[k] {
			aims++
		}
	}
	for k := range x.r.Places {
		start, aim := from[k] && (x.homes[k] || x.posts[k]), to[k] && x.posts[k]
		goes := start && (aims > 1 || aims == 1 && !aim) || aim && (starts > 1 || starts == 1 && !start)
		if goes && x.served[k] == "" {
			x.served[k] = what
		}
	}
}

// lacking warns of places that are served without a port.
func (x *portChecker) lacking() {
	for k, what := range x.served {
		if p := &x.r.Places[k]; what != "" && !slices.Contains(p.Ports, x.mode) {
			x.warning(at("places", k), "", "place %q: %s serves it, and it has no %s port; %s", p.ID, what, x.mode, x.nearest(k))
		}
	}
}

// nearest says what port of the mode is nearest to a place, of equals the first, and what to
// do. Where warnings are many the later ones leave the port out, as suggestions are.
func (x *portChecker) nearest(place int) string {
	next := fmt.Sprintf("add %s to its ports, or let other lift serve it", x.mode)
	if x.noted[1] >= mostSuggested {
		return next
	}
	best, least := 0, math.Inf(1)
	for _, k := range x.ports {
		if d := x.net.Distance(place, k); d < least {
			best, least = k, d
		}
	}
	return fmt.Sprintf("the nearest is at %q, %.0f km away; %s", x.r.Places[best].ID, least, next)
}

// routes warns of routes by the mode that begin or end where there is no port of it.
func (x *portChecker) routes() {
	for i := range x.r.Routes {
		r := &x.r.Routes[i]
		if r.Mode != x.mode {
			continue
		}
		for _, end := range []struct{ key, place string }{{"from", r.From}, {"to", r.To}} {
			if k, _ := x.net.Place(end.place); !slices.Contains(x.r.Places[k].Ports, x.mode) && x.served[k] == "" {
				x.warning(at("routes", i, end.key), "", "route %d: it goes by %s, and %q has no %s port; %s", i+1, x.mode, end.place, x.mode, x.nearest(k))
			}
		}
	}
}

// idle warns of ports that nothing by the mode can reach.
func (x *portChecker) idle() {
	reached := make([]bool, len(x.r.Places))
	for i := range x.net.pools {
		if p := &x.net.pools[i]; p.Mode == x.mode {
			for k := range reached {
				reached[k] = reached[k] || p.from[k] || p.to[k]
			}
		}
	}
	for i := range x.r.Units {
		if own := x.r.Units[i].SelfDeploys; own != nil && own.Mode == x.mode {
			return // it goes everywhere
		}
	}
	for _, k := range x.ports {
		if p := &x.r.Places[k]; !reached[k] {
			x.warning(at("places", k, "ports", slices.Index(p.Ports, x.mode)), "", "place %q: no %s lift serves it, so that its %s port is of no use; write its area in from or to of a lift pool by %s", p.ID, x.mode, x.mode, x.mode)
		}
	}
}
