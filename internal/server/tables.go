package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/scenario"
)

// Tables is a version of a scenario as its reader sees it, as the cells of a workbook.
type Tables struct {
	Version int64                `json:"version"`
	Whole   bool                 `json:"whole" doc:"Nothing is kept from the reader."`
	Tables  []formats.GridTable  `json:"tables"`
	Columns []formats.GridColumn `json:"columns"`
}

// CellProblem is something wrong with a cell.
type CellProblem struct {
	Table   string `json:"table" doc:"Empty for the scenario as a whole."`
	Row     int    `json:"row" doc:"From 1, the head; 0 for the whole table."`
	Column  int    `json:"column" doc:"From 1."`
	Message string `json:"message"`
	Maybe   string `json:"maybe" doc:"A likely correction, or empty."`
	Warning bool   `json:"warning" doc:"It can be planned all the same."`
}

// Edited says what edited tables change.
type Edited struct {
	Changes  []store.Change `json:"changes" doc:"For a save; empty while there are problems."`
	Problems []CellProblem  `json:"problems"`
}

// Imported is a file's tables with what is wrong in them.
type Imported struct {
	Tables   []formats.GridTable  `json:"tables"`
	Columns  []formats.GridColumn `json:"columns"`
	Problems []CellProblem        `json:"problems"`
}

// gridOf reads and checks a grid; problems that forbid it come with no scenario, those of
// the first table first.
func gridOf(g *formats.Grid) (*scenario.Scenario, []CellProblem, error) {
	s, warnings, err := g.Scenario()
	var bad *formats.Invalid
	if errors.As(err, &bad) {
		return nil, cellProblems(g, bad.Problems), nil
	}
	return s, cellProblems(g, warnings), err
}

func cellProblems(g *formats.Grid, list []formats.Problem) []CellProblem {
	place := map[string]int{}
	for i, t := range g.Tables {
		place[t.Name] = i
	}
	slices.SortStableFunc(list, func(a, b formats.Problem) int { return place[a.File] - place[b.File] })
	out := []CellProblem{}
	for _, p := range list {
		out = append(out, CellProblem{p.File, p.Line, p.Column, p.Message, p.Maybe, p.Warning})
	}
	return out
}

// edits is what tables change of the version that they were read as. Tables that are
// not there are as they were.
func (x *Server) edits(ctx context.Context, principal *auth.Principal, id string, version int64, tables []formats.GridTable) (*Edited, error) {
	seen, err := x.view(ctx, principal, id, version)
	if err != nil {
		return nil, err
	}
	g := formats.NewGrid(seen.scenario)
	for _, t := range tables {
		i := slices.IndexFunc(g.Tables, func(o formats.GridTable) bool { return o.Name == t.Name })
		if i < 0 {
			return nil, huma.Error422UnprocessableEntity(fmt.Sprintf("no table is called %q", t.Name))
		}
		g.Tables[i] = t
	}
	after, problems, err := gridOf(g)
	if err != nil {
		return nil, err
	}
	out := &Edited{Changes: []store.Change{}, Problems: problems}
	if after == nil {
		return out, nil
	}
	changes, unseen, err := seen.changes(after)
	if unseen == nil {
		out.Changes = changes
	}
	out.Problems = append(out.Problems, unseen...)
	return out, err
}

// changes are those between what somebody saw of a version and what became of it, with
// the tables that cannot be changed by who does not see all.
func (s *view) changes(after *scenario.Scenario) (list []store.Change, unseen []CellProblem, err error) {
	var sides [2][]store.Record
	for i, x := range []*scenario.Scenario{s.scenario, after} {
		document, err := json.Marshal(x)
		if err != nil {
			return nil, nil, fmt.Errorf("write the scenario: %w", err)
		}
		if sides[i], err = store.Split(document); err != nil {
			return nil, nil, huma.Error422UnprocessableEntity(err.Error())
		}
	}
	versions, keys := map[string]int64{}, map[string][]string{}
	for _, r := range s.records {
		versions[r.Kind+"/"+r.Key] = r.Version
		keys[r.Kind] = append(keys[r.Kind], r.Key)
	}
	list = []store.Change{}
	for _, kind := range store.Kinds {
		was, is := ofKind(sides[0], kind), ofKind(sides[1], kind)
		change := func(key string, body json.RawMessage) {
			version := versions[kind+"/"+key] // 0 where it is new
			list = append(list, store.Change{Kind: kind, Key: key, Body: body, IfVersion: &version})
		}
		switch {
		case kind == store.Settings || store.Named(kind):
			named(was, is, change)
		case s.access.Whole():
			numbered(keys[kind], was, is, change)
		case !slices.EqualFunc(was, is, func(a, b store.Record) bool { return sameJSON(a.Body, b.Body) }):
			unseen = append(unseen, CellProblem{Table: kind, Message: "not all of this table is released to you, and its rows are numbered through; ask a coordinator to change it"})
		}
	}
	return list, unseen, nil
}

func ofKind(records []store.Record, kind string) (list []store.Record) {
	for _, r := range records {
		if r.Kind == kind {
			list = append(list, r)
		}
	}
	return list
}

// named tells what changes among records with an ID.
func named(was, is []store.Record, change func(key string, body json.RawMessage)) {
	had := map[string]json.RawMessage{}
	for _, r := range was {
		had[r.Key] = r.Body
	}
	for _, r := range is {
		if !sameJSON(had[r.Key], r.Body) {
			change(r.Key, r.Body)
		}
		delete(had, r.Key)
	}
	for _, r := range was {
		if _, gone := had[r.Key]; gone {
			change(r.Key, nil)
		}
	}
}

// numbered tells what changes among records without an ID: those that are no more as
// they were give their number to those that are new.
func numbered(keys []string, was, is []store.Record, change func(key string, body json.RawMessage)) {
	var free []string
	fresh := slices.Clone(is)
	for i, r := range was {
		k := slices.IndexFunc(fresh, func(o store.Record) bool { return sameJSON(o.Body, r.Body) })
		if k < 0 {
			free = append(free, keys[i])
			continue
		}
		fresh = slices.Delete(fresh, k, k+1)
	}
	for i, r := range fresh {
		if i < len(free) {
			change(free[i], r.Body)
			continue
		}
		change(store.NumberAfter(keys, i-len(free)+1), r.Body)
	}
	for _, key := range free[min(len(free), len(fresh)):] {
		change(key, nil)
	}
}

func (x *Server) tableOperations() {
	tags := []string{"tables"}
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/tables", Summary: "A scenario as the tables of a workbook, as you see it", Tags: tags}, x.readTables)
	register(x, auth.Edit, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/tables/check", Summary: "What edited tables would change, and what is wrong with them", Tags: tags, MaxBodyBytes: mostBody, BodyReadTimeout: slowest,
		Description: "Nothing is saved: send the changes to the operation that changes many records."}, x.checkEditedTables)
	register(x, auth.Edit, huma.Operation{Method: "POST", Path: "/api/tables/workbook", Summary: "The tables of a workbook, and what is wrong with them", Tags: tags, MaxBodyBytes: mostBody, BodyReadTimeout: slowest,
		Description: "The body is an XLSX file. Nothing is saved."}, x.readWorkbook)
	register(x, auth.Edit, huma.Operation{Method: "POST", Path: "/api/tables/check", Summary: "What is wrong with tables that are no scenario yet", Tags: tags, MaxBodyBytes: mostBody, BodyReadTimeout: slowest}, x.checkTables)
	register(x, auth.KeepScenarios, huma.Operation{Method: "POST", Path: "/api/tables", Summary: "Keep tables as a new scenario", Tags: tags, DefaultStatus: 201, MaxBodyBytes: mostBody, BodyReadTimeout: slowest}, x.keepTables)
}

func (x *Server) readTables(ctx context.Context, in *ScenarioIn) (*reply[Tables], error) {
	seen, err := x.view(ctx, auth.From(ctx), in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	return replyOf(Tables{seen.version, seen.access.Whole(), formats.NewGrid(seen.scenario).Tables, formats.GridColumns()}, nil)
}

func (x *Server) checkEditedTables(ctx context.Context, in *struct {
	ScenarioIn
	Body struct {
		Version int64               `json:"version" minimum:"1" doc:"That the tables were read as."`
		Tables  []formats.GridTable `json:"tables" doc:"Those that were edited."`
	}
}) (*reply[*Edited], error) {
	return replyOf(x.edits(ctx, auth.From(ctx), in.Scenario, in.Body.Version, in.Body.Tables))
}

func (x *Server) readWorkbook(_ context.Context, in *struct{ RawBody []byte }) (*reply[Imported], error) {
	g, err := formats.ReadGrid("workbook", in.RawBody)
	var bad *formats.Invalid
	if errors.As(err, &bad) {
		return nil, huma.Error422UnprocessableEntity(bad.Problems[0].Message)
	}
	if err != nil {
		return nil, err
	}
	_, problems, err := gridOf(g)
	return replyOf(Imported{g.Tables, formats.GridColumns(), problems}, err)
}

func (x *Server) checkTables(_ context.Context, in *struct {
	Body struct {
		Tables []formats.GridTable `json:"tables"`
	}
}) (*reply[[]CellProblem], error) {
	_, problems, err := gridOf(&formats.Grid{Tables: in.Body.Tables})
	return replyOf(problems, err)
}

func (x *Server) keepTables(ctx context.Context, in *struct {
	Body struct {
		Tables []formats.GridTable `json:"tables"`
	}
}) (*reply[*store.Scenario], error) {
	s, problems, err := gridOf(&formats.Grid{Tables: in.Body.Tables})
	if err != nil {
		return nil, err
	}
	if s == nil {
		var wrong []error
		for _, p := range problems {
			wrong = append(wrong, &huma.ErrorDetail{Location: fmt.Sprintf("%s, row %d, column %d", p.Table, p.Row, p.Column), Message: p.Message})
		}
		return nil, huma.Error422UnprocessableEntity("the tables hold no scenario that can be planned; nothing was saved", wrong...)
	}
	return replyOf(x.Keep(ctx, auth.From(ctx).Actor(), s))
}
