package engine

import (
	"fmt"
	"math"

	"github.com/rearguard/rearguard/plan"
)

// plan writes the best schedules as a plan and evaluates it.
func (r *solve) plan() (*plan.Plan, error) {
	s := r.source
	p := plan.Of(s)
	p.ScenarioSHA256, p.Stop, p.Seed, p.Iterations = r.o.Scenario, r.stop, r.o.Seed, r.iteration
	for i, sc := range r.search.best {
		tours := r.toursBegun(i)
		for from := 0; from < len(sc); {
			to := from
			for sc[to].home < 0 {
				to++
			}
			t := r.tour(i, sc[from:to+1])
			if from == 0 && r.units[i].goesOn(sc) {
				last := &tours[len(tours)-1]
				last.Legs, last.Home = append(last.Legs, t.Legs...), t.Home
			} else {
				tours = append(tours, t)
			}
			from = to + 1
		}
		p.Tours = append(p.Tours, tours...)
	}
	if err := r.measure(p); err != nil {
		return nil, fmt.Errorf("measure the plan of %q: %w", s.Name, err)
	}
	return p, nil
}

// measure fills a plan's metrics. A proof above the plan's cost is an error of its
// own (plan.BoundError), but for the digits that sums of the prices of pins lose.
func (r *solve) measure(p *plan.Plan) error {
	if err := plan.Measure(r.source, p, 0); err != nil || r.relax == nil { // every plan costs at least nothing
		return err
	}
	bound := r.relax.bound
	if x := p.Metrics.Objective; bound > x && bound <= x+r.pinRounding() {
		bound = x
	}
	p.Metrics.Unavoidable = r.relax.unavoidable()
	return p.Metrics.SetBound(math.Max(bound, 0), r.empty)
}

// unavoidable is the exposure that nobody can reach to prevent, as far as it was found;
// what sums lose of their last digits is not called missing.
func (r *relaxation) unavoidable() *plan.Unavoidable {
	if r.most == nil {
		return nil
	}
	var x plan.Unavoidable
	for i := range r.plain.lines {
		l := &r.plain.lines[i]
		for d := l.from; d < l.until && l.floor > 0; d++ {
			missing := (l.floor - r.most[i*r.horizon+d]) / l.floor
			if missing < 1e-6 {
				continue
			}
			if l.operation {
				x.Operations += missing - 1e-9
			} else {
				x.Standing += missing - 1e-9
			}
		}
	}
	return &x
}

// pinRounding is by how much the prices of pins, which cancel where pins are kept,
// may leave a sum wrong: 64 roundings of each.
func (in *instance) pinRounding() float64 {
	days := 0
	for i := range in.units {
		days += in.units[i].pinDays
	}
	return 64 * 0x1p-52 * in.pinPrice * float64(days)
}

// tour writes the legs of one tour of unit i with their orders.
func (r *solve) tour(i int, legs []leg) plan.Tour {
	s, u := r.source, &r.units[i]
	date := s.Calendar.Date
	t := plan.Tour{Unit: u.id, Home: date(int(legs[len(legs)-1].home))}
	for j := range legs {
		l := &legs[j]
		at := &u.stops[u.slots[l.slot].stop]
		out := plan.Leg{
			Post: r.postIDs[at.post], As: u.slots[l.slot].as,
			Depart: date(int(l.depart)), Arrive: date(int(l.arrive)),
			Effective: date(int(l.effective)), Until: date(int(l.until)),
		}
		if l.lift != onDayZero {
			lift := plan.Self
			if l.lift >= 0 {
				lift = r.poolNames[l.lift]
			}
			out.Lift = &lift
			r.orderLeg(u, at, &out, int(l.depart), l.depart != l.start)
		}
		t.Legs = append(t.Legs, out)
	}
	return t
}
