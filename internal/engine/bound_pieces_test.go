package engine

import (
	"math"
	"math/rand/v2"
	"testing"
)

// At every sum of gifts the pieces of a line cost what it costs, and between them no
// less: mixtures of plans get dearer, plans do not.
func TestPiecesCostWhatTheLineCosts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	dearer := 0
	for range 10_000 {
		l := line{until: 1, floor: float64(rng.IntN(9)) / 2, below: 8, short: 2}
		l.target = l.floor + float64(rng.IntN(5))/2
		var amounts []float64
		for range 1 + rng.IntN(3) {
			amounts = append(amounts, []float64{0.5, 1, 1.5, 2, 1.0 / 3, 3.25}[rng.IntN(6)])
		}
		pieces, _ := l.rounded(amounts)
		cost := func(cover []float64) (sum float64) {
			for k := range pieces {
				sum += pieces[k].cost(cover[k])
			}
			return sum
		}
		all, cut := [2]float64{}, [2][]float64{} // of two sums, as the line has it and as its pieces do
		for k := range all {
			cut[k] = make([]float64, len(pieces))
			for range rng.IntN(6) {
				a := amounts[rng.IntN(len(amounts))]
				all[k] += a
				for p := range pieces {
					cut[k][p] += math.Min(a, pieces[p].most)
				}
			}
			if got, want := cost(cut[k]), l.cost(all[k]); math.Abs(got-want) > 1e-6 {
				t.Fatalf("%+v with gifts of %v: the pieces %+v cost %g at %v, the line %g at %g", l, amounts, pieces, got, cut[k], want, all[k])
			}
		}
		middle := make([]float64, len(pieces))
		for p := range middle {
			middle[p] = (cut[0][p] + cut[1][p]) / 2
		}
		switch got, want := cost(middle), l.cost((all[0]+all[1])/2); {
		case got < want-1e-6:
			t.Fatalf("%+v with gifts of %v: the pieces %+v cost %g at %v, less than the line, %g", l, amounts, pieces, got, middle, want)
		case got > want+1e-6:
			dearer++
		}
	}
	if dearer < 200 {
		t.Errorf("%d mixtures got dearer; want 200 or more", dearer)
	}
}

func TestSumsAround(t *testing.T) {
	for _, x := range []struct {
		wanted        float64
		amounts       []float64
		below, enough float64
	}{
		{0.5, []float64{2}, 0, 0.5}, {3, []float64{2}, 2, 4}, {3, []float64{2, 1}, 2, 3}, {5, []float64{3, 7}, 3, 5}, {5, []float64{3}, 3, 6},
		{1, []float64{1.0 / 3}, 2.0 / 3, 1},
	} {
		if below, enough := sumsAround(x.wanted, x.amounts); math.Abs(below-x.below)+math.Abs(enough-x.enough) > 1e-9 {
			t.Errorf("%g of %v: between %g and %g, want %g and %g", x.wanted, x.amounts, below, enough, x.below, x.enough)
		}
	}
	if _, enough := sumsAround(1000, []float64{1, math.Sqrt2}); enough != 1000 {
		t.Errorf("of too many sums %g is enough, want what is wanted", enough)
	}
}
