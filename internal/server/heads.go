package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// head is a version of a scenario, read and checked.
type head struct {
	id       string
	version  int64
	records  []store.Record
	scenario *scenario.Scenario
	warnings []formats.Problem
	joined   *store.Joined
	owners   map[string]string  // unit to its contributor
	now      *scenario.Scenario // the newest version, of an earlier one
}

// heads remembers the versions that were read last.
type heads struct {
	mu    sync.Mutex
	all   map[string]*head
	order []string
	now   map[string]*head // the newest of each scenario that was read
	locks sync.Map         // scenario to the lock of those who edit it
}

// mostHeads is how many versions are kept in memory.
const mostHeads = 16

func (h *heads) get(key string) *head {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[key]
}

func (h *heads) put(x *head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := headKey(x.id, x.version)
	if h.all[key] == nil {
		h.order = append(h.order, key)
	}
	h.all[key] = x
	for len(h.order) > mostHeads {
		delete(h.all, h.order[0])
		h.order = h.order[1:]
	}
}

func (h *heads) newest(id string) *head {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now[id]
}

// lead makes a version the newest of its scenario. Scenarios that nobody looks at are
// forgotten in turn.
func (h *heads) lead(x *head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.now) >= mostHeads && h.now[x.id] == nil {
		for id := range h.now {
			delete(h.now, id)
			break
		}
	}
	h.now[x.id] = x
}

func (h *heads) forget(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.now, id)
}

func (h *heads) lock(id string) *sync.Mutex {
	l, _ := h.locks.LoadOrStore(id, &sync.Mutex{})
	return l.(*sync.Mutex)
}

func headKey(id string, version int64) string { return fmt.Sprintf("%s@%d", id, version) }

// head reads a version, 0 for the newest. One process edits a database's scenarios, so
// that the newest is the one that it saved last: who is told that an edit is saved sees it.
func (x *Server) head(ctx context.Context, id string, version int64) (*head, error) {
	now := x.heads.newest(id)
	if now == nil {
		lock := x.heads.lock(id)
		lock.Lock()
		defer lock.Unlock()
		var err error
		if now, err = x.readNewest(ctx, id); err != nil {
			return nil, err
		}
	}
	if version == 0 || version == now.version {
		return now, nil
	}
	if version < 0 || version > now.version {
		return nil, fmt.Errorf("version %d: %w", version, store.ErrNotFound)
	}
	h, err := x.readHead(ctx, id, version)
	if err != nil {
		return nil, err
	}
	earlier := *h
	earlier.now = now.scenario
	return &earlier, nil
}

// readNewest is the newest version, for who holds the scenario's lock.
func (x *Server) readNewest(ctx context.Context, id string) (*head, error) {
	if now := x.heads.newest(id); now != nil {
		return now, nil
	}
	s, err := x.store.Scenario(ctx, id)
	if err != nil {
		return nil, err
	}
	now, err := x.readHead(ctx, id, s.Version)
	if err == nil {
		x.heads.lead(now)
	}
	return now, err
}

func (x *Server) readHead(ctx context.Context, id string, version int64) (*head, error) {
	if h := x.heads.get(headKey(id, version)); h != nil {
		return h, nil
	}
	records, err := x.store.Records(ctx, id, version)
	if err != nil {
		return nil, err
	}
	h, problems, err := read(id, version, records)
	if err != nil {
		return nil, err
	}
	if problems != nil { // it was checked when it was saved; a newer program may know better
		return nil, huma.Error409Conflict("this version does not hold by the rules of this program: " + problems[0].String())
	}
	x.heads.put(h)
	return h, nil
}

// read puts a version together and checks it; problems forbid it.
func read(id string, version int64, records []store.Record) (*head, []formats.Problem, error) {
	joined, err := store.Join(records)
	if err != nil {
		return nil, nil, err
	}
	h := &head{id: id, version: version, records: records, joined: joined}
	document, err := formats.ParseJSON("scenario", joined.Document)
	if err == nil {
		h.scenario, h.warnings, err = document.Scenario("")
	}
	var bad *formats.Invalid
	if errors.As(err, &bad) {
		return h, bad.Problems, nil
	}
	if err != nil {
		return nil, nil, err
	}
	h.owners = make(map[string]string, len(h.scenario.Units))
	for i := range h.scenario.Units {
		h.owners[h.scenario.Units[i].ID] = h.scenario.Units[i].Contributor
	}
	return h, nil, nil
}

// detail is a problem of the version with the record that it is about, nil where it is about
// none; then its location is the other one.
func (h *head) detail(p formats.Problem, otherwise string) (*huma.ErrorDetail, *store.Record) {
	d := &huma.ErrorDetail{Message: p.Message, Location: otherwise}
	if p.Maybe != "" {
		d.Message += ". Maybe: " + p.Maybe
	}
	r := h.joined.At(p.Line)
	if r != nil {
		d.Location = r.Kind + "/" + r.Key
	}
	return d, r
}

// lens is what somebody sees of a version, no more than is released now.
func (h *head) lens(w *who) *access.Lens {
	if h.now != nil {
		return access.Look(h.scenario, w.viewer(), h.now)
	}
	return access.Look(h.scenario, w.viewer())
}

// edit saves changes by somebody: all or none. The scenario that comes of them must
// hold; what is wrong with it comes back with the record that it is about.
func (x *Server) edit(ctx context.Context, w *who, id, note string, changes []store.Change) (int64, error) {
	if len(changes) == 0 {
		return 0, huma.Error422UnprocessableEntity("nothing is changed")
	}
	lock := x.heads.lock(id)
	lock.Lock()
	defer lock.Unlock()
	const tries = 5
	for try := 1; ; try++ {
		now, err := x.readNewest(ctx, id)
		if err != nil {
			return 0, err
		}
		next, err := x.draft(w, now, changes)
		if err != nil {
			return 0, err
		}
		version, err := x.store.Save(ctx, w.by(), id, now.version, next.scenario.Name, note, changes)
		var stale *store.Stale
		if errors.As(err, &stale) && stale.What == "the scenario" && try < tries {
			x.heads.forget(id)
			continue // another process saved it, against what is documented
		}
		if err != nil {
			return 0, err
		}
		x.heads.put(next)
		x.heads.lead(next)
		x.edited(next, w, changes)
		return version, nil
	}
}

// draft is the version that changes would make, checked.
func (x *Server) draft(w *who, now *head, changes []store.Change) (*head, error) {
	at := map[string]int{}
	for i, r := range now.records {
		at[r.Kind+"/"+r.Key] = i
	}
	records, lens := slices.Clone(now.records), now.lens(w)
	var wrong []error
	for i := range changes {
		c := &changes[i]
		if string(c.Body) == "null" {
			c.Body = nil
		}
		if err := mayChange(w, now, lens, c); err != nil {
			return nil, err
		}
		if err := wellFormed(c); err != nil {
			wrong = append(wrong, err)
			continue
		}
		r := store.Record{Kind: c.Kind, Key: c.Key, Version: now.version + 1, Body: c.Body}
		if n, there := at[c.Kind+"/"+c.Key]; there {
			records[n] = r
		} else {
			at[c.Kind+"/"+c.Key] = len(records)
			records = append(records, r)
		}
	}
	if wrong != nil {
		return nil, huma.Error422UnprocessableEntity("the changes cannot be read", wrong...)
	}
	// As the store reads them: those that are there, by kind.
	records = slices.DeleteFunc(records, func(r store.Record) bool { return r.Body == nil })
	store.ByKind(records)
	next, problems, err := read(now.id, now.version+1, records)
	if err != nil {
		return nil, err
	}
	if problems == nil {
		return next, nil
	}
	unseen := 0
	for _, p := range problems {
		if p.Warning {
			continue
		}
		d, r := next.detail(p, "scenario")
		if r != nil && !lens.Sees(now.scenario, r.Kind, r.Key) && !changed(changes, r) {
			unseen++
			continue
		}
		wrong = append(wrong, d)
	}
	if unseen > 0 {
		wrong = append(wrong, &huma.ErrorDetail{Location: "scenario", Message: fmt.Sprintf("%d of the problems are with records that you do not see; ask the coordinator", unseen)})
	}
	return nil, huma.Error422UnprocessableEntity("the scenario would not hold; nothing was saved", wrong...)
}

// split takes a scenario apart into its records.
func split(s *scenario.Scenario) ([]store.Record, error) {
	document, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write the scenario: %w", err)
	}
	return store.Split(document)
}

func changed(changes []store.Change, r *store.Record) bool {
	return slices.ContainsFunc(changes, func(c store.Change) bool { return c.Kind == r.Kind && c.Key == r.Key })
}

// wellFormed checks a change by itself.
func wellFormed(c *store.Change) error {
	where := c.Kind + "/" + c.Key
	detail := func(format string, args ...any) error {
		return &huma.ErrorDetail{Location: where, Message: fmt.Sprintf(format, args...)}
	}
	switch {
	case !slices.Contains(store.Kinds, c.Kind):
		maybe := scenario.Nearest(c.Kind, store.Kinds)
		if maybe != "" {
			maybe = ". Maybe: " + maybe
		}
		return detail("there are no records of the kind %q; there are %s%s", c.Kind, strings.Join(store.Kinds, ", "), maybe)
	case c.Kind == store.Settings && (c.Key != store.Settings || c.Body == nil):
		return detail("the settings are one record, settings/settings, which cannot be removed")
	case c.Body == nil:
		return nil
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return detail("the body is no JSON object: %v", err)
	}
	if c.Kind == store.Settings {
		for _, kind := range store.Kinds[1:] {
			if _, there := body[kind]; there {
				return detail("%s are records of their own", kind)
			}
		}
	}
	if store.Named(c.Kind) {
		var id string
		if err := json.Unmarshal(body["id"], &id); err != nil || id != c.Key {
			return detail("the id in the body is %s, not %q; to rename, remove the one and add the other", body["id"], c.Key)
		}
	}
	return nil
}

// mayChange says whether somebody may make a change: coordinators any, planners to what
// they see unaltered, liaisons to their contributor and its units.
func mayChange(w *who, now *head, lens *access.Lens, c *store.Change) error {
	sees := lens.Sees(now.scenario, c.Kind, c.Key)
	switch w.person.Role {
	case store.Coordinator:
		return nil
	case store.Planner:
		if sees && !owned(now, c, func(owner string) bool { return !lens.Sees(now.scenario, "contributors", owner) }) {
			return nil
		}
	case store.Liaison:
		own := w.person.Contributor
		if c.Kind == "contributors" && c.Key == own && c.Body != nil {
			return nil
		}
		if c.Kind == "units" && sees && !owned(now, c, func(owner string) bool { return owner != own }) {
			return nil
		}
		return huma.Error403Forbidden(fmt.Sprintf("%s/%s: a liaison of %s changes its contributor and its own units", c.Kind, c.Key, own))
	}
	return huma.Error403Forbidden(fmt.Sprintf("%s/%s: you may not change it", c.Kind, c.Key))
}

// owned reports whether a unit belongs to such an owner, before the change or after it.
func owned(now *head, c *store.Change, such func(owner string) bool) bool {
	if c.Kind != "units" {
		return false
	}
	if owner, there := now.owners[c.Key]; there && such(owner) {
		return true
	}
	var after struct{ Contributor string }
	return c.Body != nil && (json.Unmarshal(c.Body, &after) != nil || such(after.Contributor))
}
