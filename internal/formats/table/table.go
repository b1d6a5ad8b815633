// Package table reads tables that others made, CSV or a sheet of a workbook, row
// by row: columns are found by name, values are checked as they are asked for,
// and every problem is collected with its place.
package table

import (
	"bytes"
	"errors"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// Problems collects what is wrong with the files of one import.
type Problems struct {
	formats.Problems
	budget formats.Budget
}

// Load reads a file, or notes why it cannot be read.
func (p *Problems) Load(path string) []byte {
	data, err := formats.Load(path)
	p.note(err)
	return data
}

func (p *Problems) note(err error) {
	if bad, ok := errors.AsType[*formats.Invalid](err); ok {
		p.Add(bad.Problems...)
	}
}

// Form is what a table must be. Names of columns are told apart by letters and digits
// alone, whatever their case.
type Form struct {
	// Wanted names the columns that must be there, given those that are. If it
	// returns false the table is not read, for a reason that it has said.
	Wanted func(Header) (columns []string, ok bool)
	// Known are further columns that are read if they are there.
	Known []string
	// Ignored are columns that are left alone on purpose. That one of another name is not
	// read is said.
	Ignored []string
	// Strict refuses rows of another length than the header's.
	Strict bool
}

// Header is the row of a table that names its columns.
type Header []formats.Cell

// Top is its place.
func (h Header) Top() formats.Place { return h[0].At }

// Has reports whether a column is there.
func (h Header) Has(column string) bool {
	return slices.ContainsFunc(h, func(c formats.Cell) bool { return formats.Fold(c.Text) == formats.Fold(column) })
}

// Nearest is the name that is there for a column that is not, if one is much like it.
func (h Header) Nearest(column string) string {
	folded := make([]string, len(h))
	for i, c := range h {
		folded[i] = formats.Fold(c.Text)
	}
	if i := slices.Index(folded, scenario.Nearest(formats.Fold(column), folded)); i >= 0 {
		return h[i].Text
	}
	return ""
}

// Columns is a form with these columns, which must be there.
func Columns(names ...string) Form {
	return Form{Wanted: func(Header) ([]string, bool) { return names, true }}
}

// Row is a row with its columns by name.
type Row struct {
	*Problems
	columns  map[string]int // -1 for one that is missing, which is said
	width    int            // of the header
	nameless []int          // columns within it that have no name
	said     map[int]bool   // those of them, and of those beside it, of which it is said
	cells    []formats.Cell
	date     func(string) string // the text of a date's cell
}

// File reads a table of a file: CSV, or the first sheet of a workbook.
func (p *Problems) File(path string, form Form, one func(*Row)) {
	data := p.Load(path)
	switch ext := strings.ToLower(filepath.Ext(path)); {
	case data == nil:
	case ext != ".xlsx" && ext != ".xlsm":
		p.CSV(path, bytes.NewReader(data), form, one)
	default:
		book, err := formats.OpenWorkbook(path, data)
		if p.note(err); err != nil {
			return
		}
		sheets := book.Sheets()
		if len(sheets) == 0 {
			p.Fail(formats.Place{File: path}, "", "the workbook has no sheet")
			return
		}
		p.Sheet(book, sheets[0], form, one)
		for _, name := range sheets[1:] {
			p.Warn(formats.Place{File: book.File(name)}, "", "the sheet is not read; the first one is")
		}
	}
}

// CSV reads a table and calls one for each row. It is read as it is called for:
// the row is lent.
func (p *Problems) CSV(file string, r io.Reader, form Form, one func(*Row)) {
	t := reading{form: form, one: one, start: len(p.List), row: Row{Problems: p, date: func(text string) string { return text }}}
	if whole := p.budget.CSV(file, r, &p.Problems, t.cells); t.state == before && whole {
		p.Fail(formats.Place{File: file, Line: 1, Column: 1}, "", "this is no CSV table with a row of column names: it is empty")
	}
}

// Sheet reads a sheet of a workbook and calls one for each row.
func (p *Problems) Sheet(w *formats.Workbook, sheet string, form Form, one func(*Row)) {
	t := reading{form: form, one: one, start: len(p.List), row: Row{Problems: p, date: w.Date}}
	if whole := w.Rows(sheet, &p.Problems, t.cells); t.state == before && whole {
		p.Fail(formats.Place{File: w.File(sheet)}, "", "the sheet is empty")
	}
}

// reading is a table that is being read.
type reading struct {
	form  Form
	one   func(*Row)
	state state
	start int // problems that were there before it
	row   Row
}

type state uint8

const (
	before  state = iota // the header
	within               // the rows
	refused              // what is there, for a reason that is said
)

// cells takes the cells of the header, or of a row.
func (t *reading) cells(cells []formats.Cell) {
	if t.state == refused || !slices.ContainsFunc(cells, func(c formats.Cell) bool { return !c.Blank() }) {
		return
	}
	if t.state == before {
		t.state = refused
		if slices.ContainsFunc(t.row.List[t.start:], func(x formats.Problem) bool { return !x.Warning }) {
			return // what should be the header could not be read
		}
		if t.row.head(slices.Clone(cells), t.form) {
			t.state = within
		}
		return
	}
	if t.form.Strict && len(cells) != t.row.width {
		at := cells[0].At
		at.Column = 1
		t.row.Fail(at, "", "the row has %d fields, the header %d", len(cells), t.row.width)
		return
	}
	t.row.cells = cells
	for _, i := range t.row.nameless {
		t.row.beside(i)
	}
	for i := t.row.width; i < len(cells); i++ {
		t.row.beside(i)
	}
	t.one(&t.row)
}

// head finds the columns that a form wants. Rows are read even where some are
// missing, so that all of a file's problems come at once.
func (w *Row) head(header Header, form Form) bool {
	wanted, ok := form.Wanted(header)
	if !ok {
		return false
	}
	names := map[string]string{} // by how they are told apart
	read := slices.Concat(wanted, form.Known)
	for _, name := range slices.Concat(form.Ignored, read) {
		names[formats.Fold(name)] = name
	}
	w.columns, w.width, w.said = map[string]int{}, len(header), map[int]bool{}
	var others []int
	for i, c := range header {
		name, known := names[formats.Fold(c.Text)]
		_, twice := w.columns[name]
		switch {
		case c.Fault != "":
			c.Report(&w.Problems.Problems)
		case c.Text == "":
			w.nameless = append(w.nameless, i)
		case !known:
			others = append(others, i)
		case twice && slices.Contains(read, name):
			w.Fail(c.At, "", "the column %s is there twice; this one is not read", name)
		case !twice:
			w.columns[name] = i
		}
	}
	for _, name := range wanted {
		if _, there := w.columns[name]; there {
			continue
		}
		maybe := header.among(others).Nearest(name)
		w.Fail(header.Top(), maybe, "the column %s is missing", name)
		w.columns[name] = -1
		others = slices.DeleteFunc(others, func(i int) bool { return header[i].Text == maybe })
	}
	for _, i := range others {
		var absent []string
		for _, name := range form.Known {
			if _, there := w.columns[name]; !there {
				absent = append(absent, name)
			}
		}
		if maybe := nearest(header[i].Text, absent); maybe != "" {
			w.Fail(header[i].At, maybe, "unknown column %q", header[i].Text)
			w.columns[maybe] = i // so that its cells are checked
			continue
		}
		w.Warn(header[i].At, "", "the column %q is not read", header[i].Text)
	}
	return true
}

// among are some cells of a header.
func (h Header) among(columns []int) (some Header) {
	for _, i := range columns {
		some = append(some, h[i])
	}
	return some
}

// nearest is the name of which a text is a misspelling, if any.
func nearest(text string, names []string) string {
	for _, name := range names {
		if scenario.Nearest(formats.Fold(text), []string{formats.Fold(name)}) != "" {
			return name
		}
	}
	return ""
}

// beside says once of a column without a name that it is not read.
func (w *Row) beside(i int) {
	if i < len(w.cells) && !w.cells[i].Blank() && !w.said[i] {
		w.said[i] = true
		w.Warn(w.cells[i].At, "", "%q stands in a column without a name; the column is not read", w.cells[i].Text)
	}
}

// Has reports whether the table has a column.
func (w *Row) Has(column string) bool {
	i, ok := w.columns[column]
	return ok && i >= 0
}

// cell is the cell of a column; a blank one where there is none.
func (w *Row) cell(column string) *formats.Cell {
	if i, ok := w.columns[column]; ok && i >= 0 && i < len(w.cells) {
		return &w.cells[i]
	}
	return &formats.Cell{}
}

// lacks reports whether a value cannot be had: its column is missing and must be
// there, or its cell cannot be read, which is said now.
func (w *Row) lacks(column string) bool {
	c := w.cell(column)
	if c.Fault != "" {
		c.Report(&w.Problems.Problems)
		return true
	}
	return w.columns[column] < 0
}

// Given reports whether there is anything in a column, be it something that cannot be read.
func (w *Row) Given(column string) bool { return !w.cell(column).Blank() }

// At is the place of a column, or of the row where it ends before it.
func (w *Row) At(column string) formats.Place {
	if c := w.cell(column); c.At != (formats.Place{}) {
		return c.At
	}
	return w.cells[0].At
}

// Text is a cell without space around it, empty if there is none.
func (w *Row) Text(column string) string {
	if w.lacks(column) {
		return ""
	}
	return w.cell(column).Text
}

// Name is a text that must not be empty.
func (w *Row) Name(column string) string {
	s := w.cell(column).Text
	switch {
	case w.lacks(column):
		return ""
	case s == "":
		w.Fail(w.At(column), "", "%s is empty", column)
	case !utf8.ValidString(s):
		w.Fail(w.At(column), "", "%s %q is not UTF-8 text", column, s)
		return ""
	}
	return s
}

// Number is a number from least to most; least if it is none. The hint says how to
// write it.
func (w *Row) Number(column string, least, most float64, hint string) float64 {
	if w.lacks(column) {
		return least
	}
	c := w.cell(column)
	x, fault, maybe := formats.Numeral(c.Text, c.Style, least, most)
	switch {
	case fault != "":
		w.Fail(w.At(column), maybe, "%s %q %s; %s", column, c.Text, fault, hint)
		return least
	case !(x >= least && x <= most):
		w.Fail(w.At(column), "", "%s %g is not between %g and %g", column, x, least, most)
		return least
	}
	return x
}

// Numeral is a number that is a part of the text of a column, read as [formats.Numeral]
// reads it.
func (w *Row) Numeral(column, text string, least, most float64) (x float64, fault, maybe string) {
	return formats.Numeral(text, w.cell(column).Style, least, most)
}

// Whole is a whole number from least to most; least if it is none.
func (w *Row) Whole(column string, least, most int) int {
	if w.lacks(column) {
		return least
	}
	c := w.cell(column)
	x, fault, maybe := formats.Numeral(c.Text, c.Style, float64(least), float64(most))
	if fault == "" && x != math.Trunc(x) {
		fault = "is not a number"
	}
	switch {
	case fault != "":
		w.Fail(w.At(column), maybe, "%s %q %s", column, c.Text, strings.Replace(fault, "not a number", "not a whole number", 1))
		return least
	case x < float64(least) || x > float64(most):
		w.Fail(w.At(column), "", "%s %.0f is not between %d and %d", column, x, least, most)
		return least
	}
	return int(x)
}

// Date is an ISO date; 0 if it is none.
func (w *Row) Date(column string) scenario.Date {
	if w.lacks(column) {
		return 0
	}
	d, err := scenario.ParseDate(w.date(w.cell(column).Text))
	if err != nil {
		w.Fail(w.At(column), scenario.MaybeDate(w.cell(column).Text), "%s %s", column, err)
	}
	return d
}
