package engine

import "math"

// valuation is what every choice of one unit is worth, given everyone else:
// either at the margin of a state (search) or at the prices of a relaxation
// (bound). All arrays are prefix sums over days, so that an interval costs two
// look-ups; blocked moves cost +Inf.
type valuation struct {
	value    [][]float64 // slot: worth of counting there before a day; shared, so read only
	lumps    [][]float64 // slot: worth of each of its single lines
	share    [][]float64 // operation: price of the burden before a day
	capPrice []float64   // price of being deployed before a day
	capNext  []int32     // first day at or after a day on which it may not be deployed; nil if none
	capFirst []int32     // the same while it is on its leg of day 0
	lossAway []float64   // worth at home posts lost by being away before a day
	lossRest []float64   // and by resting
	depart   [][]float64 // pool: price of loading from a day
	receive  [][]float64 // receiver: price of unloading from a day

	sums             [][]float64 // room for value
	sumAway, sumRest []float64
	scratch          []float64
	nothing          []float64 // all 0
}

// newValuation makes room for any unit of the instance.
func newValuation(in *instance) *valuation {
	slots, lumps := 0, 0
	for i := range in.units {
		slots = max(slots, len(in.units[i].slots))
		for j := range in.units[i].slots {
			lumps = max(lumps, len(in.units[i].slots[j].singles))
		}
	}
	days := in.horizon + 1
	return &valuation{
		value: make([][]float64, slots), lumps: grid(slots, lumps), share: grid(len(in.operations), days),
		capPrice: make([]float64, days), sums: grid(slots, days), sumAway: make([]float64, days), sumRest: make([]float64, days),
		scratch: make([]float64, days), nothing: make([]float64, days),
		depart: grid(len(in.pools), days), receive: grid(len(in.receivers), days),
	}
}

func grid(rows, columns int) [][]float64 {
	cells := make([]float64, rows*columns)
	g := make([][]float64, rows)
	for i := range g {
		g[i] = cells[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return g
}

// market says what things are worth at the moment.
type market interface {
	// earned is the worth of adding a gift, as a prefix sum over days. What it
	// returns is read only, and holds until the market changes; room, of that
	// length, is there to write it to.
	earned(g gift, room []float64) []float64
	// fill sets the valuation's prices and limits of lift, cap and share.
	fill(v *valuation, u *unit)
}

// set values what a unit can do at its first slots. Whatever the unit does at present
// must have been taken out of the market before.
func (v *valuation) set(in *instance, u *unit, slots int, m market) {
	for i := range slots {
		sl := &u.slots[i]
		v.value[i] = v.total(sl.gifts, m, v.sums[i])
		if sl.pinned != nil {
			v.value[i] = withPins(v.sums[i], v.value[i], sl.pinned, in.pinPrice)
		}
		for j, g := range sl.singles {
			l := &in.lines[g.line]
			sum := m.earned(g, v.scratch)
			v.lumps[i][j] = sum[l.until] - sum[l.from]
		}
	}
	v.lossRest = v.total(u.homeGifts, m, v.sumRest)
	v.lossAway = v.lossRest
	if len(u.homeRestGifts) > 0 {
		v.lossAway = v.sumAway
		copy(v.lossAway, v.lossRest)
		for _, g := range u.homeRestGifts {
			add(v.lossAway, m.earned(g, v.scratch))
		}
	}
	m.fill(v, u)
}

// total is the worth of several gifts, as a prefix sum over days.
func (v *valuation) total(gifts []gift, m market, room []float64) []float64 {
	switch len(gifts) {
	case 0:
		return v.nothing
	case 1:
		return m.earned(gifts[0], room)
	}
	copy(room, m.earned(gifts[0], v.scratch))
	for _, g := range gifts[1:] {
		add(room, m.earned(g, v.scratch))
	}
	return room
}

func add(sum, x []float64) {
	for d := range sum {
		sum[d] += x[d]
	}
}

// withPins adds what pinned days are worth, each its price, to a prefix sum, in room.
func withPins(room, sum []float64, pinned []bool, price float64) []float64 {
	copy(room, sum)
	pins := 0.0
	for d, p := range pinned {
		if p {
			pins += price
		}
		room[d+1] += pins
	}
	return room
}

// earnings are prefix sums of what gifts are worth, by kind of gift, kept while
// the use of the line stays as it is.
type earnings struct {
	sums  [][]float64 // nil until asked for
	stamp []uint32    // of the line's version that sums hold
}

// earned at the margin of a state.
func (s *state) earned(g gift, _ []float64) []float64 {
	wants := s.wants[g.line]
	s.aim(wants)
	sum := s.earnings.sums[g.kind]
	if sum == nil {
		sum = make([]float64, s.horizon+1)
		s.earnings.sums[g.kind] = sum
	} else if s.earnings.stamp[g.kind] == s.version[g.line] {
		return sum
	}
	s.earnings.stamp[g.kind] = s.version[g.line]
	l := &s.lines[g.line]
	use := s.of(int(g.line))
	total := 0.0
	for d := l.from; d < l.until; d++ {
		if c := use[d]; c < l.target {
			total += l.cost(c) - l.cost(c+g.amount)
		}
		if len(wants) > 0 {
			total += extra(wants, s.progress.aims, d, use[d], g.amount)
		}
		sum[d+1] = total
	}
	for d := l.until; d < s.horizon; d++ {
		sum[d+1] = total
	}
	return sum
}

func accumulate(sum []float64) {
	for d := 1; d < len(sum); d++ {
		sum[d] += sum[d-1]
	}
}

// fill takes lift, throughput and caps as limits, and shares at their price.
func (s *state) fill(v *valuation, u *unit) {
	for _, l := range u.lifts {
		s.blocked(v.depart[l.index], s.of(s.rows.liftTonnes+int(l.index)), s.of(s.rows.liftPersons+int(l.index)), s.pools[l.index], u, int(l.days))
	}
	for _, l := range u.receivers {
		s.blocked(v.receive[l.index], s.of(s.rows.receivedTonnes+int(l.index)), s.of(s.rows.receivedPerson+int(l.index)), s.receivers[l.index], u, int(l.days))
	}
	clear(v.capPrice)
	s.fillCap(v, u)
	c := int(u.contributor)
	for op := range s.operations {
		sum := v.share[op]
		clear(sum)
		limit := s.contributors[c].share[op]
		if math.IsInf(limit, 1) {
			s.fillCeiling(sum, op, u)
			continue
		}
		burden := s.of(s.rows.burden + op*len(s.contributors) + c)
		for d := range s.horizon {
			over := math.Max(0, burden[d]+u.persons-limit) - math.Max(0, burden[d]-limit)
			sum[d+1] = sum[d] + over*s.operations[op].price
		}
		s.fillCeiling(sum, op, u)
	}
}

// blocked prices each start of a handling of some days at 0, or +Inf where the
// capacity does not suffice on one of them.
func (s *state) blocked(price, usedTonnes, usedPersons []float64, c capacity, u *unit, days int) {
	tonnes := c.tonnes - u.tonnes/float64(days) + slack
	persons := c.persons - u.persons/float64(days) + slack
	full := s.horizon // the next day on which it does not suffice
	for d := s.horizon - 1; d >= 0; d-- {
		if usedTonnes[d] > tonnes || usedPersons[d] > persons {
			full = d
		}
		price[d] = 0
		if full < min(d+days, s.horizon) {
			price[d] = math.Inf(1)
		}
	}
	price[s.horizon] = 0
}

// fillCap finds the days on which one more deployment would break the cap.
func (s *state) fillCap(v *valuation, u *unit) {
	v.capNext, v.capFirst = nil, nil
	c := int(u.contributor)
	most := s.contributors[c].maxDeployed
	if math.IsInf(most, 1) || u.persons == 0 {
		return
	}
	away, dayZero := s.of(s.rows.away+c), s.of(s.rows.dayZero+c)
	next, first := make([]int32, s.horizon+1), make([]int32, s.horizon+1)
	next[s.horizon], first[s.horizon] = math.MaxInt32, math.MaxInt32
	for d := s.horizon - 1; d >= 0; d-- {
		next[d], first[d] = next[d+1], first[d+1]
		all := away[d] + dayZero[d] + u.persons
		if all > math.Max(most, dayZero[d])+slack {
			next[d] = int32(d)
		}
		if all > math.Max(most, dayZero[d]+u.persons)+slack {
			first[d] = int32(d)
		}
	}
	v.capNext, v.capFirst = next, first
}
