package cli

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/formats/reports"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// done are the flags that say what has really been done of a plan.
type done struct {
	Facts   []string `placeholder:"FILE" help:"Tables of what has been done of the plan, CSV: orders, departures, delays, arrivals, strengths. Can be repeated."`
	Overdue int      `default:"2" placeholder:"DAYS" help:"For so many days what is due and not reported is taken as done."`
}

// hold holds a plan of a resolved scenario against the facts.
func (k *done) hold(c *console, s *scenario.Scenario, p *plan.Plan, today scenario.Date) (*execution.Account, error) {
	if k.Overdue < 0 {
		return nil, usageError{fmt.Errorf("--overdue %d: it is a number of days, 0 or more", k.Overdue)}
	}
	for _, path := range k.Facts {
		if err := exists(path); err != nil {
			return nil, err
		}
	}
	facts, warnings, err := reports.ReadFacts(k.Facts, s)
	c.warn(warnings)
	if err != nil {
		return nil, refused(err)
	}
	return execution.Of(s, p, facts, today, k.Overdue)
}

// take makes what has been done a part of what is planned again from: the plan in
// force is the one that stands, and cancelled units are not sent.
func (k *done) take(c *console, x *changed) error {
	if len(k.Facts) == 0 {
		return nil
	}
	a, err := k.hold(c, x.before.Scenario, x.before.Plan, x.resolved.Calendar.Date(x.resolved.Today.Number()))
	if err != nil {
		return err
	}
	stands := *a.AsItStands()
	if err := plan.Measure(x.before.Scenario, &stands, math.Inf(-1)); err != nil {
		return err
	}
	x.before.Plan, x.before.Name, x.before.BrokenRules = &stands, x.before.Name+" as it stands", 0
	x.orders = a.Orders()
	if now := a.Bar(x.now); now != x.now {
		x.now = now
		x.resolved, err = x.variant.resolve(c, now)
	}
	return err
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

// of is what is known of a scenario, as written and as resolved for the plan; nil
// for what was not asked. Conditions are shown where the scenario has some.
func (k *news) of(c *console, written, s *scenario.Scenario, p *plan.Plan) (st *conditions.Status, a *execution.Account, err error) {
	if !k.given() {
		return nil, nil, nil
	}
	today := s.Calendar.Date(s.Today.Number())
	if k.Today != nil {
		today = *k.Today
	}
	list, err := c.readReports(k.Reports, written)
	if err != nil {
		return nil, nil, err
	}
	if len(written.Conditions) > 0 || len(list) > 0 {
		st = conditions.New(written, list, today, nil).Status()
	}
	if len(k.Facts) > 0 {
		a, err = k.hold(c, s, p, today)
	}
	return st, a, err
}

// account holds the plan at hand against the facts; nil if there are none.
func (k *statusCommand) account(c *console, s *scenario.Scenario, plans []*plan.Plan, today scenario.Date) (*execution.Account, error) {
	if len(k.Facts) == 0 {
		return nil, nil
	}
	if len(plans) != 1 {
		return nil, usageError{fmt.Errorf("--facts: say of which plan, with one --plan; there are %d", len(plans))}
	}
	resolved, err := resolveAs(s, plans[0])
	if err != nil {
		return nil, noError{fmt.Errorf("%s: %w", k.Plans[0], err)}
	}
	c.another(k.Plans[0], s, plans[0])
	return k.hold(c, resolved, plans[0], today)
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
