package jobs

import (
	"context"
	"errors"

	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/scenario"
)

// sweepDays is how many days D-day moves over where nobody says how far apart they are.
const sweepDays = 12

// sweep is the reaction curve of an operation's D-day.
func sweep(ctx context.Context, written *scenario.Scenario, variant scenario.Variant, o *Options, q stress.Options) (*stress.Sweep, error) {
	if len(written.Operations) == 0 {
		return nil, errors.New("the scenario has no operation whose D-day could move")
	}
	operation, c := o.Operation, written.Calendar
	if operation == "" {
		operation = written.Operations[0].ID
	}
	first, last := c.Start, c.Date(c.Days/2)
	if o.FirstDay != nil {
		first = *o.FirstDay
	}
	if o.LastDay != nil {
		last = *o.LastDay
	}
	step := o.Step
	if step == 0 {
		step = max(1, (c.Day(last)-c.Day(first))/(sweepDays-1))
	}
	return stress.DDay(ctx, written, variant, operation, first, last, step, q)
}
