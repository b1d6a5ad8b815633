package milp

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Solver finds the least of a model. Every solver keeps to this:
//
//   - The model and the options are checked first: nothing that is no number
//     reaches the solver.
//   - X keeps bounds, rows and integrality within 1e-4 of the sizes involved,
//     and integers are whole; an answer that does not is an error.
//   - If ctx ends, Solve returns its error, soon.
//   - Without a time limit the same model and options give the same Solution.
//   - It may be called from several goroutines; each call works on one thread.
type Solver interface {
	Solve(ctx context.Context, m *Model, o Options) (Solution, error)
}

// Options say when to stop and how to go about it. The zero value solves to
// the default gap without a limit.
type Options struct {
	TimeLimit   time.Duration // 0: none
	NodeLimit   int           // of branch and bound, 0: none; unlike time it gives the same answer on any machine
	Looks       int           // at its clock, 0: none; as little a matter of the machine, and as fine as time. For wasm without a time limit
	Gap         float64       // a solution within Gap times its objective of the bound is optimal; 0: 1e-4
	AbsoluteGap float64       // or within this of the bound; 0: 1e-6
	Start       []float64     // a value for each column, to start a search among integers from; nil: none
	Method      Method        // of linear models
	Seed        int           // of the solver's random choices
}

// Method is how a linear model is solved.
type Method int

const (
	// Automatic leaves the choice to the solver: as a rule, dual simplex.
	Automatic Method = iota
	// InteriorPoint with crossover, for degenerate models.
	InteriorPoint
)

// Status is why a solver stopped. What it found is separate: see Solution.X.
type Status int

// What a solver may stop for.
const (
	Optimal               Status = iota + 1 // X is within the gap of the best
	Infeasible                              // nothing keeps all rows and bounds
	Unbounded                               // there is no least
	InfeasibleOrUnbounded                   // one of the two; the solver did not find out which
	TimeLimit                               // X, if any, is the best found
	NodeLimit                               // X, if any, is the best found
)

func (s Status) String() string {
	names := [...]string{"none", "optimal", "infeasible", "unbounded", "infeasible or unbounded", "time limit", "node limit"}
	if s < 0 || int(s) >= len(names) {
		return fmt.Sprintf("status %d", int(s))
	}
	return names[s]
}

// Solution is what a solver found.
type Solution struct {
	Status Status
	// X has a value for each column; nil if no solution was found.
	X []float64
	// Objective at X; NaN without X.
	Objective float64
	// Bound is proven: no solution has an objective below it, but for the
	// solver's tolerances. -Inf if nothing is proven, +Inf if infeasible.
	Bound float64
	// RowDuals and ReducedCosts are set for linear models solved to
	// optimality: what the objective gains when a row's side, or a column,
	// grows by one. Reduced cost = cost - sum of row dual times coefficient.
	RowDuals, ReducedCosts []float64
}

const (
	defaultGap         = 1e-4
	defaultAbsoluteGap = 1e-6
)

// check refuses options that make no sense for m and fills in the defaults.
func (o Options) check(m *Model) (Options, error) {
	if o.TimeLimit < 0 || min(o.NodeLimit, o.Seed, o.Looks) < 0 || max(o.NodeLimit, o.Seed, o.Looks) > math.MaxInt32 {
		return o, fmt.Errorf("options: time limit %v, node limit %d, seed %d, looks %d; none may be negative or above %d", o.TimeLimit, o.NodeLimit, o.Seed, o.Looks, math.MaxInt32)
	}
	if !(o.Gap >= 0) || !(o.AbsoluteGap >= 0) {
		return o, fmt.Errorf("options: gap %v, absolute gap %v; give numbers from 0", o.Gap, o.AbsoluteGap)
	}
	if o.Start != nil && len(o.Start) != len(m.Columns) {
		return o, fmt.Errorf("options: start has %d values; the model has %d columns", len(o.Start), len(m.Columns))
	}
	for i, v := range o.Start {
		if !finite(v) {
			return o, fmt.Errorf("options: start of %s is %v; give a finite number", at("column", i, m.Columns[i].Name), v)
		}
	}
	if o.Gap == 0 {
		o.Gap = defaultGap
	}
	if o.AbsoluteGap == 0 {
		o.AbsoluteGap = defaultAbsoluteGap
	}
	return o, nil
}

// backend is a solver without the promises of Solver: its model and options
// are in order and not settled at sight, and its answer is looked through.
type backend func(ctx context.Context, m *Model, o Options) (Solution, error)

func (b backend) Solve(ctx context.Context, m *Model, o Options) (Solution, error) {
	if err := m.Check(); err != nil {
		return Solution{}, fmt.Errorf("solve: %w", err)
	}
	o, err := o.check(m)
	if err != nil {
		return Solution{}, fmt.Errorf("solve: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return Solution{}, fmt.Errorf("solve: %w", err)
	}
	if s, settled := settle(m); settled {
		return s, nil
	}
	s, err := b(ctx, m, o)
	if ended := ctx.Err(); ended != nil {
		return Solution{}, fmt.Errorf("solve: %w", ended)
	}
	if err != nil {
		return Solution{}, fmt.Errorf("solve: %w", err)
	}
	if err := m.complete(&s); err != nil {
		return Solution{}, fmt.Errorf("solve: %w", err)
	}
	return s, nil
}

// settle answers what needs no solver, and where solvers differ: models
// without columns and bounds that cross.
func settle(m *Model) (Solution, bool) {
	infeasible := Solution{Status: Infeasible, Objective: math.NaN(), Bound: math.Inf(1)}
	for i := range m.Columns {
		c := &m.Columns[i]
		if c.Lower > c.Upper || c.Integer && math.Ceil(c.Lower-tolerance) > math.Floor(c.Upper+tolerance) {
			return infeasible, true
		}
	}
	for i := range m.Rows {
		r := &m.Rows[i]
		if r.Lower > r.Upper || len(r.Terms) == 0 && (r.Lower > tolerance || r.Upper < -tolerance) {
			return infeasible, true
		}
	}
	if len(m.Columns) > 0 {
		return Solution{}, false
	}
	return Solution{Status: Optimal, X: []float64{}, Objective: m.Offset, Bound: m.Offset,
		RowDuals: make([]float64, len(m.Rows)), ReducedCosts: []float64{}}, true
}

// tolerance is by how much solvers let a bound or a row be broken.
const tolerance = 1e-6

// slack is by how much, of the sizes involved, an answer may break the model
// before it is refused. It is wider than tolerance, for solvers scale models
// and keep to theirs in the scaled one.
const slack = 100 * tolerance

// complete makes integers whole, computes the objective from X rather than
// trust the solver's, and refuses an X that breaks the model.
func (m *Model) complete(s *Solution) error {
	switch s.Status {
	case Infeasible:
		s.X, s.Bound = nil, math.Inf(1)
	case Unbounded, InfeasibleOrUnbounded:
		s.X, s.Bound = nil, math.Inf(-1)
	}
	if s.Status != Optimal || m.HasIntegers() {
		s.RowDuals, s.ReducedCosts = nil, nil
	}
	s.Objective = math.NaN()
	if s.X == nil {
		if s.Status == Optimal {
			return fmt.Errorf("the solver says optimal and gives no solution")
		}
		return nil
	}
	if err := m.settleColumns(s.X); err != nil {
		return err
	}
	if v, allowed := m.Violation(s.X), slack*m.size(s.X); !(v <= allowed) {
		return fmt.Errorf("the solver's answer breaks the model by %g; scale the rows so that their numbers are nearer to 1", v)
	}
	s.Objective = m.Objective(s.X)
	if s.Status == Optimal && !m.HasIntegers() {
		s.Bound = s.Objective
	}
	// Whole integers and values back at their bounds move the objective a little.
	if allowed := slack * m.sizeOfObjective(s.X); !(s.Bound <= s.Objective+allowed) {
		return fmt.Errorf("the solver says that nothing is below %g and gives a solution of %g", s.Bound, s.Objective)
	}
	s.Bound = min(s.Bound, s.Objective)
	return nil
}

// sizeOfObjective is the sum of the sizes of what goes into the objective at x, at
// least 1.
func (m *Model) sizeOfObjective(x []float64) float64 {
	sum := 1 + math.Abs(m.Offset)
	for i := range m.Columns {
		sum += math.Abs(m.Columns[i].Cost * x[i])
	}
	return sum
}

// settleColumns makes integers whole and brings values that are past a bound
// by a tolerance back to it.
func (m *Model) settleColumns(x []float64) error {
	for i := range m.Columns {
		c := &m.Columns[i]
		v := x[i]
		if c.Integer {
			v = math.Round(v)
		}
		v = min(max(v, c.Lower), c.Upper)
		if !finite(x[i]) || math.Abs(v-x[i]) > slack*max(1, math.Abs(v)) {
			return fmt.Errorf("the solver's answer breaks the model: %s is %v", at("column", i, c.Name), x[i])
		}
		x[i] = v
	}
	return nil
}

// size is the largest number that goes into a row at x, at least 1.
func (m *Model) size(x []float64) float64 {
	largest := 1.0
	for i := range m.Rows {
		for _, t := range m.Rows[i].Terms {
			largest = max(largest, math.Abs(t.Coefficient*x[t.Column]))
		}
	}
	return largest
}

// New returns a solver by name: "wasm" is HiGHS inside this program, "native"
// is the highs or cbc executable found on PATH.
func New(kind string) (Solver, error) {
	switch kind {
	case "wasm":
		return backend(solveApart), nil
	case "native":
		return findNative()
	}
	return nil, fmt.Errorf("solver %q is not known; choose wasm or native", kind)
}
