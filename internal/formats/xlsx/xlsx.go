// Package xlsx reads the cells of a workbook (Office Open XML, ISO/IEC 29500) row by row,
// as a stream within limits: a small file cannot unpack to more than the machine has. It
// keeps apart what a spreadsheet knows and others lose: numbers from text, a formula
// without the value that it had when it was saved, an error in place of a value.
package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/formats/xmltoken"
)

// Limits of a workbook.
const (
	maxParts   = 20_000
	maxShared  = 64 << 20 // bytes of all texts that cells share
	maxColumns = 16_384
)

// Kind of a cell.
type Kind uint8

// The kinds.
const (
	Blank    Kind = iota
	Text          // also what a formula gave
	Number        // as short as it can be written: 7 for 7.0
	Truth         // 1 or 0
	Error         // such as #REF!, in place of a value
	Unvalued      // a formula without a saved value; its text is the formula
)

// Cell is a cell of a row.
type Cell struct {
	Kind Kind
	Text string
}

// Book is an open workbook.
type Book struct {
	parts   map[string]*zip.File // by name, in small letters
	sheets  []sheet
	strings string   // the part of the shared texts, if there is one
	shared  []string // read when they are first needed
	most    int64    // bytes that it may unpack to
	left    int64    // of those
	// Date1904 says that days count from 1904-01-01 and not from 1899-12-30.
	Date1904 bool
	// uncomputed says that the program that wrote it left its formulas to be computed when it
	// is opened, and so may have saved 0 for each.
	uncomputed bool
}

type sheet struct{ name, part string }

// Open opens a workbook in memory that may unpack to so many bytes. The error says what is
// wrong with it.
func Open(data []byte, most int64) (*Book, error) {
	if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return nil, errors.New("it is of the older form .xls, or needs a password; save it as .xlsx without one")
	}
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > maxParts {
		return nil, fmt.Errorf("it has %d parts, more than %d", n, maxParts)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	b := &Book{parts: map[string]*zip.File{}, most: most, left: most}
	var size uint64
	for _, f := range z.File {
		b.parts[partName(f.Name)] = f
		if size += min(f.UncompressedSize64, uint64(most)+1); size > uint64(most) {
			return nil, b.tooLarge()
		}
	}
	if b.parts["mimetype"] != nil && b.parts["content.xml"] != nil {
		return nil, errors.New("it is an OpenDocument spreadsheet; save it as .xlsx")
	}
	return b, b.contents()
}

func (b *Book) tooLarge() error {
	return fmt.Errorf("its unzip size exceeds the limit of %d MB", b.most>>20)
}

// partName is a name as parts are told apart by.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, "\\", "/")), "/"))
}

// Sheets are the names of the sheets with cells, in their order.
func (b *Book) Sheets() []string {
	names := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		names[i] = s.name
	}
	return names
}

// relation is a part that another one names.
type relation struct{ kind, part string }

// relations are those of a part, by their ID.
func (b *Book) relations(of string) (map[string]relation, error) {
	folder, name := path.Split(of)
	list := path.Join(folder, "_rels", name+".rels")
	related := map[string]relation{}
	if b.parts[partName(list)] == nil {
		return related, nil
	}
	err := b.parse(list, func(t token) error {
		if t.start && t.name == "Relationship" {
			target := t.attribute("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("/", folder, target)
			}
			related[t.attribute("Id")] = relation{path.Base(t.attribute("Type")), target[1:]}
		}
		return nil
	})
	return related, err
}

// contents finds the sheets.
func (b *Book) contents() error {
	main := "xl/workbook.xml"
	top, err := b.relations("")
	if err != nil {
		return err
	}
	for _, r := range top {
		if r.kind == "officeDocument" {
			main = r.part
		}
	}
	related, err := b.relations(main)
	if err != nil {
		return err
	}
	for _, r := range related {
		if r.kind == "sharedStrings" {
			b.strings = r.part
		}
	}
	return b.parse(main, func(t token) error {
		switch {
		case !t.start:
		case t.name == "workbookPr":
			b.Date1904 = truth(t.attribute("date1904"))
		case t.name == "calcPr":
			b.uncomputed = truth(t.attribute("fullCalcOnLoad"))
		case t.name == "sheet":
			if r := related[t.attribute("id")]; r.kind == "worksheet" {
				b.sheets = append(b.sheets, sheet{t.attribute("name"), r.part})
			}
		}
		return nil
	})
}

func truth(s string) bool { return s == "1" || s == "true" }

// Rows calls one for each row of a sheet that has cells, with its number from 1. The
// cells are lent. It ends with the first error of its own or of one.
func (b *Book) Rows(name string, one func(line int, cells []Cell) error) error {
	i := slices.IndexFunc(b.sheets, func(s sheet) bool { return s.name == name })
	if i < 0 {
		return fmt.Errorf("there is no sheet %q", name)
	}
	if b.shared == nil && b.strings != "" {
		if err := b.texts(); err != nil {
			return err
		}
	}
	r := rowReader{book: b, one: one}
	err := b.parse(b.sheets[i].part, r.token)
	switch {
	case errors.Is(err, errEnd):
		return nil
	case err == nil && r.in:
		return errors.New("it ends before its cells do")
	}
	return err
}

// errEnd ends the reading of a part whose rest is not needed.
var errEnd = errors.New("what follows is not needed")

// texts reads the shared texts.
func (b *Book) texts() error {
	b.shared = []string{}
	var s richText
	size := 0
	return b.parse(b.strings, func(t token) error {
		if s.token(t); t.name != "si" || t.start || t.text != "" {
			return nil
		}
		text := s.take()
		if size += len(text) + 16; size > maxShared {
			return fmt.Errorf("its texts take more than %d MB", maxShared>>20)
		}
		b.shared = append(b.shared, text)
		return nil
	})
}

// richText puts together the runs of a text, without how it is pronounced.
type richText struct {
	b          strings.Builder
	in, spoken bool
}

func (s *richText) token(t token) {
	switch {
	case t.name == "t" && t.text == "":
		s.in = t.start
	case t.name == "rPh" && t.text == "":
		s.spoken = t.start
	case s.in && !s.spoken:
		s.b.WriteString(t.text)
	}
}

// take returns the text and begins anew.
func (s *richText) take() string {
	text := unescaped(s.b.String())
	*s = richText{}
	return text
}

// unescaped turns the form that texts have for characters that XML has not, such as
// _x000D_, into these.
func unescaped(s string) string {
	for from := 0; ; {
		i := strings.Index(s[from:], "_x")
		if i < 0 {
			return s
		}
		from += i
		if len(s) >= from+7 && s[from+6] == '_' {
			if c, err := strconv.ParseUint(s[from+2:from+6], 16, 16); err == nil {
				s = s[:from] + string(rune(c)) + s[from+7:]
			}
		}
		from++
	}
}

// token is the start or end of an element, or a text within one.
type token struct {
	name       string // of the element; of a text empty
	start      bool
	text       string
	attributes []xml.Attr
}

func (t *token) attribute(name string) string {
	for _, a := range t.attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// parse calls one for each token of a part, until it returns an error.
func (b *Book) parse(part string, one func(token) error) error {
	f := b.parts[partName(part)]
	if f == nil {
		return fmt.Errorf("the part %s is missing", part)
	}
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	defer in.Close()
	source := xmltoken.NewSource(&counted{b, in})
	d := xml.NewDecoder(source)
	for {
		source.Next()
		raw, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		var t token
		switch raw := raw.(type) {
		case xml.StartElement:
			t = token{name: raw.Name.Local, start: true, attributes: raw.Attr}
		case xml.EndElement:
			t = token{name: raw.Name.Local}
		case xml.CharData:
			if t.text = string(raw); t.text == "" {
				continue
			}
		case xml.Directive:
			return fmt.Errorf("%s: a document type is refused, with the entities that it could define", part)
		default:
			continue
		}
		if err := one(t); err != nil {
			return err
		}
	}
}

// counted reads a part, within what the workbook may unpack to.
type counted struct {
	book *Book
	r    io.Reader
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.book.left -= int64(n); c.book.left < 0 {
		return 0, c.book.tooLarge()
	}
	return n, err
}
