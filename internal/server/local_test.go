package server_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// newLocalSite is the site as its coordinator's own.
func newLocalSite(t *testing.T) (*site, *server.Local) {
	t.Helper()
	x := newSite(t)
	p, err := x.store.Person(t.Context(), "coordinator@example.org")
	if err != nil {
		t.Fatal(err)
	}
	local := &server.Local{Person: p, News: map[string]server.News{}}
	x.Server = server.New(server.Options{Store: x.store, Log: slog.New(slog.DiscardHandler), Version: "test", Local: local})
	return x, local
}

func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

// here sends a request from this machine, without a session.
func (x *site) here(method, path, body string, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	return x.ask("nobody", method, path, body, append([]func(*http.Request){host("localhost:8420")}, edit...)...)
}

// Nobody has to sign in at a local server, which answers to its own machine only.
func TestLocal(t *testing.T) {
	x, _ := newLocalSite(t)
	for name, status := range map[string]int{"127.0.0.1:8420": 200, "localhost": 200, "[::1]:8420": 200, "evil.example": 421, "127.0.0.1.evil.example:8420": 421, "192.0.2.1:8420": 421} {
		x.want(t, status, x.ask("nobody", "GET", "/api/session", "", host(name)))
	}
	if body := x.want(t, 200, x.here("GET", "/api/session", "")); !strings.Contains(body, `"local":true`) || !strings.Contains(body, `"role":"coordinator"`) {
		t.Error(body)
	}
	stale := func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "rearguard_session", Value: "of another server"})
	}
	x.want(t, 200, x.here("GET", "/api/session", "", stale))
	x.want(t, 401, x.here("GET", "/api/session", "", header("Authorization", "Bearer unknown")))
	if body := x.want(t, 200, x.ask("viewer", "GET", "/api/session", "", host("localhost"))); !strings.Contains(body, `"role":"viewer"`) {
		t.Error(body)
	}
	x.want(t, 403, x.here("POST", "/api/invites", `{"role":"viewer"}`, header("Sec-Fetch-Site", "cross-site")))
	x.want(t, 204, x.here("DELETE", "/api/session", ""))
	x.want(t, 303, x.here("POST", "/sign-out", ""))
	if body := x.want(t, 200, x.here("GET", "/api", "")); strings.Contains(body, "<button>Sign out") {
		t.Error(body)
	}
	w := x.here("GET", "/", "")
	x.want(t, 303, w)
	if to := w.Header().Get("Location"); to != "/scenarios/"+x.scenario+"/overview" {
		t.Errorf("the start leads to %s", to)
	}
	x.want(t, 201, x.here("POST", "/api/scenarios/"+x.scenario+"/branch", `{"name":"what if"}`))
	if body := x.want(t, 200, x.here("GET", "/", "")); !strings.Contains(body, "/app.js") {
		t.Error(body)
	}
}

// The event stream of who has no session stays open until its reader leaves.
func TestLocalEvents(t *testing.T) {
	x, _ := newLocalSite(t)
	ctx, stop := context.WithTimeout(t.Context(), 16*time.Second)
	defer stop()
	w := x.here("GET", "/api/scenarios/"+x.scenario+"/events", "", func(r *http.Request) { *r = *r.WithContext(ctx) })
	if body := x.want(t, 200, w); !strings.Contains(body, "event: alive") {
		t.Error(body)
	}
}

// What is known on a day is in the documents: of the world in each, of the execution in
// that of the plan that it is of; none of it for who does not see all of the plan.
func TestLocalNews(t *testing.T) {
	x, local := newLocalSite(t)
	written, err := jobs.Load(t.Context(), x.store, x.scenario, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, body, err := x.store.Plan(t.Context(), x.plan)
	if err != nil {
		t.Fatal(err)
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(body, p); err != nil {
		t.Fatal(err)
	}
	resolved, err := scenario.Resolve(written, p.Variant())
	if err != nil {
		t.Fatal(err)
	}
	leg := p.Tours[0].Legs[0]
	facts := []plan.Fact{{ID: "f", Date: leg.Depart, Received: leg.Depart, Unit: p.Tours[0].Unit, Event: plan.Cancelled}}
	a, err := execution.Of(resolved, p, facts, leg.Depart, 2)
	if err != nil {
		t.Fatal(err)
	}
	local.News[x.scenario] = server.News{Status: conditions.New(written, nil, leg.Depart, nil).Status(), Account: a, Plan: x.plan}
	other := x.runJob(t, "plan", `{"iterations":20}`)
	j, err := x.store.Job(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role, plan        string
		situation, actual bool
	}{
		{"nobody", x.plan, true, true},
		{"nobody", j.Plan, true, false},
		{"viewer", x.plan, false, false},
	} {
		var d struct{ Situation, Actual any }
		text := x.want(t, 200, x.ask(c.role, "GET", "/api/plans/"+c.plan+"/document", "", host("localhost")))
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		if d.Situation != nil != c.situation || d.Actual != nil != c.actual {
			t.Errorf("%s: situation %v, actual %v", c.role, d.Situation, d.Actual)
		}
	}
}
