package report

import (
	"cmp"
	"math"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/scenario"
)

// SituationEntry is where the world stands on a day: what has come true, what
// that starts, and what it adds to requirements.
type SituationEntry struct {
	Today      int              `json:"today"`
	Reports    int              `json:"reports"` // that count
	Conditions []ConditionEntry `json:"conditions"`
	Phases     []PhaseEntry     `json:"phases"`
	Lines      []RaisedEntry    `json:"lines"`
}

// ConditionEntry is where a condition stands.
type ConditionEntry struct {
	Name     string         `json:"name"`
	State    scenario.State `json:"state"`
	Since    *int           `json:"since"` // met or failed since; nil if open
	Due      *int           `json:"due"`   // met then if nothing more is reported
	Disputed bool           `json:"disputed"`
	Why      string         `json:"why"`
	Change   string         `json:"change"`
	Claims   []ClaimEntry   `json:"claims"`
}

// ClaimEntry is one side of what is disputed: reports that are right, and those
// whose numbers are at an end of their ranges.
type ClaimEntry struct {
	State   scenario.State `json:"state"`
	Reports []string       `json:"reports"`
	Lowest  []string       `json:"lowest"`
	Highest []string       `json:"highest"`
}

// PhaseEntry is an operation, or a phase of one.
type PhaseEntry struct {
	Name    string `json:"name"`
	Day     int    `json:"day"`
	Waits   string `json:"waits"` // name of the condition that it waits for, or that has failed
	Started bool   `json:"started"`
	Known   bool   `json:"known"`
	Never   bool   `json:"never"`
}

// RaisedEntry is a line that grows with incidents.
type RaisedEntry struct {
	Post       string       `json:"post"`
	Capability string       `json:"capability"`
	Floor      float64      `json:"floor"`
	Added      float64      `json:"added"`
	Why        string       `json:"why"`
	History    [][2]float64 `json:"history"` // what is added, by day
}

// ActualEntry is the plan against what has been done of it.
type ActualEntry struct {
	Today     int                `json:"today"`
	Tolerance int                `json:"tolerance"`
	Facts     int                `json:"facts"`
	Legs      []ActualLegEntry   `json:"legs"` // due or reported
	Strengths []StrengthEntry    `json:"strengths"`
	Lines     []ConsequenceEntry `json:"lines"` // those that are exposed more than planned
	Unplanned []UnplannedEntry   `json:"unplanned"`
	Added     float64            `json:"added"`
	Low       float64            `json:"low"`
	High      float64            `json:"high"`
	Parted    bool               `json:"parted"`
}

// ActualLegEntry is a leg with what has become of it.
type ActualLegEntry struct {
	Unit      string          `json:"unit"`
	Post      string          `json:"post"`
	State     execution.State `json:"state"`
	Effective int             `json:"effective"` // planned
	Expected  *int            `json:"expected"`  // as things stand; nil for never
	Late      int             `json:"late"`
	Assumed   bool            `json:"assumed"`
	Statement string          `json:"statement"`
}

// StrengthEntry is what is left of a unit, in percent.
type StrengthEntry struct {
	Unit  string  `json:"unit"`
	Post  string  `json:"post"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Least float64 `json:"least"`
	Ends  *int    `json:"ends"`
}

// ConsequenceEntry is what stays open at a line that the plan had covered.
type ConsequenceEntry struct {
	Post       string  `json:"post"`
	Capability string  `json:"capability"`
	Planned    float64 `json:"planned"` // cover today
	Actual     float64 `json:"actual"`
	Added      float64 `json:"added"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	From       int     `json:"from"`
	Until      int     `json:"until"`
}

// UnplannedEntry is a fact of a leg that the plan does not have.
type UnplannedEntry struct {
	Unit  string `json:"unit"`
	Post  string `json:"post"`
	Event string `json:"event"`
	Day   int    `json:"day"`
}

// situated names what a status or an account speaks of by ID.
type situated struct {
	*view
	calendar scenario.Calendar
	others   map[string]string // conditions and operations
}

func situate(s *scenario.Scenario) *situated {
	x := &situated{newView(s, nil), s.Calendar, map[string]string{}}
	for _, k := range s.Conditions {
		x.others["condition "+k.ID] = cmp.Or(k.Name, k.ID)
	}
	for _, o := range s.Operations {
		x.others["operation "+o.ID] = cmp.Or(o.Name, o.ID)
	}
	return x
}

func (x *situated) day(d *scenario.Date) *int {
	if d == nil {
		return nil
	}
	n := x.calendar.Day(*d)
	return &n
}

// Situation is the status of a scenario, as written, for the web page.
func Situation(s *scenario.Scenario, st *conditions.Status) *SituationEntry {
	x := situate(s)
	out := &SituationEntry{Today: *x.day(&st.Today), Reports: st.Reports, Conditions: []ConditionEntry{}, Phases: []PhaseEntry{}, Lines: []RaisedEntry{}}
	for _, c := range st.Conditions {
		e := ConditionEntry{Name: x.others["condition "+c.ID], State: c.State, Since: x.day(c.Since), Due: x.day(c.Due), Disputed: c.Disputed, Why: c.Why, Change: c.Change, Claims: []ClaimEntry{}}
		for _, k := range c.Claims {
			e.Claims = append(e.Claims, ClaimEntry{k.State, append([]string{}, k.Reports...), append([]string{}, k.Lowest...), append([]string{}, k.Highest...)})
		}
		out.Conditions = append(out.Conditions, e)
	}
	for _, o := range st.Operations {
		e := PhaseEntry{Name: x.others["operation "+o.Operation], Day: *x.day(&o.Day), Waits: x.others["condition "+o.Condition], Started: o.Started, Known: o.Known, Never: o.Never}
		if o.Phase != "" {
			e.Name += ": " + o.Phase
		}
		out.Phases = append(out.Phases, e)
	}
	for _, l := range st.Lines {
		e := RaisedEntry{Post: x.post(l.Post), Capability: x.names["capability "+l.Capability], Floor: l.Floor, Added: l.Added, Why: l.Why, History: [][2]float64{}}
		for _, r := range l.History {
			e.History = append(e.History, [2]float64{float64(*x.day(&r.From)), r.Add})
		}
		out.Lines = append(out.Lines, e)
	}
	return out
}

// Actual is a plan of a resolved scenario against what has been done of it, for
// the web page.
func Actual(s *scenario.Scenario, a *execution.Account) *ActualEntry {
	x := situate(s)
	out := &ActualEntry{
		Today: *x.day(&a.Today), Tolerance: a.Tolerance, Facts: a.Counted, Legs: []ActualLegEntry{}, Strengths: []StrengthEntry{}, Lines: []ConsequenceEntry{},
		Unplanned: []UnplannedEntry{}, Added: a.Added, Low: a.Low, High: a.High, Parted: a.Parted,
	}
	for _, l := range a.Legs {
		out.Legs = append(out.Legs, ActualLegEntry{x.unit(l.Unit), x.post(l.Post), l.State, *x.day(&l.Effective), x.day(l.Expected), l.Late, l.Assumed, l.Statement})
	}
	for _, k := range a.Strengths {
		out.Strengths = append(out.Strengths, StrengthEntry{x.unit(k.Unit), x.post(k.Post), math.Round(k.Low), math.Round(k.High), k.Least, x.day(k.Ends)})
	}
	for _, l := range a.Lines {
		if l.High > 0 {
			out.Lines = append(out.Lines, ConsequenceEntry{x.post(l.Post), x.names["capability "+l.Capability], l.Planned, l.Actual, l.Added, l.Low, l.High, *x.day(&l.From), *x.day(&l.Until)})
		}
	}
	for _, f := range a.Unplanned {
		out.Unplanned = append(out.Unplanned, UnplannedEntry{x.unit(f.Unit), x.post(f.Post), string(f.Event), *x.day(&f.Date)})
	}
	return out
}
