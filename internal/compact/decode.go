package compact

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/plan"
)

// chosen is how near to 1 a whole column must be to stand for yes.
const chosen = 0.5

// Plan turns a solution of the program, each column's value by its name, into
// the plan that it stands for, with its metrics; columns at 0 may be missing.
// Values that are no plan, such as those of a relaxation, are errors.
func (p *Program) Plan(values map[string]float64) (*plan.Plan, error) {
	s := p.s
	out := plan.Of(s)
	for i := range s.Units {
		u := p.member(i)
		d := decoder{unitBlock: p.unit(&u), values: values}
		tours, err := d.read()
		if err != nil {
			return nil, fmt.Errorf("read the solution for unit %q: %w", u.ID, err)
		}
		out.Tours = append(out.Tours, tours...)
	}
	if err := plan.Measure(s, out, 0); err != nil {
		return nil, fmt.Errorf("measure the solution of %q: %w", s.Name, err)
	}
	return out, nil
}

// decoder reads the tours of one unit.
type decoder struct {
	*unitBlock
	values map[string]float64
}

func (d *decoder) yes(column int32) bool {
	return column != absent && d.values[d.columns[column].name] > chosen
}

// read reads the tour of day 0 and those from home.
func (d *decoder) read() (tours []plan.Tour, err error) {
	u := d.u
	if u.past != nil {
		return d.readAfterBegun()
	}
	for i := range d.zero.stays() {
		k := &d.zero.slots[i]
		if !d.yes(k.keep) {
			continue
		}
		start := d.s.Calendar.Date(0)
		leg := plan.Leg{Post: d.s.Posts[k.post].ID, As: k.as, Depart: start, Arrive: start, Effective: start}
		t, err := d.follow(d.zero, k, 0, leg)
		if err != nil {
			return nil, err
		}
		tours = append(tours, t)
	}
	return d.fromHome(tours)
}

// readAfterBegun reads what follows on what the unit has begun.
func (d *decoder) readAfterBegun() ([]plan.Tour, error) {
	tours := d.u.past.tours
	last := &tours[len(tours)-1]
	t, err := d.follow(d.zero, &d.zero.slots[0], d.u.past.until-1, plan.Leg{Post: last.Legs[len(last.Legs)-1].Post})
	if err != nil {
		return nil, err
	}
	last.Legs, last.Home = append(last.Legs, t.Legs[1:]...), t.Home
	return d.fromHome(tours)
}

// fromHome reads the tours that begin at home, after others.
func (d *decoder) fromHome(tours []plan.Tour) ([]plan.Tour, error) {
	u := d.u
	for i := range d.tours.slots {
		k := &d.tours.slots[i]
		for _, m := range k.moves {
			if m.hop || !d.yes(m.column) {
				continue
			}
			t, err := d.follow(d.tours, k, m.effective, d.leg(k, m, int(u.Notice)))
			if err != nil {
				return nil, err
			}
			tours = append(tours, t)
		}
	}
	slices.SortStableFunc(tours, func(a, b plan.Tour) int { return cmp.Compare(a.Legs[0].Depart, b.Legs[0].Depart) })
	return tours, nil
}

// follow reads a tour on from a leg that is effective on a day.
func (d *decoder) follow(l *layer, k *stay, effective int, leg plan.Leg) (plan.Tour, error) {
	date := d.s.Calendar.Date
	t := plan.Tour{Unit: d.u.ID}
	for {
		end := effective + 1
		for end <= d.days && !d.yes(k.home[end]) && !d.yes(k.leave[end]) {
			end++
		}
		if end > d.days {
			return t, fmt.Errorf("its leg at post %q from %s has no end", leg.Post, leg.Effective)
		}
		leg.Until = date(end)
		d.decide(&leg)
		t.Legs = append(t.Legs, leg)
		if d.yes(k.home[end]) {
			t.Home = date(end + k.back)
			return t, nil
		}
		to, m, ok := d.hop(l, end)
		if !ok {
			return t, fmt.Errorf("it leaves post %q on %s for nowhere", leg.Post, leg.Until)
		}
		k, effective = to, m.effective
		leg = d.leg(k, m, int(d.u.Redeploy))
	}
}

// hop finds the movement between posts on a day.
func (d *decoder) hop(l *layer, depart int) (*stay, move, bool) {
	for i := range l.slots {
		k := &l.slots[i]
		for _, m := range k.moves {
			if m.hop && m.depart == depart && d.yes(m.column) {
				return k, m, true
			}
		}
	}
	return nil, move{}, false
}

// leg writes a movement as a leg without its end.
func (d *decoder) leg(k *stay, m move, notice int) plan.Leg {
	date := d.s.Calendar.Date
	lift := plan.Self
	if m.Pool >= 0 {
		lift = d.s.Lift[m.Pool].ID
	}
	order := date(m.depart - notice)
	return plan.Leg{
		Post: d.s.Posts[k.post].ID, As: k.as, Lift: &lift, OrderBy: &order, DecideBy: &order,
		Depart: date(m.depart), Arrive: date(m.depart + m.Days()), Effective: date(m.effective),
	}
}
