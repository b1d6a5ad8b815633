package movement_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats/movement"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// ship is a scenario of one frigate that holds one lane on day 0 and can go to
// another.
func ship(t *testing.T) *scenario.Scenario {
	t.Helper()
	load := 5.0
	s := &scenario.Scenario{
		Name: "ship", Calendar: scenario.Calendar{Start: 20000, Days: 60},
		Capabilities: []scenario.Capability{{ID: "frigate", Domain: "sea"}},
		Areas:        []scenario.Area{{ID: "gulf"}},
		Places: []scenario.Place{
			{ID: "harbour", Lat: 59, Lon: 25, Area: "gulf"}, {ID: "lane", Lat: 60, Lon: 25, Area: "gulf"},
			{ID: "strait", Lat: 58, Lon: 22, Area: "gulf", Throughput: &scenario.Throughput{Tonnes: &load}},
		},
		Contributors: []scenario.Contributor{{ID: "EST"}},
		Units: []scenario.Unit{{
			ID: "EST-1", Contributor: "EST", Provides: map[string]scenario.Quantity{"frigate": scenario.Exactly(1)}, Home: "harbour",
			Tonnes: scenario.Exactly(10), At: &scenario.Station{Post: "lane"},
		}},
		Posts: []scenario.Post{
			{ID: "lane", Place: "lane", Lines: []scenario.Line{{Capability: "frigate", Floor: scenario.Exactly(1)}}},
			{ID: "strait", Place: "strait", Priority: 1, Lines: []scenario.Line{{Capability: "frigate", Floor: scenario.Exactly(1)}}},
		},
		Lift: []scenario.Pool{{ID: "tugs", Mode: scenario.Sea, Tonnes: &load, From: []string{"gulf"}, To: []string{"gulf"}}},
	}
	if problems := scenario.Check(s); len(problems) > 0 {
		t.Fatal(problems)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestListRedeploys splits a move into loading, way and unloading, and brings the
// unit home.
func TestListRedeploys(t *testing.T) {
	s := ship(t)
	tugs := "tugs"
	p := &plan.Plan{Tours: []plan.Tour{{Unit: "EST-1", Home: 20041, Legs: []plan.Leg{
		{Post: "lane", As: plan.All, Depart: 20000, Arrive: 20000, Effective: 20000, Until: 20020},
		{Post: "strait", As: plan.All, Lift: &tugs, Depart: 20020, Arrive: 20025, Effective: 20025, Until: 20040},
	}}}}
	moves, err := movement.List(s, p)
	if err != nil || len(moves) != 2 {
		t.Fatalf("%d moves, %v; want 2", len(moves), err)
	}
	out, back := moves[0], moves[1]
	if out.Kind != movement.Redeploy || out.Sail != 20022 || out.Land != 20023 || out.Mode != scenario.Sea || out.Priority() != 1 {
		t.Errorf("the move out is %+v", out)
	}
	if back.Kind != movement.Return || back.Depart != 20040 || back.Arrive != 20041 || back.Mode != scenario.Sea || back.To.ID != "harbour" {
		t.Errorf("the move home is %+v", back)
	}
}

// TestListDismisses sends a unit home that holds a post on day 0 and has no tour.
func TestListDismisses(t *testing.T) {
	moves, err := movement.List(ship(t), &plan.Plan{})
	if err != nil || len(moves) != 1 || moves[0].Kind != movement.Return || moves[0].Tour != -1 || moves[0].Depart != 20000 {
		t.Errorf("moves %+v, %v; want one home on day 0", moves, err)
	}
}

func TestListRefusesUnknownNames(t *testing.T) {
	air := "zeppelin"
	for _, tour := range []plan.Tour{
		{Unit: "X", Legs: []plan.Leg{{Post: "lane"}}},
		{Unit: "EST-1"},
		{Unit: "EST-1", Legs: []plan.Leg{{Post: "X"}}},
		{Unit: "EST-1", Legs: []plan.Leg{{Post: "lane", Lift: &air}}},
	} {
		if _, err := movement.List(ship(t), &plan.Plan{Tours: []plan.Tour{tour}}); err == nil {
			t.Errorf("%+v is no error", tour)
		}
	}
}

// TestLineIsSmooth holds, between any two places, that a line begins and ends at
// them, never jumps round the world, and runs forward in time.
func TestLineIsSmooth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		place := func(name string) *scenario.Place {
			return &scenario.Place{Lat: rapid.Float64Range(-90, 90).Draw(t, name+" lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, name+" lon")}
		}
		m := movement.Move{From: place("from"), To: place("to"), Sail: 20000, Land: 20003}
		line := m.Line()
		last := line[len(line)-1]
		if line[0].Lat != m.From.Lat || line[0].Lon != m.From.Lon || last.Lat != m.To.Lat || math.Abs(math.Remainder(last.Lon-m.To.Lon, 360)) > 1e-9 {
			t.Fatalf("%v does not go from %v to %v", line, *m.From, *m.To)
		}
		for i := 1; i < len(line); i++ {
			if line[i].At.Before(line[i-1].At) || math.Abs(line[i].Lon-line[i-1].Lon) > 180+1e-9 || math.IsNaN(line[i].Lat) {
				t.Fatalf("%v jumps at point %d", line, i)
			}
		}
	})
}
