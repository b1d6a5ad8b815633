package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Replanned is what a plan in force becomes.
type Replanned struct {
	Today    scenario.Date `json:"today"`
	InForce  int           `json:"in_force"` // legs of the plan in force
	Given    int           `json:"given"`    // of these, ordered or over: they stay
	Released []Released    `json:"released"` // ordered, but not kept
	Points   []ReplanPoint `json:"points"`   // the curve: fewest changes first, each with better cover than those before
	Chosen   int           `json:"chosen"`   // fewest changes within the tolerance of the best cover
	Searches int           `json:"searches"`

	Plan           *plan.Plan         `json:"plan"` // the new one
	Case           *Case              `json:"-"`    // that it is of: the scenario, without what has been cancelled
	Scenario       *scenario.Scenario `json:"-"`    // that, resolved
	Before         *plan.Plan         `json:"-"`    // the plan in force, as it stands where facts are given
	BeforeScenario *scenario.Scenario `json:"-"`    // that it is of, resolved
	Account        *execution.Account `json:"-"`    // of what has been done; nil without facts
}

// Released is an order given that the new plan does not keep.
type Released struct {
	scenario.Order
	// Impossible is proven: the unit could not serve it whatever else is planned.
	// Otherwise no plan was found that keeps it.
	Impossible bool `json:"impossible"`
}

// ReplanPoint is the best plan found for so many changes.
type ReplanPoint struct {
	Changes int     `json:"changes"` // legs added and legs dropped
	Cover   float64 `json:"cover"`   // the cost but for the changes
	Outcome Outcome `json:"outcome"` // objective and bound at the price of a change of that search
}

// changePrices are tried as factors of the scenario's price of a change, from
// hardly any change to the best cover whatever it changes.
var changePrices = []float64{64, 16, 4, 1, 0.25, 1. / 16, 0}

// hurried is what is tried with less than a second: each search has to be compiled
// for and checked.
var hurried = []float64{4, 0}

// ReplanOptions are the options of [Case.Replan].
type ReplanOptions struct {
	Plan      *plan.Plan  `json:"-"` // in force
	Was       *Case       `json:"-"` // as the plan in force was made for; nil if nothing but the variant has changed
	Facts     []plan.Fact `json:"facts,omitempty" doc:"What has been done of the plan: orders, departures, delays, arrivals, strengths."`
	Overdue   *int        `json:"overdue,omitempty" minimum:"0" maximum:"3650" doc:"For so many days what is due and not reported is taken as done; 2 by default."`
	Tolerance *float64    `json:"tolerance,omitempty" minimum:"0" maximum:"100" doc:"How much more than the least cost, but for changes, fewer changes may cost, in %; 1 by default."`
}

func (o *ReplanOptions) about(plans []*plan.Plan) { o.Plan = plans[0] }

// The defaults of options that may be 0.
const (
	usualOverdue   = 2 // days
	usualTolerance = 1 // %
)

var replanQuestion = define(Question{
	Name: "replan", Title: "The facts have changed: what now?", Plans: 1,
	Doc: "Plans again from a plan in force: orders given stay, and of the plans within a tolerance of the least cost the one with the fewest changes is chosen.",
}, (*Case).Replan, tellReplan)

// Replan plans anew from a plan in force, with as few changes to it as cover allows.
// What is dated before today has been ordered and stays, or, where facts are given, what
// they say has been done. The plan chosen has the fewest changes of those whose cost but
// for changes is within a tolerance of the least found. An order that no plan
// found keeps is released, and counts as a change.
//
// The variant is that of the plan in force but for what v says: its D-days, today, and
// what is known (see [Variant.Knowing]). Where the scenario has moved an operation's
// likely D-day, or its condition now says the day, the plan's own D-day does not hold.
func (c *Case) Replan(ctx context.Context, v Variant, o Search, what ReplanOptions) (*Replanned, error) {
	was := cmp.Or(what.Was, c)
	before, err := scenario.Resolve(was.written, what.Plan.Variant())
	if err != nil {
		return nil, fmt.Errorf("the plan in force: %w", err)
	}
	v = c.continued(v, was, what.Plan)
	s, err := c.begin("replan", v, &o, &what)
	if err != nil {
		return nil, err
	}
	if today := s.Today.Number(); today < 0 || today >= s.Calendar.Days {
		return nil, &OptionError{Question: "replan", Option: "today", Value: s.Calendar.Date(today).String(), Limit: inCalendar(s.Calendar)}
	}
	inForce, now := what.Plan, c
	var orders []scenario.Order
	var account *execution.Account
	if len(what.Facts) > 0 {
		overdue := usualOverdue
		if what.Overdue != nil {
			overdue = *what.Overdue
		}
		if account, err = execution.Of(before, what.Plan, what.Facts, s.Calendar.Date(s.Today.Number()), overdue); err != nil {
			return nil, err
		}
		stands := *account.AsItStands()
		if err := plan.Measure(before, &stands, math.Inf(-1)); err != nil {
			return nil, err
		}
		inForce, orders = &stands, account.Orders()
		if barred := account.Bar(c.written); barred != c.written {
			now = Checked(barred)
			now.prepare(&o)
			if s, err = now.Resolve(v); err != nil {
				return nil, err
			}
		}
	}
	tolerance := float64(usualTolerance)
	if what.Tolerance != nil {
		tolerance = *what.Tolerance
	}
	out, err := replan(ctx, s, inForce, orders, tolerance/100, o)
	if err != nil {
		return nil, err
	}
	out.Before, out.BeforeScenario, out.Account, out.Case = inForce, before, account, now
	out.Plan = out.Points[out.Chosen].Outcome.plan
	if out.Scenario, err = now.Resolve(plannedAs(out.Plan)); err != nil {
		return nil, err
	}
	return out, nil
}

// plannedAs is the variant of a plan with the plan in force that it changed.
func plannedAs(p *plan.Plan) Variant {
	v := VariantOf(p)
	v.InForce = p.Options.InForce
	return v
}

// continued is the variant of a plan in force, but for what another says.
func (c *Case) continued(v Variant, was *Case, p *plan.Plan) Variant {
	from := VariantOf(p)
	own := p.ScenarioSHA256 == "" || p.ScenarioSHA256 == was.Hash()
	likely := map[string]scenario.Time{}
	for _, op := range was.written.Operations {
		likely[op.ID] = op.DDay.Likely
	}
	news := v.Branch != "" || v.Reports != nil
	days := map[string]scenario.Date{}
	for _, op := range c.written.Operations {
		moves := op.StartsWhen != "" && news // its condition says
		if d, ok := from.DDay[op.ID]; ok && own && !moves && op.DDay.Likely == likely[op.ID] {
			days[op.ID] = d
		}
	}
	maps.Copy(days, v.DDay)
	from.DDay = days
	from = from.Knowing(v.Branch, v.Reports)
	if v.Today != nil {
		from.Today = v.Today
	}
	from.Policy, from.Maturity = cmp.Or(v.Policy, from.Policy), cmp.Or(v.Maturity, from.Maturity)
	if v.Without != nil {
		from.Without = v.Without
	}
	if v.Lost != nil {
		from.Lost = v.Lost
	}
	from.Pins = v.Pins
	return from
}

func replan(ctx context.Context, s *scenario.Scenario, p *plan.Plan, orders []scenario.Order, tolerance float64, o Search) (*Replanned, error) {
	today := s.Calendar.Date(s.Today.Number())
	prices := changePrices
	if o.Iterations == 0 && o.Time < time.Second {
		prices = hurried
	}
	r := newRunner(ctx, o, len(prices))
	allowance := r.o.Time / time.Duration(len(prices))
	out := &Replanned{Today: today, Searches: len(prices), Released: []Released{}}
	if orders == nil {
		orders = p.Orders(today)
	}
	with, err := inForce(s, p, orders, today)
	if err != nil {
		return nil, err
	}
	out.InForce = len(with.InForce)
	from, bound := p, math.Inf(-1)
	var found []ReplanPoint
	for _, factor := range prices {
		at := changesPriced(with, factor)
		r.proves = factor == 1 || !proofIsDear(s)
		x, err := r.solve(at, from, allowance)
		for pins, ok := errors.AsType[*engine.PinError](err); ok; pins, ok = errors.AsType[*engine.PinError](err) {
			released := release(with, pins)
			if len(released) == 0 {
				return nil, err
			}
			out.Released = append(out.Released, released...)
			bound = math.Inf(-1) // what was proven of plans that keep these orders says nothing of those that do not
			at = changesPriced(with, factor)
			x, err = r.solve(at, from, allowance)
		}
		if err != nil {
			return nil, err
		}
		if from = x.plan; factor <= 1 && r.proves {
			bound = math.Max(bound, x.Bound) // what is proven at a lower price of a change holds at the scenario's too
		}
		n := x.plan.Metrics.Changes
		found = append(found, ReplanPoint{n, x.Objective - *at.Weights.Change*float64(n), *x})
	}
	for _, x := range with.InForce {
		if x.Given {
			out.Given++
		}
	}
	out.Points = fewestFirst(found)
	best := out.Points[len(out.Points)-1].Cover
	out.Chosen = slices.IndexFunc(out.Points, func(x ReplanPoint) bool { return x.Cover <= best+tolerance*math.Abs(best)+same })
	return out, out.measure(with, bound)
}

// inForce is a scenario with a plan in force. What a unit did until today it has
// done: one still at its post of day 0 has been there all the time, and one that left it
// on day 0 has not.
func inForce(s *scenario.Scenario, p *plan.Plan, orders []scenario.Order, today scenario.Date) (*scenario.Scenario, error) {
	o := scenario.Variant{InForce: orders}
	plain := *s
	plain.Pins = slices.Clone(s.Pins)
	posts, began := s.PostsByID(), map[string]plan.Leg{}
	for _, t := range p.Tours {
		if l := t.Legs[0]; l.OnDayZero() {
			began[t.Unit] = l
		}
	}
	for i := range s.Units {
		u := &s.Units[i]
		if u.At == nil || posts[u.At.Post] == nil || s.Calendar.Start >= today {
			continue
		}
		if l, stays := began[u.ID]; !stays || l.Until > today {
			plain.Pins = append(plain.Pins, scenario.Pin{Unit: u.ID, Post: u.At.Post, From: scenario.DayTime(0), Until: s.Today, Forbid: !stays})
		}
	}
	return scenario.Resolve(&plain, o)
}

// changesPriced is a scenario with another price of a change.
func changesPriced(s *scenario.Scenario, factor float64) *scenario.Scenario {
	with, w := *s, *s.Weights
	price := *w.Change * factor
	w.Change = &price
	with.Weights = &w
	return &with
}

// release takes back what was ordered of units that do not keep it, and returns it; what
// has begun is not to be taken back.
func release(s *scenario.Scenario, pins *engine.PinError) (released []Released) {
	orders := slices.Clone(s.InForce)
	for i := range orders {
		x := &orders[i]
		k := slices.IndexFunc(pins.Unkept, func(u engine.Unkept) bool { return u.Unit == x.Unit })
		if x.Given && !x.Begun() && k >= 0 {
			released = append(released, Released{*x, pins.Unkept[k].Never})
			x.Given = false
		}
	}
	s.InForce = orders
	return released
}

// fewestFirst leaves the points that no other beats in both.
func fewestFirst(found []ReplanPoint) (curve []ReplanPoint) {
	points := slices.Clone(found)
	slices.SortStableFunc(points, func(a, b ReplanPoint) int { return cmp.Or(a.Changes-b.Changes, cmp.Compare(a.Cover, b.Cover)) })
	for _, x := range points {
		if len(curve) == 0 || x.Cover < curve[len(curve)-1].Cover-1e-6 {
			curve = append(curve, x)
		}
	}
	return curve
}

// measure restates the plans at the scenario's own price of a change, where no
// plan costs less than the bound.
func (o *Replanned) measure(s *scenario.Scenario, bound float64) error {
	for i := range o.Points {
		x := &o.Points[i].Outcome
		p := *x.plan
		p.Weights = *s.Weights
		if err := plan.Measure(s, &p, bound); err != nil {
			return err
		}
		again, err := outcome(s, &p)
		if err != nil {
			return err
		}
		*x = *again
	}
	return nil
}

// tellReplan is what changes, and what it gains.
func tellReplan(_ *scenario.Scenario, x *Replanned) Answer {
	chosen, best := &x.Points[x.Chosen], &x.Points[len(x.Points)-1]
	a := Answer{
		Title: "The facts have changed: what now?",
		Text: []string{
			fmt.Sprintf("%s: the fewest found within the tolerance of the least cost found.", words.Plural(float64(chosen.Changes), "change")),
			fmt.Sprintf("Of %s in force %d have been ordered or are over, and stay; the rest may change.", words.Plural(float64(x.InForce), "leg"), x.Given),
		},
		Head: []string{"Changes", "Cost without them", "Standing", "Operations"}, Numbers: []int{0, 1, 2, 3},
		Chart: &Chart{Kind: "curve", X: "legs added or dropped", Y: "cost without the price of changes", Series: []Series{{Name: "plans", Mark: x.Chosen}}},
	}
	impossible := 0
	for _, r := range x.Released {
		if r.Impossible {
			impossible++
		}
	}
	if impossible > 0 {
		a.Text = append(a.Text, fmt.Sprintf("%s can no longer be kept.", words.Plural(float64(impossible), "given order")))
	}
	if missed := len(x.Released) - impossible; missed > 0 {
		a.Text = append(a.Text, fmt.Sprintf("No plan was found that keeps %s.", words.Plural(float64(missed), "given order")))
	}
	if best != chosen {
		a.Text = append(a.Text, fmt.Sprintf("%s would cost %s less.", words.Plural(float64(best.Changes), "change"), words.Quantity(chosen.Cover-best.Cover)))
	}
	for i := range x.Points {
		p := &x.Points[i]
		a.Rows = append(a.Rows, []string{
			words.Quantity(float64(p.Changes)), words.Quantity(p.Cover), words.Quantity(p.Outcome.ExposureStanding), words.Quantity(p.Outcome.ExposureOperations),
		})
		a.Chart.Series[0].X = append(a.Chart.Series[0].X, float64(p.Changes))
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, &p.Cover)
	}
	return a
}
