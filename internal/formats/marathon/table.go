package marathon

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

const maxFile = 64 << 20 // bytes

// position is a place in a file; lines and columns count from 1.
type position struct {
	file         string
	line, column int
}

// reader collects problems.
type reader struct{ problems []formats.Problem }

func (r *reader) problem(at position, maybe, format string, args ...any) {
	r.problems = append(r.problems, formats.Problem{File: at.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Maybe: maybe})
}

func (r *reader) warning(at position, format string, args ...any) {
	r.problem(at, "", format, args...)
	r.problems[len(r.problems)-1].Warning = true
}

func (r *reader) failed() bool {
	return slices.ContainsFunc(r.problems, func(p formats.Problem) bool { return !p.Warning })
}

// load reads a table of the folder; nil if it is not there.
func (r *reader) load(folder, name string) []byte {
	path := filepath.Join(folder, name)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var data []byte
	if err == nil {
		defer f.Close()
		data, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	}
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it is larger than %d MB", maxFile>>20)
	}
	if err != nil {
		var reason *os.PathError
		if errors.As(err, &reason) {
			err = reason.Err
		}
		r.problem(position{file: path}, "", "cannot read it: %s", err)
	}
	return data
}

// row is a row of a table.
type row struct {
	*reader
	columns map[string]int
	fields  []string
	places  []position
}

// rows reads a CSV table and calls one for each row that is enabled. Columns
// that are wanted must be there; others are found if they are.
func (r *reader) rows(file string, data []byte, wanted []string, one func(*row)) {
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	c.FieldsPerRecord = -1
	header, err := c.Read()
	if err != nil {
		r.problem(position{file, 1, 1}, "", "this is no CSV table with a row of column names")
		return
	}
	columns := map[string]int{}
	for i, name := range header {
		columns[strings.TrimSpace(name)] = i
	}
	for _, name := range wanted {
		if _, ok := columns[name]; !ok {
			r.problem(position{file, 1, 1}, scenario.Nearest(name, header), "the column %s is missing", name)
			return
		}
	}
	for {
		fields, err := c.Read()
		var p *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &p):
			r.problem(position{file, p.Line, p.Column}, "", "this is no CSV row: %s; what follows is not read", p.Err)
			return
		case err != nil:
			r.problem(position{file: file}, "", "cannot read it: %s", err)
			return
		}
		w := row{reader: r, columns: columns, fields: fields}
		for i := range fields {
			line, column := c.FieldPos(i)
			w.places = append(w.places, position{file, line, column})
		}
		if w.enabled() {
			one(&w)
		}
	}
}

// at is the place of a column, or of the row if the row ends before it.
func (w *row) at(column string) position {
	if i, ok := w.columns[column]; ok && i < len(w.places) {
		return w.places[i]
	}
	return w.places[0]
}

func (w *row) text(column string) string {
	if i, ok := w.columns[column]; ok && i < len(w.fields) {
		return strings.TrimSpace(w.fields[i])
	}
	return ""
}

// name is a text that must not be empty.
func (w *row) name(column string) string {
	s := w.text(column)
	switch {
	case s == "":
		w.problem(w.at(column), "", "%s is empty", column)
	case !utf8.ValidString(s):
		w.problem(w.at(column), "", "%s %q is not UTF-8 text", column, s)
	}
	return s
}

// enabled reports whether a row counts: in the tables 1, true and TRUE are yes.
func (w *row) enabled() bool {
	if _, ok := w.columns["Enabled"]; !ok {
		return true
	}
	switch s := strings.ToLower(w.text("Enabled")); s {
	case "1", "true":
		return true
	case "0", "false", "":
		return false
	default:
		w.problem(w.at("Enabled"), "", "Enabled %q is neither true nor false; write 1 or 0", s)
		return false
	}
}

// whole is a whole number from least to most.
func (w *row) whole(column string, least, most int) int {
	s := w.text(column)
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		w.problem(w.at(column), "", "%s %q is not a whole number", column, s)
		return least
	case n < least || n > most:
		w.problem(w.at(column), "", "%s %d is not between %d and %d", column, n, least, most)
		return least
	}
	return n
}
