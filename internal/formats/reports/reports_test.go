package reports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/internal/formats/reports"
	"github.com/rearguard/rearguard/scenario"
)

var world = &scenario.Scenario{Calendar: scenario.Calendar{Start: 20179, Days: 60}, Areas: []scenario.Area{{ID: "north"}, {ID: "sea"}}}

func read(t testing.TB, text string) ([]scenario.Report, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _, err := reports.Read([]string{path}, world)
	return list, err
}

func TestRead(t *testing.T) {
	got, err := read(t, "id;date;event;source;received;rating;area;count;statement;contradicts;supersedes\n"+
		"r1;2025-04-01;raid;Host;;B2;north;200..250;'=many;;\n"+
		"r2;2025-04-01;raid;Other side;2025-04-03;;;;;r1 ;r1\n")
	if err != nil {
		t.Fatal(err)
	}
	day, _ := scenario.ParseDate("2025-04-01")
	want := []scenario.Report{
		{ID: "r1", Date: day, Received: day, Source: "Host", Reliability: 'B', Credibility: '2', Area: "north", Event: "raid", Low: 200, High: 250, Statement: "=many"},
		{ID: "r2", Date: day, Received: day + 2, Source: "Other side", Reliability: 'F', Credibility: '6', Event: "raid", Low: 1, High: 1, Contradicts: []string{"r1"}, Supersedes: "r1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const head = "id,date,event,source,received,rating,area,count,contradicts,supersedes\n"

// Columns are found in any spelling, those that are not read are named, and a table may be
// the first sheet of a workbook.
func TestSpellings(t *testing.T) {
	want, err := read(t, head+"r1,2025-04-01,raid,Host,2025-04-02,B2,north,200..250,,\n")
	if err != nil {
		t.Fatal(err)
	}
	names := []any{"Id", "DATE", " Event", "Source", "Received", "Rating", "Area", "Count", "State-ment", "Contradicts", "Supersedes", "Analyst", "", ""}
	cells := []any{"r1", "2025-04-01", "raid", "Host", 45749, "B2", "north", "200..250", "", "", "", "me", "", "aside"}
	f := excelize.NewFile()
	defer f.Close()
	for row, values := range map[string]*[]any{"A2": &names, "A4": &cells} {
		if err := f.SetSheetRow("Sheet1", row, values); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("notes"); err != nil {
		t.Fatal(err)
	}
	data, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	texts := "sep=;\r\n"
	for _, row := range [][]any{names, cells} {
		for _, x := range row {
			texts += strings.ReplaceAll(fmt.Sprint(x), "45749", "2025-04-02") + ";"
		}
		texts += "\r\n;;\r\n"
	}
	for name, c := range map[string]struct {
		data     string
		warnings []string
	}{
		"r.xlsx": {data.String(), []string{
			`r.xlsx:Sheet1!L2: warning: the column "Analyst" is not read`, `r.xlsx:Sheet1!N4: warning: "aside" stands in a column without a name; the column is not read`,
			`r.xlsx:notes!: warning: the sheet is not read; the first one is`,
		}},
		"r.csv": {texts, []string{
			`r.csv:2:84: warning: the column "Analyst" is not read`, `r.csv:4:61: warning: "aside" stands in a column without a name; the column is not read`,
		}},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		got, warnings, err := reports.Read([]string{path}, world)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		var told []string
		for _, w := range warnings {
			told = append(told, strings.TrimPrefix(w.String(), filepath.Dir(path)+"/"))
		}
		if diff := cmp.Diff(c.warnings, told); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Each mistake is one problem, at its place.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ rows, want string }{
		"no column":           {"", ""},
		"a count in two ways": {"r1,2025-04-01,raid,Host,,,,\"1,430\",,\n", `report "r1": count "1,430" is 1.43, or 1430 with a sign between thousands; write which; write 200 or 200..250. Maybe: 1.43 or 1430`},
		"an error":            {"r1,#REF!,raid,Host,,,,,,\n", `r.csv:2:4: the cell holds the error #REF!`},
		"no date":             {"r1,soon,raid,Host,,,,,,\n", `r.csv:2:4: date "soon" is not a date; write it as 2025-04-30`},
		"a day number":        {"r1,45748,raid,Host,,,,,,\n", `r.csv:2:4: date "45748" is not a date; write it as 2025-04-30. Maybe: 2025-04-01`},
		"another year":        {"r1,2052-04-01,raid,Host,,,,,,\n", `r.csv:2:4: date 2052-04-01 is 27 years after the calendar, 2025-04-01 to 2025-05-30; check its year. Maybe: 2025-04-01`},
		"came in another":     {"r1,2025-04-01,raid,Host,2052-04-02,,,,,\n", `r.csv:2:25: received 2052-04-02 is 27 years after the calendar`},
		"long ago":            {"r1,1925-04-01,raid,Host,2025-04-02,,,,,\n", `r.csv:2:4: date 1925-04-01 is 100 years before the calendar`},
		"rating":              {"r1,2025-04-01,raid,Host,,G2,,,,\n", `r.csv:2:26: report "r1": "G2" is no rating; write reliability A to F and credibility 1 to 6, such as B2`},
		"rating's case":       {"r1,2025-04-01,raid,Host,,b2,,,,\n", `such as B2. Maybe: B2`},
		"area":                {"r1,2025-04-01,raid,Host,,,nort,,,\n", `r.csv:2:27: report "r1": unknown area "nort". Maybe: north`},
		"count":               {"r1,2025-04-01,raid,Host,,,,9..2,,\n", `report "r1": count "9..2" is no number and no range; write 200 or 200..250`},
		"the future":          {"r1,2025-04-02,raid,Host,2025-04-01,,,,,\n", `report "r1" came on 2025-04-01, before the 2025-04-02 that it reports`},
		"twice":               {"r1,2025-04-01,raid,Host,,,,,,\nr1,2025-04-01,raid,Host,,,,,,\n", `r.csv:3:1: report "r1" is there twice, first at r.csv:2`},
		"contradicts":         {"r1,2025-04-01,raid,Host,,,,,r9,\n", `report "r1" contradicts "r9", which is not there`},
		"itself":              {"r1,2025-04-01,raid,Host,,,,,,r1\n", `report "r1" supersedes itself`},
		"superseded twice":    {"r1,2025-04-01,raid,Host,,,,,,\nr2,2025-04-01,raid,Host,,,,,,r1\nr3,2025-04-01,raid,Host,,,,,,r1\n", `r.csv:4:30: report "r3" supersedes "r1", which "r2" supersedes too; supersede the later one`},
		"each other":          {"r1,2025-04-01,raid,Host,,,,,,r2\nr2,2025-04-01,raid,Host,,,,,,r1\n", `report "r1" supersedes itself, by others`},
		"superseded before":   {"r1,2025-04-05,raid,Host,,,,,,\nr2,2025-04-01,raid,Host,,,,,,r1\n", `report "r2" came on 2025-04-01 and supersedes "r1", which came later, on 2025-04-05`},
	} {
		t.Run(name, func(t *testing.T) {
			text := head + c.rows
			if c.rows == "" {
				text, c.want = "id,date,event\n", `r.csv:1:1: the column source is missing`
			}
			_, err := read(t, text)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("got %v, want only %q", err, c.want)
			}
		})
	}
}

// Two hundred thousand rows are read in little memory, by the row.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("200,000 rows take a second")
	}
	var b strings.Builder
	b.WriteString(head)
	for i := range 200_000 {
		b.WriteString("r" + strconv.Itoa(i) + ",2025-04-01,raid,Host air force,2025-04-02,C2,north,200..250,,\n")
	}
	path := filepath.Join(t.TempDir(), "r.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	list, _, err := reports.Read([]string{path}, world)
	if err != nil || len(list) != 200_000 {
		t.Fatal(len(list), err)
	}
	runtime.ReadMemStats(&after)
	if used := (after.HeapSys - before.HeapSys) >> 20; used > 300 {
		t.Errorf("reading 200,000 rows took %d MB", used)
	}
	runtime.KeepAlive(list)
}

func FuzzRead(f *testing.F) {
	f.Add(head + "r1,2025-04-01,raid,Host,2025-04-02,B2,north,1..2,r2,\nr2,2025-04-01,raid,Host,,,,,,r1\n")
	f.Add(head + "r1,2025-04-01,raid,Host,,,,,,r2\nr2,2025-04-01,raid,Host,,,,,,r1\n")
	f.Add("id\n\"")
	f.Add("\ufeffid;date\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := read(t, text)
		if err != nil && (list != nil || err.Error() == "") {
			t.Errorf("%d reports and the error %v", len(list), err)
		}
	})
}
