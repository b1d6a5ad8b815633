// Package report is what people look at: first as data (Brief), then as a page
// for the terminal and as calendar entries.
package report

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Brief is what a plan says to a decision maker, with nothing left to compute.
// Names are those for people.
type Brief struct {
	Scenario   string
	Policy     scenario.Policy
	Start, End scenario.Date // first and last day
	World      []string      // what it took to be known or assumed, in sentences
	Required   bool          // something is required at some post
	Operations []Operation
	Areas      []Area // in the scenario's order, children after their parents
	Sentences  []string
	Moves      []Move    // by order-by date
	Cascades   []Cascade // by date
	Burden     []Burden  // by persons at peak, most first
	Gaps       []Gap     // by exposure-days, most first
	Metrics    *plan.Metrics
	Verified   bool // the checker found nothing wrong; for the caller to say
	evaluation *plan.Evaluation
}

// Operation is when one operation is ready.
type Operation struct {
	Name     string
	DDay     scenario.Date
	IOC, FOC *scenario.Date // nil is never
	Exposure float64        // exposure-days
}

// Area is how exposed an area is.
type Area struct {
	ID, Name string
	Depth    int     // 0 for an area without a parent
	Exposure float64 // exposure-days, those of children included
	Demand   float64 // floor-days of its lines: what Exposure is a part of
	Worst    scenario.Date
	Daily    []float64 // exposure by day
}

// Move is a leg with its orders.
type Move struct {
	Unit, From, To, Lift string // From is empty for home
	Contributor          string
	DecideBy, OrderBy    scenario.Date
	Depart, Effective    scenario.Date
	Until                scenario.Date
}

// byItself is the lift of a unit that moves by its own means.
const byItself = "by itself"

// Cascade is a unit that left a standing post, and who took its place.
type Cascade struct {
	Unit, Post, To string
	On             scenario.Date
	Operation      bool // it left for an operation's post
	Reliefs        []Relief
}

// Relief is one unit that takes a post; depth counts the posts given up for it
// in turn.
type Relief struct {
	Depth     int
	Unit      string
	Post      string
	From      string // empty for home
	Left      string // whom it relieves
	OrderBy   scenario.Date
	Effective scenario.Date
	Late      int // days after the departure; negative is before it
}

// Burden is what a contributor carries.
type Burden struct {
	ID, Contributor string
	Units           int      // that serve at some time
	Peak            int      // most persons away on one day
	Operation       float64  // its part of the person-days on operations
	Share           *float64 // agreed; nil if none is
}

// Gap is a time in which a line is below its floor.
type Gap struct {
	Post, Capability string
	From, Until      scenario.Date
	Exposure         float64 // exposure-days
	Worst            float64 // largest part of the floor that is missing
}

// New makes the brief of a plan that keeps the rule `form`; one without metrics
// is an error.
func New(s *scenario.Scenario, p *plan.Plan) (*Brief, error) {
	if p.Metrics == nil {
		return nil, errors.New("the plan has no metrics")
	}
	e, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	v := newView(s, e)
	b := &Brief{
		Scenario: s.Name, Policy: s.Policy, Start: s.Calendar.Start, End: s.Calendar.Date(s.Calendar.Days - 1), Metrics: p.Metrics,
		Operations: v.operations(p.Metrics), Areas: v.areas(), Moves: v.moves(), Burden: v.burden(), Gaps: v.gaps(), evaluation: e,
	}
	b.World = v.circumstances(&p.Options)
	b.Required = len(e.Lines) > 0
	backfills := e.Backfills()
	b.Cascades = v.cascades(plan.Cascades(backfills))
	b.Sentences = v.sentences(backfills)
	return b, nil
}

// view is a plan with the scenario's records by name.
type view struct {
	*plan.Evaluation
	units        map[string]*scenario.Unit
	posts        map[string]*scenario.Post
	places       map[string]*scenario.Place
	contributors map[string]*scenario.Contributor
	names        map[string]string // of capabilities, areas, pools by kind and ID
}

func newView(s *scenario.Scenario, e *plan.Evaluation) *view {
	v := &view{
		Evaluation: e, units: s.UnitsByID(), posts: s.PostsByID(),
		places: s.PlacesByID(), contributors: s.ContributorsByID(), names: map[string]string{},
	}
	for _, c := range s.Capabilities {
		v.names["capability "+c.ID] = cmp.Or(c.Name, c.ID)
	}
	for _, a := range s.Areas {
		v.names["area "+a.ID] = cmp.Or(a.Name, a.ID)
	}
	for _, p := range s.Lift {
		v.names["lift "+p.ID] = cmp.Or(p.Name, p.ID)
	}
	return v
}

// unit names a unit; one of a count keeps its number.
func (v *view) unit(id string) string {
	u := v.units[id]
	if u.Name == "" {
		return id
	}
	if _, number, counted := strings.Cut(id, "#"); counted {
		return u.Name + " #" + number
	}
	return u.Name
}

func (v *view) post(id string) string {
	if p := v.posts[id]; p != nil && p.Name != "" {
		return p.Name
	}
	return id
}

func (v *view) contributor(id string) string { return cmp.Or(v.contributors[id].Name, id) }

// area names the area that a post lies in.
func (v *view) area(post string) string {
	return v.names["area "+v.places[v.posts[post].Place].Area]
}

func (v *view) operations(m *plan.Metrics) []Operation {
	var all []Operation
	for _, op := range v.Scenario.Operations {
		all = append(all, Operation{
			Name: cmp.Or(op.Name, op.ID), DDay: v.Scenario.Calendar.Date(op.DDay.Likely.Number()),
			IOC: m.IOC[op.ID], FOC: m.FOC[op.ID], Exposure: m.ExposureDays.ByOperation[op.ID],
		})
	}
	return all
}

// areas leaves out those in which nothing is to be held.
func (v *view) areas() []Area {
	byID := v.Areas()
	var all []Area
	var add func(under string, depth int)
	add = func(under string, depth int) {
		for _, x := range v.Scenario.Areas {
			a := byID[x.ID]
			if x.Parent != under || a == nil {
				continue
			}
			all = append(all, Area{
				ID: x.ID, Name: words.Name(x.Name, x.ID), Depth: depth, Exposure: a.Exposure, Demand: a.Demand, Daily: a.Daily,
				Worst: v.Scenario.Calendar.Date(slices.Index(a.Daily, slices.Max(a.Daily))),
			})
			add(x.ID, depth+1)
		}
	}
	add("", 0)
	return all
}

func (v *view) moves() []Move {
	var all []Move
	for _, t := range v.Plan.Tours {
		for i, l := range t.Legs {
			if l.OrderBy == nil { // of day 0, or not released to the reader
				continue
			}
			m := Move{
				Unit: v.unit(t.Unit), To: v.post(l.Post), Contributor: v.contributor(v.units[t.Unit].Contributor),
				DecideBy: *l.DecideBy, OrderBy: *l.OrderBy, Depart: l.Depart, Effective: l.Effective, Until: l.Until,
				Lift: byItself,
			}
			if *l.Lift != plan.Self {
				m.Lift = v.names["lift "+*l.Lift]
			}
			if i > 0 {
				m.From = v.post(t.Legs[i-1].Post)
			}
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.OrderBy, b.OrderBy), cmp.Compare(a.DecideBy, b.DecideBy), cmp.Compare(a.Depart, b.Depart))
	})
	return all
}

// ordered is the day by which a leg is ordered; the day on which it counts, if that is
// not released to the reader.
func ordered(l *plan.Leg) scenario.Date {
	if l.OrderBy == nil {
		return l.Effective
	}
	return *l.OrderBy
}

func (v *view) cascades(from []plan.Cascade) []Cascade {
	var all []Cascade
	for _, c := range from {
		out := Cascade{Unit: v.unit(c[0].Left), Post: v.post(c[0].Post), To: v.post(c[0].LeftFor), On: c[0].LeftOn, Operation: v.posts[c[0].LeftFor].Operation != ""}
		for _, s := range c {
			out.Reliefs = append(out.Reliefs, Relief{
				Depth: s.Depth, Unit: v.unit(s.By), Post: v.post(s.Post), From: v.post(s.From), Left: v.unit(s.Left),
				OrderBy: ordered(&s.Leg), Effective: s.Leg.Effective, Late: int(s.Leg.Effective - s.LeftOn),
			})
		}
		all = append(all, out)
	}
	return all
}

func (v *view) burden() []Burden {
	days := v.Scenario.Calendar.Days
	away, units := map[string][]float64{}, map[string]map[string]bool{}
	for _, t := range v.Plan.Tours {
		u := v.units[t.Unit]
		c := u.Contributor
		if away[c] == nil {
			away[c], units[c] = make([]float64, days), map[string]bool{}
		}
		units[c][u.ID] = true
		from, until := v.Scenario.Calendar.Day(t.Legs[0].Depart), v.Scenario.Calendar.Day(t.Legs[len(t.Legs)-1].Until)
		for d := from; d < until; d++ {
			away[c][d] += u.Persons.Likely
		}
	}
	carried, total := map[string]float64{}, 0.0
	for _, op := range v.Scenario.Operations {
		for _, c := range v.Scenario.Contributors {
			for _, n := range v.Burden(op.ID, c.ID) {
				carried[c.ID] += n
				total += n
			}
		}
	}
	var all []Burden
	for _, c := range v.Scenario.Contributors {
		if away[c.ID] == nil {
			continue
		}
		b := Burden{ID: c.ID, Contributor: v.contributor(c.ID), Units: len(units[c.ID]), Peak: int(slices.Max(away[c.ID])), Share: c.Share}
		if total > 0 {
			b.Operation = carried[c.ID] / total
		}
		all = append(all, b)
	}
	slices.SortStableFunc(all, func(a, b Burden) int { return cmp.Compare(b.Peak, a.Peak) })
	return all
}

func (v *view) gaps() (all []Gap) {
	date := v.Scenario.Calendar.Date
	for _, g := range v.Gaps() {
		all = append(all, Gap{
			Post: v.post(g.Line.Post.ID), Capability: v.names["capability "+g.Line.Line.Capability],
			From: date(g.From), Until: date(g.Until), Exposure: g.Exposure, Worst: g.Worst,
		})
	}
	return all
}
