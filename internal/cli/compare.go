package cli

import (
	"encoding/json"
	"fmt"

	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

type compareCommand struct {
	Scenario string `arg:"" help:"Scenario that the plans are for."`
	Before   string `arg:"" help:"First plan."`
	After    string `arg:"" help:"Second plan."`
	With     string `placeholder:"SCENARIO2" help:"Scenario that the second plan is for, if another version."`
	JSON     bool   `name:"json" help:"Print the comparison as JSON."`
}

func (k *compareCommand) Run(c *console) error {
	if k.With == "" {
		k.With = k.Scenario
	}
	before, err := c.compared(k.Scenario, k.Before)
	if err != nil {
		return err
	}
	after, err := c.compared(k.With, k.After)
	if err != nil {
		return err
	}
	comparison, err := report.Compare(before, after)
	if err != nil {
		return err
	}
	if k.JSON {
		return c.json(comparison)
	}
	return comparison.Write(c.out, c.page(true))
}

// compared reads a plan of a scenario with its numbers recomputed.
func (c *console) compared(scenarioPath, planPath string) (x report.Compared, err error) {
	_, s, p, err := c.ownPlan(scenarioPath, planPath)
	if err != nil {
		return x, err
	}
	checked, err := recomputed(planPath, s, p)
	if err != nil {
		return x, err
	}
	return report.Compared{Name: planPath, Scenario: s, Plan: p, BrokenRules: len(checked.Breaches)}, nil
}

// ownPlan reads a plan and its scenario, and refuses a plan that was made for
// another one: what is said of it would be wrong.
func (c *console) ownPlan(scenarioPath, planPath string) (*planner.Case, *scenario.Scenario, *plan.Plan, error) {
	x, err := c.readCase(scenarioPath)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := c.openPlanFile(planPath)
	if err != nil {
		return nil, nil, nil, err
	}
	if hash := x.Hash(); p.ScenarioSHA256 != "" && p.ScenarioSHA256 != hash {
		return nil, nil, nil, noError{fmt.Errorf("%s: made for scenario %q with SHA-256 %.12s; %s is %q with %.12s. Give the file that it was made for, or plan again",
			planPath, p.Scenario, p.ScenarioSHA256, scenarioPath, x.Scenario().Name, hash)}
	}
	resolved, err := resolveAs(x, planPath, p)
	return x, resolved, p, err
}

// recomputed puts the checker's numbers in the place of a plan's own, and
// refuses a plan that cannot be read as one.
func recomputed(path string, s *scenario.Scenario, p *plan.Plan) (*verify.Report, error) {
	checked := verify.Check(s, p)
	for _, b := range checked.Breaches {
		if b.Rule == verify.Form {
			return nil, noError{fmt.Errorf("%s: %s\n%s: the plan cannot be read as one; rearguard verify lists all that is wrong", path, b, path)}
		}
	}
	p.Metrics = checked.Metrics
	return checked, nil
}

// json writes an answer as indented JSON.
func (c *console) json(answer any) error {
	encoder := json.NewEncoder(c.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}
