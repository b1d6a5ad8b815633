package planbook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/rearguard/rearguard/plan"
)

// entry is a value of a JSON document by its pointer (RFC 6901): a number that a
// spreadsheet holds exactly, else text, which is JSON unless it is a string that
// no JSON could be taken for.
type entry struct {
	pointer string
	number  *float64
	text    string
}

// flatten lists the values of a plan, objects by their keys' order.
func flatten(p *plan.Plan) ([]entry, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("write plan of %q: %w", p.Scenario, err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("write plan of %q: %w", p.Scenario, err)
	}
	var all []entry
	walk(tree, "", &all)
	return all, nil
}

// Steps of a pointer: keys are escaped as in RFC 6901; an item of a list is its
// number in brackets, so that no key can be taken for one.
var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1", "[", "~2")
	unescape = strings.NewReplacer("~2", "[", "~1", "/", "~0", "~")
)

func walk(v any, pointer string, all *[]entry) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			*all = append(*all, entry{pointer: pointer, text: "{}"})
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], pointer+"/"+escape.Replace(key), all)
		}
	case []any:
		if len(v) == 0 {
			*all = append(*all, entry{pointer: pointer, text: "[]"})
		}
		for i := range v {
			walk(v[i], pointer+"/["+strconv.Itoa(i)+"]", all)
		}
	case json.Number:
		x, err := v.Float64()
		if err == nil && digits(v.String()) <= 15 {
			*all = append(*all, entry{pointer: pointer, number: &x})
			return
		}
		*all = append(*all, entry{pointer: pointer, text: v.String()}) // more digits than a spreadsheet keeps
	case string:
		*all = append(*all, entry{pointer: pointer, text: literal(v)})
	case bool:
		*all = append(*all, entry{pointer: pointer, text: strconv.FormatBool(v)})
	default:
		*all = append(*all, entry{pointer: pointer, text: "null"})
	}
}

func digits(s string) (n int) {
	for _, c := range s {
		if unicode.IsDigit(c) {
			n++
		}
	}
	return n
}

func isJSON(s string) bool { return json.Valid([]byte(s)) }

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// container is an object or list that is being put together again.
type container struct {
	list   bool
	keys   []string // in the order of the rows
	values map[string]any
}

// put sets the value at a pointer.
func (c *container) put(pointer string, value json.RawMessage) error {
	steps := strings.Split(pointer, "/")[1:]
	for i, step := range steps {
		key, item := unescape.Replace(step), strings.HasPrefix(step, "[")
		if len(c.keys) > 0 && c.list != item {
			return fmt.Errorf("%q has both keys and items", "/"+strings.Join(steps[:i], "/"))
		}
		inner, there := c.values[key]
		if there && i == len(steps)-1 {
			return errors.New("the pointer is there twice")
		}
		if !there {
			c.list, c.keys = item, append(c.keys, key)
			if i == len(steps)-1 {
				c.values[key] = value
				return nil
			}
			inner = &container{values: map[string]any{}}
			c.values[key] = inner
		}
		next, ok := inner.(*container)
		if !ok {
			return fmt.Errorf("%q has a value of its own above", "/"+strings.Join(steps[:i+1], "/"))
		}
		c = next
	}
	return nil
}

// MarshalJSON writes a list by the order of its rows, or an object.
func (c *container) MarshalJSON() ([]byte, error) {
	if !c.list {
		return json.Marshal(c.values)
	}
	values := make([]any, len(c.keys))
	for i, key := range c.keys {
		values[i] = c.values[key]
	}
	return json.Marshal(values)
}
