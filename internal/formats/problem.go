// Package formats reads and writes files: scenarios as YAML, JSON or a folder of
// CSV tables, and plans as JSON. Every reader turns its file into one tree with
// positions; one decoder, driven by the struct tags of package scenario, turns
// the tree into a scenario and reports all that is wrong at once. The JSON
// Schema and the CSV columns come from the same tags.
package formats

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Problem is one thing wrong at one place in a file.
type Problem struct {
	File    string `json:"file"`   // a sheet of a workbook is book.xlsx:sheet!
	Line    int    `json:"line"`   // from 1; 0 if it concerns the whole file
	Column  int    `json:"column"` // from 1
	Message string `json:"message"`
	Maybe   string `json:"maybe,omitempty"` // a likely correction
	Warning bool   `json:"warning"`         // the scenario can be planned all the same
}

// String is `file:line:column: message. Maybe: correction`, with sheet!cell for
// a place in a workbook.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if cell, err := excelize.CoordinatesToCellName(p.Column, p.Line); err == nil && strings.HasSuffix(p.File, "!") {
		b.WriteString(cell)
	} else if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	if p.Maybe != "" {
		fmt.Fprintf(&b, ". Maybe: %s", p.Maybe)
	}
	return b.String()
}

// Invalid says that a file cannot be used, with all its problems in the order
// of the file.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// invalid is an error with one problem.
func invalid(at position, format string, args ...any) error {
	return &Invalid{[]Problem{at.problem(fmt.Sprintf(format, args...), "")}}
}

// Place is a place in a file; lines and columns count from 1, and are 0 for the
// file as a whole.
type Place struct {
	File         string
	Line, Column int
}

// String is the file's name and line, without the folder, so that a scenario
// does not depend on where its files lay.
func (p Place) String() string { return fmt.Sprintf("%s:%d", filepath.Base(p.File), p.Line) }

// Problems collects what is wrong with the files of one import: the first mostListed
// problems and as many warnings, then that there are more.
type Problems struct {
	List  []Problem
	noted [2]int
}

// mostListed bounds what a file with a mistake in each of its million rows takes.
const mostListed = 10_000

// Add notes problems.
func (p *Problems) Add(list ...Problem) {
	for _, x := range list {
		p.add(x)
	}
}

func (p *Problems) add(x Problem) {
	noted := &p.noted[kindOf(x.Warning)]
	switch *noted++; {
	case *noted > mostListed+1:
		return
	case *noted == mostListed+1:
		x.Message, x.Maybe = fmt.Sprintf("there are more than %d; the others are not listed", mostListed), ""
	}
	p.List = append(p.List, x)
}

// kindOf is where problems and where warnings are counted.
func kindOf(warning bool) int {
	if warning {
		return 1
	}
	return 0
}

// full reports whether no further problem, or warning, is listed.
func (p *Problems) full(warning bool) bool { return p.noted[kindOf(warning)] > mostListed }

// Fail notes a problem that forbids the import. Maybe is a correction that can
// be pasted, or empty.
func (p *Problems) Fail(at Place, maybe, format string, args ...any) {
	p.note(at, maybe, false, format, args)
}

// Warn notes what is odd, or left out.
func (p *Problems) Warn(at Place, maybe, format string, args ...any) {
	p.note(at, maybe, true, format, args)
}

func (p *Problems) note(at Place, maybe string, warning bool, format string, args []any) {
	if !p.full(warning) {
		p.add(Problem{File: at.File, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...), Maybe: maybe, Warning: warning})
	}
}

// Failed reports whether anything is worse than a warning.
func (p *Problems) Failed() bool { return p.noted[kindOf(false)] > 0 }

func sortProblems(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
}
