package planbook_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/planbook"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// tiny is the small example with a plan of it.
func tiny(t testing.TB) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("../../verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := scenario.Resolve(s, scenario.Variant{DDay: p.Options.DDay, Maturity: p.Options.Maturity, Policy: p.Policy})
	if err != nil {
		t.Fatal(err)
	}
	return resolved, p
}

func write(t testing.TB, s *scenario.Scenario, p *plan.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := planbook.Write(&b, s, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same holds two plans to the same plan.json.
func same(t testing.TB, want, got *plan.Plan) {
	t.Helper()
	a, err := formats.PlanBytes(want)
	if err != nil {
		t.Fatal(err)
	}
	b, err := formats.PlanBytes(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(a), string(b)); diff != "" {
		t.Fatal(diff)
	}
}

func TestReadsBack(t *testing.T) {
	s, p := tiny(t)
	got, _, err := planbook.Read("plan.xlsx", write(t, s, p))
	if err != nil {
		t.Fatal(err)
	}
	same(t, p, got)
}

func TestSameBytes(t *testing.T) {
	s, p := tiny(t)
	if !bytes.Equal(write(t, s, p), write(t, s, p)) {
		t.Error("the same plan gave other bytes")
	}
}

// draw makes a plan of the tiny example that breaks what rules it likes, and
// names everything as spreadsheets like least.
func draw(t *rapid.T, s *scenario.Scenario, like *plan.Plan) (*scenario.Scenario, *plan.Plan) {
	word := rapid.SampledFrom([]string{"a", "=1+1", "'x", "{}", "[0]", "null", "12", "1e3", "tab\tin", "\"q\"", "_x0041_", "a/b~c", "true", "-3", "Łódź", "2025-01-01"})
	r := *s
	r.Units, r.Posts = append([]scenario.Unit(nil), s.Units...), append([]scenario.Post(nil), s.Posts...)
	r.Units[0].ID, r.Posts[0].ID = word.Draw(t, "unit"), "post"+word.Draw(t, "post")
	p := *like
	p.Scenario, p.Seed = word.Draw(t, "scenario"), rapid.Uint64().Draw(t, "seed")
	p.Options.Without = rapid.SliceOfN(word, 0, 3).Draw(t, "without")
	if p.Options.Without == nil {
		p.Options.Without = []string{}
	}
	m := *like.Metrics
	m.Objective = rapid.Float64Range(-1e9, 1e9).Draw(t, "objective")
	m.ExposureDays.ByArea = rapid.MapOfN(word, rapid.Float64Range(0, 1e3), 0, 4).Draw(t, "by area")
	p.Metrics = &m
	p.Tours = []plan.Tour{}
	day := rapid.IntRange(0, s.Calendar.Days-1)
	for range rapid.IntRange(0, 4).Draw(t, "tours") {
		tour := plan.Tour{Unit: r.Units[rapid.IntRange(0, 1).Draw(t, "which unit")].ID, Home: s.Calendar.Date(day.Draw(t, "home")), Legs: []plan.Leg{}}
		last := 0
		for range rapid.IntRange(1, 3).Draw(t, "legs") {
			l := plan.Leg{Post: r.Posts[0].ID, As: word.Draw(t, "as")}
			at := func(label string) scenario.Date {
				last = rapid.IntRange(last, s.Calendar.Days-1).Draw(t, label)
				return s.Calendar.Date(last)
			}
			l.Depart, l.Arrive, l.Effective, l.Until = at("depart"), at("arrive"), at("effective"), at("until")
			if rapid.Bool().Draw(t, "moves") {
				lift, before := rapid.OneOf(word, rapid.Just("")).Draw(t, "lift"), l.Depart-scenario.Date(day.Draw(t, "notice"))
				l.Lift, l.OrderBy, l.DecideBy = &lift, &before, &before
			}
			tour.Legs = append(tour.Legs, l)
		}
		p.Tours = append(p.Tours, tour)
	}
	return &r, &p
}

// TestEveryPlanReadsBack takes plans of any names and numbers there and back.
func TestEveryPlanReadsBack(t *testing.T) {
	checks(t, 40)
	s, like := tiny(t)
	rapid.Check(t, func(rt *rapid.T) {
		r, p := draw(rt, s, like)
		var b bytes.Buffer
		if err := planbook.Write(&b, r, p); err != nil {
			rt.Fatal(err)
		}
		got, _, err := planbook.Read("plan.xlsx", b.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		same(t, p, got)
	})
}

// checks sets the number of random cases and their seed, so that a run is
// repeatable, unless the flags do.
func checks(t *testing.T, n int) {
	for name, value := range map[string]string{"rapid.checks": strconv.Itoa(n), "rapid.seed": "20250401"} {
		f := flag.Lookup(name)
		was := f.Value.String()
		if was != f.DefValue {
			continue
		}
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(was) })
	}
}

// edit changes one cell of a workbook.
func edit(t testing.TB, data []byte, sheet, cell string, value any) []byte {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if err := book.SetCellValue(sheet, cell, value); err != nil {
		t.Fatal(err)
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Each mistake is named with its cell.
func TestProblems(t *testing.T) {
	s, p := tiny(t)
	good := write(t, s, p)
	for _, c := range []struct {
		sheet, cell string
		value       any
		want        string
	}{
		{"legs", "A2", "one", `plan.xlsx:legs!A2: tour "one" is not a whole number`},
		{"legs", "I2", "soon", `plan.xlsx:legs!I2: depart "soon" is not a date; write it as 2025-04-30`},
		{"legs", "L2", nil, `plan.xlsx:legs!L2: until is empty; write a date`},
		{"legs", "C1", "hom", `plan.xlsx:legs!A1: the column home is missing. Maybe: hom`},
		{"plan", "A2", "seed", `plan.xlsx:plan!A2: "seed" is no pointer`},
		{"plan", "A3", "/seed", `plan.xlsx:plan!A`},
	} {
		t.Run(c.sheet+c.cell, func(t *testing.T) {
			_, _, err := planbook.Read("plan.xlsx", edit(t, good, c.sheet, c.cell, c.value))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, _, err := planbook.Read("x.xlsx", []byte("no")); err == nil || !strings.Contains(err.Error(), "x.xlsx: this is no XLSX workbook") {
		t.Error(err)
	}
}

// Text is never a formula, whatever it says.
func TestNoFormulas(t *testing.T) {
	s, p := tiny(t)
	s.Units[0].Name = `=HYPERLINK("http://example.org")`
	s.Posts[0].Name = "+1"
	book, err := excelize.OpenReader(bytes.NewReader(write(t, s, p)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j, text := range row {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if formula, _ := book.GetCellFormula(sheet, cell); formula != "" {
					t.Errorf("%s!%s holds the formula %q", sheet, cell, formula)
				}
				if strings.HasPrefix(text, "=") || strings.HasPrefix(text, "+") {
					t.Errorf("%s!%s starts like a formula: %q", sheet, cell, text)
				}
			}
		}
	}
}

// LibreOffice opens the workbook, and what it saves is still the plan.
func TestLibreOffice(t *testing.T) {
	office := needs.Tool(t, "soffice")
	s, p := tiny(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plan.xlsx"), write(t, s, p), 0o600); err != nil {
		t.Fatal(err)
	}
	authored, _, err := formats.ReadScenario("../../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := formats.WriteScenario(filepath.Join(dir, "tiny.xlsx"), authored); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
		"--outdir", filepath.Join(dir, "saved"), filepath.Join(dir, "plan.xlsx"), filepath.Join(dir, "tiny.xlsx"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "saved", "plan.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := planbook.Read("plan.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	same(t, p, got)
	back, _, err := formats.ReadScenario(filepath.Join(dir, "saved", "tiny.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	if back.Hash() != authored.Hash() {
		t.Error("LibreOffice saved another scenario:", cmp.Diff(authored, back, cmp.AllowUnexported(scenario.Scenario{}, scenario.Time{})))
	}
}

// Whatever somebody types into any cells of what is read, there is a plan or a
// problem that names a cell.
func TestAnyCells(t *testing.T) {
	checks(t, 60)
	s, p := tiny(t)
	good := write(t, s, p)
	rapid.Check(t, func(r *rapid.T) {
		book, err := excelize.OpenReader(bytes.NewReader(good))
		if err != nil {
			r.Fatal(err)
		}
		defer book.Close()
		for range rapid.IntRange(1, 4).Draw(r, "edits") {
			cell, _ := excelize.CoordinatesToCellName(rapid.IntRange(1, 14).Draw(r, "column"), rapid.IntRange(1, 9).Draw(r, "row"))
			value := rapid.SampledFrom([]any{
				nil, "", 0, 1, -1, 1e300, 45658.5, true, "tour", "'", "=", "{", "[]", "null", "\"", "\"x\"", "/", "/seed", "/seed/x", "/options/without/[0]", "/options/without/x", "/metrics",
				"2025-02-30", "2025-05-01", "x",
			}).Draw(r, "value")
			if err := book.SetCellValue(rapid.SampledFrom([]string{"legs", "plan"}).Draw(r, "sheet"), cell, value); err != nil {
				r.Fatal(err)
			}
		}
		b, err := book.WriteToBuffer()
		if err != nil {
			r.Fatal(err)
		}
		got, _, err := planbook.Read("plan.xlsx", b.Bytes())
		if (got == nil) == (err == nil) {
			r.Fatalf("a plan %v and the error %v", got, err)
		}
		if bad, ok := errors.AsType[*formats.Invalid](err); err != nil && !ok {
			r.Fatalf("%v is no list of problems", err)
		} else if ok {
			for _, p := range bad.Problems {
				if !strings.HasPrefix(p.String(), "plan.xlsx:") || p.Message == "" {
					r.Fatalf("the problem %q has no place", p)
				}
			}
		}
	})
}

// FuzzRead holds any bytes to a plan that reads back the same, or problems.
func FuzzRead(f *testing.F) {
	s, p := tiny(f)
	good := write(f, s, p)
	f.Add(good)
	f.Add(edit(f, good, "legs", "A2", -1))
	f.Add(edit(f, good, "plan", "B2", "{"))
	f.Add(edit(f, good, "plan", "A2", "/[0]"))
	f.Add(good[:len(good)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		began := time.Now()
		got, _, err := planbook.Read("in.xlsx", data)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("reading took %v", took)
		}
		if (got == nil) == (err == nil) || err != nil && err.Error() == "" {
			t.Errorf("a plan %v and the error %v", got, err)
		}
	})
}
