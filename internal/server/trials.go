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
	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
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
	planner  engine.Planner
	variant  scenario.Variant
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
	k := &trial{Trial: q, head: h, planner: x.planner}
	if q.From != "" {
		if k.from, err = x.plan(ctx, w, q.From); err != nil {
			return nil, err
		}
		if k.from.kept.Scenario != id {
			return nil, huma.Error422UnprocessableEntity("the plan to start from is of another scenario")
		}
		k.variant = k.from.whole.Variant()
		k.variant.InForce = nil
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
	if k.resolved, err = scenario.Resolve(s, k.variant); err != nil && !errors.As(err, &unknown) && !k.lens.Whole() {
		return nil, huma.Error422UnprocessableEntity("the plan to start from is of a variant that the scenario no longer has, for what is not released to you")
	}
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return k, nil
}

// solve searches for the trial's plan.
func (x *Server) solve(ctx context.Context, k *trial, progress func(engine.Progress)) (*Tried, error) {
	hash := k.head.scenario.Hash()
	o := engine.Options{Seed: 1, Time: time.Duration(k.Seconds * float64(time.Second)), Scenario: hash, Progress: progress}
	o.From = k.start
	p, err := k.planner(ctx, k.resolved, o)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := x.calm.measure(ctx, k, hash, p); err != nil {
		return nil, err
	}
	return k.tried(p)
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

// calms remembers the exposure of standing posts without operations, which the new
// exposure of a plan is measured against.
type calms struct {
	mu  sync.Mutex
	all map[string]float64
}

// mostCalms is how many variants are remembered.
const mostCalms = 200

// measure sets a plan's new exposure.
func (c *calms) measure(ctx context.Context, k *trial, hash string, p *plan.Plan) error {
	added := 0.0
	if len(k.resolved.Operations) > 0 {
		calm, err := c.standing(ctx, k, hash, p)
		if err != nil {
			return err
		}
		added = max(0, p.Metrics.ExposureDays.Standing-calm)
	}
	p.Metrics.NewExposure = &added
	return nil
}

// standing is the least exposure of standing posts that is known to be possible without
// the operations: as the plan says that the trial starts from, or of a search that starts
// from the plan itself.
func (c *calms) standing(ctx context.Context, k *trial, hash string, found *plan.Plan) (float64, error) {
	v := k.variant
	v.DDay, v.Without = nil, nil
	for _, op := range k.head.scenario.Operations {
		v.Without = append(v.Without, op.ID)
	}
	variant, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("name the variant: %w", err)
	}
	key := fmt.Sprintf("%s %s %q", hash, variant, k.Lose)
	c.mu.Lock()
	had, known := c.all[key]
	c.mu.Unlock()
	if known {
		return had, nil
	}
	least := found.Metrics.ExposureDays.Standing
	if told, known := k.told(hash); known {
		least = min(least, told)
	} else {
		searched, err := k.calm(ctx, v, found)
		if err != nil {
			return 0, err
		}
		least = min(least, searched)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) >= mostCalms || c.all == nil {
		c.all = map[string]float64{}
	}
	c.all[key] = least
	return least, nil
}

// told is that exposure as the plan says that the trial starts from, if it was measured
// there for the same scenario and variant.
func (k *trial) told(hash string) (float64, bool) {
	if k.from == nil || len(k.Lose) > 0 || k.Policy != "" || k.Maturity != "" {
		return 0, false
	}
	m := k.from.whole.Metrics
	if m.ScenarioSHA256 != hash || m.NewExposure == nil {
		return 0, false
	}
	return m.ExposureDays.Standing - *m.NewExposure, true
}

// calm searches for the least such exposure, from a plan with the operations.
func (k *trial) calm(ctx context.Context, without scenario.Variant, found *plan.Plan) (float64, error) {
	s, err := scenario.Resolve(k.head.scenario, without)
	if err != nil {
		return 0, err
	}
	const part = 0.4 // of the trial's time, once a scenario
	p, err := k.planner(ctx, s, engine.Options{Seed: 1, From: found, Time: time.Duration(part * k.Seconds * float64(time.Second))})
	if err != nil {
		return 0, fmt.Errorf("plan without the operations: %w", err)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err() // what was found so far is no measure for others
	}
	return p.Metrics.ExposureDays.Standing, nil
}

// progressEvery is the pause between two events of progress.
const progressEvery = 80 * time.Millisecond

// TrialProgress is how far a search is. Its numbers are of the whole scenario, and null for
// who does not see all of it.
type TrialProgress struct {
	Objective  *float64 `json:"objective"`
	Bound      *float64 `json:"bound"` // null before the first
	GapOfCover *float64 `json:"gap_of_cover"`
	Seconds    float64  `json:"seconds"`
	Withheld   bool     `json:"withheld"`
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
	progress := func(p engine.Progress) {
		if p.Elapsed < last+progressEvery {
			return
		}
		last = p.Elapsed
		now := TrialProgress{Seconds: p.Elapsed.Seconds(), Withheld: !k.lens.Whole()}
		if !now.Withheld {
			now.Objective = &p.Objective
		}
		if !now.Withheld && !math.IsInf(p.Bound, -1) {
			now.Bound, now.GapOfCover = &p.Bound, &p.GapOfCover
		}
		send("progress", now)
	}
	var tried *Tried
	err := group.Call(func() (err error) { // the stream may have begun, so that no status can tell of a panic
		tried, err = x.solve(out.Context(), k, progress)
		return err
	})
	var pins *engine.PinError
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

// unheld says which pins cannot hold, to whom all of them are released.
func (k *trial) unheld(pins *engine.PinError) string {
	if !k.lens.Whole() {
		return "pins cannot hold together, and not all of them are released to you; ask a coordinator"
	}
	return pins.Error()
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
