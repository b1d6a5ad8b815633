// Package table reads tables that others made, CSV or a sheet of a workbook, row
// by row: columns are found by name, values are checked as they are asked for,
// and every problem is collected with its place.
package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// Problems collects what is wrong with the files of one import.
type Problems struct{ formats.Problems }

// Load reads a file, or notes why it cannot be read.
func (p *Problems) Load(path string) []byte {
	data, err := formats.Load(path)
	p.note(err)
	return data
}

func (p *Problems) note(err error) {
	if bad, ok := errors.AsType[*formats.Invalid](err); ok {
		p.List = append(p.List, bad.Problems...)
	}
}

// Form is what a table must be.
type Form struct {
	// Wanted names the columns that must be there, given those that are. If it
	// returns false the table is not read, for a reason that it has said.
	Wanted func(header []string, top formats.Place) (columns []string, ok bool)
	// Strict refuses rows of another length than the header's.
	Strict bool
}

// Columns is a form with these columns, and others beside them.
func Columns(names ...string) Form {
	return Form{Wanted: func([]string, formats.Place) ([]string, bool) { return names, true }}
}

// Row is a row with its columns by name.
type Row struct {
	*Problems
	columns map[string]int // -1 for one that is missing, which is said
	texts   []string
	place   func(i int) formats.Place
}

// CSV reads a table and calls one for each row. It is read as it is called for:
// the row is lent. A semicolon between columns is understood too.
func (p *Problems) CSV(file string, r io.Reader, form Form, one func(*Row)) {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	start, _ := in.Peek(in.Size())
	head, _, _ := strings.Cut(string(start), "\n")
	c := csv.NewReader(in)
	c.FieldsPerRecord = -1
	if strings.Count(head, ";") > strings.Count(head, ",") {
		c.Comma = ';'
	}
	top := formats.Place{File: file, Line: 1, Column: 1}
	header, err := c.Read()
	if err != nil {
		p.Fail(top, "", "this is no CSV table with a row of column names: %s", reason(err))
		return
	}
	row := Row{Problems: p, place: func(i int) formats.Place {
		line, column := c.FieldPos(i)
		return formats.Place{File: file, Line: line, Column: column}
	}}
	if !row.head(header, top, form) {
		return
	}
	for {
		fields, err := c.Read()
		bad, notCSV := errors.AsType[*csv.ParseError](err)
		switch {
		case errors.Is(err, io.EOF):
			return
		case notCSV:
			p.Fail(formats.Place{File: file, Line: bad.Line, Column: bad.Column}, "", "this is no CSV row: %s; what follows is not read", bad.Err)
			return
		case err != nil:
			p.Fail(formats.Place{File: file}, "", "cannot read it: %s", err)
			return
		case form.Strict && len(fields) != len(header):
			line, _ := c.FieldPos(0)
			p.Fail(formats.Place{File: file, Line: line, Column: 1}, "", "the row has %d fields, the header %d", len(fields), len(header))
		default:
			row.texts = fields
			one(&row)
		}
	}
}

// Sheet reads a sheet of a workbook and calls one for each row.
func (p *Problems) Sheet(w *formats.Workbook, sheet string, form Form, one func(*Row)) {
	file, at := w.File(sheet), 0
	row := Row{Problems: p, place: func(i int) formats.Place { return formats.Place{File: file, Line: at, Column: i + 1} }}
	ready, refused := false, false
	p.note(w.Rows(sheet, func(line int, texts []string) {
		at = line
		switch {
		case refused:
		case !ready:
			ready = row.head(slices.Clone(texts), formats.Place{File: file, Line: line, Column: 1}, form)
			refused = !ready
		case slices.ContainsFunc(texts, func(s string) bool { return s != "" }):
			row.texts = texts
			one(&row)
		}
	}))
	if !ready && !refused {
		p.Fail(formats.Place{File: file}, "", "the sheet is empty")
	}
}

// head finds the columns that a form wants. Rows are read even where some are
// missing, so that all of a file's problems come at once.
func (w *Row) head(header []string, top formats.Place, form Form) bool {
	wanted, ok := form.Wanted(header, top)
	if !ok {
		return false
	}
	w.columns = map[string]int{}
	for i, name := range header {
		if name = strings.TrimSpace(name); name != "" {
			if _, twice := w.columns[name]; !twice {
				w.columns[name] = i
			}
		}
	}
	for _, name := range wanted {
		if _, there := w.columns[name]; !there {
			w.Fail(top, scenario.Nearest(name, header), "the column %s is missing", name)
			w.columns[name] = -1
		}
	}
	return true
}

// reason is what is wrong with a CSV file, without the place.
func reason(err error) string {
	if bad, ok := errors.AsType[*csv.ParseError](err); ok {
		return bad.Err.Error()
	}
	if errors.Is(err, io.EOF) {
		return "it is empty"
	}
	return err.Error()
}

// Has reports whether the table has a column.
func (w *Row) Has(column string) bool {
	i, ok := w.columns[column]
	return ok && i >= 0
}

// lacks reports whether a column is missing that must be there.
func (w *Row) lacks(column string) bool { return w.columns[column] < 0 }

// At is the place of a column, or of the row where it ends before it.
func (w *Row) At(column string) formats.Place {
	if i, ok := w.columns[column]; ok && i >= 0 && i < len(w.texts) {
		return w.place(i)
	}
	return w.place(0)
}

// Text is a cell without space around it, empty if there is none.
func (w *Row) Text(column string) string {
	if i, ok := w.columns[column]; ok && i >= 0 && i < len(w.texts) {
		return strings.TrimSpace(w.texts[i])
	}
	return ""
}

// Name is a text that must not be empty.
func (w *Row) Name(column string) string {
	s := w.Text(column)
	switch {
	case w.lacks(column):
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
	s := w.Text(column)
	x, err := strconv.ParseFloat(s, 64)
	switch {
	case w.lacks(column):
		return least
	case err != nil:
		w.Fail(w.At(column), "", "%s %q is not a number; %s", column, s, hint)
		return least
	case !(x >= least && x <= most):
		w.Fail(w.At(column), "", "%s %g is not between %g and %g", column, x, least, most)
		return least
	}
	return x
}

// Whole is a whole number from least to most; least if it is none.
func (w *Row) Whole(column string, least, most int) int {
	s := w.Text(column)
	n, err := strconv.Atoi(s)
	switch {
	case w.lacks(column):
		return least
	case err != nil:
		w.Fail(w.At(column), "", "%s %q is not a whole number", column, s)
		return least
	case n < least || n > most:
		w.Fail(w.At(column), "", "%s %d is not between %d and %d", column, n, least, most)
		return least
	}
	return n
}

// Date is an ISO date; 0 if it is none.
func (w *Row) Date(column string) scenario.Date {
	d, err := scenario.ParseDate(w.Text(column))
	if err != nil && !w.lacks(column) {
		w.Fail(w.At(column), scenario.MaybeDate(w.Text(column)), "%s %s", column, err)
	}
	return d
}
