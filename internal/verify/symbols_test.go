package verify_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed lists the functions and methods of packages scenario and plan that
// the checker may call: conversions between dates and day numbers, no more.
// Types, fields and constants are data.
var allowed = []string{
	"scenario.Calendar.Date", "scenario.Calendar.Day", "scenario.Date.String", "scenario.Time.IsZero", "scenario.Time.Number",
}

// TestSharesNoCode lists every function that the checker uses from the domain.
func TestSharesNoCode(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
	if _, err := config.Check("verify", set, parsed, info); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, o := range info.Uses {
		f, isFunc := o.(*types.Func)
		v, isVar := o.(*types.Var)
		switch {
		case o.Pkg() == nil || !strings.Contains(o.Pkg().Path(), "rearguard/rearguard"):
		case isFunc:
			used[name(f)] = true
		case isVar && !v.IsField():
			used[o.Pkg().Name()+"."+o.Name()] = v.Parent() == o.Pkg().Scope()
		}
	}
	for _, f := range slices.Sorted(maps.Keys(used)) {
		if used[f] && !slices.Contains(allowed, f) {
			t.Errorf("the checker uses %s; it must compute that itself", f)
		}
	}
	if !used["scenario.Time.Number"] {
		t.Error("the test no longer sees the use of scenario.Time.Number, and so sees nothing")
	}
}

// name is package.function or package.Type.method.
func name(f *types.Func) string {
	if r := f.Signature().Recv(); r != nil {
		t := r.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		return types.TypeString(t, (*types.Package).Name) + "." + f.Name()
	}
	return f.Pkg().Name() + "." + f.Name()
}
