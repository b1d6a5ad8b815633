package scenario

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Limits that the tags min and max do not say. What lies beyond is no plan's business, or
// cannot be computed: sums of more lose whole units, and products overflow.
const (
	// MaxDays is the most days of a calendar, of a duration, and of a day number
	// (about 270 years), so that sums of a few of them stay far from overflow.
	MaxDays = 100_000
	// leastAmount is the least of a capability, or of what is asked for, above 0.
	leastAmount = 1e-6
	// mostAmount is the most of either, as the tags of its fields say.
	mostAmount = 1e7
	// slowest is the least speed, km a day, above 0.
	slowest = 1
	// mostOnStation is the most that must be deployed to keep one on station.
	mostOnStation = 10_000
	// mostLineDays is the most days of all lines together: every search holds each.
	mostLineDays = 10_000_000
	// mostPools and mostPlaces are what a movement is counted by.
	mostPools, mostPlaces = 30_000, 1_000_000
	// deepest is how many areas can lie in each other.
	deepest = 50
	// earliestYear and latestYear are those in which a calendar can start: every date
	// that follows from it has four digits then.
	earliestYear, latestYear = 1000, 9000
)

// Records names one entry of each table, for messages.
var Records = map[string]string{
	"capabilities": "capability", "areas": "area", "places": "place", "contributors": "contributor", "units": "unit",
	"posts": "post", "operations": "operation", "lift": "lift pool", "routes": "route", "pins": "pin", "in_force": "order in force", "conditions": "condition", "branches": "branch",
}

// limits holds every number to the limits of its tags, as readers do while they read:
// also of a scenario that no reader has seen.
func (c *checker) limits() {
	v := reflect.ValueOf(c.s).Elem()
	for _, f := range limited(v.Type()) {
		list := v.Field(f.index)
		if list.Kind() != reflect.Slice {
			w := limitWalk{c, "scenario", []any{f.key}}
			w.value(list, f)
			continue
		}
		for i := range list.Len() {
			record := list.Index(i)
			w := limitWalk{c, Records[f.key] + " " + strconv.Itoa(i+1), []any{f.key, i}}
			if id := record.FieldByName("ID"); id.IsValid() && id.String() != "" {
				w.owner = fmt.Sprintf("%s %q", Records[f.key], id.String())
			}
			w.value(record, f)
		}
	}
}

// limitedField is a field of a struct that is a number with limits, or holds some.
type limitedField struct {
	index      int
	key        string
	least, top float64 // infinite where there is none
	optional   bool    // 0 is none
}

var limitedTypes sync.Map // reflect.Type to []limitedField

// limited lists the fields of a struct that hold numbers.
func limited(t reflect.Type) []limitedField {
	if known, ok := limitedTypes.Load(t); ok {
		return known.([]limitedField)
	}
	var fields []limitedField
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || key == "-" || !holdsNumbers(f.Type) {
			continue
		}
		x := limitedField{i, key, math.Inf(-1), math.Inf(1), options != ""}
		if f.Type == reflect.TypeFor[Days]() || f.Type == reflect.TypeFor[*Days]() {
			x.top = MaxDays
		}
		for tag, limit := range map[string]*float64{"min": &x.least, "max": &x.top} {
			if text, ok := f.Tag.Lookup(tag); ok {
				n, err := strconv.ParseFloat(text, 64)
				if err != nil {
					panic(fmt.Sprintf("field %s.%s: %s %q is not a number", t.Name(), f.Name, tag, text)) // a mistake in this package's source
				}
				*limit = n
			}
		}
		fields = append(fields, x)
	}
	limitedTypes.Store(t, fields)
	return fields
}

// holdsNumbers reports whether a type is a number, or has some in it, that limits are for.
func holdsNumbers(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[Calendar](), reflect.TypeFor[Time](), reflect.TypeFor[Date](), reflect.TypeFor[DDay]():
		return false // which have rules of their own
	}
	switch t.Kind() {
	case reflect.Float64, reflect.Int:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return holdsNumbers(t.Elem())
	case reflect.Struct:
		return t == reflect.TypeFor[Quantity]() || len(limited(t)) > 0
	}
	return false
}

// limitWalk goes through a record.
type limitWalk struct {
	*checker
	owner string
	steps []any
}

func (w *limitWalk) value(v reflect.Value, f limitedField) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			f.optional = false
			w.value(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.in(i, func() { w.value(v.Index(i), f) })
		}
	case reflect.Map:
		f.optional = false
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }) {
			w.in(key.String(), func() { w.value(v.MapIndex(key), f) })
		}
	case reflect.Struct:
		if q, ok := v.Interface().(Quantity); ok {
			w.quantity(q, f)
			return
		}
		for _, inner := range limited(v.Type()) {
			w.in(inner.key, func() { w.value(v.Field(inner.index), inner) })
		}
	case reflect.Float64:
		w.number(v.Float(), f)
	case reflect.Int:
		w.number(float64(v.Int()), f)
	}
}

// quantity holds the ends of a range to the limits, one that is wrong at a time.
func (w *limitWalk) quantity(q Quantity, f limitedField) {
	for _, x := range []float64{q.Likely, q.Low, q.High} {
		if !w.number(x, f) {
			return
		}
	}
}

func (w *limitWalk) in(step any, do func()) {
	w.steps = append(w.steps, step)
	do()
	w.steps = w.steps[:len(w.steps)-1]
}

// number reports whether a number is one and within the limits.
func (w *limitWalk) number(x float64, f limitedField) bool {
	switch {
	case f.optional && x == 0:
	case !Finite(x):
		w.problem(at(w.steps...), "", "%s: %s is not a number", w.owner, f.key)
		return false
	case x < f.least:
		w.problem(at(w.steps...), "", "%s: %s %s is below %s", w.owner, f.key, plain(x), plain(f.least))
		return false
	case x > f.top:
		w.problem(at(w.steps...), "", "%s: %s %s is above %s", w.owner, f.key, plain(x), plain(f.top))
		return false
	}
	return true
}

// plain writes a number without an exponent.
func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// speed finds a speed at which nothing arrives.
func (c *checker) speed(path, owner string, kilometres float64) {
	if kilometres > 0 && kilometres < slowest {
		c.problem(path, "", "%s: speed %g is less than %d km a day; leave it out for that of its mode", owner, kilometres, slowest)
	}
}

// extent finds what is too much to be held at one time.
func (c *checker) extent() {
	lines, pins := 0, 0
	for i := range c.s.Posts {
		lines += len(c.s.Posts[i].Lines)
	}
	if all := lines * c.s.Calendar.Days; !c.timeless && all > mostLineDays {
		c.problem("/calendar/days", "", "calendar: %d days of %d lines are %d in all, and %d are the most; shorten it, or leave posts out", c.s.Calendar.Days, lines, all, mostLineDays)
	}
	if n := len(c.s.Lift); n > mostPools {
		c.problem("/lift", "", "%d lift pools are more than %d", n, mostPools)
	}
	if n := len(c.s.Places); n > mostPlaces {
		c.problem("/places", "", "%d places are more than %d", n, mostPlaces)
	}
	for _, p := range c.s.Pins {
		count := 1
		if i, ok := c.names["unit"][p.Unit]; ok {
			count = max(1, c.s.Units[i].Count)
		}
		pins += count
	}
	if pins > MaxUnits {
		c.problem("/pins", "", "with the counts of their units there are %d pins; %d are the most", pins, MaxUnits)
	}
}
