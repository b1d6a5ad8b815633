package main

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/suite/needs"
)

// tool is a program, and the package of the system that has it.
type tool struct{ command, pack string }

// installs are the tools that .ci/install installs: the lines of its table.
func installs(script string) (tools []tool) {
	_, table, _ := strings.Cut(script, "<<-'END'\n")
	table, _, _ = strings.Cut(table, "\tEND\n")
	for line := range strings.Lines(table) {
		if f := strings.Fields(line); len(f) == 2 {
			tools = append(tools, tool{f[0], f[1]})
		}
	}
	return tools
}

// skip is a test that was skipped, and what it said.
type skip struct{ pack, test, why string }

// where is what testing puts before the words of a test.
var where = regexp.MustCompile(`^ *[^ :]+\.go:\d+: `)

// skipped are the package's tests that were skipped.
func (p *report) skipped() (list []skip) {
	for _, x := range p.order {
		if x.done != "skip" {
			continue
		}
		var said []string
		for _, line := range x.lines {
			if text := strings.TrimSpace(where.ReplaceAllString(line, "")); text != "" && !strings.HasPrefix(text, "--- SKIP: ") {
				said = append(said, text)
			}
		}
		list = append(list, skip{p.name, x.name, strings.Join(said, " ")})
	}
	return list
}

// summary names the tests that were skipped, by what they want, and returns those
// tools of .ci/install that are missing.
func summary(out io.Writer, skipped []skip, tools []tool) (missing []string) {
	if len(skipped) == 0 {
		return nil
	}
	why := func(x skip) string {
		if name, ok := needs.Wanted(x.why); ok {
			return name
		}
		return "" // of its own
	}
	slices.SortStableFunc(skipped, func(a, b skip) int {
		return cmp.Or(cmp.Compare(why(a), why(b)), cmp.Compare(a.pack, b.pack), cmp.Compare(a.test, b.test))
	})
	fmt.Fprintf(out, "\nSkipped: %d\n", len(skipped))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, x := range skipped {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", x.pack, x.test, cmp.Or(x.why, "it does not say why"))
	}
	_ = w.Flush()
	for _, x := range tools {
		if slices.ContainsFunc(skipped, func(s skip) bool { return why(s) == x.command }) {
			missing = append(missing, x.command)
			fmt.Fprintf(out, "To run those that need %s: .ci/install, or install the package %s\n", x.command, x.pack)
		}
	}
	return missing
}
