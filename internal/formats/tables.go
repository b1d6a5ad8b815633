package formats

import (
	"reflect"
	"slices"
	"strings"

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
	must bool   // every record has it
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
	self := column{path, t, f.Tag.Get("doc"), rulesOf(f).enum, tableOf[f.Tag.Get("ref")], under == nil && required(f)}
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

// parentColumn is the first column of a table inside another: the id of the
// record that the row belongs to.
const parentColumn = "of"

// all are the columns of a table with that of its parent.
func (t *tableSpec) all() []column {
	if t.parent == "" {
		return t.columns
	}
	return append([]column{{path: []string{parentColumn}, kind: reflect.TypeFor[string](), doc: "ID of the row of " + t.parent + " that this belongs to.", ref: t.parent, must: true}}, t.columns...)
}

// settingsTable holds what is given once, as key and value.
const settingsTable = "scenario"

// tableNames are the names of all tables.
var tableNames = func() []string {
	names := []string{settingsTable}
	for _, t := range tables {
		names = append(names, t.name)
	}
	return names
}()

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
