// Package reports reads what others report from CSV tables: events in the world
// (docs/formats/reports.md), and what has been done of a plan
// (docs/formats/facts.md).
package reports

import (
	"cmp"
	"math"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/table"
	"github.com/rearguard/rearguard/scenario"
)

// Columns are those of a table of reports; the first four must be there.
var Columns = []string{"id", "date", "event", "source", "received", "rating", "area", "count", "statement", "contradicts", "supersedes"}

// Unrated is the rating of a report without one: neither its source nor its
// statement can be judged.
const Unrated = "F6"

// Read reads the tables of some files into one list. The problems are warnings: columns
// that are not read. The error is a *[formats.Invalid] with every problem: unknown areas
// and reports, reports that came before what they report, impossible ratings and counts,
// and two reports that supersede the same one or each other.
func Read(paths []string, s *scenario.Scenario) ([]scenario.Report, []formats.Problem, error) {
	r := reader{areas: map[string]bool{}}
	r.succession = succession{Problems: &r.problems, kind: "report", calendar: s.Calendar}
	for _, a := range s.Areas {
		r.areas[a.ID] = true
		r.names = append(r.names, a.ID)
	}
	form := table.Columns(Columns[:4]...)
	form.Known = Columns[4:]
	for _, path := range paths {
		r.File(path, form, r.row)
	}
	r.references()
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	return r.reports, r.List, nil
}

type reader struct {
	problems table.Problems
	succession
	areas       map[string]bool
	names       []string // of areas
	reports     []scenario.Report
	contradicts []formats.Place // by report
}

func (r *reader) row(w *table.Row) {
	text := func(column string) string { return formats.Unguard(w.Text(column)) }
	x := scenario.Report{
		ID: formats.Unguard(w.Name("id")), Date: r.date(w, "date"), Event: formats.Unguard(w.Name("event")), Source: formats.Unguard(w.Name("source")),
		Area: text("area"), Statement: text("statement"), Supersedes: text("supersedes"), Low: 1, High: 1,
	}
	x.Received = r.received(w, x.Date)
	if !r.add(entry{x.ID, x.Received, x.Supersedes, w.At("id"), w.At("supersedes")}) {
		return
	}
	if x.Received < x.Date && x.Received != 0 {
		w.Fail(w.At("received"), "", "report %q came on %s, before the %s that it reports", x.ID, x.Received, x.Date)
	}
	rating := w.Text("rating")
	if rating == "" {
		rating = Unrated
	}
	var err error
	if x.Reliability, x.Credibility, err = scenario.ParseRating(rating); err != nil {
		w.Fail(w.At("rating"), strings.ToUpper(maybeRating(rating)), "report %q: %s", x.ID, err)
	}
	if x.Area != "" && !r.areas[x.Area] {
		w.Fail(w.At("area"), r.near(x.Area, r.names), "report %q: unknown area %q", x.ID, x.Area)
	}
	if w.Text("count") != "" {
		var bad *badSpan
		if x.Low, x.High, bad = span(w, "count"); bad != nil {
			w.Fail(w.At("count"), bad.maybe, "report %q: count %q %s; write 200 or 200..250", x.ID, w.Text("count"), cmp.Or(bad.why, "is no number and no range"))
		}
	}
	for _, id := range strings.Split(text("contradicts"), ";") {
		if id = strings.TrimSpace(id); id != "" {
			x.Contradicts = append(x.Contradicts, id)
		}
	}
	r.contradicts = append(r.contradicts, w.At("contradicts"))
	r.reports = append(r.reports, x)
}

// maybeRating is a rating whose case alone is wrong, else empty.
func maybeRating(s string) string {
	if _, _, err := scenario.ParseRating(strings.ToUpper(s)); err != nil {
		return ""
	}
	return s
}

// badSpan says why a text is no number and no range; why is empty where that says all.
type badSpan struct{ why, maybe string }

// span reads a number or a range, low..high or low-high.
func span(w *table.Row, column string) (low, high float64, bad *badSpan) {
	s := w.Text(column)
	first, last, found := strings.Cut(s, "..")
	if !found {
		if first, last, found = strings.Cut(s, "-"); !found {
			last = first
		}
	}
	var ends [2]float64
	for i, text := range []string{first, last} {
		x, why, maybe := w.Numeral(column, text, 0, math.MaxFloat64)
		if why != "" && maybe != "" && !found {
			return 0, 0, &badSpan{why, maybe}
		}
		if why != "" {
			return 0, 0, &badSpan{}
		}
		ends[i] = x
	}
	if ends[0] < 0 || ends[0] > ends[1] {
		return 0, 0, &badSpan{}
	}
	return ends[0], ends[1], nil
}

// references checks what reports say of each other.
func (r *reader) references() {
	for i := range r.reports {
		x := &r.reports[i]
		for _, id := range x.Contradicts {
			if _, known := r.index[id]; !known {
				r.Fail(r.contradicts[i], r.nearest(id), "report %q contradicts %q, which is not there", x.ID, id)
			} else if id == x.ID {
				r.Fail(r.contradicts[i], "", "report %q contradicts itself", x.ID)
			}
		}
	}
	r.check()
}
