package geopko

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// Bounds of what a file may hold; beyond them it is no such file.
const (
	maxFile     = 64 << 20 // bytes
	maxStrength = 100_000  // persons of one contributor at one base
	firstYear   = 1948     // of UN peacekeeping
	lastYear    = 2100
)

// position is a place in a file; lines and columns count from 1.
type position struct {
	file         string
	line, column int
}

// String is the file's name and line, without the folder, so that a scenario
// does not depend on where its files lay.
func (p position) String() string { return fmt.Sprintf("%s:%d", filepath.Base(p.file), p.line) }

// site is a base in a year.
type site struct {
	at                position
	mission, location string
	year              int
	lat, lon          float64
}

// strengthRow is a row of a TCCMap file: the largest strength of each
// contributor at a base during a year.
type strengthRow struct {
	site
	listed   position // of the list of contributors
	strength []listed
}

// listed is a contributor by the data's name; persons is 0 if its size is
// unknown.
type listed struct {
	name    string
	persons int
}

// typeRow is a row of a TTMap file: infantry is the mean strength over the
// year's observations of a base, seen the number of observations that note each
// special type of troops.
type typeRow struct {
	site
	infantry int
	seen     [specialTypes]int
}

// input is a file in memory.
type input struct {
	name   string
	data   []byte
	folder bool // found in a folder rather than named
}

// reader collects rows and problems.
type reader struct {
	strengths []strengthRow
	types     []typeRow
	problems  []formats.Problem
}

func (r *reader) problem(at position, maybe, format string, args ...any) {
	r.problems = append(r.problems, formats.Problem{File: at.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...), Maybe: maybe})
}

func (r *reader) warning(at position, maybe, format string, args ...any) {
	r.problem(at, maybe, format, args...)
	r.problems[len(r.problems)-1].Warning = true
}

// failed reports whether anything is worse than a warning.
func (r *reader) failed() bool {
	return slices.ContainsFunc(r.problems, func(p formats.Problem) bool { return !p.Warning })
}

// open loads files, and the .csv files of folders in the order of their names.
func (r *reader) open(paths []string) (inputs []input) {
	if len(paths) == 0 {
		r.problem(options, "", "no file is given; name the TCCMap and TTMap files of the data set, or their folder")
	}
	for _, path := range paths {
		files := []string{path}
		info, err := os.Stat(path)
		folder := err == nil && info.IsDir()
		if folder {
			files, err = filepath.Glob(filepath.Join(path, "*.csv"))
			if err == nil && len(files) == 0 {
				r.problem(position{file: path}, "", "the folder holds no .csv file; it should hold the TCCMap and TTMap files of the data set")
			}
		}
		for _, name := range files {
			var data []byte
			if data, err = load(name); err != nil {
				break
			}
			inputs = append(inputs, input{name, data, folder})
		}
		if err != nil {
			r.problem(position{file: path}, "", "cannot read it: %s", err)
		}
	}
	return inputs
}

func load(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		var reason *os.PathError
		if errors.As(err, &reason) {
			err = reason.Err // the path is said already
		}
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it is larger than %d MB", maxFile>>20)
	}
	return data, err
}

// siteColumns are in both kinds of file.
var siteColumns = []string{"mission", "year", "location", "latitude", "longitude"}

// Columns that tell the kinds apart.
const (
	strengthColumn = "year.overview"
	infantryColumn = "Infantry"
)

// read reads a file of either kind.
func (r *reader) read(f input) {
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.data, []byte("\ufeff"))))
	header, err := c.Read()
	top := position{file: f.name, line: 1, column: 1}
	if err != nil {
		r.problem(top, "", "this is no CSV table with a row of column names: %s", reason(err))
		return
	}
	var wanted []string
	switch {
	case slices.Contains(header, strengthColumn):
		wanted = append(slices.Clone(siteColumns), strengthColumn)
	case slices.Contains(header, infantryColumn):
		wanted = append(append(slices.Clone(siteColumns), infantryColumn), specialColumns()...)
	case f.folder:
		r.warning(top, "", "left out: it has neither the column %s of a TCCMap file nor %s of a TTMap file", strengthColumn, infantryColumn)
		return
	default:
		maybe := scenario.Nearest(strengthColumn, header)
		r.problem(top, "", "the column %s is missing (of a TCCMap file, or %s of a TTMap file); name files of the Geo-PKO data set by year%s",
			strengthColumn, infantryColumn, ifAny("; its name may be ", maybe))
		return
	}
	t := table{reader: r, file: f.name, columns: map[string]int{}}
	for _, name := range wanted {
		i := slices.Index(header, name)
		if i < 0 {
			r.problem(top, scenario.Nearest(name, header), "the column %s is missing", name)
		}
		t.columns[name] = i
	}
	if slices.Contains(wanted, strengthColumn) {
		t.rows(c, t.strengthRow)
	} else {
		t.rows(c, t.typeRow)
	}
}

func ifAny(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// reason is what is wrong with a CSV file, without the place.
func reason(err error) string {
	var p *csv.ParseError
	switch {
	case errors.As(err, &p):
		return p.Err.Error()
	case errors.Is(err, io.EOF):
		return "it is empty"
	}
	return err.Error()
}

// table reads the rows of one file.
type table struct {
	*reader
	file    string
	columns map[string]int // by name; -1 if missing
	csv     *csv.Reader
	record  []string
}

// rows reads all rows, each with the function of its kind.
func (t *table) rows(c *csv.Reader, one func()) {
	t.csv = c
	for {
		record, err := c.Read()
		var p *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &p) && errors.Is(err, csv.ErrFieldCount):
			t.problem(position{t.file, p.Line, 1}, "", "the row has %d fields, the header %d", len(record), c.FieldsPerRecord)
		case errors.As(err, &p):
			t.problem(position{t.file, p.Line, p.Column}, "", "this is no CSV row: %s; what follows is not read", p.Err)
			return
		case err != nil:
			t.problem(position{file: t.file}, "", "cannot read it: %s", err)
			return
		default:
			t.record = record
			one()
		}
	}
}

// at is the place of a field.
func (t *table) at(column string) position {
	i := max(0, t.columns[column])
	line, col := t.csv.FieldPos(i)
	return position{t.file, line, col}
}

// text is a field, or empty if its column is missing, which is said already.
func (t *table) text(column string) string {
	if t.columns[column] < 0 {
		return ""
	}
	return strings.TrimSpace(t.record[t.columns[column]])
}

// name is a field that must not be empty.
func (t *table) name(column string) string {
	s := t.text(column)
	switch {
	case t.columns[column] < 0:
	case s == "":
		t.problem(t.at(column), "", "%s is empty", column)
	case !utf8.ValidString(s):
		t.problem(t.at(column), "", "%s %q is not UTF-8 text", column, s)
		s = ""
	}
	return s
}

// whole is a whole number from least to most. NA, as R writes what is not
// known, is none where 0 is allowed.
func (t *table) whole(column string, least, most int) int {
	s := t.text(column)
	if t.columns[column] < 0 || least == 0 && (s == "NA" || s == "") {
		return 0
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		t.problem(t.at(column), "", "%s %q is not a whole number", column, s)
	case n < least || n > most:
		t.problem(t.at(column), "", "%s %d is not between %d and %d", column, n, least, most)
	}
	return n
}

// degrees is a coordinate within plus or minus most.
func (t *table) degrees(column string, most float64) float64 {
	if t.columns[column] < 0 {
		return 0
	}
	x, err := strconv.ParseFloat(t.text(column), 64)
	switch {
	case err != nil:
		t.problem(t.at(column), "", "%s %q is not a number; write degrees, such as -4.25", column, t.text(column))
	case !(x >= -most && x <= most):
		t.problem(t.at(column), "", "%s %g is not between %g and %g degrees", column, x, -most, most)
	}
	return x
}

func (t *table) site() site {
	return site{
		at: t.at("mission"), mission: t.name("mission"), location: t.name("location"),
		year: t.whole("year", firstYear, lastYear),
		lat:  t.degrees("latitude", 90), lon: t.degrees("longitude", 180),
	}
}

func (t *table) typeRow() {
	row := typeRow{site: t.site(), infantry: t.whole(infantryColumn, 0, maxStrength)}
	for i, k := range specials {
		row.seen[i] = t.whole(k.column, 0, maxStrength)
	}
	t.types = append(t.types, row)
}

func (t *table) strengthRow() {
	row := strengthRow{site: t.site(), listed: t.at(strengthColumn)}
	text := t.name(strengthColumn)
	for rest := text; rest != ""; {
		m := listedEntry.FindStringSubmatch(rest)
		if m == nil {
			t.problem(row.listed, "", "%s: cannot read %q; write Country (persons) or Country (size unknown), with commas between", strengthColumn, rest)
			break
		}
		rest = rest[len(m[0]):]
		entry := listed{name: m[1]}
		if m[2] != unsized {
			n, err := strconv.Atoi(m[2])
			if err != nil || n > maxStrength {
				t.problem(row.listed, "", "%s: the strength %s of %s is above %d persons", strengthColumn, m[2], m[1], maxStrength)
			}
			entry.persons = n
		}
		row.strength = append(row.strength, entry)
	}
	t.strengths = append(t.strengths, row)
}

const unsized = "size unknown"

// listedEntry is one contributor with its strength. A name may hold brackets:
// Korea (ROK) (150).
var listedEntry = regexp.MustCompile(`^(\S.*?) \((\d+|` + unsized + `)\)(?:, *|$)`)
