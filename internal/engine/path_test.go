package engine

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

// randomPrices gives a relaxation of a generated scenario prices that no search
// would lead to.
func randomPrices(t *testing.T, units, posts int, seed uint64) *relaxation {
	t.Helper()
	s, err := generate.Scenario(generate.Options{Units: units, Posts: posts, Days: 200, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	if seed%2 == 1 { // rotation has a price
		tour, onTheWay := 20.0, 0.5
		s.Weights = &scenario.Weights{Tour: &tour, OnTheWay: &onTheWay}
		for i := range s.Units {
			s.Units[i].Tour.Usual = scenario.Days(i%3) * 50
		}
		for i := range s.Posts {
			s.Posts[i].Stay.Usual = scenario.Days(i%4) * 25
		}
	}
	s, err = scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := compile(s, 2)
	if err != nil {
		t.Fatal(err)
	}
	r := newRelaxation(in, make([]schedule, len(in.units)))
	rng := rand.New(rand.NewPCG(seed, 1))
	for b := range in.rows.blocks {
		level := rng.Float64() * 3 * r.step[b]
		for d := range in.horizon {
			if b < len(in.lines) || r.limit[b] != nil {
				r.price[b*in.horizon+d] = level * math.Floor(3*rng.Float64())
			}
		}
	}
	return r
}

// The worth that a path claims is what its schedule saves at the same prices.
func TestWorthIsWhatTheScheduleSaves(t *testing.T) {
	for seed := range uint64(4) {
		r := randomPrices(t, 60, 12, seed)
		several := 0
		for i := range r.units {
			sc := r.path.best(i, r, nil)
			fresh, absent := r.column(i, sc), r.column(i, nil)
			start := r.reduced(&absent)
			if len(r.units[i].initial) > 0 {
				start = absent.cost - r.path.lossAway[r.horizon]
			}
			saved := start - r.reduced(&fresh)
			if saved < r.path.worth-1e-6 {
				t.Errorf("seed %d: unit %s: worth %g, saved %g\n%+v", seed, r.units[i].id, r.path.worth, saved, sc)
			}
			proved := newPathfinder(r.instance).all()
			proved.proving = true
			proved.best(i, r, nil)
			if saved > proved.worth+1e-6 {
				t.Errorf("seed %d: unit %s: proved worth %g, but saved %g\n%+v", seed, r.units[i].id, proved.worth, saved, sc)
			}
			for j := range sc {
				if sc[j].home < 0 {
					several++
				}
			}
		}
		if several == 0 {
			t.Error("no tour has several legs")
		}
	}
}
