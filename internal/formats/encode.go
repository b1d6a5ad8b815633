package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rearguard/rearguard/scenario"
)

// encode turns a value of package scenario into a tree, leaving out what is not
// given, or, if explicit, naming it as null or an empty list.
func encode(v reflect.Value, explicit bool) *node {
	switch x := v.Interface().(type) {
	case scenario.Date:
		return textNode(x.String())
	case scenario.Days:
		return numberNode(float64(x))
	case scenario.Time:
		switch {
		case x.IsZero():
			return &node{}
		case x == scenario.DayTime(x.Number()):
			return numberNode(float64(x.Number()))
		}
		return textNode(x.String())
	case scenario.Quantity:
		if x.Exact() {
			return numberNode(x.Likely)
		}
	case scenario.OnStation:
		if x.Given != 0 || x.IsZero() {
			return numberNode(x.Factor())
		}
	case scenario.DDay:
		if x.Exact() {
			return encode(reflect.ValueOf(x.Likely), explicit)
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return &node{}
		}
		return encode(v.Elem(), explicit)
	case reflect.Struct:
		return encodeStruct(v, explicit)
	case reflect.Map:
		n := &node{kind: object}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			n.fields = append(n.fields, field{key: k.String(), value: encode(v.MapIndex(k), explicit)})
		}
		return n
	case reflect.Slice:
		n := &node{kind: list}
		for i := range v.Len() {
			n.push(encode(v.Index(i), explicit))
		}
		return n
	case reflect.String:
		return textNode(v.String())
	case reflect.Bool:
		return &node{kind: scalar, text: strconv.FormatBool(v.Bool())}
	case reflect.Int:
		return numberNode(float64(v.Int()))
	default:
		return numberNode(v.Float())
	}
}

func encodeStruct(v reflect.Value, explicit bool) *node {
	n := &node{kind: object}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := keyOf(f)
		if key == "-" {
			continue
		}
		if v.Field(i).IsZero() && (explicit || !required(f)) {
			if empty := emptyNode(f); explicit {
				n.fields = append(n.fields, field{key: key, value: empty})
			}
			continue
		}
		n.fields = append(n.fields, field{key: key, value: encode(v.Field(i), explicit)})
	}
	return n
}

// emptyNode is the explicit form of a field that is not given: an empty list,
// 0 or false where that is a value it may have, else null.
func emptyNode(f reflect.StructField) *node {
	r := rulesOf(f)
	switch f.Type.Kind() {
	case reflect.Slice:
		return &node{kind: list}
	case reflect.Map:
		return &node{kind: object}
	case reflect.Bool:
		return &node{kind: scalar, text: "false"}
	case reflect.Int, reflect.Float64:
		if r.min == nil || *r.min <= 0 {
			return numberNode(0)
		}
	case reflect.Struct:
		if f.Type == quantityType {
			return numberNode(0)
		}
	}
	return &node{}
}

func textNode(s string) *node { return &node{kind: scalar, text: s, quoted: true} }

func numberNode(x float64) *node {
	return &node{kind: scalar, text: strconv.FormatFloat(x, 'f', -1, 64)}
}

// jsonBytes writes a tree as JSON: each entry of a table on a line of its own.
func jsonBytes(n *node) []byte {
	var b bytes.Buffer
	b.WriteString("{")
	for i, f := range n.fields {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n  %s: ", jsonString(f.key))
		if f.value.kind != list || len(f.value.fields) == 0 {
			jsonCompact(&b, f.value)
			continue
		}
		b.WriteString("[")
		for j, item := range f.value.items() {
			if j > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n    ")
			jsonCompact(&b, item)
		}
		b.WriteString("\n  ]")
	}
	b.WriteString("\n}\n")
	return b.Bytes()
}

func jsonCompact(b *bytes.Buffer, n *node) {
	switch n.kind {
	case null:
		b.WriteString("null")
	case scalar:
		if n.quoted {
			b.WriteString(jsonString(n.text))
		} else {
			b.WriteString(n.text)
		}
	case list:
		b.WriteString("[")
		for i, item := range n.items() {
			if i > 0 {
				b.WriteString(", ")
			}
			jsonCompact(b, item)
		}
		b.WriteString("]")
	case object:
		b.WriteString("{")
		for i, f := range n.fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(jsonString(f.key) + ": ")
			jsonCompact(b, f.value)
		}
		b.WriteString("}")
	}
}

func jsonString(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.Quote(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// yamlBytes writes a tree as YAML: records as blocks, what is inside them in
// flow style.
func yamlBytes(n *node) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	y, err := yamlNode(n, 0)
	if err == nil {
		err = e.Encode(y)
	}
	if err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return b.Bytes(), nil
}

func yamlNode(n *node, depth int) (*yaml.Node, error) {
	y := &yaml.Node{}
	if depth > 2 {
		y.Style = yaml.FlowStyle
	}
	switch n.kind {
	case null:
		y.Kind, y.Tag, y.Value = yaml.ScalarNode, "!!null", "null"
	case scalar:
		if !n.quoted {
			y.Kind, y.Value = yaml.ScalarNode, n.text
			return y, nil
		}
		if err := y.Encode(n.text); err != nil {
			return nil, err
		}
	case list:
		y.Kind = yaml.SequenceNode
		for _, item := range n.items() {
			m, err := yamlNode(item, depth+1)
			if err != nil {
				return nil, err
			}
			y.Content = append(y.Content, m)
		}
	case object:
		y.Kind = yaml.MappingNode
		for _, f := range n.fields {
			var key yaml.Node
			if err := key.Encode(f.key); err != nil {
				return nil, err
			}
			m, err := yamlNode(f.value, depth+1)
			if err != nil {
				return nil, err
			}
			y.Content = append(y.Content, &key, m)
		}
	}
	return y, nil
}
