package engine_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// convoy is a scenario of 40 days: units of 100 persons at home, a road that takes as
// many persons a day as given and two days to the post "bridge", which needs two units,
// and one to the post "ford", which needs none.
func convoy(t *testing.T, units int, road float64, change func(*scenario.Scenario)) *scenario.Scenario {
	t.Helper()
	start, _ := scenario.ParseDate("2025-01-01")
	least, one := scenario.Days(1), scenario.Exactly(1)
	s := &scenario.Scenario{
		Name: "convoy", Calendar: scenario.Calendar{Start: start, Days: 40},
		Capabilities: []scenario.Capability{{ID: "watch"}}, Areas: []scenario.Area{{ID: "north"}, {ID: "south"}},
		Places: []scenario.Place{
			{ID: "river", Lat: 57, Lon: 24, Area: "north"}, {ID: "shallows", Lat: 57, Lon: 24.1, Area: "north"}, {ID: "camp", Lat: 51, Lon: 20, Area: "south"},
		},
		Routes:       []scenario.Route{{From: "camp", To: "river", Mode: scenario.Road, Days: 2}, {From: "camp", To: "shallows", Mode: scenario.Road, Days: 1}},
		Contributors: []scenario.Contributor{{ID: "EST"}},
		Lift:         []scenario.Pool{{ID: "road", Mode: scenario.Road, From: []string{"north", "south"}, To: []string{"north", "south"}, Persons: &road}},
		Posts: []scenario.Post{
			{ID: "bridge", Place: "river", Stay: scenario.Span{Min: &least}, Lines: []scenario.Line{{Capability: "watch", Floor: scenario.Exactly(2)}}},
			{ID: "ford", Place: "shallows", Stay: scenario.Span{Min: &least}, Lines: []scenario.Line{{Capability: "watch", Floor: scenario.Exactly(0), Target: &one}}},
		},
	}
	for i := range units {
		s.Units = append(s.Units, scenario.Unit{
			ID: string(rune('a' + i)), Contributor: "EST", Home: "camp", Persons: scenario.Exactly(100), Provides: map[string]scenario.Quantity{"watch": one},
			Tour: scenario.Span{Min: &least}, Notice: 1,
		})
	}
	if change != nil {
		change(s)
	}
	for _, p := range scenario.Check(s) {
		if !p.Warning {
			t.Fatal(p.Message)
		}
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pinned(unit, post string, from, until int) scenario.Pin {
	return scenario.Pin{Unit: unit, Post: post, From: scenario.DayTime(from), Until: scenario.DayTime(until)}
}

// instant has run out before the search begins, on any machine.
const instant = time.Nanosecond

// The first plan is finished whatever the clock: it keeps pins and given orders, and
// says that time ran out.
func TestFirstPlanWhateverTheClock(t *testing.T) {
	s := convoy(t, 30, 100, func(s *scenario.Scenario) {
		for i := range s.Units[:12] {
			s.Pins = append(s.Pins, pinned(s.Units[i].ID, "bridge", 20, 25))
		}
		s.InForce = []scenario.Order{{
			Unit: s.Units[20].ID, Post: "ford", Depart: scenario.DayTime(3), Until: scenario.DayTime(30), Given: true,
		}}
	})
	empty := &plan.Plan{}
	for name, from := range map[string]*plan.Plan{"from nothing": nil, "from an empty plan": empty} {
		p, err := engine.Solve(t.Context(), s, engine.Options{Seed: 1, Time: instant, From: from})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		mustHold(t, s, p)
		if p.Stop != plan.StopTime || p.Metrics.Iterations != 0 {
			t.Errorf("%s: stopped by %q after %d tries", name, p.Stop, p.Metrics.Iterations)
		}
	}
}

// Where there is a plan that keeps all pins, the first one keeps them too, or the error
// does not say that there is none.
func TestFirstPlanAgainstEveryPlan(t *testing.T) {
	drawn := checks(t, 500)
	possible, found := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawTinyInForce(t)
		x, ok := optimum(s, math.Inf(1), 30_000)
		if !ok {
			t.Skip("too many plans")
		}
		p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 1, Time: instant, NoBound: true})
		pins, unkept := errors.AsType[*engine.PinError](err)
		switch {
		case unkept && pins.Never() && !math.IsInf(x.best, 1):
			t.Fatalf("%v, and it is proven that none does; one costs %g", err, x.best)
		case err != nil && !unkept:
			t.Fatal(err)
		case !unkept:
			mustHold(t, s, p)
		}
		if !math.IsInf(x.best, 1) && len(s.Pins)+len(s.InForce) > 0 {
			possible++
			if !unkept {
				found++
			}
		}
	})
	if possible < drawn/5 || found*100 < possible*99 {
		t.Errorf("of %d scenarios with pins that can be kept, the first plan keeps them in %d", possible, found)
	}
}

// An end of the context before there is a plan is told as that.
func TestInterruptedBeforeAPlan(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	s := convoy(t, 3, 100, func(s *scenario.Scenario) { s.Pins = []scenario.Pin{pinned("a", "bridge", 10, 15)} })
	if p, err := engine.Solve(ctx, s, engine.Options{Seed: 1}); !errors.Is(err, why) {
		t.Errorf("plan %v, error %v", p, err)
	}
	s = convoy(t, 3, 100, nil)
	p, err := engine.Solve(ctx, s, engine.Options{Seed: 1})
	if err != nil || p.Stop != plan.StopInterrupted {
		t.Errorf("without pins, where no plan breaks one: %v", err)
	}
}

// What is not kept is named by its IDs and days, with whether that is proven.
func TestPinsThatNothingKeeps(t *testing.T) {
	date := func(s *scenario.Scenario, d int) scenario.Date { return s.Calendar.Date(d) }
	for name, c := range map[string]struct {
		units  int
		road   float64
		change func(*scenario.Scenario)
		want   []engine.Unkept // dates as day numbers
	}{
		"notice too long": {2, 100, func(s *scenario.Scenario) {
			s.Units[0].Notice = 9
			s.Pins = []scenario.Pin{pinned("a", "bridge", 10, 15), pinned("b", "bridge", 10, 15)}
		}, []engine.Unkept{{Unit: "a", Never: true, Wanted: []engine.Wanted{{Post: "bridge", From: 10, Until: 15}}}}},
		"tour too short": {1, 100, func(s *scenario.Scenario) {
			six := scenario.Days(6)
			s.Units[0].Tour.Max, s.Units[0].Rest = &six, 10
			s.Pins = []scenario.Pin{pinned("a", "bridge", 10, 12), pinned("a", "bridge", 16, 17)}
		}, nil},
		"ordered before it is ready": {2, 100, func(s *scenario.Scenario) {
			s.Units[1].Ready = scenario.DayTime(20)
			s.InForce = []scenario.Order{{Unit: "b", Post: "ford", Depart: scenario.DayTime(10), Until: scenario.DayTime(30), Given: true}}
		}, []engine.Unkept{{Unit: "b", Never: true, Wanted: []engine.Wanted{{Post: "ford", From: 10, Until: 30, Given: true}}}}},
		"ordered elsewhere on a pinned day": {1, 100, func(s *scenario.Scenario) {
			s.Pins = []scenario.Pin{pinned("a", "bridge", 20, 21)}
			s.InForce = []scenario.Order{{Unit: "a", Post: "ford", Depart: scenario.DayTime(10), Until: scenario.DayTime(30), Given: true}}
		}, nil},
		"no road for both": {2, 50, func(s *scenario.Scenario) {
			s.Pins = []scenario.Pin{pinned("a", "bridge", 5, 7), pinned("b", "bridge", 5, 7)}
		}, nil},
	} {
		s := convoy(t, c.units, c.road, c.change)
		_, err := engine.Solve(t.Context(), s, engine.Options{Seed: 1, Iterations: 50})
		pins, ok := errors.AsType[*engine.PinError](err)
		if !ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.want == nil { // one of several, whichever the plan found keeps
			if len(pins.Unkept) != 1 || len(pins.Unkept[0].Wanted) == 0 {
				t.Errorf("%s: %+v", name, pins.Unkept)
			}
			if proven := name != "no road for both"; pins.Never() != proven {
				t.Errorf("%s: proven: %v", name, pins.Never())
			}
			continue
		}
		for i := range c.want {
			for j := range c.want[i].Wanted {
				w := &c.want[i].Wanted[j]
				w.From, w.Until = date(s, int(w.From)), date(s, int(w.Until))
			}
		}
		if !reflect.DeepEqual(pins.Unkept, c.want) {
			t.Errorf("%s: %+v\nwant %+v", name, pins.Unkept, c.want)
		}
	}
}

// A unit that can be where it is pinned only by way of another post is there.
func TestPinnedByWayOfAnotherPost(t *testing.T) {
	s := convoy(t, 1, 100, func(s *scenario.Scenario) {
		s.Units[0].Notice, s.Units[0].Redeploy = 12, 0
		s.Operations = []scenario.Operation{{ID: "op", DDay: scenario.DDay{Likely: scenario.DayTime(10)}, Warning: new(scenario.Days)}}
		s.Posts[0].Operation = "op" // ordered from D-day on: from home it would leave on day 22
		s.Pins = []scenario.Pin{pinned("a", "bridge", 18, 20)}
	})
	p, err := engine.Solve(t.Context(), s, engine.Options{Seed: 1, Time: instant})
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, s, p)
}
