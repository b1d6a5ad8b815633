package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Settings is the kind, and the only key, of what a scenario holds beside its lists:
// name, calendar, policy.
const Settings = "settings"

// Kinds are the kinds of records, in the order of a scenario's JSON form: its settings,
// then its lists.
var Kinds = kinds()

// named are the kinds whose records have an ID, which is their key; the others are
// numbered.
var named = map[string]bool{}

func kinds() []string {
	list := []string{Settings}
	for field := range reflect.TypeFor[scenario.Scenario]().Fields() {
		if field.Type.Kind() != reflect.Slice || field.Type.Elem().Kind() != reflect.Struct {
			continue
		}
		kind, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		list = append(list, kind)
		_, named[kind] = field.Type.Elem().FieldByName("ID")
	}
	return list
}

// kindOrder is the place of each kind in Kinds.
var kindOrder = func() map[string]int {
	order := map[string]int{}
	for i, kind := range Kinds {
		order[kind] = i
	}
	return order
}()

// ByKind sorts records by kind, and leaves those of a kind in their order.
func ByKind(records []Record) {
	slices.SortStableFunc(records, func(a, b Record) int { return kindOrder[a.Kind] - kindOrder[b.Kind] })
}

// Named reports whether the records of a kind have an ID.
func Named(kind string) bool { return named[kind] }

// Record is a part of a scenario that is edited on its own.
type Record struct {
	Kind    string          `json:"kind"`
	Key     string          `json:"key"`
	Version int64           `json:"version"` // of the scenario, that set it
	Body    json.RawMessage `json:"body"`    // as in the scenario's JSON form; null once it is removed
	place   int64           // its order among those of its kind
}

// Split takes a scenario in its JSON form apart. Numbers are given to records without
// an ID by their order.
func Split(document []byte) ([]Record, error) {
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(document, &whole); err != nil {
		return nil, fmt.Errorf("take the scenario apart: %w", err)
	}
	var records []Record
	for _, kind := range Kinds[1:] {
		var items []json.RawMessage
		if raw, there := whole[kind]; there {
			if err := json.Unmarshal(raw, &items); err != nil {
				return nil, fmt.Errorf("take %s apart: %w", kind, err)
			}
			delete(whole, kind)
		}
		for i, body := range items {
			key := number(int64(i) + 1)
			if named[kind] {
				var x struct{ ID string }
				if err := json.Unmarshal(body, &x); err != nil || x.ID == "" {
					return nil, fmt.Errorf("take %s apart: number %d has no id", kind, i+1)
				}
				key = x.ID
			}
			records = append(records, Record{Kind: kind, Key: key, Body: body, place: int64(i) + 1})
		}
	}
	settings, err := json.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("take the scenario apart: %w", err)
	}
	return append([]Record{{Kind: Settings, Key: Settings, Body: settings}}, records...), nil
}

// number is the key of a record without an ID.
func number(n int64) string { return fmt.Sprintf("%06d", n) }

// NumberAfter is the key of the nth new record without an ID, after those that are there.
func NumberAfter(keys []string, n int) string {
	last := int64(0)
	for _, key := range keys {
		if k, err := strconv.ParseInt(key, 10, 64); err == nil {
			last = max(last, k)
		}
	}
	return number(last + int64(n))
}

// Joined is a scenario put together from its records.
type Joined struct {
	Document []byte // JSON
	lines    []Record
}

// At is the record on a line of the document, counted from 1; nil if there is none.
func (j *Joined) At(line int) *Record {
	if line < 1 || line > len(j.lines) || j.lines[line-1].Kind == "" {
		return nil
	}
	return &j.lines[line-1]
}

// Join puts a scenario together. Each record is on a line of its own, so that a reader's
// line says which one it speaks of. Records that are removed are left out.
func Join(records []Record) (*Joined, error) {
	var b bytes.Buffer
	j := &Joined{}
	line := func(r Record) {
		b.WriteByte('\n')
		j.lines = append(j.lines, r)
	}
	b.WriteString("{")
	line(Record{})
	for _, r := range records {
		if r.Kind != Settings || r.Body == nil {
			continue
		}
		var settings bytes.Buffer
		if err := json.Compact(&settings, r.Body); err != nil {
			return nil, fmt.Errorf("put the settings together: %w", err)
		}
		inner := bytes.TrimSuffix(bytes.TrimPrefix(settings.Bytes(), []byte("{")), []byte("}"))
		b.Write(inner)
		if len(inner) > 0 {
			b.WriteString(",")
		}
		line(r)
	}
	for i, kind := range Kinds[1:] {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "%q:[", kind)
		line(Record{})
		first := true
		for _, r := range records {
			if r.Kind != kind || r.Body == nil {
				continue
			}
			if !first {
				b.WriteString(",")
			}
			first = false
			if err := json.Compact(&b, r.Body); err != nil {
				return nil, fmt.Errorf("put %s %s together: %w", kind, r.Key, err)
			}
			line(r)
		}
		b.WriteString("]")
	}
	b.WriteString("}\n")
	line(Record{})
	j.Document = b.Bytes()
	return j, nil
}
