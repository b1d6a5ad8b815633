// Package movement is a plan as the moves of units between places, for the
// formats that other systems read: out to a post, from one post to another, and
// home again.
package movement

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Kind says what a move is for.
type Kind string

// The kinds of moves.
const (
	Deploy   Kind = "deploy"   // from home to a post
	Redeploy Kind = "redeploy" // from one post straight to another
	Return   Kind = "return"   // home from the last post of a tour
)

// Move is one unit on one way. Loading is [Depart, Sail), the way [Sail, Land),
// unloading [Land, Arrive).
type Move struct {
	Kind        Kind
	Unit        *scenario.Unit
	Contributor *scenario.Contributor
	Tour        int // index of the plan's tour; -1 for a unit sent home on day 0 without one
	From, To    *scenario.Place
	Left        *scenario.Post // nil from home
	Post        *scenario.Post // nil to home
	Leg         *plan.Leg      // nil to home
	Lift        string         // pool or plan.Self; empty to home, for which a plan books none
	Mode        scenario.Mode  // empty if the scenario has no way of that length
	Depart      scenario.Date
	Sail, Land  scenario.Date
	Arrive      scenario.Date
}

// Priority is that of the post that the move is for: the one it goes to, or
// comes home from.
func (m *Move) Priority() int {
	if m.Post != nil {
		return m.Post.Priority
	}
	return m.Left.Priority
}

// Operation is the operation of the post that a move goes to, empty for a
// standing post and for home.
func (m *Move) Operation() string {
	if m.Post == nil {
		return ""
	}
	return m.Post.Operation
}

// List lists the moves of a plan of a resolved scenario by day of departure,
// then unit. A unit that holds a post on day 0 and has no tour goes home on that
// day (docs/model.md, Settled 1). Names that the scenario lacks are errors.
func List(s *scenario.Scenario, p *plan.Plan) ([]Move, error) {
	l := newLister(s)
	toured := map[string]bool{}
	for i := range p.Tours {
		toured[p.Tours[i].Unit] = true
		if err := l.tour(i, &p.Tours[i]); err != nil {
			return nil, err
		}
	}
	for i := range s.Units {
		if u := &s.Units[i]; u.At != nil && !toured[u.ID] {
			l.dismiss(u)
		}
	}
	slices.SortStableFunc(l.moves, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.Depart, b.Depart), cmp.Compare(a.Unit.ID, b.Unit.ID))
	})
	return l.moves, nil
}

// lister collects moves.
type lister struct {
	s            *scenario.Scenario
	network      *scenario.Network
	units        map[string]*scenario.Unit
	contributors map[string]*scenario.Contributor
	posts        map[string]*scenario.Post
	pools        map[string]int
	moves        []Move
}

func newLister(s *scenario.Scenario) *lister {
	l := &lister{
		s: s, network: scenario.NewNetwork(s), units: s.UnitsByID(), contributors: s.ContributorsByID(),
		posts: s.PostsByID(), pools: map[string]int{plan.Self: -1},
	}
	for i := range s.Lift {
		l.pools[s.Lift[i].ID] = i
	}
	return l
}

// place returns the place of a post, or a unit's home for no post, by index.
func (l *lister) place(u *scenario.Unit, p *scenario.Post) int {
	id := u.Home
	if p != nil {
		id = p.Place
	}
	i, _ := l.network.Place(id)
	return i
}

func (l *lister) tour(index int, t *plan.Tour) error {
	u := l.units[t.Unit]
	if u == nil {
		return fmt.Errorf("the plan sends unit %q, which scenario %q does not have", t.Unit, l.s.Name)
	}
	if len(t.Legs) == 0 {
		return fmt.Errorf("the plan has a tour of unit %q without legs", t.Unit)
	}
	var left *scenario.Post
	for i := range t.Legs {
		leg := &t.Legs[i]
		post := l.posts[leg.Post]
		if post == nil {
			return fmt.Errorf("the plan sends unit %q to post %q, which scenario %q does not have", t.Unit, leg.Post, l.s.Name)
		}
		if !leg.OnDayZero() {
			if err := l.leg(index, u, left, post, leg); err != nil {
				return err
			}
		}
		left = post
	}
	l.home(index, u, left, t.Legs[len(t.Legs)-1].Until, t.Home)
	return nil
}

// leg adds the move of one leg.
func (l *lister) leg(tour int, u *scenario.Unit, left, post *scenario.Post, leg *plan.Leg) error {
	pool, known := l.pools[*leg.Lift]
	if !known {
		return fmt.Errorf("the plan moves unit %q by lift pool %q, which scenario %q does not have", u.ID, *leg.Lift, l.s.Name)
	}
	from, to := l.place(u, left), l.place(u, post)
	m := Move{
		Kind: Deploy, Unit: u, Contributor: l.contributors[u.Contributor], Tour: tour, From: &l.s.Places[from], To: &l.s.Places[to],
		Left: left, Post: post, Leg: leg, Lift: *leg.Lift, Depart: leg.Depart, Sail: leg.Depart, Land: leg.Arrive, Arrive: leg.Arrive,
	}
	if left != nil {
		m.Kind = Redeploy
	}
	switch {
	case pool >= 0:
		m.Mode = l.s.Lift[pool].Mode
	case u.SelfDeploys != nil:
		m.Mode = u.SelfDeploys.Mode
	}
	for _, w := range l.network.Ways(u, from, to) {
		if w.Pool == pool && int(leg.Arrive-leg.Depart) == w.Days() {
			m.Sail, m.Land = leg.Depart+scenario.Date(w.Load), leg.Arrive-scenario.Date(w.Unload)
			break
		}
	}
	l.moves = append(l.moves, m)
	return nil
}

// home adds the way home. A plan books no lift for it: the mode is that of the
// quickest way that the model takes, where there is one that long.
func (l *lister) home(tour int, u *scenario.Unit, left *scenario.Post, until, home scenario.Date) {
	from, to := l.place(u, left), l.place(u, nil)
	m := Move{
		Kind: Return, Unit: u, Contributor: l.contributors[u.Contributor], Tour: tour, From: &l.s.Places[from], To: &l.s.Places[to],
		Left: left, Depart: until, Sail: until, Land: home, Arrive: home,
	}
	for _, w := range l.network.Ways(u, from, to) {
		if w.Move != int(home-until) {
			continue
		}
		if m.Mode = l.modeOf(u, w); w.Pool < 0 {
			break // its own means before a pool as quick
		}
	}
	l.moves = append(l.moves, m)
}

func (l *lister) modeOf(u *scenario.Unit, w scenario.Way) scenario.Mode {
	if w.Pool < 0 {
		return u.SelfDeploys.Mode
	}
	return l.s.Lift[w.Pool].Mode
}

// dismiss sends a unit home from its post on day 0.
func (l *lister) dismiss(u *scenario.Unit) {
	left := l.posts[u.At.Post]
	if left == nil {
		return
	}
	days, _ := l.network.Back(u, l.place(u, left), l.place(u, nil))
	l.home(-1, u, left, l.s.Calendar.Start, l.s.Calendar.Start+scenario.Date(days))
}
