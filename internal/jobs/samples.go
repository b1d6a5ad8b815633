package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// partKind is the kind of a part of a sample.
const partKind = "samples-part"

const (
	usualSamples = 200
	partSamples  = 25   // draws of a part: few, so that workers end at about one time
	baseTime     = 0.25 // part of the time for the plan that all draws start from
)

// divided is what a job comes to that waits for its parts.
type divided struct {
	base  json.RawMessage // the plan that all start from
	parts []json.RawMessage
}

// partOptions are the options of a part: those of the whole, and which draws it is.
type partOptions struct {
	Options
	From  int `json:"first"`
	Until int `json:"until"`
}

// samples makes the plan for the likely facts and divides the draws among the workers;
// once they are done, it puts them together.
func (w *Worker) samples(ctx context.Context, job *store.Job, s *scenario.Scenario, variant scenario.Variant, o *Options, q stress.Options) (any, error) {
	n := o.Samples
	if n == 0 {
		n = usualSamples
	}
	seconds := q.Time.Seconds()
	if job.Result == nil {
		q.Time = time.Duration(baseTime * float64(q.Time))
		base, err := stress.SampleBase(ctx, s, variant, q)
		if err != nil {
			return nil, err
		}
		d := &divided{}
		if d.base, err = json.Marshal(base); err != nil {
			return nil, fmt.Errorf("write the plan that samples start from: %w", err)
		}
		for from := 0; from < n; from += partSamples {
			p := partOptions{Options: *o, From: from, Until: min(n, from+partSamples)}
			p.Seconds = math.Max(0.1, (1-baseTime)*seconds*float64(p.Until-from)/float64(n))
			b, err := json.Marshal(p)
			if err != nil {
				return nil, fmt.Errorf("write the options of a part: %w", err)
			}
			d.parts = append(d.parts, b)
		}
		return d, nil
	}
	base := &plan.Plan{}
	if err := json.Unmarshal(job.Result, base); err != nil {
		return nil, fmt.Errorf("read the plan that samples start from: %w", err)
	}
	parts, err := w.Store.Parts(ctx, job.ID)
	if err != nil {
		return nil, err
	}
	var all []stress.Drawn
	for i := range parts {
		var some []stress.Drawn
		if err := json.Unmarshal(parts[i].Result, &some); err != nil {
			return nil, fmt.Errorf("read what part %d found: %w", i+1, err)
		}
		all = append(all, some...)
	}
	return stress.Summarise(s, variant, stress.Doubts(), base, all)
}

// part plans the draws of one part.
func (w *Worker) part(ctx context.Context, job *store.Job, s *scenario.Scenario, variant scenario.Variant, q stress.Options) (any, error) {
	var o partOptions
	if err := json.Unmarshal(job.Options, &o); err != nil {
		return nil, fmt.Errorf("read the options of a part: %w", err)
	}
	parent, err := w.Store.Job(ctx, job.Parent)
	if err != nil {
		return nil, err
	}
	base := &plan.Plan{}
	if err := json.Unmarshal(parent.Result, base); err != nil {
		return nil, fmt.Errorf("read the plan that samples start from: %w", err)
	}
	q.From = nil
	return stress.SamplePart(ctx, s, variant, stress.Doubts(), base, o.From, o.Until, q)
}
