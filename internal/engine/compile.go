package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// compiler turns a resolved scenario into an instance.
type compiler struct {
	*instance
	s        *scenario.Scenario
	net      *scenario.Network
	place    map[string]int
	post     map[string]int
	linesOf  [][]int32           // post to its lines
	receiver []int32             // place to instance.receivers, -1 if unlimited
	byCap    map[string][]int32  // capability to the posts that require it
	standIns map[string][]string // capability to those that it can stand in for
	home     map[string][]int32  // contributor to its home posts' lines
	resting  map[int32]bool      // home lines that resting units cover
	pins     map[string][]scenario.Pin
	inForce  map[string][]scenario.Order // by unit, but for those begun
	begun    map[string][]scenario.Order // by unit, in the order of time
	owners   map[string]*scenario.Contributor
	placeOf  []int // post to its place
}

// unitCompiler compiles units, beside others that do; what it has found out once
// it remembers.
type unitCompiler struct {
	*compiler
	rests    map[restKey][]int32
	known    map[wayKey][]way
	handling map[string]int32 // what scenario.Network.Handling says, numbered
	near     [][]int32        // place to the posts, nearest first; nil if not asked for yet
	targets  []int32          // room for hops, by post; all 0 between units
	sorted   []farPost        // room for nearestOf
	order    []int32
}

func (c *compiler) unitCompiler() *unitCompiler {
	return &unitCompiler{
		compiler: c, rests: map[restKey][]int32{}, known: map[wayKey][]way{}, handling: map[string]int32{},
		near: make([][]int32, len(c.s.Places)), targets: make([]int32, len(c.s.Posts)),
	}
}

// compile indexes a resolved scenario. A scenario without problems always
// compiles; the errors are for callers that did not check it.
func compile(s *scenario.Scenario, threads int) (*instance, error) {
	c := &compiler{
		instance: &instance{threads: threads, source: s, rules: scenario.NewRules(s), horizon: s.Calendar.Days, mobilise: *s.Weights.Mobilise, move: *s.Weights.Move,
			tour: *s.Weights.Tour, onTheWay: *s.Weights.OnTheWay, shortTour: *s.Weights.ShortTour, shortStay: *s.Weights.ShortStay},
		s: s, place: map[string]int{}, post: map[string]int{},
		byCap:    map[string][]int32{},
		standIns: map[string][]string{}, home: map[string][]int32{}, resting: map[int32]bool{},
		pins: map[string][]scenario.Pin{}, owners: map[string]*scenario.Contributor{},
	}
	tour, stay := mostUsual(s)
	if tour == 0 {
		c.shortTour = 0 // nothing can be short
	}
	if stay == 0 {
		c.shortStay = 0
	}
	if threads == 1 {
		c.turns = &turns{}
	}
	for i, p := range s.Places {
		c.place[p.ID] = i
	}
	for _, k := range s.Capabilities {
		for x := range k.Substitutes {
			c.standIns[x] = append(c.standIns[x], k.ID)
		}
	}
	for _, p := range s.Pins {
		c.pins[p.Unit] = append(c.pins[p.Unit], p)
	}
	c.begun, c.inForce = s.BegunBy()
	if len(s.InForce) > 0 {
		c.change = *s.Weights.Change
		c.lost = c.lostOrders()
	}
	c.net = scenario.NewNetwork(s)
	c.addCapacities()
	c.addContributors()
	if err := c.addPosts(); err != nil {
		return nil, err
	}
	if len(s.Places) >= 1<<20 {
		return nil, fmt.Errorf("%d places are more than %d, the most that a plan can have", len(s.Places), 1<<20)
	}
	c.addGoals()
	c.rows = c.layout()
	c.pinPrice = c.priceOfPins(s)
	if err := c.addUnits(); err != nil {
		return nil, err
	}
	c.provable()
	return c.instance, nil
}

// addUnits compiles the first unit of each class, side by side, and copies it for
// the others of the class: what a unit points to is read-only.
func (c *compiler) addUnits() error {
	c.units = make([]unit, len(c.s.Units))
	classes := map[string]int{}
	like, firsts := make([]int, len(c.units)), []int{}
	for i := range c.s.Units {
		key := c.classOf(&c.s.Units[i])
		class, known := classes[key]
		if !known {
			class = len(firsts)
			classes[key] = class
			firsts = append(firsts, i)
		}
		like[i] = class
	}
	fails := make([]error, len(firsts))
	var next atomic.Int64
	all, _ := group.New(context.Background())
	for range min(c.threads, len(firsts)) {
		all.Go(func() error {
			k := c.unitCompiler()
			for n := int(next.Add(1)) - 1; n < len(firsts); n = int(next.Add(1)) - 1 {
				c.units[firsts[n]], fails[n] = k.unit(&c.s.Units[firsts[n]])
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	for _, err := range fails {
		if err != nil {
			return err
		}
	}
	c.numberGifts(firsts)
	for i := range c.units {
		c.units[i] = c.units[firsts[like[i]]]
		c.units[i].id, c.units[i].class = c.s.Units[i].ID, int32(like[i])
	}
	return nil
}

func (c *compiler) addCapacities() {
	limit := func(x *float64) float64 {
		if x == nil {
			return math.Inf(1)
		}
		return *x
	}
	for _, p := range c.s.Lift {
		c.pools = append(c.pools, capacity{limit(p.Tonnes), limit(p.Persons)})
		c.poolNames = append(c.poolNames, p.ID)
	}
	c.receiver = make([]int32, len(c.s.Places))
	for i, p := range c.s.Places {
		c.receiver[i] = -1
		if p.Throughput != nil {
			c.receiver[i] = int32(len(c.receivers))
			c.receivers = append(c.receivers, capacity{limit(p.Throughput.Tonnes), limit(p.Throughput.Persons)})
		}
	}
}

func (c *compiler) addContributors() {
	for _, o := range c.s.Operations {
		op := operation{size: float64(o.Size)}
		if o.Size > 0 {
			op.price = *c.s.Weights.Share / op.size
		}
		c.operations = append(c.operations, op)
	}
	for i := range c.s.Contributors {
		k := &c.s.Contributors[i]
		c.owners[k.ID] = k
		out := contributor{maxDeployed: math.Inf(1), share: make([]float64, len(c.operations))}
		if k.MaxDeployed != nil {
			out.maxDeployed = float64(*k.MaxDeployed)
		}
		for o := range out.share {
			out.share[o] = math.Inf(1)
			if k.Share != nil && c.operations[o].size > 0 {
				out.share[o], out.shared = *k.Share*c.operations[o].size, true
			}
			out.ceiling = append(out.ceiling, c.rules.Ceilings(k.ID, c.s.Operations[o].ID))
		}
		c.contributors = append(c.contributors, out)
	}
}

func (c *compiler) addPosts() error {
	opIndex := map[string]int{}
	for i, o := range c.s.Operations {
		opIndex[o.ID] = i
	}
	w := c.s.Weights
	for i, p := range c.s.Posts {
		if _, ok := c.place[p.Place]; !ok {
			return fmt.Errorf("post %q: unknown place %q", p.ID, p.Place)
		}
		c.post[p.ID] = i
		c.placeOf = append(c.placeOf, c.place[p.Place])
		c.postIDs = append(c.postIDs, p.ID)
		op := -1
		below, short := *w.Exposure.Standing, *w.Shortfall.Standing
		if p.Operation != "" {
			op = opIndex[p.Operation]
			below, short = *w.Exposure.Operation, *w.Shortfall.Operation
		}
		c.postOps = append(c.postOps, op)
		price := scenario.PriorityPrice[p.Priority]
		var lines []int32
		for _, l := range p.Lines {
			k := line{floor: l.Floor.Likely, target: l.Target.Likely, single: l.Single, operation: p.Operation != "", capability: l.Capability}
			k.from, k.until = c.s.Calendar.Inside(l.From, l.Until)
			if k.floor > 0 {
				k.below = price * below / k.floor
			}
			if k.target > 0 {
				k.short = price * short / k.target
			}
			n := int32(len(c.lines))
			c.lines, lines = append(c.lines, k), append(lines, n)
			switch {
			case p.HomeOf != "":
				c.home[p.HomeOf] = append(c.home[p.HomeOf], n)
				c.resting[n] = p.RestingCounts
			case !slices.Contains(c.byCap[l.Capability], int32(i)):
				c.byCap[l.Capability] = append(c.byCap[l.Capability], int32(i))
			}
		}
		c.linesOf = append(c.linesOf, lines)
	}
	return nil
}

// unit compiles one unit, but for its class and the kinds of its gifts.
func (c *unitCompiler) unit(su *scenario.Unit) (unit, error) {
	home, ok := c.place[su.Home]
	owner := c.owners[su.Contributor]
	if !ok || owner == nil {
		return unit{}, fmt.Errorf("unit %q: unknown home %q or contributor %q", su.ID, su.Home, su.Contributor)
	}
	least, most := su.Tour.Limits()
	u := unit{
		id: su.ID, contributor: int32(slices.IndexFunc(c.s.Contributors, func(k scenario.Contributor) bool { return k.ID == owner.ID })),
		persons: su.Persons.Likely, tonnes: su.Tonnes.Likely,
		notice: int32(su.Notice), redeploy: int32(su.Redeploy),
		minTour: int32(least), maxTour: int32(most), usualTour: int32(su.Tour.Usual),
	}
	longest := c.horizon
	if su.At != nil {
		longest += -min(0, su.At.Since.Number())
	}
	u.rests = c.restTable(restKey{int(su.Rest), su.Dwell, longest})
	if !su.Ready.IsZero() {
		u.firstReady = int32(max(0, su.Ready.Number()))
	}
	c.addWindows(&u, su)
	b := unitBuilder{unitCompiler: c, u: &u, su: su, owner: owner, home: home, stopOf: map[int]int32{}, handled: c.handlingOf(su)}
	if err := b.begin(); err != nil {
		return unit{}, err
	}
	if err := b.dayZero(); err != nil {
		return unit{}, err
	}
	if su.Pledge.Rank() >= c.s.Maturity.Rank() {
		b.laterSlots()
	}
	b.keepLater()
	b.hops()
	b.pinOrders()
	b.countPinDays()
	for _, n := range c.home[su.Contributor] {
		if amount := c.rules.Gives(su, plan.All, c.lines[n].capability); amount > 0 {
			g := gift{line: n, amount: amount}
			if c.resting[n] {
				u.homeRestGifts = append(u.homeRestGifts, g)
			} else {
				u.homeGifts = append(u.homeGifts, g)
			}
		}
	}
	return u, nil
}

// handlingOf numbers units by the days that pools and places take to handle them.
func (c *unitCompiler) handlingOf(su *scenario.Unit) int32 {
	key := c.net.Handling(su)
	n, ok := c.handling[key]
	if !ok {
		n = int32(len(c.handling))
		c.handling[key] = n
	}
	return n
}

// giftKey tells gifts apart.
type giftKey struct {
	line   int32
	amount float64
}

// numberGifts numbers the kinds of gifts of some units, in their order.
func (c *compiler) numberGifts(units []int) {
	kinds := map[giftKey]int32{}
	number := func(gifts []gift) {
		for i := range gifts {
			g := &gifts[i]
			key := giftKey{g.line, g.amount}
			kind, ok := kinds[key]
			if !ok {
				kind = int32(len(c.gifts))
				kinds[key] = kind
				c.gifts = append(c.gifts, gift{g.line, kind, g.amount})
			}
			g.kind = kind
		}
	}
	for _, i := range units {
		u := &c.units[i]
		for j := range u.slots {
			number(u.slots[j].gifts)
			number(u.slots[j].singles)
		}
		number(u.homeGifts)
		number(u.homeRestGifts)
	}
}

// restKey is what rest after a tour hangs on.
type restKey struct {
	rest    int
	dwell   float64
	longest int // tour
}

// restTable returns the days of rest by the length of a tour.
func (c *unitCompiler) restTable(k restKey) []int32 {
	if table, ok := c.rests[k]; ok {
		return table
	}
	table := make([]int32, k.longest+1)
	for away := range table {
		days := float64(k.rest)
		if k.dwell > 0 {
			days = math.Ceil(k.dwell * float64(away))
		}
		table[away] = int32(math.Min(days, scenario.MaxDays))
	}
	c.rests[k] = table
	return table
}

// classOf tells units apart by everything but their names.
func (c *compiler) classOf(su *scenario.Unit) string {
	like := *su
	like.ID, like.Name, like.Note, like.Source = "", "", "", ""
	key, err := json.Marshal(struct {
		Unit    scenario.Unit
		Pins    []scenario.Pin
		InForce []scenario.Order
	}{like, withoutUnit(c.pins[su.ID]), c.ordersFor(su.ID)})
	if err != nil {
		return su.ID // not a number somewhere: a class of its own
	}
	return string(key)
}

// ordersFor are the legs in force of a unit, but for its name.
func (c *compiler) ordersFor(unit string) []scenario.Order {
	orders := slices.Concat(c.begun[unit], c.inForce[unit])
	for i := range orders {
		orders[i].Unit = ""
	}
	return orders
}

func withoutUnit(pins []scenario.Pin) []scenario.Pin {
	pins = slices.Clone(pins)
	for i := range pins {
		pins[i].Unit = ""
	}
	return pins
}

func (c *compiler) addWindows(u *unit, su *scenario.Unit) {
	if len(su.Available) == 0 {
		u.windows = []window{{0, int32(c.horizon)}}
		return
	}
	u.windowEnd = make([]int32, c.horizon+1)
	for _, w := range su.Available {
		from, until := c.s.Calendar.Inside(w.From, w.Until)
		if from < until {
			u.windows = append(u.windows, window{int32(from), int32(until)})
		}
		for d := from; d < until; d++ {
			u.windowEnd[d] = max(u.windowEnd[d], int32(until))
		}
	}
}
