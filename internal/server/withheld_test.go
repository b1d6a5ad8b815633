package server_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
)

// streamed reads the events of a trial's answer that have a name.
func streamed[T any](t *testing.T, body, name string) (list []T) {
	t.Helper()
	for e := range strings.SplitSeq(body, "\n\n") {
		data, of := strings.CutPrefix(e, "event: "+name+"\ndata: ")
		if !of {
			continue
		}
		var x T
		if err := json.Unmarshal([]byte(data), &x); err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return list
}

// How far a search is, is told to who sees all; others hear only that it goes on.
func TestProgressOfATrial(t *testing.T) {
	x := newSite(t)
	for role, whole := range map[string]bool{"coordinator": true, "planner": false} {
		body := x.want(t, 200, x.ask(role, "POST", "/api/scenarios/"+x.scenario+"/trial", `{"seconds":0.5}`))
		list := streamed[live.TrialProgress](t, body, "progress")
		if len(list) == 0 {
			t.Fatalf("%s hears nothing", role)
		}
		for _, p := range list {
			if p.Withheld == whole || (p.Objective != nil) != whole || !whole && (p.Bound != nil || p.Gap != nil) || p.Seconds <= 0 {
				t.Errorf("%s hears %s", role, text(t, p))
			}
		}
	}
}

// What was proven of a whole plan, and how it was found, is not told of a part of it.
func TestProofIsOfTheWhole(t *testing.T) {
	x := newSite(t)
	for role, whole := range map[string]bool{"coordinator": true, "planner": false, "viewer": false} {
		var p plan.Plan
		if err := json.Unmarshal([]byte(x.want(t, 200, x.ask(role, "GET", "/api/plans/"+x.plan, ""))), &p); err != nil {
			t.Fatal(err)
		}
		var d report.Document
		if err := json.Unmarshal([]byte(x.want(t, 200, x.ask(role, "GET", "/api/plans/"+x.plan+"/document", ""))), &d); err != nil {
			t.Fatal(err)
		}
		if whole {
			if p.Metrics.Bound <= 0 || p.Stop == "" || d.Proof.Withheld || d.Proof.Bound <= 0 {
				t.Fatalf("%s is told of no proof: %+v", role, d.Proof)
			}
			continue
		}
		if p.Metrics.Bound != 0 || p.Metrics.Gap != 1 || p.Metrics.Stop != "" || p.Stop != "" || p.Iterations != 0 || p.Metrics.Iterations != 0 || p.ScenarioSHA256 != "" || p.Metrics.NewExposure != nil {
			t.Errorf("%s is told %+v of a search of the whole", role, p.Metrics)
		}
		if q := d.Proof; !q.Withheld || q.Bound != 0 || q.Optimal || q.Iterations != 0 || q.Hash != "" || !strings.Contains(q.Text, "not released to you") {
			t.Errorf("%s is told %+v", role, q)
		}
		if heads := x.want(t, 200, x.ask(role, "GET", "/api/scenarios/"+x.scenario+"/plans", "")); !strings.Contains(heads, `"head":null`) {
			t.Errorf("%s is told the numbers of plans: %s", role, heads)
		}
	}
	// Whether a plan holds hangs on the whole, too.
	kept := x.want(t, 200, x.ask("coordinator", "GET", "/api/plans/"+x.plan, ""))
	x.want(t, 403, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/plans", kept))
	x.want(t, 403, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/plans", `{"rearguard_plan":1}`))
	x.want(t, 201, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/plans", kept))
}

// How far a job is, what it found and why it failed is told to who sees all, in lists, by
// itself and in the stream of events.
func TestJobsOfTheWhole(t *testing.T) {
	x := newSite(t)
	h := httptest.NewServer(x.Handler())
	t.Cleanup(h.Close)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { x.Run(ctx) })
	defer running.Wait()
	defer stop()
	streams := map[string]<-chan string{"coordinator": x.listen(t, h.URL, "coordinator"), "planner": x.listen(t, h.URL, "planner")}
	j, err := x.store.Enqueue(t.Context(), store.Actor{ID: "test"}, store.Job{Scenario: x.scenario, Version: 1, Kind: "lose", Options: json.RawMessage("{}")})
	if err != nil {
		t.Fatal(err)
	}
	held, err := x.store.Claim(t.Context(), "elsewhere", time.Minute, 3)
	if err != nil || held == nil || held.ID != j.ID {
		t.Fatalf("%+v, %v", held, err)
	}
	if ok, err := x.store.Beat(t.Context(), held, json.RawMessage(`{"objective":4711.25,"bound":4096.5,"gap_of_cover":0.0625,"seconds":2,"done":3,"of":17}`)); err != nil || !ok {
		t.Fatal(err)
	}
	told := []string{"4711.25", "4096.5", "0.0625", `"of"`, `"done"`, "secret-nor"}
	check := func(role, where, body string, whole bool) {
		t.Helper()
		if strings.Contains(body, `"withheld":true`) == whole {
			t.Errorf("%s of %s does not say what is withheld: %s", where, role, body)
		}
		for _, word := range told {
			if !whole && strings.Contains(body, word) && !(word == `"done"` && !strings.Contains(body, `"done":`)) {
				t.Errorf("%s of %s tells %s: %s", where, role, word, body)
			}
		}
	}
	read := func(want string) {
		t.Helper()
		for role, events := range streams {
			e := <-events
			for !strings.Contains(e, j.ID) || !strings.Contains(e, `"state":"`+want+`"`) {
				e = <-events
			}
			check(role, "the stream", e, role == "coordinator")
			check(role, "the job", x.want(t, 200, x.ask(role, "GET", "/api/jobs/"+j.ID, "")), role == "coordinator")
			list := x.want(t, 200, x.ask(role, "GET", "/api/scenarios/"+x.scenario+"/jobs", ""))
			check(role, "the list", list, role == "coordinator")
			if whole := x.want(t, 200, x.ask("coordinator", "GET", "/api/jobs/"+j.ID, "")); want == "running" && !strings.Contains(whole, "4711.25") {
				t.Errorf("there is nothing to withhold: %s", whole)
			}
		}
	}
	read("running")
	if err := x.store.Fail(t.Context(), held, "the pin of secret-nor-1 cannot hold"); err != nil {
		t.Fatal(err)
	}
	read("failed")
	lose := x.runJob(t, "lose", `{"iterations":10}`)
	for role, whole := range map[string]bool{"coordinator": true, "planner": false} {
		if body := x.want(t, 200, x.ask(role, "GET", "/api/jobs/"+lose, "")); strings.Contains(body, `"result"`) != whole || !strings.Contains(body, `"state":"done"`) {
			t.Errorf("%s is told of an answer: %s", role, body)
		}
	}
	for role, status := range map[string]string{"coordinator": "no answer yet", "planner": "not all of the scenario is released to you"} {
		if body := x.want(t, 409, x.ask(role, "GET", "/api/jobs/"+j.ID+"/answer", "")); !strings.Contains(body, status) {
			t.Errorf("%s: %s", role, body)
		}
	}
}

// An edit or a trial that fails for what its author does not see says that alone: neither how
// often nor where, nor what its own problems would be corrected to.
func TestProblemsOfTheUnseen(t *testing.T) {
	x := newSite(t)
	x.change(t, "", map[string]string{
		"capabilities/sf":        `{"id":"sf","domain":"land"}`,
		"units/secret-nor-2":     `{"id":"secret-nor-2","contributor":"NOR","provides":{"sf":1},"home":"secret-nor-garrison","self_deploys":{"mode":"road"}}`,
		"units/secret-nor-3":     `{"id":"secret-nor-3","contributor":"NOR","provides":{"sf":1},"home":"secret-nor-garrison","self_deploys":{"mode":"road"}}`,
		"contributors/NOR":       `{"id":"NOR","name":"Norway","release":"nothing","share":0.9}`,
		"contributors/FRA":       `{"id":"FRA","share":0.6}`,
		"posts/secret-nor-drill": `{"id":"secret-nor-drill","place":"secret-nor-garrison","home_of":"NOR","lines":[{"capability":"sf","floor":1}]}`,
	})
	gone := `{"changes":[{"kind":"capabilities","key":"sf","body":null,"if_version":null}]}`
	for _, path := range []string{"/records", "/trial"} {
		body := x.want(t, 422, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+path, gone))
		if !strings.Contains(body, "for what is not released to you") || strings.Contains(body, "secret") || strings.ContainsAny(strings.ReplaceAll(body, "422", ""), "0123456789") || strings.Contains(body, `"errors"`) {
			t.Errorf("%s: %s", path, body)
		}
		if whole := x.want(t, 422, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+path, gone)); !strings.Contains(whole, "secret-nor-3") {
			t.Errorf("%s: %s", path, whole)
		}
	}
	// Warnings are of what is seen: the shares that are seen sum to less than 1.
	if whole := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario, "")); !strings.Contains(whole, "the shares sum to 1.5") {
		t.Fatalf("there is nothing to warn of: %s", whole)
	}
	for _, role := range []string{"planner", "viewer", "liaison of POL"} {
		if body := x.want(t, 200, x.ask(role, "GET", "/api/scenarios/"+x.scenario, "")); strings.Contains(body, "shares sum") || strings.Contains(body, `"share":0.9`) {
			t.Errorf("%s: %s", role, body)
		}
	}
}

// A version that an older program saved and that does not hold by the rules of this one says why to
// who sees all.
func TestVersionThatDoesNotHold(t *testing.T) {
	x := newSite(t)
	unit := `{"id":"secret-nor-1","contributor":"NOR","provides":{"bg":1},"home":"secret-nor-lost","self_deploys":{"mode":"road"}}`
	if _, err := x.store.Save(t.Context(), store.Actor{ID: "test"}, x.scenario, 1, "", "", []store.Change{{Kind: "units", Key: "secret-nor-1", Body: json.RawMessage(unit)}}); err != nil {
		t.Fatal(err)
	}
	x.Server = server.New(server.Options{Store: x.store, Log: slog.New(slog.DiscardHandler)}) // that has read nothing yet
	for role, want := range map[string]string{"coordinator": "secret-nor-lost", "planner": "a coordinator sees why", "viewer": "a coordinator sees why"} {
		body := x.want(t, 409, x.ask(role, "GET", "/api/scenarios/"+x.scenario, ""))
		if !strings.Contains(body, want) || role != "coordinator" && strings.Contains(body, "secret") {
			t.Errorf("%s: %s", role, body)
		}
	}
}
