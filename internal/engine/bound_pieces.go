package engine

import (
	"math"
	"slices"
)

// rounded is the instance as the bound sees it. A unit of cover that no plan can have
// without another is worth nothing to it: what units give is cut to what is wanted, and
// the cost between two sums that units can make is the chord of those at the sums. For
// that a line with a floor below its target is two, one for each. Every plan costs as
// much as before; mixtures of plans cost more.
func (in *instance) rounded() *instance {
	amounts := make([][]float64, len(in.lines))
	for _, g := range in.gifts {
		amounts[g.line] = append(amounts[g.line], g.amount)
	}
	for i := range in.units {
		for _, x := range in.units[i].past.onLines(in) {
			if !slices.Contains(amounts[x.block], x.amount) {
				amounts[x.block] = append(amounts[x.block], x.amount)
			}
		}
	}
	out := *in
	out.lines = nil
	of, changed := make([][]piece, len(in.lines)), false
	for i := range in.lines {
		pieces, better := in.lines[i].rounded(amounts[i])
		changed = changed || better
		for k := range pieces {
			pieces[k].index = int32(len(out.lines))
			out.lines = append(out.lines, pieces[k].line)
		}
		of[i] = pieces
	}
	if !changed {
		return in
	}
	out.goals, out.wants = nil, make([][]want, len(out.lines)) // what goals cost at least is added as it is (unready)
	out.rows = out.layout()
	out.gifts, out.units = nil, slices.Clone(in.units)
	first := map[int32]int{} // class to its first unit
	var firsts []int
	for i := range out.units {
		u := &out.units[i]
		u.past = u.past.spreadOver(of, in, &out)
		if k, ok := first[u.class]; ok {
			u.slots, u.homeGifts, u.homeRestGifts = out.units[k].slots, out.units[k].homeGifts, out.units[k].homeRestGifts
			continue
		}
		first[u.class] = i
		firsts = append(firsts, i)
		u.slots = slices.Clone(u.slots)
		for j := range u.slots {
			u.slots[j].gifts, u.slots[j].singles = spreadOver(of, u.slots[j].gifts), spreadOver(of, u.slots[j].singles)
		}
		u.homeGifts, u.homeRestGifts = spreadOver(of, u.homeGifts), spreadOver(of, u.homeRestGifts)
	}
	(&compiler{instance: &out}).numberGifts(firsts)
	return &out
}

// piece is a line that takes the place of one, alone or with another.
type piece struct {
	line
	index int32
	most  float64 // that it takes of a gift
}

// spreadOver gives gifts to the lines that take the place of theirs.
func spreadOver(of [][]piece, gifts []gift) []gift {
	var out []gift
	for _, g := range gifts {
		for k := range of[g.line] {
			p := &of[g.line][k]
			out = append(out, gift{line: p.index, amount: math.Min(g.amount, p.most)})
		}
	}
	return out
}

// onLines are the runs of what a unit has begun that give to lines.
func (p *past) onLines(in *instance) []run {
	if p == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.runs), func(x run) bool { return int(x.block) >= len(in.lines) })
}

// spreadOver is what a unit has begun with lines that take the place of others.
func (p *past) spreadOver(of [][]piece, in, out *instance) *past {
	if p == nil {
		return nil
	}
	q := *p
	q.runs = nil
	for _, x := range p.runs {
		if int(x.block) >= len(in.lines) {
			x.block += int32(len(out.lines) - len(in.lines))
			q.runs = append(q.runs, x)
			continue
		}
		for k := range of[x.block] {
			cut := x
			cut.block, cut.amount = of[x.block][k].index, math.Min(x.amount, of[x.block][k].most)
			q.runs = append(q.runs, cut)
		}
	}
	return &q
}

// rounded is what takes the line's place, given the amounts that units give it: a piece for
// its floor and one for its target, or the line as it is where they would be no better.
func (l *line) rounded(amounts []float64) (pieces []piece, better bool) {
	same := []piece{{line: *l, most: math.Inf(1)}}
	if len(amounts) == 0 || l.until <= l.from {
		return same, false
	}
	one := func(wanted, price float64) {
		if wanted <= 0 || price <= 0 {
			return
		}
		below, enough := sumsAround(wanted, amounts)
		better = better || enough > wanted || slices.Max(amounts) > wanted
		p := piece{line: *l, most: wanted}
		p.floor, p.target = below, enough
		p.short = price * (wanted - below) / (enough - below)
		p.below = price - p.short
		pieces = append(pieces, p)
	}
	one(l.floor, l.below)
	one(l.target, l.short)
	if !better {
		return same, false
	}
	return pieces, true
}

// mostSums is how many sums of gifts are listed to find those next to what is wanted.
const mostSums = 200

// sumsAround finds the largest sum of amounts below what is wanted, each amount taken
// as often as one likes and cut to what is wanted, and the least that is not below.
// Where too many sums are below, what is wanted is taken to be one.
func sumsAround(wanted float64, amounts []float64) (below, enough float64) {
	const same = 1e-9 // sums closer than that part of what is wanted are one
	sums := []float64{0}
	enough = math.Inf(1)
	for k := 0; k < len(sums); k++ {
		for _, a := range amounts {
			x := sums[k] + math.Min(a, wanted)
			if x >= wanted*(1-same) {
				enough = math.Min(enough, math.Max(x, wanted))
				continue
			}
			if slices.ContainsFunc(sums, func(y float64) bool { return math.Abs(x-y) <= same*wanted }) {
				continue
			}
			if len(sums) == mostSums {
				return below, wanted
			}
			sums = append(sums, x)
			below = math.Max(below, x)
		}
	}
	return below, enough
}
