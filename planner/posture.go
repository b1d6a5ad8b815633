package planner

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Postures says which units to keep at shorter notice when the D-day is not
// known, each D-day of a range being as likely as any other.
type Postures struct {
	Operation string          `json:"operation"`
	DDays     []scenario.Date `json:"d_days"`
	Worst     bool            `json:"worst"`  // chosen for the worst D-day, not for the mean
	Before    []PostureDay    `json:"before"` // by D-day, without any
	After     []PostureDay    `json:"after"`  // with those bought
	Bought    []BoughtPosture `json:"bought"` // in the order in which they were chosen
	Others    int             `json:"others"` // postures on offer that are not worth their cost
	Searches  int             `json:"searches"`
}

// PostureDay is the best plan found for one D-day.
type PostureDay struct {
	DDay     scenario.Date `json:"d_day"`
	IOCAfter *int          `json:"ioc_after"` // days from D-day; nil is not reached
	Outcome  Outcome       `json:"outcome"`
}

// BoughtPosture is a posture worth its cost.
type BoughtPosture struct {
	Unit   string        `json:"unit"`
	From   scenario.Date `json:"from"`
	Notice scenario.Days `json:"notice"`
	Was    scenario.Days `json:"was"`
	Days   int           `json:"days"`  // kept, from its start to the last D-day
	Cost   float64       `json:"cost"`  // of those days
	Saves  float64       `json:"saves"` // cost of the plans, mean or worst, against without it
}

// posture is one on offer.
type posture struct {
	unit int // index in the resolved scenario
	scenario.Posture
}

// PosturesOptions are the options of [Case.Postures].
type PosturesOptions struct {
	DDayOptions
	Worst bool `json:"worst,omitempty" doc:"Choose for the worst D-day of the range, not for the mean."`
}

var posturesQuestion = define(Question{
	Name: "postures", Title: "Whom to keep ready while the day is unknown?",
	Doc: "Chooses which units to keep at shorter notice, by the postures that the scenario offers, for a range of D-days.",
}, (*Case).Postures, tellPostures)

// Postures chooses postures for the D-days of a range, one after the other, each that
// saves most above its cost, until none does. Its cost counts from its start to the last
// D-day.
func (c *Case) Postures(ctx context.Context, variant Variant, o Search, what PosturesOptions) (*Postures, error) {
	likely, err := c.begin("postures", variant, &o, &what)
	if err != nil {
		return nil, err
	}
	if err := what.settle("postures", likely); err != nil {
		return nil, err
	}
	s := c.written
	operation, from, until, step, worst := what.Operation, *what.FirstDay, *what.LastDay, what.Step, what.Worst
	b := buying{worst: worst, operation: operation}
	x := &Postures{Operation: operation, Worst: worst, Bought: []BoughtPosture{}}
	for day := from; day <= until; day += scenario.Date(step) {
		v := variant
		v.DDay = maps.Clone(variant.DDay)
		if v.DDay == nil {
			v.DDay = map[string]scenario.Date{}
		}
		v.DDay[operation] = day
		resolved, err := c.Resolve(v)
		if err != nil {
			return nil, err
		}
		x.DDays, b.days = append(x.DDays, day), append(b.days, resolved)
	}
	offers := offered(b.days[0])
	if len(offers) == 0 {
		return nil, &NothingError{"postures", "no unit has postures to choose from; a unit's postures are its shorter notices, each with a cost a day"}
	}
	b.runner = newRunner(ctx, o, len(b.days)*(1+2*len(offers)))
	b.allowance = time.Duration(float64(b.o.Time) * float64(b.workers) / float64(b.searches))
	at, err := b.plans(nil, nil)
	if err != nil {
		return nil, err
	}
	var bought []posture
	for {
		with := make([][]*Outcome, len(offers)) // nil for a unit that has one already
		for i, p := range offers {
			if slices.ContainsFunc(bought, func(q posture) bool { return q.unit == p.unit }) {
				continue
			}
			if with[i], err = b.plans(append(slices.Clone(bought), p), at); err != nil {
				return nil, err
			}
		}
		// A plan that does not need the posture saves nothing by it: it holds without.
		for i := range at {
			for _, plans := range with {
				if plans != nil {
					if at[i], err = better(inPosture(b.days[i], bought), at[i], plans[i].plan); err != nil {
						return nil, err
					}
				}
			}
		}
		best, err := b.choose(with, &at, bought, func(i int) float64 { return cost(s, offers[i], until) })
		if err != nil {
			return nil, err
		}
		if bought == nil {
			x.Before = b.byDay(x.DDays, at)
		}
		if best < 0 {
			break
		}
		p, plans := offers[best], with[best]
		u := &b.days[0].Units[p.unit]
		x.Bought = append(x.Bought, BoughtPosture{
			Unit: u.ID, From: s.Calendar.Date(start(p)), Notice: p.Notice, Was: u.Notice, Days: kept(s, p, until),
			Cost: cost(s, p, until), Saves: b.figure(at) - b.figure(plans),
		})
		bought, at = append(bought, p), plans
	}
	x.After, x.Others, x.Searches = b.byDay(x.DDays, at), len(offers)-len(bought), b.done
	return x, nil
}

// choose returns the posture that saves most above its cost, -1 if none does. A
// saving may come from a longer search only: so what is at hand gets one more, from
// the plans that seem better, and the posture has to save against that.
func (b *buying) choose(with [][]*Outcome, at *[]*Outcome, bought []posture, price func(int) float64) (int, error) {
	challenged := map[int]bool{}
	for {
		best, gain := -1, 0.0
		for i := range with {
			if with[i] == nil {
				continue
			}
			if net := b.figure(*at) - b.figure(with[i]) - price(i); net > gain+1e-6 {
				best, gain = i, net
			}
		}
		if best < 0 || challenged[best] {
			return best, nil
		}
		challenged[best] = true
		again, err := b.plans(bought, with[best])
		if err != nil {
			return -1, err
		}
		for i := range again {
			if (*at)[i], err = better(inPosture(b.days[i], bought), (*at)[i], again[i].plan); err != nil {
				return -1, err
			}
		}
	}
}

// buying plans every D-day with some postures.
type buying struct {
	*runner
	days      []*scenario.Scenario // resolved, one for each D-day
	operation string
	worst     bool
	allowance time.Duration
}

// offered lists the postures of a resolved scenario's units, by unit.
func offered(s *scenario.Scenario) (all []posture) {
	for i := range s.Units {
		for _, p := range s.Units[i].Postures {
			all = append(all, posture{i, p})
		}
	}
	return all
}

// plans are the best plans found for each D-day, from those at hand; a posture only
// relaxes, so that those still hold where it leaves the unit free.
func (b *buying) plans(with []posture, at []*Outcome) ([]*Outcome, error) {
	found := make([]*Outcome, len(b.days))
	err := b.runner.each(len(b.days), func(i int) error {
		s := inPosture(b.days[i], with)
		var from *plan.Plan
		if at != nil {
			from = at[i].plan
		}
		out, err := b.solve(s, from, b.allowance)
		if err != nil {
			return fmt.Errorf("with D-day %d of %d: %w", i+1, len(b.days), err)
		}
		if at != nil {
			if out, err = better(s, out, at[i].plan); err != nil {
				return err
			}
		}
		found[i] = out
		return nil
	})
	return found, err
}

// inPosture is a scenario with units in postures: orders from a posture's start on need
// its notice only.
func inPosture(s *scenario.Scenario, with []posture) *scenario.Scenario {
	x := *s
	x.Units = slices.Clone(s.Units)
	for _, p := range with {
		u := &x.Units[p.unit]
		u.Notice = p.Notice
		if ready := start(p) + int(p.Notice); start(p) > 0 && u.At == nil && ready > u.Ready.Number() {
			u.Ready = scenario.DayTime(ready)
		}
	}
	return &x
}

// figure is the mean or the worst cost of plans.
func (b *buying) figure(plans []*Outcome) float64 {
	sum, most := 0.0, math.Inf(-1)
	for _, x := range plans {
		sum, most = sum+x.Objective, math.Max(most, x.Objective)
	}
	if b.worst {
		return most
	}
	return sum / float64(len(plans))
}

func (b *buying) byDay(dDays []scenario.Date, plans []*Outcome) []PostureDay {
	days := make([]PostureDay, len(plans))
	for i, x := range plans {
		days[i] = PostureDay{dDays[i], after(x.IOC[b.operation], dDays[i]), *x}
	}
	return days
}

func start(p posture) int {
	if p.From.IsZero() {
		return 0
	}
	return max(0, p.From.Number())
}

// kept is for how many days a posture is kept until the last D-day.
func kept(s *scenario.Scenario, p posture, until scenario.Date) int {
	return max(0, s.Calendar.Day(until)-start(p))
}

func cost(s *scenario.Scenario, p posture, until scenario.Date) float64 {
	return p.Cost * float64(kept(s, p, until))
}

// MeanDelay is the mean of the days from D-day to IOC, one that is not reached
// counting as the rest of the calendar; and the worst of them.
func MeanDelay(s *scenario.Scenario, days []PostureDay) (mean float64, worst int) {
	for _, x := range days {
		d := s.Calendar.Days - s.Calendar.Day(x.DDay)
		if x.IOCAfter != nil {
			d = *x.IOCAfter
		}
		mean += float64(d) / float64(len(days))
		worst = max(worst, d)
	}
	return mean, worst
}

// tellPostures is who to keep ready, and what that gains for each D-day.
func tellPostures(s *scenario.Scenario, x *Postures) Answer {
	a := Answer{
		Title: "Whom to keep ready while the day is unknown?", Numbers: []int{3, 4, 5},
		Head: []string{"Unit", "From", "Notice", "Days", "Cost", "Saves"},
	}
	for _, b := range x.Bought {
		a.Rows = append(a.Rows, []string{
			b.Unit, words.ShortDay(b.From), fmt.Sprintf("%s instead of %d", words.Plural(float64(b.Notice), "day"), b.Was),
			words.Quantity(float64(b.Days)), words.Quantity(b.Cost), words.Quantity(b.Saves),
		})
	}
	before, worstBefore := MeanDelay(s, x.Before)
	after, worstAfter := MeanDelay(s, x.After)
	first := fmt.Sprintf("No posture is worth its cost; %d are on offer.", x.Others)
	if len(x.Bought) > 0 {
		first = fmt.Sprintf("%s worth their cost: IOC comes %s days after D-day instead of %s in the mean, and %d instead of %d at worst.",
			words.Plural(float64(len(x.Bought)), "posture")+" found", words.Quantity(after), words.Quantity(before), worstAfter, worstBefore)
	}
	a.Text = []string{first, "An IOC that is not reached counts as the rest of the calendar."}
	a.Chart = &Chart{Kind: "curve", X: "D-day", Y: "days from D-day to IOC", Series: []Series{{Name: "without", Mark: -1}, {Name: "with", Mark: -1}}}
	for i, d := range x.DDays {
		a.Chart.Labels = append(a.Chart.Labels, words.ShortDay(d))
		for k, day := range []*int{x.Before[i].IOCAfter, x.After[i].IOCAfter} {
			a.Chart.Series[k].X = append(a.Chart.Series[k].X, float64(i))
			a.Chart.Series[k].Y = append(a.Chart.Series[k].Y, point(day))
		}
	}
	return a
}
