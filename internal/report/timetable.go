package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Timetable is every decision and order of a plan as of a day.
type Timetable struct {
	Today     scenario.Date `json:"today"`
	Decisions []Decision    `json:"decisions"`          // by date of the order
	TooLate   int           `json:"too_late"`           // decisions that are past today
	Mandates  []Sought      `json:"mandates,omitempty"` // still to be given, by the day by which they must be
	view      *view
}

// Decision is one move with its dates.
type Decision struct {
	Unit        string         `json:"unit"`
	Contributor string         `json:"contributor"`
	From        string         `json:"from"` // post; empty is home
	Post        string         `json:"post"`
	Lift        string         `json:"lift"`
	DecideBy    scenario.Date  `json:"decide_by"`
	OrderBy     scenario.Date  `json:"order_by"`
	Effective   scenario.Date  `json:"effective"`
	Until       scenario.Date  `json:"until"`
	TooLate     bool           `json:"too_late"`           // to be decided before today
	LatestIOC   *scenario.Date `json:"latest_for_ioc"`     // last day to decide on which the IOC still holds; nil if it does not hang on this move
	Mandated    bool           `json:"mandated,omitempty"` // under a mandate: nothing is left to decide but the order
	IOCLost     bool           `json:"ioc_lost"`           // that day is past today: unless it has been decided, the IOC slips
}

// NewTimetable lists the decisions of a plan that keeps the rule `form`, with
// metrics.
func NewTimetable(s *scenario.Scenario, p *plan.Plan, today scenario.Date) (*Timetable, error) {
	e, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	t := &Timetable{Today: today, Decisions: []Decision{}, view: newView(s, e)}
	rules := scenario.NewRules(s)
	for _, tour := range p.Tours {
		for j := range tour.Legs {
			l := &tour.Legs[j]
			if l.OrderBy == nil { // of day 0, or not released to the reader
				continue
			}
			d := Decision{
				Unit: tour.Unit, Contributor: t.view.units[tour.Unit].Contributor, Post: l.Post, Lift: *l.Lift,
				DecideBy: *l.DecideBy, OrderBy: *l.OrderBy, Effective: l.Effective, Until: l.Until, TooLate: *l.DecideBy < today,
			}
			d.Mandated = t.mandated(rules, tour.Unit, l)
			if j > 0 {
				d.From = tour.Legs[j-1].Post
			}
			if days, bound := e.Slack(tour.Unit, l, p.Metrics.IOC[t.view.posts[l.Post].Operation]); bound {
				latest := d.DecideBy + scenario.Date(days)
				d.LatestIOC, d.IOCLost = &latest, latest < today
			}
			if d.TooLate {
				t.TooLate++
			}
			t.Decisions = append(t.Decisions, d)
		}
	}
	slices.SortStableFunc(t.Mandates, func(a, b Sought) int { return cmp.Compare(a.By, b.By) })
	slices.SortStableFunc(t.Decisions, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.OrderBy, b.OrderBy), cmp.Compare(a.DecideBy, b.DecideBy), cmp.Compare(a.Effective, b.Effective))
	})
	return t, nil
}

// Write writes the timetable as a table.
func (t *Timetable) Write(w io.Writer, p Page) error {
	p.Width, p.All = max(80, p.Width), true
	page := &page{Page: p}
	page.line("As of %s: %s, %s.", words.Day(t.Today), words.Plural(float64(len(t.Decisions)), "decision"), past(t.TooLate))
	t.sought(page)
	list := page.newTable("Decide by", "Order by", "For IOC by", "State", "Unit", "From", "To", "Lift", "Effective", "Until")
	for _, d := range t.Decisions {
		latest, state := "", ""
		if d.LatestIOC != nil {
			latest = words.ShortDay(*d.LatestIOC)
		}
		switch {
		case d.IOCLost:
			state = "too late for IOC"
		case d.TooLate:
			state = "too late"
		}
		from, lift := "home", "by itself"
		if d.From != "" {
			from = t.view.post(d.From)
		}
		if d.Lift != plan.Self {
			lift = t.view.names["lift "+d.Lift]
		}
		decide := words.ShortDay(d.DecideBy)
		if d.Mandated {
			decide = "mandate"
		}
		list.AppendRow(table.Row{
			decide, words.ShortDay(d.OrderBy), latest, state, page.clip(t.view.unit(d.Unit)), page.clip(from),
			page.clip(t.view.post(d.Post)), page.clip(lift), words.ShortDay(d.Effective), words.ShortDay(d.Until),
		})
	}
	page.table(list)
	page.line("For IOC by: the last day to decide on which the operation is still ready as planned, everybody else and the lift as planned.")
	_, err := io.WriteString(w, page.text.String())
	return err
}

func past(n int) string {
	switch n {
	case 0:
		return "none of them past"
	case 1:
		return "1 of them past: too late unless taken"
	default:
		return fmt.Sprintf("%d of them past: too late unless taken", n)
	}
}
