package engine

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/milp"
)

// polisher takes the schedules of some units out together and picks the best of
// those that the search has had for each, by a mixed-integer program: the
// restricted master of column generation, over the columns of the search.
type polisher struct {
	*search
	solver milp.Solver
	limits milp.Options
}

// polishedUnits are taken out together; each remembers this many schedules that
// the search accepted. Measured in
// docs/decisions/0021-polish-by-columns-of-the-search.md.
const (
	polishedUnits = 25
	remembered    = 40
)

// polishFrom is the share of a run after which its plan is polished. One program
// gets this long or, where the same run must give the same plan, this many nodes,
// and counts as so many tries.
const (
	polishFrom    = 0.85
	solveTime     = 5 * time.Second
	solveNodes    = 500
	triesOfPolish = 500
)

// pool holds the last schedules that the search accepted for each unit.
type pool struct {
	schedules [][]schedule
	next      []int // to be overwritten
}

func newPool(units int) *pool { return &pool{make([][]schedule, units), make([]int, units)} }

// remember adds a schedule, in the place of the oldest once the pool is full.
// Nobody may change it later.
func (p *pool) remember(u int32, sc schedule) {
	if len(p.schedules[u]) < remembered {
		p.schedules[u] = append(p.schedules[u], sc)
		return
	}
	p.schedules[u][p.next[u]] = sc
	p.next[u] = (p.next[u] + 1) % remembered
}

// try polishes some units and reports whether the plan got better than ever
// before. Without an answer of the solver the plan stays as it is.
func (p *polisher) try(ctx context.Context) bool {
	m := p.program(p.neighbours())
	o := p.limits
	o.Start = m.start
	found, err := p.solver.Solve(ctx, &m.Model, o)
	if err != nil || found.X == nil || found.Objective >= p.cost-1e-6 {
		return false
	}
	return p.adoptChoice(m, found.X)
}

// adoptChoice gives the units what the program chose, unless a cap that the
// program knows only roughly forbids it.
func (p *polisher) adoptChoice(m *program, x []float64) bool {
	before := p.cost
	old := make(map[int]schedule, len(m.units))
	for _, u := range m.units {
		old[u] = p.schedules[u]
		p.replace(u, nil)
	}
	possible := true
	for i, c := range m.choices {
		if x[i] < 0.5 || !possible {
			continue
		}
		p.apply(c.unit, nil, -1)
		possible = p.hasRoom(c.unit, c.schedule)
		p.apply(c.unit, nil, +1)
		p.replace(c.unit, c.schedule)
	}
	if !possible || p.cost > before-1e-9 {
		for _, u := range m.units {
			p.replace(u, old[u])
		}
		p.cost = before
		return false
	}
	if p.cost < p.least-1e-9 {
		p.keep()
		return true
	}
	return false
}

// neighbours draws units that could replace each other: all that hold a line, some
// that could, and so on with lines of the same capability.
func (p *polisher) neighbours() []int {
	var units []int
	add := func(u int32) {
		if len(units) < polishedUnits && !slices.Contains(units, int(u)) {
			units = append(units, int(u))
		}
	}
	line := p.rng.IntN(len(p.lines))
	for tries := 0; len(units) < polishedUnits && tries < polishedUnits; tries++ {
		able := p.serving[line]
		if len(able) > 0 {
			first := p.rng.IntN(len(able))
			for k := range able {
				if u := able[(first+k)%len(able)]; p.holds(int(u), int32(line)) {
					add(u)
				}
			}
			for range 3 {
				add(able[p.rng.IntN(len(able))])
			}
		}
		alike := p.alike[line]
		line = int(alike[p.rng.IntN(len(alike))])
	}
	return units
}

// holds reports whether a unit has a leg that gives to a line.
func (p *polisher) holds(u int, line int32) bool {
	return slices.ContainsFunc(p.schedules[u], func(l leg) bool { return p.units[u].slots[l.slot].givesTo(line) })
}

// program is the model that picks one schedule for each of some units; all
// others keep theirs.
type program struct {
	milp.Model
	units   []int
	choices []choiceOf // the first columns
	start   []float64  // the present plan
	*search
	fixed []float64 // block x day: use by all others
	uses  [][]useOf // by block
}

// choiceOf is a schedule that a unit may get.
type choiceOf struct {
	unit     int
	schedule schedule
}

// useOf is what a column of the program does to a block.
type useOf struct {
	column int
	run
}

func (p *polisher) program(units []int) *program {
	m := &program{units: units, search: p.search, fixed: slices.Clone(p.use), uses: make([][]useOf, p.rows.blocks)}
	m.Offset = p.cost
	for _, u := range units {
		runs, cost := p.footprint(u, p.schedules[u], nil)
		m.Offset -= cost
		for _, r := range runs {
			for d := r.from; d < r.until; d++ {
				m.fixed[int(r.block)*p.horizon+int(d)] -= r.amount
			}
		}
	}
	for _, u := range units {
		m.addUnit(u)
	}
	for b := range m.uses {
		if len(m.uses[b]) > 0 {
			m.addBlock(b)
		}
	}
	m.begin()
	return m
}

// addUnit adds a column for each schedule of a unit, the present one first, and
// the row that picks one.
func (m *program) addUnit(u int) {
	known := []schedule{m.schedules[u]}
	for _, sc := range append(slices.Clone(m.pool.schedules[u]), nil) {
		if !slices.ContainsFunc(known, func(x schedule) bool { return slices.Equal(x, sc) }) {
			known = append(known, sc)
		}
	}
	one := milp.Row{Lower: 1, Upper: 1}
	for i, sc := range known {
		runs, cost := m.footprint(u, sc, nil)
		column := m.AddColumn(milp.Column{Upper: 1, Cost: cost, Integer: true})
		one.Terms = append(one.Terms, milp.Term{Column: column, Coefficient: 1})
		m.choices = append(m.choices, choiceOf{u, sc})
		chosen := 0.0
		if i == 0 {
			chosen = 1
		}
		m.start = append(m.start, chosen)
		for _, r := range runs {
			if b := int(r.block); m.rows.dayZero <= b && b < m.rows.burden {
				r.block -= int32(len(m.contributors)) // the cap takes all deployed alike
			}
			m.uses[r.block] = append(m.uses[r.block], useOf{column, r})
		}
	}
	m.AddRow(one)
}

// addBlock adds the rows of a block: one for each run of days on which the same
// columns use the same room.
func (m *program) addBlock(b int) {
	from, until := 0, m.horizon
	if b < len(m.lines) {
		from, until = m.lines[b].from, m.lines[b].until
	}
	edge := make([]bool, m.horizon+1)
	for _, u := range m.uses[b] {
		edge[u.from], edge[u.until] = true, true
	}
	fixed := m.fixed[b*m.horizon:][:m.horizon]
	for d := from; d < until; {
		end := d + 1
		for end < until && !edge[end] && fixed[end] == fixed[d] {
			end++
		}
		var terms []milp.Term
		for _, u := range m.uses[b] {
			if int(u.from) > d || d >= int(u.until) {
				continue
			}
			if n := len(terms); n > 0 && terms[n-1].Column == u.column {
				terms[n-1].Coefficient += u.amount
			} else {
				terms = append(terms, milp.Term{Column: u.column, Coefficient: u.amount})
			}
		}
		m.addDays(b, d, float64(end-d), terms)
		d = end
	}
}

// addDays adds the rows of some days, from d on, of a block.
func (m *program) addDays(b, d int, days float64, terms []milp.Term) {
	used, present := m.fixed[b*m.horizon+d], m.use[b*m.horizon+d]
	switch {
	case b < len(m.lines):
		l := &m.lines[b]
		m.Offset -= days * l.cost(present)
		m.soft(terms, l.floor-used, days*l.below)
		m.soft(terms, l.target-used, days*l.short)
	case b < m.rows.dayZero:
		held := m.of(b + len(m.contributors))[d]
		most := math.Max(m.contributors[b-m.rows.away].maxDeployed, present+held)
		m.hard(terms, most-used-m.fixed[(b+len(m.contributors))*m.horizon+d])
	case b < m.rows.liftTonnes:
		limit, price := m.shareLimit(b)
		m.Offset -= days * price * math.Max(0, present-limit)
		for i := range terms {
			terms[i].Coefficient *= -1
		}
		m.soft(terms, used-limit, days*price)
	default:
		m.hard(terms, m.room(b)-used)
	}
}

// soft adds a row whose sum may be less than least, at a price.
func (m *program) soft(terms []milp.Term, least, price float64) {
	if price == 0 || math.IsInf(least, -1) || len(terms) == 0 && least <= 0 {
		return
	}
	short := m.AddColumn(milp.Column{Upper: math.Inf(1), Cost: price})
	m.AddRow(milp.Row{Lower: least, Upper: math.Inf(1), Terms: append(slices.Clone(terms), milp.Term{Column: short, Coefficient: 1})})
}

func (m *program) hard(terms []milp.Term, most float64) {
	if len(terms) > 0 && !math.IsInf(most, 1) {
		m.AddRow(milp.Row{Lower: math.Inf(-1), Upper: most + slack, Terms: terms})
	}
}

// begin completes the start: the rest of the columns say what is missing.
func (m *program) begin() {
	for len(m.start) < len(m.Columns) {
		m.start = append(m.start, 0)
	}
	for i := range m.Rows {
		sum, short := 0.0, -1
		for _, t := range m.Rows[i].Terms {
			if t.Column < len(m.choices) {
				sum += t.Coefficient * m.start[t.Column]
			} else {
				short = t.Column
			}
		}
		if short >= 0 {
			m.start[short] = math.Max(0, m.Rows[i].Lower-sum)
		}
	}
}
