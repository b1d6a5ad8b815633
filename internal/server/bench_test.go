package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// loaded is a server with a scenario on SQLite, and a coordinator's token.
func loaded(b *testing.B, s *scenario.Scenario) (address, token, id string) {
	b.Helper()
	db, err := store.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	x := server.New(server.Options{Store: db, Log: slog.New(slog.DiscardHandler)})
	kept, err := x.Keep(b.Context(), store.Actor{ID: "bench"}, s)
	if err != nil {
		b.Fatal(err)
	}
	p, err := db.AddPerson(b.Context(), store.Actor{ID: "bench"}, store.Person{Name: "A", Email: "a@example.org", Role: auth.Coordinator})
	if err != nil {
		b.Fatal(err)
	}
	_, token, err = db.Issue(b.Context(), store.Actor{ID: "bench"}, store.Secret{Kind: store.Token, Person: p.ID, Grants: json.RawMessage(`{"scope":"write"}`), Expires: time.Now().Add(time.Hour)})
	if err != nil {
		b.Fatal(err)
	}
	h := httptest.NewServer(x.Handler())
	b.Cleanup(h.Close)
	return h.URL + "/api/scenarios/" + kept.ID, token, kept.ID
}

func ask(b *testing.B, token, method, url, body string) {
	r, err := http.NewRequestWithContext(b.Context(), method, url, strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode >= 300 {
		b.Errorf("%s %v %.200s", w.Status, err, text)
	}
}

// BenchmarkLoad reads 500 records and saves 50 a second on the reassurance example, as
// many people do, and reports the 95th percentile of each in milliseconds.
func BenchmarkLoad(b *testing.B) {
	s, _, err := formats.ReadScenario("../../examples/reassurance.yaml")
	if err != nil {
		b.Fatal(err)
	}
	address, token, _ := loaded(b, s)
	unit, err := json.Marshal(s.Units[0])
	if err != nil {
		b.Fatal(err)
	}
	save := `{"changes":[{"kind":"units","key":"` + s.Units[0].ID + `","body":` + string(unit) + `,"if_version":null}]}`
	for b.Loop() {
		var mu sync.Mutex
		var wait sync.WaitGroup
		took := map[string][]float64{}
		steady := func(name string, perSecond int, do func(i int)) {
			tick := time.NewTicker(time.Second / time.Duration(perSecond))
			defer tick.Stop()
			for i := range 5 * perSecond {
				<-tick.C
				wait.Go(func() {
					began := time.Now()
					do(i)
					mu.Lock()
					took[name] = append(took[name], time.Since(began).Seconds()*1000)
					mu.Unlock()
				})
			}
		}
		wait.Go(func() {
			steady("reads", 500, func(i int) { ask(b, token, "GET", address+"/records/units/"+s.Units[i%len(s.Units)].ID, "") })
		})
		wait.Go(func() { steady("writes", 50, func(int) { ask(b, token, "POST", address+"/records", save) }) })
		wait.Wait()
		for name, list := range took {
			slices.Sort(list)
			b.ReportMetric(list[len(list)*95/100], name+"-p95-ms")
		}
	}
}

// BenchmarkOpen opens a scenario of 10,000 units.
func BenchmarkOpen(b *testing.B) {
	s, err := generate.Scenario(generate.Options{Units: 10_000, Posts: 500, Days: 365, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	address, token, _ := loaded(b, s)
	for b.Loop() {
		ask(b, token, "GET", address, "")
	}
	began := time.Now()
	body, err := json.Marshal(s.Units[0])
	if err != nil {
		b.Fatal(err)
	}
	ask(b, token, "POST", address+"/records", fmt.Sprintf(`{"changes":[{"kind":"units","key":%q,"body":%s,"if_version":null}]}`, s.Units[0].ID, body))
	b.ReportMetric(time.Since(began).Seconds()*1000, "edit-ms")
}
