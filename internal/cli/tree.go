package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

type treeCommand struct {
	Scenario string         `arg:"" help:"Scenario with branches."`
	Today    *scenario.Date `placeholder:"DATE" help:"Date no order or decision before this day; by default what the scenario says."`
	Reports  []string       `placeholder:"FILE" help:"Tables of reports, CSV: what is known already. Can be repeated."`
	searches
	All  bool `help:"Print every shared order, however many."`
	JSON bool `name:"json" help:"Print the answer as JSON."`
}

const mostShared = 20

func (k *treeCommand) Run(ctx context.Context, c *console) error {
	q, err := c.asked(k.Scenario, &variant{Today: k.Today, Reports: k.Reports}, &k.searches)
	if err != nil {
		return err
	}
	t, err := q.Tree(ctx, q.variant, q.search, planner.TreeOptions{})
	if err := q.ended(err); err != nil {
		return err
	}
	if k.JSON {
		return c.json(t)
	}
	return k.write(c, q.Scenario(), t.Branches, t.Shared)
}

func (k *treeCommand) write(c *console, s *scenario.Scenario, branches []planner.BranchPlan, shared []planner.SharedOrder) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "branch\tstarts\tIOC\texposure standing\tof operations\tmoves\tcost\tat least")
	for _, b := range branches {
		starts, ready := "", ""
		for i, op := range b.Operations {
			if i > 0 {
				starts, ready = starts+", ", ready+", "
			}
			starts += op + " " + b.DDay[op].String()
			if ioc := b.IOC[op]; ioc != nil {
				ready += ioc.String()
			} else {
				ready += "never"
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.1f\t%.1f\t%d\t%.0f\t%.0f\n", cmp.Or(b.Name, b.Branch), cmp.Or(starts, "nothing"), cmp.Or(ready, "-"),
			b.Exposure.Standing, b.Exposure.Operations, b.Legs, b.Cost, b.Bound)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return k.writeShared(c.out, s, branches, shared)
}

func (k *treeCommand) writeShared(out io.Writer, s *scenario.Scenario, branches []planner.BranchPlan, shared []planner.SharedOrder) error {
	if len(branches) < len(s.Branches) {
		fmt.Fprintf(out, "\nInterrupted: %d of %d branches planned.\n", len(branches), len(s.Branches))
		return nil
	}
	if len(shared) == 0 {
		fmt.Fprintf(out, "\nNo order is in the plans of all %d branches.\n", len(branches))
		return nil
	}
	fmt.Fprintf(out, "\n%s in the plans of all %d branches, which can be given now without regret:\n", count(len(shared), "order"), len(branches))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  decide by\torder by\tdepart\tunit\tpost")
	for i, x := range shared {
		if i == mostShared && !k.All {
			break
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", x.DecideBy, x.OrderBy, x.Depart, x.Unit, x.Post)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(shared) > mostShared && !k.All {
		fmt.Fprintf(out, "  and %d more; --all prints them\n", len(shared)-mostShared)
	}
	return nil
}
