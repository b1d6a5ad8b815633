package engine

import (
	"math"
	"slices"
)

// goal is IOC or FOC of an operation, of which each day of delay has a price.
type goal struct {
	first, hold int // its first day, and for how many days in a row what it waits for must hold
	price       float64
	lines       []int32
	can         []bool // by day: something that it waits for is open on the days from there on
	least       int    // no plan reaches it before this day; the horizon if none does
}

// want is the cover of a line that a goal waits for.
type want struct {
	goal   int32
	amount float64
}

// sameCover is the tolerance of comparisons of cover (Settled 12).
const sameCover = 1e-9

// addGoals compiles the goals that have a price.
func (c *compiler) addGoals() {
	c.wants = make([][]want, len(c.lines))
	for _, x := range c.s.Goals() {
		if x.Price == 0 || !x.Open(c.horizon) {
			continue
		}
		n, g := int32(len(c.goals)), goal{first: x.First, hold: x.Hold, price: x.Price, least: x.First, can: make([]bool, c.horizon)}
		for _, w := range x.Wants {
			g.lines = append(g.lines, int32(w.Line))
			c.wants[w.Line] = append(c.wants[w.Line], want{n, w.Amount})
			for d := max(0, w.From-g.hold+1); d < w.Until && d+g.hold <= c.horizon; d++ {
				g.can[d] = true
			}
		}
		c.goals = append(c.goals, g)
	}
}

// provable finds the first day on which each goal can be reached by what all units
// together could give.
func (in *instance) provable() {
	if len(in.goals) == 0 {
		return
	}
	most := in.reach()
	missing := make([][]int32, len(in.goals))
	for i := range missing {
		missing[i] = make([]int32, in.horizon)
	}
	for n := range in.wants {
		l := &in.lines[n]
		for _, w := range in.wants[n] {
			for d := l.from; d < l.until; d++ {
				if most[n*in.horizon+d] < w.amount-1e-6 {
					missing[w.goal][d]++
				}
			}
		}
	}
	for i := range in.goals {
		in.goals[i].least = in.goals[i].reached(missing[i])
	}
}

// reached is the first day from which nothing is missing for as long as must be, given by
// day how many lines miss something; the horizon if there is none.
func (g *goal) reached(missing []int32) int {
	held := 0
	for d := g.first; d < len(missing); d++ {
		if held++; missing[d] > 0 {
			held = 0
		}
		if held >= g.hold && g.can[d-g.hold+1] {
			return d - g.hold + 1
		}
	}
	return len(missing)
}

// unready is what the goals cost in every plan.
func (in *instance) unready() (cost float64) {
	for i := range in.goals {
		cost += in.goals[i].price * float64(in.goals[i].least-in.goals[i].first)
	}
	return cost
}

// progress is how far a state is with its goals.
type progress struct {
	missing [][]int32 // goal: by day, the lines that miss something
	ready   []int     // goal: the day on which it is reached, or the horizon
	aims    []aim     // goal: what its lines are worth at the moment
	eager   float64   // multiplies the prices of goals while searching
	stale   []bool    // goal: what is missing has changed since
}

// aim is the days that a goal should hold for to be reached sooner, and what each day of a
// line that is missing there is worth.
type aim struct {
	from, until int
	worth       float64
}

func (in *instance) newProgress() progress {
	n := len(in.goals)
	p := progress{make([][]int32, n), make([]int, n), make([]aim, n), 1, slices.Repeat([]bool{true}, n)}
	for i := range in.goals {
		g := &in.goals[i]
		p.missing[i] = make([]int32, in.horizon)
		for _, k := range g.lines {
			for d := in.lines[k].from; d < in.lines[k].until; d++ {
				p.missing[i][d]++
			}
		}
		p.ready[i] = g.reached(p.missing[i])
	}
	return p
}

// delays is the price of what is not reached on its first day.
func (s *state) delays() (cost float64) {
	for i := range s.goals {
		cost += s.goals[i].price * float64(s.progress.ready[i]-s.goals[i].first)
	}
	return cost
}

// cover changes what covers a line by the same amount on some days from one on.
func (s *state) cover(line, from int32, days []float64, change float64) {
	l, wants := &s.lines[line], s.wants[line]
	s.version[line]++
	if len(wants) == 0 {
		for d := range days {
			before := l.cost(days[d])
			days[d] += change
			s.cost += l.cost(days[d]) - before
		}
		return
	}
	for d := range days {
		was := days[d]
		days[d] += change
		s.cost += l.cost(days[d]) - l.cost(was)
		for _, w := range wants {
			lacked, lacks := was < w.amount-sameCover, days[d] < w.amount-sameCover
			if lacked != lacks {
				s.progress.count(w.goal, int(from)+d, lacks)
			}
		}
	}
	for _, w := range wants {
		if s.progress.stale[w.goal] {
			s.reach(int(w.goal))
		}
	}
}

// count notes that a line of a goal misses something on a day, or no longer does.
func (p *progress) count(goal int32, day int, lacks bool) {
	if lacks {
		p.missing[goal][day]++
	} else {
		p.missing[goal][day]--
	}
	p.stale[goal] = true
}

// reach finds again when a goal is reached.
func (s *state) reach(i int) {
	g := &s.goals[i]
	if day := g.reached(s.progress.missing[i]); day != s.progress.ready[i] {
		s.cost += g.price * float64(day-s.progress.ready[i])
		s.progress.ready[i] = day
	}
}

// aimed returns what a goal's lines are worth, at the days that gain most for each day of a
// line that is missing there. It is what a unit alone is told of a goal that hangs on many:
// the gain, shared out over what it takes, but no more than mostWorth. What a schedule really
// gains is in the cost.
func (s *state) aimed(i int) aim {
	p := &s.progress
	if !p.stale[i] {
		return p.aims[i]
	}
	p.stale[i] = false
	g, best, density := &s.goals[i], aim{}, 0.0
	ready, missing := p.ready[i], p.missing[i]
	work := 0
	for d := g.least; d < min(g.least+g.hold, s.horizon); d++ {
		work += int(missing[d])
	}
	for d := g.least; d < ready && d+g.hold <= s.horizon; d++ {
		if x := float64(ready-d) / float64(max(1, work)); g.can[d] && x > density {
			best, density = aim{d, d + g.hold, g.price * p.eager * math.Min(x, mostWorth)}, x
		}
		if work -= int(missing[d]); d+g.hold < s.horizon {
			work += int(missing[d+g.hold])
		}
	}
	if best != p.aims[i] {
		p.aims[i] = best
		for _, k := range g.lines {
			s.version[k]++
		}
	}
	return best
}

// extra is what more a gift to a line is worth on a day at a cover, for goals that wait for it.
func extra(wants []want, aims []aim, day int, cover, amount float64) (worth float64) {
	for _, w := range wants {
		a := &aims[w.goal]
		if lack := w.amount - cover; a.from <= day && day < a.until && lack > sameCover {
			worth += a.worth * math.Min(1, amount/lack)
		}
	}
	return worth
}

// aim refreshes what the goals that wait for a line are worth.
func (s *state) aim(wants []want) {
	for _, w := range wants {
		s.aimed(int(w.goal))
	}
}

// mostWorth is the most that a day of a line is worth to a goal that waits for it, in days of
// delay. Where one line is all that is missing it would be worth the delay of months, and
// whoever is taken out would leave everything else for it: on the example of a truce, plans of
// 3,000 tries then cost 5 to 10 % more.
const mostWorth = 1.0

// seldomHurried is one try in so many for what an operation waits for, while it waits.
const seldomHurried = 10

// hurries takes units out for a goal that could be reached sooner, and reports whether it did.
func (s *search) hurries() bool {
	if len(s.goals) == 0 || s.rng.IntN(seldomHurried) > 0 {
		return false
	}
	i := s.rng.IntN(len(s.goals))
	a, g := s.aimed(i), &s.goals[i]
	if a.worth == 0 {
		return false
	}
	day := a.from + s.rng.IntN(a.until-a.from)
	first := s.rng.IntN(len(g.lines))
	for k := range g.lines {
		n := g.lines[(first+k)%len(g.lines)]
		if !s.lacks(i, n, day) {
			continue
		}
		s.takeAny(s.serving[n], 1)
		for range 1 + s.rng.IntN(mostRuined) {
			s.takeRival(g.lines[s.rng.IntN(len(g.lines))], int32(day))
		}
		return true
	}
	return false
}

// lacks reports whether a line misses on a day what a goal waits for.
func (s *search) lacks(goal int, line int32, day int) bool {
	l := &s.lines[line]
	for _, w := range s.wants[line] {
		if int(w.goal) == goal && l.from <= day && day < l.until && s.of(int(line))[day] < w.amount-sameCover {
			return true
		}
	}
	return false
}

// takeRival takes a unit that holds a line about a day, if there is one.
func (s *search) takeRival(line, day int32) {
	pool := s.serving[line]
	if len(pool) == 0 {
		return
	}
	first := s.rng.IntN(len(pool))
	for k := range pool {
		if u := pool[(first+k)%len(pool)]; s.holdsAbout(int(u), line, day) {
			s.takeOut(u)
			return
		}
	}
}

// mostEager is how many times as dear readiness is at the beginning of a search. What gets
// an operation ready is many units that share lift, which a search that has cooled down no
// longer rearranges.
const mostEager = 5.0

// eagerness is by how much dearer goals are at a share of a search: to half of it, when
// their prices are the true ones.
func eagerness(share float64) float64 {
	return 1 + (mostEager-1)*math.Max(0, 1-2*share)
}

// dearest is the most that goals can be worth in all.
func (in *instance) dearest() (most float64) {
	for i := range in.goals {
		most += in.goals[i].price * float64(in.horizon)
	}
	return most
}
