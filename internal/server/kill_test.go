package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

// TestMain lets the test program be a server that is killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv("SERVER_TEST_FOLDER"); folder != "" {
		serveAsChild(folder)
	}
	os.Exit(m.Run())
}

func serveAsChild(folder string) {
	s, err := store.Open(context.Background(), folder)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	x := server.New(server.Options{Store: s, Log: slog.New(slog.DiscardHandler), Workers: 1})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	go x.Run(context.Background())
	fmt.Println("at", listener.Addr())
	_ = http.Serve(listener, x.Handler()) //nolint:gosec // it is killed
	os.Exit(1)
}

// The server is killed a hundred times at random moments under edits and jobs. Every
// edit that was acknowledged is there afterwards; every job that was is done; the audit
// chain is unbroken.
func TestKilledAHundredTimes(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	folder := t.TempDir()
	s, err := store.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	actor := store.Actor{ID: "test"}
	records, err := store.Split([]byte(`{"name":"k","calendar":{"start":"2025-01-01","days":20},"capabilities":[{"id":"c","domain":"land"}],"areas":[{"id":"a"}],"places":[{"id":"h","lat":50,"lon":20,"area":"a"}],
		"contributors":[{"id":"POL"}],"units":[{"id":"u","contributor":"POL","provides":{"c":1},"home":"h","self_deploys":{"mode":"road"}}],"posts":[{"id":"p","place":"h","lines":[{"capability":"c","floor":1}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.Create(t.Context(), actor, "k", records)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.AddPerson(t.Context(), actor, store.Person{Name: "A", Email: "a@example.org", Role: auth.Coordinator})
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := s.Issue(t.Context(), actor, store.Secret{Kind: store.Token, Person: p.ID, Grants: json.RawMessage(`{"scope":"write"}`), Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 10 * time.Second}
	call := func(method, url, body string) (answer []byte, done bool) {
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return nil, false
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-None-Match", "*")
		w, err := client.Do(r)
		if err != nil {
			return nil, false // killed
		}
		defer w.Body.Close()
		b, err := io.ReadAll(w.Body)
		if err != nil {
			return nil, false
		}
		if w.StatusCode >= 300 {
			t.Errorf("%s %s: %s %s", method, url, w.Status, b)
			return nil, false
		}
		return b, true
	}
	var mu sync.Mutex
	units, queued := map[string]bool{}, map[string]bool{}
	r := rand.New(rand.NewPCG(1, 1))
	for round := range kills {
		c := exec.Command(self)
		c.Env = append(os.Environ(), "SERVER_TEST_FOLDER="+folder)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		var address string
		if _, err := fmt.Fscanf(out, "at %s\n", &address); err != nil {
			t.Fatal(err)
		}
		base := "http://" + address + "/api/scenarios/" + kept.ID
		var wait sync.WaitGroup
		for who := range 3 {
			wait.Go(func() {
				for n := 0; ; n++ {
					id := fmt.Sprintf("u%d-%d-%d", round, who, n)
					body := fmt.Sprintf(`{"id":%q,"contributor":"POL","provides":{"c":1},"home":"h","self_deploys":{"mode":"road"}}`, id)
					if _, done := call("PUT", base+"/records/units/"+id, body); !done {
						return
					}
					mu.Lock()
					units[id] = true
					mu.Unlock()
				}
			})
		}
		wait.Go(func() {
			answer, done := call("POST", base+"/jobs", `{"kind":"plan","options":{"iterations":1}}`)
			var j store.Job
			if done && json.Unmarshal(answer, &j) == nil {
				mu.Lock()
				queued[j.ID] = true
				mu.Unlock()
			}
		})
		time.Sleep(time.Duration(r.IntN(60)) * time.Millisecond) // the moment is random, not waited for
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
		wait.Wait()
	}
	t.Logf("%d kills, %d acknowledged edits, %d acknowledged jobs", kills, len(units), len(queued))
	if s, err = store.Open(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.Records(t.Context(), kept.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		delete(units, r.Key)
	}
	if len(units) > 0 {
		t.Errorf("%d acknowledged edits are lost: %v", len(units), units)
	}
	if c, err := s.VerifyAudit(t.Context(), "", nil); err != nil || c.Broken != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	finish(t, s, queued)
}

// finish runs what is left of the queue and holds that every acknowledged job is done.
func finish(t *testing.T, s *store.Store, queued map[string]bool) {
	t.Helper()
	later := time.Now().Add(time.Hour) // every claim of the killed is void
	s.Now = func() time.Time { return later }
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	x := server.New(server.Options{Store: s, Log: slog.New(slog.DiscardHandler), Workers: 2})
	go x.Run(ctx)
	for id := range queued {
		for {
			j, err := s.Job(ctx, id)
			if err != nil {
				t.Fatalf("job %s: %v", id, err)
			}
			if !j.Ended.IsZero() {
				if j.State != store.Done {
					t.Errorf("%+v", j)
				}
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}
