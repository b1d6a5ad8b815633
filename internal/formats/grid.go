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
	notes  Problems    // of the workbook that it was read from
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

// GridColumns describes every column of every table, in their order.
func GridColumns() []GridColumn {
	list := []GridColumn{{Table: settingsTable, Name: "key", Doc: "What is set.", Words: []string{}, Key: true}, {Table: settingsTable, Name: "value", Doc: "Its value.", Words: []string{}}}
	for _, t := range tables {
		for _, c := range t.all() {
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

// ReadGrid reads the cells of a workbook, whatever is wrong with what they say, for a page
// that shows them to be mended. Dates and truth values are written as the CSV form has
// them, a formula without a value as the formula. Columns have the names that the form has,
// a misspelt one that it likely means; rows above them, columns of other names and sheets
// that are no table are left out. Scenario says so, by warnings.
func ReadGrid(name string, data []byte) (*Grid, error) {
	book, err := OpenWorkbook(name, data)
	if err != nil {
		return nil, err
	}
	g := &Grid{}
	r := newTableReader(name, "table %s", &reading{Problems: &g.notes})
	sheets := r.assign(book.Sheets(), func(sheet string) (string, Place) { return sheet, Place{} })
	var broken Problems
	for _, table := range tableNames {
		sheet := sheets[table]
		if sheet == "" {
			continue
		}
		t := gridReader{GridTable: GridTable{Name: table}, tableReader: r, book: book}
		t.head = newHead(r, tableSpec{}, columnsIn(table))
		book.Rows(sheet, &broken, t.row)
		g.Tables = append(g.Tables, t.GridTable)
	}
	if len(g.Tables) == 0 {
		return nil, invalid(inFile(name), noTables)
	}
	if broken.Failed() {
		return nil, &Invalid{broken.List}
	}
	for i := range g.notes.List {
		g.notes.List[i].Warning = true
	}
	return g, nil
}

// columnsIn are the columns of a table, of the settings too.
func columnsIn(table string) []column {
	if i := slices.IndexFunc(tables, func(t tableSpec) bool { return t.name == table }); i >= 0 {
		return tables[i].all()
	}
	text := reflect.TypeFor[string]()
	return []column{{path: []string{"key"}, kind: text}, {path: []string{"value"}, kind: text}}
}

// gridReader reads one sheet as a table of a grid.
type gridReader struct {
	GridTable
	*tableReader
	book *Workbook
	head *tableHead
	from []int // the column of the sheet that each column is
	up   int   // by how many rows the grid's are above the sheet's
}

func (t *gridReader) row(row []Cell) {
	line := row[0].At.Line
	for i := range row {
		row[i].At = Place{t.Name, line - t.up, i + 1}
	}
	switch {
	case !slices.ContainsFunc(row, func(c Cell) bool { return !c.Blank() }):
		return
	case t.head.columns != nil:
	case t.Name == settingsTable && t.setting(row[0].Text) >= 0:
		t.head.columns = t.head.all // the row of names may be left out
		t.names(line - 1)
	default:
		if t.head.find(row); t.head.columns != nil {
			t.names(line)
		}
		return
	}
	for len(t.Rows) < line-t.up-1 {
		t.Rows = append(t.Rows, []string{})
	}
	texts := []string{}
	for _, i := range t.from {
		if i < len(row) {
			texts = append(texts, t.text(row, i))
		}
	}
	t.Rows = append(t.Rows, texts)
	for i := range row {
		if i >= len(t.head.columns) || t.head.columns[i].path == nil {
			row[i].At.Column = 0 // it has none in the grid
			t.head.beside(i, &row[i])
		}
	}
}

// names makes the first row of the grid, of what the sheet has in a line.
func (t *gridReader) names(line int) {
	t.up = line - 1
	var names []string
	for i, c := range t.head.columns {
		if c.path != nil {
			names, t.from = append(names, c.name()), append(t.from, i)
		}
	}
	t.Rows = [][]string{names}
	notes := t.notes()
	for i, p := range notes {
		notes[i].Line, notes[i].Column = 1, slices.Index(t.from, p.Column-1)+1
	}
}

// notes are those of this sheet so far.
func (t *gridReader) notes() []Problem {
	i := slices.IndexFunc(t.List, func(p Problem) bool { return p.File == t.Name })
	if i < 0 {
		return nil
	}
	return t.List[i:]
}

// setting is the number of the setting that a key folds to, -1 if none.
func (t *gridReader) setting(key string) int {
	return slices.IndexFunc(settings, func(s column) bool { return Fold(s.name()) == Fold(key) })
}

// text is what a cell shows.
func (t *gridReader) text(row []Cell, i int) string {
	c, kind := row[i], t.head.columns[i].kind
	if t.Name == settingsTable && t.head.columns[i].name() == "value" {
		if k := t.setting(row[0].Text); k >= 0 {
			kind = settings[k].kind
		}
	}
	if c.Fault != "" {
		return c.Text
	}
	return t.book.value(c, kind)
}

// Scenario reads and checks the grid. In a problem the file is the table's name, line
// and column are the cell's, both from 1.
func (g *Grid) Scenario() (*scenario.Scenario, []Problem, error) {
	found := Problems{}
	found.Add(g.notes.List...)
	r := newTableReader("", "table %s", &reading{Problems: &found})
	for _, t := range g.Tables {
		if !slices.Contains(tableNames, t.Name) {
			r.Fail(Place{File: t.Name}, "", "no table is called %s", quote(t.Name))
		}
	}
	r.rows = func(name string, one func([]Cell)) bool {
		i := slices.IndexFunc(g.Tables, func(t GridTable) bool { return t.Name == name })
		if i < 0 {
			return true
		}
		var row []Cell
		for n, texts := range g.Tables[i].Rows {
			row = row[:0]
			for k, text := range texts {
				c := Cell{Text: strings.TrimSpace(text), Style: Points, At: Place{name, n + 1, k + 1}}
				switch {
				case strings.HasPrefix(c.Text, "="):
					c.Fault = noValue
				case slices.Contains(errorValues, c.Text):
					c.Fault = errorValue(c.Text)
				}
				row = append(row, c)
			}
			if len(row) > 0 {
				one(row)
			}
		}
		return true
	}
	return scenarioOf(r.read(), &found)
}
