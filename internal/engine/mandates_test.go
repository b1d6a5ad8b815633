package engine_test

import (
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// mandated reports whether a leg is under a mandate.
func mandated(owner *scenario.Contributor, p *scenario.Post, arrive, until, order int) bool {
	return slices.ContainsFunc(owner.Mandates, func(m scenario.Mandate) bool {
		return m.Operation == p.Operation && m.From.Number() <= arrive && until <= m.Until.Number() && (m.Decided.IsZero() || m.Decided.Number() <= order)
	})
}

// ordered is how many persons of a contributor are at an operation's posts on a day on
// legs of which the order has been given.
func (x *exhaustive) ordered(contributor, operation string, day int) (persons float64) {
	for _, o := range x.s.InForce {
		i := slices.IndexFunc(x.s.Units, func(u scenario.Unit) bool { return u.ID == o.Unit && u.Contributor == contributor })
		if p := x.posts[o.Post]; i >= 0 && p != nil && o.Given && p.Operation == operation && o.Depart.Number() <= day && day < o.Until.Number() {
			persons += x.s.Units[i].Persons.Likely
		}
	}
	return persons
}

// mayHave reports whether a contributor's mandates allow its persons in an operation by day.
func (x *exhaustive) mayHave(c *scenario.Contributor, op *scenario.Operation, persons []float64) bool {
	for _, m := range c.Mandates {
		for d := max(0, m.From.Number()); m.Operation == op.ID && d < min(len(persons), m.Until.Number()); d++ {
			if persons[d] > max(float64(m.Persons), x.ordered(c.ID, op.ID, d))+tolerance {
				return false
			}
		}
	}
	return true
}
