// Package live tells people at once: the event streams of scenarios, the jobs that other
// processes run, and trials, whose searches are shown while they go on. What each principal
// is told is decided by whoever tells it.
package live

import (
	"slices"
	"sync"

	"github.com/rearguard/rearguard/internal/server/auth"
)

// Event is something that happened to a scenario, as one who may see it hears of it.
type Event struct {
	Name string
	Data any // written as JSON
}

// subscriber is an open event stream.
type subscriber struct {
	scenario  string
	principal *auth.Principal
	events    chan Event
	lost      chan struct{} // closed if it does not keep up
	once      sync.Once
}

// Hub tells the streams that are open. Its zero value is one without streams, and its
// methods may be called from any goroutine.
type Hub struct {
	mu  sync.Mutex
	all map[*subscriber]bool
}

// behind is how many events a slow reader may be behind before its stream ends; it then
// reads everything anew.
const behind = 256

// Count is how many streams are open.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}

// join opens a stream; the function that it returns closes it.
func (h *Hub) join(s *subscriber) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[*subscriber]bool{}
	}
	h.all[s] = true
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.all, s)
	}
}

// Tell sends each stream of a scenario what its reader may see; nothing where seen is false.
func (h *Hub) Tell(scenario string, make func(*auth.Principal) (e Event, seen bool)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.all {
		if s.scenario != scenario {
			continue
		}
		e, seen := make(s.principal)
		if !seen {
			continue
		}
		select {
		case s.events <- e:
		default:
			s.once.Do(func() { close(s.lost) })
		}
	}
}

// Listeners are those who listen to a scenario.
func (h *Hub) Listeners(scenario string) (list []*auth.Principal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.all {
		if s.scenario == scenario {
			list = append(list, s.principal)
		}
	}
	return list
}

// scenarios are those that somebody listens to.
func (h *Hub) scenarios() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var ids []string
	for s := range h.all {
		if !slices.Contains(ids, s.scenario) {
			ids = append(ids, s.scenario)
		}
	}
	return ids
}
