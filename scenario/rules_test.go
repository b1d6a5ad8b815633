package scenario

import (
	"slices"
	"testing"
)

// ruled is a resolved scenario with an owner that bars land service in the east during
// the phase "fight" (days 2 to 4), and a unit that cannot serve at a port.
func ruled(t *testing.T) (*Scenario, *Rules) {
	t.Helper()
	s := &Scenario{
		Calendar:     Calendar{Start: mustDate(t, "2025-04-01"), Days: 10},
		Capabilities: []Capability{{ID: "foot", Domain: "land", Substitutes: map[string]float64{"horse": 0.5}, OnStation: OnStation{Given: 2}}, {ID: "horse", Domain: "land"}, {ID: "ship", Domain: "sea"}},
		Areas:        []Area{{ID: "all"}, {ID: "east", Parent: "all"}},
		Places:       []Place{{ID: "front", Area: "east", Host: "EST"}, {ID: "port", Area: "all"}},
		Contributors: []Contributor{{ID: "us", Approval: 3, Caveats: []Caveat{{Area: []string{"all"}, Domain: []string{"land"}, Phase: []string{"fight"}, Operation: []string{"war"}}}}},
		Operations:   []Operation{{ID: "war", DDay: DDay{Likely: DayTime(5)}, Warning: new(Days(2)), Phases: []Phase{{ID: "fight", From: DayTime(2), Until: DayTime(4)}}}},
		Posts:        []Post{{ID: "line", Place: "front", Operation: "war"}, {ID: "dock", Place: "port"}},
		Units: []Unit{
			{ID: "riders", Contributor: "us", Provides: map[string]Quantity{"horse": Exactly(4)}, Caveats: []Caveat{{Post: []string{"dock"}, Capability: []string{"horse"}}}},
			{ID: "crew", Contributor: "us", Provides: map[string]Quantity{"ship": Exactly(1)}},
		},
	}
	r, err := Resolve(s, Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r, NewRules(r)
}

func TestGives(t *testing.T) {
	s, r := ruled(t)
	riders := &s.Units[0]
	for _, c := range []struct {
		as, capability string
		want           float64
	}{{ServesAll, "horse", 4}, {ServesAll, "foot", 0}, {"foot", "foot", 1}, {"foot", "horse", 0}, {ServesAll, "nothing", 0}} {
		if got := r.Gives(riders, c.as, c.capability); got != c.want {
			t.Errorf("as %s it gives %g of %s, want %g", c.as, got, c.capability, c.want)
		}
	}
	if !r.StandsIn(riders, "foot") || r.StandsIn(riders, "horse") || r.StandsIn(riders, "ship") {
		t.Error("riders stand in for foot only")
	}
}

// A caveat's fields are joined by and; one with a phase bars its days only.
func TestBarred(t *testing.T) {
	s, r := ruled(t)
	riders, crew, line, dock := &s.Units[0], &s.Units[1], &s.Posts[0], &s.Posts[1]
	days, always := r.Barred(riders, line, ServesAll)
	if always || !slices.Equal(days[:6], []bool{false, false, true, true, false, false}) {
		t.Errorf("riders at the line: %v, %v; want days 2 and 3", days, always)
	}
	if days, always := r.Barred(crew, line, ServesAll); days != nil || always {
		t.Errorf("the crew does not serve on land: %v, %v", days, always)
	}
	if _, always := r.Barred(riders, dock, ServesAll); !always {
		t.Error("riders may serve at the dock")
	}
	if _, always := r.Barred(riders, dock, "foot"); always {
		t.Error("riders that stand in for foot may not serve at the dock")
	}
}

// An order for an operation waits for the approval and, unless the owner decides ahead,
// for the warning and the approval after it.
func TestEarliest(t *testing.T) {
	s, r := ruled(t)
	u, line, dock := &s.Units[0], &s.Posts[0], &s.Posts[1]
	for _, c := range []struct {
		post    *Post
		decided bool
		ahead   bool
		want    int
	}{{line, false, false, 3 + 3 + 4}, {line, true, false, 3 + 4}, {line, false, true, 3 + 4}, {dock, false, false, 4}} {
		s.Contributors[0].ApprovesAhead = c.ahead
		if got := r.Earliest(u, c.post, 4, c.decided); got != c.want {
			t.Errorf("%s, decided %v, ahead %v: day %d, want %d", c.post.ID, c.decided, c.ahead, got, c.want)
		}
	}
}
