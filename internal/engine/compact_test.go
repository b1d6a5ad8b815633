package engine_test

import (
	"cmp"
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/compact"
	"github.com/rearguard/rearguard/internal/compact/compacttest"
	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/milp"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/scenario"
)

// TestCompactProgram compares the program that `export mps` and `export lp`
// write with every plan of random tiny scenarios: a solver finds the same
// optimum, and its solution is a plan that obeys every rule and costs as much.
func TestCompactProgram(t *testing.T) {
	needs.Tool(t, "cbc")
	checks(t, 400)
	folder := t.TempDir()
	compared := 0
	var f features
	rapid.Check(t, func(t *rapid.T) {
		r := drawTinyInForce(t)
		x, ok := optimum(r, math.Inf(1), 100_000)
		if !ok {
			t.Skip("too many plans")
		}
		format := rapid.SampledFrom([]compacttest.Format{compacttest.MPS, compacttest.LP}).Draw(t, "format")
		compareProgram(t, r, x, format, folder)
		f.count(r)
		compared++
	})
	if compared == 0 || f.begun == 0 {
		t.Errorf("%d scenarios were compared (%+v); want some, and legs that have begun in some", compared, f)
	}
}

func compareProgram(t fault, s *scenario.Scenario, x *exhaustive, f compacttest.Format, folder string) {
	t.Helper()
	program := compact.New(s)
	solution, err := compacttest.Solve(program, f, folder)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if !solution.Feasible {
		if !math.IsInf(x.best, 1) {
			t.Fatalf("no plan obeys the rules, says cbc; one costs %g", x.best)
		}
		return
	}
	p, err := program.Plan(solution.Values)
	if err != nil {
		t.Fatalf("%v", err)
	}
	mustHold(t, s, p)
	if math.Abs(p.Metrics.Objective-solution.Objective) > 1e-4 {
		t.Fatalf("cbc says that its plan costs %.9g; it costs %.9g", solution.Objective, p.Metrics.Objective)
	}
	if math.Abs(p.Metrics.Objective-x.best) > 1e-4 {
		t.Fatalf("cbc's best plan costs %.9g, the best of all %.9g", p.Metrics.Objective, x.best)
	}
}

// TestCompactTiny compares the optimum of the tiny example's program with the
// plan that the engine proves to be the best.
func TestCompactTiny(t *testing.T) {
	needs.Tool(t, "cbc")
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, ok := sound(s)
	if !ok {
		t.Fatal("the tiny example has problems")
	}
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 500})
	if err != nil {
		t.Fatal(err)
	}
	compareProgram(t, r, &exhaustive{best: p.Metrics.Objective}, compacttest.MPS, t.TempDir())
}

// TestBoundAgainstHiGHS solves the programs of random small scenarios by HiGHS: the
// engine's bound is never above their optimum, nor its plan below it.
func TestBoundAgainstHiGHS(t *testing.T) {
	checks(t, 25)
	highs, err := milp.New("wasm")
	if err != nil {
		t.Fatal(err)
	}
	solved := 0
	rapid.Check(t, func(t *rapid.T) {
		r, ok := sound(drawScenario(t, shape{days: rapid.IntRange(6, 14).Draw(t, "days"), units: rapid.IntRange(1, 3).Draw(t, "units"), posts: rapid.IntRange(1, 3).Draw(t, "posts"), tiny: true}))
		if !ok {
			t.Skip("the scenario has problems")
		}
		p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 60})
		if err != nil {
			t.Skip("pins cannot hold together")
		}
		found, err := highs.Solve(context.Background(), compact.New(r).Model(math.MaxInt), milp.Options{AbsoluteGap: 1e-7, Gap: 1e-12, NodeLimit: 2000})
		if err != nil {
			t.Fatal(err)
		}
		if found.Status == milp.Infeasible {
			t.Fatalf("HiGHS says that no plan keeps all rules; the engine's does, at %.9g", p.Metrics.Objective)
		}
		if found.Status != milp.Optimal {
			t.Skip("too hard for the nodes allowed")
		}
		solved++
		if x := p.Metrics; x.Bound > found.Objective+1e-4 || x.Objective < found.Objective-1e-4 {
			t.Fatalf("bound %.9g, optimum by HiGHS %.9g, objective %.9g", x.Bound, found.Objective, x.Objective)
		}
	})
	if solved == 0 {
		t.Error("no program was solved")
	}
}

// TestModelIsWhatIsWritten holds the program that is solved in this process to the one
// that is written: the same but for counts that are said to be whole.
func TestModelIsWhatIsWritten(t *testing.T) {
	checks(t, 100)
	rapid.Check(t, func(t *rapid.T) {
		p := compact.New(drawTinyInForce(t))
		want, err := compacttest.Model(p)
		if err != nil {
			t.Fatal(err)
		}
		got := p.Model(len(want.Columns))
		if got == nil || p.Model(len(want.Columns)-1) != nil {
			t.Fatalf("a limit of %d columns, which is how many there are, lets none pass, or one less does", len(want.Columns))
		}
		for i := range got.Columns {
			if c, w := &got.Columns[i], want.Columns[i]; c.Integer && !w.Integer && w.Cost == 0 {
				c.Integer = false
			}
		}
		for i := range got.Rows { // the order of terms says nothing
			slices.SortFunc(got.Rows[i].Terms, func(a, b milp.Term) int { return cmp.Compare(a.Column, b.Column) })
		}
		got.Name = want.Name
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}
