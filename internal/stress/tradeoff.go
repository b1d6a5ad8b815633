package stress

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Curve is the trade-off of standing exposure against the operations': points of
// which none is better than another in both.
type Curve struct {
	Points   []Point `json:"points"` // least standing exposure first
	Knee     int     `json:"knee"`   // index of the point furthest below the line between the ends; -1 with fewer than three
	Searches int     `json:"searches"`
}

// Point is the best plan found at one pair of prices.
type Point struct {
	PriceStanding   float64 `json:"price_standing"` // of a day of full exposure
	PriceOperations float64 `json:"price_operations"`
	Outcome         Outcome `json:"outcome"` // objective, bound and gap at these prices
}

// steepest is the ratio of the two prices of exposure at the ends of the curve.
const steepest = 64

// Tradeoff plans a resolved scenario at n pairs of prices of exposure, from
// holding the flanks to serving the operations, and returns the plans that no
// other plan found beats in both. Each plan found counts at all prices.
func Tradeoff(ctx context.Context, s *scenario.Scenario, n int, o Options) (*Curve, error) {
	if n < 2 || len(s.Operations) == 0 {
		return nil, fmt.Errorf("a trade-off needs two points or more and an operation; here are %d and %d", n, len(s.Operations))
	}
	r := newRunner(ctx, o, n)
	points, at := make([]Point, n), make([]*scenario.Scenario, n)
	err := r.inChunks(n, func(i int, start *plan.Plan, allowance time.Duration) (*plan.Plan, error) {
		at[i] = priced(s, math.Pow(steepest, 1-2*float64(i)/float64(n-1)))
		out, err := r.solve(at[i], start, allowance)
		if err != nil {
			return nil, err
		}
		w := at[i].Weights.Exposure
		points[i] = Point{*w.Standing, *w.Operation, *out}
		return out.plan, nil
	})
	if err != nil {
		return nil, err
	}
	found := slices.Clone(points)
	for i := range points {
		for j := range found {
			p := *found[j].Outcome.plan
			p.Weights = *at[i].Weights
			out, err := better(at[i], &points[i].Outcome, &p)
			if err != nil {
				return nil, err
			}
			points[i].Outcome = *out
		}
	}
	c := &Curve{Points: undominated(points), Searches: n}
	c.Knee = knee(c.Points)
	return c, nil
}

// priced is a scenario with other prices of exposure, of the same sum.
func priced(s *scenario.Scenario, ratio float64) *scenario.Scenario {
	with, w := *s, *s.Weights
	sum := *w.Exposure.Standing + *w.Exposure.Operation
	standing, operation := sum*ratio/(1+ratio), sum/(1+ratio)
	w.Exposure = &scenario.ByKind{Standing: &standing, Operation: &operation}
	with.Weights = &w
	return &with
}

// undominated leaves the points that no other beats in both, one of equals.
func undominated(points []Point) (curve []Point) {
	slices.SortStableFunc(points, func(a, b Point) int {
		x, y := &a.Outcome, &b.Outcome
		return cmp.Or(cmp.Compare(round(x.ExposureStanding), round(y.ExposureStanding)), cmp.Compare(x.ExposureOperations, y.ExposureOperations))
	})
	least := math.Inf(1)
	for _, p := range points {
		if p.Outcome.ExposureOperations < least-1e-6 {
			least = p.Outcome.ExposureOperations
			curve = append(curve, p)
		}
	}
	return curve
}

func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// knee is the point furthest below the line between the ends, both axes from 0 to
// 1.
func knee(points []Point) int {
	best, most := -1, same
	if len(points) < 3 {
		return best
	}
	first, last := &points[0].Outcome, &points[len(points)-1].Outcome
	wide, high := last.ExposureStanding-first.ExposureStanding, first.ExposureOperations-last.ExposureOperations
	for i := range points[1 : len(points)-1] {
		o := &points[i+1].Outcome
		x, y := (o.ExposureStanding-first.ExposureStanding)/wide, (o.ExposureOperations-last.ExposureOperations)/high
		if below := 1 - x - y; below > most {
			best, most = i+1, below
		}
	}
	return best
}

// AsPlanned is a plan of the curve measured at the scenario's own prices, as the
// checker wants it; nothing is proven of it at these, so its bound is 0.
func AsPlanned(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
	q := *p
	q.Weights = *s.Weights
	if err := plan.Measure(s, &q, 0); err != nil {
		return nil, err
	}
	if r := verify.Check(s, &q); !r.OK() {
		return nil, &FaultError{r}
	}
	return &q, nil
}
