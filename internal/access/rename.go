package access

import (
	"reflect"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Rename gives a unit, a place or a post of a scenario another name, wherever it is named: for
// trials of who gives a name to something that another, which it does not see, has. The kind is
// that of its records.
func Rename(s *scenario.Scenario, kind, from, to string) {
	switch kind {
	case units:
		for i := range s.Units {
			renamed(&s.Units[i].ID, from, to)
		}
	case places:
		for i := range s.Places {
			renamed(&s.Places[i].ID, from, to)
		}
	case posts:
		for i := range s.Posts {
			renamed(&s.Posts[i].ID, from, to)
		}
	}
	for i := range s.InForce { // an order may name what is gone, and so has no tag
		switch o := &s.InForce[i]; kind {
		case units:
			renamed(&o.Unit, from, to)
		case posts:
			renamed(&o.Post, from, to)
		}
	}
	references(reflect.ValueOf(s).Elem(), strings.TrimSuffix(kind, "s"), func(name *string) { renamed(name, from, to) })
}

// renamed changes a name, also that of one of a count.
func renamed(name *string, from, to string) {
	if *name == from {
		*name = to
	} else if number, of := strings.CutPrefix(*name, from+"#"); of {
		*name = to + "#" + number
	}
}

// references visits each name that a part of a scenario gives of a record of a kind, as the
// tags ref of its types tell.
func references(v reflect.Value, kind string, visit func(*string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			references(v.Elem(), kind, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			references(v.Index(i), kind, visit)
		}
	case reflect.Struct:
		for field, x := range v.Fields() {
			switch {
			case !field.IsExported():
			case field.Tag.Get("ref") != kind:
				references(x, kind, visit)
			case x.Kind() == reflect.String:
				visit(x.Addr().Interface().(*string))
			case x.Kind() == reflect.Slice:
				for i := range x.Len() {
					visit(x.Index(i).Addr().Interface().(*string))
				}
			}
		}
	}
}
