package planner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Conflict says why the floor of a line is not met on a day: an irreducible set
// of facts that leave no way to meet it. Without any one of them there is one.
type Conflict struct {
	Post       string        `json:"post"`
	Capability string        `json:"capability"`
	Day        scenario.Date `json:"day"`
	Floor      float64       `json:"floor"`
	Cover      float64       `json:"cover"` // by the plan
	Kind       ConflictKind  `json:"kind"`
	Facts      []string      `json:"facts"`  // in words
	Most       float64       `json:"most"`   // that all units together could give, if nothing kept them
	Proven     bool          `json:"proven"` // that no plan meets the floor with these facts; else a search found none
	Searches   int           `json:"searches"`
}

// ConflictKind is what a floor that is not met runs into.
type ConflictKind string

// The kinds of conflict.
const (
	TooFew ConflictKind = "too-few" // the units there are could not meet it at all
	Barred ConflictKind = "barred"  // facts about units, contributors and lift, whatever other posts need
	Rivals ConflictKind = "rivals"  // it could be met if some other post gave way
	Choice ConflictKind = "choice"  // it could be met beside all else that the plan holds: a better plan exists
	TooFar ConflictKind = "too-far" // even then the way is too long for the day
)

// fact is something that may keep a floor from being met.
type fact struct {
	text  string
	relax func(*scenario.Scenario) // takes it away; the tables are the scenario's own
}

// tries of each search: the questions are small, and one unit more or less.
const conflictTries = 150

// ConflictsOptions are the options of [Case.Conflicts].
type ConflictsOptions struct {
	Plan *plan.Plan    `json:"-"`
	Post string        `json:"post" maxLength:"300" doc:"Post whose floors are asked for."`
	Day  scenario.Date `json:"day" doc:"Day that they are asked for."`
}

var conflictsQuestion = define(Question{
	Name: "conflicts", Title: "Why is this floor not met?", Plans: 1,
	Doc: "Finds, for each line of a post whose floor is not met on a day, an irreducible set of facts that keep it from being met.",
}, (*Case).Conflicts, tellConflicts)

// ConflictsFound are the conflicts at a post on a day.
type ConflictsFound struct {
	Conflicts []Conflict `json:"conflicts"`
}

func (o *ConflictsOptions) about(plans []*plan.Plan) { o.Plan = plans[0] }

// Conflicts finds the conflicts of a plan at a post on a day: one for each line whose
// floor is not met. The variant is the plan's.
func (c *Case) Conflicts(ctx context.Context, _ Variant, how Search, what ConflictsOptions) (*ConflictsFound, error) {
	s, err := c.begin("conflicts", plannedAs(what.Plan), &how, &what)
	if err != nil {
		return nil, err
	}
	found, err := conflicts(ctx, s, what.Plan, what.Post, what.Day)
	return &ConflictsFound{found}, err
}

// tellConflicts is what keeps floors from being met.
func tellConflicts(_ *scenario.Scenario, x *ConflictsFound) Answer {
	a := Answer{Title: "Why is this floor not met?", Head: []string{"Line", "Floor", "Day", "Fact"}, Numbers: []int{1}}
	for _, k := range x.Conflicts {
		a.Text = append(a.Text, k.Capability+": "+k.Sentence())
		for _, f := range k.Facts {
			a.Rows = append(a.Rows, []string{k.Capability, words.Quantity(k.Floor), words.ShortDay(k.Day), fmt.Sprint(f)})
		}
	}
	if len(x.Conflicts) == 0 {
		a.Text = []string{"Every floor there is met on that day."}
	}
	return a
}

// Sentence says what kind of conflict it is, and whether that is proven.
func (x *Conflict) Sentence() string {
	said := "no search found another way"
	if x.Proven {
		said = "proven"
	}
	switch x.Kind {
	case TooFew:
		return fmt.Sprintf("All units together could give %g, whatever else they do.", x.Most)
	case TooFar:
		return "Even without notice, approval, caveats, caps and limits of lift nobody can be there in time (" + said + ")."
	case Choice:
		return "It could be met beside all else that the plan holds: look for a better plan with more time."
	case Barred:
		return "Whatever other posts need, these together leave no way; without any one of them there is one (" + said + "):"
	default:
		return "It could be met, but not beside these; without any one of them it could (" + said + "):"
	}
}

func conflicts(ctx context.Context, s *scenario.Scenario, p *plan.Plan, post string, day scenario.Date) ([]Conflict, error) {
	e, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	n := s.Calendar.Day(day)
	if n < 0 || n >= s.Calendar.Days {
		return nil, fmt.Errorf("%s is outside the calendar", day)
	}
	all := []Conflict{}
	for i := range e.Lines {
		l := &e.Lines[i]
		if l.Post.ID != post || n < l.From || n >= l.Until || l.Exposure(n) <= same {
			continue
		}
		q := question{ctx: ctx, s: s, plan: p, e: e, line: l, day: n}
		c, err := q.conflict()
		if err != nil {
			return nil, err
		}
		all = append(all, *c)
	}
	return all, nil
}

// question is about one line on one day.
type question struct {
	ctx      context.Context
	s        *scenario.Scenario
	plan     *plan.Plan
	e        *plan.Evaluation
	line     *plan.LineCover
	day      int
	searches int
	err      error // the first of a search, but for pins that no plan found keeps
}

func (q *question) conflict() (*Conflict, error) {
	c := &Conflict{
		Post: q.line.Post.ID, Capability: q.line.Line.Capability, Day: q.s.Calendar.Date(q.day),
		Floor: q.line.Line.Floor.Likely, Cover: q.line.Cover[q.day], Facts: []string{},
	}
	able := q.able()
	for _, most := range able {
		c.Most += most
	}
	alone := q.alone(able)
	facts := q.facts(able)
	switch {
	case c.Most < c.Floor-same:
		c.Kind, c.Proven = TooFew, true
	case q.possible(alone, nil, nil):
		if err := q.rivals(c, able); err != nil {
			return nil, err
		}
	case !q.possible(alone, nil, facts):
		c.Kind = TooFar
		_, c.Proven = q.solve(alone, nil, facts)
	default:
		c.Kind = Barred
		kept := q.irreducible(facts, func(gone []fact) bool { return q.possible(alone, nil, gone) })
		for _, f := range kept {
			c.Facts = append(c.Facts, f.text)
		}
		_, c.Proven = q.solve(alone, nil, without(facts, kept))
	}
	c.Searches = q.searches
	return c, cmp.Or(q.ctx.Err(), q.err)
}

// able are the units that provide something to the line, with how much.
func (q *question) able() map[string]float64 {
	able := map[string]float64{}
	var capability *scenario.Capability
	for i := range q.s.Capabilities {
		if q.s.Capabilities[i].ID == q.line.Line.Capability {
			capability = &q.s.Capabilities[i]
		}
	}
	for i := range q.s.Units {
		u := &q.s.Units[i]
		if u.Pledge.Rank() < q.s.Maturity.Rank() && u.At == nil {
			continue
		}
		gives := capability.GivenBy(u, plan.All)
		if gives == 0 {
			gives = capability.GivenBy(u, capability.ID)
		}
		if gives > 0 {
			able[u.ID] = gives
		}
	}
	return able
}

// alone is the scenario with nothing to hold but the line on the day.
func (q *question) alone(able map[string]float64) *scenario.Scenario {
	x := withoutUnits(q.s, func(u *scenario.Unit) bool { return able[u.ID] == 0 })
	x.Posts = slices.Clone(x.Posts)
	for i := range x.Posts {
		x.Posts[i].Lines = nil
	}
	q.require(x)
	return x
}

// require makes the line on the day what counts, at the price of 1.
func (q *question) require(x *scenario.Scenario) {
	for i := range x.Posts {
		if p := &x.Posts[i]; p.ID == q.line.Post.ID {
			l := *q.line.Line
			l.From, l.Until, l.Single = scenario.DayTime(q.day), scenario.DayTime(q.day+1), false
			target := l.Floor
			l.Target = &target
			p.Lines = append(p.Lines, l)
		}
	}
	one, zero := 1.0, 0.0
	x.Weights = &scenario.Weights{
		Exposure: &scenario.ByKind{Standing: &one, Operation: &one}, Shortfall: &scenario.ByKind{Standing: &zero, Operation: &zero},
		Mobilise: &zero, Move: &zero, Tour: &zero, OnTheWay: &zero, ShortTour: &zero, ShortStay: &zero, IOC: &zero, FOC: &zero, Share: &zero, Change: &zero,
	}
}

// possible reports whether a search finds a plan that misses nothing once some
// facts are taken away.
func (q *question) possible(s *scenario.Scenario, from *plan.Plan, gone []fact) bool {
	found, _ := q.solve(s, from, gone)
	return found
}

// solve also reports whether it is proven that there is no such plan.
func (q *question) solve(s *scenario.Scenario, from *plan.Plan, gone []fact) (found, never bool) {
	x := *s
	x.Units, x.Contributors, x.Operations = slices.Clone(s.Units), slices.Clone(s.Contributors), slices.Clone(s.Operations)
	x.Posts, x.Places, x.Lift, x.Pins = slices.Clone(s.Posts), slices.Clone(s.Places), slices.Clone(s.Lift), slices.Clone(s.Pins)
	for _, f := range gone {
		f.relax(&x)
	}
	q.searches++
	ctx, stop := context.WithCancel(q.ctx)
	defer stop()
	p, err := engine.Solve(ctx, &x, engine.Options{Seed: 1, Iterations: conflictTries, From: from, Progress: func(at engine.Progress) {
		if at.Objective < 1e-6 {
			stop()
		}
	}})
	if pins, ok := errors.AsType[*engine.PinError](err); ok {
		return false, pins.Never()
	}
	if err != nil {
		q.err = cmp.Or(q.err, err)
		return false, false
	}
	return p.Metrics.Objective < 1e-6, p.Metrics.Bound > 1e-6
}

// irreducible removes facts as long as there is no way, half of them at a time
// (after Junker 2004, QuickXplain), until each that is left is needed: a way
// opens when it is taken away.
func (q *question) irreducible(facts []fact, way func(gone []fact) bool) []fact {
	var gone []fact
	var needed []fact
	var reduce func(part []fact)
	reduce = func(part []fact) {
		if len(part) == 0 || q.err != nil || q.ctx.Err() != nil {
			return
		}
		if try := slices.Concat(gone, part); !way(try) {
			gone = try
			return
		}
		if len(part) == 1 {
			needed = append(needed, part[0])
			return
		}
		reduce(part[:len(part)/2])
		reduce(part[len(part)/2:])
	}
	reduce(facts)
	return needed
}

// without are the facts that are not among others.
func without(facts, others []fact) (rest []fact) {
	for _, f := range facts {
		if !slices.ContainsFunc(others, func(x fact) bool { return x.text == f.text }) {
			rest = append(rest, f)
		}
	}
	return rest
}

// rivals finds the posts that keep the line from being held, if all that the plan
// holds is to be held beside it.
func (q *question) rivals(c *Conflict, able map[string]float64) error {
	beside, held := q.beside()
	if q.possible(beside, q.plan, nil) {
		c.Kind = Choice
		return nil
	}
	var posts []fact
	for _, t := range q.plan.Tours {
		if able[t.Unit] == 0 {
			continue
		}
		for _, l := range t.Legs {
			text := l.Post
			if held[text] && !slices.ContainsFunc(posts, func(f fact) bool { return f.text == text }) {
				posts = append(posts, fact{text, func(s *scenario.Scenario) { clearLines(s, text) }})
			}
		}
	}
	c.Kind = Rivals
	if !q.possible(beside, q.plan, posts) {
		c.Facts = append(c.Facts, "the lift and the caps that other units use")
		return nil
	}
	kept := q.irreducible(posts, func(gone []fact) bool { return q.possible(beside, q.plan, gone) })
	for _, f := range kept {
		c.Facts = append(c.Facts, fmt.Sprintf("what the plan holds at %s", f.text))
	}
	_, c.Proven = q.solve(beside, q.plan, without(posts, kept))
	return nil
}

func clearLines(s *scenario.Scenario, post string) {
	for i := range s.Posts {
		if s.Posts[i].ID == post {
			s.Posts[i].Lines = nil
		}
	}
}

// beside is the scenario in which every post needs on each day what the plan
// holds of its floor, and the line in question its floor on the day; and the
// posts that hold something.
func (q *question) beside() (*scenario.Scenario, map[string]bool) {
	x := *q.s
	x.Posts = slices.Clone(q.s.Posts)
	at, held := map[string]int{}, map[string]bool{}
	for i := range x.Posts {
		at[x.Posts[i].ID] = i
		x.Posts[i].Lines = nil
	}
	for i := range q.e.Lines {
		k := &q.e.Lines[i]
		p := &x.Posts[at[k.Post.ID]]
		if p.ID == q.line.Post.ID && k.Line.Capability == q.line.Line.Capability {
			continue
		}
		for from := k.From; from < k.Until; {
			until, need := from+1, min(k.Cover[from], k.Line.Floor.Likely)
			for until < k.Until && min(k.Cover[until], k.Line.Floor.Likely) == need {
				until++
			}
			if need > same {
				l := *k.Line
				floor := scenario.Exactly(need)
				l.From, l.Until, l.Floor, l.Target = scenario.DayTime(from), scenario.DayTime(until), floor, &floor
				p.Lines = append(p.Lines, l)
				held[p.ID] = true
			}
			from = until
		}
	}
	q.require(&x)
	return &x, held
}

// facts are what may keep units from the line, by contributor where they have
// them in common.
func (q *question) facts(able map[string]float64) (facts []fact) {
	add := func(text string, relax func(*scenario.Scenario)) { facts = append(facts, fact{text, relax}) }
	post := q.line.Post
	owners := map[string]bool{}
	for i := range q.s.Units {
		if u := &q.s.Units[i]; able[u.ID] > 0 {
			owners[u.Contributor] = true
		}
	}
	units := func(s *scenario.Scenario, of string, do func(*scenario.Unit)) {
		for i := range s.Units {
			if u := &s.Units[i]; u.Contributor == of {
				do(u)
			}
		}
	}
	owner := func(s *scenario.Scenario, id string, do func(*scenario.Contributor)) {
		for i := range s.Contributors {
			if s.Contributors[i].ID == id {
				do(&s.Contributors[i])
			}
		}
	}
	for _, k := range q.s.Contributors {
		if !owners[k.ID] {
			continue
		}
		if len(k.Caveats) > 0 {
			add(fmt.Sprintf("the caveats of %s: %s", k.ID, inWords(k.Caveats)), func(s *scenario.Scenario) {
				owner(s, k.ID, func(c *scenario.Contributor) { c.Caveats = nil })
			})
		}
		if post.Operation != "" && k.Approval > 0 {
			add(fmt.Sprintf("the %d days that %s takes to approve", k.Approval, k.ID), func(s *scenario.Scenario) {
				owner(s, k.ID, func(c *scenario.Contributor) { c.Approval = 0 })
			})
		}
		if k.MaxDeployed != nil {
			add(fmt.Sprintf("the cap of %s, %d persons away from home", k.ID, *k.MaxDeployed), func(s *scenario.Scenario) {
				owner(s, k.ID, func(c *scenario.Contributor) { c.MaxDeployed = nil })
			})
		}
	}
	for _, k := range q.s.Contributors {
		if !owners[k.ID] {
			continue
		}
		add("the notice of units of "+k.ID, func(s *scenario.Scenario) {
			units(s, k.ID, func(u *scenario.Unit) { u.Notice, u.Redeploy = 0, 0 })
		})
		add("the tours, rest, readiness and availability of units of "+k.ID, func(s *scenario.Scenario) {
			units(s, k.ID, func(u *scenario.Unit) {
				least, most := scenario.Days(0), scenario.Days(scenario.NoLimit)
				u.Tour, u.Rest, u.Dwell, u.Ready, u.Available = scenario.Span{Min: &least, Max: &most}, 0, 0, scenario.Time{}, nil
			})
		})
	}
	for _, u := range q.s.Units {
		if able[u.ID] > 0 && len(u.Caveats) > 0 {
			add(fmt.Sprintf("the caveats on %s: %s", u.ID, inWords(u.Caveats)), func(s *scenario.Scenario) {
				units(s, u.Contributor, func(x *scenario.Unit) {
					if x.ID == u.ID {
						x.Caveats = nil
					}
				})
			})
		}
	}
	return append(facts, q.sharedFacts(able)...)
}

// sharedFacts are about the operation, the post, its place, lift and pins.
func (q *question) sharedFacts(able map[string]float64) (facts []fact) {
	add := func(text string, relax func(*scenario.Scenario)) { facts = append(facts, fact{text, relax}) }
	post := q.line.Post
	for i, op := range q.s.Operations {
		if op.ID == post.Operation && op.Warning != nil {
			add(fmt.Sprintf("the warning of %s, %d days before D-day", op.ID, *op.Warning), func(s *scenario.Scenario) { s.Operations[i].Warning = nil })
		}
	}
	if q.s.Today.Number() > 0 {
		add("that it is "+q.s.Calendar.Date(q.s.Today.Number()).String()+" already", func(s *scenario.Scenario) { s.Today = scenario.DayTime(0) })
	}
	if post.RSOM+post.Handover > 0 {
		add(fmt.Sprintf("the %d days of reception and handover at %s", post.RSOM+post.Handover, post.ID), func(s *scenario.Scenario) {
			for i := range s.Posts {
				if s.Posts[i].ID == post.ID {
					s.Posts[i].RSOM, s.Posts[i].Handover = 0, 0
				}
			}
		})
	}
	for i, p := range q.s.Lift {
		if p.Tonnes != nil || p.Persons != nil || p.Load > 0 {
			add("what "+p.ID+" can load a day", func(s *scenario.Scenario) { s.Lift[i].Tonnes, s.Lift[i].Persons, s.Lift[i].Load = nil, nil, 0 })
		}
	}
	for i, p := range q.s.Places {
		if p.ID == post.Place && p.Throughput != nil {
			add("what "+p.ID+" can receive a day", func(s *scenario.Scenario) { s.Places[i].Throughput = nil })
		}
	}
	if slices.ContainsFunc(q.s.Pins, func(p scenario.Pin) bool { return able[p.Unit] > 0 }) {
		add("the pins on units that could serve", func(s *scenario.Scenario) {
			s.Pins = slices.DeleteFunc(s.Pins, func(p scenario.Pin) bool { return able[p.Unit] > 0 })
		})
	}
	return facts
}

// inWords says what caveats bar: the note of each, or its fields.
func inWords(caveats []scenario.Caveat) string {
	var all []string
	for _, k := range caveats {
		if k.Note != "" {
			all = append(all, strings.TrimSuffix(k.Note, "."))
			continue
		}
		var parts []string
		for _, f := range []struct {
			name   string
			values []string
		}{{"operation", k.Operation}, {"post", k.Post}, {"area", k.Area}, {"host", k.Host}, {"domain", k.Domain}, {"phase", k.Phase}, {"capability", k.Capability}} {
			if len(f.values) > 0 {
				parts = append(parts, f.name+" "+strings.Join(f.values, " or "))
			}
		}
		all = append(all, strings.Join(parts, " and "))
	}
	return strings.Join(all, "; ")
}
