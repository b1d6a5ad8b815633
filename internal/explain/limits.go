package explain

import (
	"slices"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// bars marks the days on which a caveat bars the unit from the post, or the mandate that
// the leg is to be under does not hold.
func (w *worth) bars(as string) {
	c := w.c
	w.barred = make([]bool, c.s.Calendar.Days+1)
	days, always := c.rules.Barred(c.u, c.q, as)
	if c.mandate != nil {
		days = c.rules.Outside(c.mandate, days)
	}
	copy(w.barred, days)
	for d := range c.s.Calendar.Days {
		w.barred[d] = w.barred[d] || always
	}
}

// firstBarred is the first barred day from a day on, or one after the calendar.
func (w *worth) firstBarred(from int) int { return firstSet(w.barred, from) }

// firstOver is the same for days on which the contributor has too many away.
func (w *worth) firstOver(from int) int { return firstSet(w.over, from) }

func firstSet(days []bool, from int) int {
	if i := slices.Index(days[min(from, len(days)):], true); i >= 0 {
		return from + i
	}
	return len(days)
}

// overloads marks the days on which the contributor could not have the unit away
// too.
func (w *worth) overloads(kept []plan.Tour) {
	c, cal := w.c, w.c.s.Calendar
	w.over = make([]bool, cal.Days+1)
	most := c.owners[c.u.Contributor].MaxDeployed
	if most == nil {
		return
	}
	away, still := make([]float64, cal.Days), make([]float64, cal.Days)
	add := func(u *scenario.Unit, tours []plan.Tour) {
		for _, t := range tours {
			for d := cal.Day(t.Legs[0].Depart); d < cal.Day(t.Legs[len(t.Legs)-1].Until); d++ {
				away[d] += u.Persons.Likely
			}
			if t.Legs[0].OnDayZero() {
				for d := range cal.Day(t.Legs[0].Until) {
					still[d] += u.Persons.Likely
				}
			}
		}
	}
	for id, tours := range c.reasoner.tours {
		if u := c.units[id]; u.Contributor == c.u.Contributor && u != c.u {
			add(u, tours)
		}
	}
	add(c.u, kept)
	for d := range away {
		w.over[d] = away[d]+c.u.Persons.Likely > max(float64(*most), still[d])+tolerance && still[d] < away[d]+c.u.Persons.Likely
	}
}

// load is the use of a pool or a place by day.
type load struct{ tonnes, persons []float64 }

func (r *reasoner) loadOf(key string) *load {
	if r.loads[key] == nil {
		r.loads[key] = &load{make([]float64, r.s.Calendar.Days), make([]float64, r.s.Calendar.Days)}
	}
	return r.loads[key]
}

// carry adds a unit's tours to what pools load and places receive, or takes
// them away.
func (r *reasoner) carry(u *scenario.Unit, tours []plan.Tour, sign float64) {
	cal := r.s.Calendar
	for _, t := range tours {
		at := u.Home
		for _, l := range t.Legs {
			to := r.posts[l.Post].Place
			if !l.OnDayZero() {
				a, _ := r.network.Place(at)
				b, _ := r.network.Place(to)
				for _, w := range r.network.Ways(u, a, b) {
					if lift := r.liftOf(&w); lift == *l.Lift {
						r.use("lift "+lift, u, cal.Day(l.Depart), w.Load, sign)
						r.use("place "+to, u, cal.Day(l.Arrive)-w.Unload, w.Unload, sign)
						break
					}
				}
			}
			at = to
		}
	}
}

func (r *reasoner) liftOf(w *scenario.Way) string {
	if w.Pool < 0 {
		return plan.Self
	}
	return r.s.Lift[w.Pool].ID
}

func (r *reasoner) use(key string, u *scenario.Unit, from, days int, sign float64) {
	for d := max(0, from); d < min(r.s.Calendar.Days, from+days); d++ {
		x := r.loadOf(key)
		x.tonnes[d] += sign * u.Tonnes.Likely / float64(days)
		x.persons[d] += sign * u.Persons.Likely / float64(days)
	}
}

// lift reports whether pool and place can take the unit on those days.
func (c *choice) lift(way *scenario.Way, depart, arrive int) bool {
	if way.Load > 0 {
		pool := &c.s.Lift[way.Pool]
		if day, full := c.full("lift "+pool.ID, pool.Tonnes, pool.Persons, depart, way.Load); full {
			c.meet(verify.Lift, "lift pool %s is full on %s", pool.ID, c.date(day))
			return false
		}
	}
	if t := c.rules.Place(c.q.Place).Throughput; t != nil && way.Unload > 0 {
		if day, full := c.full("place "+c.q.Place, t.Tonnes, t.Persons, arrive-way.Unload, way.Unload); full {
			c.meet(verify.Lift, "%s can receive no more on %s", c.q.Place, c.date(day))
			return false
		}
	}
	return true
}

func (c *choice) full(key string, tonnes, persons *float64, from, days int) (int, bool) {
	x := c.loadOf(key)
	for d := max(0, from); d < min(c.s.Calendar.Days, from+days); d++ {
		if tonnes != nil && x.tonnes[d]+c.u.Tonnes.Likely/float64(days) > *tonnes+tolerance ||
			persons != nil && x.persons[d]+c.u.Persons.Likely/float64(days) > *persons+tolerance {
			return d, true
		}
	}
	return 0, false
}
