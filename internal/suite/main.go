// Command suite runs the tests, prints what go test prints, and at the end names
// each test that was skipped, and what to install for it. In CI, where .ci/install
// has been run, a test that is skipped for want of what that installs is a failure.
//
//	go run ./internal/suite [flags and packages of go test; ./... by default]
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/rearguard/rearguard/internal/suite/needs"
)

func main() {
	install, err := os.ReadFile(".ci/install")
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite: run it from the project's root:", err)
		os.Exit(2)
	}
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"./..."}
	}
	os.Exit(run(args, installs(string(install)), os.Getenv("CI") != "", os.Stdout))
}

// run runs go test and returns its exit code, or 1 if tests were skipped that must
// not be.
func run(args []string, tools []tool, strict bool, out io.Writer) int {
	c := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	c.Stderr = os.Stderr
	c.Env = append(os.Environ(), needs.Here+"="+here(tools))
	lines, err := c.StdoutPipe()
	if err == nil {
		// An interruption ends go test, which is in the same group; then there is still something to say.
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
		err = c.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		return 2
	}
	skipped := follow(lines, out)
	code := 0
	if err := c.Wait(); err != nil {
		code = 2
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
			code = exit.ExitCode()
		}
	}
	if missing := summary(out, skipped, tools); strict && len(missing) > 0 {
		fmt.Fprintf(out, "FAIL: .ci/install installs %s, so that nothing need be skipped for want of it\n", strings.Join(missing, ", "))
		code = max(code, 1)
	}
	return code
}

// here lists the tools that there are, and whether the field data are.
func here(tools []tool) string {
	var found []string
	for _, x := range tools {
		if _, err := exec.LookPath(x.command); err == nil {
			found = append(found, x.command)
		}
	}
	if _, err := os.Stat("../shared/data"); err == nil {
		found = append(found, "data")
	}
	return strings.Join(found, " ")
}

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output string
}

// follow prints the events of tests as go test does without -json, and returns the
// tests that were skipped.
func follow(r io.Reader, out io.Writer) (skipped []skip) {
	packages := map[string]*report{}
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) != nil || e.Action == "":
			_, _ = out.Write(line) // of the go command itself
		case e.Action == "build-output":
			_, _ = io.WriteString(out, e.Output)
		case e.Package != "":
			if packages[e.Package] == nil {
				packages[e.Package] = &report{name: e.Package, tests: map[string]*test{}}
			}
			skipped = append(skipped, packages[e.Package].take(e, out)...)
		}
		if err != nil {
			return skipped
		}
	}
}

// report is what the tests of a package have said.
type report struct {
	name  string
	lines []string
	order []*test
	tests map[string]*test
}

// test is one test, with what it has said; done is how it ended, empty so far.
type test struct {
	name, done string
	lines      []string
}

// take notes an event, prints the package once it is over, and returns the tests
// that it has skipped by then.
func (p *report) take(e event, out io.Writer) (skipped []skip) {
	if e.Test == "" {
		switch e.Action {
		case "output":
			p.lines = append(p.lines, e.Output)
		case "pass", "fail", "skip":
			p.print(out, e.Action == "fail")
			return p.skipped()
		}
		return nil
	}
	x := p.tests[e.Test]
	if x == nil {
		x = &test{name: e.Test}
		p.tests[e.Test], p.order = x, append(p.order, x)
	}
	switch e.Action {
	case "output":
		if !strings.HasPrefix(e.Output, "=== ") {
			x.lines = append(x.lines, e.Output)
		}
	case "pass", "fail", "skip":
		x.done = e.Action
	}
	return nil
}

// print prints what go test prints of a package: a line, and if it has failed all
// that the tests have said that failed or never ended, and what nobody has said.
func (p *report) print(out io.Writer, failed bool) {
	for _, x := range p.order {
		if x.done == "fail" || failed && x.done == "" {
			verdict, said := x.split()
			fmt.Fprint(out, verdict, said)
		}
	}
	for _, line := range p.lines {
		switch {
		case line == "PASS\n":
		case failed || strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "?   \t") || strings.HasPrefix(line, "\t"):
			fmt.Fprint(out, line)
		}
	}
}

// split parts the line that says how a test ended from what it has said before. Go
// prints the one first where it prints failures alone.
func (x *test) split() (verdict, said string) {
	indent := strings.Repeat("    ", strings.Count(x.name, "/"))
	for _, line := range x.lines {
		if text := strings.TrimLeft(line, " "); strings.HasPrefix(text, "--- FAIL: ") || strings.HasPrefix(text, "--- SKIP: ") {
			verdict += indent + text
		} else {
			said += indent + line
		}
	}
	return verdict, said
}
