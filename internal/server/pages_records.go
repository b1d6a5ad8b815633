package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/store"
)

// rowed is a record in the list of its kind.
type rowed struct {
	store.Record
	Name, Of string
	May      bool // it may be edited by who looks
}

// recordsPage lists the records of a kind, as they are seen.
func (x *Server) recordsPage(w http.ResponseWriter, r *http.Request) {
	one, ctx := whoOf(r.Context()), r.Context()
	id, kind := r.PathValue("scenario"), r.PathValue("kind")
	s, err := x.store.Scenario(ctx, id)
	var h *head
	var records []store.Record
	if err == nil {
		h, records, err = x.seen(ctx, one, id)
	}
	if err == nil && !slices.Contains(store.Kinds, kind) {
		err = store.ErrNotFound
	}
	if err != nil {
		x.relist(w, r, err)
		return
	}
	lens := h.lens(one)
	data := struct {
		Scenario *store.Scenario
		Version  int64
		Kind     string
		Kinds    []string
		Whole    bool
		Records  []rowed
		MayAdd   bool
	}{Scenario: s, Version: h.version, Kind: kind, Kinds: store.Kinds, Whole: lens.Whole()}
	for _, k := range records {
		if k.Kind != kind {
			continue
		}
		var about struct{ Name, Contributor string }
		_ = json.Unmarshal(k.Body, &about) // the list shows what there is
		may := edits.met(one) && !one.reads && mayChange(one, h, lens, &store.Change{Kind: kind, Key: k.Key, Body: k.Body}) == nil
		data.Records = append(data.Records, rowed{k, about.Name, about.Contributor, may})
	}
	data.MayAdd = kind != store.Settings && edits.met(one) && (one.person.Role != store.Liaison || kind == "units") && (lens.Whole() || store.Named(kind))
	x.show(w, r, http.StatusOK, "records.html", view{Title: strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " "), Data: data})
}

// recorded is the page of one record.
type recorded struct {
	Scenario  *store.Scenario
	Kind, Key string
	Version   int64 // that was read; 0 for a new one
	Body      string
	Rows      int
	Note      string
	History   []store.Past
}

// recordPage shows a record to who may edit it.
func (x *Server) recordPage(w http.ResponseWriter, r *http.Request) {
	x.recordForm(w, r, http.StatusOK, "", nil)
}

// recordForm shows a record's form, with what was sent if it could not be saved.
func (x *Server) recordForm(w http.ResponseWriter, r *http.Request, status int, problem string, sent *recorded) {
	one, ctx := whoOf(r.Context()), r.Context()
	if refused, detail := edits.refusal(one, http.MethodPost); refused != 0 {
		fail(w, r, refused, detail)
		return
	}
	p := recorded{Kind: r.PathValue("kind"), Key: r.PathValue("key")}
	s, err := x.store.Scenario(ctx, r.PathValue("scenario"))
	if err == nil && !slices.Contains(store.Kinds, p.Kind) {
		err = store.ErrNotFound
	}
	if err == nil {
		p.Scenario = s
		err = x.fillRecord(ctx, one, r, &p)
	}
	if err != nil {
		x.relist(w, r, err)
		return
	}
	if sent != nil {
		p.Version, p.Body, p.Note = sent.Version, sent.Body, sent.Note
	}
	p.Rows = min(40, max(8, strings.Count(p.Body, "\n")+2))
	x.show(w, r, status, "record.html", view{Title: p.Key, Problem: problem, Data: p})
}

// fillRecord reads a record with its history, or begins a new one.
func (x *Server) fillRecord(ctx context.Context, one *who, r *http.Request, p *recorded) error {
	h, records, err := x.seen(ctx, one, p.Scenario.ID)
	if err != nil {
		return err
	}
	if p.Key == "new" && r.URL.Query().Get("key") != "" {
		p.Key = r.URL.Query().Get("key")
		if !store.Named(p.Kind) {
			if p.Key, err = x.store.Next(ctx, p.Scenario.ID, p.Kind); err != nil {
				return err
			}
		}
	}
	for _, k := range records {
		if k.Kind != p.Kind || k.Key != p.Key {
			continue
		}
		if err := mayChange(one, h, h.lens(one), &store.Change{Kind: k.Kind, Key: k.Key, Body: k.Body}); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := json.Indent(&b, k.Body, "", "  "); err != nil {
			return fmt.Errorf("show %s %s: %w", k.Kind, k.Key, err)
		}
		p.Version, p.Body = k.Version, b.String()
		p.History, err = x.history(ctx, one, p.Scenario.ID, k.Kind, k.Key)
		if errors.Is(err, store.ErrNotFound) { // it is not for this reader
			err = nil
		}
		name := x.names(ctx)
		for i := range p.History {
			p.History[i].By = name(p.History[i].By)
		}
		return err
	}
	p.Body = "{}"
	if store.Named(p.Kind) {
		fields := map[string]any{"id": p.Key}
		if p.Kind == "units" && one.person.Contributor != "" {
			fields["contributor"] = one.person.Contributor
		}
		b, err := json.MarshalIndent(fields, "", "  ")
		if err != nil {
			return fmt.Errorf("begin a record: %w", err)
		}
		p.Body = string(b)
	}
	return nil
}

// saveRecord saves or removes a record; what cannot be saved is shown again, as it was
// sent, with what is wrong with it.
func (x *Server) saveRecord(w http.ResponseWriter, r *http.Request) {
	one := whoOf(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, mostRecord)
	if err := r.ParseForm(); err != nil {
		fail(w, r, http.StatusRequestEntityTooLarge, "the record did not come whole, or is larger than 1 MB")
		return
	}
	id, kind, key := r.PathValue("scenario"), r.PathValue("kind"), r.PathValue("key")
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		fail(w, r, http.StatusBadRequest, "the form lacks the version that was read; open the record again")
		return
	}
	body := json.RawMessage(r.PostForm.Get("body"))
	sent := &recorded{Version: version, Body: string(body), Note: r.PostForm.Get("note")}
	if r.PostForm.Get("do") == "remove" {
		body = nil
	} else if !json.Valid(body) {
		x.recordForm(w, r, http.StatusUnprocessableEntity, "This is no JSON; nothing was saved. Commas go between keys, and texts into double quotes.", sent)
		return
	}
	if _, err := x.edit(r.Context(), one, id, sent.Note, []store.Change{{Kind: kind, Key: key, Body: body, IfVersion: &version}}); err != nil {
		status, text := x.said(r, err)
		x.recordForm(w, r, status, text, sent)
		return
	}
	http.Redirect(w, r, "/scenarios/"+url.PathEscape(id)+"/records/"+url.PathEscape(kind), http.StatusSeeOther)
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
