package scenario_test

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

func ptr[T any](x T) *T { return &x }

// numbered is a scenario without problems in which every field that is a number is given.
func numbered(t *testing.T) *scenario.Scenario {
	s := dated(t)
	both := &scenario.ByKind{Standing: ptr(64.0), Operation: ptr(8.0)}
	s.Weights = &scenario.Weights{Exposure: both, Shortfall: ptr(*both), Mobilise: ptr(1.0), Move: ptr(1.0), Share: ptr(1.0), Change: ptr(1.0),
		Tour: ptr(1.0), OnTheWay: ptr(1.0), ShortTour: ptr(1.0), ShortStay: ptr(1.0), IOC: ptr(1.0), FOC: ptr(1.0)}
	s.Capabilities = append(s.Capabilities, scenario.Capability{
		ID: "patrol", Domain: "sea", Substitutes: map[string]float64{"bg": 0.5},
		OnStation: scenario.OnStation{OnTask: 6, Transit: 2, TurnRound: 4, Serviceability: 0.75},
	})
	s.Places[0].Throughput = &scenario.Throughput{Tonnes: ptr(100.0), Persons: ptr(100.0)}
	s.Contributors[0].Approval, s.Contributors[0].MaxDeployed, s.Contributors[0].Share = 3, ptr(1000), ptr(0.5)
	u := &s.Units[1]
	u.Persons, u.Tonnes, u.Notice, u.Redeploy, u.Rest = scenario.Exactly(10), scenario.Exactly(10), 4, 2, 3
	u.Tour = scenario.Span{Min: ptr(scenario.Days(1)), Usual: 60, Max: ptr(scenario.Days(90))}
	u.Wear = &scenario.Wear{Rate: scenario.Exactly(10), Least: 50}
	u.SelfDeploys.Speed = 300
	s.Units[0].Postures[0].Cost = 5
	s.Units = append(s.Units, scenario.Unit{
		ID: "gbr-3", Contributor: "GBR", Count: 2, Dwell: 2, Provides: map[string]scenario.Quantity{"bg": scenario.Exactly(1)}, Home: "york",
		SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road},
	})
	p := &s.Posts[0]
	p.Priority, p.Handover, p.RSOM, p.Stay = 2, 1, 1, scenario.Span{Min: ptr(scenario.Days(2)), Max: ptr(scenario.Days(50))}
	p.Lines[0].Target, p.Lines[0].Scales = ptr(scenario.Exactly(2)), &scenario.Scale{With: "raid", Window: 7, Per: 10, Add: 1, AtMost: 3}
	op := &s.Operations[0]
	op.Warning, op.Size, op.StartsAfter = new(scenario.Days(5)), 1000, 2
	op.Ready = scenario.Ready{Hold: 5, IOC: &scenario.Counts{Share: ptr(0.5)}}
	s.Lift = []scenario.Pool{{ID: "rail", Mode: scenario.Rail, Tonnes: ptr(10.0), Persons: ptr(10.0), From: []string{"north"}, To: []string{"north"}, Speed: 400, Load: 1}}
	s.Routes = []scenario.Route{{From: "york", To: "tapa", Mode: scenario.Road, Days: 3}}
	s.Conditions = append(s.Conditions,
		scenario.Condition{ID: "quiet", HeldFor: 30, Breach: "raid", Since: "thaw"},
		scenario.Condition{ID: "few", Count: &scenario.Count{Of: "raid", Window: 7, Below: ptr(3.0)}},
		scenario.Condition{ID: "many", Count: &scenario.Count{Of: "raid", Window: 7, Above: ptr(30.0)}},
	)
	return s
}

// numberAt is a number of a scenario with the limits of its tags.
type numberAt struct {
	field, path string
	least, top  float64
	whole       bool
	set         func(x float64)
}

// numbers lists the numbers of a value that are given.
func numbers(v reflect.Value, at numberAt, assign func(reflect.Value)) (all []numberAt) {
	if v.IsZero() {
		return nil
	}
	one := func(make func(x float64) any) []numberAt {
		at.set = func(x float64) { assign(reflect.ValueOf(make(x))) }
		return []numberAt{at}
	}
	switch v.Interface().(type) {
	case scenario.Time, scenario.Calendar, scenario.Date:
		return nil
	case scenario.Quantity:
		return one(func(x float64) any { return scenario.Exactly(x) })
	case scenario.Days:
		at.least, at.top, at.whole = max(at.least, -scenario.MaxDays), min(at.top, scenario.MaxDays), true
		return one(func(x float64) any { return scenario.Days(x) })
	case int:
		at.whole = true
		return one(func(x float64) any { return int(x) })
	case float64:
		return one(func(x float64) any { return x })
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.IsExported() || key == "-" {
				continue
			}
			limit := func(tag string, otherwise float64) float64 {
				if x, err := strconv.ParseFloat(f.Tag.Get(tag), 64); err == nil {
					return x
				}
				return otherwise
			}
			all = append(all, numbers(v.Field(i), numberAt{field: v.Type().Name() + "." + key, path: at.path + "/" + key, least: limit("min", math.Inf(-1)), top: limit("max", math.Inf(1))}, v.Field(i).Set)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			inner := at
			inner.path = fmt.Sprintf("%s/%d", at.path, i)
			all = append(all, numbers(v.Index(i), inner, v.Index(i).Set)...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			inner := at
			inner.path = at.path + "/" + key.String()
			all = append(all, numbers(v.MapIndex(key), inner, func(x reflect.Value) { v.SetMapIndex(key, x) })...)
		}
	case reflect.Pointer:
		return numbers(v.Elem(), at, v.Elem().Set)
	}
	return all
}

// numberFields lists the fields of the types of a scenario that are numbers.
func numberFields(t reflect.Type, field string, into map[string]bool, seen map[reflect.Type]bool) {
	switch t {
	case reflect.TypeFor[scenario.Time](), reflect.TypeFor[scenario.Calendar](), reflect.TypeFor[scenario.Date]():
		return
	case reflect.TypeFor[scenario.Quantity](), reflect.TypeFor[scenario.Days](), reflect.TypeFor[int](), reflect.TypeFor[float64]():
		into[field] = true
		return
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
		numberFields(t.Elem(), field, into, seen)
	case reflect.Struct:
		if seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			if key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); key != "-" && t.Field(i).IsExported() {
				numberFields(t.Field(i).Type, t.Name()+"."+key, into, seen)
			}
		}
	}
}

// TestEveryNumberHasItsLimits: whoever puts a scenario together, a number beyond the limits
// of its tags, or that is none, is one problem at its place.
func TestEveryNumberHasItsLimits(t *testing.T) {
	if problems := scenario.Check(numbered(t)); len(problems) > 0 {
		t.Fatalf("the scenario has problems before anything is changed: %v", problems)
	}
	fields := map[string]bool{}
	numberFields(reflect.TypeFor[scenario.Scenario](), "", fields, map[reflect.Type]bool{})
	all := numbers(reflect.ValueOf(numbered(t)).Elem(), numberAt{}, nil)
	for i, n := range all {
		delete(fields, n.field)
		beyond := map[string]float64{"below": n.least - 1, "above": n.top * 1.5}
		if !n.whole {
			beyond["no number"] = math.NaN()
		}
		for what, x := range beyond {
			if math.IsInf(x, 0) || x == 0 { // 0 is none
				continue
			}
			s := numbered(t)
			numbers(reflect.ValueOf(s).Elem(), numberAt{}, nil)[i].set(x)
			found := 0
			for _, p := range scenario.Check(s) {
				if p.Path == n.path && !p.Warning && (strings.Contains(p.Message, " is below ") || strings.Contains(p.Message, " is above ") || strings.Contains(p.Message, "is not a number")) {
					found++
				}
			}
			if found != 1 {
				t.Errorf("%s is %g (%s), which makes %d problems there: %v", n.path, x, what, found, scenario.Check(s))
			}
		}
	}
	if len(fields) > 0 {
		t.Errorf("the scenario of this test gives no %v", fields)
	}
}

// What the tags do not say: amounts and speeds that are too little for anything, and more
// than can be held.
func TestLimitsWithoutATag(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(s *scenario.Scenario)
		path, want string
	}{
		"too little provided": {func(s *scenario.Scenario) { s.Units[0].Provides["bg"] = scenario.Exactly(1e-9) }, "/units/0/provides/bg", "too little to count"},
		"too little asked for": {func(s *scenario.Scenario) {
			s.Posts[0].Lines[0].Floor = scenario.Exactly(1e-300)
			s.Posts[0].Lines[0].Target = nil
		}, "/posts/0/lines/0/floor", "too little to count"},
		"a factor of hardly anything": {func(s *scenario.Scenario) { s.Capabilities[1].Substitutes["bg"] = 1e-12 }, "/capabilities/1/substitutes/bg", "not above 0"},
		"a factor of 0":               {func(s *scenario.Scenario) { s.Capabilities[1].Substitutes["bg"] = 0 }, "/capabilities/1/substitutes/bg", "not above 0"},
		"too many for one on station": {func(s *scenario.Scenario) { s.Capabilities[1].OnStation = scenario.OnStation{OnTask: 1e-9, Transit: 8} }, "/capabilities/1/on_station", "not 1 to 10000"},
		"a unit that creeps":          {func(s *scenario.Scenario) { s.Units[1].SelfDeploys.Speed = 0.001 }, "/units/1/self_deploys/speed", "less than 1 km a day"},
		"a train that creeps":         {func(s *scenario.Scenario) { s.Lift[0].Speed = 1e-300 }, "/lift/0/speed", "less than 1 km a day"},
		"a line that explodes":        {func(s *scenario.Scenario) { s.Posts[0].Lines[0].Scales.Per = 1e-300 }, "/posts/0/lines/0/scales", "not above 0"},
		"the year 9999":               {func(s *scenario.Scenario) { s.Calendar.Start = day(t, "9999-05-01") }, "/calendar/start", "not in the years 1000 to 9000"},
		"areas in each other": {func(s *scenario.Scenario) {
			for i := range 60 {
				s.Areas = append(s.Areas, scenario.Area{ID: fmt.Sprint(i), Parent: fmt.Sprint(i + 1)})
			}
			s.Areas = append(s.Areas, scenario.Area{ID: "60"})
		}, "/areas/1/parent", "lies in more than 50 others"},
		"an area in itself": {func(s *scenario.Scenario) { s.Areas[0].Parent = "north" }, "/areas/0/parent", "lies in itself"},
		"more days and lines than can be held": {func(s *scenario.Scenario) {
			s.Calendar.Days = 100_000
			for i := range 200 {
				p := s.Posts[0]
				p.ID = fmt.Sprint("p", i)
				s.Posts = append(s.Posts, p)
			}
		}, "/calendar/days", "100000 days of 202 lines"},
		"pins of thousands": {func(s *scenario.Scenario) {
			s.Units[2].Count = 10_000
			for i := range 101 {
				s.Pins = append(s.Pins, scenario.Pin{Unit: "gbr-3", Post: "tapa", From: scenario.DayTime(i % 50), Until: scenario.DayTime(i%50 + 1)})
			}
		}, "/pins", "1010001 pins"},
	} {
		t.Run(name, func(t *testing.T) {
			s := numbered(t)
			c.change(s)
			p := problemAt(s, c.path)
			if p == nil || !strings.Contains(p.Message, c.want) {
				t.Errorf("at %s: %v; want %q", c.path, scenario.Check(s), c.want)
			}
		})
	}
}
