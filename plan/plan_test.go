package plan_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

const (
	start = scenario.Date(20_089) // 1 January 2025
	horse = "horse"
	foot  = "foot"
)

func ptr[T any](x T) *T { return &x }

// world is a scenario of some days: standing posts gate and tower in the area
// north of all, the operation's post front in south; units a to d of one
// contributor, each with one foot and 100 persons. D-day is day 5.
func world(days int, change func(*scenario.Scenario)) *scenario.Scenario {
	one := scenario.Exactly(1)
	unit := func(id string) scenario.Unit {
		return scenario.Unit{
			ID: id, Contributor: "us", Home: "home", Persons: scenario.Exactly(100), Provides: map[string]scenario.Quantity{foot: one},
			SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road},
		}
	}
	post := func(id, operation string) scenario.Post {
		return scenario.Post{ID: id, Place: id, Operation: operation, Lines: []scenario.Line{{Capability: foot, Floor: one}}}
	}
	s := &scenario.Scenario{
		Name: "world", Calendar: scenario.Calendar{Start: start, Days: days},
		Capabilities: []scenario.Capability{{ID: foot, Domain: "land"}, {ID: horse, Domain: "land"}},
		Areas:        []scenario.Area{{ID: "all"}, {ID: "north", Parent: "all"}, {ID: "south", Parent: "all"}},
		Places: []scenario.Place{
			{ID: "home", Area: "south"}, {ID: "gate", Lat: 1, Area: "north"}, {ID: "tower", Lat: 2, Area: "north"}, {ID: "front", Lat: 3, Area: "south"},
		},
		Contributors: []scenario.Contributor{{ID: "us"}, {ID: "them"}},
		Units:        []scenario.Unit{unit("a"), unit("b"), unit("c"), unit("d")},
		Posts:        []scenario.Post{post("gate", ""), post("tower", ""), post("front", "war")},
		Operations:   []scenario.Operation{{ID: "war", DDay: scenario.DDay{Likely: scenario.DayTime(5)}}},
	}
	if change != nil {
		change(s)
	}
	if s.Weights == nil {
		s.Weights = &scenario.Weights{IOC: ptr(0.0)} // readiness has tests of its own
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		panic(err)
	}
	return r
}

// leg serves a post with all that the unit has on days [from, until), and sets
// out on the day it counts.
func leg(post string, from, until int) plan.Leg {
	on := start + scenario.Date(from)
	return plan.Leg{Post: post, As: plan.All, Lift: ptr(plan.Self), DecideBy: ptr(on), OrderBy: ptr(on), Depart: on, Arrive: on, Effective: on, Until: start + scenario.Date(until)}
}

// held is the leg of day 0.
func held(post string, until int) plan.Leg {
	return plan.Leg{Post: post, As: plan.All, Depart: start, Arrive: start, Effective: start, Until: start + scenario.Date(until)}
}

// as makes a leg serve one capability only.
func as(l plan.Leg, capability string) plan.Leg {
	l.As = capability
	return l
}

// tour is home a day after its last leg.
func tour(unit string, legs ...plan.Leg) plan.Tour {
	return plan.Tour{Unit: unit, Legs: legs, Home: legs[len(legs)-1].Until + 1}
}

func evaluate(t *testing.T, s *scenario.Scenario, tours ...plan.Tour) *plan.Evaluation {
	t.Helper()
	e, err := plan.Evaluate(s, &plan.Plan{Tours: tours})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func measure(t *testing.T, s *scenario.Scenario, tours ...plan.Tour) *plan.Metrics {
	t.Helper()
	p := &plan.Plan{Tours: tours}
	if err := plan.Measure(s, p, 0); err != nil {
		t.Fatal(err)
	}
	return p.Metrics
}

// near compares numbers that were added up.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got, gocmp.Comparer(near)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// runs writes cover as day x amount for each stretch of equal days.
func runs(cover []float64) string {
	var parts []string
	for from := 0; from < len(cover); {
		until := from
		for until < len(cover) && near(cover[until], cover[from]) {
			until++
		}
		if cover[from] != 0 {
			parts = append(parts, fmt.Sprintf("%d-%d:%.4g", from, until, cover[from]))
		}
		from = until
	}
	return strings.Join(parts, " ")
}

// TestCover holds what the first line of gate gets on each of ten days.
func TestCover(t *testing.T) {
	line := func(s *scenario.Scenario) *scenario.Line { return &s.Posts[0].Lines[0] }
	single := func(from, until int) func(*scenario.Scenario) {
		return func(s *scenario.Scenario) {
			l := line(s)
			l.Single, l.From, l.Until = true, scenario.DayTime(from), scenario.DayTime(until)
		}
	}
	riders := func(s *scenario.Scenario) { // a has two horse; a horse is half a foot
		s.Units[0].Provides = map[string]scenario.Quantity{horse: scenario.Exactly(2)}
		s.Capabilities[0].Substitutes = map[string]float64{horse: 0.5}
	}
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		tours  []plan.Tour
		want   string
	}{
		{"nobody", nil, nil, ""},
		{"from effective to until", nil, []plan.Tour{tour("a", leg("gate", 2, 5))}, "2-5:1"},
		{"at another post", nil, []plan.Tour{tour("a", leg("tower", 2, 5))}, ""},
		{"from day 0", nil, []plan.Tour{tour("a", held("gate", 4))}, "0-4:1"},
		{"units add up", nil, []plan.Tour{tour("a", leg("gate", 2, 5)), tour("b", leg("gate", 4, 9))}, "2-4:1 4-5:2 5-9:1"},
		{"two legs of a tour", nil, []plan.Tour{tour("a", leg("gate", 0, 2), leg("tower", 2, 5), leg("gate", 5, 6))}, "0-2:1 5-6:1"},
		{"two tours", nil, []plan.Tour{tour("a", leg("gate", 8, 9)), tour("a", leg("gate", 0, 2))}, "0-2:1 8-9:1"},
		{"not before it is effective", nil, []plan.Tour{tour("a", func() plan.Leg {
			l := leg("gate", 1, 8)
			l.Arrive, l.Effective = start+2, start+4
			return l
		}())}, "4-8:1"},
		{"quantity", func(s *scenario.Scenario) { s.Units[0].Provides[foot] = scenario.Exactly(3) }, []plan.Tour{tour("a", leg("gate", 0, 10))}, "0-10:3"},
		{"only while the line is open", func(s *scenario.Scenario) {
			line(s).From, line(s).Until = scenario.DayTime(3), scenario.DayTime(8)
		}, []plan.Tour{tour("a", leg("gate", 0, 10))}, "3-8:1"},
		{"on-station factor", func(s *scenario.Scenario) { s.Capabilities[0].OnStation.Given = 4 }, []plan.Tour{tour("a", leg("gate", 0, 10))}, "0-10:0.25"},
		// (6 + 2 + 1) / (6 x 0.75) = 2 for one on station.
		{"on-station hours", func(s *scenario.Scenario) {
			s.Capabilities[0].OnStation = scenario.OnStation{OnTask: 6, Transit: 2, TurnRound: 1, Serviceability: 0.75}
		}, []plan.Tour{tour("a", leg("gate", 0, 10))}, "0-10:0.5"},

		{"stands in", riders, []plan.Tour{tour("a", as(leg("gate", 0, 10), foot))}, "0-10:1"},
		{"stands in over the line's on-station", func(s *scenario.Scenario) {
			riders(s)
			s.Capabilities[0].OnStation.Given, s.Capabilities[1].OnStation.Given = 4, 9
		}, []plan.Tour{tour("a", as(leg("gate", 0, 10), foot))}, "0-10:0.25"},
		{"stands in with all it has", func(s *scenario.Scenario) {
			riders(s)
			s.Capabilities = append(s.Capabilities, scenario.Capability{ID: "camel", Domain: "land"})
			s.Capabilities[0].Substitutes["camel"] = 0.25
			s.Units[0].Provides["camel"] = scenario.Exactly(4)
		}, []plan.Tour{tour("a", as(leg("gate", 0, 10), foot))}, "0-10:2"},
		{"serves its own only", riders, []plan.Tour{tour("a", leg("gate", 0, 10))}, ""},
		{"stands in for one only", func(s *scenario.Scenario) {
			riders(s)
			line(s).Capability = horse
		}, []plan.Tour{tour("a", as(leg("gate", 0, 10), foot))}, ""},
		{"never chains", func(s *scenario.Scenario) {
			riders(s)
			s.Capabilities = append(s.Capabilities, scenario.Capability{ID: "camel", Domain: "land"})
			s.Capabilities[1].Substitutes = map[string]float64{"camel": 1}
			s.Units[0].Provides = map[string]scenario.Quantity{"camel": scenario.Exactly(1)}
		}, []plan.Tour{tour("a", as(leg("gate", 0, 10), foot))}, ""},

		{"single, exactly", single(2, 8), []plan.Tour{tour("a", leg("gate", 2, 8))}, "2-8:1"},
		{"single, longer", single(2, 8), []plan.Tour{tour("a", leg("gate", 0, 10))}, "2-8:1"},
		{"single, a day late", single(2, 8), []plan.Tour{tour("a", leg("gate", 3, 10))}, ""},
		{"single, a day short", single(2, 8), []plan.Tour{tour("a", leg("gate", 0, 7))}, ""},
		{"single, shared by two", single(2, 8), []plan.Tour{tour("a", leg("gate", 2, 5)), tour("b", leg("gate", 5, 8))}, ""},
		{"single, cut to the calendar", single(-5, 30), []plan.Tour{tour("a", held("gate", 10))}, "0-10:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, c.want, runs(evaluate(t, world(10, c.change), c.tours...).Lines[0].Cover))
		})
	}
}

// TestServesAllAtOnce gives both lines of a post what one unit has.
func TestServesAllAtOnce(t *testing.T) {
	s := world(10, func(s *scenario.Scenario) {
		s.Units[0].Provides[horse] = scenario.Exactly(2)
		s.Posts[0].Lines = append(s.Posts[0].Lines, scenario.Line{Capability: horse, Floor: scenario.Exactly(1)})
	})
	e := evaluate(t, s, tour("a", leg("gate", 0, 10)))
	same(t, []string{"0-10:1", "0-10:2"}, []string{runs(e.Lines[0].Cover), runs(e.Lines[1].Cover)})
}

// TestHomePosts holds what a minimum at home gets on each of 20 days. It is the
// first line of gate, made a home post of us; units b to d belong to them.
func TestHomePosts(t *testing.T) {
	since := func(day int, rest scenario.Days, dwell float64) func(*scenario.Scenario) {
		return func(s *scenario.Scenario) {
			u := &s.Units[0]
			u.At, u.Rest, u.Dwell = &scenario.Station{Post: "tower", Since: scenario.DayTime(day)}, rest, dwell
			s.Routes = []scenario.Route{{From: "tower", To: "home", Mode: scenario.Road, Days: 3}}
		}
	}
	away := tour("a", leg("tower", 3, 6)) // home on day 7
	for _, c := range []struct {
		name    string
		change  func(*scenario.Scenario)
		tours   []plan.Tour
		rested  string
		resting string // with resting_counts
	}{
		{"at home", nil, nil, "0-20:1", "0-20:1"},
		{"away from departure to home", nil, []plan.Tour{away}, "0-3:1 7-20:1", "0-3:1 7-20:1"},
		{"rest", func(s *scenario.Scenario) { s.Units[0].Rest = 4 }, []plan.Tour{away}, "0-3:1 11-20:1", "0-3:1 7-20:1"},
		// 3 days away: ceil(1.5 x 3) = 5 days of rest from day 7.
		{"dwell", func(s *scenario.Scenario) { s.Units[0].Dwell = 1.5 }, []plan.Tour{away}, "0-3:1 12-20:1", "0-3:1 7-20:1"},
		{"two tours", func(s *scenario.Scenario) { s.Units[0].Rest = 1 },
			[]plan.Tour{tour("a", leg("tower", 12, 15)), away}, "0-3:1 8-12:1 17-20:1", "0-3:1 7-12:1 16-20:1"},
		{"not ready", func(s *scenario.Scenario) { s.Units[0].Ready = scenario.DayTime(4) }, nil, "4-20:1", "0-20:1"},
		// Home after 3 days; away for 10 days before day 0, so 5 of rest.
		{"home from day 0", since(-10, 0, 0.5), nil, "8-20:1", "3-20:1"},
		{"home from day 0, with rest", since(-10, 2, 0), nil, "5-20:1", "3-20:1"},
		// Home on day 5 + 1 after 10 + 5 days: ceil(0.5 x 15) = 8 days of rest.
		{"home later from day 0", since(-10, 0, 0.5), []plan.Tour{tour("a", held("tower", 5))}, "14-20:1", "6-20:1"},
		{"units of others", func(s *scenario.Scenario) { s.Units[0].Contributor = "them" }, nil, "", ""},
		{"on-station", func(s *scenario.Scenario) { s.Capabilities[0].OnStation.Given = 4 }, nil, "0-20:0.25", "0-20:0.25"},
		{"own capabilities only", func(s *scenario.Scenario) {
			s.Capabilities[0].Substitutes = map[string]float64{horse: 1}
			s.Units[0].Provides = map[string]scenario.Quantity{horse: scenario.Exactly(1)}
		}, nil, "", ""},
	} {
		for resting, want := range map[bool]string{false: c.rested, true: c.resting} {
			t.Run(fmt.Sprintf("%s/resting counts %t", c.name, resting), func(t *testing.T) {
				s := world(20, func(s *scenario.Scenario) {
					s.Posts[0].HomeOf, s.Posts[0].RestingCounts = "us", resting
					for i := 1; i < len(s.Units); i++ {
						s.Units[i].Contributor = "them"
					}
					if c.change != nil {
						c.change(s)
					}
				})
				same(t, want, runs(evaluate(t, s, c.tours...).Lines[0].Cover))
			})
		}
	}
}

func TestExposureAndShortfall(t *testing.T) {
	for _, c := range []struct {
		name                       string
		floor, target, cover       float64
		wantExposure, wantShortage float64
	}{
		{"nobody", 2, 4, 0, 1, 1},
		{"half of the floor", 2, 4, 1, 0.5, 0.75},
		{"the floor", 2, 4, 2, 0, 0.5},
		{"the target", 2, 4, 4, 0, 0},
		{"more than wanted", 2, 4, 9, 0, 0},
		{"no floor", 0, 4, 1, 0, 0.75},
		{"no target given", 2, -1, 1, 0.5, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := world(10, func(s *scenario.Scenario) {
				l := &s.Posts[0].Lines[0]
				l.Floor = scenario.Exactly(c.floor)
				if c.target >= 0 {
					l.Target = ptr(scenario.Exactly(c.target))
				}
				s.Units[0].Provides[foot] = scenario.Exactly(c.cover)
			})
			l := &evaluate(t, s, tour("a", leg("gate", 4, 5))).Lines[0]
			same(t, [2]float64{c.wantExposure, c.wantShortage}, [2]float64{l.Exposure(4), l.Shortfall(4)})
		})
	}
}

// TestTally: gate is held on half of ten days, tower on all, front (open from
// day 5) on none but the last. Targets are twice the floors.
func TestTally(t *testing.T) {
	s := world(10, func(s *scenario.Scenario) {
		for i := range s.Posts {
			s.Posts[i].Lines[0].Target = ptr(scenario.Exactly(2))
		}
	})
	m := measure(t, s, tour("a", leg("gate", 5, 10)), tour("b", leg("tower", 0, 10)), tour("c", leg("front", 9, 10)))
	same(t, plan.Tally{
		Total: 9, Standing: 5, Operations: 4, ByArea: map[string]float64{"all": 9, "north": 5, "south": 4},
		ByPost: map[string]float64{"gate": 5, "front": 4}, ByOperation: map[string]float64{"war": 4},
	}, m.ExposureDays)
	// gate: 5 + 5 x 1/2; tower: 10 x 1/2; front: 4 + 1/2.
	same(t, plan.Tally{
		Total: 17, Standing: 12.5, Operations: 4.5, ByArea: map[string]float64{"all": 17, "north": 12.5, "south": 4.5},
		ByPost: map[string]float64{"gate": 7.5, "tower": 5, "front": 4.5}, ByOperation: map[string]float64{"war": 4.5},
	}, m.ShortfallDays)
}

func TestWorstDay(t *testing.T) {
	for _, c := range []struct {
		name  string
		tours []plan.Tour
		want  plan.WorstDay
	}{
		// Until day 5 the front asks for nothing.
		{"all posts open", nil, plan.WorstDay{Date: start + 5, Exposure: 3}},
		{"the earliest of equals", []plan.Tour{tour("a", leg("gate", 0, 2)), tour("b", leg("tower", 0, 4)), tour("c", leg("front", 5, 10)), tour("d", leg("gate", 2, 4))},
			plan.WorstDay{Date: start + 4, Exposure: 2}},
		{"none", []plan.Tour{tour("a", leg("gate", 0, 10)), tour("b", leg("tower", 0, 10)), tour("c", leg("front", 5, 10))}, plan.WorstDay{Date: start}},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, c.want, measure(t, world(10, nil), c.tours...).WorstDay)
		})
	}
}

// TestPrice holds what ten days without cover at one post cost: pi x (wE + wS)
// x days.
func TestPrice(t *testing.T) {
	for _, c := range []struct {
		policy    scenario.Policy
		operation bool
		priority  int
		want      float64
	}{
		{scenario.HoldTheFlanks, false, 1, 16 * (64 + 2) * 10},
		{scenario.HoldTheFlanks, true, 1, 16 * (8 + 2) * 10},
		{scenario.MissionFirst, false, 2, 8 * (8 + 2) * 10},
		{scenario.MissionFirst, true, 2, 8 * (64 + 2) * 10},
		{scenario.Balanced, false, 4, 2 * (16 + 2) * 10},
		{scenario.Balanced, true, 5, 1 * (16 + 2) * 10},
		{scenario.Balanced, true, 0, 4 * (16 + 2) * 10},
	} {
		t.Run(fmt.Sprintf("%s, operation %t, priority %d", c.policy, c.operation, c.priority), func(t *testing.T) {
			s := world(10, func(s *scenario.Scenario) {
				s.Policy = c.policy
				s.Operations[0].DDay.Likely = scenario.DayTime(0)
				p := s.Posts[0]
				if c.operation {
					p = s.Posts[2]
				}
				p.Priority = c.priority
				s.Posts = []scenario.Post{p}
			})
			e := evaluate(t, s)
			same(t, [2]float64{c.want, c.want}, [2]float64{e.Missing, e.Empty})
			// Half of it is left with five days of cover.
			e = evaluate(t, s, tour("a", leg(s.Posts[0].ID, 5, 10)))
			same(t, [2]float64{c.want / 2, c.want}, [2]float64{e.Missing, e.Empty})
		})
	}
}

// TestObjectiveTerms holds the terms beside exposure and shortfall, each priced
// alone.
func TestObjectiveTerms(t *testing.T) {
	term := func(w scenario.Weights) func(*scenario.Scenario) {
		nothing := &scenario.ByKind{Standing: ptr(0.0), Operation: ptr(0.0)}
		for _, p := range []**float64{&w.Mobilise, &w.Move, &w.Share, &w.IOC} {
			*p = ptr(*cmp.Or(*p, ptr(0.0)))
		}
		w.Exposure, w.Shortfall = nothing, nothing
		return func(s *scenario.Scenario) {
			s.Weights = &w
			s.Units[0].At = &scenario.Station{Post: "gate"}
			s.Operations[0].Size = 1000
			s.Contributors[0].Share = ptr(0.15)
		}
	}
	late := leg("front", 5, 9)
	late.Depart = start + 2 // counts for the share from its departure
	tours := []plan.Tour{
		tour("a", held("gate", 3), leg("tower", 3, 4), leg("gate", 4, 5)), // two moves, does not leave home
		tour("b", leg("gate", 0, 2)), tour("b", leg("gate", 6, 8)),        // two moves, one unit
		tour("c", late), tour("d", leg("front", 7, 9)),
	}
	for _, c := range []struct {
		name    string
		weights scenario.Weights
		change  func(*scenario.Scenario)
		want    float64
	}{
		{"units that leave home", scenario.Weights{Mobilise: ptr(10.0)}, nil, 30}, // b, c, d
		{"moves", scenario.Weights{Move: ptr(10.0)}, nil, 60},
		// 150 persons are agreed; c and d are 200 on days 7 and 8: 2 x 50 / 1000.
		{"share", scenario.Weights{Share: ptr(10.0)}, nil, 1},
		// 50 are agreed: 5 days of 50 and 2 of 150 above it, of 1000.
		{"less of a share", scenario.Weights{Share: ptr(10.0)}, func(s *scenario.Scenario) { s.Contributors[0].Share = ptr(0.05) }, 5.5},
		{"no share agreed", scenario.Weights{Share: ptr(10.0)}, func(s *scenario.Scenario) { s.Contributors[0].Share = nil }, 0},
		{"no size", scenario.Weights{Share: ptr(10.0)}, func(s *scenario.Scenario) { s.Operations[0].Size = 0 }, 0},
		{"another's units", scenario.Weights{Share: ptr(10.0)}, func(s *scenario.Scenario) { s.Units[3].Contributor = "them" }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := world(10, func(s *scenario.Scenario) {
				term(c.weights)(s)
				if c.change != nil {
					c.change(s)
				}
			})
			m := measure(t, s, tours...)
			same(t, c.want, m.Objective)
			same(t, [2]int{3, 6}, [2]int{m.UnitsUsed, m.Moves})
		})
	}
}

func TestDefaultPrices(t *testing.T) {
	s := world(10, func(s *scenario.Scenario) { s.Operations[0].Size, s.Contributors[0].Share = 100, ptr(0.0) })
	m := measure(t, s, tour("a", leg("gate", 0, 10)), tour("b", leg("tower", 0, 10)), tour("c", leg("front", 5, 10)))
	same(t, 3*1+3*0.5+1*5.0, m.Objective) // nothing is missing; c is the whole operation on 5 days
}

func TestBurden(t *testing.T) {
	e := evaluate(t, world(10, nil), tour("a", leg("gate", 0, 2), leg("front", 2, 5)), tour("b", leg("front", 4, 6)))
	same(t, "2-4:100 4-5:200 5-6:100", runs(e.Burden("war", "us")))
	same(t, "", runs(e.Burden("war", "them")))
}

// TestReady holds IOC and FOC of an operation with one post, open from day 5 of
// 30 unless changed.
func TestReady(t *testing.T) {
	line := func(floor, target float64, from, until int) scenario.Line {
		return scenario.Line{Capability: foot, Floor: scenario.Exactly(floor), Target: ptr(scenario.Exactly(target)), From: scenario.DDayTime(from - 5), Until: scenario.DayTime(until)}
	}
	const never = -1
	for _, c := range []struct {
		name     string
		lines    []scenario.Line
		tours    []plan.Tour
		ioc, foc int
	}{
		{"nobody", []scenario.Line{line(1, 2, 5, 30)}, nil, never, never},
		{"floor, then target", []scenario.Line{line(1, 2, 5, 30)}, []plan.Tour{tour("a", leg("front", 7, 30)), tour("b", leg("front", 12, 30))}, 7, 12},
		{"not before it opens", []scenario.Line{line(1, 1, 5, 30)}, []plan.Tour{tour("a", leg("front", 0, 30))}, 5, 5},
		{"a week", []scenario.Line{line(1, 2, 5, 30)}, []plan.Tour{tour("a", leg("front", 8, 15))}, 8, never},
		{"a day less than a week", []scenario.Line{line(1, 2, 5, 30)}, []plan.Tour{tour("a", leg("front", 8, 14))}, never, never},
		{"the last week", []scenario.Line{line(1, 1, 5, 30)}, []plan.Tour{tour("a", leg("front", 23, 30))}, 23, 23},
		{"less than the last week", []scenario.Line{line(1, 1, 5, 30)}, []plan.Tour{tour("a", leg("front", 24, 30))}, never, never},
		{"a later line", []scenario.Line{line(1, 1, 5, 15), line(2, 2, 15, 30)}, []plan.Tour{tour("a", leg("front", 5, 30))}, 5, never},
		{"FOC not before the last line starts", []scenario.Line{line(1, 1, 5, 15), line(1, 1, 15, 30)}, []plan.Tour{tour("a", leg("front", 5, 30))}, 5, 15},
		{"not before the last line starts, whatever the first had", []scenario.Line{line(1, 1, 5, 8), line(1, 1, 20, 30)}, []plan.Tour{tour("a", leg("front", 20, 30))}, 20, 20},
		{"no floor", []scenario.Line{line(0, 1, 5, 30)}, []plan.Tour{tour("a", leg("front", 6, 30))}, never, 6},
		{"began before day 0", []scenario.Line{line(1, 1, -9, 30)}, []plan.Tour{tour("a", held("front", 30))}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := measure(t, world(30, func(s *scenario.Scenario) { s.Posts[2].Lines = c.lines }), c.tours...)
			day := func(d *scenario.Date) int {
				if d == nil {
					return never
				}
				return int(*d - start)
			}
			same(t, [2]int{c.ioc, c.foc}, [2]int{day(m.IOC["war"]), day(m.FOC["war"])})
		})
	}
	t.Run("no posts", func(t *testing.T) {
		m := measure(t, world(30, func(s *scenario.Scenario) { s.Posts = s.Posts[:2] }))
		if d, ok := m.IOC["war"]; d != nil || !ok {
			t.Errorf("IOC %v, said %t; want never, said", d, ok)
		}
	})
}

func TestCoverByPledge(t *testing.T) {
	s := world(10, func(s *scenario.Scenario) {
		for i, p := range []scenario.Pledge{scenario.Assigned, scenario.Confirmed, "", scenario.Offered} {
			s.Units[i].Pledge = p
		}
		s.Units[0].Provides[foot] = scenario.Exactly(3)
		s.Units[3].Contributor = "them"
		s.Posts[1].HomeOf = "them"
	})
	want := map[scenario.Pledge]float64{scenario.Stated: 0, scenario.Offered: 1, scenario.Confirmed: 0, scenario.Assigned: 0}
	same(t, want, measure(t, s).CoverByPledge) // only d, at home
	// a: 5 days x 3, above the floor too; b and c: 5 and 10 days; d: 10 at home.
	m := measure(t, s, tour("a", leg("gate", 0, 5)), tour("b", leg("gate", 0, 5)), tour("c", leg("gate", 0, 10)))
	want = map[scenario.Pledge]float64{scenario.Stated: 0.25, scenario.Offered: 0.25, scenario.Confirmed: 0.125, scenario.Assigned: 0.375}
	same(t, want, m.CoverByPledge)

	want = map[scenario.Pledge]float64{scenario.Stated: 0, scenario.Offered: 0, scenario.Confirmed: 0, scenario.Assigned: 0}
	same(t, want, measure(t, world(10, nil)).CoverByPledge)
}

func TestRefusesWhatItCannotEvaluate(t *testing.T) {
	late, early := leg("gate", 2, 5), leg("gate", 2, 5)
	late.Effective, early.Effective = start+6, start+1
	for name, bad := range map[string]plan.Tour{
		"unknown unit": tour("x", leg("gate", 2, 5)), "unknown post": tour("a", leg("x", 2, 5)), "no legs": {Unit: "a"},
		"before the calendar": tour("a", leg("gate", -1, 5)), "after the calendar": tour("a", leg("gate", 2, 11)),
		"effective after its end": tour("a", late), "effective before it departs": tour("a", early),
	} {
		p := &plan.Plan{Tours: []plan.Tour{bad}}
		if _, err := plan.Evaluate(world(10, nil), p); err == nil {
			t.Errorf("%s: no error", name)
		}
		if err := plan.Measure(world(10, nil), p, 0); err == nil || p.Metrics != nil {
			t.Errorf("%s: error %v, metrics %v", name, err, p.Metrics)
		}
	}
}

func TestSetBound(t *testing.T) {
	for _, c := range []struct{ objective, bound, empty, want, gap, ofCover float64 }{
		{100, 80, 1000, 80, 0.2, 0.02},
		{100, 100 + 1e-6, 1000, 100, 0, 0}, // rounding
		{1, 1 + 1e-5, 1e7, 1, 0, 0},        // of sums from 1e7 down
		{100, -50, 300, -50, 1.5, 0.5},
		{0, 0, 0, 0, 0, 0},
		{100, 80, 0, 80, 0.2, 0}, // nothing is asked for, and orders given cost
	} {
		m := &plan.Metrics{Objective: c.objective}
		if err := m.SetBound(c.bound, c.empty); err != nil {
			t.Error(err)
		}
		same(t, [3]float64{c.want, c.gap, c.ofCover}, [3]float64{m.Bound, m.Gap, m.GapOfCover})
	}
}

// A plan that costs less than what is proven shows that the proof is false: no
// number comes of it.
func TestRefusesABoundAboveTheObjective(t *testing.T) {
	for _, bound := range []float64{100.001, 120, math.Inf(1), math.NaN()} {
		m := &plan.Metrics{Objective: 100, Bound: 7}
		wrong, ok := errors.AsType[*plan.BoundError](m.SetBound(bound, 1000))
		if !ok || wrong.Objective != 100 || wrong.Bound != bound && !math.IsNaN(bound) || m.Bound != 7 {
			t.Errorf("bound %g of 100: error %v, bound set to %g", bound, wrong, m.Bound)
		}
	}
	p := &plan.Plan{}
	if _, ok := errors.AsType[*plan.BoundError](plan.Measure(world(10, nil), p, 1e9)); !ok || p.Metrics != nil {
		t.Errorf("a plan was measured with a bound far above its cost: %+v", p.Metrics)
	}
}
