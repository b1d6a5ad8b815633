package engine_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// exhaustive lists every schedule of every unit, and finds the best plan by
// trying all combinations that could be better than the best so far. It knows
// nothing of the engine: what a schedule may be is for the checker to say, what
// it covers for package plan.
type exhaustive struct {
	s         *scenario.Scenario
	only      scenario.Scenario // with the unit whose schedules are listed and no other
	network   *scenario.Network
	posts     map[string]*scenario.Post
	schedules [][]option  // by unit
	base      []float64   // cover of all lines with no tours
	ceiling   [][]float64 // by unit: the most that it and those after it can cover
	best      float64
	chosen    []option
	begun     []float64 // rows of what units have begun
	left      int       // how much may still be listed or tried
}

// option is one schedule of one unit with what it adds to the rows.
type option struct {
	tours []plan.Tour
	cost  float64 // of the unit leaving home and of its legs
	rows  []float64
}

// optimum finds the least cost of any plan that costs less than an incumbent
// (+Inf if there is none), or false if there are more than so many schedules or
// plans to try.
func optimum(s *scenario.Scenario, incumbent float64, most int) (*exhaustive, bool) {
	x := &exhaustive{s: s, network: scenario.NewNetwork(s), posts: map[string]*scenario.Post{}, best: incumbent, left: most}
	for i := range s.Posts {
		x.posts[s.Posts[i].ID] = &s.Posts[i]
	}
	x.base = x.cover(nil)
	x.begun = make([]float64, x.rows())
	for i := range s.Units {
		x.begun = plus(x.begun, x.option(&s.Units[i], begunTours(s, &s.Units[i])).rows)
	}
	alone, listed := make([][]float64, len(s.Units)), make([][][]plan.Tour, len(s.Units))
	all := make([]float64, len(x.base))
	for i := range s.Units {
		alone[i] = make([]float64, len(x.base))
		x.only = *s
		x.only.Units, x.only.Pins, x.only.InForce = s.Units[i:i+1], ofUnit(s.Pins, s.Units[i].ID), ordersOf(s, s.Units[i].ID)
		x.list(&s.Units[i], begunTours(s, &s.Units[i]), func(tours []plan.Tour) {
			listed[i] = append(listed[i], tours)
			for j, c := range x.cover(tours) {
				alone[i][j] = max(alone[i][j], c-x.base[j])
			}
		})
		for j, c := range alone[i] {
			all[j] += c
		}
	}
	x.ceiling = append(x.ceiling, make([]float64, len(x.base)))
	for i := len(s.Units) - 1; i >= 0; i-- {
		x.ceiling = append(x.ceiling, plus(x.ceiling[len(x.ceiling)-1], alone[i]))
	}
	slices.Reverse(x.ceiling)
	for i := range s.Units {
		var kept []option
		others := make([]float64, len(all))
		for j := range all {
			others[j] = all[j] - alone[i][j]
		}
		for _, tours := range listed[i] {
			if o := x.option(&s.Units[i], tours); x.missing(plus(others, o.rows[:len(others)]))+o.cost < x.best {
				kept = append(kept, o)
			}
		}
		x.schedules = append(x.schedules, kept)
	}
	if x.left > 0 {
		x.combine(0, make([]float64, x.rows()), x.gone(), nil)
	}
	return x, x.left > 0
}

func ofUnit(pins []scenario.Pin, unit string) []scenario.Pin {
	return slices.DeleteFunc(slices.Clone(pins), func(p scenario.Pin) bool { return p.Unit != unit })
}

func ordersOf(s *scenario.Scenario, unit string) []scenario.Order {
	return slices.DeleteFunc(slices.Clone(s.InForce), func(x scenario.Order) bool { return x.Unit != unit })
}

func plus(a, b []float64) []float64 {
	sum := slices.Clone(a)
	for i := range sum {
		sum[i] += b[i]
	}
	return sum
}

// list yields every schedule of a unit that breaks no rule by itself and begins
// with some tours.
func (x *exhaustive) list(u *scenario.Unit, tours []plan.Tour, yield func([]plan.Tour)) {
	if x.left--; x.left <= 0 {
		return
	}
	complete, hopeful := x.judge(tours)
	if complete {
		yield(tours)
	}
	if !hopeful {
		return
	}
	for _, next := range x.extensions(u, tours) {
		x.list(u, next, yield)
	}
}

// judge reports whether tours are a schedule that breaks no rule, and whether
// more legs could make or leave it one.
func (x *exhaustive) judge(tours []plan.Tour) (complete, hopeful bool) {
	complete, hopeful = true, true
	for _, b := range verify.Check(&x.only, &plan.Plan{Tours: tours}).Breaches {
		switch {
		case b.Unit == "": // many units' rules come later
		case b.Rule == verify.TourRule || b.Rule == verify.Fixed:
			complete = false // too short yet, or pinned later; too long is cut by the calendar
		default:
			return false, false
		}
	}
	return complete, hopeful
}

// extensions are all ways to add one leg: to the last tour, or as a new one.
func (x *exhaustive) extensions(u *scenario.Unit, tours []plan.Tour) [][]plan.Tour {
	h, c := x.s.Calendar.Days, x.s.Calendar
	var all [][]plan.Tour
	with := func(open bool, l plan.Leg) {
		next := slices.Clone(tours)
		if open {
			last := &next[len(next)-1]
			last.Legs = append(slices.Clone(last.Legs), l)
		} else {
			next = append(next, plan.Tour{Unit: u.ID, Legs: []plan.Leg{l}})
		}
		last := &next[len(next)-1]
		from, _ := x.network.Place(x.posts[l.Post].Place)
		to, _ := x.network.Place(u.Home)
		back, _ := x.network.Back(u, from, to)
		last.Home = l.Until + scenario.Date(back)
		all = append(all, next)
	}
	if len(tours) == 0 && u.At != nil {
		least := max(1, min(0, u.At.Since.Number())+min(x.leastStay(x.posts[u.At.Post]), int(*u.Tour.Max)))
		for until := least; until <= h; until++ {
			for _, as := range x.services(u, x.posts[u.At.Post]) {
				with(false, plan.Leg{Post: u.At.Post, As: as, Depart: c.Date(0), Arrive: c.Date(0), Effective: c.Date(0), Until: c.Date(until)})
			}
		}
		if int(*u.Tour.Max) > -u.At.Since.Number() {
			return all
		}
		all = nil // past its max: home from day 0
	}
	x.moves(u, u.Home, x.rested(u, tours), h, false, func(l plan.Leg) { with(false, l) })
	if len(tours) > 0 {
		legs := tours[len(tours)-1].Legs
		last := legs[len(legs)-1]
		x.moves(u, x.posts[last.Post].Place, c.Day(last.Until), c.Day(last.Until)+1, true, func(l plan.Leg) { with(true, l) })
	}
	return all
}

// moves lists the legs from a place that depart on [from, until).
func (x *exhaustive) moves(u *scenario.Unit, place string, from, until int, redeploys bool, yield func(plan.Leg)) {
	c := x.s.Calendar
	for i := range x.s.Posts {
		p := &x.s.Posts[i]
		if p.HomeOf != "" {
			continue
		}
		a, _ := x.network.Place(place)
		b, _ := x.network.Place(p.Place)
		for _, w := range x.network.Ways(u, a, b) {
			for _, as := range x.services(u, p) {
				for d := from; d < until; d++ {
					effective := d + w.Days() + int(p.RSOM) + int(p.Handover)
					notice := u.Notice
					if redeploys {
						notice = u.Redeploy
					}
					order := c.Date(d - int(notice))
					lift := plan.Self
					if w.Pool >= 0 {
						lift = x.s.Lift[w.Pool].ID
					}
					for e := min(effective+x.leastStay(p), c.Days); e > effective && e <= c.Days; e++ {
						decide := order
						if p.Operation != "" && !mandated(x.owner(u), p, d+w.Days(), e, c.Day(order)) {
							decide -= scenario.Date(x.owner(u).Approval)
						}
						yield(plan.Leg{
							Post: p.ID, As: as, Lift: ptr(lift), OrderBy: ptr(order), DecideBy: ptr(decide),
							Depart: c.Date(d), Arrive: c.Date(d + w.Days()), Effective: c.Date(effective), Until: c.Date(e),
						})
					}
				}
			}
		}
	}
}

// rested is no later than the day on which a unit has rested after its tours,
// the checker's word aside: it only spares listing what breaks the rule.
func (x *exhaustive) rested(u *scenario.Unit, tours []plan.Tour) int {
	if len(tours) == 0 {
		return 0
	}
	t := tours[len(tours)-1]
	away := float64(t.Legs[len(t.Legs)-1].Until - t.Legs[0].Depart)
	return x.s.Calendar.Day(t.Home) + int(max(float64(u.Rest), u.Dwell*away))
}

// leastStay is below what any leg at a post must stay, the checker's word
// aside: it only spares listing what breaks the rule whatever follows.
func (x *exhaustive) leastStay(p *scenario.Post) int {
	if slices.ContainsFunc(p.Lines, func(l scenario.Line) bool { return l.Single }) {
		return 1
	}
	return max(1, int(*p.Stay.Min))
}

func (x *exhaustive) owner(u *scenario.Unit) *scenario.Contributor {
	i := slices.IndexFunc(x.s.Contributors, func(c scenario.Contributor) bool { return c.ID == u.Contributor })
	return &x.s.Contributors[i]
}

// services are the ways in which a unit may serve at a post that give something.
func (x *exhaustive) services(u *scenario.Unit, p *scenario.Post) []string {
	as := []string{plan.All}
	for _, l := range p.Lines {
		if _, owns := u.Provides[l.Capability]; !owns && !slices.Contains(as, l.Capability) && plan.Gives(x.s, u, l.Capability, l.Capability) > 0 {
			as = append(as, l.Capability)
		}
	}
	return as
}

// cover is the cover of all lines on all days.
func (x *exhaustive) cover(tours []plan.Tour) []float64 {
	e, err := plan.Evaluate(x.s, &plan.Plan{Tours: tours})
	if err != nil {
		panic(err)
	}
	var all []float64
	for i := range e.Lines {
		all = append(all, e.Lines[i].Cover...)
	}
	return all
}

// rows is the number of cells of what units share: cover by line, tonnes and
// persons by pool and by place, persons away and on their leg of day 0 by
// contributor, persons by contributor and operation; by day each.
func (x *exhaustive) rows() int {
	return len(x.base) + x.s.Calendar.Days*(2*len(x.s.Lift)+2*len(x.s.Places)+2*len(x.s.Contributors)+len(x.s.Operations)*len(x.s.Contributors))
}

func (x *exhaustive) option(u *scenario.Unit, tours []plan.Tour) option {
	s, h := x.s, x.s.Calendar.Days
	o := option{tours: tours, rows: make([]float64, x.rows())}
	for i, c := range x.cover(tours) {
		o.rows[i] = c - x.base[i]
	}
	add := func(row int, from, until scenario.Date, amount float64) {
		for d := max(0, s.Calendar.Day(from)); d < min(h, s.Calendar.Day(until)); d++ {
			o.rows[len(x.base)+row*h+d] += amount
		}
	}
	pools, places := 0, 2*len(s.Lift)
	away := places + 2*len(s.Places)
	burden := away + 2*len(s.Contributors)
	owner := slices.IndexFunc(s.Contributors, func(c scenario.Contributor) bool { return c.ID == u.Contributor })
	left := false
	begun := x.begunLegs(u)
	for _, t := range tours {
		left = left || !t.Legs[0].OnDayZero()
		o.cost += plan.RotationOf(s, u, x.posts, &t)
		at, still := u.Home, t.Legs[0].Depart
		add(away+2*owner, t.Legs[0].Depart, t.Legs[len(t.Legs)-1].Until, u.Persons.Likely)
		for _, l := range t.Legs {
			post := x.posts[l.Post]
			if post.Operation != "" {
				op := slices.IndexFunc(s.Operations, func(o scenario.Operation) bool { return o.ID == post.Operation })
				add(burden+op*len(s.Contributors)+owner, l.Depart, l.Until, u.Persons.Likely)
			}
			switch has := begun[l.Depart]; {
			case l.OnDayZero():
				add(away+2*owner+1, l.Depart, l.Until, u.Persons.Likely)
			case has:
				add(away+2*owner+1, still, l.Until, u.Persons.Likely)
			}
			still = l.Until
			if !l.OnDayZero() {
				o.cost += *s.Weights.Move
				var w scenario.Way
				if begun[l.Depart] {
					place, _ := x.network.Place(post.Place)
					w.Pool, w.Load, w.Unload = x.network.Burden(u, *l.Lift, place)
				} else {
					w = x.way(u, at, post.Place, *l.Lift)
				}
				if w.Load > 0 {
					add(pools+2*w.Pool, l.Depart, l.Depart+scenario.Date(w.Load), u.Tonnes.Likely/float64(w.Load))
					add(pools+2*w.Pool+1, l.Depart, l.Depart+scenario.Date(w.Load), u.Persons.Likely/float64(w.Load))
				}
				if w.Unload > 0 {
					place, _ := x.network.Place(post.Place)
					add(places+2*place, l.Arrive-scenario.Date(w.Unload), l.Arrive, u.Tonnes.Likely/float64(w.Unload))
					add(places+2*place+1, l.Arrive-scenario.Date(w.Unload), l.Arrive, u.Persons.Likely/float64(w.Unload))
				}
			}
			at = post.Place
		}
	}
	if left {
		o.cost += *s.Weights.Mobilise
	}
	o.cost += x.changes(u, tours)
	return o
}

// changes is the price of what the tours of a unit add and drop against the plan
// in force.
func (x *exhaustive) changes(u *scenario.Unit, tours []plan.Tour) float64 {
	if len(x.s.InForce) == 0 {
		return 0
	}
	dropped, added := ordersOf(x.s, u.ID), 0
	for _, t := range tours {
		for _, l := range t.Legs {
			k := slices.IndexFunc(dropped, func(o scenario.Order) bool {
				return o.Post == l.Post && o.As == l.As && x.s.Calendar.Date(o.Depart.Number()) == l.Depart && x.s.Calendar.Date(o.Until.Number()) == l.Until
			})
			if k < 0 {
				added++
			} else {
				dropped = slices.Delete(dropped, k, k+1)
			}
		}
	}
	return *x.s.Weights.Change * float64(added+len(dropped))
}

// gone is the price of the legs in force of units that are gone.
func (x *exhaustive) gone() float64 {
	n := len(x.s.InForce)
	for i := range x.s.Units {
		n -= len(ordersOf(x.s, x.s.Units[i].ID))
	}
	if n == 0 {
		return 0
	}
	return *x.s.Weights.Change * float64(n)
}

func (x *exhaustive) way(u *scenario.Unit, from, to, lift string) scenario.Way {
	a, _ := x.network.Place(from)
	b, _ := x.network.Place(to)
	for _, w := range x.network.Ways(u, a, b) {
		if w.Pool < 0 && lift == plan.Self || w.Pool >= 0 && x.s.Lift[w.Pool].ID == lift {
			return w
		}
	}
	panic("no way from " + from + " to " + to + " by " + lift)
}

// combine tries the schedules of the units from i on, unless even all that they
// could cover would not make a plan better than the best.
func (x *exhaustive) combine(i int, rows []float64, cost float64, chosen []option) {
	if x.left--; x.left <= 0 || cost+x.missing(plus(x.ceiling[i], rows[:len(x.base)])) >= x.best-1e-9 {
		return
	}
	if i == len(x.schedules) {
		if z, ok := x.price(rows, cost); ok && z < x.best-1e-9 {
			x.best, x.chosen = z, slices.Clone(chosen)
		}
		return
	}
	for _, o := range x.schedules[i] {
		x.combine(i+1, plus(rows, o.rows), cost+o.cost, append(chosen, o))
	}
}

// price is the cost of a whole plan, or false if it overloads something.
func (x *exhaustive) price(rows []float64, cost float64) (float64, bool) {
	s, h := x.s, x.s.Calendar.Days
	row := func(n int) []float64 { return rows[len(x.base)+n*h:][:h] }
	within := func(n int, limit *float64) bool {
		for d, used := range row(n) {
			if limit != nil && used > max(*limit, x.begun[len(x.base)+n*h+d])+tolerance {
				return false
			}
		}
		return true
	}
	n := 0
	for _, p := range s.Lift {
		if !within(n, p.Tonnes) || !within(n+1, p.Persons) {
			return 0, false
		}
		n += 2
	}
	for _, p := range s.Places {
		if t := p.Throughput; t != nil && (!within(n, t.Tonnes) || !within(n+1, t.Persons)) {
			return 0, false
		}
		n += 2
	}
	for _, c := range s.Contributors {
		if c.MaxDeployed != nil {
			for d, away := range row(n) {
				if away > max(float64(*c.MaxDeployed), row(n + 1)[d])+tolerance {
					return 0, false
				}
			}
		}
		n += 2
	}
	for _, op := range s.Operations {
		for _, c := range s.Contributors {
			if c.Share != nil && op.Size > 0 {
				for _, persons := range row(n) {
					cost += *s.Weights.Share * max(0, persons-*c.Share*float64(op.Size)) / float64(op.Size)
				}
			}
			if !x.mayHave(&c, &op, row(n)) {
				return 0, false
			}
			n++
		}
	}
	return cost + x.missing(rows), true
}

// missing is the price of exposure and shortfall.
func (x *exhaustive) missing(rows []float64) float64 {
	lack := func(wanted, there float64) float64 {
		if wanted <= 0 {
			return 0
		}
		return max(0, wanted-there) / wanted
	}
	sum, h, n := 0.0, x.s.Calendar.Days, 0
	for i := range x.s.Posts {
		p := &x.s.Posts[i]
		below, short := *x.s.Weights.Exposure.Standing, *x.s.Weights.Shortfall.Standing
		if p.Operation != "" {
			below, short = *x.s.Weights.Exposure.Operation, *x.s.Weights.Shortfall.Operation
		}
		for _, l := range p.Lines {
			for d := max(0, l.From.Number()); d < min(h, l.Until.Number()); d++ {
				there := x.base[n*h+d] + rows[n*h+d]
				sum += scenario.PriorityPrice[p.Priority] * (below*lack(l.Floor.Likely, there) + short*lack(l.Target.Likely, there))
			}
			n++
		}
	}
	return sum + x.delays(rows)
}

// plan is the best plan, in full.
func (x *exhaustive) plan() *plan.Plan {
	p := &plan.Plan{}
	for _, o := range x.chosen {
		p.Tours = append(p.Tours, o.tours...)
	}
	return p
}

const tolerance = 1e-6

// fault is what a test can fail with.
type fault interface {
	Helper()
	Fatalf(string, ...any)
	Logf(string, ...any)
}

// compareWithTruth holds bound <= optimum <= objective and returns whether the
// engine found the optimum.
func compareWithTruth(t fault, s *scenario.Scenario, x *exhaustive, p *plan.Plan) bool {
	t.Helper()
	mustHold(t, s, p)
	truth := verify.Check(s, x.plan())
	if len(truth.Breaches) > 0 || math.Abs(truth.Metrics.Objective-x.best) > tolerance {
		t.Fatalf("the best plan by enumeration costs %g by its own count, %g by the checker, with breaches %v", x.best, truth.Metrics.Objective, truth.Breaches)
	}
	m := p.Metrics
	if m.Bound > x.best+tolerance || m.Objective < x.best-tolerance {
		for _, q := range []*plan.Plan{p, x.plan()} {
			b, _ := formats.PlanBytes(q)
			t.Logf("%s", b)
		}
		t.Fatalf("bound %.9g, optimum %.9g, objective %.9g are not in order", m.Bound, x.best, m.Objective)
	}
	return m.Objective <= x.best+tolerance
}

// drawTinyInForce draws a scenario of few plans with a plan in force as often as not.
func drawTinyInForce(t *rapid.T) *scenario.Scenario {
	r := drawTiny(t)
	if rapid.Bool().Draw(t, "in force") {
		r = withPlanInForce(t, r)
	}
	return r
}

// TestBoundOptimumObjective compares the engine with every plan of random tiny
// scenarios: with plans in force, orders given, pins and units that are alike.
func TestBoundOptimumObjective(t *testing.T) {
	drawn := checks(t, 1000)
	compared, found, proven, unkept := 0, 0, 0, 0
	var f features
	rapid.Check(t, func(t *rapid.T) {
		r := drawTinyInForce(t)
		x, ok := optimum(r, math.Inf(1), 100_000)
		if !ok {
			t.Skip("too many plans")
		}
		p, cost, err := engine.Sums(context.Background(), r, engine.Options{Seed: 1, Iterations: 300})
		if _, pins := errors.AsType[*engine.PinError](err); pins {
			if !math.IsInf(x.best, 1) {
				t.Fatalf("%v, says the engine; a plan that does costs %g", err, x.best)
			}
			unkept++
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		compared++
		f.count(r)
		if compareWithTruth(t, r, x, p) {
			found++
		}
		if z := p.Metrics.Objective; math.Abs(z-cost) > tolerance*max(1, z) {
			t.Fatalf("the plan costs %.9g; the search adds up %.9g", z, cost)
		}
		if p.Stop == plan.StopOptimal {
			proven++
		}
	})
	t.Logf("%d scenarios compared (%+v): the optimum found in %d, proven in %d; %d with pins that nothing keeps", compared, f, found, proven, unkept)
	if compared < drawn/2 || found*100 < compared*95 || !f.enough(compared) {
		t.Errorf("%d scenarios compared (%+v), the optimum found in %d; want %d or more of every feature, and nearly all", compared, f, found, drawn/2)
	}
}

// TestTinyIsOptimal proves the engine's plan of the tiny example: a search
// through all plans finds none that costs less.
func TestTinyIsOptimal(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, ok := sound(s)
	if !ok {
		t.Fatal("the tiny example has problems")
	}
	p, err := engine.Solve(context.Background(), r, engine.Options{Seed: 1, Iterations: 500})
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, r, p)
	// Given one cent more than its cost, the search must find a plan as good.
	x, ok := optimum(r, p.Metrics.Objective+0.01, 10_000_000)
	if !ok {
		t.Fatal("too many plans to try")
	}
	if !compareWithTruth(t, r, x, p) {
		t.Errorf("the engine's plan costs %.9g; one costs %.9g", p.Metrics.Objective, x.best)
	}
	if p.Stop != plan.StopOptimal {
		t.Errorf("stopped for %q with bound %.9g of %.9g, not proven", p.Stop, p.Metrics.Bound, p.Metrics.Objective)
	}
}
