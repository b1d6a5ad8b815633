package milp

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var inf = math.Inf(1)

// sample has every kind of column and row.
func sample() *Model {
	m := &Model{Name: "sample one", Offset: 2.5}
	x := m.AddColumn(Column{Name: "x of GBR-1", Upper: inf, Cost: 1})
	y := m.AddColumn(Column{Name: "y", Lower: -3, Upper: 8, Cost: -2, Integer: true})
	z := m.AddColumn(Column{Name: "free", Lower: -inf, Upper: inf})
	u := m.AddColumn(Column{Name: "y", Lower: -inf, Upper: 4, Cost: -1e-7})
	m.AddColumn(Column{Lower: 1, Upper: 1, Integer: true})
	m.AddRow(Row{Name: "at least", Lower: 1, Upper: inf, Terms: []Term{{x, 1}, {y, 1}}})
	m.AddRow(Row{Name: "objective", Lower: -inf, Upper: 7, Terms: []Term{{y, 3}, {z, -1}}})
	m.AddRow(Row{Lower: 2, Upper: 2, Terms: []Term{{z, 1}, {u, 0.1}}})
	m.AddRow(Row{Name: "range", Lower: -1, Upper: 9, Terms: []Term{{x, 1}, {u, 1}}})
	m.AddRow(Row{Name: "any", Lower: -inf, Upper: inf, Terms: []Term{{x, 1}}})
	m.AddRow(Row{Name: "empty", Lower: -inf, Upper: 1})
	return m
}

const sampleMPS = `NAME sample_one FREE
ROWS
 N objective
 G at_least
 L objective_2
 E r2
 L range
 N any
 L empty
COLUMNS
 x_of_GBR-1 objective 1
 x_of_GBR-1 at_least 1
 x_of_GBR-1 range 1
 x_of_GBR-1 any 1
 marker0 'MARKER' 'INTORG'
 y objective -2
 y at_least 1
 y objective_2 3
 marker1 'MARKER' 'INTEND'
 free objective 0
 free objective_2 -1
 free r2 1
 y_2 objective -1e-07
 y_2 r2 0.1
 y_2 range 1
 marker2 'MARKER' 'INTORG'
 c4 objective 0
 marker3 'MARKER' 'INTEND'
RHS
 RHS objective -2.5
 RHS at_least 1
 RHS objective_2 7
 RHS r2 2
 RHS range 9
 RHS empty 1
RANGES
 RANGE range 10
BOUNDS
 LO BOUND x_of_GBR-1 0
 PL BOUND x_of_GBR-1
 LO BOUND y -3
 UP BOUND y 8
 FR BOUND free
 MI BOUND y_2
 UP BOUND y_2 4
 FX BOUND c4 1
ENDATA
`

const sampleLP = `\ sample_one
Minimize
 objective: + 1 x_of_GBR_1 - 2 y + 0 _free - 1e-07 y_2 + 0 c4
   + 2.5 constant
Subject To
 at_least: + 1 x_of_GBR_1 + 1 y >= 1
 objective_2: + 3 y - 1 _free <= 7
 r2: + 1 _free + 0.1 y_2 = 2
 range: + 1 x_of_GBR_1 + 1 y_2 <= 9
 range.from: + 1 x_of_GBR_1 + 1 y_2 >= -1
 empty: + 0 x_of_GBR_1 <= 1
Bounds
 x_of_GBR_1 >= 0
 -3 <= y <= 8
 _free free
 -inf <= y_2 <= 4
 c4 = 1
 constant = 1
General
 y
 c4
End
`

func TestWrite(t *testing.T) {
	for name, c := range map[string]struct {
		write func(io.Writer) error
		want  string
	}{
		"MPS": {sample().WriteMPS, sampleMPS},
		"LP":  {sample().WriteLP, sampleLP},
	} {
		var got bytes.Buffer
		if err := c.write(&got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCheckNamesPlaceAndValue(t *testing.T) {
	m := &Model{Offset: inf}
	m.AddColumn(Column{Name: "x", Cost: math.NaN(), Upper: 1})
	m.AddColumn(Column{Lower: inf, Upper: math.NaN()})
	m.AddRow(Row{Name: "r", Lower: 0, Upper: -inf, Terms: []Term{{2, 1}, {0, -inf}, {0, 1}}})
	want := `offset: +Inf; give a finite number
column 0 ("x"): cost NaN; give a finite number
column 1: lower bound +Inf; give a finite number or -Inf
column 1: upper bound NaN; give a finite number or +Inf
row 0 ("r"): upper bound -Inf; give a finite number or +Inf
row 0 ("r"): term 0: column 2; the model has 2 columns, counted from 0
row 0 ("r"): term 1 (column 0): coefficient -Inf; give a finite number
row 0 ("r"): term 2: column 0 is in the row twice; add the coefficients`
	err := m.Check()
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := m.WriteMPS(io.Discard); err == nil || !strings.HasPrefix(err.Error(), "write MPS: ") {
		t.Errorf("WriteMPS: %v", err)
	}
}

func TestCheckStopsCounting(t *testing.T) {
	m := &Model{Columns: make([]Column, 1000)}
	for i := range m.Columns {
		m.Columns[i].Cost = inf
	}
	if err := m.Check(); !strings.HasSuffix(err.Error(), "\nand 980 problems more") {
		t.Error(err)
	}
}
