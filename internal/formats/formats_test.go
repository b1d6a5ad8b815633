package formats

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

// read writes a file and reads it.
func read(t *testing.T, name, content string) (*scenario.Scenario, []Problem, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return ReadScenario(path)
}

const small = `name: small
calendar: {start: 2025-01-01, days: 90}
capabilities:
  - {id: infantry, domain: land}
areas:
  - {id: north}
places:
  - {id: tapa, lat: 59.3, lon: 26, area: north}
  - {id: york, lat: 54, lon: -1, area: north}
contributors:
  - {id: GBR}
units:
  - id: GBR-1
    contributor: GBR
    provides: {infantry: 1}
    persons: 600
    home: york
    self_deploys: {mode: road}
posts:
  - id: shield
    place: tapa
    lines:
      - {capability: infantry, floor: 1}
`

func TestYAML(t *testing.T) {
	s, warnings, err := read(t, "a.yaml", small)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if u := s.Units[0]; u.ID != "GBR-1" || u.Provides["infantry"].Likely != 1 || u.SelfDeploys.Mode != scenario.Road {
		t.Errorf("read unit %+v", u)
	}
}

// Each mistake is one problem, at its place, with the value and a way out.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown place", "place: tapa", "place: tappa", `21:12: post "shield": unknown place "tappa". Maybe: tapa`},
		{"unknown key", "persons: 600", "person: 600", `16:5: unit "GBR-1": unknown key "person". Maybe: persons`},
		{"double key", "persons: 600", "home: york", `17:5: unit "GBR-1": key "home" is given twice, first in line 16`},
		{"missing key", "    home: york\n", "", `13:5: unit "GBR-1": "home" is missing: Place that it belongs to.`},
		{"unit of measure", "persons: 600", "persons: 600kg", `16:14: unit "GBR-1": persons "600kg" is not a number; write it in the unit of docs/formats/scenario.md, without naming the unit`},
		{"beyond any", "persons: 600", "persons: 6e8", `16:14: unit "GBR-1": persons "6e8" is above 10000000`},
		{"no speed", "{mode: road}", "{mode: road, speed: 1e-9}", `18:39: unit "GBR-1": speed 1e-09 is less than 1 km a day; leave it out for that of its mode`},
		{"weeks beyond any", "persons: 600", "notice: 20000w", `16:13: unit "GBR-1": notice "20000w" is not a duration; write whole days or weeks, such as 14, 14d or 2w`},
		{"separator", "persons: 600", "persons: '1,430'", `16:14: unit "GBR-1": persons "1,430" is not a number; write it without separators. Maybe: 1430`},
		{"word", "persons: 600", "count: many", `16:12: unit "GBR-1": count "many" is not a number`},
		{"negative", "persons: 600", "persons: -3", `16:14: unit "GBR-1": persons "-3" is below 0`},
		{"not a number", "persons: 600", "persons: .nan", `16:14: unit "GBR-1": persons ".nan" is not a number`},
		{"infinite", "persons: 600", "persons: 1e999", `16:14: unit "GBR-1": persons "1e999" is out of range`},
		{"hours for days", "persons: 600", "notice: 14h", `16:13: unit "GBR-1": notice "14h" is not a duration; write whole days or weeks, such as 14, 14d or 2w`},
		{"impossible date", "start: 2025-01-01", "start: 2025-02-30", `2:19: start "2025-02-30" is not a date; write it as 2025-04-30`},
		{"domain", "domain: land", "domain: lnd", `4:28: capability "infantry": domain "lnd" is none of land, air, sea, support. Maybe: land`},
		{"self-substitution", "domain: land", "domain: land, substitutes: {infantry: 1}", `4:58: capability "infantry" substitutes for itself`},
		{"closed line", "floor: 1", "floor: 1, from: 2025-03-01, until: 2025-02-01", `23:9: post "shield": line 1 (infantry) never opens: it starts on 2025-03-01 and ends before 2025-02-01`},
		{"rest and dwell", "persons: 600", "rest: 3\n    dwell: 2", `17:12: unit "GBR-1": rest and dwell are both given; the one is days, the other days of rest for a day of tour`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(small, c.old) {
				t.Fatalf("the file holds no %q", c.old)
			}
			_, _, err := read(t, "a.yaml", strings.Replace(small, c.old, c.new, 1))
			if err == nil {
				t.Fatal("no problem found")
			}
			got := err.Error()[strings.Index(err.Error(), "a.yaml:")+len("a.yaml:"):]
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	text := strings.NewReplacer("place: tapa", "place: tappa", "home: york", "home: yrk", "contributor: GBR", "contributor: GBE").Replace(small)
	_, _, err := read(t, "a.yaml", text)
	if err == nil || strings.Count(err.Error(), "Maybe: ") != 3 {
		t.Errorf("want three problems, got %v", err)
	}
}

func TestPostsInsideOperations(t *testing.T) {
	s, _, err := read(t, "a.yaml", small+`operations:
  - id: keep
    d_day: {earliest: 2025-01-10, likely: 2025-02-01, latest: 2025-03-01}
    posts:
      - {id: gate, place: tapa, requires: [{capability: infantry, floor: 1, from: D+10}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Posts[1]; p.Operation != "keep" || p.Lines[0].From != scenario.DDayTime(10) {
		t.Errorf("read post %+v", p)
	}
}

func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'l'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 9) + "*" + string(c-1) + "]\n"
	}
	for _, c := range []struct{ name, file, content, want string }{
		{"alias bomb", "a.yaml", bomb, "aliases"},
		{"deep YAML", "a.yaml", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "levels deep"},
		{"deep JSON", "a.json", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "levels deep"},
		{"not JSON", "a.json", `{"name": }`, "a.json:1:10: this is not JSON"},
		{"short JSON", "a.json", `{"name": 1`, "ends too early"},
		{"empty", "a.yaml", "", "the file is empty"},
		{"a word", "a.yaml", "hello", "a scenario is a group of keys"},
		{"huge count", "a.yaml", strings.Replace(small, "persons: 600", "count: 999999999999", 1), "is above 10000"},
		{"kind", "a.txt", "", "cannot tell what kind of file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := read(t, c.file, c.content); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a problem with %q", err, c.want)
			}
		})
	}
}

// Every format gives back the same scenario.
func TestRoundTrips(t *testing.T) {
	s, err := generate.Scenario(generate.Options{Units: 40, Posts: 8, Days: 120, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.yaml", "a.json", "folder", "a.xlsx"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := WriteScenario(path, s); err != nil {
				t.Fatal(err)
			}
			got, _, err := ReadScenario(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s, got, cmp.AllowUnexported(scenario.Scenario{}, scenario.Time{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The resolved form is a scenario again, and says the same.
func TestResolvedReadsBack(t *testing.T) {
	s, err := generate.Scenario(generate.Options{Units: 40, Posts: 8, Days: 120, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteResolvedJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	back, _, err := read(t, "a.json", b.String())
	if err != nil {
		t.Fatal(err)
	}
	again, err := scenario.Resolve(back, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Hash() != again.Hash() {
		t.Error(cmp.Diff(r, again, cmp.AllowUnexported(scenario.Scenario{}, scenario.Time{})))
	}
}
