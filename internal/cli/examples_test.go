package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/cli"
	"github.com/rearguard/rearguard/plan"
)

// TestExamples plans every example, holds its objective and the checker's
// verdict, and opens its page in a browser.
func TestExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) < 3 {
		t.Fatalf("examples %v, %v; want three or more", examples, err)
	}
	var got strings.Builder
	for _, path := range examples {
		dir := t.TempDir()
		p := run(t, "plan", path, "--iterations", "100", "--json", "-o", dir)
		var made plan.Plan
		if err := json.Unmarshal([]byte(p), &made); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run("page of "+name, func(t *testing.T) { checkPage(t, name, filepath.Join(dir, "plan.html")) })
		verdict := run(t, "verify", path, filepath.Join(dir, "plan.json"))
		_, verdict, _ = strings.Cut(strings.TrimSpace(verdict), "plan.json: ")
		fmt.Fprintf(&got, "%s: objective %.4f, %d backfills; %s\n", filepath.Base(path), made.Metrics.Objective, made.Metrics.Backfills, verdict)
	}
	golden := "testdata/examples.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s\nif the engine was changed on purpose: go test ./internal/cli -update", got.String(), want)
	}
}

// run runs a command that must succeed and returns its output.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := cli.Main(context.Background(), args, &stdout, &stderr); code != 0 {
		t.Fatalf("rearguard %s: exit code %d: %s%s", strings.Join(args, " "), code, stdout.String(), stderr.String())
	}
	return stdout.String()
}
