package formats

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// TableFile is a table of a scenario as a CSV file.
type TableFile struct {
	Name string // with its extension
	Data []byte
}

// TableFiles is a scenario as CSV tables, without those that are empty.
func TableFiles(s *scenario.Scenario) ([]TableFile, error) {
	tree := encode(reflect.ValueOf(s).Elem(), false)
	rows := [][]string{{"key", "value"}}
	for _, c := range settings {
		if text := cellText(tree.follow(c.path), c.kind); text != "" {
			rows = append(rows, []string{c.name(), text})
		}
	}
	var files []TableFile
	add := func(name string, rows [][]string) error {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			return fmt.Errorf("write table %s: %w", name, err)
		}
		files = append(files, TableFile{name + ".csv", b.Bytes()})
		return nil
	}
	err := add("scenario", rows)
	for _, t := range tables {
		if rows := tableRows(t, tree, false); rows != nil && err == nil {
			err = add(t.name, rows)
		}
	}
	return files, err
}

// writeTables writes a scenario as a folder of tables. The folder is made beside its
// place and then renamed, so that it is there whole or not at all.
func writeTables(dir string, s *scenario.Scenario) error {
	if _, err := os.Stat(dir); err == nil {
		return fmt.Errorf("write %s: it is there already; name a new folder", dir)
	}
	files, err := TableFiles(s)
	if err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	made, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".rearguard-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	defer os.RemoveAll(made) // fails once renamed
	for _, f := range files {
		if err := WriteFile(filepath.Join(made, f.Name), f.Data); err != nil {
			return err
		}
	}
	if err := os.Chmod(made, 0o755); err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	if err := os.Rename(made, dir); err != nil {
		return fmt.Errorf("write %s: %w", dir, err)
	}
	return nil
}

// follow follows a path of keys; nil if it ends early.
func (n *node) follow(path []string) *node {
	for _, key := range path {
		if n == nil || n.kind != object {
			return nil
		}
		n = n.get(key)
	}
	return n
}

// tableRows is a table with the columns that are in use, nil if it is empty; or,
// if all, with every column, even if it is empty.
func tableRows(t tableSpec, tree *node, all bool) [][]string {
	var owners []string
	var records []*node
	if t.parent == "" {
		if list := tree.get(t.key); list != nil {
			for _, record := range list.items() {
				records = append(records, record)
			}
		}
	} else if list := tree.get(t.parent); list != nil {
		for _, owner := range list.items() {
			if inner := owner.get(t.key); inner != nil {
				for _, record := range inner.items() {
					owners, records = append(owners, owner.get("id").text), append(records, record)
				}
			}
		}
	}
	if len(records) == 0 && !all {
		return nil
	}
	rows := make([][]string, len(records)+1)
	if t.parent != "" {
		rows[0] = append(rows[0], parentColumn)
		for i, owner := range owners {
			rows[i+1] = append(rows[i+1], Guard(owner))
		}
	}
	for _, c := range t.columns {
		used := false
		texts := make([]string, len(records))
		for i, record := range records {
			texts[i] = cellText(record.follow(c.path), c.kind)
			used = used || texts[i] != ""
		}
		if !used && (!all || group(c.kind)) {
			continue
		}
		rows[0] = append(rows[0], c.name())
		for i, text := range texts {
			rows[i+1] = append(rows[i+1], text)
		}
	}
	return rows
}

// cellText is the form of a value that cellNode reads.
func cellText(n *node, t reflect.Type) string {
	switch {
	case n == nil || n.kind == null:
		return ""
	case group(t) && len(n.fields) > 0:
		return "" // its keys have columns of their own
	case n.kind == scalar && t.Kind() == reflect.String:
		return Guard(n.text)
	case n.kind == scalar:
		return n.text
	case n.kind == list && simple(n):
		parts := make([]string, len(n.fields))
		for i, item := range n.items() {
			parts[i] = item.text
		}
		return strings.Join(parts, "; ")
	case n.kind == object && t.Kind() == reflect.Map && len(n.fields) > 0 && simple(n):
		parts := make([]string, len(n.fields))
		for i, f := range n.fields {
			parts[i] = f.key + "=" + f.value.text
		}
		return strings.Join(parts, "; ")
	case t == quantityType && n.get("source") == nil && len(n.fields) == 3:
		return n.get("low").text + ".." + n.get("likely").text + ".." + n.get("high").text
	case t == dDayType && len(n.fields) == 3:
		return n.get("earliest").text + ".." + n.get("likely").text + ".." + n.get("latest").text
	}
	var b bytes.Buffer
	jsonCompact(&b, n)
	return b.String()
}

// simple reports whether a list or group can be told apart by its separators.
func simple(n *node) bool {
	plain := func(s string) bool { return s != "" && strings.TrimSpace(s) == s && !strings.ContainsAny(s, ";={[") }
	name := func(s string) bool { return plain(s) && !strings.ContainsRune(guarded, rune(s[0])) }
	for _, item := range n.items() {
		if item.kind != scalar || !name(item.text) {
			return false
		}
	}
	for _, f := range n.fields {
		if n.kind == list {
			break
		}
		if f.value.kind != scalar || !name(f.key) || !plain(f.value.text) {
			return false
		}
	}
	return true
}
