package explain

import "github.com/rearguard/rearguard/plan"

// decideAgain says when a leg is decided that ends on another day than before, which may
// put it under a mandate or take it from under one; false if it could not be decided then.
func (c *choice) decideAgain(l *plan.Leg) bool {
	if l.OrderBy == nil || len(c.rules.Mandates(c.u.Contributor, c.posts[l.Post].Operation)) == 0 {
		return true
	}
	day := c.s.Calendar.Day
	decide := day(*l.OrderBy) - c.rules.Approval(c.u.Contributor, c.posts[l.Post].Operation, day(l.Arrive), day(l.Until), day(*l.OrderBy))
	sooner := decide < day(*l.DecideBy)
	by := c.date(decide)
	l.DecideBy = &by
	return !sooner || decide >= c.s.Today.Number()
}

// ceilings marks the days on which the contributor could not have the unit at the
// operation's posts too, by its mandates.
func (w *worth) ceilings(burden map[string][]float64) {
	c := w.c
	w.above = make([]bool, c.s.Calendar.Days+1)
	for d, most := range c.rules.Ceilings(c.u.Contributor, c.q.Operation) {
		w.above[d] = most >= 0 && burden[c.q.Operation][d]+c.u.Persons.Likely > most+tolerance
	}
}

// firstAbove is the first such day from a day on, or one after the calendar.
func (w *worth) firstAbove(from int) int { return firstSet(w.above, max(0, from)) }
