package formats

import (
	"reflect"
	"regexp"
	"strings"
)

// put sets what a cell says in a record.
func (r *tableReader) put(record *node, c column, x Cell) {
	if x.Blank() {
		return
	}
	at := r.place(x.At)
	for _, key := range c.path[:len(c.path)-1] {
		if record.get(key) == nil {
			record.set(key, &node{kind: object, at: at})
		}
		record = record.get(key)
	}
	value := &node{kind: unread, at: at}
	if x.Fault != "" {
		x.Report(r.Problems)
	} else {
		value = r.cellNode(x, c.kind)
	}
	record.fields = append(record.fields, field{c.path[len(c.path)-1], at, value})
}

// cellNode reads a cell: JSON if it looks so, else `a; b` for a list, `a=1; b=2`
// for numbers by name, `low..likely..high` for a range.
func (r *tableReader) cellNode(c Cell, t reflect.Type) *node {
	text, at := c.Text, r.place(c.At)
	if r.typed != nil {
		text = r.typed(c, t)
	}
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		n, err := parseJSON(c.At.File, []byte(text), maxNodes)
		if err != nil {
			r.Fail(c.At, "", "%s is not JSON, though it begins so", quote(text))
			return &node{kind: unread, at: at}
		}
		n.move(at)
		return n
	}
	scalarNode := func(s string) *node {
		return &node{kind: scalar, text: strings.TrimSpace(s), style: c.Style, at: at}
	}
	switch {
	case t.Kind() == reflect.Slice:
		n := &node{kind: list, at: at}
		for item := range strings.SplitSeq(text, ";") {
			if item = strings.TrimSpace(item); item != "" {
				n.push(scalarNode(item))
			}
		}
		return n
	case t.Kind() == reflect.Map || t == onStationType && strings.Contains(text, "="):
		return r.byName(c, text)
	case (t == quantityType || t == dDayType) && strings.Contains(text, ".."):
		parts := strings.Split(text, "..")
		names := []string{"low", "likely", "high"}
		if t == dDayType {
			names[0], names[2] = "earliest", "latest"
		}
		if len(parts) != 3 {
			r.Fail(c.At, "", "%s is not of the form %s", quote(text), strings.Join(names, ".."))
			return &node{kind: unread, at: at}
		}
		n := &node{kind: object, at: at}
		for i, p := range parts {
			n.fields = append(n.fields, field{names[i], at, scalarNode(p)})
		}
		return n
	case t.Kind() == reflect.String:
		text = Unguard(text)
	case t.Kind() == reflect.Bool:
		text = strings.ToLower(text) // spreadsheets write TRUE
	}
	return &node{kind: scalar, text: text, style: c.Style, at: at}
}

// anotherSign is a name and a number with a sign between them that is no =.
var anotherSign = regexp.MustCompile(`^([^:=]*[^:=\s])\s*(?::|\s)\s*([-+.,\d]+)$`)

// byName reads numbers by name. An entry that is none makes the whole partial.
func (r *tableReader) byName(c Cell, text string) *node {
	at := r.place(c.At)
	n := &node{kind: object, at: at}
	said := false
	items := strings.Split(text, ";")
	for i, item := range items {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		key, value, ok := strings.Cut(item, "=")
		if ok {
			x := Cell{Text: strings.TrimSpace(value), Style: c.Style, At: c.At}
			n.fields = append(n.fields, field{strings.TrimSpace(key), at, r.cellNode(x, quantityType)})
			continue
		}
		if n.partial = true; !said {
			said = true
			r.Fail(c.At, withEquals(items, i), "%s is not of the form name=number; name=number", quote(text))
		}
	}
	return n
}

// withEquals are the items of a cell with = where another sign or none stands before a
// number, empty if that does not make them right.
func withEquals(items []string, from int) string {
	for i := range items {
		if items[i] = strings.TrimSpace(items[i]); i >= from && !strings.Contains(items[i], "=") {
			m := anotherSign.FindStringSubmatch(items[i])
			if m == nil {
				return ""
			}
			items[i] = m[1] + "=" + m[2]
		}
	}
	return strings.Join(items, "; ")
}

// move puts a tree that was read from a cell at the cell's place.
func (n *node) move(at position) {
	n.at = at
	for i := range n.fields {
		n.fields[i].at = at
		n.fields[i].value.move(at)
	}
}
