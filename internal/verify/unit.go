package verify

import (
	"math"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// checkUnit applies the rules that bind one unit by itself.
func (c *checker) checkUnit(u *unit) {
	if len(u.tours) == 0 {
		return
	}
	c.checkMoves(u)
	c.checkRest(u)
	for _, t := range u.tours {
		c.checkTour(u, t)
		c.checkAvailable(u, t)
		for j, l := range t.legs {
			if !l.begun {
				c.checkStay(u, l)
			}
			if !l.dayZero {
				c.checkOrders(u, l, j > 0)
			}
			if !l.dayZero && !l.begun {
				c.checkCaveats(u, l)
				c.checkOutside(u, l)
			}
		}
	}
}

// checkOrders recomputes order_by and decide_by and holds them to today and to
// the operation's warning, unless the order has been given or, for the decision,
// that has been made.
func (c *checker) checkOrders(u *unit, l *leg, redeploys bool) {
	given, decided := c.given(u, l)
	notice := int(u.Notice)
	if redeploys {
		notice = int(u.Redeploy)
	}
	owner := c.contributors[u.Contributor]
	order := l.depart - notice
	decide := order
	if l.post.Operation != "" && c.mandate(u, l, order) == nil {
		decide -= int(owner.Approval)
	}
	if stated := c.dayOf(*l.OrderBy); stated != order {
		c.breach(Notice, u.ID, l.Post, min(stated, order), float64(stated-order), "order_by is %s by the plan, %s by its notice", *l.OrderBy, c.date(order))
	}
	if stated := c.dayOf(*l.DecideBy); stated != decide {
		c.breach(Notice, u.ID, l.Post, min(stated, decide), float64(stated-decide), "decide_by is %s by the plan, %s by its approval", *l.DecideBy, c.date(decide))
	}
	if given {
		return
	}
	if decided {
		decide = order
	}
	if decide < c.today {
		c.breach(Notice, u.ID, l.Post, l.depart, float64(c.today-decide), "departs on %s, for which %s should have decided on %s, before today, %s",
			l.Depart, u.Contributor, c.date(decide), c.date(c.today))
	}
	op := c.operations[l.post.Operation]
	if op == nil || op.Warning == nil {
		return
	}
	known, earliest := op.DDay.Likely.Number()-int(*op.Warning), order
	if !owner.ApprovesAhead {
		earliest = min(order, decide)
	}
	if earliest < known {
		c.breach(Notice, u.ID, l.Post, l.depart, float64(known-earliest), "departs on %s, to be decided or ordered on %s, before the warning of operation %q on %s",
			l.Depart, c.date(earliest), op.ID, c.date(known))
	}
}

// away is A, the length of a tour.
func (u *unit) away(t *tour) int {
	last := t.legs[len(t.legs)-1].until
	if t.legs[0].dayZero {
		return last - u.since()
	}
	return last - t.legs[0].depart
}

// checkTour holds A to the unit's limits.
func (c *checker) checkTour(u *unit, t *tour) {
	first, last := t.legs[0], t.legs[len(t.legs)-1]
	a, least, most := u.away(t), int(*u.Tour.Min), int(*u.Tour.Max)
	if first.dayZero && last.until == 0 || last.begun {
		return // past its max on day 0, and ends; or as it is
	}
	if a < least && last.until != c.days {
		c.breach(TourRule, u.ID, last.Post, last.until, float64(least-a), "ends its tour after %d days, %d too soon", a, least-a)
	}
	if a > most {
		c.breach(TourRule, u.ID, last.Post, last.until-(a-most), float64(a-most), "is away for %d days, %d too long", a, a-most)
	}
}

// checkStay holds a leg to its post's stay.
func (c *checker) checkStay(u *unit, l *leg) {
	stay, least, most := l.until-l.effective, int(*l.post.Stay.Min), int(*l.post.Stay.Max)
	if l.dayZero {
		if l.until == 0 {
			return
		}
		least = u.since() + min(least, int(*u.Tour.Max))
	}
	if stay < least && l.until != c.days && !c.holdsSingle(u, l) {
		c.breach(TourRule, u.ID, l.Post, l.until, float64(least-stay), "stays for %d days, %d too few", stay, least-stay)
	}
	if stay > most {
		c.breach(TourRule, u.ID, l.Post, l.until-(stay-most), float64(stay-most), "stays for %d days, %d too many", stay, stay-most)
	}
}

// holdsSingle reports whether a leg holds a single line of its post.
func (c *checker) holdsSingle(u *unit, l *leg) bool {
	for i := range l.post.Lines {
		k := &l.post.Lines[i]
		from, until := c.open(k)
		if k.Single && from < until && l.effective <= from && until <= l.until && c.gives(u, l.As, k.Capability) > 0 {
			return true
		}
	}
	return false
}

// checkRest keeps a unit home until it has rested.
func (c *checker) checkRest(u *unit) {
	home, rested := 0, 0
	if !u.Ready.IsZero() {
		rested = u.Ready.Number()
	}
	if u.At != nil && !u.tours[0].legs[0].dayZero {
		home, rested = c.sentHome(u, rested)
	}
	for _, t := range u.tours {
		first := t.legs[0]
		switch depart := first.depart; {
		case first.dayZero, first.begun:
		case depart < home:
			c.breach(Place, u.ID, first.Post, depart, float64(home-depart), "departs on %s, but is home on %s only", first.Depart, c.date(home))
		case depart < rested:
			c.breach(Rest, u.ID, first.Post, depart, float64(rested-depart), "departs on %s, but rests until %s", first.Depart, c.date(rested))
		}
		home = t.home
		if back := c.back(u, c.places[t.legs[len(t.legs)-1].post.Place], c.places[u.Home]); back < never {
			home = t.legs[len(t.legs)-1].until + back
		}
		rested = home + u.rest(u.away(t))
	}
}

// sentHome is when a unit that leaves its post on day 0 without a tour is home
// and when it has rested (Settled 1).
func (c *checker) sentHome(u *unit, ready int) (home, rested int) {
	if post := c.posts[u.At.Post]; post != nil {
		if back := c.back(u, c.places[post.Place], c.places[u.Home]); back < never {
			home = back
		}
	}
	return home, max(ready, home+u.rest(-u.since()))
}

// rest is the days of rest after a tour of a length.
func (u *unit) rest(away int) int {
	if u.Dwell > 0 {
		return int(math.Ceil(u.Dwell * float64(away)))
	}
	return int(u.Rest)
}

// checkAvailable holds a tour to one window and its legs to the plan's
// maturity; what a unit does since before day 0 is not bound (Settled 4).
func (c *checker) checkAvailable(u *unit, t *tour) {
	bound := t.afterBegun()
	if len(bound) > 0 && bound[0].dayZero {
		bound = bound[1:]
	}
	if len(bound) == 0 {
		return
	}
	if rank(u.Pledge) < rank(c.s.Maturity) {
		c.breach(Available, u.ID, bound[0].Post, bound[0].depart, 0, "is only %s; the plan counts on pledges that are %s or firmer", u.Pledge, c.s.Maturity)
	}
	if len(u.Available) == 0 {
		return
	}
	from, until := bound[0].depart, bound[len(bound)-1].until
	outside, first := until-from, from
	for _, w := range u.Available {
		a, b := w.From.Number(), w.Until.Number()
		if out := max(0, min(until, a)-from) + max(0, until-max(from, b)); out < outside {
			outside, first = out, from
			if from >= a {
				first = b
			}
		}
	}
	if outside > 0 {
		c.breach(Available, u.ID, bound[0].Post, first, float64(outside), "is away from %s until %s, of which %d days lie outside each of its windows",
			c.date(from), c.date(until), outside)
	}
}

func rank(p scenario.Pledge) int {
	return slices.Index([]scenario.Pledge{scenario.Stated, scenario.Offered, scenario.Confirmed, scenario.Assigned}, p)
}

// checkCaveats looks for a caveat that bars the leg on a day.
func (c *checker) checkCaveats(u *unit, l *leg) {
	owner := c.contributors[u.Contributor]
	for i, list := range [2][]scenario.Caveat{owner.Caveats, u.Caveats} {
		whose := []string{"contributor " + owner.ID, "the unit"}[i]
		for j := range list {
			if day, days := c.barred(u, l, &list[j]); days > 0 {
				c.breach(Caveat, u.ID, l.Post, day, float64(days), "is barred for %d days by caveat %d of %s", days, j+1, whose)
			}
		}
	}
}

// barred counts the days of a leg that a caveat bars and gives the first.
func (c *checker) barred(u *unit, l *leg, k *scenario.Caveat) (first, days int) {
	place := c.places[l.post.Place]
	in := func(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }
	inArea := len(k.Area) == 0 || slices.ContainsFunc(k.Area, func(a string) bool { return c.within[a][place.Area] })
	if !in(k.Operation, l.post.Operation) || !in(k.Post, l.Post) || !in(k.Host, place.Host) || !inArea {
		return 0, 0
	}
	if len(k.Domain) > 0 || len(k.Capability) > 0 {
		if !slices.ContainsFunc(served(u, l), func(x string) bool { return in(k.Domain, c.capabilities[x].Domain) && in(k.Capability, x) }) {
			return 0, 0
		}
	}
	for d := l.until - 1; d >= l.arrive; d-- {
		if len(k.Phase) == 0 || c.inPhase(l.post.Operation, k.Phase, d) {
			first = d
			days++
		}
	}
	return first, days
}

func (c *checker) inPhase(operation string, phases []string, day int) bool {
	op := c.operations[operation]
	if op == nil {
		return false
	}
	return slices.ContainsFunc(op.Phases, func(p scenario.Phase) bool {
		return slices.Contains(phases, p.ID) && p.From.Number() <= day && day < p.Until.Number()
	})
}
