package coverage_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/rearguard/rearguard/internal/formats/coverage"
)

type line struct {
	Post, Capability, From, Until string
	Floor, Target                 float64
	Cover, Exposure, Shortfall    []float64
}

// The days of exposure add up to what the plan states, and the CSV table says the
// same as the JSON.
func TestSums(t *testing.T) {
	s, p := tiny(t)
	var asJSON, asCSV bytes.Buffer
	if err := coverage.WriteJSON(&asJSON, s, p); err != nil {
		t.Fatal(err)
	}
	if err := coverage.WriteCSV(&asCSV, s, p); err != nil {
		t.Fatal(err)
	}
	var f struct{ Lines []line }
	if err := json.Unmarshal(asJSON.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&asCSV).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	exposed, short, at := 0.0, 0.0, 1
	for _, l := range f.Lines {
		if len(l.Cover) != len(l.Exposure) || len(l.Cover) != len(l.Shortfall) {
			t.Fatalf("lists of %d, %d and %d days", len(l.Cover), len(l.Exposure), len(l.Shortfall))
		}
		for i := range l.Cover {
			exposed, short = exposed+l.Exposure[i], short+l.Shortfall[i]
			row := rows[at]
			at++
			for j, want := range []float64{l.Floor, l.Target, l.Cover[i], l.Exposure[i], l.Shortfall[i]} {
				if got, err := strconv.ParseFloat(row[6+j], 64); err != nil || got != want {
					t.Fatalf("row %d is %v; JSON has %g as its %s", at, row, want, coverage.Columns[6+j])
				}
			}
			if row[3] != l.Post || row[5] != l.Capability || i == 0 && row[0] != l.From {
				t.Fatalf("row %d is %v, of line %s %s from %s", at, row, l.Post, l.Capability, l.From)
			}
		}
	}
	if at != len(rows) {
		t.Errorf("%d rows, %d values in JSON", len(rows), at)
	}
	if m := p.Metrics; math.Abs(exposed-m.ExposureDays.Total) > 1e-3 || math.Abs(short-m.ShortfallDays.Total) > 1e-3 {
		t.Errorf("%g days of exposure and %g of shortfall; the plan states %g and %g", exposed, short, m.ExposureDays.Total, m.ShortfallDays.Total)
	}
}
