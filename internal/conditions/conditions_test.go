package conditions_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/scenario"
)

const start = scenario.Date(20_000) // day 0 of the tests

// world is a scenario of a post whose line scales, and these conditions.
func world(list ...scenario.Condition) *scenario.Scenario {
	return &scenario.Scenario{
		Name: "world", Calendar: scenario.Calendar{Start: start, Days: 200},
		Areas:      []scenario.Area{{ID: "land"}, {ID: "north", Parent: "land"}, {ID: "sea"}},
		Places:     []scenario.Place{{ID: "camp", Area: "north"}},
		Operations: []scenario.Operation{{ID: "op", DDay: scenario.DDay{Likely: scenario.DayTime(90)}, Phases: []scenario.Phase{{ID: "entry", From: scenario.DDayTime(0), Until: scenario.DDayTime(30)}}}},
		Posts: []scenario.Post{{ID: "post", Place: "camp", Lines: []scenario.Line{{
			Capability: "battery", Floor: scenario.Exactly(1), Scales: &scenario.Scale{With: "raid", Window: 14, Per: 50, Add: 1, AtMost: 6},
		}}}},
		Conditions: list,
	}
}

// report is a report of an event in the north, received on its day.
func report(id, event string, day int) scenario.Report {
	at := start + scenario.Date(day)
	return scenario.Report{ID: id, Date: at, Received: at, Source: "source", Reliability: 'B', Credibility: '2', Area: "north", Event: event, Low: 1, High: 1}
}

func with(r scenario.Report, change func(*scenario.Report)) scenario.Report {
	change(&r)
	return r
}

// status is the standing of one condition on a day.
func status(s *scenario.Scenario, day int, reports []scenario.Report, id string) conditions.Standing {
	for _, x := range conditions.New(s, reports, start+scenario.Date(day), nil).Status().Conditions {
		if x.ID == id {
			return x
		}
	}
	panic("no condition " + id)
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func since(x conditions.Standing) string {
	if x.Since == nil {
		return string(x.State)
	}
	return fmt.Sprintf("%s %d", x.State, *x.Since-start)
}

func TestAfter(t *testing.T) {
	s := world(scenario.Condition{ID: "c", After: scenario.DayTime(10)})
	same(t, "the day before", "open", since(status(s, 9, nil, "c")))
	same(t, "the day", "met 10", since(status(s, 10, nil, "c")))
}

func TestReported(t *testing.T) {
	s := world(scenario.Condition{ID: "c", Reported: "deal", Fails: "war", Area: "land"})
	deal := report("r1", "deal", 5)
	same(t, "before", "open", since(status(s, 4, []scenario.Report{deal}, "c")))
	same(t, "after", "met 5", since(status(s, 5, []scenario.Report{deal}, "c")))
	elsewhere := with(deal, func(r *scenario.Report) { r.Area = "sea" })
	same(t, "in another area", "open", since(status(s, 5, []scenario.Report{elsewhere}, "c")))
	same(t, "failed after", "failed 8", since(status(s, 9, []scenario.Report{deal, report("r2", "war", 8)}, "c")))
}

func TestBy(t *testing.T) {
	s := world(scenario.Condition{ID: "c", Reported: "deal", By: scenario.DayTime(20)})
	same(t, "in time", "met 19", since(status(s, 30, []scenario.Report{report("r1", "deal", 19)}, "c")))
	same(t, "too late", "failed 20", since(status(s, 30, []scenario.Report{report("r1", "deal", 20)}, "c")))
	same(t, "not at all", "failed 20", since(status(s, 20, nil, "c")))
}

// Of what makes it fail, the earliest counts; what cannot be met in time is not due.
func TestFailsOnce(t *testing.T) {
	s := world(scenario.Condition{ID: "c", Reported: "deal", Fails: "war", By: scenario.DayTime(20)},
		scenario.Condition{ID: "late", After: scenario.DayTime(20), By: scenario.DayTime(20)},
		scenario.Condition{ID: "in time", After: scenario.DayTime(19), By: scenario.DayTime(20)},
		scenario.Condition{ID: "never late", Not: "late"})
	war := []scenario.Report{report("r1", "war", 25)}
	same(t, "failed before it was said", "failed 20", since(status(s, 30, war, "c")))
	same(t, "said before it was too late", "failed 18", since(status(s, 30, []scenario.Report{report("r1", "war", 18)}, "c")))
	for id, want := range map[string]*scenario.Date{"late": nil, "in time": day(19), "never late": day(20)} {
		same(t, id, want, status(s, 5, nil, id).Due)
	}
}

func day(n int) *scenario.Date {
	date := start + scenario.Date(n)
	return &date
}

// A number falls as reports leave the window, and what hangs on it is due then.
func TestDueOfACount(t *testing.T) {
	five := 5.0
	s := world(scenario.Condition{ID: "quiet", Count: &scenario.Count{Of: "raid", Window: 7, Below: &five}}, scenario.Condition{ID: "loud", Not: "quiet"},
		scenario.Condition{ID: "date", After: scenario.DayTime(26)}, scenario.Condition{ID: "both", All: []string{"quiet", "date"}})
	raids := []scenario.Report{with(report("r1", "raid", 20), func(r *scenario.Report) { r.Low, r.High = 6, 6 })}
	for id, want := range map[string]*scenario.Date{"quiet": day(27), "loud": nil, "both": day(27)} {
		same(t, id, want, status(s, 22, raids, id).Due)
	}
}

func TestHeldFor(t *testing.T) {
	s := world(scenario.Condition{ID: "quiet", Reported: "ceasefire"}, scenario.Condition{ID: "c", HeldFor: 30, Since: "quiet", Breach: "shelling"})
	quiet := report("r1", "ceasefire", 10)
	same(t, "before it begins", "open", since(status(s, 90, nil, "c")))
	same(t, "a day short", "open", since(status(s, 39, []scenario.Report{quiet}, "c")))
	same(t, "held", "met 40", since(status(s, 40, []scenario.Report{quiet}, "c")))
	breach := []scenario.Report{quiet, report("r2", "shelling", 25)}
	x := status(s, 50, breach, "c")
	same(t, "counts again", "open", since(x))
	same(t, "due", start+56, *x.Due)
	same(t, "held after a breach", "met 56", since(status(s, 60, breach, "c")))
	same(t, "not by the day after the last one without it", "open", since(status(s, 55, breach, "c")))
	late := []scenario.Report{quiet, report("r2", "shelling", 45)}
	same(t, "a breach once it was held", "met 40", since(status(s, 60, late, "c")))
	early := []scenario.Report{quiet, report("r2", "shelling", 9)}
	same(t, "a breach before it begins", "met 40", since(status(s, 60, early, "c")))
}

func TestCount(t *testing.T) {
	five := 5.0
	s := world(scenario.Condition{ID: "below", Count: &scenario.Count{Of: "raid", Area: "land", Window: 7, Below: &five}},
		scenario.Condition{ID: "above", Count: &scenario.Count{Of: "raid", Window: 7, Above: &five}})
	raids := []scenario.Report{with(report("r1", "raid", 20), func(r *scenario.Report) { r.Low, r.High = 4, 6 })}
	same(t, "a range below, cautious", "open", since(status(s, 22, raids, "below")))
	same(t, "a range above, cautious", "open", since(status(s, 22, raids, "above")))
	if x := status(s, 22, raids, "below"); !x.Disputed {
		t.Error("a range over the number leaves the condition undecided")
	}
	same(t, "out of the window", "met 27", since(status(s, 40, raids, "below")))
}

func TestOfOthers(t *testing.T) {
	s := world(scenario.Condition{ID: "a", Reported: "a"}, scenario.Condition{ID: "b", Reported: "b"},
		scenario.Condition{ID: "all", All: []string{"a", "b"}}, scenario.Condition{ID: "any", Any: []string{"a", "b"}}, scenario.Condition{ID: "not", Not: "a"})
	one := []scenario.Report{report("r1", "a", 5)}
	both := []scenario.Report{report("r1", "a", 5), report("r2", "b", 9)}
	for id, want := range map[string][3]string{"all": {"open", "open", "met 9"}, "any": {"open", "met 5", "met 5"}, "not": {"open", "failed 5", "failed 5"}} {
		for i, reports := range [][]scenario.Report{nil, one, both} {
			same(t, fmt.Sprint(id, i), want[i], since(status(s, 20, reports, id)))
		}
	}
}

// Two sides disagree: the condition is disputed, and is what the weighing says.
func TestDisputed(t *testing.T) {
	claims := []scenario.Report{report("r1", "deal", 5), with(report("r2", "denial", 6), func(r *scenario.Report) { r.Contradicts = []string{"r1"}; r.Credibility = '4' })}
	for weighing, want := range map[scenario.Weighing]string{"": "open", scenario.Cautious: "open", scenario.Trusting: "met 5", scenario.ByRating: "met 5"} {
		s := world(scenario.Condition{ID: "c", Reported: "deal"})
		s.Evidence = &scenario.Evidence{Disputed: weighing}
		x := status(s, 10, claims, "c")
		same(t, string(weighing), want, since(x))
		same(t, string(weighing)+" disputed", weighing != scenario.ByRating, x.Disputed)
		if x.Disputed {
			same(t, "claims", []conditions.Claim{{State: scenario.Met, Reports: []string{"r1"}}, {State: scenario.Open, Reports: []string{"r2"}}}, x.Claims)
		}
	}
}

// A report that is superseded no longer counts, from the day that the other came.
func TestSuperseded(t *testing.T) {
	s := world(scenario.Condition{ID: "c", Reported: "deal"})
	reports := []scenario.Report{report("r1", "deal", 5), with(report("r2", "rumour", 8), func(r *scenario.Report) { r.Supersedes = "r1" })}
	same(t, "before", "met 5", since(status(s, 7, reports, "c")))
	same(t, "after", "open", since(status(s, 8, reports, "c")))
}

func TestLeast(t *testing.T) {
	s := world(scenario.Condition{ID: "c", Reported: "deal"})
	s.Evidence = &scenario.Evidence{Least: "C3"}
	for rating, want := range map[string]string{"C3": "met 5", "A1": "met 5", "D3": "open", "C4": "open", "F6": "open"} {
		rated := with(report("r1", "deal", 5), func(r *scenario.Report) { r.Reliability, r.Credibility = rating[0], rating[1] })
		same(t, rating, want, since(status(s, 9, []scenario.Report{rated}, "c")))
	}
}

// Raids of 200 a night raise what is required, up to the most, and no longer once
// they are out of the window.
func TestRaised(t *testing.T) {
	s := world()
	raids := func(id string, day int, low, high float64) scenario.Report {
		return with(report(id, "raid", day), func(r *scenario.Report) { r.Low, r.High = low, high })
	}
	_, got := conditions.New(s, []scenario.Report{raids("r1", 10, 40, 60), raids("r2", 12, 200, 250)}, start+60, nil).Options()
	at := func(day int, add float64) scenario.Raise {
		return scenario.Raise{Post: "post", From: start + scenario.Date(day), Add: add}
	}
	same(t, "steps", []scenario.Raise{at(10, 1), at(12, 6), at(24, 5), at(26, 0)}, got)

	r, err := scenario.Resolve(s, scenario.Variant{Raised: got})
	if err != nil {
		t.Fatal(err)
	}
	var floors []string
	for _, l := range r.Posts[0].Lines {
		floors = append(floors, fmt.Sprintf("%g on [%d, %d)", l.Floor.Likely, l.From.Number(), l.Until.Number()))
	}
	same(t, "lines", []string{"1 on [0, 10)", "2 on [10, 12)", "7 on [12, 24)", "6 on [24, 26)", "1 on [26, 200)"}, floors)
	again, err := scenario.Resolve(r, scenario.Variant{Raised: got})
	if err != nil || again.Hash() != r.Hash() {
		t.Errorf("resolving what is resolved changes it: %v", err)
	}
	two := []scenario.Report{raids("r1", 10, 40, 60), with(raids("r2", 10, 100, 100), func(r *scenario.Report) { r.Contradicts = []string{"r1"} })}
	_, got = conditions.New(s, two, start+11, nil).Options()
	same(t, "of two claims of one raid the larger counts", []scenario.Raise{at(10, 2)}, got)
}

// An operation starts when its condition is met, and a caveat ends.
func TestStarts(t *testing.T) {
	s := world(scenario.Condition{ID: "go", Reported: "go"}, scenario.Condition{ID: "held", Reported: "held"})
	s.Operations[0].StartsWhen, s.Operations[0].StartsAfter = "go", 14
	s.Operations[0].Phases = append(s.Operations[0].Phases, scenario.Phase{ID: "main", From: scenario.DDayTime(30), StartsWhen: "held"})
	s.Contributors = []scenario.Contributor{{ID: "GBR", Caveats: []scenario.Caveat{{Operation: []string{"op"}, Until: "held"}}}}
	resolve := func(reports ...scenario.Report) *scenario.Scenario {
		t.Helper()
		outcomes, _ := conditions.New(s, reports, start+60, nil).Options()
		r, err := scenario.Resolve(s, scenario.Variant{Conditions: outcomes})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	phases := func(r *scenario.Scenario) (list []string) {
		for _, ph := range r.Operations[0].Phases {
			list = append(list, fmt.Sprintf("%s [%d, %d)", ph.ID, ph.From.Number(), ph.Until.Number()))
		}
		return list
	}
	open := resolve()
	same(t, "open", []string{"entry [90, 120)", "main [120, 200)"}, phases(open))
	same(t, "open caveat", []scenario.Caveat{{Operation: []string{"op"}}}, open.Contributors[0].Caveats)
	met := resolve(report("r1", "go", 20), report("r2", "held", 50))
	same(t, "met", []string{"entry [34, 50)", "main [50, 200)", "until held [0, 50)"}, phases(met))
	same(t, "met caveat", []scenario.Caveat{{Operation: []string{"op"}, Phase: []string{"until held"}}}, met.Contributors[0].Caveats)
	same(t, "D-day", 34, met.Operations[0].DDay.Likely.Number())
	same(t, "nothing is left", 0, len(met.Conditions))
	s.Conditions[0].By = scenario.DayTime(10)
	if r := resolve(); len(r.Operations) != 0 {
		t.Error("an operation whose condition has failed happens")
	}
}

// draw makes any conditions and reports.
func draw(t *rapid.T, plain bool) (*scenario.Scenario, []scenario.Report) {
	events := rapid.SampledFrom([]string{"a", "b", "raid"})
	days := rapid.IntRange(0, 60)
	var list []scenario.Condition
	for i := range rapid.IntRange(1, 6).Draw(t, "conditions") {
		k := scenario.Condition{ID: "c" + strconv.Itoa(i)}
		earlier := func(label string) string { return "c" + strconv.Itoa(rapid.IntRange(0, i-1).Draw(t, label)) }
		kind := rapid.IntRange(0, 6).Draw(t, "rule")
		if i == 0 && kind > 2 || plain && (kind == 2 || kind == 6) {
			kind = 1
		}
		five := float64(rapid.IntRange(0, 9).Draw(t, "limit"))
		switch kind {
		case 0:
			k.After = scenario.DayTime(days.Draw(t, "after"))
		case 1:
			k.Reported = events.Draw(t, "reported")
		case 2:
			k.Count = &scenario.Count{Of: events.Draw(t, "of"), Window: scenario.Days(rapid.IntRange(1, 20).Draw(t, "window"))}
			if rapid.Bool().Draw(t, "below") {
				k.Count.Below = &five
			} else {
				k.Count.Above = &five
			}
		case 3:
			k.HeldFor, k.Since, k.Breach = scenario.Days(rapid.IntRange(1, 20).Draw(t, "held")), earlier("since"), events.Draw(t, "breach")
		case 4:
			k.All = []string{earlier("all"), earlier("and")}
		case 5:
			k.Any = []string{earlier("any"), earlier("or")}
		case 6:
			k.Not = earlier("not")
		}
		if !plain && rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
			k.Fails = events.Draw(t, "event")
		}
		list = append(list, k)
	}
	s := world(list...)
	s.Evidence = &scenario.Evidence{Disputed: rapid.SampledFrom([]scenario.Weighing{"", scenario.Cautious, scenario.Trusting, scenario.ByRating}).Draw(t, "weighing")}
	var reports []scenario.Report
	for i := range rapid.IntRange(0, 12).Draw(t, "reports") {
		r := report("r"+strconv.Itoa(i), events.Draw(t, "event"), days.Draw(t, "day"))
		if !plain {
			r.Received += scenario.Date(rapid.IntRange(0, 20).Draw(t, "later"))
			r.Credibility = byte('1' + rapid.IntRange(0, 5).Draw(t, "credibility"))
			if i > 0 && rapid.Bool().Draw(t, "contradicts") {
				r.Contradicts = []string{"r" + strconv.Itoa(rapid.IntRange(0, i-1).Draw(t, "whom"))}
			}
			if i > 0 && rapid.IntRange(0, 3).Draw(t, "supersedes") == 0 {
				r.Supersedes = "r" + strconv.Itoa(rapid.IntRange(0, i-1).Draw(t, "old"))
			}
		}
		reports = append(reports, r)
	}
	return s, reports
}

// The order in which reports arrive in the table does not matter.
func TestOrderDoesNotMatter(t *testing.T) {
	checks(t, 300)
	rapid.Check(t, func(t *rapid.T) {
		s, reports := draw(t, false)
		today := start + scenario.Date(rapid.IntRange(0, 90).Draw(t, "today"))
		want := conditions.New(s, reports, today, nil).Status()
		shuffled := append([]scenario.Report(nil), reports...)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(want, conditions.New(s, shuffled, today, nil).Status()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The status of a day is the same whatever came later.
func TestLaterReportsDoNotCount(t *testing.T) {
	checks(t, 300)
	rapid.Check(t, func(t *rapid.T) {
		s, reports := draw(t, false)
		today := start + scenario.Date(rapid.IntRange(0, 90).Draw(t, "today"))
		var by []scenario.Report
		for _, r := range reports {
			if r.Received <= today {
				by = append(by, r)
			}
		}
		if diff := cmp.Diff(conditions.New(s, by, today, nil).Status(), conditions.New(s, reports, today, nil).Status()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Where nothing is superseded, contradicted, counted, negated or failing, and
// reports come on their day, what is met stays met since the same day.
func TestMetStaysMet(t *testing.T) {
	checks(t, 300)
	rapid.Check(t, func(t *rapid.T) {
		s, reports := draw(t, true)
		before := map[string]string{}
		for day := range 90 {
			for _, x := range conditions.New(s, reports, start+scenario.Date(day), nil).Status().Conditions {
				now := since(x)
				if was := before[x.ID]; was != "" && was != "open" && was != now {
					t.Fatalf("%s was %s and is %s on day %d", x.ID, was, now, day)
				}
				if x.State == scenario.Met && *x.Since > start+scenario.Date(day) {
					t.Fatalf("%s is met on day %d since later", x.ID, day)
				}
				before[x.ID] = now
			}
		}
	})
}

// checks sets the number of random cases and their seed, so that a run is
// repeatable, unless the flags do.
func checks(t *testing.T, n int) {
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(n), "rapid.seed": "20250401"} {
		f := flag.Lookup(name)
		was := f.Value.String()
		if was != f.DefValue {
			continue
		}
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(was) })
	}
}

// Ten thousand reports and twenty conditions.
func BenchmarkStatus(b *testing.B) {
	var list []scenario.Condition
	limit := 100.0
	for i := range 20 {
		k := scenario.Condition{ID: "c" + strconv.Itoa(i), Reported: "event" + strconv.Itoa(i)}
		if i%2 == 1 {
			k = scenario.Condition{ID: k.ID, Count: &scenario.Count{Of: "event0", Window: 30, Below: &limit}}
		}
		list = append(list, k)
	}
	s := world(list...)
	var reports []scenario.Report
	for i := range 10_000 {
		reports = append(reports, report("r"+strconv.Itoa(i), "event"+strconv.Itoa(i%40), i%190))
	}
	for b.Loop() {
		conditions.New(s, reports, start+195, nil).Status()
	}
}
