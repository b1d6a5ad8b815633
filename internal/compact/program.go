// Package compact writes a resolved scenario as one mixed-integer program that
// any solver reads, in the MPS or the LP format. Its optimum is the least
// objective Z of docs/model.md; docs/formats/mps.md gives the formulation.
//
// The program of a unit is a flow through a network in time, with rows for what
// hangs on more than one day. It is built one unit at a time and written as it
// is built, so that memory does not grow with the number of units. The package
// shares no code with the engine: others check the engine by it.
package compact

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/rearguard/rearguard/scenario"
)

// Program is a scenario as a mixed-integer program to be minimised.
type Program struct {
	s                                    *scenario.Scenario
	network                              *scenario.Network
	days                                 int
	places, posts, owners                map[string]int
	postOps                              []int // post to operation, -1 if standing
	rules                                *scenario.Rules
	capabilities                         []string
	pins                                 map[string][]scenario.Pin
	inForce                              map[string][]scenario.Order // by unit, but for those begun
	begun                                map[string][]scenario.Order // by unit, in the order of time
	change                               float64                     // price of a leg added or dropped; 0 with no plan in force
	lines                                []line
	linesAt                              [][]int // post to its lines
	homeOf                               map[string][]int
	unitNames, postNames, poolNames      []string
	ownerNames, placeNames, opNames      []string
	capabilityNames                      map[string]string
	shared                               []row
	poolRows, placeRows, capRows, fairIn []limits    // by pool, place, contributor, contributor x operation
	switches                             []bool      // contributor whose cap may bend for the legs of day 0
	capLeft                              [][]float64 // by contributor and day: what its cap leaves beside what has begun
}

// line is one requirement, cut to the calendar.
type line struct {
	*scenario.Line
	post         *scenario.Post
	name         string
	from, until  int
	below, short float64 // price of a missing unit of cover for a day, below the floor and below the target
	row          int     // shared row of day from, or -1 if nothing is asked for
}

// limits are the first shared rows of a resource by the day: of tonnes and of
// persons, of persons and of persons not on their leg of day 0, or of a share and of the
// ceilings of mandates; -1 for none.
type limits [2]int

var noLimits = limits{-1, -1}

// New prepares the program of a scenario that has no problems and is resolved
// (scenario.Resolve).
func New(s *scenario.Scenario) *Program {
	p := &Program{
		s: s, network: scenario.NewNetwork(s), days: s.Calendar.Days,
		places: map[string]int{}, posts: map[string]int{}, owners: map[string]int{}, rules: scenario.NewRules(s),
		pins: map[string][]scenario.Pin{}, homeOf: map[string][]int{}, capabilityNames: map[string]string{},
	}
	for _, x := range s.Pins {
		p.pins[x.Unit] = append(p.pins[x.Unit], x)
	}
	if p.begun, p.inForce = s.BegunBy(); len(s.InForce) > 0 {
		p.change = *s.Weights.Change
	}
	names := namer{}
	for _, c := range s.Capabilities {
		p.capabilities = append(p.capabilities, c.ID)
		p.capabilityNames[c.ID] = names.name(c.ID)
	}
	names = namer{}
	for _, u := range s.Units {
		p.unitNames = append(p.unitNames, names.name(u.ID))
	}
	p.addLift()
	p.addPosts()
	p.addOwners()
	p.takeBegun()
	return p
}

// everyDay makes a shared row for each day of [from, until) and returns the first.
func (p *Program) everyDay(kind string, names []string, from, until int, s sense, rhs float64) int {
	first := len(p.shared)
	for d := from; d < until; d++ {
		p.shared = append(p.shared, row{join(kind, append(names[:len(names):len(names)], strconv.Itoa(d))...), s, rhs})
	}
	return first
}

func (p *Program) addLift() {
	limit := func(kind, name, what string, most *float64) int {
		if most == nil {
			return -1
		}
		return p.everyDay(kind, []string{name, what}, 0, p.days, atMost, *most)
	}
	names := namer{"self": true}
	for _, x := range p.s.Lift {
		name := names.name(x.ID)
		p.poolNames = append(p.poolNames, name)
		p.poolRows = append(p.poolRows, limits{limit("LIFT", name, "tonnes", x.Tonnes), limit("LIFT", name, "persons", x.Persons)})
	}
	names = namer{}
	for i, x := range p.s.Places {
		p.places[x.ID] = i
		rows, name := noLimits, names.name(x.ID)
		if t := x.Throughput; t != nil {
			rows = limits{limit("PLACE", name, "tonnes", t.Tonnes), limit("PLACE", name, "persons", t.Persons)}
		}
		p.placeNames, p.placeRows = append(p.placeNames, name), append(p.placeRows, rows)
	}
}

func (p *Program) addPosts() {
	operations := map[string]int{}
	names := namer{}
	for i, o := range p.s.Operations {
		operations[o.ID] = i
		p.opNames = append(p.opNames, names.name(o.ID))
	}
	w := p.s.Weights
	names = namer{}
	for i := range p.s.Posts {
		x := &p.s.Posts[i]
		p.posts[x.ID] = i
		op, below, short := -1, *w.Exposure.Standing, *w.Shortfall.Standing
		if x.Operation != "" {
			op, below, short = operations[x.Operation], *w.Exposure.Operation, *w.Shortfall.Operation
		}
		p.postOps = append(p.postOps, op)
		name := names.name(x.ID)
		p.postNames = append(p.postNames, name)
		var list []int
		for j := range x.Lines {
			l := line{Line: &x.Lines[j], post: x, name: join(name, strconv.Itoa(j+1)), row: -1}
			l.from, l.until = p.s.Calendar.Inside(l.From, l.Until)
			if floor := l.Floor.Likely; floor > 0 {
				l.below = scenario.PriorityPrice[x.Priority] * below / floor
			}
			if target := l.Target.Likely; target > 0 {
				l.short = scenario.PriorityPrice[x.Priority] * short / target
				l.row = p.everyDay("COVER", []string{l.name}, l.from, l.until, atLeast, target)
			}
			list = append(list, len(p.lines))
			p.lines = append(p.lines, l)
		}
		p.linesAt = append(p.linesAt, list)
		if x.HomeOf != "" {
			p.homeOf[x.HomeOf] = append(p.homeOf[x.HomeOf], list...)
		}
	}
}

func (p *Program) addOwners() {
	names := namer{}
	for i, c := range p.s.Contributors {
		p.owners[c.ID] = i
		p.ownerNames = append(p.ownerNames, names.name(c.ID))
	}
	still := make([]float64, len(p.s.Contributors)) // persons that may be on legs of day 0
	for i := range p.s.Units {
		if u := &p.s.Units[i]; u.At != nil && len(p.begun[u.ID]) == 0 {
			still[p.owners[u.Contributor]] += u.Persons.Likely
		}
	}
	for i, c := range p.s.Contributors {
		rows, bends, name := noLimits, false, p.ownerNames[i]
		var left []float64
		if c.MaxDeployed != nil {
			left = p.begunPersons(c.ID)
			for d, begun := range left {
				left[d] = max(0, float64(*c.MaxDeployed)-begun)
			}
			bends = still[i] > slices.Min(left)
			rows[0] = p.everyDay("CAP", []string{name}, 0, p.days, atMost, 0)
			for d := range left {
				p.shared[rows[0]+d].rhs = left[d]
				if bends {
					p.shared[rows[0]+d].rhs = max(left[d], still[i])
				}
			}
			if bends {
				rows[1] = p.everyDay("CAPLATER", []string{name}, 0, p.days, atMost, 0)
			}
		}
		p.capLeft = append(p.capLeft, left)
		p.capRows, p.switches = append(p.capRows, rows), append(p.switches, bends)
		for o, op := range p.s.Operations {
			fair := noLimits
			if c.Share != nil && op.Size > 0 && *p.s.Weights.Share > 0 {
				fair[0] = p.everyDay("SHARE", []string{name, p.opNames[o]}, 0, p.days, atMost, *c.Share*float64(op.Size))
			}
			fair[1] = p.addCeiling(i, o)
			p.fairIn = append(p.fairIn, fair)
		}
	}
}

// fair returns the first row of a contributor's share of an operation.
func (p *Program) fair(owner, operation int) (row int, ok bool) {
	if operation < 0 {
		return 0, false
	}
	row = p.fairIn[owner*len(p.s.Operations)+operation][0]
	return row, row >= 0
}

// common is the block of the columns that belong to no unit: what is missing of
// a line, persons above a share, and whether a cap bends.
func (p *Program) common() *block {
	b := &block{}
	p.addGone(b)
	p.addBegun(b)
	lacking := make([][2][]int32, len(p.lines)) // line: by its day, what is missing below the target and below the floor
	for i := range p.lines {
		l := &p.lines[i]
		if l.row < 0 {
			continue
		}
		lacking[i] = [2][]int32{none(l.until - l.from), none(l.until - l.from)}
		for d := l.from; d < l.until; d++ {
			n := l.row + d - l.from
			if x := l.Target.Likely - l.Floor.Likely; x > 0 {
				lacking[i][0][d-l.from] = b.column(join("short", l.name, strconv.Itoa(d)), l.short, x, false)
				b.share(n, lacking[i][0][d-l.from], 1)
			}
			if x := l.Floor.Likely; x > 0 {
				lacking[i][1][d-l.from] = b.column(join("below", l.name, strconv.Itoa(d)), l.below+l.short, x, false)
				b.share(n, lacking[i][1][d-l.from], 1)
			}
		}
	}
	p.addGoals(b, func(line, day int) []int32 {
		at := day - p.lines[line].from
		return []int32{lacking[line][0][at], lacking[line][1][at]}
	})
	for c := range p.s.Contributors {
		for d := range p.days {
			if p.switches[c] {
				k := b.column(join("within", p.ownerNames[c], strconv.Itoa(d)), 0, 1, true)
				most := p.capLeft[c][d]
				b.share(p.capRows[c][0]+d, k, p.shared[p.capRows[c][0]+d].rhs-most)
				b.share(p.capRows[c][1]+d, k, -most)
			}
			for o, op := range p.s.Operations {
				if n, ok := p.fair(c, o); ok {
					name := join("above", p.ownerNames[c], p.opNames[o], strconv.Itoa(d))
					b.share(n+d, b.column(name, *p.s.Weights.Share/float64(op.Size), unlimited, false), -1)
				}
			}
		}
	}
	return b
}

// blocks calls yield with each unit's block, then with the common one.
func (p *Program) blocks(yield func(*block) error) error {
	for i := range p.s.Units {
		u := p.member(i)
		if err := yield(p.unit(&u).block); err != nil {
			return fmt.Errorf("write unit %q: %w", u.ID, err)
		}
	}
	if err := yield(p.common()); err != nil {
		return fmt.Errorf("write what units share: %w", err)
	}
	return nil
}
