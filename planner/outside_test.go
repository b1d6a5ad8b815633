package planner_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOutsideModule builds and runs a program of another module that plans the tiny
// example in ten lines: nothing that it needs is internal.
func TestOutsideModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program; run without -short")
	}
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copied := map[string]string{"testdata/outside/main.go.txt": "main.go", "../examples/tiny.yaml": "tiny.yaml", "../go.sum": "go.sum"}
	for from, to := range copied {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The requirements of this module, so that nothing has to be looked up.
	b, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, requires, _ := strings.Cut(string(b), "\n")
	module := "module example.org/outside\n" + requires +
		fmt.Sprintf("\nrequire github.com/rearguard/rearguard v0.0.0\nreplace github.com/rearguard/rearguard => %s\n", here)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "run", "-mod=mod", ".")
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := strings.TrimSpace(string(out)); got != "2025-06-18 true" {
		t.Errorf("the program says %q; want the IOC and that it was verified", got)
	}
}
