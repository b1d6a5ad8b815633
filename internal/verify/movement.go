package verify

import (
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// never is more days than any plan has.
const never = 1_000_000

// serves reports whether a pool goes from one place to another.
func (c *checker) serves(pool *scenario.Pool, from, to *scenario.Place) bool {
	in := func(areas []string, p *scenario.Place) bool {
		return slices.ContainsFunc(areas, func(a string) bool { return c.within[a][p.Area] })
	}
	return in(pool.From, from) && in(pool.To, to) || !pool.OneWay && in(pool.To, from) && in(pool.From, to)
}

// travel is M.
func (c *checker) travel(from, to *scenario.Place, mode scenario.Mode, speed float64) int {
	if from.ID == to.ID {
		return 0
	}
	reverse := never
	for _, r := range c.s.Routes {
		switch {
		case r.Mode != mode:
		case r.From == from.ID && r.To == to.ID:
			return int(r.Days)
		case !r.OneWay && r.From == to.ID && r.To == from.ID:
			reverse = int(r.Days)
		}
	}
	if reverse < never {
		return reverse
	}
	return int(min(max(1, math.Ceil(1.3*greatCircle(from, to)/speed)), never))
}

// greatCircle is the distance in km by the haversine formula.
func greatCircle(a, b *scenario.Place) float64 {
	const radian = math.Pi / 180
	lat, lon := math.Sin((b.Lat-a.Lat)*radian/2), math.Sin((b.Lon-a.Lon)*radian/2)
	h := lat*lat + math.Cos(a.Lat*radian)*math.Cos(b.Lat*radian)*lon*lon
	return 2 * 6371.0088 * math.Asin(min(1, math.Sqrt(h)))
}

// handling is the days that t tonnes and p persons take at so many a day, at
// least so many; never if they cannot pass at all.
func handling(least float64, tonnes, persons *float64, t, p float64) int {
	days := least
	if tonnes != nil && t > 0 {
		days = max(days, t / *tonnes)
	}
	if persons != nil && p > 0 {
		days = max(days, p / *persons)
	}
	if days >= never {
		return never
	}
	return int(math.Ceil(days))
}

// checkMoves recomputes each leg's dates from its departure and its lift, and
// the day home.
func (c *checker) checkMoves(u *unit) {
	home := c.places[u.Home]
	for _, t := range u.tours {
		at := home
		for j, l := range t.legs {
			if j > 0 && l.depart != t.legs[j-1].until && !(l.begun && l.depart > t.legs[j-1].until) {
				c.breach(Place, u.ID, l.Post, min(l.depart, t.legs[j-1].until), float64(l.depart-t.legs[j-1].until),
					"leaves post %q on %s, but its leg there ends on %s", t.legs[j-1].Post, l.Depart, t.legs[j-1].Until)
			}
			to := c.places[l.post.Place]
			switch {
			case l.dayZero:
			case l.begun:
				c.handleBegun(u, l)
			default:
				c.checkMove(u, l, at, to)
			}
			at = to
		}
		last := t.legs[len(t.legs)-1]
		if back := last.until + c.back(u, at, home); back < never && back != t.home {
			c.breach(Place, u.ID, last.Post, min(back, t.home), float64(t.home-back),
				"is home on %s by the plan, on %s by the way", c.date(t.home), c.date(back))
		}
	}
}

// back is the least M home.
func (c *checker) back(u *unit, from, home *scenario.Place) int {
	days := never
	if own := u.SelfDeploys; own != nil {
		days = c.travel(from, home, own.Mode, own.Speed)
	}
	for i := range c.s.Lift {
		if pool := &c.s.Lift[i]; c.serves(pool, from, home) {
			days = min(days, c.travel(from, home, pool.Mode, pool.Speed))
		}
	}
	return days
}

// checkMove checks one movement: that the lift serves it, and when it arrives.
func (c *checker) checkMove(u *unit, l *leg, from, to *scenario.Place) {
	under := 0
	switch {
	case l.pool == nil && u.SelfDeploys == nil:
		c.breach(Lift, u.ID, l.Post, l.depart, 0, "does not deploy itself; it needs a lift pool")
		return
	case l.pool == nil:
		under = c.travel(from, to, u.SelfDeploys.Mode, u.SelfDeploys.Speed)
	case !c.serves(l.pool, from, to):
		c.breach(Lift, u.ID, l.Post, l.depart, 0, "lift pool %q does not go from %q to %q", l.pool.ID, from.ID, to.ID)
		return
	default:
		under = c.travel(from, to, l.pool.Mode, l.pool.Speed)
		l.load = handling(float64(l.pool.Load), l.pool.Tonnes, l.pool.Persons, u.Tonnes.Likely, u.Persons.Likely)
	}
	if to.Throughput != nil {
		l.unload = handling(0, to.Throughput.Tonnes, to.Throughput.Persons, u.Tonnes.Likely, u.Persons.Likely)
	}
	if l.load >= never || l.unload >= never {
		c.breach(Lift, u.ID, l.Post, l.depart, 0, "lift pool %q or place %q can carry nothing of what it brings", *l.Lift, to.ID)
		l.load, l.unload = 0, 0
		return
	}
	arrive := l.depart + l.load + under + l.unload
	effective := arrive + int(l.post.RSOM) + int(l.post.Handover)
	if l.arrive != arrive {
		c.breach(Place, u.ID, l.Post, min(l.arrive, arrive), float64(l.arrive-arrive),
			"arrives on %s by the plan, on %s by %s", l.Arrive, c.date(arrive), by(l))
	}
	if l.effective != effective {
		c.breach(Place, u.ID, l.Post, min(l.effective, effective), float64(l.effective-effective),
			"is effective on %s by the plan, on %s by %s, reception and handover", l.Effective, c.date(effective), by(l))
	}
}

func by(l *leg) string {
	if l.pool == nil {
		return "its own means"
	}
	return "lift pool \"" + l.pool.ID + "\""
}

// load is a use of a pool or a place, by day; begun is the part of legs that have begun.
type load struct{ tonnes, persons, begunTonnes, begunPersons []float64 }

func (x *load) add(days, from, over int, tonnes, persons float64, begun bool) {
	if x.tonnes == nil {
		x.tonnes, x.persons = make([]float64, days), make([]float64, days)
		x.begunTonnes, x.begunPersons = make([]float64, days), make([]float64, days)
	}
	for d := max(0, from); d < min(days, from+over); d++ {
		x.tonnes[d] += tonnes / float64(over)
		x.persons[d] += persons / float64(over)
		if begun {
			x.begunTonnes[d] += tonnes / float64(over)
			x.begunPersons[d] += persons / float64(over)
		}
	}
}

// checkLoads sums, day by day, what each pool loads and each place receives.
func (c *checker) checkLoads() {
	pools, places := map[string]*load{}, map[string]*load{}
	at := func(m map[string]*load, id string) *load {
		if m[id] == nil {
			m[id] = &load{}
		}
		return m[id]
	}
	for _, u := range c.units {
		for _, t := range u.tours {
			for _, l := range t.legs {
				if l.load > 0 {
					at(pools, l.pool.ID).add(c.days, l.depart, l.load, u.Tonnes.Likely, u.Persons.Likely, l.begun)
				}
				if l.unload > 0 {
					at(places, l.post.Place).add(c.days, l.arrive-l.unload, l.unload, u.Tonnes.Likely, u.Persons.Likely, l.begun)
				}
			}
		}
	}
	for i := range c.s.Lift {
		if x, pool := pools[c.s.Lift[i].ID], &c.s.Lift[i]; x != nil {
			c.checkLoad("lift pool", pool.ID, "loads", x, pool.Tonnes, pool.Persons)
		}
	}
	for i := range c.s.Places {
		if x, p := places[c.s.Places[i].ID], &c.s.Places[i]; x != nil {
			c.checkLoad("place", p.ID, "receives", x, p.Throughput.Tonnes, p.Throughput.Persons)
		}
	}
}

// checkLoad names each day on which more passes than can.
func (c *checker) checkLoad(kind, id, verb string, x *load, tonnes, persons *float64) {
	const tolerance = 1e-6
	for _, k := range []struct {
		noun        string
		used, begun []float64
		limit       *float64
	}{{"tonnes", x.tonnes, x.begunTonnes, tonnes}, {"persons", x.persons, x.begunPersons, persons}} {
		if k.limit == nil {
			continue
		}
		for d, used := range k.used {
			most := max(*k.limit, k.begun[d])
			if over := used - most; over > tolerance {
				c.breach(Lift, "", "", d, over, "%s %q %s %.1f %s of at most %.1f", kind, id, verb, used, k.noun, most)
			}
		}
	}
}

// checkCaps counts, day by day, the persons that each contributor has away.
func (c *checker) checkCaps() {
	const tolerance = 1e-6
	for i := range c.s.Contributors {
		k := &c.s.Contributors[i]
		if k.MaxDeployed == nil {
			continue
		}
		away, still := make([]float64, c.days), make([]float64, c.days)
		for _, u := range c.units {
			if u.Contributor != k.ID {
				continue
			}
			for _, t := range u.tours {
				add(away, t.legs[0].depart, t.legs[len(t.legs)-1].until, u.Persons.Likely)
				until := t.begunUntil()
				if t.legs[0].dayZero {
					until = max(until, t.legs[0].until)
				}
				add(still, t.legs[0].depart, until, u.Persons.Likely)
			}
		}
		for d := range away {
			if over := away[d] - max(float64(*k.MaxDeployed), still[d]); over > tolerance {
				c.breach(Cap, "", "", d, over, "contributor %q has %.0f persons deployed, %.0f more than it may", k.ID, away[d], over)
			}
		}
	}
}

func add(days []float64, from, until int, x float64) {
	for d := max(0, from); d < min(len(days), until); d++ {
		days[d] += x
	}
}

// checkPins holds each pin to the days that its unit counts.
func (c *checker) checkPins() {
	for _, pin := range c.s.Pins {
		u := c.unitOf[pin.Unit]
		if u == nil {
			continue
		}
		wrong, first, bound := 0, 0, 0
		if len(u.begun) > 0 {
			bound = min(c.today, u.busyUntil())
		}
		for d := max(bound, pin.From.Number()); d < min(c.days, pin.Until.Number()); d++ {
			if counts(u, pin.Post, d) == pin.Forbid {
				if wrong == 0 {
					first = d
				}
				wrong++
			}
		}
		if wrong == 0 {
			continue
		}
		verb := "does not count"
		if pin.Forbid {
			verb = "counts"
		}
		c.breach(Fixed, pin.Unit, pin.Post, first, float64(wrong), "%s here on %d of the days from %s until %s, against its pin",
			verb, wrong, c.date(pin.From.Number()), c.date(pin.Until.Number()))
	}
}

// counts reports whether a unit counts at a post on a day.
func counts(u *unit, post string, day int) bool {
	for _, t := range u.tours {
		for _, l := range t.legs {
			if l.Post == post && l.effective <= day && day < l.until {
				return true
			}
		}
	}
	return false
}

// leftHome reports whether a tour begins at home.
func (t *tour) leftHome() bool { return !t.legs[0].dayZero }

// served lists the capabilities that a leg serves (Settled 6).
func served(u *unit, l *leg) []string {
	if l.As != plan.All {
		return []string{l.As}
	}
	var own []string
	for x := range u.Provides {
		own = append(own, x)
	}
	return own
}
