package cli

import (
	"fmt"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/scenario"
)

type timetableCommand struct {
	Scenario string         `arg:"" help:"Scenario that the plan is for."`
	Plan     string         `arg:"" help:"Plan whose decisions and orders to list."`
	Today    *scenario.Date `placeholder:"DATE" help:"Mark what is past this day; by default the plan's own."`
	JSON     bool           `name:"json" help:"Print the timetable as JSON."`
	Out      string         `short:"o" placeholder:"FILE" help:"iCalendar file to write; without it a table goes to standard output."`
}

func (k *timetableCommand) Run(c *console) error {
	s, p, err := c.readPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	if _, err := recomputed(k.Plan, s, p); err != nil {
		return err
	}
	today := s.Calendar.Date(s.Today.Number())
	if k.Today != nil {
		today = *k.Today
	}
	if end := s.Calendar.Date(s.Calendar.Days - 1); today > end {
		return usageError{fmt.Errorf("--today %s: after the calendar, %s to %s", today, s.Calendar.Start, end)}
	}
	if k.Out != "" {
		brief, err := report.New(s, p)
		if err != nil {
			return err
		}
		return formats.WriteFile(k.Out, brief.Calendar())
	}
	timetable, err := report.NewTimetable(s, p, today)
	if err != nil {
		return err
	}
	if k.JSON {
		return c.json(timetable)
	}
	return timetable.Write(c.out, c.page(true))
}
