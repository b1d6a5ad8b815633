package stress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Replanned is what a plan in force becomes.
type Replanned struct {
	Today    scenario.Date    `json:"today"`
	InForce  int              `json:"in_force"` // legs of the plan in force
	Given    int              `json:"given"`    // of these, ordered or over: they stay
	Released []scenario.Order `json:"released"` // ordered, but no longer possible
	Points   []ReplanPoint    `json:"points"`   // the curve: fewest changes first, each with better cover than those before
	Chosen   int              `json:"chosen"`   // fewest changes within the tolerance of the best cover
	Searches int              `json:"searches"`
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

// Replan plans a scenario anew that has been resolved without a plan in force,
// with as few changes to a plan as cover allows. What is dated before today has
// been ordered and stays. The plan chosen has the fewest changes of those whose
// cost but for changes is within a tolerance (0.01 is 1 %) of the least found.
// An order that can no longer be kept is released, and counts as a change.
// Orders are the plan's legs with what has been ordered; nil for all that are
// dated before today.
func Replan(ctx context.Context, s *scenario.Scenario, p *plan.Plan, orders []scenario.Order, tolerance float64, o Options) (*Replanned, error) {
	today := s.Calendar.Date(s.Today.Number())
	prices := changePrices
	if o.Iterations == 0 && o.Time < time.Second {
		prices = hurried
	}
	r := newRunner(ctx, o, len(prices))
	allowance := r.o.Time / time.Duration(len(prices))
	out := &Replanned{Today: today, Searches: len(prices), Released: []scenario.Order{}}
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
		x, err := r.solve(at, from, allowance)
		for pins, ok := errors.AsType[*engine.PinError](err); ok; pins, ok = errors.AsType[*engine.PinError](err) {
			released := release(with, pins.Units)
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
		if from = x.plan; factor <= 1 {
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
// done: one still at its post of day 0 has been there all the time.
func inForce(s *scenario.Scenario, p *plan.Plan, orders []scenario.Order, today scenario.Date) (*scenario.Scenario, error) {
	o := scenario.Variant{InForce: orders}
	plain := *s
	plain.Pins = slices.Clone(s.Pins)
	units, posts := map[string]bool{}, map[string]bool{}
	for i := range s.Units {
		units[s.Units[i].ID] = true
	}
	for i := range s.Posts {
		posts[s.Posts[i].ID] = true
	}
	for _, t := range p.Tours {
		l := &t.Legs[0]
		if l.OrderBy == nil && l.Until > today && s.Calendar.Start < today && units[t.Unit] && posts[l.Post] {
			plain.Pins = append(plain.Pins, scenario.Pin{Unit: t.Unit, Post: l.Post, From: scenario.DayTime(0), Until: s.Today})
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

// release takes back what was ordered of some units, and returns it.
func release(s *scenario.Scenario, quoted []string) (released []scenario.Order) {
	orders := slices.Clone(s.InForce)
	for i := range orders {
		if x := &orders[i]; x.Given && slices.Contains(quoted, fmt.Sprintf("unit %q", x.Unit)) {
			released = append(released, *x)
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
