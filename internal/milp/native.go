package milp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// grace is how long a solver in another process may overrun its time limit,
// to finish what it is at, before it is killed.
const grace = 2 * time.Second

func findNative() (Solver, error) {
	if path, err := exec.LookPath("highs"); err == nil {
		return nativeHighs(path), nil
	}
	if path, err := exec.LookPath("cbc"); err == nil {
		return nativeCBC(path), nil
	}
	return nil, errors.New("no highs or cbc on PATH; install one or leave --solver wasm")
}

func nativeHighs(path string) Solver {
	return backend(func(ctx context.Context, m *Model, o Options) (Solution, error) {
		return runNative(ctx, m, o, path, highsArguments, readHighs)
	})
}

func nativeCBC(path string) Solver {
	return backend(func(ctx context.Context, m *Model, o Options) (Solution, error) {
		return runNative(ctx, m, o, path, cbcArguments, readCBC)
	})
}

// Files in the temporary folder of one run.
const (
	modelFile    = "model.mps"
	startFile    = "start.txt"
	optionsFile  = "options.txt"
	solutionFile = "solution.txt"
)

type arguments func(m *Model, o Options, folder string) ([]string, error)

// reader reads a solution file and what the program printed. Columns and rows
// are named by their index, c0 and r0.
type reader func(m *Model, solution, printed []byte) (Solution, error)

func runNative(ctx context.Context, m *Model, o Options, path string, arguments arguments, read reader) (Solution, error) {
	if o.Looks > 0 {
		return Solution{}, errors.New("options: looks are counted by wasm only; give a limit of nodes or of time")
	}
	folder, err := os.MkdirTemp("", "rearguard-milp")
	if err != nil {
		return Solution{}, err
	}
	defer os.RemoveAll(folder)
	var mps bytes.Buffer
	if err := m.writeMPS(&mps, m.indexNames()); err != nil {
		return Solution{}, err
	}
	if err := os.WriteFile(filepath.Join(folder, modelFile), mps.Bytes(), 0o600); err != nil {
		return Solution{}, err
	}
	list, err := arguments(m, o, folder)
	if err != nil {
		return Solution{}, err
	}
	limited := ctx
	if o.TimeLimit > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, o.TimeLimit+grace)
		defer cancel()
	}
	command := exec.CommandContext(limited, path, list...)
	command.Dir, command.WaitDelay = folder, time.Second
	printed, err := command.CombinedOutput()
	if err != nil && limited.Err() != nil {
		return startOrNothing(m, o), ctx.Err()
	}
	solution, missing := os.ReadFile(filepath.Join(folder, solutionFile))
	if missing != nil {
		return Solution{}, fmt.Errorf("%s wrote no solution (%w); it ended with: %s", path, errors.Join(err, missing), lastLine(printed))
	}
	s, err := read(m, solution, printed)
	if err != nil {
		return Solution{}, fmt.Errorf("read the solution of %s: %w", path, err)
	}
	return s, nil
}

func lastLine(printed []byte) string {
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
	return lines[len(lines)-1]
}

// indexNames names columns and rows by their index, for files that we read
// the answer to.
func (m *Model) indexNames() fileNames {
	return (&Model{Columns: make([]Column, len(m.Columns)), Rows: make([]Row, len(m.Rows))}).fileNames(inMPS)
}

func cbcArguments(m *Model, o Options, folder string) ([]string, error) {
	list := []string{modelFile, "-timeMode", "elapsed", "-threads", "0",
		"-ratioGap", number(o.Gap), "-allowableGap", number(o.AbsoluteGap), "-randomCbcSeed", strconv.Itoa(o.Seed)}
	if o.TimeLimit > 0 {
		list = append(list, "-seconds", number(o.TimeLimit.Seconds()))
	}
	if o.NodeLimit > 0 {
		list = append(list, "-maxNodes", strconv.Itoa(o.NodeLimit))
	}
	if o.Start != nil && m.HasIntegers() {
		var b bytes.Buffer
		fmt.Fprintln(&b, "Start - objective value", number(m.Objective(o.Start)))
		for i, v := range o.Start {
			fmt.Fprintf(&b, "%d c%d %s 0\n", i, i, number(v))
		}
		if err := os.WriteFile(filepath.Join(folder, startFile), b.Bytes(), 0o600); err != nil {
			return nil, err
		}
		list = append(list, "-mipstart", startFile)
	}
	solve := "-solve"
	if o.Method == InteriorPoint && !m.HasIntegers() {
		solve = "-barrier"
	}
	return append(list, "-printingOptions", "all", solve, "-solution", solutionFile), nil
}

// readCBC reads the solution file of CBC: a line with the status, then a line
// for each row and column: index, name, value, dual; "**" before it marks one
// that is broken.
func readCBC(m *Model, solution, printed []byte) (Solution, error) {
	head, rest, _ := bytes.Cut(solution, []byte("\n"))
	s := Solution{Bound: math.Inf(-1)}
	line := string(head)
	switch status, _, _ := strings.Cut(line, " - objective"); {
	case strings.HasPrefix(line, "Optimal"):
		s.Status = Optimal
	case strings.HasPrefix(line, "Infeasible"), strings.HasPrefix(line, "Integer infeasible"):
		s.Status = Infeasible
		if m.HasIntegers() { // said of unbounded ones too
			s.Status = InfeasibleOrUnbounded
		}
		return s, nil
	case strings.HasPrefix(line, "Unbounded"):
		s.Status = Unbounded
		return s, nil
	case strings.HasPrefix(line, "Stopped on time"):
		s.Status = TimeLimit
	case strings.HasPrefix(line, "Stopped on nodes"), strings.HasPrefix(line, "Stopped on iterations"):
		s.Status = NodeLimit
	default:
		return Solution{}, fmt.Errorf("line 1: status %q is not known", status)
	}
	v := newValues(m)
	scan := bufio.NewScanner(bytes.NewReader(rest))
	for n := 2; scan.Scan(); n++ {
		fields := strings.Fields(scan.Text())
		if len(fields) > 0 && fields[0] == "**" {
			fields = fields[1:]
		}
		if len(fields) != 4 {
			return Solution{}, fmt.Errorf("line %d: %q; expected index, name, value and dual", n, scan.Text())
		}
		if err := v.set(fields[1], fields[2], fields[3]); err != nil {
			return Solution{}, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if s.Bound = v.bound(m, printed, "Lower bound:", 5e-4); s.Status == Optimal && math.IsInf(s.Bound, -1) {
		s.Bound = m.Objective(v.x) // of which it is the least
	}
	if strings.Contains(line, "no integer solution") || s.Status != Optimal && m.Violation(v.x) > slack*m.size(v.x) {
		return s, nil
	}
	s.X, s.RowDuals, s.ReducedCosts = v.x, v.rowDuals, v.reducedCosts
	return s, nil
}

func highsArguments(m *Model, o Options, folder string) ([]string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "mip_rel_gap = %s\nmip_abs_gap = %s\nthreads = 1\nrandom_seed = %d\n", number(o.Gap), number(o.AbsoluteGap), o.Seed)
	if o.TimeLimit > 0 {
		fmt.Fprintf(&b, "time_limit = %s\n", number(o.TimeLimit.Seconds()))
	}
	if o.NodeLimit > 0 {
		fmt.Fprintf(&b, "mip_max_nodes = %d\n", o.NodeLimit)
	}
	if o.Method == InteriorPoint && !m.HasIntegers() {
		fmt.Fprintln(&b, "solver = ipm")
	}
	if err := os.WriteFile(filepath.Join(folder, optionsFile), b.Bytes(), 0o600); err != nil {
		return nil, err
	}
	list := []string{"--options_file", optionsFile, "--solution_file", solutionFile}
	if o.Start != nil && m.HasIntegers() {
		b.Reset()
		fmt.Fprintf(&b, "Model status\nUnknown\n\n# Primal solution values\nFeasible\nObjective %s\n# Columns %d\n", number(m.Objective(o.Start)), len(o.Start))
		for i, v := range o.Start {
			fmt.Fprintf(&b, "c%d %s\n", i, number(v))
		}
		fmt.Fprintln(&b, "# Rows 0")
		if err := os.WriteFile(filepath.Join(folder, startFile), b.Bytes(), 0o600); err != nil {
			return nil, err
		}
		list = append(list, "--read_solution_file", startFile)
	}
	return append(list, modelFile), nil
}

var highsStatuses = map[string]Status{
	"Optimal": Optimal, "Infeasible": Infeasible, "Unbounded": Unbounded, "Primal infeasible or unbounded": InfeasibleOrUnbounded,
	"Time limit reached": TimeLimit, "Iteration limit reached": NodeLimit, "Solution limit reached": NodeLimit,
}

// readHighs reads the solution file of HiGHS: sections of a heading and lines
// of name and value, first primal, then dual.
func readHighs(m *Model, solution, printed []byte) (Solution, error) {
	v := newValues(m)
	s := Solution{Bound: math.Inf(-1)}
	dual, feasible := false, false
	scan := bufio.NewScanner(bytes.NewReader(solution))
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimSpace(scan.Text())
		fields := strings.Fields(line)
		switch {
		case n == 2:
			if s.Status = highsStatuses[line]; s.Status == 0 {
				return Solution{}, fmt.Errorf("line 2: status %q is not known", line)
			}
		case line == "# Primal solution values":
			dual = false
		case line == "# Dual solution values":
			dual = true
		case line == "# Basis":
			return v.answer(m, s, feasible, printed), nil
		case line == "Feasible" && !dual:
			feasible = true
		case len(fields) == 2 && fields[0] != "#" && fields[0] != "Objective" && fields[0] != "Model":
			value, change := fields[1], ""
			if dual {
				value, change = "", fields[1]
			}
			if err := v.set(fields[0], value, change); err != nil {
				return Solution{}, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	if s.Status == 0 {
		return Solution{}, errors.New("the file ends before its status")
	}
	return v.answer(m, s, feasible, printed), nil
}

// values collects what a solution file says of each column and row.
type values struct{ x, reducedCosts, rowDuals []float64 }

func newValues(m *Model) *values {
	return &values{make([]float64, len(m.Columns)), make([]float64, len(m.Columns)), make([]float64, len(m.Rows))}
}

// set takes the value and the dual of what is named c or r and its index; an
// empty text is left out.
func (v *values) set(name, value, dual string) error {
	i, err := strconv.Atoi(name[1:])
	list, duals := v.x, v.reducedCosts
	if name[0] == 'r' {
		list, duals = nil, v.rowDuals
	}
	if err != nil || name[0] != 'c' && name[0] != 'r' || i < 0 || i >= len(duals) {
		return fmt.Errorf("%q names no column or row", name)
	}
	for text, to := range map[*string][]float64{&value: list, &dual: duals} {
		if *text == "" || to == nil {
			continue
		}
		f, err := strconv.ParseFloat(*text, 64)
		if err != nil || math.IsNaN(f) {
			return fmt.Errorf("%s: %q is not a number", name, *text)
		}
		to[i] = f
	}
	return nil
}

func (v *values) answer(m *Model, s Solution, feasible bool, printed []byte) Solution {
	s.Bound = v.bound(m, printed, "Dual bound", 0)
	if feasible {
		s.X, s.RowDuals, s.ReducedCosts = v.x, v.rowDuals, v.reducedCosts
	}
	return s
}

// bound finds the last number after a label in what a solver printed, which
// it rounds: less by what rounding may have added.
func (*values) bound(m *Model, printed []byte, label string, rounding float64) float64 {
	at := bytes.LastIndex(printed, []byte(label))
	if at < 0 || !m.HasIntegers() {
		return math.Inf(-1)
	}
	fields := strings.Fields(string(printed[at+len(label) : min(len(printed), at+len(label)+60)]))
	if len(fields) == 0 {
		return math.Inf(-1)
	}
	f, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || math.IsNaN(f) {
		return math.Inf(-1)
	}
	return f - rounding
}
