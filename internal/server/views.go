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

// view is what a principal sees of a version of a scenario. What people are told of a
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

// view reads what a principal sees of a version, 0 for the newest.
func (x *Server) view(ctx context.Context, principal *auth.Principal, id string, version int64) (*view, error) {
	snap, err := x.snapshot(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return x.viewOf(snap, principal)
}

// viewOf is what a principal sees of a version. It is remembered, since to make it takes as long
// as to read the version.
func (x *Server) viewOf(snap *snapshot, principal *auth.Principal) (*view, error) {
	seen := x.access(snap, principal)
	if seen.Whole() {
		return &view{id: snap.id, version: snap.version, access: seen, scenario: snap.scenario, records: snap.records,
			checked: func() (*checked, error) { return &checked{snapshot: snap}, nil }}, nil
	}
	key := snap.viewKey(principal)
	if s, had := x.versions.views.get(key); had {
		return s, nil
	}
	s, err := snap.partial(seen)
	if err == nil {
		x.versions.views.put(key, s)
	}
	return s, err
}

// access is what a principal may see of a version that is saved.
func (x *Server) access(snap *snapshot, principal *auth.Principal) *access.View {
	key := snap.viewKey(principal)
	v, had := x.versions.access.get(key)
	if !had {
		v = snap.access(principal)
		x.versions.access.put(key, v)
	}
	return v
}

// seesAll reports whether nothing of a version is kept from a principal.
func (x *Server) seesAll(ctx context.Context, principal *auth.Principal, id string, version int64) (bool, error) {
	if principal.Viewer().All {
		return true, nil
	}
	snap, err := x.snapshot(ctx, id, version)
	if err != nil {
		return false, err
	}
	return x.access(snap, principal).Whole(), nil
}

// viewKey names what a principal sees of a version, as long as nothing is added to its past.
func (snap *snapshot) viewKey(principal *auth.Principal) string {
	key := fmt.Sprintf("%s %+v", versionKey(snap.id, snap.version), principal.Viewer())
	for _, p := range snap.pasts {
		key += fmt.Sprintf(" %d", p.Age())
	}
	return key
}

// access is what a principal may see of a version, no more than is released now.
func (snap *snapshot) access(principal *auth.Principal) *access.View {
	return snap.pasts.View(snap.scenario, snap.version, principal.Viewer(), snap.called)
}

// partial is the view of a principal that does not see all of a version.
func (snap *snapshot) partial(seen *access.View) (*view, error) {
	s := &view{id: snap.id, version: snap.version, access: seen, scenario: seen.Scenario(snap.scenario), altered: map[string]bool{}}
	whole, err := split(snap.scenario)
	if err != nil {
		return nil, err
	}
	if s.records, err = split(s.scenario); err != nil {
		return nil, err
	}
	written, read := map[string]store.Record{}, map[string]store.Record{}
	for _, r := range snap.records {
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
		r.Version, s.altered[name] = snap.version, true
	}
	s.checked = sync.OnceValues(func() (*checked, error) { return check(s.id, s.version, s.records) })
	return s, nil
}

func check(id string, version int64, records []store.Record) (*checked, error) {
	snap, problems, err := read(id, version, records)
	return &checked{snap, problems}, err
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
