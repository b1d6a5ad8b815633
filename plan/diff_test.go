package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// TestDiff compares two plans of one post: one unit comes later, one is
// replaced by a third.
func TestDiff(t *testing.T) {
	const start = scenario.Date(20_000)
	s, err := scenario.Resolve(&scenario.Scenario{
		Name: "diff", Calendar: scenario.Calendar{Start: start, Days: 100},
		Capabilities: []scenario.Capability{{ID: "c", Domain: "land"}},
		Areas:        []scenario.Area{{ID: "area"}},
		Places:       []scenario.Place{{ID: "here", Area: "area"}},
		Contributors: []scenario.Contributor{{ID: "A"}, {ID: "B"}, {ID: "C"}},
		Posts:        []scenario.Post{{ID: "p", Place: "here", Lines: []scenario.Line{{Capability: "c", Floor: scenario.Exactly(2)}}}},
		Units: []scenario.Unit{
			{ID: "a", Contributor: "A", Home: "here", Persons: scenario.Exactly(10), Provides: map[string]scenario.Quantity{"c": scenario.Exactly(1)}},
			{ID: "b", Contributor: "B", Home: "here", Provides: map[string]scenario.Quantity{"c": scenario.Exactly(1)}},
			{ID: "c", Contributor: "C", Home: "here", Provides: map[string]scenario.Quantity{"c": scenario.Exactly(1)}},
		},
	}, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	self := plan.Self
	tour := func(unit string, from, until scenario.Date) plan.Tour {
		return plan.Tour{Unit: unit, Home: start + until, Legs: []plan.Leg{
			{Post: "p", As: plan.All, Lift: &self, Depart: start + from, Arrive: start + from, Effective: start + from, Until: start + until},
		}}
	}
	evaluate := func(tours ...plan.Tour) *plan.Evaluation {
		e, err := plan.Evaluate(s, &plan.Plan{Tours: tours})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first, second := evaluate(tour("a", 0, 40), tour("b", 0, 40)), evaluate(tour("a", 10, 40), tour("c", 50, 90))
	got := plan.Diff(first, second)
	legs := map[string][2]bool{}
	for _, l := range got.Legs {
		legs[l.Unit] = [2]bool{l.Before != nil, l.After != nil}
	}
	if want := map[string][2]bool{"a": {true, true}, "b": {true, false}, "c": {false, true}}; !cmp.Equal(legs, want) || got.Added != 2 || got.Dropped != 2 {
		t.Errorf("legs before and after by unit: %v, %d added, %d dropped; want %v, 2 and 2", legs, got.Added, got.Dropped, want)
	}
	if want := []plan.PostChange{{
		Post: "p", ExposureDays: plan.Pair{Before: 60, After: 65}, ShortfallDays: plan.Pair{Before: 60, After: 65},
		Gone: []string{"b"}, New: []string{"c"},
	}}; !cmp.Equal(got.Posts, want) {
		t.Error(cmp.Diff(want, got.Posts))
	}
	if len(got.Contributors) != 3 || got.Contributors[0].PersonDays != (plan.Pair{Before: 400, After: 300}) {
		t.Errorf("contributors %+v; want all three, the first with 400 and 300 person-days", got.Contributors)
	}
	if same := plan.Diff(first, first); len(same.Legs)+len(same.Posts)+len(same.Contributors) != 0 {
		t.Errorf("a plan differs from itself: %+v", same)
	}
}
