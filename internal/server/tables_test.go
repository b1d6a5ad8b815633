package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/store"
)

// grid is a scenario's tables as somebody reads them.
type grid struct {
	server.Tables
	x    *site
	role string
}

func (x *site) tables(t *testing.T, role string) *grid {
	t.Helper()
	g := &grid{x: x, role: role}
	if err := json.Unmarshal([]byte(x.want(t, 200, x.ask(role, "GET", "/api/scenarios/"+x.scenario+"/tables", ""))), &g.Tables); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *grid) table(name string) *formats.GridTable {
	return &g.Tables.Tables[slices.IndexFunc(g.Tables.Tables, func(t formats.GridTable) bool { return t.Name == name })]
}

// set edits the cell of the row with an id.
func (g *grid) set(t *testing.T, name, id, column, text string) {
	t.Helper()
	rows := g.table(name).Rows
	n, k := slices.IndexFunc(rows, func(r []string) bool { return r[0] == id }), slices.Index(rows[0], column)
	if n < 0 || k < 0 {
		t.Fatalf("no cell %s of %s in %s", column, id, name)
	}
	rows[n][k] = text
}

// row is a row of some cells.
func (g *grid) row(name string, cells map[string]string) []string {
	var row []string
	for _, column := range g.table(name).Rows[0] {
		row = append(row, cells[column])
	}
	return row
}

// check asks what edited tables change.
func (g *grid) check(t *testing.T, names ...string) (e server.Edited) {
	t.Helper()
	in := struct {
		Version int64               `json:"version"`
		Tables  []formats.GridTable `json:"tables"`
	}{Version: g.Version}
	for _, name := range names {
		in.Tables = append(in.Tables, *g.table(name))
	}
	body := g.x.want(t, 200, g.x.ask(g.role, "POST", "/api/scenarios/"+g.x.scenario+"/tables/check", text(t, in)))
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// save saves what was found to change.
func (x *site) save(t *testing.T, role string, status int, changes []store.Change) string {
	t.Helper()
	return x.want(t, status, x.ask(role, "POST", "/api/scenarios/"+x.scenario+"/records", text(t, map[string]any{"changes": changes})))
}

func text(t *testing.T, x any) string {
	t.Helper()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// said are changes in short: what is set or removed, and of which version.
func said(changes []store.Change) (list []string) {
	for _, c := range changes {
		verb := "set"
		if c.Body == nil || string(c.Body) == "null" {
			verb = "remove"
		}
		list = append(list, fmt.Sprintf("%s %s/%s of %d", verb, c.Kind, c.Key, *c.IfVersion))
	}
	return list
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Tables as they were read change nothing, whoever reads them; one cell is one change, of
// the version that was read, and whoever was overtaken is told.
func TestEditOfACell(t *testing.T) {
	x := newSite(t)
	for _, role := range []string{"coordinator", "planner", "liaison of POL", "liaison of NOR"} {
		g := x.tables(t, role)
		if g.Whole != (role == "coordinator") {
			t.Errorf("%s sees all: %v", role, g.Whole)
		}
		var names []string
		for _, table := range g.Tables.Tables {
			names = append(names, table.Name)
		}
		e := g.check(t, names...)
		for _, p := range e.Problems {
			if !p.Warning {
				t.Errorf("%s: %+v", role, p)
			}
		}
		same(t, said(e.Changes))
	}
	g, later := x.tables(t, "coordinator"), x.tables(t, "coordinator")
	g.set(t, "units", "fra-1", "notice", "8d")
	e := g.check(t, "units")
	same(t, said(e.Changes), "set units/fra-1 of 1")
	if !strings.Contains(string(e.Changes[0].Body), `"notice":"8d"`) && !strings.Contains(string(e.Changes[0].Body), `"notice":8`) {
		t.Errorf("the change is %s", e.Changes[0].Body)
	}
	x.save(t, "coordinator", 200, e.Changes)
	later.set(t, "units", "fra-1", "persons", "5")
	x.save(t, "coordinator", 412, later.check(t, "units").Changes)
	g = x.tables(t, "coordinator")
	g.set(t, "units", "fra-1", "id", "fra-9")
	same(t, said(g.check(t, "units").Changes), "set units/fra-9 of 0", "remove units/fra-1 of 2")
}

// Rows without an id: one that is edited keeps its number, one that is new gets the next,
// and one that was removed leaves its number for later.
func TestEditOfPins(t *testing.T) {
	x := newSite(t)
	edit := func(want []string, change func(rows [][]string, pin func(unit string) []string) [][]string) {
		t.Helper()
		g := x.tables(t, "coordinator")
		pins := g.table("pins")
		pins.Rows = change(pins.Rows, func(unit string) []string {
			return g.row("pins", map[string]string{"unit": unit, "post": "tapa", "from": "2025-03-01", "until": "2025-03-20"})
		})
		e := g.check(t, "pins")
		same(t, said(e.Changes), want...)
		x.save(t, "coordinator", 200, e.Changes)
		if got := x.tables(t, "coordinator").table("pins").Rows; len(got) != len(pins.Rows) {
			t.Errorf("%d rows were saved as %q", len(pins.Rows), got)
		}
	}
	edit([]string{"set pins/000002 of 0"}, func(rows [][]string, pin func(string) []string) [][]string { return append(rows, pin("fra-1")) })
	edit([]string{"set pins/000001 of 1"}, func(rows [][]string, pin func(string) []string) [][]string {
		return [][]string{rows[0], rows[2], pin("secret-nor-1")}
	})
	edit([]string{"remove pins/000001 of 3"}, func(rows [][]string, _ func(string) []string) [][]string { return slices.Delete(rows, 1, 2) })
	edit([]string{"remove pins/000002 of 2"}, func(rows [][]string, _ func(string) []string) [][]string { return rows[:1] })
	edit([]string{"set pins/000001 of 0", "set pins/000002 of 0"}, func(rows [][]string, pin func(string) []string) [][]string {
		return append(rows, pin("fra-1"), pin("secret-nor-1"))
	})
}

// A liaison edits its own units in the tables; of another's the save is refused, and what
// is numbered through is not for who does not see all.
func TestEditOfOthers(t *testing.T) {
	x := newSite(t)
	g := x.tables(t, "liaison of POL")
	g.set(t, "units", "secret-pol-1", "persons", "700")
	e := g.check(t, "units")
	same(t, said(e.Changes), "set units/secret-pol-1 of 1")
	x.save(t, "liaison of POL", 200, e.Changes)
	g = x.tables(t, "liaison of POL")
	g.set(t, "units", "fra-1", "persons", "700")
	if body := x.save(t, "liaison of POL", 403, g.check(t, "units").Changes); !strings.Contains(body, "units/fra-1: a liaison of POL changes its contributor and its own units") {
		t.Error(body)
	}
	x.want(t, 403, x.ask("viewer", "POST", "/api/scenarios/"+x.scenario+"/tables/check", `{"version":1,"tables":[]}`))

	g = x.tables(t, "planner")
	pins := g.table("pins")
	pins.Rows = append(pins.Rows, g.row("pins", map[string]string{"unit": "fra-1", "post": "tapa", "from": "2025-03-01", "until": "2025-03-20"}))
	e = g.check(t, "pins")
	if len(e.Changes) > 0 || len(e.Problems) != 1 || e.Problems[0].Table != "pins" || !strings.Contains(e.Problems[0].Message, "not all of this table is released to you") {
		t.Errorf("%+v", e)
	}
}

// Mistakes come back by table, row and column, with what may have been meant.
func TestMistakesInTables(t *testing.T) {
	x := newSite(t)
	g := x.tables(t, "coordinator")
	g.set(t, "units", "fra-1", "home", "parys")
	g.set(t, "units", "secret-nor-1", "persons", "many")
	e := g.check(t, "units")
	column := func(name string) int { return slices.Index(g.table("units").Rows[0], name) + 1 }
	want := []server.CellProblem{
		{Table: "units", Row: 2, Column: column("home"), Message: `unit "fra-1": unknown place "parys"`, Maybe: "paris"},
		{Table: "units", Row: 4, Column: column("persons"), Message: `unit "secret-nor-1": persons "many" is not a number`},
	}
	if len(e.Changes) > 0 || !slices.Equal(e.Problems, want) {
		t.Errorf("%+v, want %+v", e, want)
	}
	if body := x.want(t, 422, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/tables/check", `{"version":1,"tables":[{"name":"unit","rows":[]}]}`)); !strings.Contains(body, `no table is called`) {
		t.Error(body)
	}
	x.want(t, 404, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/tables/check", `{"version":9,"tables":[]}`))
}

// A workbook is read with its mistakes, mended, and kept as a scenario.
func TestImportOfAWorkbook(t *testing.T) {
	x := newSite(t)
	book := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario+"/export/xlsx", ""))
	var in server.Imported
	if err := json.Unmarshal([]byte(x.want(t, 200, x.ask("planner", "POST", "/api/tables/workbook", book))), &in); err != nil {
		t.Fatal(err)
	}
	g := &grid{Tables: server.Tables{Tables: in.Tables}}
	g.set(t, "units", "fra-1", "home", "parys")
	body := text(t, map[string]any{"tables": in.Tables})
	if said := x.want(t, 200, x.ask("planner", "POST", "/api/tables/check", body)); !strings.Contains(said, "parys") || !strings.Contains(said, `"maybe":"paris"`) {
		t.Error(said)
	}
	if said := x.want(t, 422, x.ask("planner", "POST", "/api/tables", body)); !strings.Contains(said, "units, row 2, column") {
		t.Error(said)
	}
	g.set(t, "units", "fra-1", "home", "paris")
	var kept store.Scenario
	if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("planner", "POST", "/api/tables", text(t, map[string]any{"tables": in.Tables})))), &kept); err != nil {
		t.Fatal(err)
	}
	a, b := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario+"/export/json", "")), x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+kept.ID+"/export/json", ""))
	if a != b {
		t.Errorf("what was kept is not what the workbook held:\n%s\n%s", a, b)
	}
	x.want(t, 403, x.ask("liaison of POL", "POST", "/api/tables", newTables))
	if said := x.want(t, 422, x.ask("planner", "POST", "/api/tables/workbook", "no workbook")); !strings.Contains(said, "detail") {
		t.Error(said)
	}
}
