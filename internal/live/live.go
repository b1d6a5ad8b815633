// Package live shows one scenario as a live page: a browser moves D-day, leaves
// contributors out or changes the policy, and sees the plan that follows. It
// keeps nothing and knows no users; it is for one person at one machine.
package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
	"github.com/rearguard/rearguard/web"
)

// Server answers for one scenario.
type Server struct {
	// Links lead to other pages of a server that this page is one of.
	Links []web.Link

	scenario *scenario.Scenario // as written
	hash     string
	mu       sync.Mutex
	latest   *plan.Plan               // where the next search starts
	dDay     map[string]scenario.Date // of the plan to begin with
	took     plan.Options             // what that plan took to be known
	first    *report.Document
	news     News
}

// News is what is known of the world, and of the execution of the plan to begin
// with, on a day; nil for what nobody asked.
type News struct {
	Status  *conditions.Status `json:"status"`
	Account *execution.Account `json:"account"`
}

// Question is the variant that a page asks a plan for; what is left out is as the
// scenario says.
type Question struct {
	DDay     map[string]scenario.Date `json:"d_day"`   // operation to its day
	Without  []string                 `json:"without"` // operations that do not happen
	Lose     []string                 `json:"lose"`    // contributors that do not come
	Policy   scenario.Policy          `json:"policy"`
	Maturity scenario.Pledge          `json:"maturity"`
	Seconds  float64                  `json:"seconds"` // of search, 0.1 to 60; 0 is 1
}

// Limits of a question.
const (
	mostSeconds  = 60
	leastSeconds = 0.1
	mostQuestion = 64 << 10 // bytes
)

// State is what a page needs at first.
type State struct {
	Document     *report.Document `json:"document"`
	Operations   []Operation      `json:"operations"`
	Contributors []Name           `json:"contributors"` // those with units
	Policies     []string         `json:"policies"`
	Maturities   []string         `json:"maturities"`
}

// Operation is one whose D-day can be moved.
type Operation struct {
	Name
	DDay scenario.Date `json:"d_day"` // as planned at first
}

// Name is a record's ID with its name for people.
type Name struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// New makes a server for a scenario, as written, and a plan of it to begin with.
func New(s *scenario.Scenario, p *plan.Plan, news News) (*Server, error) {
	x := &Server{scenario: s, hash: s.Hash(), latest: p, dDay: p.Options.DDay, took: p.Options, news: news}
	resolved, err := scenario.Resolve(s, p.Variant())
	if err != nil {
		return nil, fmt.Errorf("resolve scenario %q: %w", s.Name, err)
	}
	if x.first, err = report.Checked(resolved, p, verify.Check(resolved, p)); err != nil {
		return nil, err
	}
	if news.Status != nil {
		x.first.Situation = report.Situation(s, news.Status)
	}
	if news.Account != nil {
		x.first.Actual = report.Actual(resolved, news.Account)
	}
	return x, nil
}

// Handler serves the page and its API. Requests by another name than a loopback
// address or localhost are refused, and plans are made for the page's own requests
// only, so that no web site can reach it through the browser.
func (x *Server) Handler() http.Handler { return guarded(x.Routes()) }

// Routes are the page and its API without that guard, for a server that has its own.
func (x *Server) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", web.AppPolicy)
		_, _ = w.Write(web.App(x.scenario.Name, x.Links...))
	})
	for path, file := range web.AppFiles() {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mime.TypeByExtension(filepath.Ext(path)))
			_, _ = w.Write(file)
		})
	}
	mux.HandleFunc("GET /outlines.json", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, web.Outlines(report.Theatre(x.scenario)))
	})
	mux.HandleFunc("GET /api/state", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, x.state()) })
	mux.HandleFunc("GET /api/status", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, x.news) })
	mux.HandleFunc("POST /api/plan", x.plan)
	return mux
}

// guarded refuses what does not come from a page of this server.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			problem(w, http.StatusMisdirectedRequest, "this server answers to localhost only, not to "+host)
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
				problem(w, http.StatusForbidden, "requests from the page of "+origin+" are refused")
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (x *Server) state() *State {
	s := &State{Document: x.first, Operations: []Operation{}, Contributors: []Name{}}
	for _, op := range x.scenario.Operations {
		day, planned := x.dDay[op.ID]
		if !planned {
			day = x.scenario.Calendar.Date(op.DDay.Likely.Day(x.scenario.Calendar, 0))
		}
		s.Operations = append(s.Operations, Operation{named(op.ID, op.Name), day})
	}
	for _, c := range x.scenario.Contributors {
		if slices.ContainsFunc(x.scenario.Units, func(u scenario.Unit) bool { return u.Contributor == c.ID }) {
			s.Contributors = append(s.Contributors, named(c.ID, c.Name))
		}
	}
	for _, p := range scenario.Policies {
		s.Policies = append(s.Policies, string(p))
	}
	for _, p := range scenario.Pledges {
		s.Maturities = append(s.Maturities, string(p))
	}
	return s
}

func named(id, name string) Name {
	if name == "" {
		name = id
	}
	return Name{id, name}
}

// plan answers a question with a stream of events: progress, then plan or failed.
func (x *Server) plan(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		problem(w, http.StatusUnsupportedMediaType, "send the question as application/json")
		return
	}
	var q Question
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostQuestion))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil {
		problem(w, http.StatusBadRequest, "the question cannot be read: "+err.Error())
		return
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		problem(w, http.StatusBadRequest, "the question is followed by something else")
		return
	}
	s, err := x.resolve(&q)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	events := &stream{w: w, flush: http.NewResponseController(w)}
	d, err := x.solve(r.Context(), s, &q, events)
	if err != nil {
		events.send("failed", map[string]string{"detail": err.Error()})
		return
	}
	events.send("plan", d)
}

// resolve is the variant that a question is about.
func (x *Server) resolve(q *Question) (*scenario.Scenario, error) {
	if q.Seconds == 0 {
		q.Seconds = 1
	}
	if !(q.Seconds >= leastSeconds && q.Seconds <= mostSeconds) {
		return nil, fmt.Errorf("seconds %g: a search takes %g to %d", q.Seconds, leastSeconds, mostSeconds)
	}
	c := x.scenario.Calendar
	for op, d := range q.DDay {
		if n := c.Day(d); n < 0 || n >= c.Days {
			return nil, fmt.Errorf("the D-day %s of %q is outside the calendar, %s to %s", d, op, c.Start, c.Date(c.Days-1))
		}
	}
	var ids []string
	for _, k := range x.scenario.Contributors {
		ids = append(ids, k.ID)
	}
	for _, id := range q.Lose {
		if !slices.Contains(ids, id) {
			maybe := ""
			if near := scenario.Nearest(id, ids); near != "" {
				maybe = ". Maybe: " + near
			}
			return nil, fmt.Errorf("no contributor %q to leave out%s", id, maybe)
		}
	}
	resolved, err := scenario.Resolve(x.scenario, x.variant(q))
	if err != nil {
		return nil, err
	}
	return stress.Without(resolved, q.Lose...), nil
}

// variant takes to be known what the plan to begin with took.
func (x *Server) variant(q *Question) scenario.Options {
	o := (&plan.Plan{Options: x.took}).Variant()
	o.DDay, o.Without, o.Policy, o.Maturity = q.DDay, q.Without, q.Policy, q.Maturity
	return o
}

// solve plans from the latest plan, as far as it is possible in this variant.
func (x *Server) solve(ctx context.Context, s *scenario.Scenario, q *Question, events *stream) (*report.Document, error) {
	x.mu.Lock()
	from := x.latest
	x.mu.Unlock()
	p, err := engine.Solve(ctx, s, engine.Options{
		Seed: 1, Time: time.Duration(q.Seconds * float64(time.Second)), From: from, Scenario: x.hash, Progress: events.progress,
	})
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	p.Options.Without = append(p.Options.Without, q.Without...)
	p.Options.Branch, p.Options.Conditions, p.Options.Raised = x.took.Branch, x.took.Conditions, x.took.Raised
	if len(q.Lose) == 0 { // a plan of fewer units would be a poor start for all others
		x.mu.Lock()
		x.latest = p
		x.mu.Unlock()
	}
	return report.Checked(s, p, verify.Check(s, p))
}

// stream writes server-sent events.
type stream struct {
	mu    sync.Mutex
	w     io.Writer
	flush *http.ResponseController
	last  time.Duration
}

// progressEvery is the pause between two events of progress.
const progressEvery = 80 * time.Millisecond

type progressEvent struct {
	Objective  float64  `json:"objective"`
	Bound      *float64 `json:"bound"` // null before the first
	GapOfCover *float64 `json:"gap_of_cover"`
	Seconds    float64  `json:"seconds"`
}

func (e *stream) progress(p engine.Progress) {
	if p.Elapsed < e.last+progressEvery {
		return
	}
	e.last = p.Elapsed
	x := progressEvent{Objective: p.Objective, Seconds: p.Elapsed.Seconds()}
	if !math.IsInf(p.Bound, -1) {
		x.Bound, x.GapOfCover = &p.Bound, &p.GapOfCover
	}
	e.send("progress", x)
}

// send writes one event; whoever has gone away is told by the request's context.
func (e *stream) send(name string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		name, b = "failed", []byte(`{"detail":"the answer cannot be written"}`)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", name, b)
	_ = e.flush.Flush()
}

func answer(w http.ResponseWriter, status int, x any) {
	b, err := json.Marshal(x)
	if err != nil {
		problem(w, http.StatusInternalServerError, "the answer cannot be written")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// problem is an error as RFC 9457 has it.
func problem(w http.ResponseWriter, status int, detail string) {
	b, _ := json.Marshal(map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail})
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
