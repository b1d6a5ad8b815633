package explain

import (
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// worth is what a leg of a unit at a post costs and saves, everybody else as
// planned, as sums over days so that any leg costs a few subtractions.
type worth struct {
	c       *choice
	fixed   float64     // what the plan loses by the legs that are given up, with prices of moves
	value   []float64   // by day: saved at the new post before that day
	singles []lineValue // lines that one leg must hold whole
	burden  []float64   // by day: price of persons above the share before that day
	prefix  []float64   // the same two for the post before, saved and price, nil without one
	barred  []bool      // by day
	over    []bool      // by day: the contributor would have too many away
	above   []bool      // by day: it would have more in the operation than its mandate allows
	home    *home
	ready   *delays
	from    int // day from which the post before counts
}

type lineValue struct {
	from, until int
	value       float64
}

// worth prepares the sums of one variant, the unit serving in one way.
func (c *choice) worth(v variant, as string) *worth {
	w := &worth{c: c}
	kept := slices.Concat(v.before, v.after)
	if n := len(v.prefix); n > 1 {
		kept = append(kept, plan.Tour{Unit: c.u.ID, Legs: v.prefix[:n-1]})
	}
	cover := c.coverWith(kept)
	w.fixed = c.missing(cover) - c.missingNow(cover)
	w.value, w.singles = c.saved(cover, c.q, as)
	w.fixed += c.prices(kept, v)
	burden := c.burdenWith(kept)
	w.burden = c.sharePrice(burden, c.q.Operation)
	if n := len(v.prefix); n > 0 {
		last := v.prefix[n-1]
		post := c.posts[last.Post]
		saved, _ := c.saved(cover, post, last.As)
		price := c.sharePrice(burden, post.Operation)
		w.prefix = make([]float64, c.s.Calendar.Days+1)
		w.from = c.s.Calendar.Day(last.Effective)
		from, depart := c.s.Calendar.Day(last.Effective), c.s.Calendar.Day(last.Depart)
		for d := range w.prefix {
			w.prefix[d] = price[max(d, depart)] - price[depart] - (saved[max(d, from)] - saved[from])
		}
	}
	w.fixed += w.shareFixed(burden)
	w.bars(as)
	w.overloads(kept)
	w.ceilings(burden)
	w.home = c.atHome(v)
	w.ready = c.delays(cover, v, as)
	return w
}

// cost is what a leg adds to the cost of the plan.
func (w *worth) cost(depart, effective, until int) float64 {
	cost := w.fixed - (w.value[until] - w.value[effective]) + w.burden[until] - w.burden[depart]
	for _, l := range w.singles {
		if effective <= l.from && l.until <= until {
			cost -= l.value
		}
	}
	if w.prefix != nil {
		cost += w.prefix[depart]
	}
	return cost
}

// single reports whether a leg holds a single line.
func (w *worth) single(effective, until int) bool {
	return slices.ContainsFunc(w.singles, func(l lineValue) bool { return effective <= l.from && l.until <= until })
}

// coverWith is the cover of the lines at posts where the unit serves now or
// would, the unit having only some tours.
func (c *choice) coverWith(kept []plan.Tour) map[int][]float64 {
	cover := map[int][]float64{}
	touched := map[string]bool{c.q.ID: true}
	if c.u.At != nil {
		touched[c.u.At.Post] = true // from which it may go on although the plan sends it home
	}
	for _, t := range c.tours0() {
		for _, l := range t.Legs {
			touched[l.Post] = true
		}
	}
	for i := range c.e.Lines {
		if l := &c.e.Lines[i]; touched[l.Post.ID] {
			cover[i] = slices.Clone(l.Cover)
			c.addLegs(cover[i], l, c.tours0(), -1)
			c.addLegs(cover[i], l, kept, 1)
		}
	}
	return cover
}

// addLegs adds what the unit's legs give to one line.
func (c *choice) addLegs(cover []float64, k *plan.LineCover, tours []plan.Tour, sign float64) {
	cal := c.s.Calendar
	for _, t := range tours {
		for _, l := range t.Legs {
			from, until := cal.Day(l.Effective), cal.Day(l.Until)
			if l.Post != k.Post.ID || k.Line.Single && (from > k.From || until < k.Until) {
				continue
			}
			gives := c.rules.Gives(c.u, l.As, k.Line.Capability)
			for d := max(from, k.From); d < min(until, k.Until); d++ {
				cover[d] += sign * gives
			}
		}
	}
}

// lack is the price of what is missing of a line on a day at a cover.
func (r *reasoner) lack(l *plan.LineCover, cover float64) float64 {
	w := r.s.Weights
	below, short := *w.Exposure.Standing, *w.Shortfall.Standing
	if l.Post.Operation != "" {
		below, short = *w.Exposure.Operation, *w.Shortfall.Operation
	}
	part := func(wanted float64) float64 {
		if wanted <= 0 {
			return 0
		}
		return math.Max(0, wanted-cover) / wanted
	}
	return scenario.PriorityPrice[l.Post.Priority] * (below*part(l.Line.Floor.Likely) + short*part(l.Line.Target.Likely))
}

func (r *reasoner) missing(cover map[int][]float64) (sum float64) {
	for i := range r.e.Lines {
		l := &r.e.Lines[i]
		if days, ok := cover[i]; ok {
			for d := l.From; d < l.Until; d++ {
				sum += r.lack(l, days[d])
			}
		}
	}
	return sum
}

// missingNow is the same for the same lines as the plan covers them.
func (r *reasoner) missingNow(lines map[int][]float64) float64 {
	now := map[int][]float64{}
	for i := range lines {
		now[i] = r.e.Lines[i].Cover
	}
	return r.missing(now)
}

// saved sums, by day, what the unit at a post saves.
func (c *choice) saved(cover map[int][]float64, post *scenario.Post, as string) (sums []float64, singles []lineValue) {
	days := c.s.Calendar.Days
	daily := make([]float64, days)
	for i := range c.e.Lines {
		l := &c.e.Lines[i]
		gives := c.rules.Gives(c.u, as, l.Line.Capability)
		if l.Post != post || gives <= 0 {
			continue
		}
		whole := 0.0
		for d := l.From; d < l.Until; d++ {
			x := c.lack(l, cover[i][d]) - c.lack(l, cover[i][d]+gives)
			whole += x
			if !l.Line.Single {
				daily[d] += x
			}
		}
		if l.Line.Single {
			singles = append(singles, lineValue{l.From, l.Until, whole})
		}
	}
	return running(daily), singles
}

// running is the sum of the days before each day.
func running(daily []float64) []float64 {
	sums := make([]float64, len(daily)+1)
	for d, x := range daily {
		sums[d+1] = sums[d] + x
	}
	return sums
}

// prices is what the moves cost with the new leg less what they cost now.
func (c *choice) prices(kept []plan.Tour, v variant) float64 {
	count := func(tours []plan.Tour) (legs, left float64) {
		for _, t := range tours {
			for i, l := range t.Legs {
				if !l.OnDayZero() {
					legs++
					if i == 0 {
						left = 1
					}
				}
			}
		}
		return legs, left
	}
	legs, left := count(kept)
	added, out := 1.0, 1.0 // the new leg
	if v.stays != nil {
		added, out = count([]plan.Tour{{Legs: []plan.Leg{*v.stays}}})
	}
	legs += added
	if n := len(v.prefix); n == 0 {
		left = max(left, out)
	} else {
		more, from := count([]plan.Tour{{Legs: v.prefix[n-1:]}})
		legs += more
		if n == 1 {
			left = max(left, from)
		}
	}
	legsNow, leftNow := count(c.tours0())
	return *c.s.Weights.Move*(legs-legsNow) + *c.s.Weights.Mobilise*(left-leftNow) + c.rotation(v.before) + c.rotation(v.after) - c.rotation(c.tours0())
}

// rotation is what tours of the unit cost as such.
func (c *choice) rotation(tours []plan.Tour) (sum float64) {
	for i := range tours {
		sum += plan.RotationOf(c.s, c.u, c.posts, &tours[i])
	}
	return sum
}

// tourWith is the tour that a new leg ends, its end still open.
func (c *choice) tourWith(v variant, l stretch) plan.Tour {
	legs := slices.Clone(v.prefix)
	if v.stays != nil {
		return plan.Tour{Unit: c.u.ID, Legs: append(legs, *v.stays)}
	}
	if n := len(legs); n > 0 {
		legs[n-1].Until = c.date(l.depart)
	}
	lift := plan.Self
	return plan.Tour{Unit: c.u.ID, Legs: append(legs, plan.Leg{Post: c.q.ID, Lift: &lift, Depart: c.date(l.depart), Effective: c.date(l.effective)})}
}

// burdenWith is the persons of the unit's contributor by operation and day, the
// unit having only some tours.
func (c *choice) burdenWith(kept []plan.Tour) map[string][]float64 {
	all := map[string][]float64{}
	for _, op := range c.s.Operations {
		all[op.ID] = c.e.Burden(op.ID, c.u.Contributor)
	}
	add := func(tours []plan.Tour, persons float64) {
		for _, t := range tours {
			for _, l := range t.Legs {
				if op := c.posts[l.Post].Operation; op != "" {
					for d := c.s.Calendar.Day(l.Depart); d < c.s.Calendar.Day(l.Until); d++ {
						all[op][d] += persons
					}
				}
			}
		}
	}
	add(c.tours0(), -c.u.Persons.Likely)
	add(kept, c.u.Persons.Likely)
	return all
}

// above is the price of so many persons of the contributor on an operation.
func (c *choice) above(op *scenario.Operation, persons float64) float64 {
	share := c.owners[c.u.Contributor].Share
	if share == nil || op.Size == 0 {
		return 0
	}
	return *c.s.Weights.Share * math.Max(0, persons-*share*float64(op.Size)) / float64(op.Size)
}

// sharePrice sums, by day, what the unit on an operation costs.
func (c *choice) sharePrice(burden map[string][]float64, operation string) []float64 {
	daily := make([]float64, c.s.Calendar.Days)
	if op := c.ops[operation]; op != nil {
		for d, n := range burden[operation] {
			daily[d] = c.above(op, n+c.u.Persons.Likely) - c.above(op, n)
		}
	}
	return running(daily)
}

// shareFixed is what the legs given up saved or cost by the shares.
func (w *worth) shareFixed(burden map[string][]float64) (sum float64) {
	for i := range w.c.s.Operations {
		op := &w.c.s.Operations[i]
		for d, n := range w.c.e.Burden(op.ID, w.c.u.Contributor) {
			sum += w.c.above(op, burden[op.ID][d]) - w.c.above(op, n)
		}
	}
	return sum
}
