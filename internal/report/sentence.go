package report

import (
	"fmt"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
)

// sentences say what the plan hangs on: for each operation the backfill without
// which sending somebody would cost a standing post most.
func (v *view) sentences(backfills []plan.Backfill) []string {
	var all []string
	for _, op := range v.Scenario.Operations {
		worst, most := -1, 0.0
		for i := range backfills {
			if v.posts[backfills[i].LeftFor].Operation != op.ID {
				continue
			}
			if cost := v.Without(&backfills[i]); cost > most {
				worst, most = i, cost
			}
		}
		if worst < 0 {
			continue
		}
		b := &backfills[worst]
		all = append(all, fmt.Sprintf("Sending %s to %s costs %s %s unless %s arrives by %s; %s must decide by %s.",
			v.unit(b.Left), v.post(b.LeftFor), v.area(b.Post), words.Plural(most, "exposure-day"), v.unit(b.By), words.Day(b.Leg.Effective),
			v.contributor(v.units[b.By].Contributor), words.Day(*b.Leg.DecideBy)))
	}
	return all
}
