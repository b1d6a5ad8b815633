package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// ReadScenario reads a scenario from a YAML or JSON file or a folder of CSV
// tables, and checks it. Problems that forbid planning are an *Invalid, with
// the warnings among them; warnings alone are returned with the scenario.
func ReadScenario(path string) (*scenario.Scenario, []Problem, error) {
	var found Problems
	tree, err := readTree(path, &reading{Problems: &found})
	if err != nil {
		return nil, nil, err
	}
	return scenarioOf(tree, &found)
}

// ParseScenario is ReadScenario of a file that is in memory; its name says what kind of
// file it is.
func ParseScenario(name string, data []byte) (*scenario.Scenario, []Problem, error) {
	return ParseScenarioAs(filepath.Ext(name), name, data)
}

// ParseScenarioAs is ParseScenario of a file of an extension, whatever its name.
func ParseScenarioAs(extension, name string, data []byte) (*scenario.Scenario, []Problem, error) {
	var found Problems
	tree, err := parseAs(extension, name, bytes.TrimPrefix(data, []byte(byteOrderMark)), &reading{Problems: &found})
	if err != nil {
		return nil, nil, err
	}
	return scenarioOf(tree, &found)
}

// scenarioOf decodes and checks a tree in which some problems were found already.
func scenarioOf(tree *node, found *Problems) (*scenario.Scenario, []Problem, error) {
	if err := normalise(tree); err != nil {
		return nil, nil, err
	}
	var s scenario.Scenario
	d := decoder{Problems: *found}
	d.object(tree, reflect.ValueOf(&s).Elem())
	for i := range s.Areas {
		s.Areas[i].Descendants = nil // computed
	}
	for _, p := range scenario.CheckRead(&s, d.unread) {
		d.add(tree.found(p))
	}
	sortProblems(d.List)
	if d.Failed() {
		return nil, nil, &Invalid{d.List}
	}
	return &s, d.List, nil
}

// found is a problem of a decoded scenario at its place in the file.
func (n *node) found(p scenario.Problem) Problem {
	x := n.locate(p.Path).at.problem(p.Message, p.Maybe)
	x.Warning = p.Warning
	return x
}

// ReadPins reads further pins of a scenario: a YAML or JSON file with a list
// `pins`, as in a scenario. The problems of the pins are an *Invalid; that two
// cannot hold together is one of them.
func ReadPins(path string, s *scenario.Scenario) ([]scenario.Pin, error) {
	var found Problems
	tree, err := readTree(path, &reading{Problems: &found})
	if err != nil {
		return nil, err
	}
	entries := tree.get("pins")
	if tree.kind != object || entries == nil {
		return nil, invalid(tree.at, "no pins here; write them as a list under the key pins, as in a scenario")
	}
	d := decoder{Problems: found}
	for _, f := range tree.fields {
		if f.key != "pins" {
			d.problem(f.at, scenario.Nearest(f.key, []string{"pins"}), "unknown key %s", quote(f.key))
		}
	}
	if entries.kind != list {
		return nil, invalid(entries.at, "pins must be a list, not %s", entries.describe())
	}
	pins := make([]scenario.Pin, len(entries.fields))
	d.path = []string{"pins"}
	d.entries(entries.fields, reflect.ValueOf(pins), rules{name: "pins"}, len(s.Pins))
	all := *s
	all.Pins = slices.Concat(s.Pins, pins)
	for _, p := range scenario.CheckRead(&all, d.unread) {
		i, ok := pinOf(p.Path)
		if i -= len(s.Pins); ok && i >= 0 && !p.Warning {
			d.add(entries.fields[i].value.at.problem(p.Message, p.Maybe))
		}
	}
	if len(d.List) > 0 {
		sortProblems(d.List)
		return nil, &Invalid{d.List}
	}
	return pins, nil
}

// pinOf is the pin that a pointer leads to.
func pinOf(pointer string) (int, bool) {
	rest, ok := strings.CutPrefix(pointer, "/pins/")
	number, _, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(number)
	return i, ok && err == nil
}

// reading is what is read, and what was found wrong with it so far: the readers of tables
// go on after a mistake.
type reading struct {
	*Problems
	changes bool // records that say only what is different now
}

// readTree reads a file or folder by its kind.
func readTree(path string, in *reading) (*node, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	if info.IsDir() {
		return readTables(path, in)
	}
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return parseTree(path, data, in)
}

// parseTree reads what a file holds, by the kind that its name says.
func parseTree(path string, data []byte, in *reading) (*node, error) {
	return parseAs(filepath.Ext(path), path, data, in)
}

// parseAs is parseTree of a file of an extension.
func parseAs(extension, path string, data []byte, in *reading) (*node, error) {
	switch ext := strings.ToLower(extension); ext {
	case ".yaml", ".yml":
		return parseYAML(path, data)
	case ".json":
		return parseJSON(path, data, maxNodes)
	case ".xlsx", ".xlsm":
		return readWorkbook(path, data, in)
	default:
		return nil, invalid(inFile(path), "cannot tell what kind of file this is from %s; a scenario is a .yaml, .json or .xlsx file or a folder of .csv files", quote(ext))
	}
}

// readFile reads a file of at most maxFile bytes.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, cannotRead(path, err)
	}
	if len(data) > maxFile {
		return nil, invalid(inFile(path), "the file is larger than %d MB", maxFile>>20)
	}
	return bytes.TrimPrefix(data, []byte(byteOrderMark)), nil
}

// byteOrderMark begins some UTF-8 files, and is no part of what they hold.
const byteOrderMark = "\ufeff"

func cannotRead(path string, err error) error { return &Invalid{[]Problem{unreadable(path, err)}} }

// unreadable is the problem of a file that cannot be read.
func unreadable(path string, err error) Problem {
	var reason *fs.PathError
	if errors.As(err, &reason) {
		err = reason.Err
	}
	return Problem{File: path, Message: fmt.Sprintf("cannot read it: %s", err)}
}

// normalise moves posts that operations nest to the list of posts, and renames
// `requires` to `lines`.
func normalise(tree *node) error {
	if tree.kind != object {
		return invalid(tree.at, "a scenario is a group of keys such as name, calendar and units, not %s", tree.describe())
	}
	posts := tree.get("posts")
	if operations := tree.get("operations"); operations != nil {
		for _, op := range operations.items() {
			for i := range op.fields {
				if op.fields[i].key != "posts" || op.fields[i].value.kind != list {
					continue
				}
				if posts == nil || posts.kind == null {
					posts = &node{kind: list, at: op.fields[i].at}
					tree.set("posts", posts)
				}
				for _, p := range op.fields[i].value.items() {
					if id := op.get("id"); id != nil && p.get("operation") == nil && p.kind == object {
						p.fields = append(p.fields, field{"operation", p.at, id})
					}
					posts.push(p)
				}
				op.fields = append(op.fields[:i:i], op.fields[i+1:]...)
				break
			}
		}
	}
	if posts != nil {
		for _, p := range posts.items() {
			for i := range p.fields {
				if p.fields[i].key == "requires" {
					p.fields[i].key = "lines"
				}
			}
		}
	}
	return nil
}

// set sets the value of a key.
func (n *node) set(key string, value *node) {
	for i := range n.fields {
		if n.fields[i].key == key {
			n.fields[i].value = value
			return
		}
	}
	n.fields = append(n.fields, field{key, value.at, value})
}

// WriteScenario writes a scenario by the path's kind: .yaml, .json, .xlsx or, without
// an extension, a folder of CSV tables. A file is written whole or not at all.
func WriteScenario(path string, s *scenario.Scenario) error {
	ext := strings.ToLower(filepath.Ext(path))
	if ext == "" {
		return writeTables(path, s)
	}
	data, err := ScenarioBytes(ext, s)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return WriteFile(path, data)
}

// ScenarioBytes is a scenario as a file of an extension: .yaml, .yml, .json or .xlsx.
func ScenarioBytes(extension string, s *scenario.Scenario) ([]byte, error) {
	tree := encode(reflect.ValueOf(s).Elem(), false)
	switch extension {
	case ".yaml", ".yml":
		return yamlBytes(tree)
	case ".json":
		return jsonBytes(tree), nil
	case ".xlsx":
		return workbookBytes(tree)
	default:
		return nil, fmt.Errorf("cannot tell what kind of file is wanted from %q; use .yaml, .json, .xlsx or a folder", extension)
	}
}

// WriteResolvedJSON writes a resolved scenario with every field explicit: null
// for what is not given, [] for empty lists. Reading it back gives the same
// scenario.
func WriteResolvedJSON(w io.Writer, s *scenario.Scenario) error {
	_, err := w.Write(jsonBytes(encode(reflect.ValueOf(s).Elem(), true)))
	return err
}

// WriteFile writes a file whole or not at all: to a temporary file beside it,
// then renamed.
func WriteFile(path string, data []byte) error {
	return CreateFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// CreateFile makes a file of what write writes, whole or not at all.
func CreateFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".rearguard-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // fails once renamed
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
