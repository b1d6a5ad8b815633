package server

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/web"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pageTemplates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// formPolicy is the content security policy of the plain pages: their style, their own
// forms, no script.
const formPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// view is what a plain page is made from.
type pageData struct {
	Title   string
	Person  *store.Person
	Local   bool // nobody has to sign in
	Problem string
	To      string // where signing in leads; empty for the start
	Data    any
}

// pages are what people see who use no program: the app, and without a script sign in,
// invitations, the API; plans as reports.
func (x *Server) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /page.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, web.PageStyle)
	})
	mux.HandleFunc("GET /{$}", x.home)
	mux.HandleFunc("POST /sign-in", x.signInForm)
	mux.HandleFunc("GET /openid/start", x.openIDStart)
	mux.HandleFunc("GET /openid/back", x.openIDBack)
	mux.HandleFunc("POST /sign-out", x.signOutForm)
	mux.HandleFunc("GET /invite/{token}", func(w http.ResponseWriter, r *http.Request) {
		x.show(w, r, http.StatusOK, "invite.html", pageData{Title: "Your account", Data: r.PathValue("token")})
	})
	mux.HandleFunc("POST /invite/{token}", x.acceptForm)
	mux.HandleFunc("GET /api/schema", schema)
	mux.HandleFunc("GET /people", entered(app))
	mux.HandleFunc("GET /plans/{plan}", entered(x.planPage))
	mux.HandleFunc("GET /share/{token}", x.sharePage(exchange.Named("one-page")))
	mux.HandleFunc("GET /share/{token}/report", x.sharePage(exchange.Named("html")))
	mux.HandleFunc("GET /api", entered(x.apiPage))
	for path, file := range web.AppFiles() {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mime.TypeByExtension(filepath.Ext(path)))
			_, _ = w.Write(file)
		})
	}
	mux.HandleFunc("GET /scenarios/{scenario}/{page...}", entered(app))
	mux.HandleFunc("GET /import", entered(app))
}

// entered guards a page that is for whoever has signed in: others may sign in first.
func entered(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if auth.From(r.Context()).Person == nil {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		page(w, r)
	}
}

// within is an address if it is one of this server's pages, otherwise empty: no link to
// sign in leads to another site.
func within(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t\r\n") {
		return ""
	}
	return to
}

// enter sets the session's cookie, or with an empty value ends it, and leads to a page of
// this server.
func (x *Server) enter(w http.ResponseWriter, r *http.Request, session, to string) {
	c := x.Accounts.Cookie(session)
	http.SetCookie(w, &c)
	http.Redirect(w, r, cmp.Or(within(to), "/"), http.StatusSeeOther)
}

// refuse answers a page with a problem instead.
func (x *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, text := x.said(r.Context(), err)
	fail(w, r, status, text)
}

func (x *Server) show(w http.ResponseWriter, r *http.Request, status int, page string, v pageData) {
	v.Person, v.Local = auth.From(r.Context()).Person, x.local != nil
	var b strings.Builder
	if err := pageTemplates.ExecuteTemplate(&b, page, v); err != nil {
		x.log.Error("cannot show a page", "page", page, "error", err)
		fail(w, r, http.StatusInternalServerError, "internal error")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", formPolicy)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, b.String())
}

// said is the text of a problem, and its status.
func (x *Server) said(ctx context.Context, err error) (status int, text string) {
	err = x.problem(ctx, err)
	status, text = http.StatusInternalServerError, err.Error()
	if e, ok := errors.AsType[huma.StatusError](err); ok {
		status, text = e.GetStatus(), e.Error()
	}
	if m, ok := errors.AsType[*huma.ErrorModel](err); ok {
		for _, d := range m.Errors {
			text += "\n" + d.Location + ": " + d.Message
		}
	}
	return status, text
}

func (x *Server) home(w http.ResponseWriter, r *http.Request) {
	to := within(r.URL.Query().Get("to"))
	if auth.From(r.Context()).Person == nil {
		x.show(w, r, http.StatusOK, "sign-in.html", pageData{Title: "Sign in", To: to, Data: x.Accounts.Provider()})
		return
	}
	if to != "" {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	if id := x.only(r.Context()); id != "" {
		http.Redirect(w, r, "/scenarios/"+url.PathEscape(id)+"/overview", http.StatusSeeOther)
		return
	}
	app(w, r)
}

func (x *Server) signInForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	_, value, err := x.Accounts.SignIn(r.Context(), auth.From(r.Context()), r.FormValue("email"), r.FormValue("password"))
	if err != nil {
		status, text := x.said(r.Context(), err)
		x.show(w, r, status, "sign-in.html", pageData{Title: "Sign in", Problem: text, To: within(r.FormValue("to")), Data: x.Accounts.Provider()})
		return
	}
	x.enter(w, r, value, r.FormValue("to"))
}

func (x *Server) signOutForm(w http.ResponseWriter, r *http.Request) {
	if err := x.Accounts.SignOut(r.Context(), auth.From(r.Context())); err != nil {
		x.log.Error("cannot end a session", "error", err)
	}
	x.enter(w, r, "", "/")
}

func (x *Server) acceptForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	_, value, err := x.Accounts.Accept(r.Context(), auth.From(r.Context()), r.PathValue("token"), r.FormValue("name"), r.FormValue("email"), r.FormValue("password"))
	if err != nil {
		status, text := x.said(r.Context(), err)
		x.show(w, r, status, "invite.html", pageData{Title: "Your account", Problem: text, Data: r.PathValue("token")})
		return
	}
	x.enter(w, r, value, "/")
}

// reportPolicy lets a report run the script that it carries; it says by itself which.
const reportPolicy = "frame-ancestors 'none'"

func (x *Server) planPage(w http.ResponseWriter, r *http.Request) {
	x.report(w, r, auth.From(r.Context()), r.PathValue("plan"), exchange.Named("html"))
}

// sharePage shows a plan as a viewer sees it, in one of its forms.
func (x *Server) sharePage(form *exchange.Format) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		secret, err := x.store.Proven(r.Context(), store.Share, r.PathValue("token"))
		if err != nil {
			x.show(w, r, http.StatusNotFound, "sign-in.html", pageData{Title: "Sign in", Problem: "This link is unknown or has expired; ask for a new one.", Data: x.Accounts.Provider()})
			return
		}
		x.report(w, r, &auth.Principal{Origin: auth.Origin(r)}, secret.Name, form)
	}
}

func (x *Server) report(w http.ResponseWriter, r *http.Request, principal *auth.Principal, id string, form *exchange.Format) {
	s, err := x.plan(r.Context(), principal, id)
	var page []byte
	if err == nil {
		page, err = s.file(form)
	}
	if err != nil {
		x.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", reportPolicy)
	_, _ = w.Write(page)
}

// app is the page of the app, which finds by its address what to show.
func app(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", web.AppPolicy)
	_, _ = io.WriteString(w, web.App)
}

// schema is the JSON Schema of scenarios.
func schema(w http.ResponseWriter, _ *http.Request) {
	b, err := formats.Schema()
	if err != nil {
		panic(fmt.Errorf("write the schema: %w", err)) // a fault of the program, which a test holds
	}
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(b)
}

// operation is a row of the API's page.
type operation struct{ Method, Path, Summary, Description, For string }

// apiPage lists the operations, made from the description that programs read.
func (x *Server) apiPage(w http.ResponseWriter, r *http.Request) {
	x.show(w, r, http.StatusOK, "api.html", pageData{Title: "The API", Data: x.operations()})
}

// operations are those of the API, by path.
func (x *Server) operations() (list []operation) {
	for path, item := range x.api.OpenAPI().Paths {
		for method, o := range map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete, "PATCH": item.Patch} {
			if o != nil {
				list = append(list, operation{method, path, o.Summary, o.Description, x.permissions[o.OperationID].Holders()})
			}
		}
	}
	slices.SortFunc(list, func(a, b operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return list
}
