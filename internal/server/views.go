package server

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// view is what somebody sees of a version of a scenario. What people are told of a
// scenario, its records, tables, warnings, and the problems of edits, comes from one: a
// whole version, a snapshot, is for the store, for searches and for those who see all.
type view struct {
	id       string
	version  int64
	access   *access.View
	scenario *scenario.Scenario
	records  []store.Record  // in order; those that are altered have the scenario's version
	altered  map[string]bool // kind/key of records that are not as they were written
	checked  func() (*checked, error)
}

// checked is what is seen of a version, put together and checked by itself, so that nothing
// that is said of it can name what is not seen.
type checked struct {
	*snapshot
	problems []formats.Problem
}

// view reads what somebody sees of a version, 0 for the newest.
func (x *Server) view(ctx context.Context, principal *auth.Principal, id string, version int64) (*view, error) {
	h, err := x.snapshot(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return x.viewOf(h, principal)
}

// viewOf is what somebody sees of a version. It is remembered, since to make it takes as long
// as to read the version.
func (x *Server) viewOf(h *snapshot, principal *auth.Principal) (*view, error) {
	seen := x.access(h, principal)
	if seen.Whole() {
		return &view{id: h.id, version: h.version, access: seen, scenario: h.scenario, records: h.records,
			checked: func() (*checked, error) { return &checked{snapshot: h}, nil }}, nil
	}
	key := h.viewKey(principal)
	if s, had := x.versions.views.get(key); had {
		return s, nil
	}
	s, err := h.partial(seen)
	if err == nil {
		x.versions.views.put(key, s)
	}
	return s, err
}

// access is what somebody may see of a version that is saved.
func (x *Server) access(h *snapshot, principal *auth.Principal) *access.View {
	key := h.viewKey(principal)
	v, had := x.versions.access.get(key)
	if !had {
		v = h.access(principal)
		x.versions.access.put(key, v)
	}
	return v
}

// seesAll reports whether nothing of a version is kept from somebody.
func (x *Server) seesAll(ctx context.Context, principal *auth.Principal, id string, version int64) (bool, error) {
	if principal.Viewer().All {
		return true, nil
	}
	h, err := x.snapshot(ctx, id, version)
	if err != nil {
		return false, err
	}
	return x.access(h, principal).Whole(), nil
}

// viewKey names what somebody sees of a version, as long as nothing is added to its past.
func (h *snapshot) viewKey(principal *auth.Principal) string {
	key := fmt.Sprintf("%s %+v", versionKey(h.id, h.version), principal.Viewer())
	for _, p := range h.pasts {
		key += fmt.Sprintf(" %d", p.Age())
	}
	return key
}

// access is what somebody may see of a version, no more than is released now.
func (h *snapshot) access(principal *auth.Principal) *access.View {
	return h.pasts.View(h.scenario, h.version, principal.Viewer(), h.called)
}

// partial is what somebody sees of a version who does not see all of it.
func (h *snapshot) partial(seen *access.View) (*view, error) {
	s := &view{id: h.id, version: h.version, access: seen, scenario: seen.Scenario(h.scenario), altered: map[string]bool{}}
	whole, err := split(h.scenario)
	if err != nil {
		return nil, err
	}
	if s.records, err = split(s.scenario); err != nil {
		return nil, err
	}
	written, read := map[string]store.Record{}, map[string]store.Record{}
	for _, r := range h.records {
		written[r.Kind+"/"+r.Key] = r
	}
	for _, r := range whole {
		read[r.Kind+"/"+r.Key] = r
	}
	for i := range s.records {
		r := &s.records[i]
		name := r.Kind + "/" + r.Key
		if is, there := written[name]; there && (r.Kind == store.Settings || store.Named(r.Kind)) && bytes.Equal(read[name].Body, r.Body) {
			*r = is
			continue
		}
		r.Version, s.altered[name] = h.version, true
	}
	s.checked = sync.OnceValues(func() (*checked, error) { return check(s.id, s.version, s.records) })
	return s, nil
}

func check(id string, version int64, records []store.Record) (*checked, error) {
	h, problems, err := read(id, version, records)
	return &checked{h, problems}, err
}

// record finds one that is seen.
func (s *view) record(kind, key string) (store.Record, bool) {
	for _, r := range s.records {
		if r.Kind == kind && r.Key == key {
			return r, true
		}
	}
	return store.Record{}, false
}
