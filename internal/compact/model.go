package compact

import (
	"errors"
	"math"

	"github.com/rearguard/rearguard/internal/milp"
)

// errLarge ends the building of a program that has more columns than wanted.
var errLarge = errors.New("more columns than wanted")

// Model is the program as package milp solves it, with rows and columns in the order of
// WriteMPS; nil if it has more than so many columns, which is found out at the unit
// that is one too many.
//
// Where a unit is on a day is whole in any solution whose moves are, and is said to be
// here: HiGHS up to 1.15, left to find that out, says of some programs that they have
// no solution (docs/decisions/0046-small-is-solved.md).
func (p *Program) Model(most int) *milp.Model {
	m := &milp.Model{Name: p.s.Name}
	rows := func(list []row) (first int) {
		first = len(m.Rows)
		for _, r := range list {
			lower, upper := r.rhs, r.rhs
			switch r.sense {
			case atMost:
				lower = math.Inf(-1)
			case atLeast:
				upper = math.Inf(1)
			}
			m.AddRow(milp.Row{Name: r.name, Lower: lower, Upper: upper})
		}
		return first
	}
	rows(p.shared)
	err := p.blocks(func(b *block) error {
		if len(m.Columns)+len(b.columns) > most {
			return errLarge
		}
		starts, entries := b.byColumn()
		first := rows(b.rows)
		for i, c := range b.columns {
			column := m.AddColumn(milp.Column{Name: c.name, Upper: c.upper, Cost: c.cost, Integer: c.whole || c.count})
			for _, e := range entries[starts[i]:starts[i+1]] {
				n := first + int(e.row)
				if e.row < 0 {
					n = int(-1 - e.row)
				}
				m.Rows[n].Terms = append(m.Rows[n].Terms, milp.Term{Column: column, Coefficient: e.value})
			}
		}
		return nil
	})
	if err != nil {
		return nil // building itself does not fail
	}
	return m
}
