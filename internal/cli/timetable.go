package cli

import (
	"fmt"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
)

type timetableCommand struct {
	Scenario string `arg:"" help:"Scenario that the plan is for."`
	Plan     string `arg:"" help:"Plan whose decisions and orders to list."`
	Out      string `short:"o" placeholder:"FILE" help:"iCalendar file to write; without it a table goes to standard output."`
}

func (k *timetableCommand) Run(c *console) error {
	s, p, err := c.readPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	checked := verify.Check(s, p)
	for _, b := range checked.Breaches {
		if b.Rule == verify.Form {
			return noError{fmt.Errorf("%s: %s\n%s: the plan cannot be read as one; rearguard verify lists all that is wrong", k.Plan, b, k.Plan)}
		}
	}
	p.Metrics = checked.Metrics
	brief, err := report.New(s, p)
	if err != nil {
		return err
	}
	if k.Out != "" {
		return formats.WriteFile(k.Out, brief.Calendar())
	}
	return brief.Timetable(c.out, c.page(true))
}
