package plan

import (
	"fmt"
	"math"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// Evaluation is what a plan achieves, day by day. It trusts the plan's dates:
// whether they obey the rules is for the checker to say.
type Evaluation struct {
	Scenario *scenario.Scenario // resolved
	Plan     *Plan
	Lines    []LineCover // in the order of posts and their lines
	Empty    float64     // Z0: the cost of no cover at all
	Missing  float64     // the cost of exposure and shortfall
	strength Strength
	network  *scenario.Network
	units    map[string]*scenario.Unit
	pledged  map[scenario.Pledge]float64
	goals    []scenario.Goal
}

// LineCover is the cover of one line on each day of the calendar.
type LineCover struct {
	Post  *scenario.Post
	Line  *scenario.Line
	From  int       // first day on which it counts, cut to the calendar
	Until int       // first day on which it no longer counts
	Cover []float64 // by day; 0 where it does not count
}

// Exposure is the missing part of the floor on a day, 0 to 1.
func (l *LineCover) Exposure(day int) float64 { return missing(l.Line.Floor.Likely, l.Cover[day]) }

// Shortfall is the missing part of the target on a day, 0 to 1.
func (l *LineCover) Shortfall(day int) float64 { return missing(l.Line.Target.Likely, l.Cover[day]) }

func missing(wanted, cover float64) float64 {
	if wanted <= 0 {
		return 0
	}
	return math.Max(0, wanted-cover) / wanted
}

// Strength is what is left of a unit on a day of a tour, 0 to 1.
type Strength func(u *scenario.Unit, t *Tour, day int) float64

// Evaluate computes what a plan of a resolved scenario covers. Names that the
// scenario lacks and days outside the calendar are errors.
func Evaluate(s *scenario.Scenario, p *Plan) (*Evaluation, error) { return EvaluateAt(s, p, nil) }

// EvaluateAt is Evaluate with units of which only a part is left; nil for whole
// ones.
func EvaluateAt(s *scenario.Scenario, p *Plan, strength Strength) (*Evaluation, error) {
	e := &Evaluation{Scenario: s, Plan: p, strength: strength, network: scenario.NewNetwork(s), units: map[string]*scenario.Unit{}, pledged: map[scenario.Pledge]float64{}, goals: s.Goals()}
	for i := range s.Units {
		e.units[s.Units[i].ID] = &s.Units[i]
	}
	linesAt := map[string][]int{}
	homeOf := map[string][]int{}
	for i := range s.Posts {
		post := &s.Posts[i]
		for j := range post.Lines {
			l := &post.Lines[j]
			n := len(e.Lines)
			from, until := s.Calendar.Inside(l.From, l.Until)
			e.Lines = append(e.Lines, LineCover{Post: post, Line: l, From: from, Until: until, Cover: make([]float64, s.Calendar.Days)})
			if post.HomeOf != "" {
				homeOf[post.HomeOf] = append(homeOf[post.HomeOf], n)
			} else {
				linesAt[post.ID] = append(linesAt[post.ID], n)
			}
		}
	}
	tours, err := e.toursByUnit()
	if err != nil {
		return nil, err
	}
	for i := range s.Units {
		u := &s.Units[i]
		for _, t := range tours[u.ID] {
			for _, l := range t.Legs {
				e.addLeg(u, &t, &l, linesAt[l.Post])
			}
		}
		if lines := homeOf[u.Contributor]; len(lines) > 0 {
			e.addHome(u, tours[u.ID], lines)
		}
	}
	e.price()
	return e, nil
}

// toursByUnit groups the tours, in order of time, and refuses what cannot be
// evaluated.
func (e *Evaluation) toursByUnit() (map[string][]Tour, error) {
	s := e.Scenario
	posts := map[string]bool{}
	for _, p := range s.Posts {
		posts[p.ID] = true
	}
	tours := map[string][]Tour{}
	for _, t := range e.Plan.Tours {
		if e.units[t.Unit] == nil {
			return nil, fmt.Errorf("the plan sends unit %q, which scenario %q does not have", t.Unit, s.Name)
		}
		if len(t.Legs) == 0 {
			return nil, fmt.Errorf("the plan has a tour of unit %q without legs", t.Unit)
		}
		for _, l := range t.Legs {
			if !posts[l.Post] {
				return nil, fmt.Errorf("the plan sends unit %q to post %q, which scenario %q does not have", t.Unit, l.Post, s.Name)
			}
			if l.Depart < s.Calendar.Start || l.Effective < l.Depart || l.Until < l.Effective || l.Until > s.Calendar.Date(s.Calendar.Days) {
				return nil, fmt.Errorf("the plan has unit %q at post %q from %s until %s, outside the calendar or out of order",
					t.Unit, l.Post, l.Effective, l.Until)
			}
		}
		tours[t.Unit] = append(tours[t.Unit], t)
	}
	for _, list := range tours {
		slices.SortStableFunc(list, func(a, b Tour) int { return int(a.Legs[0].Depart - b.Legs[0].Depart) })
	}
	return tours, nil
}

// addLeg adds what a leg gives to the lines of its post.
func (e *Evaluation) addLeg(u *scenario.Unit, t *Tour, l *Leg, lines []int) {
	c := e.Scenario.Calendar
	from, until := c.Day(l.Effective), c.Day(l.Until)
	for _, n := range lines {
		k := &e.Lines[n]
		if k.Line.Single && (from > k.From || until < k.Until) {
			continue
		}
		gives := Gives(e.Scenario, u, l.As, k.Line.Capability)
		if e.strength == nil {
			e.add(u, k, gives, from, until)
			continue
		}
		for d := from; d < until; d++ {
			e.add(u, k, gives*e.strength(u, t, d), d, d+1)
		}
	}
}

func (e *Evaluation) add(u *scenario.Unit, k *LineCover, amount float64, from, until int) {
	if amount <= 0 {
		return
	}
	for d := max(from, k.From); d < min(until, k.Until); d++ {
		k.Cover[d] += amount
		e.pledged[u.Pledge] += amount
	}
}

// Gives is what a unit that serves as given provides of a capability, in units
// on station.
func Gives(s *scenario.Scenario, u *scenario.Unit, as, capability string) float64 {
	i := slices.IndexFunc(s.Capabilities, func(c scenario.Capability) bool { return c.ID == capability })
	if i < 0 {
		return 0
	}
	return s.Capabilities[i].GivenBy(u, as)
}

// addHome adds a unit's cover of its contributor's home posts.
func (e *Evaluation) addHome(u *scenario.Unit, tours []Tour, lines []int) {
	c := e.Scenario.Calendar
	present := func(resting bool, from, until int) {
		for _, n := range lines {
			if k := &e.Lines[n]; k.Post.RestingCounts == resting {
				e.add(u, k, Gives(e.Scenario, u, All, k.Line.Capability), from, until)
			}
		}
	}
	home, rested := 0, 0
	if !u.Ready.IsZero() {
		rested = max(0, u.Ready.Number())
	}
	if u.At != nil && (len(tours) == 0 || !tours[0].Legs[0].OnDayZero()) {
		home = e.wayHome(u)
		rested = max(rested, home+restDays(u, -min(0, u.At.Since.Number())))
	}
	for _, t := range tours {
		depart := c.Day(t.Legs[0].Depart)
		present(true, home, depart)
		present(false, rested, depart)
		home, rested = c.Day(t.Home), e.Rested(u, &t)
	}
	present(true, home, c.Days)
	present(false, rested, c.Days)
}

// Rested is the day on which a unit has rested after a tour: a day number, which
// may lie after the horizon.
func (e *Evaluation) Rested(u *scenario.Unit, t *Tour) int {
	c := e.Scenario.Calendar
	first, last := &t.Legs[0], &t.Legs[len(t.Legs)-1]
	began := c.Day(first.Depart)
	if first.OnDayZero() {
		began = min(0, u.At.Since.Number())
	}
	return c.Day(t.Home) + restDays(u, c.Day(last.Until)-began)
}

// wayHome is the days home from the post that a unit holds on day 0.
func (e *Evaluation) wayHome(u *scenario.Unit) int {
	for _, p := range e.Scenario.Posts {
		if p.ID != u.At.Post {
			continue
		}
		from, _ := e.network.Place(p.Place)
		to, _ := e.network.Place(u.Home)
		days, _ := e.network.Back(u, from, to)
		return days
	}
	return 0
}

func restDays(u *scenario.Unit, away int) int {
	if u.Dwell > 0 {
		return int(math.Ceil(u.Dwell * float64(away)))
	}
	return int(u.Rest)
}

// price sums what is missing and what would be missing with no cover at all.
func (e *Evaluation) price() {
	w := &e.Scenario.Weights
	for i := range e.Lines {
		k := &e.Lines[i]
		below, short := *(*w).Exposure.Standing, *(*w).Shortfall.Standing
		if k.Post.Operation != "" {
			below, short = *(*w).Exposure.Operation, *(*w).Shortfall.Operation
		}
		pi := scenario.PriorityPrice[k.Post.Priority]
		for d := k.From; d < k.Until; d++ {
			e.Missing += pi * (below*k.Exposure(d) + short*k.Shortfall(d))
			e.Empty += pi * (below*missing(k.Line.Floor.Likely, 0) + short*missing(k.Line.Target.Likely, 0))
		}
	}
}
