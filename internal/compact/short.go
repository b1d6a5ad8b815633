package compact

import "github.com/rearguard/rearguard/scenario"

// What tours and stays are shorter than usual. One that began on a day of the last U and
// is over has a day of being short on each day until U days after it began, which may lie
// after the calendar. Only one goes on at a time, so that those days are as many as have
// begun in the last U days, less one if the one that goes on began then; where that began
// earlier there are none, and the number cannot fall below 0.

// addShort adds the price of being short of what begins up to a day, given whether it goes
// on; ended are the columns of what ends with the calendar, which is not short.
func (b *unitBlock) addShort(kind, name string, price float64, usual scenario.Days, begun, goesOn, ended []int32) {
	if price == 0 || usual == 0 {
		return
	}
	last := 0
	for d, c := range begun {
		if c != absent {
			last = d
		}
	}
	for d := range b.days + int(usual) {
		now := day(begun, min(d, last))
		if now == absent {
			continue
		}
		r := b.row(join(kind, name, number(d)), atLeast, 0)
		b.add(r, b.column(join(kind+"Day", name, number(d)), price, unlimited, false), 1)
		b.add(r, now, -1)
		b.add(r, day(begun, min(d-int(usual), last)), 1)
		if d < b.days {
			b.add(r, day(goesOn, d), 1)
		} else {
			b.addAll(r, ended, 1)
		}
	}
}

// addShortStay adds the price of stays at a slot that are shorter than usual. Those of the
// post of day 0 began on a day that is known.
func (b *unitBlock) addShortStay(k *stay, suffix, name string, initial bool) {
	price, usual := *b.s.Weights.ShortStay, b.s.Posts[k.post].Stay.Usual
	if initial && b.u.past != nil {
		return // its last stay has been priced (history.cost)
	}
	if initial {
		b.priceEnds(k.home, price, usual)
		b.priceEnds(k.leave, price, usual)
		return
	}
	b.addShort("ShortStay"+suffix, name, price, usual, k.came, k.at, []int32{k.home[b.days], k.leave[b.days]})
}

// priceEnds prices ends of what began with the tour of day 0.
func (b *unitBlock) priceEnds(ends []int32, price float64, usual scenario.Days) {
	for e, c := range ends {
		if short := int(usual) - (e - b.u.since); c != absent && e < b.days && short > 0 {
			b.columns[c].cost += price * float64(short)
		}
	}
}

// addShortTours adds the price of tours that are shorter than usual.
func (b *unitBlock) addShortTours() {
	price, usual := *b.s.Weights.ShortTour, b.u.Tour.Usual
	for i := range b.zero.stays() {
		b.priceEnds(b.zero.slots[i].home, price, usual)
	}
	if b.started != nil {
		b.addShort("ShortTour", b.u.name, price, usual, b.started, b.away, b.tours.ends(b.days))
	}
}
