package engine_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// drawVariant draws one of the plans that a scenario allows.
func drawVariant(t *rapid.T, s *scenario.Scenario) scenario.Variant {
	v := scenario.Variant{
		DDay:     map[string]scenario.Date{},
		Policy:   rapid.SampledFrom(append([]scenario.Policy{""}, scenario.Policies...)).Draw(t, "policy"),
		Maturity: rapid.SampledFrom(append([]scenario.Pledge{""}, scenario.Pledges...)).Draw(t, "maturity"),
	}
	for _, op := range s.Operations {
		switch rapid.IntRange(0, 3).Draw(t, "operation") {
		case 0:
			v.Without = append(v.Without, op.ID)
		case 1:
			v.DDay[op.ID] = s.Calendar.Date(rapid.IntRange(0, s.Calendar.Days-1).Draw(t, "D-day"))
		}
	}
	for _, c := range s.Contributors {
		if rapid.IntRange(0, 3).Draw(t, "contributor") == 0 {
			v.Lost = append(v.Lost, c.ID)
		}
	}
	if rapid.Bool().Draw(t, "today is given") {
		today := s.Calendar.Date(rapid.IntRange(0, s.Calendar.Days-1).Draw(t, "today"))
		v.Today = &today
	}
	return v
}

// TestAPlanSaysWhatItIsOf holds that a plan of any variant can be checked by somebody
// who has no more than the scenario as written and the plan: also a plan of a resolved
// scenario that was resolved again, with a plan in force.
func TestAPlanSaysWhatItIsOf(t *testing.T) {
	checks(t, 150)
	planned, without, lost, changed := 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		written := drawScenario(t, shape{days: 40, units: 5, posts: 4})
		if _, ok := sound(written); !ok {
			t.Skip("the scenario has problems")
		}
		v := drawVariant(t, written)
		resolved, err := scenario.Resolve(written, v)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "in force") {
			before, err := engine.Solve(context.Background(), resolved, engine.Options{Seed: 1, Iterations: 5, NoBound: true})
			if err != nil {
				return // pins
			}
			today := written.Calendar.Date(rapid.IntRange(0, written.Calendar.Days-1).Draw(t, "now"))
			if resolved, err = scenario.Resolve(resolved, scenario.Variant{Today: &today, InForce: before.Orders(today)}); err != nil {
				t.Fatal(err)
			}
			changed++
		}
		p, err := engine.Solve(context.Background(), resolved, engine.Options{Seed: 1, Iterations: 20, NoBound: true})
		if err != nil {
			return // pins
		}
		planned, without, lost = planned+1, without+len(v.Without), lost+len(v.Lost)
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var told plan.Plan
		if err := json.Unmarshal(b, &told); err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Resolve(written, told.Variant())
		if err != nil {
			t.Fatalf("resolve what the plan says it is of: %v", err)
		}
		if a, b := asJSON(t, resolved), asJSON(t, again); a != b {
			t.Fatalf("planned %s\nthe plan says %s", a, b)
		}
		mustHold(t, again, &told)
		if !slices.Equal(v.Lost, told.Options.Lost) {
			t.Fatalf("lost %v, the plan says %v", v.Lost, told.Options.Lost)
		}
	})
	if planned == 0 || without == 0 || lost == 0 || changed == 0 {
		t.Errorf("%d planned, %d operations left out, %d contributors lost, %d with a plan in force; want some of each", planned, without, lost, changed)
	}
}

func asJSON(t *rapid.T, x any) string {
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
