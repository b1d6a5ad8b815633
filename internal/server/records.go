package server

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/store"
)

// RecordIn names a record.
type RecordIn struct {
	ScenarioIn
	Kind string `path:"kind" maxLength:"50" doc:"settings, units, posts and so on."`
	Key  string `path:"key" maxLength:"300" doc:"The record's id; a number for pins, routes and orders in force."`
}

// seen are the records of the newest version that somebody sees, in order, those that
// are altered for them with the scenario's version.
func (x *Server) seen(ctx context.Context, w *who, id string) ([]store.Record, error) {
	h, err := x.head(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	lens := h.lens(w)
	if lens.Whole() {
		return h.records, nil
	}
	records, err := split(lens.Scenario(h.scenario))
	if err != nil {
		return nil, err
	}
	whole := map[string]store.Record{}
	for _, r := range h.records {
		whole[r.Kind+"/"+r.Key] = r
	}
	for i := range records {
		r := &records[i]
		r.Version = h.version
		if was, there := whole[r.Kind+"/"+r.Key]; there && lens.Sees(h.scenario, r.Kind, r.Key) {
			*r = was
		}
	}
	return records, nil
}

// history is what a record has been, for those who see all of that.
func (x *Server) history(ctx context.Context, w *who, id, kind, key string) ([]store.Past, error) {
	h, err := x.head(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	if !w.viewer().All {
		other := func(owner string) bool { return owner != w.person.Contributor }
		foreign := kind == "units" && owned(h, &store.Change{Kind: kind, Key: key}, other) || kind == "contributors" && key != w.person.Contributor
		if foreign || kind == "places" || !h.lens(w).Sees(h.scenario, kind, key) {
			return nil, store.ErrNotFound
		}
	}
	list, err := x.store.History(ctx, id, kind, key)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	return list, err
}

// taggedVersion is the version that a record was set by.
type taggedVersion struct {
	ETag string `header:"ETag"`
	Body struct {
		Version int64 `json:"version"`
	}
}

type recordOut struct {
	ETag string `header:"ETag"`
	Body store.Record
}

func (x *Server) recordOperations() {
	tags := []string{"records"}
	register(x, signs, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/records/{kind}", Summary: "The records of a kind, as you see them", Tags: tags,
		Description: "In the scenario's order. A page begins after a key, so that it stays right while others edit."},
		func(ctx context.Context, in *struct {
			ScenarioIn
			Kind  string `path:"kind" maxLength:"50"`
			After string `query:"after" maxLength:"300" doc:"Key of the last record that you have."`
			Limit int    `query:"limit" minimum:"1" maximum:"5000" default:"500"`
		}) (*struct{ Body Page[store.Record] }, error) {
			records, err := x.seen(ctx, whoOf(ctx), in.Scenario)
			if err != nil {
				return nil, err
			}
			list, found := []store.Record{}, in.After == ""
			for _, r := range records {
				if r.Kind != in.Kind {
					continue
				}
				if found && len(list) <= in.Limit {
					list = append(list, r)
				}
				found = found || r.Key == in.After
			}
			if !found {
				return nil, huma.Error410Gone("the record " + in.After + " is not there any more; read the list from its beginning")
			}
			return &struct{ Body Page[store.Record] }{page(list, in.Limit, func(r store.Record) string { return r.Key })}, nil
		})
	register(x, signs, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/records/{kind}/{key}", Summary: "A record, as you see it", Tags: tags},
		func(ctx context.Context, in *RecordIn) (*recordOut, error) {
			records, err := x.seen(ctx, whoOf(ctx), in.Scenario)
			if err != nil {
				return nil, err
			}
			for _, r := range records {
				if r.Kind == in.Kind && r.Key == in.Key {
					return &recordOut{etag(r.Version), r}, nil
				}
			}
			return nil, store.ErrNotFound
		})
	register(x, edits, huma.Operation{Method: "PUT", Path: "/api/scenarios/{scenario}/records/{kind}/{key}", Summary: "Set a record", Tags: tags, MaxBodyBytes: mostRecord,
		Description: "With If-Match, the version of the record that you read, or If-None-Match: * for a new one."},
		func(ctx context.Context, in *struct {
			RecordIn
			Match string `header:"If-Match"`
			None  string `header:"If-None-Match"`
			Note  string `query:"note" maxLength:"500" doc:"Why; it is in the history."`
			Body  json.RawMessage
		}) (*taggedVersion, error) {
			had, err := ifVersion(in.Match, in.None)
			if err != nil {
				return nil, err
			}
			version, err := x.edit(ctx, whoOf(ctx), in.Scenario, in.Note, []store.Change{{Kind: in.Kind, Key: in.Key, Body: in.Body, IfVersion: had}})
			if err != nil {
				return nil, err
			}
			out := &taggedVersion{ETag: etag(version)}
			out.Body.Version = version
			return out, nil
		})
	register(x, edits, huma.Operation{Method: "DELETE", Path: "/api/scenarios/{scenario}/records/{kind}/{key}", Summary: "Remove a record", Tags: tags},
		func(ctx context.Context, in *struct {
			RecordIn
			Match string `header:"If-Match"`
			Note  string `query:"note" maxLength:"500"`
		}) (*versionOut, error) {
			had, err := ifVersion(in.Match, "")
			if err != nil {
				return nil, err
			}
			return saved(x.edit(ctx, whoOf(ctx), in.Scenario, in.Note, []store.Change{{Kind: in.Kind, Key: in.Key, IfVersion: had}}))
		})
	register(x, edits, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/records", Summary: "Change many records in one save: all or none", Tags: tags, MaxBodyBytes: mostBody, BodyReadTimeout: slowest},
		func(ctx context.Context, in *struct {
			ScenarioIn
			Body struct {
				Note    string         `json:"note,omitempty" maxLength:"500"`
				Changes []store.Change `json:"changes" minItems:"1" maxItems:"20000"`
			}
		}) (*versionOut, error) {
			return saved(x.edit(ctx, whoOf(ctx), in.Scenario, in.Body.Note, in.Body.Changes))
		})
	register(x, signs, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/history/{kind}/{key}", Summary: "What a record has been, the newest first", Tags: tags,
		Description: "Of records that you see unaltered; of units and contributors only of your own, unless you see everything."},
		func(ctx context.Context, in *RecordIn) (*struct{ Body Page[store.Past] }, error) {
			list, err := x.history(ctx, whoOf(ctx), in.Scenario, in.Kind, in.Key)
			return &struct{ Body Page[store.Past] }{Page[store.Past]{Items: list}}, err
		})
}
