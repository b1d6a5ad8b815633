package plan

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/scenario"
)

// TestEveryPlanReadsBack draws plans of every content and reads back what Marshal writes.
func TestEveryPlanReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, kind := range []reflect.Type{reflect.TypeFor[Plan](), reflect.TypeFor[Fact](), reflect.TypeFor[Changes](), reflect.TypeFor[Cascade]()} {
			value := reflect.New(kind)
			value.Elem().Set(drawValue(t, kind))
			data, err := json.Marshal(value.Interface())
			if err != nil {
				t.Fatal(err)
			}
			back := reflect.New(kind)
			if err := json.Unmarshal(data, back.Interface()); err != nil {
				t.Fatalf("%s: %v", data, err)
			}
			if again, _ := json.Marshal(back.Interface()); string(again) != string(data) || !reflect.DeepEqual(value.Interface(), back.Interface()) {
				t.Fatalf("written\n%s\nread back\n%s", data, again)
			}
		}
	})
}

// drawValue draws any value of a type: no list or map that is there and empty, since JSON
// leaves some of those out.
func drawValue(t *rapid.T, kind reflect.Type) reflect.Value {
	v := reflect.New(kind).Elem()
	number := func(least, most int) int { return rapid.IntRange(least, most).Draw(t, kind.String()) }
	switch kind {
	case reflect.TypeFor[scenario.Time]():
		v.Set(reflect.ValueOf(scenario.DateTime(scenario.Date(number(0, 30_000)))))
		return v
	case reflect.TypeFor[scenario.Date]():
		v.SetInt(int64(number(-9_999, 30_000)))
		return v
	}
	switch kind.Kind() {
	case reflect.Struct:
		for i := range kind.NumField() {
			if kind.Field(i).IsExported() {
				v.Field(i).Set(drawValue(t, kind.Field(i).Type))
			}
		}
	case reflect.Pointer:
		if number(0, 1) == 1 {
			v.Set(reflect.New(kind.Elem()))
			v.Elem().Set(drawValue(t, kind.Elem()))
		}
	case reflect.Slice:
		if n := number(0, 2); n > 0 {
			v.Set(reflect.MakeSlice(kind, n, n))
			for i := range n {
				v.Index(i).Set(drawValue(t, kind.Elem()))
			}
		}
	case reflect.Map:
		if n := number(0, 2); n > 0 {
			v.Set(reflect.MakeMap(kind))
			for range n {
				v.SetMapIndex(drawValue(t, kind.Key()), drawValue(t, kind.Elem()))
			}
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "a", "GBR-1#2", `"quoted"`, "<é> \u2028"}).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(number(0, 1) == 1)
	case reflect.Int:
		v.SetInt(int64(number(-9, 9)))
	case reflect.Uint64:
		v.SetUint(uint64(number(0, 99)))
	case reflect.Float64:
		v.SetFloat(float64(number(-99, 99)) / 8)
	default:
		t.Fatalf("no value of %s is drawn", kind)
	}
	return v
}
