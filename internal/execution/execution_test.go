package execution_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

const start = scenario.Date(20_000) // day 0 of the tests

func day(n int) scenario.Date   { return start + scenario.Date(n) }
func pointer[T any](x T) *T     { return &x }
func date(n int) *scenario.Date { return pointer(day(n)) }
func number(d *scenario.Date) string {
	if d == nil {
		return "never"
	}
	return strconv.Itoa(int(*d - start))
}

// world is a post that needs one battlegroup, held by one unit until day 40 and
// by a second from day 30 on: ordered on day 10, it departs on day 20, arrives on
// 25, and counts from 30 until 90.
func world(t *testing.T, change func(*scenario.Scenario)) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s := &scenario.Scenario{
		Name: "world", Calendar: scenario.Calendar{Start: start, Days: 100},
		Capabilities: []scenario.Capability{{ID: "bg", Domain: "land"}},
		Areas:        []scenario.Area{{ID: "flank"}},
		Places:       []scenario.Place{{ID: "camp", Area: "flank"}, {ID: "home"}},
		Contributors: []scenario.Contributor{{ID: "GBR"}},
		Posts:        []scenario.Post{{ID: "post", Place: "camp", RSOM: 2, Handover: 3, Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(1)}}}},
		Units: []scenario.Unit{
			{ID: "first", Contributor: "GBR", Home: "home", Provides: map[string]scenario.Quantity{"bg": scenario.Exactly(1)}, At: &scenario.Station{Post: "post", Since: scenario.DayTime(-30)}},
			{ID: "second", Contributor: "GBR", Home: "home", Provides: map[string]scenario.Quantity{"bg": scenario.Exactly(1)}, Notice: 10},
		},
	}
	if change != nil {
		change(s)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	lift := plan.Self
	return r, &plan.Plan{Tours: []plan.Tour{
		{Unit: "first", Legs: []plan.Leg{{Post: "post", As: plan.All, Depart: day(0), Arrive: day(0), Effective: day(0), Until: day(40)}}, Home: day(45)},
		{Unit: "second", Legs: []plan.Leg{{Post: "post", As: plan.All, Lift: &lift, DecideBy: date(10), OrderBy: date(10), Depart: day(20), Arrive: day(25), Effective: day(30), Until: day(90)}}, Home: day(95)},
	}}
}

// fact is a fact of the second unit, received on its day.
func fact(event plan.Event, on int) plan.Fact {
	return plan.Fact{ID: fmt.Sprint(event, on), Date: day(on), Received: day(on), Unit: "second", Event: event}
}

func until(f plan.Fact, expected int) plan.Fact {
	f.Expected = date(expected)
	return f
}

func of(t *testing.T, today int, facts ...plan.Fact) *execution.Account {
	t.Helper()
	s, p := world(t, nil)
	a, err := execution.Of(s, p, facts, day(today), 2)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// where is the state of the second unit's leg, and the day from which it counts.
func where(a *execution.Account) string {
	for _, l := range a.Legs {
		if l.Unit == "second" {
			return fmt.Sprintf("%s %s, %d late, %.0f added", l.State, number(l.Expected), l.Late, a.Added)
		}
	}
	return "nothing"
}

func TestWhatHasBecomeOfALeg(t *testing.T) {
	ordered, departed := fact(plan.Ordered, 10), fact(plan.Departed, 20)
	for _, c := range []struct {
		name  string
		today int
		facts []plan.Fact
		want  string
	}{
		{"before anything is due", 9, nil, "nothing"},
		{"the order is due", 10, nil, "planned 30, 0 late, 0 added"},
		{"the order is within the tolerance", 12, nil, "planned 30, 0 late, 0 added"},
		{"the order is overdue", 15, nil, "not ordered 35, 5 late, 0 added"},
		{"the order is long overdue", 29, nil, "not ordered 49, 19 late, 9 added"},
		{"ordered in time", 15, []plan.Fact{ordered}, "ordered 30, 0 late, 0 added"},
		{"ordered late", 18, []plan.Fact{fact(plan.Ordered, 17)}, "ordered 37, 7 late, 0 added"},
		{"not departed", 25, []plan.Fact{ordered}, "not departed 35, 5 late, 0 added"},
		{"departed in time", 22, []plan.Fact{ordered, departed}, "under way 30, 0 late, 0 added"},
		{"departed, and the order never reported", 22, []plan.Fact{departed}, "under way 30, 0 late, 0 added"},
		{"departed early", 22, []plan.Fact{fact(plan.Departed, 18)}, "under way 28, -2 late, 0 added"},
		{"not arrived", 30, []plan.Fact{departed}, "not arrived 35, 5 late, 0 added"},
		{"arrived late", 30, []plan.Fact{departed, fact(plan.Arrived, 28)}, "there 33, 3 late, 0 added"},
		{"delayed", 22, []plan.Fact{ordered, until(fact(plan.Delayed, 21), 45)}, "ordered 50, 20 late, 10 added"},
		{"delayed past its own end", 22, []plan.Fact{ordered, until(fact(plan.Delayed, 21), 88)}, "ordered never, 63 late, 50 added"},
		{"arrived before it was expected", 44, []plan.Fact{until(fact(plan.Delayed, 21), 45), fact(plan.Arrived, 43)}, "there 48, 18 late, 4 added"},
		{"cancelled", 22, []plan.Fact{ordered, fact(plan.Cancelled, 21)}, "cancelled never, 0 late, 50 added"},
		{"cancelled, and sent again", 26, []plan.Fact{fact(plan.Cancelled, 12), fact(plan.Departed, 25)}, "under way 35, 5 late, 0 added"},
		{"left early", 61, []plan.Fact{departed, fact(plan.Arrived, 25), fact(plan.Left, 60)}, "left 30, 0 late, 29 added"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := where(of(t, c.today, c.facts...)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestPartedByMoreThanTheTolerance(t *testing.T) {
	for late, want := range map[int]bool{2: false, 3: true} {
		a := of(t, 28, fact(plan.Departed, 20), fact(plan.Arrived, 25+late))
		if a.Parted != want {
			t.Errorf("%d days late: parted %v", late, a.Parted)
		}
	}
}

func TestOpenFrom(t *testing.T) {
	a := of(t, 22, until(fact(plan.Delayed, 21), 45))
	want := []execution.Line{{Post: "post", Capability: "bg", Floor: 1, Planned: 1, Actual: 1, Added: 10, Low: 10, High: 10, From: day(40), Until: day(50)}}
	if diff := cmp.Diff(want, a.Lines); diff != "" {
		t.Error(diff)
	}
}

// Who holds a post on day 0 and is relieved by nobody stays until it departs; one
// that leaves early is missed from then on.
func TestLeftOnDayZero(t *testing.T) {
	gone := plan.Fact{ID: "gone", Date: day(12), Received: day(12), Unit: "first", Post: "post", Event: plan.Left}
	a := of(t, 12, gone)
	if a.Added != 18 || a.Legs[0].State != execution.Gone {
		t.Errorf("%g added, %s", a.Added, a.Legs[0].State)
	}
}

func TestOrdersOfWhatStands(t *testing.T) {
	order := func(depart, until int, given, decided bool) scenario.Order {
		return scenario.Order{Unit: "second", Post: "post", As: plan.All, Depart: scenario.DateTime(day(depart)), Until: scenario.DateTime(day(until)), Given: given, Decided: decided}
	}
	for _, c := range []struct {
		name  string
		today int
		facts []plan.Fact
		want  []scenario.Order
	}{
		{"as planned", 15, []plan.Fact{fact(plan.Ordered, 10)}, []scenario.Order{order(20, 90, true, false)}},
		{"ordered early", 8, []plan.Fact{fact(plan.Ordered, 8)}, []scenario.Order{order(20, 90, true, false)}},
		{"overdue", 15, nil, []scenario.Order{order(25, 90, false, true)}},
		{"late", 22, []plan.Fact{until(fact(plan.Delayed, 21), 45)}, []scenario.Order{order(40, 90, true, false)}},
		{"too late for the least stay", 22, []plan.Fact{until(fact(plan.Delayed, 21), 80)}, []scenario.Order{order(75, 99, true, false)}},
		{"cancelled", 22, []plan.Fact{fact(plan.Cancelled, 21)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, of(t, c.today, c.facts...).Orders()[1:], cmp.Comparer(func(a, b scenario.Time) bool { return a == b })); diff != "" && len(c.want) > 0 {
				t.Error(diff)
			}
		})
	}
	if n := len(of(t, 22, fact(plan.Cancelled, 21)).Orders()); n != 1 {
		t.Errorf("%d orders though one is cancelled", n)
	}
}

// A late departure for the next post leaves a unit where it is until then.
func TestWaitsAtThePostBefore(t *testing.T) {
	s, p := world(t, func(s *scenario.Scenario) {
		s.Places = append(s.Places, scenario.Place{ID: "other", Area: "flank"})
		s.Posts = append(s.Posts, scenario.Post{ID: "next", Place: "other", Lines: s.Posts[0].Lines})
	})
	lift := plan.Self
	p.Tours = p.Tours[:1]
	p.Tours[0].Legs = append(p.Tours[0].Legs, plan.Leg{Post: "next", As: plan.All, Lift: &lift, OrderBy: date(40), DecideBy: date(40), Depart: day(40), Arrive: day(42), Effective: day(42), Until: day(90)})
	a, err := execution.Of(s, p, []plan.Fact{{ID: "f", Date: day(48), Received: day(48), Unit: "first", Post: "next", Event: plan.Departed}}, day(48), 2)
	if err != nil {
		t.Fatal(err)
	}
	legs := a.AsItStands().Tours[0].Legs
	if legs[0].Until != day(48) || legs[1].Effective != day(50) {
		t.Errorf("there until %d, counts from %d", legs[0].Until-start, legs[1].Effective-start)
	}
}

func TestWear(t *testing.T) {
	worn := func(s *scenario.Scenario) {
		s.Units[0].Wear = &scenario.Wear{Rate: scenario.Quantity{Low: 10, Likely: 20, High: 30}, Least: 60}
	}
	s, p := world(t, worn)
	if _, most := s.Units[0].Tour.Limits(); most != 61 {
		t.Errorf("a tour of %d days; at 20 percent in 30 days it counts for 61", most)
	}
	a, err := execution.Of(s, p, nil, day(15), 2)
	if err != nil {
		t.Fatal(err)
	}
	// On day 15 it has been away for 45 days.
	want := []execution.Strength{{Unit: "first", Post: "post", Low: 55, Likely: 70, High: 85, Least: 60, Ends: date(31)}}
	if diff := cmp.Diff(want, a.Strengths, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
		t.Error(diff)
	}
	half := plan.Fact{ID: "half", Date: day(14), Received: day(14), Unit: "first", Event: plan.Present, Low: 90, High: 90}
	if a, err = execution.Of(s, p, []plan.Fact{half}, day(14), 2); err != nil || a.Strengths[0].Likely != 90 || a.Strengths[0].Fact != "half" {
		t.Errorf("a reported strength goes before wear: %+v, %v", a.Strengths, err)
	}
	if a.Low >= a.Added || a.Added >= a.High {
		t.Errorf("added %g to %g, likely %g", a.Low, a.High, a.Added)
	}
	// The second unit is whole.
	if a, err = execution.Of(s, p, []plan.Fact{fact(plan.Departed, 20), fact(plan.Arrived, 25)}, day(60), 2); err != nil || len(a.Strengths) > 0 || a.Added > 0 {
		t.Errorf("%+v, %g added, %v", a.Strengths, a.Added, err)
	}
}

func TestFactsOfWhatIsNotPlanned(t *testing.T) {
	f := fact(plan.Departed, 5)
	f.Post = "elsewhere"
	if a := of(t, 10, f); len(a.Unplanned) != 1 || a.Unplanned[0].ID != f.ID {
		t.Errorf("%+v", a.Unplanned)
	}
}

func TestBar(t *testing.T) {
	s, p := world(t, func(s *scenario.Scenario) {
		s.Units[1].Count, s.Units[1].ID = 2, "pair"
		s.Pins = []scenario.Pin{{Unit: "pair", Post: "post", From: scenario.DayTime(90), Until: scenario.DayTime(95), Forbid: true}}
	})
	p.Tours[1].Unit = "pair#2"
	f := plan.Fact{ID: "f", Date: day(21), Received: day(21), Unit: "pair#2", Event: plan.Cancelled, Expected: date(50)}
	a, err := execution.Of(s, p, []plan.Fact{f}, day(21), 2)
	if err != nil {
		t.Fatal(err)
	}
	written := &scenario.Scenario{Calendar: s.Calendar, Units: []scenario.Unit{{ID: "pair", Count: 2}}, Pins: []scenario.Pin{{Unit: "pair"}}}
	b := a.Bar(written)
	window := func(from, until int) scenario.Window {
		return scenario.Window{From: scenario.DayTime(from), Until: scenario.DayTime(until)}
	}
	if len(b.Units) != 2 || b.Units[0].Available != nil || len(b.Pins) != 2 || b.Pins[1].Unit != "pair#2" {
		t.Errorf("%+v, %+v", b.Units, b.Pins)
	}
	if diff := cmp.Diff([]scenario.Window{window(0, 20), window(50, 100)}, b.Units[1].Available, cmp.Comparer(func(a, b scenario.Time) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if written.Units[0].Count != 2 {
		t.Error("the scenario itself was changed")
	}
}

// The order of the facts does not matter, and those that came later do not count.
func TestOrderAndLaterFactsDoNotMatter(t *testing.T) {
	for name, value := range map[string]string{"rapid.checks": "300", "rapid.seed": "20250401"} {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			_ = f.Value.Set(value)
		}
	}
	s, p := world(t, func(s *scenario.Scenario) { s.Units[1].Wear = &scenario.Wear{Rate: scenario.Exactly(10), Least: 50} })
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(0, 95)
		var facts []plan.Fact
		for i := range rapid.IntRange(0, 8).Draw(t, "facts") {
			f := plan.Fact{ID: "f" + strconv.Itoa(i), Date: day(days.Draw(t, "day")), Unit: rapid.SampledFrom([]string{"first", "second"}).Draw(t, "unit"), Event: rapid.SampledFrom(plan.Events).Draw(t, "event")}
			f.Received = f.Date + scenario.Date(rapid.IntRange(0, 9).Draw(t, "later"))
			switch f.Event {
			case plan.Delayed:
				f.Expected = pointer(f.Date + scenario.Date(rapid.IntRange(0, 40).Draw(t, "expected")))
			case plan.Present:
				f.Low, f.High = 60, 80
			}
			if i > 0 && rapid.IntRange(0, 4).Draw(t, "supersedes") == 0 {
				f.Supersedes = "f" + strconv.Itoa(rapid.IntRange(0, i-1).Draw(t, "old"))
			}
			facts = append(facts, f)
		}
		today := day(days.Draw(t, "today"))
		account := func(list []plan.Fact) execution.Account {
			a, err := execution.Of(s, p, list, today, 2)
			if err != nil {
				t.Fatal(err)
			}
			return execution.Account{Counted: a.Counted, Legs: a.Legs, Strengths: a.Strengths, Lines: a.Lines, Added: a.Added, Low: a.Low, High: a.High, Unplanned: a.Unplanned, Parted: a.Parted}
		}
		var by []plan.Fact
		for _, f := range facts {
			if f.Received <= today {
				by = append(by, f)
			}
		}
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Shuffle(len(by), func(i, j int) { by[i], by[j] = by[j], by[i] })
		equal := cmp.AllowUnexported(execution.Account{})
		if diff := cmp.Diff(account(facts), account(by), equal); diff != "" {
			t.Fatal(diff)
		}
	})
}
