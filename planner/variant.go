package planner

import (
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Variant chooses one of the plans that a scenario allows. The zero value takes
// everything as the scenario says.
type Variant struct {
	DDay     map[string]scenario.Date `json:"d_day,omitempty" doc:"Operation to its D-day, within the calendar; by default its likely day."`
	Without  []string                 `json:"without,omitempty" doc:"Operations that do not happen."`
	Lost     []string                 `json:"lost,omitempty" doc:"Contributors that do not come, with their units."`
	Policy   scenario.Policy          `json:"policy,omitempty" enum:"hold-the-flanks,mission-first,balanced" doc:"What weighs most; by default what the scenario says."`
	Maturity scenario.Pledge          `json:"maturity,omitempty" enum:"stated,offered,confirmed,assigned" doc:"Count only on pledges at or above this; by default what the scenario says."`
	Today    *scenario.Date           `json:"today,omitempty" doc:"No order or decision before this day; by default what the scenario says."`
	Branch   string                   `json:"branch,omitempty" maxLength:"300" doc:"Branch of the scenario: its conditions as it takes them."`
	Reports  []scenario.Report        `json:"reports,omitempty" doc:"Reports of events: conditions and requirements are as they say on Today."`
	Pins     []scenario.Pin           `json:"pins,omitempty" doc:"Further pins."`
	InForce  []scenario.Order         `json:"in_force,omitempty" doc:"The plan in force; by default what the scenario says."`

	// Conditions and Raised are what is taken to be known, as a plan states it; then
	// Branch is a name only, and Reports are not weighed again (see Knowing).
	Conditions map[string]scenario.Outcome `json:"conditions,omitempty" doc:"Outcomes of conditions, as known or assumed."`
	Raised     []scenario.Raise            `json:"raised,omitempty" doc:"What incidents add to lines."`
}

// VariantOf is the variant that a plan states, but for the plan in force that it
// changed.
func VariantOf(p *plan.Plan) Variant {
	v := p.Variant()
	return Variant{
		DDay: v.DDay, Without: v.Without, Lost: v.Lost, Policy: v.Policy, Maturity: v.Maturity, Today: v.Today,
		Branch: v.Branch, Conditions: v.Conditions, Raised: v.Raised,
	}
}

// Resolve is the case's scenario as a variant of it, with nothing left to infer. Names
// that the scenario does not have are *[scenario.UnknownError]s, days outside the
// calendar *[OptionError]s.
func (c *Case) Resolve(v Variant) (*scenario.Scenario, error) {
	s, o, err := c.choose(v)
	if err != nil {
		return nil, err
	}
	return scenario.Resolve(s, o)
}

// choose is the scenario as written, with further pins, and how to resolve it.
func (c *Case) choose(v Variant) (*scenario.Scenario, scenario.Variant, error) {
	s := c.written
	own := map[string]scenario.Date{}
	for _, op := range s.Operations {
		own[op.ID] = s.Calendar.Date(op.DDay.Likely.Day(s.Calendar, 0))
	}
	for _, op := range sortedKeys(v.DDay) {
		d := v.DDay[op]
		if n := s.Calendar.Day(d); (n < 0 || n >= s.Calendar.Days) && d != own[op] {
			return nil, scenario.Variant{}, &OptionError{Option: "d_day", Value: fmt.Sprintf("%s=%s", op, d), Limit: inCalendar(s.Calendar)}
		}
	}
	o := scenario.Variant{
		DDay: v.DDay, Without: v.Without, Lost: v.Lost, Policy: v.Policy, Maturity: v.Maturity, Today: v.Today,
		InForce: v.InForce, Branch: v.Branch, Conditions: v.Conditions, Raised: v.Raised,
	}
	w, err := c.world(v)
	if err != nil {
		return nil, o, err
	}
	if w != nil {
		o.Conditions, o.Raised = w.Options()
	}
	if len(v.Pins) > 0 {
		with := *s
		with.Pins = slices.Concat(s.Pins, v.Pins)
		s = &with
	}
	return s, o, nil
}

// prepare fills in what a search of the case needs.
func (c *Case) prepare(how *Search) { how.scenario, how.Seed = c.Hash(), max(1, how.Seed) }

// begin settles what every question begins with: its options, its search, and the
// scenario, resolved.
func (c *Case) begin(question string, v Variant, how *Search, options any) (*scenario.Scenario, error) {
	if err := settle(question, options); err != nil {
		return nil, err
	}
	if err := how.check(); err != nil {
		return nil, err
	}
	c.prepare(how)
	return c.Resolve(v)
}

// Knowing is the variant with what is known by reports, or assumed by a branch, in the
// place of what was; with neither it stays as it is.
func (v Variant) Knowing(branch string, reports []scenario.Report) Variant {
	if branch == "" && reports == nil {
		return v
	}
	v.Branch, v.Reports, v.Conditions, v.Raised = branch, reports, nil, nil
	return v
}

// world is what is known by the reports, or assumed by the branch; nil if outcomes are
// stated, or there is nothing to know.
func (c *Case) world(v Variant) (*conditions.World, error) {
	stated := v.Conditions != nil || v.Raised != nil
	if stated || v.Branch == "" && v.Reports == nil {
		return nil, nil
	}
	s := c.written
	var assumed map[string]scenario.State
	if v.Branch != "" {
		i := slices.IndexFunc(s.Branches, func(b scenario.Branch) bool { return b.ID == v.Branch })
		if i < 0 {
			var all []string
			for _, b := range s.Branches {
				all = append(all, b.ID)
			}
			return nil, &scenario.UnknownError{Kind: "branch", ID: v.Branch, Purpose: "to plan for", Maybe: scenario.Nearest(v.Branch, all), Has: all}
		}
		assumed = conditions.Assume(&s.Branches[i])
	}
	return conditions.New(s, v.Reports, c.today(v), assumed), nil
}

// today is the day by which reports count.
func (c *Case) today(v Variant) scenario.Date {
	if v.Today != nil {
		return *v.Today
	}
	s := c.written
	return s.Calendar.Date(s.Today.Day(s.Calendar, 0))
}

func inCalendar(c scenario.Calendar) string {
	return fmt.Sprintf("a day of the calendar, %s to %s", c.Start, c.Date(c.Days-1))
}
