package execution_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// Plans made again from any facts break no rule and state no false number, and
// none sends a unit that has been cancelled.
func TestReplansHold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for seed := range uint64(25) {
		written, err := generate.Scenario(generate.Options{Units: 20, Posts: 4, Days: 120, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		s, err := scenario.Resolve(written, scenario.Variant{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := engine.Solve(context.Background(), s, engine.Options{Seed: 1, Iterations: 50, NoBound: true})
		if err != nil {
			t.Fatal(err)
		}
		today := s.Calendar.Date(10 + r.IntN(80))
		overdue := 2
		again, err := planner.Checked(written).Replan(context.Background(), planner.Variant{Today: &today}, planner.Search{Seed: 1, Iterations: 30},
			planner.ReplanOptions{Plan: p, Facts: random(r, p, today), Overdue: &overdue})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		made, a := again.Plan, again.Account
		if v, _, err := again.Case.Verify(made); err != nil || !v.OK() {
			t.Errorf("seed %d: %v %v %v", seed, err, v.Breaches, v.Differences)
		}
		if a == nil {
			continue // no leg was due
		}
		for _, l := range a.Legs {
			if l.State == execution.Cancelled && departs(made, l.Unit, today) {
				t.Errorf("seed %d: %s was cancelled and is sent again", seed, l.Unit)
			}
		}
	}
}

// random are facts of the legs that are due, true or late or not at all.
func random(r *rand.Rand, p *plan.Plan, today scenario.Date) (facts []plan.Fact) {
	add := func(unit, post string, event plan.Event, date scenario.Date, expected *scenario.Date) {
		if date <= today {
			facts = append(facts, plan.Fact{ID: strconv.Itoa(len(facts)), Date: date, Received: date, Unit: unit, Post: post, Event: event, Expected: expected})
		}
	}
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			if l.OrderBy == nil || *l.OrderBy > today {
				continue
			}
			late := scenario.Date(max(0, r.IntN(30)-20))
			switch r.IntN(8) {
			case 0: // nothing is reported
			case 1:
				add(t.Unit, l.Post, plan.Cancelled, *l.OrderBy, nil)
			case 2:
				expected := max(today, l.Arrive) + 5
				add(t.Unit, l.Post, plan.Delayed, today, &expected)
			default:
				add(t.Unit, l.Post, plan.Ordered, *l.OrderBy, nil)
				add(t.Unit, l.Post, plan.Departed, l.Depart+late, nil)
				add(t.Unit, l.Post, plan.Arrived, l.Arrive+late, nil)
			}
		}
	}
	return facts
}

// departs reports whether a plan sends a unit somewhere from a day on.
func departs(p *plan.Plan, unit string, from scenario.Date) bool {
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			if t.Unit == unit && !l.OnDayZero() && l.Depart >= from {
				return true
			}
		}
	}
	return false
}
