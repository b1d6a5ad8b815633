package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/formats/reports"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

func (c *console) readReports(paths []string, s *scenario.Scenario) ([]scenario.Report, error) {
	for _, path := range paths {
		if err := exists(path); err != nil {
			return nil, err
		}
	}
	if len(paths) == 0 {
		return nil, nil
	}
	list, warnings, err := reports.Read(paths, s)
	c.warn(warnings)
	return list, refused(err)
}

type statusCommand struct {
	Scenario string         `arg:"" help:"Scenario with conditions."`
	Today    *scenario.Date `placeholder:"DATE" help:"Day to look at; reports that came later do not count. By default what the scenario says."`
	Reports  []string       `placeholder:"FILE" help:"Tables of reports, CSV. Can be repeated."`
	Plans    []string       `name:"plan" placeholder:"FILE" help:"Plans at hand: which one was made for how things stand? Can be repeated."`
	done
	JSON bool `name:"json" help:"Print the answer as JSON."`
}

func (k *statusCommand) Run(ctx context.Context, c *console) error {
	x, err := c.readCase(k.Scenario)
	if err != nil {
		return err
	}
	list, err := c.readReports(k.Reports, x.Scenario())
	if err != nil {
		return err
	}
	what := planner.StatusOptions{Names: k.Plans}
	for _, path := range k.Plans {
		p, err := c.openPlanFile(path)
		if err != nil {
			return err
		}
		what.Plans = append(what.Plans, p)
	}
	if len(k.Facts) > 0 {
		if len(what.Plans) != 1 {
			return usageError{fmt.Errorf("--facts: say of which plan, with one --plan; there are %d", len(what.Plans))}
		}
		s, err := resolveAs(x, k.Plans[0], what.Plans[0])
		if err != nil {
			return err
		}
		c.another(k.Plans[0], x, what.Plans[0])
		if what.Facts, err = k.read(c, s); err != nil {
			return err
		}
		what.Overdue = &k.Overdue
	}
	st, err := x.Status(ctx, planner.Variant{Today: k.Today, Reports: list}, planner.Search{}, what)
	if err != nil {
		return told(k.Scenario, err)
	}
	if k.JSON {
		return c.json(st)
	}
	if err := c.status(st.Status, st.Plans, len(list)); err != nil || st.Account == nil {
		return err
	}
	return k.sayAccount(c, st.Account)
}

func (c *console) status(st *conditions.Status, fits []planner.Fit, read int) error {
	if read == 0 {
		fmt.Fprintf(c.out, "%s: no reports\n", st.Today)
	} else {
		fmt.Fprintf(c.out, "%s: %d of %s count\n", st.Today, st.Reports, count(read, "report"))
	}
	if len(st.Conditions) == 0 {
		fmt.Fprintln(c.out, "\nThe scenario has no conditions.")
	}
	for _, x := range st.Conditions {
		head := strings.ToUpper(string(x.State))
		if x.Since != nil {
			head += " since " + x.Since.String()
		}
		if x.Due != nil {
			head += ", met on " + x.Due.String() + " if nothing more is reported"
		}
		if x.Disputed {
			head += ", DISPUTED"
		}
		fmt.Fprintf(c.out, "\n%s: %s\n", cmp.Or(x.Name, x.ID), head)
		fmt.Fprintf(c.out, "  why:     %s\n", x.Why)
		for _, claim := range x.Claims {
			fmt.Fprintf(c.out, "  %-8s if %s\n", string(claim.State), side(claim))
		}
		if x.Change != "" {
			fmt.Fprintf(c.out, "  changes: %s\n", x.Change)
		}
	}
	if len(st.Operations) > 0 {
		fmt.Fprintln(c.out, "\nOperations and phases")
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, x := range st.Operations {
			fmt.Fprintf(w, "  %s\t%s\n", strings.TrimSuffix(x.Operation+": "+x.Phase, ": "), begins(x))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if len(st.Lines) > 0 {
		fmt.Fprintln(c.out, "\nRequirements that grow with incidents")
		for _, x := range st.Lines {
			fmt.Fprintf(c.out, "  %s, %s: %g", x.Post, x.Capability, x.Floor+x.Added)
			if x.Added > 0 {
				fmt.Fprintf(c.out, " (%g and %g since %s)", x.Floor, x.Added, x.History[len(x.History)-1].From)
			}
			fmt.Fprintf(c.out, "; %s\n", x.Why)
		}
	}
	if len(st.Unasked) > 0 {
		fmt.Fprintf(c.out, "\nNothing asks for: %s\n", strings.Join(st.Unasked, ", "))
	}
	for _, f := range fits {
		name := f.Plan
		if f.Branch != "" {
			name += " (branch " + f.Branch + ")"
		}
		if f.Fits {
			fmt.Fprintf(c.out, "\n%s was made for how things stand.\n", name)
			continue
		}
		fmt.Fprintf(c.out, "\n%s was not made for how things stand: it %s.\n", name, strings.Join(f.Differs, "; it "))
	}
	return nil
}

// side says which reports one side of a dispute rests on.
func side(x conditions.Claim) string {
	var parts []string
	if len(x.Reports) > 0 {
		parts = append(parts, enumerate(x.Reports)+either(len(x.Reports) == 1, " is", " are")+" right")
	}
	for _, end := range []struct {
		name    string
		reports []string
	}{{"lowest", x.Lowest}, {"highest", x.Highest}} {
		if n := len(end.reports); n > 0 {
			parts = append(parts, enumerate(end.reports)+either(n == 1, " is at its ", " are at their ")+end.name)
		}
	}
	return strings.Join(parts, ", and ")
}

// begins says whether an operation or phase has started.
func begins(x conditions.Started) string {
	switch {
	case x.Never:
		return "does not happen: " + x.Condition + " has failed"
	case x.Started:
		return "started on " + x.Day.String()
	case x.Known:
		return "starts on " + x.Day.String()
	case x.Condition != "":
		return "waits for " + x.Condition + "; planned for " + x.Day.String()
	default:
		return "planned for " + x.Day.String()
	}
}
