package planner

import (
	"slices"
	"time"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Soonest is the earliest readiness of the plans found, by operation; nil where none is
// ready in the calendar. Readiness is none of the things that a plan is made for, so that
// plans of nearly the same cost can differ in it by months: to say how soon, a question
// makes one plan more, of the time about D-day only, in which operations are nearly as
// dear as the posts that stand.
type Soonest struct {
	IOC  map[string]*scenario.Date `json:"ioc"`
	FOC  map[string]*scenario.Date `json:"foc"`
	near *Outcome                  // of the plan that was made for readiness; nil if none was
}

// nearlyAsDear is the price of exposure at operations in the plan made for readiness, as a
// part of that at standing posts: a standing post is not given up for an operation that
// gains no more by it.
const nearlyAsDear = 0.95

// about is how many days after the last D-day the plan made for readiness ends. It is the
// beginning of a plan: whoever is away at its end may stay on.
const about = 120

// soonest is how soon the operations of a scenario are ready: in a plan of it, or in the
// one made for readiness, unless nothing could be sooner. That one starts from a plan that
// was made for readiness of a scenario like this one, if there is one.
func (r *runner) soonest(s *scenario.Scenario, out *Outcome, like Soonest, allowance time.Duration) (Soonest, error) {
	x := Soonest{IOC: out.IOC, FOC: out.FOC, near: like.near}
	if x.onTheDay(s) {
		r.step()
		return x, nil
	}
	near, from := readied(s), out.plan
	if like.near != nil {
		from = like.near.plan
	}
	first, err := r.solve(near, beginning(near, from), allowance)
	if err != nil {
		return x, err
	}
	return soonestOf(first).or(x), nil
}

// readied is a resolved scenario with prices for readiness, until some time after D-day.
func readied(s *scenario.Scenario) *scenario.Scenario {
	near, w := *s, *s.Weights
	standing := *w.Exposure.Standing
	operation := max(*w.Exposure.Operation, nearlyAsDear*standing)
	w.Exposure = &scenario.ByKind{Standing: &standing, Operation: &operation}
	near.Weights = &w
	last := 0
	for _, op := range s.Operations {
		last = max(last, op.DDay.Likely.Number())
	}
	end := min(s.Calendar.Days, last+about)
	near.Calendar.Days = end
	near.Posts = slices.Clone(s.Posts)
	for i := range near.Posts {
		p := &near.Posts[i]
		lines := p.Lines
		p.Lines = nil
		for _, l := range lines {
			if l.From.Number() < end {
				l.Until = scenario.DayTime(min(l.Until.Number(), end))
				p.Lines = append(p.Lines, l)
			}
		}
	}
	near.Pins, near.InForce = nil, nil
	for _, x := range s.Pins {
		if x.From.Number() < end {
			x.Until = scenario.DayTime(min(x.Until.Number(), end))
			near.Pins = append(near.Pins, x)
		}
	}
	for _, x := range s.InForce {
		if x.Depart.Number() < end {
			x.Until = scenario.DayTime(min(x.Until.Number(), end))
			if x.Begun() {
				x.Arrive = scenario.DayTime(min(x.Arrive.Number(), end))
			}
			near.InForce = append(near.InForce, x)
		}
	}
	return &near
}

// beginning is what of a plan's tours begins in a scenario's calendar.
func beginning(s *scenario.Scenario, p *plan.Plan) *plan.Plan {
	near, end := *p, s.Calendar.Date(s.Calendar.Days)
	near.Tours = nil
	for _, t := range p.Tours {
		legs := slices.Clone(t.Legs)
		t.Legs = nil
		for _, l := range legs {
			if l.Effective < end {
				l.Until = min(l.Until, end)
				t.Legs = append(t.Legs, l)
			}
		}
		if len(t.Legs) > 0 {
			near.Tours = append(near.Tours, t)
		}
	}
	return &near
}

// onTheDay reports whether every operation is fully ready on its D-day.
func (x Soonest) onTheDay(s *scenario.Scenario) bool {
	for _, op := range s.Operations {
		if foc := x.FOC[op.ID]; foc == nil || s.Calendar.Day(*foc) > op.DDay.Likely.Number() {
			return false
		}
	}
	return true
}

// soonestOf is what a plan made for readiness achieves.
func soonestOf(near *Outcome) Soonest { return Soonest{near.IOC, near.FOC, near} }

// or is the sooner of two, operation by operation, with the plan of the first.
func (x Soonest) or(y Soonest) Soonest {
	return Soonest{sooner(x.IOC, y.IOC), sooner(x.FOC, y.FOC), x.near}
}

func sooner(x, y map[string]*scenario.Date) map[string]*scenario.Date {
	all := map[string]*scenario.Date{}
	for op, day := range x {
		if other := y[op]; other != nil && (day == nil || *other < *day) {
			day = other
		}
		all[op] = day
	}
	return all
}
