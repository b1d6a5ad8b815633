package server

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// AskIn names an ask.
type AskIn struct {
	Ask string `path:"ask" maxLength:"100"`
}

// Asked is an ask as its reader sees it.
type Asked struct {
	store.Ask
	Overdue bool `json:"overdue" doc:"It is open, and was to be answered by now."`
	Days    int  `json:"days" doc:"Days left to answer it; below 0 if it is overdue, 0 if it is not open."`
}

func asked(x store.Ask, now time.Time) Asked {
	a := Asked{Ask: x}
	if due, err := scenario.ParseDate(x.Due); err == nil && x.State == store.AskOpen {
		a.Days = int(due.Time().Sub(now.UTC().Truncate(24*time.Hour)).Hours() / 24)
		a.Overdue = a.Days < 0
	}
	return a
}

// Answer is what a contributor says to an ask.
type Answer struct {
	State   store.AskState   `json:"state" enum:"declined,stated,offered,confirmed,assigned"`
	Unit    string           `json:"unit,omitempty" maxLength:"300" doc:"The unit that is pledged: its pledge becomes the state, and the caveats are added to it."`
	Caveats []map[string]any `json:"caveats,omitempty" maxItems:"50" doc:"Conditions of the pledge, as caveats of a unit."`
	Note    string           `json:"note,omitempty" maxLength:"2000"`
}

// seesAsks is whose asks somebody sees: of all contributors for "", of one, or none.
func seesAsks(principal *auth.Principal) (contributor string, some bool) {
	if principal.May(auth.Ask) {
		return "", true
	}
	return principal.Person.Contributor, principal.Person.Contributor != ""
}

// ask puts a question, if what it names is there.
func (x *Server) ask(ctx context.Context, principal *auth.Principal, id, contributor, due string, what store.AskFor) (*store.Ask, error) {
	seen, err := x.view(ctx, principal, id, 0)
	if err != nil {
		return nil, err
	}
	var wrong []error
	known := func(location, name string, there bool, names []string) {
		if !there {
			wrong = append(wrong, unknown("body."+location, location, name, names))
		}
	}
	var names []string
	for _, c := range seen.scenario.Contributors {
		names = append(names, c.ID)
	}
	known("contributor", contributor, slices.Contains(names, contributor), names)
	names = nil
	for _, c := range seen.scenario.Capabilities {
		names = append(names, c.ID)
	}
	known("capability", what.Capability, slices.Contains(names, what.Capability), names)
	names = nil
	for _, p := range seen.scenario.Posts {
		names = append(names, p.ID)
	}
	known("post", what.Post, what.Post == "" || slices.Contains(names, what.Post), names)
	for location, day := range map[string]string{"due": due, "from": what.From, "until": what.Until} {
		if _, err := scenario.ParseDate(day); err != nil && (day != "" || location != "until") {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body." + location, Message: err.Error(), Value: day})
		}
	}
	if wrong != nil {
		return nil, huma.Error422UnprocessableEntity("the ask cannot be put", wrong...)
	}
	a, err := x.store.Ask(ctx, principal.Actor(), store.Ask{Scenario: id, Contributor: contributor, Due: due, For: what})
	if err == nil {
		x.askChanged(a)
	}
	return a, err
}

// seenAsk is an ask, for those who see it.
func (x *Server) seenAsk(ctx context.Context, principal *auth.Principal, id string) (*store.Ask, error) {
	a, err := x.store.AskOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if of, some := seesAsks(principal); !some || of != "" && of != a.Contributor {
		return nil, store.ErrNotFound
	}
	return x.released(ctx, principal, a)
}

// released is an ask without the names of units and posts that its reader does not see, or did
// not once.
func (x *Server) released(ctx context.Context, principal *auth.Principal, a *store.Ask) (*store.Ask, error) {
	seen, err := x.view(ctx, principal, a.Scenario, 0)
	if err != nil {
		return nil, err
	}
	seen.ask(a)
	return a, nil
}

// ask takes what is not seen out of an ask.
func (s *view) ask(a *store.Ask) {
	for i := range a.History {
		if e := &a.History[i]; e.Unit != "" && !s.access.Offered(e.Unit, a.Contributor) {
			e.Unit = "a unit that is not released"
		}
	}
	if a.For.Post != "" && !s.access.Sees("posts", a.For.Post) {
		a.For.Post = "a post that is not released"
	}
}

// answer keeps what a contributor says. If it pledges a unit, the scenario follows: the
// unit's pledge becomes the state and the conditions its caveats.
func (x *Server) answer(ctx context.Context, principal *auth.Principal, id string, version int64, said Answer) (*store.Ask, error) {
	a, err := x.seenAsk(ctx, principal, id)
	if err != nil {
		return nil, err
	}
	if !principal.May(auth.EditAll) && (!principal.May(auth.EditOwn) || principal.Person.Contributor != a.Contributor) {
		return nil, huma.Error403Forbidden("a contributor's own liaison answers, or a coordinator in its name")
	}
	if a.State == store.AskWithdrawn {
		return nil, huma.Error409Conflict("the ask was withdrawn")
	}
	if a.Version != version {
		return nil, &store.Stale{What: "the ask", Have: a.Version}
	}
	if said.Unit != "" && said.State != store.AskDeclined {
		if err := x.pledge(ctx, principal, a, said); err != nil {
			return nil, err
		}
	} else if len(said.Caveats) > 0 {
		return nil, huma.Error422UnprocessableEntity("caveats are conditions of a unit's pledge: say of which unit", &huma.ErrorDetail{Location: "body.unit", Message: "needed with caveats"})
	}
	a, err = x.store.Answer(ctx, principal.Actor(), id, version, store.AskEvent{State: said.State, Unit: said.Unit, Note: said.Note})
	if err != nil {
		return nil, err
	}
	x.askChanged(a)
	return x.released(ctx, principal, a)
}

// pledge makes the scenario follow an answer.
func (x *Server) pledge(ctx context.Context, principal *auth.Principal, a *store.Ask, said Answer) error {
	snap, err := x.snapshot(ctx, a.Scenario, 0)
	if err != nil {
		return err
	}
	wrong := func(format string, args ...any) error {
		return huma.Error422UnprocessableEntity("the answer cannot be kept", &huma.ErrorDetail{Location: "body.unit", Message: fmt.Sprintf(format, args...), Value: said.Unit})
	}
	for _, r := range snap.records {
		if r.Kind != "units" || r.Key != said.Unit {
			continue
		}
		var unit map[string]any
		if err := json.Unmarshal(r.Body, &unit); err != nil {
			return fmt.Errorf("read unit %s: %w", r.Key, err)
		}
		if unit["contributor"] != a.Contributor {
			break
		}
		unit["pledge"] = said.State
		if len(said.Caveats) > 0 {
			caveats, _ := unit["caveats"].([]any)
			for _, c := range said.Caveats {
				caveats = append(caveats, c)
			}
			unit["caveats"] = caveats
		}
		body, err := json.Marshal(unit)
		if err != nil {
			return fmt.Errorf("write unit %s: %w", r.Key, err)
		}
		_, err = x.edit(ctx, principal, a.Scenario, "answer to an ask for "+a.For.Capability, []store.Change{{Kind: "units", Key: r.Key, Body: body, IfVersion: &r.Version}})
		return err
	}
	return wrong("%s has no unit %q; one of a count is pledged by the record of all", a.Contributor, said.Unit)
}

// askChanged tells those who see an ask.
func (x *Server) askChanged(a *store.Ask) {
	x.hub.Tell(a.Scenario, func(reader *auth.Principal) (live.Event, bool) {
		of, some := seesAsks(reader)
		return live.Event{Name: "ask", Data: map[string]any{"id": a.ID, "state": a.State, "version": a.Version}}, some && (of == "" || of == a.Contributor)
	})
}

func (x *Server) askOperations() {
	tags := []string{"asks"}
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/asks", Summary: "What contributors have been asked for, the next to be answered first", Tags: tags,
		Description: "Coordinators and planners see all, a liaison its contributor's."}, x.listAsks)
	register(x, auth.Ask, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/asks", Summary: "Ask a contributor for something", Tags: tags, DefaultStatus: 201}, x.putAsk)
	register(x, auth.Edit, huma.Operation{Method: "GET", Path: "/api/asks/{ask}", Summary: "An ask, with all that was said of it", Tags: tags}, x.readAsk)
	register(x, auth.Edit, huma.Operation{Method: "POST", Path: "/api/asks/{ask}/answer", Summary: "Answer an ask; the scenario follows", Tags: tags, Description: "With If-Match, the version of the ask that you read."}, x.answerAsk)
	register(x, auth.Ask, huma.Operation{Method: "POST", Path: "/api/asks/{ask}/withdraw", Summary: "Withdraw an ask", Tags: tags, Description: "With If-Match, the version of the ask that you read."}, x.withdrawAsk)
}

func (x *Server) listAsks(ctx context.Context, in *ScenarioIn) (*reply[Page[Asked]], error) {
	seen, err := x.view(ctx, auth.From(ctx), in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	out := []Asked{}
	of, some := seesAsks(auth.From(ctx))
	if !some {
		return all(out, nil)
	}
	list, err := x.store.Asks(ctx, in.Scenario, of)
	for i := range list {
		seen.ask(&list[i])
		out = append(out, asked(list[i], x.now()))
	}
	return all(out, err)
}

func (x *Server) putAsk(ctx context.Context, in *struct {
	ScenarioIn
	Body struct {
		Contributor string       `json:"contributor" maxLength:"300"`
		Due         string       `json:"due" format:"date" doc:"Date by which it is to be answered."`
		For         store.AskFor `json:"for"`
	}
}) (*reply[*store.Ask], error) {
	return replyOf(x.ask(ctx, auth.From(ctx), in.Scenario, in.Body.Contributor, in.Body.Due, in.Body.For))
}

func (x *Server) readAsk(ctx context.Context, in *AskIn) (*tagged[Asked], error) {
	a, err := x.seenAsk(ctx, auth.From(ctx), in.Ask)
	if err != nil {
		return nil, err
	}
	return &tagged[Asked]{etag(a.Version), asked(*a, x.now())}, nil
}

func (x *Server) answerAsk(ctx context.Context, in *struct {
	AskIn
	Match string `header:"If-Match"`
	Body  Answer
}) (*reply[*store.Ask], error) {
	had, err := ifVersion(in.Match, "")
	if err != nil {
		return nil, err
	}
	return replyOf(x.answer(ctx, auth.From(ctx), in.Ask, *had, in.Body))
}

func (x *Server) withdrawAsk(ctx context.Context, in *struct {
	AskIn
	Match string `header:"If-Match"`
}) (*reply[*store.Ask], error) {
	had, err := ifVersion(in.Match, "")
	if err != nil {
		return nil, err
	}
	a, err := x.store.Answer(ctx, auth.From(ctx).Actor(), in.Ask, *had, store.AskEvent{State: store.AskWithdrawn})
	if err != nil {
		return nil, err
	}
	x.askChanged(a)
	return replyOf(x.released(ctx, auth.From(ctx), a))
}
