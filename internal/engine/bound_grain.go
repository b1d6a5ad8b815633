package engine

import "math"

// grain is a number of which every plan's cost is a multiple, 0 if there is none that
// is worth knowing: what units and legs cost, and what a line's cost can change by as
// cover comes in the amounts that units give.
func (in *instance) grain() float64 {
	amounts := make([]float64, len(in.lines)) // line: a measure of all that units give
	for _, g := range in.gifts {
		amounts[g.line] = commonMeasure(amounts[g.line], g.amount)
	}
	grain := 0.0
	for _, price := range []float64{in.mobilise, in.move, in.change, in.tour, in.onTheWay, in.shortTour, in.shortStay} {
		grain = commonMeasure(grain, price)
	}
	for i := range in.goals {
		grain = commonMeasure(grain, in.goals[i].price)
	}
	for i := range in.units {
		if p := in.units[i].past; p != nil {
			for _, x := range p.runs {
				if int(x.block) < len(amounts) {
					amounts[x.block] = commonMeasure(amounts[x.block], x.amount)
				}
			}
		}
	}
	for i := range in.lines {
		l := &in.lines[i]
		if l.from < l.until {
			grain = commonMeasure(grain, l.below*commonMeasure(amounts[i], l.floor))
			grain = commonMeasure(grain, l.short*commonMeasure(amounts[i], l.target))
		}
	}
	persons := make([]float64, len(in.contributors))
	for i := range in.units {
		c := in.units[i].contributor
		persons[c] = commonMeasure(persons[c], in.units[i].persons)
	}
	for c := range in.contributors {
		for op, limit := range in.contributors[c].share {
			if !math.IsInf(limit, 1) {
				grain = commonMeasure(grain, in.operations[op].price*commonMeasure(persons[c], limit))
			}
		}
	}
	if math.IsNaN(grain) {
		return 0
	}
	return grain
}

// noMeasure is the part of the larger of two numbers below which what Euclid's
// algorithm leaves is a matter of rounding.
const noMeasure = 1e-11

// commonMeasure is the largest number of which both numbers, not negative, are
// multiples (Euclid), not a number if there is none but what rounding leaves.
func commonMeasure(a, b float64) float64 {
	least := noMeasure * max(a, b)
	if math.IsNaN(least) {
		return least
	}
	for b > 0 {
		rest := math.Mod(a, b)
		if rest <= least || b-rest <= least {
			rest = 0
		}
		a, b = b, rest
		if b > 0 && b < 1e5*least {
			return math.NaN()
		}
	}
	return a
}

// roundUp raises what was proven to the next cost that a plan can have.
func (r *relaxation) roundUp(bound float64) float64 {
	if r.grain == 0 {
		return bound
	}
	// What sums lose must not lift the bound by a whole grain.
	return max(bound, math.Ceil((bound-1e-6*max(1, math.Abs(bound)))/r.grain)*r.grain)
}
