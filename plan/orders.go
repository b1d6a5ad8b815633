package plan

import "github.com/rearguard/rearguard/scenario"

// Orders are the legs of a plan as the plan in force of the next one. The orders
// dated before today have been given, and so has what is over: a leg of day 0
// that ends by today. Decisions dated before today have been made.
func (p *Plan) Orders(today scenario.Date) []scenario.Order {
	orders := []scenario.Order{}
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			if l.Until == l.Effective {
				continue // of a unit past its max on day 0, which goes home
			}
			given := l.Until <= today
			if l.OrderBy != nil {
				given = *l.OrderBy < today
			}
			orders = append(orders, scenario.Order{
				Unit: t.Unit, Post: l.Post, As: l.As,
				Depart: scenario.DateTime(l.Depart), Until: scenario.DateTime(l.Until),
				Decided: !given && l.DecideBy != nil && *l.DecideBy < today, Given: given,
			})
		}
	}
	return orders
}

// changes counts the legs added and dropped against the plan in force of a
// resolved scenario; 0 where there is none.
func (p *Plan) changes(s *scenario.Scenario) int {
	if len(s.InForce) == 0 {
		return 0
	}
	inForce := map[scenario.Order]int{}
	for _, x := range s.InForce {
		x.Decided, x.Given = false, false
		inForce[x]++
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
