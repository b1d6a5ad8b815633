package live

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"sync"
	"time"

	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

// Trial is a search whose progress and plan are told while somebody waits.
type Trial struct {
	Case    *planner.Case
	Variant planner.Variant
	Search  planner.Search                     // Progress is set by Run
	Whole   bool                               // all of the scenario is released to whoever waits
	Answer  func(*planner.Result) (any, error) // what it is told of the plan found
	Failure func(error) string                 // what it is told instead
}

// progressEvery is the pause between two events of progress.
const progressEvery = 80 * time.Millisecond

// TrialProgress is how far a search is. Its numbers are of the whole scenario, and null for
// who does not see all of it.
type TrialProgress struct {
	Objective *float64 `json:"objective"`
	Bound     *float64 `json:"bound"` // null before the first
	Gap       *float64 `json:"gap"`   // of the cost
	Seconds   float64  `json:"seconds"`
	Withheld  bool     `json:"withheld"`
}

// Run searches, and writes server-sent events: progress, then plan or failed. Each is
// flushed.
func (t *Trial) Run(ctx context.Context, w io.Writer, flush func()) {
	var mu sync.Mutex
	send := func(name string, data any) {
		b, err := json.Marshal(data)
		if err != nil {
			name, b = "failed", []byte(`{"detail":"the answer cannot be written"}`)
		}
		mu.Lock()
		defer mu.Unlock()
		_ = write(w, name, b) // whoever has gone is told by the context
		flush()
	}
	last := -progressEvery // the first is told at once, however soon the search is over
	t.Search.Progress = func(p planner.Progress) {
		if p.Done > 0 || p.Elapsed < last+progressEvery {
			return
		}
		last = p.Elapsed
		send("progress", t.progress(p))
	}
	var answer any
	err := group.Call(func() (err error) { // the stream may have begun, so that no status can tell of a panic
		answer, err = t.search(ctx)
		return err
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		send("failed", map[string]string{"detail": t.Failure(err)})
	default:
		send("plan", answer)
	}
}

func (t *Trial) search(ctx context.Context) (any, error) {
	found, err := t.Case.Plan(ctx, t.Variant, t.Search)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return t.Answer(found)
}

func (t *Trial) progress(p planner.Progress) TrialProgress {
	now := TrialProgress{Seconds: p.Elapsed.Seconds(), Withheld: !t.Whole}
	if now.Withheld {
		return now
	}
	now.Objective = &p.Objective
	if !math.IsInf(p.Bound, -1) {
		gap := plan.OptimalityGap(p.Objective, p.Bound)
		now.Bound, now.Gap = &p.Bound, &gap
	}
	return now
}
