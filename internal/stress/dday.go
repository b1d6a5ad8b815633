package stress

import (
	"context"
	"fmt"
	"maps"
	"time"

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
	IOCAfter      *int           `json:"ioc_after"`      // days from D-day to IOC; nil is not reached
	FOCAfter      *int           `json:"foc_after"`      // likewise
	FirstDecision *scenario.Date `json:"first_decision"` // earliest decide_by of a leg to the operation; nil if nobody is sent
	Early         int            `json:"early"`          // legs, to any post, to be decided before the operation's warning
}

// DDay plans for each D-day from .. until (included), every step days, each
// from nothing: where the day moves, much of a plan breaks its rules. The
// scenario is as written or resolved; options choose its variant, but for the
// operation's day.
func DDay(ctx context.Context, s *scenario.Scenario, variant scenario.Variant, operation string, from, until scenario.Date, step int, o Options) (*Sweep, error) {
	if until < from || step < 1 {
		return nil, fmt.Errorf("no days from %s until %s, every %d days", from, until, step)
	}
	n := int(until-from)/step + 1
	r := newRunner(ctx, o, n)
	sweep := &Sweep{Operation: operation, Days: make([]SweepDay, n)}
	allowance := time.Duration(float64(r.o.Time) * float64(min(r.workers, n)) / float64(n))
	err := r.each(n, func(i int) error {
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
		sweep.Days[i] = sweepDay(resolved, operation, day, out)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sweep, nil
}

func sweepDay(s *scenario.Scenario, operation string, day scenario.Date, out *Outcome) SweepDay {
	x := SweepDay{DDay: day, Outcome: *out, IOCAfter: after(out.IOC[operation], day), FOCAfter: after(out.FOC[operation], day)}
	at := map[string]bool{}
	for _, p := range s.Posts {
		at[p.ID] = p.Operation == operation
	}
	warning := day
	for _, op := range s.Operations {
		if op.ID == operation {
			warning -= scenario.Date(op.Warning)
		}
	}
	each(out.plan, func(l *plan.Leg) {
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
func each(p *plan.Plan, do func(*plan.Leg)) {
	for i := range p.Tours {
		for j := range p.Tours[i].Legs {
			if l := &p.Tours[i].Legs[j]; !l.OnDayZero() {
				do(l)
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
