package planner_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// TestAsk compares asks with the proven optimum of a file that somebody edited so.
func TestAsk(t *testing.T) {
	s := tiny(t)
	got, err := planner.Checked(resolve(t, s, scenario.Variant{})).Ask(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: iterations}, planner.AskOptions{Most: 3, Prices: planner.Prices()})
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
		if want := optimum(t, resolve(t, changed, scenario.Variant{})); math.Abs(a.Outcome.Objective-want) > 1 {
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
	// It is not necessary, for a second hospital would do too, at five times the price;
	// but one ask is, and none is cheaper.
	if p := got.Proof; !got.Enough || len(p.Necessary) != 0 || p.Fewest != 1 || p.Least != 1 {
		t.Errorf("enough %v, proof %+v; want enough, nothing necessary, one ask at 1 or more", got.Enough, p)
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
	prices := map[planner.AskKind]float64{planner.Approve: 1, planner.Waive: 1, planner.Lift: 1, planner.Pledge: 1000}
	got, err := planner.Checked(resolve(t, s, scenario.Variant{})).Ask(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 100}, planner.AskOptions{Most: 3, Prices: prices})
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

// TestAskProof leaves no hospital in the world but Norway's, so that its approval is
// what cannot be done without.
func TestAskProof(t *testing.T) {
	s := tiny(t)
	for i := range s.Units {
		if s.Units[i].ID == "nor-med" {
			s.Units[i].Notice = 20
		}
	}
	prices := planner.Prices()
	got, err := planner.Checked(resolve(t, s, scenario.Variant{})).Ask(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 200}, planner.AskOptions{Most: 3, Prices: prices})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, a := range got.Chosen {
		sum += a.Price
	}
	if got.Proof.Least > sum+1e-9 {
		t.Errorf("the least price is %g, but %g is enough", got.Proof.Least, sum)
	}
	if got.Enough != (got.Chosen[len(got.Chosen)-1].Outcome.ExposureOperations < 1e-9) {
		t.Errorf("enough %v with %g exposure-days left", got.Enough, got.Chosen[len(got.Chosen)-1].Outcome.ExposureOperations)
	}
}

// TestAskForIOC asks for readiness, not for the gaps after it.
func TestAskForIOC(t *testing.T) {
	world := tiny(t)
	world.Operations[0].Ready.IOC = &scenario.Counts{Capability: []string{"battlegroup"}}
	s := resolve(t, world, scenario.Variant{DDay: map[string]scenario.Date{"reassurance": tiny(t).Calendar.Date(20)}})
	want := s.Calendar.Date(21)
	got, err := planner.Checked(s).Ask(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 200}, planner.AskOptions{Most: 4, IOC: &want, Prices: planner.Prices()})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Enough {
		t.Fatalf("base IOC %v; chosen %+v do not make it", got.Base.IOC, got.Chosen)
	}
	if len(got.Chosen) > 0 {
		if d := got.Chosen[len(got.Chosen)-1].Outcome.IOC["reassurance"]; d == nil || *d > want {
			t.Errorf("IOC %v, want %s", d, want)
		}
	}
}

// TestAskedForIsAnswered: what a pledge says, written into the file word for word, closes
// what the answer says that it closes.
func TestAskedForIsAnswered(t *testing.T) {
	s := tiny(t)
	got, err := planner.Checked(resolve(t, s, scenario.Variant{})).Ask(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: iterations}, planner.AskOptions{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got.Asks, func(a planner.Ask) bool { return a.Kind == planner.Pledge })
	a := got.Asks[i]
	if !strings.Contains(a.Text, "like nor-med, with 10 days of notice, from elverum, decided at once and without caveats") || !a.Differs || a.Closed < 6.5 {
		t.Fatalf("%s closes %g; want a second hospital first, which closes 7", a.Text, a.Closed)
	}
	like := s.Units[slices.IndexFunc(s.Units, func(u scenario.Unit) bool { return u.ID == "nor-med" })]
	like.ID, like.Contributor = "second", "XXX"
	s.Contributors = append(s.Contributors, scenario.Contributor{ID: "XXX", ApprovesAhead: true})
	s.Units = append(s.Units, like)
	if cost := optimum(t, resolve(t, s, scenario.Variant{})); math.Abs(cost-a.Outcome.Objective) > 1 {
		t.Errorf("the file with it costs %g at best, the answer says %g", cost, a.Outcome.Objective)
	}
}

// TestAPledgeIsTriedAtOnce: what one more unit is worth does not wait for the search to
// come across it.
func TestAPledgeIsTriedAtOnce(t *testing.T) {
	before, err := planner.Checked(tiny(t)).Plan(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 300})
	if err != nil {
		t.Fatal(err)
	}
	got, err := planner.Checked(tiny(t)).Ask(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 1, From: before.Plan}, planner.AskOptions{Most: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range got.Asks {
		if (a.Kind == planner.Pledge && a.Of == "medical" || a.Kind == planner.Approve && a.Of == "NOR") && a.Closed < 6.5 {
			t.Errorf("%s closes %g after one try, want 7", a.Text, a.Closed)
		}
	}
}
