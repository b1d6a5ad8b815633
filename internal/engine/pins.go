package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// PinError says that no plan was found that keeps all pins and given orders.
type PinError struct {
	Unkept []Unkept  // by unit, in the scenario's order
	Stop   plan.Stop // why the search ended
}

// Unkept is what one unit does not keep in the best plan found.
type Unkept struct {
	Unit   string
	Wanted []Wanted
	// Never is proven: the unit would not keep all that is wanted of it if it were
	// the only one. Otherwise no plan was found that does.
	Never bool
}

// Wanted is a pin of a unit, or an order given to it: [From, Until) at a post. An
// order is dated from its departure.
type Wanted struct {
	Post        string
	From, Until scenario.Date
	Given       bool // an order
}

// Error is plain; what is shown to people is made of the fields (report.Unkept).
func (e *PinError) Error() string {
	var all []string
	for _, u := range e.Unkept {
		for _, w := range u.Wanted {
			all = append(all, fmt.Sprintf("unit %q at post %q from %s until %s", u.Unit, w.Post, w.From, w.Until))
		}
	}
	return "no plan was found that keeps all pins and given orders: " + strings.Join(all, "; ")
}

// Units are the IDs of the units concerned.
func (e *PinError) Units() []string {
	ids := make([]string, len(e.Unkept))
	for i := range e.Unkept {
		ids[i] = e.Unkept[i].Unit
	}
	return ids
}

// Never reports whether it is proven that no plan keeps all pins and given orders.
func (e *PinError) Never() bool {
	return slices.ContainsFunc(e.Unkept, func(u Unkept) bool { return u.Never })
}

// unkeptDays counts the days of pins and given orders that a unit's schedule misses.
func (in *instance) unkeptDays(i int, sc schedule) int {
	u := &in.units[i]
	missed := u.pinDays
	for j := range sc {
		missed -= pinnedDays(&u.slots[sc[j].slot], &sc[j])
	}
	return missed
}

// unkeptUnits lists the units whose schedules miss such days, and counts the days.
func (in *instance) unkeptUnits(schedules []schedule) (units []int32, days int) {
	for i := range in.units {
		if in.units[i].pinDays == 0 {
			continue
		}
		if missed := in.unkeptDays(i, schedules[i]); missed > 0 {
			units, days = append(units, int32(i)), days+missed
		}
	}
	return units, days
}

// pinTries is how often a first plan that misses pins is mended, whatever the
// clock: a plan that misses one is none. One try in so many is thorough.
const (
	pinTries       = 200
	rarelyThorough = 8
)

// keepPins mends the best plan so far until all pins are kept or its tries are spent,
// and reports whether there is no point in going on: a unit cannot keep what is wanted
// of it, whatever else is planned.
func (s *search) keepPins(stop func() bool) (never bool) {
	for n := 0; n < pinTries && s.missesPins && !stop(); n++ {
		if n == rarelyThorough {
			unkept, _ := s.unkeptUnits(s.best)
			never = slices.ContainsFunc(unkept, func(u int32) bool { return s.neverKeeps(int(u)) })
		}
		if never {
			break
		}
		s.tryPins(n%rarelyThorough == rarelyThorough-1)
	}
	if s.cost > s.least {
		s.restore()
	}
	return never
}

// tryPins takes a unit out that misses pins, with a few others that may be in its
// way, and lets it choose first. It reports whether the plan is better than ever
// before; one that misses more days is taken back.
func (s *search) tryPins(thorough bool) bool {
	unkept, missed := s.unkeptUnits(s.schedules)
	if len(unkept) == 0 {
		return false
	}
	before := s.cost
	s.ruined, s.old = s.ruined[:0], s.old[:0]
	s.takeOut(unkept[s.rng.IntN(len(unkept))])
	for range 1 + s.rng.IntN(mostRuined) {
		pool := s.pinned
		if s.rng.IntN(2) == 0 {
			pool = nil // anybody
		}
		s.takeAny(pool, 1)
	}
	for i, u := range s.ruined {
		s.path.redeploying = everywhere
		if i == 0 && thorough {
			s.path.redeploying = fromAnyDay
		}
		s.respond(int(u))
	}
	if _, now := s.unkeptUnits(s.schedules); now > missed {
		for _, u := range s.ruined {
			s.replace(int(u), nil)
		}
		for i, u := range s.ruined {
			s.replace(int(u), s.old[i])
		}
		s.cost = before
	}
	if s.cost < s.least-1e-9 {
		s.keep()
		return true
	}
	return false
}

// pinsHold checks the rule `fixed` in the best plan, given the context of the whole.
func (r *solve) pinsHold(ctx context.Context) error {
	units, _ := r.unkeptUnits(r.search.best)
	if len(units) == 0 {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted before a plan was found that keeps all pins and given orders: %w", context.Cause(ctx))
	}
	e := &PinError{Stop: r.stop}
	for _, i := range units {
		e.Unkept = append(e.Unkept, r.unkept(int(i)))
	}
	return e
}

// unkept says what a unit does not keep in the best plan.
func (r *solve) unkept(i int) Unkept {
	u, sc, date := &r.units[i], r.search.best[i], r.source.Calendar.Date
	out := Unkept{Unit: u.id, Never: r.neverKeeps(i)}
	at := func(l *leg, post string) bool { return r.postIDs[u.stops[u.slots[l.slot].stop].post] == post }
	for _, pin := range r.source.Pins {
		from, until := max(u.open(), pin.From.Number()), min(r.horizon, pin.Until.Number())
		kept := -u.past.missed(r.instance, u, &pin)
		for j := range sc {
			if l := &sc[j]; at(l, pin.Post) {
				kept += max(0, min(until, int(l.until))-max(from, int(l.effective)))
			}
		}
		if pin.Unit == u.id && !pin.Forbid && kept < max(0, until-from) {
			out.Wanted = append(out.Wanted, Wanted{Post: pin.Post, From: date(from), Until: date(until)})
		}
	}
	for _, x := range r.source.InForce {
		served := func(l leg) bool {
			k := u.slots[l.slot].keep
			return k != nil && at(&l, x.Post) && u.slots[l.slot].as == x.As && int(k.depart) == x.Depart.Number() && int(k.until) == x.Until.Number()
		}
		if x.Unit == u.id && x.Given && !r.keptByPast(u, &x) && !slices.ContainsFunc(sc, served) {
			out.Wanted = append(out.Wanted, Wanted{Post: x.Post, From: date(x.Depart.Number()), Until: date(x.Until.Number()), Given: true})
		}
	}
	return out
}

// neverKeeps reports whether it is proven that a unit cannot keep its pins and
// given orders, even if it were the only one and nothing but pins counted.
func (in *instance) neverKeeps(i int) bool {
	alone := *in
	alone.mobilise, alone.lost, alone.goals, alone.wants, alone.lines = 0, 0, nil, make([][]want, len(in.lines)), slices.Clone(in.lines)
	for j := range alone.lines {
		alone.lines[j].below, alone.lines[j].short = 0, 0
	}
	u := in.units[i]
	u.move, u.dropped, u.slots = 0, 0, slices.Clone(u.slots)
	for j := range u.slots {
		u.slots[j].extra = 0
	}
	alone.units, alone.operations = []unit{u}, slices.Clone(in.operations)
	for j := range alone.operations {
		alone.operations[j].price = 0
	}
	s, path := newState(&alone), newPathfinder(&alone).all()
	s.apply(0, nil, -1)
	path.proving = true
	path.best(0, s, nil)
	return in.pinPrice*float64(u.pinDays)-path.worth > in.pinPrice/2
}
