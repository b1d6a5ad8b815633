package engine

import (
	"context"
	"testing"
	"time"

	"github.com/rearguard/rearguard/scenario"
)

// TestCrowd proves at once that three lines open on one day, each for one unit,
// need three units.
func TestCrowd(t *testing.T) {
	s := crowded()
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Solve(context.Background(), r, Options{Seed: 1, Time: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if p.Metrics.Objective != 3 || p.Metrics.Bound < 3-1e-6 {
		t.Errorf("objective %v, bound %v; want 3 and 3", p.Metrics.Objective, p.Metrics.Bound)
	}
}

// crowded has four posts of one line each, held whole by one unit: three at one
// time, one after them; and five units that could hold any.
func crowded() *scenario.Scenario {
	start, _ := scenario.ParseDate("2025-01-01")
	none, mobilise := 0.0, 1.0
	least := scenario.Days(0)
	s := &scenario.Scenario{
		Name: "crowded", Calendar: scenario.Calendar{Start: start, Days: 20},
		Weights:      &scenario.Weights{Mobilise: &mobilise, Move: &none},
		Capabilities: []scenario.Capability{{ID: "work"}},
		Areas:        []scenario.Area{{ID: "area"}},
		Places:       []scenario.Place{{ID: "here", Area: "area"}},
		Contributors: []scenario.Contributor{{ID: "owner"}},
	}
	for i, from := range []int{2, 3, 4, 12} {
		s.Posts = append(s.Posts, scenario.Post{
			ID: string(rune('a' + i)), Place: "here",
			Lines: []scenario.Line{{
				Capability: "work", Floor: scenario.Exactly(1), From: scenario.DayTime(from), Until: scenario.DayTime(from + 6), Single: true,
			}},
		})
	}
	for i := range 5 {
		s.Units = append(s.Units, scenario.Unit{
			ID: string(rune('u' + i)), Contributor: "owner", Home: "here", Provides: map[string]scenario.Quantity{"work": scenario.Exactly(1)},
			SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road, Speed: 100}, Tour: scenario.Span{Min: &least},
			Pledge: scenario.Pledges[len(scenario.Pledges)-1],
		})
	}
	return s
}
