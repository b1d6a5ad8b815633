package engine_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// TestPlansAreWhatTheBoundTakesForGranted holds plans of random scenarios of every
// feature: what they cover to what their units can reach, and their cost to the
// numbers of which it must be a multiple.
func TestPlansAreWhatTheBoundTakesForGranted(t *testing.T) {
	checks(t, 1500)
	met, short, grained := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: 30, units: rapid.IntRange(1, 6).Draw(t, "units"), posts: rapid.IntRange(1, 5).Draw(t, "posts")}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		if rapid.Bool().Draw(t, "in force") {
			r = withPlanInForce(t, r)
		}
		known, err := engine.Know(r)
		if err != nil {
			t.Fatal(err)
		}
		p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 40, NoBound: true})
		if _, ok := errors.AsType[*engine.PinError](err); ok {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if g := known.Grain; g > 0 {
			if k := p.Metrics.Objective / g; math.Abs(k-math.Round(k)) > tolerance*max(1, k) {
				t.Fatalf("the plan costs %.12g, not a multiple of %.12g", p.Metrics.Objective, g)
			}
			if g > 0.1 {
				grained++
			}
		}
		e, err := plan.Evaluate(r, p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range e.Lines {
			for d, cover := range e.Lines[i].Cover {
				if !counts(r, i, d) {
					continue
				}
				reach := known.Reach[i*r.Calendar.Days+d]
				if cover > reach+tolerance {
					t.Fatalf("line %d on day %d: the plan covers %g, out of reach are all but %g", i, d, cover, reach)
				}
				if cover > 0 && cover > reach-tolerance {
					met++
				} else if reach == 0 {
					short++
				}
			}
		}
	})
	if met == 0 || short == 0 || grained == 0 {
		t.Errorf("%d times all that can be reached was there, %d times nothing could be, %d costs of a grain; want all", met, short, grained)
	}
}

// counts reports whether the n-th line of a resolved scenario counts on a day.
func counts(s *scenario.Scenario, n, day int) bool {
	var lines []scenario.Line
	for i := range s.Posts {
		lines = slices.Concat(lines, s.Posts[i].Lines)
	}
	from, until := s.Calendar.Inside(lines[n].From, lines[n].Until)
	return from <= day && day < until
}
