package formats

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// Limits of a table, so that none can exhaust the machine.
const (
	maxCells   = 2_000_000 // of all tables of one import
	maxColumns = 16_384    // as spreadsheets have
	maxRow     = 1 << 20   // bytes
)

// Budget counts the rows and cells of all tables of one import. Once it is spent, which is
// said where it is, no further table is read.
type Budget struct {
	rows, cells int
	spent       bool
}

// spend takes a row of so many cells, and says why not if that is too much. The first row of
// a table, its names as a rule, is free: a table is as long as what it holds.
func (b *Budget) spend(cells int, first bool) (why string) {
	if !first {
		b.rows++
		b.cells += cells
	}
	b.spent = b.rows > maxRecords || b.cells > maxCells
	switch {
	case cells > maxColumns:
		return fmt.Sprintf("the row has more than %d cells", maxColumns)
	case b.rows > maxRecords:
		return fmt.Sprintf("the tables hold more than %d rows", maxRecords)
	case b.cells > maxCells:
		return fmt.Sprintf("the tables hold more than %d cells", maxCells)
	}
	return ""
}

// CSV calls one for each row of a CSV file as spreadsheets of any country write it:
// columns apart by commas, semicolons or tabs, as the first row has most of, or as a line
// such as sep=; above it says; UTF-8 or, with a byte order mark, UTF-16; line ends of any
// system. The row is lent. A row that cannot be read is a problem, and what follows is read
// all the same; whole says that there was none.
func (b *Budget) CSV(file string, r io.Reader, found *Problems, one func([]Cell)) (whole bool) {
	if b.spent {
		return false
	}
	bounded := &io.LimitedReader{R: r, N: maxFile + 1}
	in := bufio.NewReaderSize(plainText(bounded), 64<<10)
	start, _ := in.Peek(in.Size())
	if bytes.HasPrefix(start, []byte("PK\x03\x04")) {
		found.Fail(Place{file, 1, 1}, "", "this is no CSV table but a workbook, or another packed file; name it .xlsx")
		return false
	}
	ends := byte('\n') // of lines
	if bytes.IndexByte(start, ends) < 0 {
		ends = '\r'
	}
	comma, above := separator(start, ends)
	_, _ = in.Discard(len(above))
	lines := bytes.Count(above, []byte{ends})
	source := &rowLimiter{r: in, comma: string(comma)[len(string(comma))-1], ends: ends, line: lines + 1}
	c := csv.NewReader(source)
	c.FieldsPerRecord, c.ReuseRecord, c.Comma = -1, true, comma
	style := Local
	if comma == ',' {
		style = Points
	}
	whole = true
	first, fault := true, notUTF8
	var row []Cell
	for {
		record, err := c.Read()
		bad, syntax := errors.AsType[*csv.ParseError](err)
		long, tooLong := errors.AsType[rowTooLong](err)
		switch {
		case bounded.N == 0:
			found.Fail(Place{File: file}, "", "the file is larger than %d MB", maxFile>>20)
			return false
		case errors.Is(err, io.EOF):
			return whole
		case syntax:
			found.Fail(Place{file, bad.Line + lines, bad.Column}, "", "this is no CSV row: %s", bad.Err)
			whole = false
			continue
		case tooLong:
			found.Fail(Place{file, long.line, 1}, "", "%s", long)
			return false
		case err != nil:
			found.Add(unreadable(file, err))
			return false
		}
		if why := b.spend(len(record), first); why != "" {
			line, column := c.FieldPos(0)
			found.Fail(Place{file, line + lines, column}, "", "%s; what follows is not read", why)
			return false
		}
		first = false
		row = row[:0]
		for i, text := range record {
			line, column := c.FieldPos(i)
			x := Cell{Text: strings.TrimSpace(text), Style: style, At: Place{file, line + lines, column}}
			switch {
			case !utf8.ValidString(text):
				x.Text, x.Fault = "", fault
				fault = said
			case slices.Contains(errorValues, x.Text):
				x.Fault = errorValue(x.Text)
			}
			row = append(row, x)
		}
		one(row)
	}
}

// plainText is a text without its byte order mark, in UTF-8 if the mark says UTF-16.
func plainText(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	switch mark, _ := in.Peek(3); {
	case string(mark) == byteOrderMark:
		_, _ = in.Discard(len(mark))
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	}
	return in
}

// Faults of cells; one that is said has its problem elsewhere.
const (
	notUTF8 = "the file is not UTF-8; save it as `CSV UTF-8`"
	noValue = "the formula has no saved value; open the workbook in a spreadsheet and save it once"
	said    = " "
)

// separator is what is between the columns of a file that starts so, and what stands above
// the table to say it.
func separator(start []byte, ends byte) (comma rune, above []byte) {
	before := 0
	for line := range bytes.SplitAfterSeq(start, []byte{ends}) {
		before += len(line)
		text := strings.Trim(strings.TrimSpace(string(line)), `"`)
		if len(text) >= 4 && strings.EqualFold(text[:4], "sep=") {
			comma, size := utf8.DecodeRuneInString(text[4:])
			switch rest := strings.Trim(text[4+size:], ",;"); {
			case size == 0:
				return '\t', start[:before] // it was cut with the space around it
			case rest == "" && comma != utf8.RuneError && comma != '"':
				return comma, start[:before]
			}
		}
		if text == "" {
			continue
		}
		count := func(c byte) int { return bytes.Count(line, []byte{c}) }
		return rune(slices.MaxFunc([]byte(",;\t"), func(a, b byte) int { return count(a) - count(b) })), nil
	}
	return ',', nil
}

// rowLimiter passes on a CSV file and refuses a row that is too long, for the reader
// holds a row in memory in many parts. It also turns the line ends of old Macintoshes,
// which the reader does not know, into those of others.
type rowLimiter struct {
	r      io.Reader
	comma  byte // the last of its bytes
	ends   byte // of a line
	in     part // of a row, that the byte before was in
	line   int  // of the byte that comes next
	began  int  // line of the row
	length int  // of the row so far
}

// part of a row.
type part uint8

const (
	between part = iota // before a cell
	plain               // in a cell
	quoted              // in a cell in quotation marks
	closed              // behind such a cell, or before a second mark that stands for one
)

// rowTooLong is the error of a row that is longer than maxRow.
type rowTooLong struct{ line int }

func (e rowTooLong) Error() string {
	return fmt.Sprintf("the row that begins here is longer than %d MB; is a quotation mark missing?", maxRow>>20)
}

func (l *rowLimiter) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if l.length == 0 {
			l.began = l.line
		}
		if l.length++; l.length > maxRow {
			return i, rowTooLong{l.began}
		}
		end := c == l.ends
		if end {
			p[i] = '\n'
			l.line++
		}
		switch {
		case c == '"' && (l.in == between || l.in == closed):
			l.in = quoted
		case c == '"' && l.in == quoted:
			l.in = closed
		case l.in == quoted:
		case end:
			l.in, l.length = between, 0
		case c == l.comma:
			l.in = between
		default:
			l.in = plain
		}
	}
	return n, err
}
