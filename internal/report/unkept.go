package report

import (
	"fmt"
	"strings"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

// Unkept says which pins and given orders no plan found keeps, whether that is
// proven, and what to do next: a line, then one for each.
func Unkept(e *planner.PinError) string {
	var b strings.Builder
	switch {
	case e.Never():
		b.WriteString("no plan keeps all pins and given orders; that is proven:")
	case e.Stop == plan.StopTime:
		b.WriteString("time ran out before a plan was found that keeps all pins and given orders; there may be one, allow more time:")
	default:
		b.WriteString("no plan was found that keeps all pins and given orders; there may be one, allow more tries:")
	}
	for _, u := range e.Unkept {
		for _, w := range u.Wanted {
			what := "pinned"
			if w.Given {
				what = "ordered"
			}
			fmt.Fprintf(&b, "\n  unit %q is %s to post %q from %s until %s", u.Unit, what, w.Post, w.From, w.Until)
			if u.Never {
				b.WriteString(", and could not even if it were the only unit: check its notice, lift, tour, rest, windows, caveats and cap, or drop that")
			}
		}
	}
	return b.String()
}
