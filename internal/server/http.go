package server

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

type contextKey int

const requestKey contextKey = 0

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
		began, id := x.now(), store.NewID()
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
			took := x.now().Sub(began)
			x.seconds.WithLabelValues(r.Method, strconv.Itoa(seen.status)).Observe(took.Seconds())
			x.log.Info("request", "request", id, "method", r.Method, "path", r.URL.Path, "status", seen.status, "ms", took.Milliseconds(), "from", auth.Origin(r))
		}()
		next.ServeHTTP(seen, r)
	})
}

// fail answers with problem details outside of an operation.
func fail(w http.ResponseWriter, r *http.Request, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail, Instance: r.URL.Path})
}

// identify finds the principal of each request.
func (x *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := r.Context().Value(requestKey).(string)
		principal, err := x.Accounts.Identify(r, id)
		if refused, ok := errors.AsType[*auth.Refused](err); ok {
			fail(w, r, refused.Status, refused.Detail)
			return
		}
		if err != nil {
			x.log.Error("cannot identify a request", "request", id, "error", err)
			fail(w, r, http.StatusServiceUnavailable, "the database does not answer; try again")
			return
		}
		next.ServeHTTP(w, r.WithContext(auth.With(r.Context(), principal)))
	})
}

// signed guards a handler that is no operation.
func (x *Server) signed(permission auth.Permission, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := auth.From(r.Context()).Check(permission, r.Method); err != nil {
			x.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopback refuses requests to a local server by another name than a loopback address or
// localhost: no web site reaches it through the browser by making its own name mean this
// machine.
func (x *Server) loopback(next http.Handler) http.Handler {
	if x.local == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			fail(w, r, http.StatusMisdirectedRequest, "this server answers to localhost only, not to "+host)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// problem makes an error of the packages below one of HTTP. What it does not know is a
// fault, which is logged and answered with the request's number only.
func (x *Server) problem(ctx context.Context, err error) error {
	var stale *store.Stale
	var already huma.StatusError
	var broken *unheld
	var refused *auth.Refused
	switch {
	case err == nil:
		return nil
	case errors.As(err, &broken) && !auth.From(ctx).Viewer().All:
		return huma.Error409Conflict("this version does not hold by the rules of this program; a coordinator sees why")
	case errors.As(err, &broken):
		return huma.Error409Conflict(broken.Error())
	case errors.As(err, &already):
		return err
	case errors.As(err, &refused):
		return refusal(refused)
	case errors.As(err, &stale):
		return huma.Error412PreconditionFailed(stale.Error())
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("there is no such thing, or you may not see it")
	case errors.Is(err, store.ErrApproved):
		return huma.Error409Conflict(store.ErrApproved.Error())
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

// refusal is what a principal is told that may not do something.
func refusal(e *auth.Refused) error {
	var wrong []error
	for _, f := range e.Wrong {
		d := &huma.ErrorDetail{Location: "body." + f.Field, Message: f.Message}
		if f.Value != "" {
			d.Value = f.Value
		}
		wrong = append(wrong, d)
	}
	err := huma.NewError(e.Status, e.Detail, wrong...)
	if e.Wait > 0 {
		return huma.ErrorWithHeaders(err, http.Header{"Retry-After": {strconv.Itoa(int(e.Wait.Seconds()))}})
	}
	return err
}
