// Package plan is the domain of a plan: tours and their legs, what they cover,
// what stays exposed, when an operation is ready, and what all of it costs.
//
// A plan holds dates as a person reads them; the computations work on the day
// numbers of a resolved scenario (see scenario.Resolve).
package plan

import "github.com/rearguard/rearguard/scenario"

// Format is the version of the JSON form that this package reads and writes.
const Format = 1

// All is a leg's As when it serves all of its unit's own capabilities at once.
const All = scenario.ServesAll

// Self is a leg's Lift when the unit moves by its own means.
const Self = scenario.OwnMeans

// Plan is a set of tours, with what they achieve and how they were found. It
// holds no wall time, so that the same search gives the same bytes.
type Plan struct {
	Format         int              `json:"rearguard_plan"`
	Scenario       string           `json:"scenario"`
	ScenarioSHA256 string           `json:"scenario_sha256"`
	Policy         scenario.Policy  `json:"policy"`
	Weights        scenario.Weights `json:"weights"`
	Options        scenario.Variant `json:"options"` // but for the policy, which stands above
	Tours          []Tour           `json:"tours"`
	Metrics        *Metrics         `json:"metrics,omitempty"`
	Stop           Stop             `json:"stop,omitempty"`
	Seed           uint64           `json:"seed"`
	Iterations     int              `json:"iterations"`
}

// Variant is the variant of its scenario that a plan was made for.
func (p *Plan) Variant() scenario.Variant {
	v := p.Options
	v.Policy = p.Policy
	return v
}

// Of is an empty plan of a resolved scenario, which says what variant of which
// scenario it is of. Whoever makes a plan begins with it, so that none can be left
// without what the checker needs.
func Of(s *scenario.Scenario) *Plan {
	v := s.Variant()
	v.Policy = "" // the plan itself says it
	return &Plan{Format: Format, Scenario: s.Name, Policy: s.Policy, Weights: *s.Weights, Options: v, Tours: []Tour{}}
}

// Stop is why a search ended.
type Stop string

// The reasons to stop.
const (
	StopTime        Stop = "time"
	StopIterations  Stop = "iterations"
	StopOptimal     Stop = "optimal"
	StopInterrupted Stop = "interrupted"
)

// Tour is one absence of a unit from its home: legs in order, one or more, and
// the day on which the unit is home again.
type Tour struct {
	Unit string        `json:"unit"`
	Legs []Leg         `json:"legs"`
	Home scenario.Date `json:"home"`
}

// Leg is one stay at one post. It counts on [Effective, Until). A unit that
// holds a post on day 0 has that leg first, with Depart, Arrive and Effective
// day 0 and neither lift nor orders.
type Leg struct {
	Post      string         `json:"post"`
	As        string         `json:"as"`   // All, or the one capability that the unit stands in for
	Lift      *string        `json:"lift"` // pool, Self, or nil on day 0
	DecideBy  *scenario.Date `json:"decide_by"`
	OrderBy   *scenario.Date `json:"order_by"`
	Depart    scenario.Date  `json:"depart"`
	Arrive    scenario.Date  `json:"arrive"`
	Effective scenario.Date  `json:"effective"`
	Until     scenario.Date  `json:"until"`
}

// OnDayZero reports whether the leg is a unit's post on day 0 rather than a
// move.
func (l Leg) OnDayZero() bool { return l.Lift == nil }
