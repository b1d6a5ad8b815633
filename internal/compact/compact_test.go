package compact_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/compact"
	"github.com/rearguard/rearguard/internal/compact/compacttest"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/scenario"
)

// missed is the price of a day without cover in the scenario of sentry: a
// standing post of priority 3 whose target is its floor.
const missed = 4 * (64 + 2)

// sentry is one unit, two days from one post, for 20 days.
func sentry() *scenario.Scenario {
	return &scenario.Scenario{
		Name: "sentry", Calendar: scenario.Calendar{Start: 20_000, Days: 20},
		Capabilities: []scenario.Capability{{ID: "guard", Domain: "land"}},
		Areas:        []scenario.Area{{ID: "area"}},
		Places:       []scenario.Place{{ID: "home", Area: "area"}, {ID: "hill", Lat: 1, Area: "area"}},
		Contributors: []scenario.Contributor{{ID: "A"}},
		Units: []scenario.Unit{{
			ID: "unit", Contributor: "A", Home: "home", Persons: scenario.Exactly(100),
			Provides:    map[string]scenario.Quantity{"guard": scenario.Exactly(1)},
			SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road},
		}},
		Posts: []scenario.Post{{
			ID: "post", Place: "hill", Stay: scenario.Span{Min: new(scenario.Days(1))},
			Lines: []scenario.Line{{Capability: "guard", Floor: scenario.Exactly(1)}},
		}},
		Routes: []scenario.Route{{From: "home", To: "hill", Mode: scenario.Road, Days: 2}},
	}
}

// TestRules changes one fact of sentry at a time, with a cost found by hand.
func TestRules(t *testing.T) {
	needs.Tool(t, "cbc")
	most := scenario.Span{Max: new(scenario.Days(10))}
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		days   float64 // without cover
		rest   float64 // of the cost
	}{
		{"place", func(*scenario.Scenario) {}, 2, 1.5},
		{"notice", func(s *scenario.Scenario) { s.Units[0].Notice = 3 }, 5, 1.5},
		{"tour max", func(s *scenario.Scenario) { s.Units[0].Tour = most }, 6, 2},
		{"tour min", func(s *scenario.Scenario) {
			s.Units[0].Tour.Min = new(scenario.Days(12))
			s.Units[0].Available = []scenario.Window{{Until: scenario.DayTime(11)}, {From: scenario.DayTime(12)}}
		}, 14, 1.5},
		{"stay min", func(s *scenario.Scenario) {
			s.Posts[0].Stay.Min = new(scenario.Days(9))
			s.Units[0].Available = []scenario.Window{{Until: scenario.DayTime(10)}}
		}, 20, 0},
		{"stay max", func(s *scenario.Scenario) { s.Posts[0].Stay.Max = new(scenario.Days(8)) }, 6, 2},
		{"rest", func(s *scenario.Scenario) { s.Units[0].Tour, s.Units[0].Rest = most, 3 }, 9, 2},
		{"dwell", func(s *scenario.Scenario) { s.Units[0].Tour, s.Units[0].Dwell = most, 0.5 }, 9, 2},
		{"caveat", func(s *scenario.Scenario) { s.Units[0].Caveats = []scenario.Caveat{{Area: []string{"area"}}} }, 20, 0},
		{"available", func(s *scenario.Scenario) { s.Units[0].Available = []scenario.Window{{Until: scenario.DayTime(10)}} }, 12, 1.5},
		{"maturity", func(s *scenario.Scenario) { s.Maturity = scenario.Assigned }, 20, 0},
		{"ready", func(s *scenario.Scenario) { s.Units[0].Ready = scenario.DayTime(4) }, 6, 1.5},
		{"lift", func(s *scenario.Scenario) {
			s.Units[0].SelfDeploys = nil
			s.Lift = []scenario.Pool{{ID: "trucks", Mode: scenario.Road, Persons: new(25.0), From: []string{"area"}, To: []string{"area"}}}
		}, 6, 1.5},
		{"cap", func(s *scenario.Scenario) { s.Contributors[0].MaxDeployed = new(99) }, 20, 0},
		{"mandate", func(s *scenario.Scenario) { mandated(s, scenario.Mandate{Persons: 100}) }, 2, 1.5},
		{"mandate from a day on", func(s *scenario.Scenario) { mandated(s, scenario.Mandate{Persons: 100, From: scenario.DayTime(5)}) }, 5, 1.5},
		{"mandate until a day", func(s *scenario.Scenario) { mandated(s, scenario.Mandate{Persons: 100, Until: scenario.DayTime(9)}) }, 6, 2},
		{"mandate sought", func(s *scenario.Scenario) { mandated(s, scenario.Mandate{Persons: 100, Decided: scenario.DayTime(4)}) }, 6, 1.5},
		{"mandate that bars all else", func(s *scenario.Scenario) {
			mandated(s, scenario.Mandate{Persons: 100, Until: scenario.DayTime(9), Outside: scenario.BarredOutside})
		}, 13, 1.5},
		{"ceiling", func(s *scenario.Scenario) { mandated(s, scenario.Mandate{Persons: 99}) }, 20, 0},
		{"ceiling for a time", func(s *scenario.Scenario) { mandated(s, scenario.Mandate{Persons: 99, Until: scenario.DayTime(15)}) }, 17, 1.5},
		{"cap on day 0", func(s *scenario.Scenario) {
			s.Contributors[0].MaxDeployed = new(99)
			s.Units[0].At = &scenario.Station{Post: "post", Since: scenario.DayTime(-5)}
		}, 0, 0},
		{"tour of day 0", func(s *scenario.Scenario) {
			s.Units[0].Tour = most
			s.Units[0].At = &scenario.Station{Post: "post", Since: scenario.DayTime(-5)}
		}, 7, 1.5},
		{"forbidden", func(s *scenario.Scenario) {
			s.Pins = []scenario.Pin{{Unit: "unit", Post: "post", From: scenario.DayTime(8), Until: scenario.DayTime(12), Forbid: true}}
		}, 6, 2},
		{"single line", func(s *scenario.Scenario) {
			s.Posts[0].Stay.Min = new(scenario.Days(14))
			s.Posts[0].Lines[0].From, s.Posts[0].Lines[0].Until, s.Posts[0].Lines[0].Single = scenario.DayTime(5), scenario.DayTime(10), true
		}, 0, 1.5},
		{"single line, part of it", func(s *scenario.Scenario) {
			s.Posts[0].Lines[0].From, s.Posts[0].Lines[0].Until, s.Posts[0].Lines[0].Single = scenario.DayTime(1), scenario.DayTime(10), true
		}, 9, 0},
		{"home post", func(s *scenario.Scenario) {
			s.Posts = append(s.Posts, scenario.Post{ID: "guard-house", Place: "home", HomeOf: "A", Priority: 1, Lines: s.Posts[0].Lines})
		}, 20, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sentry()
			c.change(s)
			for _, f := range []compacttest.Format{compacttest.MPS, compacttest.LP} {
				solve(t, s, f, c.days*missed+c.rest)
			}
		})
	}
}

// mandated makes the post of sentry one of an operation, known from the beginning, at the
// price of a standing one, and gives its contributor 7 days of approval and a mandate.
func mandated(s *scenario.Scenario, m scenario.Mandate) {
	s.Operations = []scenario.Operation{{ID: "op", DDay: scenario.DDay{Likely: scenario.DayTime(0)}}}
	s.Posts[0].Operation = "op"
	s.Weights = &scenario.Weights{Exposure: &scenario.ByKind{Operation: new(64.0)}, IOC: new(0.0)}
	m.Operation = "op"
	s.Contributors[0].Approval, s.Contributors[0].Mandates = 7, []scenario.Mandate{m}
}

// TestPinsThatCannotHold writes a program without a solution.
func TestPinsThatCannotHold(t *testing.T) {
	needs.Tool(t, "cbc")
	s := sentry()
	s.Pins = []scenario.Pin{{Unit: "unit", Post: "post", From: scenario.DayTime(0), Until: scenario.DayTime(2)}}
	solve(t, s, compacttest.MPS, math.Inf(1))
}

func resolved(t *testing.T, s *scenario.Scenario) *scenario.Scenario {
	t.Helper()
	for _, p := range scenario.Check(s) {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// solve holds the optimum to a cost, +Inf for none, and the plan to every rule.
func solve(t *testing.T, s *scenario.Scenario, f compacttest.Format, cost float64) {
	t.Helper()
	r := resolved(t, s)
	program := compact.New(r)
	solution, err := compacttest.Solve(program, f, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if !solution.Feasible {
		if !math.IsInf(cost, 1) {
			t.Errorf("%s: no plan obeys the rules; want one that costs %g", f.Name, cost)
		}
		return
	}
	p, err := program.Plan(solution.Values)
	if err != nil {
		t.Fatal(err)
	}
	report := verify.Check(r, p)
	if !report.OK() {
		t.Errorf("%s: breaches %v, differences %v", f.Name, report.Breaches, report.Differences)
	}
	if math.Abs(report.Metrics.Objective-cost) > 1e-6 || math.Abs(solution.Objective-cost) > 1e-6 {
		t.Errorf("%s: the plan costs %g, by cbc %g; want %g", f.Name, report.Metrics.Objective, solution.Objective, cost)
	}
}

// TestPlanRefuses reads values that are no plan.
func TestPlanRefuses(t *testing.T) {
	program := compact.New(resolved(t, sentry()))
	_, err := program.Plan(map[string]float64{"go.unit.post.self.0": 1})
	if err == nil || !strings.Contains(err.Error(), `unit "unit": its leg at post "post" from 2024-10-06 has no end`) {
		t.Errorf("a tour without an end: %v", err)
	}
}

// TestNames gives ids that no solver reads names of their own.
func TestNames(t *testing.T) {
	s := sentry()
	s.Units[0].ID = "1st / guard é"
	s.Units = append(s.Units, s.Units[0])
	s.Units[1].ID = "1st - guard ü"
	var b strings.Builder
	if _, err := compact.New(resolved(t, s)).WriteLP(&b); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{" go.1st___guard__.post.self.0\n", " go.1st___guard___2.post.self.0\n"} {
		if !strings.Contains(b.String(), name) {
			t.Errorf("no column %q", name)
		}
	}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestWriteFails passes on that a file cannot be written.
func TestWriteFails(t *testing.T) {
	for _, f := range []compacttest.Format{compacttest.MPS, compacttest.LP} {
		if _, err := f.Write(compact.New(resolved(t, sentry())), full{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
