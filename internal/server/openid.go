package server

import (
	"net/http"

	"github.com/rearguard/rearguard/internal/server/auth"
)

// openIDStart sends the browser to the provider.
func (x *Server) openIDStart(w http.ResponseWriter, r *http.Request) {
	if x.Accounts.Provider() == "" {
		fail(w, r, http.StatusNotFound, "this server has no OpenID provider")
		return
	}
	c, address := x.Accounts.Leave(within(r.FormValue("to")))
	http.SetCookie(w, &c)
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// openIDBack signs in whom the provider has identified.
func (x *Server) openIDBack(w http.ResponseWriter, r *http.Request) {
	if x.Accounts.Provider() == "" {
		fail(w, r, http.StatusNotFound, "this server has no OpenID provider")
		return
	}
	ended := x.Accounts.Arrived()
	http.SetCookie(w, &ended)
	principal := auth.From(r.Context())
	p, to, err := x.Accounts.Identified(r)
	var value string
	if err == nil {
		value, err = x.Accounts.Begin(r.Context(), principal, p)
	}
	if err != nil {
		x.log.Warn("sign-in by OpenID fails", "request", principal.Request, "error", err)
		if err := x.store.Note(r.Context(), principal.Actor(), "fail to sign in", "", "OpenID: "+err.Error()); err != nil {
			x.log.Error("cannot write the audit chain", "error", err)
		}
		x.show(w, r, http.StatusUnauthorized, "sign-in.html", pageData{Title: "Sign in", Problem: "You could not be signed in: " + err.Error() + ".", Data: x.Accounts.Provider()})
		return
	}
	c := x.Accounts.Cookie(value)
	http.SetCookie(w, &c)
	// A page and not a redirect: the strict cookie is not sent along a way that began at another site.
	x.show(w, r, http.StatusOK, "signed-in.html", pageData{Title: "Signed in", To: within(to)})
}
