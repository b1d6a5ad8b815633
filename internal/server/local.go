package server

import (
	"context"
	"sync"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// Local makes a server one person's own: nobody has to sign in, and it answers to this
// machine only. It is for a loopback address.
type Local struct {
	Person *store.Person   // who everybody is that comes without a session
	News   map[string]News // by scenario ID
	File   string          // name of the scenario's file
	Work   string          // path of the file that holds what is saved and kept; empty if that ends with the server

	mu   sync.Mutex
	told []string
}

// Tell says something to whoever uses a local server: on the page that is open, and on
// those that are opened later.
func (x *Server) Tell(id, text string) {
	x.local.mu.Lock()
	x.local.told = append(x.local.told, text)
	x.local.mu.Unlock()
	x.hub.Tell(id, func(*auth.Principal) (live.Event, bool) {
		return live.Event{Name: "told", Data: map[string]string{"text": text}}, true
	})
}

// work is where a local server's work is, and what it has told; nil for a team's.
func (x *Server) work() *Work {
	if x.local == nil {
		return nil
	}
	x.local.mu.Lock()
	defer x.local.mu.Unlock()
	return &Work{File: x.local.File, Kept: x.local.Work, Told: append([]string{}, x.local.told...)}
}

// News is what is known of the world on a day, and of the execution of a plan; nil for
// what nobody asked.
type News struct {
	Status  *conditions.Status
	Account *execution.Account
	Plan    string // ID of the plan that the account is of
}

// news are those that a plan is shown with.
func (x *Server) news(p *store.Plan) (n News) {
	if x.local == nil {
		return n
	}
	n = x.local.News[p.Scenario]
	if n.Plan != p.ID {
		n.Account = nil
	}
	return n
}

// tell puts the news into a document of the scenario, as written and as resolved.
func (n *News) tell(d *report.Document, written, resolved *scenario.Scenario) {
	if n.Status != nil {
		d.Situation = report.Situation(written, n.Status)
	}
	if n.Account != nil {
		d.Actual = report.Actual(resolved, n.Account)
	}
}

// only is the ID of a local server's scenario, if it has one and no more.
func (x *Server) only(ctx context.Context) string {
	if x.local == nil {
		return ""
	}
	list, err := x.store.Scenarios(ctx)
	if err != nil || len(list) != 1 { // the list of scenarios says what is wrong
		return ""
	}
	return list[0].ID
}
