package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// readTours turns the plan into tours by unit, in day numbers. A tour that
// breaks `form` is named and left out.
func (c *checker) readTours(p *plan.Plan) {
	for i := range p.Tours {
		t := &p.Tours[i]
		u := c.unitOf[t.Unit]
		switch {
		case u == nil:
			c.breach(Form, t.Unit, "", 0, 0, "the scenario has no such unit")
		case len(t.Legs) == 0:
			c.breach(Form, t.Unit, "", 0, 0, "a tour has no legs")
		default:
			if read := c.readTour(u, t); read != nil {
				u.tours = append(u.tours, read)
			}
		}
	}
	for _, u := range c.units {
		slices.SortStableFunc(u.tours, func(a, b *tour) int { return cmp.Compare(a.legs[0].depart, b.legs[0].depart) })
		c.checkDayZero(u)
	}
}

// readTour returns nil if a leg breaks `form`.
func (c *checker) readTour(u *unit, t *plan.Tour) *tour {
	read := &tour{home: c.dayOf(t.Home)}
	whole := true
	for j := range t.Legs {
		l, wrong := c.readLeg(u, &t.Legs[j], j == 0)
		if wrong != "" {
			c.breach(Form, u.ID, t.Legs[j].Post, c.dayOf(t.Legs[j].Depart), 0, "%s", wrong)
			whole = false
			continue
		}
		if j > 0 && whole && l.depart < read.legs[j-1].depart {
			c.breach(Form, u.ID, l.Post, l.depart, 0, "departs before the leg before it, on %s", c.date(read.legs[j-1].depart))
			whole = false
		}
		if j > 0 && t.Legs[j-1].Post == l.Post {
			c.breach(Form, u.ID, l.Post, l.depart, 0, "redeploys to the post that it is at")
			whole = false
		}
		read.legs = append(read.legs, l)
	}
	if !whole {
		return nil
	}
	return read
}

// dayOf is the day number of a date, held to where sums of days cannot overflow.
func (c *checker) dayOf(d scenario.Date) int {
	const far = 1_000_000
	return max(-far, min(far, c.s.Calendar.Day(d)))
}

// readLeg returns what is wrong with a leg's form, or "".
func (c *checker) readLeg(u *unit, from *plan.Leg, first bool) (*leg, string) {
	l := &leg{
		Leg: from, post: c.posts[from.Post], dayZero: from.Lift == nil,
		depart: c.dayOf(from.Depart), arrive: c.dayOf(from.Arrive), effective: c.dayOf(from.Effective), until: c.dayOf(from.Until),
	}
	l.begun = u.hasBegun(l)
	switch {
	case l.post == nil:
		return nil, "the scenario has no such post"
	case l.post.HomeOf != "":
		return nil, "nobody is sent to a minimum at home; units that are home cover it"
	case l.depart < 0 || l.until > c.days:
		return nil, fmt.Sprintf("%s until %s is outside the calendar, %s to %s", from.Depart, from.Until, c.date(0), c.date(c.days-1))
	case l.depart > l.arrive || l.arrive > l.effective:
		return nil, fmt.Sprintf("depart %s, arrive %s and effective %s are not in order", from.Depart, from.Arrive, from.Effective)
	case l.effective > l.until || l.effective == l.until && !l.begun && !c.pastMax(u, l, first):
		return nil, fmt.Sprintf("is effective on %s, not before it ends on %s", from.Effective, from.Until)
	}
	if wrong := c.service(u, l); wrong != "" && !l.begun {
		return nil, wrong
	}
	if l.dayZero {
		return l, c.dayZeroForm(u, l, first)
	}
	if !l.begun && !c.hasUse(u, l) {
		return nil, "gives nothing that the post has a line for"
	}
	if l.OrderBy == nil || l.DecideBy == nil {
		return nil, "order_by or decide_by is missing; only the leg of day 0 has none"
	}
	if *l.Lift != plan.Self {
		if l.pool = c.pools[*l.Lift]; l.pool == nil && !l.begun {
			return nil, fmt.Sprintf("the scenario has no lift pool %q", *l.Lift)
		}
	}
	return l, ""
}

// pastMax reports whether a leg is that of a unit whose tour is past its max on
// day 0 and ends then (Settled 1).
func (c *checker) pastMax(u *unit, l *leg, first bool) bool {
	return first && l.dayZero && l.until == 0 && u.mustLeave()
}

func (u *unit) mustLeave() bool { return u.At != nil && u.since()+int(*u.Tour.Max) <= 0 }

// since is the day on which the tour of a unit at a post on day 0 began.
func (u *unit) since() int { return min(0, u.At.Since.Number()) }

// service says what is wrong with the capability that a leg serves as.
func (c *checker) service(u *unit, l *leg) string {
	if l.As == plan.All {
		return ""
	}
	k := c.capabilities[l.As]
	if k == nil {
		return fmt.Sprintf("serves as %q, which is no capability of the scenario", l.As)
	}
	if _, owns := u.Provides[l.As]; owns {
		return fmt.Sprintf("serves as %q, which it has itself; write %q", l.As, plan.All)
	}
	for x := range k.Substitutes {
		if _, owns := u.Provides[x]; owns {
			return ""
		}
	}
	return fmt.Sprintf("serves as %q, for which nothing that it has stands in", l.As)
}

// hasUse reports whether a leg gives something to a line of its post, or a pin
// wants it there (Settled 19).
func (c *checker) hasUse(u *unit, l *leg) bool {
	return slices.ContainsFunc(l.post.Lines, func(k scenario.Line) bool { return c.gives(u, l.As, k.Capability) > 0 }) ||
		slices.ContainsFunc(c.s.Pins, func(p scenario.Pin) bool { return !p.Forbid && p.Unit == u.ID && p.Post == l.Post })
}

// dayZeroForm says what is wrong with a leg that claims to be of day 0.
func (c *checker) dayZeroForm(u *unit, l *leg, first bool) string {
	switch {
	case u.At == nil:
		return "has no lift, but holds no post on day 0"
	case u.At.Post != l.Post:
		return fmt.Sprintf("has no lift, but on day 0 it is at post %q", u.At.Post)
	case !first:
		return "has no lift, but is not the first leg of its tour"
	case l.depart != 0 || l.arrive != 0 || l.effective != 0:
		return "has no lift, but does not begin on day 0"
	case l.OrderBy != nil || l.DecideBy != nil:
		return "is of day 0 and so has no orders"
	}
	return ""
}

// checkDayZero holds a unit with tours to begin where it stands (Settled 1).
func (c *checker) checkDayZero(u *unit) {
	for i, t := range u.tours {
		if i > 0 && t.legs[0].dayZero {
			c.breach(Form, u.ID, t.legs[0].Post, 0, 0, "has the leg of day 0 twice")
		}
	}
	if u.At != nil && len(u.begun) == 0 && len(u.tours) > 0 && !u.tours[0].legs[0].dayZero && !u.mustLeave() {
		c.breach(Form, u.ID, u.At.Post, 0, 0, "holds this post on day 0, but its first tour does not begin there")
	}
}
