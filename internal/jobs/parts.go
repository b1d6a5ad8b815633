package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

// divided is what a job comes to that waits for its parts.
type divided struct {
	base  json.RawMessage // the plan that all start from
	parts []json.RawMessage
}

// divided does what there is to do of a question that workers share: the plan that all
// parts start from, one part, or, once they are done, putting them together.
func (w *Worker) divided(ctx context.Context, d *planner.Divided, c *planner.Case, in planner.Input, job, whole *store.Job) (any, error) {
	if whole.Result == nil {
		base, parts, err := d.Base(ctx, c, in)
		if err != nil {
			return nil, err
		}
		out := &divided{}
		if out.base, err = json.Marshal(base); err != nil {
			return nil, fmt.Errorf("write the plan that the parts start from: %w", err)
		}
		for _, p := range parts {
			b, err := json.Marshal(p)
			if err != nil {
				return nil, fmt.Errorf("write a part: %w", err)
			}
			out.parts = append(out.parts, b)
		}
		return out, nil
	}
	base := &plan.Plan{}
	if err := json.Unmarshal(whole.Result, base); err != nil {
		return nil, fmt.Errorf("read the plan that the parts start from: %w", err)
	}
	if job != whole {
		var p planner.Part
		if err := json.Unmarshal(job.Options, &p); err != nil {
			return nil, fmt.Errorf("read a part: %w", err)
		}
		return d.Part(ctx, c, in, base, p)
	}
	parts, err := w.Store.Parts(ctx, job.ID)
	if err != nil {
		return nil, err
	}
	found := make([]json.RawMessage, len(parts))
	for i := range parts {
		found[i] = parts[i].Result
	}
	return d.Join(c, in, base, found)
}
