package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// edit saves a principal's changes: all or none. The scenario that comes of them must
// hold; what is wrong with it comes back with the record that it is about.
func (x *Server) edit(ctx context.Context, principal *auth.Principal, id, note string, changes []store.Change) (int64, error) {
	if len(changes) == 0 {
		return 0, huma.Error422UnprocessableEntity("nothing is changed")
	}
	lock := x.versions.lock(id)
	lock.Lock()
	defer lock.Unlock()
	const tries = 5
	for try := 1; ; try++ {
		now, err := x.readNewest(ctx, id)
		if err != nil {
			return 0, err
		}
		if now, err = x.withPasts(ctx, now); err != nil {
			return 0, err
		}
		next, err := x.draft(principal, now, changes, true)
		var name *taken
		if errors.As(err, &name) { // somebody may be guessing, for coordinators to know
			if err := x.store.Note(ctx, principal.Actor(), "refuse edit", id, name.name+" is taken by what its author does not see"); err != nil {
				return 0, err
			}
			return 0, huma.Error409Conflict(name.Error())
		}
		if err != nil {
			return 0, err
		}
		version, err := x.store.Save(ctx, principal.Actor(), id, now.version, next.scenario.Name, note, changes)
		var stale *store.Stale
		if errors.As(err, &stale) && stale.What == "the scenario" && try < tries {
			x.versions.forget(id)
			continue // another process saved it, against what is documented
		}
		if err != nil {
			return 0, err
		}
		x.lengthen(id, version, changes)
		x.versions.read.put(versionKey(id, version), next)
		x.versions.lead(next)
		if next, err = x.withPasts(ctx, next); err != nil {
			x.log.Error("cannot tell of an edit", "scenario", id, "version", version, "error", err)
			return version, nil // it is saved
		}
		x.edited(next, principal, changes)
		return version, nil
	}
}

// draft is the version that changes would make, to be saved or only to be tried. It is checked
// by what its author sees, whose problems are told, and then as a whole, whose problems are
// told to a principal that sees all. What the author does not see is for it as if it were not there.
func (x *Server) draft(principal *auth.Principal, now *snapshot, changes []store.Change, saved bool) (*snapshot, error) {
	seen, err := x.viewOf(now, principal)
	if err != nil {
		return nil, err
	}
	var wrong []error
	for i := range changes {
		c := &changes[i]
		if string(c.Body) == "null" {
			c.Body = nil
		}
		if err := seen.mayChange(principal, c); err != nil {
			return nil, err
		}
		if err := wellFormed(c); err != nil {
			wrong = append(wrong, err)
		}
	}
	if wrong != nil {
		return nil, huma.Error422UnprocessableEntity("the changes cannot be read", wrong...)
	}
	base := now
	if !seen.access.Whole() {
		if err := seen.draft(changes); err != nil {
			return nil, err
		}
		if saved {
			err = seen.conflicts(now, changes)
		} else {
			base, changes, err = seen.apart(now, changes)
		}
		if err != nil {
			return nil, err
		}
	}
	next, problems, err := read(now.id, now.version+1, changed(base.records, now.version+1, changes))
	switch {
	case err != nil:
		return nil, err
	case problems == nil:
		next.pasts, next.called = now.pasts, base.called
		return next, nil
	case !seen.access.Whole():
		return nil, huma.Error422UnprocessableEntity("the scenario would not hold, for what is not released to you; nothing was saved. Ask a coordinator to make this change")
	}
	return nil, next.refused(problems, nil)
}

// conflicts finds the first change that cannot be saved for what was read, or for its name, as
// the store would if there were nothing but what is seen.
func (s *view) conflicts(now *snapshot, changes []store.Change) error {
	have, twice := map[string]int64{}, map[string]bool{}
	for _, r := range s.records {
		have[r.Kind+"/"+r.Key] = r.Version
	}
	for _, c := range changes {
		name := c.Kind + "/" + c.Key
		switch {
		case c.IfVersion != nil && *c.IfVersion != have[name]:
			return &store.Stale{What: c.Kind + " " + c.Key, Have: have[name]}
		case c.Body == nil && have[name] == 0:
			return fmt.Errorf("%s: %w", name, store.ErrNotFound)
		case twice[name]:
			return fmt.Errorf("%s is changed twice in one save: %w", name, store.ErrExists)
		}
		twice[name] = true
	}
	for _, c := range s.hidden(now, changes) {
		return &taken{c.Kind + "/" + c.Key}
	}
	return nil
}

// taken says that something has the name of a new record which its author does not see.
type taken struct{ name string }

func (e *taken) Error() string { return e.name + ": this name cannot be used; take another" }

// hidden are the changes of what the version has and is not seen.
func (s *view) hidden(now *snapshot, changes []store.Change) (list []store.Change) {
	there := map[string]bool{}
	for _, r := range now.records {
		there[r.Kind+"/"+r.Key] = true
	}
	for _, r := range s.records {
		delete(there, r.Kind+"/"+r.Key)
	}
	for _, c := range changes {
		if there[c.Kind+"/"+c.Key] {
			list = append(list, c)
		}
	}
	return list
}

// apart makes room for changes that are only tried: what has the name of a new record and is
// not seen gets another, so that nobody learns of it by a trial, of which nothing is left.
func (s *view) apart(now *snapshot, changes []store.Change) (*snapshot, []store.Change, error) {
	hidden := s.hidden(now, changes)
	if len(hidden) == 0 {
		return now, changes, nil
	}
	own, _, err := read(now.id, now.version, now.records) // one to be changed
	if err != nil {
		return nil, nil, err
	}
	called := map[string]string{}
	gone := map[string]bool{} // removed, which is to do nothing to what is not seen
	for _, c := range hidden {
		if c.Body == nil {
			gone[c.Kind+"/"+c.Key] = true
			continue
		}
		to := c.Key + "~"
		for slices.ContainsFunc(now.records, func(r store.Record) bool { return r.Kind == c.Kind && r.Key == to }) {
			to += "~"
		}
		access.Rename(own.scenario, c.Kind, c.Key, to)
		called[to], called[c.Key] = c.Key, ""
	}
	records, err := split(own.scenario)
	if err != nil {
		return nil, nil, err
	}
	base := *now
	base.records, base.called = records, called
	return &base, slices.DeleteFunc(slices.Clone(changes), func(c store.Change) bool { return gone[c.Kind+"/"+c.Key] }), nil
}

// draft checks what changes would make of what is seen.
func (s *view) draft(changes []store.Change) error {
	before, err := s.checked()
	if err != nil {
		return err
	}
	next, err := check(s.id, s.version+1, changed(s.records, s.version+1, changes))
	if err != nil {
		return err
	}
	return next.refused(next.problems, before.problems)
}

// refused is what is wrong with a version, each problem with the record that it is about,
// but for those that were there before; nil if there is nothing.
func (snap *snapshot) refused(problems, before []formats.Problem) error {
	var wrong []error
	for _, p := range problems {
		if p.Warning || slices.ContainsFunc(before, func(o formats.Problem) bool { return o.Message == p.Message }) {
			continue
		}
		wrong = append(wrong, snap.detail(p, "scenario"))
	}
	if wrong == nil {
		return nil
	}
	return huma.Error422UnprocessableEntity("the scenario would not hold; nothing was saved", wrong...)
}

// changed are records with changes made to them, as the store would read them: those that
// are there, by kind.
func changed(records []store.Record, version int64, changes []store.Change) []store.Record {
	at := map[string]int{}
	for i, r := range records {
		at[r.Kind+"/"+r.Key] = i
	}
	list := slices.Clone(records)
	for _, c := range changes {
		r := store.Record{Kind: c.Kind, Key: c.Key, Version: version, Body: c.Body}
		if n, there := at[c.Kind+"/"+c.Key]; there {
			list[n] = r
		} else {
			at[c.Kind+"/"+c.Key] = len(list)
			list = append(list, r)
		}
	}
	list = slices.DeleteFunc(list, func(r store.Record) bool { return r.Body == nil })
	store.ByKind(list)
	return list
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

// mayChange says whether a principal may make a change, by its permissions: any, to what it
// sees unaltered, or to its contributor and its units. What is not seen is as if it were
// not there.
func (s *view) mayChange(principal *auth.Principal, c *store.Change) error {
	unaltered := !s.altered[c.Kind+"/"+c.Key]
	if slices.Contains(store.Kinds[1:], c.Kind) && !store.Named(c.Kind) {
		unaltered = s.access.Whole() // what is taken out of what is numbered moves the others
	}
	if principal.May(auth.EditAll) {
		return nil
	}
	if principal.May(auth.EditSeen) && unaltered && !s.owned(c, func(owner string) bool { return s.altered["contributors/"+owner] }) {
		return nil
	}
	if principal.May(auth.EditOwn) {
		own := principal.Person.Contributor
		if c.Kind == "contributors" && c.Key == own && c.Body != nil {
			return nil
		}
		if c.Kind == "units" && unaltered && !s.owned(c, func(owner string) bool { return owner != own }) {
			return nil
		}
		return huma.Error403Forbidden(fmt.Sprintf("%s/%s: a liaison of %s changes its contributor and its own units", c.Kind, c.Key, own))
	}
	return huma.Error403Forbidden(fmt.Sprintf("%s/%s: you may not change it", c.Kind, c.Key))
}

// owned reports whether a unit belongs to such an owner, before the change or after it.
func (s *view) owned(c *store.Change, such func(owner string) bool) bool {
	if c.Kind != "units" {
		return false
	}
	if i := slices.IndexFunc(s.scenario.Units, func(u scenario.Unit) bool { return u.ID == c.Key }); i >= 0 && such(s.scenario.Units[i].Contributor) {
		return true
	}
	var after struct{ Contributor string }
	return c.Body != nil && (json.Unmarshal(c.Body, &after) != nil || such(after.Contributor))
}
