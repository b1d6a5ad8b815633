package engine

import (
	"math"
	"slices"
)

// ends finds what tours of several legs are worth on every day of departure at
// once. What hangs on a tour's start, its limits and its rest, is settled when
// its first leg begins; the legs after it are worked back once for all starts,
// with what they are worth kept apart by the day on which the tour ends.
//
// row(k, lo, ...)[e] is the most that is earned if slot k is left on day lo or
// later and the tour ends on day e: by the slot's days since day 0, all legs
// after it and the way home, but for the rest after it. Posts whose ways home
// take other days have rows of their own, up to mostBacks of them; where there
// are more, the shorter way stands for those next to it, so that tours are then
// worth a little too much; and so they are where a short stay has a price, which is left out.
type ends struct {
	rows    []endRow // of the days last worked back, as a ring: day x slot x way home
	room    []float64
	days    int     // that the ring holds
	slots   int     // of the unit
	longest int     // tour
	backs   []int32 // days home, the fewest first
	backOf  []int32 // slot: the last of backs that is no more than its own
}

// endRow is what is earned by the day on which a tour ends, with the most and the
// least of each block of days.
type endRow struct{ worth, peaks, lows []float64 }

// mostBacks is how many ways home are told apart: 2 make up for four fifths of
// what 1 loses on the worked example, in 1.4 times the time.
const mostBacks = 2

// endsAreFree reports whether the unit's tours of several legs can be found so. They
// cannot where one of their legs must end before the tour must, but for days
// that caveats and pins bar, nor where a tour has begun that may go on.
func (u *unit) endsAreFree(horizon int) bool {
	for _, i := range u.reach {
		sl := &u.slots[i]
		if most := int(u.stops[sl.stop].maxStay); sl.keep != nil || len(sl.singles) > 0 || most < min(int(u.maxTour), horizon) {
			return false
		}
	}
	return u.redeploys && !u.moreHops && u.past == nil
}

// row returns a slot's row of a day for a way home.
func (x *ends) row(slot int32, lo, back int) *endRow {
	return &x.rows[((lo%x.days)*x.slots+int(slot))*len(x.backs)+back]
}

// open makes room for the rows of the pathfinder's unit.
func (x *ends) open(f *pathfinder) {
	u := f.u
	x.slots, x.longest = len(u.slots), min(int(u.maxTour), f.horizon)
	x.tellBacks(f)
	stay, travel := 0, 0
	slowest := func(ways []way, to *stop) {
		for _, w := range ways {
			travel = max(travel, w.days()+int(to.ready))
		}
	}
	for _, i := range f.alive {
		st := &u.stops[u.slots[i].stop]
		stay = max(stay, leastStay(st))
		slowest(st.ways, st)
		for _, h := range u.hopsFrom[u.slots[i].stop] {
			slowest(h.ways, &u.stops[h.to])
		}
	}
	x.days = stay + travel + 1
	n, width, blocks := x.days*x.slots*len(x.backs), f.horizon+1, f.horizon/block+1
	x.room = slices.Grow(x.room[:0], n*(width+2*blocks))
	x.rows = x.rows[:0]
	cut := func(n int) []float64 {
		from := len(x.room)
		x.room = x.room[:from+n]
		return x.room[from : from+n : from+n]
	}
	for range n {
		x.rows = append(x.rows, endRow{cut(width), cut(blocks), cut(blocks)})
	}
}

// tellBacks chooses which ways home are told apart.
func (x *ends) tellBacks(f *pathfinder) {
	u := f.u
	x.backs = x.backs[:0]
	for _, i := range f.alive {
		x.backs = append(x.backs, u.stops[u.slots[i].stop].back)
	}
	slices.Sort(x.backs)
	x.backs = slices.Compact(x.backs)
	for len(x.backs) > mostBacks {
		nearest := 1
		for k := 2; k < len(x.backs); k++ {
			if x.backs[k]-x.backs[k-1] < x.backs[nearest]-x.backs[nearest-1] {
				nearest = k
			}
		}
		x.backs = slices.Delete(x.backs, nearest, nearest+1)
	}
	x.backOf = slices.Grow(x.backOf[:0], x.slots)[:x.slots]
	for _, i := range f.alive {
		k := len(x.backs) - 1
		for x.backs[k] > u.stops[u.slots[i].stop].back {
			k--
		}
		x.backOf[i] = int32(k)
	}
}

// leastStay is the least stay of a leg that holds no single line.
func leastStay(st *stop) int { return max(int(st.minStay), 1) }

// workBack adds the rows of a day to those of the days after it.
func (f *pathfinder) workBack(lo int) {
	x, u := &f.ends, f.u
	until := min(lo+x.longest, f.horizon)
	for _, k := range f.alive {
		sl := &u.slots[k]
		fresh := lo == f.horizon || beginsMarked(sl.barred, lo) || beginsMarked(sl.forbid, lo)
		for back := range x.backs {
			row, home := x.row(k, lo, back), math.Inf(-1)
			if back == int(x.backOf[k]) {
				home = f.end[k][lo]
			}
			if fresh {
				row.forget(lo, until)
				row.set(lo, home)
			} else {
				row.take(x.row(k, lo+1, back), lo, until, home)
			}
		}
		if lo == f.horizon {
			continue
		}
		here := f.value[k][lo] - u.move
		if share := f.shareOf(k); share != nil {
			here -= share[lo]
		}
		for n := range u.hopsFrom[sl.stop] {
			f.goOn(k, &u.hopsFrom[sl.stop][n], lo, here)
		}
	}
}

// forget leaves nothing on [from, until].
func (r *endRow) forget(from, until int) {
	for e := from; e <= until; e++ {
		r.worth[e] = math.Inf(-1)
	}
	for k := from / block; k <= until/block; k++ {
		r.peaks[k], r.lows[k] = math.Inf(-1), math.Inf(-1)
	}
}

// take takes a row of the day after day from, and some worth for that day.
func (r *endRow) take(later *endRow, from, until int, worth float64) {
	first, last := from/block, until/block+1
	copy(r.worth[from+1:until+1], later.worth[from+1:until+1])
	copy(r.peaks[first:last], later.peaks[first:last])
	copy(r.lows[first:last], later.lows[first:last])
	r.worth[from] = worth
	if from%block == block-1 {
		r.peaks[first], r.lows[first] = worth, worth
	} else {
		r.peaks[first], r.lows[first] = max(r.peaks[first], worth), min(r.lows[first], worth)
	}
}

// set raises a row on one day.
func (r *endRow) set(e int, worth float64) {
	if worth > r.worth[e] {
		r.worth[e] = worth
		r.peaks[e/block] = max(r.peaks[e/block], worth)
	}
}

// beginsMarked reports whether a day is the first of some that are marked, in the
// form of slot.barred: a leg that is there before may not go on past it.
func beginsMarked(next []int32, day int) bool {
	return next != nil && day < len(next)-1 && int(next[day]) == day && (day == 0 || int(next[day-1]) != day-1)
}

// goOn raises a slot's row of a day by what going to another stop on that day is
// worth, having earned here.
func (f *pathfinder) goOn(k int32, h *hops, lo int, here float64) {
	x, u := &f.ends, f.u
	st := &u.stops[h.to]
	if lo < int(st.fromPost) {
		return
	}
	until := min(lo+x.longest, f.horizon)
	for _, m := range u.slotsAt[h.to] {
		cheapest := math.Inf(1)
		for _, w := range h.ways {
			b, next, ok := f.joins(m, st, w, lo, f.horizon, &cheapest)
			if !ok {
				continue
			}
			worth := here + u.move + b.worth - f.value[m][b.effective]
			if next > f.horizon {
				if f.horizon <= until {
					x.row(k, lo, int(x.backOf[m])).set(f.horizon, worth+f.end[m][f.horizon])
				}
				continue
			}
			for back := range x.backs {
				x.row(k, lo, back).raise(x.row(m, next, back), next, until, worth)
			}
		}
	}
}

// joins begins a leg that departs on day d and says on which day it may end at
// the earliest, after the horizon if only the calendar's end lets it. Of ways to a
// slot where no day is barred a slower one must cost less than cheapest.
func (f *pathfinder) joins(i int32, st *stop, w way, d, limit int, cheapest *float64) (b begun, next int, ok bool) {
	cost := f.handling(st, w, d)
	if cost >= *cheapest {
		return b, 0, false
	}
	b, ok = f.begin(i, st, w, d, limit, cost)
	if !ok {
		return b, 0, false
	}
	if sl := &f.u.slots[i]; sl.barred == nil && sl.forbid == nil {
		*cheapest = cost
	}
	next = int(b.effective) + leastStay(st)
	if latest := int(b.latest); next > latest && latest < f.horizon {
		return b, 0, false
	}
	return b, next, true
}

// raise raises a row on [from, until] to another one plus some worth. Blocks that
// cannot be raised by it are skipped.
func (r *endRow) raise(other *endRow, from, until int, worth float64) {
	for e := from; e <= until; {
		k := e / block
		next := min((k+1)*block, until+1)
		if other.peaks[k]+worth > r.lows[k] {
			out := r.worth[e:next]
			in := other.worth[e:next][:len(out)]
			peak, low := r.peaks[k], math.Inf(1)
			if e > k*block {
				low = r.lows[k]
			}
			for i, y := range in {
				y += worth
				if x := out[i]; x >= y {
					y = x
				} else {
					out[i] = y
					if y > peak {
						peak = y
					}
				}
				if y < low {
					low = y
				}
			}
			r.peaks[k], r.lows[k] = peak, low
		}
		e = next
	}
}

// goSeveral raises F(d), which is known for tours of one leg, to that of tours of
// several.
func (f *pathfinder) goSeveral(d int) {
	x, u := &f.ends, f.u
	limit := f.tourLimit(d)
	if limit <= d+1 {
		return
	}
	best := f.future[d]
	for _, i := range f.alive {
		st := &u.stops[u.slots[i].stop]
		if d < int(u.slots[i].fromHome(st)) {
			continue
		}
		cheapest := math.Inf(1)
		for _, w := range st.ways {
			b, next, ok := f.joins(i, st, w, d, limit, &cheapest)
			if !ok || next >= limit {
				continue // there is no time for another leg
			}
			worth := b.worth + f.capPrice[d] + f.lossAway[d] - f.tour - f.value[i][b.effective]
			for back, days := range x.backs {
				best = f.bestOf(x.row(i, next, back), d, max(next, d+int(u.minTour)), limit, int(days), worth, best)
			}
		}
	}
	f.future[d], f.after[d] = best, best-f.lossRest[d]
}

// bestOf is the most of a row plus some worth and of what comes after the rest,
// over ends from least to limit of a tour that began on day d, if it is more
// than best.
func (f *pathfinder) bestOf(row *endRow, d, least, limit, back int, worth, best float64) float64 {
	rested := func(e int) int { return min(e+back+f.u.restAfter(e-d), f.horizon) }
	if limit == f.horizon {
		least = min(least, limit) // the calendar's end waives the least tour
	}
	for e := least; e <= limit; {
		k := e / block
		next := min((k+1)*block, limit+1)
		// Worth can only fall with the day on which the rest ends.
		if worth+row.peaks[k]+f.after[rested(e)] > best {
			for ; e < next; e++ {
				if y := worth + row.worth[e] + f.after[rested(e)] - f.shortTour*f.short(f.u.usualTour, d, e); y > best {
					best = y
				}
			}
		}
		e = next
	}
	return best
}
