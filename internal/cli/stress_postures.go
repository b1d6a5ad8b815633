package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/planner"
)

// posturesFor are the flags of stress --d-day --postures.
type posturesFor struct {
	Postures bool `help:"With --d-day: choose which units to keep at shorter notice, by the postures that the scenario offers."`
	Worst    bool `help:"With --postures: for the worst D-day of the range, not for the mean."`
}

func (k *stressCommand) postures(ctx context.Context, c *console, q *inquiry) error {
	days, err := k.days(q.Scenario())
	if err != nil {
		return usageError{err}
	}
	x, err := q.Postures(ctx, q.variant, q.search, planner.PosturesOptions{DDayOptions: days, Worst: k.Worst})
	if err := q.ended(err); err != nil {
		return err
	}
	s, op, from, until := q.Scenario(), days.Operation, *days.FirstDay, *days.LastDay
	if k.JSON {
		return c.json(x)
	}
	if len(x.Bought) == 0 {
		fmt.Fprintf(c.out, "No posture is worth its cost over the D-days from %s to %s; %d on offer.\n\n", from, until, x.Others)
	} else {
		fmt.Fprintf(c.out, "Worth their cost over the D-days from %s to %s, each the best next; %d more on offer are not\n", from, until, x.Others)
		t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "  Unit\tFrom\tNotice\tDays\tCost\tSaves, %s\n", either(k.Worst, "worst D-day", "mean"))
		for _, b := range x.Bought {
			fmt.Fprintf(t, "  %s\t%s\t%d d instead of %d\t%d\t%.0f\t%.0f\n", b.Unit, b.From, b.Notice, b.Was, b.Days, b.Cost, b.Saves)
		}
		_ = t.Flush()
		fmt.Fprintln(c.out)
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "D-day of %s\tIOC without\tIOC with\tCost without\tCost with\tGap\n", op)
	for i, a := range x.After {
		b := x.Before[i]
		fmt.Fprintf(t, "%s\t%s\t%s\t%.0f\t%.0f\t%s\n", a.DDay, dPlus(b.IOCAfter), dPlus(a.IOCAfter), b.Outcome.Objective, a.Outcome.Objective, words.Gap(a.Outcome.Gap))
	}
	_ = t.Flush()
	before, worstBefore := planner.MeanDelay(s, x.Before)
	after, worstAfter := planner.MeanDelay(s, x.After)
	fmt.Fprintf(c.out, "\nDays from D-day to IOC: %.1f instead of %.1f in the mean, %d instead of %d at worst; an IOC that is not reached counts as the rest of the calendar.\n%s\n",
		after, before, worstAfter, worstBefore, gapMeaning)
	return nil
}
