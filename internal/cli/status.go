package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/formats/reports"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// world is what is known by the reports, or assumed by the branch, that the
// flags name; nil if they name neither.
func (v *variant) world(c *console, s *scenario.Scenario) (*conditions.World, error) {
	if v.Branch == "" && len(v.Reports) == 0 {
		return nil, nil
	}
	var assumed map[string]scenario.State
	if v.Branch != "" {
		i := slices.IndexFunc(s.Branches, func(b scenario.Branch) bool { return b.ID == v.Branch })
		if i < 0 {
			var all []string
			for _, b := range s.Branches {
				all = append(all, b.ID)
			}
			return nil, usageError{fmt.Errorf("--branch %s: there is no such branch; the scenario has %s", v.Branch, enumerate(all))}
		}
		assumed = conditions.Assume(&s.Branches[i])
	}
	list, err := c.readReports(v.Reports, s)
	if err != nil {
		return nil, err
	}
	return conditions.New(s, list, v.today(s), assumed), nil
}

// today is the day by which reports count.
func (v *variant) today(s *scenario.Scenario) scenario.Date {
	if v.Today != nil {
		return *v.Today
	}
	return s.Calendar.Date(s.Today.Day(s.Calendar, 0))
}

// know sets what is taken to be known: by the flags, or else by the plan in force.
func (v *variant) know(c *console, s *scenario.Scenario, o *scenario.Variant) error {
	w, err := v.world(c, s)
	if w != nil {
		o.Branch = v.Branch
		o.Conditions, o.Raised = w.Options()
		return err
	}
	o.Branch, o.Conditions, o.Raised = v.took.Branch, v.took.Conditions, v.took.Raised
	return err
}

func (c *console) readReports(paths []string, s *scenario.Scenario) ([]scenario.Report, error) {
	for _, path := range paths {
		if err := exists(path); err != nil {
			return nil, err
		}
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

// fit is how a plan at hand fits how things stand.
type fit struct {
	Plan    string   `json:"plan"`
	Branch  string   `json:"branch,omitempty"`
	Fits    bool     `json:"fits"`
	Differs []string `json:"differs"` // conditions, as the plan takes them and as they are
}

func (k *statusCommand) Run(c *console) error {
	s, err := c.readScenario(k.Scenario)
	if err != nil {
		return err
	}
	list, err := c.readReports(k.Reports, s)
	if err != nil {
		return err
	}
	v := variant{Today: k.Today}
	st := conditions.New(s, list, v.today(s), nil).Status()
	plans := make([]*plan.Plan, len(k.Plans))
	for i, path := range k.Plans {
		if plans[i], err = c.openPlanFile(path); err != nil {
			return err
		}
	}
	fits := k.fits(st, plans)
	account, err := k.account(c, s, plans, v.today(s))
	if err != nil {
		return err
	}
	if k.JSON {
		return c.json(struct {
			*conditions.Status
			Plans   []fit              `json:"plans"`
			Account *execution.Account `json:"account,omitempty"`
		}{st, fits, account})
	}
	if err := c.status(st, fits, len(list)); err != nil || account == nil {
		return err
	}
	return k.sayAccount(c, account)
}

// fits compares the plans at hand with how things stand, the best first.
func (k *statusCommand) fits(st *conditions.Status, plans []*plan.Plan) []fit {
	fits := []fit{}
	for i, p := range plans {
		f := fit{Plan: k.Plans[i], Branch: p.Options.Branch, Differs: []string{}}
		for _, x := range st.Conditions {
			took := cmp.Or(p.Options.Conditions[x.ID].State, scenario.Open)
			if took != x.State {
				f.Differs = append(f.Differs, fmt.Sprintf("takes %s as %s, which is %s", x.ID, took, x.State))
			}
		}
		f.Fits = len(f.Differs) == 0
		fits = append(fits, f)
	}
	slices.SortStableFunc(fits, func(a, b fit) int { return len(a.Differs) - len(b.Differs) })
	return fits
}

func (c *console) status(st *conditions.Status, fits []fit, read int) error {
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
