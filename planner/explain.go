package planner

import (
	"context"
	"fmt"

	"github.com/rearguard/rearguard/internal/explain"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// ExplainOptions are the options of [Case.Explain].
type ExplainOptions struct {
	Plan *plan.Plan     `json:"-"`
	ID   string         `json:"id" maxLength:"300" doc:"The unit or the post, by its ID."`
	Day  *scenario.Date `json:"day,omitempty" doc:"Day that a post is asked for; for a unit, which of its legs; by default its first move."`
}

func (o *ExplainOptions) about(plans []*plan.Plan) { o.Plan = plans[0] }

// Explanation is why a unit is here and not there, or who could have come to a post on a
// day; and, for a post, what keeps its floors from being met.
type Explanation struct {
	explain.Answer
	Conflicts []Conflict `json:"conflicts,omitempty"`
}

var explainQuestion = define(Question{
	Name: "explain", Title: "Why is this unit here and not there?", Plans: 1,
	Doc: "Lists each alternative with the rule that bars it or what it would cost, everybody else staying as planned.",
}, (*Case).Explain, tellExplanation)

// Explain answers for a unit or a post of a plan. The variant is the plan's. A name or a
// day that is not there is an *[UnknownSubject].
func (c *Case) Explain(ctx context.Context, _ Variant, how Search, what ExplainOptions) (*Explanation, error) {
	s, err := c.begin("explain", plannedAs(what.Plan), &how, &what)
	if err != nil {
		return nil, err
	}
	a, err := explain.Explain(s, what.Plan, what.ID, what.Day)
	if err != nil {
		return nil, err
	}
	x := &Explanation{Answer: *a}
	if a.Unit == "" && a.Day != nil {
		x.Conflicts, err = conflicts(ctx, s, what.Plan, a.Post, *a.Day)
	}
	return x, err
}

// UnknownSubject is the error of an explanation of what is not there.
type UnknownSubject = explain.Unknown

// tellExplanation lists the alternatives, what is possible first.
func tellExplanation(_ *scenario.Scenario, x *Explanation) Answer {
	a := Answer{Title: "Why is this unit here and not there?", Head: []string{"Unit", "Post", "Possible", "Cost added", "Why"}, Numbers: []int{3}}
	switch {
	case x.Unit == "":
		a.Title = "Who could have come to " + x.Post + "?"
	case x.Leg == nil:
		a.Text = append(a.Text, x.Unit+" stays at home, or is at no post on that day.")
	default:
		a.Text = append(a.Text, fmt.Sprintf("%s serves at %s from %s until %s.", x.Unit, x.Post, words.ShortDay(x.Leg.Effective), words.ShortDay(x.Leg.Until)))
	}
	possible := 0
	for i := range x.Alternatives {
		k := &x.Alternatives[i]
		row := []string{k.Unit, k.Post, "no", "", k.Reason}
		if k.Possible {
			possible++
			row[2], row[3] = "yes", words.Signed(k.CostAdded)
		}
		a.Rows = append(a.Rows, row)
	}
	a.Text = append(a.Text, fmt.Sprintf("%s, of %d looked at; each changes this one unit's schedule and leaves everybody else's as it is.",
		words.Plural(float64(possible), "alternative")+" possible", len(x.Alternatives)))
	for i := range x.Conflicts {
		k := &x.Conflicts[i]
		a.Text = append(a.Text, fmt.Sprintf("The floor of %s, %g, is not met on %s. %s", k.Capability, k.Floor, words.ShortDay(k.Day), k.Sentence()))
		a.Text = append(a.Text, k.Facts...)
	}
	return a
}
