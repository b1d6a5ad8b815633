package msdl

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/scenario"
)

// known is what the format carries of a unit, by its handle or name.
func known(s *scenario.Scenario, by func(*scenario.Unit) string) map[string][5]any {
	places, owners := map[string]scenario.Place{}, map[string]string{}
	for _, p := range s.Places {
		places[p.ID] = p
	}
	for _, c := range s.Contributors {
		owners[c.ID] = label(&scenario.Unit{ID: c.ID, Name: c.Name})
	}
	all := map[string][5]any{}
	for i := range s.Units {
		u := &s.Units[i]
		at := places[u.Home]
		for _, p := range s.Posts {
			if u.At != nil && p.ID == u.At.Post {
				at = places[p.Place]
			}
		}
		all[by(u)] = [5]any{label(u), symbol(s, u), owners[u.Contributor], at.Lat, at.Lon}
	}
	return all
}

// written exports a scenario and imports it again.
func written(t interface{ Fatal(...any) }, s *scenario.Scenario) (resolved, again *scenario.Scenario) {
	resolved, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, resolved, nil); err != nil {
		t.Fatal(err)
	}
	again, warnings, err := Read("again.xml", b.Bytes())
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	return resolved, again
}

// TestRealFiles imports each real file into a scenario without problems, which
// an export gives back with the same handles, names, symbols, forces and places.
func TestRealFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(needs.Data(t, "../../../../shared/data/msdl"), "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no MSDL files", err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := Read(path, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range scenario.Check(s) {
			if !p.Warning {
				t.Errorf("%s: %s", path, p)
			}
		}
		r, again := written(t, s)
		byID := func(u *scenario.Unit) string { return u.ID }
		if diff := cmp.Diff(known(r, byID), known(again, byID)); diff != "" || len(s.Units) < 6 {
			t.Errorf("%s: %d units: %s", path, len(s.Units), diff)
		}
	}
}

// TestRoundTrip holds, for random scenarios, that every unit comes back with its
// name, symbol and force, where it is on day 0.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := generate.Scenario(generate.Options{Units: rapid.IntRange(1, 30).Draw(t, "units"), Posts: rapid.IntRange(2, 8).Draw(t, "posts"), Days: 200, Seed: rapid.Uint64().Draw(t, "seed")})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Units {
			u := &s.Units[i]
			u.Name = "Unit <" + u.ID + "> & co"
			u.Symbol = rapid.SampledFrom([]string{"", "SFGPUCI----F---", "SFSP-----------", "10031000161211000000"}).Draw(t, "symbol")
		}
		r, again := written(t, s)
		if diff := cmp.Diff(known(r, label), known(again, label)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// small is a made-up file: a battalion by degrees, a company below it by
// geocentric metres, one without a place.
const small = `<?xml version="1.0"?>
<MilitaryScenario xmlns="urn:sisostds:scenario:military:data:draft:msdl:1">
<ScenarioID><name>small</name></ScenarioID>
<Environment><ScenarioTime>2025-04-01T00:00:00Z</ScenarioTime></Environment>
<ForceSides><ForceSide><ObjectHandle>est</ObjectHandle><ForceSideName>Estonia</ForceSideName></ForceSide></ForceSides>
<Organizations><Units>
<Unit><ObjectHandle>b</ObjectHandle><SymbolIdentifier>SFGPUCI--------</SymbolIdentifier><Name>1 Bn</Name>
<UnitSymbolModifiers><Echelon>BATTALION</Echelon></UnitSymbolModifiers>
<Disposition><Location><CoordinateData><GDC><Latitude>59</Latitude><Longitude>25</Longitude></GDC></CoordinateData></Location></Disposition>
<Relations><ForceRelation><ForceRelationData><ForceSideHandle>est</ForceSideHandle></ForceRelationData></ForceRelation></Relations></Unit>
<Unit><ObjectHandle>c</ObjectHandle><SymbolIdentifier>SFGPUCI----E---</SymbolIdentifier><Name>A Coy</Name>
<Disposition><Location><CoordinateData><GCC><X>3305482.60217702</X><Y>3582555.3692267</Y><Z>4099566.61040932</Z></GCC></CoordinateData></Location></Disposition>
<Relations><ForceRelation><ForceRelationData><CommandRelation><CommandingSuperiorHandle>
 b
</CommandingSuperiorHandle><CommandRelationshipType>ORGANIC</CommandRelationshipType></CommandRelation></ForceRelationData></ForceRelation></Relations></Unit>
<Unit><ObjectHandle>d</ObjectHandle><SymbolIdentifier>SFGPUCI----E---</SymbolIdentifier><Name>B Coy</Name>
<Relations><ForceRelation><ForceRelationData><CommandRelation><CommandingSuperiorHandle>b</CommandingSuperiorHandle></CommandRelation></ForceRelationData></ForceRelation></Relations></Unit>
</Units></Organizations></MilitaryScenario>`

// TestRead reads places of both kinds, and gives units the force at the top of
// their chain.
func TestRead(t *testing.T) {
	s, warnings, err := Read("small.xml", []byte(small))
	if err != nil || len(warnings) > 0 || len(s.Units) != 3 {
		t.Fatal(err, warnings)
	}
	b, c, d := s.Units[0], s.Units[1], s.Units[2]
	if b.Symbol != "SFGPUCI----F---" || !strings.HasSuffix(b.Note, "; battalion by its symbol") || c.Contributor != "est" || c.Provides["infantry"].Likely != 1 {
		t.Errorf("the units are %+v, %+v", b, c)
	}
	if d.Home != b.Home || !strings.Contains(d.Note, "home is assumed to be that of 1 Bn") {
		t.Errorf("the unit without a place is %+v", d)
	}
	if p := s.Places[1]; math.Abs(p.Lat-40.26) > 0.01 || math.Abs(p.Lon-47.30) > 0.01 {
		t.Errorf("the geocentric point is %g, %g", p.Lat, p.Lon)
	}
}

// TestGeodetic holds, over the whole earth, that a point comes back from
// geocentric metres.
func TestGeodetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := rapid.Float64Range(-90, 90).Draw(t, "lat"), rapid.Float64Range(-180, 180).Draw(t, "lon")
		const a, f = 6378137.0, 1 / 298.257223563
		phi, lambda := lat*math.Pi/180, lon*math.Pi/180
		n := a / math.Sqrt(1-f*(2-f)*math.Pow(math.Sin(phi), 2))
		p := geodetic(n*math.Cos(phi)*math.Cos(lambda), n*math.Cos(phi)*math.Sin(lambda), n*(1-f)*(1-f)*math.Sin(phi))
		if math.Abs(p.Lat-lat) > 2e-7 || math.Abs(math.Remainder(p.Lon-lon, 360))*math.Cos(phi) > 2e-7 {
			t.Fatalf("%g, %g comes back as %g, %g", lat, lon, p.Lat, p.Lon)
		}
	})
}

// TestReadListsEveryProblem names every mistake with its path.
func TestReadListsEveryProblem(t *testing.T) {
	bad := strings.NewReplacer(`<Latitude>59<`, `<Latitude>north<`, `<Name>A Coy`, `<Name>A`, `>SFGPUCI--------<`, `>infantry<`,
		"Handle>\n b\n<", `Handle>x<`, `2025-04-01T`, `soon `).Replace(small)
	_, _, err := Read("bad.xml", []byte(bad))
	invalid, ok := errors.AsType[*formats.Invalid](err)
	if !ok || len(invalid.Problems) != 4 {
		t.Fatalf("%v; want 4 problems", err)
	}
	var got []string
	for _, p := range invalid.Problems {
		got = append(got, p.String())
	}
	want := []string{
		`bad.xml:4:14: /MilitaryScenario/Environment/ScenarioTime: "soon 00:00:00Z" is no time; it is ISO 8601 text such as 2025-07-09T11:11:00Z`,
		`bad.xml:7:37: /MilitaryScenario/Organizations/Units/Unit[1]/SymbolIdentifier: unit "1 Bn": "infantry" is no symbol identification code; it has 20 digits (APP-6D) or 15 letters (APP-6B)`,
		`bad.xml:9:45: /MilitaryScenario/Organizations/Units/Unit[1]/Disposition/Location/CoordinateData/GDC/Latitude: "north" is no number from -90 to 90`,
		`bad.xml:13:63: /MilitaryScenario/Organizations/Units/Unit[2]/Relations/ForceRelation/ForceRelationData/CommandRelation/CommandingSuperiorHandle: unit "A" is under "x", which the file does not have`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReadRefuses refuses what is no file of the format, and what could harm.
func TestReadRefuses(t *testing.T) {
	for _, c := range [][2]string{
		{``, "it is empty"},
		{`<Map/>`, "the root of an MSDL file is MilitaryScenario"},
		{`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><MilitaryScenario>&e;</MilitaryScenario>`, "a document type is refused"},
		{`<MilitaryScenario>&e;</MilitaryScenario>`, "invalid character entity"},
		{strings.Repeat("<a>", 100), "nested more than 64 levels"},
		{`<MilitaryScenario></Unit>`, "this is not XML"},
		{strings.Replace(small, ">est</ForceSideHandle>", ">lat</ForceSideHandle>", 1), `of side "lat", which the file does not have`},
		{strings.Replace(small, "<ForceRelationData><ForceSideHandle>est</ForceSideHandle>",
			"<ForceRelationData><CommandRelation><CommandingSuperiorHandle>c</CommandingSuperiorHandle></CommandRelation>", 1), "is under itself"},
	} {
		if _, _, err := Read("bad.xml", []byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%.60s: %v; want %q", c[0], err, c[1])
		}
	}
}

// FuzzRead holds that any bytes give a scenario without problems, or problems.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`<MilitaryScenario><Environment><ScenarioTime>2025-07-09</ScenarioTime></Environment></MilitaryScenario>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := Read("fuzz.xml", data)
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
