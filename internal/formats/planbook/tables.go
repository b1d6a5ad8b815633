package planbook

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// legColumns are those of the sheet legs. The first ones are read back; the rest
// are for filters and pivots.
var legColumns = []string{
	"tour", "unit", "home", "post", "as", "lift", "decide_by", "order_by", "depart", "arrive", "effective", "until",
	"contributor", "unit_name", "post_name", "area", "operation", "days_effective", "persons", "person_days",
}

// legs is a row for each leg.
func (b *builder) legs() {
	t := b.open(legsSheet, "C2", len(legColumns), 7, 16, 12, 24, 12, 16, 12)
	t.heads(legColumns...)
	for _, n := range b.tours() {
		tour := &b.p.Tours[n]
		u := b.units[tour.Unit]
		for i := range tour.Legs {
			l := &tour.Legs[i]
			post := b.posts[l.Post]
			var lift any
			if l.Lift != nil {
				lift = b.text(literal(*l.Lift))
			}
			days := int(l.Until - l.Effective)
			t.add(n+1, b.text(tour.Unit), b.day(&tour.Home), b.text(l.Post), b.text(l.As), lift, b.day(l.DecideBy), b.day(l.OrderBy),
				b.day(&l.Depart), b.day(&l.Arrive), b.day(&l.Effective), b.day(&l.Until), b.text(u.Contributor), b.text(u.Name), b.text(post.Name),
				b.text(b.area[l.Post]), b.text(post.Operation), days, u.Persons.Likely, u.Persons.Likely*float64(days))
		}
	}
	t.close(true, len(legColumns))
}

// coverColumns are those of the sheet cover: a row for each line and run of days
// on which the cover is the same.
var coverColumns = []string{
	"area", "post", "operation", "capability", "from", "until", "days", "floor", "target", "cover", "exposure_days", "shortfall_days",
}

func (b *builder) cover() {
	t := b.open(coverSheet, "C2", len(coverColumns), 14, 24, 16, 18, 12)
	t.heads(coverColumns...)
	for i := range b.achieved.Lines {
		l := &b.achieved.Lines[i]
		for from := l.From; from < l.Until; {
			until := from + 1
			for until < l.Until && rounded(l.Cover[until]) == rounded(l.Cover[from]) {
				until++
			}
			days := float64(until - from)
			first, after := b.s.Calendar.Date(from), b.s.Calendar.Date(until)
			t.add(b.text(b.area[l.Post.ID]), b.text(l.Post.ID), b.text(l.Post.Operation), b.text(l.Line.Capability), b.day(&first), b.day(&after), until-from,
				l.Line.Floor.Likely, l.Line.Target.Likely, rounded(l.Cover[from]), rounded(days*l.Exposure(from)), rounded(days*l.Shortfall(from)))
			from = until
		}
	}
	t.close(true, len(coverColumns))
}

var timetableColumns = []string{"date", "what", "contributor", "unit", "unit_name", "post", "post_name", "depart", "effective", "until"}

// timetable is a row for each decision, order and departure, by date.
func (b *builder) timetable() {
	type event struct {
		date scenario.Date
		what string
		unit string
		leg  *plan.Leg
	}
	var events []event
	for i := range b.p.Tours {
		for j := range b.p.Tours[i].Legs {
			l := &b.p.Tours[i].Legs[j]
			if l.DecideBy != nil {
				events = append(events, event{*l.DecideBy, "decide by", b.p.Tours[i].Unit, l})
			}
			if l.OrderBy != nil {
				events = append(events, event{*l.OrderBy, "order by", b.p.Tours[i].Unit, l})
			}
		}
	}
	slices.SortStableFunc(events, func(x, y event) int {
		return cmp.Or(cmp.Compare(x.date, y.date), cmp.Compare(x.what, y.what), cmp.Compare(x.unit, y.unit))
	})
	t := b.open(timetableSheet, "A2", len(timetableColumns), 12, 11, 13, 16, 28, 20, 28, 12)
	t.heads(timetableColumns...)
	for _, e := range events {
		t.add(b.day(&e.date), e.what, b.text(b.units[e.unit].Contributor), b.text(e.unit), b.text(b.units[e.unit].Name), b.text(e.leg.Post),
			b.text(b.posts[e.leg.Post].Name), b.day(&e.leg.Depart), b.day(&e.leg.Effective), b.day(&e.leg.Until))
	}
	t.close(true, len(timetableColumns))
}

// dailyColumns are the columns of the sheet daily that the charts are drawn of:
// areas with exposure, and contributors with persons away, most first.
type dailyColumns struct{ areas, contributors []string }

const mostSeries = 12

// daily is a row for each day: exposure by area (in posts' lines), then persons
// away by contributor; what is beyond the largest goes into one column.
func (b *builder) daily() {
	days := b.s.Calendar.Days
	exposed, away := map[string][]float64{}, map[string][]float64{}
	add := func(to map[string][]float64, key string, day int, x float64) {
		if x <= 0 {
			return
		}
		if to[key] == nil {
			to[key] = make([]float64, days)
		}
		to[key][day] += x
	}
	for i := range b.achieved.Lines {
		l := &b.achieved.Lines[i]
		for d := l.From; d < l.Until; d++ {
			add(exposed, cmp.Or(b.area[l.Post.ID], "no area"), d, l.Exposure(d))
		}
	}
	for _, tour := range b.p.Tours {
		u := b.units[tour.Unit]
		from, until := b.s.Calendar.Day(tour.Legs[0].Depart), b.s.Calendar.Day(tour.Home)
		for d := max(0, from); d < min(days, until); d++ {
			add(away, u.Contributor, d, u.Persons.Likely)
		}
	}
	b.columns = dailyColumns{largest(exposed, days), largest(away, days)}
	heads := []string{"date", "label"}
	heads = append(append(heads, b.columns.areas...), b.columns.contributors...)
	t := b.open(dailySheet, "C2", len(heads), 12, 9, 14)
	t.heads(heads...)
	for d := range days {
		date := b.s.Calendar.Date(d)
		row := []any{b.day(&date), b.label(d)}
		for _, area := range b.columns.areas {
			row = append(row, rounded(exposed[area][d]))
		}
		for _, c := range b.columns.contributors {
			row = append(row, away[c][d])
		}
		t.add(row...)
	}
	t.close(false, 0)
}

// label names the first day of a month, or of a year if there are many months.
func (b *builder) label(day int) any {
	date := b.s.Calendar.Date(day).Time()
	months := 1 + b.s.Calendar.Days/370 // 12 labels or so
	if date.Day() != 1 || (int(date.Month())-1)%min(months, 12) != 0 {
		return nil
	}
	return date.Format("Jan 2006")
}

// largest are the keys with the largest sums; the rest are summed under one key
// of its own.
func largest(series map[string][]float64, days int) []string {
	sums := map[string]float64{}
	var keys []string
	for key, values := range series {
		keys = append(keys, key)
		for _, x := range values {
			sums[key] += x
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	if len(keys) <= mostSeries {
		return keys
	}
	rest := make([]float64, days)
	for _, key := range keys[mostSeries-1:] {
		for d, x := range series[key] {
			rest[d] += x
		}
	}
	const others = "(others)"
	series[others] = rest
	return append(keys[:mostSeries-1:mostSeries-1], others)
}

// plan is what a plan holds beside its tours, as JSON pointers with values.
func (b *builder) plan() {
	t := b.open(planSheet, "A2", 2, 44, 70)
	t.heads("pointer", "value")
	rest := *b.p
	rest.Tours = nil
	rows, err := flatten(&rest)
	b.did(err)
	for _, row := range rows {
		if row.number != nil {
			t.add(b.text(row.pointer), *row.number)
			continue
		}
		t.add(b.text(row.pointer), b.text(row.text))
	}
	t.close(false, 0)
}

// literal is text as a cell that is told from no text, and from other JSON.
func literal(s string) string {
	if s == "" || isJSON(s) || formats.Guard(s) != s {
		return quoted(s)
	}
	return s
}
