package plan_test

import (
	"testing"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Unit a is at the gate from day 0, since 20 days before; b takes it on day 30, two days
// late, goes to the tower and comes back, and c is still there when the calendar ends.
func TestShape(t *testing.T) {
	s := world(200, func(s *scenario.Scenario) {
		s.Units[0].At = &scenario.Station{Post: "gate", Since: scenario.DayTime(-20)}
	})
	slow := leg("tower", 73, 100)
	slow.Depart -= 3
	e := evaluate(t, s, tour("a", held("gate", 28)), tour("b", leg("gate", 30, 70), slow, leg("gate", 100, 150)), tour("c", leg("gate", 150, 200)))
	got := e.Shape()
	want := plan.Shape{
		Units: 2, Tours: 2, Moves: 4, PerYear: 2 * 365.0 / 200, Serving: 28 + 40 + 27 + 50 + 50, OnTheWay: 3, Returns: 1, Blinks: 1,
		Stays: plan.Stays{Number: 4, Under30: 1, Under45: 2, Least: 27, Tenth: 27, Quarter: 40, Median: 48, Most: 50},
		Swaps: []plan.Swap{
			{Post: "gate", Unit: "a", By: "b", On: start + 28, Stay: 48, CouldStay: true, Needless: true},
			{Post: "gate", Unit: "b", By: "c", On: start + 150, Stay: 50, CouldStay: true, Needless: true},
		},
	}
	same(t, want, got)
	if n := got.Needless(); n != 2 {
		t.Errorf("%d needless swaps, want 2", n)
	}
	if n := got.CouldStay(); n != 2 {
		t.Errorf("%d swaps whose first unit could have stayed, want 2", n)
	}
}

// A swap gains something where the first unit has had its usual tour by then, or where the
// second, coming a month later, would not have its own.
func TestNeedlessSwaps(t *testing.T) {
	for name, c := range map[string]struct {
		first, second scenario.Days // usual tours
		until         int           // end of the second's, which begins on day 60
		want          int
	}{
		"nothing is usual":                   {0, 0, 150, 1},
		"short of its usual tour":            {61, 0, 150, 1},
		"with its usual tour":                {60, 0, 150, 0},
		"the next would have its own":        {61, 60, 150, 1},
		"the next would be short":            {61, 61, 150, 0},
		"the next lasts to the calendar end": {61, 300, 200, 1},
	} {
		s := world(200, func(s *scenario.Scenario) {
			s.Units[0].Tour.Usual, s.Units[1].Tour.Usual = c.first, c.second
		})
		shape := evaluate(t, s, tour("a", leg("gate", 0, 60)), tour("b", leg("gate", 60, c.until))).Shape()
		if got := shape.Needless(); got != c.want {
			t.Errorf("%s: %d needless swaps, want %d", name, got, c.want)
		}
	}
}

// The first unit of a swap could not have stayed where anything that binds it alone says
// so, and only an equal unit of its owner that comes within a week makes a swap.
func TestSwaps(t *testing.T) {
	days := func(n int) *scenario.Days { return ptr(scenario.Days(n)) }
	until := func(n int) []scenario.Window { return []scenario.Window{{Until: scenario.DayTime(n)}} }
	for name, c := range map[string]struct {
		change func(*scenario.Scenario)
		comes  int
		want   string // of swaps: y could have stayed, n could not
	}{
		"nothing binds":          {nil, 60, "y"},
		"a week later":           {nil, 67, "y"},
		"later than a week":      {nil, 68, ""},
		"its tour's limit":       {func(s *scenario.Scenario) { s.Units[0].Tour.Max = days(89) }, 60, "n"},
		"its tour's limit holds": {func(s *scenario.Scenario) { s.Units[0].Tour.Max = days(90) }, 60, "y"},
		"the post's limit":       {func(s *scenario.Scenario) { s.Posts[0].Stay.Max = days(89) }, 60, "n"},
		"its window":             {func(s *scenario.Scenario) { s.Units[0].Available = until(89) }, 60, "n"},
		"its window holds":       {func(s *scenario.Scenario) { s.Units[0].Available = until(90) }, 60, "y"},
		"a pin": {func(s *scenario.Scenario) {
			s.Pins = []scenario.Pin{{Unit: "a", Post: "gate", From: scenario.DayTime(89), Until: scenario.DayTime(95), Forbid: true}}
		}, 60, "n"},
		"a pin of later": {func(s *scenario.Scenario) {
			s.Pins = []scenario.Pin{{Unit: "a", Post: "gate", From: scenario.DayTime(90), Until: scenario.DayTime(95), Forbid: true}}
		}, 60, "y"},
		"another owner": {func(s *scenario.Scenario) { s.Units[1].Contributor = "them" }, 60, ""},
		"another unit": {func(s *scenario.Scenario) {
			s.Units[1].Provides = map[string]scenario.Quantity{foot: scenario.Exactly(2)}
		}, 60, ""},
		"the end of the calendar": {func(s *scenario.Scenario) { s.Calendar.Days = 89 }, 60, "n"},
	} {
		s := world(100, c.change)
		e := evaluate(t, s, tour("a", leg("gate", 0, 60)), tour("b", leg("gate", c.comes, 80)))
		got := ""
		for _, x := range e.Shape().Swaps {
			got += map[bool]string{true: "y", false: "n"}[x.CouldStay]
		}
		if got != c.want {
			t.Errorf("%s: swaps %q, want %q", name, got, c.want)
		}
	}
}
