package explain

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

func planned(t *testing.T, s *scenario.Scenario) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 200, NoBound: true})
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

func tiny(t *testing.T) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return planned(t, s)
}

// TestAgainstTruth tries every one-leg tour of each unit of the tiny example
// that is at home, at every post, and wants the cheapest that the checker passes.
func TestAgainstTruth(t *testing.T) {
	s, p := tiny(t)
	objective := verify.Check(s, p).Metrics.Objective
	compared := 0
	for i := range s.Units {
		u := &s.Units[i]
		if u.At != nil {
			continue
		}
		a, err := Explain(s, p, u.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range a.Alternatives {
			least := cheapest(s, p, u, x.Post) - objective
			compared++
			if x.Possible != !math.IsInf(least, 1) || x.Possible && math.Abs(x.CostAdded-least) > 1e-6 {
				t.Errorf("%s at %s: possible %v for %g (%s: %s); by trying all: %g", u.ID, x.Post, x.Possible, x.CostAdded, x.Rule, x.Reason, least)
			}
		}
	}
	if compared < 4 {
		t.Errorf("%d alternatives compared", compared)
	}
}

// cheapest is the least cost of the plan with the unit's tours replaced by one
// leg, by the checker alone; infinite if it passes none.
func cheapest(s *scenario.Scenario, p *plan.Plan, u *scenario.Unit, post string) float64 {
	n := scenario.NewNetwork(s)
	var q *scenario.Post
	for i := range s.Posts {
		if s.Posts[i].ID == post {
			q = &s.Posts[i]
		}
	}
	approval := 0
	for _, c := range s.Contributors {
		if c.ID == u.Contributor && q.Operation != "" {
			approval = int(c.Approval)
		}
	}
	home, _ := n.Place(u.Home)
	there, _ := n.Place(q.Place)
	back, _ := n.Back(u, there, home)
	least := math.Inf(1)
	for _, w := range n.Ways(u, home, there) {
		lift := plan.Self
		if w.Pool >= 0 {
			lift = s.Lift[w.Pool].ID
		}
		for depart := range s.Calendar.Days {
			for until := depart + 1; until <= s.Calendar.Days; until++ {
				arrive := depart + w.Days()
				date := s.Calendar.Date
				order := date(depart - int(u.Notice))
				decide := order - scenario.Date(approval)
				with := &plan.Plan{Tours: []plan.Tour{{Unit: u.ID, Home: date(until + back), Legs: []plan.Leg{{
					Post: post, As: plan.All, Lift: &lift, OrderBy: &order, DecideBy: &decide,
					Depart: date(depart), Arrive: date(arrive), Effective: date(arrive + int(q.RSOM) + int(q.Handover)), Until: date(until),
				}}}}}
				for _, other := range p.Tours {
					if other.Unit != u.ID {
						with.Tours = append(with.Tours, other)
					}
				}
				if r := verify.Check(s, with); len(r.Breaches) == 0 {
					least = min(least, r.Metrics.Objective)
				}
			}
		}
	}
	return least
}

// TestCostIsTheCheckers holds the sums to the checker: each alternative of each
// unit, and for each post on several days, keeps every rule and costs what is
// said.
func TestCostIsTheCheckers(t *testing.T) {
	large, err := generate.Scenario(generate.Options{Units: 24, Posts: 8, Days: 150, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	rotating := *large
	tour, onTheWay, short := 12.0, 0.5, 2.0
	rotating.Weights = &scenario.Weights{Tour: &tour, OnTheWay: &onTheWay, ShortTour: &short, ShortStay: &short}
	rotating.Units, rotating.Posts = slices.Clone(large.Units), slices.Clone(large.Posts)
	for i := range rotating.Units {
		rotating.Units[i].Tour.Usual = 80
	}
	for i := range rotating.Posts {
		rotating.Posts[i].Stay.Usual = 50
	}
	checked, rules := 0, map[verify.Rule]int{}
	try := func(s *scenario.Scenario, p *plan.Plan) {
		r, err := newReasoner(s, p)
		if err != nil {
			t.Fatal(err)
		}
		hold := func(list []Alternative) {
			for _, x := range list {
				if !x.Possible {
					rules[x.Rule]++
					continue
				}
				got := x
				r.check(&got)
				checked++
				if !got.Verified || math.Abs(got.CostAdded-x.CostAdded) > 1e-6 {
					t.Errorf("%s at %s, leg %+v: said to cost %g; by the checker %g (%s: %s)", x.Unit, x.Post, *x.Leg, x.CostAdded, got.CostAdded, got.Rule, got.Reason)
				}
			}
		}
		for i := range s.Units {
			u := &s.Units[i]
			tour, leg := r.asked(u, nil)
			for j := range s.Posts {
				if q := &s.Posts[j]; q.HomeOf == "" {
					hold([]Alternative{r.alternative(u, q, tour, leg, nil)})
				}
			}
		}
		for j := range s.Posts {
			for day := 10; day < s.Calendar.Days && s.Posts[j].HomeOf == ""; day += 37 {
				date := s.Calendar.Date(day)
				for i := range s.Units {
					tour, leg := r.asked(&s.Units[i], &date)
					hold([]Alternative{r.alternative(&s.Units[i], &s.Posts[j], tour, leg, &date)})
				}
			}
		}
	}
	try(tiny(t))
	try(planned(t, large))
	try(planned(t, &rotating))
	for i, id := range []string{large.Contributors[0].ID, large.Contributors[1].ID} {
		at := scenario.Post{ID: "home of " + id, Place: large.Places[0].ID, HomeOf: id, RestingCounts: i == 1}
		for _, k := range large.Capabilities {
			at.Lines = append(at.Lines, scenario.Line{Capability: k.ID, Floor: scenario.Exactly(2)})
		}
		large.Posts = append(large.Posts, at)
	}
	try(planned(t, large))
	t.Logf("%d alternatives checked, barred by %v", checked, rules)
	if checked < 100 || len(rules) < 4 {
		t.Errorf("%d alternatives checked, barred by %v; want 100 or more, and four rules", checked, rules)
	}
}

// TestPossibleAfterAll: what was once denied for want of looking. A unit comes as a second
// tour, after one that ends sooner or as planned; or from the post that it holds on day 0,
// from which the plan sends it home.
func TestPossibleAfterAll(t *testing.T) {
	for _, c := range []struct {
		file, unit, post string
		added            float64
	}{{"explain-1031", "u0", "post0", 139.2}, {"explain-1118", "u1", "post2", 1.5}, {"explain-1131", "u0", "post1", 0.5}, {"explain-1054", "u0", "post0", 0.5}} {
		s, p := read(t, c.file)
		w := *s.Weights
		w.IOC = new(float64) // what is added is known of a time without such a price
		s.Weights = &w
		a, err := Explain(s, p, c.unit, nil)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(a.Alternatives, func(x Alternative) bool { return x.Post == c.post })
		if x := a.Alternatives[i]; !x.Possible || !x.Verified || x.CostAdded > c.added+0.01 {
			t.Errorf("%s: %s at %s: possible %v for %+.2f (%s: %s), want at most %+.2f", c.file, c.unit, c.post, x.Possible, x.CostAdded, x.Rule, x.Reason, c.added)
		}
	}
}

// read reads a scenario that somebody found, and a plan of it.
func read(t *testing.T, name string) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	cases := needs.Data(t, "../../../shared/cases")
	s, _, err := formats.ReadScenario(filepath.Join(cases, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan(filepath.Join(cases, name+".plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, p.Variant())
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

// TestFromThePostOfDayZero: a unit that the plan sends home from the post that it holds on
// day 0 could have stayed there, or gone on from there.
func TestFromThePostOfDayZero(t *testing.T) {
	s, p := tiny(t)
	unit := ""
	for i := range s.Units {
		if s.Units[i].At != nil && s.Units[i].At.Post == "tapa" {
			unit = s.Units[i].ID
		}
	}
	p.Tours = slices.DeleteFunc(p.Tours, func(t plan.Tour) bool { return t.Unit == unit })
	if err := plan.Measure(s, p, 0); err != nil {
		t.Fatal(err)
	}
	a, err := Explain(s, p, unit, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range a.Alternatives {
		if !x.Possible || !x.Verified || x.Post == "tapa" && (x.CostAdded >= 0 || x.Leg.OnDayZero() != true) {
			t.Errorf("%s: possible %v (%s: %s) for %+g, %+v", x.Post, x.Possible, x.Rule, x.Reason, x.CostAdded, x.Leg)
		}
	}
	if len(a.Alternatives) != 2 {
		t.Errorf("%d alternatives, want the two posts", len(a.Alternatives))
	}
}

func TestUnknown(t *testing.T) {
	s, p := tiny(t)
	outside := s.Calendar.Start - 1
	for _, c := range []struct {
		id   string
		day  *scenario.Date
		want string
	}{
		{"tappa", nil, `scenario "tiny" has no unit or post "tappa". Maybe: tapa`},
		{"tapa", nil, `say for which day post "tapa" is asked, as --day DATE`},
		{"tapa", &outside, "2025-04-30 is outside the calendar, 2025-05-01 to 2025-06-29"},
	} {
		if _, err := Explain(s, p, c.id, c.day); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v; want %s", c.id, err, c.want)
		}
	}
}

// A unit that cannot leave its post for its least stay is told so, not that it rests.
func TestNamesTheStay(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stay := scenario.Days(90) // since 15 March, so until 13 June
	for i := range s.Posts {
		if s.Posts[i].ID == "tapa" {
			s.Posts[i].Stay.Min = &stay
		}
	}
	r, p := planned(t, s)
	day := r.Calendar.Date(35) // 5 June
	a, err := Explain(r, p, "lviv", &day)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range a.Alternatives {
		if x.Unit == "gbr-1" {
			if want := "its least stay at tapa lasts until 2025-06-13"; x.Rule != "tour" || x.Reason != want {
				t.Errorf("%s: %s; want tour: %s", x.Rule, x.Reason, want)
			}
			return
		}
	}
	t.Error("nothing is said of gbr-1")
}
