package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

func document(t testing.TB) *report.Document {
	t.Helper()
	s, p := tiny(t)
	d, err := report.NewDocument(s, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Tapa is held every day, twice from day 20 to 25; lviv lacks its target until
// fra-1 counts on day 40, and its hospital on days 41 to 47.
func TestDocumentCover(t *testing.T) {
	d := document(t)
	same(t, []report.LineEntry{{Capability: 0, Floor: 1, Target: 1, From: 0, Until: 60, Cover: [][2]float64{{0, 1}, {20, 2}, {25, 1}}}}, d.Posts[0].Lines)
	same(t, []report.LineEntry{
		{Capability: 0, Floor: 1, Target: 2, From: 31, Until: 60, Cover: [][2]float64{{31, 1}, {40, 2}}},
		{Capability: 1, Floor: 1, Target: 1, From: 41, Until: 60, Cover: [][2]float64{{41, 0}, {48, 1}}},
	}, d.Posts[1].Lines)
	same(t, []float64{0, 7}, []float64{d.Posts[0].Exposure, d.Posts[1].Exposure})
}

// gbr-1 has been at tapa since 47 days before day 0 and serves until day 60: it
// rests twice 107 days once it is home.
func TestDocumentTours(t *testing.T) {
	d := document(t)
	for _, tour := range d.Tours {
		if d.Units[tour.Unit].Name != "GBR battlegroup 1" {
			continue
		}
		same(t, tour.Home+214, tour.Rested)
		same(t, []report.LegEntry{
			{Post: 0, Until: 25, Gives: []float64{1}},
			{Post: 1, Lift: "by itself", Decide: 13, Order: 20, Depart: 25, Arrive: 29, Effective: 31, Until: 60, Gives: []float64{1, 0}},
		}, tour.Legs)
		return
	}
	t.Error("no tour of GBR battlegroup 1")
}

func TestDocumentCascades(t *testing.T) {
	d := document(t)
	same(t, []report.CascadeEntry{{
		Unit: 0, Post: 0, To: 1, On: 25, Steps: []report.StepEntry{{Unit: 1, Left: 0, Post: 0, From: -1, Order: 0, Effective: 20, Late: -5}},
	}}, d.Cascades)
}

// The one hospital is under way from day 41 on, its first day of exposure.
func TestDocumentGaps(t *testing.T) {
	same(t, []report.GapEntry{{
		Post: 1, Line: 1, From: 41, Until: 48, Exposure: 7, Worst: 1, On: 41, Able: report.Able{Moving: 1},
	}}, document(t).Gaps)
}

// The page reads lists, so none of them may be null, whatever the plan holds.
func TestDocumentHasNoNullLists(t *testing.T) {
	s, p := tiny(t)
	empty := *p
	empty.Tours = nil
	for _, tour := range p.Tours {
		if tour.Legs[0].OnDayZero() {
			tour.Legs = tour.Legs[:1]
			empty.Tours = append(empty.Tours, tour)
		}
	}
	for name, p := range map[string]*plan.Plan{"plan": p, "nobody goes": &empty, "nobody anywhere": {Metrics: p.Metrics}} {
		d, err := report.NewDocument(s, p)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(b, &fields); err != nil {
			t.Fatal(err)
		}
		for key, x := range fields {
			if x == nil && key != "situation" && key != "actual" && key != "approval" { // nobody asked, or approved it
				t.Errorf("%s: %s is null", name, key)
			}
		}
		if strings.Contains(string(b), `"legs":null`) || strings.Contains(string(b), `"lines":null`) || strings.Contains(string(b), `"gives":null`) {
			t.Errorf("%s: a list inside is null", name)
		}
	}
}

func TestDocumentNeedsMetrics(t *testing.T) {
	s, p := tiny(t)
	p.Metrics = nil
	if _, err := report.NewDocument(s, p); err == nil {
		t.Error("no error")
	}
}

// TestAnswersHaveNoNullLists asks all that the page can answer of the tiny example.
func TestAnswersHaveNoNullLists(t *testing.T) {
	s, p := tiny(t)
	c, how := planner.Checked(s), planner.Search{Seed: 1, Iterations: 20, From: p}
	days := planner.DDayOptions{FirstDay: new(s.Calendar.Date(20)), LastDay: new(s.Calendar.Date(45)), Step: 5}
	asked := map[string]planner.Input{
		"lose": {}, "d-day": {Options: days}, "tradeoff": {Options: planner.TradeoffOptions{Points: 3}}, "ask": {Options: planner.AskOptions{Most: 1}},
		"samples": {Options: planner.SamplesOptions{N: 5}}, "robust": {},
		"explain": {Plans: []*plan.Plan{p}, Options: planner.ExplainOptions{ID: "gbr-1"}}, "replan": {Plans: []*plan.Plan{p}},
		"conflicts": {Plans: []*plan.Plan{p}, Options: planner.ConflictsOptions{Post: "lviv", Day: s.Calendar.Date(40)}},
		"compare":   {Plans: []*plan.Plan{p, p}}, "status": {Plans: []*plan.Plan{p}},
	}
	for name, in := range asked {
		in.Search = how
		q := planner.QuestionNamed(name)
		found, err := q.Ask(t.Context(), c, in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a := q.Tell(s, found)
		if len(a.Text) == 0 || a.Title == "" {
			t.Errorf("%s: nothing is said", name)
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"text", "head", "numbers", "rows", "labels", "series", "x", "y"} {
			if strings.Contains(string(b), `"`+field+`":null`) {
				t.Errorf("%s: %s is null", a.Title, field)
			}
		}
		for _, row := range a.Rows {
			if len(row) != len(a.Head) {
				t.Errorf("%s: %d cells under %d heads", a.Title, len(row), len(a.Head))
			}
		}
	}
}
