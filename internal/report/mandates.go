package report

import (
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Sought is a mandate that is still to be given, with what a plan rests on it.
type Sought struct {
	Contributor string        `json:"contributor"`
	Operation   string        `json:"operation"`
	Expected    scenario.Date `json:"expected"` // day on which it is expected
	By          scenario.Date `json:"by"`       // day by which it must be given: the first order under it
	Persons     int           `json:"persons"`  // its ceiling
	Legs        int           `json:"legs"`     // moves under it
}

// mandated notes a leg under a mandate with the mandate, if that is still sought, and
// reports whether it is under one.
func (t *Timetable) mandated(rules *scenario.Rules, unit string, l *plan.Leg) bool {
	c, owner, operation := t.view.Scenario.Calendar, t.view.units[unit].Contributor, t.view.posts[l.Post].Operation
	m := rules.Under(owner, operation, c.Day(l.Arrive), c.Day(l.Until), c.Day(*l.OrderBy))
	if m == nil || m.Decided.IsZero() || c.Date(m.Decided.Number()) < t.Today {
		return m != nil
	}
	expected := c.Date(m.Decided.Number())
	i := slices.IndexFunc(t.Mandates, func(x Sought) bool {
		return x.Contributor == owner && x.Operation == operation && x.Expected == expected && x.Persons == m.Persons
	})
	if i < 0 {
		i = len(t.Mandates)
		t.Mandates = append(t.Mandates, Sought{Contributor: owner, Operation: operation, Expected: expected, By: *l.OrderBy, Persons: m.Persons})
	}
	x := &t.Mandates[i]
	x.By, x.Legs = min(x.By, *l.OrderBy), x.Legs+1
	return true
}

// sought writes the mandates that are still to be given.
func (t *Timetable) sought(page *page) {
	if len(t.Mandates) == 0 {
		return
	}
	page.line("To be sought: %s.", words.Plural(float64(len(t.Mandates)), "mandate"))
	list := page.newTable("Given by", "Expected", "Contributor", "Operation", "Persons", "Moves under it")
	for _, x := range t.Mandates {
		list.AppendRow(table.Row{
			words.ShortDay(x.By), words.ShortDay(x.Expected), page.clip(t.view.contributor(x.Contributor)), page.clip(t.view.operation(x.Operation)),
			words.Quantity(float64(x.Persons)), x.Legs,
		})
	}
	page.table(list)
}

func (v *view) operation(id string) string {
	for i := range v.Scenario.Operations {
		if op := &v.Scenario.Operations[i]; op.ID == id && op.Name != "" {
			return op.Name
		}
	}
	return id
}
