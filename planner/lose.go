package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Losses is what the loss of each contributor, or of each pair, would break.
type Losses struct {
	Base   Outcome `json:"base"`   // nobody lost
	Losses []Loss  `json:"losses"` // the worst first
}

// Loss is the best plan found without some contributors.
type Loss struct {
	Contributors     []string       `json:"contributors"`
	Units            int            `json:"units"`               // that serve in the undisturbed plan
	Outcome          Outcome        `json:"outcome"`             // of the best plan without them
	IOCLost          []string       `json:"ioc_lost"`            // operations that are no longer ready in the calendar
	IOCLater         map[string]int `json:"ioc_later"`           // operation to days; negative is earlier
	FOCLost          []string       `json:"foc_lost"`            // likewise for full readiness
	StandingAdded    float64        `json:"standing_added"`      // exposure-days
	OperationsAdded  float64        `json:"operations_added"`    // exposure-days
	CostAdded        float64        `json:"cost_added"`          // between the plans found
	CostAddedAtLeast float64        `json:"cost_added_at_least"` // proven, whatever the plans: bound without them less the undisturbed plan
	Posts            []PostLoss     `json:"posts"`               // where exposure grows, the most first
	Veto             bool           `json:"veto"`                // an operation that would be ready is not, without them
}

// PostLoss is a post with more exposure.
type PostLoss struct {
	Post          string  `json:"post"`
	ExposureAdded float64 `json:"exposure_added"` // exposure-days
}

// basePart is the part of the time for the undisturbed plan, which all others
// start from.
const basePart = 0.25

// LoseOptions are the options of [Case.Lose].
type LoseOptions struct {
	AtATime int `json:"lose,omitempty" default:"1" minimum:"1" maximum:"2" doc:"Contributors lost at a time: each (1), or each pair (2)."`
}

var loseQuestion = define(Question{
	Name: "lose", Title: "What if one of them does not come?",
	Doc: "Plans without each contributor that has units, or each pair of them, and ranks what breaks.",
}, (*Case).Lose, tellLosses)

// Lose plans without each contributor that has units, or each pair of them, starting
// from the best plan with everybody. A contributor takes its units, their pins and its
// minimum posts at home along.
func (c *Case) Lose(ctx context.Context, v Variant, o Search, what LoseOptions) (*Losses, error) {
	s, err := c.begin("lose", v, &o, &what)
	if err != nil {
		return nil, err
	}
	groups := groups(s, what.AtATime)
	r := newRunner(ctx, o, len(groups)+1)
	base, err := r.solve(s, o.From, time.Duration(basePart*float64(r.o.Time)))
	if err != nil {
		return nil, err
	}
	each := time.Duration((1 - basePart) * float64(r.o.Time) * float64(min(r.workers, len(groups))) / float64(max(1, len(groups))))
	losses := make([]Loss, len(groups))
	err = r.each(len(groups), func(i int) error {
		rest, err := scenario.Resolve(s, scenario.Variant{Lost: groups[i]})
		if err != nil {
			return err
		}
		out, err := r.solve(rest, base.plan, each)
		if err != nil {
			return fmt.Errorf("without %v: %w", groups[i], err)
		}
		losses[i] = Loss{Contributors: groups[i], Outcome: *out}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A plan that does without somebody is a plan with everybody too.
	for i := range losses {
		if base, err = better(s, base, losses[i].Outcome.plan); err != nil {
			return nil, fmt.Errorf("without %v: %w", groups[i], err)
		}
	}
	for i := range losses {
		losses[i].compare(s, base)
	}
	slices.SortStableFunc(losses, worse)
	return &Losses{Base: *base, Losses: losses}, nil
}

// better is the cheaper of two plans of a scenario; both keep the bound. The other
// one may break rules here, and is not taken then.
func better(s *scenario.Scenario, base *Outcome, other *plan.Plan) (*Outcome, error) {
	p := *other
	p.Metrics = nil
	checked := verify.Check(s, &p)
	if len(checked.Breaches) > 0 || checked.Metrics.Objective >= base.Objective-same {
		return base, nil
	}
	if err := plan.Measure(s, &p, base.Bound); err != nil {
		return nil, err
	}
	p.Stop, p.Metrics.Stop = base.Stop, base.Stop
	return outcome(s, &p)
}

// groups lists the contributors that have units, or the pairs of them.
func groups(s *scenario.Scenario, lose int) (all [][]string) {
	var owners []string
	for _, c := range s.Contributors {
		if slices.ContainsFunc(s.Units, func(u scenario.Unit) bool { return u.Contributor == c.ID }) {
			owners = append(owners, c.ID)
		}
	}
	for i, a := range owners {
		if lose == 1 {
			all = append(all, []string{a})
			continue
		}
		for _, b := range owners[i+1:] {
			all = append(all, []string{a, b})
		}
	}
	return all
}

// withoutUnits is a resolved scenario without some units and their pins. What they were
// ordered is dropped with them.
func withoutUnits(s *scenario.Scenario, out func(*scenario.Unit) bool) *scenario.Scenario {
	rest, gone := *s, map[string]bool{}
	rest.Units, rest.Pins = nil, nil
	for i := range s.Units {
		if u := &s.Units[i]; out(u) {
			gone[u.ID] = true
		} else {
			rest.Units = append(rest.Units, *u)
		}
	}
	for _, p := range s.Pins {
		if !gone[p.Unit] {
			rest.Pins = append(rest.Pins, p)
		}
	}
	rest.InForce = slices.Clone(s.InForce)
	for i := range rest.InForce {
		x := &rest.InForce[i]
		x.Given = x.Given && !gone[x.Unit]
	}
	return &rest
}

// compare says what breaks against the undisturbed plan.
func (l *Loss) compare(s *scenario.Scenario, base *Outcome) {
	serve := map[string]bool{}
	for _, t := range base.plan.Tours {
		serve[t.Unit] = true
	}
	for _, u := range s.Units {
		if serve[u.ID] && slices.Contains(l.Contributors, u.Contributor) {
			l.Units++
		}
	}
	out := &l.Outcome
	l.IOCLost, l.FOCLost, l.IOCLater, l.Posts = []string{}, []string{}, map[string]int{}, []PostLoss{}
	for _, op := range s.Operations {
		before, after := base.IOC[op.ID], out.IOC[op.ID]
		switch {
		case before != nil && after == nil:
			l.IOCLost = append(l.IOCLost, op.ID)
		case before != nil:
			l.IOCLater[op.ID] = int(*after - *before)
		}
		if base.FOC[op.ID] != nil && out.FOC[op.ID] == nil {
			l.FOCLost = append(l.FOCLost, op.ID)
		}
	}
	l.Veto = len(l.IOCLost) > 0
	l.StandingAdded, l.OperationsAdded = out.ExposureStanding-base.ExposureStanding, out.ExposureOperations-base.ExposureOperations
	l.CostAdded, l.CostAddedAtLeast = out.Objective-base.Objective, positive(out.Bound-base.Objective)
	for _, p := range s.Posts {
		if added := out.byPost[p.ID] - base.byPost[p.ID]; added > same {
			l.Posts = append(l.Posts, PostLoss{p.ID, added})
		}
	}
	slices.SortStableFunc(l.Posts, func(a, b PostLoss) int { return cmp.Compare(b.ExposureAdded, a.ExposureAdded) })
}

// worse ranks losses: lost readiness first, then days of delay, exposure, cost.
func worse(a, b Loss) int {
	later := func(l Loss) (days int) {
		for _, d := range l.IOCLater {
			days += max(0, d)
		}
		return days
	}
	exposed := func(l Loss) float64 { return l.StandingAdded + l.OperationsAdded }
	return cmp.Or(
		cmp.Compare(len(b.IOCLost), len(a.IOCLost)), cmp.Compare(later(b), later(a)),
		cmp.Compare(exposed(b), exposed(a)), cmp.Compare(b.CostAdded, a.CostAdded), slices.Compare(a.Contributors, b.Contributors),
	)
}

// tellLosses is who could be lost, as a chart of what that would add.
func tellLosses(s *scenario.Scenario, l *Losses) Answer {
	a := Answer{
		Title: "What if one of them does not come?", Numbers: []int{1, 3, 4, 5},
		Head: []string{"Without", "Units used", "Readiness", "Standing", "Operations", "Cost"},
		Chart: &Chart{Kind: "bars", X: "exposure-days added", Series: []Series{
			{Name: "standing posts", Mark: -1}, {Name: "operations", Mark: -1},
		}},
	}
	names := map[string]string{}
	for _, c := range s.Contributors {
		names[c.ID] = words.Name(c.Name, c.ID)
	}
	var vetoes []string
	for i, x := range l.Losses {
		var who []string
		for _, id := range x.Contributors {
			who = append(who, names[id])
		}
		name := strings.Join(who, " and ")
		if x.Veto {
			vetoes = append(vetoes, name)
		}
		ready := "as planned"
		if len(x.IOCLost) > 0 {
			ready = "IOC lost"
		} else {
			later := 0
			for _, days := range x.IOCLater {
				later = max(later, days)
			}
			if later > 0 {
				ready = words.Plural(float64(later), "day") + " later"
			}
		}
		a.Rows = append(a.Rows, []string{name, fmt.Sprint(x.Units), ready, words.Signed(x.StandingAdded), words.Signed(x.OperationsAdded), words.Signed(x.CostAdded)})
		if i < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, name)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, bar(x.StandingAdded))
			a.Chart.Series[1].Y = append(a.Chart.Series[1].Y, bar(x.OperationsAdded))
		}
	}
	a.Text = []string{"Each contributor is left out in turn and everybody else is planned anew; the worst loss comes first."}
	if len(vetoes) > 0 {
		a.Text = append(a.Text, "No plan was found in which every operation is ready without "+strings.Join(vetoes, ", or without ")+".")
	}
	return a
}
