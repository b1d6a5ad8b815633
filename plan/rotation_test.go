package plan_test

import (
	"testing"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// A usual tour is of 40 days, a usual stay at the gate of 30. Each price is 1 but that of
// the tour, 100, so that the rest says how many days were priced.
func TestRotationHasAPrice(t *testing.T) {
	one := 1.0
	for name, c := range map[string]struct {
		tour plan.Tour
		want float64
	}{
		"a usual tour":                    {tour("b", leg("gate", 0, 40)), 100},
		"one that is short, and its stay": {tour("b", leg("gate", 5, 30)), 100 + 15 + 5},
		"its stay is usual":               {tour("b", leg("gate", 5, 35)), 100 + 10},
		"to the end of the calendar":      {tour("b", leg("gate", 90, 100)), 100},
		"elsewhere no stay is usual":      {tour("b", leg("tower", 5, 15)), 100 + 30},
		"each stay of a tour":             {tour("b", leg("gate", 5, 15), leg("tower", 15, 25), leg("gate", 25, 45)), 100 + 20 + 10},
		"on day 0, since 30 days":         {tour("a", held("gate", 5)), 5},
		"on day 0, and on to another":     {tour("a", held("gate", 0), leg("tower", 0, 5)), 5},
		"on day 0, past its most":         {tour("a", held("gate", 0)), 0},
		"three days on the way":           {late(tour("b", leg("gate", 5, 60)), 3), 100 + 3},
	} {
		s := world(100, func(s *scenario.Scenario) {
			for i := range s.Units {
				s.Units[i].Tour.Usual = 40
			}
			s.Units[0].At = &scenario.Station{Post: "gate", Since: scenario.DayTime(-30)}
			s.Posts[0].Stay.Usual = 30
			s.Weights = &scenario.Weights{Tour: ptr(100.0), OnTheWay: &one, ShortTour: &one, ShortStay: &one}
		})
		i := 1
		if c.tour.Unit == "a" {
			i = 0
		}
		if got := plan.RotationOf(s, &s.Units[i], s.PostsByID(), &c.tour); got != c.want {
			t.Errorf("%s: %g, want %g", name, got, c.want)
		}
		with, w := measure(t, s, c.tour).Objective, *s.Weights
		w.Tour, w.OnTheWay, w.ShortTour, w.ShortStay = ptr(0.0), ptr(0.0), ptr(0.0), ptr(0.0)
		s.Weights = &w
		if got := with - measure(t, s, c.tour).Objective; got != c.want {
			t.Errorf("%s: %g of the objective, want %g", name, got, c.want)
		}
	}
}

// late departs some days before it counts.
func late(t plan.Tour, days int) plan.Tour {
	t.Legs[0].Depart -= scenario.Date(days)
	return t
}
