package engine

import (
	"math"

	"github.com/rearguard/rearguard/plan"
)

// Mandates. A leg under one needs no approval, so that it can depart sooner, but only if
// it is at its post on days of the mandate: a stop of its own, with the days outside barred.
// That a leg at the ordinary stop may be under it too changes nothing but the day of its
// decision. Ceilings are limits on the blocks of burden.

// underMandates adds the slots of a post for legs under each mandate, given the ordinary one.
func (b *unitBuilder) underMandates(ordinary slot, post int) {
	u := b.u
	p := &b.s.Posts[post]
	mandates := b.rules.Mandates(b.su.Contributor, p.Operation)
	if len(mandates) == 0 {
		return
	}
	days, _ := b.rules.Barred(b.su, p, ordinary.as)
	known := u.stops[ordinary.stop].under
	for k, m := range mandates {
		if len(known) == 0 || k >= len(known) {
			st := u.stops[ordinary.stop]
			st.mandate, st.under = m, nil
			st.fromHome = int32(min(b.rules.EarliestUnder(m, b.su, p, int(u.notice)), math.MaxInt32/2))
			st.fromPost = int32(min(b.rules.EarliestUnder(m, b.su, p, int(u.redeploy)), math.MaxInt32/2))
			known = append(known, int32(len(u.stops)))
			u.stops = append(u.stops, st)
		}
		s := ordinary
		s.stop, s.barred = known[k], nextMarked(b.rules.Outside(m, days))
		u.reach = append(u.reach, int32(len(u.slots)))
		u.slots = append(u.slots, s)
	}
	u.stops[ordinary.stop].under = known
}

// ceilingOf is the most persons of a block of burden by day, -1 for no limit; nil if no
// mandate says.
func (in *instance) ceilingOf(block int) []float64 {
	op, c := (block-in.rows.burden)/len(in.contributors), (block-in.rows.burden)%len(in.contributors)
	return in.contributors[c].ceiling[op]
}

// underCeiling reports whether a block of burden takes a run on top of what it holds.
func (s *state) underCeiling(r *run) bool {
	most, used := s.ceilingOf(int(r.block)), s.of(int(r.block))
	if most == nil {
		return true
	}
	for d := r.from; d < r.until; d++ {
		if most[d] >= 0 && used[d]+r.amount > most[d]+slack {
			return false
		}
	}
	return true
}

// fillCeiling adds to a prefix sum of prices of burden the days on which the unit would
// break the ceiling of a mandate, each at more than anything that it could gain.
func (s *state) fillCeiling(sum []float64, op int, u *unit) {
	most := s.contributors[u.contributor].ceiling[op]
	if most == nil || u.persons == 0 {
		return
	}
	used := s.of(s.rows.burden + op*len(s.contributors) + int(u.contributor))
	price, total := s.pinPrice*float64(1+u.pinDays), 0.0
	for d, x := range most {
		if x >= 0 && used[d]+u.persons > x+slack {
			total += price
		}
		sum[d+1] += total
	}
}

// approval is how many days before its order a leg of a unit is decided.
func (in *instance) approval(u *unit, at *stop, l *plan.Leg, order int) int {
	if at.operation < 0 {
		return 0
	}
	c, s := in.source.Calendar, in.source
	return in.rules.Approval(s.Contributors[u.contributor].ID, s.Operations[at.operation].ID, c.Day(l.Arrive), c.Day(l.Until), order)
}
