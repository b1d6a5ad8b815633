package engine_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// number is a number of a scenario with the limits that its tags give it.
type number struct {
	path       string
	least, top float64
	set        func(x float64)
}

// numbersOf lists the numbers of a value that are given, but for times, by its fields.
func numbersOf(v reflect.Value, path string, least, top float64, set func(reflect.Value)) (all []number) {
	if v.IsZero() {
		return nil
	}
	switch v.Interface().(type) {
	case scenario.Time, scenario.Calendar, scenario.Date:
		return nil
	case scenario.Quantity:
		return []number{{path, least, top, func(x float64) { set(reflect.ValueOf(scenario.Exactly(x))) }}}
	case scenario.Days:
		return []number{{path, max(least, -100_000), min(top, 100_000), func(x float64) { set(reflect.ValueOf(scenario.Days(x))) }}}
	case int:
		return []number{{path, least, top, func(x float64) { set(reflect.ValueOf(int(x))) }}}
	case float64:
		return []number{{path, least, top, func(x float64) { set(reflect.ValueOf(x)) }}}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || f.Tag.Get("json") == "-" {
				continue
			}
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			limit := func(tag string, otherwise float64) float64 {
				if x, err := strconv.ParseFloat(f.Tag.Get(tag), 64); err == nil {
					return x
				}
				return otherwise
			}
			all = append(all, numbersOf(v.Field(i), path+"/"+key, limit("min", -1e12), limit("max", 1e12), v.Field(i).Set)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, numbersOf(v.Index(i), path+"/"+strconv.Itoa(i), least, top, v.Index(i).Set)...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			all = append(all, numbersOf(v.MapIndex(key), path+"/"+key.String(), least, top, func(x reflect.Value) { v.SetMapIndex(key, x) })...)
		}
	case reflect.Pointer:
		return numbersOf(v.Elem(), path, least, top, v.Elem().Set)
	}
	return all
}

// TestNumbersAtTheirLimits: a scenario with numbers at the ends of what they may be, and
// beyond, has a problem, or a plan that holds and all that follows from it.
func TestNumbersAtTheirLimits(t *testing.T) {
	checks(t, 600)
	doubted, planned := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t, shape{days: rapid.IntRange(5, 30).Draw(t, "days"), units: rapid.IntRange(1, 5).Draw(t, "units"), posts: rapid.IntRange(1, 4).Draw(t, "posts")})
		s.Weights = &scenario.Weights{Exposure: &scenario.ByKind{Standing: ptr(64.0), Operation: ptr(8.0)}, Move: ptr(1.0), Mobilise: ptr(1.0), Share: ptr(1.0), Change: ptr(4.0)}
		s.Units[0].Notice, s.Units[0].Postures = 3, []scenario.Posture{{Notice: 1, Cost: 1}}
		if rapid.Bool().Draw(t, "wears") {
			s.Units[0].Wear = &scenario.Wear{Rate: scenario.Exactly(1)}
		}
		for _, n := range numbersOf(reflect.ValueOf(s).Elem(), "", -1e12, 1e12, nil) {
			if rapid.IntRange(0, 24).Draw(t, "moved") > 0 {
				continue
			}
			x := rapid.SampledFrom([]float64{n.least, n.top, n.top / 3, 0, 1e-6, 0.1, 1, 1000, 1e6}).Draw(t, n.path)
			if x = min(max(x, n.least), n.top); rapid.IntRange(0, 19).Draw(t, "absurd") == 0 {
				x = rapid.SampledFrom([]float64{-1, 5e-324, 1e-300, 1e-9, 1e12}).Draw(t, "absurdly")
			}
			n.set(x)
		}
		for i := range s.Units {
			s.Units[i].Count = min(s.Units[i].Count, 3) // for the time that it takes
		}
		r, ok := sound(s)
		if !ok {
			doubted++
			return
		}
		if everything(t, r) {
			planned++
		}
	})
	if doubted == 0 || planned == 0 {
		t.Errorf("%d scenarios doubted and %d planned; want some of each", doubted, planned)
	}
	t.Logf("%d doubted, %d planned", doubted, planned)
}

// A pin is kept whatever else the unit could be worth, at any prices.
func TestPinsOutweighAnyPrice(t *testing.T) {
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Units {
		if u := &s.Units[i]; u.ID != "gbr-1" && u.Provides["battlegroup"].Likely > 0 {
			u.Provides = map[string]scenario.Quantity{"medical": scenario.Exactly(1)} // so that nobody else holds Tapa
		}
	}
	s.Pins = []scenario.Pin{{Unit: "gbr-1", Post: "lviv", From: scenario.DayTime(50), Until: scenario.DayTime(51)}}
	for _, price := range []float64{64, 1000, 100_000} {
		s.Weights = &scenario.Weights{Exposure: &scenario.ByKind{Standing: ptr(price)}}
		r, ok := sound(s)
		if !ok {
			t.Fatal(scenario.Check(s))
		}
		p, err := engine.Solve(t.Context(), r, engine.Options{Seed: 1, Iterations: 200})
		if err != nil {
			t.Errorf("at a price of %g: %v", price, err)
			continue
		}
		mustHold(t, r, p)
	}
}
