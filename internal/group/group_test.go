package group_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/group"
)

var errFirst = errors.New("first")

// lost is where the stack of a panic has to lead.
func lost(list []int, i int) int { return list[i] }

// TestPanicIsAnError: the owner hears of a panic in a function of its group, with where it
// came from, and the others end.
func TestPanicIsAnError(t *testing.T) {
	g, ctx := group.New(t.Context())
	g.Go(func() error {
		<-ctx.Done() // for as long as it takes the other to fail
		return ctx.Err()
	})
	g.Go(func() error {
		_ = lost(nil, 5)
		return nil
	})
	err := fmt.Errorf("plan: %w", g.Wait())
	p, ok := errors.AsType[*group.Panic](err)
	if !ok || !strings.Contains(err.Error(), "internal error: runtime error: index out of range [5]") {
		t.Fatalf("got %v, want the panic", err)
	}
	if !strings.Contains(p.Stack, "group_test.lost") || group.Stack(err) != p.Stack {
		t.Errorf("the stack does not lead to the panic: %s", p.Stack)
	}
}

func TestFirstErrorCounts(t *testing.T) {
	g, ctx := group.New(t.Context())
	g.Go(func() error { return errFirst })
	g.Go(func() error {
		<-ctx.Done()
		return errors.New("second")
	})
	if err := g.Wait(); !errors.Is(err, errFirst) || group.Stack(err) != "" {
		t.Errorf("got %v", err)
	}
}

func TestAllDone(t *testing.T) {
	g, ctx := group.New(t.Context())
	done := make(chan int, 3)
	for i := range 3 {
		g.Go(func() error {
			done <- i
			return nil
		})
	}
	if ctx.Err() != nil {
		t.Error("the context ended before anything failed")
	}
	if err := g.Wait(); err != nil || len(done) != 3 {
		t.Errorf("%v, and %d of 3 done", err, len(done))
	}
	if ctx.Err() == nil {
		t.Error("the context goes on though all have ended")
	}
}

// TestEndsWithItsOwner: a group ends when the context of its owner does.
func TestEndsWithItsOwner(t *testing.T) {
	outer, end := context.WithCancel(t.Context())
	g, ctx := group.New(outer)
	g.Go(func() error {
		<-ctx.Done()
		return ctx.Err()
	})
	end()
	if err := g.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCall(t *testing.T) {
	if err := group.Call(func() error { return errFirst }); !errors.Is(err, errFirst) {
		t.Errorf("got %v", err)
	}
	if err := group.Call(func() error { panic("no way") }); err == nil || err.Error() != "internal error: no way" || group.Stack(err) == "" {
		t.Errorf("got %v", err)
	}
}
