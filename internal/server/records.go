package server

import (
	"context"
	"encoding/json"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

// RecordIn names a record.
type RecordIn struct {
	ScenarioIn
	Kind string `path:"kind" maxLength:"50" doc:"settings, units, posts and so on."`
	Key  string `path:"key" maxLength:"300" doc:"The record's id; a number for pins, routes and orders in force."`
}

// history is what a record has been, as far as somebody may see it: what it was when it was
// not released stays so.
func (x *Server) history(ctx context.Context, principal *auth.Principal, id, kind, key string) ([]store.Past, error) {
	now, err := x.view(ctx, principal, id, 0)
	if err != nil {
		return nil, err
	}
	list, err := x.store.History(ctx, id, kind, key)
	if err != nil {
		return nil, err
	}
	seen := []store.Past{}
	last := int64(math.MaxInt64 - 1) // version that held it so
	for i, r := range list {
		if i > 0 {
			last = list[i-1].Version - 1
		}
		of := r
		if r.Body == nil && i+1 < len(list) { // it was removed, which is for those who saw it
			of, last = list[i+1], r.Version-1
		}
		told, err := now.access.Then(kind, key, of.Body, last)
		if err != nil {
			return nil, err
		}
		if !told {
			continue
		}
		if r.Body != nil {
			if r.Body, err = now.access.Unnamed(kind, r.Body); err != nil {
				return nil, err
			}
		}
		seen = append(seen, r)
	}
	if len(seen) == 0 {
		return nil, store.ErrNotFound
	}
	return seen, nil
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
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/records/{kind}", Summary: "The records of a kind, as you see them", Tags: tags,
		Description: "In the scenario's order. A page begins after a key, so that it stays right while others edit."}, x.listRecords)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/records/{kind}/{key}", Summary: "A record, as you see it", Tags: tags}, x.readRecord)
	register(x, auth.Edit, huma.Operation{Method: "PUT", Path: "/api/scenarios/{scenario}/records/{kind}/{key}", Summary: "Set a record", Tags: tags, MaxBodyBytes: mostRecord,
		Description: "With If-Match, the version of the record that you read, or If-None-Match: * for a new one."}, x.setRecord)
	register(x, auth.Edit, huma.Operation{Method: "DELETE", Path: "/api/scenarios/{scenario}/records/{kind}/{key}", Summary: "Remove a record", Tags: tags}, x.removeRecord)
	register(x, auth.Edit, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/records", Summary: "Change many records in one save: all or none", Tags: tags, MaxBodyBytes: mostBody, BodyReadTimeout: slowest}, x.changeRecords)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/history/{kind}/{key}", Summary: "What a record has been, the newest first", Tags: tags,
		Description: "As far as you saw them unaltered; of units, contributors and places only of your own, unless you see everything."}, x.recordHistory)
}

func (x *Server) listRecords(ctx context.Context, in *struct {
	ScenarioIn
	Kind  string `path:"kind" maxLength:"50"`
	After string `query:"after" maxLength:"300" doc:"Key of the last record that you have."`
	Limit int    `query:"limit" minimum:"1" maximum:"5000" default:"500"`
}) (*reply[Page[store.Record]], error) {
	seen, err := x.view(ctx, auth.From(ctx), in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	list, found := []store.Record{}, in.After == ""
	for _, r := range seen.records {
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
	return replyOf(page(list, in.Limit, func(r store.Record) string { return r.Key }), nil)
}

func (x *Server) readRecord(ctx context.Context, in *RecordIn) (*recordOut, error) {
	seen, err := x.view(ctx, auth.From(ctx), in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	if r, there := seen.record(in.Kind, in.Key); there {
		return &recordOut{etag(r.Version), r}, nil
	}
	return nil, store.ErrNotFound
}

func (x *Server) setRecord(ctx context.Context, in *struct {
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
	version, err := x.edit(ctx, auth.From(ctx), in.Scenario, in.Note, []store.Change{{Kind: in.Kind, Key: in.Key, Body: in.Body, IfVersion: had}})
	if err != nil {
		return nil, err
	}
	out := &taggedVersion{ETag: etag(version)}
	out.Body.Version = version
	return out, nil
}

func (x *Server) removeRecord(ctx context.Context, in *struct {
	RecordIn
	Match string `header:"If-Match"`
	Note  string `query:"note" maxLength:"500"`
}) (*versionOut, error) {
	had, err := ifVersion(in.Match, "")
	if err != nil {
		return nil, err
	}
	return saved(x.edit(ctx, auth.From(ctx), in.Scenario, in.Note, []store.Change{{Kind: in.Kind, Key: in.Key, IfVersion: had}}))
}

func (x *Server) changeRecords(ctx context.Context, in *struct {
	ScenarioIn
	Body struct {
		Note    string         `json:"note,omitempty" maxLength:"500"`
		Changes []store.Change `json:"changes" minItems:"1" maxItems:"20000"`
	}
}) (*versionOut, error) {
	return saved(x.edit(ctx, auth.From(ctx), in.Scenario, in.Body.Note, in.Body.Changes))
}

func (x *Server) recordHistory(ctx context.Context, in *RecordIn) (*reply[Page[store.Past]], error) {
	return all(x.history(ctx, auth.From(ctx), in.Scenario, in.Kind, in.Key))
}
