package formats

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// tableReader makes a tree of tables, wherever their rows come from. Nothing that is
// wrong ends it: a name that is misspelt is read as what it likely means, a cell that
// cannot be read becomes an unread node, and a row of a record that is not there hangs on
// one that is made up, so that all other cells are checked in the same run.
type tableReader struct {
	*reading
	label  string                                           // how messages name a table
	rows   func(name string, one func([]Cell)) (whole bool) // calls one for each row of a table, if there is one; the row is lent
	typed  func(Cell, reflect.Type) string                  // what a spreadsheet's cell says, by the type wanted; nil for CSV
	tree   *node
	file   position                    // of the file that is being read
	ids    map[string]map[string]*node // by table
	guess  map[string]map[string]*node // records made up, by table and id
	lost   map[string]int              // by table, how many ids were not read
	owners []stranger                  // records that rows belong to and that are not there, in such tables
	budget Budget
}

func newTableReader(from, label string, in *reading) *tableReader {
	return &tableReader{
		reading: in, label: label, tree: &node{kind: object, at: inFile(from)},
		ids: map[string]map[string]*node{}, guess: map[string]map[string]*node{}, lost: map[string]int{},
	}
}

// readTables reads a folder.
func readTables(dir string, in *reading) (*node, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, cannotRead(dir, err)
	}
	r := newTableReader(dir, "%s.csv", in)
	var names []string
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		switch _, known := tableNamed(strings.TrimSuffix(e.Name(), ext)); {
		case strings.HasPrefix(e.Name(), "."):
		case strings.EqualFold(ext, ".csv"):
			names = append(names, e.Name())
		case known && !e.IsDir():
			r.Fail(Place{File: filepath.Join(dir, e.Name())}, "", "this file is not read, though its name is a table's; save it as CSV, named .csv")
		}
	}
	if len(names) == 0 {
		return nil, invalid(inFile(dir), "the folder holds no .csv file; `rearguard export csv` and `rearguard new` show what goes in")
	}
	files := r.assign(names, func(name string) (string, Place) {
		return name[:len(name)-len(".csv")], Place{File: filepath.Join(dir, name)}
	})
	r.rows = func(name string, one func([]Cell)) bool {
		if files[name] == "" {
			return true
		}
		path := filepath.Join(dir, files[name])
		f, err := os.Open(path)
		if err != nil {
			r.Add(unreadable(path, err))
			return false
		}
		defer f.Close()
		return r.budget.CSV(path, f, r.Problems, one)
	}
	return r.read(), nil
}

// tableNamed is the table that a name folds to.
func tableNamed(name string) (string, bool) {
	i := slices.IndexFunc(tableNames, func(t string) bool { return Fold(t) == Fold(name) })
	if i < 0 {
		return "", false
	}
	return tableNames[i], true
}

// assign finds the file or sheet of each table. One that is misspelt is read as what it
// likely means, if nothing else is, so that what is in it is checked.
func (r *tableReader) assign(names []string, of func(string) (table string, at Place)) map[string]string {
	source := map[string]string{}
	var unknown []string
	for _, name := range names {
		text, at := of(name)
		table, known := tableNamed(text)
		switch {
		case !known:
			unknown = append(unknown, name)
		case source[table] != "":
			r.Fail(at, "", "the table %s is there twice; it is also %s", table, quote(source[table]))
		default:
			source[table] = name
		}
	}
	for _, name := range unknown {
		text, at := of(name)
		maybe := scenario.Nearest(strings.ToLower(text), tableNames)
		suffix := strings.TrimPrefix(name, text)
		if maybe == "" && suffix == "" {
			continue // sheets of other names are the author's own
		}
		if maybe == "" {
			suffix = ""
		}
		r.Fail(at, maybe+suffix, "no table is called %s", quote(name))
		if maybe != "" && source[maybe] == "" {
			source[maybe] = name
		}
	}
	return source
}

// read reads every table of a folder or a workbook.
func (r *tableReader) read() *node {
	r.readSettings()
	for _, t := range tables {
		r.readTable(t)
	}
	for _, x := range r.owners {
		names := len(r.guess[x.table])
		if r.guess[x.table][""] != nil {
			names-- // that of rows that name none
		}
		if names > r.lost[x.table] {
			r.add(x.problem)
		}
	}
	return r.tree
}

// stranger is a record that rows belong to and that is not there; it may be one whose id
// was not read, unless there are more of them.
type stranger struct {
	table   string
	problem Problem
}

// nearest is the name that was likely meant.
func (r *tableReader) nearest(name string, among []string) string {
	if len(r.List) > mostSuggested {
		return ""
	}
	return scenario.Nearest(name, among)
}

// mostSuggested is how many problems come with a suggestion: to look for one
// among many names takes long, and nobody reads so many.
const mostSuggested = 200

func (r *tableReader) readSettings() {
	var folded []string
	for _, c := range settings {
		folded = append(folded, Fold(c.name()))
	}
	type misspelt struct {
		setting int
		value   Cell
	}
	var likely []misspelt
	beside := map[int]bool{} // columns of which it is said that they are not read
	whole := r.rows(settingsTable, func(row []Cell) {
		key := row[0]
		for i := 2; i < len(row); i++ {
			if !row[i].Blank() && !beside[i] {
				beside[i] = true
				r.Warn(row[i].At, "", "%s stands beside key and value; the column is not read", quote(row[i].Text))
			}
		}
		if key.Fault != "" {
			key.Report(r.Problems)
			return
		}
		if key.Text == "" || Fold(key.Text) == "key" || len(row) < 2 {
			return
		}
		k := slices.Index(folded, Fold(key.Text))
		if k < 0 {
			k = slices.Index(folded, r.nearest(Fold(key.Text), folded))
			maybe := ""
			if k >= 0 {
				maybe = settings[k].name()
			}
			if r.Fail(key.At, maybe, "unknown key %s", quote(key.Text)); k >= 0 {
				likely = append(likely, misspelt{k, row[1]})
			}
			return
		}
		r.put(r.tree, settings[k], row[1])
	})
	for _, m := range likely {
		if r.tree.follow(settings[m.setting].path) == nil {
			r.put(r.tree, settings[m.setting], m.value)
		}
	}
	if !whole {
		r.tree.partial = true
		if calendar := r.tree.get("calendar"); calendar != nil {
			calendar.partial = true
		}
	}
}

// readTable reads the records of a table.
func (r *tableReader) readTable(t tableSpec) {
	all := t.all()
	if r.changes && slices.Contains(changeable, t.name) {
		all = append(all, column{path: []string{"out"}, kind: reflect.TypeFor[bool]()})
	}
	h := newHead(r, t, all)
	whole := r.rows(t.name, func(row []Cell) {
		switch {
		case !slices.ContainsFunc(row, func(c Cell) bool { return !c.Blank() }):
		case h.tried == mostAbove:
		case h.columns == nil:
			h.find(row)
		default:
			h.record(row)
		}
	})
	if h.columns == nil && h.tried > 0 {
		r.Fail(h.first, "", "this row names no column of %s; the first row of a table holds names such as %s", t.name, strings.Join(h.some(), ", "))
		whole = false
	}
	if !whole {
		r.lessThanWhole(t)
	}
}

// lessThanWhole notes that a table has rows that were not read.
func (r *tableReader) lessThanWhole(t tableSpec) {
	if t.parent == "" {
		r.lost[t.name] = math.MaxInt / 2
		r.list(r.tree, t.key).partial = true
		return
	}
	for _, owner := range r.list(r.tree, t.parent).items() {
		r.list(owner, t.key).partial = true
	}
}

// list is the list at a key, made if it is not there.
func (r *tableReader) list(owner *node, key string) *node {
	n := owner.get(key)
	if n == nil {
		n = &node{kind: list, at: owner.at}
		owner.set(key, n)
	}
	return n
}

// made is a record that is made up for rows that name it and that is not there.
func (r *tableReader) made(table string, id Cell) *node {
	if r.guess[table] == nil {
		r.guess[table] = map[string]*node{}
	}
	n := r.guess[table][id.Text]
	if n == nil {
		n = &node{kind: object, at: r.place(id.At), partial: true}
		if id.Text != "" {
			n.fields = []field{{"id", n.at, &node{kind: scalar, text: id.Text, at: n.at}}}
		}
		r.guess[table][id.Text] = n
		if len(r.guess[table]) <= mostSuggested {
			r.list(r.tree, table).push(n)
		}
	}
	return n
}

// tableHead is what the row of names says of the columns of a table.
type tableHead struct {
	*tableReader
	spec    tableSpec
	all     []column
	folded  []string // their names as they are told apart
	columns []column // nil until the row is found; without a path where it is not known
	absent  []column // that every record must have and the table has not
	at      Place
	first   Place        // the first row, where that names nothing
	tried   int          // rows that name nothing
	said    map[int]bool // columns of which it is said that they are not read
	begun   bool         // there was a record
	orphans bool         // some rows belong to no record
}

func newHead(r *tableReader, spec tableSpec, all []column) *tableHead {
	h := &tableHead{tableReader: r, spec: spec, all: all}
	for _, c := range all {
		h.folded = append(h.folded, Fold(c.name()))
	}
	return h
}

// mostAbove is how many rows with text may stand above the row of names.
const mostAbove = 20

// find takes a row as that of the names if it is one: the first that names a column,
// misspelt or not, or one below a title of which half the cells do.
func (h *tableHead) find(row []Cell) {
	exact, near, filled := 0, 0, 0
	for _, c := range row {
		switch {
		case c.Blank():
			continue
		case h.named(c.Text) >= 0:
			exact++
		case h.likely(c.Text, map[int]bool{}) >= 0:
			near++
		}
		filled++
	}
	if h.tried > 0 && 2*exact < filled || exact+near == 0 {
		if h.tried == 0 {
			h.first = row[0].At
		}
		h.tried++
		return
	}
	if h.tried > 0 {
		h.Warn(h.first, "", "what stands above the names of the columns, in row %d, is not read", row[0].At.Line)
		h.tried = 0
	}
	h.take(row)
}

// named is the column that a text folds to, -1 if none.
func (h *tableHead) named(text string) int {
	if text = Fold(text); text == "" {
		return -1
	}
	return slices.Index(h.folded, text)
}

// likely is the column that a text likely means, -1 if none; taken ones are left out.
func (h *tableHead) likely(text string, taken map[int]bool) int {
	var names []string
	for i, name := range h.folded {
		if !taken[i] {
			names = append(names, name)
		}
	}
	return h.named(h.nearest(Fold(text), names))
}

// some are names of columns, for a message.
func (h *tableHead) some() (names []string) {
	for _, c := range h.all[:min(3, len(h.all))] {
		names = append(names, c.name())
	}
	return names
}

// take takes a row of names.
func (h *tableHead) take(row []Cell) {
	h.at, h.said = row[0].At, map[int]bool{}
	h.columns = make([]column, len(row))
	h.ids[h.spec.name] = map[string]*node{}
	if h.spec.parent == "" {
		h.list(h.tree, h.spec.key).at = h.place(h.at)
	}
	taken := map[int]bool{}
	for i, c := range row {
		switch k := h.named(c.Text); {
		case c.Fault != "":
			h.said[i] = true
			c.Report(h.Problems)
		case k < 0:
		case taken[k]:
			h.said[i] = true
			h.Fail(c.At, "", "the column %s is there twice; this one is not read", h.all[k].name())
		default:
			h.columns[i], taken[k] = h.all[k], true
		}
	}
	for i, c := range row {
		if c.Text == "" || h.said[i] || h.columns[i].path != nil {
			continue
		}
		h.said[i] = true
		k, maybe := h.likely(c.Text, taken), ""
		if k >= 0 {
			h.columns[i], taken[k] = h.all[k], true
			maybe = h.all[k].name()
		}
		h.Fail(c.At, maybe, "unknown column %s", quote(c.Text))
	}
	for k, c := range h.all {
		if c.must && !h.changes && !taken[k] {
			h.absent = append(h.absent, c)
		}
	}
}

// record adds the record of a row.
func (h *tableHead) record(row []Cell) {
	if !h.begun {
		h.begun = true
		for _, c := range h.absent {
			h.Fail(h.at, "", "the column %s is missing: %s", c.name(), c.doc)
		}
	}
	record := &node{kind: object, at: h.place(row[0].At), fields: make([]field, 0, len(row))}
	var of *Cell
	for i := range row {
		switch c := &row[i]; {
		case i >= len(h.columns) || h.columns[i].path == nil:
			h.beside(i, c)
		case h.spec.parent != "" && h.columns[i].path[0] == parentColumn:
			of = c
		default:
			h.put(record, h.columns[i], *c)
		}
	}
	for _, c := range h.absent {
		if c.path[0] != parentColumn {
			record.fields = append(record.fields, field{c.path[0], record.at, &node{kind: unread, at: record.at}})
		}
	}
	owner := h.owner(of, row[0].At)
	h.list(owner, h.spec.key).push(record)
	switch id := record.get("id"); {
	case id == nil:
	case id.kind == unread:
		h.lost[h.spec.name]++
	default:
		h.ids[h.spec.name][id.text] = record
	}
}

// beside says once of a column that has no name that it is not read.
func (h *tableHead) beside(i int, c *Cell) {
	if c.Blank() || h.said[i] {
		return
	}
	h.said[i] = true
	h.Fail(c.At, "", "%s stands in a column without a name; the column is not read", quote(c.Text))
}

// owner is the record that a row belongs to, by its first column: the scenario itself
// for a table that is in no other, and one made up where it cannot be found.
func (h *tableHead) owner(of *Cell, row Place) *node {
	parent := h.spec.parent
	if parent == "" {
		return h.tree
	}
	id := Cell{At: row}
	if of != nil {
		id = *of
		id.Text = Unguard(id.Text)
	}
	if n := h.ids[parent][id.Text]; n != nil {
		return n
	}
	label := fmt.Sprintf(h.label, parent)
	switch {
	case of == nil: // said of the column
	case id.Fault != "":
		id.Report(h.Problems)
		id.Text = ""
	case id.Text == "":
		h.Fail(id.At, "", "%s is empty; it names the record of %s that the row belongs to", parentColumn, label)
	default:
		var among []string
		if len(h.List) <= mostSuggested && len(h.owners) <= mostSuggested {
			among = keys(h.ids[parent])
		}
		p := h.place(id.At).problem(fmt.Sprintf("%s has no %s", label, quote(id.Text)), scenario.Nearest(id.Text, among))
		if h.lost[parent] == 0 {
			h.add(p)
		} else if len(h.owners) < mostListed {
			h.owners = append(h.owners, stranger{parent, p})
		}
	}
	if !h.orphans {
		h.orphans = true
		h.lessThanWhole(h.spec)
	}
	return h.made(parent, id)
}

func keys(m map[string]*node) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// place is a place as a node has it.
func (r *tableReader) place(p Place) position {
	if r.file.file == nil || *r.file.file != p.File {
		r.file = inFile(p.File)
	}
	return r.file.to(p.Line, p.Column)
}
