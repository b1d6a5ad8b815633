package planner

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rearguard/rearguard/plan"
)

// Part is a piece of a question that can be answered by itself, on any machine: what it
// covers is the question's own business.
type Part struct {
	From  int     `json:"first"`
	Until int     `json:"until"`
	Share float64 `json:"share"` // of the question's time
}

// parts says how a question of options O and answer A is divided: into a plan that all
// parts start from, parts that each find an F, and how these are joined, in order.
type parts[O, A, F any] struct {
	base  func(ctx context.Context, c *Case, in Input, o O) (*plan.Plan, error)
	split func(o O) []Part
	part  func(ctx context.Context, c *Case, in Input, o O, base *plan.Plan, part Part) (F, error)
	join  func(c *Case, in Input, o O, base *plan.Plan, found []F) (*A, error)
}

// Divided is a question whose parts several machines can share. The answer is the same as
// that of one.
type Divided struct {
	// Base makes the plan that all parts start from, and lists them.
	Base func(ctx context.Context, c *Case, in Input) (*plan.Plan, []Part, error)
	// Part answers one of them, as JSON.
	Part func(ctx context.Context, c *Case, in Input, base *plan.Plan, part Part) (json.RawMessage, error)
	// Join puts what the parts found together, in their order.
	Join func(c *Case, in Input, base *plan.Plan, found []json.RawMessage) (any, error)
}

// Divided says how the question is divided; nil if it is answered as a whole.
func (q *Question) Divided() *Divided { return q.divided }

// inParts makes a question one that is divided.
func inParts[O, A, F any](q *Question, p parts[O, A, F]) *Question {
	settled := func(c *Case, in Input) (Input, O, error) {
		o := in.Options.(O)
		if err := settle(q.Name, &o); err != nil {
			return in, o, err
		}
		c.prepare(&in.Search)
		if in.Search.Iterations == 0 && in.Search.Time == 0 {
			in.Search.Time = usualQuestionTime
		}
		return in, o, in.Search.check()
	}
	q.divided = &Divided{
		Base: func(ctx context.Context, c *Case, in Input) (*plan.Plan, []Part, error) {
			in, o, err := settled(c, in)
			if err != nil {
				return nil, nil, err
			}
			base, err := p.base(ctx, c, in, o)
			return base, p.split(o), err
		},
		Part: func(ctx context.Context, c *Case, in Input, base *plan.Plan, part Part) (json.RawMessage, error) {
			in, o, err := settled(c, in)
			if err != nil {
				return nil, err
			}
			in.Search.From = nil
			in.Search.Time = max(leastPart, time.Duration(part.Share*float64(in.Search.Time)))
			found, err := p.part(ctx, c, in, o, base, part)
			if err != nil {
				return nil, err
			}
			return json.Marshal(found)
		},
		Join: func(c *Case, in Input, base *plan.Plan, found []json.RawMessage) (any, error) {
			in, o, err := settled(c, in)
			if err != nil {
				return nil, err
			}
			all := make([]F, len(found))
			for i := range found {
				if err := json.Unmarshal(found[i], &all[i]); err != nil {
					return nil, fmt.Errorf("read what part %d found: %w", i+1, err)
				}
			}
			return p.join(c, in, o, base, all)
		},
	}
	return q
}

// leastPart is the least time for a part.
const leastPart = 100 * time.Millisecond
