package verify

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// What a unit has begun (Settled 21): the legs in force that say when they arrive. They
// are as they are, whatever the other rules say; the plan has them as they are, and
// nothing else before they end.

// readBegun collects what each unit has begun, in the order of time. An order that is not
// for days in order, in the calendar, one place at a time, is not for a leg that has begun.
func (c *checker) readBegun() {
	for i := range c.s.InForce {
		x := &c.s.InForce[i]
		if u := c.unitOf[x.Unit]; u != nil && x.Given && !x.Arrive.IsZero() {
			u.begun = append(u.begun, x)
		}
	}
	for _, u := range c.units {
		slices.SortStableFunc(u.begun, func(a, b *scenario.Order) int { return cmp.Compare(a.Depart.Number(), b.Depart.Number()) })
		free, at := 0, ""
		u.begun = slices.DeleteFunc(u.begun, func(x *scenario.Order) bool {
			depart, arrive, until := x.Depart.Number(), x.Arrive.Number(), x.Until.Number()
			inOrder := free <= depart && depart <= arrive && arrive <= until && depart < until && until <= c.days
			stood := depart == 0 && arrive == 0 && u.At != nil && u.At.Post == x.Post
			if !inOrder || x.Lift == "" && !stood || x.From != "" && (x.From != at || x.From == x.Post) {
				return true
			}
			free, at = until, x.Post
			return false
		})
	}
}

// hasBegun reports whether a leg is one that its unit has begun.
func (u *unit) hasBegun(l *leg) bool {
	return slices.ContainsFunc(u.begun, func(x *scenario.Order) bool {
		return x.Post == l.Post && x.As == l.As && x.Depart.Number() == l.depart && x.Until.Number() == l.until
	})
}

// busyUntil is the end of the last leg that a unit has begun; 0 if there is none.
func (u *unit) busyUntil() int {
	if len(u.begun) == 0 {
		return 0
	}
	return u.begun[len(u.begun)-1].Until.Number()
}

// checkBegun holds the plan to what a unit has begun.
func (c *checker) checkBegun(u *unit) {
	for _, t := range u.tours {
		for j, l := range t.legs {
			if !l.begun {
				if l.depart < u.busyUntil() {
					c.breach(Fixed, u.ID, l.Post, l.depart, float64(u.busyUntil()-l.depart), "departs on %s, but until %s the unit is on legs that it has begun",
						l.Depart, c.date(u.busyUntil()))
				}
				continue
			}
			x := c.inForce[keyOf(u, l)]
			if arrive := x.Arrive.Number(); l.arrive != arrive {
				c.breach(Fixed, u.ID, l.Post, min(l.arrive, arrive), float64(l.arrive-arrive), "arrives on %s by the plan, but has begun and arrives on %s", l.Arrive, c.date(arrive))
			}
			counts := min(x.Arrive.Number()+int(l.post.RSOM)+int(l.post.Handover), l.until)
			if l.dayZero {
				counts = x.Arrive.Number()
			}
			if l.effective != counts {
				c.breach(Fixed, u.ID, l.Post, min(l.effective, counts), float64(l.effective-counts), "is effective on %s by the plan, but has begun and is on %s", l.Effective, c.date(counts))
			}
			if !l.dayZero && *l.Lift != x.Lift || l.dayZero != (x.Lift == "") {
				c.breach(Fixed, u.ID, l.Post, l.depart, 0, "comes by %s in the plan, but has begun by %s", by(l), lifted(x))
			}
			from := ""
			if j > 0 {
				from = t.legs[j-1].Post
			}
			if from != x.From {
				c.breach(Fixed, u.ID, l.Post, l.depart, 0, "comes from %s in the plan, but has begun from %s", origin(from), origin(x.From))
			}
		}
	}
}

func lifted(x *scenario.Order) string {
	switch x.Lift {
	case "":
		return "standing there on day 0"
	case plan.Self:
		return "its own means"
	}
	return "lift pool \"" + x.Lift + "\""
}

func origin(post string) string {
	if post == "" {
		return "home"
	}
	return "post \"" + post + "\""
}

// handleBegun works out the days that a begun leg loads and unloads.
func (c *checker) handleBegun(u *unit, l *leg) {
	if l.pool != nil {
		l.load = handling(float64(l.pool.Load), l.pool.Tonnes, l.pool.Persons, u.Tonnes.Likely, u.Persons.Likely)
	}
	if to := c.places[l.post.Place]; to.Throughput != nil {
		l.unload = handling(0, to.Throughput.Tonnes, to.Throughput.Persons, u.Tonnes.Likely, u.Persons.Likely)
	}
	if l.load >= never {
		l.load = 0
	}
	if l.unload >= never {
		l.unload = 0
	}
}

// begunUntil is the end of the last begun leg of a tour; 0 if there is none.
func (t *tour) begunUntil() int {
	until := 0
	for _, l := range t.legs {
		if l.begun {
			until = l.until
		}
	}
	return until
}

// afterBegun are the legs of a tour that the unit has not begun.
func (t *tour) afterBegun() []*leg {
	return slices.DeleteFunc(slices.Clone(t.legs), func(l *leg) bool { return l.begun })
}
