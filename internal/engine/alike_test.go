package engine

import (
	"math"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// alike reads testdata/alike.yaml and, if asked to, makes each unit a class of its
// own by a few grams.
func alike(t *testing.T, apart bool) *scenario.Scenario {
	t.Helper()
	written, _, err := formats.ReadScenario("testdata/alike.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Resolve(written, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Units {
		if apart {
			s.Units[i].Persons = scenario.Exactly(s.Units[i].Persons.Likely + 1e-9*float64(i+1))
		}
	}
	return s
}

// Units that are alike are compiled once, and their legs in force are priced once a
// unit all the same: what the search adds up is what the plan costs, and what is
// proven of them is what is proven of units that are not quite alike.
func TestLikeUnitsInForce(t *testing.T) {
	bounds := map[bool]float64{}
	for _, apart := range []bool{false, true} {
		in, err := compile(alike(t, apart), 2)
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * 20.0; in.lost != want {
			t.Errorf("apart %v: the legs in force of the two units that are gone cost %g, want %g", apart, in.lost, want)
		}
		r := newRun(t.Context(), in, Options{Seed: 1, Iterations: 4000})
		if err := r.solve(); err != nil {
			t.Fatal(err)
		}
		p, err := r.plan()
		if err != nil {
			t.Fatal(err)
		}
		if m := p.Metrics; math.Abs(m.Objective-r.search.least) > 1e-6 {
			t.Errorf("apart %v: the plan costs %g, and by the search's sums %g", apart, m.Objective, r.search.least)
		}
		bounds[apart] = r.relax.bound
	}
	if math.Abs(bounds[false]-bounds[true]) > 0.01*bounds[true] {
		t.Errorf("bound %g for units that are alike, %g for the same a few grams apart", bounds[false], bounds[true])
	}
}

// A proof that is false is an error, and no plan comes with it.
func TestFalseProofIsAnError(t *testing.T) {
	in, err := compile(alike(t, false), 2)
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(t.Context(), in, Options{Seed: 1, Iterations: 20})
	if err := r.solve(); err != nil {
		t.Fatal(err)
	}
	honest := r.relax.bound
	r.relax.bound = r.search.least + 1
	if p, err := r.plan(); err == nil {
		t.Errorf("a plan that costs %g came with a proof that none costs less than %g", p.Metrics.Objective, r.relax.bound)
	}
	r.relax.bound = honest
	if _, err := r.plan(); err != nil {
		t.Error(err)
	}
}
