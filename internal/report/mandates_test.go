package report_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/scenario"
)

// TestSoughtMandate: the timetable shows a mandate that is still to be given, with the day
// of the first order under it, and no decision for each leg.
func TestSoughtMandate(t *testing.T) {
	for _, c := range []struct {
		name, decided, today string
		sought, under        bool
	}{
		{"sought", "2025-05-20", "2025-05-01", true, true},
		{"given by then", "2025-05-20", "2025-05-21", false, true},
		{"too late to rest on", "2025-06-05", "2025-05-01", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
			if err != nil {
				t.Fatal(err)
			}
			decided, err := scenario.ParseDate(c.decided)
			if err != nil {
				t.Fatal(err)
			}
			today, err := scenario.ParseDate(c.today)
			if err != nil {
				t.Fatal(err)
			}
			for i := range s.Contributors {
				if k := &s.Contributors[i]; k.ID == "NOR" {
					k.Mandates = []scenario.Mandate{{Operation: "reassurance", Persons: 200, Decided: scenario.DateTime(decided)}}
				}
			}
			r, err := scenario.Resolve(s, scenario.Variant{})
			if err != nil {
				t.Fatal(err)
			}
			p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 200})
			if err != nil {
				t.Fatal(err)
			}
			table, err := report.NewTimetable(r, p, today)
			if err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			if err := table.Write(&text, report.Page{Width: 200}); err != nil {
				t.Fatal(err)
			}
			if sought := strings.Contains(text.String(), "To be sought: 1 mandate."); sought != c.sought || len(table.Mandates) == 1 != c.sought {
				t.Errorf("mandates %+v in\n%s", table.Mandates, text.String())
			}
			for _, d := range table.Decisions {
				if d.Contributor == "NOR" && (d.Mandated != c.under || c.sought && (table.Mandates[0].By != d.OrderBy || table.Mandates[0].Legs != 1)) {
					t.Errorf("decision %+v, mandates %+v", d, table.Mandates)
				}
			}
		})
	}
}
