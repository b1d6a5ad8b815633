// Package architecture_test holds the arrows between the packages (see
// ARCHITECTURE.md).
package architecture_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rearguard/rearguard"

// arrows lists, for each package, the packages of this module that it may
// import. A new package needs a line here.
var arrows = map[string][]string{
	"scenario":                {},
	"plan":                    {"scenario"},
	"internal/engine":         {"scenario", "plan", "internal/group", "internal/milp"},
	"internal/group":          {},
	"internal/formats":        {"scenario", "plan", "internal/formats/xlsx"},
	"internal/formats/geopko": {"scenario", "internal/formats", "internal/formats/table"},
	"internal/formats/smptsp": {"scenario", "internal/formats"},
	"internal/generate":       {"scenario"},
	"internal/report":         {"scenario", "plan", "planner", "internal/conditions", "internal/execution", "internal/verify", "internal/words", "web"},
	"internal/verify":         {"scenario", "plan"},
	"internal/cli":            {"scenario", "examples", "plan", "planner", "internal/compact", "internal/conditions", "internal/execution", "internal/explain", "internal/exchange", "internal/formats", "internal/formats/geopko", "internal/formats/marathon", "internal/formats/planbook", "internal/formats/reports", "internal/generate", "internal/group", "internal/report", "internal/server", "internal/server/auth", "internal/store", "internal/jobs", "internal/verify", "internal/words", "web"},
	"examples":                {},
	"internal/access":         {"scenario", "plan"},
	"internal/store":          {"scenario"},
	"internal/jobs":           {"scenario", "plan", "planner", "internal/formats", "internal/group", "internal/store"},
	"internal/server":         {"scenario", "plan", "planner", "internal/access", "internal/conditions", "internal/execution", "internal/exchange", "internal/formats", "internal/group", "internal/jobs", "internal/report", "internal/server/auth", "internal/server/live", "internal/store", "internal/verify", "web"},
	"internal/server/auth":    {"internal/access", "internal/store"},
	"internal/server/live":    {"plan", "planner", "internal/group", "internal/jobs", "internal/server/auth", "internal/store"},
	"internal/milp":           {"internal/group"},
	"internal/milp/generate":  {},
	"internal/release":        {},
	"internal/suite":          {"internal/suite/needs"},
	"internal/suite/needs":    {},
	"web":                     {},
	"bench":                   {"scenario", "plan", "internal/engine", "internal/formats", "internal/generate", "internal/verify"},
	"cmd/rearguard":           {"internal/cli", "internal/milp"},

	"bench/marathon":               {"scenario", "plan", "internal/engine", "internal/formats/marathon", "internal/group", "internal/verify"},
	"bench/smptsp":                 {"scenario", "internal/engine", "internal/formats", "internal/formats/smptsp", "internal/verify"},
	"internal/exchange":            {"scenario", "plan", "internal/formats", "internal/formats/coverage", "internal/formats/geojson", "internal/formats/kml", "internal/formats/msdl", "internal/formats/orbatmapper", "internal/formats/planbook", "internal/formats/smptsp", "internal/formats/tpfdd", "internal/report"},
	"internal/formats/marathon":    {"scenario", "plan", "internal/formats", "internal/formats/table"},
	"internal/explain":             {"scenario", "plan", "internal/verify"},
	"planner":                      {"scenario", "plan", "internal/compact", "internal/conditions", "internal/engine", "internal/execution", "internal/explain", "internal/formats", "internal/group", "internal/milp", "internal/verify", "internal/words"},
	"internal/words":               {"scenario"},
	"internal/formats/movement":    {"scenario", "plan"},
	"internal/formats/tpfdd":       {"scenario", "plan", "internal/formats", "internal/formats/movement"},
	"internal/formats/geojson":     {"scenario", "plan", "internal/formats/movement"},
	"internal/formats/kml":         {"scenario", "plan", "internal/formats/movement"},
	"internal/formats/coverage":    {"scenario", "plan", "internal/formats"},
	"internal/formats/table":       {"scenario", "internal/formats"},
	"internal/formats/xlsx":        {"internal/formats/xmltoken"},
	"internal/formats/xmltoken":    {},
	"internal/formats/reports":     {"scenario", "plan", "internal/formats", "internal/formats/table"},
	"internal/conditions":          {"scenario"},
	"internal/execution":           {"scenario", "plan"},
	"internal/formats/planbook":    {"scenario", "plan", "internal/formats", "internal/formats/table"},
	"internal/formats/orbat":       {"scenario", "internal/formats"},
	"internal/formats/orbatmapper": {"scenario", "plan", "internal/formats", "internal/formats/movement", "internal/formats/orbat"},
	"internal/formats/msdl":        {"scenario", "plan", "internal/formats", "internal/formats/orbat", "internal/formats/xmltoken"},

	"internal/compact":             {"scenario", "plan", "internal/milp"},
	"internal/compact/compacttest": {"internal/compact", "internal/milp"},
	"internal/store/storetest":     {},
}

// plain packages import the standard library and this module only: anyone can
// build on them, and the checker depends on nothing that could share a fault
// with the engine.
var plain = []string{"scenario", "plan", "internal/access", "internal/compact", "internal/conditions", "internal/engine", "internal/execution", "internal/generate", "internal/verify"}

type goPackage struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func TestArrows(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s has no line in arrows: say what it may import", name)
			continue
		}
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module+"/")
			if ours && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s; it may import %v", name, to, allowed)
			}
			if !ours && strings.Contains(path, ".") && slices.Contains(plain, name) {
				t.Errorf("%s imports %s; it may import the standard library only", name, path)
			}
		}
	}
}

func packages(t *testing.T) (list []goPackage) {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		list = append(list, p)
	}
}

// bare are the files that may start a goroutine by themselves, and why.
var bare = map[string]string{
	"cmd/rearguard/main.go":   "what it calls cannot panic",
	"internal/group/group.go": "it is what everybody else starts them with",
	"internal/milp/child.go":  "a process of its own, which ends when its parent does",
	"internal/milp/wasm.go":   "once for the whole process, for whoever asks: what it comes to, a panic too, is kept for them",
}

// TestGoroutinesHaveOwners: a panic in a goroutine ends the process, so that each has an
// owner who hears of it instead (internal/group).
func TestGoroutinesHaveOwners(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			short := strings.TrimPrefix(p.ImportPath, module+"/") + "/" + name
			ast.Inspect(file, func(n ast.Node) bool {
				if what := starts(n); what != "" {
					seen[short] = true
					if bare[short] == "" {
						t.Errorf("%s: %s; use internal/group, so that a panic in it is an error of whoever waits for it", files.Position(n.Pos()), what)
					}
				}
				return true
			})
		}
	}
	for name := range bare {
		if !seen[name] {
			t.Errorf("%s starts no goroutine any more; take it off the list", name)
		}
	}
}

// starts says how a piece of source starts goroutines, "" if it does not.
func starts(n ast.Node) string {
	switch x := n.(type) {
	case *ast.GoStmt:
		return "a bare go"
	case *ast.SelectorExpr:
		if x.Sel.Name == "AfterFunc" {
			return "a function that is called in a goroutine of its own"
		}
		if pack, ok := x.X.(*ast.Ident); ok && pack.Name == "sync" && x.Sel.Name == "WaitGroup" {
			return "a sync.WaitGroup, whose functions nobody recovers"
		}
	case *ast.ImportSpec:
		if strings.Contains(x.Path.Value, "errgroup") {
			return "an errgroup, whose functions nobody recovers"
		}
	}
	return ""
}
