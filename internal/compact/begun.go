package compact

import (
	"strconv"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// What a unit has begun is in every plan, so that it is no choice of the program: what it
// covers, burdens and costs is taken out of the right-hand sides. What follows is. The
// last begun leg ends on a known day, after a tour of a known start, just as the leg of
// day 0 could: it stands in the tour of day 0 as a service of its last day that must be
// chosen, gives nothing, and ends for home or for another post.

// history is what a unit has begun.
type history struct {
	tours []plan.Tour
	start int     // day on which the last tour began; below 0 if before day 0
	until int     // end of the last leg
	left  bool    // it has left home
	cost  float64 // of its moves and tours and of having left home, but for what the end of the last costs
}

// begin derives what the unit has begun, and in place of a leg of day 0 where it ends.
func (p *Program) begin(u *member) {
	u.past = &history{}
	h := u.past
	for i := range p.begun[u.ID] {
		x := &p.begun[u.ID][i]
		l := p.begunLeg(u, x)
		if x.From == "" {
			h.tours = append(h.tours, plan.Tour{Unit: u.ID})
			h.start = x.Depart.Number()
		}
		h.until = x.Until.Number()
		t := &h.tours[len(h.tours)-1]
		t.Legs = append(t.Legs, l)
		back, _ := p.network.Back(u.Unit, p.places[p.s.Posts[p.posts[x.Post]].Place], u.home)
		t.Home = l.Until + scenario.Date(back)
		if l.OnDayZero() {
			h.start = min(0, u.At.Since.Number())
			continue
		}
		h.cost += *p.s.Weights.Move
		if x.From == "" && !h.left {
			h.left = true
			h.cost += *p.s.Weights.Mobilise
		}
	}
	posts := p.s.PostsByID()
	for i := range h.tours {
		h.cost += plan.RotationOf(p.s, u.Unit, posts, &h.tours[i])
	}
	if h.until < p.days { // the last one's end has its own price (addShortTours)
		h.cost -= *p.s.Weights.ShortTour * float64(max(0, int(u.Tour.Usual)-(h.until-h.start)))
	}
	legs := h.tours[len(h.tours)-1].Legs
	post := p.posts[legs[len(legs)-1].Post]
	back, _ := p.network.Back(u.Unit, p.places[p.s.Posts[post].Place], u.home)
	u.since, u.homeAt, u.readyAt = h.start, 0, 0
	u.initial = []slot{{post: post, as: plan.All, name: p.postNames[post], operation: -1, back: back, minStay: 1, maxStay: 1}}
}

// begunLeg writes a leg that has begun.
func (p *Program) begunLeg(u *member, x *scenario.Order) plan.Leg {
	date, post := p.s.Calendar.Date, &p.s.Posts[p.posts[x.Post]]
	l := plan.Leg{
		Post: x.Post, As: x.As, Depart: date(x.Depart.Number()), Arrive: date(x.Arrive.Number()), Effective: date(x.Effective(post)), Until: date(x.Until.Number()),
	}
	if x.Lift != "" {
		notice := u.Notice
		if x.From != "" {
			notice = u.Redeploy
		}
		lift, order := x.Lift, l.Depart-scenario.Date(notice)
		l.Lift, l.OrderBy = &lift, &order
		p.decide(u.Contributor, post.Operation, &l)
	}
	return l
}

// takeBegun takes what units have begun out of the rows that units share, but for the
// caps, which have their own way of bending. A pool or a place that it fills or overfills
// takes nobody else.
func (p *Program) takeBegun() {
	filled := map[int]bool{}
	take := func(row, first, from, until int, amount float64, fills bool) {
		for d := max(0, from); row >= 0 && d < min(until, p.days); d++ {
			p.shared[row+d-first].rhs -= amount
			if fills {
				filled[row+d-first] = true
			}
		}
	}
	for i := range p.s.Units {
		if len(p.begun[p.s.Units[i].ID]) == 0 {
			continue
		}
		u := p.member(i)
		p.atHomeBefore(&u, func(g gift, from, until int) {
			l := &p.lines[g.line]
			take(l.row, l.from, max(from, l.from), min(until, l.until), g.amount, false)
		})
		for _, t := range u.past.tours {
			for _, l := range t.Legs {
				p.takeLeg(&u, &l, take)
			}
		}
	}
	for row := range filled {
		p.shared[row].rhs = max(0, p.shared[row].rhs)
	}
}

// takeLeg takes what a begun leg covers, loads, unloads and burdens.
func (p *Program) takeLeg(u *member, l *plan.Leg, take func(row, first, from, until int, amount float64, fills bool)) {
	day, post := p.s.Calendar.Day, p.posts[l.Post]
	for _, n := range p.linesAt[post] {
		k := &p.lines[n]
		from, until := max(day(l.Effective), k.from), min(day(l.Until), k.until)
		if amount := p.rules.Gives(u.Unit, l.As, k.Capability); amount > 0 && from < until && (!k.Single || from == k.from && until == k.until) {
			take(k.row, k.from, from, until, amount, false)
		}
	}
	if row, ok := p.fair(u.owner, p.postOps[post]); ok {
		take(row, 0, day(l.Depart), day(l.Until), u.Persons.Likely, false)
	}
	if row, ok := p.ceiling(u.owner, p.postOps[post]); ok {
		take(row, 0, day(l.Depart), day(l.Until), u.Persons.Likely, false)
	}
	if l.OnDayZero() {
		return
	}
	place := p.places[p.s.Posts[post].Place]
	pool, load, unload := p.network.Burden(u.Unit, *l.Lift, place)
	for i, x := range [2]float64{u.Tonnes.Likely, u.Persons.Likely} {
		if pool >= 0 && load > 0 {
			take(p.poolRows[pool][i], 0, day(l.Depart), day(l.Depart)+load, x/float64(load), true)
		}
		if unload > 0 {
			take(p.placeRows[place][i], 0, day(l.Arrive)-unload, day(l.Arrive), x/float64(unload), true)
		}
	}
}

// atHomeBefore lists what a unit gave at home before its last begun tour, and when.
func (p *Program) atHomeBefore(u *member, yield func(g gift, from, until int)) {
	home, rested := 0, 0
	if !u.Ready.IsZero() {
		rested = max(0, u.Ready.Number())
	}
	if u.At != nil && !u.past.tours[0].Legs[0].OnDayZero() { // it went home on day 0
		home, _ = p.network.Back(u.Unit, p.places[p.s.Posts[p.posts[u.At.Post]].Place], u.home)
		rested = home + u.rest(-min(0, u.At.Since.Number()))
	}
	for _, t := range u.past.tours {
		start := p.s.Calendar.Day(t.Legs[0].Depart)
		for _, n := range p.homeOf[u.Contributor] {
			l, from := &p.lines[n], rested
			if l.post.RestingCounts {
				from = home
			}
			if amount := p.rules.Gives(u.Unit, plan.All, l.Capability); amount > 0 && from < start {
				yield(gift{n, amount}, from, start)
			}
		}
		if t.Legs[0].OnDayZero() {
			start = min(0, u.At.Since.Number())
		}
		home = p.s.Calendar.Day(t.Home)
		rested = home + u.rest(p.s.Calendar.Day(t.Legs[len(t.Legs)-1].Until)-start)
	}
}

// begunPersons are the persons of a contributor on legs that have begun, by day.
func (p *Program) begunPersons(owner string) []float64 {
	days := make([]float64, p.days)
	for i := range p.s.Units {
		u := &p.s.Units[i]
		legs := p.begun[u.ID]
		if u.Contributor != owner {
			continue
		}
		first := 0
		for k := range legs {
			if legs[k].From == "" {
				first = legs[k].Depart.Number()
			}
			if k+1 < len(legs) && legs[k+1].From != "" {
				continue
			}
			for d := first; d < legs[k].Until.Number(); d++ {
				days[d] += u.Persons.Likely
			}
		}
	}
	return days
}

// addBegun adds what the legs that units have begun cost, which is the same in all plans.
func (p *Program) addBegun(b *block) {
	cost := 0.0
	for i := range p.s.Units {
		if len(p.begun[p.s.Units[i].ID]) > 0 {
			u := p.member(i)
			cost += u.past.cost
		}
	}
	if cost > 0 {
		b.add(b.row("Begun", equal, 1), b.column("begun", cost, 1, false), 1)
	}
}

// pinsOfPast adds the rows of the days, from today until what the unit has begun ends, on
// which that is not what a pin wants: nothing can be.
func (b *unitBlock) pinsOfPast(n int, pin *scenario.Pin) {
	from, until := b.s.Calendar.Inside(pin.From, pin.Until)
	for d := max(from, b.s.Today.Number()); d < min(until, b.u.past.until); d++ {
		there := false
		for _, t := range b.u.past.tours {
			for _, l := range t.Legs {
				there = there || l.Post == pin.Post && b.s.Calendar.Day(l.Effective) <= d && d < b.s.Calendar.Day(l.Until)
			}
		}
		if there == pin.Forbid {
			b.row(join("Never", b.u.name, strconv.Itoa(n), number(d)), atLeast, 1)
		}
	}
}
