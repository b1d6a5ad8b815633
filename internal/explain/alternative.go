package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// tolerance of sums of tonnes and persons.
const tolerance = 1e-6

// stages is the order in which rules are tried on a schedule: the rule that
// stopped the schedules that came furthest is the reason.
var stages = []verify.Rule{
	verify.Available, verify.Mandate, verify.Caveat, verify.Place, verify.Notice, verify.Rest, verify.TourRule, verify.Cap, verify.Lift, verify.Fixed, verify.Form,
}

func stage(rule verify.Rule) int { return slices.Index(stages, rule) }

// bar is a rule with words for it.
type bar struct {
	rule   verify.Rule
	reason string
}

// choice is the best schedule of a unit at a post found so far, and the furthest
// bar met.
type choice struct {
	*reasoner
	u          *scenario.Unit
	q          *scenario.Post
	tour, leg  int
	day        *scenario.Date
	mandate    *scenario.Mandate // that the new leg is to be under; nil for any leg, with approval
	found      bool
	least      float64
	tours      []plan.Tour
	at         plan.Leg
	beside     bool // nothing is given up for it
	considered int
	furthest   bar
}

// alternative finds the cheapest schedule in which a unit serves at a post in the
// place of one leg and what follows it, with a day if one is given.
func (r *reasoner) alternative(u *scenario.Unit, q *scenario.Post, tour, leg int, day *scenario.Date) Alternative {
	c := &choice{reasoner: r, u: u, q: q, tour: tour, leg: leg, day: day, least: math.Inf(1)}
	a := Alternative{Unit: u.ID, Post: q.ID}
	if leg >= 0 {
		a.Instead = r.tours[u.ID][tour].Legs[leg].Post
	}
	if whole, ok := c.barsAll(); ok {
		a.Rule, a.Reason = whole.rule, whole.reason
		return a
	}
	r.carry(u, r.tours[u.ID], -1)
	for _, as := range r.services(u, q) {
		for _, v := range c.variants() {
			for _, c.mandate = range append([]*scenario.Mandate{nil}, r.rules.Mandates(u.Contributor, q.Operation)...) {
				if c.mandate == nil || v.stays == nil {
					c.try(v, as)
				}
			}
		}
	}
	r.carry(u, r.tours[u.ID], 1)
	a.Considered = c.considered
	if !c.found {
		a.Rule, a.Reason = c.furthest.rule, c.furthest.reason
		if a.Rule == "" {
			a.Rule, a.Reason = verify.Place, "no schedule fits into the calendar"
		}
		return a
	}
	a.Possible, a.CostAdded, a.tours, a.Leg = true, c.least, c.tours, &c.at
	if c.beside {
		a.Instead = ""
	}
	return a
}

// services lists how a unit can serve at a post.
func (r *reasoner) services(u *scenario.Unit, q *scenario.Post) (as []string) {
	for _, l := range q.Lines {
		if !slices.Contains(as, plan.All) && r.rules.Gives(u, plan.All, l.Capability) > 0 {
			as = append(as, plan.All)
		}
		if !slices.Contains(as, l.Capability) && r.rules.StandsIn(u, l.Capability) {
			as = append(as, l.Capability)
		}
	}
	return as
}

// barsAll finds a rule that bars every schedule of the unit at the post.
func (c *choice) barsAll() (bar, bool) {
	if len(c.services(c.u, c.q)) == 0 {
		return bar{verify.Form, "it provides nothing that the post asks for"}, true
	}
	if c.u.Pledge.Rank() < c.s.Maturity.Rank() {
		return bar{verify.Available, fmt.Sprintf("it is only %s; the plan counts on pledges that are %s or firmer", c.u.Pledge, c.s.Maturity)}, true
	}
	return c.caveatForAll()
}

// caveatForAll finds a caveat that bars the unit from the post on every day, in
// whatever it serves.
func (c *choice) caveatForAll() (bar, bool) {
	var found bar
	for _, as := range c.services(c.u, c.q) {
		barred := false
		for i, list := range [2][]scenario.Caveat{c.owners[c.u.Contributor].Caveats, c.u.Caveats} {
			whose := [2]string{"contributor " + c.u.Contributor, "the unit"}[i]
			for j := range list {
				if len(list[j].Phase) == 0 && c.rules.Applies(&list[j], c.u, c.q, as) {
					barred = true
					found = bar{verify.Caveat, strings.TrimSuffix(fmt.Sprintf("caveat %d of %s bars it: %s", j+1, whose, list[j].Note), ": ")}
				}
			}
		}
		if !barred {
			return bar{}, false
		}
	}
	return found, true
}

// variant is what stays of a unit's schedule around the new leg.
type variant struct {
	before []plan.Tour // whole tours before
	prefix []plan.Leg  // legs of the same tour before; the last one ends when the new leg departs
	after  []plan.Tour // whole tours after
	stays  *plan.Leg   // the leg that goes on instead of a new one; nil where there is a new one
	beside bool        // nothing is given up
}

// variants keeps the tours after the asked one, or drops them; from a post, it
// redeploys, goes home and starts again, or starts from home instead; and it adds a
// tour between any two.
func (c *choice) variants() (all []variant) {
	list := c.tours0()
	if c.standsBy() {
		return c.variantsFromDayZero()
	}
	before := list[:c.tour]
	var prefixes [][]plan.Leg
	after := list[c.tour:]
	if c.leg < 0 {
		prefixes = append(prefixes, nil)
	} else {
		after = list[c.tour+1:]
		legs := list[c.tour].Legs
		if !legs[0].OnDayZero() {
			prefixes = append(prefixes, nil)
		}
		if c.leg > 0 {
			prefixes = append(prefixes, legs[:c.leg])
		}
		if legs[c.leg].OnDayZero() || c.leg > 0 && c.day != nil {
			prefixes = append(prefixes, legs[:c.leg+1])
		}
	}
	for _, prefix := range prefixes {
		v := variant{before: before, prefix: prefix, after: after}
		if n := len(prefix); n > 0 && prefix[n-1].Post == c.q.ID {
			v.prefix, v.stays = prefix[:n-1], &prefix[n-1]
		}
		all = append(all, v)
		if len(after) > 0 {
			v.after = nil
			all = append(all, v)
		}
	}
	if c.leg >= 0 {
		legs := list[c.tour].Legs
		for n := max(c.leg, 1); n <= c.leg+1; n++ {
			if n > len(legs) || n == len(legs) && c.leg > 0 {
				continue // the whole tour stays: that is beside it
			}
			all = append(all, c.homeward(before, legs[:n], after)...)
		}
		if legs[0].OnDayZero() && c.leg == 0 && len(legs) == 1 {
			all = append(all, c.homeward(before, legs, after)...)
		}
	}
	for k := range len(list) + 1 {
		if k > 0 || len(list) == 0 || !list[0].Legs[0].OnDayZero() {
			if c.leg >= 0 || k != c.tour { // else it is the first of all
				all = append(all, variant{before: list[:k], after: list[k:], beside: true})
			}
		}
	}
	return all
}

// standsBy reports whether the unit holds a post on day 0 from which the plan sends it
// home: whatever it does instead begins with that post.
func (c *choice) standsBy() bool {
	return c.u.At != nil && len(c.tours0()) == 0
}

// variantsFromDayZero are those of a unit that holds a post on day 0 and goes home from
// it: it stays there, goes on from there, or rests at home first.
func (c *choice) variantsFromDayZero() (all []variant) {
	start := c.s.Calendar.Start
	services := c.services(c.u, c.posts[c.u.At.Post])
	if len(services) == 0 {
		services = []string{plan.All} // it stands where it gives nothing
	}
	for _, as := range services {
		first := plan.Leg{Post: c.u.At.Post, As: as, Depart: start, Arrive: start, Effective: start, Until: c.s.Calendar.Date(c.s.Calendar.Days)}
		if first.Post == c.q.ID {
			all = append(all, variant{stays: &first})
			continue
		}
		all = append(all, variant{prefix: []plan.Leg{first}})
		all = append(all, c.homeward(nil, []plan.Leg{first}, nil)...)
	}
	return all
}

// homeward sends the unit home after some legs of a tour, at the planned end of the last
// one or as soon as it may leave, and lets it start again from there.
func (c *choice) homeward(before []plan.Tour, legs []plan.Leg, after []plan.Tour) (all []variant) {
	cal, last := c.s.Calendar, legs[len(legs)-1]
	at, _ := c.network.Place(c.posts[last.Post].Place)
	home, _ := c.network.Place(c.u.Home)
	back, ok := c.network.Back(c.u, at, home)
	if !ok {
		return nil
	}
	soonest, _ := c.departures(variant{prefix: legs})
	soonest = max(soonest, c.began(legs)+int(*c.u.Tour.Min))
	for _, until := range []int{cal.Day(last.Until), soonest} {
		if until >= cal.Days || until > cal.Day(last.Until) {
			continue
		}
		t := plan.Tour{Unit: c.u.ID, Legs: slices.Clone(legs), Home: c.date(until + back)}
		t.Legs[len(legs)-1].Until = c.date(until)
		whole := len(c.tours0()) > len(before) && len(legs) == len(c.tours0()[len(before)].Legs) && until == cal.Day(last.Until)
		v := variant{before: append(slices.Clip(before), t), after: after, beside: whole}
		all = append(all, v)
		if len(after) > 0 {
			v.after = nil
			all = append(all, v)
		}
	}
	return all
}

func (c *choice) tours0() []plan.Tour { return c.reasoner.tours[c.u.ID] }

// meet notes a bar that a schedule came to.
func (c *choice) meet(rule verify.Rule, format string, args ...any) {
	if c.furthest.rule == "" || stage(rule) > stage(c.furthest.rule) {
		c.furthest = bar{rule, fmt.Sprintf(format, args...)}
	}
}

// date writes a day number.
func (c *choice) date(day int) scenario.Date { return c.s.Calendar.Date(day) }

// try looks at every departure, way and end of one variant.
func (c *choice) try(v variant, as string) {
	if v.stays != nil {
		c.stay(v, as)
		return
	}
	cal, from := c.s.Calendar, c.u.Home
	if n := len(v.prefix); n > 0 {
		from = c.posts[v.prefix[n-1].Post].Place
	}
	start, _ := c.network.Place(from)
	end, _ := c.network.Place(c.q.Place)
	home, _ := c.network.Place(c.u.Home)
	ways := c.network.Ways(c.u, start, end)
	back, ok := c.network.Back(c.u, end, home)
	if len(ways) == 0 || !ok {
		c.meet(verify.Lift, "no lift goes from %s to %s for it", from, c.q.Place)
		return
	}
	w := c.worth(v, as)
	earliest, latest := c.departures(v)
	if c.day != nil { // what comes later than the day does not cover it
		latest = min(latest, cal.Day(*c.day))
	}
	for depart := earliest; depart <= latest; depart++ {
		for i := range ways {
			c.ends(v, as, w, &ways[i], depart, back)
		}
	}
	switch n := len(v.prefix); {
	case earliest <= latest:
	case n > 0:
		c.meet(verify.TourRule, "its least stay at %s lasts until %s", v.prefix[n-1].Post, c.date(earliest))
	default:
		c.meet(verify.Rest, "it is not free to leave before %s", c.date(earliest))
	}
}

// departures are the first and the last day on which the new leg could depart.
func (c *choice) departures(v variant) (earliest, latest int) {
	cal := c.s.Calendar
	latest = cal.Days - 1
	if n := len(v.prefix); n > 0 {
		last := &v.prefix[n-1]
		return c.leastEnd(last, cal.Day(last.Effective)), latest
	}
	return max(0, c.rested(v.before)), latest
}

// leastEnd is the first day on which a leg may end by its stay, effective on a day.
func (c *choice) leastEnd(l *plan.Leg, effective int) int {
	least := int(*c.posts[l.Post].Stay.Min)
	if l.OnDayZero() { // it counts from the tour's beginning
		return max(1, min(0, c.u.At.Since.Number())+min(least, int(*c.u.Tour.Max)))
	}
	return effective + least
}

// rested is when a unit has rested after tours.
func (c *choice) rested(before []plan.Tour) int {
	cal, rested := c.s.Calendar, 0
	if !c.u.Ready.IsZero() {
		rested = max(0, c.u.Ready.Number())
	}
	if c.u.At != nil && (len(c.tours0()) == 0 || !c.tours0()[0].Legs[0].OnDayZero()) {
		rested = max(rested, c.wayHome()+rest(c.u, -min(0, c.u.At.Since.Number())))
	}
	if n := len(before); n > 0 {
		t := before[n-1]
		rested = cal.Day(t.Home) + rest(c.u, cal.Day(t.Legs[len(t.Legs)-1].Until)-c.began(t.Legs))
	}
	return rested
}

// wayHome is the days home from the post that the unit holds on day 0.
func (c *choice) wayHome() int {
	post, _ := c.network.Place(c.posts[c.u.At.Post].Place)
	home, _ := c.network.Place(c.u.Home)
	days, _ := c.network.Back(c.u, post, home)
	return days
}

// began is the day on which a tour began, which may be before day 0.
func (c *choice) began(legs []plan.Leg) int {
	if legs[0].OnDayZero() {
		return min(0, c.u.At.Since.Number())
	}
	return c.s.Calendar.Day(legs[0].Depart)
}

func rest(u *scenario.Unit, away int) int {
	if u.Dwell > 0 {
		return int(math.Ceil(u.Dwell * float64(away)))
	}
	return int(u.Rest)
}

// ends tries every end of a leg that departs on a day by one way.
func (c *choice) ends(v variant, as string, w *worth, way *scenario.Way, depart, back int) {
	cal := c.s.Calendar
	arrive := depart + way.Days()
	effective := arrive + int(c.q.RSOM) + int(c.q.Handover)
	asked := -1
	if c.day != nil {
		asked = cal.Day(*c.day)
	}
	if effective >= cal.Days {
		return
	}
	if asked >= 0 && effective > asked {
		c.meet(verify.Place, "it is not free to leave in time; effective on %s at the earliest", c.date(effective))
		return
	}
	if !c.notice(v, depart, effective) || !c.lift(way, depart, arrive) {
		c.considered++
		return
	}
	c.until(v, as, w, stretch{way: way, depart: depart, arrive: arrive, effective: effective}, back)
}

// stretch is a leg without its end.
type stretch struct {
	way                       *scenario.Way
	depart, arrive, effective int
}

// stay tries every end of the leg before the asked one, which goes on instead.
func (c *choice) stay(v variant, as string) {
	if v.stays.As != as {
		return
	}
	cal, l := c.s.Calendar, v.stays
	post, _ := c.network.Place(c.q.Place)
	home, _ := c.network.Place(c.u.Home)
	back, _ := c.network.Back(c.u, post, home)
	c.until(v, as, c.worth(v, as), stretch{depart: cal.Day(l.Depart), arrive: cal.Day(l.Arrive), effective: cal.Day(l.Effective)}, back)
}

// until tries every end of a leg.
func (c *choice) until(v variant, as string, w *worth, l stretch, back int) {
	cal, asked := c.s.Calendar, -1
	if c.day != nil {
		asked = cal.Day(*c.day)
	}
	began, away := l.depart, l.depart // of the tour, and its first day in the calendar
	switch {
	case len(v.prefix) > 0:
		began, away = c.began(v.prefix), cal.Day(v.prefix[0].Depart)
	case v.stays != nil:
		began = c.began([]plan.Leg{*v.stays})
	}
	free := cal.Days
	if len(v.after) > 0 {
		free = cal.Day(v.after[0].Legs[0].Depart)
	}
	barred := w.firstBarred(l.arrive)
	if v.stays != nil && v.stays.OnDayZero() {
		barred = cal.Days // a caveat binds later legs only
	}
	most := min(cal.Days, began+int(*c.u.Tour.Max), l.effective+int(*c.q.Stay.Max), barred, w.firstOver(away), w.firstAbove(l.depart))
	least := max(l.effective+1, asked+1)
	c.considered += max(1, most-least+1)
	if most < least {
		if above := w.firstAbove(l.depart); above < min(least, barred) {
			c.meet(verify.Mandate, "%s would have more persons there on %s than its mandate allows", c.u.Contributor, c.date(above))
			return
		}
		c.tooShort(l.arrive, l.effective, began, barred, w.firstOver(away), least)
		return
	}
	tour := c.tourWith(v, l)
	last := &tour.Legs[len(tour.Legs)-1]
	stays := c.leastEnd(last, l.effective)
	for until := most; until >= least; until-- {
		if until < cal.Days && (until < stays && !w.single(l.effective, until) || until-began < int(*c.u.Tour.Min)) {
			c.meet(verify.TourRule, "it could be away only until %s, too short for its tour or the stay", c.date(most))
			return
		}
		if len(v.after) > 0 && until+back+rest(c.u, until-began) > free {
			continue
		}
		if !c.open(v, l.depart, until) {
			c.meet(verify.Available, "it is not available from %s until %s", c.date(l.depart), c.date(until))
			continue
		}
		last.Until = c.date(until)
		absence := span{depart: away, home: until + back, rested: until + back + rest(c.u, until-began)}
		cost := w.cost(l.depart, l.effective, until) + plan.RotationOf(c.s, c.u, c.posts, &tour) + w.home.cost(absence)
		if cost-w.ready.now >= c.least-1e-12 {
			continue // however soon the operations were ready
		}
		if cost += w.ready.added(w.from, l.depart, l.effective, until); cost < c.least-1e-12 {
			if tours, leg, ok := c.schedule(v, as, l, until, back); ok {
				c.found, c.least, c.tours, c.at, c.beside = true, cost, tours, leg, v.beside
			}
		}
	}
}

// tooShort says why a leg can have no end.
func (c *choice) tooShort(arrive, effective, began, barred, over, least int) {
	switch {
	case barred < least && barred <= arrive:
		c.meet(verify.Caveat, "a caveat of it or of %s bars it there", c.u.Contributor)
	case barred < least:
		c.meet(verify.Caveat, "a caveat of it or of %s bars it there from %s", c.u.Contributor, c.date(barred))
	case over < least:
		c.meet(verify.Cap, "%s would have more than %d persons deployed on %s", c.u.Contributor, *c.owners[c.u.Contributor].MaxDeployed, c.date(over))
	default:
		c.meet(verify.TourRule, "effective on %s at the earliest, its tour of at most %d days would end on %s",
			c.date(effective), int(*c.u.Tour.Max), c.date(began+int(*c.u.Tour.Max)))
	}
}

// open reports whether one of the unit's windows holds the new legs of a tour.
func (c *choice) open(v variant, depart, until int) bool {
	if v.stays != nil && v.stays.OnDayZero() {
		return true // what it does since before day 0 is not bound
	}
	for _, l := range v.prefix {
		if !l.OnDayZero() {
			depart = min(depart, c.s.Calendar.Day(l.Depart))
		}
	}
	return len(c.u.Available) == 0 || slices.ContainsFunc(c.u.Available, func(w scenario.Window) bool {
		return w.From.Number() <= depart && until <= w.Until.Number()
	})
}

// orders are the days of the order and of the decision for a departure.
func (c *choice) orders(v variant, depart int) (order, decide int) {
	order = depart - int(c.u.Notice)
	if len(v.prefix) > 0 {
		order = depart - int(c.u.Redeploy)
	}
	decide = order
	if c.q.Operation != "" && c.mandate == nil {
		decide -= int(c.owners[c.u.Contributor].Approval)
	}
	return order, decide
}

// notice reports whether a departure can still be decided and ordered.
func (c *choice) notice(v variant, depart, effective int) bool {
	order, decide := c.orders(v, depart)
	today, late, why := c.s.Today.Number(), 0, ""
	if decide < today {
		late, why = today-decide, fmt.Sprintf("%s cannot decide before today, %s", c.u.Contributor, c.date(today))
	}
	if op := c.ops[c.q.Operation]; op != nil {
		known, binds := op.Warned()
		first := order
		if !c.owners[c.u.Contributor].ApprovesAhead {
			first = min(order, decide)
		}
		if binds && known-first > late {
			late, why = known-first, fmt.Sprintf("nothing can be ordered for %s before its warning on %s", op.ID, c.date(known))
		}
	}
	if m := c.mandate; m != nil && !m.Decided.IsZero() && m.Decided.Number()-order > late {
		late, why = m.Decided.Number()-order, fmt.Sprintf("nothing is ordered under the mandate of %s before it is given on %s", c.u.Contributor, c.date(m.Decided.Number()))
	}
	if late > 0 {
		c.meet(verify.Notice, "effective on %s at the earliest: %s, and it needs %s", c.date(effective+late), why, c.leadTime(v, depart, effective))
	}
	return late == 0
}

// leadTime says in days what comes before a leg counts.
func (c *choice) leadTime(v variant, depart, effective int) string {
	order, decide := c.orders(v, depart)
	text := fmt.Sprintf("%d days of notice and %d from departure", depart-order, effective-depart)
	if order > decide {
		text = fmt.Sprintf("%d days of approval, ", order-decide) + text
	}
	return text
}

// schedule writes the tours of a unit with its new leg; it fails where a pin of
// the unit would not hold.
func (c *choice) schedule(v variant, as string, x stretch, until, back int) ([]plan.Tour, plan.Leg, bool) {
	l := plan.Leg{}
	if v.stays != nil {
		l = *v.stays
		l.Until = c.date(until)
		if !c.decideAgain(&l) {
			return nil, l, false
		}
	} else {
		order, _ := c.orders(v, x.depart)
		decide := order - c.rules.Approval(c.u.Contributor, c.q.Operation, x.arrive, until, order)
		orderBy, decideBy, lift := c.date(order), c.date(decide), c.liftOf(x.way)
		l = plan.Leg{
			Post: c.q.ID, As: as, Lift: &lift, OrderBy: &orderBy, DecideBy: &decideBy,
			Depart: c.date(x.depart), Arrive: c.date(x.arrive), Effective: c.date(x.effective), Until: c.date(until),
		}
	}
	legs := slices.Clone(v.prefix)
	if n := len(legs); n > 0 && v.stays == nil {
		legs[n-1].Until = l.Depart
		if !c.decideAgain(&legs[n-1]) {
			return nil, l, false
		}
	}
	tours := append(slices.Clone(v.before), plan.Tour{Unit: c.u.ID, Legs: append(legs, l), Home: c.date(until + back)})
	tours = append(tours, v.after...)
	for _, pin := range c.s.Pins {
		if pin.Unit == c.u.ID && !holds(c.s, tours, &pin) {
			c.meet(verify.Fixed, "a pin of it at %s would not hold", pin.Post)
			return nil, l, false
		}
	}
	return tours, l, true
}

// holds reports whether tours keep a pin.
func holds(s *scenario.Scenario, tours []plan.Tour, pin *scenario.Pin) bool {
	for d, end := s.Calendar.Inside(pin.From, pin.Until); d < end; d++ {
		there := slices.ContainsFunc(tours, func(t plan.Tour) bool {
			return slices.ContainsFunc(t.Legs, func(l plan.Leg) bool {
				return l.Post == pin.Post && s.Calendar.Day(l.Effective) <= d && d < s.Calendar.Day(l.Until)
			})
		})
		if there == pin.Forbid {
			return false
		}
	}
	return true
}
