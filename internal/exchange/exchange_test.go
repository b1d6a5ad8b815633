package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
)

// TestList holds what everybody who goes through the list takes for granted.
func TestList(t *testing.T) {
	names, files := map[string]bool{}, map[string]bool{}
	for _, f := range Formats() {
		if names[f.Name] {
			t.Errorf("%s is there twice", f.Name)
		}
		names[f.Name] = true
		if Named(f.Name) != f {
			t.Errorf("%s is not found by its name", f.Name)
		}
		if f.PlanFile != "" && (files[f.PlanFile] || f.Plan == nil || !strings.HasSuffix(f.PlanFile, f.Extension())) {
			t.Errorf("%s: plan file %s is another's, is not written or has another extension than %s", f.Name, f.PlanFile, f.Extension())
		}
		files[f.PlanFile] = true
		if f.Terminal == "" && (len(f.Extensions) == 0 || f.ContentType == "") {
			t.Errorf("%s has no extension or no content type", f.Name)
		}
		if f.Terminal == "" && (f.Read != nil) != (f.Reads != "") || f.Terminal == "" && (f.OutOfScenario() || f.OutOfPlan()) != (f.Writes != "") {
			t.Errorf("%s does not say which ways it goes as it does", f.Name)
		}
		for _, former := range f.Former {
			if OfPlan(former) != f {
				t.Errorf("a plan as %s is no longer %s", former, f.Name)
			}
		}
	}
	if Named("none") != nil || OfPlan("geopko") != nil || OfPlan("yaml") != nil {
		t.Error("a format was found that there is not")
	}
}

func TestFileName(t *testing.T) {
	if got := Named("tpfdd").FileName(`Ost/West "x" 2025`); got != "Ost-West--x--2025.csv" {
		t.Error(got)
	}
}

// packed is a ZIP file of names and texts, in turn.
func packed(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const settings = "key,value\nname,x\ncalendar.start,2025-01-01\ncalendar.days,9\n"

// TestReadZIP reads tables however they were packed, and says where in the file a problem
// is.
func TestReadZIP(t *testing.T) {
	for _, files := range [][]string{
		{"scenario.csv", settings},
		{"mine/scenario.csv", settings, "mine/readme.txt", "not read", "__MACOSX/mine/._scenario.csv", "\x00", "../../areas.CSV", "id\neast\n"},
	} {
		s, _, err := readZIP("x.zip", packed(t, files...))
		if err != nil || s.Calendar.Days != 9 || len(s.Areas) != len(files)/6 {
			t.Errorf("%v: %+v, %v", files, s, err)
		}
	}
	for _, c := range []struct {
		data        []byte
		file, words string
	}{
		{[]byte("key,value"), "x.zip", "no ZIP file"},
		{packed(t), "x.zip", "no .csv file"},
		{packed(t, "a/scenario.csv", settings, "b/scenario.csv", settings), "x.zip", "one table of a name"},
		{packed(t, "scenario.csv", settings, "in/areas.csv", "id,parent\neast,west\n"), "x.zip/in/areas.csv", `unknown area "west"`},
	} {
		_, _, err := readZIP("x.zip", c.data)
		bad, ok := errors.AsType[*formats.Invalid](err)
		if !ok || !slices.ContainsFunc(bad.Problems, func(p formats.Problem) bool {
			return p.File == c.file && strings.Contains(p.Message, c.words)
		}) {
			t.Errorf("want %q in %s, have %v", c.words, c.file, err)
		}
	}
}

// TestZIPLimits refuses what unpacks to more than any scenario holds.
func TestZIPLimits(t *testing.T) {
	bomb := packed(t, "areas.csv", strings.Repeat("0", 1<<20))
	z, err := zip.NewReader(bytes.NewReader(bomb), int64(len(bomb)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(z.File[0], t.TempDir()+"/areas.csv", 1<<20-1); err == nil {
		t.Error("a table above the limit was unpacked")
	}
	if n, err := unpack(z.File[0], t.TempDir()+"/areas.csv", 1<<20); err != nil || n != 1<<20 {
		t.Errorf("a table at the limit: %d bytes, %v", n, err)
	}
	var many []string
	for range mostZIPFiles + 1 {
		many = append(many, "x.txt", "")
	}
	if _, _, err := readZIP("x.zip", packed(t, many...)); err == nil {
		t.Error("too many files were taken")
	}
}
