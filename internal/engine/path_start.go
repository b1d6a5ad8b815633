package engine

import "math"

// departOn finds the best tour of one leg that departs on day d, or none, and
// sets F(d).
func (f *pathfinder) departOn(d int) {
	f.picks[d].until = 0
	best := f.future[d+1]
	if limit := f.tourLimit(d); limit > d {
		home := f.capPrice[d] + f.lossAway[d] - f.u.move - f.tour
		for k := range f.starts {
			q := &f.starts[k]
			if d < q.fromHome || d+q.days >= limit || q.plain && f.outbid(q, d, limit, home, best) {
				continue
			}
			best = f.departTo(q.slot, d, limit, best)
		}
		for k := f.timed.first[d]; k > 0; k = f.timed.next[k] {
			best = f.departTo(f.timed.slot[k], d, limit, best)
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
		b.worth += f.capPrice[d] + f.lossAway[d] - f.tour
		h := &f.hopes[i][k]
		if f.hopeless(h, &b, d, best) {
			continue
		}
		until, worth := f.bestEnd(&b, d, best)
		if until > 0 {
			best, f.picks[d] = worth, pick{b, until, false}
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
	extra    float64   // price of a leg there above the least, and of its days on the way
	slope    float64   // what a day more there may take off what is paid for being short
	hope     *hope     // of the quickest way
}

// setStarts lists the starts of the slots that are alive.
func (f *pathfinder) setStarts() {
	f.starts = f.starts[:0]
	f.timed.reset()
	for _, i := range f.alive {
		sl := &f.u.slots[i]
		st := &f.u.stops[sl.stop]
		if len(st.ways) == 0 || f.timeStarts(i, sl, st) {
			continue
		}
		f.starts = append(f.starts, start{
			slot: i, fromHome: int(st.fromHome), days: st.ways[0].days() + int(st.ready),
			plain:   sl.barred == nil && sl.forbid == nil && len(sl.singles) == 0 && int(st.maxStay) >= f.horizon,
			minStay: int(st.minStay), back: int(st.back),
			value: f.value[i], end: f.end[i], share: f.shareOf(i), extra: sl.extra + f.onTheWay*float64(st.ways[0].days()+int(st.ready)), slope: f.slope(i), hope: &f.hopes[i][0],
		})
	}
}

// timetable lists the slots to which only some days of departure make sense.
type timetable struct {
	first []int32 // by day: index of the first, 0 for none
	next  []int32 // of the same day, 0 for none
	slot  []int32
}

func (t *timetable) reset() {
	clear(t.first)
	t.next, t.slot = append(t.next[:0], 0), append(t.slot[:0], 0)
}

func (t *timetable) add(day int, slot int32) {
	t.next, t.slot = append(t.next, t.first[day]), append(t.slot, slot)
	t.first[day] = int32(len(t.slot) - 1)
}

// timeStarts puts a slot on the timetable if it is there for one leg, or where it can only hold single lines and
// moving there takes no one's room: then it is no worse to come later, up to the
// day on which a line starts.
func (f *pathfinder) timeStarts(i int32, sl *slot, st *stop) bool {
	if sl.keep != nil {
		if d := sl.keep.depart; d >= 0 && d >= sl.keep.fromHome {
			f.timed.add(int(d), i)
		}
		return true
	}
	w := st.ways[0]
	if !sl.lumpsOnly() || f.longer(i) || w.lift >= 0 && w.load > 0 || st.receiver >= 0 && w.unload > 0 {
		return false
	}
	for _, g := range sl.singles {
		if k := &f.lines[g.line]; int(f.u.minTour) > k.until-k.from {
			return false // an early start could make the tour long enough
		}
	}
	for _, g := range sl.singles {
		d := f.lines[g.line].from - w.days() - int(st.ready)
		if d < int(st.fromHome) || d < 0 {
			continue
		}
		f.timed.add(d, i)
	}
	return true
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
	worth := h.worth + q.value[s+1] - q.value[s] + q.slope
	lo := max(s+max(q.minStay, 1), d+int(f.u.minTour))
	if lo > limit {
		lo = limit
	}
	rested := lo + q.back + int(f.u.rests[min(lo-d, len(f.u.rests)-1)])
	worth = max(worth, q.end[lo]+f.after[min(rested, f.horizon)]-q.value[s])
	if q.share != nil {
		home += q.share[d]
	}
	if home+worth-q.extra > best {
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
// but the first, and later rest, and may have paid for a day more of being short.
func (f *pathfinder) hopeless(h *hope, b *begun, d int, best float64) bool {
	if h.day != d+1 || len(f.u.slots[b.slot].singles) > 0 {
		h.day = d
		return false
	}
	h.day = d
	value := f.value[b.slot]
	h.worth += value[b.effective+1] - value[b.effective] + f.slope(b.slot)
	lo := max(int(b.effective)+int(f.u.stops[f.u.slots[b.slot].stop].minStay), d+int(f.u.minTour))
	if lo > int(b.latest) {
		lo = int(b.latest)
	}
	h.worth = max(h.worth, f.end[b.slot][lo]+f.after[f.rested(b.slot, lo, d)]-value[b.effective])
	return b.worth+h.worth <= best
}
