package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module writes a module of its own with these files and goes there.
func module(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.org/m\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
}

var tools = []tool{{"cbc", "coinor-cbc"}, {"node", "nodejs"}}

// said is what run prints, without times and addresses, package by package.
func said(t *testing.T, strict bool, args ...string) (string, int) {
	t.Helper()
	var b strings.Builder
	code := run(args, tools, strict, &b)
	text := regexp.MustCompile(`\d+\.\d+s|\(cached\)`).ReplaceAllString(b.String(), "T")
	return text, code
}

// Of what passes there is a line, of what fails all that is known, and at the end
// each test that was skipped.
func TestSaysWhatGoTestSays(t *testing.T) {
	module(t, map[string]string{
		"good/a_test.go": `package good

import "testing"

func TestGood(t *testing.T) { t.Log("quiet") }
func TestSkipped(t *testing.T) {
	t.Run("one", func(t *testing.T) { t.Skip("needs cbc: it is not on PATH") })
	t.Run("two", func(t *testing.T) { t.Skip("of its own accord") })
}
`,
		"bad/a_test.go": `package bad

import ("fmt"; "testing")

func TestGood(t *testing.T) { t.Log("quiet") }
func TestBad(t *testing.T) {
	t.Log("before")
	t.Run("part", func(t *testing.T) { fmt.Println("printed"); t.Error("wrong\nin two lines") })
	t.Run("other", func(t *testing.T) { t.Log("quiet too") })
}
`,
		"none/a.go": "package none\n",
	})
	got, code := said(t, false, "-p=1", "./...")
	want := "--- FAIL: TestBad (T)\n    a_test.go:7: before\n    --- FAIL: TestBad/part (T)\n    printed\n        a_test.go:8: wrong\n            in two lines\n" +
		"FAIL\nFAIL\texample.org/m/bad\tT\n" +
		"ok  \texample.org/m/good\tT\n" +
		"?   \texample.org/m/none\t[no test files]\n" +
		"\nSkipped: 2\n" +
		"  example.org/m/good  TestSkipped/two  of its own accord\n" +
		"  example.org/m/good  TestSkipped/one  needs cbc: it is not on PATH\n" +
		"To run those that need cbc: .ci/install, or install the package coinor-cbc\n"
	if diff := cmp.Diff(want, got); diff != "" || code != 1 {
		t.Errorf("exit code %d, %s", code, diff)
	}
}

// A test that takes the whole program down is shown with what it said.
func TestShowsWhatNeverEnded(t *testing.T) {
	module(t, map[string]string{
		"panics/a_test.go":  "package panics\n\nimport \"testing\"\n\nfunc TestPanics(t *testing.T) { t.Log(\"last words\"); panic(\"no way on\") }\n",
		"exits/a_test.go":   "package exits\n\nimport (\"fmt\"; \"os\"; \"testing\")\n\nfunc TestExits(t *testing.T) { fmt.Println(\"going\"); os.Exit(3) }\n",
		"broken/a_test.go":  "package broken\n\nvar x int = \"text\"\n",
		"vetted/a_test.go":  "package vetted\n\nimport (\"fmt\"; \"testing\")\n\nfunc TestVetted(t *testing.T) { fmt.Printf(\"%d\\n\", \"text\") }\n",
		"endless/a_test.go": "package endless\n\nimport (\"testing\"; \"time\")\n\nfunc TestEndless(t *testing.T) { t.Log(\"waiting\"); time.Sleep(time.Hour) }\n",
	})
	got, code := said(t, true, "-timeout=2s", "./...")
	for _, want := range []string{
		"last words", "panic: no way on", "FAIL\texample.org/m/panics\tT", "going\n", "FAIL\texample.org/m/exits\tT", "cannot use \"text\"", "FAIL\texample.org/m/broken [build failed]",
		"has arg \"text\" of wrong type", "FAIL\texample.org/m/vetted", "panic: test timed out after 2s", "TestEndless", "FAIL\texample.org/m/endless\tT",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if code != 1 || t.Failed() {
		t.Errorf("exit code %d:\n%s", code, got)
	}
}

// In CI a skip for want of what .ci/install installs fails, and no other does.
func TestSkipsThatFail(t *testing.T) {
	module(t, map[string]string{
		"data/a_test.go": "package data\n\nimport \"testing\"\n\nfunc TestData(t *testing.T) { t.Skip(\"the data are not here: no such folder\") }\nfunc TestOther(t *testing.T) { t.Skip(\"needs highs: it is not on PATH\") }\n",
		"tool/a_test.go": "package tool\n\nimport \"testing\"\n\nfunc TestTool(t *testing.T) { t.Skip(\"needs node: it is not on PATH\") }\n",
	})
	for _, c := range []struct {
		strict bool
		pack   string
		code   int
		says   string
	}{
		{false, "./tool", 0, "To run those that need node: .ci/install, or install the package nodejs"},
		{true, "./tool", 1, "FAIL: .ci/install installs node"},
		{true, "./data", 0, "TestData   the data are not here: no such folder"},
		{true, "./data", 0, "needs highs: it is not on PATH"},
	} {
		if got, code := said(t, c.strict, c.pack); code != c.code || !strings.Contains(got, c.says) {
			t.Errorf("%s, strict %v: exit code %d, want %d, and in\n%s\n%q", c.pack, c.strict, code, c.code, got, c.says)
		}
	}
}

// The table of .ci/install is read as it is.
func TestInstalls(t *testing.T) {
	script, err := os.ReadFile("../../.ci/install")
	if err != nil {
		t.Fatal(err)
	}
	got := installs(string(script))
	if !slices.Contains(got, tool{"cbc", "coinor-cbc"}) || !slices.Contains(got, tool{"pg_ctlcluster", "postgresql"}) {
		t.Errorf("%v", got)
	}
	if got := installs("nothing"); got != nil {
		t.Errorf("%v", got)
	}
}
