package access_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// world is a scenario with secrets of three contributors: everything that may be seen of
// FRA is released, of POL what it can do, of NOR nothing.
func world(t *testing.T) *scenario.Scenario {
	t.Helper()
	s, _, err := formats.ReadScenario("testdata/three.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func text(t *testing.T, x any) string {
	t.Helper()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whatever is kept from somebody has its secrets in its words: secret-pol and
// secret-nor. None may be in anything that is made for others.
func secrets(t *testing.T, what, text string, pol, nor bool) {
	t.Helper()
	for word, seen := range map[string]bool{"secret-pol": pol, "secret-nor": nor} {
		if strings.Contains(text, word) != seen {
			t.Errorf("%s holds %s: %v, want %v", what, word, !seen, seen)
		}
	}
}

func TestWhatIsSeen(t *testing.T) {
	s := world(t)
	resolved, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), resolved, engine.Options{Seed: 1, Iterations: 200, Scenario: s.Hash()})
	if err != nil {
		t.Fatal(err)
	}
	sent := map[string]bool{}
	for _, tour := range p.Tours {
		name, _, _ := strings.Cut(tour.Unit, "#")
		sent[name] = true
	}
	for _, id := range []string{"fra-1", "secret-pol-1", "secret-nor-1"} {
		if !sent[id] {
			t.Fatalf("the plan does not send %s, so that nothing is shown: %v", id, sent)
		}
	}
	for _, c := range []struct {
		name     string
		viewer   access.Viewer
		pol, nor bool
	}{
		{"coordinator", access.Viewer{All: true}, true, true},
		{"liaison of POL", access.Viewer{Contributor: "POL"}, true, false},
		{"liaison of NOR", access.Viewer{Contributor: "NOR"}, false, true},
		{"liaison of FRA", access.Viewer{Contributor: "FRA"}, false, false},
		{"viewer", access.Viewer{}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := access.ViewOf(s, c.viewer)
			seen := v.Scenario(s)
			secrets(t, "the scenario", text(t, seen), c.pol, c.nor)
			for _, problem := range scenario.Check(seen) {
				if !problem.Warning {
					t.Errorf("what is seen is no scenario: %s", problem)
				}
			}
			rs, rp, err := v.Plan(resolved, p)
			if err != nil {
				t.Fatal(err)
			}
			secrets(t, "the plan", text(t, rp), c.pol, c.nor)
			secrets(t, "its scenario", text(t, rs), c.pol, c.nor)
			d, err := report.NewDocument(rs, rp)
			if err != nil {
				t.Fatal(err)
			}
			secrets(t, "the page", text(t, d), c.pol, c.nor)
			if !strings.Contains(text(t, rp), "fra-1") {
				t.Error("what is released is not seen")
			}
			if v.Sees("units", "secret-nor-1") != c.nor || v.Sees("contributors", "POL") != c.pol || !v.Sees("posts", "tapa") {
				t.Error("Sees says otherwise")
			}
		})
	}
}

// What a unit under another name covers is what it covers.
func TestCoverOfTheUnnamed(t *testing.T) {
	s := world(t)
	resolved, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.Solve(context.Background(), resolved, engine.Options{Seed: 1, Iterations: 200})
	if err != nil {
		t.Fatal(err)
	}
	seen, released, err := access.ViewOf(s, access.Viewer{Contributor: "NOR"}).Plan(resolved, p)
	if err != nil {
		t.Fatal(err)
	}
	before, err := plan.Evaluate(resolved, p)
	if err != nil {
		t.Fatal(err)
	}
	after, err := plan.Evaluate(seen, released)
	if err != nil {
		t.Fatal(err)
	}
	cover := map[string]float64{}
	for _, l := range before.Lines {
		for d, x := range l.Cover {
			cover[fmt.Sprint(l.Post.ID, l.Line.Capability, d)] += x
		}
	}
	for _, l := range after.Lines {
		for d, x := range l.Cover {
			if cover[fmt.Sprint(l.Post.ID, l.Line.Capability, d)] != x {
				t.Fatalf("%s on day %d: %g, was %g", l.Post.ID, d, x, cover[fmt.Sprint(l.Post.ID, l.Line.Capability, d)])
			}
		}
	}
}
