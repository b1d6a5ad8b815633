package engine

import (
	"math"
	"testing"
)

// At any prices whatever the relaxation's value is at most the cost of a plan.
func TestBoundHoldsAtAnyPrices(t *testing.T) {
	for seed := range uint64(3) {
		r := randomPrices(t, 60, 12, seed)
		s := newSearch(r.plain, seed)
		s.construct(never)
		for range 5 {
			for i := range r.price {
				r.price[i] /= 4
			}
			copy(r.centre, r.price)
			if err := r.prove(true, never); err != nil {
				t.Fatal(err)
			}
			if r.bound > s.cost+1e-6 {
				t.Errorf("seed %d: bound %g above the cost of a plan %g", seed, r.bound, s.cost)
			}
		}
	}
}

// Rounds raise the bound from below nothing towards the cost of a plan.
func TestRoundsRaiseTheBound(t *testing.T) {
	r := randomPrices(t, 60, 12, 1)
	s := newSearch(r.plain, 1)
	s.construct(never)
	r = newRelaxation(r.plain, s.schedules)
	for range 20 {
		r.round(never)
	}
	if err := r.prove(true, never); err != nil {
		t.Fatal(err)
	}
	if r.bound > s.cost || r.bound < s.cost/5 {
		t.Errorf("bound %g of a plan that costs %g", r.bound, s.cost)
	}
	if r.bound > r.best+1e-6 {
		t.Errorf("bound %g above what the best answers of the units give, %g", r.bound, r.best)
	}
}

func never() bool { return false }

// What is proven is rounded up to the next cost that a plan can have, and not by a
// whole one for what sums lose.
func TestRoundUp(t *testing.T) {
	for _, x := range []struct{ grain, proven, want float64 }{
		{1, 18.2, 19}, {1, 19 + 1e-9, 19 + 1e-9}, {1, 19 - 1e-9, 19}, {0.5, 3.6, 4}, {0.5, 0, 0}, {0, 18.2, 18.2}, {1, -0.7, 0},
	} {
		r := relaxation{grain: x.grain}
		if got := r.roundUp(x.proven); got != x.want {
			t.Errorf("%g in multiples of %g: %g, want %g", x.proven, x.grain, got, x.want)
		}
	}
}

func TestCommonMeasure(t *testing.T) {
	for _, x := range []struct{ a, b, want float64 }{
		{6, 4, 2}, {0, 3, 3}, {3, 0, 3}, {1, 1.0 / 3, 1.0 / 3}, {0.3, 0.1, 0.1}, {4.0 / 3, 8.0 / 7, 4.0 / 21},
	} {
		if got := commonMeasure(x.a, x.b); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("of %g and %g: %g, want %g", x.a, x.b, got, x.want)
		}
	}
	for _, x := range [][2]float64{{1, math.Sqrt2}, {math.NaN(), 1}, {1, math.NaN()}} {
		if got := commonMeasure(x[0], x[1]); !math.IsNaN(got) {
			t.Errorf("of %g and %g: %g, want none", x[0], x[1], got)
		}
	}
}

// A proof that is stopped while it goes on more finely proves what it has, and no less
// than the coarse one.
func TestProofStopsFinely(t *testing.T) {
	r := randomPrices(t, 60, 12, 1)
	s := newSearch(r.plain, 1)
	s.construct(never)
	r = newRelaxation(r.plain, s.schedules)
	for range 20 {
		r.round(never)
	}
	r.threads = 1
	prove := func(finely bool, most int) float64 {
		r.bound = math.Inf(-1)
		asked := 0
		if err := r.prove(finely, func() bool { asked++; return asked > most }); err != nil {
			t.Fatal(err)
		}
		return r.bound
	}
	groups := (len(r.classes) + 15) / 16 // the coarse proof asks once for so many
	coarse, some, all := prove(false, groups), prove(true, groups+3), prove(true, math.MaxInt)
	if !(coarse < some && some < all) {
		t.Errorf("proven: %g coarsely, %g with three classes more finely, %g with all; want each above the one before", coarse, some, all)
	}
	if cut := prove(true, groups-1); !math.IsInf(cut, -1) {
		t.Errorf("a proof that did not hear of all classes proves %g", cut)
	}
}
