package formats

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
