package compact

import (
	"strconv"

	"github.com/rearguard/rearguard/scenario"
)

// The plan in force. Every leg costs wC, as one that is added; each leg in force is
// either kept, which takes that back, or dropped, for wC. A leg is kept if it departs
// on its day, ends on its day, and nothing else arrives at its slot in between.

// order is a leg in force of the unit.
type order struct {
	depart, until      int
	given              bool
	fromHome, fromPost int   // earliest departures of that leg, in the place of the slot's
	kept               int32 // column
}

// addOrders adds the columns of the unit's legs in force, before any movement.
func (b *unitBlock) addOrders() {
	for n, x := range b.inForce[b.u.ID] {
		o := order{depart: x.Depart.Number(), until: x.Until.Number(), given: x.Given}
		name := join(b.u.name, strconv.Itoa(n+1))
		o.kept = b.column(join("kept", name), -b.change, 1, true)
		r := b.row(join("Force", name), equal, 1)
		b.add(r, o.kept, 1)
		if !x.Given { // what has been ordered stays
			b.add(r, b.column(join("dropped", name), b.change, 1, true), 1)
			if post, ok := b.posts[x.Post]; ok {
				o.fromHome = b.earliest(b.u, post, int(b.u.Notice), x.Decided)
				o.fromPost = b.earliest(b.u, post, int(b.u.Redeploy), x.Decided)
			}
		}
		b.orders = append(b.orders, o)
	}
}

// order is the leg in force of a slot that departs on a day, nil if there is none. A
// movement that only such a leg may make on that day must be that leg.
func (b *unitBlock) order(k *slot, depart int) *order {
	for n, x := range b.inForce[b.u.ID] {
		if o := &b.orders[n]; o.depart == depart && x.Post == b.s.Posts[k.post].ID && x.As == k.as {
			return o
		}
	}
	return nil
}

// early reports whether a movement on a day, before the slot's earliest, may be made for
// a leg in force, and which.
func (b *unitBlock) early(k *slot, depart int, hop bool) *order {
	o := b.order(k, depart)
	if o == nil {
		return nil
	}
	if from := o.fromHome; !hop && depart < from {
		return nil
	}
	if from := o.fromPost; hop && depart < from {
		return nil
	}
	return o
}

// onlyKept holds a movement to the leg in force that it is made for.
func (b *unitBlock) onlyKept(column int32, o *order) {
	r := b.row(join("Early", b.columns[column].name), atMost, 0)
	b.add(r, column, 1)
	b.add(r, o.kept, -1)
}

// addKept adds the rows of what is kept, once all stays are there.
func (b *unitBlock) addKept() {
	for n, x := range b.inForce[b.u.ID] {
		o, name := &b.orders[n], join(b.u.name, strconv.Itoa(n+1))
		departs := b.row(join("KeptFrom", name), atMost, 0)
		ends := b.row(join("KeptUntil", name), atMost, 0)
		b.add(departs, o.kept, 1)
		b.add(ends, o.kept, 1)
		if b.dayZeroOrder(&x) {
			for i := range b.zero.stays() {
				if k := &b.zero.slots[i]; i < len(b.u.initial) && k.as == x.As {
					b.add(departs, k.keep, -1)
					b.endsOn(ends, k, o.until)
				}
			}
			continue
		}
		days := float64(max(1, o.until-o.depart))
		alone := b.row(join("KeptAlone", name), atMost, days)
		b.add(alone, o.kept, days-1)
		for _, l := range []*layer{b.zero, b.tours} {
			for i := range l.stays() {
				k := &l.slots[i]
				if l == b.zero && i < len(b.u.initial) || k.as != x.As || b.s.Posts[k.post].ID != x.Post {
					continue
				}
				for _, m := range k.moves {
					if m.depart == o.depart && m.effective < o.until {
						b.add(departs, m.column, -1)
					}
				}
				b.endsOn(ends, k, o.until)
				b.add(alone, day(k.came, min(o.until, l.limit)-1), 1)
				b.add(alone, day(k.came, o.depart-1), -1)
			}
		}
	}
}

// endsOn adds the ends of a stay on a day to a row that what is kept needs.
func (b *unitBlock) endsOn(row int32, k *stay, until int) {
	b.add(row, day(k.home, until), -1)
	b.add(row, day(k.leave, until), -1)
}

// dayZeroOrder reports whether an order is for the leg that the unit is on on day 0.
func (b *unitBlock) dayZeroOrder(x *scenario.Order) bool {
	return len(b.u.initial) > 0 && b.u.past == nil && x.Post == b.u.At.Post && x.Depart.Number() == 0
}

// addGone adds the price of the legs in force of units that are gone.
func (p *Program) addGone(b *block) {
	gone := len(p.s.InForce)
	for i := range p.s.Units {
		gone -= len(p.inForce[p.s.Units[i].ID]) + len(p.begun[p.s.Units[i].ID])
	}
	if gone > 0 && p.change != 0 {
		r := b.row("Gone", equal, float64(gone))
		b.add(r, b.column("gone", p.change, float64(gone), false), 1)
	}
}
