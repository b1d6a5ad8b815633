package planner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Sweep is what a plan can achieve for each D-day of a range.
type Sweep struct {
	Operation string     `json:"operation"`
	Days      []SweepDay `json:"days"` // by date
}

// SweepDay is the best plan found for one D-day.
type SweepDay struct {
	DDay          scenario.Date  `json:"d_day"`
	Outcome       Outcome        `json:"outcome"`
	Soonest       Soonest        `json:"soonest"`
	IOCAfter      *int           `json:"ioc_after"`      // days from D-day to the soonest IOC; nil is not reached
	FOCAfter      *int           `json:"foc_after"`      // likewise
	FirstDecision *scenario.Date `json:"first_decision"` // earliest decide_by of a leg to the operation; nil if nobody is sent
	Early         int            `json:"early"`          // legs, to any post, to be decided before the operation's warning
}

// DDayOptions are the options of [Case.DDay].
type DDayOptions struct {
	Operation string         `json:"operation,omitempty" maxLength:"300" doc:"Whose D-day moves; the first by default."`
	FirstDay  *scenario.Date `json:"first_day,omitempty" doc:"Of the days that D-day moves over; the first of the calendar by default."`
	LastDay   *scenario.Date `json:"last_day,omitempty" doc:"The last of them; half the calendar later by default."`
	Step      int            `json:"step,omitempty" minimum:"0" maximum:"1000" doc:"Days between two of them; so that there are about a dozen by default."`
}

// About is the operation whose D-day moves, as asked for; empty is the first.
func (o DDayOptions) About() string { return o.Operation }

// usualDDays is how many days D-day moves over where nobody says how far apart they are.
const usualDDays = 12

// settle fills what is not given from the scenario, and refuses what it does not have.
func (o *DDayOptions) settle(question string, s *scenario.Scenario) error {
	var all []string
	for _, op := range s.Operations {
		all = append(all, op.ID)
	}
	if len(all) == 0 {
		return &scenario.UnknownError{Kind: "operation", ID: o.Operation, Purpose: "whose D-day could move: no operation happens"}
	}
	if o.Operation == "" {
		o.Operation = all[0]
	}
	if !slices.Contains(all, o.Operation) {
		return &scenario.UnknownError{Kind: "operation", ID: o.Operation, Purpose: "whose D-day could move", Maybe: scenario.Nearest(o.Operation, all), Has: all}
	}
	k := s.Calendar
	first, last := k.Start, k.Date(k.Days/2)
	if o.FirstDay == nil {
		o.FirstDay = &first
	}
	if o.LastDay == nil {
		last = max(last, *o.FirstDay)
		o.LastDay = &last
	}
	for name, d := range map[string]scenario.Date{"first_day": *o.FirstDay, "last_day": *o.LastDay} {
		if n := k.Day(d); n < 0 || n >= k.Days {
			return &OptionError{Question: question, Option: name, Value: d.String(), Limit: inCalendar(k)}
		}
	}
	if *o.LastDay < *o.FirstDay {
		return &OptionError{Question: question, Option: "last_day", Value: o.LastDay.String(), Limit: o.FirstDay.String() + ", the first day, or later"}
	}
	if o.Step == 0 {
		o.Step = max(1, int(*o.LastDay-*o.FirstDay)/(usualDDays-1))
	}
	return nil
}

var dDayQuestion = define(Question{
	Name: "d-day", Title: "What if it starts on another day?",
	Doc: "Plans for each D-day of a range, as if it were known from today on.",
}, (*Case).DDay, tellSweep)

// DDay plans for each D-day of a range, each from nothing: where the day moves, much of
// a plan breaks its rules.
func (c *Case) DDay(ctx context.Context, v Variant, o Search, what DDayOptions) (*Sweep, error) {
	likely, err := c.begin("d-day", v, &o, &what)
	if err != nil {
		return nil, err
	}
	if err := what.settle("d-day", likely); err != nil {
		return nil, err
	}
	s, variant, err := c.choose(v)
	if err != nil {
		return nil, err
	}
	operation, from, until, step := what.Operation, *what.FirstDay, *what.LastDay, what.Step
	n := int(until-from)/step + 1
	r := newRunner(ctx, o, 2*n)
	sweep := &Sweep{Operation: operation, Days: make([]SweepDay, n)}
	allowance := time.Duration(float64(r.o.Time) * float64(min(r.workers, n)) / float64(2*n))
	err = r.each(n, func(i int) error {
		day := from + scenario.Date(i*step)
		v := variant
		v.DDay = map[string]scenario.Date{}
		maps.Copy(v.DDay, variant.DDay)
		v.DDay[operation] = day
		resolved, err := scenario.Resolve(s, v)
		if err != nil {
			return err
		}
		out, err := r.solve(resolved, nil, allowance)
		if err != nil {
			return fmt.Errorf("with D-day on %s: %w", day, err)
		}
		soonest, err := r.soonest(resolved, out, Soonest{}, allowance)
		if err != nil {
			return fmt.Errorf("with D-day on %s: %w", day, err)
		}
		sweep.Days[i] = sweepDay(resolved, operation, day, out, soonest)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sweep, nil
}

func sweepDay(s *scenario.Scenario, operation string, day scenario.Date, out *Outcome, soonest Soonest) SweepDay {
	x := SweepDay{DDay: day, Outcome: *out, Soonest: soonest, IOCAfter: after(soonest.IOC[operation], day), FOCAfter: after(soonest.FOC[operation], day)}
	at := map[string]bool{}
	for _, p := range s.Posts {
		at[p.ID] = p.Operation == operation
	}
	warning := day
	for _, op := range s.Operations {
		if op.ID == operation {
			known, binds := op.Warned()
			if warning = s.Calendar.Start; binds {
				warning = s.Calendar.Date(known)
			}
		}
	}
	each(out.plan, func(_ string, l *plan.Leg) {
		if *l.DecideBy < warning {
			x.Early++
		}
		if at[l.Post] && (x.FirstDecision == nil || *l.DecideBy < *x.FirstDecision) {
			x.FirstDecision = l.DecideBy
		}
	})
	return x
}

// each calls do for every leg that is a move.
func each(p *plan.Plan, do func(unit string, l *plan.Leg)) {
	for i := range p.Tours {
		for j := range p.Tours[i].Legs {
			if l := &p.Tours[i].Legs[j]; !l.OnDayZero() {
				do(p.Tours[i].Unit, l)
			}
		}
	}
}

func after(d *scenario.Date, day scenario.Date) *int {
	if d == nil {
		return nil
	}
	n := int(*d - day)
	return &n
}

// tellSweep is the reaction curve: what is achieved by D-day.
func tellSweep(s *scenario.Scenario, x *Sweep) Answer {
	name := x.Operation
	for _, op := range s.Operations {
		if op.ID == x.Operation {
			name = words.Name(op.Name, op.ID)
		}
	}
	a := Answer{
		Title:   "What if " + name + " starts on another day?",
		Text:    []string{"The best plan found for each D-day, as if it were known from today on. IOC and FOC are the soonest found; for them, one plan more of the time about D-day counts operations nearly as dear as standing posts."},
		Head:    []string{"D-day", "IOC", "FOC", "Standing", "Operations", "First decision"},
		Numbers: []int{3, 4},
		Chart:   &Chart{Kind: "curve", X: "D-day", Y: "days from D-day to IOC", Series: []Series{{Name: "IOC", Mark: -1}}},
	}
	for i, d := range x.Days {
		first := "none"
		if d.FirstDecision != nil {
			first = words.ShortDay(*d.FirstDecision)
		}
		a.Rows = append(a.Rows, []string{words.ShortDay(d.DDay), words.DaysAfter(d.IOCAfter), words.DaysAfter(d.FOCAfter), words.Quantity(d.Outcome.ExposureStanding), words.Quantity(d.Outcome.ExposureOperations), first})
		a.Chart.Labels = append(a.Chart.Labels, words.ShortDay(d.DDay))
		a.Chart.Series[0].X = append(a.Chart.Series[0].X, float64(i))
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, point(d.IOCAfter))
	}
	return a
}
