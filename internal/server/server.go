// Package server is Rearguard for a team: an HTTP API over the store with accounts,
// versions, jobs and an event stream, and the pages that people sign in to. Whatever it
// answers is made from what the asker may see (package access).
package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/planner"
)

// Options are how a server is set up.
type Options struct {
	Store   *store.Store
	Log     *slog.Logger
	Version string
	Workers int            // that run jobs in this process
	Engine  planner.Engine // makes the plans of jobs and trials; nil is that of this module
	Secure  bool           // it is reached over TLS, so that cookies are sent over nothing else
	Local   *Local         // nil for a team
}

// Server answers for a store.
type Server struct {
	store     *store.Store
	log       *slog.Logger
	version   string
	secure    bool
	local     *Local // nil for a team
	heads     heads
	engine    planner.Engine
	baselines planner.Baselines
	hub       hub
	throttle  throttle
	workers   []*jobs.Worker
	openID    *openID // nil if there is no provider
	api       huma.API
	handler   http.Handler
	needs     map[string]need // operation to who may call it
	seconds   *prometheus.HistogramVec
}

// Limits of what is taken from outside.
const (
	mostBody   = formats.MostBody
	mostRecord = 1 << 20
	slowest    = 2 * time.Minute // for a scenario to come
)

// New sets a server up. Run must be called for jobs to be done.
func New(o Options) *Server {
	x := &Server{store: o.Store, log: o.Log, version: o.Version, engine: o.Engine, secure: o.Secure, local: o.Local, needs: map[string]need{}}
	x.heads.all, x.heads.now, x.heads.pasts = map[string]*head{}, map[string]*head{}, map[string]*lineage{}
	x.hub.all = map[*subscriber]bool{}
	x.throttle.all = map[string]*failures{}
	for i := range o.Workers {
		w := jobs.New(o.Store, ownPrefix+store.NewID()+"-"+strconv.Itoa(i), o.Log)
		w.Notify, w.Engine = x.jobChanged, o.Engine
		x.workers = append(x.workers, w)
	}
	x.route()
	return x
}

// ownPrefix begins the names of the workers in the server's process, which tell of their
// jobs themselves.
const ownPrefix = "server-"

// Run does jobs, and watches those of other workers, until the context ends.
func (x *Server) Run(ctx context.Context) {
	all, _ := group.New(ctx)
	all.Go(func() error { return x.always(ctx, "watch", x.watch) })
	for _, w := range x.workers {
		all.Go(func() error { return x.always(ctx, w.Name, w.Run) })
	}
	_ = all.Wait() // what failed is in the log, and was begun again
}

// always does something until the context ends. After a panic in it, which the log tells
// of, it begins again a little later.
func (x *Server) always(ctx context.Context, name string, do func(context.Context)) error {
	for ctx.Err() == nil {
		err := group.Call(func() error {
			do(ctx)
			return nil
		})
		if err == nil {
			return nil
		}
		x.log.Error("it begins again after a panic", "what", name, "error", err, "stack", group.Stack(err))
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return nil
}

// Handler answers requests.
func (x *Server) Handler() http.Handler { return x.handler }

// OpenAPI is the description of the API, JSON.
func (x *Server) OpenAPI() *huma.OpenAPI { return x.api.OpenAPI() }

func (x *Server) route() {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Rearguard", x.version)
	config.Info.Description = "Scenarios with every version of every record, plans, jobs, people and the audit chain. Errors are problem details (RFC 9457)."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "/openapi", "", "", nil
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	huma.DefaultArrayNullable = false // a list without items is [], for those who read the description
	x.api = humago.New(mux, config)
	x.sessionOperations()
	x.scenarioOperations()
	x.formatOperations()
	x.recordOperations()
	x.gridOperations()
	x.trialOperations()
	x.planOperations()
	x.jobOperations()
	x.askOperations()
	x.peopleOperations()
	x.auditOperations()
	mux.HandleFunc("GET /api/scenarios/{scenario}/events", x.events)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", x.ready)
	registry := prometheus.NewRegistry()
	x.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "rearguard_request_seconds", Help: "Time to answer a request.", Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2, 10}}, []string{"method", "status"})
	registry.MustRegister(x.seconds, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rearguard_streams", Help: "Event streams that are open."}, func() float64 { return float64(x.hub.count()) }))
	mux.Handle("GET /metrics", x.signed(coordinates, promhttp.HandlerFor(registry, promhttp.HandlerOpts{})))
	x.pages(mux)
	guard := http.NewCrossOriginProtection() // no other site acts in the name of who is signed in
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, http.StatusForbidden, "a request from the page of another site, which may change nothing here")
	}))
	x.handler = x.observe(x.loopback(x.identify(guard.Handler(mux))))
}

func (x *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), 2*time.Second)
	defer stop()
	if err := x.store.Ping(ctx); err != nil {
		fail(w, r, http.StatusServiceUnavailable, "the database does not answer")
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}

type contextKey int

const (
	requestKey contextKey = iota
	whoKey
)

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// observe numbers, logs and measures requests, and answers for what panics.
func (x *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, id := time.Now(), store.NewID()
		seen := &recorder{ResponseWriter: w}
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		r = r.WithContext(context.WithValue(r.Context(), requestKey, id))
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // it is compared as net/http does
					panic(p)
				}
				x.log.Error("request panics", "request", id, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				if seen.status == 0 {
					fail(seen, r, http.StatusInternalServerError, "internal error; its number is "+id)
				}
			}
			took := time.Since(began)
			x.seconds.WithLabelValues(r.Method, strconv.Itoa(seen.status)).Observe(took.Seconds())
			x.log.Info("request", "request", id, "method", r.Method, "path", r.URL.Path, "status", seen.status, "ms", took.Milliseconds(), "from", origin(r))
		}()
		next.ServeHTTP(seen, r)
	})
}

// origin is the address that a request came from.
func origin(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// fail answers with problem details outside of an operation.
func fail(w http.ResponseWriter, r *http.Request, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail, Instance: r.URL.Path})
}

// problem makes an error of the packages below one of HTTP. What it does not know is a
// fault, which is logged and answered with the request's number only.
func (x *Server) problem(ctx context.Context, err error) error {
	var stale *store.Stale
	var already huma.StatusError
	var broken *unheld
	switch {
	case err == nil:
		return nil
	case errors.As(err, &broken) && !whoOf(ctx).viewer().All:
		return huma.Error409Conflict("this version does not hold by the rules of this program; a coordinator sees why")
	case errors.As(err, &broken):
		return huma.Error409Conflict(broken.Error())
	case errors.As(err, &already):
		return err
	case errors.As(err, &stale):
		return huma.Error412PreconditionFailed(stale.Error())
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("there is no such thing, or you may not see it")
	case errors.Is(err, store.ErrExists):
		return huma.Error409Conflict(err.Error())
	case ctx.Err() != nil:
		return huma.NewError(499, "the request ended before its answer")
	}
	id, _ := ctx.Value(requestKey).(string)
	more := []any{"request", id, "error", err}
	if stack := group.Stack(err); stack != "" {
		more = append(more, "stack", stack)
	}
	x.log.Error("request fails", more...)
	return huma.Error500InternalServerError("internal error; its number is " + id)
}
