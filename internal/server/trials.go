package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// Trial is what a plan is tried for: a variant of the newest version, and changes that
// are not saved. What is left out is as the scenario, or the plan to start from, says.
type Trial struct {
	From     string                   `json:"from,omitempty" maxLength:"100" doc:"ID of the plan to start from and to compare with."`
	Start    json.RawMessage          `json:"start,omitempty" doc:"A plan.json to start from instead, such as the one that came of the trial before."`
	Changes  []store.Change           `json:"changes,omitempty" maxItems:"20000" doc:"Edits that are not saved."`
	DDay     map[string]scenario.Date `json:"d_day,omitempty" doc:"Operation to its D-day."`
	Without  []string                 `json:"without,omitempty" doc:"Operations that do not happen."`
	Lose     []string                 `json:"lose,omitempty" doc:"Contributors that do not come."`
	Policy   scenario.Policy          `json:"policy,omitempty" enum:"hold-the-flanks,mission-first,balanced"`
	Maturity scenario.Pledge          `json:"maturity,omitempty" enum:"stated,offered,confirmed,assigned"`
	Seconds  float64                  `json:"seconds,omitempty" minimum:"0.1" maximum:"60" doc:"How long to search; 1 by default."`
}

// Tried is what came of a trial.
type Tried struct {
	Document   *report.Document   `json:"document"`
	Comparison *report.Comparison `json:"comparison" doc:"With the plan to start from; null without one."`
	Plan       *plan.Plan         `json:"plan" doc:"To keep; null where it is of fewer units than the scenario has, or not all is seen."`
}

// trial is a question that holds.
type trial struct {
	*Trial
	snapshot *snapshot
	view     *access.View
	variant  planner.Variant
	resolved *scenario.Scenario
	from     *shown     // to compare with; nil without one
	start    *plan.Plan // nil without one
}

// prepare checks what a trial asks for.
func (x *Server) prepare(ctx context.Context, principal *auth.Principal, id string, q *Trial) (*trial, error) {
	if q.Seconds == 0 {
		q.Seconds = 1
	}
	snap, err := x.snapshot(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	k := &trial{Trial: q, snapshot: snap}
	if q.From != "" {
		if k.from, err = x.plan(ctx, principal, q.From); err != nil {
			return nil, err
		}
		if k.from.kept.Scenario != id {
			return nil, huma.Error422UnprocessableEntity("the plan to start from is of another scenario")
		}
		k.variant = planner.VariantOf(k.from.whole)
		k.start = k.from.whole
	}
	if len(q.Start) > 0 {
		k.start = &plan.Plan{}
		if err := json.Unmarshal(q.Start, k.start); err != nil || k.start.Format != plan.Format {
			return nil, huma.Error422UnprocessableEntity(fmt.Sprintf("the plan to start from is no plan.json of format %d", plan.Format))
		}
	}
	if len(q.Changes) > 0 {
		if k.snapshot, err = x.draft(principal, snap, q.Changes, false); err != nil {
			return nil, err
		}
	}
	if err := q.check(k.snapshot.scenario); err != nil {
		return nil, err
	}
	q.into(&k.variant)
	k.view = k.snapshot.access(principal)
	var unknown *scenario.UnknownError
	if k.resolved, err = k.snapshot.planner().Resolve(k.variant); err != nil && !errors.As(err, &unknown) && !k.view.Whole() {
		return nil, huma.Error422UnprocessableEntity("the plan to start from is of a variant that the scenario no longer has, for what is not released to you")
	}
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return k, nil
}

// check finds what a scenario does not have of what a trial names.
func (q *Trial) check(s *scenario.Scenario) error {
	for op, d := range q.DDay {
		if n := s.Calendar.Day(d); n < 0 || n >= s.Calendar.Days {
			return huma.Error422UnprocessableEntity(fmt.Sprintf("the D-day %s of %q is outside the calendar, %s to %s", d, op, s.Calendar.Start, s.Calendar.Date(s.Calendar.Days-1)))
		}
	}
	var ids []string
	for _, c := range s.Contributors {
		ids = append(ids, c.ID)
	}
	for _, c := range q.Lose {
		if !slices.Contains(ids, c) {
			maybe := ""
			if near := scenario.Nearest(c, ids); near != "" {
				maybe = ". Maybe: " + near
			}
			return huma.Error422UnprocessableEntity(fmt.Sprintf("no contributor %q to leave out%s", c, maybe))
		}
	}
	return nil
}

// into puts what a trial says into the variant that it starts from.
func (q *Trial) into(v *planner.Variant) {
	if q.DDay != nil {
		v.DDay = q.DDay
	}
	if q.Without != nil {
		v.Without = q.Without
	}
	if q.Policy != "" {
		v.Policy = q.Policy
	}
	if q.Maturity != "" {
		v.Maturity = q.Maturity
	}
	if q.Lose != nil {
		v.Lost = q.Lose
	}
}

// tried is what its author sees of a trial's plan.
func (k *trial) tried(p *plan.Plan) (*Tried, error) {
	s := &shown{kept: &store.Plan{Scenario: k.snapshot.id}, view: k.view, whole: p, resolved: k.resolved}
	var err error
	if s.scenario, s.plan, err = k.view.Plan(k.resolved, p); err != nil {
		return nil, err
	}
	out := &Tried{}
	if out.Document, err = s.page(); err != nil {
		return nil, err
	}
	if k.view.Whole() && len(k.Lose) == 0 {
		out.Plan = p
	}
	if k.from != nil {
		name := k.from.kept.Name
		if name == "" {
			name = "before"
		}
		out.Comparison, err = report.Compare(report.Compared{Name: name, Scenario: k.from.scenario, Plan: k.from.plan}, report.Compared{Name: "trial", Scenario: s.scenario, Plan: s.plan})
	}
	return out, err
}

// failure is what its author is told of a search that failed.
func (x *Server) failure(ctx context.Context, k *trial, err error) string {
	if pins, ok := errors.AsType[*planner.PinError](err); ok {
		return k.unheld(pins)
	}
	return x.problem(ctx, err).Error()
}

// unheld says which pins no plan found keeps, to whom all of them are released.
func (k *trial) unheld(pins *planner.PinError) string {
	if !k.view.Whole() {
		return "no plan was found that keeps all pins and given orders, and not all of them are released to you; ask a coordinator"
	}
	return report.Unkept(pins)
}

func (x *Server) trialOperations() {
	register(x, auth.Plan, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/trial", Summary: "Try a plan without keeping anything", Tags: []string{"plans"}, MaxBodyBytes: mostBody,
		Description: "The answer is a stream of server-sent events: progress, then plan or failed. To keep the plan, save the changes and keep the plan that came."}, x.runTrial)
}

func (x *Server) runTrial(ctx context.Context, in *struct {
	ScenarioIn
	Body Trial
}) (*huma.StreamResponse, error) {
	k, err := x.prepare(ctx, auth.From(ctx), in.Scenario, &in.Body)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", live.ContentType)
		w := out.BodyWriter()
		flush := func() {}
		if r, ok := w.(http.ResponseWriter); ok { // the recorder around the connection is no http.Flusher
			flush = func() { _ = http.NewResponseController(r).Flush() }
		}
		x.search(out.Context(), k).Run(out.Context(), w, flush)
	}}, nil
}

// search is the search for a trial's plan.
func (x *Server) search(ctx context.Context, k *trial) *live.Trial {
	c := k.snapshot.planner()
	if k.from != nil {
		x.baselines.Learn(c, k.from.whole)
	}
	return &live.Trial{
		Case: c, Variant: k.variant, Whole: k.view.Whole(),
		Search:  planner.Search{Time: time.Duration(k.Seconds * float64(time.Second)), From: k.start, Engine: x.engine, Baselines: &x.baselines},
		Answer:  func(found *planner.Result) (any, error) { return k.tried(found.Plan) },
		Failure: func(err error) string { return x.failure(ctx, k, err) },
	}
}
