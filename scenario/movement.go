package scenario

import (
	"encoding/binary"
	"math"
	"slices"
)

// earthRadius in km and detour are fixed by the definition of M (docs/model.md, Leg).
const (
	earthRadius = 6371.0088
	detour      = 1.3
)

// never is more days than any movement may take.
const never = 1_000_000

// Network answers how long which lift takes between two places of a resolved
// scenario. Places are known by their index.
type Network struct {
	places []Place
	points [][3]float64
	index  map[string]int
	pools  []poolReach
	routes map[routeKey]int

	receiving []int // places with throughput
}

// poolReach is a pool with its areas as sets of places.
type poolReach struct {
	*Pool
	from, to []bool // by place
}

type routeKey struct {
	from, to int32
	mode     Mode
}

// NewNetwork indexes the places, pools and routes of a resolved scenario.
func NewNetwork(s *Scenario) *Network {
	n := &Network{places: s.Places, index: map[string]int{}, routes: map[routeKey]int{}}
	for i, p := range s.Places {
		n.index[p.ID] = i
		n.points = append(n.points, point(&s.Places[i]))
		if p.Throughput != nil {
			n.receiving = append(n.receiving, i)
		}
	}
	within := map[string][]string{}
	for _, a := range s.Areas {
		within[a.ID] = a.Descendants
	}
	reach := func(areas []string) []bool {
		set := make([]bool, len(s.Places))
		for i, p := range s.Places {
			for _, a := range areas {
				set[i] = set[i] || slices.Contains(within[a], p.Area)
			}
		}
		return set
	}
	for i := range s.Lift {
		p := &s.Lift[i]
		n.pools = append(n.pools, poolReach{p, reach(p.From), reach(p.To)})
	}
	for _, r := range s.Routes {
		from, to := int32(n.index[r.From]), int32(n.index[r.To])
		n.routes[routeKey{from, to, r.Mode}] = int(r.Days)
		if !r.OneWay {
			if _, given := n.routes[routeKey{to, from, r.Mode}]; !given {
				n.routes[routeKey{to, from, r.Mode}] = int(r.Days)
			}
		}
	}
	return n
}

// serves reports whether a pool goes from one place to another.
func (p *poolReach) serves(from, to int) bool {
	return p.from[from] && p.to[to] || !p.OneWay && p.to[from] && p.from[to]
}

// travel is M, the days under way.
func (n *Network) travel(from, to int, mode Mode, speed float64) int {
	if from == to {
		return 0
	}
	if days, ok := n.routes[routeKey{int32(from), int32(to), mode}]; ok {
		return days
	}
	return int(min(max(1, math.Ceil(detour*n.Distance(from, to)/speed)), never))
}

// Distance is the great circle between two places in km, from the chord between the two points on
// the unit sphere, which is accurate for near points too.
func (n *Network) Distance(from, to int) float64 {
	a, b := &n.points[from], &n.points[to]
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(x*x+y*y+z*z)/2))
}

// point is a place on the unit sphere.
func point(p *Place) [3]float64 {
	const radian = math.Pi / 180
	lat, lon := p.Lat*radian, p.Lon*radian
	return [3]float64{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// loading is L for a pool: whole days, or false if the pool can never load it.
func loading(p *Pool, tonnes, persons float64) (int, bool) {
	return wholeDays(float64(p.Load), p.Tonnes, p.Persons, tonnes, persons)
}

// unloading is U for a place: whole days, or false if it can never receive it.
func unloading(t *Throughput, tonnes, persons float64) (int, bool) {
	if t == nil {
		return 0, true
	}
	return wholeDays(0, t.Tonnes, t.Persons, tonnes, persons)
}

func wholeDays(least float64, tonnesADay, personsADay *float64, tonnes, persons float64) (int, bool) {
	days := least
	for _, x := range []struct {
		capacity *float64
		load     float64
	}{{tonnesADay, tonnes}, {personsADay, persons}} {
		if x.capacity != nil && x.load > 0 {
			days = max(days, x.load / *x.capacity)
		}
	}
	if days > NoLimit {
		return 0, false
	}
	return int(math.Ceil(days)), true
}

// Place returns the index of a place.
func (n *Network) Place(id string) (index int, ok bool) {
	index, ok = n.index[id]
	return index, ok
}

// Way is a movement from one place to another: days of loading (L), under way
// (M) and of unloading (U).
type Way struct {
	Pool               int // index into the scenario's lift, or -1 if the unit moves itself
	Load, Move, Unload int
}

// Days is the time from departure to arrival.
func (w Way) Days() int { return w.Load + w.Move + w.Unload }

// Ways lists how a unit can get from one place to another, quickest first.
func (n *Network) Ways(u *Unit, from, to int) []Way {
	tonnes, persons := u.Tonnes.Likely, u.Persons.Likely
	unload, ok := unloading(n.places[to].Throughput, tonnes, persons)
	if !ok {
		return nil
	}
	var ways []Way
	add := func(lift, load, move int) {
		if load+move+unload <= NoLimit {
			ways = append(ways, Way{lift, load, move, unload})
		}
	}
	if own := u.SelfDeploys; own != nil {
		add(-1, 0, n.travel(from, to, own.Mode, own.Speed))
	}
	for i := range n.pools {
		p := &n.pools[i]
		if !p.serves(from, to) {
			continue
		}
		if load, ok := loading(p.Pool, tonnes, persons); ok {
			add(i, load, n.travel(from, to, p.Mode, p.Speed))
		}
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return a.Days() - b.Days() })
	return ways
}

// Burden is the days that a unit loads at a pool and unloads at a place, whether or not
// the pool serves it; 0 where there is nothing that limits it, or no such pool.
func (n *Network) Burden(u *Unit, pool string, to int) (lift, load, unload int) {
	tonnes, persons := u.Tonnes.Likely, u.Persons.Likely
	unload, _ = unloading(n.places[to].Throughput, tonnes, persons)
	for i := range n.pools {
		if n.pools[i].ID == pool {
			load, _ = loading(n.pools[i].Pool, tonnes, persons)
			return i, load, unload
		}
	}
	return -1, 0, unload
}

// Handling tells apart the units that the network moves differently: units with
// the same text have the same Ways and the same days Back between any two places.
func (n *Network) Handling(u *Unit) string {
	var key []byte
	add := func(days int, ok bool) {
		if !ok {
			days = -1
		}
		key = binary.AppendVarint(key, int64(days))
	}
	tonnes, persons := u.Tonnes.Likely, u.Persons.Likely
	for i := range n.pools {
		add(loading(n.pools[i].Pool, tonnes, persons))
	}
	for _, i := range n.receiving {
		add(unloading(n.places[i].Throughput, tonnes, persons))
	}
	if own := u.SelfDeploys; own != nil {
		key = binary.AppendUvarint(key, math.Float64bits(own.Speed))
		key = append(key, own.Mode...)
	}
	return string(key)
}

// Back is the least days from a place home, by the unit's own means or any pool
// that serves the way, or false if there is no way.
func (n *Network) Back(u *Unit, post, home int) (int, bool) {
	least, ok := math.MaxInt, false
	if own := u.SelfDeploys; own != nil {
		least, ok = n.travel(post, home, own.Mode, own.Speed), true
	}
	for i := range n.pools {
		if p := &n.pools[i]; p.serves(post, home) {
			least, ok = min(least, n.travel(post, home, p.Mode, p.Speed)), true
		}
	}
	return least, ok
}
