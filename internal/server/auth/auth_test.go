package auth

import (
	"errors"
	"math/bits"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/store"
)

// Each permission has a name of its own, and each role's set is told by name.
func TestPermissionsHaveNames(t *testing.T) {
	if n := bits.OnesCount32(uint32(everything)); n != len(names) {
		t.Fatalf("%d permissions and %d names", n, len(names))
	}
	if got := (Read | Plan | Administer).Names(); !slices.Equal(got, []string{"read", "plan", "administer"}) {
		t.Errorf("names %v", got)
	}
	if got := Permission(0).Names(); got == nil || len(got) != 0 {
		t.Errorf("names of nothing: %#v", got)
	}
	for _, r := range Roles {
		if r.May&Read == 0 {
			t.Errorf("a %s may not read", r.Name)
		}
	}
}

func TestHolders(t *testing.T) {
	for p, want := range map[Permission]string{Public: "anybody", Read: "whoever has signed in", Edit: "coordinators, planners and liaisons", Plan: "coordinators and planners", Administer: "coordinators"} {
		if got := p.Holders(); got != want {
			t.Errorf("%v is for %q, want %q", p.Names(), got, want)
		}
	}
}

// A principal may what one of its permissions allows; nobody may only what is public, and a
// role that the program does not know allows nothing.
func TestCheck(t *testing.T) {
	as := func(role store.Role) *Principal { return &Principal{Person: &store.Person{Role: role}} }
	reads := as(Coordinator)
	reads.readsOnly = true
	for name, c := range map[string]struct {
		principal *Principal
		needs     Permission
		method    string
		status    int
	}{
		"a liaison edits its own": {as(Liaison), Edit, "POST", 0},
		"a liaison plans":         {as(Liaison), Plan, "POST", http.StatusForbidden},
		"a viewer edits":          {as(Viewer), Edit, "POST", http.StatusForbidden},
		"nobody reads":            {&Principal{}, Read, "GET", http.StatusUnauthorized},
		"nobody signs in":         {&Principal{}, Public, "POST", 0},
		"a role not known reads":  {as("general"), Read, "GET", http.StatusForbidden},
		"a token reads":           {reads, Administer, "GET", 0},
		"a token writes":          {reads, Administer, "POST", http.StatusForbidden},
	} {
		status := 0
		if refused, ok := errors.AsType[*Refused](c.principal.Check(c.needs, c.method)); ok {
			status = refused.Status
		}
		if status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
}

// Five failures are free; then the wait doubles, for that address and that account only, and
// is forgotten after a quarter of an hour.
func TestThrottle(t *testing.T) {
	var all throttle
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	wait := func(at time.Time, keys ...string) time.Duration {
		if refused, ok := errors.AsType[*Refused](all.check(at, keys...)); ok {
			return refused.Wait
		}
		return 0
	}
	for range freeTries - 1 {
		all.failed(now, "from a", "as ann")
	}
	if w := wait(now, "from a"); w != 0 {
		t.Errorf("four failures: wait %v", w)
	}
	for _, want := range []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second} { // what is left, rounded up
		all.failed(now, "from a", "as ann")
		if w := wait(now, "from b", "as ann"); w != want {
			t.Errorf("wait %v, want %v", w, want)
		}
	}
	if w := wait(now, "from b", "as bob"); w != 0 {
		t.Errorf("another waits %v", w)
	}
	if w := wait(now.Add(4*time.Second), "from a"); w != 0 {
		t.Errorf("after its time: wait %v", w)
	}
	all.passed("as ann")
	if w := wait(now, "as ann"); w != 0 {
		t.Errorf("after the right password: wait %v", w)
	}
	later := now.Add(forgetTime + time.Second)
	all.failed(later, "from a")
	if w := wait(later, "from a"); w != 0 {
		t.Errorf("an old failure counts still: wait %v", w)
	}
}

// A session begins with the password, is its person's, and ends by the clock.
func TestSessionsEndByTheClock(t *testing.T) {
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	now := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	s.Now = func() time.Time { return now }
	a := New(s, s.Now, false, nil)
	token, err := a.InviteFirst(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(firstTime - time.Minute)
	_, value, err := a.Accept(t.Context(), &Principal{}, token, "Ann", "ann@example.org", "long enough by far")
	if err != nil {
		t.Fatal(err)
	}
	come := func() *Principal {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		c := a.Cookie(value)
		r.AddCookie(&c)
		p, err := a.Identify(r, "1")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := come()
	if p.Person == nil || p.Person.Role != Coordinator || !p.May(Administer) || p.Expired(now) {
		t.Fatalf("came as %+v", p)
	}
	now = now.Add(sessionTime + time.Second)
	if !p.Expired(now) {
		t.Error("the session of an open stream has not expired")
	}
	if late := come(); late.Person != nil {
		t.Errorf("after %v it is %s still", sessionTime, late.Person.Name)
	}
}
