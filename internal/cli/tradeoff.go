package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/planner"
)

type tradeoffCommand struct {
	Scenario string `arg:"" help:"Scenario to plan."`
	Points   int    `default:"12" help:"Plans to make, from holding the flanks to serving the operations."`
	Point    int    `placeholder:"N" help:"Point of the curve whose plan to write with -o, counted from 1; by default the knee."`
	Out      string `short:"o" placeholder:"FILE" help:"File to write the plan of a point to."`
	searches
	variant
	JSON bool `name:"json" help:"Print the curve as JSON."`
}

func (k *tradeoffCommand) Run(ctx context.Context, c *console) error {
	if k.Point < 0 {
		return usageError{fmt.Errorf("--point %d: points are counted from 1", k.Point)}
	}
	q, err := c.asked(k.Scenario, &k.variant, &k.searches)
	if err != nil {
		return err
	}
	curve, err := q.Tradeoff(ctx, q.variant, q.search, planner.TradeoffOptions{Points: k.Points})
	if err := q.ended(err); err != nil {
		return err
	}
	if k.Out != "" {
		n := k.Point - 1
		if k.Point == 0 {
			n = max(0, curve.Knee)
		}
		if n >= len(curve.Points) {
			return noError{fmt.Errorf("--point %d: the curve has %s", k.Point, count(len(curve.Points), "point"))}
		}
		if err := formats.WritePlan(k.Out, curve.Points[n].Plan()); err != nil {
			return err
		}
	}
	if k.JSON {
		return c.json(curve)
	}
	resolved, err := q.Resolve(q.variant)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Point\tStanding\tOperations\tIOC\tPrices\tGap\t\n")
	for i, x := range curve.Points {
		mark := ""
		if i == curve.Knee {
			mark = "knee"
		}
		fmt.Fprintf(t, "%d\t%.2f\t%.2f\t%s\t%.2f : %.2f\t%s\t%s\n", i+1, x.Outcome.ExposureStanding, x.Outcome.ExposureOperations,
			readiness(resolved, x.Outcome.IOC), x.PriceStanding, x.PriceOperations, words.Gap(x.Outcome.Gap), mark)
	}
	_ = t.Flush()
	fmt.Fprintf(c.out, "\nStanding, Operations: exposure-days; %s of %d searches that no other beats in both. Prices: of a day of full exposure, standing : operations.\n%s\n",
		count(len(curve.Points), "plan"), curve.Searches, gapMeaning)
	return nil
}
