package planner

import (
	"context"
	"fmt"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// CompareOptions are the options of [Case.Compare].
type CompareOptions struct {
	Before *plan.Plan `json:"-"`
	After  *plan.Plan `json:"-"`
	Was    *Case      `json:"-"` // scenario of the first plan; nil if both are of one
}

func (o *CompareOptions) about(plans []*plan.Plan) { o.Before, o.After = plans[0], plans[1] }

// Compared is what two plans achieve, and what the second does otherwise.
type Compared struct {
	Before  *plan.Metrics `json:"before"`
	After   *plan.Metrics `json:"after"`
	Changes *plan.Changes `json:"changes"`
}

var compareQuestion = define(Question{
	Name: "compare", Title: "What is otherwise in the other plan?", Plans: 2,
	Doc: "Sets two plans side by side: their numbers, recomputed, and the legs, posts and contributors that differ.",
}, (*Case).Compare, tellCompared)

// Compare sets two plans side by side, of one scenario or of two versions of it. The
// numbers are the checker's.
func (c *Case) Compare(_ context.Context, _ Variant, _ Search, what CompareOptions) (*Compared, error) {
	var found [2]*plan.Evaluation
	var metrics [2]*plan.Metrics
	for i, p := range []*plan.Plan{what.Before, what.After} {
		of := c
		if i == 0 && what.Was != nil {
			of = what.Was
		}
		checked, s, err := of.Verify(p)
		if err != nil {
			return nil, fmt.Errorf("plan %d: %w", i+1, err)
		}
		if found[i], err = plan.Evaluate(s, p); err != nil {
			return nil, fmt.Errorf("plan %d: %w", i+1, err)
		}
		metrics[i] = checked.Metrics
	}
	return &Compared{metrics[0], metrics[1], plan.Diff(found[0], found[1])}, nil
}

// tellCompared says how many legs differ and what that does to exposure.
func tellCompared(_ *scenario.Scenario, x *Compared) Answer {
	a := Answer{
		Title: "What is otherwise in the other plan?", Head: []string{"", "Before", "After", "Difference"}, Numbers: []int{1, 2, 3},
		Text: []string{fmt.Sprintf("%s added, %s dropped.", words.Plural(float64(x.Changes.Added), "leg"), words.Quantity(float64(x.Changes.Dropped)))},
	}
	for _, row := range []struct {
		name string
		of   func(*plan.Metrics) float64
	}{
		{"Exposure-days at standing posts", func(m *plan.Metrics) float64 { return m.ExposureDays.Standing }},
		{"Exposure-days at operations", func(m *plan.Metrics) float64 { return m.ExposureDays.Operations }},
		{"Moves", func(m *plan.Metrics) float64 { return float64(m.Moves) }},
		{"Cost", func(m *plan.Metrics) float64 { return m.Objective }},
	} {
		before, after := row.of(x.Before), row.of(x.After)
		a.Rows = append(a.Rows, []string{row.name, words.Quantity(before), words.Quantity(after), words.Signed(after - before)})
	}
	return a
}
