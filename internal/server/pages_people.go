package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
)

// peoplePage lists the accounts, with the link of an invitation that was just made.
func (x *Server) peoplePage(w http.ResponseWriter, r *http.Request, status int, problem, link string) {
	people, err := x.store.People(r.Context())
	if err != nil {
		x.refuse(w, r, err)
		return
	}
	roles := slices.Clone(store.Roles)
	slices.Reverse(roles) // the least powerful is the first choice
	x.show(w, r, status, "people.html", view{Title: "People", Problem: problem, Data: struct {
		People []store.Person
		Roles  []store.Role
		Link   string
	}{people, roles, link}})
}

func (x *Server) inviteForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	grant := Invitation{store.Role(r.FormValue("role")), r.FormValue("contributor")}
	err := goodGrant(grant)
	value := ""
	if err == nil {
		value, err = x.invite(r.Context(), grant)
	}
	if err != nil {
		status, text := x.said(r, err)
		x.peoplePage(w, r, status, text, "")
		return
	}
	link := url.URL{Scheme: "http", Host: r.Host, Path: "/invite/" + value}
	if x.secure {
		link.Scheme = "https"
	}
	x.peoplePage(w, r, http.StatusOK, "", link.String())
}

// personForm disables an account, or enables it again.
func (x *Server) personForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		fail(w, r, http.StatusBadRequest, "the form lacks the version of the account; open the page again")
		return
	}
	disabled := r.FormValue("do") == "disable"
	if _, err := x.changePerson(r.Context(), r.PathValue("person"), version, personChange{Disabled: &disabled}); err != nil {
		status, text := x.said(r, err)
		x.peoplePage(w, r, status, text, "")
		return
	}
	http.Redirect(w, r, "/people", http.StatusSeeOther)
}

// planForm queues a plan of a scenario's newest version.
func (x *Server) planForm(w http.ResponseWriter, r *http.Request) {
	s, err := x.store.Scenario(r.Context(), r.PathValue("scenario"))
	if err == nil {
		_, err = x.queue(r.Context(), whoOf(r.Context()), s, "plan", jobs.Options{})
	}
	if err != nil {
		x.relist(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
