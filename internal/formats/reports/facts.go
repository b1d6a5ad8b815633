package reports

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/table"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// FactColumns are those of a table of facts; the first four must be there.
var FactColumns = []string{"id", "date", "unit", "event", "received", "post", "expected", "strength", "source", "statement", "supersedes"}

// ReadFacts reads the tables of some files into one list, given the resolved
// scenario whose units and posts they name. The problems are warnings: columns that are
// not read. The error is a *[formats.Invalid] with
// every problem: unknown names and events, days out of order, impossible strengths,
// and facts that supersede the same one or each other.
func ReadFacts(paths []string, s *scenario.Scenario) ([]plan.Fact, []formats.Problem, error) {
	r := factReader{units: map[string]bool{}, posts: map[string]bool{}}
	r.succession = succession{Problems: &r.problems, kind: "fact", calendar: s.Calendar}
	for i := range s.Units {
		r.units[s.Units[i].ID] = true
		r.unitNames = append(r.unitNames, s.Units[i].ID)
	}
	for i := range s.Posts {
		r.posts[s.Posts[i].ID] = true
		r.postNames = append(r.postNames, s.Posts[i].ID)
	}
	form := table.Columns(FactColumns[:4]...)
	form.Known = FactColumns[4:]
	for _, path := range paths {
		r.File(path, form, r.row)
	}
	r.check()
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	return r.facts, r.List, nil
}

type factReader struct {
	problems table.Problems
	succession
	units, posts         map[string]bool
	unitNames, postNames []string
	facts                []plan.Fact
}

func (r *factReader) row(w *table.Row) {
	text := func(column string) string { return formats.Unguard(w.Text(column)) }
	x := plan.Fact{
		ID: formats.Unguard(w.Name("id")), Date: r.date(w, "date"), Unit: formats.Unguard(w.Name("unit")), Event: plan.Event(formats.Unguard(w.Name("event"))),
		Post: text("post"), Source: text("source"), Statement: text("statement"), Supersedes: text("supersedes"),
	}
	x.Received = r.received(w, x.Date)
	if !r.add(entry{x.ID, x.Received, x.Supersedes, w.At("id"), w.At("supersedes")}) {
		return
	}
	if x.Received < x.Date && x.Received != 0 {
		w.Fail(w.At("received"), "", "fact %q came on %s, before the %s that it reports", x.ID, x.Received, x.Date)
	}
	if x.Unit != "" && !r.units[x.Unit] {
		w.Fail(w.At("unit"), r.near(x.Unit, r.unitNames), "fact %q: unknown unit %q; one of a count is written as id#1", x.ID, x.Unit)
	}
	if x.Post != "" && !r.posts[x.Post] {
		w.Fail(w.At("post"), r.near(x.Post, r.postNames), "fact %q: unknown post %q", x.ID, x.Post)
	}
	known := slices.Contains(plan.Events, x.Event)
	if x.Event != "" && !known {
		var names []string
		for _, e := range plan.Events {
			names = append(names, string(e))
		}
		w.Fail(w.At("event"), r.near(string(x.Event), names), "fact %q: event %q is none of %v", x.ID, x.Event, names)
	}
	if known {
		r.expected(w, &x)
		r.strength(w, &x)
	}
	r.facts = append(r.facts, x)
}

func (r *factReader) expected(w *table.Row, x *plan.Fact) {
	dated := x.Event == plan.Delayed || x.Event == plan.Cancelled
	switch given := w.Given("expected"); {
	case given && !dated:
		w.Fail(w.At("expected"), "", "fact %q: expected belongs to delayed and cancelled, not to %s", x.ID, x.Event)
	case given:
		day := r.date(w, "expected")
		if x.Expected = &day; day < x.Date && day != 0 {
			w.Fail(w.At("expected"), "", "fact %q of %s expects something on %s, before it", x.ID, x.Date, day)
		}
	case x.Event == plan.Delayed:
		w.Fail(w.At("expected"), "", "fact %q: a delay needs expected, the day of arrival", x.ID)
	}
}

func (r *factReader) strength(w *table.Row, x *plan.Fact) {
	n := w.Text("strength")
	switch given := w.Given("strength"); {
	case !given && x.Event == plan.Present:
		w.Fail(w.At("strength"), "", "fact %q needs a strength in percent, such as 80 or 75..85", x.ID)
	case given && x.Event != plan.Present:
		w.Fail(w.At("strength"), "", "fact %q: a strength is an event of its own; write it in a row with the event strength", x.ID)
	case n != "":
		var bad *badSpan
		if x.Low, x.High, bad = span(w, "strength"); bad != nil || x.High > 100 {
			bad = cmp.Or(bad, &badSpan{})
			w.Fail(w.At("strength"), bad.maybe, "fact %q: strength %q %s; write 80 or 75..85", x.ID, n, cmp.Or(bad.why, "is no percentage and no range of 0 to 100"))
		}
	}
}
