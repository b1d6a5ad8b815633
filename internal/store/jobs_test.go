package store_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/store"
)

// ledger is a store whose clock a test turns, with a scenario to queue jobs on.
type ledger struct {
	*store.Store
	t   *testing.T
	x   *store.Scenario
	now time.Time
}

// ledgers calls a test with a ledger on each database.
func ledgers(t *testing.T, test func(l *ledger)) {
	each(t, func(t *testing.T, s *store.Store) {
		l := &ledger{Store: s, t: t, x: fill(t, s), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
		s.Now = func() time.Time { return l.now }
		test(l)
	})
}

const (
	stale = time.Minute
	most  = 2
)

func (l *ledger) put(kind string) *store.Job {
	l.t.Helper()
	j, err := l.Enqueue(l.t.Context(), actor, store.Job{Scenario: l.x.ID, Version: 1, Kind: kind, Options: json.RawMessage(`{"seed":1}`)})
	l.must(err)
	return j
}

// claim takes a job; nil is none.
func (l *ledger) claim(worker string) *store.Job {
	l.t.Helper()
	j, err := l.Claim(l.t.Context(), worker, stale, most)
	l.must(err)
	return j
}

func (l *ledger) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// refused holds that something is refused since nothing of the kind is there.
func (l *ledger) refused(what string, err error) {
	l.t.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		l.t.Errorf("%s is not refused: %v", what, err)
	}
}

// is holds a job to its state, worker and number of tries.
func (l *ledger) is(id string, state store.State, worker string, attempts int64) *store.Job {
	l.t.Helper()
	j, err := l.Job(l.t.Context(), id)
	l.must(err)
	if j.State != state || j.Worker != worker || j.Attempts != attempts {
		l.t.Errorf("the job is %s, worker %q, after %d tries; want %s, %q, %d", j.State, j.Worker, j.Attempts, state, worker, attempts)
	}
	return j
}

// divided is a claimed job that waits for its parts, and the parts as claimed.
func (l *ledger) divided(options ...string) (whole *store.Job, parts []*store.Job) {
	l.t.Helper()
	l.put("samples")
	whole = l.claim("w")
	var list []json.RawMessage
	for _, o := range options {
		list = append(list, json.RawMessage(o))
	}
	l.must(l.Divide(l.t.Context(), whole, json.RawMessage(`{"base":1}`), "part", list))
	for i := range options {
		parts = append(parts, l.claim(string(rune('a'+i))))
	}
	return whole, parts
}

// A claim ends when it has not been renewed for as long as stale, not before, and a beat
// renews it. It is the worker's and the try's: of another try nothing counts.
func TestClaims(t *testing.T) {
	ledgers(t, func(l *ledger) {
		ctx := t.Context()
		if l.claim("idle") != nil {
			t.Error("a job out of nothing")
		}
		job := l.put("plan")
		first := l.claim("a")
		if first == nil || first.ID != job.ID || first.Scenario != l.x.ID || first.Version != 1 || first.Kind != "plan" || string(first.Options) != `{"seed":1}` || first.Actor != actor.ID || !first.Beat.Equal(l.now) {
			t.Fatalf("claimed %+v", first)
		}
		l.is(job.ID, store.Running, "a", 1)
		l.now = l.now.Add(stale)
		if j := l.claim("b"); j != nil {
			t.Fatalf("a claim is gone just as it comes of age: %+v", j)
		}
		held, err := l.Beat(ctx, first, json.RawMessage(`{"done":1}`))
		if err != nil || !held {
			t.Fatal(held, err)
		}
		l.now = l.now.Add(stale)
		if j := l.claim("b"); j != nil {
			t.Fatalf("a beat does not renew the claim: %+v", j)
		}
		l.now = l.now.Add(time.Second)
		second := l.claim("a") // the same worker, as after a restart
		if second == nil || second.ID != job.ID {
			t.Fatalf("claimed %+v", second)
		}
		l.is(job.ID, store.Running, "a", 2)
		if held, err := l.Beat(ctx, first, json.RawMessage(`{"done":2}`)); err != nil || held {
			t.Errorf("the first try still holds the job: %v", err)
		}
		l.refused("the first try's end", l.Finish(ctx, first, nil, nil, json.RawMessage("1")))
		l.refused("the first try's failure", l.Fail(ctx, first, "no"))
		l.refused("the first try's return", l.Release(ctx, first))
		l.refused("the first try's division", l.Divide(ctx, first, nil, "part", []json.RawMessage{json.RawMessage("1")}))
		other := *second
		other.Worker = "b"
		if held, err := l.Beat(ctx, &other, json.RawMessage("{}")); err != nil || held {
			t.Errorf("another worker holds the job: %v", err)
		}
		l.refused("another worker's end", l.Finish(ctx, &other, nil, nil, json.RawMessage("1")))
		if j := l.is(job.ID, store.Running, "a", 2); string(j.Progress) != `{"done":1}` || !j.Beat.Equal(l.now) || !j.Ended.IsZero() {
			t.Errorf("%+v", j)
		}
		l.must(l.Finish(ctx, second, nil, nil, json.RawMessage(`{"answer":1}`)))
		if j := l.is(job.ID, store.Done, "a", 2); string(j.Result) != `{"answer":1}` || !j.Ended.Equal(l.now) || j.Failure != "" || j.Plan != "" {
			t.Errorf("%+v", j)
		}
		l.now = l.now.Add(10 * stale)
		if j := l.claim("c"); j != nil {
			t.Errorf("what is done is done again: %+v", j)
		}
		l.refused("a second end", l.Finish(ctx, second, nil, nil, json.RawMessage("2")))
		l.refused("a late failure", l.Fail(ctx, second, "no"))
		if _, err := l.Enqueue(ctx, actor, store.Job{Scenario: "none", Kind: "plan", Options: json.RawMessage("{}")}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a job of no scenario: %v", err)
		}
	})
}

// The oldest first, whoever failed before; one that is given back is the oldest again, and
// its try does not count.
func TestOrderOfClaims(t *testing.T) {
	ledgers(t, func(l *ledger) {
		ctx := t.Context()
		jobs := []*store.Job{l.put("plan"), l.put("lose"), l.put("ask")}
		first := l.claim("a")
		l.must(l.Release(ctx, first))
		l.is(first.ID, store.Queued, "a", 0)
		if held, err := l.Beat(ctx, first, json.RawMessage("{}")); err != nil || held {
			t.Errorf("what was given back is still held: %v", err)
		}
		for i, want := range jobs {
			if j := l.claim("b"); j == nil || j.ID != want.ID || j.Attempts != 1 {
				t.Errorf("claim %d is %+v, want %s", i, j, want.Kind)
			}
		}
		list, err := l.Jobs(ctx, l.x.ID, "", 2)
		if err != nil || len(list) != 2 || list[0].ID != jobs[2].ID || list[1].ID != jobs[1].ID {
			t.Errorf("the newest two are %+v, %v", list, err)
		}
		if list, err = l.Jobs(ctx, l.x.ID, list[1].ID, 2); err != nil || len(list) != 1 || list[0].ID != jobs[0].ID {
			t.Errorf("those before are %+v, %v", list, err)
		}
		if list, err = l.Jobs(ctx, "another", "", 9); err != nil || len(list) != 0 {
			t.Errorf("of another scenario: %+v, %v", list, err)
		}
	})
}

// A job whose workers end, one after the other, fails at the try after the last, and not
// before; tried again by hand, it has all its tries.
func TestJobThatEndsItsWorkers(t *testing.T) {
	ledgers(t, func(l *ledger) {
		job := l.put("plan")
		for try := range most {
			if j := l.claim("w"); j == nil || j.Attempts != int64(try+1) {
				t.Fatalf("try %d: %+v", try+1, j)
			}
			l.now = l.now.Add(stale + time.Second)
		}
		if j := l.claim("w"); j != nil {
			t.Fatalf("tried once more: %+v", j)
		}
		if j := l.is(job.ID, store.Failed, "w", most); !strings.Contains(j.Failure, "tried 2 times, and each time its worker ended") || !j.Ended.Equal(l.now) {
			t.Errorf("%+v", j)
		}
		l.must(l.Retry(t.Context(), actor, job.ID))
		if j := l.is(job.ID, store.Queued, "w", 0); j.Failure != "" || !j.Ended.IsZero() {
			t.Errorf("%+v", j)
		}
		if j := l.claim("w"); j == nil || j.Attempts != 1 {
			t.Errorf("%+v", j)
		}
	})
}

// A job that is divided waits until each of its parts is done, in whatever order; then it
// goes on with what it had kept, and with their answers in the order of the parts.
func TestParts(t *testing.T) {
	ledgers(t, func(l *ledger) {
		ctx := t.Context()
		whole, parts := l.divided(`{"first":0}`, `{"first":25}`, `{"first":50}`)
		l.is(whole.ID, store.Waiting, "w", 0)
		for i, p := range parts {
			if p == nil || string(p.Options) != []string{`{"first":0}`, `{"first":25}`, `{"first":50}`}[i] || p.Kind != "part" || p.Parent != whole.ID ||
				p.Scenario != l.x.ID || p.Version != 1 || p.Actor != actor.ID {
				t.Fatalf("part %d is %+v", i, p)
			}
		}
		if list, err := l.Jobs(ctx, l.x.ID, "", 9); err != nil || len(list) != 1 {
			t.Errorf("parts are listed: %+v, %v", list, err)
		}
		for _, i := range []int{2, 0, 1} {
			if j := l.claim("idle"); j != nil {
				t.Fatalf("%s goes on before its parts are done", j.Kind)
			}
			l.must(l.Finish(ctx, parts[i], nil, nil, json.RawMessage([]string{"0", "25", "50"}[i])))
		}
		again := l.claim("z")
		if again == nil || again.ID != whole.ID || again.Attempts != 1 || string(again.Result) != `{"base":1}` {
			t.Fatalf("it goes on as %+v", again)
		}
		done, err := l.Parts(ctx, whole.ID)
		l.must(err)
		for i, p := range done {
			if p.ID != parts[i].ID || string(p.Result) != []string{"0", "25", "50"}[i] {
				t.Errorf("part %d is %+v", i, p)
			}
		}
		l.must(l.Finish(ctx, again, nil, nil, json.RawMessage(`{"all":3}`)))
		if j := l.is(whole.ID, store.Done, "z", 1); string(j.Result) != `{"all":3}` {
			t.Errorf("%+v", j)
		}
	})
}

// A part that fails, or that ends its workers, fails the whole, and the other parts end.
func TestPartThatFails(t *testing.T) {
	for name, fail := range map[string]func(l *ledger, part *store.Job){
		"by itself": func(l *ledger, part *store.Job) { l.must(l.Fail(l.t.Context(), part, "no way")) },
		"by its workers": func(l *ledger, part *store.Job) {
			for range most {
				l.now = l.now.Add(stale + time.Second)
				for range 2 { // the other part that is running goes stale too, and its worker takes it again
					if j := l.claim("b"); j != nil && j.ID != part.ID {
						l.must(l.Release(l.t.Context(), j))
					}
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ledgers(t, func(l *ledger) {
				whole, parts := l.divided("0", "1", "2")
				l.must(l.Finish(t.Context(), parts[2], nil, nil, json.RawMessage("2")))
				if name == "by its workers" {
					l.must(l.Finish(t.Context(), parts[1], nil, nil, json.RawMessage("1")))
				}
				fail(l, parts[0])
				j, err := l.Job(t.Context(), whole.ID)
				l.must(err)
				if j.State != store.Failed || !strings.HasPrefix(j.Failure, "a part failed: ") || j.Result != nil || j.Ended.IsZero() {
					t.Errorf("the whole is %+v", j)
				}
				if name == "by itself" {
					l.is(parts[1].ID, store.Cancelled, "b", 1)
					if held, err := l.Beat(t.Context(), parts[1], json.RawMessage("{}")); err != nil || held {
						t.Errorf("a part of what failed goes on: %v", err)
					}
					l.refused("the end of a part of what failed", l.Finish(t.Context(), parts[1], nil, nil, json.RawMessage("1")))
					if !strings.HasSuffix(j.Failure, "no way") {
						t.Errorf("it failed since %q", j.Failure)
					}
				}
				l.is(parts[2].ID, store.Done, "c", 1)
				l.now = l.now.Add(10 * stale)
				if j := l.claim("idle"); j != nil {
					t.Errorf("something is left to do: %+v", j)
				}
				l.must(l.Retry(t.Context(), actor, whole.ID))
				if left, err := l.Parts(t.Context(), whole.ID); err != nil || len(left) != 0 {
					t.Errorf("%d parts of the try before, %v", len(left), err)
				}
				if j := l.claim("z"); j == nil || j.ID != whole.ID || j.Result != nil {
					t.Errorf("it starts anew as %+v", j)
				}
			})
		})
	}
}

// What has not ended can be cancelled, its parts with it, and only as a whole; what has
// ended badly can be tried again.
func TestCancelAndRetry(t *testing.T) {
	ledgers(t, func(l *ledger) {
		ctx := t.Context()
		whole, parts := l.divided("0", "1")
		l.must(l.Finish(ctx, parts[0], nil, nil, json.RawMessage("0")))
		l.refused("cancelling a part", l.Cancel(ctx, actor, parts[1].ID))
		l.refused("trying a part again", l.Retry(ctx, actor, parts[1].ID))
		l.refused("trying again what waits", l.Retry(ctx, actor, whole.ID))
		l.must(l.Cancel(ctx, actor, whole.ID))
		if j := l.is(whole.ID, store.Cancelled, "w", 0); !j.Ended.Equal(l.now) {
			t.Errorf("%+v", j)
		}
		l.is(parts[0].ID, store.Done, "a", 1)
		l.is(parts[1].ID, store.Cancelled, "b", 1)
		l.refused("trying a cancelled part again", l.Retry(ctx, actor, parts[1].ID))
		l.refused("cancelling twice", l.Cancel(ctx, actor, whole.ID))

		running := l.put("plan")
		l.claim("w")
		l.refused("trying again what runs", l.Retry(ctx, actor, running.ID))
		l.must(l.Cancel(ctx, actor, running.ID))
		queued := l.put("plan")
		l.refused("trying again what is queued", l.Retry(ctx, actor, queued.ID))
		l.must(l.Cancel(ctx, actor, queued.ID))
		if j := l.claim("w"); j != nil {
			t.Errorf("what is cancelled is claimed: %+v", j)
		}
		done := l.put("plan")
		l.must(l.Finish(ctx, l.claim("w"), nil, nil, json.RawMessage("1")))
		l.refused("trying again what is done", l.Retry(ctx, actor, done.ID))
		l.refused("cancelling what is done", l.Cancel(ctx, actor, done.ID))
		l.must(l.Retry(ctx, actor, running.ID))
		if j := l.claim("w"); j == nil || j.ID != running.ID || j.Attempts != 1 {
			t.Errorf("%+v", j)
		}
	})
}

// A plan and the end of its job are kept together, and it is of the job's version, by who
// queued it.
func TestPlanOfAJob(t *testing.T) {
	ledgers(t, func(l *ledger) {
		ctx := t.Context()
		job := l.put("plan")
		claimed := l.claim("w")
		stray := *claimed
		stray.Attempts++
		l.refused("a plan of no claim", l.Finish(ctx, &stray, &store.Plan{Summary: []byte("{}")}, []byte("{}"), nil))
		if plans, err := l.Plans(ctx, l.x.ID, "", 9); err != nil || len(plans) != 0 {
			t.Errorf("a plan is kept without its job: %+v, %v", plans, err)
		}
		l.must(l.Finish(ctx, claimed, &store.Plan{Name: "made", Summary: []byte("{}")}, []byte(`{"tours":[]}`), nil))
		p, body, err := l.Plan(ctx, l.is(job.ID, store.Done, "w", 1).Plan)
		l.must(err)
		if p.Name != "made" || p.Scenario != l.x.ID || p.Version != 1 || p.Actor != actor.ID || !p.Made.Equal(l.now) || string(body) != `{"tours":[]}` {
			t.Errorf("%+v %s", p, body)
		}
		if j := l.is(job.ID, store.Done, "w", 1); j.Result != nil {
			t.Errorf("%+v", j)
		}
	})
}
