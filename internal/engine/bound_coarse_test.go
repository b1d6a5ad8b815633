package engine

import (
	"math"
	"testing"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

// Coarse rounds prove no more than fine ones may, and go on to the finest.
func TestCoarseRoundsProveWhatHolds(t *testing.T) {
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		r := randomPrices(t, 60, 12, seed)
		s := newSearch(r.plain, seed)
		s.construct(never)
		r = newRelaxation(r.plain, s.schedules)
		r.coarsely()
		rounds := 0
		for ; !r.last(); rounds++ {
			if !r.round(never) {
				t.Fatal("nothing left to gain among coarse rounds")
			}
		}
		if want := 8 + 24 + 40 + 1; rounds != want {
			t.Errorf("the finest rounds begin with round %d, want %d", rounds, want)
		}
		if err := r.prove(true, never); err != nil {
			t.Fatal(err)
		}
		if r.bound > s.cost || r.bound < s.cost/5 {
			t.Errorf("seed %d: bound %g of a plan that costs %g", seed, r.bound, s.cost)
		}
		if r.bound > r.best+1e-6 {
			t.Errorf("seed %d: bound %g above what the best answers of the units give, %g", seed, r.bound, r.best)
		}
	}
}

// Prices of days that move together move by the same, but where a price ends.
func TestPricesMoveTogether(t *testing.T) {
	r := randomPrices(t, 40, 8, 1)
	clear(r.centre)
	clear(r.use)
	r.span, r.scale = 5, 1e-9
	r.reprice()
	for i := range r.lines {
		l := &r.lines[i]
		for d := l.from + 1; d < l.until; d++ {
			same := d/r.span == (d-1)/r.span
			if a, b := r.price[i*r.horizon+d-1], r.price[i*r.horizon+d]; same && a != b {
				t.Fatalf("line %d: %g on day %d and %g a day later, in one span of %d days", i, a, d-1, b, r.span)
			}
		}
	}
}

// What a run bends the master by is what its own prices' second derivative is.
func TestBend(t *testing.T) {
	r := randomPrices(t, 40, 8, 1)
	for i := range r.pace {
		r.pace[i] = 1
	}
	for _, span := range []int{1, 4, 7} {
		r.span = span
		x := run{block: int32(r.rows.away), from: 2, until: 9, amount: 3}
		want := 0.0
		for from := 0; from < r.horizon; from += span {
			until := min(from+span, r.horizon)
			in := float64(max(0, min(until, 9)-max(from, 2)))
			want += in * in / float64(until-from)
		}
		if got := r.bend(&x); math.Abs(got-want) > 1e-12 {
			t.Errorf("span %d: %g, want %g", span, got, want)
		}
	}
}

// A tour that departs between the days that are tried is not found, and the next is.
func TestEveryOtherDeparture(t *testing.T) {
	r := randomPrices(t, 60, 12, 2)
	coarse, fine := newPathfinder(r.instance).all(), newPathfinder(r.instance).all()
	coarse.every = 5
	tried := 0
	for i := range r.units {
		sc := coarse.best(i, r, nil)
		worth := coarse.worth
		fine.best(i, r, nil)
		if worth > fine.worth+1e-9 {
			t.Errorf("unit %d: worth %g with fewer days of departure, %g with all", i, worth, fine.worth)
		}
		first := int(r.units[i].firstReady)
		for k := range sc {
			if d := int(sc[k].depart); sc[k].depart == sc[k].start && !r.units[i].slots[sc[k].slot].lumpsOnly() && d != first {
				if tried++; d%5 != 0 {
					t.Errorf("unit %d departs on day %d", i, d)
				}
			}
		}
	}
	if tried == 0 {
		t.Error("no unit departs from home")
	}
}

// With few tries a large scenario is proven what nobody can reach, and no more.
func TestFewTriesProveWithoutPrices(t *testing.T) {
	s, err := generate.Scenario(generate.Options{Units: 150, Posts: 12, Days: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = scenario.Resolve(s, scenario.Variant{}); err != nil {
		t.Fatal(err)
	}
	bound := func(tries int) float64 {
		p, err := Solve(t.Context(), s, Options{Seed: 1, Iterations: tries})
		if err != nil {
			t.Fatal(err)
		}
		return p.Metrics.Bound
	}
	in, err := compile(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	known := newRelaxation(in, make([]schedule, len(in.units))).known()
	if few := bound(provesFrom - 1); math.Abs(few-known) > 1e-6*known {
		t.Errorf("few tries prove %g, want %g", few, known)
	}
	if more := bound(provesFrom); more <= known {
		t.Errorf("%d tries prove %g, no more than %g", provesFrom, more, known)
	}
}
