package marathon

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// made is a project of one type, two components and two periods: a cycle of
// 100 days with deployments of 30 in calm, 50 of rest that an expected 20 stand
// for in crisis.
func made() map[string][]byte {
	return map[string][]byte{
		"PeriodRecords.csv": []byte("Type,Name,FromDay,ToDay\nPeriodRecord,Initialization,0,0\nPeriodRecord,Calm,1,60\nPeriodRecord,Crisis,61,90\n"),
		"Parameters.csv":    []byte("ParameterName,Value\nDefaultACPolicy,AC\n"),
		"PolicyRecords.csv": []byte("PolicyName,MaxDwell,MinDwell,MaxBOG,StartDeployable,StopDeployable,Deltas\n" +
			"slow,100,50,30,50,100,{}\nquick,9999999,10,9999999,10,9999999,\"{\"\"Train\"\" 5, :expected-dwell 20}\"\nfree,9999999,0,30,0,9999999,{}\n"),
		"CompositePolicyRecords.csv": []byte("CompositeName,Period,Policy\nAC,Calm,slow\nAC,Crisis,free\nRC,Calm,slow\nRC,Crisis,quick\n"),
		"SupplyRecords.csv":          []byte("Enabled,SRC,Component,Quantity,CycleTime,Policy,Str\n1,eng,AC,1,90,Auto,70\ntrue,eng,RC,2,40,RC,70\n0,eng,NG,9,0,RC,70\n"),
		"DemandRecords.csv": []byte("Enabled,SRC,Priority,Quantity,StartDay,Duration,Overlap,Vignette\n" +
			"1,eng,3,2,1,60,5,North\n1,eng,1,3,61,30,5,South\n1,eng,4,0,1,60,5,Nothing\n"),
		"RelationRecords.csv": []byte("Enabled,Relation,Donor," + recipientColumn + "\n1,substitution,sig,eng\n"),
	}
}

func project(t *testing.T, files map[string][]byte) *Project {
	t.Helper()
	var r reader
	p, err := r.project("m", files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func describe(s *scenario.Scenario) (units, posts []string) {
	for _, u := range s.Units {
		text := fmt.Sprintf("%s rest %d most %d", u.ID, u.Rest, *u.Tour.Max)
		if u.Tour.Min != nil {
			text += fmt.Sprintf(" least %d", *u.Tour.Min)
		}
		for _, w := range u.Available {
			text += fmt.Sprintf(" %v-%v", w.From, w.Until)
		}
		units = append(units, text)
	}
	for _, p := range s.Posts {
		posts = append(posts, fmt.Sprintf("%s priority %d handover %d: %g on %v-%v", p.ID, p.Priority, p.Handover, p.Lines[0].Floor.Likely, p.Lines[0].From, p.Lines[0].Until))
	}
	return units, posts
}

// TestCycleBecomesWindows: the AC unit has 90 days of dwell and can deploy at
// once, for ten days, then not before day 60; the RC units have 40 and 90.
func TestCycleBecomesWindows(t *testing.T) {
	s, warnings, err := project(t, made()).Scenario(Options{})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	units, posts := describe(s)
	want := []string{
		"eng-AC-1 rest 50 most 30 least 30 0-39",
		"eng-RC-1 rest 50 most 30 10-",
		"eng-RC-2 rest 50 most 30 least 30 0-39",
	}
	if d := cmp.Diff(want, units); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"eng-North priority 3 handover 5: 2 on 5-65"}, posts); d != "" {
		t.Error(d)
	}
	if s.Calendar.Start != before+1-5 || s.Calendar.Days != 65 {
		t.Errorf("calendar %v", s.Calendar)
	}
}

// TestPlanCarriesOver: RC-1 came home with day 56 of Calm's 60, so that it has 4
// days of dwell and is ready 6 days into Crisis. RC-2 stayed at home: its cycle
// began anew, and it has 50 days, which are enough at once.
func TestPlanCarriesOver(t *testing.T) {
	leg := plan.Leg{Post: "eng-North", Depart: before + 27 - 5, Effective: before + 27, Until: before + 27 + 25}
	calm := &plan.Plan{Tours: []plan.Tour{{Unit: "eng-RC-1", Legs: []plan.Leg{leg}, Home: before + 27 + 25}}}
	s, _, err := project(t, made()).Scenario(Options{Period: "Crisis", After: []*plan.Plan{calm}})
	if err != nil {
		t.Fatal(err)
	}
	units, posts := describe(s)
	if d := cmp.Diff([]string{"eng-AC-1 rest 0 most 30", "eng-RC-1 rest 10 most 35 6-", "eng-RC-2 rest 10 most 35"}, units); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"eng-South priority 1 handover 5: 3 on 5-35"}, posts); d != "" {
		t.Error(d)
	}
}

func TestDrawIsRepeatedAndEven(t *testing.T) {
	p := project(t, made())
	mean, seen := 0, map[int]bool{}
	for draw := uint64(1); draw <= 400; draw++ {
		var r reader
		first, again := p.units(&r, Options{Draw: draw}), p.units(&r, Options{Draw: draw})
		for i := range first {
			if first[i].cycle != again[i].cycle || first[i].cycle < 0 || first[i].cycle >= 100 {
				t.Fatalf("draw %d: %d, then %d", draw, first[i].cycle, again[i].cycle)
			}
			mean += first[i].cycle
			seen[first[i].cycle] = true
		}
	}
	if m := float64(mean) / 1200; m < 47 || m > 52 || len(seen) != 100 {
		t.Errorf("mean %g of %d different days; want 49.5 of 100", m, len(seen))
	}
}

func TestInventoryReplacesQuantities(t *testing.T) {
	s, _, err := project(t, made()).Scenario(Options{Type: "eng", Inventory: map[string]int{"AC": 3, "RC": 0}, Period: "Crisis"})
	if err != nil || len(s.Units) != 3 || s.Units[2].ID != "eng-AC-3" {
		t.Error(err, s)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"DemandRecords.csv", "eng,3,2", "eng,3,x", `m/DemandRecords.csv:2:9: Quantity "x" is not a whole number`},
		{"DemandRecords.csv", "Duration", "Durations", "m/DemandRecords.csv:1:1: the column Duration is missing. Maybe: Durations"},
		{"PeriodRecords.csv", "61,90", "61,9", "m/PeriodRecords.csv:4:24: ToDay 9 is before FromDay 61"},
		{"SupplyRecords.csv", "1,eng,AC", "yes,eng,AC", `m/SupplyRecords.csv:2:1: Enabled "yes" is neither true nor false; write 1 or 0`},
		{"SupplyRecords.csv", "40,RC", "40,slwo", "m/SupplyRecords.csv:3:6: the policy slwo of RC eng is not in PolicyRecords.csv. Maybe: slow"},
		{"Parameters.csv", "DefaultAC", "DefaultXX", "m/SupplyRecords.csv:2:3: the policy of AC eng is Auto, and Parameters.csv has no DefaultACPolicy"},
		{"CompositePolicyRecords.csv", "RC,Calm", "RC,Clam", "m/SupplyRecords.csv:3:6: the policy RC of RC eng has nothing for the period Calm; it has [Clam Crisis]"},
		{"PolicyRecords.csv", "", "", "m/PolicyRecords.csv: the table is missing; a folder holds the sheets of a MARATHON workbook, each as a CSV file of its name"},
	} {
		files := made()
		files[c.file] = []byte(strings.Replace(string(files[c.file]), c.old, c.new, 1))
		if c.old == "" {
			delete(files, c.file)
		}
		var r reader
		p, err := r.project("m", files)
		if err == nil {
			_, _, err = p.Scenario(Options{})
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%s, %s:\n got %v\nwant %s", c.file, c.new, err, c.want)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Type: "emg"}, `marathon: no demand asks for the type "emg"; there are eng. Maybe: eng`},
		{Options{Period: "Calmer"}, `marathon: there is no period "Calmer"; there are Calm, Crisis. Maybe: Calm`},
		{Options{Inventory: map[string]int{"AC": 1}}, "marathon: an inventory is of one type; name it"},
		{Options{Type: "eng", Inventory: map[string]int{"AC": 0}}, "marathon: none of 0 units can deploy in the period Calm"},
	} {
		_, _, err := project(t, made()).Scenario(c.o)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	tables := made()
	f.Add(string(tables["DemandRecords.csv"]), string(tables["SupplyRecords.csv"]), string(tables["PolicyRecords.csv"]), string(tables["PeriodRecords.csv"]), "RC", uint64(1))
	f.Add("SRC,Priority,Quantity,StartDay,Duration,Overlap\na-b,1,1,1,9,0\na-b,1,1,5,9,9\n", string(tables["SupplyRecords.csv"]), string(tables["PolicyRecords.csv"]), string(tables["PeriodRecords.csv"]), "", uint64(0))
	f.Fuzz(func(t *testing.T, demand, supply, policy, period, name string, draw uint64) {
		if len(demand)+len(supply)+len(policy)+len(period) > 1<<13 {
			t.Skip("long tables say nothing that short ones do not")
		}
		files := made()
		files["DemandRecords.csv"], files["SupplyRecords.csv"] = []byte(demand), []byte(supply)
		files["PolicyRecords.csv"], files["PeriodRecords.csv"] = []byte(policy), []byte(period)
		var r reader
		var s *scenario.Scenario
		p, err := r.project("m", files)
		if err == nil {
			s, _, err = p.Scenario(Options{Draw: draw, Period: name})
		}
		if err != nil {
			if invalid, ok := errors.AsType[*formats.Invalid](err); !ok || len(invalid.Problems) == 0 {
				t.Errorf("the error lists no problem: %v", err)
			}
			return
		}
		for _, p := range scenario.Check(s) {
			if !p.Warning {
				t.Error(p)
			}
		}
	})
}
