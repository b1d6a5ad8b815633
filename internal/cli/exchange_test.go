package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/scenario"
)

const tiny = "../../examples/tiny.yaml"

// planned are the example, resolved for a plan of it, and the folder with all about it.
func planned(t *testing.T) (*exchange.Shown, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "out")
	run(t, "plan", tiny, "--iterations", "50", "-o", folder)
	p, err := formats.ReadPlan(filepath.Join(folder, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Resolve(authored(t), p.Variant())
	if err != nil {
		t.Fatal(err)
	}
	return &exchange.Shown{Scenario: s, Plan: p, Document: func() (*report.Document, error) { return report.Checked(s, p, verify.Check(s, p)) }}, folder
}

func authored(t *testing.T) *scenario.Scenario {
	t.Helper()
	s, _, err := formats.ReadScenario(tiny)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// commandOf is the command that exports a scenario, or a plan, in a format.
func commandOf(f *exchange.Format, ofPlan bool) []string {
	switch {
	case ofPlan && f.Name == "json":
		return []string{"export", "plan-json"}
	case f.Name == "json":
		return []string{"export", "json", "--as-written"}
	default:
		return []string{"export", f.Name}
	}
}

// TestFormatsAreCommands holds the command line to the list of formats: each is a command
// that writes what the list's own writer does, and the folder of a plan holds those that
// have a name there.
func TestFormatsAreCommands(t *testing.T) {
	shown, folder := planned(t)
	plan := filepath.Join(folder, "plan.json")
	for _, f := range exchange.Formats() {
		var want bytes.Buffer
		if f.Plan != nil {
			if err := f.Plan(&want, shown); err != nil {
				t.Fatal(err)
			}
			same(t, f, append(commandOf(f, true), tiny, plan), want.Bytes())
			if f.PlanFile != "" {
				got, err := os.ReadFile(filepath.Join(folder, f.PlanFile))
				if err != nil || !bytes.Equal(got, want.Bytes()) {
					t.Errorf("plan -o: %s is not what format %s is (%v)", f.PlanFile, f.Name, err)
				}
			}
		}
		want.Reset()
		if f.Resolved != nil {
			if err := f.Resolved(&want, shown.Scenario); err != nil {
				t.Fatal(err)
			}
			same(t, f, append(commandOf(f, false), tiny, plan), want.Bytes())
		}
		want.Reset()
		if f.Scenario != nil && f.Name != "csv" { // a folder there, a ZIP file of it here: TestFolderAndZIP
			if err := f.Scenario(&want, authored(t)); err != nil {
				t.Fatal(err)
			}
			same(t, f, append(commandOf(f, false), tiny), want.Bytes())
		}
	}
}

// same holds that a command writes a file of such bytes.
func same(t *testing.T, f *exchange.Format, command []string, want []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file"+f.Extension())
	run(t, append(command, "-o", path)...)
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("rearguard %s writes %d bytes, the list of formats %d (%v)", strings.Join(command, " "), len(got), len(want), err)
	}
}

// TestFormatsAreInHelp holds that no format, also of those with a command of their own, is
// missing.
func TestFormatsAreInHelp(t *testing.T) {
	in, out := run(t, "import", "--help"), run(t, "export", "--help")
	has := func(help, verb, name string) bool {
		return strings.Contains(help, verb+" "+name+" ") || strings.Contains(help, "("+name+")")
	}
	for _, f := range exchange.Formats() {
		if f.Reads != "" && !has(in, "import", f.Name) {
			t.Errorf("rearguard import has no %s", f.Name)
		}
		if f.Writes != "" && !has(out, "export", f.Name) && !has(out, "export", "plan-"+f.Name) {
			t.Errorf("rearguard export has no %s", f.Name)
		}
	}
}

// TestFolderAndZIP holds that the folder of CSV tables is what the ZIP file holds.
func TestFolderAndZIP(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tables")
	run(t, "export", "csv", tiny, "-o", folder)
	files, err := formats.TableFiles(authored(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if got, err := os.ReadFile(filepath.Join(folder, f.Name)); err != nil || !bytes.Equal(got, f.Data) {
			t.Errorf("%s differs (%v)", f.Name, err)
		}
	}
}

// TestImportsReadWhatIsWritten imports, by command, each format that goes both ways.
func TestImportsReadWhatIsWritten(t *testing.T) {
	for _, f := range exchange.Formats() {
		if f.Read == nil || f.Scenario == nil || f.Name == "csv" {
			continue
		}
		path, back := filepath.Join(t.TempDir(), "file.any"), filepath.Join(t.TempDir(), "back.yaml")
		var b bytes.Buffer
		if err := f.Scenario(&b, authored(t)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, "import", f.Name, path, "-o", back)
		s, _, err := formats.ReadScenario(back)
		if err != nil || s.Hash() != authored(t).Hash() {
			t.Errorf("%s does not give the scenario back (%v)", f.Name, err)
		}
	}
}
