package formats

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/generate"
)

// smallBook is the small scenario as a workbook.
func smallBook(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "small.yaml"), []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, err := ReadScenario(filepath.Join(dir, "small.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteScenario(filepath.Join(dir, "small.xlsx"), s); err != nil {
		t.Fatal(err)
	}
	return mustRead(t, filepath.Join(dir, "small.xlsx"))
}

// edited is the small workbook after a change.
func edited(t testing.TB, change func(*excelize.File) error) []byte {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(smallBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if err := change(book); err != nil {
		t.Fatal(err)
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(sheet, cell string, value any) func(*excelize.File) error {
	return func(f *excelize.File) error { return f.SetCellValue(sheet, cell, value) }
}

// formula puts a formula into a cell, as programs do that compute none.
func formula(sheet, cell, text string) func(*excelize.File) error {
	return func(f *excelize.File) error {
		if err := f.SetCellValue(sheet, cell, nil); err != nil {
			return err
		}
		return f.SetCellFormula(sheet, cell, text)
	}
}

// Each mistake in a workbook is named with its sheet and cell.
func TestWorkbookProblems(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(*excelize.File) error
	}{
		{"unknown reference", `book.xlsx:units!C2: unit "GBR-1": unknown contributor "GBX". Maybe: GBR`, set("units", "C2", "GBX")},
		{"unknown column", `book.xlsx:units!C1: unknown column "contributr". Maybe: contributor`, set("units", "C1", "contributr")},
		{"unknown key", `book.xlsx:scenario!A2: unknown key "nam". Maybe: name`, set("scenario", "A2", "nam")},
		{"misspelt sheet", `book.xlsx: no table is called "unitz". Maybe: units`, func(f *excelize.File) error {
			_, err := f.NewSheet("unitz")
			return err
		}},
		{"no number", `is not a number`, set("posts.lines", "C2", "one")},
		{"a formula without a value", `book.xlsx:units!F2: the formula has no saved value; open the workbook in a spreadsheet and save it once`, formula("units", "F2", "400+500")},
		{"one in a name", `book.xlsx:places!A2: the formula has no saved value; open the workbook in a spreadsheet and save it once`, formula("places", "A2", `"ta"&"pa"`)},
		{"text with a sign between thousands", `book.xlsx:units!F2: unit "GBR-1": persons "6.000" is 6, or 6000 with a sign between thousands; write which. Maybe: 6 or 6000`, set("units", "F2", "6.000")},
		{"a table that is there twice", `book.xlsx: the table posts.lines is there twice; it is also "posts.lines"`, func(f *excelize.File) error {
			_, err := f.NewSheet("Posts Lines")
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(t, "book.xlsx", string(edited(t, c.change)))
			if err == nil || !strings.Contains(withoutFolders(err.Error()), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want only %q", err, c.want)
			}
		})
	}
}

// People and programs write the same workbook in many ways.
func TestWorkbookSpellings(t *testing.T) {
	want, _, err := read(t, "book.xlsx", string(smallBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*excelize.File) error{
		"names of columns": func(f *excelize.File) error {
			return f.SetSheetRow("units", "A1", &[]string{" ID", "NAME", "Contributor "})
		},
		"names of sheets":     func(f *excelize.File) error { return f.SetSheetName("posts.lines", "Posts Lines") },
		"a number as text":    set("units", "F2", "600"),
		"decimals by a comma": func(f *excelize.File) error { return f.SetCellStr("places", "C2", "59,3") },
		"a row above": func(f *excelize.File) error {
			if err := f.InsertRows("units", 1, 2); err != nil {
				return err
			}
			return f.SetCellStr("units", "A1", "Our units, as of today")
		},
	} {
		got, _, err := read(t, "book.xlsx", string(edited(t, change)))
		if err != nil || got.Hash() != want.Hash() {
			t.Errorf("%s: %v, or another scenario", name, err)
		}
	}
}

func withoutFolders(message string) string {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = line[strings.LastIndex(line[:strings.Index(line+": ", ": ")], "/")+1:]
	}
	return strings.Join(lines, "\n")
}

// A workbook that counts days from 1904 says the same dates.
func TestWorkbook1904(t *testing.T) {
	const days1904 = 1462
	data := edited(t, func(f *excelize.File) error {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			return err
		}
		rows, err := f.GetRows("scenario", excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		for i, row := range rows {
			if row[0] == "calendar.start" {
				return f.SetCellInt("scenario", fmt.Sprintf("B%d", i+1), 45658-days1904) // 2025-01-01
			}
		}
		return fmt.Errorf("no calendar.start in %v", rows)
	})
	s, _, err := read(t, "book.xlsx", string(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Calendar.Start.String(); got != "2025-01-01" {
		t.Errorf("the calendar starts on %s", got)
	}
}

// A small file that unpacks to more than a scenario needs is refused before it
// is unpacked.
func TestZipBombIsRefused(t *testing.T) {
	good, err := zip.NewReader(bytes.NewReader(smallBook(t)), int64(len(smallBook(t))))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range good.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create("xl/media/bomb.bin")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range maxUnzipped>>20 + 1 {
		if _, err := part.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(t, "bomb.xlsx", b.String()); err == nil || !strings.Contains(err.Error(), "unzip size exceeds") {
		t.Errorf("a file of %d bytes that unpacks to %d MB: %v", b.Len(), maxUnzipped>>20, err)
	}
}

// The same scenario gives the same bytes.
func TestWorkbookBytes(t *testing.T) {
	if !bytes.Equal(smallBook(t), smallBook(t)) {
		t.Error("the same scenario gave other bytes")
	}
}

// Cells that refer to another table offer its IDs, and a column says what it
// holds.
func TestWorkbookGuides(t *testing.T) {
	book, err := excelize.OpenReader(bytes.NewReader(smallBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	lists, err := book.GetDataValidations("units")
	if err != nil {
		t.Fatal(err)
	}
	offers := map[string]string{}
	for _, v := range lists {
		offers[v.Sqref] = v.Formula1
	}
	if got := offers["C2:C2000"]; !strings.Contains(got, "contributors!$A$2:$A$2000") {
		t.Errorf("units!C offers %q, of %v", got, offers)
	}
	notes, err := book.GetComments("units")
	if err != nil || len(notes) < 20 {
		t.Errorf("%d notes on the columns of units, %v", len(notes), err)
	}
}

// Whatever somebody types into any cells, the workbook is a scenario that
// survives every form, or has problems that each name a cell.
func TestAnyCells(t *testing.T) {
	checks(t, 60)
	good := smallBook(t)
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		book, err := excelize.OpenReader(bytes.NewReader(good))
		if err != nil {
			r.Fatal(err)
		}
		defer book.Close()
		for range rapid.IntRange(1, 4).Draw(r, "edits") {
			sheet := rapid.SampledFrom(book.GetSheetList()).Draw(r, "sheet")
			cell := name(rapid.IntRange(1, 20).Draw(r, "column"), rapid.IntRange(1, 4).Draw(r, "row"))
			value := rapid.SampledFrom([]any{
				nil, "", " ", 0, 1, -1, 1e300, 45658, 45658.75, true, "GBR", "GBR-1", "tapa", "infantry", "infantry=1; infantry=2", "a=b", "=1", "{", "{}", "[]", "[null]",
				`{"low": 1}`, "1..2", "1..2..3", "D+5", "D+", "2025-02-30", "14d", "99999999999999999999", "\u200b", "id", "of", "name", "provides", "tour.max", "null", "~",
			}).Draw(r, "value")
			if err := book.SetCellValue(sheet, cell, value); err != nil {
				r.Fatal(err)
			}
		}
		b, err := book.WriteToBuffer()
		if err != nil {
			r.Fatal(err)
		}
		n++
		path := filepath.Join(dir, fmt.Sprintf("%d.xlsx", n))
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			r.Fatal(err)
		}
		s, _, err := ReadScenario(path)
		if bad, ok := errors.AsType[*Invalid](err); ok {
			for _, p := range bad.Problems {
				if !strings.HasPrefix(p.File, path) || p.Message == "" || p.Line > 0 && !strings.HasSuffix(p.File, "!") {
					r.Fatalf("the problem %q has no cell", p)
				}
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		for _, form := range []string{"b.xlsx", "b.yaml"} {
			again := filepath.Join(dir, fmt.Sprint(n)+form)
			if err := WriteScenario(again, s); err != nil {
				r.Fatal(err)
			}
			back, _, err := ReadScenario(again)
			if err != nil || back.Hash() != s.Hash() {
				r.Fatalf("%s: another scenario came back: %v", form, err)
			}
		}
	})
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add(smallBook(f))
	f.Add(edited(f, set("units", "C2", "GBX")))
	f.Add(edited(f, set("posts.lines", "A2", nil)))
	f.Add(smallBook(f)[:2000])
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "in.xlsx")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, ok := readWithin(t, path); ok {
			mustSurvive(t, dir, s, "out.xlsx", "out.yaml")
		}
	})
}

// A thousand units are written within the budget of docs/benchmarks.md.
func BenchmarkWriteWorkbook(b *testing.B) {
	s, err := generate.Scenario(generate.Options{Units: 1000, Posts: 150, Days: 365, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for b.Loop() {
		if err := WriteScenario(filepath.Join(dir, "a.xlsx"), s); err != nil {
			b.Fatal(err)
		}
	}
}
