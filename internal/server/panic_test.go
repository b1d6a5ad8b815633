package server_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// log is what a server logs, from any goroutine.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// faulty panics where not everybody comes, as a question about losses asks, and in trials
// of another policy; else it plans.
func faulty(ctx context.Context, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
	if v := s.Variant(); len(v.Lost) > 0 || s.Policy == scenario.Balanced {
		panic("a fault of the planner")
	}
	return engine.Solve(ctx, s, o)
}

// A fault in a question of a team fails that question: the server lives, tells why, and
// does what else is asked of it.
func TestServerOutlivesAPanic(t *testing.T) {
	said := &log{}
	x := newSite(t, func(o *server.Options) {
		o.Workers, o.Engine, o.Log = 2, faulty, slog.New(slog.NewTextHandler(said, nil))
	})
	h := httptest.NewServer(x.Handler())
	t.Cleanup(h.Close)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { x.Run(ctx) })
	defer running.Wait()
	defer stop()
	events := x.listen(t, h.URL, "coordinator") // to whom alone it is told why
	x.want(t, 202, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/jobs", `{"kind":"lose","options":{"iterations":5}}`))
	x.want(t, 202, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/jobs", `{"kind":"plan","options":{"iterations":5}}`))
	failed, done := "", false
	for failed == "" || !done {
		e, open := <-events
		if !open {
			t.Fatal("the stream ended before both jobs had")
		}
		if strings.HasPrefix(e, "job ") && strings.Contains(e, `"state":"failed"`) {
			failed = e
		}
		done = done || strings.HasPrefix(e, "job ") && strings.Contains(e, `"kind":"plan","state":"done"`)
	}
	if !strings.Contains(failed, `"kind":"lose"`) || !strings.Contains(failed, "internal error: a fault of the planner; the log of worker server-") {
		t.Errorf("the job says %s", failed)
	}
	if !strings.Contains(said.String(), "job panics") || !strings.Contains(said.String(), "server_test.faulty") {
		t.Errorf("the log does not say where the job failed: %s", said)
	}
	trial := x.want(t, 200, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/trial", `{"seconds":0.1,"policy":"balanced"}`))
	if !strings.Contains(trial, "event: failed") || !strings.Contains(trial, "internal error") || strings.Contains(trial, "planner") {
		t.Errorf("the trial says %s", trial)
	}
	x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario, ""))
	x.want(t, 200, x.ask("", "GET", "/healthz", ""))
}
