// Package reports reads what others report from CSV tables: events in the world
// (docs/formats/reports.md), and what has been done of a plan
// (docs/formats/facts.md).
package reports

import (
	"bytes"
	"math"
	"strconv"
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

// Read reads the tables of some files into one list. The error is a
// *[formats.Invalid] with every problem: unknown areas and reports, reports that
// came before what they report, impossible ratings and counts, and two reports
// that supersede the same one or each other.
func Read(paths []string, s *scenario.Scenario) ([]scenario.Report, error) {
	r := reader{areas: map[string]bool{}}
	r.succession = succession{Problems: &r.problems, kind: "report", calendar: s.Calendar}
	for _, a := range s.Areas {
		r.areas[a.ID] = true
		r.names = append(r.names, a.ID)
	}
	for _, path := range paths {
		if data := r.Load(path); data != nil {
			r.CSV(path, bytes.NewReader(data), table.Columns(Columns[:4]...), func(w *table.Row) { r.row(w) })
		}
	}
	r.references()
	if r.Failed() {
		return nil, &formats.Invalid{Problems: r.List}
	}
	return r.reports, nil
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
	if x.Received < x.Date {
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
		w.Fail(w.At("area"), scenario.Nearest(x.Area, r.names), "report %q: unknown area %q", x.ID, x.Area)
	}
	if n := w.Text("count"); n != "" {
		var ok bool
		if x.Low, x.High, ok = span(n); !ok {
			w.Fail(w.At("count"), "", "report %q: count %q is no number and no range; write 200 or 200..250", x.ID, n)
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

// span reads a number or a range, low..high or low-high.
func span(s string) (low, high float64, ok bool) {
	first, last, found := strings.Cut(s, "..")
	if !found {
		if first, last, found = strings.Cut(s, "-"); !found {
			last = first
		}
	}
	low, err := strconv.ParseFloat(strings.TrimSpace(first), 64)
	high, also := strconv.ParseFloat(strings.TrimSpace(last), 64)
	return low, high, err == nil && also == nil && low >= 0 && low <= high && !math.IsInf(high, 0)
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
