// Package verify checks a plan against its scenario, whoever made the plan: by
// hand, by the engine, by another program. It is written from docs/model.md
// alone and shares no code with the engine: of packages scenario and plan it
// uses the data types only, and computes travel, loading, rest, cover, IOC and
// the objective itself. A number in a plan is never trusted.
package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Rule is the ID of a rule of docs/model.md.
type Rule string

// The rules.
const (
	Form      Rule = "form"
	Place     Rule = "place"
	Notice    Rule = "notice"
	TourRule  Rule = "tour"
	Rest      Rule = "rest"
	Caveat    Rule = "caveat"
	Available Rule = "available"
	Lift      Rule = "lift"
	Cap       Rule = "cap"
	Fixed     Rule = "fixed"
	Mandate   Rule = "mandate"
)

// Breach is one rule broken at one place of a plan.
type Breach struct {
	Rule    Rule          `json:"rule"`
	Unit    string        `json:"unit,omitempty"` // empty where the rule binds many: lift, cap
	Post    string        `json:"post,omitempty"`
	Date    scenario.Date `json:"date"`   // first day of the breach
	Amount  float64       `json:"amount"` // by how much: days, persons or tonnes; 0 where there is no measure
	Message string        `json:"message"`
}

func (b Breach) String() string {
	who := ""
	if b.Unit != "" {
		who = fmt.Sprintf("unit %q ", b.Unit)
	}
	if b.Post != "" {
		who += fmt.Sprintf("at post %q ", b.Post)
	}
	if who != "" {
		who = who[:len(who)-1] + ": "
	}
	return fmt.Sprintf("%s: %s: %s%s", b.Rule, b.Date, who, b.Message)
}

// Difference is a number that the plan states and the checker finds otherwise.
type Difference struct {
	Metric string `json:"metric"`
	Stated string `json:"stated"`
	Found  string `json:"found"`
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: the plan says %s, it is %s", d.Metric, d.Stated, d.Found)
}

// Report is what the checker found.
type Report struct {
	Breaches    []Breach     `json:"breaches"`    // by date, unit and rule
	Differences []Difference `json:"differences"` // none if the plan states no metrics
	// Metrics are computed anew. Legs and tours that break `form` count for
	// nothing. Bound and NewExposure cannot be computed from one plan and are
	// taken as stated; the gaps follow from the bound.
	Metrics *plan.Metrics `json:"metrics"`
}

// OK reports whether the plan keeps every rule and states true numbers.
func (r *Report) OK() bool { return len(r.Breaches) == 0 && len(r.Differences) == 0 }

// Check checks a plan of a resolved scenario. It never fails: whatever is wrong
// with the plan is in the report.
func Check(s *scenario.Scenario, p *plan.Plan) *Report {
	c := newChecker(s)
	c.readTours(p)
	for _, u := range c.units {
		c.checkUnit(u)
		c.checkBegun(u)
	}
	c.checkLoads()
	c.checkCaps()
	c.checkCeilings()
	c.checkPins()
	c.checkOrdersGiven()
	r := &Report{Breaches: c.breaches, Metrics: c.metrics(p)}
	slices.SortStableFunc(r.Breaches, func(a, b Breach) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Rule, b.Rule))
	})
	if p.Metrics != nil {
		r.Differences = compare(p, r.Metrics)
	}
	r.Differences = append(r.Differences, c.compareWeights(p)...)
	return r
}

// checker holds the scenario by name and the tours by unit.
type checker struct {
	s            *scenario.Scenario
	days         int
	today        int
	places       map[string]*scenario.Place
	posts        map[string]*scenario.Post
	operations   map[string]*scenario.Operation
	contributors map[string]*scenario.Contributor
	pools        map[string]*scenario.Pool
	capabilities map[string]*scenario.Capability
	within       map[string]map[string]bool // area to itself and all below it
	units        []*unit
	unitOf       map[string]*unit
	inForce      map[legKey]*scenario.Order
	breaches     []Breach
}

// unit is a unit with its tours in order of time.
type unit struct {
	*scenario.Unit
	tours []*tour
	begun []*scenario.Order // in the order of time
}

// tour is a tour in day numbers.
type tour struct {
	legs []*leg
	home int // as stated
}

// leg is a leg in day numbers. The dates are as stated; they are computed anew
// where a rule needs them.
type leg struct {
	*plan.Leg
	post                             *scenario.Post
	depart, arrive, effective, until int
	dayZero                          bool
	begun                            bool
	load, unload                     int // L and U, 0 if the lift is unknown
	pool                             *scenario.Pool
}

func newChecker(s *scenario.Scenario) *checker {
	c := &checker{
		s: s, days: s.Calendar.Days, today: s.Today.Number(),
		places:       byID(s.Places, func(x *scenario.Place) string { return x.ID }),
		posts:        byID(s.Posts, func(x *scenario.Post) string { return x.ID }),
		operations:   byID(s.Operations, func(x *scenario.Operation) string { return x.ID }),
		contributors: byID(s.Contributors, func(x *scenario.Contributor) string { return x.ID }),
		pools:        byID(s.Lift, func(x *scenario.Pool) string { return x.ID }),
		capabilities: byID(s.Capabilities, func(x *scenario.Capability) string { return x.ID }),
		within:       map[string]map[string]bool{},
		unitOf:       map[string]*unit{},
		inForce:      map[legKey]*scenario.Order{},
	}
	for _, a := range s.Areas {
		c.within[a.ID] = map[string]bool{}
		for _, b := range a.Descendants {
			c.within[a.ID][b] = true
		}
	}
	for i := range s.Units {
		u := &unit{Unit: &s.Units[i]}
		c.units = append(c.units, u)
		c.unitOf[u.ID] = u
	}
	for i := range s.InForce {
		x := &s.InForce[i]
		c.inForce[legKey{x.Unit, x.Post, x.As, x.Depart.Number(), x.Until.Number()}] = x
	}
	c.readBegun()
	return c
}

func byID[T any](records []T, id func(*T) string) map[string]*T {
	m := make(map[string]*T, len(records))
	for i := range records {
		m[id(&records[i])] = &records[i]
	}
	return m
}

func (c *checker) breach(rule Rule, u, post string, day int, amount float64, format string, args ...any) {
	c.breaches = append(c.breaches, Breach{rule, u, post, c.s.Calendar.Date(day), amount, fmt.Sprintf(format, args...)})
}

// date writes a day number for a message.
func (c *checker) date(day int) scenario.Date { return c.s.Calendar.Date(day) }
