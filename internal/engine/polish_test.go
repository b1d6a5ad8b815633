package engine

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/internal/milp"
	"github.com/rearguard/rearguard/scenario"
)

// TestPolishPicksTogether has one unit at a post that another could hold, which
// leaves the post that only the first can hold empty. The program swaps both.
func TestPolishPicksTogether(t *testing.T) {
	s := crowded()
	s.Capabilities = append(s.Capabilities, scenario.Capability{ID: "guard"})
	s.Posts = s.Posts[:2] // at one time
	s.Posts[1].Lines[0].Capability = "guard"
	one := scenario.Exactly(1)
	s.Units = s.Units[:2]
	s.Units[0].Provides = map[string]scenario.Quantity{"work": one, "guard": one}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := compile(r, 2)
	if err != nil {
		t.Fatal(err)
	}
	solver, err := milp.New("wasm")
	if err != nil {
		t.Fatal(err)
	}
	p := &polisher{search: newSearch(in, 1), solver: solver}
	p.pool = newPool(2)
	// Had before: the second unit at the first post, then the first at the second.
	for _, u := range []int{1, 0} {
		p.respond(u)
		p.pool.remember(int32(u), p.schedules[u])
	}
	least := p.cost
	p.take(make([]schedule, 2))
	p.respond(0)
	if p.cost <= least {
		t.Fatal("one unit is as good as two")
	}
	p.keep()
	for tries := 0; !p.try(context.Background()); tries++ {
		if tries == 20 {
			t.Fatal("the swap is not found")
		}
	}
	if p.cost > least+1e-6 {
		t.Errorf("cost %v, want %v", p.cost, least)
	}
	if p.try(context.Background()) {
		t.Error("better than the best")
	}
}
