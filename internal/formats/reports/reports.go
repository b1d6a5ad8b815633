// Package reports reads reports of events from CSV tables. docs/formats/reports.md
// says what the columns hold.
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
	r := reader{areas: map[string]bool{}, places: map[string]formats.Place{}}
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
	table.Problems
	areas   map[string]bool
	names   []string // of areas
	reports []scenario.Report
	rows    []rowPlaces
	places  map[string]formats.Place // by report
}

// rowPlaces are the places of what a report says of others.
type rowPlaces struct{ contradicts, supersedes formats.Place }

func (r *reader) row(w *table.Row) {
	text := func(column string) string { return formats.Unguard(w.Text(column)) }
	x := scenario.Report{
		ID: formats.Unguard(w.Name("id")), Date: w.Date("date"), Event: formats.Unguard(w.Name("event")), Source: formats.Unguard(w.Name("source")),
		Area: text("area"), Statement: text("statement"), Supersedes: text("supersedes"), Low: 1, High: 1,
	}
	if first, twice := r.places[x.ID]; twice {
		w.Fail(w.At("id"), "", "report %q is there twice, first at %s", x.ID, first)
		return
	}
	x.Received = x.Date
	if w.Text("received") != "" {
		if x.Received = w.Date("received"); x.Received < x.Date {
			w.Fail(w.At("received"), "", "report %q came on %s, before the %s that it reports", x.ID, x.Received, x.Date)
		}
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
	r.places[x.ID] = w.At("id")
	r.rows = append(r.rows, rowPlaces{w.At("contradicts"), w.At("supersedes")})
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

// nearest is the report that was likely meant; for the first problems alone, since
// to look for it among many takes long.
func (r *reader) nearest(id string, ids []string) string {
	if len(r.List) > 200 {
		return ""
	}
	return scenario.Nearest(id, ids)
}

// references checks what reports say of each other.
func (r *reader) references() {
	index := map[string]int{}
	var ids []string
	for i := range r.reports {
		index[r.reports[i].ID] = i
		ids = append(ids, r.reports[i].ID)
	}
	by := map[string]string{}
	for i := range r.reports {
		x := &r.reports[i]
		for _, id := range x.Contradicts {
			if _, known := index[id]; !known {
				r.Fail(r.rows[i].contradicts, r.nearest(id, ids), "report %q contradicts %q, which is not there", x.ID, id)
			} else if id == x.ID {
				r.Fail(r.rows[i].contradicts, "", "report %q contradicts itself", x.ID)
			}
		}
		if x.Supersedes == "" {
			continue
		}
		old, known := index[x.Supersedes]
		switch {
		case !known:
			r.Fail(r.rows[i].supersedes, r.nearest(x.Supersedes, ids), "report %q supersedes %q, which is not there", x.ID, x.Supersedes)
		case old == i:
			r.Fail(r.rows[i].supersedes, "", "report %q supersedes itself", x.ID)
		case by[x.Supersedes] != "":
			r.Fail(r.rows[i].supersedes, "", "report %q supersedes %q, which %q supersedes too; supersede the later one", x.ID, x.Supersedes, by[x.Supersedes])
		case r.reports[old].Received > x.Received:
			r.Fail(r.rows[i].supersedes, "", "report %q came on %s and supersedes %q, which came later, on %s", x.ID, x.Received, x.Supersedes, r.reports[old].Received)
		default:
			by[x.Supersedes] = x.ID
		}
	}
	r.rings(by)
}

// rings finds a report that others, each superseding the last, supersede in the
// end; by is the one that supersedes each.
func (r *reader) rings(by map[string]string) {
	walked := map[string]int{} // in which walk a report was met first
	for i := range r.reports {
		for id := r.reports[i].ID; id != "" && walked[id] == 0; id = by[id] {
			walked[id] = i + 1
			if walked[by[id]] == i+1 {
				r.Fail(r.rows[i].supersedes, "", "report %q supersedes itself, by others", r.reports[i].ID)
			}
		}
	}
}
