package stress_test

import (
	"context"
	"math"
	"testing"

	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/scenario"
)

// TestAsk compares asks with the proven optimum of a file that somebody edited so.
func TestAsk(t *testing.T) {
	s := tiny(t)
	got, err := stress.AskFor(context.Background(), resolve(t, s, scenario.Options{}), 3, stress.Prices(), stress.Options{Seed: 1, Iterations: iterations})
	if err != nil {
		t.Fatal(err)
	}
	contributor := func(s *scenario.Scenario, id string) *scenario.Contributor {
		for i := range s.Contributors {
			if s.Contributors[i].ID == id {
				return &s.Contributors[i]
			}
		}
		t.Fatalf("no contributor %s", id)
		return nil
	}
	edits := map[string]func(*scenario.Scenario){
		"approve NOR": func(s *scenario.Scenario) {
			contributor(s, "NOR").Approval, contributor(s, "NOR").ApprovesAhead = 0, true
		},
		"approve FRA": func(s *scenario.Scenario) { contributor(s, "FRA").ApprovesAhead = true },
		"waive POL":   func(s *scenario.Scenario) { contributor(s, "POL").Caveats = nil },
		"lift rail": func(s *scenario.Scenario) {
			double := 2 * *s.Lift[0].Tonnes
			s.Lift[0].Tonnes = &double
		},
	}
	compared := 0
	for _, a := range got.Asks {
		edit := edits[string(a.Kind)+" "+a.Of]
		if edit == nil {
			continue
		}
		compared++
		changed := tiny(t)
		edit(changed)
		if want := optimum(t, resolve(t, changed, scenario.Options{})); math.Abs(a.Outcome.Objective-want) > 1 {
			t.Errorf("%s: cost %g; the cheapest plan of the edited file costs %g", a.Text, a.Outcome.Objective, want)
		}
	}
	if compared != len(edits) {
		t.Errorf("%d of %d edits are among the asks", compared, len(edits))
	}
	// Only Norway has a hospital, and its approval is all that makes it late. No ask
	// has a lower price than that one, and nothing is left to close.
	if len(got.Chosen) != 1 || got.Chosen[0].Of != "NOR" || math.Abs(got.Chosen[0].Closed-7) > 1e-9 {
		t.Errorf("chosen: %+v; want the approval of NOR alone, which closes 7 exposure-days", got.Chosen)
	}
}

// TestWaiveOneOfMany waives the first of two caveats of one contributor: what is
// asked for after it must still mean the second.
func TestWaiveOneOfMany(t *testing.T) {
	s := tiny(t)
	for i := range s.Contributors {
		if s.Contributors[i].ID == "NOR" {
			s.Contributors[i].Caveats = []scenario.Caveat{{Post: []string{"lviv"}}, {Post: []string{"tapa"}}}
		}
	}
	prices := map[stress.AskKind]float64{stress.Approve: 1, stress.Waive: 1, stress.Lift: 1, stress.Pledge: 1000}
	got, err := stress.AskFor(context.Background(), resolve(t, s, scenario.Options{}), 3, prices, stress.Options{Seed: 1, Iterations: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Chosen) == 0 || got.Chosen[0].Of != "NOR" || got.Chosen[0].Text != "NOR waives caveat 1" {
		t.Errorf("chosen %+v; want the waiver of NOR's caveat at lviv first", got.Chosen)
	}
	if last := got.Chosen[len(got.Chosen)-1].Outcome; last.ExposureOperations > 1e-9 {
		t.Errorf("%g exposure-days are left", last.ExposureOperations)
	}
}
