package reports

import (
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/table"
	"github.com/rearguard/rearguard/scenario"
)

// entry is a row of a table of which nothing is taken away: a later row
// supersedes it.
type entry struct {
	id         string
	received   scenario.Date
	supersedes string
	place      formats.Place // of the ID
	super      formats.Place // of what it supersedes
}

// succession checks what the rows of one kind say of each other.
type succession struct {
	*table.Problems
	kind     string // report, fact
	calendar scenario.Calendar
	entries  []entry
	index    map[string]int
}

// add takes a row, or says that its ID is there already.
func (s *succession) add(e entry) bool {
	if e.id == "" { // which is said
		s.entries = append(s.entries, e)
		return true
	}
	if first, twice := s.index[e.id]; twice {
		s.Fail(e.place, "", "%s %q is there twice, first at %s", s.kind, e.id, s.entries[first].place)
		return false
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	s.index[e.id] = len(s.entries)
	s.entries = append(s.entries, e)
	return true
}

// date is the date in a column of a row, doubted where it is far from the calendar.
func (s *succession) date(w *table.Row, column string) scenario.Date {
	d := w.Date(column)
	if d == 0 {
		return d // it is said already
	}
	if why, maybe := s.calendar.Doubt(d); why != "" {
		w.Fail(w.At(column), maybe, "%s %s; check its year", column, why)
	}
	return d
}

// received is the day on which a row came: that of the event by default.
func (s *succession) received(w *table.Row, date scenario.Date) scenario.Date {
	if w.Text("received") == "" {
		return date
	}
	return s.date(w, "received")
}

// nearest is the ID that was likely meant.
func (s *succession) nearest(id string) string {
	if len(s.List) > mostSuggested {
		return ""
	}
	ids := make([]string, len(s.entries))
	for i := range s.entries {
		ids[i] = s.entries[i].id
	}
	return s.near(id, ids)
}

// mostSuggested is how many problems come with a suggestion: to look for one among many
// names takes long, and nobody reads so many.
const mostSuggested = 200

// near is the name that was likely meant.
func (s *succession) near(name string, among []string) string {
	if len(s.List) > mostSuggested {
		return ""
	}
	return scenario.Nearest(name, among)
}

// check holds that each supersedes one that is there and came before it, that no
// two supersede the same one, and that none does itself, by others.
func (s *succession) check() {
	by := map[string]string{}
	for i := range s.entries {
		x := &s.entries[i]
		if x.supersedes == "" {
			continue
		}
		old, known := s.index[x.supersedes]
		switch {
		case !known:
			s.Fail(x.super, s.nearest(x.supersedes), "%s %q supersedes %q, which is not there", s.kind, x.id, x.supersedes)
		case old == i:
			s.Fail(x.super, "", "%s %q supersedes itself", s.kind, x.id)
		case by[x.supersedes] != "":
			s.Fail(x.super, "", "%s %q supersedes %q, which %q supersedes too; supersede the later one", s.kind, x.id, x.supersedes, by[x.supersedes])
		case s.entries[old].received > x.received && x.received != 0:
			s.Fail(x.super, "", "%s %q came on %s and supersedes %q, which came later, on %s", s.kind, x.id, x.received, x.supersedes, s.entries[old].received)
		default:
			by[x.supersedes] = x.id
		}
	}
	walked := map[string]int{} // in which walk a row was met first
	for i := range s.entries {
		for id := s.entries[i].id; id != "" && walked[id] == 0; id = by[id] {
			walked[id] = i + 1
			if walked[by[id]] == i+1 {
				s.Fail(s.entries[i].super, "", "%s %q supersedes itself, by others", s.kind, s.entries[i].id)
			}
		}
	}
}
