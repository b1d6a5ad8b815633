package engine

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

// randomPrices gives a relaxation of a generated scenario prices that no search
// would lead to. The scenario may be changed before.
func randomPrices(t *testing.T, units, posts int, seed uint64, changes ...func(*scenario.Scenario)) *relaxation {
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
	for _, change := range changes {
		change(s)
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
	for b := range r.rows.blocks {
		level := rng.Float64() * 3 * r.step[b]
		for d := range r.horizon {
			if b < len(r.lines) || r.limit[b] != nil {
				r.price[b*r.horizon+d] = level * math.Floor(3*rng.Float64())
			}
		}
	}
	return r
}

// What a day later could have hoped for leaves out no tour of one leg that is worth more:
// asked for again without that hope, no day of departure has a better one.
func TestHopeLeavesOutNothing(t *testing.T) {
	for seed := range uint64(6) {
		r := randomPrices(t, 30, 12, seed)
		f := newPathfinder(r.instance)
		for n := range r.units {
			f.best(n, r, nil)
			for d := r.horizon - 1; d >= int(f.u.firstReady); d-- {
				best := f.future[d+1]
				for _, i := range f.alive {
					st := &f.u.stops[f.u.slots[i].stop]
					for k := range f.hopes[i] {
						f.hopes[i][k].day = -1
					}
					if limit := f.tourLimit(d); limit > d && d >= int(st.fromHome) {
						best = f.departTo(i, d, limit, best)
					}
				}
				if best > f.future[d]+1e-9 {
					t.Fatalf("seed %d: unit %s: a tour that departs on day %d is worth %g, not %g", seed, f.u.id, d, best, f.future[d])
				}
			}
		}
	}
}

// So it is where tours from home may go on from any day, with prices of rotation.
func TestWorthOfRotationsFromAnyDay(t *testing.T) {
	onwards := 0
	for seed := uint64(1); seed < 8; seed += 2 {
		r := randomPrices(t, 30, 12, seed)
		r.tour = 400
		path := newPathfinder(r.instance)
		path.redeploying = fromAnyDay
		for i := range r.units {
			sc := path.best(i, r, nil)
			fresh, absent := r.column(i, sc), r.column(i, nil)
			start := r.reduced(&absent)
			if len(r.units[i].initial) > 0 {
				start = absent.cost - path.lossAway[r.horizon]
			}
			if saved := start - r.reduced(&fresh); math.Abs(saved-path.worth) > 1e-6 {
				t.Errorf("seed %d: unit %s: worth %g, saved %g\n%+v", seed, r.units[i].id, path.worth, saved, sc)
			}
			for j := range sc {
				if sc[j].home < 0 && sc[j].start >= 0 {
					onwards++
				}
			}
		}
	}
	if onwards == 0 {
		t.Error("no tour from home has several legs")
	}
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
