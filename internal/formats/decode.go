package formats

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rearguard/rearguard/scenario"
)

// decoder turns a tree into the types of package scenario, driven by their
// struct tags, and collects every problem on the way. What it cannot read is left
// as it was and noted as unread, so that what can be read is checked all the same.
type decoder struct {
	Problems
	context string   // the record that is being read, for messages
	path    []string // to the value that is being read: keys, and numbers of entries
	records int      // of all lists so far
	unread  scenario.Unread
}

// pointer is the path as a JSON pointer (RFC 6901), and further.
func (d *decoder) pointer(further ...string) string {
	var b strings.Builder
	for _, step := range slices.Concat(d.path, further) {
		b.WriteString("/" + escape.Replace(step))
	}
	return b.String()
}

// within decodes what is at a key or entry of the value that is being read.
func (d *decoder) within(step string, n *node, v reflect.Value, r rules) {
	d.path = append(d.path, step)
	d.value(n, v, r)
	d.path = d.path[:len(d.path)-1]
}

// records names what one entry of each table is called in messages.
var records = scenario.Records

func (d *decoder) problem(at position, maybe, format string, args ...any) {
	if d.full(false) {
		return
	}
	message := fmt.Sprintf(format, args...)
	if d.context != "" {
		message = d.context + ": " + message
	}
	d.add(at.problem(message, maybe))
}

// unfit makes a problem of the value that is being read, and notes it as unread.
func (d *decoder) unfit(at position, maybe, format string, args ...any) {
	d.problem(at, maybe, format, args...)
	d.unread.Add(d.pointer())
}

// nearest is the name that was likely meant.
func (d *decoder) nearest(name string, among []string) string {
	if len(d.List) > mostSuggested {
		return ""
	}
	return scenario.Nearest(name, among)
}

// rules are what a field's tags say about its value.
type rules struct {
	name     string
	enum     []string
	min, max *float64
}

func rulesOf(f reflect.StructField) rules {
	r := rules{name: keyOf(f)}
	if e := f.Tag.Get("enum"); e != "" {
		r.enum = strings.Split(e, ",")
	}
	limit := func(tag string) *float64 {
		x, err := strconv.ParseFloat(f.Tag.Get(tag), 64)
		if err != nil {
			return nil
		}
		return &x
	}
	r.min, r.max = limit("min"), limit("max")
	return r
}

// keyOf is the key of a field in every format; "-" of one that is in none.
func keyOf(f reflect.StructField) string {
	if !f.IsExported() {
		return "-"
	}
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return key
}

// required reports whether a field must be given: those that are written even
// when empty, but for lists.
func required(f reflect.StructField) bool {
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return options == "" && f.Type.Kind() != reflect.Slice
}

// The types with a notation of their own.
var (
	dateType      = reflect.TypeFor[scenario.Date]()
	daysType      = reflect.TypeFor[scenario.Days]()
	timeType      = reflect.TypeFor[scenario.Time]()
	quantityType  = reflect.TypeFor[scenario.Quantity]()
	onStationType = reflect.TypeFor[scenario.OnStation]()
	dDayType      = reflect.TypeFor[scenario.DDay]()
)

// value decodes a node into v, which is settable. A null leaves v alone.
func (d *decoder) value(n *node, v reflect.Value, r rules) {
	switch n.kind {
	case null:
		return
	case unread:
		d.unread.Add(d.pointer())
		return
	}
	switch v.Type() {
	case dateType, daysType, timeType:
		d.text(n, v, r)
		return
	case quantityType:
		d.orNumber(n, v, r, func(x float64) { v.Set(reflect.ValueOf(scenario.Exactly(x))) })
		return
	case onStationType:
		above := 0.0
		r.min = &above
		d.orNumber(n, v, r, func(x float64) { v.Set(reflect.ValueOf(scenario.OnStation{Given: x})) })
		return
	case dDayType:
		if n.kind == object {
			d.object(n, v)
			return
		}
		d.text(n, v.FieldByName("Likely"), r)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.value(n, p.Elem(), r)
		v.Set(p)
	case reflect.Struct:
		d.object(n, v)
	case reflect.Map:
		d.table(n, v, r)
	case reflect.Slice:
		d.slice(n, v, r)
	default:
		d.scalar(n, v, r)
	}
}

// text decodes a value that knows how to read itself from text.
func (d *decoder) text(n *node, v reflect.Value, r rules) {
	if n.kind != scalar {
		d.unfit(n.at, "", "%s cannot be %s", r.name, n.describe())
		return
	}
	var err error
	maybe := ""
	switch p := v.Addr().Interface().(type) {
	case *scenario.Date:
		*p, err = scenario.ParseDate(n.text)
		maybe = scenario.MaybeDate(n.text)
	case *scenario.Days:
		var days scenario.Days
		if days, err = scenario.ParseDays(n.text); err == nil && d.limits(n, r, float64(days)) {
			*p = days
		}
	case *scenario.Time:
		*p, err = scenario.ParseTime(n.text)
		maybe = scenario.MaybeDate(n.text)
	}
	if err != nil {
		d.unfit(n.at, maybe, "%s %s", r.name, err)
	}
}

// orNumber decodes a group of keys, or one number that stands for it.
func (d *decoder) orNumber(n *node, v reflect.Value, r rules, set func(float64)) {
	if n.kind == object {
		before := len(d.List)
		d.object(n, v)
		if q, ok := v.Interface().(scenario.Quantity); ok && len(d.List) == before {
			if n.get("low") == nil {
				q.Low = q.Likely
			}
			if n.get("high") == nil {
				q.High = q.Likely
			}
			v.Set(reflect.ValueOf(q))
			d.limits(n, r, q.Low)
		}
		return
	}
	if x, ok := d.number(n, r); ok {
		set(x)
	}
}

// object decodes the fields of a struct; unknown, double and missing keys are
// problems.
func (d *decoder) object(n *node, v reflect.Value) {
	if n.kind != object {
		d.unfit(n.at, "", "this must be a group of keys, not %s", n.describe())
		return
	}
	t := shapeOf(v.Type())
	seen := make([]*field, len(t.fields))
	var unknown []*field
	for i := range n.fields {
		f := &n.fields[i]
		k, ok := t.index[f.key]
		switch {
		case !ok:
			unknown = append(unknown, f)
		case seen[k] != nil:
			d.problem(f.at, "", "key %s is given twice, first in line %d", quote(f.key), seen[k].at.line)
		default:
			seen[k] = f
		}
	}
	for _, f := range unknown {
		maybe := d.nearest(f.key, t.known)
		d.problem(f.at, maybe, "unknown key %s", quote(f.key))
		if k, ok := t.index[maybe]; ok && seen[k] == nil {
			seen[k] = f // so that the value is checked too
		}
	}
	for k, x := range t.fields {
		if f := seen[k]; f != nil {
			d.within(x.rules.name, f.value, v.Field(x.at), x.rules)
		}
	}
	d.missing(n, t, seen)
}

// missing finds the fields that are not there and must be. Of a partial record none
// is missing, and none is known.
func (d *decoder) missing(n *node, t *shape, seen []*field) {
	for k, x := range t.fields {
		f := seen[k]
		given := f != nil && f.value.kind != null
		switch {
		case given:
		case n.partial:
			d.unread.Add(d.pointer(x.rules.name))
		case x.required:
			at := n.at
			if f != nil {
				at = f.at
			}
			d.problem(at, "", "%s is missing: %s", quote(x.rules.name), x.doc)
			d.unread.Add(d.pointer(x.rules.name))
		}
	}
	if n.partial {
		d.unread.Add(d.pointer("-"))
	}
}

// shape is what the decoder needs of a struct, found out once.
type shape struct {
	known  []string
	index  map[string]int // of known and fields
	fields []shapeField
}

type shapeField struct {
	at       int // in the struct
	rules    rules
	required bool
	doc      string
}

var shapes sync.Map // reflect.Type to *shape

func shapeOf(t reflect.Type) *shape {
	if s, known := shapes.Load(t); known {
		return s.(*shape)
	}
	s := &shape{index: map[string]int{}}
	for i := range t.NumField() {
		f := t.Field(i)
		key := keyOf(f)
		if key == "-" {
			continue
		}
		s.index[key] = len(s.known)
		s.known = append(s.known, key)
		s.fields = append(s.fields, shapeField{i, rulesOf(f), required(f) && !optionalPart(t, key), f.Tag.Get("doc")})
	}
	shapes.Store(t, s)
	return s
}

// optionalPart excepts the parts of a quantity, of which one will do.
func optionalPart(t reflect.Type, key string) bool { return t == quantityType && key != "likely" }

// table decodes a map from names to numbers.
func (d *decoder) table(n *node, v reflect.Value, r rules) {
	if n.kind != object {
		d.unfit(n.at, "", "%s must be a group of name and number, such as {infantry: 1}, not %s", r.name, n.describe())
		return
	}
	if n.partial {
		d.unread.Add(d.pointer("-"))
	}
	m := reflect.MakeMap(v.Type())
	for _, f := range n.fields {
		key := reflect.ValueOf(f.key)
		if m.MapIndex(key).IsValid() {
			d.problem(f.at, "", "%s names %s twice", r.name, quote(f.key))
			continue
		}
		if f.value.kind == null {
			d.problem(f.at, "", "%s of %s has no number", r.name, quote(f.key))
			d.unread.Add(d.pointer(f.key))
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.within(f.key, f.value, value, rules{name: r.name + " of " + quote(f.key), min: r.min, max: r.max})
		m.SetMapIndex(key, value)
	}
	v.Set(m)
}

// slice decodes a list; one value stands for a list of one.
func (d *decoder) slice(n *node, v reflect.Value, r rules) {
	items := n.fields
	if n.kind != list {
		if v.Type().Elem().Kind() != reflect.String {
			d.unfit(n.at, "", "%s must be a list, not %s", r.name, n.describe())
			return
		}
		items = []field{{value: n}}
	}
	if n.partial {
		d.unread.Add(d.pointer("-"))
	}
	if len(items) == 0 {
		return
	}
	if v.Type().Elem().Kind() == reflect.Struct {
		if d.records += len(items); d.records > maxRecords {
			d.unfit(n.at, "", "%s: there are more than %d records; the others are not read", r.name, maxRecords)
			return
		}
	}
	s := reflect.MakeSlice(v.Type(), len(items), len(items))
	d.entries(items, s, r, 0)
	v.Set(s)
}

// entries decodes the entries of a list, of which the first has a number.
func (d *decoder) entries(items []field, s reflect.Value, r rules, first int) {
	outer := d.context
	for i := range items {
		item := items[i].value
		if record, ok := records[r.name]; ok && outer == "" {
			d.context = fmt.Sprintf("%s %s", record, ordinal(item, i))
		}
		if item.kind == null {
			d.problem(item.at, "", "entry %d of %s is empty", i+1, r.name)
			d.unread.Add(d.pointer(strconv.Itoa(first + i)))
			continue
		}
		d.within(strconv.Itoa(first+i), item, s.Index(i), rules{name: r.name, enum: r.enum})
	}
	d.context = outer
}

// ordinal names a record by its id, or by its number if it has none.
func ordinal(n *node, i int) string {
	if id := n.get("id"); id != nil && id.kind == scalar {
		return quote(id.text)
	}
	return strconv.Itoa(i + 1)
}

func (d *decoder) scalar(n *node, v reflect.Value, r rules) {
	if n.kind != scalar {
		d.unfit(n.at, "", "%s cannot be %s", r.name, n.describe())
		return
	}
	switch v.Kind() {
	case reflect.String:
		if len(r.enum) > 0 && !slices.Contains(r.enum, n.text) {
			d.unfit(n.at, d.nearest(strings.ToLower(n.text), r.enum), "%s %s is none of %s", r.name, quote(n.text), strings.Join(r.enum, ", "))
			return
		}
		v.SetString(n.text)
	case reflect.Bool:
		switch n.text {
		case "true", "false":
			v.SetBool(n.text == "true")
		default:
			d.unfit(n.at, boolean(n.text), "%s %s is neither true nor false", r.name, quote(n.text))
		}
	case reflect.Int:
		x, ok := d.number(n, r)
		if ok && x != float64(int(x)) {
			d.unfit(n.at, strconv.Itoa(int(x)), "%s %s is not a whole number", r.name, quote(n.text))
			return
		}
		if ok {
			v.SetInt(int64(x))
		}
	case reflect.Float64:
		if x, ok := d.number(n, r); ok {
			v.SetFloat(x)
		}
	}
}

func boolean(s string) string {
	switch strings.ToLower(s) {
	case "yes", "y", "on", "1", "true":
		return "true"
	case "no", "n", "off", "0", "false":
		return "false"
	}
	return ""
}
