package engine

import (
	"cmp"
	"math"
	"slices"
)

// relaxation proves a bound. It prices every row that units share (cover by
// its worth, lift, throughput, caps and shares by their scarcity) and lets each
// unit answer alone; the sum is a lower bound on every plan's cost at any prices
// whatever (Lagrangian relaxation, Geoffrion 1974).
//
// Good prices come from a proximal bundle method with one bundle of columns for
// each class of like units (the stabilised column generation of Briant et al.
// 2008): the prices are those of a master that mixes the schedules found so
// far, kept near the best prices yet; its quadratic programme is solved by
// pairwise exchange between two columns of one class at a time.
type relaxation struct {
	*instance           // rounded
	plain     *instance // as it is
	path      *pathfinder
	classes   []class
	use       []float64 // block x day: what the mix does
	price     []float64 // block x day: worth of cover, scarcity of the rest
	centre    []float64 // prices of the best bound so far
	step      []float64 // block: how far a price moves for a unit of use missing
	pace      []float64 // block x day: multiplies step
	span      int       // days whose prices move together
	manners   []manner  // of the rounds to come, the present one first
	moved     []int8    // block x day: up (1), down (-1) or not yet (0), when the centre last moved
	limit     [][]float64
	bound     float64   // proven
	most      []float64 // line x day: cover that nobody can reach more than; nil before it is known
	grain     float64   // of which every plan's cost is a multiple; 0 if none is known
	best      float64   // at the centre, if the answers of the units were the best
	scale     float64   // multiplies all steps
}

// class is a set of units that are alike, with the schedules found for them.
type class struct {
	unit    int // one of them
	members float64
	columns []column
	asked   float64 // cost of the best schedule found at the last prices
	found   float64 // at the centre
}

// column is one schedule with its weight in the mix.
type column struct {
	runs   []run
	cost   float64
	weight float64
	idle   int // rounds without weight
}

// newRelaxation starts from a plan: one schedule for each unit.
func newRelaxation(in *instance, start []schedule) *relaxation {
	plain := in
	in = plain.rounded()
	cells := in.rows.blocks * in.horizon
	r := &relaxation{
		instance: in, plain: plain, path: newPathfinder(in).all(), bound: math.Inf(-1), best: math.Inf(-1), scale: firstScale, span: 1,
		use: make([]float64, cells), price: make([]float64, cells), centre: make([]float64, cells),
		step: make([]float64, in.rows.blocks), pace: slices.Repeat([]float64{1}, cells), moved: make([]int8, cells), grain: plain.grain(), manners: []manner{finest},
	}
	byClass := map[int32]int{}
	for i := range in.units {
		k, ok := byClass[in.units[i].class]
		if !ok {
			k = len(r.classes)
			byClass[in.units[i].class] = k
			r.classes = append(r.classes, class{unit: i})
		}
		r.classes[k].members++
		column := r.column(i, start[i])
		column.weight = 1
		r.classes[k].columns = append(r.classes[k].columns, column)
		for _, x := range column.runs {
			for d := x.from; d < x.until; d++ {
				r.use[int(x.block)*r.horizon+int(d)] += x.amount
			}
		}
	}
	r.setLimits()
	r.setSteps()
	return r
}

// known is what is proven without prices of what units share.
func (r *relaxation) known() float64 {
	r.reachPrices()
	return r.bound
}

// start finds prices to start from: those of what nobody can reach, or those of
// the busiest day, whichever promise more. What nobody can reach is proven at once.
func (r *relaxation) start(stop func() bool) {
	reach := r.reachPrices()
	for _, prices := range [][]float64{reach, r.crowdPrices()} {
		if prices == nil {
			continue
		}
		copy(r.price, prices)
		if value, ok := r.ask(stop, nil); ok && value > max(r.best, 0) {
			r.moveCentre(value)
		}
	}
}

// moveCentre moves the centre to the present prices, which promise more.
func (r *relaxation) moveCentre(value float64) {
	r.best = value
	copy(r.centre, r.price)
	for k := range r.classes {
		r.classes[k].found = r.classes[k].asked
	}
}

// ask has every class answer the present prices, and returns what they promise;
// false if it was stopped. Answered is called after each answer, if it is not nil.
func (r *relaxation) ask(stop func() bool, answered func(k int)) (value float64, ok bool) {
	value = r.rowsAt()
	for k := range r.classes {
		if k&15 == 0 && stop() {
			return value, false
		}
		c := &r.classes[k]
		c.asked = r.answer(r.path, c)
		value += c.members * c.asked
		if answered != nil {
			answered(k)
		}
	}
	return value, true
}

// crowdPrices are prices of the busiest day, where they prove that as many units
// must be called up as its lines need at one time: each line's worth is that of
// calling up the unit that gives it most. It is nil if no day is worth it.
func (r *relaxation) crowdPrices() []float64 {
	most := make([]float64, len(r.lines)) // that one unit gives
	for _, g := range r.gifts {
		most[g.line] = math.Max(most[g.line], g.amount)
	}
	needed := make([]float64, r.horizon)
	dear := func(i int) bool { return most[i] > 0 && r.lines[i].steepest()*most[i] >= r.mobilise }
	for i := range r.lines {
		if l := &r.lines[i]; dear(i) {
			for d := l.from; d < l.until; d++ {
				needed[d] += l.target / most[i]
			}
		}
	}
	day := 0
	for d := range needed {
		if needed[d] > needed[day] {
			day = d
		}
	}
	if needed[day] == 0 {
		return nil
	}
	prices := make([]float64, len(r.price))
	for i := range r.lines {
		if l := &r.lines[i]; dear(i) && l.from <= day && day < l.until {
			prices[i*r.horizon+day] = math.Min(r.mobilise/most[i], l.steepest())
		}
	}
	return prices
}

// setLimits finds the most that each block but the lines' may hold on each day;
// nil is no limit.
func (r *relaxation) setLimits() {
	r.limit = make([][]float64, r.rows.blocks)
	constant := func(block int, x float64) {
		if !math.IsInf(x, 1) {
			r.limit[block] = slices.Repeat([]float64{x}, r.horizon)
		}
	}
	for i, p := range r.pools {
		constant(r.rows.liftTonnes+i, p.tonnes)
		constant(r.rows.liftPersons+i, p.persons)
	}
	for i, p := range r.receivers {
		constant(r.rows.receivedTonnes+i, p.tonnes)
		constant(r.rows.receivedPerson+i, p.persons)
	}
	for op := range r.operations {
		for c := range r.contributors {
			constant(r.rows.burden+op*len(r.contributors)+c, r.contributors[c].share[op])
		}
	}
	// A cap bends for units still on their leg of day 0; here it bends for all
	// that could be, which only lowers the bound.
	for c := range r.contributors {
		constant(r.rows.away+c, r.contributors[c].maxDeployed)
	}
	held := r.begunUse()
	for i := range r.units {
		u := &r.units[i]
		if len(u.initial) == 0 {
			continue
		}
		for d := range min(r.horizon, int(u.since)+int(u.maxTour)) {
			held[(r.rows.away+int(u.contributor))*r.horizon+d] += u.persons
		}
	}
	for b := r.rows.away; b < r.rows.blocks; b++ {
		if priced := r.rows.burden <= b && b < r.rows.liftTonnes; priced {
			continue // a share bends at its price
		}
		for d := range r.limit[b] {
			r.limit[b][d] = math.Max(r.limit[b][d], held[b*r.horizon+d])
		}
	}
}

// begunUse is the use of each block by what has begun, by day. Limits bend for it.
func (r *relaxation) begunUse() []float64 {
	use := make([]float64, r.rows.blocks*r.horizon)
	for i := range r.units {
		if r.units[i].past == nil {
			continue
		}
		for _, x := range r.units[i].past.runs {
			block := int(x.block)
			if r.rows.dayZero <= block && block < r.rows.burden {
				block -= len(r.contributors)
			}
			for d := x.from; d < x.until; d++ {
				use[block*r.horizon+int(d)] += x.amount
			}
		}
	}
	return use
}

// setSteps scales the moves of prices to what a unit of use is worth: of cover what is
// missing without it, of all else as much for the largest unit as the mean line is worth.
func (r *relaxation) setSteps() {
	worth, n := 0.0, 0.0
	for i := range r.lines {
		l := &r.lines[i]
		if l.target > 0 && l.until > l.from {
			r.step[i] = l.steepest() / l.target
			worth += l.steepest()
			n++
		}
	}
	worth /= math.Max(n, 1)
	persons, tonnes := 1.0, 1.0
	for i := range r.units {
		persons = math.Max(persons, r.units[i].persons)
		tonnes = math.Max(tonnes, r.units[i].tonnes)
	}
	for b := len(r.lines); b < r.rows.blocks; b++ {
		load := persons
		if b >= r.rows.liftTonnes && b < r.rows.liftPersons || b >= r.rows.receivedTonnes && b < r.rows.receivedPerson {
			load = tonnes
		}
		r.step[b] = worth / load / load
	}
}

// round mixes the columns at hand, lets every class answer the mix's prices with
// a good new column, and moves the centre there if that promises a better
// bound. It reports false if nothing can be gained any more.
func (r *relaxation) round(stop func() bool) bool {
	if !r.proceed(stop) {
		return true
	}
	r.reprice()
	if r.manner().inTurn && !r.sweep(stop) {
		return true
	}
	mixed := false
	for pass := 0; pass < mostPasses && !mixed; pass++ {
		mixed = r.mix() < leastGain
	}
	fresh := make([]column, len(r.classes))
	value, ok := r.ask(stop, func(k int) { fresh[k] = r.column(r.classes[k].unit, r.path.found) })
	if !ok {
		return true
	}
	gain := 0.0
	for k := range r.classes {
		gain = math.Max(gain, r.add(&r.classes[k], fresh[k]))
	}
	better := value > r.best
	if better {
		r.adapt()
		r.moveCentre(value)
	}
	switch {
	case r.manner().inTurn: // which needs no shorter steps
	case better:
		r.scale = math.Min(r.scale*growth, mostScale)
	default:
		r.scale = math.Max(r.scale*shrink, leastScale)
	}
	return better || !mixed || gain > 1e-6 || !r.last()
}

// How far prices move from the centre. Steps are as long as what is missing is worth,
// which is far too long; they grow with each better centre and shrink with each price
// that is none. Measured on 60, 300 and 1,000 generated units and the worked example
// (decision 47).
const (
	firstScale = 0.01
	leastScale = 0.0005
	mostScale  = 20
	growth     = 1.4
	shrink     = 0.7
)

// A price that moves on the way that it moved before gets a longer step, one that turns
// a shorter one (Rprop, Riedmiller and Braun 1993, with gentler growth for prices that
// hang together), within a factor of a hundred: prices of days of plenty are thousandths of
// those of days of want.
const (
	quicken  = 1.5
	slacken  = 0.5
	mostPace = 100.0
)

// adapt changes the pace of each price by how it moves from the centre.
func (r *relaxation) adapt() {
	for at, y := range r.price {
		way := int8(cmp.Compare(y, r.centre[at]))
		switch {
		case way == 0:
			continue
		case way == r.moved[at]:
			r.pace[at] = math.Min(r.pace[at]*quicken, mostPace)
		case way == -r.moved[at]:
			r.pace[at] = math.Max(r.pace[at]*slacken, 1/mostPace)
		}
		r.moved[at] = way
	}
}

// The mix is good enough when no exchange of weight gains more than a small part of a
// column's cost; it is left at that after some passes over the classes, since what the
// next columns bring is worth more than its last digits.
const (
	mostPasses = 10
	leastGain  = 1e-4
)

// answer finds the best schedule of a class's unit at the present prices and
// returns its cost; while proving, no more than any schedule's.
func (r *relaxation) answer(path *pathfinder, c *class) float64 {
	r.turns.take()
	defer r.turns.give()
	path.found = path.best(c.unit, r, path.found)
	absent := r.column(c.unit, nil)
	// The path's worth is as against being at home and rested at once, for a
	// unit on day 0, else as against staying at home.
	if len(r.units[c.unit].initial) > 0 {
		return absent.cost - path.lossAway[r.horizon] - path.worth
	}
	return r.reduced(&absent) - path.worth
}

func (r *relaxation) column(unit int, sc schedule) column {
	runs, cost := r.footprint(unit, sc, nil)
	for i := range runs {
		// The relaxed cap takes all persons deployed alike.
		if b := int(runs[i].block); r.rows.dayZero <= b && b < r.rows.burden {
			runs[i].block -= int32(len(r.contributors))
		}
	}
	return column{runs: runs, cost: cost}
}

// mostIdle is how many rounds a column without weight is kept: what it is worth comes back
// as prices swing, and each costs a look in every pass.
const mostIdle = 12

// add puts a fresh column to its class, drops those long without weight, and
// returns by how much the fresh one beats the cheapest.
func (r *relaxation) add(c *class, fresh column) float64 {
	cheapest := math.Inf(1)
	kept := c.columns[:0]
	for _, old := range c.columns {
		cheapest = math.Min(cheapest, r.reduced(&old))
		if old.idle++; old.weight > 0 {
			old.idle = 0
		}
		if old.idle < mostIdle {
			kept = append(kept, old)
		}
	}
	c.columns = kept
	gain := cheapest - r.reduced(&fresh)
	if gain > 1e-9 {
		c.columns = append(c.columns, fresh)
	}
	return gain
}

// mix moves weight within each class from its dearest column in use to its
// cheapest, once over all classes, and returns the largest relative gain left.
func (r *relaxation) mix() float64 {
	gain := 0.0
	for k := range r.classes {
		gain = math.Max(gain, r.mixClass(&r.classes[k]))
	}
	return gain
}

// mixClass moves weight from a class's dearest column in use to its cheapest, and returns
// the relative gain of it.
func (r *relaxation) mixClass(c *class) (gain float64) {
	if len(c.columns) < 2 {
		return 0
	}
	cheap, dear := -1, -1
	low, high := math.Inf(1), math.Inf(-1)
	for j := range c.columns {
		x := r.reduced(&c.columns[j])
		if x < low {
			low, cheap = x, j
		}
		if c.columns[j].weight > 0 && x > high {
			high, dear = x, j
		}
	}
	if cheap == dear || high-low < 1e-9 {
		return 0
	}
	from, to := &c.columns[dear], &c.columns[cheap]
	theta := math.Min(from.weight, (high-low)/r.curvature(from, to))
	from.weight -= theta
	to.weight += theta
	if from.weight < 1e-9 {
		to.weight += from.weight
		theta += from.weight
		from.weight = 0
	}
	r.spread(from, -theta)
	r.spread(to, theta)
	return (high - low) / (1 + math.Abs(low))
}

// curvature bounds the second derivative of the master along an exchange.
func (r *relaxation) curvature(from, to *column) float64 {
	sum := 1e-12
	for _, c := range []*column{from, to} {
		for i := range c.runs {
			x := &c.runs[i]
			if int(x.block) < len(r.lines) || r.limit[x.block] != nil {
				sum += r.scale * r.step[x.block] * x.amount * x.amount * r.bend(x)
			}
		}
	}
	return sum
}

// spread changes what the mix does, and the prices of the days concerned.
func (r *relaxation) spread(c *column, weight float64) {
	for i := range c.runs {
		x := &c.runs[i]
		b := int(x.block)
		base := b * r.horizon
		for d := int(x.from); d < int(x.until); d++ {
			r.use[base+d] += weight * x.amount
		}
		r.repriceDays(b, int(x.from), int(x.until))
	}
}

// reprice sets all prices from the mix: nearest to the centre among those that
// the mix's surplus or want allows.
func (r *relaxation) reprice() {
	for b := range r.rows.blocks {
		r.repriceDays(b, 0, r.horizon)
	}
}

// priceOf is the price of a block on a day, for what is used there and how much may be.
func (r *relaxation) priceOf(b, d int, use, limit float64) float64 {
	at := b*r.horizon + d
	step := r.scale * r.step[b] * r.pace[at]
	if b >= len(r.lines) {
		y := math.Max(0, r.centre[at]+step*(use-limit))
		if b >= r.rows.burden && b < r.rows.liftTonnes {
			_, most := r.shareLimit(b)
			y = math.Min(y, most)
		}
		return y
	}
	l := &r.lines[b]
	if d < l.from || d >= l.until {
		return 0
	}
	// The cost of a day is steep to the floor and less so to the target; its
	// conjugate bends at the price of shortfall.
	if y := r.centre[at] + step*(l.target-use); y <= l.short {
		return math.Max(0, y)
	}
	if y := r.centre[at] + step*(l.floor-use); y >= l.short {
		return math.Min(y, math.Max(l.steepest(), l.short))
	}
	return l.short
}

// rowsAt is the rows' part of the bound at the present prices: for each day of
// each row the least over all uses of its cost plus the price of what is used.
func (r *relaxation) rowsAt() float64 {
	sum := r.lost + r.plain.unready()
	for b := range r.rows.blocks {
		price := r.price[b*r.horizon:][:r.horizon]
		if b < len(r.lines) {
			l := &r.lines[b]
			for d := l.from; d < l.until; d++ {
				y := price[d]
				sum += math.Min(y*l.target, math.Min(y*l.floor+l.cost(l.floor), l.cost(0)))
			}
			continue
		}
		for d, limit := range r.limit[b] {
			sum -= price[d] * limit
		}
	}
	return sum
}

// reduced is the cost of a column at the present prices.
func (r *relaxation) reduced(c *column) float64 {
	cost := c.cost
	for i := range c.runs {
		x := &c.runs[i]
		sum := 0.0
		for _, y := range r.price[int(x.block)*r.horizon:][x.from:x.until] {
			sum += y
		}
		if int(x.block) < len(r.lines) {
			sum = -sum
		}
		cost += x.amount * sum
	}
	return cost
}

// earned at the relaxation's prices.
func (r *relaxation) earned(g gift, room []float64) []float64 {
	l := &r.lines[g.line]
	clear(room[:l.from+1])
	price := r.price[int(g.line)*r.horizon:]
	total := 0.0
	for d := l.from; d < l.until; d++ {
		total += g.amount * price[d]
		room[d+1] = total
	}
	for d := l.until; d < r.horizon; d++ {
		room[d+1] = total
	}
	return room
}

// fill takes lift, throughput, caps and shares at their price.
func (r *relaxation) fill(v *valuation, u *unit) {
	handling := func(price []float64, tonnes, persons int, days int) {
		t, p := r.price[tonnes*r.horizon:][:r.horizon], r.price[persons*r.horizon:][:r.horizon]
		sum := 0.0
		for d := r.horizon - 1; d >= 0; d-- {
			sum += (u.tonnes*t[d] + u.persons*p[d]) / float64(days)
			if d+days < r.horizon {
				sum -= (u.tonnes*t[d+days] + u.persons*p[d+days]) / float64(days)
			}
			price[d] = math.Max(0, sum)
		}
	}
	for _, l := range u.lifts {
		handling(v.depart[l.index], r.rows.liftTonnes+int(l.index), r.rows.liftPersons+int(l.index), int(l.days))
	}
	for _, l := range u.receivers {
		handling(v.receive[l.index], r.rows.receivedTonnes+int(l.index), r.rows.receivedPerson+int(l.index), int(l.days))
	}
	c := int(u.contributor)
	v.capNext, v.capFirst = nil, nil
	prices := r.price[(r.rows.away+c)*r.horizon:]
	v.capPrice[0] = 0
	for d := range r.horizon {
		v.capPrice[d+1] = v.capPrice[d] + u.persons*prices[d]
	}
	for op := range r.operations {
		prices := r.price[(r.rows.burden+op*len(r.contributors)+c)*r.horizon:]
		sum := v.share[op]
		sum[0] = 0
		for d := range r.horizon {
			sum[d+1] = sum[d] + u.persons*prices[d]
		}
	}
}
