package engine

import "math"

// valuation is what every choice of one unit is worth, given everyone else:
// either at the margin of a state (search) or at the prices of a relaxation
// (bound). All arrays are prefix sums over days, so that an interval costs two
// look-ups; blocked moves cost +Inf.
type valuation struct {
	value    [][]float64 // slot: worth of counting there before a day
	lumps    [][]float64 // slot: worth of each of its single lines
	share    [][]float64 // operation: price of the burden before a day
	capPrice []float64   // price of being deployed before a day
	capNext  []int32     // first day at or after a day on which it may not be deployed; nil if none
	capFirst []int32     // the same while it is on its leg of day 0
	lossAway []float64   // worth at home posts lost by being away before a day
	lossRest []float64   // and by resting
	depart   [][]float64 // pool: price of loading from a day
	receive  [][]float64 // receiver: price of unloading from a day
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
		value: grid(slots, days), lumps: grid(slots, lumps), share: grid(len(in.operations), days),
		capPrice: make([]float64, days), lossAway: make([]float64, days), lossRest: make([]float64, days),
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
	// gain is the worth of adding a gift on a day on which its line counts.
	gain(g gift, day int) float64
	// fill sets the valuation's prices and limits of lift, cap and share.
	fill(v *valuation, u *unit)
}

// set values what a unit can do at its first slots. Whatever the unit does at present
// must have been taken out of the market before.
func (v *valuation) set(in *instance, u *unit, slots int, m market) {
	for i := range slots {
		sl := &u.slots[i]
		sum := v.value[i]
		clear(sum)
		for _, g := range sl.gifts {
			l := &in.lines[g.line]
			for d := l.from; d < l.until; d++ {
				sum[d+1] += m.gain(g, d)
			}
		}
		for d, p := range sl.pinned {
			if p {
				sum[d+1] += pinPrice
			}
		}
		accumulate(sum)
		for j, g := range sl.singles {
			l := &in.lines[g.line]
			v.lumps[i][j] = 0
			for d := l.from; d < l.until; d++ {
				v.lumps[i][j] += m.gain(g, d)
			}
		}
	}
	clear(v.lossAway)
	clear(v.lossRest)
	loss := func(gifts []gift, sums ...[]float64) {
		for _, g := range gifts {
			l := &in.lines[g.line]
			for d := l.from; d < l.until; d++ {
				x := m.gain(g, d)
				for _, sum := range sums {
					sum[d+1] += x
				}
			}
		}
	}
	loss(u.homeGifts, v.lossAway, v.lossRest)
	loss(u.homeRestGifts, v.lossAway)
	accumulate(v.lossAway)
	accumulate(v.lossRest)
	m.fill(v, u)
}

func accumulate(sum []float64) {
	for d := 1; d < len(sum); d++ {
		sum[d] += sum[d-1]
	}
}

// gain at the margin of a state.
func (s *state) gain(g gift, day int) float64 {
	l := &s.lines[g.line]
	c := s.use[int(g.line)*s.horizon+day]
	return l.cost(c) - l.cost(c+g.amount)
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
			continue
		}
		burden := s.of(s.rows.burden + op*len(s.contributors) + c)
		for d := range s.horizon {
			over := math.Max(0, burden[d]+u.persons-limit) - math.Max(0, burden[d]-limit)
			sum[d+1] = sum[d] + over*s.operations[op].price
		}
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
