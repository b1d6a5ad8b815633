package scenario

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// written are the types of this package that are written as JSON: every exported type but
// those that compute.
var written = []reflect.Type{
	reflect.TypeFor[Area](), reflect.TypeFor[Branch](), reflect.TypeFor[ByKind](), reflect.TypeFor[Calendar](), reflect.TypeFor[Capability](),
	reflect.TypeFor[Caveat](), reflect.TypeFor[Condition](), reflect.TypeFor[Contributor](), reflect.TypeFor[Count](), reflect.TypeFor[Counts](), reflect.TypeFor[DDay](),
	reflect.TypeFor[Date](), reflect.TypeFor[Days](), reflect.TypeFor[Evidence](), reflect.TypeFor[Line](), reflect.TypeFor[Mandate](), reflect.TypeFor[MandateOutside](), reflect.TypeFor[Mode](),
	reflect.TypeFor[OnStation](), reflect.TypeFor[Operation](), reflect.TypeFor[Order](), reflect.TypeFor[Outcome](), reflect.TypeFor[Phase](),
	reflect.TypeFor[Pin](), reflect.TypeFor[Place](), reflect.TypeFor[Pledge](), reflect.TypeFor[Policy](), reflect.TypeFor[Pool](),
	reflect.TypeFor[Post](), reflect.TypeFor[Posture](), reflect.TypeFor[Problem](), reflect.TypeFor[Quantity](), reflect.TypeFor[Raise](), reflect.TypeFor[Ready](),
	reflect.TypeFor[Release](), reflect.TypeFor[Report](), reflect.TypeFor[Route](), reflect.TypeFor[Scale](), reflect.TypeFor[Scenario](),
	reflect.TypeFor[SelfDeploys](), reflect.TypeFor[Span](), reflect.TypeFor[State](), reflect.TypeFor[Station](), reflect.TypeFor[Throughput](),
	reflect.TypeFor[Time](), reflect.TypeFor[Unit](), reflect.TypeFor[Variant](), reflect.TypeFor[Way](), reflect.TypeFor[Wear](),
	reflect.TypeFor[Weighing](), reflect.TypeFor[Weights](), reflect.TypeFor[Window](),
}

// computing are the exported types that nobody writes, and why.
var computing = map[string]string{
	"Network": "an index, made of a scenario", "Rules": "an index, made of a scenario", "Unread": "what a reader could not read", "Goal": "computed of a resolved scenario", "Want": "a part of a Goal", "UnknownError": "an error", "ReadError": "an error",
}

// TestEveryTypeReadsBack draws values of every type and reads back what Marshal writes.
func TestEveryTypeReadsBack(t *testing.T) {
	for _, kind := range written {
		t.Run(kind.Name(), rapid.MakeCheck(func(t *rapid.T) {
			value := reflect.New(kind)
			value.Elem().Set(drawValue(t, kind, false))
			data, err := json.Marshal(value.Interface())
			if err != nil {
				t.Fatal(err)
			}
			back := reflect.New(kind)
			if err := json.Unmarshal(data, back.Interface()); err != nil {
				t.Fatalf("%s: %v", data, err)
			}
			if !reflect.DeepEqual(value.Interface(), back.Interface()) {
				again, _ := json.Marshal(back.Interface())
				t.Fatalf("written\n%s\nread back\n%s", data, again)
			}
		}))
	}
	known := map[string]bool{}
	for _, kind := range written {
		known[kind.Name()] = true
	}
	for _, name := range exportedTypes(t) {
		if !known[name] && computing[name] == "" {
			t.Errorf("type %s is in neither list above", name)
		}
	}
}

func exportedTypes(t *testing.T) (names []string) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				for _, spec := range g.Specs {
					if name := spec.(*ast.TypeSpec).Name; name.IsExported() {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// drawValue draws any value of a type that its JSON can tell: of a field that is left out
// when it is empty, none that is empty and there.
func drawValue(t *rapid.T, kind reflect.Type, filled bool) reflect.Value {
	v := reflect.New(kind).Elem()
	number := func(least, most int) int { return rapid.IntRange(least, most).Draw(t, kind.String()) }
	switch kind {
	case reflect.TypeFor[Date]():
		v.SetInt(int64(number(-100_000, 100_000)))
		return v
	case reflect.TypeFor[Days]():
		v.SetInt(int64(number(-100, 100)))
		return v
	case reflect.TypeFor[Time]():
		v.Set(reflect.ValueOf(rapid.SampledFrom([]Time{{}, DayTime(number(-999, 999)), DDayTime(number(-99, 99)), DateTime(Date(number(0, 30_000)))}).Draw(t, "time")))
		return v
	case reflect.TypeFor[OnStation]():
		o := OnStation{Given: float64(number(0, 3)) / 2}
		if o.Given == 0 && number(0, 1) == 1 {
			o = OnStation{OnTask: float64(number(1, 9)), Transit: float64(number(0, 3)), Serviceability: 0.5}
		}
		v.Set(reflect.ValueOf(o))
		return v
	case reflect.TypeFor[Quantity]():
		if number(0, 1) == 1 {
			v.Set(reflect.ValueOf(Exactly(float64(number(-9, 9)) / 4)))
			return v
		}
	}
	switch kind.Kind() {
	case reflect.Struct:
		for i := range kind.NumField() {
			if f := kind.Field(i); f.IsExported() {
				v.Field(i).Set(drawValue(t, f.Type, strings.Contains(f.Tag.Get("json"), "omitempty")))
			}
		}
	case reflect.Pointer:
		if number(0, 1) == 1 {
			v.Set(reflect.New(kind.Elem()))
			v.Elem().Set(drawValue(t, kind.Elem(), false))
		}
	case reflect.Slice:
		if n := number(-1, 2); n > 0 || n == 0 && !filled {
			v.Set(reflect.MakeSlice(kind, n, n))
			for i := range n {
				v.Index(i).Set(drawValue(t, kind.Elem(), false))
			}
		}
	case reflect.Map:
		if n := number(-1, 2); n > 0 || n == 0 && !filled {
			v.Set(reflect.MakeMap(kind))
			for range n {
				v.SetMapIndex(drawValue(t, kind.Key(), false), drawValue(t, kind.Elem(), false))
			}
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "a", "GBR-1#2", "D+3", `"quoted"`, "<é> \u2028", "null"}).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(number(0, 1) == 1)
	case reflect.Int:
		v.SetInt(int64(number(-9, 9)))
	case reflect.Uint8:
		v.SetUint(uint64(number('1', 'F')))
	case reflect.Float64:
		v.SetFloat(float64(number(-99, 99)) / 8)
	default:
		t.Fatalf("no value of %s is drawn", kind)
	}
	return v
}

// TestReadErrors holds that what cannot be read is named with its place and value.
func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ text, path, value string }{
		{`{"calendar":{"start":"soon"}}`, "/calendar/start", `"soon"`},
		{`{"units":[{},{"notice":"14h"}]}`, "/units/1/notice", `"14h"`},
		{`{"units":[{"provides":{"a/b":"two"}}]}`, "/units/0/provides/a~1b", `"two"`},
		{`{"units":[{"provides":{"a":{"low":"x"}}}]}`, "/units/0/provides/a/low", `"x"`},
		{`{"units":[{"tour":{"min":1,"max":"long"}}]}`, "/units/0/tour/max", `"long"`},
		{`{"operations":[{"d_day":true}]}`, "/operations/0/d_day", "true"},
		{`{"operations":[{"d_day":{"likely":"D++"}}]}`, "/operations/0/d_day/likely", `"D++"`},
		{`{"capabilities":[{"on_station":"2"}]}`, "/capabilities/0/on_station", `"2"`},
		{`{"today":"never"}`, "/today", `"never"`},
		{`{"posts":{}}`, "/posts", "{}"},
		{`{"name":3}`, "/name", "3"},
		{`[1]`, "", "[1]"},
	} {
		var s Scenario
		err := json.Unmarshal([]byte(c.text), &s)
		at, ok := errors.AsType[*ReadError](err)
		if !ok || at.Path != c.path || at.Value != c.value || at.Err == nil {
			t.Errorf("%s: %v, want %s and %s", c.text, err, c.path, c.value)
		}
	}
	if err := json.Unmarshal([]byte(`{"units":[}`), new(Scenario)); err == nil {
		t.Error("text that is no JSON was read")
	}
}

// TestReadsOtherForms holds that escapes and null are read as JSON means them.
func TestReadsOtherForms(t *testing.T) {
	var s Scenario
	const text = `{"today":"\u0044+3","calendar":{"days":9},"units":[{"notice":"2\u0077","rest":null,"persons":null,"ready":null,"provides":{"a":2}}],"capabilities":[{"on_station":null}]}`
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	u := s.Units[0]
	if s.Today != DDayTime(3) || u.Notice != 14 || u.Rest != 0 || !u.Persons.IsZero() || !u.Ready.IsZero() || u.Provides["a"] != Exactly(2) || !s.Capabilities[0].OnStation.IsZero() {
		t.Errorf("%+v", s)
	}
}
