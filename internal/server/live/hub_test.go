package live

import (
	"testing"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

// Each reader of a scenario hears what it may see; who does not keep up is let go, and holds
// up nobody else.
func TestHub(t *testing.T) {
	var h Hub
	open := func(scenario, name string) *subscriber {
		s := &subscriber{scenario: scenario, principal: &auth.Principal{Person: &store.Person{Name: name}}, events: make(chan Event, behind), lost: make(chan struct{})}
		t.Cleanup(h.join(s))
		return s
	}
	slow, ann, other := open("a", "slow"), open("a", "ann"), open("b", "other")
	tell := func(n int) {
		h.Tell("a", func(reader *auth.Principal) (Event, bool) {
			return Event{Name: reader.Person.Name, Data: n}, n > 0
		})
	}
	tell(0) // for nobody
	for n := range behind + 2 {
		tell(n + 1)
		if e := <-ann.events; e.Name != "ann" || e.Data != n+1 {
			t.Fatalf("ann hears %+v, not of %d", e, n+1)
		}
	}
	if len(other.events) != 0 {
		t.Error("a reader of another scenario hears of it")
	}
	select {
	case <-slow.lost:
	default:
		t.Error("who does not keep up is not let go")
	}
	select {
	case <-ann.lost:
		t.Error("ann keeps up, and is let go")
	default:
	}
	if n := len(h.Listeners("a")); h.Count() != 3 || n != 2 {
		t.Errorf("%d streams, %d of a", h.Count(), n)
	}
	h.join(ann)() // closed
	if n := len(h.Listeners("a")); n != 1 {
		t.Errorf("after one closed, %d listen to a", n)
	}
}
