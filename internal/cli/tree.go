package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
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

// branchPlan is a branch with the plan for it.
type branchPlan struct {
	Branch     string                    `json:"branch"`
	Name       string                    `json:"name,omitempty"`
	Operations []string                  `json:"operations"` // that happen
	DDay       map[string]scenario.Date  `json:"d_day"`
	IOC        map[string]*scenario.Date `json:"ioc"`
	Exposure   plan.Tally                `json:"exposure_days"`
	Cost       float64                   `json:"cost"`
	Bound      float64                   `json:"bound"`
	Legs       int                       `json:"legs"`
	plan       *plan.Plan
}

// sharedOrder is a leg that the plans of all branches have.
type sharedOrder struct {
	Unit     string        `json:"unit"`
	Post     string        `json:"post"`
	As       string        `json:"as"`
	Depart   scenario.Date `json:"depart"`
	DecideBy scenario.Date `json:"decide_by"` // the earliest that a branch asks for
	OrderBy  scenario.Date `json:"order_by"`
}

const mostShared = 20

func (k *treeCommand) Run(ctx context.Context, c *console) error {
	s, err := c.readScenario(k.Scenario)
	if err != nil {
		return err
	}
	if len(s.Branches) == 0 {
		return noError{fmt.Errorf("%s: the scenario has no branches; list them under branches, each with the conditions that it takes as met and as failed", k.Scenario)}
	}
	if k.Time <= 0 || k.Iterations < 0 || k.Threads < 0 {
		return usageError{errors.New("--time must be above 0, --iterations and --threads not below")}
	}
	line := c.liveLine()
	var branches []branchPlan
	for i := range s.Branches {
		if ctx.Err() != nil {
			break
		}
		if line.on {
			fmt.Fprintf(line.err, "\r\x1b[Kbranch %d of %d: %s", i+1, len(s.Branches), s.Branches[i].ID)
		}
		var before *plan.Plan
		if i > 0 {
			before = branches[i-1].plan
		}
		b, err := k.plan(ctx, c, s, &s.Branches[i], before)
		if err != nil {
			line.clear()
			return err
		}
		branches = append(branches, *b)
	}
	line.clear()
	shared := sharedOrders(branches)
	if k.JSON {
		return c.json(struct {
			Branches []branchPlan  `json:"branches"`
			Shared   []sharedOrder `json:"shared"`
		}{branches, shared})
	}
	return k.write(c, s, branches, shared)
}

// plan plans a branch. It starts from the plan of the branch before: what need
// not differ does not.
func (k *treeCommand) plan(ctx context.Context, c *console, s *scenario.Scenario, b *scenario.Branch, before *plan.Plan) (*branchPlan, error) {
	v := variant{Branch: b.ID, Today: k.Today, Reports: k.Reports}
	resolved, err := v.resolve(c, s)
	if err != nil {
		return nil, err
	}
	o := engine.Options{Seed: k.Seed, Iterations: k.Iterations, Scenario: s.Hash(), From: before}
	if k.Iterations == 0 {
		o.Time = k.Time / time.Duration(len(s.Branches))
	}
	p, err := engine.Solve(ctx, resolved, o)
	if pins, ok := errors.AsType[*engine.PinError](err); ok {
		return nil, noError{fmt.Errorf("%s, branch %s: %w", k.Scenario, b.ID, pins)}
	}
	if err != nil {
		return nil, err
	}
	if _, err := verified(resolved, p); err != nil {
		return nil, fmt.Errorf("branch %s: %w", b.ID, err)
	}
	m := p.Metrics
	out := &branchPlan{
		Branch: b.ID, Name: b.Name, Operations: []string{}, DDay: p.Options.DDay, IOC: m.IOC, Exposure: m.ExposureDays,
		Cost: m.Objective, Bound: m.Bound, Legs: m.Moves, plan: p,
	}
	for _, op := range resolved.Operations {
		out.Operations = append(out.Operations, op.ID)
	}
	return out, nil
}

// sharedOrders are the legs with an order that every branch has, by date.
func sharedOrders(branches []branchPlan) []sharedOrder {
	type key struct {
		unit, post, as string
		depart         scenario.Date
	}
	seen := map[key]int{}
	dates := map[key]sharedOrder{}
	for i, b := range branches {
		for _, t := range b.plan.Tours {
			for _, l := range t.Legs {
				at := key{t.Unit, l.Post, l.As, l.Depart}
				if l.OnDayZero() || seen[at] != i {
					continue
				}
				seen[at]++
				x := sharedOrder{t.Unit, l.Post, l.As, l.Depart, *l.DecideBy, *l.OrderBy}
				if first, known := dates[at]; known {
					x.DecideBy, x.OrderBy = min(x.DecideBy, first.DecideBy), min(x.OrderBy, first.OrderBy)
				}
				dates[at] = x
			}
		}
	}
	shared := []sharedOrder{}
	for at, n := range seen {
		if n == len(branches) {
			shared = append(shared, dates[at])
		}
	}
	slices.SortFunc(shared, func(a, b sharedOrder) int {
		return cmp.Or(cmp.Compare(a.DecideBy, b.DecideBy), cmp.Compare(a.OrderBy, b.OrderBy), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Depart, b.Depart))
	})
	return shared
}

func (k *treeCommand) write(c *console, s *scenario.Scenario, branches []branchPlan, shared []sharedOrder) error {
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

func (k *treeCommand) writeShared(out io.Writer, s *scenario.Scenario, branches []branchPlan, shared []sharedOrder) error {
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
