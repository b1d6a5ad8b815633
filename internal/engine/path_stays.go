package engine

// stays are the ends of a slot's legs, worked back from the tour's limit, where a stay
// shorter than usual has a price. The best end of a leg that counts from a day is then the
// best of the ends that are not short, and of those that are, each with its price. The
// latter are a window that moves with the day, of which the most is kept by a queue: an
// end is of no use once one before it, which stays in the window longer, is worth more
// with a day's price for each day between them.
type stays struct {
	end   []choice // the best end on a day
	from  []choice // the best end of a leg that counts from a day
	queue []int32  // short ends, the latest first, which is worth most
	head  int
}

func newStays(slots, days int) []stays {
	all := make([]stays, slots)
	for i := range all {
		all[i] = stays{end: make([]choice, days+1), from: make([]choice, days+1)}
	}
	return all
}

func (s *stays) reset() { s.queue, s.head = s.queue[:0], 0 }

// pricesStay reports whether a short stay at a slot has a price.
func (f *pathfinder) pricesStay(slot int32) bool {
	return f.legs.stays != nil && f.u.stops[f.u.slots[slot].stop].usualStay > 0
}

// countsFrom finds the best end of a leg that counts at a slot from day s, and keeps it.
// It is asked for every day in turn, the last first.
func (f *pathfinder) countsFrom(slot int32, s int) choice {
	c := &f.legs
	q, stop := &c.stays[slot], &f.u.stops[f.u.slots[slot].stop]
	least, usual := max(1, int(stop.minStay)), s+int(stop.usualStay)
	if len(f.u.slots[slot].singles) > 0 {
		least = 1
	}
	worth := func(e int32) float64 { return q.end[e].worth + f.shortStay*float64(e) }
	if e := s + least; e <= c.limit {
		for len(q.queue) > q.head && worth(q.queue[len(q.queue)-1]) <= worth(int32(e)) {
			q.queue = q.queue[:len(q.queue)-1]
		}
		q.queue = append(q.queue, int32(e))
	}
	for q.head < len(q.queue) && int(q.queue[q.head]) >= usual {
		q.head++
	}
	best := none
	switch late := max(usual, s+least); {
	case late <= c.limit:
		best = c.best[slot][late]
	case c.limit == f.horizon:
		best = c.best[slot][f.horizon] // nothing is short there
	}
	if q.head < len(q.queue) {
		e := q.queue[q.head]
		if w := worth(e) - f.shortStay*float64(usual); w > best.worth {
			best = q.end[e]
			best.worth = w
		}
	}
	q.from[s] = best
	return best
}

// staysSince is the day from which the length of a leg's stay counts.
func (f *pathfinder) staysSince(b *begun) int {
	if b.way.lift == onDayZero {
		return int(f.u.since)
	}
	return int(b.effective)
}

// tooShort is what a tour that began on day start costs by being shorter than usual, with
// its last stay, at a slot since a day, if both end on day e. It does not rise with e.
func (f *pathfinder) tooShort(slot int32, from, start, e int) float64 {
	return f.shortStay*f.short(f.u.stops[f.u.slots[slot].stop].usualStay, from, e) + f.shortTour*f.short(f.u.usualTour, start, e)
}
