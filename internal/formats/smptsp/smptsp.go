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
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// maxFile is the most bytes of a file; the largest published instance has 0.7 MB.
const maxFile = 64 << 20

// Read makes a scenario of an instance. The problems are warnings: tasks that
// nobody can do and workers who can do none. The error is an *[formats.Invalid] with every problem of the
// file.
func Read(path string) (*scenario.Scenario, []formats.Problem, error) {
	data, err := load(path)
	if err != nil {
		return nil, nil, &formats.Invalid{Problems: []formats.Problem{{File: path, Message: "cannot read it: " + err.Error()}}}
	}
	return read(path, data)
}

// read makes a scenario of a file in memory.
func read(path string, data []byte) (*scenario.Scenario, []formats.Problem, error) {
	r := reader{file: path, rest: bytes.TrimPrefix(data, []byte("\ufeff"))}
	in := r.instance()
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.sorted()}
	}
	return in.scenario(filepath.Base(path)), r.sorted(), nil
}

// sorted returns the problems in the order of the file.
func (r *reader) sorted() []formats.Problem {
	slices.SortStableFunc(r.List, func(a, b formats.Problem) int { return a.Line - b.Line })
	return r.List
}

func load(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it is larger than %d MB", maxFile>>20)
	}
	return data, reason(err)
}

// reason is the error without the path, which is said already.
func reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
