package plan

import (
	"maps"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// Shape says how a plan reads: how often units move, how long they stay, how much of
// their tours serves, and what a staff would ask about. It is no part of the
// objective, and nothing is promised of it.
type Shape struct {
	Units    int     `json:"units"` // that move
	Tours    int     `json:"tours"` // from home
	Moves    int     `json:"moves"`
	PerYear  float64 `json:"per_year"` // moves of a unit that moves
	Stays    Stays   `json:"stays"`
	Serving  int     `json:"serving"`    // days of tours on which a unit counts at a post
	OnTheWay int     `json:"on_the_way"` // days from departure until it counts
	Swaps    []Swap  `json:"swaps"`
	Returns  int     `json:"returns"` // legs back to the post that the unit left for another in the same tour
	Blinks   int     `json:"blinks"`  // times of 1 to 3 days in which a line is below its floor
}

// Stays are the lengths of the stays that end before the calendar does, in days. One
// that began before day 0 counts from the day its tour began.
type Stays struct {
	Number  int `json:"number"`
	Under30 int `json:"under_30"`
	Under45 int `json:"under_45"`
	Least   int `json:"least"`
	Tenth   int `json:"tenth"` // a tenth of the stays are this long at most
	Quarter int `json:"quarter"`
	Median  int `json:"median"`
	Most    int `json:"most"`
}

// Swap is a unit that goes home while an equal one of its owner takes its post.
type Swap struct {
	Post      string        `json:"post"`
	Unit      string        `json:"unit"` // that goes home
	By        string        `json:"by"`
	On        scenario.Date `json:"on"`         // the day on which the first one's stay ends
	Stay      int           `json:"stay"`       // days that it stayed
	CouldStay bool          `json:"could_stay"` // for 30 days more, for all that binds it alone
	Needless  bool          `json:"needless"`   // it could, its tour was shorter than usual, and that of the other, so much later, would not have been
}

// swapDays is how near to the end of one stay the other begins, and stayedOn how much
// longer the first unit could have stayed for a swap that was not needed.
const (
	swapDays = 7
	stayedOn = 30
)

// Shape is the shape of the plan.
func (e *Evaluation) Shape() Shape {
	s := Shape{Swaps: e.swaps(), Blinks: e.blinks()}
	days, moved := []int{}, map[string]bool{}
	calendar := e.Scenario.Calendar
	for i := range e.Plan.Tours {
		t := &e.Plan.Tours[i]
		for j := range t.Legs {
			l := &t.Legs[j]
			if stay := e.stayed(t, l); calendar.Day(l.Until) < calendar.Days && l.Until > calendar.Start {
				days = append(days, stay)
			}
			s.Serving += int(l.Until - l.Effective)
			if j > 1 && t.Legs[j-2].Post == l.Post {
				s.Returns++
			}
			if l.OnDayZero() {
				continue
			}
			s.Moves++
			moved[t.Unit] = true
			s.OnTheWay += int(l.Effective - l.Depart)
			if j == 0 {
				s.Tours++
			}
		}
	}
	s.Units = len(moved)
	s.PerYear = part(float64(s.Moves), float64(s.Units)*float64(calendar.Days)/365)
	s.Stays = staysOf(days)
	return s
}

func staysOf(days []int) Stays {
	if len(days) == 0 {
		return Stays{}
	}
	slices.Sort(days)
	n := len(days)
	at := func(part float64) int { return days[min(n-1, int(part*float64(n)))] }
	s := Stays{Number: n, Least: days[0], Tenth: at(0.1), Quarter: at(0.25), Median: at(0.5), Most: days[n-1]}
	for _, d := range days {
		if d < 30 {
			s.Under30++
		}
		if d < 45 {
			s.Under45++
		}
	}
	return s
}

// stayed is the length of a stay.
func (e *Evaluation) stayed(t *Tour, l *Leg) int {
	from := e.Scenario.Calendar.Day(l.Effective)
	if l.OnDayZero() {
		from = e.began(t)
	}
	return e.Scenario.Calendar.Day(l.Until) - from
}

// began is the day on which a tour began: below 0 for one that is on on day 0.
func (e *Evaluation) began(t *Tour) int {
	if u := e.units[t.Unit]; t.Legs[0].OnDayZero() && u.At != nil {
		return min(0, u.At.Since.Number())
	}
	return e.Scenario.Calendar.Day(t.Legs[0].Depart)
}

// blinks counts the short gaps.
func (e *Evaluation) blinks() (n int) {
	for _, g := range e.Gaps() {
		if g.Until-g.From <= 3 {
			n++
		}
	}
	return n
}

// swaps lists, by day, who went home while an equal unit took the same post, each
// taken once.
func (e *Evaluation) swaps() []Swap {
	type arrival struct {
		unit *scenario.Unit
		tour *Tour
		leg  *Leg
	}
	arrivals := map[string][]arrival{}
	for i := range e.Plan.Tours {
		t := &e.Plan.Tours[i]
		for j := range t.Legs {
			if l := &t.Legs[j]; !l.OnDayZero() {
				arrivals[l.Post] = append(arrivals[l.Post], arrival{e.units[t.Unit], t, l})
			}
		}
	}
	rules, posts, taken, all := scenario.NewRules(e.Scenario), e.Scenario.PostsByID(), map[*Leg]bool{}, []Swap{}
	for i := range e.Plan.Tours {
		t := &e.Plan.Tours[i]
		u, l := e.units[t.Unit], &t.Legs[len(t.Legs)-1]
		for _, a := range arrivals[l.Post] {
			near := a.leg.Effective >= l.Until-swapDays && a.leg.Effective <= l.Until+swapDays
			if !near || taken[a.leg] || a.unit == u || a.unit.Contributor != u.Contributor || a.leg.As != l.As || !maps.Equal(a.unit.Provides, u.Provides) {
				continue
			}
			taken[a.leg] = true
			could := e.couldStay(rules, posts[l.Post], t, l)
			needless := could && e.isShort(t, 0) && !e.isShort(a.tour, stayedOn)
			all = append(all, Swap{l.Post, u.ID, a.unit.ID, l.Until, e.stayed(t, l), could, needless})
			break
		}
	}
	slices.SortStableFunc(all, func(a, b Swap) int { return int(a.On - b.On) })
	return all
}

// couldStay reports whether the unit could have ended its tour so much later, for all
// that its tour, its post, its windows, its pins and its caveats say.
func (e *Evaluation) couldStay(rules *scenario.Rules, post *scenario.Post, t *Tour, l *Leg) bool {
	u, calendar := e.units[t.Unit], e.Scenario.Calendar
	from, until := calendar.Day(l.Until), calendar.Day(l.Until)+stayedOn
	_, tour := u.Tour.Limits()
	_, stay := post.Stay.Limits()
	if until > calendar.Days || until-e.began(t) > tour || e.stayed(t, l)+stayedOn > stay {
		return false
	}
	open := func(w scenario.Window) bool {
		return w.From.Number() <= calendar.Day(t.Legs[0].Depart) && until <= w.Until.Number()
	}
	if len(u.Available) > 0 && !slices.ContainsFunc(u.Available, open) {
		return false
	}
	forbidden := func(p scenario.Pin) bool {
		first, last := calendar.Inside(p.From, p.Until)
		return p.Unit == u.ID && p.Post == l.Post && p.Forbid && first < until && from < last
	}
	if slices.ContainsFunc(e.Scenario.Pins, forbidden) {
		return false
	}
	barred, always := rules.Barred(u, post, l.As)
	return !always && (barred == nil || !slices.Contains(barred[from:until], true))
}

// isShort reports whether a tour would be shorter than usual for its unit, had it begun some
// days later; none is that lasts to the calendar's end, and all are where nothing is usual
// and it began when it did.
func (e *Evaluation) isShort(t *Tour, later int) bool {
	usual := int(e.units[t.Unit].Tour.Usual)
	last := e.Scenario.Calendar.Day(t.Legs[len(t.Legs)-1].Until)
	switch {
	case last >= e.Scenario.Calendar.Days:
		return false
	case usual == 0:
		return later == 0
	}
	return last-e.began(t)-later < usual
}

// CouldStay counts the swaps whose first unit could have stayed.
func (s *Shape) CouldStay() (n int) {
	for _, x := range s.Swaps {
		if x.CouldStay {
			n++
		}
	}
	return n
}

// Needless counts the swaps that nothing was gained by.
func (s *Shape) Needless() (n int) {
	for _, x := range s.Swaps {
		if x.Needless {
			n++
		}
	}
	return n
}
