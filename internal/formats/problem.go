// Package formats reads and writes files: scenarios as YAML, JSON or a folder of
// CSV tables, and plans as JSON. Every reader turns its file into one tree with
// positions; one decoder, driven by the struct tags of package scenario, turns
// the tree into a scenario and reports all that is wrong at once. The JSON
// Schema and the CSV columns come from the same tags.
package formats

import (
	"cmp"
	"fmt"
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
	return &Invalid{[]Problem{{File: at.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)}}}
}

func sortProblems(list []Problem) {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
}
