package scenario_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

// ashore is a scenario of ships that go where there is no sea: from Żagań to Lviv and
// Vinnytsia. Odesa and Gdynia lie at the sea; nobody goes there.
func ashore(ports map[string][]scenario.Mode) *scenario.Scenario {
	start, _ := scenario.ParseDate("2025-05-01")
	s := &scenario.Scenario{
		Calendar:     scenario.Calendar{Start: start, Days: 60},
		Capabilities: []scenario.Capability{{ID: "bg"}},
		Areas:        []scenario.Area{{ID: "west"}, {ID: "east"}, {ID: "coast"}},
		Places: []scenario.Place{
			{ID: "zagan", Lat: 51.61, Lon: 15.31, Area: "west"}, {ID: "lviv", Lat: 49.84, Lon: 24.03, Area: "east"},
			{ID: "vinnytsia", Lat: 49.23, Lon: 28.47, Area: "east"}, {ID: "gdynia", Lat: 54.52, Lon: 18.53, Area: "west"}, {ID: "odesa", Lat: 46.48, Lon: 30.73, Area: "coast"},
		},
		Contributors: []scenario.Contributor{{ID: "POL"}},
		Units:        []scenario.Unit{{ID: "brigade", Contributor: "POL", Home: "zagan", Provides: map[string]scenario.Quantity{"bg": scenario.Exactly(1)}, Tonnes: scenario.Exactly(100)}},
		Lift:         []scenario.Pool{{ID: "ships", Mode: scenario.Sea, From: []string{"west"}, To: []string{"east"}}},
	}
	for _, place := range []string{"lviv", "vinnytsia"} {
		s.Posts = append(s.Posts, scenario.Post{ID: place, Place: place, Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(1)}}})
	}
	for i := range s.Places {
		s.Places[i].Ports = ports[s.Places[i].ID]
	}
	return s
}

// TestCheckPorts has one warning for each place that ships serve without a port, and none
// where nothing is said of ports for ships.
func TestCheckPorts(t *testing.T) {
	sea, rail := []scenario.Mode{scenario.Sea}, []scenario.Mode{scenario.Rail}
	type ports = map[string][]scenario.Mode
	for name, c := range map[string]struct {
		ports ports
		edit  func(*scenario.Scenario)
		want  []string
	}{
		"no ports at all": {nil, nil, nil},
		"ports for trains": {ports{"zagan": rail}, func(s *scenario.Scenario) {
			s.Lift = append(s.Lift, s.Lift[0])
			s.Lift[1].ID, s.Lift[1].Mode = "trains", "rail"
		}, []string{`/places/1: place "lviv": rail`, `/places/2: place "vinnytsia": rail`}},
		"a port where nobody goes": {ports{"gdynia": sea}, nil, []string{
			`/places/0: place "zagan": sea lift "ships" serves it, and it has no sea port; the nearest is at "gdynia", 388 km away`,
			`/places/1: place "lviv": sea lift "ships" serves it, and it has no sea port; the nearest is at "gdynia", 641 km away`,
			`/places/2: place "vinnytsia": sea lift "ships" serves it, and it has no sea port; the nearest is at "gdynia", 899 km away`,
		}},
		"ports wherever ships go": {ports{"zagan": sea, "lviv": sea, "vinnytsia": sea}, nil, nil},
		"a port out of reach":     {ports{"zagan": sea, "lviv": sea, "vinnytsia": sea, "odesa": sea}, nil, []string{`/places/4/ports/0: place "odesa": no sea lift serves it`}},
		"a ship of its own": {ports{"zagan": sea, "lviv": sea, "vinnytsia": sea, "odesa": sea}, func(s *scenario.Scenario) {
			s.Units[0].SelfDeploys = &scenario.SelfDeploys{Mode: scenario.Sea}
		}, nil},
		"a ship whose home is no port": {ports{"odesa": sea}, func(s *scenario.Scenario) {
			s.Lift, s.Units[0].SelfDeploys = nil, &scenario.SelfDeploys{Mode: scenario.Sea}
		}, []string{`/places/0: place "zagan": unit "brigade", which goes by sea, serves it`}},
		"a route to no port": {ports{"zagan": sea, "lviv": sea, "vinnytsia": sea}, func(s *scenario.Scenario) {
			s.Routes = []scenario.Route{{From: "zagan", To: "gdynia", Mode: scenario.Sea, Days: 3}}
		}, []string{`/routes/0/to: route 1: it goes by sea, and "gdynia" has no sea port; the nearest is at "zagan"`}},
		"one post, held from home": {ports{"gdynia": sea}, func(s *scenario.Scenario) {
			s.Posts, s.Units[0].Home, s.Lift[0].To = s.Posts[:1], "lviv", []string{"east"}
			s.Lift[0].From = []string{"east", "west"}
			s.Units[0].SelfDeploys = &scenario.SelfDeploys{Mode: scenario.Road}
		}, nil},
		"a port for a road": {ports{"zagan": {"road"}}, nil, []string{`/places/0/ports/0: place "zagan": a port for "road" is none of sea, air, rail`}},
		"a port twice":      {ports{"zagan": {"sea", "sea"}}, nil, []string{`/places/0/ports/1: place "zagan": its sea port is there twice; leave one out`}},
	} {
		s := ashore(c.ports)
		if c.edit != nil {
			c.edit(s)
		}
		got := scenario.Check(s)
		same := slices.EqualFunc(got, c.want, func(p scenario.Problem, want string) bool { return strings.HasPrefix(p.String(), want) })
		if !same {
			t.Errorf("%s: want %q, have %q", name, c.want, got)
		}
	}
}

// TestCheckPortsOfMany looks for the nearest port no more often than suggestions are made, and
// warns of every place all the same.
func TestCheckPortsOfMany(t *testing.T) {
	s := ashore(map[string][]scenario.Mode{"gdynia": {scenario.Sea}})
	s.Posts, s.Units[0].Count = s.Posts[:1], 0
	for i := range 300 {
		u := s.Units[0]
		u.ID, u.Home = fmt.Sprintf("u%d", i), fmt.Sprintf("home%d", i)
		s.Units = append(s.Units, u)
		s.Places = append(s.Places, scenario.Place{ID: u.Home, Lat: 50, Lon: 15, Area: "west"})
	}
	all, near := scenario.Check(s), 0
	for _, p := range all {
		if strings.Contains(p.Message, "km away") {
			near++
		}
	}
	if len(all) != 302 || near != 200 {
		t.Errorf("want 302 warnings, 200 of them with the nearest port; have %d and %d", len(all), near)
	}
}
