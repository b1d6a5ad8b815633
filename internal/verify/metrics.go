package verify

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// metrics computes every number of a plan anew.
func (c *checker) metrics(p *plan.Plan) *plan.Metrics {
	lines, pledged := c.cover()
	m := &plan.Metrics{
		ExposureDays:  c.sumUp(lines, (*line).exposure),
		ShortfallDays: c.sumUp(lines, (*line).shortfall),
		WorstDay:      c.worst(lines),
		IOC:           map[string]*scenario.Date{}, FOC: map[string]*scenario.Date{},
		CoverByPledge: map[scenario.Pledge]float64{},
		Backfills:     c.backfills(),
		Changes:       c.changes(),
		Iterations:    p.Iterations, Stop: p.Stop, Seed: p.Seed, ScenarioSHA256: p.ScenarioSHA256,
	}
	delay := c.delay(lines, m)
	total := 0.0
	for _, x := range pledged {
		total += x
	}
	for _, pledge := range []scenario.Pledge{scenario.Stated, scenario.Offered, scenario.Confirmed, scenario.Assigned} {
		m.CoverByPledge[pledge] = ratio(pledged[pledge], total)
	}
	for _, u := range c.units {
		if slices.ContainsFunc(u.tours, (*tour).leftHome) {
			m.UnitsUsed++
		}
		for _, t := range u.tours {
			for _, l := range t.legs {
				if !l.dayZero {
					m.Moves++
				}
			}
		}
	}
	missing, empty := c.cost(lines)
	w := c.s.Weights
	m.Objective = missing + *w.Mobilise*float64(m.UnitsUsed) + *w.Move*float64(m.Moves) + *w.Share*c.overShare() + *w.Change*float64(m.Changes) + c.rotation() + delay
	if p.Metrics != nil {
		m.Bound, m.NewExposure, m.Unavoidable = p.Metrics.Bound, p.Metrics.NewExposure, p.Metrics.Unavoidable
	}
	m.Gap, m.GapOfCover = ratio(m.Objective-m.Bound, m.Objective), ratio(m.Objective-m.Bound, empty)
	return m
}

// ratio is a / b, and 0 where b is 0.
func ratio(a, b float64) float64 {
	if a == 0 || b == 0 {
		return 0
	}
	return a / b
}

// cost is the first sum of the objective, and Z0.
func (c *checker) cost(lines []*line) (missing, empty float64) {
	prices := map[int]float64{1: 16, 2: 8, 3: 4, 4: 2, 5: 1}
	w := c.s.Weights
	for _, k := range lines {
		below, short := *w.Exposure.Standing, *w.Shortfall.Standing
		if k.post.Operation != "" {
			below, short = *w.Exposure.Operation, *w.Shortfall.Operation
		}
		pi := prices[k.post.Priority]
		for d := k.from; d < k.until; d++ {
			missing += pi * (below*k.exposure(d) + short*k.shortfall(d))
			empty += pi * (below*lacking(k.floor, 0) + short*lacking(k.target, 0))
		}
	}
	return missing, empty
}

func (c *checker) sumUp(lines []*line, lack func(*line, int) float64) plan.Tally {
	t := plan.Tally{ByArea: map[string]float64{}, ByPost: map[string]float64{}, ByOperation: map[string]float64{}}
	for _, a := range c.s.Areas {
		t.ByArea[a.ID] = 0
	}
	for _, op := range c.s.Operations {
		t.ByOperation[op.ID] = 0
	}
	for _, k := range lines {
		days := 0.0
		for d := k.from; d < k.until; d++ {
			days += lack(k, d)
		}
		if days == 0 {
			continue
		}
		t.Total += days
		t.ByPost[k.post.ID] += days
		if k.post.Operation == "" {
			t.Standing += days
		} else {
			t.Operations += days
			t.ByOperation[k.post.Operation] += days
		}
		for area := range t.ByArea {
			if c.within[area][c.places[k.post.Place].Area] {
				t.ByArea[area] += days
			}
		}
	}
	return t
}

func (c *checker) worst(lines []*line) plan.WorstDay {
	w := plan.WorstDay{Date: c.date(0), Exposure: -1}
	for d := range c.days {
		sum := 0.0
		for _, k := range lines {
			if k.from <= d && d < k.until {
				sum += k.exposure(d)
			}
		}
		if sum > w.Exposure+1e-9 {
			w = plan.WorstDay{Date: c.date(d), Exposure: sum}
		}
	}
	return w
}

// overShare is the sum of the objective's term wF.
func (c *checker) overShare() float64 {
	sum := 0.0
	for i := range c.s.Operations {
		op := &c.s.Operations[i]
		if op.Size == 0 {
			continue
		}
		for j := range c.s.Contributors {
			k := &c.s.Contributors[j]
			if k.Share == nil {
				continue
			}
			persons := make([]float64, c.days)
			for _, u := range c.units {
				if u.Contributor != k.ID {
					continue
				}
				for _, t := range u.tours {
					for _, l := range t.legs {
						if l.post.Operation == op.ID {
							add(persons, l.depart, l.until, u.Persons.Likely)
						}
					}
				}
			}
			for _, n := range persons {
				sum += math.Max(0, n-*k.Share*float64(op.Size)) / float64(op.Size)
			}
		}
	}
	return sum
}

// rotation is the objective's terms wT, wO, wA and wB: what tours cost as such, their
// days on the way, and what they and their stays are shorter than usual. What lasts to
// the end of the calendar is not short.
func (c *checker) rotation() float64 {
	w, sum := c.s.Weights, 0.0
	for _, u := range c.units {
		for _, t := range u.tours {
			if !t.legs[0].dayZero {
				sum += *w.Tour
			}
			if t.legs[len(t.legs)-1].until < c.days && t.legs[len(t.legs)-1].until > 0 {
				sum += *w.ShortTour * math.Max(0, float64(int(u.Tour.Usual)-u.away(t)))
			}
			for _, l := range t.legs {
				stay := l.until - l.effective
				if l.dayZero {
					stay = l.until - u.since()
				} else {
					sum += *w.OnTheWay * float64(l.effective-l.depart)
				}
				if l.until < c.days && l.until > 0 {
					sum += *w.ShortStay * math.Max(0, float64(int(l.post.Stay.Usual)-stay))
				}
			}
		}
	}
	return sum
}

// departure is the leg that a unit ended to redeploy.
type departure struct {
	unit *unit
	leg  *leg
}

// backfills counts the legs that take the place of a unit that redeployed, one for each
// such departure at most (Settled 13).
func (c *checker) backfills() int {
	left, came := map[string][]departure{}, map[string][]departure{}
	for _, u := range c.units {
		for _, t := range u.tours {
			for k, l := range t.legs {
				if k < len(t.legs)-1 {
					left[l.Post] = append(left[l.Post], departure{u, l})
				}
				if !l.dayZero && l.post.Operation == "" {
					came[l.Post] = append(came[l.Post], departure{u, l})
				}
			}
		}
	}
	n := 0
	for post, legs := range came {
		slices.SortFunc(legs, func(a, b departure) int {
			return cmp.Or(a.leg.effective-b.leg.effective, cmp.Compare(a.unit.ID, b.unit.ID))
		})
		from := left[post]
		slices.SortFunc(from, func(a, b departure) int { return cmp.Or(a.leg.until-b.leg.until, cmp.Compare(a.unit.ID, b.unit.ID)) })
		taken := make([]bool, len(from))
		for _, l := range legs {
			for k, x := range from {
				if !taken[k] && c.relieves(l, x) {
					taken[k] = true
					n++
					break
				}
			}
		}
	}
	return n
}

// relieves reports whether a leg takes the place of another unit that left its post within
// 30 days, and gives something that it gave there.
func (c *checker) relieves(l, left departure) bool {
	if left.unit == l.unit || left.leg.until < l.leg.effective-30 || left.leg.until > l.leg.effective+30 {
		return false
	}
	for _, k := range l.leg.post.Lines {
		if c.gives(l.unit, l.leg.As, k.Capability) > 0 && c.gives(left.unit, left.leg.As, k.Capability) > 0 {
			return true
		}
	}
	return false
}

// compare lists the numbers that a plan states otherwise than found. Of tables it
// need not state every entry, and its worst day not at all.
func compare(p *plan.Plan, found *plan.Metrics) []Difference {
	stated := p.Metrics
	var all []Difference
	number := func(name string, a, b float64) {
		if !agree(a, b) {
			all = append(all, Difference{name, fmt.Sprintf("%.6g", a), fmt.Sprintf("%.6g", b)})
		}
	}
	text := func(name, a, b string) {
		if a != b {
			all = append(all, Difference{name, a, b})
		}
	}
	number("objective", stated.Objective, found.Objective)
	if stated.Bound > found.Objective && !agree(stated.Bound, found.Objective) {
		all = append(all, Difference{"bound", fmt.Sprintf("%.6g", stated.Bound), fmt.Sprintf("above the objective, %.6g", found.Objective)})
	}
	if x := stated.Unavoidable; x != nil {
		for _, kind := range []struct {
			name          string
			proven, found float64
		}{{"standing", x.Standing, found.ExposureDays.Standing}, {"operations", x.Operations, found.ExposureDays.Operations}} {
			if kind.proven > kind.found && !agree(kind.proven, kind.found) || kind.proven < 0 {
				all = append(all, Difference{"unavoidable." + kind.name, fmt.Sprintf("%.6g", kind.proven), fmt.Sprintf("0 to the exposure, %.6g", kind.found)})
			}
		}
	}
	number("gap", stated.Gap, found.Gap)
	number("gap_of_cover", stated.GapOfCover, found.GapOfCover)
	tallies(&stated.ExposureDays, &found.ExposureDays, "exposure_days", number)
	tallies(&stated.ShortfallDays, &found.ShortfallDays, "shortfall_days", number)
	if stated.WorstDay != (plan.WorstDay{}) {
		text("worst_day.date", stated.WorstDay.Date.String(), found.WorstDay.Date.String())
		number("worst_day.exposure", stated.WorstDay.Exposure, found.WorstDay.Exposure)
	}
	for _, op := range slices.Sorted(maps.Keys(stated.IOC)) {
		text("ioc."+op, dateOrNever(stated.IOC[op]), dateOrNever(found.IOC[op]))
	}
	for _, op := range slices.Sorted(maps.Keys(stated.FOC)) {
		text("foc."+op, dateOrNever(stated.FOC[op]), dateOrNever(found.FOC[op]))
	}
	for _, k := range slices.Sorted(maps.Keys(stated.CoverByPledge)) {
		number("cover_by_pledge."+string(k), stated.CoverByPledge[k], found.CoverByPledge[k])
	}
	number("units_used", float64(stated.UnitsUsed), float64(found.UnitsUsed))
	number("moves", float64(stated.Moves), float64(found.Moves))
	number("backfills", float64(stated.Backfills), float64(found.Backfills))
	number("changes", float64(stated.Changes), float64(found.Changes))
	return all
}

func tallies(stated, found *plan.Tally, name string, number func(string, float64, float64)) {
	number(name+".total", stated.Total, found.Total)
	number(name+".standing", stated.Standing, found.Standing)
	number(name+".operations", stated.Operations, found.Operations)
	for _, by := range []struct {
		name string
		a, b map[string]float64
	}{{"by_area", stated.ByArea, found.ByArea}, {"by_post", stated.ByPost, found.ByPost}, {"by_operation", stated.ByOperation, found.ByOperation}} {
		for _, k := range slices.Sorted(maps.Keys(by.a)) {
			number(fmt.Sprintf("%s.%s.%s", name, by.name, k), by.a[k], by.b[k])
		}
	}
}

// agree allows what sums in another order leave of double precision.
func agree(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }

func dateOrNever(d *scenario.Date) string {
	if d == nil {
		return "never"
	}
	return d.String()
}

// compareWeights lists the prices that a plan states otherwise than the
// scenario; a plan made by hand may leave them out.
func (c *checker) compareWeights(p *plan.Plan) []Difference {
	var all []Difference
	price := func(name string, stated, found *float64) {
		if stated != nil && !agree(*stated, *found) {
			all = append(all, Difference{"weights." + name, fmt.Sprintf("%g", *stated), fmt.Sprintf("%g", *found)})
		}
	}
	w, f := &p.Weights, c.s.Weights
	for _, k := range []struct {
		name          string
		stated, found *scenario.ByKind
	}{{"exposure", w.Exposure, f.Exposure}, {"shortfall", w.Shortfall, f.Shortfall}} {
		if k.stated != nil {
			price(k.name+".standing", k.stated.Standing, k.found.Standing)
			price(k.name+".operation", k.stated.Operation, k.found.Operation)
		}
	}
	price("mobilise", w.Mobilise, f.Mobilise)
	price("move", w.Move, f.Move)
	price("tour", w.Tour, f.Tour)
	price("on_the_way", w.OnTheWay, f.OnTheWay)
	price("short_tour", w.ShortTour, f.ShortTour)
	price("short_stay", w.ShortStay, f.ShortStay)
	price("ioc", w.IOC, f.IOC)
	price("foc", w.FOC, f.FOC)
	price("share", w.Share, f.Share)
	price("change", w.Change, f.Change)
	return all
}
