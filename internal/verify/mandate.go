package verify

import "github.com/rearguard/rearguard/scenario"

// mandate is the mandate that a leg is under, nil if it is under none.
func (c *checker) mandate(u *unit, l *leg, order int) *scenario.Mandate {
	owner := c.contributors[u.Contributor]
	for i := range owner.Mandates {
		m := &owner.Mandates[i]
		if m.Operation != l.post.Operation || l.arrive < m.From.Number() || l.until > m.Until.Number() {
			continue
		}
		if m.Decided.IsZero() || m.Decided.Number() <= order {
			return m
		}
	}
	return nil
}

// checkOutside looks for days of a leg without a mandate, where its contributor sends
// nobody without one.
func (c *checker) checkOutside(u *unit, l *leg) {
	owner, barred, inside := c.contributors[u.Contributor], false, make([]bool, c.days)
	for i := range owner.Mandates {
		if m := &owner.Mandates[i]; m.Operation == l.post.Operation {
			barred = barred || m.Outside == scenario.BarredOutside
			for d := max(0, m.From.Number()); d < min(c.days, m.Until.Number()); d++ {
				inside[d] = true
			}
		}
	}
	first, days := 0, 0
	for d := min(c.days, l.until) - 1; d >= l.arrive && barred && l.post.Operation != ""; d-- {
		if !inside[d] {
			first = d
			days++
		}
	}
	if days > 0 {
		c.breach(Mandate, u.ID, l.Post, first, float64(days), "is there for %d days without a mandate, without which contributor %q sends nobody to operation %q", days, owner.ID, l.post.Operation)
	}
}

// checkCeilings counts, day by day, the persons that each contributor has on legs at the
// posts of an operation that it has a mandate for.
func (c *checker) checkCeilings() {
	const tolerance = 1e-6
	for i := range c.s.Contributors {
		k := &c.s.Contributors[i]
		for j := range k.Mandates {
			m := &k.Mandates[j]
			there, given := make([]float64, c.days), make([]float64, c.days)
			for _, u := range c.units {
				if u.Contributor == k.ID {
					c.countAt(m.Operation, u, there, given)
				}
			}
			for d := max(0, m.From.Number()); d < min(c.days, m.Until.Number()); d++ {
				if over := there[d] - max(float64(m.Persons), given[d]); over > tolerance {
					c.breach(Mandate, "", "", d, over, "contributor %q has %.0f persons in operation %q, %.0f more than its mandate allows", k.ID, there[d], m.Operation, over)
				}
			}
		}
	}
}

// countAt adds a unit's days on legs at an operation's posts, and those of legs of which
// the order has been given.
func (c *checker) countAt(operation string, u *unit, there, given []float64) {
	for _, t := range u.tours {
		for _, l := range t.legs {
			if l.post.Operation != operation {
				continue
			}
			add(there, l.depart, l.until, u.Persons.Likely)
			if ordered, _ := c.given(u, l); ordered {
				add(given, l.depart, l.until, u.Persons.Likely)
			}
		}
	}
}
