package server

import (
	"context"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/store"
)

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
	had, turn := x.versions.lineage(id)
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
	return x.versions.inherit(id, &lineage{p, origins}, turn), nil
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

// lengthen adds a save to a scenario's past. The caller holds the scenario's lock.
func (x *Server) lengthen(id string, version int64, changes []store.Change) {
	had, _ := x.versions.lineage(id)
	if had == nil {
		x.versions.disinherit(id) // a reader of now may have begun before the save
		return
	}
	open := had.Open()
	list := make([]access.Was, len(changes))
	for i, c := range changes {
		list[i] = access.Was{Kind: c.Kind, Key: c.Key, Version: version, Body: c.Body}
	}
	if err := had.Add(list...); err != nil || open && !had.Open() {
		x.versions.disinherit(id) // of one that kept nothing back, no unit and no post was read
	}
}
