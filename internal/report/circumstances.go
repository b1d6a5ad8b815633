package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/scenario"
)

// circumstances says what a plan took to be known or assumed of the world: its
// branch, the conditions that are met or have failed, and what incidents add to
// requirements. None for a plan that took nothing.
func (v *view) circumstances(o *scenario.Variant) (lines []string) {
	if o.Branch != "" {
		lines = append(lines, "Planned for the branch "+o.Branch+".")
	}
	for _, state := range []scenario.State{scenario.Met, scenario.Failed} {
		var list []string
		for _, id := range slices.Sorted(maps.Keys(o.Conditions)) {
			if x := o.Conditions[id]; x.State == state && x.Date != nil {
				list = append(list, fmt.Sprintf("%s (%s)", id, words.ShortDay(*x.Date)))
			}
		}
		if list != nil {
			lines = append(lines, fmt.Sprintf("Taken as %s: %s.", state, strings.Join(list, ", ")))
		}
	}
	if more := v.raised(o.Raised); more != nil {
		lines = append(lines, "More is required because of incidents: "+strings.Join(more, "; ")+".")
	}
	if today := v.Scenario.Today.Number(); today > 0 && len(v.Scenario.InForce) == 0 {
		lines = append(lines, fmt.Sprintf("No plan is in force: nobody is taken to have been ordered anything before %s, the %s day of the calendar.",
			words.Day(v.Scenario.Calendar.Date(today)), words.Ordinal(today+1)))
	}
	return lines
}

// raised are the posts at which more is required in the end, by their order.
func (v *view) raised(raises []scenario.Raise) (list []string) {
	type line struct {
		post string
		line int
	}
	last := map[line]scenario.Raise{}
	for _, r := range raises {
		last[line{r.Post, r.Line}] = r
	}
	for _, at := range slices.SortedFunc(maps.Keys(last), func(a, b line) int { return cmp.Or(cmp.Compare(a.post, b.post), a.line-b.line) }) {
		if r := last[at]; r.Add > 0 && v.posts[r.Post] != nil {
			list = append(list, fmt.Sprintf("%s more at %s since %s", words.Quantity(r.Add), v.post(r.Post), words.ShortDay(r.From)))
		}
	}
	return list
}
