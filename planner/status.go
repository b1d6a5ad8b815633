package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// StatusOptions are the options of [Case.Status].
type StatusOptions struct {
	Plans   []*plan.Plan `json:"-"` // at hand
	Names   []string     `json:"-"` // of the plans
	Facts   []plan.Fact  `json:"facts,omitempty" doc:"What has been done of the plan: orders, departures, delays, arrivals, strengths."`
	Overdue *int         `json:"overdue,omitempty" minimum:"0" maximum:"3650" doc:"For so many days what is due and not reported is taken as done; 2 by default."`
}

func (o *StatusOptions) about(plans []*plan.Plan) { o.Plans = plans }

// Status is what has come true by a day: of the conditions by the reports of the variant,
// and of a plan by the facts.
type Status struct {
	*conditions.Status
	Plans   []Fit              `json:"plans"`
	Account *execution.Account `json:"account,omitempty"` // nil without facts
}

// Fit is how a plan at hand fits how things stand.
type Fit struct {
	Plan    string   `json:"plan"`
	Branch  string   `json:"branch,omitempty"`
	Fits    bool     `json:"fits"`
	Differs []string `json:"differs"` // conditions, as the plan takes them and as they are
}

var statusQuestion = define(Question{
	Name: "status", Title: "What has come true?", Plans: 1,
	Doc: "Says where conditions stand by the reports, and where a plan and what has been done of it part.",
}, (*Case).Status, tellStatus)

// Status says what has come true by the variant's today.
func (c *Case) Status(_ context.Context, v Variant, _ Search, what StatusOptions) (*Status, error) {
	if err := settle("status", &what); err != nil {
		return nil, err
	}
	today := c.today(v)
	st := &Status{Status: conditions.New(c.written, v.Reports, today, nil).Status(), Plans: []Fit{}}
	for i, p := range what.Plans {
		f := Fit{Branch: p.Options.Branch, Differs: []string{}}
		if i < len(what.Names) {
			f.Plan = what.Names[i]
		}
		for _, x := range st.Conditions {
			took := cmp.Or(p.Options.Conditions[x.ID].State, scenario.Open)
			if took != x.State {
				f.Differs = append(f.Differs, fmt.Sprintf("takes %s as %s, which is %s", x.ID, took, x.State))
			}
		}
		f.Fits = len(f.Differs) == 0
		st.Plans = append(st.Plans, f)
	}
	slices.SortStableFunc(st.Plans, func(a, b Fit) int { return len(a.Differs) - len(b.Differs) })
	if len(what.Facts) == 0 {
		return st, nil
	}
	if len(what.Plans) != 1 {
		return nil, &OptionError{Question: "status", Option: "facts", Value: fmt.Sprintf("of %d plans", len(what.Plans)), Limit: "of one plan"}
	}
	s, err := c.Resolve(plannedAs(what.Plans[0]))
	if err != nil {
		return nil, err
	}
	overdue := usualOverdue
	if what.Overdue != nil {
		overdue = *what.Overdue
	}
	st.Account, err = execution.Of(s, what.Plans[0], what.Facts, today, overdue)
	return st, err
}

// tellStatus lists the conditions with their state and why.
func tellStatus(_ *scenario.Scenario, x *Status) Answer {
	a := Answer{Title: "What has come true?", Head: []string{"Condition", "State", "Since", "Why"}}
	for _, k := range x.Conditions {
		since := ""
		if k.Since != nil {
			since = words.ShortDay(*k.Since)
		}
		a.Rows = append(a.Rows, []string{words.Name(k.Name, k.ID), string(k.State), since, k.Why})
	}
	a.Text = []string{fmt.Sprintf("On %s %s count.", words.ShortDay(x.Today), words.Plural(float64(x.Reports), "report"))}
	for _, f := range x.Plans {
		if f.Fits {
			a.Text = append(a.Text, "The plan was made for how things stand.")
		} else {
			a.Text = append(a.Text, "The plan was not made for how things stand.")
		}
	}
	if x.Account != nil {
		a.Text = append(a.Text, fmt.Sprintf("The plan and what has been done part: %s more than planned.", words.Plural(x.Account.Added, "exposure-day")))
		if !x.Account.Parted {
			a.Text[len(a.Text)-1] = "The plan holds."
		}
	}
	return a
}
