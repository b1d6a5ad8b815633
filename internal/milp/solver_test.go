package milp

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/suite/needs"
)

func TestMain(m *testing.M) {
	Child()
	os.Exit(m.Run())
}

// everySolver runs a test with each solver that there is here.
func everySolver(t *testing.T, test func(*testing.T, Solver)) {
	t.Run("wasm", func(t *testing.T) { test(t, backend(solveHere)) })
	t.Run("child", func(t *testing.T) { test(t, backend(solveInChild)) })
	for name, solver := range map[string]func(string) Solver{"highs": nativeHighs, "cbc": nativeCBC} {
		t.Run(name, func(t *testing.T) {
			test(t, solver(needs.Tool(t, name)))
		})
	}
}

func solve(t *testing.T, s Solver, m *Model, o Options) Solution {
	t.Helper()
	got, err := s.Solve(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// cover is: least x + 2 y with x + y >= 2.5 and y <= 4, both from 0.
func cover(integer bool) *Model {
	return &Model{Offset: 10,
		Columns: []Column{{Upper: 1, Cost: 1, Integer: integer}, {Upper: 4, Cost: 2, Integer: integer}},
		Rows:    []Row{{Lower: 2.5, Upper: inf, Terms: []Term{{0, 1}, {1, 1}}}}}
}

func TestLinearWithDuals(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		for _, method := range []Method{Automatic, InteriorPoint} {
			got := solve(t, s, cover(false), Options{Method: method})
			want := Solution{Status: Optimal, X: []float64{1, 1.5}, Objective: 14, Bound: 14, RowDuals: []float64{2}, ReducedCosts: []float64{-1, 0}}
			if diff := cmp.Diff(want, got, near); diff != "" {
				t.Errorf("method %d (-want +got):\n%s", method, diff)
			}
		}
	})
}

var near = cmp.Comparer(func(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-6 || math.IsNaN(a) && math.IsNaN(b) })

func TestIntegersWithStart(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		got := solve(t, s, cover(true), Options{Start: []float64{0, 3}, NodeLimit: 1000, Seed: 3})
		want := Solution{Status: Optimal, X: []float64{1, 2}, Objective: 15, Bound: 15}
		if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Bound" },
			cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 2e-3 }))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestNoSolution(t *testing.T) {
	term := []Term{{0, 1}, {1, 1}}
	cases := []struct {
		name string
		m    *Model
		want []Status
	}{
		{"infeasible rows", &Model{Columns: []Column{{Upper: 5}, {Upper: 5}},
			Rows: []Row{{Lower: 3, Upper: inf, Terms: term}, {Lower: -inf, Upper: 2, Terms: term}}}, []Status{Infeasible, InfeasibleOrUnbounded}},
		{"infeasible integers", &Model{Columns: []Column{{Upper: 5, Integer: true}, {Upper: 5, Integer: true}},
			Rows: []Row{{Lower: 1, Upper: 1, Terms: []Term{{0, 2}, {1, 2}}}}}, []Status{Infeasible, InfeasibleOrUnbounded}},
		{"unbounded", &Model{Columns: []Column{{Upper: inf, Cost: -1}, {Upper: inf}},
			Rows: []Row{{Lower: -inf, Upper: 2, Terms: []Term{{0, 1}, {1, -1}}}}}, []Status{Unbounded, InfeasibleOrUnbounded}},
		{"bounds cross", &Model{Columns: []Column{{Lower: 2, Upper: 1}}}, []Status{Infeasible}},
		{"no whole number between", &Model{Columns: []Column{{Lower: 0.2, Upper: 0.8, Integer: true}}}, []Status{Infeasible}},
		{"empty row out of reach", &Model{Columns: []Column{{Upper: 1}}, Rows: []Row{{Lower: 1, Upper: 2}}}, []Status{Infeasible}},
	}
	everySolver(t, func(t *testing.T, s Solver) {
		for _, c := range cases {
			got := solve(t, s, c.m, Options{})
			if !slices.Contains(c.want, got.Status) || got.X != nil || !math.IsNaN(got.Objective) {
				t.Errorf("%s: %v, X %v; want %v", c.name, got.Status, got.X, c.want)
			}
		}
	})
}

func TestEmptyModels(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		if got := solve(t, s, &Model{Offset: 3}, Options{}); got.Status != Optimal || got.Objective != 3 || len(got.X) != 0 {
			t.Errorf("no columns: %+v", got)
		}
		m := &Model{Columns: []Column{{Lower: -2, Upper: 7, Cost: -1}, {Upper: 3, Cost: 2, Integer: true}}}
		if got := solve(t, s, m, Options{}); got.Status != Optimal || got.Objective != -7 {
			t.Errorf("no rows: %+v", got)
		}
	})
}

// drawSmall makes a model with few integer points, some infeasible.
func drawSmall(r *rand.Rand) *Model {
	m := &Model{Offset: float64(r.IntN(5))}
	for range 2 + r.IntN(4) {
		lower := float64(r.IntN(4) - 2)
		m.AddColumn(Column{Lower: lower, Upper: lower + float64(r.IntN(4)), Cost: float64(r.IntN(11) - 5), Integer: true})
	}
	for range r.IntN(5) {
		row := Row{Lower: -inf, Upper: inf}
		for j := range m.Columns {
			if r.IntN(3) > 0 {
				row.Terms = append(row.Terms, Term{j, float64(r.IntN(9) - 4)})
			}
		}
		if r.IntN(2) == 0 {
			row.Lower = float64(r.IntN(9) - 5)
		}
		if r.IntN(2) == 0 {
			row.Upper = max(float64(r.IntN(9)-3), row.Lower)
		}
		m.AddRow(row)
	}
	return m
}

// enumerate tries every integer point; +Inf if none keeps the rows.
func enumerate(m *Model, x []float64) float64 {
	k := len(x)
	if k == len(m.Columns) {
		if m.Violation(x) > 1e-9 {
			return inf
		}
		return m.Objective(x)
	}
	best := inf
	for v := m.Columns[k].Lower; v <= m.Columns[k].Upper; v++ {
		best = min(best, enumerate(m, append(x, v)))
	}
	return best
}

func TestAgainstEnumeration(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		r := rand.New(rand.NewPCG(1, 2))
		feasible := 0
		models := 40
		if strings.HasSuffix(t.Name(), "child") { // a process for each
			models = 8
		}
		for n := range models {
			m := drawSmall(r)
			want, got := enumerate(m, nil), solve(t, s, m, Options{})
			switch {
			case math.IsInf(want, 1):
				if got.Status != Infeasible && got.Status != InfeasibleOrUnbounded {
					t.Errorf("model %d: %v; want infeasible", n, got.Status)
				}
				continue
			case got.Status != Optimal || math.Abs(got.Objective-want) > 1e-6 || got.Bound > want+1e-6 || got.Bound < want-0.01:
				t.Errorf("model %d: %v, objective %v, bound %v; want %v", n, got.Status, got.Objective, got.Bound, want)
			}
			feasible++
			checkRelaxation(t, s, m, want)
		}
		if feasible < models/4 {
			t.Errorf("only %d models were feasible: the test sees too little", feasible)
		}
	})
}

// checkRelaxation solves m without integrality and proves the answer by its
// duals: the dual objective equals the primal one.
func checkRelaxation(t *testing.T, s Solver, m *Model, integer float64) {
	t.Helper()
	for j := range m.Columns {
		m.Columns[j].Integer = false
	}
	got := solve(t, s, m, Options{})
	if got.Status != Optimal || got.Objective > integer+1e-6 {
		t.Errorf("relaxation: %v, objective %v above %v", got.Status, got.Objective, integer)
		return
	}
	reduced, dual := make([]float64, len(m.Columns)), m.Offset
	for j := range m.Columns {
		reduced[j] = m.Columns[j].Cost
	}
	for i, row := range m.Rows {
		for _, term := range row.Terms {
			reduced[term.Column] -= got.RowDuals[i] * term.Coefficient
		}
		dual += side(got.RowDuals[i], row.Lower, row.Upper)
	}
	for j, d := range reduced {
		if math.Abs(d-got.ReducedCosts[j]) > 1e-5 {
			t.Errorf("reduced cost %d is %v; from the duals it is %v", j, got.ReducedCosts[j], d)
		}
		dual += side(d, m.Columns[j].Lower, m.Columns[j].Upper)
	}
	if math.Abs(dual-got.Objective) > 1e-5 {
		t.Errorf("dual objective %v, primal %v", dual, got.Objective)
	}
}

// side is what a dual is worth at the side that it pushes against.
func side(dual, lower, upper float64) float64 {
	switch {
	case math.Abs(dual) < 1e-7:
		return 0
	case dual > 0:
		return dual * lower
	}
	return dual * upper
}

// hard is a market split problem: small, and out of reach of branch and bound.
func hard() *Model {
	r := rand.New(rand.NewPCG(5, 6))
	m := &Model{}
	const rows, columns = 5, 45
	for range columns {
		m.AddColumn(Column{Upper: 1, Integer: true})
	}
	for range rows {
		row, sum := Row{}, 0
		for j := range columns {
			a := r.IntN(100)
			sum += a
			row.Terms = append(row.Terms, Term{j, float64(a)})
		}
		row.Lower = float64(sum / 2)
		row.Upper = row.Lower
		over, under := m.AddColumn(Column{Upper: inf, Cost: 1}), m.AddColumn(Column{Upper: inf, Cost: 1})
		row.Terms = append(row.Terms, Term{over, -1}, Term{under, 1})
		m.AddRow(row)
	}
	return m
}

func TestLimits(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		start := time.Now()
		got := solve(t, s, hard(), Options{TimeLimit: 200 * time.Millisecond})
		if got.Status != TimeLimit || got.Bound > got.Objective {
			t.Errorf("%v with bound %v and objective %v; want time limit", got.Status, got.Bound, got.Objective)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("took %v", took)
		}
		if got := solve(t, s, hard(), Options{NodeLimit: 5}); got.Status != NodeLimit {
			t.Errorf("%v; want node limit", got.Status)
		}
	})
}

func TestCancel(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := s.Solve(ctx, hard(), Options{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while solving: %v", err)
		}
		if _, err := s.Solve(ctx, hard(), Options{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("before: %v", err)
		}
	})
}

// endsAfter is a context that ends when it has been asked so many times whether it
// has.
type endsAfter struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func (e *endsAfter) Err() error {
	if e.left.Add(-1) < 0 {
		e.cancel()
	}
	return e.Context.Err()
}

// Whenever the context ends, before HiGHS first looks at the clock too, a solve that
// would last for ever returns its error.
func TestCancelAtAnyMoment(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233} {
		ctx, cancel := context.WithCancel(t.Context())
		ends := &endsAfter{Context: ctx, cancel: cancel}
		ends.left.Store(n)
		if _, err := backend(solveHere).Solve(ends, hard(), Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("ended after %d looks: %v", n, err)
		}
		if ends.left.Load() >= 0 {
			t.Errorf("asked only %d times whether the context has ended", n-ends.left.Load())
		}
		cancel()
	}
}

// A solve does not wait for HiGHS to be loaded longer than its context and its time
// limit last.
func TestLoadingTakesNoLongerThanAllowed(t *testing.T) {
	never := &loading{done: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := never.solve(ctx, hard(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	start := make([]float64, len(hard().Columns))
	for _, row := range hard().Rows { // nothing chosen: each row falls short by all of it
		start[row.Terms[len(row.Terms)-1].Column] = row.Lower
	}
	got, err := never.solve(t.Context(), hard(), Options{TimeLimit: time.Millisecond, Start: start})
	if err != nil || got.Status != TimeLimit || !slices.Equal(got.X, start) {
		t.Errorf("out of time: %v, %v with %v", err, got.Status, got.X)
	}
	failed := &loading{done: make(chan struct{}), err: errors.New("no memory")}
	close(failed.done)
	if _, err := failed.solve(t.Context(), hard(), Options{}); err == nil || err.Error() != "no memory" {
		t.Errorf("failed: %v", err)
	}
}

func TestSameAnswerTwice(t *testing.T) {
	everySolver(t, func(t *testing.T, s Solver) {
		first, second := solve(t, s, hard(), Options{NodeLimit: 20}), solve(t, s, hard(), Options{NodeLimit: 20})
		if diff := cmp.Diff(first, second); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRefusesWhatMakesNoSense(t *testing.T) {
	nan := cover(false)
	nan.Columns[0].Cost = math.NaN()
	for want, c := range map[string]struct {
		m *Model
		o Options
	}{
		"solve: column 0: cost NaN; give a finite number":                 {nan, Options{}},
		"solve: options: start has 1 values; the model has 2 columns":     {cover(true), Options{Start: []float64{1}}},
		"solve: options: start of column 1 is +Inf; give a finite number": {cover(true), Options{Start: []float64{1, inf}}},
		"solve: options: gap -1, absolute gap 0; give numbers from 0":     {cover(true), Options{Gap: -1}},
	} {
		if _, err := backend(solveHere).Solve(t.Context(), c.m, c.o); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// A solver that contradicts itself is refused: either its bound is false or its
// solution is.
func TestRefusesABoundAboveTheSolution(t *testing.T) {
	says := func(bound float64) error {
		_, err := backend(func(context.Context, *Model, Options) (Solution, error) {
			return Solution{Status: NodeLimit, X: []float64{1, 2}, Bound: bound}, nil
		}).Solve(t.Context(), cover(true), Options{})
		return err
	}
	if err := says(15.01); err == nil || err.Error() != "solve: the solver says that nothing is below 15.01 and gives a solution of 15" {
		t.Errorf("%v", err)
	}
	for _, bound := range []float64{-inf, 14, 15 + 1e-5} {
		if err := says(bound); err != nil {
			t.Errorf("bound %g: %v", bound, err)
		}
	}
}

func TestNew(t *testing.T) {
	if _, err := New("gurobi"); err == nil || err.Error() != `solver "gurobi" is not known; choose wasm or native` {
		t.Error(err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := New("native"); err == nil || !strings.HasPrefix(err.Error(), "no highs or cbc on PATH") {
		t.Error(err)
	}
	if s, err := New("wasm"); err != nil || solve(t, s, cover(true), Options{}).Objective != 15 {
		t.Error(err)
	}
}

// TestLooks: a limit of looks at the clock stops HiGHS, always at the same point.
func TestLooks(t *testing.T) {
	m := hard()
	in := backend(solveHere)
	var first Solution
	for n := range 2 {
		few := solve(t, in, m, Options{Gap: 1e-12, AbsoluteGap: 1e-9, Looks: 300})
		if few.Status != TimeLimit {
			t.Fatalf("after 300 looks: %v; want a stop", few.Status)
		}
		if n == 0 {
			first = few
		} else if diff := cmp.Diff(first, few, cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })); diff != "" {
			t.Errorf("the same looks end otherwise: %s", diff)
		}
	}
	if _, err := nativeCBC("cbc").Solve(t.Context(), m, Options{Looks: 300}); err == nil || !strings.Contains(err.Error(), "wasm") {
		t.Errorf("a program on PATH takes a limit that it cannot keep: %v", err)
	}
}
