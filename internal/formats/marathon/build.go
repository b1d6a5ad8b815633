package marathon

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Options choose what is made of a project.
type Options struct {
	Type string // of unit, MARATHON's SRC; empty for all
	// Inventory replaces the quantities of a type by component; nil keeps them.
	Inventory map[string]int
	// Draw seeds where in its cycle each unit starts, evenly over the cycle. 0
	// takes CycleTime, the units of one record spread evenly after it.
	Draw   uint64
	Period string       // empty for the first with a demand
	After  []*plan.Plan // of the periods before that have demands, made with the same options
}

// Before is the date before day 1 of every project.
const before = scenario.Date(10956) // 1999-12-31

// The one place and area: a project has no map.
const field = "field"

const note = "A day is MARATHON's, day 1 being 2000-01-01. The calendar starts as many days before the period as units overlap, since MARATHON's overlap " +
	"at the end of a deployment is a handover at its beginning here: a unit is ready that much earlier, and the days that count are the same. " +
	"Windows are the times of the cycle in which a unit can deploy; a unit whose cycle ends within the period stays for the whole of its longest deployment."

// Scenario makes the scenario of a period. The problems are warnings. The error
// is a *[formats.Invalid] with all problems of the tables and options.
func (p *Project) Scenario(o Options) (*scenario.Scenario, []formats.Problem, error) {
	var r reader
	r.Add(p.notes...)
	period, at := p.choose(&r, o)
	var units []unit
	if !r.Failed() {
		units = p.units(&r, o)
	}
	for i := 0; i < at && !r.Failed(); i++ {
		p.advance(&r, units, p.Periods[i], p.Periods[i+1], p.homes(p.Periods[i], o.After))
	}
	var s *scenario.Scenario
	if !r.Failed() {
		b := builder{Project: p, reader: &r, period: period, options: o}
		s = b.scenario(units)
	}
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	return s, r.List, nil
}

// choose finds the period, and its place among all.
func (p *Project) choose(r *reader, o Options) (Period, int) {
	at := formats.Place{File: "marathon"}
	types := map[string]bool{}
	for _, d := range p.demands {
		types[d.kind] = true
	}
	known := slices.Sorted(maps.Keys(types))
	if o.Type != "" && !types[o.Type] {
		r.Fail(at, scenario.Nearest(o.Type, known), "no demand asks for the type %q; there are %s", o.Type, strings.Join(known, ", "))
	}
	if o.Inventory != nil && o.Type == "" {
		r.Fail(at, "", "an inventory is of one type; name it")
	}
	var names []string
	for i, k := range p.Periods {
		names = append(names, k.Name)
		if k.Name == o.Period || o.Period == "" && len(p.asked(k, o.Type)) > 0 {
			if o.Period != "" && len(p.asked(k, o.Type)) == 0 {
				r.Fail(at, "", "nothing is demanded in the period %s", k.Name)
			}
			return k, i
		}
	}
	if o.Period == "" {
		r.Fail(at, "", "nothing is demanded in any period")
	} else {
		r.Fail(at, scenario.Nearest(o.Period, names), "there is no period %q; there are %s", o.Period, strings.Join(names, ", "))
	}
	return Period{}, 0
}

// asked are the demands of a type, or all, in a period.
func (p *Project) asked(k Period, kind string) (list []demand) {
	for _, d := range p.demands {
		if d.quantity > 0 && (kind == "" || d.kind == kind) && d.start < k.Until && d.until > k.From {
			list = append(list, d)
		}
	}
	return list
}

// homes is when units came home in plans that lie in a period, in days of it;
// the last tour counts.
func (p *Project) homes(k Period, plans []*plan.Plan) map[string]int {
	homes := map[string]int{}
	for _, one := range plans {
		for _, t := range one.Tours {
			first := int(t.Legs[0].Effective - before)
			if first >= k.From && first < k.Until {
				// The overlap that a unit spends at the end in MARATHON it has
				// spent at the beginning here.
				handover := int(t.Legs[0].Effective - t.Legs[0].Depart)
				homes[t.Unit] = max(homes[t.Unit], int(t.Home-before)-k.From+handover)
			}
		}
	}
	return homes
}

// builder makes the scenario of a period.
type builder struct {
	*Project
	*reader
	period  Period
	options Options
	lead    int // days before the period at which the calendar starts
	days    int // of the period
	s       *scenario.Scenario
}

func (b *builder) scenario(units []unit) *scenario.Scenario {
	asked := b.asked(b.period, b.options.Type)
	for _, d := range asked {
		b.lead = max(b.lead, d.overlap)
		b.days = max(b.days, min(d.until, b.period.Until)-b.period.From)
	}
	b.s = &scenario.Scenario{
		Name:   strings.TrimSpace(fmt.Sprintf("MARATHON %s %s", b.period.Name, b.options.Type)),
		Source: "MARATHON project (US Army, Center for Army Analysis)", Note: note,
		Calendar: scenario.Calendar{Start: before + scenario.Date(b.period.From-b.lead), Days: b.days + b.lead},
		Areas:    []scenario.Area{{ID: field}},
		Places:   []scenario.Place{{ID: field, Area: field}},
	}
	b.posts(asked)
	b.units(units)
	b.capabilities()
	return b.s
}

func (b *builder) posts(asked []demand) {
	ids, seen := names{}, map[string]bool{}
	for _, d := range asked {
		ids[d.kind+"-"+d.name] = 1 // the first has no number
	}
	least := scenario.Days(0)
	for _, d := range asked {
		id := d.kind + "-" + d.name
		if seen[id] {
			id = ids.numbered(id)
		}
		seen[id] = true
		from, until := max(d.start, b.period.From), min(d.until, b.period.Until)
		if from > d.start || until < d.until {
			b.Warn(d.at, "", "the demand for %s on days %d to %d goes beyond the period %s; what is outside is left out", d.kind, d.start, d.until-1, b.period.Name)
		}
		if d.overlap < b.lead {
			b.Warn(d.at, "", "the demand for %s overlaps %d days, others %d; its units take %d days before they count", d.kind, d.overlap, b.lead, b.lead)
		}
		b.s.Posts = append(b.s.Posts, scenario.Post{
			ID: id, Name: fmt.Sprintf("%s, %s", d.name, d.kind), Place: field, Priority: min(max(d.priority, 1), len(scenario.PriorityPrice)-1),
			Handover: scenario.Days(d.overlap), RSOM: scenario.Days(b.lead - d.overlap), Stay: scenario.Span{Min: &least},
			Lines: []scenario.Line{{
				Capability: d.kind, Floor: scenario.Exactly(float64(d.quantity)),
				From: scenario.DayTime(from - b.period.From + b.lead), Until: scenario.DayTime(until - b.period.From + b.lead),
			}},
		})
	}
}

// units makes the units that can deploy in the period at all.
func (b *builder) units(units []unit) {
	owners := map[string]bool{}
	wanted := b.wanted()
	idle := 0
	for _, u := range units {
		if !wanted[u.kind] {
			continue
		}
		k, ok := b.policyOf(b.reader, u.supply, b.period.Name)
		if !ok {
			continue
		}
		windows := k.windows(u.cycle, b.days)
		if len(windows) == 0 {
			idle++
			continue
		}
		owners[u.component] = true
		b.s.Units = append(b.s.Units, b.unit(u, k, windows))
	}
	if idle > 0 {
		b.s.Note += fmt.Sprintf(" Left out: %d units that cannot deploy in the period.", idle)
	}
	for _, component := range slices.Sorted(maps.Keys(owners)) {
		b.s.Contributors = append(b.s.Contributors, scenario.Contributor{ID: component})
	}
	if len(b.s.Units) == 0 {
		b.Fail(formats.Place{File: "marathon"}, "", "none of %d units can deploy in the period %s", len(units), b.period.Name)
	}
}

// wanted are the types that a post asks for, and those that can stand in.
func (b *builder) wanted() map[string]bool {
	wanted := map[string]bool{}
	for _, post := range b.s.Posts {
		wanted[post.Lines[0].Capability] = true
	}
	asked := maps.Clone(wanted)
	for _, k := range b.relations {
		if asked[k.recipient] {
			wanted[k.donor] = true
		}
	}
	return wanted
}

func (b *builder) unit(u unit, k policy, windows []span) scenario.Unit {
	most := scenario.Days(min(k.maxBOG, b.days+b.lead))
	made := scenario.Unit{
		ID: u.id, Contributor: u.component, Provides: map[string]scenario.Quantity{u.kind: scenario.Exactly(1)},
		Persons: scenario.Exactly(float64(u.strength)), Home: field, Rest: scenario.Days(min(k.ready(), maxDay)),
		Tour: scenario.Span{Max: &most}, SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road},
		Note: fmt.Sprintf("dwell at the period's start: %d days", u.cycle),
	}
	if last := windows[len(windows)-1]; len(windows) == 1 && last.from == 0 && last.until >= b.days {
		return made // always
	}
	for _, w := range windows {
		if w.until < b.days {
			// A tour as long as can be that ends in the window began in time.
			made.Tour.Min = &most
			w.until += int(most) - 1
			b.s.Calendar.Days = max(b.s.Calendar.Days, w.until+1)
			made.Available = append(made.Available, scenario.Window{From: scenario.DayTime(w.from), Until: scenario.DayTime(w.until)})
			continue
		}
		made.Available = append(made.Available, scenario.Window{From: scenario.DayTime(w.from)})
	}
	return made
}

// capabilities makes the types that are asked for or provided.
func (b *builder) capabilities() {
	index := map[string]int{}
	add := func(kind string) int {
		if i, ok := index[kind]; ok {
			return i
		}
		index[kind] = len(b.s.Capabilities)
		b.s.Capabilities = append(b.s.Capabilities, scenario.Capability{ID: kind, Domain: "land", Unit: "unit"})
		return index[kind]
	}
	for _, post := range b.s.Posts {
		add(post.Lines[0].Capability)
	}
	for _, u := range b.s.Units {
		for kind := range u.Provides {
			add(kind)
		}
	}
	for _, k := range b.relations {
		_, asked := index[k.recipient]
		_, given := index[k.donor]
		if !asked || !given || k.donor == k.recipient {
			continue
		}
		c := &b.s.Capabilities[index[k.recipient]]
		if c.Substitutes == nil {
			c.Substitutes = map[string]float64{}
		}
		c.Substitutes[k.donor] = 1
	}
	slices.SortStableFunc(b.s.Capabilities, func(x, y scenario.Capability) int { return cmp.Compare(x.ID, y.ID) })
}
