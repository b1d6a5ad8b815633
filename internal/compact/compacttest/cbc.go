// Package compacttest solves the program of package compact in tests, by the
// solver cbc where it is installed.
package compacttest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/compact"
)

// Format is one of the formats that a program is written in.
type Format struct {
	Name  string
	Write func(*compact.Program, io.Writer) (compact.Size, error)
}

// MPS and LP are the formats.
var (
	MPS = Format{"mps", (*compact.Program).WriteMPS}
	LP  = Format{"lp", (*compact.Program).WriteLP}
)

// Solution is an optimum, or that there is none.
type Solution struct {
	Feasible  bool
	Objective float64
	Values    map[string]float64 // columns that are not 0
}

// Solve writes a program to a folder and solves it with cbc, to the optimum
// within a minute; more is an error.
func Solve(p *compact.Program, f Format, folder string) (*Solution, error) {
	var b bytes.Buffer
	if _, err := f.Write(p, &b); err != nil {
		return nil, err
	}
	in, out := filepath.Join(folder, "program."+f.Name), filepath.Join(folder, "solution.txt")
	if err := os.WriteFile(in, b.Bytes(), 0o600); err != nil {
		return nil, err
	}
	log, err := exec.Command("cbc", in, "-sec", "60", "-solve", "-solu", out).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("run cbc: %w: %s", err, log)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("read cbc's answer: %w: %s", err, log)
	}
	return parse(text)
}

// parse reads a solution as cbc writes it: a line that says how it ended, then
// one for each column: number, name, value, reduced cost.
func parse(text []byte) (*Solution, error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Scan()
	status := lines.Text()
	switch {
	case strings.HasPrefix(status, "Infeasible"), strings.HasPrefix(status, "Integer infeasible"):
		return &Solution{}, nil
	case !strings.HasPrefix(status, "Optimal"):
		return nil, fmt.Errorf("cbc ended with %q", status)
	}
	s := &Solution{Feasible: true, Values: map[string]float64{}}
	fields := strings.Fields(status)
	var err error
	if s.Objective, err = strconv.ParseFloat(fields[len(fields)-1], 64); err != nil {
		return nil, fmt.Errorf("cbc's status %q: %w", status, err)
	}
	for lines.Scan() {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "**"))
		if len(fields) != 4 {
			return nil, fmt.Errorf("cbc wrote %q, not a column", lines.Text())
		}
		if s.Values[fields[1]], err = strconv.ParseFloat(fields[2], 64); err != nil {
			return nil, fmt.Errorf("cbc wrote %q: %w", lines.Text(), err)
		}
	}
	return s, lines.Err()
}
