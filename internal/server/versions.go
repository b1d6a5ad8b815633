package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// snapshot is a version of a scenario, read and checked.
type snapshot struct {
	id       string
	version  int64
	records  []store.Record
	scenario *scenario.Scenario
	warnings []formats.Problem
	joined   *store.Joined
	owners   map[string]string // unit to its contributor
	pasts    access.Pasts      // of the scenario, and of those that it was branched from
	called   map[string]string // places of a draft that are called otherwise than in its past
}

// versions remembers those that were read last, and what was worked out of them.
type versions struct {
	read   *cache[*snapshot]
	views  *cache[*view]
	access *cache[*access.View]
	locks  sync.Map // scenario to the lock of those who edit it

	mu    sync.Mutex
	now   map[string]*snapshot // the newest of each scenario that was read
	pasts map[string]*lineage
	turn  int64 // counts pasts that were dropped, so that none that was read before is kept after
}

// How much is remembered: versions, and views of them.
const (
	mostVersions = 16
	mostViews    = 32
)

func newVersions() *versions {
	return &versions{
		read: newCache[*snapshot](mostVersions), views: newCache[*view](mostViews), access: newCache[*access.View](mostViews),
		now: map[string]*snapshot{}, pasts: map[string]*lineage{},
	}
}

func (h *versions) newest(id string) *snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now[id]
}

// lead makes a version the newest of its scenario. Scenarios that nobody looks at are
// forgotten in turn.
func (h *versions) lead(x *snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.now) >= mostVersions && h.now[x.id] == nil {
		for id := range h.now {
			delete(h.now, id)
			break
		}
	}
	h.now[x.id] = x
}

func (h *versions) forget(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.now, id)
	delete(h.pasts, id)
	h.turn++
}

func (h *versions) lineage(id string) (*lineage, int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pasts[id], h.turn
}

// inherit remembers a past, unless another was read meanwhile or has been dropped since the
// turn in which the reading began.
func (h *versions) inherit(id string, l *lineage, turn int64) *lineage {
	h.mu.Lock()
	defer h.mu.Unlock()
	if had := h.pasts[id]; had != nil {
		return had
	}
	if h.turn == turn {
		h.pasts[id] = l
	}
	return l
}

func (h *versions) disinherit(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pasts, id)
	h.turn++
}

func (h *versions) lock(id string) *sync.Mutex {
	l, _ := h.locks.LoadOrStore(id, &sync.Mutex{})
	return l.(*sync.Mutex)
}

func versionKey(id string, version int64) string { return fmt.Sprintf("%s@%d", id, version) }

// snapshot reads a version, 0 for the newest. One process edits a database's scenarios, so
// that the newest is the one that it saved last: who is told that an edit is saved sees it.
func (x *Server) snapshot(ctx context.Context, id string, version int64) (*snapshot, error) {
	now := x.versions.newest(id)
	if now == nil {
		lock := x.versions.lock(id)
		lock.Lock()
		defer lock.Unlock()
		var err error
		if now, err = x.readNewest(ctx, id); err != nil {
			return nil, err
		}
	}
	if version < 0 || version > now.version {
		return nil, fmt.Errorf("version %d: %w", version, store.ErrNotFound)
	}
	if version > 0 && version < now.version {
		var err error
		if now, err = x.readSnapshot(ctx, id, version); err != nil {
			return nil, err
		}
	}
	return x.withPasts(ctx, now)
}

// withPasts is a version with what others say of it.
func (x *Server) withPasts(ctx context.Context, h *snapshot) (*snapshot, error) {
	pasts, err := x.pasts(ctx, h.id)
	if err != nil {
		return nil, err
	}
	judged := *h
	judged.pasts = pasts
	return &judged, nil
}

// readNewest is the newest version, for who holds the scenario's lock.
func (x *Server) readNewest(ctx context.Context, id string) (*snapshot, error) {
	if now := x.versions.newest(id); now != nil {
		return now, nil
	}
	s, err := x.store.Scenario(ctx, id)
	if err != nil {
		return nil, err
	}
	now, err := x.readSnapshot(ctx, id, s.Version)
	if err == nil {
		x.versions.lead(now)
	}
	return now, err
}

func (x *Server) readSnapshot(ctx context.Context, id string, version int64) (*snapshot, error) {
	key := versionKey(id, version)
	if h, had := x.versions.read.get(key); had {
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
		return nil, &unheld{problems[0]}
	}
	x.versions.read.put(key, h)
	return h, nil
}

// unheld says that a version that was saved does not hold by the rules of this program.
type unheld struct{ formats.Problem }

func (e *unheld) Error() string {
	return "this version does not hold by the rules of this program: " + e.Problem.String()
}

// read puts a version together and checks it; problems forbid it.
func read(id string, version int64, records []store.Record) (*snapshot, []formats.Problem, error) {
	joined, err := store.Join(records)
	if err != nil {
		return nil, nil, err
	}
	h := &snapshot{id: id, version: version, records: records, joined: joined}
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

// detail is a problem of the version with the record that it is about; where it is about none
// its location is the other one.
func (h *snapshot) detail(p formats.Problem, otherwise string) *huma.ErrorDetail {
	d := &huma.ErrorDetail{Message: p.Message, Location: otherwise}
	if p.Maybe != "" {
		d.Message += ". Maybe: " + p.Maybe
	}
	if r := h.joined.At(p.Line); r != nil {
		d.Location = r.Kind + "/" + r.Key
	}
	return d
}

// split takes a scenario apart into its records.
func split(s *scenario.Scenario) ([]store.Record, error) {
	document, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write the scenario: %w", err)
	}
	return store.Split(document)
}

// planner is the version as plans and answers are made of it.
func (h *snapshot) planner() *planner.Case { return planner.Checked(h.scenario) }
