package compacttest

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/compact"
	"github.com/rearguard/rearguard/internal/milp"
)

// Model is a program as package milp has it: what WriteMPS writes, read again.
func Model(p *compact.Program) (*milp.Model, error) {
	var b bytes.Buffer
	if _, err := p.WriteMPS(&b); err != nil {
		return nil, err
	}
	r := mpsReader{m: &milp.Model{}, rows: map[string]int{}, columns: map[string]int{}}
	for lines := bufio.NewScanner(&b); lines.Scan(); {
		if err := r.line(lines.Text()); err != nil {
			return nil, fmt.Errorf("line %q: %w", lines.Text(), err)
		}
	}
	return r.m, nil
}

// mpsReader reads the free MPS that package compact writes, and no more.
type mpsReader struct {
	m             *milp.Model
	section       string
	whole         bool
	rows, columns map[string]int
}

const objective = "Objective"

func (r *mpsReader) line(text string) error {
	f := strings.Fields(text)
	switch {
	case len(f) == 0 || strings.HasPrefix(text, "*"):
		return nil
	case text[0] != ' ':
		r.section = f[0]
		return nil
	}
	switch r.section {
	case "ROWS":
		return r.row(f[0], f[1])
	case "COLUMNS":
		if f[1] == "'MARKER'" {
			r.whole = f[2] == "'INTORG'"
			return nil
		}
		return r.pairs(f[1:], r.column(f[0]))
	case "RHS":
		return r.pairs(f[1:], -1)
	case "BOUNDS":
		return r.bound(f)
	}
	return fmt.Errorf("section %s is not known", r.section)
}

func (r *mpsReader) row(sense, name string) error {
	row := milp.Row{Name: name, Lower: math.Inf(-1), Upper: math.Inf(1)}
	switch sense {
	case "N":
		return nil
	case "L":
		row.Upper = 0
	case "G":
		row.Lower = 0
	case "E":
		row.Lower, row.Upper = 0, 0
	default:
		return fmt.Errorf("sense %s is not known", sense)
	}
	r.rows[name] = r.m.AddRow(row)
	return nil
}

func (r *mpsReader) column(name string) int {
	i, ok := r.columns[name]
	if !ok {
		i = r.m.AddColumn(milp.Column{Name: name, Upper: math.Inf(1), Integer: r.whole})
		r.columns[name] = i
	}
	return i
}

// pairs reads names of rows with numbers: of a column, or right-hand sides.
func (r *mpsReader) pairs(f []string, column int) error {
	for ; len(f) >= 2; f = f[2:] {
		x, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			return err
		}
		i, ok := r.rows[f[0]]
		switch {
		case f[0] == objective && column >= 0:
			r.m.Columns[column].Cost = x
		case f[0] == objective:
			r.m.Offset = -x
		case !ok:
			return fmt.Errorf("no row %s", f[0])
		case column >= 0:
			r.m.Rows[i].Terms = append(r.m.Rows[i].Terms, milp.Term{Column: column, Coefficient: x})
		default:
			if row := &r.m.Rows[i]; !math.IsInf(row.Lower, -1) {
				row.Lower = x
			}
			if row := &r.m.Rows[i]; !math.IsInf(row.Upper, 1) {
				row.Upper = x
			}
		}
	}
	return nil
}

func (r *mpsReader) bound(f []string) error {
	i, ok := r.columns[f[2]]
	if !ok {
		return fmt.Errorf("no column %s", f[2])
	}
	c, x := &r.m.Columns[i], 0.0
	if len(f) > 3 {
		var err error
		if x, err = strconv.ParseFloat(f[3], 64); err != nil {
			return err
		}
	}
	switch f[0] {
	case "UP":
		c.Upper = x
	case "LO":
		c.Lower = x
	case "FX":
		c.Lower, c.Upper = x, x
	case "FR":
		c.Lower, c.Upper = math.Inf(-1), math.Inf(1)
	case "PL":
		c.Upper = math.Inf(1)
	default:
		return fmt.Errorf("bound %s is not known", f[0])
	}
	return nil
}
