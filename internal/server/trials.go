package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/report"
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
	head     *head
	lens     *access.Lens
	variant  planner.Variant
	resolved *scenario.Scenario
	from     *shown     // to compare with; nil without one
	start    *plan.Plan // nil without one
}

// try checks what a trial asks for.
func (x *Server) try(ctx context.Context, w *who, id string, q *Trial) (*trial, error) {
	if q.Seconds == 0 {
		q.Seconds = 1
	}
	h, err := x.head(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	k := &trial{Trial: q, head: h}
	if q.From != "" {
		if k.from, err = x.plan(ctx, w, q.From); err != nil {
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
		if k.head, err = x.draft(w, h, q.Changes, false); err != nil {
			return nil, err
		}
	}
	s := k.head.scenario
	for op, d := range q.DDay {
		if n := s.Calendar.Day(d); n < 0 || n >= s.Calendar.Days {
			return nil, huma.Error422UnprocessableEntity(fmt.Sprintf("the D-day %s of %q is outside the calendar, %s to %s", d, op, s.Calendar.Start, s.Calendar.Date(s.Calendar.Days-1)))
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
			return nil, huma.Error422UnprocessableEntity(fmt.Sprintf("no contributor %q to leave out%s", c, maybe))
		}
	}
	if q.DDay != nil {
		k.variant.DDay = q.DDay
	}
	if q.Without != nil {
		k.variant.Without = q.Without
	}
	if q.Policy != "" {
		k.variant.Policy = q.Policy
	}
	if q.Maturity != "" {
		k.variant.Maturity = q.Maturity
	}
	if q.Lose != nil {
		k.variant.Lost = q.Lose
	}
	k.lens = k.head.lens(w)
	var unknown *scenario.UnknownError
	if k.resolved, err = k.head.planner().Resolve(k.variant); err != nil && !errors.As(err, &unknown) && !k.lens.Whole() {
		return nil, huma.Error422UnprocessableEntity("the plan to start from is of a variant that the scenario no longer has, for what is not released to you")
	}
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return k, nil
}

// solve searches for the trial's plan.
func (x *Server) solve(ctx context.Context, k *trial, progress func(planner.Progress)) (*Tried, error) {
	c := k.head.planner()
	if k.from != nil {
		x.baselines.Learn(c, k.from.whole)
	}
	found, err := c.Plan(ctx, k.variant, planner.Search{
		Time: time.Duration(k.Seconds * float64(time.Second)), From: k.start, Engine: x.engine, Baselines: &x.baselines, Progress: progress,
	})
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return k.tried(found.Plan)
}

// tried is what its author sees of a trial's plan.
func (k *trial) tried(p *plan.Plan) (*Tried, error) {
	s := &shown{kept: &store.Plan{Scenario: k.head.id}, lens: k.lens, whole: p, resolved: k.resolved}
	var err error
	if s.scenario, s.plan, err = k.lens.Plan(k.resolved, p); err != nil {
		return nil, err
	}
	out := &Tried{}
	if out.Document, err = s.page(); err != nil {
		return nil, err
	}
	if k.lens.Whole() && len(k.Lose) == 0 {
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

// progressEvery is the pause between two events of progress.
const progressEvery = 80 * time.Millisecond

// TrialProgress is how far a search is. Its numbers are of the whole scenario, and null for
// who does not see all of it.
type TrialProgress struct {
	Objective *float64 `json:"objective"`
	Bound     *float64 `json:"bound"` // null before the first
	Gap       *float64 `json:"gap"`   // of the cost
	Seconds   float64  `json:"seconds"`
	Withheld  bool     `json:"withheld"`
}

// stream answers a trial with server-sent events: progress, then plan or failed.
func (x *Server) stream(out huma.Context, k *trial) {
	out.SetHeader("Content-Type", "text/event-stream")
	w := out.BodyWriter()
	flush := func() {}
	if r, ok := w.(http.ResponseWriter); ok { // the recorder around the connection is no http.Flusher
		flush = func() { _ = http.NewResponseController(r).Flush() }
	}
	var mu sync.Mutex
	send := func(name string, data any) {
		b, err := json.Marshal(data)
		if err != nil {
			name, b = "failed", []byte(`{"detail":"the answer cannot be written"}`)
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.WriteString(w, "event: "+name+"\ndata: "+string(b)+"\n\n") // whoever has gone is told by the context
		flush()
	}
	last := time.Duration(0)
	progress := func(p planner.Progress) {
		if p.Done > 0 || p.Elapsed < last+progressEvery {
			return
		}
		last = p.Elapsed
		now := TrialProgress{Seconds: p.Elapsed.Seconds(), Withheld: !k.lens.Whole()}
		if !now.Withheld {
			now.Objective = &p.Objective
		}
		if !now.Withheld && !math.IsInf(p.Bound, -1) {
			gap := plan.OptimalityGap(p.Objective, p.Bound)
			now.Bound, now.Gap = &p.Bound, &gap
		}
		send("progress", now)
	}
	var tried *Tried
	err := group.Call(func() (err error) { // the stream may have begun, so that no status can tell of a panic
		tried, err = x.solve(out.Context(), k, progress)
		return err
	})
	var pins *planner.PinError
	switch {
	case out.Context().Err() != nil:
	case errors.As(err, &pins):
		send("failed", map[string]string{"detail": k.unheld(pins)})
	case err != nil:
		send("failed", map[string]string{"detail": x.problem(out.Context(), err).Error()})
	default:
		send("plan", tried)
	}
}

// unheld says which pins no plan found keeps, to whom all of them are released.
func (k *trial) unheld(pins *planner.PinError) string {
	if !k.lens.Whole() {
		return "no plan was found that keeps all pins and given orders, and not all of them are released to you; ask a coordinator"
	}
	return report.Unkept(pins)
}

func (x *Server) trialOperations() {
	register(x, plans, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/trial", Summary: "Try a plan without keeping anything", Tags: []string{"plans"}, MaxBodyBytes: mostBody,
		Description: "The answer is a stream of server-sent events: progress, then plan or failed. To keep the plan, save the changes and keep the plan that came."},
		func(ctx context.Context, in *struct {
			ScenarioIn
			Body Trial
		}) (*huma.StreamResponse, error) {
			k, err := x.try(ctx, whoOf(ctx), in.Scenario, &in.Body)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(out huma.Context) { x.stream(out, k) }}, nil
		})
}
