package scenario

import (
	"math"
	"slices"
	"testing"
)

func ptr[T any](x T) *T { return &x }

// roads is a resolved scenario of three places on the equator, 10 degrees apart, and lift
// between two areas.
func roads(t *testing.T) *Scenario {
	t.Helper()
	s := &Scenario{
		Calendar:     Calendar{Start: 20_000, Days: 100},
		Capabilities: []Capability{{ID: "bg", Domain: "land"}},
		Areas:        []Area{{ID: "world"}, {ID: "west", Parent: "world"}, {ID: "east", Parent: "world"}},
		Places:       []Place{{ID: "home", Area: "west"}, {ID: "near", Lon: 10, Area: "east", Throughput: &Throughput{Tonnes: ptr(50.0)}}, {ID: "far", Lon: 20, Area: "east"}},
		Lift: []Pool{
			{ID: "train", Mode: Rail, From: []string{"west"}, To: []string{"east"}, OneWay: true, Tonnes: ptr(100.0), Speed: 600},
			{ID: "ferry", Mode: Sea, From: []string{"world"}, To: []string{"east"}, Load: 3, Persons: ptr(10.0)},
		},
		Routes: []Route{{From: "home", To: "far", Mode: Rail, Days: 9}, {From: "far", To: "home", Mode: Road, Days: 2, OneWay: true}},
	}
	r, err := Resolve(s, Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWays works the ways out by hand: 10 degrees are 1,112 km, 1,446 with the detour.
func TestWays(t *testing.T) {
	n := NewNetwork(roads(t))
	u := &Unit{Tonnes: Exactly(250), Persons: Exactly(45), SelfDeploys: &SelfDeploys{Mode: Road, Speed: 300}}
	for _, c := range []struct {
		from, to int
		want     []Way
	}{
		{0, 1, []Way{{-1, 0, 5, 5}, {0, 3, 3, 5}, {1, 5, 3, 5}}}, // 1446/300, 250/100 and 1446/600, 45/10 and 1446/700; 250/50 to unload
		{0, 2, []Way{{-1, 0, 10, 0}, {1, 5, 5, 0}, {0, 3, 9, 0}}},
		{2, 0, []Way{{-1, 0, 2, 0}, {1, 5, 5, 0}}}, // the train goes east only, and the road is given
		{0, 0, []Way{{-1, 0, 0, 0}}},
	} {
		if got := n.Ways(u, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("from %d to %d: %v, want %v", c.from, c.to, got, c.want)
		}
	}
	if days, ok := n.Back(u, 2, 0); !ok || days != 2 {
		t.Errorf("home in %d days, %v; want 2 by road", days, ok)
	}
	if _, ok := n.Back(&Unit{}, 0, 0); ok {
		t.Error("who has no lift and does not move itself came home")
	}
	if days, ok := n.Back(&Unit{}, 2, 0); !ok || days != 5 {
		t.Errorf("home in %d days, %v; want 5 by ferry", days, ok)
	}
	if ways := n.Ways(&Unit{Tonnes: Exactly(1e9)}, 0, 1); ways != nil {
		t.Errorf("%v: it takes more than a century to unload", ways)
	}
	if i, ok := n.Place("far"); !ok || i != 2 {
		t.Errorf("far is place %d, %v", i, ok)
	}
	if got := n.Distance(0, 1); math.Abs(got-1111.95) > 0.01 {
		t.Errorf("10 degrees of the equator are %g km", got)
	}
}

// TestHandling holds that units of the same handling have the same ways, and that what
// makes ways differ makes handling differ.
func TestHandling(t *testing.T) {
	n := NewNetwork(roads(t))
	base := Unit{Tonnes: Exactly(250), Persons: Exactly(45)}
	like, heavier, crowded, driven := base, base, base, base
	like.Tonnes = Exactly(249)
	heavier.Tonnes = Exactly(301)
	crowded.Persons = Exactly(51)
	driven.SelfDeploys = &SelfDeploys{Mode: Road, Speed: 300}
	if n.Handling(&like) != n.Handling(&base) || !slices.Equal(n.Ways(&like, 0, 1), n.Ways(&base, 0, 1)) {
		t.Error("a tonne less makes another handling")
	}
	for i, other := range []Unit{heavier, crowded, driven} {
		if n.Handling(&other) == n.Handling(&base) {
			t.Errorf("unit %d is handled the same, though its ways differ", i)
		}
	}
}

func TestSpeeds(t *testing.T) {
	for mode, want := range map[Mode]float64{Air: 7500, Sea: 700, Rail: 500, Road: 400} {
		if got := mode.Speed(); got != want {
			t.Errorf("%s makes %g km a day, want %g", mode, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"frigate", "infantry", "bg", "b2"}
	for typed, want := range map[string]string{
		"firgate": "frigate", "frigates": "frigate", "frgate": "frigate", "infrantry": "infantry", "bx": "bg", "tank": "", "": "", "frigateship": "",
	} {
		if got := Nearest(typed, names); got != want {
			t.Errorf("%q is likely %q, want %q", typed, got, want)
		}
	}
}

func TestWearLasts(t *testing.T) {
	for _, c := range []struct {
		wear *Wear
		days int
	}{{nil, NoLimit}, {&Wear{}, NoLimit}, {&Wear{Rate: Exactly(10)}, 301}, {&Wear{Rate: Exactly(10), Least: 75}, 76}, {&Wear{Rate: Exactly(50), Least: 100}, 1}} {
		if got := c.wear.Lasts(); got != c.days {
			t.Errorf("%+v lasts %d days, want %d", c.wear, got, c.days)
		}
	}
}

func TestRatings(t *testing.T) {
	for _, text := range []string{"A1", "B2", "F6"} {
		a, b, err := ParseRating(text)
		if r := (Report{Reliability: a, Credibility: b}); err != nil || r.Rating() != text {
			t.Errorf("%s is %s, %v", text, r.Rating(), err)
		}
	}
	for _, text := range []string{"", "G1", "A7", "A0", "AA", "A12"} {
		if _, _, err := ParseRating(text); err == nil {
			t.Errorf("%q was taken for a rating", text)
		}
	}
}

// TestPolicies holds that a scenario's own prices go before those of its policy.
func TestPolicies(t *testing.T) {
	w := MissionFirst.Complete(&Weights{Move: ptr(7.0), Exposure: &ByKind{Standing: ptr(1.0)}})
	if *w.Move != 7 || *w.Exposure.Standing != 1 || *w.Exposure.Operation != 64 || *w.Shortfall.Standing != 2 || *w.Change != 4 {
		t.Errorf("%+v, %+v", w, w.Exposure)
	}
}
