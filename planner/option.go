package planner

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Option is one option of a question, as those need it who offer it to people: a flag,
// a field of a form, a property in the API's description. All of it comes from the tags
// of one field: json (its name), doc, default, minimum, maximum, enum.
type Option struct {
	Name    string
	Doc     string
	Type    reflect.Type
	Default string   // as text; empty is none
	Least   *float64 // of a number
	Most    *float64
	Enum    []string

	index []int // of the field
}

// Limit says in words what values an option may have.
func (o *Option) Limit() string {
	switch {
	case o.Least != nil && o.Most != nil && *o.Most == *o.Least+1:
		return fmt.Sprintf("%g or %g", *o.Least, *o.Most)
	case o.Least != nil && o.Most != nil:
		return fmt.Sprintf("%g to %g", *o.Least, *o.Most)
	case o.Least != nil:
		return fmt.Sprintf("%g or more", *o.Least)
	case o.Most != nil:
		return fmt.Sprintf("%g at most", *o.Most)
	case o.Enum != nil:
		return "one of " + strings.Join(o.Enum, ", ")
	}
	return ""
}

// OptionError is an option that a question does not know, or a value that it cannot
// have: the same whether it came from a flag, over the API or from Go.
type OptionError struct {
	Question string // empty where it is an option of every question
	Option   string
	Value    string
	Limit    string // what it may be; empty if there is no such option
	Maybe    string // the nearest option that there is
}

func (e *OptionError) Error() string {
	of := ""
	if e.Question != "" {
		of = " of " + e.Question
	}
	if e.Limit == "" {
		text := fmt.Sprintf("there is no option %q%s", e.Option, of)
		if e.Maybe != "" {
			text += ". Maybe: " + e.Maybe
		}
		return text
	}
	return fmt.Sprintf("%s %s%s: it must be %s", e.Option, e.Value, of, e.Limit)
}

// optionsOf lists the options that the fields of a struct are.
func optionsOf(t reflect.Type) (all []Option) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous || name == "" || name == "-" {
			continue
		}
		o := Option{Name: name, Doc: f.Tag.Get("doc"), Type: f.Type, Default: f.Tag.Get("default"), index: f.Index}
		for tag, limit := range map[string]**float64{"minimum": &o.Least, "maximum": &o.Most} {
			if text := f.Tag.Get(tag); text != "" {
				x, err := strconv.ParseFloat(text, 64)
				if err != nil {
					panic(fmt.Sprintf("option %s: %s %q is not a number", name, tag, text)) // a mistake in this package's source
				}
				*limit = &x
			}
		}
		if text := f.Tag.Get("enum"); text != "" {
			o.Enum = strings.Split(text, ",")
		}
		all = append(all, o)
	}
	return all
}

// settle fills what is not given with its default and refuses values out of range.
// Options is a pointer to a struct.
func settle(question string, options any) error {
	v := reflect.ValueOf(options).Elem()
	for _, o := range optionsOf(v.Type()) {
		f := v.FieldByIndex(o.index)
		if f.IsZero() && o.Default != "" {
			if err := json.Unmarshal([]byte(o.Default), f.Addr().Interface()); err != nil {
				panic(fmt.Sprintf("option %s: default %q does not fit: %v", o.Name, o.Default, err)) // a mistake in this package's source
			}
		}
		if f.IsZero() {
			continue // not given
		}
		if f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		var x float64
		switch {
		case f.CanInt():
			x = float64(f.Int())
		case f.CanFloat():
			x = f.Float()
		default:
			continue
		}
		if o.Least != nil && !(x >= *o.Least) || o.Most != nil && !(x <= *o.Most) {
			return &OptionError{Question: question, Option: o.Name, Value: fmt.Sprint(f.Interface()), Limit: o.Limit()}
		}
	}
	return nil
}

// ParseOptions reads options that came as one JSON object into a struct of options, a
// pointer, and settles them. Others may read some of the same object, by the names given;
// an option that nobody knows, or that is out of range, is an *[OptionError].
func ParseOptions(question string, data []byte, into any, others ...string) error {
	given := map[string]json.RawMessage{}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &given); err != nil {
			return fmt.Errorf("read the options of %s: %w", question, err)
		}
	}
	known := slices.Clone(others)
	v := reflect.ValueOf(into).Elem()
	for _, o := range optionsOf(v.Type()) {
		known = append(known, o.Name)
		raw, is := given[o.Name]
		if !is {
			continue
		}
		if err := json.Unmarshal(raw, v.FieldByIndex(o.index).Addr().Interface()); err != nil {
			limit := cmp.Or(o.Limit(), "a "+strings.TrimPrefix(o.Type.String(), "*"))
			return &OptionError{Question: question, Option: o.Name, Value: string(raw), Limit: limit}
		}
	}
	for _, name := range sortedKeys(given) {
		if !slices.Contains(known, name) {
			return &OptionError{Question: question, Option: name, Value: string(given[name]), Maybe: scenario.Nearest(name, known)}
		}
	}
	return settle(question, into)
}

// OptionNames are the names of the options that the fields of a struct are.
func OptionNames(options any) (names []string) {
	for _, o := range optionsOf(reflect.TypeOf(options)) {
		names = append(names, o.Name)
	}
	return names
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
