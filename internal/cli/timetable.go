package cli

import (
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
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
	if _, err := recomputed(k.Plan, s, p); err != nil {
		return err
	}
	brief, err := report.New(s, p)
	if err != nil {
		return err
	}
	if k.Out != "" {
		return formats.WriteFile(k.Out, brief.Calendar())
	}
	return brief.Timetable(c.out, c.page(true))
}
