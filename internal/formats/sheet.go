package formats

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/internal/formats/xlsx"
)

// maxUnzipped is the most that a workbook may unpack to, so that no zip bomb can exhaust
// the machine.
const maxUnzipped = 400 << 20

// firstSerial is the least number that a time's cell holds as a spreadsheet's
// date (1954): a day number is far below it.
const firstSerial = 20_000

// Workbook is an XLSX file that is read row by row. Macros are not looked at; of
// a formula, the value that was saved with it counts.
type Workbook struct {
	path   string
	book   *xlsx.Book
	budget Budget
}

// OpenWorkbook opens a workbook in memory; path is for messages. What is no
// workbook, or unpacks to more than any scenario needs, is an *Invalid.
func OpenWorkbook(path string, data []byte) (*Workbook, error) {
	book, err := xlsx.Open(data, maxUnzipped)
	if err != nil {
		return nil, invalid(inFile(path), "this is no XLSX workbook: %s", err)
	}
	return &Workbook{path: path, book: book}, nil
}

// Sheets lists the names of the sheets, in their order.
func (w *Workbook) Sheets() []string { return w.book.Sheets() }

// File is how a problem names a sheet: book.xlsx:sheet!, with the cell behind it.
func (w *Workbook) File(sheet string) string { return w.path + ":" + sheet + "!" }

// Rows calls one for each row of a sheet that has cells. The row is lent. What cannot be
// read is a problem; whole says that there was none.
func (w *Workbook) Rows(sheet string, found *Problems, one func([]Cell)) (whole bool) {
	if w.budget.spent {
		return false
	}
	file := w.File(sheet)
	var row []Cell
	at, first := 0, true
	err := w.book.Rows(sheet, func(line int, cells []xlsx.Cell) error {
		at = line
		if why := w.budget.spend(len(cells), first); why != "" {
			return errors.New(why)
		}
		first = false
		row = row[:0]
		for i, c := range cells {
			x := Cell{Text: strings.TrimSpace(c.Text), Style: Local, At: Place{file, line, i + 1}}
			switch c.Kind {
			case xlsx.Number, xlsx.Truth:
				x.Style = Exact
			case xlsx.Unvalued:
				x.Fault = noValue
			case xlsx.Error:
				x.Fault = errorValue(x.Text)
			}
			row = append(row, x)
		}
		one(row)
		return nil
	})
	if err != nil {
		found.Fail(Place{file, at, min(at, 1)}, "", "cannot read the sheet further: %s", err)
	}
	return err == nil
}

// errorValue is the fault of a cell that holds what a spreadsheet shows for a formula
// that failed.
func errorValue(text string) string {
	return fmt.Sprintf("the cell holds the error %s; mend its formula, or write the value", text)
}

// errorValues are those that a CSV file has as text.
var errorValues = []string{"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}

// Date is the text of a cell for a date, as an ISO date where it holds the
// number that stands for one.
func (w *Workbook) Date(text string) string {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x < firstSerial || x > 3e6 {
		return text
	}
	day, err := excelize.ExcelDateToTime(float64(int(x)), w.book.Date1904)
	if err != nil {
		return text
	}
	return day.Format("2006-01-02")
}

// WorkbookBytes is a workbook as a file: the same content gives the same bytes,
// which the library's own file does not, because it writes parts in any order.
func WorkbookBytes(book *excelize.File) ([]byte, error) {
	made, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	in, err := zip.NewReader(bytes.NewReader(made.Bytes()), int64(made.Len()))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range in.File {
		if part.Name == contentTypes {
			err = sortTypes(out, part)
		} else {
			err = out.Copy(part)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

const contentTypes = "[Content_Types].xml"

// typeEntry is an entry of the list of content types.
var typeEntry = regexp.MustCompile(`<(?:Default|Override) [^>]*></(?:Default|Override)>`)

// sortTypes copies the list of content types with its entries in order.
func sortTypes(out *zip.Writer, part *zip.File) error {
	in, err := part.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	entries := typeEntry.FindAllString(string(text), -1)
	slices.Sort(entries)
	i := -1
	text = typeEntry.ReplaceAllFunc(text, func([]byte) []byte { i++; return []byte(entries[i]) })
	w, err := out.CreateHeader(&zip.FileHeader{Name: contentTypes, Method: zip.Deflate})
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
