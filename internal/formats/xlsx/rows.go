package xlsx

import (
	"fmt"
	"strconv"
	"strings"
)

// rowReader puts cells together from the tokens of a sheet.
type rowReader struct {
	book *Book
	one  func(line int, cells []Cell) error
	in   bool // the part of the sheet that holds its cells
	line int
	row  []Cell

	column  int // of the cell, from 1; 0 before the first of a row
	cell    rawCell
	element string // v, f: the text that comes belongs to it
	is      richText
}

// rawCell is a cell as the sheet writes it.
type rawCell struct {
	kind              string
	value, formula    strings.Builder
	valued, evaluated bool // there is a value, a formula
}

func (r *rowReader) token(t token) error {
	switch {
	case t.text != "":
		switch r.element {
		case "v":
			r.cell.value.WriteString(t.text)
		case "f":
			r.cell.formula.WriteString(t.text)
		}
		r.is.token(t)
	case t.name == "sheetData":
		if r.in = t.start; !t.start {
			return errEnd
		}
	case !r.in:
	case t.name == "row" && t.start:
		return r.begin(t)
	case t.name == "row":
		return r.end()
	case t.name == "c" && t.start:
		return r.open(t)
	case t.name == "c":
		return r.close()
	case t.name == "v" || t.name == "f":
		r.element = ""
		if t.start {
			r.element = t.name
		}
		r.cell.valued = r.cell.valued || t.name == "v"
		r.cell.evaluated = r.cell.evaluated || t.name == "f"
	default:
		r.is.token(t)
	}
	return nil
}

func (r *rowReader) begin(t token) error {
	r.line++
	if text := t.attribute("r"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1<<20 {
			return fmt.Errorf("the row number %q is none", text)
		}
		r.line = n
	}
	r.row, r.column = r.row[:0], 0
	return nil
}

func (r *rowReader) end() error {
	for len(r.row) > 0 && r.row[len(r.row)-1].Kind == Blank {
		r.row = r.row[:len(r.row)-1]
	}
	if len(r.row) == 0 {
		return nil
	}
	return r.one(r.line, r.row)
}

func (r *rowReader) open(t token) error {
	r.column++
	if text := t.attribute("r"); text != "" {
		letters := strings.TrimRight(text, "0123456789")
		r.column = 0
		for _, c := range strings.ToUpper(letters) {
			if c < 'A' || c > 'Z' || r.column > maxColumns {
				return fmt.Errorf("the cell %q has no place", text)
			}
			r.column = r.column*26 + int(c-'A') + 1
		}
	}
	if r.column < 1 || r.column > maxColumns {
		return fmt.Errorf("row %d has a cell beyond the last column", r.line)
	}
	r.cell = rawCell{kind: t.attribute("t")}
	r.is = richText{}
	return nil
}

// close adds the cell that was read.
func (r *rowReader) close() error {
	c := r.read()
	r.element = ""
	if c.Kind == Blank {
		return nil
	}
	for len(r.row) < r.column {
		r.row = append(r.row, Cell{})
	}
	r.row[r.column-1] = c
	return nil
}

// read is what the cell holds.
func (r *rowReader) read() Cell {
	x := &r.cell
	value := x.value.String()
	if x.kind != "str" {
		value = strings.TrimSpace(value)
	}
	noValue := x.evaluated && (value == "" && (x.kind != "str" || !x.valued) || r.book.uncomputed && value == "0")
	switch {
	case noValue && x.kind != "inlineStr":
		return Cell{Unvalued, "=" + x.formula.String()}
	case x.kind == "inlineStr":
		return textCell(r.is.take())
	case value == "":
		return Cell{}
	case x.kind == "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(r.book.shared) {
			return Cell{Error, "a text that the workbook does not hold"}
		}
		return textCell(r.book.shared[i])
	case x.kind == "str":
		return textCell(unescaped(value))
	case x.kind == "b":
		return Cell{Truth, value}
	case x.kind == "e":
		return Cell{Error, value}
	case x.kind == "d":
		return textCell(strings.TrimSuffix(value, "T00:00:00"))
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return textCell(value)
	}
	form := byte('f')
	if number >= 1e15 || number <= -1e15 || number != 0 && number < 1e-6 && number > -1e-6 {
		form = 'g'
	}
	return Cell{Number, strconv.FormatFloat(number, form, -1, 64)}
}

func textCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Text, s}
}
