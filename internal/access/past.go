package access

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rearguard/rearguard/scenario"
)

// Past is what the versions of a scenario say of who released what, who owned which unit
// and what was where. What is gone is judged by the versions that held it: that a record
// or its owner is no longer there releases nothing. Its methods may be called from any
// goroutine.
type Past struct {
	mu     sync.RWMutex
	spans  map[string][]span // kind/key to what it was, the oldest first
	narrow map[string]bool   // contributors that once released less than everything
	age    int64             // another after each addition, and of no two pasts the same
}

// Pasts are the past of a scenario, and those of the scenarios that it was branched from,
// the nearest first.
type Pasts []*Past

// span is what a contributor, a unit, a post or a place was in the versions from one until
// another.
type span struct {
	from, until int64
	of          string // owner of a unit; contributor whose minimum at home a post is
	place       string // home of a unit; place of a post
	release     scenario.Release
}

// The kinds of records that are told apart, as a scenario's JSON form names them.
const (
	contributors = "contributors"
	units        = "units"
	posts        = "posts"
	places       = "places"
	routes       = "routes"
	pins         = "pins"
	inForce      = "in_force"
)

// PastKinds are the kinds of records that a past is made of, contributors first.
var PastKinds = []string{contributors, units, posts, places}

var ages atomic.Int64

// NewPast is the past of a scenario without versions.
func NewPast() *Past { return &Past{spans: map[string][]span{}, narrow: map[string]bool{}} }

// Was is what a record was from a version on, as in a scenario's JSON form; without a body it
// was removed.
type Was struct {
	Kind, Key string
	Version   int64
	Body      []byte
}

// Add lengthens the past. Versions come in order. Records of kinds that decide nothing are
// passed over.
func (p *Past) Add(list ...Was) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.age = ages.Add(1)
	for i := range list {
		if err := p.add(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *Past) add(w *Was) error {
	if !slices.Contains(PastKinds, w.Kind) {
		return nil
	}
	name := w.Kind + "/" + w.Key
	list := p.spans[name]
	if n := len(list); n > 0 && list[n-1].until > w.Version {
		list[n-1].until = w.Version
	}
	if w.Body == nil || string(w.Body) == "null" {
		return nil
	}
	var r struct {
		Contributor word `json:"contributor"`
		HomeOf      word `json:"home_of"`
		Home        word `json:"home"`
		Place       word `json:"place"`
		Release     word `json:"release"`
	}
	if err := json.Unmarshal(w.Body, &r); err != nil {
		return fmt.Errorf("read whose %s was: %w", name, err)
	}
	x := span{from: w.Version, until: math.MaxInt64}
	switch w.Kind {
	case contributors:
		x.release = released(scenario.Release(r.Release))
		p.narrow[w.Key] = p.narrow[w.Key] || x.release != scenario.Everything
	case units:
		x.of, x.place = string(r.Contributor), string(r.Home)
	case posts:
		x.of, x.place = string(r.HomeOf), string(r.Place)
	}
	p.spans[name] = append(list, x)
	return nil
}

// Open reports whether every contributor has always released everything, so that units,
// posts and places need not be known.
func (p *Past) Open() bool { return p.openTo("") }

// openTo reports the same, but for a contributor.
func (p *Past) openTo(contributor string) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for c, narrow := range p.narrow {
		if narrow && c != contributor {
			return false
		}
	}
	return true
}

// Age is another whenever the past has grown, and of no two pasts the same.
func (p *Past) Age() int64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.age
}

// last is what a contributor released in the last version that held it; empty if none did.
func (p *Past) last(contributor string) scenario.Release {
	list := p.spans[contributors+"/"+contributor]
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].release
}

// releaseAt is what a contributor released in a version; empty if it was not there.
func (p *Past) releaseAt(contributor string, version int64) scenario.Release {
	for _, x := range p.spans[contributors+"/"+contributor] {
		if x.from <= version && version < x.until {
			return x.release
		}
	}
	return ""
}

// life is the longest run of versions around one that held a record without a break; false if
// that version did not.
func life(list []span, version int64) (from, until int64, there bool) {
	for _, x := range list {
		if x.from != until || from == 0 {
			if there {
				return from, until, true
			}
			from = x.from
		}
		until = x.until
		there = there || x.from <= version && version < x.until
	}
	return from, until, there
}

// lastLife are what a record was since it was last made anew.
func lastLife(list []span) []span {
	for i := len(list) - 1; i > 0; i-- {
		if list[i-1].until != list[i].from {
			return list[i:]
		}
	}
	return list
}

// released is a release as written, with its default.
func released(r scenario.Release) scenario.Release {
	if r == "" {
		return scenario.Everything
	}
	return r
}

// narrower is the release that lets others see less. Of one that is unknown, empty, it is
// the other.
func narrower(a, b scenario.Release) scenario.Release {
	rank := map[scenario.Release]int{"": 4, scenario.Everything: 3, scenario.ByCapability: 2, scenario.Nothing: 1}
	if rank[b] < rank[a] {
		return b
	}
	return a
}

// Then reports whether the viewer may be told what a record has been, as a scenario's JSON form
// has it, up to a version, the last that held it so. Units, contributors and the places that
// units live at are for their owner only.
func (v *View) Then(kind, key string, body []byte, version int64) (bool, error) {
	if v.viewer.All {
		return true, nil
	}
	// Read as each kind has it: what a route and a pin call from is not the same.
	var unit struct {
		Contributor word `json:"contributor"`
	}
	var post struct {
		HomeOf word `json:"home_of"`
	}
	var order struct {
		Unit word `json:"unit"`
		Post word `json:"post"`
	}
	var route struct {
		From word `json:"from"`
		To   word `json:"to"`
	}
	if into := map[string]any{units: &unit, posts: &post, pins: &order, inForce: &order, routes: &route}[kind]; into != nil {
		if err := json.Unmarshal(body, into); err != nil {
			return false, fmt.Errorf("read whose %s/%s was: %w", kind, key, err)
		}
	}
	switch kind {
	case contributors:
		return key == v.viewer.Contributor, nil
	case units:
		return unit.Contributor != "" && string(unit.Contributor) == v.viewer.Contributor, nil
	case places:
		return false, nil
	case posts:
		of := string(post.HomeOf)
		return v.public(of) && (of == "" || v.releasedAt(of, version)), nil
	case pins, inForce:
		return v.plain || v.whole && v.sawUnit(string(order.Unit)) && v.saw(posts, string(order.Post)), nil
	case routes:
		return v.plain || v.whole && v.Sees(places, string(route.From)) && v.Sees(places, string(route.To)), nil
	}
	return true, nil
}

// Told reports whether the viewer may be told that a version changed a record, and what was
// noted then: if it sees what the record was before and after. The body is what the version
// made of it.
func (v *View) Told(kind, key string, body []byte, version int64) (bool, error) {
	switch {
	case v.plain:
		return true, nil
	case kind == contributors:
		return v.open(key) && v.releasedAt(key, version-1) && v.releasedAt(key, version), nil
	case kind == units || kind == posts:
		return v.toldOf(kind+"/"+key, version), nil
	case kind == places:
		return v.Sees(places, key), nil
	case body == nil && (kind == pins || kind == inForce || kind == routes):
		return false, nil // whose it was is not told
	}
	return v.Then(kind, key, body, version)
}

// toldOf reports whether the viewer saw a unit or a post before and after a version of the
// scenario that changed it.
func (v *View) toldOf(name string, version int64) bool {
	if len(v.pasts) == 0 {
		return false
	}
	p := v.pasts[0]
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, x := range p.spans[name] {
		at := version
		switch version {
		case x.from:
		case x.until:
			at = version - 1
		default:
			continue
		}
		if !v.sees(p, &x, at) {
			return false
		}
	}
	return true
}

// releasedAt reports whether a contributor released everything in a version of the scenario, or
// was not there.
func (v *View) releasedAt(contributor string, version int64) bool {
	if contributor == v.viewer.Contributor || v.plain {
		return true
	}
	if len(v.pasts) == 0 {
		return false
	}
	p := v.pasts[0]
	p.mu.RLock()
	defer p.mu.RUnlock()
	r := p.releaseAt(contributor, version)
	return r == "" || r == scenario.Everything
}

// Offered reports whether the viewer sees the name of a unit that a contributor has offered:
// if it is in sight, and was whenever it was that contributor's.
func (v *View) Offered(unit, contributor string) bool {
	if v.plain {
		return true
	}
	held, hidden := false, false
	for _, p := range v.pasts {
		p.mu.RLock()
		for _, x := range p.spans[units+"/"+unit] {
			if x.of == contributor {
				held, hidden = true, hidden || !v.shows(p, &x)
			}
		}
		p.mu.RUnlock()
	}
	return held && !hidden
}

// sawUnit reports whether the viewer saw a unit, or that of whose count it is one, in every
// version that held it.
func (v *View) sawUnit(id string) bool {
	written, _, _ := v.unit(id)
	return v.saw(units, id) || v.saw(units, written)
}

// saw reports whether the viewer saw a record in every version that held it.
func (v *View) saw(kind, key string) bool {
	return v.sawOf(kind, key, func(list []span) []span { return list })
}

// sawLast reports whether the viewer saw a record that is gone in every version since it was
// last made anew.
func (v *View) sawLast(kind, key string) bool { return v.sawOf(kind, key, lastLife) }

func (v *View) sawOf(kind, key string, when func([]span) []span) bool {
	held := false
	for _, p := range v.pasts {
		p.mu.RLock()
		list := when(p.spans[kind+"/"+key])
		hidden := slices.ContainsFunc(list, func(x span) bool { return !v.shows(p, &x) })
		p.mu.RUnlock()
		if hidden {
			return false
		}
		held = held || len(list) > 0
	}
	return held
}

// shows reports, of a past that is held for reading, whether what a unit or a post was in some
// versions is for the viewer to see: by what its contributor released in the last of them, and
// releases now.
func (v *View) shows(p *Past, x *span) bool { return v.sees(p, x, x.until-1) }

func (v *View) sees(p *Past, x *span, version int64) bool {
	if x.of == "" || v.viewer.All || x.of == v.viewer.Contributor {
		return true
	}
	return v.open(x.of) && p.releaseAt(x.of, version) == scenario.Everything
}

// hidden are the places that units and posts were at which the viewer does not see, each with
// the versions of the scenario of that time.
func (v *View) hidden(p *Past) map[string][]span {
	at := map[string][]span{}
	p.mu.RLock()
	defer p.mu.RUnlock()
	for name, list := range p.spans {
		if strings.HasPrefix(name, contributors+"/") {
			continue
		}
		for _, x := range list {
			if x.place != "" && !v.shows(p, &x) {
				at[x.place] = append(at[x.place], x)
			}
		}
	}
	return at
}

// hid reports whether, in the versions around one that held a place without a break, there was
// something at it that the viewer does not see. A place that the scenario was branched with has
// its past from there too.
func (v *View) hid(place string, version int64) bool {
	for i, p := range v.pasts {
		p.mu.RLock()
		from, until, there := life(p.spans[places+"/"+place], version)
		p.mu.RUnlock()
		if i == 0 && !there {
			return false
		}
		if i > 0 { // in which of its lives there it was branched does not matter
			from, until = 0, math.MaxInt64
		}
		if slices.ContainsFunc(v.lived[i][place], func(x span) bool { return x.from < until && from < x.until }) {
			return true
		}
		if i == 0 && from > 1 {
			return false // it was made here
		}
	}
	return false
}

// hidLast reports the same of the versions that held a place last, if this one does not.
func (v *View) hidLast(place string) bool {
	if len(v.pasts) == 0 {
		return false
	}
	p := v.pasts[0]
	p.mu.RLock()
	list := lastLife(p.spans[places+"/"+place])
	p.mu.RUnlock()
	return len(list) > 0 && v.hid(place, list[0].from)
}
