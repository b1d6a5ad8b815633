package formats

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/scenario"
)

// table reads a CSV text: its cells with their places, and what is wrong.
func table(text string) (cells, problems []string, whole bool) {
	var b Budget
	var found Problems
	whole = b.CSV("a.csv", strings.NewReader(text), &found, func(row []Cell) {
		for _, c := range row {
			cells = append(cells, fmt.Sprintf("%d:%d %s", c.At.Line, c.At.Column, c.Text+c.Fault))
		}
	})
	for _, p := range found.List {
		problems = append(problems, p.String())
	}
	return cells, problems, whole
}

func inUTF16(text string, little bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		if little {
			b = append(b, byte(u), byte(u>>8))
		} else {
			b = append(b, byte(u>>8), byte(u))
		}
	}
	return string(b)
}

func TestDialects(t *testing.T) {
	want := []string{"1:1 a", "1:3 b", "2:1 Łódź", "2:9 1"}
	for name, text := range map[string]string{
		"commas":               "a,b\nŁódź,1\n",
		"semicolons":           "a;b\nŁódź;1\n",
		"tabs":                 "a\tb\nŁódź\t1",
		"a mark":               "\ufeffa,b\nŁódź,1\n",
		"UTF-16, little":       inUTF16("a,b\r\nŁódź,1\r\n", true),
		"UTF-16, big":          inUTF16("a;b\nŁódź;1\n", false),
		"line ends of Windows": "a,b\r\nŁódź,1\r\n",
		"old line ends":        "a,b\rŁódź,1\r",
	} {
		if got, problems, whole := table(text); !whole || len(problems) > 0 || cmp.Diff(want, got) != "" {
			t.Errorf("%s: %v, %v", name, got, problems)
		}
	}
	want = []string{"2:1 a", "2:3 b", "3:1 Łódź", "3:9 1"}
	for name, text := range map[string]string{
		"declared":                   "sep=;\na;b\nŁódź;1\n",
		"declared, against the look": "sep=|\na|b\nŁódź|1\n",
		"declared in quotes":         "\"sep=,\"\r\na,b\r\nŁódź,1\r\n",
		"declared and saved again":   "Sep=;;;;\na;b\nŁódź;1\n",
		"declared, a tab":            "\ufeffsep=\t\na\tb\nŁódź\t1\n",
		"declared, old line ends":    "sep=;\ra;b\rŁódź;1\r",
	} {
		if got, problems, whole := table(text); !whole || len(problems) > 0 || cmp.Diff(want, got) != "" {
			t.Errorf("%s: %v, %v", name, got, problems)
		}
	}
}

// What is wrong with a row leaves the others as they are.
func TestRowsThatAreNoCSV(t *testing.T) {
	long := "\"" + strings.Repeat("x", maxRow) + "\n"
	for _, c := range []struct {
		name, text      string
		cells, problems []string
	}{
		{"a quotation mark in a cell", "a,b\n1,2\"\n3,4\n", []string{"1:1 a", "1:3 b", "3:1 3", "3:3 4"}, []string{`a.csv:2:4: this is no CSV row: bare " in non-quoted-field`}},
		{"one below a declared sign", "sep=;\na;b\n1;2\"\n", []string{"2:1 a", "2:3 b"}, []string{`a.csv:3:4: this is no CSV row: bare " in non-quoted-field`}},
		{"one that is not closed", "a,b\n\"1,2\n3,4\n", []string{"1:1 a", "1:3 b"}, []string{`a.csv:3:5: this is no CSV row: extraneous or missing " in quoted-field`}},
		{"one that is far away", "a\nb\n" + long, []string{"1:1 a", "2:1 b"}, []string{`a.csv:3:1: the row that begins here is longer than 1 MB; is a quotation mark missing?`}},
		{"a workbook", "PK\x03\x04\x14", nil, []string{"a.csv:1:1: this is no CSV table but a workbook, or another packed file; name it .xlsx"}},
	} {
		cells, problems, whole := table(c.text)
		if diff := cmp.Diff(c.cells, cells); diff != "" || whole {
			t.Errorf("%s: whole %v, %s", c.name, whole, diff)
		}
		if diff := cmp.Diff(c.problems, problems); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	cells, _, _ := table("a,b\nM\xfcller,\xe4\n#REF!,c\n")
	want := []string{"1:1 a", "1:3 b", "2:1 " + notUTF8, "2:8 " + said, "3:1 #REF!" + errorValue("#REF!"), "3:7 c"}
	if diff := cmp.Diff(want, cells); diff != "" {
		t.Error(diff)
	}
}

// A long cell in quotation marks with many lines is one row; rows of a sensible length are
// never too long together.
func TestLengthOfRows(t *testing.T) {
	text := "a,b\n" + strings.Repeat("\"x\n\"\"y\"\"\",1\n", maxRow/4)
	cells, problems, whole := table(text)
	if len(cells) != 2+maxRow/2 || problems != nil || !whole {
		t.Errorf("%d cells, %v, %v", len(cells), problems, whole)
	}
}

func TestNumerals(t *testing.T) {
	for _, c := range []struct {
		text  string
		style Style
		x     float64
		maybe string // of one that is refused
	}{
		{"6000", Local, 6000, ""}, {"6.5", Local, 6.5, ""}, {"6,5", Local, 6.5, ""}, {"-0,25", Local, -0.25, ""}, {"0,125", Local, 0.125, ""}, {"0.125", Local, 0.125, ""},
		{"1234,567", Local, 1234.567, ""}, {"1234.567", Local, 1234.567, ""}, {"6,12345", Local, 6.12345, ""}, {"1e3", Local, 1000, ""},
		{"6.000", Local, 0, "6 or 6000"}, {"6,000", Local, 0, "6 or 6000"}, {"-1.430", Local, 0, "-1.43 or -1430"}, {"12.125", Local, 0, "12.1250 or 12125"},
		{"1.430,5", Local, 0, "1430.5"}, {"1,430.5", Local, 0, "1430.5"}, {"1.234.567", Local, 0, "1234567"}, {"1 430", Local, 0, "1430"}, {"1 430,5", Local, 0, "1430.5"},
		{"1'430", Local, 0, "1430"}, {"1’430", Local, 0, "1430"}, {"1\u00a0430", Local, 0, "1430"}, {"1\u202f430", Local, 0, "1430"}, {"12_000", Local, 0, "12000"},
		{"6000", Points, 6000, ""}, {"6.125", Points, 6.125, ""}, {"6.000", Points, 0, "6 or 6000"}, {"1.430", Points, 0, "1.43 or 1430"}, {"1,430", Points, 0, "1.43 or 1430"},
		{"6,5", Points, 0, "6.5"}, {"1 430", Points, 0, "1430"}, {"1,234,567.5", Points, 0, "1234567.5"}, {"0.500", Points, 0.5, ""},
		{"6.000", Exact, 6, ""}, {"1,430", Exact, 0, "1430"}, {"6,5", Exact, 0, "6.5"}, {"ten", Exact, 0, "10"}, {"20 %", Exact, 0, "0.2"},
	} {
		x, fault, maybe := Numeral(c.text, c.style, -largest, largest)
		if x != c.x || maybe != c.maybe || (fault == "") != (c.maybe == "") {
			t.Errorf("%q in style %d: %g, %q, maybe %q; want %g, maybe %q", c.text, c.style, x, fault, maybe, c.x, c.maybe)
		}
	}
	// Where one of two readings cannot be, it is the other.
	if x, fault, _ := Numeral("59.437", Local, -90, 90); x != 59.437 || fault != "" {
		t.Errorf("a latitude of 59.437 is %g, %q", x, fault)
	}
	if x, fault, _ := Numeral("1.948", Local, 1900, 2100); x != 1948 || fault != "" {
		t.Errorf("a year of 1.948 is %g, %q", x, fault)
	}
}

// However the tables of a scenario are spelt, they are the same scenario or have problems:
// never another scenario.
func TestSpellings(t *testing.T) {
	checks(t, 150)
	good, _, err := ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range good.Units { // so that there are fractions, and thousands of each kind
		good.Units[i].Tonnes = scenario.Exactly(float64([]int{6000, 12345, 450}[i%3]))
		good.Units[i].Wear = &scenario.Wear{Rate: scenario.Exactly([]float64{2.5, 0.125, 6.125}[i%3])}
	}
	written := filepath.Join(t.TempDir(), "tables")
	if err := WriteScenario(written, good); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(written, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no tables")
	}
	same, doubted := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "spelt")
		if err != nil {
			r.Fatal(err)
		}
		s := spelling{
			header: rapid.SampledFrom([]string{"plain", "title", "upper", "spaces", "hyphens"}).Draw(r, "header"),
			comma:  rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(r, "separator"), declared: rapid.Bool().Draw(r, "sep="), blank: rapid.Bool().Draw(r, "blank rows"),
			ends: rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(r, "line ends"), encoding: rapid.SampledFrom([]string{"UTF-8", "a mark", "UTF-16"}).Draw(r, "encoding"),
			thousands: rapid.SampledFrom([]string{"", "", "", ".", ",", " ", "'", "\u00a0", "\u202f"}).Draw(r, "thousands"), decimal: rapid.SampledFrom([]string{".", ".", ","}).Draw(r, "decimals"),
			title: rapid.SampledFrom([]string{"", "Planning data"}).Draw(r, "title"),
		}
		for _, path := range files {
			if err := os.WriteFile(filepath.Join(dir, s.name(filepath.Base(path))), s.spell(r, path), 0o600); err != nil {
				r.Fatal(err)
			}
		}
		got, _, err := ReadScenario(dir)
		switch _, invalid := errors.AsType[*Invalid](err); {
		case err != nil && !invalid:
			r.Fatal(err)
		case err != nil:
			doubted++
			if s.thousands == "" && s.decimal == "." && s.comma == ',' {
				r.Fatalf("%+v: %v", s, err)
			}
		case got.Hash() != good.Hash():
			r.Fatalf("%+v is another scenario: %s", s, cmp.Diff(good, got, cmp.AllowUnexported(scenario.Time{})))
		default:
			same++
		}
	})
	if same == 0 || doubted == 0 {
		t.Errorf("%d spellings were the same scenario, %d doubted", same, doubted)
	}
}

// spelling is how somebody writes tables.
type spelling struct {
	header, ends, encoding, thousands, decimal, title string
	comma                                             rune
	declared, blank                                   bool
}

// name is that of a file.
func (s *spelling) name(file string) string {
	if s.header == "upper" {
		return strings.ToUpper(file)
	}
	return file
}

func (s *spelling) spell(r *rapid.T, path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		r.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		r.Fatal(err)
	}
	var b strings.Builder
	if s.declared {
		fmt.Fprintf(&b, "sep=%c\n", s.comma)
	}
	w := csv.NewWriter(&b)
	w.Comma = s.comma
	settings := filepath.Base(path) == "scenario.csv"
	if s.title != "" && !settings {
		rows = append([][]string{append([]string{s.title}, make([]string, len(rows[0])-1)...)}, rows...)
	}
	head := !settings
	for _, row := range rows {
		if head && row[0] != s.title {
			head = false
			for i := range row {
				row[i] = s.column(row[i])
			}
		} else {
			for i := range row {
				row[i] = s.number(row[i])
			}
		}
		_ = w.Write(row) // to memory
		if s.blank {
			_ = w.Write(make([]string, len(row)))
		}
	}
	w.Flush()
	text := strings.ReplaceAll(b.String(), "\n", s.ends)
	switch s.encoding {
	case "a mark":
		return []byte("\ufeff" + text)
	case "UTF-16":
		return []byte(inUTF16(text, true))
	}
	return []byte(text)
}

// column is a name as people write it.
func (s *spelling) column(name string) string {
	switch s.header {
	case "title":
		return strings.ToUpper(name[:1]) + name[1:]
	case "upper":
		return strings.ToUpper(name)
	case "spaces":
		return " " + strings.NewReplacer("_", " ", ".", " ").Replace(name) + " "
	case "hyphens":
		return strings.ReplaceAll(name, "_", "-")
	}
	return name
}

var (
	aNumber = regexp.MustCompile(`^\d+(\.\d+)?$`)
)

// number is a number as people write it, and any other cell as it is.
func (s *spelling) number(text string) string {
	if !aNumber.MatchString(text) {
		return text
	}
	whole, rest, fraction := strings.Cut(text, ".")
	if n := len(whole); n > 3 {
		whole = whole[:n-3] + s.thousands + whole[n-3:]
	}
	if fraction {
		return whole + s.decimal + rest
	}
	return whole
}
