package formats

import (
	"reflect"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Grid is a scenario as the cells of its tables, for a page that edits it like a
// workbook. It may hold mistakes; Scenario says which, by table, row and column.
type Grid struct {
	Tables []GridTable `json:"tables"`
}

// GridTable is one table. Its first row holds the names of its columns; rows may be
// shorter than that.
type GridTable struct {
	Name string     `json:"name"` // as the sheet or the CSV file
	Rows [][]string `json:"rows"`
}

// GridColumn describes a column to who fills it in.
type GridColumn struct {
	Table  string   `json:"table"`
	Name   string   `json:"name"`
	Doc    string   `json:"doc"`
	Number bool     `json:"number"`        // it is right-aligned
	Words  []string `json:"words"`         // the only values allowed; empty: any
	Refers string   `json:"refers"`        // the table whose ids it holds; empty: none
	Key    bool     `json:"key,omitempty"` // the record's id
}

// settingsTable holds what is given once, as key and value.
const settingsTable = "scenario"

// GridColumns describes every column of every table, in their order.
func GridColumns() []GridColumn {
	list := []GridColumn{{Table: settingsTable, Name: "key", Doc: "What is set.", Words: []string{}, Key: true}, {Table: settingsTable, Name: "value", Doc: "Its value.", Words: []string{}}}
	for _, t := range tables {
		if t.parent != "" {
			list = append(list, GridColumn{Table: t.name, Name: parentColumn, Doc: "The record that the row belongs to.", Words: []string{}, Refers: t.parent})
		}
		for _, c := range t.columns {
			list = append(list, GridColumn{Table: t.name, Name: c.name(), Doc: c.doc, Number: numeric(c.kind), Words: append([]string{}, c.enum...), Refers: c.ref, Key: c.name() == "id"})
		}
	}
	return list
}

func numeric(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Float64:
		return true
	}
	return t == quantityType
}

// NewGrid is a scenario as a grid, every table with every column.
func NewGrid(s *scenario.Scenario) *Grid {
	tree := encode(reflect.ValueOf(s).Elem(), false)
	first := GridTable{Name: settingsTable, Rows: [][]string{{"key", "value"}}}
	for _, c := range settings {
		if text := cellText(tree.follow(c.path), c.kind); text != "" || !group(c.kind) {
			first.Rows = append(first.Rows, []string{c.name(), text})
		}
	}
	g := &Grid{Tables: []GridTable{first}}
	for _, t := range tables {
		g.Tables = append(g.Tables, GridTable{Name: t.name, Rows: tableRows(t, tree, true)})
	}
	return g
}

// ReadGrid reads the cells of a workbook, whatever is wrong with what they say. Dates
// and truth values are written as the CSV form has them. Sheets that are no table of a
// scenario are left out.
func ReadGrid(name string, data []byte) (*Grid, error) {
	book, err := OpenWorkbook(name, data)
	if err != nil {
		return nil, err
	}
	defer book.Close()
	g := &Grid{}
	for _, sheet := range book.Sheets() {
		table := strings.ToLower(strings.TrimSpace(sheet))
		kinds, known := columnKinds(table)
		if !known {
			continue
		}
		t := GridTable{Name: table}
		var columns []reflect.Type
		err := book.Rows(sheet, func(line int, texts []string) {
			for len(t.Rows) < line-1 {
				t.Rows = append(t.Rows, []string{})
			}
			row := slices.Clone(texts)
			switch {
			case table == settingsTable && len(row) > 1 && kinds[row[0]] != nil:
				columns = []reflect.Type{nil, kinds[row[0]]}
			case columns == nil:
				for _, text := range row { // the names; none of them reads as a date
					columns = append(columns, kinds[text])
				}
			}
			for i, text := range row {
				if i < len(columns) && columns[i] != nil {
					row[i] = sheetValue(book, text, columns[i])
				}
			}
			t.Rows = append(t.Rows, row)
		})
		if err != nil {
			return nil, err
		}
		g.Tables = append(g.Tables, t)
	}
	if len(g.Tables) == 0 {
		return nil, invalid(position{file: name}, "no sheet is a table of a scenario; the first ones are scenario, capabilities, areas; `rearguard new` makes a workbook to start from")
	}
	return g, nil
}

// columnKinds are the types of a table's columns by their names; of the settings, by
// their keys.
func columnKinds(table string) (map[string]reflect.Type, bool) {
	kinds := map[string]reflect.Type{}
	if table == settingsTable {
		for _, c := range settings {
			kinds[c.name()] = c.kind
		}
		return kinds, true
	}
	for _, t := range tables {
		if t.name == table {
			for _, c := range t.columns {
				kinds[c.name()] = c.kind
			}
			return kinds, true
		}
	}
	return nil, false
}

// Scenario reads and checks the grid. In a problem the file is the table's name, line
// and column are the cell's, both from 1.
func (g *Grid) Scenario() (*scenario.Scenario, []Problem, error) {
	r := tableReader{label: "table %s", tree: &node{kind: object}, records: map[string]map[string]*node{}}
	r.typed = func(text string, _ reflect.Type) string { return text }
	r.rows = func(name string, one func([]cell)) {
		i := slices.IndexFunc(g.Tables, func(t GridTable) bool { return t.Name == name })
		if i < 0 {
			return
		}
		var row []cell
		for n, texts := range g.Tables[i].Rows {
			if len(texts) == 0 {
				continue
			}
			row = row[:0]
			for k, text := range texts {
				row = append(row, cell{strings.TrimSpace(text), position{name, n + 1, k + 1}})
			}
			one(row)
		}
	}
	for _, t := range g.Tables {
		if _, known := columnKinds(t.Name); !known {
			r.problem(position{file: t.Name}, "", "no table is called %s", quote(t.Name))
		}
	}
	tree, err := r.read()
	if err != nil {
		return nil, nil, err
	}
	return scenarioOf(tree)
}
