package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// askedRow is an ask on the page, with all that was said of it.
type askedRow struct {
	Asked
	May bool // it may be answered by who looks
}

// asksPage lists what contributors have been asked for, as it is seen.
func (x *Server) asksPage(w http.ResponseWriter, r *http.Request, status int, problem string) {
	one, ctx := whoOf(r.Context()), r.Context()
	id := r.PathValue("scenario")
	h, err := x.head(ctx, id, 0)
	var list []Asked
	if err == nil {
		list, err = x.asks(ctx, one, id)
	}
	var s *store.Scenario
	if err == nil {
		s, err = x.store.Scenario(ctx, id)
	}
	if err != nil {
		x.relist(w, r, err)
		return
	}
	seen := h.lens(one).Scenario(h.scenario)
	data := struct {
		Scenario     *store.Scenario
		Asks         []askedRow
		States       []store.AskState
		MayAsk       bool
		Contributors []scenario.Contributor
		Capabilities []scenario.Capability
		Posts        []scenario.Post
	}{Scenario: s, States: []store.AskState{store.AskConfirmed, store.AskAssigned, store.AskOffered, store.AskStated, store.AskDeclined}, MayAsk: plans.met(one),
		Contributors: seen.Contributors, Capabilities: seen.Capabilities, Posts: seen.Posts}
	name := x.names(ctx)
	for _, a := range list {
		if whole, err := x.readAsk(ctx, one, a.ID); err == nil {
			a.History = whole.History
		}
		for i := range a.History {
			a.History[i].By = name(a.History[i].By)
		}
		data.Asks = append(data.Asks, askedRow{a, one.person.Role == store.Coordinator || one.person.Contributor == a.Contributor})
	}
	x.show(w, r, status, "asks.html", view{Title: "Asks", Problem: problem, Data: data})
}

func (x *Server) askForm(w http.ResponseWriter, r *http.Request) {
	one := whoOf(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	quantity, err := strconv.ParseFloat(r.FormValue("quantity"), 64)
	if err != nil || !(quantity >= 0) {
		x.asksPage(w, r, http.StatusUnprocessableEntity, "How much is a number, 0 or more.")
		return
	}
	_, err = x.ask(r.Context(), one, r.PathValue("scenario"), r.FormValue("contributor"), r.FormValue("due"),
		store.AskFor{Capability: r.FormValue("capability"), Quantity: quantity, Post: r.FormValue("post"), From: r.FormValue("from"), Note: r.FormValue("note")})
	if err != nil {
		status, text := x.said(r, err)
		x.asksPage(w, r, status, text)
		return
	}
	http.Redirect(w, r, "/scenarios/"+url.PathEscape(r.PathValue("scenario"))+"/asks", http.StatusSeeOther)
}

func (x *Server) answerForm(w http.ResponseWriter, r *http.Request) {
	one := whoOf(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	a, err := x.readAsk(r.Context(), one, r.PathValue("ask"))
	if err != nil {
		x.refuse(w, r, err)
		return
	}
	r.SetPathValue("scenario", a.Scenario)
	state := store.AskState(r.FormValue("state"))
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil || !slices.Contains([]store.AskState{store.AskDeclined, store.AskStated, store.AskOffered, store.AskConfirmed, store.AskAssigned}, state) {
		x.asksPage(w, r, http.StatusUnprocessableEntity, "The answer did not come whole; choose it again.")
		return
	}
	if _, err := x.answer(r.Context(), one, a.ID, version, Answer{State: state, Unit: r.FormValue("unit"), Note: r.FormValue("note")}); err != nil {
		status, text := x.said(r, err)
		x.asksPage(w, r, status, text)
		return
	}
	http.Redirect(w, r, "/scenarios/"+url.PathEscape(a.Scenario)+"/asks", http.StatusSeeOther)
}
