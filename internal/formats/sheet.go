package formats

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of an unpacked workbook, so that a zip bomb cannot exhaust the machine.
const (
	maxUnzipped = 400 << 20
	maxInMemory = 16 << 20 // of one sheet; a larger one is unpacked to a file
)

// firstSerial is the least number that a time's cell holds as a spreadsheet's
// date (1954): a day number is far below it.
const firstSerial = 20_000

// Workbook is an XLSX file that is read row by row. Macros are not looked at; of
// a formula, the value that was saved with it counts.
type Workbook struct {
	path     string
	book     *excelize.File
	date1904 bool
	cells    int // read so far
}

// OpenWorkbook opens a workbook in memory; path is for messages. What is no
// workbook, or unpacks to more than any scenario needs, is an *Invalid.
func OpenWorkbook(path string, data []byte) (w *Workbook, err error) {
	defer whole(path, &err)
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxInMemory, RawCellValue: true})
	if err != nil {
		return nil, invalid(position{file: path}, "this is no XLSX workbook: %s", err)
	}
	props, err := book.GetWorkbookProps()
	if err != nil {
		_ = book.Close()
		return nil, invalid(position{file: path}, "this is no XLSX workbook: %s", err)
	}
	return &Workbook{path: path, book: book, date1904: props.Date1904 != nil && *props.Date1904}, nil
}

// whole turns a panic of the library, which does not expect every broken file,
// into an error.
func whole(path string, err *error) {
	if x := recover(); x != nil {
		*err = invalid(position{file: path}, "this is not a whole XLSX workbook: %v", x)
	}
}

// Close frees what the workbook was unpacked to.
func (w *Workbook) Close() { _ = w.book.Close() }

// Sheets lists the names of the sheets, in their order.
func (w *Workbook) Sheets() []string { return w.book.GetSheetList() }

// File is how a problem names a sheet: book.xlsx:sheet!, with the cell behind it.
func (w *Workbook) File(sheet string) string { return w.path + ":" + sheet + "!" }

// Rows calls one for each row of a sheet that has cells, with its number from 1.
// The texts are trimmed of space. What cannot be read is an *Invalid.
func (w *Workbook) Rows(sheet string, one func(line int, texts []string)) (err error) {
	defer whole(w.path, &err)
	file := w.File(sheet)
	in, err := w.book.Rows(sheet)
	if err != nil {
		return invalid(position{file: file}, "cannot read the sheet: %s", err)
	}
	defer in.Close()
	for line := 1; in.Next(); line++ {
		texts, err := in.Columns()
		if err != nil {
			return invalid(position{file, line, 1}, "cannot read the row: %s", err)
		}
		if w.cells += len(texts); w.cells > maxNodes {
			return invalid(position{file, line, 1}, "the workbook holds more than %d cells", maxNodes)
		}
		if len(texts) == 0 {
			continue
		}
		for i := range texts {
			texts[i] = strings.TrimSpace(texts[i])
		}
		one(line, texts)
	}
	if err := in.Error(); err != nil {
		return invalid(position{file: file}, "cannot read the sheet: %s", err)
	}
	return nil
}

// Date is the text of a cell for a date, as an ISO date where it holds the
// number that stands for one.
func (w *Workbook) Date(text string) string {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x < firstSerial || x > 3e6 {
		return text
	}
	day, err := excelize.ExcelDateToTime(float64(int(x)), w.date1904)
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
