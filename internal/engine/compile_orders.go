package engine

import (
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// The plan in force. Each of its legs that a unit may still serve becomes a slot
// of its own, beside the one for any leg at the post: it departs and ends on the
// days of that leg and nothing else. So the price of a change is a matter of the
// slot, and the paths are exact as they are. A leg kept saves the price of
// having dropped it, which the unit's cost holds for all of them (dropped).

// lostOrders is the price of the legs in force of units that are gone, which every
// plan drops. Those of the units that there are stand in unit.dropped, also where
// many units are alike and compiled once.
func (c *compiler) lostOrders() float64 {
	gone := len(c.s.InForce)
	for i := range c.s.Units {
		gone -= len(c.inForce[c.s.Units[i].ID]) + len(c.begun[c.s.Units[i].ID])
	}
	return c.change * float64(gone)
}

// keepLater adds the slots for the legs in force after day 0, and sets what a
// leg costs.
func (b *unitBuilder) keepLater() {
	u := b.u
	u.move = b.move
	if len(b.s.InForce) == 0 {
		return
	}
	orders := float64(len(b.inForce[b.su.ID]))
	u.dropped = b.change * orders
	ordinary := u.reach
	u.reach = b.keep(u.reach, false)
	kept := len(u.reach) > len(ordinary)
	u.move += b.change
	if kept {
		u.move -= 2 * b.change
		for _, i := range ordinary {
			u.slots[i].extra = 2 * b.change
		}
	}
	for _, i := range u.initial {
		u.slots[i].extra = b.change
		if u.slots[i].keep != nil {
			u.slots[i].extra = -b.change
		}
	}
}

// keep appends to some slots of a unit, those of day 0 or the later ones, one for
// each leg in force at one of them.
func (b *unitBuilder) keep(slots []int32, dayZero bool) []int32 {
	u := b.u
	all := slots
	for _, x := range b.inForce[b.su.ID] {
		post, ok := b.post[x.Post]
		depart, until := x.Depart.Number(), x.Until.Number()
		if !ok || b.startsOnDayZero(&x) != dayZero || depart < 0 || until <= depart || until > b.horizon {
			continue // of one that is not inside the calendar, nothing can be kept
		}
		for _, i := range slots {
			if s := &u.slots[i]; u.stops[s.stop].post == int32(post) && s.as == x.As {
				twin := *s
				twin.keep = b.keepOf(&x, &u.stops[s.stop])
				all = append(all, int32(len(u.slots)))
				u.slots = append(u.slots, twin)
				if x.Given {
					break // it needs no decision, under a mandate or not
				}
			}
		}
	}
	return all
}

// keepOf is a leg in force at a post. An order that has been given may lie before
// today, and so may a decision that has been made.
func (b *unitBuilder) keepOf(x *scenario.Order, at *stop) *keep {
	k := &keep{depart: int32(x.Depart.Number()), until: int32(x.Until.Number()), given: x.Given}
	switch {
	case x.Given:
	case at.mandate != nil:
		k.fromHome, k.fromPost = at.fromHome, at.fromPost
	default:
		k.fromHome = b.earliest(int(at.post), int(b.u.notice), x.Decided)
		k.fromPost = b.earliest(int(at.post), int(b.u.redeploy), x.Decided)
	}
	return k
}

// startsOnDayZero reports whether an order is for the leg that the unit is on on
// day 0.
func (b *unitBuilder) startsOnDayZero(x *scenario.Order) bool {
	at := b.su.At
	return at != nil && at.Post == x.Post && x.Depart.Number() == 0 && int(b.u.since)+int(b.u.maxTour) > 0
}

// pinOrders marks the last day of each leg whose order has been given, at its
// own slot and nowhere else.
func (b *unitBuilder) pinOrders() {
	for _, x := range b.inForce[b.su.ID] {
		if !x.Given {
			continue
		}
		last := x.Until.Number() - 1
		for i := range b.u.slots {
			s := &b.u.slots[i]
			own := s.given() && int(s.keep.until)-1 == last
			if !own && s.pinned == nil {
				continue
			}
			if s.pinned = slices.Clone(s.pinned); s.pinned == nil {
				s.pinned = make([]bool, b.horizon)
			}
			s.pinned[last] = own
		}
	}
}
