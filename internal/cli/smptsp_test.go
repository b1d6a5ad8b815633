package cli_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/smptsp"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/scenario"
)

const smptspData = "../../../shared/data/smptsp"

// TestSMPTSPInstances reads every instance: as many workers and tasks, and as
// many tasks at one time, as others counted.
func TestSMPTSPInstances(t *testing.T) {
	f, err := os.Open(filepath.Join(needs.Data(t, smptspData), "bounds.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		s := readSMPTSP(t, row[1])
		at := make([]int, s.Calendar.Days)
		for _, p := range s.Posts {
			for d := p.Lines[0].From.Number(); d < p.Lines[0].Until.Number(); d++ {
				at[d]++
			}
		}
		most := 0
		for _, n := range at {
			most = max(most, n)
		}
		for i, got := range []int{len(s.Units), len(s.Posts), most} {
			if strconv.Itoa(got) != row[2+i] {
				t.Errorf("%s: %s is %d; want %s", row[1], rows[0][2+i], got, row[2+i])
			}
		}
	}
}

// TestSMPTSPProven plans the smallest instance and verifies the plan: the
// optimum is 20 workers (bounds.csv).
func TestSMPTSPProven(t *testing.T) {
	s, err := scenario.Resolve(readSMPTSP(t, "data_3_25_40_66"), scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 1, Iterations: 300, NoBound: true})
	if err != nil {
		t.Fatal(err)
	}
	report := verify.Check(s, p)
	if m := report.Metrics; !report.OK() || m.UnitsUsed != 20 || m.ExposureDays.Total != 0 || m.Objective != 20 {
		t.Errorf("breaches %v, differences %v, %d workers for %g, %g task-days undone; want 20 workers and nothing undone",
			report.Breaches, report.Differences, m.UnitsUsed, m.Objective, m.ExposureDays.Total)
	}
}

func readSMPTSP(t *testing.T, name string) *scenario.Scenario {
	t.Helper()
	path := filepath.Join(needs.Data(t, smptspData), name+".dat")
	data, err := formats.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s, warnings, err := smptsp.Read(path, data)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	return s
}
