package scenario_test

import (
	"math"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

// harbours has a base and three places north of it on one meridian, of which a degree is
// 111.2 km, and the given lift and routes.
func harbours(lift []scenario.Pool, routes []scenario.Route, throughput *scenario.Throughput) *scenario.Network {
	s := &scenario.Scenario{
		Areas: []scenario.Area{{ID: "north", Descendants: []string{"north"}}, {ID: "south", Descendants: []string{"south"}}},
		Places: []scenario.Place{
			{ID: "base", Area: "south"}, {ID: "pier", Lat: 1, Area: "north", Throughput: throughput}, {ID: "cape", Lat: 2, Area: "north"}, {ID: "bay", Lat: 1, Lon: 1, Area: "south"},
		},
		Lift: lift, Routes: routes,
	}
	return scenario.NewNetwork(s)
}

func ships(load scenario.Days, tonnes, persons *float64) scenario.Pool {
	return scenario.Pool{ID: "ships", Mode: scenario.Sea, Speed: 1000, From: []string{"south"}, To: []string{"north"}, Load: load, Tonnes: tonnes, Persons: persons}
}

func cargo(tonnes, persons float64) *scenario.Unit {
	return &scenario.Unit{ID: "unit", Tonnes: scenario.Exactly(tonnes), Persons: scenario.Exactly(persons)}
}

// Loading and unloading last whole days: the most of what tonnes and persons take, no
// less than the pool's least, and begun days count whole.
func TestDaysOfLoadingAndUnloading(t *testing.T) {
	hundred, fifty, nothing := new(100.0), new(50.0), new(0.0)
	for name, c := range map[string]struct {
		least           scenario.Days
		tonnes, persons *float64 // a day
		unit            *scenario.Unit
		want            int // -1 is never
	}{
		"an exact day":               {0, hundred, nil, cargo(100, 10), 1},
		"exact days":                 {0, hundred, nil, cargo(300, 10), 3},
		"a begun day counts":         {0, hundred, nil, cargo(201, 10), 3},
		"less than a day":            {0, hundred, nil, cargo(1, 10), 1},
		"nothing to load":            {0, hundred, fifty, cargo(0, 0), 0},
		"no limit":                   {0, nil, nil, cargo(900, 900), 0},
		"the least":                  {2, hundred, nil, cargo(100, 10), 2},
		"more than the least":        {2, hundred, nil, cargo(250, 10), 3},
		"persons take longer":        {0, hundred, fifty, cargo(100, 110), 3},
		"tonnes take longer":         {0, hundred, fifty, cargo(310, 50), 4},
		"a pool that takes nothing":  {0, nothing, nil, cargo(1, 0), -1},
		"nothing, and nothing to do": {0, nothing, nil, cargo(0, 5), 0},
	} {
		ways := harbours([]scenario.Pool{ships(c.least, c.tonnes, c.persons)}, nil, nil).Ways(c.unit, 0, 1)
		switch {
		case c.want < 0 && len(ways) > 0:
			t.Errorf("%s: loads in %d days, want never", name, ways[0].Load)
		case c.want >= 0 && (len(ways) != 1 || ways[0].Load != c.want):
			t.Errorf("%s: %+v, want %d days of loading", name, ways, c.want)
		}
		if c.least > 0 {
			continue
		}
		ways = harbours([]scenario.Pool{ships(0, nil, nil)}, nil, &scenario.Throughput{Tonnes: c.tonnes, Persons: c.persons}).Ways(c.unit, 0, 1)
		switch {
		case c.want < 0 && len(ways) > 0:
			t.Errorf("%s: unloads in %d days, want never", name, ways[0].Unload)
		case c.want >= 0 && (len(ways) != 1 || ways[0].Unload != c.want || ways[0].Load != 0):
			t.Errorf("%s: %+v, want %d days of unloading", name, ways, c.want)
		}
	}
}

// Days under way: 0 at the same place, a route's, or 1.3 times the great circle, begun
// days whole and one at least.
func TestDaysUnderWay(t *testing.T) {
	degree := 1.3 * 6371.0088 * math.Pi / 180 // km of a degree north, with the detour
	at := func(speed float64, routes ...scenario.Route) func(from, to int) int {
		pool := ships(0, nil, nil)
		pool.Speed, pool.From = speed, []string{"south", "north"}
		n := harbours([]scenario.Pool{pool}, routes, nil)
		return func(from, to int) int { return n.Ways(cargo(1, 1), from, to)[0].Move }
	}
	for name, c := range map[string]struct{ got, want int }{
		"the same place":                  {at(1000)(1, 1), 0},
		"near":                            {at(1e6)(0, 1), 1},
		"just a day":                      {at(degree*1.0001)(0, 1), 1},
		"a little more than a day":        {at(degree*0.9999)(0, 1), 2},
		"two degrees":                     {at(degree*1.0001)(0, 2), 2},
		"a route":                         {at(1000, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea, Days: 5})(0, 1), 5},
		"a route of no days":              {at(1000, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea})(0, 1), 0},
		"a route back":                    {at(1000, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea, Days: 5})(1, 0), 5},
		"a route of another mode":         {at(1e6, scenario.Route{From: "base", To: "pier", Mode: scenario.Rail, Days: 5})(0, 1), 1},
		"a route one way":                 {at(1e6, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea, Days: 5, OneWay: true})(1, 0), 1},
		"each way its own":                {at(1000, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea, Days: 5}, scenario.Route{From: "pier", To: "base", Mode: scenario.Sea, Days: 7})(0, 1), 5},
		"each way its own, back":          {at(1000, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea, Days: 5}, scenario.Route{From: "pier", To: "base", Mode: scenario.Sea, Days: 7})(1, 0), 7},
		"each way its own, the one first": {at(1000, scenario.Route{From: "pier", To: "base", Mode: scenario.Sea, Days: 7}, scenario.Route{From: "base", To: "pier", Mode: scenario.Sea, Days: 5})(0, 1), 5},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d days, want %d", name, c.got, c.want)
		}
	}
}

// A pool serves the areas that it joins, both ways unless it goes one way; the way home
// needs no loading and takes the quickest means.
func TestWhatALiftServes(t *testing.T) {
	pool := ships(3, new(100.0), nil)
	serves := func(p scenario.Pool, from, to int) bool {
		return len(harbours([]scenario.Pool{p}, nil, nil).Ways(cargo(100, 10), from, to)) > 0
	}
	oneWay := pool
	oneWay.OneWay = true
	for name, c := range map[string]struct{ got, want bool }{
		"there": {serves(pool, 0, 1), true}, "and back": {serves(pool, 1, 0), true}, "within the one": {serves(pool, 1, 2), false}, "within the other": {serves(pool, 0, 3), false},
		"one way there": {serves(oneWay, 0, 1), true}, "one way back": {serves(oneWay, 1, 0), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: served %v, want %v", name, c.got, c.want)
		}
	}
	slow := ships(0, nil, nil)
	slow.ID, slow.Speed = "slow", 40
	n := harbours([]scenario.Pool{slow, pool}, nil, nil)
	if days, ok := n.Back(cargo(900, 10), 1, 0); !ok || days != 1 {
		t.Errorf("home in %d days, %v; want 1, without loading", days, ok)
	}
	if _, ok := harbours([]scenario.Pool{oneWay}, nil, nil).Back(cargo(1, 1), 1, 0); ok {
		t.Error("a pool that goes one way brings nobody home")
	}
	ways := n.Ways(cargo(100, 10), 0, 1)
	if len(ways) != 2 || ways[0].Days() > ways[1].Days() {
		t.Errorf("%+v, want two ways, the quickest first", ways)
	}
	own := cargo(100, 10)
	own.SelfDeploys = &scenario.SelfDeploys{Mode: scenario.Road, Speed: 1000}
	if !slices.ContainsFunc(n.Ways(own, 1, 2), func(w scenario.Way) bool { return w.Pool == -1 && w.Load == 0 && w.Move == 1 }) {
		t.Error("a unit that deploys itself needs no pool")
	}
}

// Units of one handling have the same ways: whatever moves them differently tells them
// apart.
func TestHandlingTellsUnitsApart(t *testing.T) {
	n := harbours([]scenario.Pool{ships(1, new(100.0), new(50.0))}, nil, &scenario.Throughput{Tonnes: new(30.0)})
	drives := func(mode scenario.Mode, speed float64) *scenario.Unit {
		u := cargo(90, 10)
		u.SelfDeploys = &scenario.SelfDeploys{Mode: mode, Speed: speed}
		return u
	}
	plain := n.Handling(cargo(90, 10))
	for name, u := range map[string]*scenario.Unit{
		"loads longer": cargo(110, 10), "unloads quicker": cargo(60, 10), "more persons": cargo(90, 60), "drives": drives(scenario.Road, 500),
	} {
		if n.Handling(u) == plain {
			t.Errorf("%s, and is handled alike", name)
		}
	}
	if n.Handling(cargo(85, 20)) != plain {
		t.Error("takes as long everywhere, and is handled otherwise")
	}
	if n.Handling(drives(scenario.Road, 500)) == n.Handling(drives(scenario.Road, 600)) || n.Handling(drives(scenario.Road, 500)) == n.Handling(drives(scenario.Rail, 500)) {
		t.Error("speed and mode of its own tell units apart")
	}
}
