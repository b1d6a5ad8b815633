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
	Base       Outcome    `json:"base"`        // nobody lost
	Soonest    Soonest    `json:"soonest"`     // with nobody lost
	Control    Control    `json:"control"`     // what searching alone changes
	Losses     []Loss     `json:"losses"`      // the worst first
	NotReached [][]string `json:"not_reached"` // contributors whose loss the time did not suffice to plan
}

// Loss is the best plan found without some contributors.
type Loss struct {
	Contributors     []string       `json:"contributors"`
	Units            int            `json:"units"`               // that serve in the undisturbed plan
	Outcome          Outcome        `json:"outcome"`             // of the best plan without them
	Soonest          Soonest        `json:"soonest"`             // without them
	IOCLost          []string       `json:"ioc_lost"`            // operations of which no plan found is ready in the calendar
	IOCLater         map[string]int `json:"ioc_later"`           // operation to days between the soonest with everybody and without them
	FOCLost          []string       `json:"foc_lost"`            // likewise for full readiness
	StandingAdded    float64        `json:"standing_added"`      // exposure-days
	OperationsAdded  float64        `json:"operations_added"`    // exposure-days
	CostAdded        float64        `json:"cost_added"`          // between the plans found
	CostAddedAtLeast float64        `json:"cost_added_at_least"` // proven, whatever the plans: bound without them less the undisturbed plan
	Posts            []PostLoss     `json:"posts"`               // where exposure grows, the most first
	Differs          bool           `json:"differs"`             // costs more by more than searching alone changes; else nothing is found that depends on them
	Veto             bool           `json:"veto"`                // an operation that would be ready is not, without them, in no plan found

	rest *scenario.Scenario // without them
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
// minimum posts at home along. One whose units do not serve in that plan costs nothing,
// which needs no search. What searching alone changes is measured by a control: the
// unchanged scenario from the same plan, with the same effort.
func (c *Case) Lose(ctx context.Context, v Variant, o Search, what LoseOptions) (*Losses, error) {
	s, err := c.begin("lose", v, &o, &what)
	if err != nil {
		return nil, err
	}
	groups := groups(s, what.AtATime)
	r := newRunner(ctx, o, 2*len(groups)+3)
	base, err := r.solve(s, o.From, time.Duration(basePart*float64(r.o.Time)))
	if err != nil {
		return nil, err
	}
	serve := serving(s, base.plan)
	slices.SortStableFunc(groups, func(a, b []string) int { return cmp.Compare(serve.of(b), serve.of(a)) }) // in case time runs out
	r.proves = base.Gap < nothingProven
	each := time.Duration((1 - basePart) * float64(r.o.Time) * float64(r.workers) / float64(max(r.workers, 2*len(groups)+2)))
	control, err := r.solve(s, base.plan, each)
	if err != nil {
		return nil, err
	}
	soonest, err := r.soonest(s, control, Soonest{}, each)
	if err != nil {
		return nil, err
	}
	losses, reached := make([]Loss, len(groups)), make([]bool, len(groups))
	err = r.each(len(groups), func(i int) (err error) {
		if r.late() {
			return nil
		}
		losses[i], err = r.lose(s, base, soonest, groups[i], serve.of(groups[i]), each)
		if err != nil {
			return fmt.Errorf("without %v: %w", groups[i], err)
		}
		reached[i] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer := &Losses{Control: controlOf(base, control), Losses: []Loss{}, NotReached: [][]string{}}
	if base, err = better(s, base, control.plan); err != nil {
		return nil, err
	}
	for i := range losses {
		if !reached[i] {
			answer.NotReached = append(answer.NotReached, groups[i])
			continue
		}
		// A plan that does without somebody is a plan with everybody too.
		if base, err = better(s, base, losses[i].Outcome.plan); err != nil {
			return nil, fmt.Errorf("without %v: %w", groups[i], err)
		}
		soonest = soonest.or(losses[i].Soonest)
		answer.Losses = append(answer.Losses, losses[i])
	}
	answer.Base, answer.Soonest = *base, soonest
	if err := share(s, answer.Losses, base, soonest); err != nil {
		return nil, err
	}
	for i := range answer.Losses {
		answer.Losses[i].compare(s, base, soonest, answer.Control)
	}
	slices.SortStableFunc(answer.Losses, worse)
	return answer, nil
}

// lose plans without some contributors, of whom so many units serve in the plan with
// everybody.
func (r *runner) lose(s *scenario.Scenario, base *Outcome, soonest Soonest, lost []string, serve int, allowance time.Duration) (Loss, error) {
	x := Loss{Contributors: lost, Units: serve}
	rest, err := scenario.Resolve(s, scenario.Variant{Lost: lost})
	if err != nil {
		return x, err
	}
	x.rest = rest
	if serve == 0 {
		out, err := asItIs(rest, base.plan)
		if err != nil {
			return x, err
		}
		if out != nil {
			r.step()
			x.Outcome = *out
			x.Soonest, err = r.soonest(rest, out, soonest, allowance)
			return x, err
		}
	}
	out, err := r.solve(rest, base.plan, allowance)
	if err != nil {
		return x, err
	}
	x.Outcome = *out
	x.Soonest, err = r.soonest(rest, out, soonest, allowance)
	return x, err
}

// share offers each plan found to every loss that it does without: one plan is then not
// called worse than another for want of search.
func share(s *scenario.Scenario, losses []Loss, base *Outcome, soonest Soonest) error {
	type offer struct {
		outcome *Outcome
		serve   counts
		near    *Outcome // nil if no plan was made for readiness
		ready   counts
	}
	offers := []offer{{outcome: base, near: soonest.near}}
	for i := range losses {
		offers = append(offers, offer{outcome: new(losses[i].Outcome), near: losses[i].Soonest.near})
	}
	for i := range offers {
		x := &offers[i]
		x.serve = serving(s, x.outcome.plan)
		if x.near != nil {
			x.ready = serving(s, x.near.plan)
		}
	}
	slices.SortStableFunc(offers, func(a, b offer) int { return cmp.Compare(a.outcome.Objective, b.outcome.Objective) })
	for i := range losses {
		l := &losses[i]
		for _, x := range offers {
			if x.outcome.Objective < l.Outcome.Objective-same && x.serve.of(l.Contributors) == 0 {
				out, err := better(l.rest, &l.Outcome, x.outcome.plan)
				if err != nil {
					return fmt.Errorf("without %v: %w", l.Contributors, err)
				}
				l.Outcome = *out
			}
			if x.near != nil && x.ready.of(l.Contributors) == 0 {
				l.Soonest = l.Soonest.or(soonestOf(x.near))
			}
		}
	}
	return nil
}

// asItIs is what a plan of another scenario achieves in this one; nil if it breaks a
// rule here. Nothing is proven of it.
func asItIs(s *scenario.Scenario, p *plan.Plan) (*Outcome, error) {
	q := asPlanOf(s, p)
	if err := plan.Measure(s, q, 0); err != nil {
		return nil, err
	}
	if len(verify.Check(s, q).Breaches) > 0 {
		return nil, nil
	}
	return outcome(s, q)
}

// counts are units that serve, by contributor.
type counts map[string]int

// serving counts the units that serve in a plan.
func serving(s *scenario.Scenario, p *plan.Plan) counts {
	owner, n := map[string]string{}, counts{}
	for i := range s.Units {
		owner[s.Units[i].ID] = s.Units[i].Contributor
	}
	seen := map[string]bool{}
	for _, t := range p.Tours {
		if !seen[t.Unit] {
			seen[t.Unit] = true
			n[owner[t.Unit]]++
		}
	}
	return n
}

func (n counts) of(contributors []string) (sum int) {
	for _, c := range contributors {
		sum += n[c]
	}
	return sum
}

// better is the cheaper of two plans of a scenario; both keep the bound. The other
// one may break rules here, and is not taken then.
func better(s *scenario.Scenario, base *Outcome, other *plan.Plan) (*Outcome, error) {
	p := asPlanOf(s, other)
	checked := verify.Check(s, p)
	if len(checked.Breaches) > 0 || checked.Metrics.Objective >= base.Objective-same {
		return base, nil
	}
	if err := plan.Measure(s, p, base.Bound); err != nil {
		return nil, err
	}
	p.Stop, p.Metrics.Stop = base.Stop, base.Stop
	return outcome(s, p)
}

// asPlanOf is a plan of another scenario as one of this, not yet measured.
func asPlanOf(s *scenario.Scenario, p *plan.Plan) *plan.Plan {
	q := plan.Of(s)
	q.ScenarioSHA256, q.Seed, q.Iterations, q.Stop, q.Tours = p.ScenarioSHA256, p.Seed, p.Iterations, p.Stop, p.Tours
	return q
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
func (l *Loss) compare(s *scenario.Scenario, base *Outcome, soonest Soonest, control Control) {
	out := &l.Outcome
	l.IOCLost, l.FOCLost, l.IOCLater, l.Posts = []string{}, []string{}, map[string]int{}, []PostLoss{}
	for _, op := range s.Operations {
		before, after := soonest.IOC[op.ID], l.Soonest.IOC[op.ID]
		switch {
		case before != nil && after == nil:
			l.IOCLost = append(l.IOCLost, op.ID)
		case before != nil:
			l.IOCLater[op.ID] = int(*after - *before)
		}
		if soonest.FOC[op.ID] != nil && l.Soonest.FOC[op.ID] == nil {
			l.FOCLost = append(l.FOCLost, op.ID)
		}
	}
	l.Veto = len(l.IOCLost) > 0
	l.StandingAdded, l.OperationsAdded = out.ExposureStanding-base.ExposureStanding, out.ExposureOperations-base.ExposureOperations
	l.CostAdded, l.CostAddedAtLeast = out.Objective-base.Objective, positive(out.Bound-base.Objective)
	l.Differs = l.CostAdded > control.Noise
	for _, p := range s.Posts {
		if added := out.byPost[p.ID] - base.byPost[p.ID]; added > same {
			l.Posts = append(l.Posts, PostLoss{p.ID, added})
		}
	}
	slices.SortStableFunc(l.Posts, func(a, b PostLoss) int { return cmp.Compare(b.ExposureAdded, a.ExposureAdded) })
}

// worse ranks losses: a veto first, then lost readiness, days of delay, exposure, cost;
// those without a difference last.
func worse(a, b Loss) int {
	later := func(l Loss) (days int) {
		for _, d := range l.IOCLater {
			days += max(0, d)
		}
		return days
	}
	exposed := func(l Loss) float64 { return l.StandingAdded + l.OperationsAdded }
	rank := func(l Loss) int {
		switch {
		case l.Veto:
			return 0
		case l.Differs:
			return 1
		}
		return 2
	}
	return cmp.Or(
		cmp.Compare(rank(a), rank(b)), cmp.Compare(len(b.IOCLost), len(a.IOCLost)), cmp.Compare(later(b), later(a)),
		cmp.Compare(exposed(b), exposed(a)), cmp.Compare(b.CostAdded, a.CostAdded), slices.Compare(a.Contributors, b.Contributors),
	)
}

// Unreached says whose loss the time did not suffice to plan; empty if it did.
func (l *Losses) Unreached() string {
	if len(l.NotReached) == 0 {
		return ""
	}
	var names []string
	for _, x := range l.NotReached[:min(len(l.NotReached), mostBars)] {
		names = append(names, strings.Join(x, "+"))
	}
	text := "The time did not suffice for " + strings.Join(names, ", ")
	if more := len(l.NotReached) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + ": a longer search reaches them."
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
	for _, x := range l.Losses {
		var who []string
		for _, id := range x.Contributors {
			who = append(who, names[id])
		}
		name := strings.Join(who, " and ")
		if x.Veto {
			vetoes = append(vetoes, name)
		}
		if !x.Differs {
			a.Rows = append(a.Rows, []string{name, fmt.Sprint(x.Units), "no difference found", "", "", ""})
			continue
		}
		ready := "as planned"
		if x.Veto {
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
		if len(a.Chart.Labels) < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, name)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, bar(x.StandingAdded))
			a.Chart.Series[1].Y = append(a.Chart.Series[1].Y, bar(x.OperationsAdded))
		}
	}
	a.Text = []string{"Nobody has a veto: whoever is lost, a plan was found in which the operations are ready."}
	if len(vetoes) > 0 {
		a.Text[0] = "No plan was found in which every operation is ready without " + strings.Join(vetoes, ", or without ") + "; that is found, not proven."
	}
	a.Text = append(a.Text, "Each contributor is left out in turn and everybody else is planned anew; the worst loss comes first. "+l.Control.Text())
	if n := len(l.NotReached); n > 0 {
		a.Text = append(a.Text, l.Unreached())
	}
	return a
}
