package execution

import (
	"cmp"
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// end is an end of the ranges of strength and wear.
type end int

const (
	worst end = iota
	likely
	best
)

// strengths are what is left of units, as far as that is known.
type strengths map[string][]course // by unit, in the order of its tours

// course is the strength of one tour.
type course struct {
	first, until scenario.Date // of the tour; it may have begun before day 0
	facts        []*plan.Fact  // by date
	wear         *scenario.Wear
}

// at is the strength on a day, 0 to 1: the last that was reported, less the wear
// since; without a report, less the wear since the tour began.
func (c *course) at(day scenario.Date, e end) float64 {
	strength, since := 1.0, c.first
	for _, f := range c.facts {
		if f.Date <= day {
			strength, since = [...]float64{f.Low, (f.Low + f.High) / 2, f.High}[e]/100, f.Date
		}
	}
	if c.wear != nil {
		r := c.wear.Rate
		strength -= [...]float64{r.High, r.Likely, r.Low}[e] / 100 * float64(day-since) / scenario.WearDays
	}
	return math.Max(0, strength)
}

// counts is the strength as a factor of what is provided: none under the least.
func (c *course) counts(day scenario.Date, e end) float64 {
	x := c.at(day, e)
	if c.wear != nil && x < c.wear.Least/100-same {
		return 0
	}
	return x
}

// courses are the strengths of every tour as things stand.
func (a *Account) courses(known []told) strengths {
	all := strengths{}
	for i := range known {
		t, facts := known[i].stands, known[i].strength
		u := a.units[t.Unit]
		if len(t.Legs) == 0 || u == nil || u.Wear == nil && len(facts) == 0 {
			continue
		}
		c := course{t.Legs[0].Depart, t.Legs[len(t.Legs)-1].Until, facts, u.Wear}
		if t.Legs[0].OnDayZero() && u.At != nil {
			c.first = a.s.Calendar.Date(min(0, u.At.Since.Number()))
		}
		all[t.Unit] = append(all[t.Unit], c)
	}
	return all
}

// of is the course of a unit on a day; nil if nothing is known of it.
func (s strengths) of(unit string, day scenario.Date) *course {
	for i := range s[unit] {
		if c := &s[unit][i]; c.first <= day && day < c.until {
			return c
		}
	}
	return nil
}

// consequence evaluates the plan and what has become of it, and says where they
// part.
func (a *Account) consequence(known []told) error {
	planned, err := plan.Evaluate(a.s, a.p)
	if err != nil {
		return err
	}
	all := a.courses(known)
	a.strengths(all)
	var actual [3]*plan.Evaluation
	for e := worst; e <= best; e++ {
		if e != likely && len(all) == 0 {
			continue
		}
		actual[e], err = plan.EvaluateAt(a.s, a.stands, func(u *scenario.Unit, _ *plan.Tour, day int) float64 {
			date := a.s.Calendar.Date(day)
			if c := all.of(u.ID, date); c != nil {
				return c.counts(date, e)
			}
			return 1
		})
		if err != nil {
			return err
		}
	}
	if len(all) == 0 {
		actual[worst], actual[best] = actual[likely], actual[likely]
	}
	for i := range planned.Lines {
		a.line(&planned.Lines[i], &actual[worst].Lines[i], &actual[likely].Lines[i], &actual[best].Lines[i])
	}
	slices.SortStableFunc(a.Lines, func(x, y Line) int { return cmp.Or(cmp.Compare(y.Added, x.Added), cmp.Compare(y.High, x.High)) })
	return nil
}

// line notes a line if it is covered otherwise than planned from today on.
func (a *Account) line(planned, poor, actual, rich *plan.LineCover) {
	today := max(0, a.s.Calendar.Day(a.Today))
	out := Line{Post: planned.Post.ID, Capability: planned.Line.Capability, Floor: planned.Line.Floor.Likely, From: a.Today, Until: a.Today}
	if planned.From <= today && today < planned.Until {
		out.Planned, out.Actual = planned.Cover[today], actual.Cover[today]
	}
	differs := math.Abs(out.Planned-out.Actual) > same
	for d := max(today, planned.From); d < planned.Until; d++ {
		out.Low += math.Max(0, rich.Exposure(d)-planned.Exposure(d))
		out.High += math.Max(0, poor.Exposure(d)-planned.Exposure(d))
		added := actual.Exposure(d) - planned.Exposure(d)
		if added <= same {
			continue
		}
		if out.Added == 0 {
			out.From = a.s.Calendar.Date(d)
		}
		out.Added += added
		out.Until = a.s.Calendar.Date(d + 1)
	}
	if !differs && out.High <= same {
		return
	}
	a.Lines = append(a.Lines, out)
	a.Added, a.Low, a.High = a.Added+out.Added, a.Low+out.Low, a.High+out.High
}

// strengths notes the units on tour today that are not whole.
func (a *Account) strengths(all strengths) {
	for i := range a.stands.Tours {
		t := &a.stands.Tours[i]
		c := all.of(t.Unit, a.Today)
		if c == nil || a.Today < t.Legs[0].Depart || a.Today >= t.Legs[len(t.Legs)-1].Until {
			continue
		}
		percent := func(e end) float64 { return 100 * c.at(a.Today, e) }
		x := Strength{Unit: t.Unit, Low: percent(worst), Likely: percent(likely), High: percent(best)}
		if x.Low >= 100-same {
			continue
		}
		for _, l := range t.Legs {
			if l.Depart <= a.Today {
				x.Post = l.Post
			}
		}
		for _, f := range c.facts {
			if f.Date <= a.Today {
				x.Fact = f.ID
			}
		}
		if c.wear != nil {
			x.Least = c.wear.Least
			for day := a.Today; day < c.until && x.Ends == nil; day++ {
				if c.counts(day, likely) == 0 {
					x.Ends = &day
				}
			}
		}
		a.Strengths = append(a.Strengths, x)
	}
	slices.SortStableFunc(a.Strengths, func(x, y Strength) int { return cmp.Or(cmp.Compare(x.Likely, y.Likely), cmp.Compare(x.Unit, y.Unit)) })
}
