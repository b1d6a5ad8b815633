package plan

import "github.com/rearguard/rearguard/scenario"

// Orders are the legs of a plan as the plan in force of the next one. The orders
// dated before today have been given, and so has what is over: a leg of day 0
// that ends by today. Of these, legs that depart before today have begun. Decisions
// dated before today have been made.
func (p *Plan) Orders(today scenario.Date) []scenario.Order {
	orders := []scenario.Order{}
	for _, t := range p.Tours {
		for j, l := range t.Legs {
			if l.Until == l.Depart {
				continue // of a unit past its max on day 0, which goes home
			}
			given := l.Until <= today
			if l.OrderBy != nil {
				given = *l.OrderBy < today
			}
			x := scenario.Order{
				Unit: t.Unit, Post: l.Post, As: l.As,
				Depart: scenario.DateTime(l.Depart), Until: scenario.DateTime(l.Until),
				Decided: !given && l.DecideBy != nil && *l.DecideBy < today, Given: given,
			}
			if given && l.Depart < today {
				t.begin(&x, j)
			}
			orders = append(orders, x)
		}
	}
	return orders
}

// begin says of an order that leg j of the tour, which it is for, has begun as the tour
// has it.
func (t *Tour) begin(x *scenario.Order, j int) {
	l := &t.Legs[j]
	x.Arrive = scenario.DateTime(l.Arrive)
	if l.Lift != nil {
		x.Lift = *l.Lift
	}
	if j > 0 {
		x.From = t.Legs[j-1].Post
	}
}

// changes counts the legs added and dropped against the plan in force of a
// resolved scenario; 0 where there is none.
func (p *Plan) changes(s *scenario.Scenario) int {
	if len(s.InForce) == 0 {
		return 0
	}
	inForce := map[scenario.Order]int{}
	for _, x := range s.InForce {
		inForce[x.Leg()]++
	}
	n := len(s.InForce)
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			x := scenario.Order{
				Unit: t.Unit, Post: l.Post, As: l.As,
				Depart: scenario.DayTime(s.Calendar.Day(l.Depart)), Until: scenario.DayTime(s.Calendar.Day(l.Until)),
			}
			if inForce[x] > 0 {
				inForce[x]--
				n--
			} else {
				n++
			}
		}
	}
	return n
}
