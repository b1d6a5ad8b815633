package kml_test

import (
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// tiny is the small example, resolved, with a plan of it.
func tiny(t *testing.T) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("../../verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := scenario.Resolve(s, scenario.Variant{DDay: p.Options.DDay, Maturity: p.Options.Maturity, Policy: p.Policy})
	if err != nil {
		t.Fatal(err)
	}
	return resolved, p
}
