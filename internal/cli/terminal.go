package cli

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
)

// page fits the page to where it is shown.
func (c *console) page(all bool) report.Page {
	p := report.Page{Width: 120, All: all}
	if f, ok := c.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.Clip, p.Colour = true, os.Getenv("NO_COLOR") == ""
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			p.Width = width
		}
	}
	return p
}

// liveLine shows how far a search has come, on a terminal only.
func (c *console) liveLine() *liveLine {
	l := &liveLine{console: c}
	if f, ok := c.err.(*os.File); ok {
		l.on = term.IsTerminal(int(f.Fd()))
	}
	return l
}

type liveLine struct {
	*console
	on   bool
	last time.Duration
}

// show rewrites the line, a few times a second at most.
func (l *liveLine) show(p planner.Progress) {
	const pause = 100 * time.Millisecond
	if !l.on || p.Iterations > 0 && p.Elapsed >= l.last && p.Elapsed < l.last+pause {
		return
	}
	l.last = p.Elapsed
	note := ""
	if p.Done > 0 {
		note = "without the operations: "
	}
	gap := ""
	if p.Bound > 0 {
		gap = fmt.Sprintf("  bound %.0f  gap %s", p.Bound, words.Percent(plan.OptimalityGap(p.Objective, p.Bound)))
	}
	fmt.Fprintf(l.err, "\r\x1b[K%s%4.1f s  cost %.0f%s  %d tries  Ctrl-C keeps the best", note, p.Elapsed.Seconds(), p.Objective, gap, p.Iterations)
}

// count rewrites the line with how many plans of a question are made.
func (l *liveLine) count(p planner.Progress) {
	if l.on {
		fmt.Fprintf(l.err, "\r\x1b[K%d of %d plans, %.0f s left", p.Done, p.Of, p.Left.Seconds())
	}
}

func (l *liveLine) clear() {
	if l.on {
		fmt.Fprint(l.err, "\r\x1b[K")
	}
}
