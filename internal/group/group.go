// Package group runs functions side by side for one owner, who hears of every error and
// every panic among them. In Go a panic that nobody recovers ends the whole process,
// whichever goroutine it is in: a fault in one job of a team's server would end the server.
// So no other package starts a goroutine by itself (architecture_test.go).
package group

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// Panic is a panic as an error. What failed is a fault of the program; the stack says
// where, and is for the log.
type Panic struct {
	Value any
	Stack string
}

func (p *Panic) Error() string { return fmt.Sprintf("internal error: %v", p.Value) }

// Stack is where a panic among the causes of an error came from, "" if there is none.
func Stack(err error) string {
	if p, ok := errors.AsType[*Panic](err); ok {
		return p.Stack
	}
	return ""
}

// Call calls f, and returns its panic as an error, a *[Panic].
func Call(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Panic{r, string(debug.Stack())}
		}
	}()
	return f()
}

// Group is functions that run side by side. Its owner must Wait.
type Group struct {
	running sync.WaitGroup
	end     context.CancelFunc
	mu      sync.Mutex
	first   error
}

// New returns a group, and the context of its functions: it ends with ctx, as soon as one
// of them fails, and once all are waited for.
func New(ctx context.Context) (*Group, context.Context) {
	within, end := context.WithCancel(ctx)
	return &Group{end: end}, within
}

// Go starts f.
func (g *Group) Go(f func() error) {
	g.running.Go(func() {
		if err := Call(f); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.first == nil {
				g.first = err
			}
			g.end()
		}
	})
}

// Wait waits until every function has ended, and returns the first error.
func (g *Group) Wait() error {
	g.running.Wait()
	g.end()
	return g.first
}
