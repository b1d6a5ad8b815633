// Package explain says why a plan is as it is: why a unit serves where it does
// and not at each other post, and who else could have covered a post on a day.
// Each alternative comes with the rule that bars it or with what it would cost,
// everybody else staying as planned.
package explain

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Answer is why a unit is here and not there, or who could have come.
type Answer struct {
	Unit         string         `json:"unit,omitempty"` // asked for; empty if a post was
	Post         string         `json:"post,omitempty"` // asked for, or where the unit serves
	Day          *scenario.Date `json:"day"`            // asked for; nil where a unit is asked for without one
	Leg          *plan.Leg      `json:"leg"`            // the unit's leg that the alternatives would replace; nil is none
	Serving      []string       `json:"serving,omitempty"`
	Missing      []Lack         `json:"missing,omitempty"`
	Alternatives []Alternative  `json:"alternatives"` // possible ones first, the cheapest first; then by rule
}

// Lack is what a post asked for has and wants on the day.
type Lack struct {
	Capability string  `json:"capability"`
	Floor      float64 `json:"floor"`
	Target     float64 `json:"target"`
	Cover      float64 `json:"cover"`
}

// Alternative is one unit at one post where it is not.
type Alternative struct {
	Unit       string      `json:"unit"`
	Post       string      `json:"post"`
	Instead    string      `json:"instead,omitempty"` // post of the leg that it would give up; empty where it gives up none
	Possible   bool        `json:"possible"`
	Rule       verify.Rule `json:"rule,omitempty"` // that bars it
	Reason     string      `json:"reason,omitempty"`
	CostAdded  float64     `json:"cost_added"` // of the cheapest schedule against the plan; negative is cheaper than the plan
	Verified   bool        `json:"verified"`   // the checker has passed the whole plan with it and recomputed the cost
	Leg        *plan.Leg   `json:"leg,omitempty"`
	Considered int         `json:"considered"` // schedules looked at
	tours      []plan.Tour // all of the unit
}

// Unknown is a name or a day that the scenario does not have.
type Unknown struct{ Message string }

func (e *Unknown) Error() string { return e.Message }

// mostVerified is how many alternatives of one answer are put to the checker, the
// cheapest first; the costs of the others come from the same sums.
const mostVerified = 6

// Explain answers for a unit or a post of a resolved scenario, by its ID; day is
// needed for a post, and for a unit says which of its legs is meant. The plan
// must keep the rule `form`. An unknown name or day is an *Unknown.
func Explain(s *scenario.Scenario, p *plan.Plan, id string, day *scenario.Date) (*Answer, error) {
	if day != nil && (*day < s.Calendar.Start || *day >= s.Calendar.Date(s.Calendar.Days)) {
		return nil, &Unknown{fmt.Sprintf("%s is outside the calendar, %s to %s", *day, s.Calendar.Start, s.Calendar.Date(s.Calendar.Days-1))}
	}
	r, err := newReasoner(s, p)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range s.Units {
		if s.Units[i].ID == id {
			return r.unit(&s.Units[i], day)
		}
		names = append(names, s.Units[i].ID)
	}
	for i := range s.Posts {
		if s.Posts[i].ID == id {
			return r.post(&s.Posts[i], day)
		}
		names = append(names, s.Posts[i].ID)
	}
	maybe := ""
	if near := scenario.Nearest(id, names); near != "" {
		maybe = ". Maybe: " + near
	}
	return nil, &Unknown{fmt.Sprintf("scenario %q has no unit or post %q%s", s.Name, id, maybe)}
}

// reasoner holds a plan with what it is asked again and again.
type reasoner struct {
	s         *scenario.Scenario
	p         *plan.Plan
	e         *plan.Evaluation
	network   *scenario.Network
	objective float64
	broken    int
	posts     map[string]*scenario.Post
	owners    map[string]*scenario.Contributor
	ops       map[string]*scenario.Operation
	tours     map[string][]plan.Tour // by unit, in order of time
	units     map[string]*scenario.Unit
	loads     map[string]*load // by pool or place
	rules     *scenario.Rules
}

func newReasoner(s *scenario.Scenario, p *plan.Plan) (*reasoner, error) {
	e, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	checked := verify.Check(s, p)
	r := &reasoner{
		s: s, p: p, e: e, network: scenario.NewNetwork(s), objective: checked.Metrics.Objective, broken: len(checked.Breaches),
		posts: s.PostsByID(), owners: s.ContributorsByID(), ops: s.OperationsByID(),
		tours: map[string][]plan.Tour{}, units: s.UnitsByID(), loads: map[string]*load{}, rules: scenario.NewRules(s),
	}
	for _, t := range p.Tours {
		r.tours[t.Unit] = append(r.tours[t.Unit], t)
	}
	for _, list := range r.tours {
		slices.SortStableFunc(list, func(a, b plan.Tour) int { return cmp.Compare(a.Legs[0].Depart, b.Legs[0].Depart) })
	}
	for unit, list := range r.tours {
		r.carry(r.units[unit], list, 1)
	}
	return r, nil
}

// asked is the tour and the leg of a unit that an answer is about: the one that
// it is on at the day or, without a day, its first move, or else where it stands
// on day 0. Without either, tour is where a new one would go.
func (r *reasoner) asked(u *scenario.Unit, day *scenario.Date) (tour, leg int) {
	list := r.tours[u.ID]
	for i, t := range list {
		for j, l := range t.Legs {
			if day != nil && l.Depart <= *day && *day < l.Until || day == nil && !l.OnDayZero() {
				return i, j
			}
		}
	}
	if day == nil && len(list) > 0 {
		return 0, 0
	}
	for i, t := range list {
		if day != nil && t.Legs[0].Depart > *day {
			return i, -1
		}
	}
	return len(list), -1
}

// unit compares a unit's leg with each other post.
func (r *reasoner) unit(u *scenario.Unit, day *scenario.Date) (*Answer, error) {
	a := &Answer{Unit: u.ID, Day: day}
	tour, leg := r.asked(u, day)
	if leg >= 0 {
		a.Leg = &r.tours[u.ID][tour].Legs[leg]
		a.Post = a.Leg.Post
	}
	for i := range r.s.Posts {
		if q := &r.s.Posts[i]; q.HomeOf == "" && q.ID != a.Post {
			a.Alternatives = append(a.Alternatives, r.alternative(u, q, tour, leg, day))
		}
	}
	r.finish(a)
	return a, nil
}

// post compares all units that are not at a post on a day.
func (r *reasoner) post(q *scenario.Post, day *scenario.Date) (*Answer, error) {
	switch {
	case day == nil:
		return nil, &Unknown{fmt.Sprintf("say for which day post %q is asked, as --day DATE", q.ID)}
	case q.HomeOf != "":
		return nil, &Unknown{fmt.Sprintf("post %q is a minimum at home: nobody is sent there, units that are home cover it", q.ID)}
	}
	a := &Answer{Post: q.ID, Day: day, Serving: []string{}}
	d := r.s.Calendar.Day(*day)
	for i := range r.e.Lines {
		if l := &r.e.Lines[i]; l.Post == q && l.From <= d && d < l.Until {
			a.Missing = append(a.Missing, Lack{l.Line.Capability, l.Line.Floor.Likely, l.Line.Target.Likely, l.Cover[d]})
		}
	}
	for i := range r.s.Units {
		u := &r.s.Units[i]
		tour, leg := r.asked(u, day)
		if leg >= 0 {
			if l := &r.tours[u.ID][tour].Legs[leg]; l.Post == q.ID && l.Effective <= *day {
				a.Serving = append(a.Serving, u.ID)
				continue
			}
		}
		a.Alternatives = append(a.Alternatives, r.alternative(u, q, tour, leg, day))
	}
	r.finish(a)
	return a, nil
}

// finish puts the cheapest alternatives to the checker and orders all.
func (r *reasoner) finish(a *Answer) {
	slices.SortStableFunc(a.Alternatives, order)
	for i := range a.Alternatives[:min(len(a.Alternatives), mostVerified)] {
		if a.Alternatives[i].Possible {
			r.check(&a.Alternatives[i])
		}
	}
	slices.SortStableFunc(a.Alternatives, order)
}

func order(a, b Alternative) int {
	switch {
	case a.Possible && !b.Possible:
		return -1
	case !a.Possible && b.Possible:
		return 1
	case a.Possible:
		return cmp.Compare(a.CostAdded, b.CostAdded)
	}
	return cmp.Compare(stage(a.Rule), stage(b.Rule))
}

// check recomputes the whole plan with an alternative.
func (r *reasoner) check(a *Alternative) {
	with := *r.p
	with.Metrics = nil
	with.Tours = slices.DeleteFunc(slices.Clone(r.p.Tours), func(t plan.Tour) bool { return t.Unit == a.Unit })
	with.Tours = append(with.Tours, a.tours...)
	checked := verify.Check(r.s, &with)
	if len(checked.Breaches) > r.broken {
		b := checked.Breaches[0]
		a.Possible, a.Rule, a.Reason = false, b.Rule, b.Message
		return
	}
	a.Verified, a.CostAdded = true, checked.Metrics.Objective-r.objective
}
