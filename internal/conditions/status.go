package conditions

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Status is what a scenario is on a day, by what was reported until then.
type Status struct {
	Today      scenario.Date `json:"today"`
	Reports    int           `json:"reports"` // that count
	Conditions []Standing    `json:"conditions"`
	Operations []Started     `json:"operations"`
	Lines      []Requirement `json:"requirements"` // that scale with incidents
	Unasked    []string      `json:"unasked"`      // events of reports that count for nothing
}

// Standing is where a condition stands.
type Standing struct {
	ID       string         `json:"id"`
	Name     string         `json:"name,omitempty"`
	State    scenario.State `json:"state"`
	Since    *scenario.Date `json:"since"`              // met or failed since; nil if open
	Due      *scenario.Date `json:"due"`                // met then if nothing more is reported; nil if that cannot be said
	Disputed bool           `json:"disputed,omitempty"` // the state hangs on which of contradicting reports is true
	Why      string         `json:"why"`
	Change   string         `json:"change"` // what would change it
	Claims   []Claim        `json:"claims,omitempty"`
}

// Claim is one side of what is disputed: what the condition is if these reports
// are right, and where only that will do, if the numbers of these are at an end of
// the ranges that they give.
type Claim struct {
	State   scenario.State `json:"state"`
	Reports []string       `json:"reports"`
	Lowest  []string       `json:"lowest,omitempty"`
	Highest []string       `json:"highest,omitempty"`
}

// Started is an operation, or a phase of one.
type Started struct {
	Operation string        `json:"operation"`
	Phase     string        `json:"phase,omitempty"`
	Condition string        `json:"condition,omitempty"`
	Day       scenario.Date `json:"day"`     // its first, as known or assumed
	Known     bool          `json:"known"`   // the day follows from a condition that is met, or it hangs on none
	Started   bool          `json:"started"` // by today
	Never     bool          `json:"never"`   // its condition has failed
}

// Requirement is a line that scales with incidents.
type Requirement struct {
	Post       string           `json:"post"`
	Capability string           `json:"capability"`
	Floor      float64          `json:"floor"` // as written
	Added      float64          `json:"added"` // today
	Why        string           `json:"why"`
	History    []scenario.Raise `json:"history"`
}

// Options are what the reports give to the model: the outcomes of the conditions,
// and what is added to lines.
func (w *World) Options() (map[string]scenario.Outcome, []scenario.Raise) {
	if len(w.s.Conditions) == 0 {
		return nil, w.raises()
	}
	outcomes := map[string]scenario.Outcome{}
	for i := range w.s.Conditions {
		k := &w.s.Conditions[i]
		f := w.standing(k.ID)
		x := scenario.Outcome{State: f.state}
		switch {
		case f.state != scenario.Open:
			x.Date = &f.since
		case !k.Expected.IsZero():
			day := w.assumedDay(k)
			x.Date = &day
		default:
			x.Date = w.due(k.ID)
		}
		outcomes[k.ID] = x
	}
	return outcomes, w.raises()
}

// standing is a condition as the weighing sees it.
func (w *World) standing(id string) finding { return w.find(view{id, w.weigh == scenario.Trusting}) }

// Status says where everything stands.
func (w *World) Status() *Status {
	st := &Status{Today: w.today, Reports: w.used, Conditions: []Standing{}, Operations: []Started{}, Lines: []Requirement{}, Unasked: []string{}}
	asked := map[string]bool{}
	for _, event := range Events(w.s) {
		asked[event] = true
	}
	for _, event := range slices.Sorted(maps.Keys(w.events)) {
		if !asked[event] {
			st.Unasked = append(st.Unasked, event)
		}
	}
	for i := range w.s.Conditions {
		st.Conditions = append(st.Conditions, w.stand(&w.s.Conditions[i]))
	}
	for i := range w.s.Operations {
		st.Operations = append(st.Operations, w.started(&w.s.Operations[i])...)
	}
	raises := w.raises()
	places := w.s.PlacesByID()
	for i := range w.s.Posts {
		p := &w.s.Posts[i]
		for j := range p.Lines {
			if p.Lines[j].Scales != nil {
				st.Lines = append(st.Lines, w.requirement(p, j, places[p.Place].Area, raises))
			}
		}
	}
	return st
}

func (w *World) stand(k *scenario.Condition) Standing {
	f, bad, good := w.standing(k.ID), w.find(view{k.ID, false}), w.find(view{k.ID, true})
	out := Standing{ID: k.ID, Name: k.Name, State: f.state, Disputed: bad.state != good.state, Why: w.why(k, f), Change: w.change(k, f)}
	if f.state != scenario.Open && f.since > -never {
		since := f.since
		out.Since = &since
	}
	if f.state == scenario.Open {
		out.Due = w.due(k.ID)
	}
	if out.Disputed {
		out.Claims = w.sides(k.ID)
	}
	return out
}

// say tells who reported what, and how it is rated.
func say(c claim) string {
	text := fmt.Sprintf("%s reported %s on %s (%s, %s)", c.Source, c.Event, c.Date, c.ID, c.Rating())
	if c.contested {
		text += ", contradicted by " + strings.Join(c.names(), ", ")
	}
	return text
}

func (w *World) why(k *scenario.Condition, f finding) string {
	switch assumed := w.assumed[k.ID]; {
	case assumed != "" && len(f.by) == 0:
		return "assumed"
	case len(f.by) > 0:
		return say(f.by[0])
	case f.state == scenario.Failed && !k.By.IsZero() && f.since == w.date(k.By):
		return "not met before " + f.since.String()
	}
	switch {
	case !k.After.IsZero():
		return "the date is " + w.date(k.After).String()
	case k.Reported != "":
		return "nobody has reported " + k.Reported
	case k.HeldFor != 0:
		since := w.standing(k.Since)
		if since.state != scenario.Met {
			return fmt.Sprintf("%s is %s", k.Since, since.state)
		}
		return fmt.Sprintf("no %s reported since %s", k.Breach, since.since)
	case k.Count != nil:
		low, high := w.incidents(k.Count.Of, k.Count.Area, k.Count.Window, false).at(w.today), w.incidents(k.Count.Of, k.Count.Area, k.Count.Window, true).at(w.today)
		return fmt.Sprintf("%s of %s in %d days", between(low, high), k.Count.Of, k.Count.Window)
	default:
		return w.parts(k)
	}
}

// parts tells the states of what a condition is made of.
func (w *World) parts(k *scenario.Condition) string {
	var list []string
	for _, id := range k.Parts() {
		is := string(w.standing(id).state)
		if w.find(view{id, false}).state != w.find(view{id, true}).state {
			is = "disputed"
		}
		list = append(list, id+" is "+is)
	}
	return strings.Join(list, ", ")
}

func between(low, high float64) string {
	if low == high {
		return number(low)
	}
	return number(low) + " to " + number(high)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// change says what would change a condition.
func (w *World) change(k *scenario.Condition, f finding) string {
	var ways []string
	add := func(format string, args ...any) { ways = append(ways, fmt.Sprintf(format, args...)) }
	switch {
	case !k.After.IsZero() && f.state == scenario.Open:
		add("the day %s", w.date(k.After))
	case k.Reported != "" && f.state == scenario.Open:
		add("a report of %s", k.Reported)
	case k.HeldFor != 0 && f.state == scenario.Open && w.standing(k.Since).state == scenario.Met:
		add("no %s until %s", k.Breach, f.ends)
	case k.HeldFor != 0 && f.state == scenario.Open:
		add("%s, then %d days without %s", k.Since, k.HeldFor, k.Breach)
	case k.Count != nil && k.Count.Below != nil:
		add("%s %s in %d days", map[bool]string{true: number(*k.Count.Below) + " or more", false: "fewer than " + number(*k.Count.Below)}[f.state == scenario.Met], k.Count.Of, k.Count.Window)
	case k.Count != nil:
		add("%s %s in %d days", map[bool]string{true: number(*k.Count.Above) + " or fewer", false: "more than " + number(*k.Count.Above)}[f.state == scenario.Met], k.Count.Of, k.Count.Window)
	case f.state == scenario.Open && (k.All != nil || k.Any != nil || k.Not != ""):
		for _, id := range k.Parts() {
			if w.standing(id).state == scenario.Open {
				ways = append(ways, id)
			}
		}
	}
	if k.Fails != "" && f.state != scenario.Failed {
		add("a report of %s fails it", k.Fails)
	}
	if !k.By.IsZero() && f.state == scenario.Open {
		add("it fails on %s", w.date(k.By))
	}
	for _, c := range f.by {
		if f.state != scenario.Open {
			add("a report that supersedes %s", c.ID)
		}
	}
	return strings.Join(ways, "; ")
}

// started tells of an operation and its phases.
func (w *World) started(op *scenario.Operation) []Started {
	x := Started{Operation: op.ID, Condition: op.StartsWhen, Known: op.StartsWhen == ""}
	x.Day = w.date(op.DDay.Likely)
	if op.StartsWhen != "" {
		f := w.standing(op.StartsWhen)
		if x.Never = f.state == scenario.Failed; f.state == scenario.Met {
			x.Day, x.Known = f.since+scenario.Date(op.StartsAfter), true
		}
	}
	x.Started = x.Known && !x.Never && x.Day <= w.today
	list := []Started{x}
	zero := w.s.Calendar.Day(x.Day)
	for _, ph := range op.Phases {
		y := Started{Operation: op.ID, Phase: ph.ID, Condition: ph.StartsWhen, Day: w.s.Calendar.Date(ph.From.Day(w.s.Calendar, zero)), Known: x.Known || !ph.From.Relative(), Never: x.Never}
		if ph.StartsWhen != "" {
			f := w.standing(ph.StartsWhen)
			y.Never = y.Never || f.state == scenario.Failed
			if y.Known = f.state == scenario.Met; y.Known {
				y.Day = f.since
			}
		}
		y.Started = x.Started && y.Known && !y.Never && y.Day <= w.today
		list = append(list, y)
	}
	return list
}

// requirement tells how a line has grown.
func (w *World) requirement(p *scenario.Post, line int, area string, raises []scenario.Raise) Requirement {
	l := &p.Lines[line]
	k := l.Scales
	if k.Area != "" {
		area = k.Area
	}
	low, high := w.incidents(k.With, area, k.Window, false).at(w.today), w.incidents(k.With, area, k.Window, true).at(w.today)
	out := Requirement{Post: p.ID, Capability: l.Capability, Floor: l.Floor.Likely, History: []scenario.Raise{}}
	for _, r := range raises {
		if r.Post == p.ID && r.Line == line {
			out.History, out.Added = append(out.History, r), r.Add
		}
	}
	out.Why = fmt.Sprintf("%s of %s in %s in %d days; %s for each %s", between(low, high), k.With, area, k.Window, number(k.Add), number(k.Per))
	if k.AtMost > 0 {
		out.Why += ", at most " + number(k.AtMost)
	}
	return out
}

// Assume is what a branch takes as met and as failed.
func Assume(b *scenario.Branch) map[string]scenario.State {
	assumed := map[string]scenario.State{}
	for _, id := range b.Met {
		assumed[id] = scenario.Met
	}
	for _, id := range b.Failed {
		assumed[id] = scenario.Failed
	}
	return assumed
}

// Events are the events that a scenario's conditions and lines ask for.
func Events(s *scenario.Scenario) (asked []string) {
	for _, k := range s.Conditions {
		asked = append(asked, k.Reported, k.Breach, k.Fails)
		if k.Count != nil {
			asked = append(asked, k.Count.Of)
		}
	}
	for _, p := range s.Posts {
		for _, l := range p.Lines {
			if l.Scales != nil {
				asked = append(asked, l.Scales.With)
			}
		}
	}
	return asked
}
