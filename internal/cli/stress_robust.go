package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// hardened are the flags of stress --robust.
type hardened struct {
	Robust  bool           `help:"Look for a plan that loses least if any one contributor leaves, and say what that costs if nobody does."`
	LeaveOn *scenario.Date `placeholder:"DATE" help:"Day on which a contributor leaves; by default the first D-day, else the middle of the calendar."`
	Out     string         `short:"o" placeholder:"FILE" help:"File to write the plan with the least worst case to."`
}

func (k *stressCommand) harden(ctx context.Context, c *console, q *inquiry) error {
	r, err := q.Robust(ctx, q.variant, q.search, planner.RobustOptions{LeaveOn: k.LeaveOn})
	if err := q.ended(err); err != nil {
		return err
	}
	if k.Out != "" {
		if err := formats.WritePlan(k.Out, r.Hedges[0].Outcome.Plan()); err != nil {
			return err
		}
	}
	if k.JSON {
		return c.json(r)
	}
	best, cheapest := r.Hedges[0], r.Hedges[r.Cheapest]
	fmt.Fprintf(c.out, "One contributor leaves on %s; the others are planned anew from there, and what has been ordered stays.\n", r.LeaveOn)
	if best.Expects == "" {
		fmt.Fprintf(c.out, "No plan tried loses less than the cheapest: at worst %s leaves, and it costs %.0f instead of %.0f.\n\n", best.Worst, best.WorstCase, best.Undisturbed)
	} else {
		fmt.Fprintf(c.out, "A plan that expects %s to leave costs %.0f at worst instead of %.0f, for %.0f more if nobody does.\n\n", best.Expects, best.WorstCase, cheapest.WorstCase, best.Price)
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Plan made as if\tNobody leaves\tPrice\tWorst case\tif leaves\tExposure-days then\n")
	for _, x := range r.Hedges {
		fmt.Fprintf(t, "%s\t%.0f\t%+.0f\t%.0f\t%s\t%.1f\n", either(x.Expects == "", "nobody left", x.Expects+" left"), x.Undisturbed, x.Price, x.WorstCase, x.Worst, x.Exposure)
	}
	_ = t.Flush()
	proven := "Nothing is proven of the worst case in this time."
	if r.WorstBound > 0 {
		proven = fmt.Sprintf("Proven: whatever the plan, one of these departures costs %.0f or more in all.", r.WorstBound)
	}
	fmt.Fprintf(c.out, "\n%s Costs are of plans found in %d searches.\n", proven, r.Searches)
	return nil
}
