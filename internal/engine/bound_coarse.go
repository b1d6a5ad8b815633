package engine

import "time"

// manner is how a stretch of rounds moves prices: at first many at once and by answers
// that leave out most days of departure, later each by itself and by the best answers.
// Prices prove what they prove, however they were found.
type manner struct {
	rounds int
	inTurn bool    // classes answer in turn first, each with the answers before its own mixed in
	every  int     // days between the departures from home that are tried
	span   int     // days whose prices move together
	scale  float64 // of the steps at first; 0 leaves it
}

// finest moves each price by itself.
var finest = manner{every: 1, span: 1}

// coarseToFine is for prices of which next to nothing is known: on the worked example the
// finest rounds alone need thirty until they prove anything, since each class goes to
// where prices are high as if it were alone. Measured there (decision 58).
var coarseToFine = []manner{
	{rounds: 8, inTurn: true, every: 28, span: 91, scale: 0.2},
	{rounds: 24, every: 7, span: 28, scale: 0.03},
	{rounds: 40, every: 1, span: 7, scale: 0.02},
	finest,
}

// leastKnown is the part of the first plan's cost that prices to start from must promise,
// or the first rounds are coarse. Coarse rounds lose what good prices know: 300 and 1,000
// generated units, whose start promises 11 and 15 %, end lower with them.
const leastKnown = 0.05

// manner is that of the present round.
func (r *relaxation) manner() manner { return r.manners[0] }

// last reports whether no finer rounds follow.
func (r *relaxation) last() bool { return len(r.manners) == 1 }

// coarsely begins with coarse rounds.
func (r *relaxation) coarsely() {
	r.manners = append([]manner{{}}, coarseToFine...)
}

// hopeless reports whether a time as long as some coarse rounds is too short for prices that
// promise something and for their proof.
func (r *relaxation) hopeless(rounds time.Duration) bool {
	return !r.last() && rounds < time.Duration(coarseToFine[0].rounds)+dearProof
}

// proceed counts a round, and goes on to the next manner when the present one has had its
// rounds; false if it was stopped.
func (r *relaxation) proceed(stop func() bool) bool {
	if m := &r.manners[0]; r.last() || m.rounds > 0 {
		m.rounds--
		return true
	}
	m := r.manners[1]
	r.path.every, r.span = m.every, m.span
	copy(r.price, r.centre)
	value, ok := r.ask(stop, nil) // what coarser answers promised is not held against finer ones
	if !ok {
		return false
	}
	r.moveCentre(value)
	if m.scale > 0 {
		r.scale = m.scale
	}
	r.manners = r.manners[1:]
	r.manners[0].rounds--
	return true
}

// sweep has each class answer in turn, with its answer mixed in before the next one is
// asked, so that not all go where one would do; false if it was stopped.
func (r *relaxation) sweep(stop func() bool) bool {
	for k := range r.classes {
		if k&15 == 0 && stop() {
			return false
		}
		c := &r.classes[k]
		c.asked = r.answer(r.path, c)
		r.add(c, r.column(c.unit, r.path.found))
		for range 3 {
			if r.mixClass(c) < leastGain {
				break
			}
		}
	}
	return true
}

// repriceDays sets the prices of a block on some days, and on those that move with them.
func (r *relaxation) repriceDays(b, from, until int) {
	if b >= len(r.lines) && r.limit[b] == nil {
		return
	}
	for ; from < until; from = (from/r.span + 1) * r.span {
		first, last := r.moveTogether(b, from)
		use, limit := 0.0, 0.0
		for d := first; d < last; d++ {
			use += r.use[b*r.horizon+d]
			if b >= len(r.lines) {
				limit += r.limit[b][d]
			}
		}
		n := float64(last - first)
		for d := first; d < last; d++ {
			r.price[b*r.horizon+d] = r.priceOf(b, d, use/n, limit/n)
		}
	}
}

// moveTogether are the days whose prices move together with a block's on a day: those of
// its span on which it counts.
func (r *relaxation) moveTogether(b, d int) (from, until int) {
	from = d - d%r.span
	until = min(from+r.span, r.horizon)
	if b < len(r.lines) {
		from, until = max(from, r.lines[b].from), min(until, r.lines[b].until)
	}
	return from, until
}

// bend is by how much a run of amount 1 bends the master, for steps of 1.
func (r *relaxation) bend(x *run) float64 {
	b, sum := int(x.block), 0.0
	pace := r.pace[b*r.horizon:][:r.horizon]
	for d, until := int(x.from), int(x.until); d < until; d = (d/r.span + 1) * r.span {
		first, last := r.moveTogether(b, d)
		if first >= last {
			continue
		}
		days, n, paces := float64(min(last, until)-max(first, d)), float64(last-first), 0.0
		if days <= 0 {
			continue
		}
		for _, p := range pace[first:last] {
			paces += p
		}
		sum += days * days / n * paces / n
	}
	return sum
}
