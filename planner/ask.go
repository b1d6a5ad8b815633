package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/words"
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
	Base       Outcome  `json:"base"`        // nothing granted
	Control    Control  `json:"control"`     // what searching alone changes
	Asks       []Ask    `json:"asks"`        // each granted alone; the most exposure closed for its price first
	NotReached []string `json:"not_reached"` // asks that the time did not suffice to plan with
	Chosen     []Ask    `json:"chosen"`      // granted one after the other, each the best next; the outcomes include those before
	Enough     bool     `json:"enough"`      // the chosen ones close all gaps, or reach the wanted IOC; and without any one of them they would not
	Proof      Proof    `json:"proof"`
}

// Proof says what is proven of the chosen asks, if they close all gaps.
type Proof struct {
	// Necessary are the chosen asks without which even all others together leave a
	// gap, whatever the plan.
	Necessary []string `json:"necessary"`
	Fewest    int      `json:"fewest"` // no smaller set of the asks closes all gaps
	Least     float64  `json:"least"`  // nor one with a lower price
}

// AskOptions are the options of [Case.Ask]: what asks are for, and how hard each kind is
// to get.
type AskOptions struct {
	Most   int                 `json:"most,omitempty" default:"3" minimum:"1" maximum:"20" doc:"Most asks to put together."`
	IOC    *scenario.Date      `json:"ioc,omitempty" doc:"Ask for what makes all operations ready by this day, instead of for what closes all gaps."`
	Prices map[AskKind]float64 `json:"prices,omitempty" doc:"How hard asks are to get, next to each other; by default approve=1, lift=2, waive=3, pledge=5."`
}

var askQuestion = define(Question{
	Name: "ask", Title: "What would close the gaps?",
	Doc: "Plans with each thing granted that could be asked for, and puts the best together.",
}, (*Case).Ask, tellAsks)

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
	Differs    bool    `json:"differs"`     // saves more of the cost than searching alone does
	apply      func(*scenario.Scenario)
	frees      func(*scenario.Unit) bool // units of which more is possible then; nil for all alike
	again      func() Ask                // one more of the same; nil if that makes no sense
}

// Ask plans with each thing granted that could be asked for, starting from the plan with
// nothing granted, and then picks up to so many one after the other; of what that gives,
// asks that turn out not to be needed are dropped again. Rules are only relaxed and units
// only added, so that a plan with nothing granted fits all.
func (c *Case) Ask(ctx context.Context, v Variant, o Search, want AskOptions) (*Asks, error) {
	s, err := c.begin("ask", v, &o, &want)
	if err != nil {
		return nil, err
	}
	prices := Prices()
	for _, kind := range sortedKeys(want.Prices) {
		price := want.Prices[kind]
		if _, known := prices[kind]; !known || !(price > 0) {
			return nil, &OptionError{
				Question: "ask", Option: "prices", Value: fmt.Sprintf("%s=%g", kind, price), Limit: "a kind (approve, lift, waive or pledge) and a price above 0",
			}
		}
		prices[kind] = price
	}
	want.Prices = prices
	most := want.Most
	r := newRunner(ctx, o, 1)
	base, err := r.solve(s, o.From, time.Duration(basePart*float64(r.o.Time)))
	if err != nil {
		return nil, err
	}
	r.proves = base.Gap < nothingProven
	list := asks(s, base, want.Prices)
	r.searches = 2 + len(list) + (most-1)*min(len(list), shortlist) // fewer if the gaps are closed before
	each := time.Duration((1 - basePart) * float64(r.o.Time) * float64(r.workers) / float64(r.searches+shortlist))
	control, err := r.solve(s, base.plan, each)
	if err != nil {
		return nil, err
	}
	answer := &Asks{Control: controlOf(base, control), Chosen: []Ask{}, NotReached: []string{}, Proof: Proof{Necessary: []string{}}}
	if base, err = better(s, base, control.plan); err != nil {
		return nil, err
	}
	singles, err := r.grant(s, base, list, want, answer, each)
	if err != nil {
		return nil, err
	}
	answer.Base, answer.Asks = *base, singles
	granted, promising := s, slices.Clone(singles)
	if len(promising) > shortlist && r.o.Iterations == 0 {
		promising = promising[:shortlist]
	}
	for round := singles; len(answer.Chosen) < most && len(round) > 0 && round[0].helps(want); {
		best := round[0]
		answer.Chosen = append(answer.Chosen, best)
		granted = with(granted, &best)
		at := &best.Outcome
		if answer.Enough = want.met(s, at); answer.Enough || len(answer.Chosen) == most {
			break
		}
		if best.again != nil {
			list = append(list, best.again())
			promising = append(promising, list[len(list)-1])
		}
		rest := slices.DeleteFunc(slices.Clone(promising), func(a Ask) bool {
			return slices.ContainsFunc(answer.Chosen, func(b Ask) bool { return a.Text == b.Text })
		})
		if round, err = r.grant(granted, at, rest, want, answer, each); err != nil {
			return nil, err
		}
	}
	if !answer.Enough {
		return answer, nil
	}
	if err := r.thin(s, answer, want, each); err != nil {
		return nil, err
	}
	if want.IOC == nil && !r.late() {
		if err := r.prove(s, answer, list); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// shortlist is how many asks are tried again beside those that are chosen, where time is the
// limit: those that did most alone.
const shortlist = 8

// helps reports whether an ask brings what is wanted nearer.
func (a *Ask) helps(want AskOptions) bool {
	return a.Differs && a.Closed > same || want.IOC != nil && a.IOCEarlier > 0
}

// Useful reports whether an ask does something that the search alone does not.
func (a *Ask) Useful() bool { return a.Differs && (a.Closed > 0.005 || a.IOCEarlier > 0) }

// met reports whether an outcome is what is wanted.
func (w *AskOptions) met(s *scenario.Scenario, o *Outcome) bool {
	if w.IOC == nil {
		return o.ExposureStanding+o.ExposureOperations < same
	}
	return !slices.ContainsFunc(s.Operations, func(op scenario.Operation) bool { return o.IOC[op.ID] == nil || *o.IOC[op.ID] > *w.IOC })
}

// thin drops chosen asks that later ones have made needless, the dearest first,
// and plans the rest again.
func (r *runner) thin(s *scenario.Scenario, answer *Asks, want AskOptions, each time.Duration) error {
	order := slices.Clone(answer.Chosen)
	slices.SortStableFunc(order, func(a, b Ask) int { return cmp.Compare(b.Price, a.Price) })
	last := answer.Chosen[len(answer.Chosen)-1].Outcome.plan
	for _, x := range order {
		rest := slices.DeleteFunc(slices.Clone(answer.Chosen), func(a Ask) bool { return a.Text == x.Text })
		granted := s
		for i := range rest {
			granted = with(granted, &rest[i])
		}
		out, err := r.solve(granted, last, each)
		if err != nil {
			return err
		}
		if len(rest) > 0 && want.met(s, out) {
			answer.Chosen, last = rest, out.plan
		}
	}
	if len(answer.Chosen) == len(order) {
		return nil
	}
	granted, at := s, &answer.Base
	for i := range answer.Chosen {
		a := &answer.Chosen[i]
		granted = with(granted, a)
		from := at.plan
		if i == len(answer.Chosen)-1 {
			from = last
		}
		out, err := r.solve(granted, from, each)
		if err != nil {
			return err
		}
		a.against(s, at, out, answer.Control)
		at = &a.Outcome
	}
	return nil
}

// against sets what an ask changes from one outcome to the next.
func (a *Ask) against(s *scenario.Scenario, base, out *Outcome, control Control) {
	a.Outcome = *out
	a.Closed = base.ExposureStanding + base.ExposureOperations - out.ExposureStanding - out.ExposureOperations
	a.CostSaved, a.IOCEarlier = base.Objective-out.Objective, 0
	a.Differs = a.CostSaved > control.Noise+same
	for _, op := range s.Operations {
		a.IOCEarlier += earlier(s, base.IOC[op.ID], out.IOC[op.ID])
	}
}

// prove finds what no choice among the asks can do without: some ask, if there is a
// gap whatever the plan; two of them, if each alone leaves one; and each chosen
// ask without which all others together leave one.
func (r *runner) prove(s *scenario.Scenario, answer *Asks, list []Ask) error {
	p := &answer.Proof
	if open, err := r.gapProven(s, nil); err != nil || !open {
		return err
	}
	if p.Fewest = 1; len(answer.Chosen) > 1 {
		p.Fewest = 2
		for i := range list {
			open, err := r.gapProven(s, list[i:i+1])
			if err != nil {
				return err
			}
			if !open || r.late() {
				p.Fewest = 1
				break
			}
		}
	}
	needed := 0.0
	for _, x := range answer.Chosen {
		if r.late() {
			break
		}
		rest := slices.DeleteFunc(slices.Clone(list), func(a Ask) bool { return a.Text == x.Text })
		open, err := r.gapProven(s, rest)
		if err != nil {
			return err
		}
		if open {
			p.Necessary = append(p.Necessary, x.Text)
			needed += x.Price
		}
	}
	p.Fewest = max(p.Fewest, len(p.Necessary))
	prices := make([]float64, len(list))
	for i := range list {
		prices[i] = list[i].Price
	}
	slices.Sort(prices)
	for _, x := range prices[:p.Fewest] {
		p.Least += x
	}
	p.Least = max(p.Least, needed)
	return nil
}

// gapProven reports whether a gap is left whatever the plan, with some asks
// granted: the bound of the exposure alone is above 0. A search that finds no plan
// that keeps the pins proves nothing.
func (r *runner) gapProven(s *scenario.Scenario, granted []Ask) (bool, error) {
	one, zero := 1.0, 0.0
	x := *s
	x.Weights = &scenario.Weights{
		Exposure: &scenario.ByKind{Standing: &one, Operation: &one}, Shortfall: &scenario.ByKind{Standing: &zero, Operation: &zero},
		Mobilise: &zero, Move: &zero, Tour: &zero, OnTheWay: &zero, ShortTour: &zero, ShortStay: &zero, IOC: &zero, FOC: &zero, Share: &zero, Change: &zero,
	}
	at := &x
	for i := range granted {
		at = with(at, &granted[i])
	}
	p, err := r.o.Engine.Or()(r.ctx, at, engine.Options{Seed: 1, Iterations: conflictTries})
	if _, unkept := errors.AsType[*engine.PinError](err); unkept {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return p.Metrics.Bound > 1e-6, nil
}

// grant plans with each ask granted alone and ranks them.
func (r *runner) grant(s *scenario.Scenario, base *Outcome, list []Ask, want AskOptions, answer *Asks, each time.Duration) ([]Ask, error) {
	list = slices.Clone(list)
	reached := make([]bool, len(list))
	err := r.each(len(list), func(i int) error {
		if r.late() {
			return nil
		}
		reached[i] = true
		changed := with(s, &list[i])
		out, err := r.solveAnew(changed, base.plan, list[i].freed(changed), each)
		if err != nil {
			return fmt.Errorf("%s: %w", list[i].Text, err)
		}
		if out, err = better(changed, out, base.plan); err != nil {
			return fmt.Errorf("%s: %w", list[i].Text, err)
		}
		list[i].against(s, base, out, answer.Control)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var done []Ask
	for i, a := range list {
		if reached[i] {
			done = append(done, a)
		} else {
			answer.NotReached = append(answer.NotReached, a.Text)
		}
	}
	list = done
	slices.SortStableFunc(list, func(a, b Ask) int {
		sooner := 0
		if want.IOC != nil {
			sooner = cmp.Compare(float64(b.IOCEarlier)/b.Price, float64(a.IOCEarlier)/a.Price)
		}
		return cmp.Or(sooner, cmp.Compare(b.Closed/b.Price, a.Closed/a.Price), cmp.Compare(b.CostSaved/b.Price, a.CostSaved/a.Price))
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

// freed lists the units of which more is possible with an ask granted.
func (a *Ask) freed(s *scenario.Scenario) (ids []string) {
	for i := range s.Units {
		if u := &s.Units[i]; a.frees != nil && a.frees(u) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// with is a scenario with an ask granted.
func with(s *scenario.Scenario, a *Ask) *scenario.Scenario {
	c := *s
	c.Contributors, c.Units, c.Lift = slices.Clone(s.Contributors), slices.Clone(s.Units), slices.Clone(s.Lift)
	a.apply(&c)
	return &c
}

// asks lists what could be asked for: pledges of what is exposed in the plan with nothing
// granted, the most exposed first, and what binds somewhere in the scenario.
func asks(s *scenario.Scenario, base *Outcome, prices map[AskKind]float64) (all []Ask) {
	add := func(kind AskKind, of, text string, apply func(*scenario.Scenario)) {
		a := Ask{Kind: kind, Of: of, Text: text, Price: prices[kind], apply: apply}
		if kind != Lift {
			a.frees = func(u *scenario.Unit) bool { return u.Contributor == of }
		}
		all = append(all, a)
	}
	for _, capability := range exposed(s, base) {
		if like := quickest(s, capability); like != nil {
			all = append(all, pledge(*like, capability, 1, prices[Pledge]))
		}
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
	return all
}

// pledge asks for a unit like another one; the nth of them.
func pledge(like scenario.Unit, capability string, n int, price float64) Ask {
	u := like
	u.ID, u.Name, u.Contributor = fmt.Sprintf("asked-%s-%d", capability, n), "", "asked"
	u.At, u.Caveats, u.Available, u.Pledge, u.Ready = nil, nil, nil, scenario.Assigned, scenario.Time{}
	text := "one more unit"
	if n > 1 {
		text = fmt.Sprintf("one more unit (%d)", n)
	}
	return Ask{
		Kind: Pledge, Of: capability, Price: price,
		Text: fmt.Sprintf("%s like %s, with %d days of notice, from %s, decided at once and without caveats", text, like.ID, int(like.Notice), like.Home),
		apply: func(s *scenario.Scenario) {
			s.Units = append(s.Units, u)
			if !slices.ContainsFunc(s.Contributors, func(c scenario.Contributor) bool { return c.ID == u.Contributor }) {
				s.Contributors = append(s.Contributors, scenario.Contributor{ID: u.Contributor, ApprovesAhead: true})
			}
		},
		frees: func(x *scenario.Unit) bool { return x.ID == u.ID },
		again: func() Ask { return pledge(like, capability, n+1, price) },
	}
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

// exposed lists the capabilities of lines at posts that are exposed, those of the most
// exposed posts first.
func exposed(s *scenario.Scenario, base *Outcome) (all []string) {
	days := map[string]float64{}
	for _, p := range s.Posts {
		if base.byPost[p.ID] <= same || p.HomeOf != "" {
			continue
		}
		for _, l := range p.Lines {
			if l.Floor.Likely > 0 {
				days[l.Capability] += base.byPost[p.ID]
			}
		}
	}
	all = slices.Sorted(maps.Keys(days))
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(days[b], days[a]) })
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

// tellAsks is what would close the gaps.
func tellAsks(_ *scenario.Scenario, x *Asks) Answer {
	a := Answer{
		Title: "What would close the gaps?", Head: []string{"Ask", "Exposure-days closed", "IOC earlier", "Price"}, Numbers: []int{1, 2, 3},
		Chart: &Chart{Kind: "bars", X: "exposure-days closed, each alone", Series: []Series{{Name: "closed", Mark: -1}}},
	}
	for _, k := range x.Asks {
		if !k.Useful() {
			continue
		}
		text := string(k.Kind) + ": " + k.Text
		a.Rows = append(a.Rows, []string{text, words.Quantity(k.Closed), words.Plural(float64(k.IOCEarlier), "day"), words.Quantity(k.Price)})
		if len(a.Chart.Labels) < mostBars {
			a.Chart.Labels = append(a.Chart.Labels, text)
			a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, bar(k.Closed))
		}
	}
	if len(a.Rows) == 0 {
		a.Text, a.Chart = []string{"No approval, waiver, lift or pledge asked for alone closes more than searching on does."}, nil
		return a
	}
	var chosen []string
	for _, k := range x.Chosen {
		chosen = append(chosen, k.Text)
	}
	if len(chosen) > 0 {
		last := x.Chosen[len(x.Chosen)-1].Outcome
		a.Text = []string{fmt.Sprintf("Best together: %s. That leaves %s at standing posts and %s at operations; without any ask the best plan found in the same time leaves %s and %s.", strings.Join(chosen, "; "),
			words.Plural(last.ExposureStanding, "exposure-day"), words.Quantity(last.ExposureOperations), words.Quantity(x.Base.ExposureStanding), words.Quantity(x.Base.ExposureOperations))}
		if p := x.Proof; x.Enough && p.Fewest >= len(chosen) {
			a.Text = append(a.Text, "Fewer asks would not do; that is proven.")
		}
	}
	return a
}
