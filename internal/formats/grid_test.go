package formats

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// A grid says all that its scenario says, by way of a workbook too.
func TestGridRoundTrip(t *testing.T) {
	for _, name := range []string{"tiny", "reassurance", "wildfire"} {
		s, _, err := ReadScenario("../../examples/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := NewGrid(s).Scenario()
		if err != nil {
			t.Fatal(err)
		}
		if again.Hash() != s.Hash() {
			t.Errorf("%s: its grid is another scenario", name)
		}
		path := filepath.Join(t.TempDir(), name+".xlsx")
		if err := WriteScenario(path, s); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		g, err := ReadGrid(path, data)
		if err != nil {
			t.Fatal(err)
		}
		if again, _, err = g.Scenario(); err != nil {
			t.Fatal(err)
		}
		if again.Hash() != s.Hash() {
			t.Errorf("%s: a workbook's grid is another scenario", name)
		}
	}
}

// Mistakes come with their cells.
func TestGridProblems(t *testing.T) {
	s, _, err := ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	g := NewGrid(s)
	set := func(table, column string, row int, text string) string {
		for _, x := range g.Tables {
			for i, name := range x.Rows[0] {
				if x.Name == table && name == column {
					x.Rows[row][i] = text
					return fmt.Sprintf("%s %d %d", table, row+1, i+1)
				}
			}
		}
		t.Fatalf("no column %s in %s", column, table)
		return ""
	}
	want := []string{set("units", "notice", 1, "soon"), set("units", "contributor", 2, "FRANCE"), set("posts", "place", 1, "nowhere")}
	_, _, err = g.Scenario()
	var bad *Invalid
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range bad.Problems {
		got = append(got, fmt.Sprintf("%s %d %d", p.File, p.Line, p.Column))
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "|"), w) {
			t.Errorf("no problem at %s; there are %v", w, bad.Problems)
		}
	}
}

// A workbook with mistakes becomes tables in which each can be mended: names of columns as
// the form has them, every cell that is wrong at its place.
func TestGridOfAWorkbookWithMistakes(t *testing.T) {
	data := edited(t, func(f *excelize.File) error {
		for cell, value := range map[string]any{
			"A1": "ID", "I1": "notiec", "I2": "soon", "C2": "GBX", "AN1": "Remarks", "AN2": "ask the staff", "AO2": "nameless",
		} {
			if err := f.SetCellValue("units", cell, value); err != nil {
				return err
			}
		}
		return formula("units", "F2", "400+500")(f)
	})
	g, err := ReadGrid("workbook", data)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(g.Tables, func(x GridTable) bool { return x.Name == "units" })
	names, row := g.Tables[i].Rows[0], g.Tables[i].Rows[1]
	cells := map[string]string{}
	for j, text := range row {
		cells[names[j]] = text
	}
	if names[0] != "id" || cells["persons"] != "=400+500" || cells["notice"] != "soon" || slices.Contains(names, "Remarks") {
		t.Errorf("the units are %v, %v", names, row)
	}
	_, _, err = g.Scenario()
	bad, _ := errors.AsType[*Invalid](err)
	if bad == nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range bad.Problems {
		head := ""
		if p.Column > 0 {
			head = names[p.Column-1]
		}
		got = append(got, fmt.Sprintf("%s, row %d, %s: %v %s, %s", p.File, p.Line, head, p.Warning, p.Message, p.Maybe))
	}
	want := []string{
		`units, row 1, : true unknown column "Remarks", `,
		`units, row 1, notice: true unknown column "notiec", notice`,
		`units, row 2, : true "nameless" stands in a column without a name; the column is not read, `,
		`units, row 2, contributor: false unit "GBR-1": unknown contributor "GBX", GBR`,
		`units, row 2, persons: false the formula has no saved value; open the workbook in a spreadsheet and save it once, `,
		`units, row 2, notice: false unit "GBR-1": notice "soon" is not a duration; write whole days or weeks, such as 14, 14d or 2w, `,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Any cells are read or have problems.
func FuzzGrid(f *testing.F) {
	f.Add("units", "id", "x")
	f.Add("scenario", "key", "name")
	f.Add("posts.lines", "of", "[1")
	f.Fuzz(func(_ *testing.T, table, head, text string) {
		g := Grid{Tables: []GridTable{{table, [][]string{{head}, {}, {text, text}}}}}
		_, _, _ = g.Scenario()
	})
}
