package formats

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rearguard/rearguard/scenario"
)

// A folder of CSV tables is a scenario: scenario.csv holds key and value of what
// is given once, and every list of records is a table with one column a field.
// A list inside a record is a table of its own, such as posts.lines.csv, whose
// first column names the record that it belongs to. All follows from the types
// of package scenario.

// tableSpec is one table.
type tableSpec struct {
	name    string // of the file, without .csv
	parent  string // the table whose records it belongs to, "" for none
	key     string // of the list in the scenario, or in its parent's record
	columns []column
}

// column is one field of a record; a group of keys has a column each, such as
// tour.max.
type column struct {
	path []string
	kind reflect.Type
	doc  string
	enum []string
	ref  string // the table whose IDs it holds
}

func (c column) name() string { return strings.Join(c.path, ".") }

// settings are the fields of a scenario that are no lists.
var settings, tables = tableSpecs()

func tableSpecs() (settings []column, tables []tableSpec) {
	t := reflect.TypeFor[scenario.Scenario]()
	for i := range t.NumField() {
		f := t.Field(i)
		if keyOf(f) == "-" {
			continue
		}
		if f.Type.Kind() != reflect.Slice {
			settings = append(settings, columnsOf(f, nil)...)
			continue
		}
		spec := tableSpec{name: keyOf(f), key: keyOf(f)}
		var inner []tableSpec
		record := f.Type.Elem()
		for j := range record.NumField() {
			g := record.Field(j)
			if keyOf(g) == "descendants" {
				continue // computed
			}
			if g.Type.Kind() == reflect.Slice && g.Type.Elem().Kind() == reflect.Struct {
				sub := tableSpec{name: spec.name + "." + keyOf(g), parent: spec.name, key: keyOf(g)}
				for k := range g.Type.Elem().NumField() {
					sub.columns = append(sub.columns, columnsOf(g.Type.Elem().Field(k), nil)...)
				}
				inner = append(inner, sub)
				continue
			}
			spec.columns = append(spec.columns, columnsOf(g, nil)...)
		}
		tables = append(append(tables, spec), inner...)
	}
	return settings, tables
}

// columnsOf is the columns that a field takes.
func columnsOf(f reflect.StructField, under []string) []column {
	path := append(slices.Clone(under), keyOf(f))
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	self := column{path, t, f.Tag.Get("doc"), rulesOf(f).enum, tableOf[f.Tag.Get("ref")]}
	if !group(t) {
		return []column{self}
	}
	var columns []column
	if f.Type.Kind() == reflect.Pointer {
		columns = append(columns, self) // {} for a group that is there and empty
	}
	for i := range t.NumField() {
		columns = append(columns, columnsOf(t.Field(i), path)...)
	}
	return columns
}

// tableOf is the table of what a field refers to, by the word of its tag.
var tableOf = map[string]string{
	"capability": "capabilities", "area": "areas", "place": "places", "contributor": "contributors", "unit": "units", "post": "posts",
	"operation": "operations", "pool": "lift", "condition": "conditions",
}

// group reports whether a type is a group of keys, with a column each.
func group(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != timeType && t != quantityType && t != onStationType && t != dDayType
}

// readTables reads a folder.
func readTables(dir string) (*node, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) == 0 {
		return nil, invalid(position{file: dir}, "the folder holds no .csv file; `rearguard export csv` and `rearguard new` show what goes in")
	}
	r := tableReader{dir: dir, label: "%s.csv", tree: &node{kind: object, at: position{file: dir}}, records: map[string]map[string]*node{}}
	known := []string{"scenario.csv"}
	for _, t := range tables {
		known = append(known, t.name+".csv")
	}
	for _, f := range files {
		if name := filepath.Base(f); !slices.Contains(known, name) {
			r.problem(position{file: f}, scenario.Nearest(name, known), "no table is called %s", quote(name))
		}
	}
	r.rows = r.csvRows
	return r.read()
}

// read reads every table of a folder or a workbook.
func (r *tableReader) read() (*node, error) {
	r.readSettings()
	for _, t := range tables {
		r.readTable(t)
	}
	if len(r.problems) > 0 {
		sortProblems(r.problems)
		return nil, &Invalid{r.problems}
	}
	return r.tree, nil
}

type tableReader struct {
	dir      string                              // the folder, or the workbook
	label    string                              // how messages name a table
	rows     func(name string, one func([]cell)) // calls one for each row of a table, if there is one; the row is lent
	typed    func(string, reflect.Type) string   // what a spreadsheet's cell says, by the type wanted; nil for CSV
	tree     *node
	records  map[string]map[string]*node // table, id
	problems []Problem
}

// mostSuggested is how many problems come with a suggestion: to look for one
// among many names takes long, and nobody reads so many.
const mostSuggested = 200

// nearest is the name among those of a table that was likely meant.
func (r *tableReader) nearest(name, table string) string {
	if len(r.problems) > mostSuggested {
		return ""
	}
	return scenario.Nearest(name, keys(r.records[table]))
}

func (r *tableReader) problem(at position, maybe, format string, args ...any) {
	r.problems = append(r.problems, Problem{File: at.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Maybe: maybe})
}

// cell is one cell with its place.
type cell struct {
	text string
	at   position
}

// failed notes the problems of an error.
func (r *tableReader) failed(err error) {
	if bad, ok := errors.AsType[*Invalid](err); ok {
		r.problems = append(r.problems, bad.Problems...)
	}
}

// csvRows reads one file, row by row, so that a long table is never in memory
// twice.
func (r *tableReader) csvRows(name string, one func([]cell)) {
	path := filepath.Join(r.dir, name+".csv")
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		r.failed(cannotRead(path, err))
		return
	}
	defer f.Close()
	bounded := &io.LimitedReader{R: f, N: maxFile + 1}
	in := bufio.NewReaderSize(bounded, 64<<10)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	start, _ := in.Peek(in.Size())
	header, _, _ := bytes.Cut(start, []byte("\n"))
	reader := csv.NewReader(in)
	reader.FieldsPerRecord, reader.ReuseRecord = -1, true
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		reader.Comma = ';'
	}
	var row []cell
	for {
		record, err := reader.Read()
		if bounded.N == 0 {
			r.problem(position{file: path}, "", "the file is larger than %d MB", maxFile>>20)
			return
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			r.problem(position{path, bad.Line, bad.Column}, "", "this is not CSV: %s", bad.Err)
			return
		}
		if err != nil {
			r.failed(cannotRead(path, err))
			return
		}
		row = row[:0]
		for i, text := range record {
			line, col := reader.FieldPos(i)
			if !utf8.ValidString(text) {
				r.problem(position{path, line, col}, "", "the file is not UTF-8; save it as `CSV UTF-8`")
				return
			}
			row = append(row, cell{strings.TrimSpace(text), position{path, line, col}})
		}
		one(row)
	}
}

func (r *tableReader) readSettings() {
	var names []string
	for _, c := range settings {
		names = append(names, c.name())
	}
	first := true
	r.rows("scenario", func(row []cell) {
		head := first && row[0].text == "key"
		first = false
		if head || len(row) < 2 || row[0].text == "" {
			return
		}
		k := slices.Index(names, row[0].text)
		if k < 0 {
			r.problem(row[0].at, scenario.Nearest(row[0].text, names), "unknown key %s", quote(row[0].text))
			return
		}
		r.put(r.tree, settings[k], row[1])
	})
}

func (r *tableReader) readTable(t tableSpec) {
	var columns []column
	r.rows(t.name, func(row []cell) {
		if columns == nil {
			r.records[t.name] = map[string]*node{}
			if t.parent == "" {
				r.tree.set(t.key, &node{kind: list, at: row[0].at})
			}
			columns = r.header(t, row)
			return
		}
		r.readRecord(t, columns, row)
	})
}

// readRecord adds the record of a row, unless it is blank.
func (r *tableReader) readRecord(t tableSpec, columns []column, row []cell) {
	if !slices.ContainsFunc(row, func(c cell) bool { return c.text != "" }) {
		return
	}
	record := &node{kind: object, at: row[0].at, fields: make([]field, 0, len(row))}
	owner := r.tree
	for i, c := range row {
		switch {
		case i >= len(columns):
			if c.text != "" {
				r.problem(c.at, "", "%s stands in a column without a name", quote(c.text))
			}
		case columns[i].path == nil: // unknown, reported
		case t.parent != "" && columns[i].path[0] == parentColumn:
			id := Unguard(c.text)
			if owner = r.records[t.parent][id]; owner == nil {
				r.problem(c.at, r.nearest(id, t.parent), "%s has no %s", fmt.Sprintf(r.label, t.parent), quote(id))
			}
		default:
			r.put(record, columns[i], c)
		}
	}
	if owner == nil {
		return
	}
	if owner.get(t.key) == nil {
		owner.set(t.key, &node{kind: list, at: record.at})
	}
	items := owner.get(t.key)
	items.items = append(items.items, record)
	if id := record.get("id"); id != nil {
		r.records[t.name][id.text] = record
	}
}

// parentColumn is the first column of a table inside another: the id of the
// record that the row belongs to.
const parentColumn = "of"

func keys(m map[string]*node) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

func (r *tableReader) header(t tableSpec, row []cell) []column {
	specs := t.columns
	if t.parent != "" {
		specs = append([]column{{path: []string{parentColumn}, kind: reflect.TypeFor[string]()}}, specs...)
	}
	var names []string
	for _, c := range specs {
		names = append(names, c.name())
	}
	columns := make([]column, len(row))
	for i, c := range row {
		k := slices.Index(names, c.text)
		switch {
		case k >= 0:
			columns[i] = specs[k]
		case c.text != "":
			r.problem(c.at, scenario.Nearest(c.text, names), "unknown column %s", quote(c.text))
		}
	}
	if t.parent != "" && !slices.ContainsFunc(columns, func(c column) bool { return c.path != nil && c.path[0] == parentColumn }) {
		r.problem(row[0].at, "", "the column %q is missing; it says to which of %s a row belongs", parentColumn, fmt.Sprintf(r.label, t.parent))
	}
	return columns
}

// put sets what a cell says in a record.
func (r *tableReader) put(record *node, c column, at cell) {
	if at.text == "" {
		return
	}
	for _, key := range c.path[:len(c.path)-1] {
		if record.get(key) == nil {
			record.set(key, &node{kind: object, at: at.at})
		}
		record = record.get(key)
	}
	key := c.path[len(c.path)-1]
	record.fields = append(record.fields, field{key, at.at, r.cellNode(at, c.kind)})
}

// cellNode reads a cell: JSON if it looks so, else `a; b` for a list, `a=1; b=2`
// for numbers by name, `low..likely..high` for a range.
func (r *tableReader) cellNode(c cell, t reflect.Type) *node {
	text := c.text
	if r.typed != nil {
		text = r.typed(text, t)
	}
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		n, err := parseJSON(c.at.file, []byte(text))
		if err != nil {
			r.problem(c.at, "", "%s is not JSON, though it begins so", quote(text))
			return &node{at: c.at}
		}
		n.move(c.at)
		return n
	}
	scalarNode := func(s string) *node { return &node{kind: scalar, text: strings.TrimSpace(s), at: c.at} }
	switch {
	case t.Kind() == reflect.Slice:
		n := &node{kind: list, at: c.at}
		for _, item := range strings.Split(text, ";") {
			if item = strings.TrimSpace(item); item != "" {
				n.items = append(n.items, scalarNode(item))
			}
		}
		return n
	case t.Kind() == reflect.Map || t == onStationType && strings.Contains(text, "="):
		n := &node{kind: object, at: c.at}
		for _, item := range strings.Split(text, ";") {
			if strings.TrimSpace(item) == "" {
				continue
			}
			key, value, ok := strings.Cut(item, "=")
			if !ok {
				r.problem(c.at, "", "%s is not of the form name=number; name=number", quote(text))
			}
			n.fields = append(n.fields, field{strings.TrimSpace(key), c.at, r.cellNode(cell{strings.TrimSpace(value), c.at}, quantityType)})
		}
		return n
	case (t == quantityType || t == dDayType) && strings.Contains(text, ".."):
		parts := strings.Split(text, "..")
		names := []string{"low", "likely", "high"}
		if t == dDayType {
			names[0], names[2] = "earliest", "latest"
		}
		if len(parts) != 3 {
			r.problem(c.at, "", "%s is not of the form %s", quote(text), strings.Join(names, ".."))
			return &node{at: c.at}
		}
		n := &node{kind: object, at: c.at}
		for i, p := range parts {
			n.fields = append(n.fields, field{names[i], c.at, scalarNode(p)})
		}
		return n
	case t.Kind() == reflect.String:
		text = Unguard(text)
	case t.Kind() == reflect.Bool:
		text = strings.ToLower(text) // spreadsheets write TRUE
	}
	return &node{kind: scalar, text: text, at: c.at}
}

// move puts a tree that was read from a cell at the cell's place.
func (n *node) move(at position) {
	n.at = at
	for _, item := range n.items {
		item.move(at)
	}
	for i := range n.fields {
		n.fields[i].at = at
		n.fields[i].value.move(at)
	}
}

// guarded begin what a spreadsheet takes for a formula, or the reader for JSON or
// for space to cut.
const guarded = "=+-@'{[ \t\r\n"

// Guard keeps a spreadsheet from taking text for a formula: text that could start
// one gets an apostrophe in front. Every text that goes into a CSV cell passes it;
// the CSV reader takes the apostrophe off again.
func Guard(s string) string {
	if s != "" && strings.ContainsRune(guarded, rune(s[0])) {
		return "'" + s
	}
	return s
}

// Unguard takes off the apostrophe that [Guard] puts in front.
func Unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune(guarded, rune(s[1])) {
		return s[1:]
	}
	return s
}
