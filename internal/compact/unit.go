package compact

import (
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// slot is one way for a unit to serve: a post, and what it serves there as.
type slot struct {
	post               int
	as                 string
	name               string
	operation          int // -1 at a standing post
	ready, back        int // days from arrival to effective; days home
	minStay, maxStay   int
	fromHome, fromPost int   // earliest departures
	barred             []int // by day of arrival, the first barred day at or after it; nil if none is
	forbid             []int // by effective day, the first forbidden day at or after it; nil if none is
	gifts, singles     []gift
}

// gift is what a unit gives to a line on a day that it counts, or to a single
// line that it holds.
type gift struct {
	line   int
	amount float64
}

// least is the first day on which a leg may end that is effective on a day;
// the calendar's end waives it.
func (k *slot) least(p *Program, effective int) int {
	lo := effective + k.minStay
	for _, g := range k.singles {
		if l := &p.lines[g.line]; l.from >= effective {
			lo = min(lo, l.until)
		}
	}
	return min(max(lo, effective+1), p.days)
}

// latest is the last day on which a leg may end that is effective on a day, its
// tour ending by limit; 0 if there is no such leg. It never falls as effective
// grows, until it is 0; nor does least.
func (k *slot) latest(p *Program, effective, limit int) int {
	hi := min(limit, effective+k.maxStay)
	if k.barred != nil {
		hi = min(hi, k.barred[effective-k.ready])
	}
	if k.forbid != nil {
		hi = min(hi, k.forbid[effective])
	}
	if hi <= effective || hi < k.least(p, effective) {
		return 0
	}
	return hi
}

// member is a unit with all that a tour of it depends on.
type member struct {
	*scenario.Unit
	index   int
	name    string
	owner   int
	home    int // place
	initial []slot
	reach   []slot
	window  []int    // by day, the end of the window that holds it, or 0; nil if always available
	since   int      // start of the tour of day 0; only with initial
	homeAt  int      // day from which it is home if it has no tour
	readyAt int      // day from which it can leave home if it has no tour
	past    *history // what it has begun; nil if nothing
}

// rest is the days of rest after a tour.
func (u *member) rest(away int) int {
	if u.Dwell > 0 {
		return int(min(math.Ceil(u.Dwell*float64(away)), scenario.MaxDays))
	}
	return int(u.Rest)
}

// member derives a unit.
func (p *Program) member(i int) member {
	su := &p.s.Units[i]
	u := member{Unit: su, index: i, name: p.unitNames[i], owner: p.owners[su.Contributor], home: p.places[su.Home]}
	if !su.Ready.IsZero() {
		u.readyAt = max(0, su.Ready.Number())
	}
	if len(su.Available) > 0 {
		u.window = make([]int, p.days+1)
		for _, w := range su.Available {
			for d, until := p.s.Calendar.Inside(w.From, w.Until); d < until; d++ {
				u.window[d] = max(u.window[d], until)
			}
		}
	}
	switch {
	case len(p.begun[su.ID]) > 0:
		p.begin(&u)
	case su.At != nil:
		p.dayZero(&u)
	}
	if su.Pledge.Rank() >= p.s.Maturity.Rank() {
		p.later(&u)
	}
	return u
}

// dayZero adds the services that the unit may do at its post of day 0.
func (p *Program) dayZero(u *member) {
	post := p.posts[u.At.Post]
	place := p.places[p.s.Posts[post].Place]
	u.homeAt, _ = p.network.Back(u.Unit, place, u.home)
	since := min(0, u.At.Since.Number())
	u.readyAt = max(u.readyAt, u.homeAt+u.rest(-since))
	_, most := u.Tour.Limits()
	if since+most <= 0 {
		return // past its max: on its way home
	}
	u.since = since
	for _, as := range append([]string{plan.All}, p.standsIn(u, post)...) {
		if k, ok := p.slot(u, post, as); ok {
			k.minStay = max(1, since+min(k.minStay, most))
			u.initial = append(u.initial, k)
		}
	}
}

// standsIn lists the capabilities of a post's lines that the unit can only
// stand in for.
func (p *Program) standsIn(u *member, post int) []string {
	var as []string
	for _, l := range p.s.Posts[post].Lines {
		c := l.Capability
		if !slices.Contains(as, c) && p.rules.StandsIn(u.Unit, c) {
			as = append(as, c)
		}
	}
	return as
}

// later adds every post and service that a leg may have after day 0.
func (p *Program) later(u *member) {
	for post := range p.s.Posts {
		if p.s.Posts[post].HomeOf != "" {
			continue
		}
		for _, as := range p.services(u, post) {
			barred, wholly := p.barred(u, post, as)
			if wholly {
				continue
			}
			if k, ok := p.slot(u, post, as); ok {
				k.barred = barred
				u.reach = append(u.reach, k)
				p.underMandates(u, k)
			}
		}
	}
}

// services lists what a unit may serve as at a post: what gives something there
// and, where a pin wants it, anything that it can.
func (p *Program) services(u *member, post int) []string {
	var as []string
	lines := p.s.Posts[post].Lines
	if slices.ContainsFunc(lines, func(l scenario.Line) bool { return p.rules.Gives(u.Unit, plan.All, l.Capability) > 0 }) {
		as = append(as, plan.All)
	}
	as = append(as, p.standsIn(u, post)...)
	wanted := func(x scenario.Pin) bool { return !x.Forbid && x.Post == p.s.Posts[post].ID }
	if !slices.ContainsFunc(p.pins[u.ID], wanted) {
		return as
	}
	for _, c := range append([]string{plan.All}, p.capabilities...) {
		if !slices.Contains(as, c) && (c == plan.All || p.canStandIn(u, c)) {
			as = append(as, c)
		}
	}
	return as
}

func (p *Program) canStandIn(u *member, capability string) bool {
	if _, owns := u.Provides[capability]; owns {
		return false
	}
	for x := range p.s.Capabilities[slices.Index(p.capabilities, capability)].Substitutes {
		if _, owns := u.Provides[x]; owns {
			return true
		}
	}
	return false
}

// slot returns false if there is no way home from the post.
func (p *Program) slot(u *member, post int, as string) (slot, bool) {
	x := &p.s.Posts[post]
	back, ok := p.network.Back(u.Unit, p.places[x.Place], u.home)
	if !ok {
		return slot{}, false
	}
	k := slot{post: post, as: as, back: back, ready: int(x.RSOM + x.Handover), operation: p.postOps[post]}
	k.name = p.postNames[post]
	if as != plan.All {
		k.name = join(k.name, p.capabilityNames[as])
	}
	k.minStay, k.maxStay = x.Stay.Limits()
	k.fromHome, k.fromPost = p.earliest(u, post, int(u.Notice), false), p.earliest(u, post, int(u.Redeploy), false)
	for _, n := range p.linesAt[post] {
		l := &p.lines[n]
		amount := p.rules.Gives(u.Unit, as, l.Capability)
		switch {
		case amount <= 0 || l.from >= l.until:
		case l.Single:
			k.singles = append(k.singles, gift{n, amount})
		default:
			k.gifts = append(k.gifts, gift{n, amount})
		}
	}
	var forbidden []bool
	for _, pin := range p.pins[u.ID] {
		if pin.Forbid && pin.Post == x.ID {
			forbidden = p.mark(forbidden, pin.From, pin.Until)
		}
	}
	k.forbid = next(forbidden)
	return k, true
}

// earliest is the first day of departure that Orders allow, given the notice, and
// whether the decision has been made.
func (p *Program) earliest(u *member, post, notice int, decided bool) int {
	return p.rules.Earliest(u.Unit, &p.s.Posts[post], notice, decided)
}

// barred returns the days on which caveats bar a service, in the form of
// slot.barred, and whether they bar it always.
func (p *Program) barred(u *member, post int, as string) (days []int, wholly bool) {
	marked, wholly := p.rules.Barred(u.Unit, &p.s.Posts[post], as)
	return next(marked), wholly
}

// mark marks the days of [from, until) that are in the calendar.
func (p *Program) mark(days []bool, from, until scenario.Time) []bool {
	if days == nil {
		days = make([]bool, p.days)
	}
	for d, end := p.s.Calendar.Inside(from, until); d < end; d++ {
		days[d] = true
	}
	return days
}

// next returns, for each day and the one past the last, the first marked day at
// or after it, or nil if no day is marked.
func next(days []bool) []int {
	if !slices.Contains(days, true) {
		return nil
	}
	list := make([]int, len(days)+1)
	list[len(days)] = math.MaxInt32
	for d := len(days) - 1; d >= 0; d-- {
		list[d] = list[d+1]
		if days[d] {
			list[d] = d
		}
	}
	return list
}
