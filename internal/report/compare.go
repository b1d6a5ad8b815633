package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Comparison is two plans side by side. The metrics of both are for the caller
// to recompute (verify.Check) before.
type Comparison struct {
	Before   Side          `json:"before"`
	After    Side          `json:"after"`
	Changes  *plan.Changes `json:"changes"`
	old, now *view
}

// Side is one of the two plans.
type Side struct {
	Name        string        `json:"name"` // of the plan, as the caller calls it
	Scenario    string        `json:"scenario"`
	BrokenRules int           `json:"broken_rules"`
	Metrics     *plan.Metrics `json:"metrics"`
}

// Compared is a plan with its resolved scenario and how to call it.
type Compared struct {
	Name        string
	Scenario    *scenario.Scenario
	Plan        *plan.Plan // with metrics
	BrokenRules int
}

// Compare sets two plans side by side, of one scenario or of two versions of it.
func Compare(before, after Compared) (*Comparison, error) {
	c := &Comparison{}
	for i, x := range []Compared{before, after} {
		e, err := plan.Evaluate(x.Scenario, x.Plan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Name, err)
		}
		side := Side{Name: x.Name, Scenario: x.Scenario.Name, BrokenRules: x.BrokenRules, Metrics: x.Plan.Metrics}
		if i == 0 {
			c.Before, c.old = side, newView(x.Scenario, e)
		} else {
			c.After, c.now = side, newView(x.Scenario, e)
		}
	}
	c.Changes = plan.Diff(c.old.Evaluation, c.now.Evaluation)
	return c, nil
}

// unit names a unit; like posts and contributors by the second scenario
// unless only the first has it.
func (c *Comparison) unit(id string) string {
	if c.now.units[id] != nil {
		return c.now.unit(id)
	}
	return c.old.unit(id)
}

func (c *Comparison) post(id string) string {
	if c.now.posts[id] != nil {
		return c.now.post(id)
	}
	return c.old.post(id)
}

func (c *Comparison) contributor(id string) string {
	if c.now.contributors[id] != nil {
		return c.now.contributor(id)
	}
	return c.old.contributor(id)
}

// Write writes the comparison as text that reads well in a mail.
func (c *Comparison) Write(w io.Writer, p Page) error {
	p.Width = max(80, p.Width)
	t := &page{Page: p}
	t.line("Before: %s (%s)", c.Before.Name, c.Before.Scenario)
	t.line("After:  %s (%s)", c.After.Name, c.After.Scenario)
	for _, s := range []Side{c.Before, c.After} {
		if s.BrokenRules > 0 {
			t.line("Beware: %s breaks %s; rearguard verify lists them.", s.Name, words.Plural(float64(s.BrokenRules), "rule"))
		}
	}
	c.figures(t)
	if len(c.Changes.Legs) == 0 {
		t.line("")
		t.line("Both plans send the same units to the same posts on the same days.")
	}
	c.units(t)
	c.posts(t)
	c.contributors(t)
	_, err := io.WriteString(w, t.text.String())
	return err
}

func (c *Comparison) figures(t *page) {
	t.heading("Side by side", ", recomputed")
	table := t.newTable("", "Before", "After", "Change")
	right(table, 2, 3, 4)
	a, b := c.Before.Metrics, c.After.Metrics
	row := func(name string, x, y float64) {
		table.AppendRow([]any{name, words.Quantity(x), words.Quantity(y), words.Signed(y - x)})
	}
	for _, op := range c.operations() {
		name := cmp.Or(op.Name, op.ID)
		for _, k := range []struct {
			what          string
			before, after map[string]*scenario.Date
		}{{"IOC", a.IOC, b.IOC}, {"FOC", a.FOC, b.FOC}} {
			table.AppendRow([]any{k.what + " of " + name, reached(k.before, op.ID), reached(k.after, op.ID), moved(k.before[op.ID], k.after[op.ID])})
		}
	}
	row("Exposure-days, standing posts", a.ExposureDays.Standing, b.ExposureDays.Standing)
	row("Exposure-days, operations", a.ExposureDays.Operations, b.ExposureDays.Operations)
	row("Shortfall-days", a.ShortfallDays.Total, b.ShortfallDays.Total)
	row("Units from home", float64(a.UnitsUsed), float64(b.UnitsUsed))
	row("Moves", float64(a.Moves), float64(b.Moves))
	row("Backfills", float64(a.Backfills), float64(b.Backfills))
	row("Cost", a.Objective, b.Objective)
	t.table(table)
}

// operations are those of either scenario.
func (c *Comparison) operations() []scenario.Operation {
	all := slices.Clone(c.old.Scenario.Operations)
	for _, op := range c.now.Scenario.Operations {
		if !slices.ContainsFunc(all, func(o scenario.Operation) bool { return o.ID == op.ID }) {
			all = append(all, op)
		}
	}
	return all
}

func reached(days map[string]*scenario.Date, op string) string {
	switch d, planned := days[op]; {
	case !planned:
		return "not planned"
	case d == nil:
		return "not reached"
	default:
		return words.ShortDay(*d)
	}
}

// moved says by how much a day comes later.
func moved(before, after *scenario.Date) string {
	switch {
	case before == nil && after == nil:
		return "none"
	case before == nil:
		return "gained"
	case after == nil:
		return "lost"
	case *after > *before:
		return words.Plural(float64(*after-*before), "day") + " later"
	case *after < *before:
		return words.Plural(float64(*before-*after), "day") + " earlier"
	}
	return "none"
}

// units lists the changes by unit.
func (c *Comparison) units(t *page) {
	if len(c.Changes.Legs) == 0 {
		return
	}
	t.heading("By unit", fmt.Sprintf(": %s added, %s dropped; a leg with other dates counts as both",
		words.Plural(float64(c.Changes.Added), "leg"), words.Plural(float64(c.Changes.Dropped), "leg")))
	list := t.newTable("Unit", "Change", "Post", "Before", "After")
	last := ""
	for _, l := range c.Changes.Legs {
		name := ""
		if l.Unit != last {
			name, last = c.unit(l.Unit), l.Unit
		}
		kind, before, after := "other dates", stay(l.Before), stay(l.After)
		switch {
		case l.Before == nil:
			kind = "new"
		case l.After == nil:
			kind = "dropped"
		case before == after && l.Before.As != l.After.As:
			kind = "serves otherwise"
			before, after = before+" as "+l.Before.As, after+" as "+l.After.As
		case before == after:
			kind = "other departure"
			before, after = "departs "+words.ShortDay(l.Before.Depart), "departs "+words.ShortDay(l.After.Depart)
		}
		list.AppendRow(table.Row{name, kind, c.post(l.Post), before, after})
	}
	t.table(list)
}

func stay(l *plan.Leg) string {
	if l == nil {
		return ""
	}
	return words.ShortDay(l.Effective) + " to " + words.ShortDay(l.Until)
}

func (c *Comparison) posts(t *page) {
	if len(c.Changes.Posts) == 0 {
		return
	}
	t.heading("By post", "")
	list := t.newTable("Post", "Exposure-days", "Shortfall-days", "No longer", "Now")
	for _, p := range c.Changes.Posts {
		list.AppendRow(table.Row{c.post(p.Post), arrow(p.ExposureDays), arrow(p.ShortfallDays), c.names(p.Gone), c.names(p.New)})
	}
	t.table(list)
}

// arrow is a pair of numbers, or one if they are the same to a reader.
func arrow(p plan.Pair) string {
	before, after := words.Quantity(p.Before), words.Quantity(p.After)
	if before == after {
		return before
	}
	return before + " -> " + after
}

// names lists units; more than a few are counted.
func (c *Comparison) names(units []string) string {
	const most = 3
	var names []string
	for _, id := range units {
		names = append(names, c.unit(id))
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

func (c *Comparison) contributors(t *page) {
	if len(c.Changes.Contributors) == 0 {
		return
	}
	t.heading("By contributor", "")
	list := t.newTable("Contributor", "Units", "Person-days away", "Person-days on operations", "Legs changed")
	right(list, 5)
	for _, k := range c.Changes.Contributors {
		list.AppendRow(table.Row{c.contributor(k.Contributor), arrow(k.Units), arrow(k.PersonDays), arrow(k.OperationPersonDays), k.Legs})
	}
	t.table(list)
}
