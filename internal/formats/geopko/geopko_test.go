package geopko

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/scenario"
)

// made is the made-up data that is always there.
var made = []string{"testdata/tcc.csv", "testdata/types.csv"}

// dataSet is the data set itself, read in place and never copied.
func dataSet(t testing.TB) string {
	t.Helper()
	return needs.Data(t, filepath.FromSlash("../../../../shared/data/geopko"))
}

func read(t testing.TB, paths []string, o Options) (*scenario.Scenario, []string) {
	t.Helper()
	s, warnings, err := Read(paths, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range scenario.Check(s) {
		t.Error(p)
	}
	var text []string
	for _, w := range warnings {
		if !w.Warning {
			t.Errorf("no warning, but returned beside a scenario: %s", w)
		}
		text = append(text, w.String())
	}
	return s, text
}

func problems(t testing.TB, err error) (text []string) {
	t.Helper()
	var invalid *formats.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("error %v is no *formats.Invalid", err)
	}
	for _, p := range invalid.Problems {
		text = append(text, p.String())
	}
	return text
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("%s: missing\n  %s", what, want[i])
		case i >= len(want):
			t.Errorf("%s: not wanted\n  %s", what, got[i])
		case got[i] != want[i]:
			t.Errorf("%s:\n got %s\nwant %s", what, got[i], want[i])
		}
	}
}

// holders lists the units of day 0 and then those at home.
func holders(s *scenario.Scenario) (text []string) {
	for _, u := range s.Units {
		where := fmt.Sprintf("home x%d", u.Count)
		if u.At != nil {
			where = u.At.Post
		}
		for kind, q := range u.Provides {
			text = append(text, fmt.Sprintf("%s: %s %g %s at %s", u.ID, u.Contributor, q.Likely, kind, where))
		}
	}
	return text
}

func TestUnits(t *testing.T) {
	s, _ := read(t, made, Options{Year: 2014})
	compare(t, "units", holders(s), []string{
		"gab-minusca-bangui-infantry: GAB 650 infantry at minusca-bangui",
		"idn-minusca-bangui-engineers: IDN 150 engineers at minusca-bangui", // of the special types there, the larger
		"kor-minusca-bangui-medical: KOR 35 medical at minusca-bangui",      // and the smaller
		"khm-minusca-bria-signals: KHM 150 signals at minusca-bria",
		"mar-minusca-bria-infantry: MAR 650 infantry at minusca-bria", // 1155 is above the largest unit
		"mar-minusca-bria-infantry-2: MAR 505 infantry at minusca-bria",
		"gha-unmil-harper-infantry: GHA 150 infantry at unmil-harper", // 301 shared by two without a size
		"npl-unmil-harper-infantry: NPL 151 infantry at unmil-harper",
		"gbr-unmil-ganta-troops: GBR 75 troops at unmil-ganta", // one state under two names
		"ind-unxyz-jeremie-lete-troops: IND 150 troops at unxyz-jeremie-lete",
		"gab-home-infantry-650: GAB 650 infantry at home x1",
		"gbr-home-troops-75: GBR 75 troops at home x1",
		"gha-home-infantry-150: GHA 150 infantry at home x1",
		"idn-home-engineers-150: IDN 150 engineers at home x1",
		"ind-home-troops-150: IND 150 troops at home x1",
		"khm-home-signals-150: KHM 150 signals at home x1",
		"kor-home-medical-35: KOR 35 medical at home x1",
		"mar-home-infantry-650: MAR 650 infantry at home x1",
		"mar-home-infantry-505: MAR 505 infantry at home x1", // 0.75 of two, rounded up
		"npl-home-infantry-151: NPL 151 infantry at home x1",
	})
}

func TestWarnings(t *testing.T) {
	_, got := read(t, made, Options{Year: 2014})
	compare(t, "warnings", got, []string{
		`testdata/tcc.csv:3:34: warning: base "Bangui" (MINUSCA): 150 persons of "Multinational" are left out: they belong to no one state`,
		`testdata/tcc.csv:5:1: warning: base "Briaa" lies where "Bria" does (tcc.csv:4): taken as one base, each contributor with the larger of its strengths`,
		`testdata/tcc.csv:6:32: warning: base "Harper" (UNMIL): no size is known of Ghana, Nepal: the mean strength of infantry leaves them 301 persons, which are shared equally`,
		`testdata/tcc.csv:7:35: warning: base "Buchanan" (UNMIL) is left out: no size is known of Nepal`,
		`testdata/tcc.csv:8:31: warning: base "Ganta" (UNMIL): 150 persons are left out: the contributor "Bangladsh" is not known; correct its name in the file. Maybe: Bangladesh`,
		`testdata/tcc.csv:9:1: warning: mission "UNXYZ" is in no region that is known; its area is part of "elsewhere"`,
	})
}

func TestPosts(t *testing.T) {
	s, _ := read(t, made, Options{Year: 2014})
	var got []string
	for _, p := range s.Posts {
		for _, l := range p.Lines {
			got = append(got, fmt.Sprintf("%s %s %g of %g, %s", p.ID, l.Capability, l.Floor.Likely, l.Target.Likely, p.Source))
		}
	}
	compare(t, "lines", got, []string{
		"minusca-bangui infantry 488 of 650, tcc.csv:3",
		"minusca-bangui medical 26 of 35, tcc.csv:3",
		"minusca-bangui engineers 113 of 150, tcc.csv:3",
		"minusca-bria infantry 866 of 1155, tcc.csv:4",
		"minusca-bria signals 113 of 150, tcc.csv:4",
		"unmil-harper infantry 226 of 301, tcc.csv:6",
		"unmil-ganta troops 56 of 75, tcc.csv:8",
		"unxyz-jeremie-lete troops 113 of 150, tcc.csv:9",
	})
	var areas []string
	for _, a := range s.Areas {
		areas = append(areas, a.ID+" in "+a.Parent)
	}
	compare(t, "areas", areas, []string{"africa in ", "elsewhere in ", "minusca in africa", "unmil in africa", "unxyz in elsewhere", "homes in "})
}

func TestMission(t *testing.T) {
	m, err := ParseMission("troops=1000,at=4.36,18.56,from=2014-09-15")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := read(t, made, Options{Year: 2014, Mission: &m})
	if s.Calendar.Days != 540 || s.Calendar.Start.String() != "2014-01-01" {
		t.Errorf("calendar %v days from %s", s.Calendar.Days, s.Calendar.Start)
	}
	post := s.Posts[len(s.Posts)-1]
	full := 0.0
	var got []string
	for _, l := range post.Lines {
		got = append(got, fmt.Sprintf("%s %s..%s %g of %g", l.Capability, l.From, l.Until, l.Floor.Likely, l.Target.Likely))
		if l.Until.IsZero() {
			full += l.Target.Likely
		}
	}
	if full != 1000 {
		t.Errorf("full strength %g, not 1000", full)
	}
	// 2106 infantry, 150 signals, 150 engineers; 35 medical would make 14 of a
	// thousand, less than a platoon.
	compare(t, "lines", got, []string{
		"infantry D+0..D+30 197 of 263", "infantry D+30..D+90 460 of 613", "infantry D+90.. 656 of 875",
		"signals D+0..D+30 14 of 19", "signals D+30..D+90 34 of 45", "signals D+90.. 47 of 63",
		"engineers D+0..D+30 14 of 19", "engineers D+30..D+90 33 of 44", "engineers D+90.. 47 of 62",
	})
	if a := s.Areas[len(s.Areas)-2]; a.ID != newMission || a.Parent != africa {
		t.Errorf("the new mission's area is %s in %s", a.ID, a.Parent)
	}
}

func TestParseMission(t *testing.T) {
	day, err := scenario.ParseDate("2014-09-15")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMission(" from=2014-09-15, at = -4.36, 18.56 ,troops=3000")
	if want := (Mission{3000, -4.36, 18.56, day}); err != nil || m != want {
		t.Errorf("mission %v, error %v", m, err)
	}
	for text, want := range map[string]string{
		"":                                   `"" is no key=value; troops is missing; at is missing; from is missing`,
		"troops=many,at=4.36,from=soon":      `troops "many" is not a whole number; at "4.36" is not latitude,longitude in degrees; "soon" is not a date; write it as 2025-04-30`,
		"troop=3000,at=1,2,from=2014-09-15":  `unknown key "troop"; maybe troops; troops is missing`,
		"troops=5,at=91,NaN,from=2014-09-15": `troops=5 is not between 35 and 100000; at=91,NaN is no point; latitude is -90 to 90, longitude -180 to 180`,
		"troops=50,at=1,2,3,at=1,2,from=2014-09-15": `"3" is no key=value; at is given twice; "2" is no key=value`,
	} {
		if _, err := ParseMission(text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), missionForm) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name, tcc, types string
		o                Options
		want             []string
	}{
		{
			name: "every problem of both files at once",
			tcc: "mission,yearr,location,latitude,longitude,year.overview\n" +
				",2014,A,north,181,Gabon (650)\n" +
				"X,2014,B,1,2,\"Gabon (650), Togo\"\n" +
				"X,2014\n" +
				"X,2014,C,1,2,Gabon (1000000)\n" +
				"X,2014,D,1,2,Gabon (1)\"\n" +
				"X,2014,E,x,2,Gabon (1)\n",
			types: "mission,year,location,latitude,longitude,Infantry,eng,med,sig,av,riv,maint\n" +
				"X,14,A,1,2,-1,some,0,0,0,0,0\n",
			o: Options{Year: 2014},
			want: []string{
				"tcc.csv:1:1: the column year is missing. Maybe: yearr",
				"tcc.csv:2:1: mission is empty",
				`tcc.csv:2:9: latitude "north" is not a number; write degrees, such as -4.25`,
				"tcc.csv:2:15: longitude 181 is not between -180 and 180",
				`tcc.csv:3:14: year.overview: cannot read "Togo"; write Country (persons) or Country (size unknown), with commas between`,
				"tcc.csv:4:1: the row has 2 fields, the header 6",
				"tcc.csv:5:14: year.overview: the strength 1000000 of Gabon is above 100000 persons",
				`tcc.csv:6:23: this is no CSV row: bare " in non-quoted-field`,
				`tcc.csv:7:10: latitude "x" is not a number; write degrees, such as -4.25`,
				"types.csv:1:1: the column trans is missing",
				"types.csv:2:3: year 14 is not between 1948 and 2100",
				"types.csv:2:12: Infantry -1 is not between 0 and 100000",
				`types.csv:2:15: eng "some" is not a whole number`,
			},
		},
		{
			name: "a year that the files do not have",
			tcc:  "mission,year,location,latitude,longitude,year.overview\nX,2014,A,1,2,Gabon (650)\nX,2012,A,1,2,Gabon (650)\n",
			o:    Options{Year: 2013},
			want: []string{"tcc.csv: no base with a size in 2013; the files have 2012, 2014"},
		},
		{
			name:  "no strengths",
			types: "mission,year,location,latitude,longitude,Infantry,eng,med,sig,av,riv,maint,trans\nX,2014,A,1,2,1,0,0,0,0,0,0,0\n",
			o:     Options{Year: 2014},
			want:  []string{"geopko: no TCCMap table is given: it has the strengths by contributor (column year.overview)"},
		},
		{
			name: "no such table, and options out of range",
			tcc:  "mission,bases\n",
			o:    Options{Year: 2014, Days: 100, Mission: &Mission{Troops: 1, Lat: 4, Lon: 18, From: 16100}},
			want: []string{
				"geopko: new mission: troops=1 is not between 35 and 100000",
				"geopko: new mission: from 2014-01-30 it is at full strength on 2014-04-30, after the last day 2014-04-10; start it earlier or take the year 2015",
				"tcc.csv:1:1: the column year.overview is missing (of a TCCMap file, or Infantry of a TTMap file); name files of the Geo-PKO data set by year",
			},
		},
		{name: "empty file", tcc: " ", o: Options{}, want: []string{
			"geopko: the year 0 is not between 1948 and 2100; the files have no year",
			"tcc.csv:1:1: this is no CSV table with a row of column names: it is empty",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files []input
			if c.tcc != "" {
				files = append(files, input{name: "tcc.csv", data: []byte(c.tcc)})
			}
			if c.types != "" {
				files = append(files, input{name: "types.csv", data: []byte(c.types)})
			}
			var r reader
			_, _, err := r.scenario(files, c.o)
			compare(t, "problems", problems(t, err), c.want)
		})
	}
}

func TestReadsFolders(t *testing.T) {
	empty := t.TempDir()
	_, _, err := Read([]string{empty, "no-such.csv"}, Options{Year: 2014})
	got := problems(t, err)
	slices.Sort(got)
	want := []string{
		empty + ": the folder holds no .csv file; it should hold the TCCMap and TTMap files of the data set",
		"no-such.csv: cannot read it: no such file or directory",
	}
	slices.Sort(want)
	compare(t, "problems", got, want)

	full := t.TempDir()
	for _, name := range made {
		data, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(full, filepath.Base(name)), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(full, "other.csv")
	if err := os.WriteFile(other, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, warnings := read(t, []string{full}, Options{Year: 2014})
	if w := other + ":1:1: warning: left out: it has neither the column year.overview of a TCCMap file nor Infantry of a TTMap file"; !slices.Contains(warnings, w) {
		t.Errorf("no warning %q in %q", w, warnings)
	}
	if same, _ := read(t, made, Options{Year: 2014}); !reflect.DeepEqual(s, same) {
		t.Error("the same files make another scenario in another folder")
	}
}

// TestData reads the whole data set, year by year.
func TestData(t *testing.T) {
	dir := dataSet(t)
	for year := 1994; year <= 2016; year++ {
		s, warnings := read(t, []string{dir}, Options{Year: year})
		for _, w := range warnings {
			if strings.Contains(w, "is not known") || strings.Contains(w, "in no region") {
				t.Error(w)
			}
		}
		held := map[string]float64{}
		for _, u := range s.Units {
			if u.Persons.Likely > largestUnit {
				t.Errorf("%d: unit %s has %g persons", year, u.ID, u.Persons.Likely)
			}
			if u.At != nil {
				held[u.At.Post] += u.Persons.Likely
			}
		}
		for _, p := range s.Posts {
			wanted := 0.0
			for _, l := range p.Lines {
				wanted += l.Target.Likely
			}
			if held[p.ID] != wanted {
				t.Errorf("%d: post %s wants %g persons, %g hold it", year, p.ID, wanted, held[p.ID])
			}
		}
	}
}

// TestNewMissionOn2014 holds the numbers of the year that plans are measured on.
func TestNewMissionOn2014(t *testing.T) {
	m, err := ParseMission("troops=3000,at=4.36,18.56,from=2014-09-15")
	if err != nil {
		t.Fatal(err)
	}
	s, warnings := read(t, []string{dataSet(t)}, Options{Year: 2014, Mission: &m})
	var deployed, home struct{ units, persons int }
	for _, u := range s.Units {
		if u.At != nil {
			deployed.units++
			deployed.persons += int(u.Persons.Likely)
		} else {
			home.units += u.Count
			home.persons += u.Count * int(u.Persons.Likely)
		}
	}
	got := fmt.Sprintf("%d contributors, %d posts, %d units with %d persons at them, %d units with %d persons at home, %d days, %d warnings",
		len(s.Contributors), len(s.Posts), deployed.units, deployed.persons, home.units, home.persons, s.Calendar.Days, len(warnings))
	want := "65 contributors, 241 posts, 477 units with 111250 persons at them, 406 units with 97005 persons at home, 540 days, 25 warnings"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range made {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, false)
	}
	f.Add([]byte("mission,year,location,latitude,longitude,year.overview\nhome,2014,gab,90,180,Gabon (1)\nHomes,2014,,1,2,\nall,2014,\"x\"\"\",0,-0,\"UK (851), UK (9)\"\n"), true)
	types, err := os.ReadFile(made[1])
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, mission bool) {
		if len(data) > 1<<14 {
			t.Skip("a long file says nothing that a short one does not")
		}
		o := Options{Year: 2014}
		if mission {
			o.Mission = &Mission{Troops: 1000, Lat: 4, Lon: 18, From: 16200}
		}
		var r reader
		s, _, err := r.scenario([]input{{name: "fuzz.csv", data: data}, {name: "types.csv", data: types}}, o)
		if err != nil {
			problems(t, err)
			return
		}
		for _, p := range scenario.Check(s) {
			t.Error(p)
		}
	})
}
