package milp

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"sync/atomic"
	"time"
)

// childVariable marks a process that is to solve one model and end.
const childVariable = "REARGUARD_MILP_CHILD"

// hooked says that this program calls Child first, so that running it again
// makes a solver.
var hooked atomic.Bool

// Child must be called first by a main function that wants solvers of its own
// process: in a process that was started to solve it does so and does not
// return. Without it every model is solved in the process itself, where a
// stop can come late.
func Child() {
	hooked.Store(true)
	if os.Getenv(childVariable) == "" {
		return
	}
	if err := serveChild(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

type childQuestion struct {
	Model   *Model
	Options Options
}

type childAnswer struct {
	Solution Solution
	Err      string
}

func serveChild(in io.Reader, out io.Writer) error {
	var q childQuestion
	if err := gob.NewDecoder(in).Decode(&q); err != nil {
		return fmt.Errorf("read the model: %w", err)
	}
	go func() { // the parent holds the pipe open for as long as it waits
		_, _ = io.Copy(io.Discard, in)
		os.Exit(1)
	}()
	s, err := solveHere(context.Background(), q.Model, q.Options)
	a := childAnswer{Solution: s}
	if err != nil {
		a.Err = err.Error()
	}
	return gob.NewEncoder(out).Encode(a)
}

// small is the number of terms up to which a model is solved in this process:
// it is done before another process has started.
const small = 2000

// solveApart solves in a child process, which can be killed, unless the model
// is small or the program has no Child.
func solveApart(ctx context.Context, m *Model, o Options) (Solution, error) {
	terms := 0
	for i := range m.Rows {
		terms += len(m.Rows[i].Terms)
	}
	if terms <= small || !hooked.Load() {
		return solveHere(ctx, m, o)
	}
	return solveInChild(ctx, m, o)
}

func solveInChild(ctx context.Context, m *Model, o Options) (Solution, error) {
	executable, err := os.Executable()
	if err != nil {
		return solveHere(ctx, m, o)
	}
	limited := ctx
	if o.TimeLimit > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, o.TimeLimit+grace)
		defer cancel()
	}
	command := exec.CommandContext(limited, executable)
	command.Env = append(os.Environ(), childVariable+"=1")
	command.Stderr = os.Stderr
	command.WaitDelay = time.Second
	answer, err := ask(command, childQuestion{m, o})
	if limited.Err() != nil && err != nil {
		return startOrNothing(m, o), ctx.Err()
	}
	if err != nil {
		return Solution{}, fmt.Errorf("solve in a child process: %w", err)
	}
	if answer.Err != "" {
		return Solution{}, errors.New(answer.Err)
	}
	return answer.Solution, nil
}

func ask(command *exec.Cmd, q childQuestion) (a childAnswer, err error) {
	in, err := command.StdinPipe()
	if err != nil {
		return a, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return a, err
	}
	if err := command.Start(); err != nil {
		return a, err
	}
	err = gob.NewEncoder(in).Encode(q)
	if err == nil {
		err = gob.NewDecoder(out).Decode(&a)
	}
	ended := command.Wait() // closes the pipes
	if err != nil {
		return a, errors.Join(err, ended)
	}
	return a, nil
}

// startOrNothing is what remains of a solver that had to be killed.
func startOrNothing(m *Model, o Options) Solution {
	s := Solution{Status: TimeLimit, Bound: math.Inf(-1)}
	if o.Start != nil && m.Violation(o.Start) <= tolerance {
		s.X = append([]float64(nil), o.Start...)
	}
	return s
}
