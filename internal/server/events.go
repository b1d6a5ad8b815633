package server

import (
	"context"
	"net/http"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
)

// EditEvent says that a version was saved, and which records changed that the reader
// sees.
type EditEvent struct {
	Version int64    `json:"version"`
	Actor   string   `json:"by"`
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

func (x *Server) edited(now *snapshot, author *auth.Principal, changes []store.Change) {
	const most = 100
	x.hub.Tell(now.id, func(reader *auth.Principal) (live.Event, bool) {
		e := EditEvent{Version: now.version, Actor: author.Person.Name, Records: []string{}}
		seen := x.access(now, reader)
		for i := range changes {
			if c := &changes[i]; len(e.Records) < most && seen.Sees(c.Kind, c.Key) {
				e.Records = append(e.Records, c.Kind+"/"+c.Key)
			} else {
				e.More = true
			}
		}
		return live.Event{Name: "edit", Data: e}, true
	})
}

// jobChanged tells coordinators and planners of jobs, and everybody of a plan.
func (x *Server) jobChanged(j *store.Job, p jobs.Progress) {
	whole := map[access.Viewer]bool{} // of those who listen; who joins meanwhile hears the rest
	for _, reader := range x.hub.Listeners(j.Scenario) {
		if _, known := whole[reader.Viewer()]; !known && reader.May(auth.Plan) {
			all, err := x.seesAll(context.Background(), reader, j.Scenario, j.Version)
			whole[reader.Viewer()] = err == nil && all
		}
	}
	x.hub.Tell(j.Scenario, func(reader *auth.Principal) (live.Event, bool) {
		if !reader.May(auth.Plan) {
			return live.Event{Name: "plan", Data: map[string]string{"id": j.Plan}}, j.State == store.Done && j.Plan != ""
		}
		e := JobEvent{ID: j.ID, Kind: j.Kind, State: j.State, Plan: j.Plan, Failure: j.Failure, Progress: p}
		if !whole[reader.Viewer()] {
			e.Failure, e.Progress, e.Withheld = failure(j), jobs.Progress{Seconds: p.Seconds}, true
		}
		return live.Event{Name: "job", Data: e}, true
	})
}

// events streams what happens to a scenario, as server-sent events: edit, plan, job, ask.
func (x *Server) events(w http.ResponseWriter, r *http.Request) {
	principal := auth.From(r.Context())
	if err := principal.Check(auth.Read, r.Method); err != nil {
		x.refuse(w, r, err)
		return
	}
	id := r.PathValue("scenario")
	now, err := x.store.Scenario(r.Context(), id)
	if err != nil {
		fail(w, r, http.StatusNotFound, "there is no such scenario")
		return
	}
	good := func() bool { return !principal.Expired(x.now()) && x.Accounts.Unchanged(r.Context(), principal) }
	hello := live.Event{Name: "hello", Data: map[string]int64{"version": now.Version}}
	if err := x.hub.Serve(w, r, principal, id, hello, good); err != nil {
		x.log.Error("an event stream ends", "scenario", id, "error", err)
	}
}
