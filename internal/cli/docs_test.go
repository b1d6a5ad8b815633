package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDocs runs every command that a document quotes with its output: a block of
// kind console, whose lines with $ are commands and the others what they print.
// A line of three dots stands for any lines.
func TestDocs(t *testing.T) {
	docs, err := filepath.Glob("../../docs/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var read []string
	for _, path := range append(slices.Concat(docs, top), "../../README.md") {
		absolute, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, absolute)
	}
	t.Chdir("../..")
	ran := 0
	for _, path := range read {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "```console\n")[1:] {
			block, _, _ = strings.Cut(block, "```")
			for _, quoted := range strings.Split("\n"+block, "\n$ rearguard ")[1:] {
				command, want, _ := strings.Cut(quoted, "\n")
				got := run(t, strings.Fields(command)...)
				ran++
				if missing := firstMissing(strings.TrimSpace(want), got); missing != "" {
					t.Errorf("%s: rearguard %s does not print, in this order:\n%s\nbut:\n%s", filepath.Base(path), command, missing, got)
				}
			}
		}
	}
	if ran == 0 {
		t.Error("no document quotes a command")
	}
}

// firstMissing returns the first part of quoted output, between lines of three
// dots, that the output does not hold after those before it.
func firstMissing(quoted, output string) string {
	for _, part := range strings.Split(quoted, "\n...\n") {
		part = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(part, "\n..."), "...\n"))
		_, rest, found := strings.Cut(output, part)
		if !found {
			return part
		}
		output = rest
	}
	return ""
}
