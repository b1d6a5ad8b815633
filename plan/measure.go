package plan

import (
	"fmt"
	"math"

	"github.com/rearguard/rearguard/scenario"
)

// same is the tolerance of comparisons of cover (docs/model.md, Settled 12).
const same = 1e-9

// Measure evaluates a plan of a resolved scenario and fills its metrics, given
// the proven bound. NewExposure stays nil: it needs a second plan. If the plan
// costs less than the bound, the error is a *BoundError. After an error its metrics
// are as they were.
func Measure(s *scenario.Scenario, p *Plan, bound float64) error {
	e, err := Evaluate(s, p)
	if err != nil {
		return err
	}
	m := &Metrics{
		ExposureDays:  e.tally((*LineCover).Exposure),
		ShortfallDays: e.tally((*LineCover).Shortfall),
		WorstDay:      e.worstDay(),
		IOC:           map[string]*scenario.Date{}, FOC: map[string]*scenario.Date{},
		CoverByPledge: e.coverByPledge(),
		Backfills:     len(e.Backfills()),
		Iterations:    p.Iterations, Stop: p.Stop, Seed: p.Seed, ScenarioSHA256: p.ScenarioSHA256,
	}
	m.UnitsUsed, m.Moves = p.moves()
	m.Changes = p.changes(s)
	w := s.Weights
	m.Objective = e.Missing + *w.Mobilise*float64(m.UnitsUsed) + *w.Move*float64(m.Moves) + *w.Share*e.unfairness() + *w.Change*float64(m.Changes)
	m.Objective += e.rotation() + e.readiness(m)
	if err := m.SetBound(bound, e.Empty); err != nil {
		return err
	}
	p.Metrics = m
	return nil
}

// BoundError says that a plan costs less than what was proven that every plan
// costs: the proof is false, and with it all that rests on it.
type BoundError struct{ Bound, Objective float64 }

func (e *BoundError) Error() string {
	return fmt.Sprintf("a plan costs %.9g, but every plan was proven to cost at least %.9g; this is a fault of the program, please report it with the scenario",
		e.Objective, e.Bound)
}

// Rounding is by how much sums of double precision may differ that are equal but
// for their order: relative to an objective, and to the cost of no cover at all,
// which sums start from.
func Rounding(objective, empty float64) float64 {
	return 1e-7*math.Max(1, math.Abs(objective)) + 1e-11*math.Abs(empty)
}

// SetBound sets the bound and the gaps that follow; empty is the cost of no cover
// at all. A bound above the objective by more than Rounding is a *BoundError, and
// nothing is set; one above it by less becomes the objective.
func (m *Metrics) SetBound(bound, empty float64) error {
	if bound > m.Objective+Rounding(m.Objective, empty) || math.IsNaN(bound) {
		return &BoundError{Bound: bound, Objective: m.Objective}
	}
	m.Bound = math.Min(bound, m.Objective)
	m.Gap = OptimalityGap(m.Objective, m.Bound)
	m.GapOfCover = part(m.Objective-m.Bound, empty)
	return nil
}

// OptimalityGap is the part of a cost that some other plan may save, for all that is proven: 1
// or more where nothing is.
func OptimalityGap(objective, bound float64) float64 { return part(objective-bound, objective) }

// part is x / of, and 0 of nothing.
func part(x, of float64) float64 {
	if x == 0 || of == 0 {
		return 0
	}
	return x / of
}

// moves counts the units that leave home and the legs that are not of day 0.
func (p *Plan) moves() (units, legs int) {
	left := map[string]bool{}
	for _, t := range p.Tours {
		for i, l := range t.Legs {
			if l.OnDayZero() {
				continue
			}
			legs++
			if i == 0 {
				left[t.Unit] = true
			}
		}
	}
	return len(left), legs
}

// tally sums what is missing over days, by area, post and operation.
func (e *Evaluation) tally(missing func(*LineCover, int) float64) Tally {
	t := Tally{ByArea: map[string]float64{}, ByPost: map[string]float64{}, ByOperation: map[string]float64{}}
	areaOf := map[string]string{}
	for _, p := range e.Scenario.Places {
		areaOf[p.ID] = p.Area
	}
	for _, op := range e.Scenario.Operations {
		t.ByOperation[op.ID] = 0
	}
	within := map[string]float64{}
	for i := range e.Lines {
		l := &e.Lines[i]
		sum := 0.0
		for d := l.From; d < l.Until; d++ {
			sum += missing(l, d)
		}
		t.Total += sum
		if l.Post.Operation == "" {
			t.Standing += sum
		} else {
			t.Operations += sum
			t.ByOperation[l.Post.Operation] += sum
		}
		within[areaOf[l.Post.Place]] += sum
		if sum > 0 {
			t.ByPost[l.Post.ID] += sum
		}
	}
	for _, a := range e.Scenario.Areas {
		sum := 0.0
		for _, b := range a.Descendants {
			sum += within[b]
		}
		t.ByArea[a.ID] = sum
	}
	return t
}

func (e *Evaluation) worstDay() WorstDay {
	days := make([]float64, e.Scenario.Calendar.Days)
	for i := range e.Lines {
		l := &e.Lines[i]
		for d := l.From; d < l.Until; d++ {
			days[d] += l.Exposure(d)
		}
	}
	worst := 0
	for d, x := range days {
		if x > days[worst]+same {
			worst = d
		}
	}
	return WorstDay{Date: e.Scenario.Calendar.Date(worst), Exposure: days[worst]}
}

func (e *Evaluation) coverByPledge() map[scenario.Pledge]float64 {
	total := 0.0
	for _, p := range scenario.Pledges {
		total += e.pledged[p]
	}
	shares := map[scenario.Pledge]float64{}
	for _, p := range scenario.Pledges {
		shares[p] = part(e.pledged[p], total)
	}
	return shares
}

// unfairness sums, over operations, contributors and days, the persons above
// the agreed share as a part of the operation's size.
func (e *Evaluation) unfairness() float64 {
	sum := 0.0
	for _, op := range e.Scenario.Operations {
		if op.Size == 0 {
			continue
		}
		for _, c := range e.Scenario.Contributors {
			if c.Share == nil {
				continue
			}
			for _, n := range e.Burden(op.ID, c.ID) {
				sum += math.Max(0, n-*c.Share*float64(op.Size)) / float64(op.Size)
			}
		}
	}
	return sum
}

// Burden is the persons that a contributor has on legs of an operation, by day.
func (e *Evaluation) Burden(operation, contributor string) []float64 {
	c := e.Scenario.Calendar
	days := make([]float64, c.Days)
	posts := map[string]bool{}
	for _, p := range e.Scenario.Posts {
		posts[p.ID] = p.Operation == operation
	}
	for _, t := range e.Plan.Tours {
		u := e.units[t.Unit]
		if u.Contributor != contributor {
			continue
		}
		for _, l := range t.Legs {
			if posts[l.Post] {
				for d := c.Day(l.Depart); d < c.Day(l.Until); d++ {
					days[d] += u.Persons.Likely
				}
			}
		}
	}
	return days
}
