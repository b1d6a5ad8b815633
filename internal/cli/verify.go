package cli

import (
	"encoding/json"
	"fmt"

	"github.com/rearguard/rearguard/internal/verify"
)

type verifyCommand struct {
	Scenario string `arg:"" help:"Scenario that the plan is for."`
	Plan     string `arg:"" help:"Plan to check, whoever made it."`
	JSON     bool   `name:"json" help:"Print the report as JSON."`
}

// Run prints what is broken on standard output, for it is the answer.
func (k *verifyCommand) Run(c *console) error {
	s, p, err := c.readPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	r := verify.Check(s, p)
	if k.JSON {
		encoder := json.NewEncoder(c.out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(r); err != nil {
			return err
		}
	} else {
		for _, b := range r.Breaches {
			fmt.Fprintln(c.out, b)
		}
		for _, d := range r.Differences {
			fmt.Fprintln(c.out, d)
		}
		m := r.Metrics
		fmt.Fprintf(c.out, "%s: %s, %s; cost %.6g, exposure-days %.6g standing and %.6g at operations, %s, %s\n", k.Plan,
			count(len(r.Breaches), "broken rule"), count(len(r.Differences), "false number"),
			m.Objective, m.ExposureDays.Standing, m.ExposureDays.Operations, count(m.Moves, "move"), count(m.Backfills, "backfill"))
	}
	if !r.OK() {
		return noError{}
	}
	return nil
}
