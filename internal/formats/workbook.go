package formats

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/scenario"
)

// A workbook is a scenario: a sheet for each table of the CSV form, named like
// its file, with the same columns and cells; numbers and dates are those of the
// spreadsheet.

// readWorkbook reads the tables of a workbook.
func readWorkbook(path string, data []byte, in *reading) (*node, error) {
	book, err := OpenWorkbook(path, data)
	if err != nil {
		return nil, err
	}
	r := newTableReader(path, "sheet %s", in)
	r.typed = book.value
	sheets := r.assign(book.Sheets(), func(sheet string) (string, Place) { return sheet, Place{File: path} })
	if len(sheets) == 0 {
		return nil, invalid(inFile(path), noTables)
	}
	r.rows = func(name string, one func([]Cell)) bool {
		return sheets[name] == "" || book.Rows(sheets[name], r.Problems, one)
	}
	return r.read(), nil
}

// noTables says that a workbook is none of a scenario.
const noTables = "no sheet is a table of a scenario; the first ones are scenario, capabilities, areas; `rearguard new` makes a workbook to start from"

// value is the text of a cell as a CSV table would have it: a date for the number that
// stands for one, true and false for 1 and 0.
func (w *Workbook) value(c Cell, t reflect.Type) string {
	switch {
	case t == dateType || t == timeType || t == dDayType:
		return w.Date(c.Text)
	case t.Kind() == reflect.Bool && c.Text == "1":
		return "true"
	case t.Kind() == reflect.Bool && c.Text == "0":
		return "false"
	}
	return c.Text
}

// lastDropDown is the row down to which a column of a few words offers them.
const lastDropDown = 2000

// workbookBytes is a scenario's tree as a workbook: every table with every column, so
// that it is also a form to fill in.
func workbookBytes(tree *node) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	w := workbookWriter{book: book}
	w.styles()
	rows, kinds := [][]string{{"key", "value"}}, []column{}
	for _, c := range settings {
		if text := cellText(tree.follow(c.path), c.kind); text != "" || !group(c.kind) {
			rows, kinds = append(rows, []string{c.name(), text}), append(kinds, c)
		}
	}
	w.about()
	_, err := book.NewSheet("scenario")
	w.did(err)
	for i, row := range rows {
		w.text("scenario", 1, i+1, row[0])
		if i == 0 {
			w.text("scenario", 2, 1, row[1])
			continue
		}
		w.cell("scenario", 2, i+1, row[1], kinds[i-1])
		w.note("scenario", 1, i+1, kinds[i-1].doc)
		w.choice("scenario", 2, i+1, i+1, kinds[i-1])
	}
	w.finish("scenario", rows)
	for _, t := range tables {
		_, err := book.NewSheet(t.name)
		w.did(err)
		w.table(t, tableRows(t, tree, true))
	}
	if w.err != nil {
		return nil, w.err
	}
	return WorkbookBytes(book)
}

// workbookWriter keeps the first error.
type workbookWriter struct {
	book             *excelize.File
	head, date, word int // styles
	err              error
}

func (w *workbookWriter) did(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *workbookWriter) styles() {
	style := func(s *excelize.Style) int {
		id, err := w.book.NewStyle(s)
		w.did(err)
		return id
	}
	iso := "yyyy-mm-dd"
	w.head = style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DCE6F1"}}})
	w.date = style(&excelize.Style{CustomNumFmt: &iso})
	w.word = style(&excelize.Style{NumFmt: 49})
}

func name(col, row int) string {
	s, _ := excelize.CoordinatesToCellName(col, row) // both from 1
	return s
}

func (w *workbookWriter) table(t tableSpec, rows [][]string) {
	columns := t.all()
	for j, title := range rows[0] {
		c := columns[slices.IndexFunc(columns, func(c column) bool { return c.name() == title })]
		letter, _ := excelize.ColumnNumberToName(j + 1)
		if c.kind.Kind() == reflect.String {
			w.did(w.book.SetColStyle(t.name, letter, w.word))
		}
		w.text(t.name, j+1, 1, title)
		w.note(t.name, j+1, 1, c.doc)
		w.choice(t.name, j+1, 2, lastDropDown, c)
		for i, row := range rows[1:] {
			w.cell(t.name, j+1, i+2, row[j], c)
		}
	}
	w.finish(t.name, rows)
}

func (w *workbookWriter) text(sheet string, col, row int, text string) {
	w.did(w.book.SetCellStr(sheet, name(col, row), text))
}

// cell writes a value as what the spreadsheet knows: text is never a formula.
func (w *workbookWriter) cell(sheet string, col, row int, text string, c column) {
	if text == "" {
		return
	}
	at := name(col, row)
	if c.kind == dateType || c.kind == timeType || c.kind == dDayType {
		if d, err := scenario.ParseDate(text); err == nil {
			if x := int(d) + daysTo1970; x >= firstSerial && d.String() == text {
				w.did(w.book.SetCellInt(sheet, at, int64(x)))
				w.did(w.book.SetCellStyle(sheet, at, at, w.date))
				return
			}
		}
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && c.kind.Kind() != reflect.String && plainNumber.MatchString(text) {
		w.did(w.book.SetCellFloat(sheet, at, x, -1, 64))
		return
	}
	if c.kind.Kind() == reflect.Bool {
		w.did(w.book.SetCellBool(sheet, at, text == "true"))
		return
	}
	w.text(sheet, col, row, text)
	w.did(w.book.SetCellStyle(sheet, at, at, w.word))
}

// daysTo1970 is the serial number of 1970-01-01.
const daysTo1970 = 25_569

func (w *workbookWriter) note(sheet string, col, row int, text string) {
	if text != "" {
		w.did(w.book.AddComment(sheet, excelize.Comment{Cell: name(col, row), Author: "Rearguard", Text: text}))
	}
}

// choice offers the words that a cell may hold.
func (w *workbookWriter) choice(sheet string, col, first, last int, c column) {
	words := c.enum
	if c.kind.Kind() == reflect.Bool {
		words = []string{"TRUE", "FALSE"}
	}
	if len(words) == 0 && c.ref == "" || c.kind.Kind() == reflect.Slice || c.kind.Kind() == reflect.Map {
		return
	}
	v := excelize.NewDataValidation(true)
	v.Sqref = name(col, first) + ":" + name(col, last)
	if c.ref != "" {
		v.SetSqrefDropList(fmt.Sprintf("%s!$A$2:$A$%d", c.ref, lastDropDown)) // every table that is referred to begins with its IDs
	} else {
		w.did(v.SetDropList(words))
	}
	w.did(w.book.AddDataValidation(sheet, v))
}

// about is a sheet that is not read: how to fill in the others.
var about = []string{
	"This workbook is a scenario. Fill in the sheets, save it as .xlsx, then:",
	"    rearguard check FILE.xlsx    every problem at once, by sheet and cell",
	"    rearguard plan FILE.xlsx -o out    who goes, by when, and who backfills; also as a workbook",
	"",
	"Each sheet is a table with a row for each record; a sheet may be empty, a column too. Names of sheets and columns must stay.",
	"Point at the name of a column for what it holds. Where words or IDs can be chosen, a cell offers them.",
	"A sheet such as posts.lines is inside another: its column \"of\" names the record that a row belongs to.",
	"Several items in a cell: homes; baltic. Numbers by name: infantry=1; medical=0.5. A range: 500..600..700.",
	"Durations: 14d, 2w. Times: a date, a day number, or D+30 at an operation's posts.",
	"Sheets of other names are not read, as this one.",
}

const aboutSheet = "read me"

func (w *workbookWriter) about() {
	w.did(w.book.SetSheetName("Sheet1", aboutSheet))
	for i, text := range about {
		w.text(aboutSheet, 1, i+1, text)
	}
	w.did(w.book.SetColWidth(aboutSheet, "A", "A", 120))
}

// finish shapes a sheet: a head that stays, columns as wide as what they hold.
func (w *workbookWriter) finish(sheet string, rows [][]string) {
	for j := range rows[0] {
		width := 0
		for _, row := range rows {
			width = max(width, len([]rune(row[j])))
		}
		letter, _ := excelize.ColumnNumberToName(j + 1)
		w.did(w.book.SetColWidth(sheet, letter, letter, float64(min(width, 50)+3)))
	}
	w.did(w.book.SetCellStyle(sheet, "A1", name(len(rows[0]), 1), w.head))
	w.did(w.book.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}
