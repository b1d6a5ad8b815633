// Package server is Rearguard for a team: an HTTP API over the store with accounts,
// versions, jobs and an event stream, and the pages that people sign in to. Whatever it
// answers is made from what the asker may see (package access).
package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/server/live"
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
	local     *Local // nil for a team
	now       func() time.Time
	versions  *versions
	engine    planner.Engine
	baselines planner.Baselines
	hub       live.Hub
	workers   []*jobs.Worker
	api       huma.API
	handler   http.Handler
	seconds   *prometheus.HistogramVec

	permissions map[string]auth.Permission // operation to what it needs

	// Accounts are the people of the server.
	Accounts *auth.Accounts
}

// Limits of what is taken from outside.
const (
	mostBody   = formats.MostBody
	mostRecord = 1 << 20
	slowest    = 2 * time.Minute // for a scenario to come
)

// New sets a server up. Run must be called for jobs to be done.
func New(o Options) *Server {
	x := &Server{store: o.Store, log: o.Log, version: o.Version, engine: o.Engine, local: o.Local, versions: newVersions(), permissions: map[string]auth.Permission{}}
	x.now = func() time.Time { return x.store.Now() } // one clock for all: what is issued expires by the store's
	var everybody *store.Person
	if o.Local != nil {
		everybody = o.Local.Person
	}
	x.Accounts = auth.New(o.Store, x.now, o.Secure, everybody)
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
	all.Go(func() error {
		return x.always(ctx, "watch", func(ctx context.Context) { x.hub.Watch(ctx, x.store, ownPrefix, x.jobChanged) })
	})
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
		"session": {Type: "apiKey", In: "cookie", Name: auth.CookieName},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	huma.DefaultArrayNullable = false // a list without items is [], for those who read the description
	x.api = humago.New(mux, config)
	x.sessionOperations()
	x.scenarioOperations()
	x.formatOperations()
	x.recordOperations()
	x.tableOperations()
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
	registry.MustRegister(x.seconds, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rearguard_streams", Help: "Event streams that are open."}, func() float64 { return float64(x.hub.Count()) }))
	mux.Handle("GET /metrics", x.signed(auth.Administer, promhttp.HandlerFor(registry, promhttp.HandlerOpts{})))
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
