package cli_test

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats/geopko"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/scenario"
)

// TestGeoPKO2014 plans every UN base of 2014 with a new mission on top, and
// verifies the plan.
func TestGeoPKO2014(t *testing.T) {
	data := needs.Data(t, "../../../shared/data/geopko")
	mission, err := geopko.ParseMission("troops=3000,at=4.36,18.56,from=2014-09-15")
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := geopko.Read([]string{data}, geopko.Options{Year: 2014, Mission: &mission})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 40, NoBound: true})
	if err != nil {
		t.Fatal(err)
	}
	report := verify.Check(r, p)
	if !report.OK() {
		t.Errorf("breaches %v, differences %v", report.Breaches, report.Differences)
	}
	if m := report.Metrics; len(r.Units) < 800 || m.IOC["new-mission"] == nil || m.ExposureDays.Total > 3000 {
		t.Errorf("%d units, IOC %v, %g exposure-days; want 800 units or more, the mission ready, few days of exposure",
			len(r.Units), m.IOC["new-mission"], m.ExposureDays.Total)
	}
}
