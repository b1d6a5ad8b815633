package formats

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// allocated runs f and says how many MB it allocated, all together.
func allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int((after.TotalAlloc - before.TotalAlloc) >> 20)
}

// repeated is a file of some MB.
func repeated(head, unit, tail string, mb int) string {
	return head + strings.Repeat(unit, mb<<20/len(unit)) + tail
}

// packedSheet is a workbook whose sheet units is that text.
func packedSheet(t *testing.T, sheet string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="units" id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="sheet.xml"/></Relationships>`,
		"xl/sheet.xml":               sheet,
	} {
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
	return b.String()
}

// A file that holds too much is refused while it is read: what that takes is in proportion
// to what was read, not to what is left.
func TestLimitsComeBeforeTheWork(t *testing.T) {
	const head = "<worksheet><sheetData>"
	for _, c := range []struct {
		name, file, text, want string
		most                   int // MB
	}{
		{"a list in YAML", "a.yaml", repeated("[", "a,", "a]", 8), "more than 1000000 places where a value may begin; write it as JSON or as a folder of CSV tables", 40},
		{"a block in YAML", "a.yaml", repeated("", "- a\n", "", 8), "a.yaml:500001:1: the file has more than 1000000 places", 40},
		{"keys in YAML", "a.yaml", repeated("", "a: 1\n", "", 8), "more than 1000000 places", 40},
		{"comments in YAML", "a.yaml", repeated("a: 1\n", "#\n", "", 8), "more than 1000000 places", 40},
		{"aliases in YAML", "a.yaml", repeated("a: &a [1]\nb: [", "*a,", "*a]", 8), "more than 1000000 places", 40},
		{"a list in JSON", "a.json", repeated("[", "1,", "1]", 16), "a.json:1:4000000: the file holds more than 2000000 values", 1000},
		{"line ends in JSON", "a.json", repeated("", "\n", "{}", 16), `"name" is missing`, 150},
		{"units in JSON", "a.json", repeated(`{"units":[`, "{},", "{}]}", 2), "units: there are more than 300000 records", 400},
		{"cells in CSV", "units.csv", repeated("id\n", strings.Repeat("x,", 100)+"\n", "", 8), "the tables hold more than 2000000 cells", 700},
		{"rows in CSV", "units.csv", repeated("id\n", ",\n", "", 8), "the tables hold more than 300000 rows", 100},
		{"columns in CSV", "units.csv", "id" + strings.Repeat(",x", 100_000) + "\na\n", "the row has more than 16384 cells", 100},
		{"one long row in CSV", "units.csv", repeated("id\n", ",", "", 8), "is longer than 1 MB", 250},
		{"rows in a workbook", "a.xlsx", packedSheet(t, repeated(head, "<row><c><v>1</v></c></row>", "</sheetData></worksheet>", 16)), "the tables hold more than 300000 rows", 1200},
		{"wide rows in a workbook", "a.xlsx", packedSheet(t, repeated(head, `<row><c r="XFD1"><v>1</v></c></row>`, "</sheetData></worksheet>", 2)), "the tables hold more than 2000000 cells", 200},
		{"a long tag in a workbook", "a.xlsx", packedSheet(t, repeated(head+"<row ", `a="" `, "/></sheetData></worksheet>", 8)), "a tag or a text is longer than 1 MB", 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(path) == ".csv" {
				path = filepath.Dir(path)
			}
			var err error
			mb := allocated(func() { _, _, err = ReadScenario(path) })
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%.300v, want %q", err, c.want)
			}
			if mb > c.most {
				t.Errorf("that took %d MB, want at most %d", mb, c.most)
			}
		})
	}
}

// A mistake in each of very many records is told for the first ones, and that there are more.
func TestManyMistakes(t *testing.T) {
	text := "id,contributor,provides,home,notice\n"
	for i := range 12_000 {
		text += fmt.Sprintf("u%d,X%d,inf=1,h,soon\n", i, i)
	}
	dir := folder(t, map[string]string{"units.csv": text})
	_, _, err := ReadScenario(dir)
	bad, _ := errors.AsType[*Invalid](err)
	if bad == nil || len(bad.Problems) != mostListed+1 {
		t.Fatalf("%.300v", err)
	}
	more := 0
	for _, p := range bad.Problems {
		if strings.Contains(p.Message, "there are more than 10000; the others are not listed") {
			more++
		}
	}
	if more != 1 {
		t.Errorf("it is said %d times that there are more", more)
	}
}

// Aliases and merges in YAML take what they stand for, and no more.
func TestAliasesAndMerges(t *testing.T) {
	var b strings.Builder
	b.WriteString("x: &x {")
	for i := range 50_000 {
		fmt.Fprintf(&b, "k%d: 1, ", i)
	}
	b.WriteString("}\ny:\n  <<: *x\n")
	for i := range 50_000 {
		fmt.Fprintf(&b, "  z%d: 1\n", i)
	}
	tree, err := parseYAML("a.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tree.get("y").fields); n != 100_000 {
		t.Errorf("the merge gave %d keys", n)
	}
	for _, c := range []struct{ text, want string }{
		{"name: a\n---\nname: b\n", "a.yaml:2:1: a second document begins here; a file holds one"},
		{"---\nname: a\n---\n...\n", ""},
	} {
		if _, err := parseYAML("a.yaml", []byte(c.text)); fmt.Sprint(err) != c.want && (err != nil || c.want != "") {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
