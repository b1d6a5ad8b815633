package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// uncertain are the flags of stress --samples.
type uncertain struct {
	Samples int                         `placeholder:"N" help:"Plan for N draws of what is uncertain: ranges, soft pledges, slipping notice and approval."`
	Drops   map[scenario.Pledge]float64 `mapsep:"," placeholder:"PLEDGE=P" help:"Probability that a unit is not there after all, by maturity; by default stated=0.4,offered=0.2,confirmed=0.05,assigned=0.01."`
	Slip    *float64                    `placeholder:"PART" help:"Most by which notice and approval last longer, as a part of them; by default 0.5."`
}

// mostDrivers are printed unless all are asked for.
const mostDrivers = 8

func (k *stressCommand) sample(ctx context.Context, q *inquiry) error {
	x, err := q.Samples(ctx, q.variant, q.search, planner.SamplesOptions{N: k.Samples, Drops: k.Drops, Slip: k.Slip})
	return answer(q, k.JSON, x, err, k.writeSamples)
}

func (k *stressCommand) writeSamples(c *console, s *scenario.Scenario, x *planner.Samples) {
	fmt.Fprintf(c.out, "As likely: exposure-days %.1f standing, %.1f at operations; cost %.0f.\n\n", x.Base.ExposureStanding, x.Base.ExposureOperations, x.Base.Objective)
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\t5 %%\t50 %%\t95 %%\tMean\n", count(x.N, "sample"))
	for _, row := range []struct {
		name string
		planner.Band
	}{{"Exposure-days, standing", x.Standing}, {"Exposure-days, operations", x.Operations}, {"Cost", x.Cost}} {
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.1f\t%.1f\n", row.name, row.Low, row.Median, row.High, row.Mean)
	}
	for _, op := range s.Operations {
		for _, row := range []struct {
			name string
			planner.Days
		}{{"IOC", x.IOC[op.ID]}, {"FOC", x.FOC[op.ID]}} {
			fmt.Fprintf(t, "%s of %s\t%s\t%s\t%s\treached in %.0f %%\n", row.name, op.ID, dPlus(row.Low), dPlus(row.Median), dPlus(row.High), 100*row.Reached)
		}
	}
	_ = t.Flush()
	fmt.Fprintln(c.out)
	if len(x.Drivers) == 0 {
		fmt.Fprintln(c.out, "No single input explains the spread of the exposure beyond chance.")
	} else {
		fmt.Fprintln(c.out, "What explains the spread of the exposure")
		shown := x.Drivers
		if !k.All {
			shown = shown[:min(len(shown), mostDrivers)]
		}
		for _, d := range shown {
			fmt.Fprintf(t, "  %s\t%.0f %%\t%s\n", d.Input, 100*d.Explains, either(d.Direction > 0, "more of it, more exposure", "more of it, less exposure"))
		}
		_ = t.Flush()
		if more := len(x.Drivers) - len(shown); more > 0 {
			fmt.Fprintf(c.out, "and %d that explain less; --all lists them\n", more)
		}
	}
	var drops []string
	for _, pledge := range scenario.Pledges {
		drops = append(drops, fmt.Sprintf("%s %g %%", pledge, 100*x.Assumed.Drops[pledge]))
	}
	fmt.Fprintf(c.out, "\nAssumed: a unit is not there after all with %s; notice and approval last up to %g %% longer; ranges as the scenario says.\n", strings.Join(drops, ", "), 100*x.Assumed.Slip)
	fmt.Fprintf(c.out, "Gap of the cost, as far as proven: %s in the median, %s at 95 %%; more --time or --iterations narrows it.\n", words.Gap(x.Gap.Median), words.Gap(x.Gap.High))
	fmt.Fprintln(c.out, "Each sample is planned with its facts known: what could still be done, not what one plan made today would suffer. IOC, FOC: the soonest found; for them, one plan more of the time about D-day counts operations nearly as dear as standing posts. Explains: the squared rank correlation.")
}
