package orbatmapper

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// real lists the real files, and skips the test where they are absent.
func real(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(needs.Data(t, "../../../../shared/data/orbat-mapper"), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no ORBAT Mapper scenarios", err)
	}
	return files
}

// structure is the structure of version 3 files.
func structure(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("testdata/version3.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, name string, data []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := structure(t).Validate(value); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func resolved(t interface{ Fatal(...any) }, s *scenario.Scenario) *scenario.Scenario {
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRealFiles imports each real file into a scenario without problems, exports
// it with the structure of a real file, and imports the same again: with our key,
// all; without it, the units with their names, symbols, owners and homes.
func TestRealFiles(t *testing.T) {
	for _, path := range real(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		valid(t, path, data)
		s, _, err := Read(path, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range scenario.Check(s) {
			if !p.Warning {
				t.Errorf("%s: %s", path, p)
			}
		}
		r := resolved(t, s)
		var b bytes.Buffer
		if err := Write(&b, r, &plan.Plan{}); err != nil {
			t.Fatal(err)
		}
		valid(t, "export of "+path, b.Bytes())
		again, _, err := Read("again.json", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sheet(r), sheet(resolved(t, again))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		bare := stripped(t, b.Bytes())
		plain, _, err := Read("bare.json", bare)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(homes(r), homes(plain)); diff != "" {
			t.Errorf("%s without our key: %s", path, diff)
		}
	}
}

// sheet is a scenario as text, for comparison.
func sheet(s *scenario.Scenario) string {
	var b strings.Builder
	if err := formats.WriteResolvedJSON(&b, s); err != nil {
		return err.Error()
	}
	return b.String()
}

// homes is what the format carries of a unit by itself.
func homes(s *scenario.Scenario) map[string][4]any {
	places := map[string]scenario.Place{}
	for _, p := range s.Places {
		places[p.ID] = p
	}
	all := map[string][4]any{}
	for _, u := range s.Units {
		p := places[u.Home]
		all[u.ID] = [4]any{u.Name, u.Symbol, u.Contributor, [2]float64{p.Lat, p.Lon}}
	}
	return all
}

// stripped is an export as a program writes it that keeps no keys of others.
func stripped(t *testing.T, data []byte) []byte {
	t.Helper()
	var file map[string]any
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	delete(file, carried)
	out, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRoundTrip holds, for random scenarios, that an export has the structure of
// a real file and gives back the scenario.
func TestRoundTrip(t *testing.T) {
	schema := structure(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := generate.Scenario(generate.Options{Units: rapid.IntRange(1, 30).Draw(t, "units"), Posts: rapid.IntRange(2, 8).Draw(t, "posts"), Days: 200, Seed: rapid.Uint64().Draw(t, "seed")})
		if err != nil {
			t.Fatal(err)
		}
		r := resolved(t, s)
		var b bytes.Buffer
		if err := Write(&b, r, &plan.Plan{}); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Fatal(err)
		}
		again, _, err := Read("again.json", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sheet(r), sheet(resolved(t, again))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// small is a made-up file.
const small = `{"type":"ORBAT-mapper","version":"3.3.0","id":"x","name":"small","startTime":"2025-04-01T00:00:00Z",
 "sides":[{"id":"s","name":"Blue","groups":[{"id":"g","name":"Estonia","subUnits":[
  {"id":"b","name":"1 Bde","sidc":"10031000181211000000","location":[25,59],"subUnits":[
   {"id":"c","name":"A Coy","sidc":"10031000151211000000","state":[{"id":"1","t":"2025-05-01T00:00:00Z","location":[26,58]}]},
   {"id":"d","name":"B Coy","sidc":"10031000151211000000"}]}]}]}]}`

// TestReadMarksWhatItAssumes gives a unit without a place that of its superior,
// and one with a later place that one, and says so.
func TestReadMarksWhatItAssumes(t *testing.T) {
	s, warnings, err := Read("small.json", []byte(small))
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	got := map[string]string{}
	for _, u := range s.Units {
		got[u.ID] = u.Home + ": " + u.Note
	}
	want := map[string]string{
		"b": "at-b: has units below it, which count themselves; provides its headquarters only; brigade by its symbol",
		"c": "at-c: subordinate to 1 Bde (b); company by its symbol; home is its first place in the file, of 2025-05-01",
		"d": "at-b: subordinate to 1 Bde (b); company by its symbol; has no place in the file: home is assumed to be that of 1 Bde (b)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReadListsEveryProblem names every mistake with its place.
func TestReadListsEveryProblem(t *testing.T) {
	bad := strings.NewReplacer(`"10031000181211000000"`, `"1003"`, `[26,58]`, `[26,98]`, `"id":"d"`, `"id":"c"`, `2025-05-01T00:00:00Z`, `soon`).Replace(small)
	_, _, err := Read("bad.json", []byte(bad))
	invalid, ok := errors.AsType[*formats.Invalid](err)
	if !ok || len(invalid.Problems) != 4 {
		t.Fatalf("%v; want 4 problems", err)
	}
	if got := invalid.Problems[0].String(); !strings.HasPrefix(got, "bad.json:3:35: /sides/0/groups/0/subUnits/0/sidc: unit \"1 Bde\": \"1003\" is no symbol") {
		t.Errorf("the first problem is %s", got)
	}
}

// TestReadTakesEdits takes a name that was changed in ORBAT Mapper, and warns of
// a unit that was added there.
func TestReadTakesEdits(t *testing.T) {
	s, _, err := Read("small.json", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, resolved(t, s), &plan.Plan{}); err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(b.String(), `"name": "A Coy"`, `"name": "Alpha"`, 1)
	edited = strings.Replace(edited, `"subUnits": []`, `"subUnits": [{"id": "new", "name": "New", "sidc": "10031000151211000000"}]`, 1)
	s, warnings, err := Read("edited.json", []byte(edited))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Message, `"New" (new) was added`) {
		t.Fatal(err, warnings)
	}
	if s.Units[1].Name != "Alpha" {
		t.Errorf("the name is %q, want Alpha", s.Units[1].Name)
	}
}

// FuzzRead holds that any bytes give a scenario without problems, or problems.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`{"type":"ORBAT-mapper","version":"3.0.0","startTime":1e300,"sides":[1]}`))
	f.Add([]byte(`{"type":"ORBAT-mapper","rearguard":{"scenario":[]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := Read("fuzz.json", data)
		if err != nil {
			if invalid, ok := errors.AsType[*formats.Invalid](err); !ok || len(invalid.Problems) == 0 {
				t.Fatalf("%v is no list of problems", err)
			}
			return
		}
		for _, p := range scenario.Check(s) {
			if !p.Warning {
				t.Fatal(p)
			}
		}
	})
}

// TestReadsVersions: whatever its own loader opens; a version after those known may mean
// something else by the same words.
func TestReadsVersions(t *testing.T) {
	for version, known := range map[string]bool{"0.40.0": true, "1.2.0": true, "2.0.0": true, "3.3.0": true, "4.0.0": false, "": false, "-1": false, "new": false} {
		_, _, err := Read("a.json", []byte(strings.Replace(small, `"version":"3.3.0"`, fmt.Sprintf(`"version":%q`, version), 1)))
		if (err == nil) != known {
			t.Errorf("version %q: %v", version, err)
		}
	}
}
