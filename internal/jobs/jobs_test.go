package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

var actor = store.Actor{ID: "somebody"}

// fixture is a store with the tiny example in it, in a folder.
func fixture(t testing.TB, folder string) (*store.Store, *store.Scenario) {
	t.Helper()
	s, err := store.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	written, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	records, err := store.Split(document)
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Create(t.Context(), actor, "tiny", records)
	if err != nil {
		t.Fatal(err)
	}
	return s, x
}

func queue(t testing.TB, s *store.Store, x *store.Scenario, kind, options string) *store.Job {
	t.Helper()
	j, err := s.Enqueue(t.Context(), actor, store.Job{Scenario: x.ID, Version: 1, Kind: kind, Options: json.RawMessage(options)})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// until runs a worker until a job has ended, or a change is told that says so.
func until(t *testing.T, w *jobs.Worker, id string, when func(*store.Job) bool) *store.Job {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	w.Pause = 5 * time.Millisecond
	then := w.Notify
	w.Notify = func(j *store.Job, p jobs.Progress) {
		if then != nil {
			then(j, p)
		}
		if j.ID == id && when(j) {
			stop()
		}
	}
	w.Run(ctx)
	j, err := w.Store.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func ended(j *store.Job) bool { return !j.Ended.IsZero() }

func TestPlan(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	job := until(t, jobs.New(s, "w", quiet()), queue(t, s, x, "plan", `{"iterations":200,"name":"first"}`).ID, ended)
	if job.State != store.Done {
		t.Fatalf("%+v", job)
	}
	kept, body, err := s.Plan(t.Context(), job.Plan)
	if err != nil || kept.Name != "first" || strings.Contains(string(kept.Summary), "gbr-1") {
		t.Fatal(kept, err)
	}
	var p plan.Plan
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	written, err := jobs.Load(t.Context(), s, x.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p.Metrics.NewExposure == nil || *p.Metrics.NewExposure != 0 {
		t.Errorf("new exposure %v", p.Metrics.NewExposure)
	}
	if p.ScenarioSHA256 != written.Hash() {
		t.Error("the plan is of another scenario")
	}
	resolved, err := scenario.Resolve(written, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	if r := verify.Check(resolved, &p); !r.OK() {
		t.Error(r)
	}
}

func TestQuestions(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	for kind, want := range map[string]string{"lose": `"losses"`, "tradeoff": `"points"`, "ask": `"asks"`, "samples": `"drivers"`} {
		job := until(t, jobs.New(s, "w", quiet()), queue(t, s, x, kind, `{"iterations":30}`).ID, ended)
		if job.State != store.Done || !strings.Contains(string(job.Result), want) {
			t.Errorf("%s: %s %s %.300s", kind, job.State, job.Failure, job.Result)
		}
	}
}

func TestWhatCannotBeDone(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	for kind, c := range map[string]struct{ options, want string }{
		"plan":  {`{"d_day":{"nothing":"2025-05-01"}}`, `unknown operation "nothing"`},
		"dance": {`{}`, "kind dance: it must be one of plan, "},
		"lose":  {`{"seconds":"long"}`, `seconds "long" of lose: it must be 0.1 to 86400`},
	} {
		job := until(t, jobs.New(s, "w", quiet()), queue(t, s, x, kind, c.options).ID, ended)
		if job.State != store.Failed || !strings.Contains(job.Failure, c.want) {
			t.Errorf("%s: %+v", kind, job)
		}
	}
}

// A cancelled job stops its search; the worker goes on with the next one.
func TestCancel(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	long, next := queue(t, s, x, "lose", `{"seconds":3600}`), queue(t, s, x, "plan", `{"iterations":20}`)
	w := jobs.New(s, "w", quiet())
	w.Beat = 5 * time.Millisecond
	var once sync.Once
	w.Notify = func(j *store.Job, _ jobs.Progress) {
		if j.ID == long.ID {
			once.Do(func() {
				if err := s.Cancel(context.Background(), actor, long.ID); err != nil {
					t.Error(err)
				}
			})
		}
	}
	if job := until(t, w, next.ID, ended); job.State != store.Done {
		t.Errorf("%+v", job)
	}
	if job, err := s.Job(t.Context(), long.ID); err != nil || job.State != store.Cancelled {
		t.Errorf("%+v, %v", job, err)
	}
}

// A worker that ends in order gives its job back, and it does not count as a try.
func TestEndInOrder(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	job := until(t, jobs.New(s, "w", quiet()), queue(t, s, x, "lose", `{"seconds":3600}`).ID, func(*store.Job) bool { return true })
	if job.State != store.Queued || job.Attempts != 0 {
		t.Errorf("%+v", job)
	}
}

// TestMain lets the test program be a worker that is killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv("JOBS_TEST_FOLDER"); folder != "" {
		s, err := store.Open(context.Background(), folder)
		if err != nil {
			os.Exit(1)
		}
		w := jobs.New(s, os.Getenv("JOBS_TEST_NAME"), quiet())
		w.Threads, w.Pause, w.Beat, w.Stale, w.Most = 1, 20*time.Millisecond, 20*time.Millisecond, time.Second, 50
		w.Run(context.Background())
	}
	os.Exit(m.Run())
}

// child starts a worker in a process of its own.
func child(t testing.TB, folder, name string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), "JOBS_TEST_FOLDER="+folder, "JOBS_TEST_NAME="+name)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// wait looks at the jobs until they are as wanted.
func wait(t testing.TB, s *store.Store, id string, when func(*store.Job, []store.Job) bool) (*store.Job, []store.Job) {
	t.Helper()
	for {
		j, err := s.Job(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := s.Parts(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if when(j, parts) {
			return j, parts
		}
		if j.State == store.Failed {
			t.Fatalf("%+v", j)
		}
		time.Sleep(time.Millisecond)
	}
}

// A worker is killed while it works: another takes the job once the claim is stale, and
// it is done once.
func TestKilled(t *testing.T) {
	folder := t.TempDir()
	s, x := fixture(t, folder)
	job := queue(t, s, x, "lose", `{"seconds":3600}`)
	c := child(t, folder, "victim")
	wait(t, s, job.ID, func(j *store.Job, _ []store.Job) bool { return j.State == store.Running })
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	w := jobs.New(s, "heir", quiet())
	w.Stale = 0
	again := until(t, w, job.ID, func(j *store.Job) bool { return j.Worker == "heir" })
	if again.Worker != "heir" {
		t.Errorf("%+v", again)
	}
}

// Two workers share the samples of a scenario, and one of them is killed: the other does
// its part too, and what comes of it is what one process alone would find.
func TestTwoShareSamplesAndOneIsKilled(t *testing.T) {
	folder := t.TempDir()
	s, x := fixture(t, folder)
	job := queue(t, s, x, "samples", `{"samples":150,"iterations":150}`)
	victim, heir := child(t, folder, "victim"), child(t, folder, "heir")
	defer func() {
		_ = heir.Process.Kill()
		_ = heir.Wait()
	}()
	wait(t, s, job.ID, func(_ *store.Job, parts []store.Job) bool {
		for _, p := range parts {
			if p.Worker == "victim" && p.State == store.Running {
				return true
			}
		}
		return false
	})
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	done, parts := wait(t, s, job.ID, func(j *store.Job, _ []store.Job) bool { return j.State == store.Done })
	by := map[string]int{}
	for _, p := range parts {
		by[p.Worker]++
	}
	if len(parts) != 6 || by["heir"] == 0 {
		t.Errorf("parts by worker: %v", by)
	}
	written, err := jobs.Load(t.Context(), s, x.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := planner.Checked(written).Samples(t.Context(), planner.Variant{}, planner.Search{Seed: 1, Iterations: 150}, planner.SamplesOptions{N: 150})
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(alone)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(done.Result) {
		t.Errorf("shared:\n%s\nalone:\n%s", done.Result, want)
	}
}

// BenchmarkSamples draws 1,000 samples in one worker process and in two, each with one
// search at a time.
func BenchmarkSamples(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			folder := b.TempDir()
			s, x := fixture(b, folder)
			for i := range workers {
				c := child(b, folder, fmt.Sprint("w", i))
				b.Cleanup(func() {
					_ = c.Process.Kill()
					_ = c.Wait()
				})
			}
			for b.Loop() {
				job := queue(b, s, x, "samples", `{"samples":1000,"iterations":400}`)
				wait(b, s, job.ID, func(j *store.Job, _ []store.Job) bool { return j.State == store.Done })
			}
		})
	}
}
