package engine_test

import (
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// leaving counts the units that a plan sends, by day of departure.
func leaving(s *scenario.Scenario, p *plan.Plan) []int {
	days := make([]int, s.Calendar.Days)
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			if !l.OnDayZero() {
				days[s.Calendar.Day(l.Depart)]++
			}
		}
	}
	return days
}

func solved(t *testing.T, s *scenario.Scenario) *plan.Plan {
	t.Helper()
	p, err := engine.Solve(t.Context(), s, engine.Options{Seed: 1, Iterations: 300})
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, s, p)
	return p
}

// Lift is used to the last person a day, and no further: three units of 100 leave
// together where the road takes 300, two where it takes 299.
func TestLiftToThePerson(t *testing.T) {
	wanted := func(s *scenario.Scenario) { s.Posts[0].Lines[0].Floor = scenario.Exactly(3) }
	full := convoy(t, 3, 300, wanted)
	p := solved(t, full)
	if most := slices.Max(leaving(full, p)); most != 3 {
		t.Errorf("%d leave together, want 3", most)
	}
	for road, ok := range map[float64]bool{300: true, 299: false, 300 - 1e-7: true, 299.999: false} {
		tight := *full
		tight.Lift = slices.Clone(full.Lift)
		tight.Lift[0].Persons = &road
		held := verify.Check(&tight, p)
		overfull := slices.ContainsFunc(held.Breaches, func(b verify.Breach) bool { return b.Rule == verify.Lift && b.Unit == "" })
		if overfull == ok {
			t.Errorf("a road of %v persons a day: breaches %v", road, held.Breaches)
		}
	}
	tight := convoy(t, 3, 299, wanted)
	if days := leaving(tight, solved(t, tight)); slices.Max(days) != 2 {
		t.Errorf("a road of 299 persons a day: %v leave by day, want two at a time", days)
	}
}

// Two that each load for two days leave two days apart where the road takes one at a
// time: neither on the same days nor later than need be.
func TestLiftFromOneToTheNext(t *testing.T) {
	s := convoy(t, 2, 50, nil) // 100 persons load for two days
	days := leaving(s, solved(t, s))
	first := slices.Index(days, 1)
	if first != 1 || days[first+1] != 0 || days[first+2] != 1 {
		t.Errorf("%v leave by day, want one on day 1 and one on day 3", days)
	}
}

// A cap is kept to the person, and bends for who is there on day 0.
func TestCapToThePerson(t *testing.T) {
	s := convoy(t, 4, 400, func(s *scenario.Scenario) {
		s.Contributors[0].MaxDeployed = new(300)
		s.Units[3].Persons = scenario.Exactly(1)
		s.Posts[0].Lines[0].Floor = scenario.Exactly(4)
	})
	if p := solved(t, s); p.Metrics.UnitsUsed != 3 {
		t.Errorf("%d units serve under a cap of three", p.Metrics.UnitsUsed)
	}
	s = convoy(t, 1, 400, func(s *scenario.Scenario) {
		s.Contributors[0].MaxDeployed = new(99)
		s.Units[0].At = &scenario.Station{Post: "bridge", Since: scenario.DayTime(-5)}
		s.Posts[0].Lines[0].Floor = scenario.Exactly(1)
	})
	if p := solved(t, s); p.Metrics.ExposureDays.Standing != 0 {
		t.Errorf("%g exposure-days: the unit that is there stays, whatever the cap", p.Metrics.ExposureDays.Standing)
	}
}
