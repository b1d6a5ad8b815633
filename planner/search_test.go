package planner_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

const iterations = 1000

func tiny(t *testing.T) *scenario.Scenario {
	t.Helper()
	s, _, err := formats.ReadScenario("../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func resolve(t *testing.T, s *scenario.Scenario, o scenario.Variant) *scenario.Scenario {
	t.Helper()
	r, err := scenario.Resolve(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// optimum is the cost of a plan that is proven to be the cheapest.
func optimum(t *testing.T, s *scenario.Scenario) float64 {
	t.Helper()
	p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 7, Iterations: 3000})
	if err != nil {
		t.Fatal(err)
	}
	if p.Metrics.GapOfCover > 1e-3 {
		t.Fatalf("no proof: cost %g, bound %g", p.Metrics.Objective, p.Metrics.Bound)
	}
	return p.Metrics.Objective
}

// TestLoseOne compares each loss of the tiny example with the proven optimum of
// a file that never had the contributor, and with figures found by hand.
func TestLoseOne(t *testing.T) {
	s := tiny(t)
	got, err := planner.Checked(resolve(t, s, scenario.Variant{})).Lose(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: iterations}, planner.LoseOptions{AtATime: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Losses) != 4 {
		t.Fatalf("%d losses; four contributors have units", len(got.Losses))
	}
	for _, l := range got.Losses {
		never := *s
		never.Units = slices.DeleteFunc(slices.Clone(s.Units), func(u scenario.Unit) bool { return u.Contributor == l.Contributors[0] })
		r := resolve(t, &never, scenario.Variant{})
		if want := optimum(t, r); math.Abs(l.Outcome.Objective-want) > 1 {
			t.Errorf("without %s: cost %g; the cheapest plan costs %g", l.Contributors[0], l.Outcome.Objective, want)
		}
		p := *l.Outcome.Plan()
		if checked := verify.Check(r, &p); !checked.OK() {
			t.Errorf("without %s: %v", l.Contributors[0], checked.Breaches)
		}
		if l.CostAddedAtLeast > l.CostAdded+1e-6 {
			t.Errorf("without %s: %g added, but %g proven", l.Contributors[0], l.CostAdded, l.CostAddedAtLeast)
		}
		// The hospital is wanted for 19 days, of which 12 are covered.
		if l.Contributors[0] == "NOR" && (math.Abs(l.OperationsAdded-12) > 1e-9 || l.Posts[0].Post != "lviv") {
			t.Errorf("without NOR: %g exposure-days added, at %v; 12 by hand, at lviv", l.OperationsAdded, l.Posts)
		}
	}
	if got.Losses[0].Contributors[0] != "NOR" || got.Losses[1].Contributors[0] != "GBR" {
		t.Errorf("the worst losses are %v and %v; nobody else has a hospital, and the United Kingdom holds both posts", got.Losses[0].Contributors, got.Losses[1].Contributors)
	}
}

// TestLoseWhoHasBeenOrdered: what a contributor was ordered that leaves is dropped, and
// the orders of the others stay.
func TestLoseWhoHasBeenOrdered(t *testing.T) {
	s := tiny(t)
	p, err := engine.Solve(context.Background(), resolve(t, s, scenario.Variant{}), engine.Options{Seed: 1, Iterations: iterations})
	if err != nil {
		t.Fatal(err)
	}
	today := s.Calendar.Start + 25
	orders := p.Orders(today)
	given := slices.ContainsFunc(orders, func(x scenario.Order) bool { return x.Given && x.Unit == "fra-1" })
	if !given {
		t.Fatalf("no French order has been given by %s: %+v", today, orders)
	}
	got, err := planner.Checked(s).Lose(context.Background(), planner.Variant{Today: &today, InForce: orders}, planner.Search{Seed: 1, Iterations: iterations}, planner.LoseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Losses) != 4 {
		t.Errorf("%d losses; four contributors have units", len(got.Losses))
	}
}

func TestLoseTwo(t *testing.T) {
	r := resolve(t, tiny(t), scenario.Variant{})
	got, err := planner.Checked(r).Lose(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: iterations}, planner.LoseOptions{AtATime: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Losses) != 6 {
		t.Errorf("%d losses of four contributors; want 6 pairs", len(got.Losses))
	}
	// Without the British and the French nobody but Poland has a battlegroup, and it
	// may not go to Lviv. Without the British and Poland the one battlegroup that is
	// left goes where it is dearest, to Tapa. Nobody but Norway has a hospital.
	veto := [][]string{{"GBR", "FRA"}, {"GBR", "POL"}, {"GBR", "NOR"}, {"POL", "NOR"}, {"FRA", "NOR"}}
	for i, l := range got.Losses {
		want := slices.ContainsFunc(veto, func(pair []string) bool { return slices.Equal(pair, l.Contributors) })
		if l.Veto != want || l.Veto != (i < len(veto)) {
			t.Errorf("rank %d, %v: veto %v, want %v", i+1, l.Contributors, l.Veto, want)
		}
	}
	if _, err := planner.Checked(r).Lose(context.Background(), planner.Variant{}, planner.Search{}, planner.LoseOptions{AtATime: 3}); err == nil {
		t.Error("three at a time are not refused")
	}
}

// TestThreadsDoNotMatter holds that iterations give the same bytes.
func TestThreadsDoNotMatter(t *testing.T) {
	r := resolve(t, tiny(t), scenario.Variant{})
	run := func(threads int) string {
		o := planner.Search{Seed: 3, Iterations: 50, Threads: threads}
		losses, err := planner.Checked(r).Lose(context.Background(), planner.Variant{}, o, planner.LoseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		curve, err := planner.Checked(r).Tradeoff(context.Background(), planner.Variant{}, o, planner.TradeoffOptions{Points: 5})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal([]any{losses, curve})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if one, two := run(1), run(2); one != two {
		t.Errorf("one thread:\n%s\ntwo:\n%s", one, two)
	}
}

// TestDDay compares a day of the sweep with the optimum of that day.
func TestDDay(t *testing.T) {
	s := tiny(t)
	from := s.Calendar.Date(20)
	got, err := planner.Checked(s).DDay(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: iterations},
		planner.DDayOptions{Operation: "reassurance", FirstDay: &from, LastDay: new(from + 16), Step: 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Days) != 5 {
		t.Fatalf("%d days; want 5", len(got.Days))
	}
	for _, d := range got.Days {
		r := resolve(t, s, scenario.Variant{DDay: map[string]scenario.Date{"reassurance": d.DDay}})
		if want := optimum(t, r); math.Abs(d.Outcome.Objective-want) > 0.01*want {
			t.Errorf("D-day %s: cost %g; the cheapest plan costs %g", d.DDay, d.Outcome.Objective, want)
		}
		if d.IOCAfter == nil || *d.IOCAfter < 0 {
			t.Errorf("D-day %s: IOC after %v days", d.DDay, d.IOCAfter)
		}
	}
}

// TestTradeoff holds the shape of the curve: more exposure of the one buys less
// of the other, each plan passes the checker at the scenario's prices, and no
// plan costs less than its bound.
func TestTradeoff(t *testing.T) {
	s, err := generate.Scenario(generate.Options{Units: 24, Posts: 8, Days: 150, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	r := resolve(t, s, scenario.Variant{})
	curve, err := planner.Checked(r).Tradeoff(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 150}, planner.TradeoffOptions{Points: 7})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range curve.Points {
		o := p.Outcome
		if o.Bound > o.Objective+1e-6 {
			t.Errorf("point %d: bound %g above %g", i, o.Bound, o.Objective)
		}
		if i > 0 && (o.ExposureStanding <= curve.Points[i-1].Outcome.ExposureStanding || o.ExposureOperations >= curve.Points[i-1].Outcome.ExposureOperations) {
			t.Errorf("point %d is beaten by the one before it: %+v", i, o)
		}
		q := p.Plan()
		if q.Metrics.ExposureDays.Standing != o.ExposureStanding {
			t.Errorf("point %d: %g standing by the plan, %g by the curve", i, q.Metrics.ExposureDays.Standing, o.ExposureStanding)
		}
	}
	t.Logf("%d points, knee %d", len(curve.Points), curve.Knee)
	if len(curve.Points) < 2 || curve.Knee >= len(curve.Points) {
		t.Errorf("%d points, knee %d", len(curve.Points), curve.Knee)
	}
}

// TestFromAnotherScenario starts from a plan that names units and posts that are
// not there any more.
func TestFromAnotherScenario(t *testing.T) {
	r := resolve(t, tiny(t), scenario.Variant{})
	strange := &plan.Plan{Tours: []plan.Tour{{Unit: "nobody"}, {Unit: "pol-1", Legs: []plan.Leg{{Post: "nowhere"}}}}}
	if _, err := planner.Checked(r).Lose(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 20, From: strange}, planner.LoseOptions{AtATime: 1}); err != nil {
		t.Error(err)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := planner.Checked(resolve(t, tiny(t), scenario.Variant{})).Lose(ctx, planner.Variant{}, planner.Search{Seed: 1, Iterations: 20}, planner.LoseOptions{AtATime: 1}); err == nil {
		t.Error("half an answer is given")
	}
}
