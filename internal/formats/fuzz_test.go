package formats

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

const (
	tinyYAML = "../../examples/tiny.yaml"
	tinyPlan = "../verify/testdata/tiny.plan.json"
)

// atMost is how long a reader may take on a file of the size that fuzzing
// makes, with room for a busy machine.
const atMost = 5 * time.Second

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readWithin reads a scenario, and fails the test if that takes long or if a
// problem has no place or message.
func readWithin(t *testing.T, path string) (*scenario.Scenario, bool) {
	t.Helper()
	began := time.Now()
	s, warnings, err := ReadScenario(path)
	if took := time.Since(began); took > atMost {
		t.Errorf("reading took %v", took)
	}
	if err != nil {
		if s != nil {
			t.Error("a scenario and an error")
		}
		if err.Error() == "" {
			t.Error("an error that says nothing")
		}
		return nil, false
	}
	for _, w := range warnings {
		if !w.Warning || w.Message == "" {
			t.Errorf("a scenario with the problem %q", w)
		}
	}
	return s, true
}

// mustSurvive writes a scenario in each form and reads it back.
func mustSurvive(t testing.TB, dir string, s *scenario.Scenario, forms ...string) {
	t.Helper()
	for _, form := range forms {
		path := filepath.Join(dir, form)
		if err := WriteScenario(path, s); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		got, _, err := ReadScenario(path)
		if err != nil {
			t.Fatalf("%s: what was written does not read: %v", form, err)
		}
		if got.Hash() != s.Hash() {
			t.Fatalf("%s: another scenario came back: %s", form, cmp.Diff(s, got, cmp.AllowUnexported(scenario.Scenario{}, scenario.Time{})))
		}
	}
}

// hostile are the small scenario with one thing made to hurt.
func hostile() []string {
	var all []string
	for _, c := range [][2]string{
		{"name: small", "name: \"\\u0000\\uFFFE =1+1\""},
		{"name: small", "name: '# yes: no'"},
		{"name: small", "name: |-\n  two\n  lines \n"},
		{"name: small", "name: 0x10"},
		{"days: 90", "days: 100000"},
		{"days: 90", "days: 1e12"},
		{"days: 90", "days: -1"},
		{"start: 2025-01-01", "start: 1970-01-01"},
		{"start: 2025-01-01", "start: 0000-01-01"},
		{"start: 2025-01-01", "start: 9999-12-31"},
		{"- {id: north}", "- {id: north, parent: north}"},
		{"- {id: GBR}", "- {id: GBR, share: 1e-300}"},
		{"persons: 600", "count: 10000"},
		{"persons: 600", "persons: {low: 1, likely: 600, high: 1e12, source: 'a; b=c'}"},
		{"persons: 600", "provides: {}"},
		{"persons: 600", "<<: {persons: 1, tonnes: 2}"},
		{"persons: 600", "at: {post: shield, since: -100000}"},
		{"{mode: road}", "{mode: road, speed: 1e-9}"},
		{"floor: 1", "floor: 1, from: D+10"},
		{"GBR-1", "-"},
		{"GBR-1", "[x]"},
		{"infantry", "null"},
		{"shield", "'a;b={c}'"},
		{"posts:", "weights: {}\nposts:"},
		{"posts:", "operations: [{posts: [{operation: {}}]}]\nposts:"},
		{"posts:", "posts: *x"},
		{"posts:", "? [a]\n: b\nposts:"},
	} {
		all = append(all, strings.ReplaceAll(small, c[0], c[1]))
	}
	return append(all, "", "a: &a [*a]", "{", "- - - -", strings.Repeat("[", 200), "\xff\xfe", "---\n---\n", "%YAML 1.2", "!!binary aGk=")
}

func FuzzReadYAML(f *testing.F) {
	f.Add([]byte(small)) // small seeds: those that are found are made smaller, which takes long
	for _, text := range hostile() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "in.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, ok := readWithin(t, path); ok {
			mustSurvive(t, dir, s, "out.yaml", "out.json")
		}
	})
}

func FuzzReadJSON(f *testing.F) {
	var seeds [][]byte
	dir := f.TempDir()
	for _, path := range []string{tinyYAML, ""} {
		if path == "" {
			path = filepath.Join(dir, "small.yaml")
			if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
				f.Fatal(err)
			}
		}
		s, _, err := ReadScenario(path)
		if err != nil {
			f.Fatal(err)
		}
		if err := WriteScenario(filepath.Join(dir, "seed.json"), s); err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, mustRead(f, filepath.Join(dir, "seed.json")))
	}
	good := seeds[1]
	for _, c := range [][2]string{
		{`"small"`, `"\u0000\ud800\n"`}, {`"small"`, `null`}, {`"small"`, `{"a":[]}`}, {`"days": 90`, `"days": 1e5`},
		{`"days": 90`, `"days": 90, "days": 91`}, {`"persons": 600`, `"persons": "0600"`}, {`"persons": 600`, `"persons": {"low": 0, "likely": 1, "high": 2}`},
		{`"persons": 600`, `"count": 10000`}, {`"GBR-1"`, `true`}, {`"GBR-1"`, `"null"`}, {`"GBR-1"`, `"~"`}, {`"GBR-1"`, `"2025-01-01"`},
	} {
		if !bytes.Contains(good, []byte(c[0])) {
			f.Fatalf("no %s in %s", c[0], good)
		}
		seeds = append(seeds, bytes.ReplaceAll(good, []byte(c[0]), []byte(c[1])))
	}
	seeds = append(seeds, nil, []byte("{}"), []byte("{}{}"), []byte("nul"), []byte(strings.Repeat(`{"a":`, 200)), []byte("\ufeff{}"), []byte(`{"posts":[null],"operations":[{"posts":[1]}]}`))
	for _, data := range seeds {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "in.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, ok := readWithin(t, path); ok {
			mustSurvive(t, dir, s, "out.json", "out.yaml")
		}
	})
}

// FuzzReadCSV puts any bytes in the place of one of the tiny example's tables.
func FuzzReadCSV(f *testing.F) {
	s, _, err := ReadScenario(tinyYAML)
	if err != nil {
		f.Fatal(err)
	}
	folder := filepath.Join(f.TempDir(), "tiny")
	if err := WriteScenario(folder, s); err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil || len(files) == 0 {
		f.Fatal(err, "no tables")
	}
	tables := map[string][]byte{}
	var names []string
	for _, path := range files {
		name := filepath.Base(path)
		names, tables[name] = append(names, name), mustRead(f, path)
	}
	for i, name := range names {
		good := tables[name]
		f.Add(uint8(i), good)
		if name != "scenario.csv" && name != "units.csv" && name != "posts.lines.csv" {
			continue // one of each kind is enough for the rest
		}
		f.Add(uint8(i), bytes.ReplaceAll(good, []byte(","), []byte(";")))
		f.Add(uint8(i), append([]byte("\ufeff"), bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n"))...))
		for _, text := range []string{"", "\n", ",\n,", "id\n\"", "id\n'=1\n", "of,id\nx,y\n", "id,id\na,b\n", "\xff", "key,value\ncalendar.days,{\n", "id,provides\na,a=1=2;;b\n", "id,tonnes\na,1..2\n"} {
			f.Add(uint8(i), []byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		dir := t.TempDir()
		folder := filepath.Join(dir, "in")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			content := tables[name]
			if i == int(which)%len(names) {
				content = data
			}
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if s, ok := readWithin(t, folder); ok {
			mustSurvive(t, dir, s, "out", "out.yaml")
		}
	})
}

func FuzzReadPlan(f *testing.F) {
	good := mustRead(f, tinyPlan)
	f.Add(good)
	for _, c := range [][2]string{
		{`"2025-05-26"`, `"9999-12-31"`}, {`"2025-05-26"`, `"2025-13-01"`}, {`"2025-05-26"`, `5`}, {`"lift": null`, `"lift": "\u0000"`},
		{`"bound": 637`, `"bound": 1e308`}, {`"bound": 637`, `"bound": 1e999`}, {`"rearguard_plan": 1`, `"rearguard_plan": 2`},
		{`"rearguard_plan": 1`, `"rearguard_plan": "1"`}, {`"seed": 1`, `"seed": -1`}, {`"tours"`, `"turns"`}, {`"new_exposure": null`, `"new_exposure": 1e-320`},
	} {
		f.Add(bytes.ReplaceAll(good, []byte(c[0]), []byte(c[1])))
	}
	for _, text := range []string{"", "{", "[1]", "null", `{"rearguard_plan":1}`, `{"rearguard_plan":1,"tours":[{"legs":null}]}`, `{"rearguard_plan":1}{}`, strings.Repeat("[", 200)} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		p, err := ReadPlan(path)
		if took := time.Since(began); took > atMost {
			t.Errorf("reading took %v", took)
		}
		if err != nil {
			return
		}
		first, err := PlanBytes(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := WritePlan(path, p); err != nil {
			t.Fatal(err)
		}
		again, err := ReadPlan(path)
		if err != nil {
			t.Fatalf("what was written does not read: %v in %s", err, first)
		}
		second, err := PlanBytes(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(first), string(second)); diff != "" {
			t.Error(diff)
		}
	})
}

// FuzzReadPins reads any bytes as further pins.
func FuzzReadPins(f *testing.F) {
	s, _, err := ReadScenario(tinyYAML)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		"pins:\n- {unit: gbr-1, post: tapa, from: 2025-05-01, until: 2025-05-20}\n", "pins: {}", "pins: [1]", "pins:\n- {unit: gbr-1, post: lviv, from: D+1, until: D+9, forbid: true}\n",
		"", "pins: null", "pins: [{unit: x}]", "{",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "pins.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if pins, err := ReadPins(path, s); err != nil && (pins != nil || err.Error() == "") {
			t.Errorf("%d pins and the error %v", len(pins), err)
		}
	})
}

// FuzzReadChanged reads any bytes as reported facts.
func FuzzReadChanged(f *testing.F) {
	for _, text := range []string{
		"units:\n- {id: gbr-1, out: true}\n- {id: pol-1, ready: 2025-05-20}\n", "contributors:\n- {id: GBR, out: true}\n", "operations:\n- {id: reassurance, d_day: 2025-06-05}\n",
		"posts: [{id: lviv, out: true}]", "units: {}", "units: [1, {id: [x]}]", "pins: []", "", "lift: [{id: rail, tonnes: -1}]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "changes.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, _, err := ReadChanged(tinyYAML, path); (s == nil) == (err == nil) || err != nil && err.Error() == "" {
			t.Errorf("a scenario %v and the error %v", s != nil, err)
		}
	})
}

// checks sets the number of random cases of a test, and their seed so that a
// run is repeatable, unless the flags -rapid.checks and -rapid.seed do.
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

// TestEveryFormatKeepsEverything fills a generated scenario with what a file may
// hold and the generator does not make, and takes it through each format.
func TestEveryFormatKeepsEverything(t *testing.T) {
	checks(t, 25)
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		s, err := generate.Scenario(generate.Options{
			Units: rapid.IntRange(1, 12).Draw(r, "units"), Posts: rapid.IntRange(2, 5).Draw(r, "posts"),
			Days: rapid.IntRange(90, 120).Draw(r, "days"), Seed: rapid.Uint64Range(0, 99).Draw(r, "seed"),
		})
		if err != nil {
			r.Fatal(err)
		}
		decorate(r, s)
		n++
		resolvedReadsBack(r, filepath.Join(dir, strconv.Itoa(n)+"resolved.json"), s)
		for _, form := range []string{"a.yaml", "a.json", "folder", "a.xlsx"} {
			path := filepath.Join(dir, strconv.Itoa(n)+form)
			if err := WriteScenario(path, s); err != nil {
				r.Fatalf("%s: %v", form, err)
			}
			got, _, err := ReadScenario(path)
			if err != nil {
				r.Fatalf("%s: %v", form, err)
			}
			if s.Hash() != got.Hash() {
				r.Fatalf("%s: %s", form, cmp.Diff(s, got, cmp.AllowUnexported(scenario.Scenario{}, scenario.Time{})))
			}
		}
	})
}

// resolvedReadsBack resolves a scenario for any outcomes of its conditions and
// any incidents: what comes is a scenario without problems, and resolved.
func resolvedReadsBack(r *rapid.T, path string, s *scenario.Scenario) {
	o := scenario.Variant{Conditions: map[string]scenario.Outcome{}}
	for _, k := range s.Conditions {
		date := s.Calendar.Date(rapid.IntRange(1, 40).Draw(r, "day of "+k.ID)) // so that every line still opens
		o.Conditions[k.ID] = scenario.Outcome{State: rapid.SampledFrom([]scenario.State{scenario.Open, scenario.Met, scenario.Failed}).Draw(r, "state"), Date: &date}
	}
	from := 0
	for range rapid.IntRange(0, 4).Draw(r, "steps") {
		from = rapid.IntRange(from, s.Calendar.Days+5).Draw(r, "step")
		o.Raised = append(o.Raised, scenario.Raise{Post: s.Posts[0].ID, From: s.Calendar.Date(from), Add: float64(rapid.IntRange(0, 3).Draw(r, "add"))})
	}
	resolved, err := scenario.Resolve(s, o)
	if err != nil {
		r.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteResolvedJSON(&b, resolved); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		r.Fatal(err)
	}
	back, _, err := ReadScenario(path)
	if err != nil {
		r.Fatalf("what is resolved does not read: %v", err)
	}
	again, err := scenario.Resolve(back, o)
	if err != nil || again.Hash() != resolved.Hash() {
		r.Fatalf("resolving again changes it: %v %s", err, cmp.Diff(resolved, again, cmp.AllowUnexported(scenario.Scenario{}, scenario.Time{})))
	}
}

// decorate adds to a scenario what the generator leaves out. Texts have no
// spaces at their ends, which cells of a table cannot keep.
func decorate(r *rapid.T, s *scenario.Scenario) {
	text := rapid.SampledFrom([]string{
		"", "plain", "=SUM(A1)", "'quoted'", "'=x", "{a: b}", "[1]", "{", "a; b=c", "# no comment", "yes", "null", "~", "0600", "1e3", "2025-01-01",
		"D+3", "1..2..3", `back\slash "and" quotes`, "tab\tand\nline", "Ōsaka – Łódź", "- item", "@x", "-1", "+1", ",", ";", "<<", "*a", "&a", "!x", "%", "true",
	})
	words := func(label string) string { return text.Draw(r, label) }
	quantity := func(label string) scenario.Quantity {
		x := rapid.SampledFrom([]float64{0, 0.1, 1, 2.5, 1e-7, 1234567.25}).Draw(r, label)
		q := scenario.Exactly(x)
		if rapid.Bool().Draw(r, label+" is a range") {
			q.High, q.Source = 2*x+1, words(label+" source")
		}
		return q
	}
	s.Note, s.Source = words("note"), words("source")
	if name := words("name"); name != "" {
		s.Name = name
	}
	u := &s.Units[0]
	u.Name, u.Note, u.Symbol = words("unit name"), words("unit note"), words("unit symbol")
	u.Persons, u.Tonnes = quantity("persons"), quantity("tonnes")
	if rapid.Bool().Draw(r, "counted") {
		u.Count = rapid.IntRange(1, 3).Draw(r, "count")
	}
	if rapid.Bool().Draw(r, "self") {
		u.SelfDeploys = &scenario.SelfDeploys{Mode: scenario.Road, Speed: rapid.SampledFrom([]float64{0, 250}).Draw(r, "speed")}
	}
	if rapid.Bool().Draw(r, "windows") {
		u.Available = []scenario.Window{{Until: scenario.DayTime(5)}, {From: scenario.DateTime(s.Calendar.Date(20))}}
	}
	u.Caveats = []scenario.Caveat{{Host: []string{words("host") + "x", "a;b"}, Note: words("caveat note")}}
	if rapid.Bool().Draw(r, "d-day is a range") {
		s.Operations[0].DDay = scenario.DDay{Earliest: scenario.DayTime(30), Likely: scenario.DayTime(45), Latest: scenario.DateTime(s.Calendar.Date(60))}
	}
	zero, most := 0.0, 12.5
	if rapid.Bool().Draw(r, "weights") {
		s.Weights = &scenario.Weights{Exposure: &scenario.ByKind{Standing: &most}, Move: &zero}
	}
	if rapid.Bool().Draw(r, "throughput") {
		s.Places[0].Throughput = &scenario.Throughput{Tonnes: &most}
	}
	p := &s.Posts[0]
	p.Name, p.Lines[0].Note = words("post name"), words("line note")
	p.Lines[0].Single = rapid.Bool().Draw(r, "single")
	s.Routes = []scenario.Route{{From: s.Places[0].ID, To: s.Places[1].ID, Mode: scenario.Sea, Days: 4, OneWay: rapid.Bool().Draw(r, "one way")}}
	s.InForce = []scenario.Order{{
		Unit: u.ID, Post: p.ID, As: s.Capabilities[0].ID, Depart: scenario.DayTime(3), Until: scenario.DateTime(s.Calendar.Date(40)), Given: rapid.Bool().Draw(r, "given"),
	}, {Unit: u.ID, Post: p.ID, Depart: scenario.DateTime(s.Calendar.Date(50)), Until: scenario.DayTime(70)}}
	s.Conditions = []scenario.Condition{
		{ID: "deal", Name: words("condition name"), Reported: "signed", Fails: words("fails"), By: scenario.DateTime(s.Calendar.Date(80)), Area: s.Areas[0].ID},
		{ID: "held", HeldFor: 30, Since: "deal", Breach: "breach", Expected: scenario.DayTime(40)},
		{ID: "few", Count: &scenario.Count{Of: "raid", Window: 7, Below: &most, Area: s.Areas[0].ID}},
		{ID: "both", All: []string{"deal", "held"}},
		{ID: "no", Not: "deal"},
	}
	s.Branches = []scenario.Branch{{ID: "none", Failed: []string{"deal"}, Note: words("branch note")}, {ID: "peace", Met: []string{"deal", "held"}}}
	if rapid.Bool().Draw(r, "evidence") {
		s.Evidence = &scenario.Evidence{Disputed: scenario.Trusting, Least: "C3"}
	}
	s.Operations[0].StartsWhen, s.Operations[0].StartsAfter = "both", 14
	u.Caveats = append(u.Caveats, scenario.Caveat{Operation: []string{s.Operations[0].ID}, Until: "held"})
	if !p.Lines[0].Single {
		p.Lines[0].Scales = &scenario.Scale{With: "raid", Window: 14, Per: 50, Add: 0.5, AtMost: 3}
	}
	s.Pins = []scenario.Pin{{Unit: u.ID, Post: p.ID, From: scenario.DayTime(1), Until: scenario.DateTime(s.Calendar.Date(9)), Forbid: true, Note: words("pin note")}}
}

// FuzzChanges reads any bytes as reported facts about a scenario.
func FuzzChanges(f *testing.F) {
	for _, seed := range []string{
		"units: [{id: fra-1, out: true}]\noperations: [{id: reassurance, d_day: 2025-06-12}]\n",
		"contributors: [{id: FRA, out: true}]\nposts: [{id: tapa, out: true}]\nlift: [{id: rail, tonnes: 1}]\n",
		"units: {id: x}\npost: 3\n", "units: [{id: gbr-1, id: gbr-1}, [], {out: 1}]", "[]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "facts.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, _, err := ReadChanged(tinyYAML, path)
		if (s == nil) == (err == nil) {
			t.Fatalf("scenario %v and error %v", s, err)
		}
		if err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}
