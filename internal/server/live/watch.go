package live

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
)

// watched is how many of a scenario's jobs are looked at, the newest; recent is how long
// ago one that was never seen may have ended to be told of.
const (
	watched = 20
	recent  = 5 * time.Second
)

// Watch tells of jobs that workers elsewhere run, as the store shows them, until the context
// ends. Workers whose names begin with own tell of their jobs themselves.
func (h *Hub) Watch(ctx context.Context, s *store.Store, own string, changed func(*store.Job, jobs.Progress)) {
	type seen struct {
		state    store.State
		progress string
	}
	last := map[string]seen{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		now := map[string]seen{}
		for _, id := range h.scenarios() {
			list, err := s.Jobs(ctx, id, "", watched)
			if err != nil {
				continue // it is tried again in a second
			}
			for i := range list {
				j := &list[i]
				now[j.ID] = seen{j.State, string(j.Progress)}
				before, known := last[j.ID]
				if strings.HasPrefix(j.Worker, own) || known && before == now[j.ID] || !known && !j.Ended.IsZero() && s.Now().Sub(j.Ended) > recent {
					continue
				}
				var p jobs.Progress
				_ = json.Unmarshal(j.Progress, &p) // the state is told all the same
				changed(j, p)
			}
		}
		last = now
	}
}
