package stress

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/rearguard/rearguard/scenario"
)

// AskKind is what can be asked for.
type AskKind string

// What can be asked for, with its price: how hard it is to get, next to the
// others. Only their ratios matter.
const (
	Approve AskKind = "approve" // a contributor decides at once, before D-day is known
	Lift    AskKind = "lift"    // a pool loads twice as much
	Waive   AskKind = "waive"   // a caveat is lifted
	Pledge  AskKind = "pledge"  // one more unit, like the quickest of its kind
)

// Prices are how hard asks are to get by default.
func Prices() map[AskKind]float64 {
	return map[AskKind]float64{Approve: 1, Lift: 2, Waive: 3, Pledge: 5}
}

// Asks is what could be asked for and what it would change.
type Asks struct {
	Base   Outcome `json:"base"`   // nothing granted
	Asks   []Ask   `json:"asks"`   // each granted alone; the most exposure closed for its price first
	Chosen []Ask   `json:"chosen"` // granted one after the other, each the best next; the outcomes include those before
}

// Ask is one thing asked for.
type Ask struct {
	Kind       AskKind `json:"kind"`
	Of         string  `json:"of"`   // contributor, pool, unit, or capability for a pledge
	Text       string  `json:"text"` // in words
	Price      float64 `json:"price"`
	Outcome    Outcome `json:"outcome"`
	Closed     float64 `json:"closed"`      // exposure-days fewer
	CostSaved  float64 `json:"cost_saved"`  // between the plans found
	IOCEarlier int     `json:"ioc_earlier"` // days, of all operations; one that becomes ready counts the rest of the calendar
	apply      func(*scenario.Scenario)
}

// AskFor plans a resolved scenario with each thing granted that could be asked
// for, starting from the plan with nothing granted, and then picks up to so many
// one after the other. Rules are only relaxed and units only added, so that a plan
// with nothing granted fits all.
func AskFor(ctx context.Context, s *scenario.Scenario, most int, prices map[AskKind]float64, o Options) (*Asks, error) {
	first := newRunner(ctx, o, 1)
	base, err := first.solve(s, o.From, time.Duration(basePart*float64(first.o.Time)))
	if err != nil {
		return nil, err
	}
	list := asks(s, base, prices)
	searches := len(list) * max(1, most) // fewer if the gaps are closed before
	r := newRunner(ctx, o, searches)
	each := time.Duration((1 - basePart) * float64(r.o.Time) * float64(r.workers) / float64(max(1, searches)))
	singles, err := r.grant(s, base, list, each)
	if err != nil {
		return nil, err
	}
	answer := &Asks{Base: *base, Asks: singles, Chosen: []Ask{}}
	granted, at := s, base
	for round := singles; len(answer.Chosen) < most && len(round) > 0 && round[0].Closed > same; {
		best := round[0]
		answer.Chosen = append(answer.Chosen, best)
		granted, at = with(granted, &best), &best.Outcome
		if at.ExposureStanding+at.ExposureOperations < same || len(answer.Chosen) == most {
			break
		}
		rest := slices.DeleteFunc(slices.Clone(list), func(a Ask) bool {
			return slices.ContainsFunc(answer.Chosen, func(b Ask) bool { return a.Text == b.Text })
		})
		if round, err = r.grant(granted, at, rest, each); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// grant plans with each ask granted alone and ranks them.
func (r *runner) grant(s *scenario.Scenario, base *Outcome, list []Ask, each time.Duration) ([]Ask, error) {
	list = slices.Clone(list)
	err := r.each(len(list), func(i int) error {
		changed := with(s, &list[i])
		out, err := r.solve(changed, base.plan, each)
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].Text, err)
		}
		a := &list[i]
		a.Outcome = *better(changed, out, base.plan)
		a.Closed = base.ExposureStanding + base.ExposureOperations - a.Outcome.ExposureStanding - a.Outcome.ExposureOperations
		a.CostSaved = base.Objective - a.Outcome.Objective
		for _, op := range s.Operations {
			a.IOCEarlier += earlier(s, base.IOC[op.ID], a.Outcome.IOC[op.ID])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Ask) int {
		return cmp.Or(cmp.Compare(b.Closed/b.Price, a.Closed/a.Price), cmp.Compare(b.CostSaved/b.Price, a.CostSaved/a.Price))
	})
	return list, nil
}

func earlier(s *scenario.Scenario, before, after *scenario.Date) int {
	end := s.Calendar.Date(s.Calendar.Days)
	if before == nil {
		before = &end
	}
	if after == nil {
		after = &end
	}
	return int(*before - *after)
}

// with is a scenario with an ask granted.
func with(s *scenario.Scenario, a *Ask) *scenario.Scenario {
	c := *s
	c.Contributors, c.Units, c.Lift = slices.Clone(s.Contributors), slices.Clone(s.Units), slices.Clone(s.Lift)
	a.apply(&c)
	return &c
}

// asks lists what could be asked for: what binds somewhere in the scenario, and
// pledges of what is exposed in the plan with nothing granted.
func asks(s *scenario.Scenario, base *Outcome, prices map[AskKind]float64) (all []Ask) {
	add := func(kind AskKind, of, text string, apply func(*scenario.Scenario)) {
		all = append(all, Ask{Kind: kind, Of: of, Text: text, Price: prices[kind], apply: apply})
	}
	for i := range s.Contributors {
		c := s.Contributors[i]
		owns := slices.ContainsFunc(s.Units, func(u scenario.Unit) bool { return u.Contributor == c.ID })
		if owns && len(s.Operations) > 0 && (c.Approval > 0 || !c.ApprovesAhead) {
			add(Approve, c.ID, c.ID+" decides at once and ahead of the warning", func(s *scenario.Scenario) {
				s.Contributors[i].Approval, s.Contributors[i].ApprovesAhead = 0, true
			})
		}
		for j, k := range c.Caveats {
			add(Waive, c.ID, note(fmt.Sprintf("%s waives caveat %d", c.ID, j+1), k.Note), func(s *scenario.Scenario) {
				s.Contributors[i].Caveats = slices.DeleteFunc(slices.Clone(s.Contributors[i].Caveats), func(x scenario.Caveat) bool { return reflect.DeepEqual(x, k) })
			})
		}
	}
	for i := range s.Lift {
		if p := s.Lift[i]; p.Tonnes != nil || p.Persons != nil {
			add(Lift, p.ID, p.ID+" loads twice as much a day", func(s *scenario.Scenario) {
				s.Lift[i].Tonnes, s.Lift[i].Persons = twice(p.Tonnes), twice(p.Persons)
			})
		}
	}
	for _, capability := range exposed(s, base) {
		if like := quickest(s, capability); like != nil {
			u := *like
			u.ID, u.Name, u.Contributor = "asked-"+capability, "", "asked"
			u.At, u.Caveats, u.Available, u.Pledge, u.Ready = nil, nil, nil, scenario.Assigned, scenario.Time{}
			text := fmt.Sprintf("one more unit like %s, with %d days of notice, from %s", like.ID, int(like.Notice), like.Home)
			add(Pledge, capability, text, func(s *scenario.Scenario) {
				s.Units = append(s.Units, u)
				if !slices.ContainsFunc(s.Contributors, func(c scenario.Contributor) bool { return c.ID == u.Contributor }) {
					s.Contributors = append(s.Contributors, scenario.Contributor{ID: u.Contributor, ApprovesAhead: true})
				}
			})
		}
	}
	return all
}

func note(text, note string) string {
	if note != "" {
		text += " (" + note + ")"
	}
	return text
}

func twice(x *float64) *float64 {
	if x == nil {
		return nil
	}
	y := 2 * *x
	return &y
}

// exposed lists the capabilities of lines at posts that are exposed.
func exposed(s *scenario.Scenario, base *Outcome) (all []string) {
	for _, p := range s.Posts {
		if base.byPost[p.ID] <= same || p.HomeOf != "" {
			continue
		}
		for _, l := range p.Lines {
			if l.Floor.Likely > 0 && !slices.Contains(all, l.Capability) {
				all = append(all, l.Capability)
			}
		}
	}
	slices.Sort(all)
	return all
}

// quickest is the unit with a capability and the least notice.
func quickest(s *scenario.Scenario, capability string) (best *scenario.Unit) {
	for i := range s.Units {
		u := &s.Units[i]
		if u.Provides[capability].Likely > 0 && (best == nil || u.Notice < best.Notice) {
			best = u
		}
	}
	return best
}
