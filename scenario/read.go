package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ReadError is a value in JSON that a type of this package cannot hold.
type ReadError struct {
	Path  string // JSON pointer (RFC 6901) to the value, such as /units/3/notice
	Value string // as it is written there
	Err   error
}

func (e *ReadError) Error() string { return fmt.Sprintf("%s: %s: %s", e.Path, e.Value, e.Err) }

func (e *ReadError) Unwrap() error { return e.Err }

// UnmarshalJSON reads what Marshal writes of a scenario, as written or resolved. A value
// that it cannot hold is a *[ReadError]; whether the scenario makes sense, and the names
// of its keys, are for [Check] and the readers of files.
func (s *Scenario) UnmarshalJSON(b []byte) error {
	type plain Scenario
	err := json.Unmarshal(b, (*plain)(s))
	if err == nil {
		return nil
	}
	if at := findUnreadable(b, reflect.TypeFor[plain](), ""); at != nil {
		return at
	}
	return err
}

// findUnreadable looks for the innermost value of some JSON that a type cannot hold; nil
// if it can hold all.
func findUnreadable(b []byte, t reflect.Type, path string) *ReadError {
	err := json.Unmarshal(b, reflect.New(t).Interface())
	if err == nil {
		return nil
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		var values map[string]json.RawMessage
		if json.Unmarshal(b, &values) != nil {
			break
		}
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if value, given := values[name]; given && f.IsExported() {
				if at := findUnreadable(value, f.Type, path+"/"+escape.Replace(name)); at != nil {
					return at
				}
			}
		}
	case reflect.Map:
		var values map[string]json.RawMessage
		if json.Unmarshal(b, &values) != nil {
			break
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if at := findUnreadable(values[name], t.Elem(), path+"/"+escape.Replace(name)); at != nil {
				return at
			}
		}
	case reflect.Slice:
		var values []json.RawMessage
		if json.Unmarshal(b, &values) != nil {
			break
		}
		for i, value := range values {
			if at := findUnreadable(value, t.Elem(), path+"/"+strconv.Itoa(i)); at != nil {
				return at
			}
		}
	}
	const most = 80
	value := string(b)
	if len(value) > most {
		value = value[:most] + "…"
	}
	return &ReadError{Path: path, Value: value, Err: err}
}
