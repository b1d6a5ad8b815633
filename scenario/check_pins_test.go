package scenario_test

import (
	"slices"
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

// counted has three units "patrol" and one "scout", two posts, and the given pins and
// orders in force.
func counted(pins []scenario.Pin, orders []scenario.Order) *scenario.Scenario {
	start, _ := scenario.ParseDate("2025-01-01")
	one := scenario.Exactly(1)
	drives := &scenario.SelfDeploys{Mode: scenario.Road, Speed: 500}
	s := &scenario.Scenario{
		Name: "counted", Calendar: scenario.Calendar{Start: start, Days: 60},
		Capabilities: []scenario.Capability{{ID: "watch"}}, Areas: []scenario.Area{{ID: "north"}},
		Places: []scenario.Place{{ID: "town", Lat: 57, Lon: 24, Area: "north"}}, Contributors: []scenario.Contributor{{ID: "EST"}},
		Units: []scenario.Unit{
			{ID: "patrol", Count: 3, Contributor: "EST", Home: "town", Provides: map[string]scenario.Quantity{"watch": one}, SelfDeploys: drives},
			{ID: "scout", Contributor: "EST", Home: "town", Provides: map[string]scenario.Quantity{"watch": one}, SelfDeploys: drives},
		},
		Pins: pins, InForce: orders,
	}
	for _, id := range []string{"gate", "tower"} {
		s.Posts = append(s.Posts, scenario.Post{ID: id, Place: "town", Lines: []scenario.Line{{Capability: "watch", Floor: one}}})
	}
	return s
}

func pin(unit, post string, from, until int, forbid bool) scenario.Pin {
	return scenario.Pin{Unit: unit, Post: post, From: scenario.DayTime(from), Until: scenario.DayTime(until), Forbid: forbid}
}

func messages(s *scenario.Scenario) (all []string) {
	for _, p := range scenario.Check(s) {
		text := p.Message
		if p.Maybe != "" {
			text += ". Maybe: " + p.Maybe
		}
		all = append(all, text)
	}
	return all
}

// Pins clash where they want one unit in two places, or want and forbid one place, on
// one day: also where one pin names a counted unit and the other one of its units.
func TestClashingPins(t *testing.T) {
	for name, c := range map[string]struct {
		first, second scenario.Pin
		clash         bool
	}{
		"two posts":                            {pin("scout", "gate", 5, 9, false), pin("scout", "tower", 8, 12, false), true},
		"two posts, the other order":           {pin("scout", "tower", 8, 12, false), pin("scout", "gate", 5, 9, false), true},
		"one day after the other":              {pin("scout", "gate", 5, 8, false), pin("scout", "tower", 8, 12, false), false},
		"wanted and forbidden":                 {pin("scout", "gate", 5, 9, false), pin("scout", "gate", 8, 12, true), true},
		"wanted here, forbidden there":         {pin("scout", "gate", 5, 9, false), pin("scout", "tower", 5, 9, true), false},
		"twice the same":                       {pin("scout", "gate", 5, 9, false), pin("scout", "gate", 8, 12, false), false},
		"two units":                            {pin("scout", "gate", 5, 9, false), pin("patrol#1", "tower", 5, 9, false), false},
		"all of a count, and one of it":        {pin("patrol", "gate", 5, 9, false), pin("patrol#2", "tower", 8, 12, false), true},
		"one of a count, and all of it":        {pin("patrol#3", "gate", 5, 9, false), pin("patrol", "gate", 8, 12, true), true},
		"all of a count, and one, later":       {pin("patrol", "gate", 5, 9, false), pin("patrol#2", "tower", 9, 12, false), false},
		"two of a count":                       {pin("patrol#1", "gate", 5, 9, false), pin("patrol#2", "tower", 5, 9, false), false},
		"all of a count, in two places":        {pin("patrol", "gate", 5, 9, false), pin("patrol", "tower", 8, 12, false), true},
		"all forbidden here, one wanted there": {pin("patrol", "gate", 5, 9, true), pin("patrol#1", "tower", 5, 9, false), false},
	} {
		got := messages(counted([]scenario.Pin{c.first, c.second}, nil))
		want := "pin 2 (unit \"" + c.second.Unit + "\" at post \"" + c.second.Post + "\") cannot hold together with pin 1 (post \"" + c.first.Post + "\")"
		if found := slices.Contains(got, want); found != c.clash || !c.clash && len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A pin or an order names a unit that there is: one of a count by a number up to it.
func TestNamesOfCountedUnits(t *testing.T) {
	for unit, want := range map[string][]string{
		"patrol": nil, "patrol#1": nil, "patrol#3": nil, "scout": nil,
		"patrol#4":  {`pin 1 (unit "patrol#4" at post "gate"): unit "patrol" counts 3, so that there is no "patrol#4". Maybe: patrol#3`},
		"patrol#0":  {`pin 1 (unit "patrol#0" at post "gate"): unit "patrol" counts 3, so that there is no "patrol#0". Maybe: patrol#3`},
		"patrol#02": {`pin 1 (unit "patrol#02" at post "gate"): unit "patrol" counts 3, so that there is no "patrol#02". Maybe: patrol#3`},
		"scout#1":   {`pin 1 (unit "scout#1" at post "gate"): unit "scout" has no count, so that there is no "scout#1". Maybe: scout`},
		"patrl#1":   {`pin 1 (unit "patrl#1" at post "gate"): unknown unit "patrl". Maybe: patrol`},
	} {
		if got := messages(counted([]scenario.Pin{pin(unit, "gate", 5, 9, false)}, nil)); !slices.Equal(got, want) {
			t.Errorf("pin of %s: %q\nwant %q", unit, got, want)
		}
	}
	for unit, want := range map[string][]string{
		"patrol#3": nil, "scout": nil,
		"patrol":   {`order in force 1 (unit "patrol" at post "gate"): unit "patrol" counts 3, so that a leg is of one of them; it counts as dropped. Maybe: patrol#1`},
		"patrol#4": {`order in force 1 (unit "patrol#4" at post "gate"): there is no unit "patrol#4", so that it counts as dropped. Maybe: patrol`},
	} {
		order := scenario.Order{Unit: unit, Post: "gate", Depart: scenario.DayTime(5), Until: scenario.DayTime(30)}
		if got := messages(counted(nil, []scenario.Order{order})); !slices.Equal(got, want) {
			t.Errorf("order of %s: %q\nwant %q", unit, got, want)
		}
	}
}
