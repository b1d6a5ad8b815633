package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Robust compares plans by what is left of them if one contributor leaves on a
// day, once all others have been replanned from there (with recourse).
type Robust struct {
	LeaveOn    scenario.Date `json:"leave_on"`
	Hedges     []Hedge       `json:"hedges"`      // the least worst case first
	Cheapest   int           `json:"cheapest"`    // index of the plan that expects nobody to leave
	WorstBound float64       `json:"worst_bound"` // proven: no plan's worst case costs less
	Searches   int           `json:"searches"`
}

// Hedge is one plan, made in the expectation that somebody leaves.
type Hedge struct {
	Expects     string  `json:"expects"` // contributor to leave; empty is nobody
	Undisturbed float64 `json:"undisturbed"`
	Price       float64 `json:"price"` // undisturbed, against the plan that expects nobody to leave
	Worst       string  `json:"worst"` // contributor whose leaving costs most
	WorstCase   float64 `json:"worst_case"`
	Exposure    float64 `json:"exposure"` // exposure-days in the worst case
	Outcome     Outcome `json:"outcome"`  // the plan as it is
}

// hedges are made against the departures that cost the cheapest plan most, and
// held against as many.
const (
	mostHedges     = 4
	mostDepartures = 8
)

// RobustOptions are the options of [Case.Robust].
type RobustOptions struct {
	LeaveOn *scenario.Date `json:"leave_on,omitempty" doc:"Day on which a contributor leaves; by default the first D-day, else the middle of the calendar."`
}

var robustQuestion = define(Question{
	Name: "robust", Title: "What if one of them leaves half-way?",
	Doc: "Looks for a plan that loses least if any one contributor leaves on a day, and says what that costs if nobody does.",
}, (*Case).Robust, tellRobust)

// Robust looks for a plan that loses least if any one contributor leaves on a day: its
// units end their service by then, everybody else's orders given before stay. Plans are
// made for the departures that cost most, as if they were known, and each is held
// against all of these departures.
func (c *Case) Robust(ctx context.Context, v Variant, o Search, what RobustOptions) (*Robust, error) {
	s, err := c.begin("robust", v, &o, &what)
	if err != nil {
		return nil, err
	}
	leaveOn := s.Calendar.Date(s.Calendar.Days / 2)
	for i, op := range s.Operations {
		if d := s.Calendar.Date(op.DDay.Likely.Number()); i == 0 || d < leaveOn {
			leaveOn = d
		}
	}
	if what.LeaveOn != nil {
		leaveOn = *what.LeaveOn
	}
	day := s.Calendar.Day(leaveOn)
	if day <= 0 || day >= s.Calendar.Days {
		return nil, &OptionError{
			Question: "robust", Option: "leave_on", Value: leaveOn.String(),
			Limit: fmt.Sprintf("inside the calendar, %s to %s", s.Calendar.Date(1), s.Calendar.Date(s.Calendar.Days-1)),
		}
	}
	owners := groups(s, 1)
	if len(owners) == 0 {
		return nil, &NothingError{"robust", "nobody has units, so that nobody can leave"}
	}
	departures, made := min(mostDepartures, len(owners)), min(mostHedges, len(owners))
	h := hardening{
		runner: newRunner(ctx, o, 1+len(owners)+2*made+(1+made)*(1+departures)), s: s, day: day,
	}
	h.each = time.Duration(float64(h.o.Time) * float64(h.workers) / float64(h.searches))
	base, err := h.solve(s, o.From, h.each)
	if err != nil {
		return nil, err
	}
	after, err := h.all(owners, func(owner string) (*scenario.Scenario, *plan.Plan) { return h.left(base.plan, owner), base.plan })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(owners, func(a, b []string) int { return cmp.Compare(after[b[0]].Objective, after[a[0]].Objective) })
	// Made as if it were known, and so that everybody may stay: no tour is cut short.
	expected, err := h.all(owners[:made], func(owner string) (*scenario.Scenario, *plan.Plan) {
		return h.leaving(s, owner, false), after[owner].plan
	})
	if err != nil {
		return nil, err
	}
	known, err := h.all(owners[:made], func(owner string) (*scenario.Scenario, *plan.Plan) {
		return h.leaving(s, owner, true), expected[owner].plan
	})
	if err != nil {
		return nil, err
	}
	r := &Robust{LeaveOn: leaveOn, Searches: h.searches}
	add := func(expects string, p *plan.Plan, out *Outcome) error {
		hedge, err := h.hold(expects, p, out, owners[:departures])
		r.Hedges = append(r.Hedges, hedge)
		return err
	}
	if err := add("", base.plan, base); err != nil {
		return nil, err
	}
	for _, owner := range owners[:made] {
		// Whatever is planned, this departure costs at least what the best plan for it does.
		r.WorstBound = math.Max(r.WorstBound, known[owner[0]].Bound)
		if err := add(owner[0], expected[owner[0]].plan, expected[owner[0]]); err != nil {
			return nil, err
		}
	}
	for i := range r.Hedges {
		r.Hedges[i].Price = r.Hedges[i].Undisturbed - r.Hedges[0].Undisturbed
	}
	slices.SortStableFunc(r.Hedges, func(a, b Hedge) int {
		return cmp.Or(cmp.Compare(round(a.WorstCase), round(b.WorstCase)), cmp.Compare(a.Undisturbed, b.Undisturbed))
	})
	r.Cheapest = slices.IndexFunc(r.Hedges, func(x Hedge) bool { return x.Expects == "" })
	return r, nil
}

// hardening makes the plans of one call.
type hardening struct {
	*runner
	s    *scenario.Scenario
	day  int
	each time.Duration
}

// all makes one plan for each contributor.
func (h *hardening) all(owners [][]string, of func(owner string) (*scenario.Scenario, *plan.Plan)) (map[string]*Outcome, error) {
	found := make([]*Outcome, len(owners))
	err := h.runner.each(len(owners), func(i int) error {
		s, from := of(owners[i][0])
		out, err := h.solve(s, from, h.each)
		// A stay that is cut short may break what bound it, and a short search may miss
		// how to keep an order; then nothing holds the unit.
		for pins, ok := errors.AsType[*engine.PinError](err); ok && held(s, pins.Units()); pins, ok = errors.AsType[*engine.PinError](err) {
			release(s, pins)
			s.Pins = slices.DeleteFunc(s.Pins, func(p scenario.Pin) bool { return slices.Contains(pins.Units(), p.Unit) })
			out, err = h.solve(s, from, h.each)
		}
		if err != nil {
			return fmt.Errorf("%s leaves: %w", owners[i][0], err)
		}
		found[i] = out
		return nil
	})
	by := map[string]*Outcome{}
	for i, x := range found {
		by[owners[i][0]] = x
	}
	return by, err
}

// held reports whether pins or orders given hold any of some units.
func held(s *scenario.Scenario, units []string) bool {
	return slices.ContainsFunc(s.Pins, func(p scenario.Pin) bool { return slices.Contains(units, p.Unit) }) ||
		slices.ContainsFunc(s.InForce, func(x scenario.Order) bool { return x.Given && slices.Contains(units, x.Unit) })
}

// hold holds a plan against nobody leaving and against each departure.
func (h *hardening) hold(expects string, p *plan.Plan, out *Outcome, departures [][]string) (Hedge, error) {
	x := Hedge{Expects: expects, Outcome: *out, WorstCase: math.Inf(-1)}
	stays := [][]string{{""}}
	after, err := h.all(slices.Concat(stays, departures), func(owner string) (*scenario.Scenario, *plan.Plan) { return h.left(p, owner), p })
	if err != nil {
		return x, err
	}
	x.Undisturbed = after[""].Objective
	for _, d := range departures {
		if a := after[d[0]]; a.Objective > x.WorstCase {
			x.Worst, x.WorstCase, x.Exposure = d[0], a.Objective, a.ExposureStanding+a.ExposureOperations
		}
	}
	return x, nil
}

// leaving is a scenario in which a contributor's units serve until the day only;
// their tours may be cut short, or must be as long as any.
func (h *hardening) leaving(s *scenario.Scenario, owner string, short bool) *scenario.Scenario {
	x, zero := *s, scenario.Days(0)
	x.Units, x.Pins = slices.Clone(s.Units), nil
	gone := map[string]bool{}
	for i := range x.Units {
		u := &x.Units[i]
		if u.Contributor != owner {
			continue
		}
		gone[u.ID] = true
		_, most := u.Tour.Limits()
		least := u.Tour.Min
		if short {
			least = &zero
		}
		if u.At != nil {
			most = min(most, max(1, h.day-min(0, u.At.Since.Number())))
		}
		longest := scenario.Days(most)
		u.Tour = scenario.Span{Min: least, Max: &longest}
		u.Available = until(u.Available, h.day)
	}
	for _, p := range s.Pins {
		if gone[p.Unit] {
			if p.From.Number() >= h.day {
				continue
			}
			p.Until = scenario.DayTime(min(p.Until.Number(), h.day))
		}
		x.Pins = append(x.Pins, p)
	}
	return &x
}

// until cuts windows at a day; none is always.
func until(windows []scenario.Window, day int) (cut []scenario.Window) {
	if len(windows) == 0 {
		return []scenario.Window{{From: scenario.DayTime(0), Until: scenario.DayTime(day)}}
	}
	for _, w := range windows {
		if w.From.Number() < day {
			w.Until = scenario.DayTime(min(w.Until.Number(), day))
			cut = append(cut, w)
		}
	}
	if cut == nil { // never: a window before the calendar
		cut = []scenario.Window{{From: scenario.DayTime(-1), Until: scenario.DayTime(0)}}
	}
	return cut
}

// left is the scenario of the day: what was ordered before stays, and what was
// served by those who leave, or by nobody for an empty owner, has been served.
func (h *hardening) left(p *plan.Plan, owner string) *scenario.Scenario {
	s, today := h.s, h.s.Calendar.Date(h.day)
	x := *s
	if owner != "" {
		x = *h.leaving(s, owner, true)
	}
	x.Pins = slices.Clone(x.Pins)
	owns, least := map[string]bool{}, map[string]int{}
	for i := range s.Units {
		owns[s.Units[i].ID] = s.Units[i].Contributor == owner
	}
	for i := range s.Posts {
		least[s.Posts[i].ID], _ = s.Posts[i].Stay.Limits()
	}
	var orders []scenario.Order
	for _, k := range p.Orders(today) {
		if !owns[k.Unit] {
			orders = append(orders, k)
		}
	}
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			until := min(l.Until, today)
			if !owns[t.Unit] || int(until-l.Effective) < max(1, least[l.Post]) {
				continue // not there yet, or shorter than the post allows
			}
			orders = append(orders, scenario.Order{Unit: t.Unit, Post: l.Post, As: l.As, Depart: scenario.DateTime(l.Depart), Until: scenario.DateTime(until), Given: true})
		}
		if l := &t.Legs[0]; l.OrderBy == nil && l.Until > today && !owns[t.Unit] { // still at its post of day 0
			x.Pins = append(x.Pins, scenario.Pin{Unit: t.Unit, Post: l.Post, From: scenario.DayTime(0), Until: scenario.DayTime(h.day)})
		}
	}
	w, none := *x.Weights, 0.0
	w.Change = &none
	x.Weights = &w
	now := today
	resolved, err := scenario.Resolve(&x, scenario.Variant{Today: &now, InForce: orders})
	if err != nil {
		return &x // the options name nothing that could be unknown
	}
	return resolved
}

// tellRobust is what the plan loses if somebody leaves half-way, and what another
// plan would.
func tellRobust(s *scenario.Scenario, x *Robust) Answer {
	names := map[string]string{"": "nobody"}
	for _, c := range s.Contributors {
		names[c.ID] = words.Name(c.Name, c.ID)
	}
	a := Answer{
		Title:   "What if one of them leaves on " + words.ShortDay(x.LeaveOn) + "?",
		Head:    []string{"Plan made as if", "Nobody leaves", "Worst case", "if leaves"},
		Numbers: []int{1, 2},
		Chart: &Chart{Kind: "bars", X: "cost, everybody else planned anew from that day", Series: []Series{
			{Name: "at worst, above that", Mark: -1}, {Name: "if nobody leaves", Mark: -1},
		}},
	}
	for _, h := range x.Hedges {
		name := names[h.Expects] + " left"
		a.Rows = append(a.Rows, []string{name, words.Quantity(h.Undisturbed), words.Quantity(h.WorstCase), names[h.Worst]})
		a.Chart.Labels = append(a.Chart.Labels, "as if "+name)
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, bar(h.WorstCase-h.Undisturbed))
		a.Chart.Series[1].Y = append(a.Chart.Series[1].Y, bar(h.Undisturbed))
	}
	best, cheapest := x.Hedges[0], x.Hedges[x.Cheapest]
	a.Text = []string{"What has been ordered by then stays. Each plan is held against the departures that cost most."}
	if best.Expects == "" {
		a.Text = append(a.Text, fmt.Sprintf("At worst %s leaves; no plan tried loses less.", names[best.Worst]))
	} else {
		a.Text = append(a.Text, fmt.Sprintf("A plan made as if %s left costs %s at worst instead of %s, for %s more if nobody does.", names[best.Expects],
			words.Quantity(best.WorstCase), words.Quantity(cheapest.WorstCase), words.Quantity(best.Price)))
	}
	return a
}
