package engine

import "testing"

// At any prices whatever the relaxation's value is at most the cost of a plan.
func TestBoundHoldsAtAnyPrices(t *testing.T) {
	for seed := range uint64(3) {
		r := randomPrices(t, 60, 12, seed)
		s := newSearch(r.instance, seed)
		s.construct(never)
		for range 5 {
			for i := range r.price {
				r.price[i] /= 4
			}
			copy(r.centre, r.price)
			if err := r.prove(never); err != nil {
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
	s := newSearch(r.instance, 1)
	s.construct(never)
	r = newRelaxation(r.instance, s.schedules)
	for range 20 {
		r.round(never)
	}
	if err := r.prove(never); err != nil {
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
