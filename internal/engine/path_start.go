package engine

import "math"

// departOn finds the best tour of one leg that departs on day d, or none, and
// sets F(d).
func (f *pathfinder) departOn(d int) {
	f.picks[d].until = 0
	best := f.future[d+1]
	if limit := f.tourLimit(d); limit > d {
		home := f.capPrice[d] + f.lossAway[d] - f.move
		for k := range f.starts {
			q := &f.starts[k]
			if d < q.fromHome || d+q.days >= limit || q.plain && f.outbid(q, d, limit, home, best) {
				continue
			}
			best = f.departTo(q.slot, d, limit, best)
		}
	}
	f.future[d] = best
	f.after[d] = best - f.lossRest[d]
}

// departTo finds the best tour of one leg at a slot that departs on day d, if it
// is worth more than best, and returns the more.
func (f *pathfinder) departTo(i int32, d, limit int, best float64) float64 {
	st := &f.u.stops[f.u.slots[i].stop]
	cheapest := math.Inf(1)
	for k, w := range st.ways {
		if f.dominated(0, cheapest) {
			break // no way costs less
		}
		cost := f.handling(st, w, d)
		if f.dominated(cost, cheapest) {
			continue
		}
		b, ok := f.begin(i, st, w, d, limit, cost)
		if !ok {
			continue
		}
		cheapest = min(cheapest, cost)
		b.worth += f.capPrice[d] + f.lossAway[d]
		h := &f.hopes[i][k]
		if f.hopeless(h, &b, d, best) {
			continue
		}
		until, worth := f.bestEnd(&b, d, best)
		if until > 0 {
			best, f.picks[d] = worth, pick{b, until}
		}
		h.worth = worth - b.worth
	}
	return best
}

// start is what departing from home to a slot hangs on, close together.
type start struct {
	slot     int32
	fromHome int
	days     int  // from departure to counting, the quickest way
	plain    bool // nothing but the tour confines a leg there
	minStay  int
	back     int
	value    []float64
	end      []float64
	share    []float64 // nil for standing posts
	hope     *hope     // of the quickest way
}

// setStarts lists the starts of the slots that are alive.
func (f *pathfinder) setStarts() {
	f.starts = f.starts[:0]
	for _, i := range f.alive {
		sl := &f.u.slots[i]
		st := &f.u.stops[sl.stop]
		if len(st.ways) == 0 {
			continue
		}
		f.starts = append(f.starts, start{
			slot: i, fromHome: int(st.fromHome), days: st.ways[0].days() + int(st.ready),
			plain:   sl.barred == nil && sl.forbid == nil && len(sl.singles) == 0 && int(st.maxStay) >= f.horizon,
			minStay: int(st.minStay), back: int(st.back),
			value: f.value[i], end: f.end[i], share: f.shareOf(i), hope: &f.hopes[i][0],
		})
	}
}

// outbid reports whether no way to a plain slot that departs on day d can beat
// best: the quickest cannot, even if its handling cost nothing, by what it
// could have hoped for a day later (hopeless). Slower ways have less time there.
func (f *pathfinder) outbid(q *start, d, limit int, home, best float64) bool {
	h := q.hope
	if h.day != d+1 {
		return false
	}
	s := d + q.days
	worth := h.worth + q.value[s+1] - q.value[s]
	lo := max(s+max(q.minStay, 1), d+int(f.u.minTour))
	if lo > limit {
		lo = limit
	}
	rested := lo + q.back + int(f.u.rests[min(lo-d, len(f.u.rests)-1)])
	worth = max(worth, q.end[lo]+f.after[min(rested, f.horizon)]-q.value[s])
	if q.share != nil {
		home += q.share[d]
	}
	if home+worth > best {
		return false
	}
	h.day, h.worth = d, worth
	return true
}

// hope is the most that a leg from home may be worth from the day on which it
// counts, when it departs on a day.
type hope struct {
	day   int
	worth float64
}

// hopeless reports whether a leg that departs on day d cannot beat best, from
// what one that departs a day later could. That one had the same days to end on
// but the first, and later rest.
func (f *pathfinder) hopeless(h *hope, b *begun, d int, best float64) bool {
	if h.day != d+1 || len(f.u.slots[b.slot].singles) > 0 {
		h.day = d
		return false
	}
	h.day = d
	value := f.value[b.slot]
	h.worth += value[b.effective+1] - value[b.effective]
	lo := max(int(b.effective)+int(f.u.stops[f.u.slots[b.slot].stop].minStay), d+int(f.u.minTour))
	if lo > int(b.latest) {
		lo = int(b.latest)
	}
	h.worth = max(h.worth, f.end[b.slot][lo]+f.after[f.rested(b.slot, lo, d)]-value[b.effective])
	return b.worth+h.worth <= best
}
