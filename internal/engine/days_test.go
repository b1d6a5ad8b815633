package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/compact"
	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/explain"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// timesOf lists the times of a scenario that are given, in the order of its fields.
func timesOf(v reflect.Value) (all []*scenario.Time) {
	if t, ok := v.Addr().Interface().(*scenario.Time); ok {
		if t.IsZero() {
			return nil
		}
		return []*scenario.Time{t}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				all = append(all, timesOf(v.Field(i))...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, timesOf(v.Index(i))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return timesOf(v.Elem())
		}
	}
	return all
}

// drawDay draws a day number: at an edge of the calendar, near it, or as far as dates go.
func drawDay(t *rapid.T, days int) int {
	switch rapid.IntRange(0, 3).Draw(t, "kind of day") {
	case 0:
		return rapid.SampledFrom([]int{-1, 0, 1, days - 1, days, days + 1, 2*days - 1, 2 * days}).Draw(t, "edge")
	case 1:
		return rapid.IntRange(-400, 400).Draw(t, "near")
	case 2:
		return rapid.SampledFrom([]int{45_809, -45_809, 100_000, -100_000, 9_862, -36_500}).Draw(t, "slip")
	}
	return rapid.IntRange(-700_000, 2_900_000).Draw(t, "far")
}

// TestAnyDayOfAResolvedScenarioIsSafe: a resolved scenario may have its days anywhere, as D-days come
// from flags, requests, reports and branches. Whatever works on it does so without a
// panic, and its plans hold.
func TestAnyDayOfAResolvedScenarioIsSafe(t *testing.T) {
	checks(t, 300)
	planned := 0
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: rapid.IntRange(5, 30).Draw(t, "days"), units: rapid.IntRange(1, 5).Draw(t, "units"), posts: rapid.IntRange(1, 4).Draw(t, "posts")}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		if rapid.Bool().Draw(t, "in force") {
			r = withPlanInForce(t, r)
		}
		r.Units[0].Postures = []scenario.Posture{{From: scenario.DayTime(1), Notice: 0, Cost: 1}}
		for _, at := range timesOf(reflect.ValueOf(r).Elem()) {
			if rapid.IntRange(0, 2).Draw(t, "moved") == 0 {
				*at = scenario.DayTime(drawDay(t, r.Calendar.Days))
			}
		}
		for i := range r.InForce { // as scenario.Resolve has it
			x := &r.InForce[i]
			x.Given = x.Given && 0 <= x.Depart.Number() && x.Depart.Number() < x.Until.Number() && x.Until.Number() <= r.Calendar.Days
		}
		if everything(t, r) {
			planned++
		}
	})
	if planned == 0 {
		t.Error("no scenario was planned, so nothing was tested")
	}
	t.Logf("%d planned", planned)
}

// TestFarDaysAreDoubtedOrPlanned: a scenario whose days were moved anywhere has a problem,
// or a plan that holds, for any D-day and today asked for and any outcome of its conditions.
func TestFarDaysAreDoubtedOrPlanned(t *testing.T) {
	checks(t, 300)
	doubted, planned := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, shape{days: rapid.IntRange(5, 30).Draw(t, "days"), units: rapid.IntRange(1, 5).Draw(t, "units"), posts: rapid.IntRange(1, 4).Draw(t, "posts")})
		c := s.Calendar
		s.Conditions = []scenario.Condition{{ID: "thaw", After: scenario.DayTime(2), By: scenario.DayTime(4), Expected: scenario.DayTime(3)}}
		s.Contributors[0].Caveats = append(s.Contributors[0].Caveats, scenario.Caveat{Domain: []string{"land"}, Until: "thaw"})
		if len(s.Operations) > 0 && rapid.Bool().Draw(t, "starts when") {
			op := &s.Operations[0]
			op.StartsWhen, op.StartsAfter, op.Phases[0].StartsWhen = "thaw", scenario.Days(rapid.IntRange(0, 700_000).Draw(t, "starts after")), "thaw"
		}
		for _, at := range timesOf(reflect.ValueOf(s).Elem()) {
			if rapid.IntRange(0, 9).Draw(t, "moved") > 0 {
				continue
			}
			if *at = scenario.DayTime(drawDay(t, c.Days)); rapid.Bool().Draw(t, "date") {
				*at = scenario.DateTime(c.Date(at.Number()))
			}
		}
		for _, p := range scenario.Check(s) {
			if !p.Warning {
				doubted++
				return
			}
		}
		date := func(name string) *scenario.Date {
			if rapid.IntRange(0, 2).Draw(t, name) > 0 {
				return nil
			}
			d := c.Date(drawDay(t, c.Days))
			return &d
		}
		o := scenario.Variant{Today: date("today"), DDay: map[string]scenario.Date{}, Conditions: map[string]scenario.Outcome{}}
		if d := date("d-day"); d != nil && len(s.Operations) > 0 {
			o.DDay["op"] = *d
		}
		if d := date("outcome"); d != nil {
			o.Conditions["thaw"] = scenario.Outcome{State: rapid.SampledFrom([]scenario.State{scenario.Open, scenario.Met, scenario.Failed}).Draw(t, "state"), Date: d}
		}
		r, err := scenario.Resolve(s, o)
		if err != nil {
			t.Fatal(err)
		}
		if everything(t, r) {
			planned++
		}
	})
	if doubted == 0 || planned == 0 {
		t.Errorf("%d scenarios doubted and %d planned; want some of each", doubted, planned)
	}
	t.Logf("%d doubted, %d planned", doubted, planned)
}

// everything works on a resolved scenario in every way that needs no other input. It
// reports whether there was a plan.
func everything(t *rapid.T, r *scenario.Scenario) bool {
	if _, err := compact.New(r).WriteMPS(io.Discard); err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 30})
	if _, ok := errors.AsType[*engine.PinError](err); ok {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, r, p)
	again, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 5, From: p, NoBound: true})
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, r, again)
	if _, err := report.Checked(r, p, verify.Check(r, p)); err != nil {
		t.Fatal(err)
	}
	if _, err := report.NewTimetable(r, p, r.Calendar.Date(r.Today.Number())); err != nil {
		t.Fatal(err)
	}
	explained(t, r, p)
	questioned(t, r, p)
	return true
}

// explained asks for every unit, and for every post on the first day, one inside and the last.
func explained(t *rapid.T, r *scenario.Scenario, p *plan.Plan) {
	ask := func(id string, day *scenario.Date) {
		if _, err := explain.Explain(r, p, id, day); err != nil {
			if _, unknown := errors.AsType[*explain.Unknown](err); !unknown {
				t.Fatal(err)
			}
		}
	}
	for _, u := range r.Units {
		ask(u.ID, nil)
	}
	for _, day := range []int{0, r.Calendar.Days / 2, r.Calendar.Days - 1} {
		date := r.Calendar.Date(day)
		for _, x := range r.Posts {
			ask(x.ID, &date)
		}
	}
}

// questioned asks one question, drawn. It may say that there is nothing to answer.
func questioned(t *rapid.T, r *scenario.Scenario, p *plan.Plan) {
	if len(r.Posts) == 0 {
		return // all of an operation that does not happen
	}
	c := r.Calendar
	first := c.Date(drawDay(t, c.Days))
	days := planner.DDayOptions{FirstDay: &first, LastDay: new(first + 20), Step: 10}
	options := map[string]any{
		"d-day": days, "postures": planner.PosturesOptions{DDayOptions: days}, "samples": planner.SamplesOptions{N: 2}, "ask": planner.AskOptions{Most: 1},
		"robust": planner.RobustOptions{LeaveOn: new(c.Date(1 + c.Days/2))}, "conflicts": planner.ConflictsOptions{Post: r.Posts[0].ID, Day: c.Date(c.Days / 2)},
		"explain": planner.ExplainOptions{ID: r.Units[0].ID}, "tradeoff": planner.TradeoffOptions{Points: 2},
	}
	q := rapid.SampledFrom(planner.Questions()).Draw(t, "question")
	in := planner.Input{Search: planner.Search{Seed: 1, Iterations: 3, Threads: 1, From: p}, Options: options[q.Name]}
	for range q.Plans {
		in.Plans = append(in.Plans, p)
	}
	found, err := q.Ask(context.Background(), planner.Checked(r), in)
	_, pins := errors.AsType[*engine.PinError](err)
	_, nothing := errors.AsType[*planner.NothingError](err)
	_, outside := errors.AsType[*planner.OptionError](err)
	_, missing := errors.AsType[*scenario.UnknownError](err)
	switch {
	case pins || nothing || outside || missing:
	case err != nil:
		t.Fatal(fmt.Errorf("question %s: %w", q.Name, err))
	default:
		q.Tell(r, found)
	}
}

// TestOperationAfterTheCalendar: an operation whose D-day lies after the calendar does not
// begin in it. The plan is that without its posts.
func TestOperationAfterTheCalendar(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	solve := func(o scenario.Variant) *plan.Plan {
		r, err := scenario.Resolve(s, o)
		if err != nil {
			t.Fatal(err)
		}
		p, err := engine.Solve(t.Context(), r, engine.Options{Seed: 1, Iterations: 300})
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, r, p)
		return p
	}
	want := solve(scenario.Variant{Without: []string{"reassurance"}}).Metrics
	for _, years := range []int{1, 2, 5, 15, 27, 180, 7000} {
		day := s.Calendar.Start + scenario.Date(years*365)
		got := solve(scenario.Variant{DDay: map[string]scenario.Date{"reassurance": day}}).Metrics
		if got.Objective != want.Objective || got.Bound != want.Bound || got.ExposureDays.Operations != 0 || got.IOC["reassurance"] != nil {
			t.Errorf("D-day on %s: cost %g, bound %g, %g exposure-days at operations, IOC %v; without the operation cost %g, bound %g",
				day, got.Objective, got.Bound, got.ExposureDays.Operations, got.IOC["reassurance"], want.Objective, want.Bound)
		}
	}
}
