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

func (v *versions) newest(id string) *snapshot {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now[id]
}

// lead makes a version the newest of its scenario. Scenarios that nobody looks at are
// forgotten in turn.
func (v *versions) lead(x *snapshot) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.now) >= mostVersions && v.now[x.id] == nil {
		for id := range v.now {
			delete(v.now, id)
			break
		}
	}
	v.now[x.id] = x
}

func (v *versions) forget(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.now, id)
	delete(v.pasts, id)
	v.turn++
}

func (v *versions) lineage(id string) (*lineage, int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.pasts[id], v.turn
}

// inherit remembers a past, unless another was read meanwhile or has been dropped since the
// turn in which the reading began.
func (v *versions) inherit(id string, l *lineage, turn int64) *lineage {
	v.mu.Lock()
	defer v.mu.Unlock()
	if had := v.pasts[id]; had != nil {
		return had
	}
	if v.turn == turn {
		v.pasts[id] = l
	}
	return l
}

func (v *versions) disinherit(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.pasts, id)
	v.turn++
}

func (v *versions) lock(id string) *sync.Mutex {
	l, _ := v.locks.LoadOrStore(id, &sync.Mutex{})
	return l.(*sync.Mutex)
}

func versionKey(id string, version int64) string { return fmt.Sprintf("%s@%d", id, version) }

// snapshot reads a version, 0 for the newest. One process edits a database's scenarios, so
// that the newest is the one that it saved last: a principal that is told that an edit is
// saved sees it.
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
func (x *Server) withPasts(ctx context.Context, snap *snapshot) (*snapshot, error) {
	pasts, err := x.pasts(ctx, snap.id)
	if err != nil {
		return nil, err
	}
	judged := *snap
	judged.pasts = pasts
	return &judged, nil
}

// readNewest is the newest version. The caller holds the scenario's lock.
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
	if snap, had := x.versions.read.get(key); had {
		return snap, nil
	}
	records, err := x.store.Records(ctx, id, version)
	if err != nil {
		return nil, err
	}
	snap, problems, err := read(id, version, records)
	if err != nil {
		return nil, err
	}
	if problems != nil { // it was checked when it was saved; a newer program may know better
		return nil, &unheld{problems[0]}
	}
	x.versions.read.put(key, snap)
	return snap, nil
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
	snap := &snapshot{id: id, version: version, records: records, joined: joined}
	document, err := formats.ParseJSON("scenario", joined.Document)
	if err == nil {
		snap.scenario, snap.warnings, err = document.Scenario("")
	}
	var bad *formats.Invalid
	if errors.As(err, &bad) {
		return snap, bad.Problems, nil
	}
	if err != nil {
		return nil, nil, err
	}
	snap.owners = make(map[string]string, len(snap.scenario.Units))
	for i := range snap.scenario.Units {
		snap.owners[snap.scenario.Units[i].ID] = snap.scenario.Units[i].Contributor
	}
	return snap, nil, nil
}

// detail is a problem of the version with the record that it is about; where it is about none
// its location is the other one.
func (snap *snapshot) detail(p formats.Problem, otherwise string) *huma.ErrorDetail {
	d := &huma.ErrorDetail{Message: p.Message, Location: otherwise}
	if p.Maybe != "" {
		d.Message += ". Maybe: " + p.Maybe
	}
	if r := snap.joined.At(p.Line); r != nil {
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
func (snap *snapshot) planner() *planner.Case { return planner.Checked(snap.scenario) }
