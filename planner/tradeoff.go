package planner

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/internal/words"
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
	plan            *plan.Plan
}

// steepest is the ratio of the two prices of exposure at the ends of the curve.
const steepest = 64

// TradeoffOptions are the options of [Case.Tradeoff].
type TradeoffOptions struct {
	Points int `json:"points,omitempty" default:"12" minimum:"2" maximum:"100" doc:"Plans to make, from holding the flanks to serving the operations."`
}

var tradeoffQuestion = define(Question{
	Name: "tradeoff", Title: "What do the operations cost the flanks?",
	Doc: "Plans at several pairs of prices of exposure; of the plans none is better than another in both.",
}, (*Case).Tradeoff, tellCurve)

// NothingError says why a question has nothing to answer in a scenario.
type NothingError struct{ Question, Why string }

func (e *NothingError) Error() string { return e.Why }

// Tradeoff plans at pairs of prices of exposure, from holding the flanks to serving the
// operations, and returns the plans that no other plan found beats in both. Each plan
// found counts at all prices. Without an operation that happens it is a *[NothingError].
func (c *Case) Tradeoff(ctx context.Context, v Variant, o Search, what TradeoffOptions) (*Curve, error) {
	s, err := c.begin("tradeoff", v, &o, &what)
	if err != nil {
		return nil, err
	}
	if len(s.Operations) == 0 {
		return nil, &NothingError{"tradeoff", "no operation happens, so that there is nothing to trade the standing posts for"}
	}
	n := what.Points
	r := newRunner(ctx, o, n)
	points, at := make([]Point, n), make([]*scenario.Scenario, n)
	err = r.inChunks(n, func(i int, start *plan.Plan, allowance time.Duration) (*plan.Plan, error) {
		at[i] = priced(s, math.Pow(steepest, 1-2*float64(i)/float64(n-1)))
		out, err := r.solve(at[i], start, allowance)
		if err != nil {
			return nil, err
		}
		w := at[i].Weights.Exposure
		points[i] = Point{PriceStanding: *w.Standing, PriceOperations: *w.Operation, Outcome: *out}
		return out.plan, nil
	})
	if err != nil {
		return nil, err
	}
	found := slices.Clone(points)
	for i := range points {
		for j := range found {
			out, err := better(at[i], &points[i].Outcome, found[j].Outcome.plan)
			if err != nil {
				return nil, err
			}
			points[i].Outcome = *out
		}
	}
	curve := &Curve{Points: undominated(points), Searches: n}
	for i := range curve.Points {
		x := &curve.Points[i]
		if x.plan, err = asPlanned(s, x.Outcome.plan); err != nil {
			return nil, err
		}
	}
	curve.Knee = knee(curve.Points)
	return curve, nil
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

// Plan is the plan of the point, measured at the scenario's own prices; nothing is proven
// of it at these, so its bound is 0. Nil for a point that was read from JSON.
func (p *Point) Plan() *plan.Plan { return p.plan }

// asPlanned is a plan at a scenario's own prices.
func asPlanned(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
	q := asPlanOf(s, p)
	if err := plan.Measure(s, q, 0); err != nil {
		return nil, err
	}
	if r := verify.Check(s, q); !r.OK() {
		return nil, &FaultError{r}
	}
	return q, nil
}

// tellCurve is the trade-off of the flanks against the operations.
func tellCurve(_ *scenario.Scenario, c *Curve) Answer {
	a := Answer{
		Title:   "What do the operations cost the flanks?",
		Text:    []string{"Plans at other prices of exposure, of which none is better than another in both."},
		Head:    []string{"Standing posts", "Operations", "Gap", ""},
		Numbers: []int{0, 1, 2},
		Chart:   &Chart{Kind: "curve", X: "exposure-days at standing posts", Y: "at operations", Series: []Series{{Name: "plans", Mark: c.Knee}}},
	}
	for i, p := range c.Points {
		knee := ""
		if i == c.Knee {
			knee = "knee"
		}
		a.Rows = append(a.Rows, []string{words.Quantity(p.Outcome.ExposureStanding), words.Quantity(p.Outcome.ExposureOperations), words.Gap(p.Outcome.Gap), knee})
		a.Chart.Series[0].X = append(a.Chart.Series[0].X, p.Outcome.ExposureStanding)
		a.Chart.Series[0].Y = append(a.Chart.Series[0].Y, &c.Points[i].Outcome.ExposureOperations)
	}
	if len(c.Points) == 1 {
		a.Text = append(a.Text, "One plan is the best in both: there is nothing to trade.")
		a.Chart = nil
	}
	return a
}
