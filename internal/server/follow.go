package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// Followed is what became of a scenario whose file was edited beside it.
type Followed struct {
	Version int64    // the newest now; that of before if nothing was taken over
	Taken   []string // records that were taken over, kind/key
	Kept    []string // what was edited here too and stays as it is here: kind/key, and its fields
}

// byFile is who a save is by that takes over what was edited in the file.
const byFile = "file"

// Unfit says that what was edited in the file and what was edited here do not go together.
type Unfit struct{ Problems []string }

func (e *Unfit) Error() string { return strings.Join(e.Problems, "; ") }

// Follow takes over what was edited in the file of a local server's scenario: what is in it
// now and was not before. Where the same field was edited here too, what is here stays. If
// what comes of it does not hold, nothing is taken over, and the error is *Unfit.
func (x *Server) Follow(ctx context.Context, id string, was, is *scenario.Scenario) (*Followed, error) {
	const tries = 5
	for try := 1; ; try++ {
		out, err := x.follow(ctx, id, was, is)
		var stale *store.Stale
		if errors.As(err, &stale) && try < tries {
			continue // somebody saved meanwhile
		}
		if wrong, ok := errors.AsType[*huma.ErrorModel](err); ok {
			unfit := &Unfit{}
			for _, d := range wrong.Errors {
				unfit.Problems = append(unfit.Problems, d.Location+": "+d.Message)
			}
			return nil, unfit
		}
		return out, err
	}
}

func (x *Server) follow(ctx context.Context, id string, was, is *scenario.Scenario) (*Followed, error) {
	now, err := x.snapshot(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	before, err := split(was)
	if err != nil {
		return nil, err
	}
	after, err := split(is)
	if err != nil {
		return nil, err
	}
	here, err := canonical(now)
	if err != nil {
		return nil, err
	}
	m := merge{out: &Followed{Version: now.version}}
	for _, kind := range store.Kinds {
		b, a, n := ofKind(before, kind), ofKind(after, kind), ofKind(here, kind)
		if kind == store.Settings || store.Named(kind) {
			m.named(kind, b, a, n)
		} else {
			m.numbered(kind, b, a, n)
		}
	}
	if len(m.changes) == 0 {
		return m.out, nil
	}
	for _, c := range m.changes {
		m.out.Taken = append(m.out.Taken, c.Kind+"/"+c.Key)
	}
	principal := &auth.Principal{Person: &store.Person{ID: byFile, Name: x.local.File, Role: auth.Coordinator}}
	note := x.local.File + " was edited"
	if len(m.out.Kept) > 0 {
		note += "; as edited here stay " + strings.Join(m.out.Kept, ", ")
	}
	m.out.Version, err = x.edit(ctx, principal, id, clip(note), m.changes)
	return m.out, err
}

// canonical are the records of a version as its scenario writes them: programs may have saved
// them otherwise, such as 30d for 30.
func canonical(snap *snapshot) ([]store.Record, error) {
	written, err := split(snap.scenario)
	if err != nil {
		return nil, err
	}
	var out []store.Record
	for _, kind := range store.Kinds {
		are, texts := ofKind(snap.records, kind), ofKind(written, kind)
		named := byKey(texts)
		for i, r := range are {
			if kind == store.Settings || store.Named(kind) {
				r.Body = named[r.Key].Body
			} else {
				r.Body = texts[i].Body
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// clip is a text of a length that a note of a version may have.
func clip(text string) string {
	const most = 500
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-3], "") + "..."
}

func byKey(records []store.Record) map[string]store.Record {
	out := make(map[string]store.Record, len(records))
	for _, r := range records {
		out[r.Key] = r
	}
	return out
}

// merge gathers the changes that bring what one side edited to the other.
type merge struct {
	out     *Followed
	changes []store.Change
}

func (m *merge) change(kind, key string, body json.RawMessage, version int64) {
	m.changes = append(m.changes, store.Change{Kind: kind, Key: key, Body: body, IfVersion: &version})
}

func (m *merge) keep(kind, key string, fields ...string) {
	what := kind + "/" + key
	if len(fields) > 0 {
		what += " (" + strings.Join(fields, ", ") + ")"
	}
	m.out.Kept = append(m.out.Kept, what)
}

// named merges records with an ID, field by field.
func (m *merge) named(kind string, before, after, here []store.Record) {
	was, is, now := byKey(before), byKey(after), byKey(here)
	list := slices.Clone(before)
	for _, r := range after {
		if _, there := was[r.Key]; !there {
			list = append(list, r)
		}
	}
	for i := range list {
		key := list[i].Key
		b, a, n := was[key], is[key], now[key]
		switch {
		case sameBody(b, a), sameBody(n, a):
		case sameBody(n, b):
			m.change(kind, key, a.Body, n.Version)
		case a.Body == nil || n.Body == nil:
			m.keep(kind, key)
		default:
			body, taken, kept := mergeFields(b.Body, a.Body, n.Body)
			if taken {
				m.change(kind, key, body, n.Version)
			}
			if len(kept) > 0 {
				m.keep(kind, key, kept...)
			}
		}
	}
}

// sameBody compares records, of which either may be missing.
func sameBody(a, b store.Record) bool {
	if a.Body == nil || b.Body == nil {
		return a.Body == nil && b.Body == nil
	}
	return sameJSON(a.Body, b.Body)
}

// mergeFields is a record as it is here with the fields that were edited there only, and
// the names of those that were edited in both.
func mergeFields(was, there, here json.RawMessage) (body json.RawMessage, taken bool, kept []string) {
	fields := func(body json.RawMessage) map[string]json.RawMessage {
		out := map[string]json.RawMessage{}
		_ = json.Unmarshal(body, &out) // a record that is not there has none
		return out
	}
	b, a, n := fields(was), fields(there), fields(here)
	all := maps.Clone(b)
	maps.Copy(all, a)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case sameField(b[name], a[name]), sameField(n[name], a[name]):
		case !sameField(n[name], b[name]):
			kept = append(kept, name)
		default:
			taken = true
			if a[name] == nil {
				delete(n, name)
			} else {
				n[name] = a[name]
			}
		}
	}
	body, err := json.Marshal(n)
	if err != nil {
		panic(fmt.Errorf("write a record that was read: %w", err))
	}
	return body, taken, kept
}

func sameField(a, b json.RawMessage) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return sameJSON(a, b)
}

// numbered merges records without an ID by what they hold: those that are gone are removed,
// those that are new are added, each as often as it is there.
func (m *merge) numbered(kind string, was, is, now []store.Record) {
	gone, fresh := without(was, is), without(without(is, was), without(now, was)) // without those that were added here too
	var keys []string
	for _, r := range now {
		keys = append(keys, r.Key)
	}
	left := slices.Clone(now)
	for _, r := range gone {
		i := slices.IndexFunc(left, func(o store.Record) bool { return sameJSON(o.Body, r.Body) })
		if i < 0 {
			m.keep(kind, r.Key)
			continue
		}
		if len(fresh) > 0 { // it becomes the next of the new ones, and keeps its place
			m.change(kind, left[i].Key, fresh[0].Body, left[i].Version)
			fresh = fresh[1:]
		} else {
			m.change(kind, left[i].Key, nil, left[i].Version)
		}
		left = slices.Delete(left, i, i+1)
	}
	for i, r := range fresh {
		m.change(kind, store.NumberAfter(keys, i+1), r.Body, 0)
	}
}

// without are the records of one list that are not in the other, each counted.
func without(list, other []store.Record) (out []store.Record) {
	rest := slices.Clone(other)
	for _, r := range list {
		if i := slices.IndexFunc(rest, func(o store.Record) bool { return sameJSON(o.Body, r.Body) }); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			out = append(out, r)
		}
	}
	return out
}
