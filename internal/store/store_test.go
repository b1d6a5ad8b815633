package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/store"
)

func version(n int64) *int64 { return &n }

// document is a scenario's JSON form at a version, by kind and key.
func document(t *testing.T, s *store.Store, id string, at int64) string {
	t.Helper()
	records, err := s.Records(t.Context(), id, at)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range records {
		list = append(list, fmt.Sprintf("%s/%s@%d %s", r.Kind, r.Key, r.Version, r.Body))
	}
	return strings.Join(list, "\n")
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVersionsOfAScenario(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, x := t.Context(), fill(t, s)
		first := document(t, s, x.ID, 0)
		same(t, `settings/settings@1 {"calendar":{"start":"2025-01-01","days":10},"name":"a"}
units/u2@1 {"id": "u2"}
units/u1@1 {"id": "u1"}
pins/000001@1 {"unit": "u1"}`, strings.ReplaceAll(first, `{"start": "2025-01-01", "days": 10}`, `{"start":"2025-01-01","days":10}`))

		same(t, "000002", store.NumberAfter([]string{"000001"}, 1))
		v, err := s.Save(ctx, actor, x.ID, 1, "b", "changed my mind", []store.Change{
			{Kind: "units", Key: "u2", Body: json.RawMessage(`{"id":"u2","persons":9}`), IfVersion: version(1)},
			{Kind: "units", Key: "u0", Body: json.RawMessage(`{"id":"u0"}`), IfVersion: version(0)},
			{Kind: "pins", Key: "000001"},
		})
		if err != nil || v != 2 {
			t.Fatal(v, err)
		}
		second := document(t, s, x.ID, 0)
		if !strings.HasSuffix(second, "units/u2@2 {\"id\":\"u2\",\"persons\":9}\nunits/u1@1 {\"id\": \"u1\"}\nunits/u0@2 {\"id\":\"u0\"}") {
			t.Errorf("the newest version is\n%s", second)
		}
		same(t, first, document(t, s, x.ID, 1))

		was, is, err := s.Diff(ctx, x.ID, 1, 2)
		if err != nil || len(was) != 3 || is[0].Kind != "pins" || is[0].Body != nil || string(was[0].Body) != `{"unit": "u1"}` {
			t.Errorf("%v %v %v", was, is, err)
		}
		changes, err := s.Restore(ctx, x.ID, 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		if v, err = s.Save(ctx, actor, x.ID, 2, "a", "back", changes); err != nil || v != 3 {
			t.Fatal(v, err)
		}
		if was, _, err := s.Diff(ctx, x.ID, 1, 3); err != nil || len(was) != 0 {
			t.Errorf("restored, and yet it differs: %v, %v", was, err)
		}
		history, err := s.History(ctx, x.ID, "units", "u2")
		if err != nil || len(history) != 3 || history[0].Version != 3 || string(history[1].Body) != `{"id":"u2","persons":9}` || history[1].Actor != "somebody" {
			t.Errorf("%v, %v", history, err)
		}
		versions, err := s.Versions(ctx, x.ID, 3, 10)
		if err != nil || len(versions) != 2 || versions[0].Note != "changed my mind" || versions[0].Changes != 3 {
			t.Errorf("%v, %v", versions, err)
		}
		branch, err := s.Branch(ctx, actor, x.ID, 2, "what if")
		if err != nil || branch.Origin != x.ID || branch.OriginV != 2 {
			t.Fatal(branch, err)
		}
		same(t, strings.ReplaceAll(second, "@2", "@1"), document(t, s, branch.ID, 0))
		if err := s.Remove(ctx, actor, x.ID); err != nil {
			t.Error(err)
		}
		list, err := s.Scenarios(ctx)
		if err != nil || len(list) != 1 || list[0].ID != branch.ID {
			t.Errorf("%v, %v", list, err)
		}
		for _, err := range []error{s.Remove(ctx, actor, x.ID), erring(s.Scenario(ctx, x.ID)), erring(s.Branch(ctx, actor, branch.ID, 9, ""))} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%v", err)
			}
		}
	})
}

func erring[T any](_ T, err error) error { return err }

func TestStale(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, x := t.Context(), fill(t, s)
		save := func(base int64, c store.Change) error {
			return erring(s.Save(ctx, actor, x.ID, base, "", "", []store.Change{{Kind: "units", Key: "u1", Body: json.RawMessage(`{"id":"u1"}`)}, c}))
		}
		for name, c := range map[string]struct {
			base   int64
			change store.Change
			have   int64
		}{
			"another version of the scenario": {7, store.Change{Kind: "units", Key: "u2", Body: json.RawMessage("{}")}, 1},
			"another version of the record":   {0, store.Change{Kind: "units", Key: "u2", Body: json.RawMessage("{}"), IfVersion: version(7)}, 1},
			"it is there already":             {0, store.Change{Kind: "units", Key: "u2", Body: json.RawMessage("{}"), IfVersion: version(0)}, 1},
			"it is gone":                      {0, store.Change{Kind: "units", Key: "u9", Body: json.RawMessage("{}"), IfVersion: version(3)}, 0},
		} {
			var stale *store.Stale
			if err := save(c.base, c.change); !errors.As(err, &stale) || stale.Have != c.have {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := save(0, store.Change{Kind: "units", Key: "u1", Body: json.RawMessage("{}")}); !errors.Is(err, store.ErrExists) {
			t.Errorf("a record changed twice in a save: %v", err)
		}
		if err := save(0, store.Change{Kind: "units", Key: "u9"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what is not there is removed: %v", err)
		}
		if x, err := s.Scenario(ctx, x.ID); err != nil || x.Version != 1 {
			t.Errorf("a refused save left something: %v, %v", x, err)
		}
	})
}

// Many save at one time: each is a version, none is lost.
func TestSavesAtOneTime(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, x := t.Context(), fill(t, s)
		const people, saves = 8, 10
		var wait sync.WaitGroup
		for i := range people {
			wait.Go(func() {
				for j := range saves {
					body := json.RawMessage(fmt.Sprintf(`{"id":"n%d"}`, i*saves+j))
					if _, err := s.Save(ctx, actor, x.ID, 0, "", "", []store.Change{{Kind: "units", Key: fmt.Sprintf("n%d", i*saves+j), Body: body, IfVersion: version(0)}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		records, err := s.Records(ctx, x.ID, 0)
		if err != nil || len(records) != 4+people*saves {
			t.Errorf("%d records, %v", len(records), err)
		}
		if c, err := s.VerifyAudit(ctx, "", nil); err != nil || c.Broken != 0 || c.Entries != 1+people*saves {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, x := t.Context(), fill(t, s)
		var made []*store.Plan
		for i := range 3 {
			p, err := s.KeepPlan(ctx, actor, x.ID, 1, fmt.Sprint("plan ", i), []byte(`{"seed":1}`), []byte(`{"tours":[]}`))
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, p)
		}
		list, err := s.Plans(ctx, x.ID, "", 2)
		if err != nil || len(list) != 2 || list[0].ID != made[2].ID || string(list[0].Summary) != `{"seed":1}` {
			t.Fatalf("%v, %v", list, err)
		}
		if list, err = s.Plans(ctx, x.ID, list[1].ID, 2); err != nil || len(list) != 1 || list[0].Name != "plan 0" {
			t.Errorf("%v, %v", list, err)
		}
		p, body, err := s.Plan(ctx, made[0].ID)
		if err != nil || string(body) != `{"tours":[]}` || p.Version != 1 {
			t.Errorf("%v %s %v", p, body, err)
		}
		if err := s.RemovePlan(ctx, actor, made[0].ID); err != nil {
			t.Error(err)
		}
		if _, _, err := s.Plan(ctx, made[0].ID); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		if _, err := s.KeepPlan(ctx, actor, "nothing", 1, "", nil, nil); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

// A plan is approved once, by whom the list says, and stays until the approval is taken back.
func TestApprovals(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, x := t.Context(), fill(t, s)
		p, err := s.KeepPlan(ctx, actor, x.ID, 1, "first", []byte(`{}`), []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		ann, bob := store.Actor{ID: "ann"}, store.Actor{ID: "bob"}
		if err := s.Approve(ctx, ann, p.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Approve(ctx, bob, p.ID); !errors.Is(err, store.ErrExists) {
			t.Errorf("approved twice: %v", err)
		}
		if err := s.RemovePlan(ctx, bob, p.ID); !errors.Is(err, store.ErrApproved) {
			t.Errorf("an approved plan is removed: %v", err)
		}
		list, err := s.Plans(ctx, x.ID, "", 10)
		if err != nil || len(list) != 1 || list[0].Approval == nil || list[0].Approval.Actor != "ann" || list[0].Approval.At.IsZero() {
			t.Errorf("plans %+v, %v", list, err)
		}
		if err := s.TakeBackApproval(ctx, bob, p.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.TakeBackApproval(ctx, bob, p.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("taken back twice: %v", err)
		}
		if got, _, err := s.Plan(ctx, p.ID); err != nil || got.Approval != nil {
			t.Errorf("after it was taken back: %+v, %v", got, err)
		}
		if err := s.RemovePlan(ctx, bob, p.ID); err != nil {
			t.Error(err)
		}
		if err := s.Approve(ctx, ann, p.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a removed plan is approved: %v", err)
		}
		var done []string
		lines, err := s.Audit(ctx, 0, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range lines {
			done = append(done, e.Actor+" "+e.Action)
		}
		if want := []string{"bob remove plan", "bob take approval back", "ann approve plan"}; !slices.Equal(done, want) {
			t.Errorf("the chain says %q, want %q", done, want)
		}
	})
}

func TestPeople(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		p, err := s.AddPerson(ctx, actor, store.Person{Email: "Ann@example.org", Name: "Ann", Role: "liaison", Contributor: "GBR"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddPerson(ctx, actor, store.Person{Email: "ann@EXAMPLE.org"}); !errors.Is(err, store.ErrExists) {
			t.Errorf("two accounts of one email: %v", err)
		}
		for _, id := range []string{p.ID, "ANN@example.org"} {
			if got, err := s.Person(ctx, id); err != nil || got.Role != "liaison" {
				t.Errorf("%s: %v, %v", id, got, err)
			}
		}
		_, value, err := s.Issue(ctx, actor, store.Secret{Kind: store.Session, Person: p.ID, Expires: s.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if x, err := s.Proven(ctx, store.Session, value); err != nil || x.Person != p.ID {
			t.Errorf("%v, %v", x, err)
		}
		if _, err := s.Proven(ctx, store.Token, value); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a session passes for a token: %v", err)
		}
		p.Disabled = true
		later, err := s.ChangePerson(ctx, actor, *p)
		if err != nil || later.Version != 2 {
			t.Fatal(later, err)
		}
		if _, err := s.Proven(ctx, store.Session, value); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a disabled account has a session: %v", err)
		}
		var stale *store.Stale
		if _, err := s.ChangePerson(ctx, actor, *p); !errors.As(err, &stale) {
			t.Errorf("two changed the account: %v", err)
		}
	})
}

func TestInvitations(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		s.Now = func() time.Time { return now }
		x, value, err := s.Issue(ctx, actor, store.Secret{Kind: store.Invite, Grants: json.RawMessage(`{"role":"viewer"}`), Expires: now.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := s.Secrets(ctx, store.Invite, ""); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
		if _, err := s.Accept(ctx, actor, x.ID, store.Person{Email: "bob@example.org", Role: "viewer"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Accept(ctx, actor, x.ID, store.Person{Email: "eve@example.org", Role: "viewer"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an invitation is good twice: %v", err)
		}
		if _, err := s.Proven(ctx, store.Invite, value); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		_, value, err = s.Issue(ctx, actor, store.Secret{Kind: store.Share, Expires: now.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Hour)
		if _, err := s.Proven(ctx, store.Share, value); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a link outlives its time: %v", err)
		}
	})
}

func TestJobs(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx, x, now := t.Context(), fill(t, s), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		s.Now = func() time.Time { return now }
		put := func() *store.Job {
			j, err := s.Enqueue(ctx, actor, store.Job{Scenario: x.ID, Version: 1, Kind: "plan", Options: json.RawMessage(`{"seed":1}`)})
			if err != nil {
				t.Fatal(err)
			}
			return j
		}
		claim := func(worker string) *store.Job {
			j, err := s.Claim(ctx, worker, time.Minute, 2)
			if err != nil {
				t.Fatal(err)
			}
			return j
		}
		first, second := put(), put()
		a, b := claim("a"), claim("b")
		if a.ID != first.ID || b.ID != second.ID || claim("c") != nil {
			t.Fatal("the oldest first, each once")
		}
		if held, err := s.Beat(ctx, a, json.RawMessage(`{"tries":5}`)); err != nil || !held {
			t.Error(held, err)
		}
		if err := s.Finish(ctx, a, &store.Plan{Name: "made", Summary: []byte("{}")}, []byte(`{"tours":[]}`), nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Finish(ctx, a, &store.Plan{Name: "made", Summary: []byte("{}")}, []byte(`{"tours":[]}`), nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("finished twice: %v", err)
		}
		done, err := s.Job(ctx, a.ID)
		if err != nil || done.State != store.Done || string(done.Progress) != `{"tries":5}` {
			t.Errorf("%+v, %v", done, err)
		}
		if _, body, err := s.Plan(ctx, done.Plan); err != nil || string(body) != `{"tours":[]}` {
			t.Errorf("%s, %v", body, err)
		}

		// The worker of the second is gone: another takes it, and what the first says later does not count.
		now = now.Add(2 * time.Minute)
		again := claim("c")
		if again == nil || again.ID != second.ID || again.Attempts != 2 {
			t.Fatalf("%+v", again)
		}
		if held, err := s.Beat(ctx, b, json.RawMessage("{}")); err != nil || held {
			t.Errorf("two hold one job: %v", err)
		}
		if err := s.Finish(ctx, b, nil, nil, json.RawMessage("1")); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		// It ends every worker that takes it: no third one does.
		now = now.Add(2 * time.Minute)
		if j := claim("d"); j != nil {
			t.Errorf("tried a third time: %+v", j)
		}
		dead, err := s.Job(ctx, second.ID)
		if err != nil || dead.State != store.Failed || !strings.Contains(dead.Failure, "tried 2 times") {
			t.Errorf("%+v, %v", dead, err)
		}
		if err := s.Retry(ctx, actor, second.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Cancel(ctx, actor, second.ID); err != nil {
			t.Fatal(err)
		}
		if claim("e") != nil {
			t.Error("a cancelled job was claimed")
		}
		if err := s.Retry(ctx, actor, second.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Fail(ctx, claim("e"), "the scenario has no posts"); err != nil {
			t.Fatal(err)
		}
		list, err := s.Jobs(ctx, x.ID, "", 10)
		if err != nil || len(list) != 2 || list[0].Failure != "the scenario has no posts" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestAuditFindsTampering(t *testing.T) {
	fresh := func(t *testing.T) (*store.Store, string) {
		folder := t.TempDir()
		s, err := store.Open(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		for i := range 5 {
			if err := s.Note(t.Context(), actor, "sign in", fmt.Sprint(i), ""); err != nil {
				t.Fatal(err)
			}
		}
		return s, filepath.Join(folder, "rearguard.db")
	}
	s, _ := fresh(t)
	c, err := s.VerifyAudit(t.Context(), "", nil)
	if err != nil || c.Broken != 0 || c.Entries != 5 {
		t.Fatal(c, err)
	}
	if err := s.Note(t.Context(), actor, "sign out", "", ""); err != nil {
		t.Fatal(err)
	}
	if c, err := s.VerifyAudit(t.Context(), c.Head, nil); err != nil || !c.Found || c.Broken != 0 {
		t.Errorf("a head that was noted: %+v, %v", c, err)
	}
	if c, err := s.VerifyAudit(t.Context(), strings.Repeat("0", 64), nil); err != nil || c.Broken == 0 {
		t.Errorf("a head that never was: %+v, %v", c, err)
	}
	for name, c := range map[string]struct{ statement, want string }{
		"changed":  {"UPDATE audit SET who = 'nobody' WHERE n = 3", "line 3 was changed after it was written"},
		"left out": {"DELETE FROM audit WHERE n = 3", "line 3 is missing"},
		"cut off":  {"DELETE FROM audit WHERE n >= 4", "lines 4 to 5 were cut off"},
		"forged":   {"UPDATE audit SET hash = 'x' WHERE n = 2", "line 2 was changed after it was written"},
	} {
		t.Run(name, func(t *testing.T) {
			s, path := fresh(t)
			tamper(t, path, c.statement)
			got, err := s.VerifyAudit(t.Context(), "", nil)
			if err != nil || got.Reason != c.want {
				t.Errorf("%+v, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestBackupWhileOthersWrite(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := fill(t, s)
	stop, stopped := make(chan bool), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				stopped <- n
				return
			default:
				if _, err := s.Save(context.Background(), actor, x.ID, 0, "", "", []store.Change{{Kind: "units", Key: "u1", Body: json.RawMessage(`{"id":"u1"}`)}}); err != nil {
					t.Error(err)
				}
				n++
			}
		}
	}()
	folder := t.TempDir()
	copied := filepath.Join(folder, "rearguard.db")
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	close(stop)
	<-stopped
	if err := s.Backup(t.Context(), copied); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup writes over another: %v", err)
	}
	b, err := store.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if c, err := b.VerifyAudit(t.Context(), "", nil); err != nil || c.Broken != 0 || c.Entries == 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := b.Records(t.Context(), x.ID, 0); err != nil {
		t.Error(err)
	}
}

func TestNewerTablesAreLeftAlone(t *testing.T) {
	folder := t.TempDir()
	s, err := store.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	tamper(t, filepath.Join(folder, "rearguard.db"), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	if _, err := store.Open(t.Context(), folder); err == nil || !strings.Contains(err.Error(), "use the newer program") {
		t.Errorf("%v", err)
	}
}

// What is remembered last is what is known, and the chain says that it was.
func TestRemembered(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for _, want := range []string{"", "a", "b"} {
			if want != "" {
				if err := s.Remember(ctx, actor, "address", want); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := s.Remembered(ctx, "address"); err != nil || got != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
		if other, err := s.Remembered(ctx, "file"); err != nil || other != "" {
			t.Errorf("%q, %v of what nobody remembers", other, err)
		}
		if list, err := s.Audit(ctx, 0, 5); err != nil || len(list) != 2 || list[0].Action != "remember" || list[0].Subject != "address" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
