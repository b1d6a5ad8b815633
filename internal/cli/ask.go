package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/stress"
)

type askCommand struct {
	Scenario string `arg:"" help:"Scenario whose gaps to close."`
	Most     int    `default:"3" help:"Most asks to put together."`
	searches
	variant
	All  bool `help:"Print every ask, also those that close nothing."`
	JSON bool `name:"json" help:"Print the answer as JSON."`
}

func (k *askCommand) Run(ctx context.Context, c *console) error {
	if k.Most < 0 {
		return usageError{fmt.Errorf("--most %d: it is 0 or more", k.Most)}
	}
	s, err := c.readScenario(k.Scenario)
	if err != nil {
		return err
	}
	resolved, err := k.resolve(s)
	if err != nil {
		return err
	}
	o, line, err := k.options(c, s)
	if err != nil {
		return err
	}
	asks, err := stress.AskFor(ctx, resolved, k.Most, stress.Prices(), o)
	line.clear()
	if err != nil {
		return searched(k.Scenario, err)
	}
	if k.JSON {
		return c.json(asks)
	}
	b := &asks.Base
	fmt.Fprintf(c.out, "With nothing granted: %s; exposure-days %.1f standing, %.1f at operations.\n", readiness(resolved, b), b.ExposureStanding, b.ExposureOperations)
	left := "None of the asks closes a gap.\n"
	if len(asks.Chosen) > 0 {
		fmt.Fprintln(c.out, "\nTogether, each the best next for its price")
		k.table(c, asks.Chosen)
		last := &asks.Chosen[len(asks.Chosen)-1].Outcome
		left = fmt.Sprintf("Then: %s; exposure-days %.1f standing, %.1f at operations.\n", readiness(resolved, last), last.ExposureStanding, last.ExposureOperations)
	}
	fmt.Fprint(c.out, left)
	var alone []stress.Ask
	for _, a := range asks.Asks {
		if k.All || a.Closed > 0.005 || a.IOCEarlier > 0 {
			alone = append(alone, a)
		}
	}
	if len(alone) > 0 {
		fmt.Fprintln(c.out, "\nEach alone, the most closed for its price first")
		k.table(c, alone)
	}
	if more := len(asks.Asks) - len(alone); more > 0 {
		fmt.Fprintf(c.out, "and %s that no plan found makes use of; --all lists them\n", count(more, "ask"))
	}
	return nil
}

func (k *askCommand) table(c *console, list []stress.Ask) {
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  Exposure-days closed\tIOC earlier\tCost saved\tPrice\tAsk\n")
	for _, a := range list {
		fmt.Fprintf(t, "  %.1f\t%d d\t%.0f\t%g\t%s: %s\n", a.Closed, a.IOCEarlier, a.CostSaved, a.Price, a.Kind, a.Text)
	}
	_ = t.Flush()
}
