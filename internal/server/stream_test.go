package server_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/jobs"
)

// listen reads a scenario's event stream as somebody; each event goes to the channel as
// "name data".
func (x *site) listen(t *testing.T, address, role string) <-chan string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/scenarios/"+x.scenario+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+x.tokens[role])
	answer, err := http.DefaultClient.Do(r) //nolint:bodyclose // its reader below closes it
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s: %s", role, answer.Status)
	}
	events := make(chan string, 100)
	go func() {
		defer answer.Body.Close()
		defer close(events)
		name := ""
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if rest, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = rest
			} else if rest, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- name + " " + rest
			}
		}
	}()
	if hello := <-events; !strings.HasPrefix(hello, "hello ") {
		t.Fatalf("%s hears %q first", role, hello)
	}
	return events
}

// Everybody on the stream hears of an edit, each of the records that it sees.
func TestOthersHearOfEdits(t *testing.T) {
	x := newSite(t)
	h := httptest.NewServer(x.Handler())
	t.Cleanup(h.Close)
	streams := map[string]<-chan string{}
	for _, role := range roles[:len(roles)-1] {
		streams[role] = x.listen(t, h.URL, role)
	}
	unit := `{"id":"secret-nor-1","contributor":"NOR","provides":{"bg":1},"home":"secret-nor-garrison","self_deploys":{"mode":"road"},"persons":5}`
	x.want(t, 200, x.ask("liaison of NOR", "PUT", "/api/scenarios/"+x.scenario+"/records/units/secret-nor-1", unit, header("If-Match", `"1"`)))
	for role, events := range streams {
		e := <-events
		if !strings.HasPrefix(e, `edit {"version":2,"by":"liaison of NOR"`) {
			t.Errorf("%s hears %s", role, e)
		}
		if sees := seesAll(role) || role == "liaison of NOR"; strings.Contains(e, "secret-nor") != sees || strings.Contains(e, `"more":true`) == sees {
			t.Errorf("%s hears %s", role, e)
		}
	}
	x.want(t, 202, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/jobs", `{"kind":"plan","options":{"iterations":5}}`))
	if e := <-streams["planner"]; !strings.HasPrefix(e, "job ") || !strings.Contains(e, `"state":"queued"`) {
		t.Errorf("hears %s of a job", e)
	}
}

// The stream tells of jobs that a worker of another process runs.
func TestJobsOfOtherWorkers(t *testing.T) {
	x := newSite(t)
	h := httptest.NewServer(x.Handler())
	t.Cleanup(h.Close)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { x.Run(ctx) })
	defer running.Wait()
	defer stop()
	events := x.listen(t, h.URL, "planner")
	x.want(t, 202, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/jobs", `{"kind":"plan","options":{"iterations":5}}`))
	running.Go(func() { jobs.New(x.store, "elsewhere", slog.New(slog.DiscardHandler)).Run(ctx) })
	for e := range events {
		if strings.HasPrefix(e, "job ") && strings.Contains(e, `"state":"done"`) && strings.Contains(e, `"plan":"`) {
			return
		}
	}
	t.Error("the stream ended, and did not tell that the job is done")
}
