// Package needs skips tests that run on what this machine does not have, in words
// from which internal/suite tells at its end what to install.
package needs

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Here is the environment variable in which internal/suite lists what it has found.
// Go keeps a test's result for the next run unless something changes that the test
// has looked at, which the PATH's folders are not part of: to look at this keeps a
// skipped test from being remembered after its tool has been installed.
const Here = "RG_HERE"

// Tool returns the path of a program, and skips the test where it is not on PATH.
func Tool(t testing.TB, name string) string {
	t.Helper()
	_ = os.Getenv(Here)
	path, err := exec.LookPath(name)
	if err != nil {
		Skip(t, name, "it is not on PATH")
	}
	return path
}

// Skip skips a test that wants a program, and says why it cannot have it.
func Skip(t testing.TB, name, why string) {
	t.Helper()
	_ = os.Getenv(Here)
	t.Skip(lead + name + ": " + why)
}

// Data returns a path beside the project, and skips the test where there is nothing.
// Such data are field data too large to keep with the code.
func Data(t testing.TB, path string) string {
	t.Helper()
	_ = os.Getenv(Here)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data are not here: %v", err)
	}
	return path
}

const lead = "needs "

// Wanted returns the program that a test's words to Skip name, if they are such.
func Wanted(words string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(words, lead)
	if !ok {
		return "", false
	}
	name, _, ok = strings.Cut(rest, ": ")
	return name, ok
}
