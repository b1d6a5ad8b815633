package plan

import "github.com/rearguard/rearguard/scenario"

// rotation is what the tours of the plan cost as such.
func (e *Evaluation) rotation() (sum float64) {
	posts := e.Scenario.PostsByID()
	for i := range e.Plan.Tours {
		t := &e.Plan.Tours[i]
		sum += RotationOf(e.Scenario, e.units[t.Unit], posts, t)
	}
	return sum
}

// RotationOf is what one tour costs as such: the tour itself, its days on the way, and
// the days that it and its stays are shorter than usual. Nothing is short that lasts to
// the calendar's end; what was on on day 0 counts from the day its tour began.
func RotationOf(s *scenario.Scenario, u *scenario.Unit, posts map[string]*scenario.Post, t *Tour) (sum float64) {
	w, c := s.Weights, s.Calendar
	short := func(price *float64, usual scenario.Days, from, until int) float64 {
		if until >= c.Days || until <= 0 {
			return 0
		}
		return *price * float64(max(0, int(usual)-(until-from)))
	}
	began := c.Day(t.Legs[0].Depart)
	switch {
	case !t.Legs[0].OnDayZero():
		sum += *w.Tour
	case u.At != nil:
		began = min(0, u.At.Since.Number())
	}
	for i := range t.Legs {
		l := &t.Legs[i]
		from := c.Day(l.Effective)
		if l.OnDayZero() {
			from = began
		} else {
			sum += *w.OnTheWay * float64(l.Effective-l.Depart)
		}
		sum += short(w.ShortStay, posts[l.Post].Stay.Usual, from, c.Day(l.Until))
	}
	return sum + short(w.ShortTour, u.Tour.Usual, began, c.Day(t.Legs[len(t.Legs)-1].Until))
}
