package plan_test

import (
	"testing"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Units a and b are at gate and tower on day 0; the gate is held until day 4 and again
// from day 6 on.
func gapped(t *testing.T) *plan.Evaluation {
	s := world(10, func(s *scenario.Scenario) {
		s.Units[0].At, s.Units[1].At = &scenario.Station{Post: "gate"}, &scenario.Station{Post: "tower"}
	})
	return evaluate(t, s, tour("a", held("gate", 4)), tour("b", held("tower", 10)), tour("c", leg("gate", 6, 10)))
}

// A gap is what is below its floor on days in a row; the largest comes first.
func TestGaps(t *testing.T) {
	type row struct {
		Post            string
		From, Until, On int
		Exposure, Worst float64
		Index           int
	}
	var got []row
	for _, g := range gapped(t).Gaps() {
		got = append(got, row{g.Line.Post.ID, g.From, g.Until, g.On, g.Exposure, g.Worst, g.Index})
	}
	same(t, []row{{"front", 5, 10, 5, 5, 1, 2}, {"gate", 4, 6, 4, 2, 1, 0}}, got)
}

// An area has the exposure of the areas below it.
func TestAreas(t *testing.T) {
	all := gapped(t).Areas()
	if a := all["all"]; a.Exposure != 7 || a.Demand != 25 || a.Daily[5] != 2 || a.Daily[4] != 1 {
		t.Errorf("all: %+v; want 7 of 25, 1 on day 4 and 2 on day 5", a)
	}
	if a := all["north"]; a.Exposure != 2 || a.Demand != 20 {
		t.Errorf("north: %+v; want 2 of 20", a)
	}
}

// Without the unit that follows at the gate on day 6, the gate is open for its four days.
func TestWithout(t *testing.T) {
	e := gapped(t)
	b := &plan.Backfill{Post: "gate", By: "c", Provides: []string{foot}, Leg: leg("gate", 6, 10)}
	if got := e.Without(b); got != 4 {
		t.Errorf("%g exposure-days more, want 4", got)
	}
	b.Provides = []string{horse}
	if got := e.Without(b); got != 0 {
		t.Errorf("%g exposure-days more by what it does not provide, want 0", got)
	}
}
