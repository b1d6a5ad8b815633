package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
	"github.com/rearguard/rearguard/web"
)

// ScenarioIn names a scenario.
type ScenarioIn struct {
	Scenario string `path:"scenario" maxLength:"100"`
}

// Document is a scenario as its reader sees it.
type Document struct {
	store.Scenario
	Whole    bool            `json:"whole" doc:"Nothing is kept from the reader."`
	Document json.RawMessage `json:"document" doc:"In its JSON form; see the schema of scenarios."`
	Warnings []Problem       `json:"warnings"`
}

// Problem is something wrong with a record.
type Problem struct {
	Record  string `json:"record"` // kind/key; empty for the scenario as a whole
	Message string `json:"message"`
	Maybe   string `json:"maybe,omitempty"`
}

// document is what somebody sees of a version.
func (x *Server) document(ctx context.Context, principal *auth.Principal, id string, version int64) (*Document, error) {
	s, err := x.store.Scenario(ctx, id)
	if err != nil {
		return nil, err
	}
	seen, err := x.view(ctx, principal, id, version)
	if err != nil {
		return nil, err
	}
	s.Version = seen.version
	out := &Document{Scenario: *s, Whole: seen.access.Whole(), Warnings: []Problem{}}
	now, err := seen.checked()
	if err != nil {
		return nil, err
	}
	if out.Document = now.joined.Document; !out.Whole {
		if out.Document, err = json.Marshal(seen.scenario); err != nil {
			return nil, fmt.Errorf("write the scenario: %w", err)
		}
	}
	for _, p := range now.warnings {
		k := Problem{Message: p.Message, Maybe: p.Maybe}
		if r := now.joined.At(p.Line); r != nil {
			k.Record = r.Kind + "/" + r.Key
		}
		out.Warnings = append(out.Warnings, k)
	}
	return out, nil
}

// Version is a save as its reader sees it.
type Version struct {
	store.Version
	Withheld bool `json:"withheld" doc:"It changed records that are not released to the reader: its note is not told, and changes counts the others."`
}

// saves are those before one, the newest first, as somebody sees them.
func (x *Server) saves(ctx context.Context, principal *auth.Principal, id string, before int64, limit int) ([]Version, error) {
	now, err := x.view(ctx, principal, id, 0)
	if err != nil {
		return nil, err
	}
	list, err := x.store.Versions(ctx, id, before, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	told := map[int64]int64{}
	if !principal.Viewer().All {
		touched, err := x.store.Touched(ctx, id, list[len(list)-1].Version, list[0].Version)
		if err != nil {
			return nil, err
		}
		for _, r := range touched {
			ok, err := now.access.Told(r.Kind, r.Key, r.Body, r.Version)
			if err != nil {
				return nil, err
			}
			if ok {
				told[r.Version]++
			}
		}
	}
	out := make([]Version, len(list))
	for i, v := range list {
		out[i] = Version{Version: v}
		if n := told[v.Version]; !principal.Viewer().All && n < v.Changes {
			out[i].Changes, out[i].Withheld = n, true
			if v.Version > 1 { // the first has the server's own
				out[i].Note = ""
			}
		}
	}
	return out, nil
}

// keep checks a scenario and keeps it as a new one.
func (x *Server) keep(ctx context.Context, principal *auth.Principal, name string, document []byte) (*store.Scenario, error) {
	records, err := store.Split(document)
	if err != nil {
		return nil, huma.Error422UnprocessableEntity("this is no scenario in its JSON form: " + err.Error())
	}
	snap, problems, err := read("", 1, records)
	if err != nil {
		return nil, err
	}
	if problems != nil {
		var wrong []error
		for _, p := range problems {
			if p.Warning {
				continue
			}
			wrong = append(wrong, snap.detail(p, "body"))
		}
		return nil, huma.Error422UnprocessableEntity("the scenario does not hold; nothing was saved", wrong...)
	}
	if name == "" {
		name = snap.scenario.Name
	}
	return x.store.Create(ctx, principal.Actor(), name, records)
}

// importFile reads a file that holds a scenario and keeps it.
func (x *Server) importFile(ctx context.Context, principal *auth.Principal, f *exchange.Format, data []byte) (*store.Scenario, error) {
	s, _, err := f.Read("scenario"+f.Extension(), data)
	var bad *formats.Invalid
	if errors.As(err, &bad) {
		var wrong []error
		for _, p := range bad.Problems {
			if !p.Warning {
				wrong = append(wrong, &huma.ErrorDetail{Location: fmt.Sprintf("line %d, column %d", p.Line, p.Column), Message: p.String()})
			}
		}
		return nil, huma.Error422UnprocessableEntity("the file holds no scenario that can be planned; nothing was saved", wrong...)
	}
	if err != nil {
		return nil, err
	}
	return x.Keep(ctx, principal.Actor(), s)
}

// Keep keeps a scenario that was read and checked.
func (x *Server) Keep(ctx context.Context, actor store.Actor, s *scenario.Scenario) (*store.Scenario, error) {
	records, err := split(s)
	if err != nil {
		return nil, err
	}
	return x.store.Create(ctx, actor, s.Name, records)
}

// Difference is a record that differs between two versions.
type Difference struct {
	Kind string          `json:"kind"`
	Key  string          `json:"key"`
	Was  json.RawMessage `json:"was"`
	Is   json.RawMessage `json:"is"`
}

// difference compares two versions as somebody sees them.
func (x *Server) difference(ctx context.Context, principal *auth.Principal, id string, from, to int64) ([]Difference, error) {
	var seen [2][]store.Record
	for i, version := range []int64{from, to} {
		s, err := x.view(ctx, principal, id, version)
		if err != nil {
			return nil, err
		}
		seen[i] = s.records
	}
	list := []Difference{}
	before := map[string]store.Record{}
	for _, r := range seen[0] {
		before[r.Kind+"/"+r.Key] = r
	}
	for _, r := range seen[1] {
		key := r.Kind + "/" + r.Key
		was, there := before[key]
		delete(before, key)
		if !there || !sameJSON(was.Body, r.Body) {
			list = append(list, Difference{r.Kind, r.Key, was.Body, r.Body})
		}
	}
	for _, r := range seen[0] {
		if _, gone := before[r.Kind+"/"+r.Key]; gone {
			list = append(list, Difference{r.Kind, r.Key, r.Body, nil})
		}
	}
	return list, nil
}

func sameJSON(a, b json.RawMessage) bool {
	if string(a) == string(b) {
		return true
	}
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return string(p) == string(q)
}

type versionOut struct {
	Body struct {
		Version int64 `json:"version"`
	}
}

func saved(version int64, err error) (*versionOut, error) {
	if err != nil {
		return nil, err
	}
	out := &versionOut{}
	out.Body.Version = version
	return out, nil
}

func (x *Server) scenarioOperations() {
	tags := []string{"scenarios"}
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios", Summary: "All scenarios", Tags: tags}, x.listScenarios)
	register(x, auth.KeepScenarios, huma.Operation{Method: "POST", Path: "/api/scenarios", Summary: "Keep a new scenario", Description: "The body is a scenario in its JSON form, as `rearguard export json` writes it.", Tags: tags, DefaultStatus: 201, MaxBodyBytes: mostBody, BodyReadTimeout: slowest}, x.keepScenario)
	register(x, auth.KeepScenarios, huma.Operation{Method: "POST", Path: "/api/import/{format}", Summary: "Keep a scenario that a file holds", Tags: tags, DefaultStatus: 201, MaxBodyBytes: mostBody, BodyReadTimeout: slowest}, x.importScenario)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}", Summary: "A scenario, whole, as you see it", Tags: tags}, x.readScenario)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/outlines", Summary: "Coasts and borders around what you see of a scenario", Tags: tags, Description: "Rings of whole numbers, in fiftieths of a degree: the first point, then steps."}, x.outlines)
	register(x, auth.KeepScenarios, huma.Operation{Method: "DELETE", Path: "/api/scenarios/{scenario}", Summary: "Take a scenario out of sight", Description: "Nothing of it is lost.", Tags: tags, DefaultStatus: 204}, x.removeScenario)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/versions", Summary: "Every save, the newest first", Tags: tags}, x.listVersions)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/diff", Summary: "What differs between two versions, as you see them", Tags: tags}, x.diffVersions)
	register(x, auth.KeepScenarios, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/restore", Summary: "Save an earlier version as the newest", Tags: tags}, x.restoreVersion)
	register(x, auth.Branch, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/branch", Summary: "Make a scenario of its own of a version, for a what-if", Tags: tags, DefaultStatus: 201}, x.branchVersion)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/export/{format}", Summary: "A scenario as a file, as you see it", Tags: tags}, x.exportScenario)
}

func (x *Server) listScenarios(ctx context.Context, _ *struct{}) (*reply[Page[store.Scenario]], error) {
	return all(x.store.Scenarios(ctx))
}

func (x *Server) keepScenario(ctx context.Context, in *struct {
	Name string `query:"name" maxLength:"200" doc:"By default what the scenario says."`
	Body json.RawMessage
}) (*reply[*store.Scenario], error) {
	return replyOf(x.keep(ctx, auth.From(ctx), in.Name, in.Body))
}

func (x *Server) importScenario(ctx context.Context, in *struct {
	Format  ImportFormat `path:"format" doc:"GET /api/formats says what each is."`
	RawBody []byte       `contentType:"application/octet-stream"`
}) (*reply[*store.Scenario], error) {
	return replyOf(x.importFile(ctx, auth.From(ctx), exchange.Named(string(in.Format)), in.RawBody))
}

func (x *Server) readScenario(ctx context.Context, in *struct {
	ScenarioIn
	Version int64 `query:"version" minimum:"0" doc:"The newest by default."`
}) (*tagged[*Document], error) {
	d, err := x.document(ctx, auth.From(ctx), in.Scenario, in.Version)
	if err != nil {
		return nil, err
	}
	return &tagged[*Document]{etag(d.Version), d}, nil
}

func (x *Server) outlines(ctx context.Context, in *ScenarioIn) (*anyOut, error) {
	seen, err := x.view(ctx, auth.From(ctx), in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	return &anyOut{web.Outlines(report.Theatre(seen.scenario))}, nil
}

func (x *Server) removeScenario(ctx context.Context, in *ScenarioIn) (*struct{}, error) {
	lock := x.versions.lock(in.Scenario)
	lock.Lock()
	defer lock.Unlock()
	if err := x.store.Remove(ctx, auth.From(ctx).Actor(), in.Scenario); err != nil {
		return nil, err
	}
	x.versions.forget(in.Scenario)
	return nil, nil
}

func (x *Server) listVersions(ctx context.Context, in *struct {
	ScenarioIn
	Before int64 `query:"before" minimum:"0"`
	Limit  int   `query:"limit" minimum:"1" maximum:"500" default:"50"`
}) (*reply[Page[Version]], error) {
	list, err := x.saves(ctx, auth.From(ctx), in.Scenario, in.Before, in.Limit+1)
	return replyOf(page(list, in.Limit, func(v Version) string { return strconv.FormatInt(v.Version.Version, 10) }), err)
}

func (x *Server) diffVersions(ctx context.Context, in *struct {
	ScenarioIn
	From int64 `query:"from" minimum:"1" required:"true"`
	To   int64 `query:"to" minimum:"0" doc:"The newest by default."`
}) (*reply[Page[Difference]], error) {
	return all(x.difference(ctx, auth.From(ctx), in.Scenario, in.From, in.To))
}

func (x *Server) restoreVersion(ctx context.Context, in *struct {
	ScenarioIn
	Body struct {
		Version int64 `json:"version" minimum:"1"`
	}
}) (*versionOut, error) {
	now, err := x.snapshot(ctx, in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	if in.Body.Version > now.version {
		return nil, store.ErrNotFound
	}
	if principal := auth.From(ctx); !principal.Viewer().All {
		then, err := x.snapshot(ctx, in.Scenario, in.Body.Version)
		if err != nil {
			return nil, err
		}
		if !x.access(now, principal).Whole() || !x.access(then, principal).Whole() {
			return nil, huma.Error403Forbidden("you do not see all of the scenario, and would restore what you do not see; ask a coordinator")
		}
	}
	changes, err := x.store.Restore(ctx, in.Scenario, now.version, in.Body.Version)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return saved(now.version, nil)
	}
	return saved(x.edit(ctx, auth.From(ctx), in.Scenario, fmt.Sprintf("restored version %d", in.Body.Version), changes))
}

func (x *Server) branchVersion(ctx context.Context, in *struct {
	ScenarioIn
	Body struct {
		Version int64  `json:"version,omitempty" minimum:"0" doc:"The newest by default."`
		Name    string `json:"name" minLength:"1" maxLength:"200"`
	}
}) (*reply[*store.Scenario], error) {
	return replyOf(x.store.Branch(ctx, auth.From(ctx).Actor(), in.Scenario, in.Body.Version, in.Body.Name))
}

func (x *Server) exportScenario(ctx context.Context, in *struct {
	ScenarioIn
	Format ScenarioFormat `path:"format" doc:"GET /api/formats says what each is."`
}) (*fileOut, error) {
	data, name, err := x.scenarioFile(ctx, auth.From(ctx), in.Scenario, exchange.Named(string(in.Format)))
	if err != nil {
		return nil, err
	}
	return fileOf(name, exchange.Named(string(in.Format)), data), nil
}
