package engine

import (
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

// TestSqueezeNeedsAnotherUnit starts where two units hold two posts one after
// the other, and a third, at home, could hold both.
func TestSqueezeNeedsAnotherUnit(t *testing.T) {
	s := crowded()
	s.Capabilities = append(s.Capabilities, scenario.Capability{ID: "guard"})
	s.Posts = s.Posts[2:] // one after the other
	s.Posts[1].Lines[0].Capability = "guard"
	one := scenario.Exactly(1)
	s.Units = s.Units[:3]
	s.Units[0].Provides = map[string]scenario.Quantity{"work": one}
	s.Units[1].Provides = map[string]scenario.Quantity{"guard": one}
	s.Units[2].Provides = map[string]scenario.Quantity{"work": one, "guard": one}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := compile(r, 2)
	if err != nil {
		t.Fatal(err)
	}
	start := newSearch(in, 1)
	start.respond(0)
	start.respond(1)
	if !start.missesNothing() {
		t.Fatal("two units do not hold two posts")
	}
	q := newSqueeze(in, start.schedules, 1)
	for tries := 0; !q.try(); tries++ {
		if tries == 1000 {
			t.Fatal("one unit could hold both posts, and does not")
		}
	}
	start.take(q.schedules)
	if !start.missesNothing() || start.cost != in.mobilise {
		t.Errorf("cost %v, want that of one unit, %v", start.cost, in.mobilise)
	}
	if q = newSqueeze(in, start.schedules, 1); q == nil {
		t.Fatal("the plan has a unit from home")
	}
	for range 1000 {
		if q.try() {
			t.Fatal("two posts are held by nobody")
		}
	}
}
