package engine

import (
	"fmt"
	"testing"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// chainOfPosts is a scenario of 30 days in which one unit can hold a near post and then
// go on to a far one, for which it would have to wait too long at home. Between the two
// lie more posts than the search looks at from one (mostHops); each wants the unit for
// one day, on which it cannot be there, and would keep it twenty days before it counts.
func chainOfPosts(t *testing.T) *scenario.Scenario {
	t.Helper()
	start, _ := scenario.ParseDate("2025-01-01")
	least, one := scenario.Days(1), scenario.Exactly(1)
	s := &scenario.Scenario{
		Name: "chain", Calendar: scenario.Calendar{Start: start, Days: 30},
		Capabilities: []scenario.Capability{{ID: "watch"}}, Areas: []scenario.Area{{ID: "road"}},
		Places: []scenario.Place{{ID: "camp", Lat: 50, Lon: 10, Area: "road"}}, Contributors: []scenario.Contributor{{ID: "EST", ApprovesAhead: true}},
		Operations: []scenario.Operation{{ID: "late", DDay: scenario.DDay{Likely: scenario.DayTime(12)}, Warning: new(scenario.Days)}},
		Units: []scenario.Unit{{
			ID: "scout", Contributor: "EST", Home: "camp", Provides: map[string]scenario.Quantity{"watch": one}, Notice: 10,
			Tour: scenario.Span{Min: &least}, SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road, Speed: 3000},
		}},
	}
	add := func(id string, lon float64, ready scenario.Days, from, until int, operation string) {
		s.Places = append(s.Places, scenario.Place{ID: id, Lat: 50, Lon: lon, Area: "road"})
		s.Posts = append(s.Posts, scenario.Post{
			ID: id, Place: id, Operation: operation, RSOM: ready, Stay: scenario.Span{Min: &least}, Priority: 1,
			Lines: []scenario.Line{{Capability: "watch", Floor: one, From: scenario.DayTime(from), Until: scenario.DayTime(until)}},
		})
	}
	add("near", 10.1, 0, 11, 14, "")
	for i := range mostHops + 4 {
		add(fmt.Sprintf("between-%d", i), 10.2+float64(i)/100, 20, 0, 1, "")
	}
	add("far", 12, 0, 14, 30, "late")
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The search leaves out redeployments to posts that are far; the proof must not: a plan
// that redeploys there costs no less than the bound.
func TestBoundAllowsHopsThatTheSearchLeavesOut(t *testing.T) {
	s := chainOfPosts(t)
	found, err := Solve(t.Context(), s, Options{Seed: 1, Iterations: 2000})
	if err != nil {
		t.Fatal(err)
	}
	date, self := s.Calendar.Date, plan.Self
	order, onwards := date(0), date(14)
	better := plan.Of(s)
	better.Tours = []plan.Tour{{Unit: "scout", Home: date(31), Legs: []plan.Leg{
		{Post: "near", As: plan.All, Lift: &self, DecideBy: &order, OrderBy: &order, Depart: date(10), Arrive: date(11), Effective: date(11), Until: date(14)},
		{Post: "far", As: plan.All, Lift: &self, DecideBy: &onwards, OrderBy: &onwards, Depart: date(14), Arrive: date(15), Effective: date(15), Until: date(30)},
	}}}
	checked := verify.Check(s, better)
	if len(checked.Breaches) > 0 {
		t.Fatal(checked.Breaches)
	}
	if least := checked.Metrics.Objective; found.Metrics.Objective < least+1 {
		t.Fatalf("the search found a plan of %g without the far post, which saves nothing: one with it costs %g", found.Metrics.Objective, least)
	} else if found.Metrics.Bound > least+1e-6 {
		t.Errorf("no plan is proven to cost less than %g, but one costs %g", found.Metrics.Bound, least)
	}
}
