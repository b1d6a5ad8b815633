package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
)

// event is something that happened to a scenario, as one who may see it hears of it.
type event struct {
	name string
	data any
}

// subscriber is an open event stream.
type subscriber struct {
	scenario string
	who      *who
	events   chan event
	lost     chan struct{} // closed if it does not keep up
	once     sync.Once
}

// hub tells the streams that are open.
type hub struct {
	mu  sync.Mutex
	all map[*subscriber]bool
}

// behind is how many events a slow reader may be behind before its stream ends; it then
// reads everything anew.
const behind = 256

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}

func (h *hub) join(s *subscriber) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[s] = true
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.all, s)
	}
}

// tell sends each stream of a scenario what its reader may see; nothing for "".
func (h *hub) tell(scenario string, make func(*who) (event, bool)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.all {
		if s.scenario != scenario {
			continue
		}
		e, seen := make(s.who)
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

// EditEvent says that a version was saved, and which records changed that the reader
// sees.
type EditEvent struct {
	Version int64    `json:"version"`
	By      string   `json:"by"`
	Records []string `json:"records"` // kind/key
	More    bool     `json:"more"`    // others, that the reader does not see or that are too many to name
}

// JobEvent says where a job is, as far as its reader may know: see Job.
type JobEvent struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`
	State    store.State   `json:"state"`
	Plan     string        `json:"plan,omitempty"`
	Failure  string        `json:"failure,omitempty"`
	Progress jobs.Progress `json:"progress"`
	Withheld bool          `json:"withheld"`
}

func (x *Server) edited(now *head, by *who, changes []store.Change) {
	const most = 100
	x.hub.tell(now.id, func(w *who) (event, bool) {
		e := EditEvent{Version: now.version, By: by.person.Name, Records: []string{}}
		lens := x.lens(now, w)
		for i := range changes {
			if c := &changes[i]; len(e.Records) < most && lens.Sees(c.Kind, c.Key) {
				e.Records = append(e.Records, c.Kind+"/"+c.Key)
			} else {
				e.More = true
			}
		}
		return event{"edit", e}, true
	})
}

// jobChanged tells coordinators and planners of jobs, and everybody of a plan.
func (x *Server) jobChanged(j *store.Job, p jobs.Progress) {
	whole := map[access.Viewer]bool{} // of those who listen; who joins meanwhile hears the rest
	for _, w := range x.hub.listeners(j.Scenario) {
		if _, known := whole[w.viewer()]; !known && plans.met(w) {
			all, err := x.seesAll(context.Background(), w, j.Scenario, j.Version)
			whole[w.viewer()] = err == nil && all
		}
	}
	x.hub.tell(j.Scenario, func(w *who) (event, bool) {
		if !plans.met(w) {
			return event{"plan", map[string]string{"id": j.Plan}}, j.State == store.Done && j.Plan != ""
		}
		e := JobEvent{ID: j.ID, Kind: j.Kind, State: j.State, Plan: j.Plan, Failure: j.Failure, Progress: p}
		if !whole[w.viewer()] {
			e.Failure, e.Progress, e.Withheld = failure(j), jobs.Progress{Seconds: p.Seconds}, true
		}
		return event{"job", e}, true
	})
}

// listeners are those who listen to a scenario.
func (h *hub) listeners(scenario string) (list []*who) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.all {
		if s.scenario == scenario {
			list = append(list, s.who)
		}
	}
	return list
}

// scenarios are those that somebody listens to.
func (h *hub) scenarios() []string {
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

// watched is how many of a scenario's jobs are looked at, the newest; recent is how long
// ago one that was never seen may have ended to be told of.
const (
	watched = 20
	recent  = 5 * time.Second
)

// watch tells the streams of jobs that workers elsewhere run, as the ledger shows them.
func (x *Server) watch(ctx context.Context) {
	type seen struct {
		state    store.State
		progress string
	}
	last := map[string]seen{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		now := map[string]seen{}
		for _, id := range x.hub.scenarios() {
			list, err := x.store.Jobs(ctx, id, "", watched)
			if err != nil {
				continue // it is tried again in a second
			}
			for i := range list {
				j := &list[i]
				now[j.ID] = seen{j.State, string(j.Progress)}
				before, known := last[j.ID]
				if strings.HasPrefix(j.Worker, ownPrefix) || known && before == now[j.ID] || !known && !j.Ended.IsZero() && time.Since(j.Ended) > recent {
					continue
				}
				var p jobs.Progress
				_ = json.Unmarshal(j.Progress, &p) // the state is told all the same
				x.jobChanged(j, p)
			}
		}
		last = now
	}
}

// events streams what happens to a scenario, as server-sent events: edit, plan, job. A
// stream that its reader does not keep up with, or whose session is over, ends; the
// reader joins again and reads what it shows anew.
func (x *Server) events(w http.ResponseWriter, r *http.Request) {
	one := whoOf(r.Context())
	if status, detail := signs.refusal(one, r.Method); status != 0 {
		fail(w, r, status, detail)
		return
	}
	id := r.PathValue("scenario")
	now, err := x.store.Scenario(r.Context(), id)
	if err != nil {
		fail(w, r, http.StatusNotFound, "there is no such scenario")
		return
	}
	s := &subscriber{scenario: id, who: one, events: make(chan event, behind), lost: make(chan struct{})}
	defer x.hub.join(s)()
	defer func() { _ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) }()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	send := func(e event) bool {
		b, err := json.Marshal(e.data)
		if err != nil {
			x.log.Error("cannot write an event", "event", e.name, "error", err)
			return false
		}
		// A connection that takes nothing for so long is gone.
		_ = out.SetWriteDeadline(time.Now().Add(20 * time.Second))
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, b)
		return err == nil && out.Flush() == nil
	}
	if !send(event{"hello", map[string]int64{"version": now.Version}}) {
		return
	}
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-s.lost:
			return
		case e := <-s.events:
			if !send(e) {
				return
			}
		case <-alive.C:
			if one.over() || !x.still(r, one) || !send(event{"alive", struct{}{}}) {
				return
			}
		}
	}
}

// still reports whether the reader's account is as it was.
func (x *Server) still(r *http.Request, one *who) bool {
	p, err := x.store.Person(r.Context(), one.person.ID)
	return err != nil || !p.Disabled && p.Version == one.person.Version
}
