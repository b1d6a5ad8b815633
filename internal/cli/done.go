package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/formats/reports"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// done are the flags that say what has really been done of a plan.
type done struct {
	Facts   []string `placeholder:"FILE" help:"Tables of what has been done of the plan, CSV: orders, departures, delays, arrivals, strengths. Can be repeated."`
	Overdue int      `default:"2" placeholder:"DAYS" help:"For so many days what is due and not reported is taken as done."`
}

// read reads the facts of a resolved scenario.
func (k *done) read(c *console, s *scenario.Scenario) ([]plan.Fact, error) {
	if k.Overdue < 0 {
		return nil, usageError{fmt.Errorf("--overdue %d: it is a number of days, 0 or more", k.Overdue)}
	}
	for _, path := range k.Facts {
		if err := exists(path); err != nil {
			return nil, err
		}
	}
	if len(k.Facts) == 0 {
		return nil, nil
	}
	facts, warnings, err := reports.ReadFacts(k.Facts, s)
	c.warn(warnings)
	return facts, refused(err)
}

// news are the flags of what is known on a day: reports of the world, and facts of
// a plan.
type news struct {
	Today   *scenario.Date `placeholder:"DATE" help:"Day of the news; what came later does not count. By default that of the plan."`
	Reports []string       `placeholder:"FILE" help:"Tables of reports, CSV: also show where conditions stand. Can be repeated."`
	done
}

// given reports whether there is any.
func (k *news) given() bool { return len(k.Reports) > 0 || len(k.Facts) > 0 }

// of is what is known of a case, resolved for a plan; nil for what was not asked.
// Conditions are shown where the scenario has some.
func (k *news) of(ctx context.Context, c *console, x *planner.Case, s *scenario.Scenario, p *plan.Plan) (st *conditions.Status, a *execution.Account, err error) {
	if !k.given() {
		return nil, nil, nil
	}
	today := s.Calendar.Date(s.Today.Number())
	if k.Today != nil {
		today = *k.Today
	}
	what := planner.StatusOptions{Overdue: &k.Overdue}
	list, err := c.readReports(k.Reports, x.Scenario())
	if err != nil {
		return nil, nil, err
	}
	if what.Facts, err = k.read(c, s); err != nil {
		return nil, nil, err
	}
	if len(what.Facts) > 0 {
		what.Plans = []*plan.Plan{p}
	}
	found, err := x.Status(ctx, planner.Variant{Today: &today, Reports: list}, planner.Search{}, what)
	if err != nil {
		return nil, nil, err
	}
	if len(x.Scenario().Conditions) > 0 || len(list) > 0 {
		st = found.Status
	}
	return st, found.Account, nil
}

// sayAccount says where the plan and what has been done part, what that means,
// and how to plan again.
func (k *statusCommand) sayAccount(c *console, a *execution.Account) error {
	late := 0
	for i := range a.Legs {
		if a.Legs[i].Late > 0 {
			late++
		}
	}
	fmt.Fprintf(c.out, "\nThe plan against %s\n", count(a.Counted, "fact"))
	fmt.Fprintf(c.out, "  %s due or reported, %d of them late\n", count(len(a.Legs), "leg"), late)
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for i := range a.Legs {
		if l := &a.Legs[i]; l.Off(a.Tolerance) {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", l.Unit, l.Post, l.State, promise(l), cmp.Or(l.Statement, strings.Join(l.Facts, ", ")))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i := range a.Strengths[:min(len(a.Strengths), shown)] {
		x := &a.Strengths[i]
		fmt.Fprintf(c.out, "  %s at %s: %s of its strength%s\n", x.Unit, x.Post, ranged(x.Low, x.High, "%.0f", " %"), ends(x))
	}
	c.more(len(a.Strengths), "unit")
	for _, f := range a.Unplanned {
		fmt.Fprintf(c.out, "  %s: %s %s at %s on %s, which the plan does not have\n", f.ID, f.Unit, f.Event, cmp.Or(f.Post, "any post"), f.Date)
	}
	c.open(a)
	if !a.Parted {
		fmt.Fprintln(c.out, "The plan holds.")
		return nil
	}
	fmt.Fprintf(c.out, "\nPlan again from here:\n  rearguard replan %s %s --today %s", k.Scenario, k.Plans[0], a.Today)
	for _, path := range k.Facts {
		fmt.Fprintf(c.out, " --facts %s", path)
	}
	for _, path := range k.Reports {
		fmt.Fprintf(c.out, " --reports %s", path)
	}
	fmt.Fprintln(c.out)
	return nil
}

// shown is how many of a list are printed; --json lists all.
const shown = 10

func (c *console) more(n int, what string) {
	if n > shown {
		fmt.Fprintf(c.out, "  … and %s; --json lists all\n", count(n-shown, what))
	}
}

// open says what stays open that the plan had covered.
func (c *console) open(a *execution.Account) {
	if a.High <= 0 {
		fmt.Fprintln(c.out, "\nNo post is exposed because of it.")
		return
	}
	fmt.Fprintf(c.out, "\nWhat that leaves open: %s exposure-days more than planned%s\n", ranged(a.Low, a.High, "%.1f", ""), likely(a))
	exposed := 0
	for i := range a.Lines {
		l := &a.Lines[i]
		if l.High <= 0 {
			continue
		}
		if exposed++; exposed > shown {
			continue
		}
		fmt.Fprintf(c.out, "  %s, %s: %s", l.Post, l.Capability, ranged(l.Low, l.High, "%.1f", ""))
		if l.Until > l.From {
			fmt.Fprintf(c.out, " from %s until %s", l.From, l.Until)
		}
		if l.Actual != l.Planned {
			fmt.Fprintf(c.out, "; today %.3g of the %.3g planned", l.Actual, l.Planned)
		}
		fmt.Fprintln(c.out)
	}
	c.more(exposed, "line")
}

// promise says from which day a late leg counts, and why one does not.
func promise(l *execution.Leg) string {
	switch {
	case l.State == execution.Cancelled:
		return fmt.Sprintf("does not come; planned from %s", l.Effective)
	case l.State == execution.Gone:
		return fmt.Sprintf("planned until %s", l.Until)
	case l.Expected == nil:
		return fmt.Sprintf("%d days late: not before its end on %s", l.Late, l.Until)
	case l.Assumed:
		return fmt.Sprintf("counts from %s at the earliest, not %s: nothing is reported", l.Expected, l.Effective)
	default:
		return fmt.Sprintf("counts from %s, not %s", l.Expected, l.Effective)
	}
}

func ends(x *execution.Strength) string {
	if x.Ends == nil {
		return ""
	}
	return fmt.Sprintf("; under %g %%, so that it does not count, from %s", x.Least, x.Ends)
}

func likely(a *execution.Account) string {
	if a.High-a.Low < 0.05 {
		return ""
	}
	return fmt.Sprintf(", likely %.1f", a.Added)
}

// ranged writes a range, or a number where both ends read the same.
func ranged(low, high float64, format, unit string) string {
	a, b := fmt.Sprintf(format, low), fmt.Sprintf(format, high)
	if a == b {
		return a + unit
	}
	return a + " to " + b + unit
}
