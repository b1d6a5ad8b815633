package access

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Unnamed is what a record has been without the posts that it names and the viewer does not see:
// a caveat that bars nothing else is gone, as in what the viewer sees of the scenario.
func (v *View) Unnamed(kind string, body []byte) ([]byte, error) {
	if v.plain || kind != contributors && kind != units {
		return body, nil
	}
	var record map[string]json.RawMessage
	var caveats []map[string]json.RawMessage
	err := json.Unmarshal(body, &record)
	if err == nil && record["caveats"] != nil {
		err = json.Unmarshal(record["caveats"], &caveats)
	}
	left, fewer := []map[string]json.RawMessage{}, false
	for _, k := range caveats {
		var barred words
		if err == nil && k["post"] != nil {
			err = json.Unmarshal(k["post"], &barred)
		}
		seen := slices.DeleteFunc(slices.Clone(barred), func(post word) bool { return !v.Sees(posts, string(post)) })
		if len(seen) < len(barred) {
			fewer = true
			if len(seen) == 0 {
				continue
			}
			k["post"], _ = json.Marshal(seen) // words can be written
		}
		left = append(left, k)
	}
	if err != nil {
		return nil, fmt.Errorf("read the caveats of one of %s: %w", kind, err)
	}
	if !fewer {
		return body, nil
	}
	record["caveats"], _ = json.Marshal(left) // what was read can be written
	return json.Marshal(record)
}

// word is a text in a record, which may be written as a number or a truth value too, and words a
// list of them, which may be written as one: so readers of scenarios take them.
type word string

// UnmarshalJSON reads any value that has no parts.
func (w *word) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		var s string
		err := json.Unmarshal(b, &s)
		*w = word(s)
		return err
	case len(b) > 0 && (b[0] == '{' || b[0] == '['):
		return fmt.Errorf("%.20s is no text", b)
	case string(b) != "null":
		*w = word(b)
	}
	return nil
}

type words []word

// UnmarshalJSON reads a list, or one.
func (w *words) UnmarshalJSON(b []byte) error {
	var list []word
	if len(b) > 0 && b[0] != '[' {
		var one word
		if err := one.UnmarshalJSON(b); err != nil {
			return err
		}
		*w = words{one}
		return nil
	}
	err := json.Unmarshal(b, &list)
	*w = list
	return err
}
