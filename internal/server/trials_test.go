package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
)

// newTinySite is a site of the smallest example and its plan; foreign is a plan of its
// other scenario.
func newTinySite(t *testing.T) (x *site, foreign string) {
	t.Helper()
	x = newSite(t)
	foreign = x.plan
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("../verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	actor := store.Actor{ID: "test"}
	kept, err := x.Keep(t.Context(), actor, s)
	if err != nil {
		t.Fatal(err)
	}
	summary, body, err := jobs.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x.store.KeepPlan(t.Context(), actor, kept.ID, 1, "by hand", summary, body)
	if err != nil {
		t.Fatal(err)
	}
	x.scenario, x.plan = kept.ID, made.ID
	return x, foreign
}

// try asks for a trial and reads the stream of its answer to the end.
func (x *site) try(t *testing.T, question string) (tried server.Tried, failed string, progress int) {
	t.Helper()
	w := x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/trial", question)
	if kind := w.Header().Get("Content-Type"); w.Code != 200 || kind != "text/event-stream" {
		t.Fatalf("%s: %d, %s: %s", question, w.Code, kind, w.Body)
	}
	for e := range strings.SplitSeq(strings.TrimSpace(w.Body.String()), "\n\n") {
		name, data, _ := strings.Cut(strings.TrimPrefix(e, "event: "), "\ndata: ")
		var err error
		switch name {
		case "progress":
			progress++
			err = json.Unmarshal([]byte(data), &live.TrialProgress{})
		case "plan":
			err = json.Unmarshal([]byte(data), &tried)
		default:
			failed = data
		}
		if err != nil {
			t.Fatalf("%s: %s: %v: %.200s", question, name, err, data)
		}
	}
	return tried, failed, progress
}

// D-day ten days later, the hospital's owner lost, no operation: the plan that follows
// holds, and is compared with the one to start from.
func TestTrials(t *testing.T) {
	x, _ := newTinySite(t)
	heard := 0
	for _, c := range []struct {
		question string
		dDay     int
		units    int
		keeps    bool
	}{
		{`{"from": %q, "d_day": {"reassurance": "2025-06-11"}, "seconds": 0.3}`, 41, 5, true},
		{`{"from": %q, "lose": ["NOR"], "seconds": 0.3}`, 31, 4, false},
		{`{"from": %q, "without": ["reassurance"], "seconds": 0.3}`, -1, 5, true},
	} {
		question := fmt.Sprintf(c.question, x.plan)
		tried, failed, progress := x.try(t, question)
		heard += progress
		d := tried.Document
		if d == nil {
			t.Errorf("%s: %s", question, failed)
			continue
		}
		dDay := -1
		if len(d.Operations) > 0 {
			dDay = d.Operations[0].DDay
		}
		if !d.Verdict.Verified || len(d.Units) != c.units || dDay != c.dDay || d.Exposure.New == nil {
			t.Errorf("%s: verdict %+v, %d units, D-day %d, new exposure %v; want %d units, D-day %d", question, d.Verdict, len(d.Units), dDay, d.Exposure.New, c.units, c.dDay)
		}
		if tried.Plan != nil != c.keeps || tried.Comparison == nil {
			t.Errorf("%s: may be kept %v, compared %v", question, tried.Plan != nil, tried.Comparison != nil)
		}
	}
	if heard == 0 {
		t.Error("nothing is heard of the searches")
	}
	if tried, failed, _ := x.try(t, `{"seconds": 0.1}`); tried.Document == nil || tried.Comparison != nil {
		t.Errorf("compared with nothing: %+v, %s", tried.Comparison, failed)
	}
}

// Every wrong trial gets a problem that says what is wrong.
func TestTrialsRefused(t *testing.T) {
	x, foreign := newTinySite(t)
	for _, c := range []struct {
		name, body string
		edit       func(*http.Request)
		status     int
		says       string
	}{
		{"another site", `{}`, header("Sec-Fetch-Site", "cross-site"), 403, "another site"},
		{"a form", `{}`, header("Content-Type", "text/plain"), 415, ""},
		{"no JSON", `{`, nil, 400, ""},
		{"unknown field", `{"lost": []}`, nil, 422, "body.lost"},
		{"unknown contributor", `{"lose": ["NRO"]}`, nil, 422, `no contributor \"NRO\" to leave out. Maybe: NOR`},
		{"unknown operation", `{"d_day": {"peace": "2025-06-01"}}`, nil, 422, `unknown operation \"peace\"`},
		{"unknown operation left out", `{"without": ["peace"]}`, nil, 422, `unknown operation \"peace\"`},
		{"outside the calendar", `{"d_day": {"reassurance": "2027-06-01"}}`, nil, 422, "outside the calendar, 2025-05-01 to 2025-06-29"},
		{"unknown policy", `{"policy": "win"}`, nil, 422, "hold-the-flanks, mission-first, balanced"},
		{"forever", `{"seconds": 1e9}`, nil, 422, "<= 60"},
		{"negative", `{"seconds": -1}`, nil, 422, ">= 0.1"},
		{"unknown plan", `{"from": "none"}`, nil, 404, "no such thing"},
		{"no plan to start from", `{"start": {"tours": []}}`, nil, 422, "no plan.json of format 1"},
		{"another scenario's plan", `{"from": "` + foreign + `"}`, nil, 422, "of another scenario"},
		{"changes that do not hold", `{"changes": [{"kind": "units", "key": "gbr-2", "body": {"id": "gbr-2", "contributor": "GBR", "provides": {"battlegroup": 1}, "home": "bulfort"}, "if_version": 1}]}`, nil, 422, "Maybe: bulford"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edit := c.edit
			if edit == nil {
				edit = func(*http.Request) {}
			}
			if body := x.want(t, c.status, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/trial", c.body, edit)); !strings.Contains(body, c.says) {
				t.Errorf("%s; want %q", body, c.says)
			}
		})
	}
	for role, status := range map[string]int{"liaison of POL": 403, "viewer": 403, "nobody": 401} {
		x.want(t, status, x.ask(role, "POST", "/api/scenarios/"+x.scenario+"/trial", `{}`))
	}
}

// What is not saved is planned for; once it is saved, the plan can be kept.
func TestTrialOfUnsavedChanges(t *testing.T) {
	x, _ := newTinySite(t)
	g := x.tables(t, "planner")
	g.set(t, "units", "gbr-2", "notice", "5d")
	changes := g.check(t, "units").Changes
	same(t, said(changes), "set units/gbr-2 of 1")
	tried, failed, _ := x.try(t, text(t, map[string]any{"from": x.plan, "changes": changes, "seconds": 0.3}))
	if tried.Document == nil || !tried.Document.Verdict.Verified || tried.Plan == nil {
		t.Fatalf("%+v, %s", tried, failed)
	}
	if now := x.tables(t, "planner"); now.Version != 1 {
		t.Errorf("the trial saved version %d", now.Version)
	}
	x.save(t, "planner", 200, changes)
	x.want(t, 201, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/plans?name=sooner", text(t, tried.Plan)))
}

// A trial goes on from the plan of the one before, or from whatever it is given.
func TestTrialFromAPlan(t *testing.T) {
	x, _ := newTinySite(t)
	first, failed, _ := x.try(t, `{"seconds": 0.3}`)
	if first.Plan == nil {
		t.Fatal(failed)
	}
	next, failed, _ := x.try(t, text(t, map[string]any{"start": first.Plan, "seconds": 0.1}))
	if next.Plan == nil || next.Plan.Metrics.Objective > first.Plan.Metrics.Objective {
		t.Errorf("it does not go on: %+v, %s", next.Plan, failed)
	}
	for _, start := range []string{`{"rearguard_plan":1}`, `{"rearguard_plan":1,"tours":[{"unit":"gbr-1"},{"unit":"gbr-1"},{"unit":"nobody","legs":[{}]}]}`} {
		if tried, failed, _ := x.try(t, `{"seconds": 0.1, "start": `+start+`}`); tried.Document == nil || !tried.Document.Verdict.Verified {
			t.Errorf("%s: %s", start, failed)
		}
	}
}

// Pins that cannot hold together are said, by name only to whom all are released.
func TestTrialOfPinsThatCannotHold(t *testing.T) {
	x := newSite(t)
	pin := `{"changes":[{"kind":"pins","key":"000001","body":{"unit":"secret-nor-1","post":"far","from":"2025-01-01","until":"2025-01-20"},"if_version":1}]}`
	trial := "/api/scenarios/" + x.scenario + "/trial"
	x.want(t, 403, x.ask("planner", "POST", trial, pin))
	x.want(t, 200, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/records", pin))
	if body := x.want(t, 200, x.ask("coordinator", "POST", trial, `{"seconds":0.1}`)); !strings.Contains(body, "event: failed") || !strings.Contains(body, "secret-nor-1") || !strings.Contains(body, "far") {
		t.Error(body)
	}
	if body := x.want(t, 200, x.ask("planner", "POST", trial, `{"seconds":0.1}`)); !strings.Contains(body, "event: failed") || strings.Contains(body, "secret") {
		t.Error(body)
	}
}
