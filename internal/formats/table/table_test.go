package table_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/table"
)

// read reads the rows of a table as texts, and the problems.
func read(csv string, form table.Form) (rows, problems []string) {
	var p table.Problems
	p.CSV("a.csv", strings.NewReader(csv), form, func(w *table.Row) {
		rows = append(rows, fmt.Sprintf("%s %d %g %s", w.Name("name"), w.Whole("n", 1, 9), w.Number("x", 0, 1, "write 0 to 1"), w.At("n")))
	})
	for _, x := range p.List {
		problems = append(problems, x.String())
	}
	return rows, problems
}

func TestCSV(t *testing.T) {
	wanted := table.Columns("name", "n", "x")
	for _, c := range []struct {
		name, csv      string
		form           table.Form
		rows, problems []string
	}{
		{"columns in any order", "x,more,n,name\n0.5,,2, a \n", wanted, []string{"a 2 0.5 a.csv:2"}, []string{`a.csv:1:3: warning: the column "more" is not read`}},
		{"semicolons and a mark", "\ufeffname;n;x\na;2;0.5\n", wanted, []string{"a 2 0.5 a.csv:2"}, nil},
		{"each problem at its cell", "name,n,x\n,0,2\n", wanted, []string{" 1 0 a.csv:2"}, []string{
			"a.csv:2:1: name is empty", "a.csv:2:2: n 0 is not between 1 and 9", "a.csv:2:4: x 2 is not between 0 and 1",
		}},
		{"a missing column is said once", "nam,n,x\na,x,1\nb,2,1\n", wanted, []string{" 1 1 a.csv:2", " 2 1 a.csv:3"}, []string{
			"a.csv:1:1: the column name is missing. Maybe: nam", `a.csv:2:3: n "x" is not a whole number`,
		}},
		{"a short row", "name,n,x\na,2\n", wanted, []string{"a 2 0 a.csv:2"}, []string{`a.csv:2:1: x "" is not a number; write 0 to 1`}},
		{"a short row, strict", "name,n,x\na,2\n", table.Form{Wanted: wanted.Wanted, Strict: true}, nil, []string{"a.csv:2:1: the row has 2 fields, the header 3"}},
		{"no CSV", "name,n,x\na,\"2\n", wanted, nil, []string{`a.csv:2:6: this is no CSV row: extraneous or missing " in quoted-field`}},
		{"empty", "", wanted, nil, []string{"a.csv:1:1: this is no CSV table with a row of column names: it is empty"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, problems := read(c.csv, c.form)
			if diff := cmp.Diff(c.rows, rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.problems, problems); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSheet(t *testing.T) {
	f := excelize.NewFile()
	for cell, value := range map[string]any{"A2": "name", "B2": "n", "A3": "a", "B3": 2, "A5": "b", "B5": 10} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	data, err := formats.WorkbookBytes(f)
	if err != nil {
		t.Fatal(err)
	}
	book, err := formats.OpenWorkbook("a.xlsx", bytes.Clone(data))
	if err != nil {
		t.Fatal(err)
	}
	var p table.Problems
	var rows []string
	p.Sheet(book, "Sheet1", table.Columns("name", "n"), func(w *table.Row) {
		rows = append(rows, fmt.Sprintf("%s %d", w.Name("name"), w.Whole("n", 1, 9)))
	})
	if diff := cmp.Diff([]string{"a 2", "b 1"}, rows); diff != "" {
		t.Error(diff)
	}
	if len(p.List) != 1 || p.List[0].String() != "a.xlsx:Sheet1!B5: n 10 is not between 1 and 9" {
		t.Error(p.List)
	}
}
