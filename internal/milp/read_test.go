package milp

import (
	"math"
	"strings"
	"testing"
)

func TestSolutionFilesThatAreWrong(t *testing.T) {
	m := cover(true)
	for _, c := range []struct {
		name       string
		read       reader
		file, want string
	}{
		{"CBC, status", readCBC, "Puzzled - objective value 3\n", `line 1: status "Puzzled" is not known`},
		{"CBC, fields", readCBC, "Optimal - objective value 3\n 0 c0 1\n", `line 2: " 0 c0 1"; expected index, name, value and dual`},
		{"CBC, name", readCBC, "Optimal - objective value 3\n** 0 c2 1 0\n", `line 2: "c2" names no column or row`},
		{"CBC, number", readCBC, "Optimal - objective value 3\n 0 c1 one 0\n", `line 2: c1: "one" is not a number`},
		{"HiGHS, status", readHighs, "Model status\nPuzzled\n", `line 2: status "Puzzled" is not known`},
		{"HiGHS, cut off", readHighs, "Model status\n", "the file ends before its status"},
		{"HiGHS, name", readHighs, "Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 1\n# Columns 1\nx 1\n", `line 8: "x" names no column or row`},
	} {
		if _, err := c.read(m, []byte(c.file), nil); err == nil || err.Error() != c.want {
			t.Errorf("%s: got  %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestBoundIsRoundedDown(t *testing.T) {
	printed := []byte("Objective value:                15.0\nLower bound:                    14.123\nGap: 0.06\n")
	got, err := readCBC(cover(true), []byte("Stopped on time - objective value 15\n 0 c0 1 0\n 1 c1 2 0\n"), printed)
	if err != nil || got.Status != TimeLimit || math.Abs(got.Bound-14.1225) > 1e-9 {
		t.Errorf("%+v, %v", got, err)
	}
}

func fuzzReader(f *testing.F, read reader) {
	m := cover(true)
	f.Fuzz(func(t *testing.T, solution, printed []byte) {
		s, err := read(m, solution, printed)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a word")
			}
			return
		}
		if err := m.complete(&s); err == nil && s.X != nil && !(m.Violation(s.X) < 1) {
			t.Errorf("accepted %v, which breaks the model", s.X)
		}
	})
}

func FuzzReadCBC(f *testing.F) {
	f.Add([]byte("Optimal - objective value 15\n 0 r0 3 0\n 0 c0 1 0\n 1 c1 2 0\n"), []byte("Lower bound: 14\n"))
	f.Add([]byte("Stopped on time (no integer solution - continuous used) - objective value 15\n** 0 c0 1 0\n"), []byte("Lower bound:"))
	f.Add([]byte("Integer infeasible - objective value 0\n"), []byte(""))
	fuzzReader(f, readCBC)
}

func FuzzReadHighs(f *testing.F) {
	f.Add([]byte("Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 15\n# Columns 2\nc0 1\nc1 2\n# Rows 1\nr0 3\n\n# Dual solution values\nNone\n\n# Basis\n"), []byte("Dual bound 15\n"))
	f.Add([]byte("Model status\nInfeasible\n"), []byte(""))
	fuzzReader(f, readHighs)
}
