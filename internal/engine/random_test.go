package engine_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// shape bounds a random scenario.
type shape struct {
	days, units, posts int
	tiny               bool // small enough for every plan to be listed
}

// drawer draws the parts of a random scenario.
type drawer struct {
	*rapid.T
	shape
	s *scenario.Scenario
}

func (d *drawer) n(name string, least, most int) int {
	return rapid.IntRange(least, most).Draw(d.T, name)
}

// oneIn is true once in so many draws.
func (d *drawer) oneIn(name string, n int) bool { return d.n(name, 1, n) == 1 }

func pick[T any](d *drawer, name string, from ...T) T { return rapid.SampledFrom(from).Draw(d.T, name) }

func ptr[T any](x T) *T { return &x }

// drawScenario draws a scenario with every feature of the model. It may have
// problems, such as pins that cannot hold together; the caller checks.
func drawScenario(t *rapid.T, sh shape) *scenario.Scenario {
	d := &drawer{T: t, shape: sh, s: &scenario.Scenario{
		Name:     "random",
		Calendar: scenario.Calendar{Start: 20_000, Days: sh.days},
	}}
	s := d.s
	s.Policy = pick(d, "policy", scenario.Policies...)
	if d.oneIn("matures", 4) {
		s.Maturity = pick(d, "maturity", scenario.Offered, scenario.Confirmed)
	}
	if d.oneIn("late today", 5) {
		s.Today = scenario.DayTime(d.n("today", 0, sh.days/4))
	}
	d.capabilities()
	d.geography()
	d.operation()
	d.prices()
	d.posts()
	d.contributors()
	d.units()
	d.lift()
	d.pins()
	for i := range s.Contributors {
		if len(s.Operations) > 0 && d.oneIn("mandated", 3) {
			s.Contributors[i].Mandates = d.mandates()
		}
	}
	return s
}

// prices draws what rotation costs.
func (d *drawer) prices() {
	if !d.oneIn("prices", 2) {
		return
	}
	price := func(name string) *float64 { return ptr(float64(d.n(name, 0, 6)) / 2) }
	d.s.Weights = &scenario.Weights{
		Tour: price("price of a tour"), OnTheWay: price("price of the way"), ShortTour: price("price of a short tour"), ShortStay: price("price of a short stay"),
		IOC: ptr(float64(d.n("price of a day to IOC", 0, 40))), FOC: ptr(float64(d.n("price of a day to FOC", 0, 10))),
	}
}

var capabilityIDs = []string{"infantry", "engineers", "frigate"}

func (d *drawer) capabilities() {
	infantry := scenario.Capability{ID: "infantry", Domain: "land"}
	if d.oneIn("substitutes", 2) {
		infantry.Substitutes = map[string]float64{"engineers": 0.5}
	}
	frigate := scenario.Capability{ID: "frigate", Domain: "sea"}
	if d.oneIn("on station", 3) {
		frigate.OnStation = scenario.OnStation{OnTask: 6, Transit: 2, TurnRound: 1, Serviceability: 0.75}
	}
	d.s.Capabilities = []scenario.Capability{infantry, {ID: "engineers", Domain: "land"}, frigate}
}

func (d *drawer) geography() {
	d.s.Areas = []scenario.Area{{ID: "europe"}, {ID: "east", Parent: "europe"}, {ID: "west", Parent: "europe"}}
	d.s.Places = []scenario.Place{
		{ID: "home", Lat: 50, Lon: 4, Area: "west", Host: "BEL"},
		{ID: "north", Lat: 57, Lon: 24, Area: "east", Host: "LVA"},
		{ID: "south", Lat: 54, Lon: 23, Area: "east", Host: "LTU"},
	}
	if d.oneIn("throughput", 3) {
		d.s.Places[1].Throughput = &scenario.Throughput{Tonnes: ptr(float64(d.n("throughput tonnes", 50, 200))), Persons: ptr(300.0)}
	}
	if d.oneIn("route", 3) {
		d.s.Routes = []scenario.Route{{From: "home", To: "north", Mode: scenario.Rail, Days: scenario.Days(d.n("route days", 0, 3)), OneWay: d.oneIn("one way", 2)}}
	}
}

func (d *drawer) operation() {
	if d.oneIn("peace", 5) {
		return
	}
	half := d.days / 2
	var warning *scenario.Days
	if days := d.n("warning", 0, half); days > 0 { // else it is known
		warning = ptr(scenario.Days(days))
	}
	d.s.Operations = []scenario.Operation{{
		ID: "op", DDay: scenario.DDay{Likely: scenario.DayTime(d.n("d-day", 0, half))},
		Warning: warning, Size: d.n("size", 0, 1) * 300,
		Phases: []scenario.Phase{{ID: "first", From: scenario.DDayTime(0), Until: scenario.DDayTime(max(1, d.days/4))}},
	}}
	if d.oneIn("ready", 2) {
		d.s.Operations[0].Ready = scenario.Ready{Hold: scenario.Days(d.n("hold", 1, max(2, d.days/3))), IOC: d.counts(), FOC: d.counts()}
	}
}

// counts is what counts for readiness; nil for the default.
func (d *drawer) counts() *scenario.Counts {
	switch d.n("counts", 0, 3) {
	case 0:
		return nil
	case 1:
		return &scenario.Counts{Phase: []string{"first"}}
	case 2:
		return &scenario.Counts{Capability: []string{pick(d, "counted", capabilityIDs...)}}
	default:
		return &scenario.Counts{Share: ptr(0.5)}
	}
}

func (d *drawer) posts() {
	for i := range d.shape.posts {
		p := scenario.Post{
			ID: fmt.Sprintf("post-%d", i), Place: pick(d, "place", "north", "south"),
			Priority: d.n("priority", 1, 5), Handover: scenario.Days(d.n("handover", 0, 1)), RSOM: scenario.Days(d.n("rsom", 0, 1)),
			Stay: scenario.Span{Min: ptr(scenario.Days(d.n("least stay", 1, max(2, d.days/5))))},
		}
		if d.oneIn("stay max", 4) {
			p.Stay.Max = ptr(scenario.Days(d.n("most stay", d.days/5+2, d.days)))
		}
		if d.oneIn("usual stay", 3) {
			p.Stay.Usual = scenario.Days(d.n("days of a usual stay", 1, d.days/5+2))
		}
		if len(d.s.Operations) > 0 && d.oneIn("of operation", 2) {
			p.Operation = "op"
		} else if d.oneIn("home post", 6) {
			p.HomeOf, p.Place, p.RestingCounts = "A", "home", d.oneIn("resting counts", 2)
		}
		for _, c := range capabilityIDs {
			if len(p.Lines) == 0 || d.oneIn("another line", 4) {
				p.Lines = append(p.Lines, d.line(&p, pick(d, "capability", c, "infantry")))
			}
			if n := len(p.Lines); n == 2 && p.Lines[0].Capability == p.Lines[1].Capability {
				p.Lines = p.Lines[:1]
			}
		}
		if len(p.Lines) == 3 {
			p.Lines = p.Lines[:2]
		}
		d.s.Posts = append(d.s.Posts, p)
	}
}

func (d *drawer) line(p *scenario.Post, capability string) scenario.Line {
	l := scenario.Line{Capability: capability, Floor: scenario.Exactly(float64(d.n("floor", 0, 2)))}
	if l.Floor.Likely == 0 || d.oneIn("target", 3) {
		l.Target = ptr(scenario.Exactly(l.Floor.Likely + float64(d.n("above", 1, 2))))
	}
	if d.oneIn("from", 3) {
		l.From = scenario.DayTime(d.n("line from", 0, d.days/2))
		if p.Operation != "" {
			l.From = scenario.DDayTime(d.n("line after D", 0, d.days/3))
		}
	}
	if d.oneIn("until", 3) {
		l.Until = scenario.DayTime(d.n("line until", d.days/2+1, d.days))
	}
	l.Single = p.HomeOf == "" && d.oneIn("single", 6)
	return l
}

func (d *drawer) contributors() {
	for _, id := range []string{"A", "B"} {
		c := scenario.Contributor{ID: id, Approval: scenario.Days(d.n("approval", 0, 2)), ApprovesAhead: d.oneIn("ahead", 2)}
		if d.oneIn("capped", 4) {
			c.MaxDeployed = ptr(d.n("max deployed", 0, 3) * 100)
		}
		if d.oneIn("shares", 2) {
			c.Share = ptr(float64(d.n("share", 0, 10)) / 10)
		}
		if d.oneIn("caveat", 4) {
			c.Caveats = append(c.Caveats, d.caveat())
		}
		d.s.Contributors = append(d.s.Contributors, c)
	}
}

// mandates draws one or two, one after the other.
func (d *drawer) mandates() (list []scenario.Mandate) {
	from := 0
	for range d.n("mandates", 1, 2) {
		m := scenario.Mandate{Operation: "op", Persons: d.n("ceiling", 1, 4) * 50}
		from = d.n("mandate from", from, max(from, d.days/2))
		until := d.n("mandate until", from+1, max(from+1, d.days))
		m.From, m.Until = scenario.DayTime(from), scenario.DayTime(until)
		if d.oneIn("sought", 3) {
			m.Decided = scenario.DayTime(d.n("decided", 0, d.days/2))
		}
		if d.oneIn("barred outside", 3) {
			m.Outside = scenario.BarredOutside
		}
		list, from = append(list, m), until
		if from >= d.days {
			break
		}
	}
	return list
}

func (d *drawer) caveat() scenario.Caveat {
	kinds := []scenario.Caveat{
		{Post: []string{d.s.Posts[0].ID}}, {Host: []string{"LVA"}}, {Domain: []string{"sea"}, Area: []string{"east"}},
		{Capability: []string{"engineers"}},
	}
	if len(d.s.Operations) > 0 {
		kinds = append(kinds, scenario.Caveat{Operation: []string{"op"}}, scenario.Caveat{Phase: []string{"first"}})
	}
	return pick(d, "kind of caveat", kinds...)
}

// units draws units; often some are alike, written as a count or one by one.
func (d *drawer) units() {
	for n := 0; n < d.shape.units; {
		u := d.unit(len(d.s.Units))
		like := 1
		if d.oneIn("alike", 2) {
			like = d.n("units alike", 2, 3)
		}
		if d.tiny {
			like = min(like, d.shape.units-n)
		}
		n += like
		if like > 1 && d.oneIn("counted", 2) {
			u.Count = like
			d.s.Units = append(d.s.Units, u)
			continue
		}
		for range like {
			u.ID = fmt.Sprintf("unit-%d", len(d.s.Units))
			d.s.Units = append(d.s.Units, u)
		}
	}
}

func (d *drawer) unit(i int) scenario.Unit {
	u := scenario.Unit{
		ID: fmt.Sprintf("unit-%d", i), Contributor: pick(d, "owner", "A", "B"), Home: "home",
		Provides: map[string]scenario.Quantity{pick(d, "own", capabilityIDs...): scenario.Exactly(float64(d.n("quantity", 1, 2)))},
		Persons:  scenario.Exactly(float64(d.n("persons", 0, 3) * 50)), Tonnes: scenario.Exactly(float64(d.n("tonnes", 0, 4) * 50)),
		Notice: scenario.Days(d.n("notice", 0, 2)), Redeploy: scenario.Days(d.n("redeploy", 0, 1)),
		Tour:   scenario.Span{Min: ptr(scenario.Days(d.n("least tour", 0, d.days/3))), Max: ptr(scenario.Days(d.n("most tour", d.days/3+1, d.days+3)))},
		Pledge: pick(d, "pledge", scenario.Pledges...),
	}
	if d.oneIn("usual tour", 3) {
		u.Tour.Usual = scenario.Days(d.n("days of a usual tour", 1, int(*u.Tour.Max)))
	}
	if d.oneIn("second capability", 3) {
		u.Provides[pick(d, "second", capabilityIDs...)] = scenario.Exactly(1)
	}
	switch d.n("rest", 0, 2) {
	case 1:
		u.Rest = scenario.Days(d.n("rest days", 1, 4))
	case 2:
		u.Dwell = float64(d.n("dwell", 1, 4)) / 2
	}
	switch d.n("where", 0, 5) {
	case 0, 1:
		d.station(&u)
	case 2:
		u.Ready = scenario.DayTime(d.n("ready", 1, 3))
	}
	if d.oneIn("window", 4) {
		u.Available = []scenario.Window{{Until: scenario.DayTime(d.n("window until", d.days/2, d.days))}, {From: scenario.DayTime(d.n("window from", 1, d.days/2))}}
	}
	if d.oneIn("own caveat", 6) {
		u.Caveats = []scenario.Caveat{d.caveat()}
	}
	if d.oneIn("drives", 2) {
		u.SelfDeploys = &scenario.SelfDeploys{Mode: scenario.Road, Speed: float64(d.n("speed", 1, 4) * 500)}
	}
	return u
}

// station puts a unit at a post that it may be at.
func (d *drawer) station(u *scenario.Unit) {
	p := pick(d, "at", d.s.Posts...)
	if p.HomeOf == "" {
		u.At = &scenario.Station{Post: p.ID, Since: scenario.DayTime(-d.n("since", 0, d.days/2))}
	}
}

func (d *drawer) lift() {
	for i := range d.n("pools", 1, 2) {
		p := scenario.Pool{
			ID: fmt.Sprintf("pool-%d", i), Mode: pick(d, "mode", scenario.Rail, scenario.Sea, scenario.Air),
			From: []string{"west"}, To: []string{"east"}, Load: scenario.Days(d.n("load", 0, 1)),
		}
		if i == 0 {
			p.From = []string{"europe"} // so that posts can be left for others
		}
		if d.oneIn("tonnes a day", 2) {
			p.Tonnes = ptr(float64(d.n("pool tonnes", 1, 4) * 50))
		}
		if d.oneIn("persons a day", 2) {
			p.Persons = ptr(float64(d.n("pool persons", 1, 4) * 40))
		}
		d.s.Lift = append(d.s.Lift, p)
	}
}

// pins draws pins of one unit, or of all that are alike.
func (d *drawer) pins() {
	if !d.oneIn("pinned", 2) {
		return
	}
	u, p := pick(d, "pinned unit", d.s.Units...), pick(d, "pinned post", d.s.Posts...)
	if p.HomeOf != "" {
		return
	}
	from := d.n("pin from", d.days/3, d.days-2)
	pin := scenario.Pin{
		Unit: u.ID, Post: p.ID, From: scenario.DayTime(from), Until: scenario.DayTime(d.n("pin until", from+1, d.days)), Forbid: d.oneIn("forbid", 2),
	}
	if u.Count > 0 && d.oneIn("one of a count", 2) {
		pin.Unit = fmt.Sprintf("%s#%d", u.ID, d.n("of the count", 1, u.Count))
	}
	d.s.Pins = []scenario.Pin{pin}
}

// withPlanInForce draws a plan of a resolved scenario that has come into force,
// and a later today, so that some of its orders have been given. Units that are
// alike often have legs in force that are alike too.
func withPlanInForce(t *rapid.T, r *scenario.Scenario) *scenario.Scenario {
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 3, Iterations: rapid.IntRange(1, 20).Draw(t, "iterations"), NoBound: true})
	if err != nil {
		return r // pins
	}
	c := r.Calendar
	today := c.Date(rapid.IntRange(r.Today.Number(), c.Days/2).Draw(t, "new today"))
	orders := p.Orders(today)
	for i := range orders {
		if x := &orders[i]; !x.Given && rapid.IntRange(1, 3).Draw(t, "otherwise") == 1 {
			x.Until = scenario.DateTime(c.Date(rapid.IntRange(1, c.Days).Draw(t, "until otherwise")))
			x.Post = rapid.SampledFrom(r.Posts).Draw(t, "post otherwise").ID
		}
	}
	if rapid.Bool().Draw(t, "orders alike") {
		orders = ordersAlike(r, orders)
	}
	facts(t, c, today, orders)
	if rapid.IntRange(1, 4).Draw(t, "a unit gone") == 1 {
		orders = append(orders, scenario.Order{
			Unit: "gone", Post: r.Posts[0].ID, As: plan.All, Depart: scenario.DateTime(c.Date(1)), Until: scenario.DateTime(c.Date(c.Days)),
		})
	}
	r, err = scenario.Resolve(r, scenario.Variant{Today: &today, InForce: orders})
	if err != nil {
		t.Fatal(err)
	}
	r.Weights.Change = ptr(float64(rapid.IntRange(0, 6).Draw(t, "price of a change")))
	return r
}

// facts draws what has become of legs in force whose orders have been given: some have
// begun that had to wait, and begun ones came late or early, by whatever lift there is.
func facts(t *rapid.T, c scenario.Calendar, today scenario.Date, orders []scenario.Order) {
	busy := map[string]scenario.Date{} // until when each unit is on legs that it has begun
	for i := range orders {
		x := &orders[i]
		day := func(t scenario.Time) scenario.Date { return c.Date(t.Day(c, 0)) }
		depart, until := day(x.Depart), day(x.Until)
		if !x.Given || x.Begun() && x.Lift == "" {
			busy[x.Unit] = max(busy[x.Unit], until)
			continue
		}
		if !x.Begun() && (busy[x.Unit] > today || rapid.IntRange(1, 3).Draw(t, "begun early") > 1) {
			busy[x.Unit] = c.Date(c.Days) // nothing after it has begun
			continue
		}
		if rapid.Bool().Draw(t, "otherwise than planned") {
			depart = c.Date(rapid.IntRange(min(max(0, c.Day(busy[x.Unit])), c.Day(depart)), c.Day(until)-1).Draw(t, "departed"))
			x.Depart = scenario.DateTime(depart)
			x.Arrive = scenario.DateTime(c.Date(rapid.IntRange(c.Day(depart), c.Day(until)).Draw(t, "arrives")))
			x.Lift = rapid.SampledFrom([]string{plan.Self, "pool-0", "pool-1"}).Draw(t, "came by")
		} else if !x.Begun() {
			x.Arrive, x.Lift = x.Depart, plan.Self
		}
		busy[x.Unit] = until
	}
}

// ordersAlike gives units that are alike the legs in force of the first of them, not
// yet ordered, unless an order of theirs has been given.
func ordersAlike(s *scenario.Scenario, orders []scenario.Order) []scenario.Order {
	for i := range s.Units {
		first := slices.IndexFunc(s.Units, func(u scenario.Unit) bool { return alike(u, s.Units[i]) })
		given := slices.ContainsFunc(orders, func(x scenario.Order) bool { return x.Unit == s.Units[i].ID && x.Given })
		if first == i || given {
			continue
		}
		orders = slices.DeleteFunc(orders, func(x scenario.Order) bool { return x.Unit == s.Units[i].ID })
		for _, x := range orders {
			if x.Unit == s.Units[first].ID {
				x.Unit, x.Given = s.Units[i].ID, false
				orders = append(orders, x)
			}
		}
	}
	return orders
}

// alike reports whether two units differ in nothing but their IDs.
func alike(a, b scenario.Unit) bool {
	a.ID, b.ID = "", ""
	return reflect.DeepEqual(a, b)
}
