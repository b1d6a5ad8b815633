// Package smptsp turns an instance of the shift minimisation personnel task
// scheduling problem into a scenario: fixed tasks, each to be done by one
// qualified worker, with as few workers as possible.
//
// It reads the format of Krishnamoorthy, Ernst and Baatar ("Algorithms for
// large scale shift minimisation personnel task scheduling problems", European
// Journal of Operational Research 219(1), 2012), which later authors' instances
// share. What maps to what is in docs/formats/smptsp.md.
package smptsp

import (
	"bytes"
	"path/filepath"
	"slices"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// Read makes a scenario of an instance in memory; the name is for messages. The problems
// are warnings: tasks that nobody can do and workers who can do none. The error is an
// *[formats.Invalid] with every problem of the file.
func Read(name string, data []byte) (*scenario.Scenario, []formats.Problem, error) {
	r := reader{file: name, rest: bytes.TrimPrefix(data, []byte("\ufeff"))}
	in := r.instance()
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.sorted()}
	}
	return in.scenario(filepath.Base(name)), r.sorted(), nil
}

// sorted returns the problems in the order of the file.
func (r *reader) sorted() []formats.Problem {
	slices.SortStableFunc(r.List, func(a, b formats.Problem) int { return a.Line - b.Line })
	return r.List
}
