package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/explain"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

type explainCommand struct {
	Scenario string         `arg:"" help:"Scenario that the plan is for."`
	Plan     string         `arg:"" help:"Plan to explain."`
	ID       string         `arg:"" name:"unit|post" help:"ID of the unit or of the post."`
	Day      *scenario.Date `placeholder:"DATE" help:"Day that a post is asked for; for a unit, which of its legs; by default its first move."`
	All      bool           `help:"Print every alternative, however many."`
	JSON     bool           `name:"json" help:"Print the answer as JSON."`
}

// mostAlternatives of each kind are printed unless all are asked for.
const mostAlternatives = 12

func (k *explainCommand) Run(ctx context.Context, c *console) error {
	x, s, p, err := c.ownPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	if _, err := recomputed(k.Plan, s, p); err != nil {
		return err
	}
	a, err := x.Explain(ctx, planner.Variant{}, planner.Search{}, planner.ExplainOptions{Plan: p, ID: k.ID, Day: k.Day})
	if err != nil {
		return told(k.Scenario, err)
	}
	if k.JSON {
		return c.json(a)
	}
	k.write(c, &a.Answer)
	writeConflicts(c, a.Conflicts)
	return nil
}

// writeConflicts says why floors are not met.
func writeConflicts(c *console, conflicts []planner.Conflict) {
	for i := range conflicts {
		x := &conflicts[i]
		fmt.Fprintf(c.out, "\nWhy the floor of %s, %g, is not met on %s\n  %s\n", x.Capability, x.Floor, x.Day, x.Sentence())
		for _, f := range x.Facts {
			fmt.Fprintf(c.out, "  - %s\n", f)
		}
	}
}

// write says what is, then what could be, then what cannot.
func (k *explainCommand) write(c *console, a *explain.Answer) {
	switch {
	case a.Unit == "":
		k.writePost(c, a)
	case a.Leg == nil && a.Day != nil:
		fmt.Fprintf(c.out, "%s is at no post on %s.\n", a.Unit, *a.Day)
	case a.Leg == nil:
		fmt.Fprintf(c.out, "%s stays at home throughout.\n", a.Unit)
	default:
		fmt.Fprintf(c.out, "%s serves at %s from %s until %s.\n", a.Unit, a.Post, a.Leg.Effective, a.Leg.Until)
	}
	fmt.Fprintln(c.out, "Each line changes this one unit's schedule and leaves everybody else's as it is.")
	var possible, barred []explain.Alternative
	useless := 0
	for _, x := range a.Alternatives {
		switch {
		case x.Possible:
			possible = append(possible, x)
		case x.Rule == verify.Form && !k.All:
			useless++
		default:
			barred = append(barred, x)
		}
	}
	name := func(x explain.Alternative) string {
		if a.Unit != "" {
			return x.Post
		}
		return x.Unit
	}
	k.table(c, "Possible, and what it would add to the cost of the plan", "with a higher cost", possible, func(x explain.Alternative) string {
		instead := ""
		if x.Instead != "" {
			instead = ", in the place of " + x.Instead
		}
		checked := ""
		if x.Verified {
			checked = "; checked"
		}
		return fmt.Sprintf("%s\t%+.2f\t%s to %s%s%s", name(x), x.CostAdded, x.Leg.Effective, x.Leg.Until, instead, checked)
	})
	k.table(c, "Not possible, and the rule that bars it", "that cannot", barred, func(x explain.Alternative) string {
		return fmt.Sprintf("%s\t%s\t%s", name(x), x.Rule, x.Reason)
	})
	if useless > 0 {
		what := "unit"
		if a.Unit != "" {
			what = "post"
		}
		fmt.Fprintf(c.out, "\nLeft out: %s where what is provided is not what is asked for (rule form); --all lists them\n", count(useless, what))
	}
}

func (k *explainCommand) writePost(c *console, a *explain.Answer) {
	serving := "nobody"
	if len(a.Serving) > 0 {
		serving = strings.Join(a.Serving, ", ")
	}
	fmt.Fprintf(c.out, "At %s on %s: %s.\n", a.Post, *a.Day, serving)
	for _, l := range a.Missing {
		fmt.Fprintf(c.out, "  %s: %g there, floor %g, target %g\n", l.Capability, l.Cover, l.Floor, l.Target)
	}
	if len(a.Missing) == 0 {
		fmt.Fprintln(c.out, "  nothing is asked for on this day")
	}
}

func (k *explainCommand) table(c *console, title, rest string, list []explain.Alternative, row func(explain.Alternative) string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(c.out, "\n%s\n", title)
	shown := list
	if !k.All {
		shown = list[:min(len(list), mostAlternatives)]
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, x := range shown {
		fmt.Fprintf(t, "  %s\n", row(x))
	}
	_ = t.Flush()
	if more := len(list) - len(shown); more > 0 {
		fmt.Fprintf(c.out, "  and %d more %s; --all lists them\n", more, rest)
	}
}
