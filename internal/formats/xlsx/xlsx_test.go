package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats/xlsx"
)

const most = 100 << 20

// packed is a workbook of one sheet with these rows, as a program may write it.
func packed(t testing.TB, rows string, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":          `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":      `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/sharedStrings.xml": `<sst><si><t>shared</t></si><si><r><t>ri</t></r><rPh><t>spoken</t></rPh><r><t xml:space="preserve">ch </t></r></si></sst>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/relationships/worksheet" Target="/xl/worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="http://x/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rows are the rows of the first sheet, each its number and cells.
func rows(data []byte) (list []string, err error) {
	book, err := xlsx.Open(data, most)
	if err != nil {
		return nil, err
	}
	return list, book.Rows(book.Sheets()[0], func(line int, cells []xlsx.Cell) error {
		text := strconv.Itoa(line)
		for _, c := range cells {
			text += fmt.Sprintf(" %s%s", "-tnbe?"[c.Kind:c.Kind+1], c.Text)
		}
		list = append(list, text)
		return nil
	})
}

func TestCells(t *testing.T) {
	for _, c := range []struct{ name, rows, want string }{
		{"a number", `<row r="1"><c r="A1"><v>6000</v></c></row>`, "1 n6000"},
		{"a number with a needless point", `<row r="1"><c r="A1" t="n"><v>7.0</v></c></row>`, "1 n7"},
		{"a number of all its digits", `<row r="1"><c r="A1"><v>0.10000000000000001</v></c></row>`, "1 n0.1"},
		{"a small one and a large one", `<row r="1"><c><v>1.0E-2</v></c><c><v>1E+300</v></c></row>`, "1 n0.01 n1e+300"},
		{"shared text", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`, "1 tshared trich "},
		{"no such text", `<row r="1"><c r="A1" t="s"><v>7</v></c></row>`, "1 ea text that the workbook does not hold"},
		{"text in the cell", `<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000A_b</t></is></c></row>`, "1 ta\nb"},
		{"truth", `<row r="1"><c r="A1" t="b"><v>1</v></c></row>`, "1 b1"},
		{"an error", `<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`, "1 e#DIV/0!"},
		{"a date in letters", `<row r="1"><c r="A1" t="d"><v>2025-04-01T00:00:00</v></c></row>`, "1 t2025-04-01"},
		{"a formula's number", `<row r="1"><c r="A1"><f>400+500</f><v>900</v></c></row>`, "1 n900"},
		{"a formula's text", `<row r="1"><c r="A1" t="str"><f>"a"</f><v>a</v></c></row>`, "1 ta"},
		{"a formula without a value", `<row r="1"><c r="A1"><f>400+500</f></c></row>`, "1 ?=400+500"},
		{"a formula with an empty value", `<row r="1"><c r="A1"><f>400+500</f><v></v></c></row>`, "1 ?=400+500"},
		{"a formula for text without a value", `<row r="1"><c r="A1" t="str"><f>"a"</f></c></row>`, "1 ?=\"a\""},
		{"a formula that gave no text", `<row r="1"><c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c></row>`, "1 - n1"},
		{"a formula that others share", `<row r="1"><c r="A1"><f t="shared" si="0"/></c></row>`, "1 ?="},
		{"gaps", `<row r="3"><c r="C3"><v>1</v></c><c r="D3"/></row><row r="5"><c r="B5"><v>2</v></c></row>`, "3 - - n1|5 - n2"},
		{"no places", `<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>`, "1 n1 - n2|3 n3"},
		{"nothing", `<row r="1"/>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := rows(packed(t, c.rows, nil))
			if err != nil || strings.Join(got, "|") != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// A program that leaves its formulas to be computed when the workbook is opened saves 0
// for each.
func TestUncomputed(t *testing.T) {
	book := map[string]string{"xl/workbook.xml": `<workbook><calcPr fullCalcOnLoad="1"/><sheets><sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>`}
	got, err := rows(packed(t, `<row r="1"><c r="A1"><f>A2</f><v>0</v></c><c r="B1"><f>B2</f><v>5</v></c><c r="C1"><v>0</v></c></row>`, book))
	if want := []string{"1 ?=A2 n5 n0"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestRefused(t *testing.T) {
	bomb := strings.Repeat(" ", most+1)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"no zip":          {[]byte("no"), "not a valid zip file"},
		"an older form":   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ".xls"},
		"OpenDocument":    {packed(t, "", map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "OpenDocument"},
		"too large":       {packed(t, "", map[string]string{"xl/media/image1.png": bomb}), "unzip size exceeds the limit of 100 MB"},
		"many parts":      {bytes.Repeat([]byte("PK\x01\x02"), 20_001), "20001 parts"},
		"a long tag":      {packed(t, `<row r="1"><c r="A1" x="`+strings.Repeat("x", 2<<20)+`"/></row>`, nil), "longer than 1 MB"},
		"a long text":     {packed(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>`+strings.Repeat("x", 2<<20)+`</t></is></c></row>`, nil), "longer than 1 MB"},
		"a document type": {packed(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`}), "document type"},
		"half a sheet":    {packed(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`}), "ends before its cells do"},
		"no sheet":        {packed(t, "", map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="gone.xml"/></Relationships>`}), "gone.xml is missing"},
		"beyond columns":  {packed(t, `<row r="1"><c r="AAAA1"><v>1</v></c></row>`, nil), "beyond the last column"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := rows(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.100q, %v, want an error with %q", got, err, c.want)
			}
		})
	}
}

// What a library writes is read as it reads it.
func TestAsTheLibraryReads(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := excelize.NewFile()
		defer f.Close()
		for range rapid.IntRange(0, 20).Draw(r, "cells") {
			cell, err := excelize.CoordinatesToCellName(rapid.IntRange(1, 30).Draw(r, "column"), rapid.IntRange(1, 30).Draw(r, "row"))
			if err != nil {
				r.Fatal(err)
			}
			value := rapid.OneOf(
				rapid.Just[any]("_x0041_ literal"), rapid.Just[any](" space "), rapid.Just[any](true), rapid.Just[any](""), rapid.Just[any]("a\tb\nc"), rapid.Just[any]("<&>"),
				rapid.Map(rapid.Int(), func(n int) any { return n % 1_000_000 }), rapid.Map(rapid.StringMatching(`[a-zŁøя_x0-9 ]{0,12}`), func(s string) any { return s }),
				rapid.Map(rapid.IntRange(-1000, 1000), func(n int) any { return float64(n) / 8 }),
			).Draw(r, "value")
			if err := f.SetCellValue("Sheet1", cell, value); err != nil {
				r.Fatal(err)
			}
		}
		data, err := f.WriteToBuffer()
		if err != nil {
			r.Fatal(err)
		}
		want := map[int][]string{}
		table, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
		if err != nil {
			r.Fatal(err)
		}
		for i, row := range table {
			for len(row) > 0 && row[len(row)-1] == "" {
				row = row[:len(row)-1]
			}
			if len(row) > 0 {
				want[i+1] = row
			}
		}
		book, err := xlsx.Open(data.Bytes(), most)
		if err != nil {
			r.Fatal(err)
		}
		got := map[int][]string{}
		if err := book.Rows("Sheet1", func(line int, cells []xlsx.Cell) error {
			for _, c := range cells {
				got[line] = append(got[line], c.Text)
			}
			return nil
		}); err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatal(diff)
		}
	})
}

func FuzzOpen(f *testing.F) {
	f.Add(packed(f, `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1</f></c></row>`, nil))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		book, err := xlsx.Open(data, 1<<20)
		if err != nil {
			return
		}
		for _, name := range book.Sheets() {
			_ = book.Rows(name, func(int, []xlsx.Cell) error { return nil })
		}
	})
}
