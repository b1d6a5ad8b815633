package planner_test

import (
	"context"
	"testing"

	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// bought buys postures for five D-days of the tiny example.
func bought(t *testing.T, worst bool, threads int, offers map[string][]scenario.Posture) *planner.Postures {
	t.Helper()
	s := tiny(t)
	for i := range s.Units {
		s.Units[i].Postures = offers[s.Units[i].ID]
	}
	x, err := planner.Checked(s).Postures(context.Background(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 200, Threads: threads}, planner.PosturesOptions{
		DDayOptions: planner.DDayOptions{Operation: "reassurance", FirstDay: new(s.Calendar.Date(19)), LastDay: new(s.Calendar.Date(35)), Step: 4}, Worst: worst,
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestBuyWhatSaves offers a hospital and a battlegroup at shorter notice: each makes
// the operation ready earlier if D-day comes early. The one for Tapa's backfill is
// of no use, and the last one is too dear.
func TestBuyWhatSaves(t *testing.T) {
	x := bought(t, false, 0, map[string][]scenario.Posture{
		"nor-med": {{Notice: 2, Cost: 4}, {Notice: 0, Cost: 1000}}, "fra-1": {{Notice: 3, Cost: 1}}, "gbr-2": {{Notice: 29, Cost: 1}},
	})
	if len(x.Bought) != 2 || x.Bought[0].Unit != "nor-med" || x.Bought[0].Notice != 2 || x.Bought[1].Unit != "fra-1" || x.Others != 2 {
		t.Fatalf("bought %+v, %d others; want nor-med at 2 days, fra-1, and 2 others", x.Bought, x.Others)
	}
	if b := x.Bought[0]; b.Days != 35 || b.Cost != 140 || b.Saves <= b.Cost {
		t.Errorf("%+v; want 35 days for 140, which save more", b)
	}
	for i := range x.After {
		if a, b := x.After[i], x.Before[i]; a.Outcome.Objective > b.Outcome.Objective+1e-6 || a.IOCAfter == nil || *a.IOCAfter > 10 {
			t.Errorf("D-day %s: cost %g after %g, IOC %v; want no more, and D+10, when the hospital is due", a.DDay, a.Outcome.Objective, b.Outcome.Objective, a.IOCAfter)
		}
	}
}

// TestBuyFromADay: a posture that starts after the orders would have to go out
// costs days only from its start.
func TestBuyFromADay(t *testing.T) {
	x := bought(t, true, 0, map[string][]scenario.Posture{"fra-1": {{Notice: 3, From: scenario.DayTime(5), Cost: 1}}})
	if len(x.Bought) != 1 || x.Bought[0].Days != 30 || x.Bought[0].Cost != 30 {
		t.Errorf("%+v; want fra-1 for 30 days at 30", x.Bought)
	}
}

func TestBuyNothingUseless(t *testing.T) {
	x := bought(t, false, 0, map[string][]scenario.Posture{"gbr-2": {{Notice: 29, Cost: 1}}})
	if len(x.Bought) != 0 || x.Others != 1 {
		t.Errorf("bought %+v; want nothing", x.Bought)
	}
}

func TestBuyOnAnyThreads(t *testing.T) {
	offers := map[string][]scenario.Posture{"nor-med": {{Notice: 2, Cost: 4}}, "fra-1": {{Notice: 3, Cost: 1}}}
	a, b := bought(t, false, 1, offers), bought(t, false, 2, offers)
	for i := range a.After {
		if a.After[i].Outcome.Objective != b.After[i].Outcome.Objective {
			t.Errorf("D-day %s: %g and %g", a.After[i].DDay, a.After[i].Outcome.Objective, b.After[i].Outcome.Objective)
		}
	}
}
