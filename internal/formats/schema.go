package formats

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Patterns of what files write as text.
const (
	datePattern = `^\d{4}-\d{2}-\d{2}$`
	timePattern = `^(D([+-]\d+)?|-?\d+|\d{4}-\d{2}-\d{2})$`
	daysPattern = `^-?\d+[dw]?$`
)

// Schema is the JSON Schema (draft 2020-12) of a scenario file, from the struct
// tags of package scenario. Editors check and complete YAML and JSON by it.
func Schema() ([]byte, error) {
	s := schemaBuilder{defs: map[string]any{}}
	root := s.object(reflect.TypeFor[scenario.Scenario]())
	// Where a file may differ from the types: posts inside operations, and
	// `requires` for lines.
	post := s.defs["Post"].(map[string]any)
	properties := post["properties"].(map[string]any)
	properties["requires"] = properties["lines"]
	s.defs["Operation"].(map[string]any)["properties"].(map[string]any)["posts"] = map[string]any{
		"type": "array", "items": map[string]any{"$ref": "#/$defs/Post"}, "description": "Its posts; or write them under posts, with operation.",
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Rearguard scenario"
	root["$defs"] = s.defs
	data, err := json.MarshalIndent(root, "", "  ")
	return append(data, '\n'), err
}

type schemaBuilder struct{ defs map[string]any }

// object describes a struct.
func (s *schemaBuilder) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	var must []string
	for i := range t.NumField() {
		f := t.Field(i)
		key := keyOf(f)
		if key == "-" {
			continue
		}
		p := s.property(f.Type, rulesOf(f))
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		properties[key] = p
		if required(f) && !optionalPart(t, key) {
			must = append(must, key)
		}
	}
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if must != nil {
		o["required"] = must
	}
	return o
}

// property describes a field, which may always be null: not given.
func (s *schemaBuilder) property(t reflect.Type, r rules) map[string]any {
	return map[string]any{"anyOf": append(s.forms(t, r), map[string]any{"type": "null"})}
}

// forms are the ways in which a file may write a value.
func (s *schemaBuilder) forms(t reflect.Type, r rules) []any {
	number := func(kind string) map[string]any {
		n := map[string]any{"type": kind}
		if r.min != nil {
			n["minimum"] = *r.min
		}
		if r.max != nil {
			n["maximum"] = *r.max
		}
		return n
	}
	text := func(pattern string) map[string]any { return map[string]any{"type": "string", "pattern": pattern} }
	switch t {
	case dateType:
		return []any{text(datePattern)}
	case timeType:
		return []any{text(timePattern), map[string]any{"type": "integer"}}
	case daysType:
		return []any{number("integer"), text(daysPattern)}
	case quantityType:
		return []any{number("number"), s.reference(t)}
	case onStationType:
		return []any{number("number"), s.reference(t)}
	case dDayType:
		return []any{text(timePattern), map[string]any{"type": "integer"}, s.reference(t)}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.forms(t.Elem(), r)
	case reflect.Struct:
		return []any{s.reference(t)}
	case reflect.Map:
		return []any{map[string]any{"type": "object", "additionalProperties": map[string]any{"anyOf": s.forms(t.Elem(), r)}}}
	case reflect.Slice:
		forms := []any{map[string]any{"type": "array", "items": map[string]any{"anyOf": s.forms(t.Elem(), r)}}}
		if t.Elem().Kind() == reflect.String {
			forms = append(forms, s.forms(t.Elem(), r)...)
		}
		return forms
	case reflect.String:
		if r.enum != nil {
			return []any{map[string]any{"enum": r.enum}}
		}
		return []any{map[string]any{"type": []string{"string", "number"}}}
	case reflect.Bool:
		return []any{map[string]any{"type": "boolean"}}
	case reflect.Int:
		return []any{number("integer")}
	default:
		return []any{number("number")}
	}
}

// reference describes a struct once, under its name.
func (s *schemaBuilder) reference(t reflect.Type) map[string]any {
	name := t.Name()
	if _, done := s.defs[name]; !done {
		s.defs[name] = nil // against a type that holds itself
		s.defs[name] = s.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + strings.ReplaceAll(name, "/", "~1")}
}
