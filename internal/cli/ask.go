package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

type askCommand struct {
	Scenario string                      `arg:"" help:"Scenario whose gaps to close."`
	Most     int                         `default:"3" help:"Most asks to put together."`
	IOC      *scenario.Date              `name:"ioc" placeholder:"DATE" help:"Ask for what makes all operations ready by this day, instead of for what closes all gaps."`
	Prices   map[planner.AskKind]float64 `mapsep:"," placeholder:"KIND=PRICE" help:"How hard asks are to get, next to each other; by default approve=1,lift=2,waive=3,pledge=5."`
	searches
	variant
	All  bool `help:"Print every ask, also those that close nothing."`
	JSON bool `name:"json" help:"Print the answer as JSON."`
}

func (k *askCommand) Run(ctx context.Context, c *console) error {
	q, err := c.asked(k.Scenario, &k.variant, &k.searches)
	if err != nil {
		return err
	}
	asks, err := q.Ask(ctx, q.variant, q.search, planner.AskOptions{Most: k.Most, IOC: k.IOC, Prices: k.Prices})
	return answer(q, k.JSON, asks, err, k.write)
}

func (k *askCommand) write(c *console, resolved *scenario.Scenario, asks *planner.Asks) {
	b := &asks.Base
	fmt.Fprintf(c.out, "With nothing granted: %s; exposure-days %.1f standing, %.1f at operations.\n", readiness(resolved, b.IOC), b.ExposureStanding, b.ExposureOperations)
	fmt.Fprintln(c.out, asks.Control.Text())
	left := "None of the asks closes a gap.\n"
	if asks.Control.Noise > 0 {
		left = "None of the asks closes more than searching on does.\n"
	}
	if len(asks.Chosen) > 0 {
		fmt.Fprintln(c.out, "\nTogether, each the best next for its price")
		k.table(c, asks.Chosen)
		last := &asks.Chosen[len(asks.Chosen)-1].Outcome
		left = fmt.Sprintf("Then: %s; exposure-days %.1f standing, %.1f at operations.\n%s", readiness(resolved, last.IOC), last.ExposureStanding, last.ExposureOperations, proven(asks))
	}
	fmt.Fprint(c.out, left)
	var alone []planner.Ask
	for _, a := range asks.Asks {
		if k.All || a.Useful() {
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
	if n := len(asks.NotReached); n > 0 {
		fmt.Fprintf(c.out, "The time did not suffice for %s; a longer search reaches them.\n", count(n, "further ask"))
	}
}

// proven says how good the chosen asks are.
func proven(x *planner.Asks) string {
	price := 0.0
	for _, a := range x.Chosen {
		price += a.Price
	}
	switch least := x.Proof; {
	case !x.Enough:
		return "That is not all; with a higher --most more asks are put together.\n"
	case least.Fewest >= len(x.Chosen) && least.Least >= price-1e-9:
		return "Proven: fewer of the asks would not do, nor cheaper ones.\n"
	case least.Fewest >= len(x.Chosen):
		return fmt.Sprintf("Proven: fewer of the asks would not do, nor any with a price below %g; these have %g.\n", least.Least, price)
	case least.Fewest > 0:
		return fmt.Sprintf("Proven: at least %s are needed, with a price of %g or more; these have %g.\n", count(least.Fewest, "ask"), least.Least, price)
	}
	return "That fewer or cheaper asks would not do is not proven.\n"
}

func (k *askCommand) table(c *console, list []planner.Ask) {
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  Exposure-days closed\tIOC earlier\tCost saved\tPrice\tAsk\n")
	for _, a := range list {
		fmt.Fprintf(t, "  %.1f\t%d d\t%.0f\t%g\t%s: %s\n", a.Closed, a.IOCEarlier, a.CostSaved, a.Price, a.Kind, a.Text)
	}
	_ = t.Flush()
}
