package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// names writes backfills as `by[<from] for left>to at post on day`.
func names(list []plan.Backfill) []string {
	var all []string
	for _, b := range list {
		all = append(all, fmt.Sprintf("%s<%s for %s>%s at %s on %d with %s", b.By, b.From, b.Left, b.LeftFor, b.Post, b.LeftOn-start, strings.Join(b.Provides, "+")))
	}
	return all
}

// TestBackfills: a holds gate until day 40 and leaves for the front.
func TestBackfills(t *testing.T) {
	leaves := tour("a", held("gate", 40), leg("front", 40, 60))
	relief := []string{"b< for a>front at gate on 40 with foot"}
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		tours  []plan.Tour
		want   []string
	}{
		{"nobody", nil, []plan.Tour{leaves}, nil},
		{"31 days before", nil, []plan.Tour{leaves, tour("b", leg("gate", 9, 90))}, nil},
		{"30 days before", nil, []plan.Tour{leaves, tour("b", leg("gate", 10, 90))}, relief},
		{"30 days after", nil, []plan.Tour{leaves, tour("b", leg("gate", 70, 90))}, relief},
		{"31 days after", nil, []plan.Tour{leaves, tour("b", leg("gate", 71, 90))}, nil},
		{"counts from effective, not departure", nil, []plan.Tour{leaves, tour("b", func() plan.Leg {
			l := leg("gate", 5, 90)
			l.Effective = start + 10
			return l
		}())}, relief},
		{"who goes home leaves no gap", nil, []plan.Tour{tour("a", held("gate", 40)), tour("b", leg("gate", 40, 90))}, nil},
		{"a leg of day 0 takes nothing", nil, []plan.Tour{tour("a", leg("gate", 2, 10), leg("front", 10, 20)), tour("b", held("gate", 90))}, nil},
		{"nobody backfills itself", nil, []plan.Tour{tour("a", held("gate", 40), leg("front", 40, 50), leg("gate", 50, 90))}, nil},
		{"at another post", nil, []plan.Tour{leaves, tour("b", leg("tower", 40, 90))}, nil},
		{"from an operation's post", nil, []plan.Tour{tour("a", leg("front", 10, 40), leg("gate", 40, 90)), tour("b", leg("front", 40, 90))}, nil},
		{"to a standing post", nil, []plan.Tour{tour("a", held("gate", 40), leg("tower", 40, 60)), tour("b", leg("gate", 41, 90))}, []string{"b< for a>tower at gate on 40 with foot"}},
		{"the first of several", nil, []plan.Tour{leaves, tour("c", leg("gate", 45, 90)), tour("b", leg("gate", 39, 90))}, relief},
		{"of one day the first unit", nil, []plan.Tour{leaves, tour("c", leg("gate", 39, 90)), tour("b", leg("gate", 39, 90))}, relief},
		{"each takes another", nil, []plan.Tour{
			leaves, tour("c", held("gate", 45), leg("tower", 45, 60)), tour("d", leg("gate", 46, 90)), tour("b", leg("gate", 44, 90)),
		}, []string{"b< for a>front at gate on 40 with foot", "d< for c>tower at gate on 45 with foot"}},
		{"from another post", nil, []plan.Tour{leaves, tour("b", leg("front", 10, 35), leg("gate", 38, 90))}, []string{"b<front for a>front at gate on 40 with foot"}},
		{"the earliest departure only", nil, []plan.Tour{leaves, tour("c", leg("gate", 0, 35), leg("tower", 35, 40)), tour("b", leg("gate", 40, 90))},
			[]string{"b< for c>tower at gate on 35 with foot"}},
		{"of one day the first name", nil, []plan.Tour{tour("c", held("gate", 40), leg("tower", 40, 60)), leaves, tour("b", leg("gate", 40, 90))}, relief},
		{"another capability", func(s *scenario.Scenario) {
			s.Posts[0].Lines = append(s.Posts[0].Lines, scenario.Line{Capability: horse, Floor: scenario.Exactly(1)})
			s.Units[1].Provides = map[string]scenario.Quantity{horse: scenario.Exactly(1)}
		}, []plan.Tour{leaves, tour("b", leg("gate", 40, 90))}, nil},
		{"as a substitute", func(s *scenario.Scenario) {
			s.Capabilities[0].Substitutes = map[string]float64{horse: 0.5}
			s.Units[1].Provides = map[string]scenario.Quantity{horse: scenario.Exactly(1)}
		}, []plan.Tour{leaves, tour("b", as(leg("gate", 40, 90), foot))}, relief},
		{"what both gave", func(s *scenario.Scenario) {
			s.Posts[0].Lines = append(s.Posts[0].Lines, scenario.Line{Capability: horse, Floor: scenario.Exactly(1)})
			s.Units[0].Provides[horse], s.Units[1].Provides[horse] = scenario.Exactly(1), scenario.Exactly(1)
		}, []plan.Tour{leaves, tour("b", leg("gate", 40, 90))}, []string{"b< for a>front at gate on 40 with foot+horse"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := world(100, c.change)
			same(t, c.want, names(evaluate(t, s, c.tours...).Backfills()))
			same(t, len(c.want), measure(t, s, c.tours...).Backfills)
		})
	}
}

// outline writes cascades as their reliefs, each after its depth.
func outline(all []plan.Cascade) []string {
	var lines []string
	for _, c := range all {
		var steps []string
		for _, s := range c {
			steps = append(steps, fmt.Sprintf("%d %s for %s at %s", s.Depth, s.By, s.Left, s.Post))
		}
		lines = append(lines, strings.Join(steps, ", "))
	}
	return lines
}

func TestCascades(t *testing.T) {
	for _, c := range []struct {
		name  string
		tours []plan.Tour
		want  []string
	}{
		{"one", []plan.Tour{tour("a", held("gate", 40), leg("front", 40, 60)), tour("b", leg("gate", 38, 90))}, []string{"0 b for a at gate"}},
		{"a chain", []plan.Tour{
			tour("a", held("gate", 40), leg("front", 40, 60)), tour("b", held("tower", 38), leg("gate", 38, 90)), tour("c", leg("tower", 50, 90)),
		}, []string{"0 b for a at gate, 1 c for b at tower"}},
		{"a long way round", []plan.Tour{
			tour("a", held("gate", 40), leg("front", 40, 60)), tour("b", held("tower", 70), leg("gate", 70, 95)),
			tour("c", leg("front", 10, 97), leg("tower", 97, 100)),
		}, []string{"0 b for a at gate, 1 c for b at tower"}},
		{"two units that swap posts", []plan.Tour{
			tour("a", held("gate", 40), leg("tower", 40, 90)), tour("b", held("tower", 40), leg("gate", 40, 90)),
		}, []string{"0 b for a at gate, 1 a for b at tower"}},
		{"two of their own", []plan.Tour{
			tour("a", held("gate", 40), leg("front", 40, 60)), tour("b", leg("gate", 38, 90)),
			tour("c", held("tower", 20), leg("front", 20, 60)), tour("d", leg("tower", 25, 90)),
		}, []string{"0 d for c at tower", "0 b for a at gate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, c.want, outline(plan.Cascades(evaluate(t, world(100, nil), c.tours...).Backfills())))
		})
	}
}

// TestEveryBackfillIsInOneCascade moves units about at random.
func TestEveryBackfillIsInOneCascade(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	posts := []string{"gate", "tower", "front"}
	most, deepest := 0, 0
	for range 300 {
		var tours []plan.Tour
		for _, unit := range []string{"a", "b", "c", "d"} {
			var legs []plan.Leg
			for at, day := rng.IntN(3), rng.IntN(20); day < 90; {
				until := day + 1 + rng.IntN(20)
				legs = append(legs, leg(posts[at], day, until))
				at, day = (at+1+rng.IntN(2))%3, until
			}
			tours = append(tours, tour(unit, legs...))
		}
		backfills := evaluate(t, world(120, nil), tours...).Backfills()
		var found []plan.Backfill
		for _, c := range plan.Cascades(backfills) {
			for i, s := range c {
				deepest = max(deepest, s.Depth)
				found = append(found, s.Backfill)
				if i == 0 {
					if s.Depth != 0 {
						t.Errorf("a cascade begins at depth %d", s.Depth)
					}
					continue
				}
				// It takes the place of one that came before it, one level up.
				if !slices.ContainsFunc(c[:i], func(b plan.Step) bool {
					return b.By == s.Left && b.From == s.Post && b.Leg.Depart == s.LeftOn && b.Depth == s.Depth-1
				}) && s.Depth != 0 {
					t.Errorf("%v has no cause in %v", s, c[:i])
				}
			}
		}
		most = max(most, len(found))
		want, got := names(backfills), names(found)
		slices.Sort(want)
		slices.Sort(got)
		same(t, want, got)
	}
	if most < 5 || deepest < 2 {
		t.Errorf("at most %d backfills, to depth %d: nothing was tested", most, deepest)
	}
}
