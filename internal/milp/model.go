// Package milp holds linear models, with or without integer columns, and
// solves them. It knows no domain: units and posts are columns and rows here.
package milp

import (
	"errors"
	"fmt"
	"math"
)

// Model is: minimise Offset + the sum of cost times value over the columns,
// with each column within its bounds, each row's sum within its bounds, and
// integer columns whole. Columns and rows are known by their index.
type Model struct {
	Name    string
	Offset  float64
	Columns []Column
	Rows    []Row
}

// Column is a variable. A bound that is missing is math.Inf(-1) or
// math.Inf(1): the zero Column is fixed at 0.
type Column struct {
	Name         string // for the writers; may be empty
	Lower, Upper float64
	Cost         float64
	Integer      bool
}

// Row says Lower <= sum of coefficient times column <= Upper. A bound that is
// missing is math.Inf(-1) or math.Inf(1); equal bounds are an equation.
type Row struct {
	Name         string // for the writers; may be empty
	Lower, Upper float64
	Terms        []Term // a column at most once
}

// Term is one entry of a row.
type Term struct {
	Column      int
	Coefficient float64
}

// AddColumn appends a column and returns its index.
func (m *Model) AddColumn(c Column) int {
	m.Columns = append(m.Columns, c)
	return len(m.Columns) - 1
}

// AddRow appends a row and returns its index.
func (m *Model) AddRow(r Row) int {
	m.Rows = append(m.Rows, r)
	return len(m.Rows) - 1
}

// HasIntegers tells a mixed-integer model from a linear one.
func (m *Model) HasIntegers() bool {
	for i := range m.Columns {
		if m.Columns[i].Integer {
			return true
		}
	}
	return false
}

// Objective is the objective at x, which holds a value for each column.
func (m *Model) Objective(x []float64) float64 {
	sum := m.Offset
	for i := range m.Columns {
		sum += m.Columns[i].Cost * x[i]
	}
	return sum
}

// Violation is the most by which x breaks a bound, a row or an integrality; 0
// if it breaks none, NaN if a value is no number.
func (m *Model) Violation(x []float64) float64 {
	worst := 0.0
	for i := range m.Columns {
		c := &m.Columns[i]
		worst = max(worst, c.Lower-x[i], x[i]-c.Upper)
		if c.Integer {
			worst = max(worst, math.Abs(x[i]-math.Round(x[i])))
		}
	}
	for i := range m.Rows {
		r := &m.Rows[i]
		sum := 0.0
		for _, t := range r.Terms {
			sum += t.Coefficient * x[t.Column]
		}
		worst = max(worst, r.Lower-sum, sum-r.Upper)
	}
	return worst
}

// most problems that Check reports: a loop that makes one wrong column makes
// a million of them.
const mostProblems = 20

// Check reports what no solver may be given, with place and value: solvers
// answer "optimal" for a cost that is no number. Bounds that cross are no
// mistake; they make the model infeasible.
func (m *Model) Check() error {
	c := checker{}
	c.finite("offset", m.Offset)
	for i := range m.Columns {
		column := &m.Columns[i]
		place := func() string { return at("column", i, column.Name) }
		if !finite(column.Cost) {
			c.add("%s: cost %v; give a finite number", place(), column.Cost)
		}
		c.bounds(place, column.Lower, column.Upper)
	}
	last := make([]int, len(m.Columns)) // 1 + the last row that has the column
	for i := range m.Rows {
		row := &m.Rows[i]
		place := func() string { return at("row", i, row.Name) }
		c.bounds(place, row.Lower, row.Upper)
		for k, t := range row.Terms {
			switch {
			case t.Column < 0 || t.Column >= len(m.Columns):
				c.add("%s: term %d: column %d; the model has %d columns, counted from 0", place(), k, t.Column, len(m.Columns))
				continue
			case last[t.Column] == i+1:
				c.add("%s: term %d: column %d is in the row twice; add the coefficients", place(), k, t.Column)
			case !finite(t.Coefficient):
				c.add("%s: term %d (column %d): coefficient %v; give a finite number", place(), k, t.Column, t.Coefficient)
			}
			last[t.Column] = i + 1
		}
	}
	return c.err()
}

type checker struct {
	problems []error
	more     int
}

func (c *checker) add(format string, values ...any) {
	if len(c.problems) == mostProblems {
		c.more++
		return
	}
	c.problems = append(c.problems, fmt.Errorf(format, values...))
}

func (c *checker) finite(place string, v float64) {
	if !finite(v) {
		c.add("%s: %v; give a finite number", place, v)
	}
}

func (c *checker) bounds(place func() string, lower, upper float64) {
	if math.IsNaN(lower) || math.IsInf(lower, 1) {
		c.add("%s: lower bound %v; give a finite number or -Inf", place(), lower)
	}
	if math.IsNaN(upper) || math.IsInf(upper, -1) {
		c.add("%s: upper bound %v; give a finite number or +Inf", place(), upper)
	}
}

func (c *checker) err() error {
	if c.more > 0 {
		c.problems = append(c.problems, fmt.Errorf("and %d problems more", c.more))
	}
	return errors.Join(c.problems...)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func at(kind string, i int, name string) string {
	if name == "" {
		return fmt.Sprintf("%s %d", kind, i)
	}
	return fmt.Sprintf("%s %d (%q)", kind, i, name)
}
