package server

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// sight is what somebody sees of a version of a scenario. What people are told of a
// scenario, its records, tables, warnings, and the problems of edits, comes from one: a
// whole version, a head, is for the store, for searches and for those who see all.
type sight struct {
	id       string
	version  int64
	lens     *access.Lens
	scenario *scenario.Scenario
	records  []store.Record  // in order; those that are altered have the scenario's version
	altered  map[string]bool // kind/key of records that are not as they were written
	checked  func() (*checked, error)
}

// checked is what is seen of a version, put together and checked by itself, so that nothing
// that is said of it can name what is not seen.
type checked struct {
	*head
	problems []formats.Problem
}

// see reads what somebody sees of a version, 0 for the newest.
func (x *Server) see(ctx context.Context, w *who, id string, version int64) (*sight, error) {
	h, err := x.head(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return x.sight(h, w)
}

// sight is what somebody sees of a version. It is remembered, since to make it takes as long
// as to read the version.
func (x *Server) sight(h *head, w *who) (*sight, error) {
	lens := x.lens(h, w)
	if lens.Whole() {
		return &sight{id: h.id, version: h.version, lens: lens, scenario: h.scenario, records: h.records,
			checked: func() (*checked, error) { return &checked{head: h}, nil }}, nil
	}
	key := h.seenBy(w)
	if s, had := x.heads.sights.get(key); had {
		return s, nil
	}
	s, err := h.part(lens)
	if err == nil {
		x.heads.sights.put(key, s)
	}
	return s, err
}

// lens is what somebody sees of a version that is saved.
func (x *Server) lens(h *head, w *who) *access.Lens {
	key := h.seenBy(w)
	l, had := x.heads.lenses.get(key)
	if !had {
		l = h.lens(w)
		x.heads.lenses.put(key, l)
	}
	return l
}

// seesAll reports whether nothing of a version is kept from somebody.
func (x *Server) seesAll(ctx context.Context, w *who, id string, version int64) (bool, error) {
	if w.viewer().All {
		return true, nil
	}
	h, err := x.head(ctx, id, version)
	if err != nil {
		return false, err
	}
	return x.lens(h, w).Whole(), nil
}

// seenBy names what somebody sees of a version, as long as nothing is added to its past.
func (h *head) seenBy(w *who) string {
	key := fmt.Sprintf("%s %+v", headKey(h.id, h.version), w.viewer())
	for _, p := range h.pasts {
		key += fmt.Sprintf(" %d", p.Age())
	}
	return key
}

// lens is what somebody sees of a version, no more than is released now.
func (h *head) lens(w *who) *access.Lens {
	return h.pasts.Look(h.scenario, h.version, w.viewer(), h.called)
}

// part is what somebody sees of a version who does not see all of it.
func (h *head) part(lens *access.Lens) (*sight, error) {
	s := &sight{id: h.id, version: h.version, lens: lens, scenario: lens.Scenario(h.scenario), altered: map[string]bool{}}
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
func (s *sight) record(kind, key string) (store.Record, bool) {
	for _, r := range s.records {
		if r.Kind == kind && r.Key == key {
			return r, true
		}
	}
	return store.Record{}, false
}

// memory remembers what was made last.
type memory[T any] struct {
	mu    sync.Mutex
	all   map[string]T
	order []string
}

// mostRemembered is how much of a kind is remembered.
const mostRemembered = 32

func (m *memory[T]) get(key string) (x T, had bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	x, had = m.all[key]
	return x, had
}

func (m *memory[T]) put(key string, x T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[string]T{}
	}
	if _, had := m.all[key]; !had {
		m.order = append(m.order, key)
	}
	m.all[key] = x
	for len(m.order) > mostRemembered {
		delete(m.all, m.order[0])
		m.order = m.order[1:]
	}
}

// lineage is a scenario's past, and the scenarios that it was branched from.
type lineage struct {
	*access.Past
	origins []string
}

// pasts are what the versions say of a scenario, and of those that it was branched from.
func (x *Server) pasts(ctx context.Context, id string) (access.Pasts, error) {
	own, err := x.lineage(ctx, id)
	if err != nil {
		return nil, err
	}
	list := access.Pasts{own.Past}
	for _, origin := range own.origins {
		p, err := x.lineage(ctx, origin)
		if err != nil {
			return nil, err
		}
		list = append(list, p.Past)
	}
	return list, nil
}

func (x *Server) lineage(ctx context.Context, id string) (*lineage, error) {
	had, turn := x.heads.lineage(id)
	if had != nil {
		return had, nil
	}
	origins, err := x.store.Origins(ctx, id)
	if err != nil {
		return nil, err
	}
	// Most scenarios keep nothing back, and need no more than their contributors.
	p, err := x.readPast(ctx, id, access.PastKinds[:1])
	if err == nil && !p.Open() {
		p, err = x.readPast(ctx, id, access.PastKinds)
	}
	if err != nil {
		return nil, err
	}
	return x.heads.inherit(id, &lineage{p, origins}, turn), nil
}

func (x *Server) readPast(ctx context.Context, id string, kinds []string) (*access.Past, error) {
	records, err := x.store.Were(ctx, id, kinds...)
	if err != nil {
		return nil, err
	}
	p := access.NewPast()
	list := make([]access.Was, len(records))
	for i, r := range records {
		list[i] = access.Was{Kind: r.Kind, Key: r.Key, Version: r.Version, Body: r.Body}
	}
	return p, p.Add(list...)
}

// lengthen adds a save to a scenario's past, for who holds its lock.
func (x *Server) lengthen(id string, version int64, changes []store.Change) {
	had, _ := x.heads.lineage(id)
	if had == nil {
		x.heads.disinherit(id) // whoever reads it now may have begun before the save
		return
	}
	open := had.Open()
	list := make([]access.Was, len(changes))
	for i, c := range changes {
		list[i] = access.Was{Kind: c.Kind, Key: c.Key, Version: version, Body: c.Body}
	}
	if err := had.Add(list...); err != nil || open && !had.Open() {
		x.heads.disinherit(id) // of one that kept nothing back, no unit and no post was read
	}
}
