package scenario_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/scenario"
)

// dated is a scenario without problems in which every field that is a time holds a date.
func dated(t *testing.T) *scenario.Scenario {
	on := func(text string) scenario.Time { return scenario.DateTime(day(t, text)) }
	days := func(n int) *scenario.Days { d := scenario.Days(n); return &d }
	one := scenario.Exactly(1)
	return &scenario.Scenario{
		Name: "dated", Calendar: scenario.Calendar{Start: day(t, "2025-05-01"), Days: 60}, Today: on("2025-05-02"),
		Capabilities: []scenario.Capability{{ID: "bg", Domain: "land"}},
		Areas:        []scenario.Area{{ID: "north"}},
		Places:       []scenario.Place{{ID: "tapa", Lat: 59, Lon: 26, Area: "north"}, {ID: "york", Lat: 54, Lon: -1, Area: "north"}},
		Contributors: []scenario.Contributor{{ID: "GBR", Mandates: []scenario.Mandate{
			{Operation: "relief", Persons: 50, From: on("2025-06-01"), Until: on("2025-06-20"), Decided: on("2025-05-15")},
		}}},
		Units: []scenario.Unit{
			{
				ID: "gbr-1", Contributor: "GBR", Provides: map[string]scenario.Quantity{"bg": one}, Home: "york", Notice: 20,
				Tour: scenario.Span{Max: days(180)}, SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road},
				At:        &scenario.Station{Post: "tapa", Since: on("2025-03-15")},
				Available: []scenario.Window{{From: on("2025-05-03"), Until: on("2025-06-20")}},
				Postures:  []scenario.Posture{{Notice: 5, From: on("2025-05-10")}},
			},
			{
				ID: "gbr-2", Contributor: "GBR", Provides: map[string]scenario.Quantity{"bg": one}, Home: "york",
				SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road}, Ready: on("2025-05-12"),
			},
		},
		Posts: []scenario.Post{
			{ID: "tapa", Place: "tapa", Lines: []scenario.Line{{Capability: "bg", Floor: one, From: on("2025-05-04"), Until: on("2025-06-21")}}},
			{ID: "lviv", Place: "tapa", Operation: "relief", Lines: []scenario.Line{{Capability: "bg", Floor: one}}},
		},
		Operations: []scenario.Operation{{
			ID: "relief", DDay: scenario.DDay{Earliest: on("2025-05-20"), Likely: on("2025-06-01"), Latest: on("2025-06-10")},
			Phases: []scenario.Phase{{ID: "first", From: on("2025-06-01"), Until: on("2025-06-15")}},
		}},
		Pins:       []scenario.Pin{{Unit: "gbr-2", Post: "lviv", From: on("2025-06-05"), Until: on("2025-06-12")}},
		InForce:    []scenario.Order{{Unit: "gbr-2", Post: "lviv", Depart: on("2025-05-25"), Until: on("2025-06-22"), Given: true, Arrive: on("2025-05-27"), Lift: "self"}},
		Conditions: []scenario.Condition{{ID: "thaw", After: on("2025-05-22"), By: on("2025-06-23"), Expected: on("2025-05-24")}},
	}
}

func day(t *testing.T, text string) scenario.Date {
	t.Helper()
	d, err := scenario.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// times lists every time of a scenario by its pointer, and the fields that it met on the way.
func times(s *scenario.Scenario) (found map[string]*scenario.Time, fields map[string]bool) {
	found, fields = map[string]*scenario.Time{}, map[string]bool{}
	var walk func(v reflect.Value, path, field string)
	walk = func(v reflect.Value, path, field string) {
		if t, ok := v.Addr().Interface().(*scenario.Time); ok {
			if !t.IsZero() {
				found[path], fields[field] = t, true
			}
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i), path+"/"+key, v.Type().Name()+"."+key)
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s/%d", path, i), field)
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path, field)
			}
		}
	}
	walk(reflect.ValueOf(s).Elem(), "", "")
	return found, fields
}

// timeFields lists the fields of the types of a scenario that are times.
func timeFields(t reflect.Type, into map[string]bool, seen map[reflect.Type]bool) {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		timeFields(t.Elem(), into, seen)
	case reflect.Struct:
		if seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Type == reflect.TypeFor[scenario.Time]() {
				key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				into[t.Name()+"."+key] = true
				continue
			}
			timeFields(f.Type, into, seen)
		}
	}
}

// problemAt is the problem, no warning, at a place; nil if there is none.
func problemAt(s *scenario.Scenario, path string) *scenario.Problem {
	for _, p := range scenario.Check(s) {
		if p.Path == path && !p.Warning {
			return &p
		}
	}
	return nil
}

// TestEveryFarDayIsDoubted: whatever time of a scenario holds another year, or the day
// number of a spreadsheet, is a problem at its place with the date that was meant. A time
// that the format is given later has to be in the scenario of this test.
func TestEveryFarDayIsDoubted(t *testing.T) {
	if problems := scenario.Check(dated(t)); len(problems) > 0 {
		t.Fatalf("the scenario has problems before anything is changed: %v", problems)
	}
	all := map[string]bool{}
	timeFields(reflect.TypeFor[scenario.Scenario](), all, map[reflect.Type]bool{})
	found, fields := times(dated(t))
	if !maps.Equal(all, fields) {
		t.Errorf("the scenario holds the times %v, the format has %v", slices.Sorted(maps.Keys(fields)), slices.Sorted(maps.Keys(all)))
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		right := *found[path]
		date := day(t, right.String()).Time()
		in := func(year int) scenario.Time {
			return scenario.DateTime(scenario.Date(time.Date(year, date.Month(), date.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400))
		}
		serial := scenario.DayTime(int(date.Unix()/86400) + 25_569)
		for _, c := range []struct {
			wrong scenario.Time
			maybe bool
		}{
			{in(2052), true}, {in(2205), true}, {in(2035), true}, {in(1925), true}, {in(225), true}, {in(9999), false},
			{serial, true}, {scenario.DayTime(-45_809), false},
		} {
			s := dated(t)
			where, _ := times(s)
			*where[path] = c.wrong
			want := ""
			if c.maybe {
				want = right.String()
			}
			switch p := problemAt(s, path); {
			case p == nil:
				t.Errorf("%s holds %s, and nobody doubts it: %v", path, c.wrong, scenario.Check(s))
			case p.Maybe != want:
				t.Errorf("%s holds %s: Maybe %q, want %q (%s)", path, c.wrong, p.Maybe, want, p.Message)
			case !strings.Contains(p.Message, c.wrong.String()):
				t.Errorf("%s holds %s, which the problem does not name: %s", path, c.wrong, p.Message)
			}
		}
	}
}

// TestOneWrongDDayIsOneProblem: what counts from a D-day is not wrong because D-day is.
func TestOneWrongDDayIsOneProblem(t *testing.T) {
	s := dated(t)
	s.Operations[0].DDay = scenario.DDay{Likely: scenario.DateTime(day(t, "2052-06-01"))}
	s.Operations[0].Phases = []scenario.Phase{{ID: "first", From: scenario.DDayTime(3), Until: scenario.DDayTime(20)}}
	s.Posts[1].Lines = append(s.Posts[1].Lines, scenario.Line{Capability: "bg", Floor: scenario.Exactly(1), From: scenario.DDayTime(10)})
	s.Posts[1].Lines[0].Until = scenario.DDayTime(10)
	problems := scenario.Check(s)
	if len(problems) != 1 || problems[0].Path != "/operations/0/d_day" || problems[0].Maybe != "2025-06-01" {
		t.Errorf("one wrong year makes %v", problems)
	}
}

// TestWrongCalendarIsOneProblem: where every date lies together in another year, the
// calendar's is the one that is wrong.
func TestWrongCalendarIsOneProblem(t *testing.T) {
	s := dated(t)
	s.Calendar.Start = day(t, "2052-05-01")
	problems := scenario.Check(s)
	if len(problems) != 1 || problems[0].Path != "/calendar/start" || problems[0].Maybe != "2025-05-01" {
		t.Errorf("a wrong calendar makes %v", problems)
	}
}

// TestDaysThatMayLieOutside: what began before the calendar or ends after it is no
// mistake, and an operation after its end is worth a word only.
func TestDaysThatMayLieOutside(t *testing.T) {
	set := func(path, text string) func(*testing.T, *scenario.Scenario) {
		return func(t *testing.T, s *scenario.Scenario) {
			found, _ := times(s)
			at, err := scenario.ParseTime(text)
			if found[path] == nil || err != nil {
				t.Fatal(path, err)
			}
			*found[path] = at
		}
	}
	for name, c := range map[string]struct {
		change  func(*testing.T, *scenario.Scenario)
		warning string // its place; none if empty
	}{
		"a line since ten years less one": {set("/posts/0/lines/0/from", "2017-01-01"), ""},
		"a line for years to come":        {set("/posts/0/lines/0/until", "2033-12-31"), ""},
		"a window that opened years ago":  {set("/units/0/available/0/from", "2018-01-01"), ""},
		"an operation that has been on": {func(t *testing.T, s *scenario.Scenario) {
			s.Operations[0].DDay = scenario.DDay{Likely: scenario.DateTime(day(t, "2020-06-01"))}
		}, ""},
		"a D-day of next year": {func(t *testing.T, s *scenario.Scenario) {
			s.Operations[0].DDay = scenario.DDay{Likely: scenario.DateTime(day(t, "2026-03-01"))}
		}, "/operations/0/d_day"},
		"a latest D-day after the calendar": {set("/operations/0/d_day/latest", "2025-09-01"), ""},
		"a garrison": {func(t *testing.T, s *scenario.Scenario) {
			s.Units[0].Tour, s.Units[0].At.Since = scenario.Span{}, scenario.DateTime(day(t, "1951-04-01"))
		}, ""},
		"a tour that is overdue":         {set("/units/0/at/since", "2024-05-01"), ""},
		"a tour that is long overdue":    {set("/units/0/at/since", "2021-05-01"), "/units/0/at/since"},
		"a unit that is ready next year": {set("/units/1/ready", "2026-01-15"), "/units/1/ready"},
		"a condition of long ago":        {set("/conditions/0/after", "2017-01-01"), ""},
		"a condition of years to come":   {set("/conditions/0/by", "2033-01-01"), ""},
		"planning long before":           {set("/today", "2022-01-01"), ""},
		"a leg in force of last year": {func(_ *testing.T, s *scenario.Scenario) {
			s.InForce[0].Depart, s.InForce[0].Until = scenario.DayTime(-300), scenario.DayTime(-200)
		}, "/in_force/0"},
		"a day number inside a long plan": {func(_ *testing.T, s *scenario.Scenario) {
			s.Calendar.Days = 50_000
			s.Operations[0].DDay = scenario.DDay{Likely: scenario.DayTime(45_809)}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := dated(t)
			s.Pins, s.Operations[0].Phases = nil, nil
			c.change(t, s)
			problems := scenario.Check(s)
			switch {
			case c.warning == "" && len(problems) > 0, len(problems) > 1:
				t.Errorf("it makes %v", problems)
			case c.warning != "" && (len(problems) == 0 || !problems[0].Warning || problems[0].Path != c.warning):
				t.Errorf("it makes %v, not a warning at %s", problems, c.warning)
			}
		})
	}
}
