package tpfdd_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/formats/tpfdd"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// table is what is written, as a map for each row.
func table(t *testing.T, s *scenario.Scenario, p *plan.Plan) (rows []map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if err := tpfdd.Write(&b, s, p); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tpfdd.Columns, records[0]); diff != "" {
		t.Fatal(diff)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range tpfdd.Columns {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// Each row is a move, by day of departure; the later moves of a tour name the
// first as their parent.
func TestRows(t *testing.T) {
	s, p := tiny(t)
	rows := table(t, s, p)
	moves := 0
	for _, tour := range p.Tours {
		moves++ // home
		for _, l := range tour.Legs {
			if !l.OnDayZero() {
				moves++
			}
		}
	}
	if len(rows) != moves {
		t.Errorf("%d rows for %d moves", len(rows), moves)
	}
	units, last := map[string]string{}, ""
	for i, row := range rows {
		if want := fmt.Sprintf("RG%05d", i+1); row["ULN"] != want {
			t.Errorf("row %d has the ULN %s, want %s", i, row["ULN"], want)
		}
		if row["RLD"] < last {
			t.Errorf("%s departs on %s, after one of %s", row["ULN"], row["RLD"], last)
		}
		last = row["RLD"]
		units[row["ULN"]] = row["unit"]
		if parent := row["parent"]; parent != "" && units[parent] != row["unit"] {
			t.Errorf("%s of %s has the parent %s of %q", row["ULN"], row["unit"], parent, units[parent])
		}
	}
}

// The dates of a row follow one another, and short tons are tonnes x 1.10231.
func TestValues(t *testing.T) {
	s, p := tiny(t)
	units := s.UnitsByID()
	for _, row := range table(t, s, p) {
		dates := []string{row["RLD"], row["ALD"], row["EAD"], row["LAD"], row["RDD"]}
		for i := 1; i < len(dates); i++ {
			if dates[i] < dates[i-1] {
				t.Errorf("%s: the dates %v go back", row["ULN"], dates)
			}
		}
		u := units[row["unit"]]
		if want := fmt.Sprintf("%.1f", u.Tonnes.Likely*1.10231); row["short_tons"] != want {
			t.Errorf("%s: %s short tons for %g t, want %s", row["ULN"], row["short_tons"], u.Tonnes.Likely, want)
		}
		if row["type"] == "return" != (row["decide_by"] == "" && row["order_by"] == "") {
			t.Errorf("%s: a %s with the orders %q and %q", row["ULN"], row["type"], row["decide_by"], row["order_by"])
		}
	}
}

func TestCargo(t *testing.T) {
	s, p := tiny(t)
	for i := range s.Units {
		s.Units[i].Persons, s.Units[i].Tonnes = scenario.Quantity{}, scenario.Quantity{}
	}
	s.Units[0].Tonnes = scenario.Exactly(10)
	s.Units[1].Persons = scenario.Exactly(10)
	for _, row := range table(t, s, p) {
		want := map[string]string{s.Units[0].ID: "unit equipment", s.Units[1].ID: "passengers"}[row["unit"]]
		if want == "" {
			want = "none stated"
		}
		if row["cargo_category"] != want {
			t.Errorf("%s of %s carries %q, want %q", row["ULN"], row["unit"], row["cargo_category"], want)
		}
	}
}

// No cell can start a formula.
func TestGuarded(t *testing.T) {
	s, p := tiny(t)
	for i := range s.Units {
		s.Units[i].Name = "=1+1"
	}
	for i := range s.Places {
		s.Places[i].Name = "@sum"
	}
	for _, row := range table(t, s, p) {
		for column, text := range row {
			if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
				t.Errorf("%s holds %q", column, text)
			}
		}
	}
}

func TestUnknownUnit(t *testing.T) {
	s, p := tiny(t)
	p.Tours[0].Unit = "nobody"
	if err := tpfdd.Write(&bytes.Buffer{}, s, p); err == nil || !strings.Contains(err.Error(), `unit "nobody"`) {
		t.Error(err)
	}
}
