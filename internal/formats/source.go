package formats

import (
	"strings"
	"unicode"
)

// Cell is a cell of a table, in a CSV file or on a sheet, with its place.
type Cell struct {
	Text  string // without space around it; with a fault, what the cell shows
	Fault string // what is wrong with a cell that holds something that is no value; else empty
	Style Style
	At    Place
}

// Blank reports whether there is nothing in the cell.
func (c *Cell) Blank() bool { return c.Text == "" && c.Fault == "" }

// Report makes a problem of the fault of a cell, once.
func (c *Cell) Report(found *Problems) {
	if c.Fault != said {
		found.Fail(c.At, "", "%s", c.Fault)
		c.Fault = said
	}
}

// Style is how numbers are written where a text comes from.
type Style uint8

// The styles.
const (
	Exact  Style = iota // a point before the decimals and nothing else: YAML, JSON, the number in a cell of a sheet
	Points              // the same, but people may have written it: CSV with commas
	Local               // a point or a comma, by the writer's country: CSV with semicolons, text on a sheet
)

// Fold is what names of columns, sheets and tables are told apart by: letters and digits,
// whatever their case. People write Self-deploys Mode for self_deploys.mode.
func Fold(name string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, name)
}
