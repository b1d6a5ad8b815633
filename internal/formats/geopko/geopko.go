// Package geopko turns the Geo-PKO data set of UN peacekeeping bases into a
// scenario: who keeps how many troops where in a year, with room for a new
// mission on top.
//
// It reads the data set's two tables by base and year, of version 2.3 (Cil,
// Fjelde, Hultman and Nilsson, "Mapping Blue Helmets: Introducing the Geocoded
// Peacekeeping Operations (Geo-PKO) Dataset", Journal of Peace Research 57(2),
// 2020, doi:10.1177/0022343319871978). TCCMap has the largest strength of each
// contributor at a base during the year; TTMap has the mean strength of infantry
// and the number of the year's observations that note each special type of
// troops. Neither has months, so that a scenario holds a whole year's bases from
// its first day.
//
// What the data does not say and planning needs (rotation, notice, weights,
// lift) is assumed, by the constants of this package, and marked so in the
// scenario.
package geopko

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// Options choose what is made of the data.
type Options struct {
	Year    int      // of the data; the calendar starts on its first day
	Mission *Mission // nil or zero for none
	// Days is the length of the calendar; 0 takes 365 days, or 540 where a new
	// mission would have less than 180 days in a shorter one.
	Days int
}

// Read makes a scenario of every sized base of a year, from one or more CSV
// files of the data set (or a folder of them). The problems are warnings: what
// was left out or joined, and why, each with file and line. The error is a
// *[formats.Invalid] with every problem of the files and options. The same files
// give the same scenario, wherever they lie.
func Read(paths []string, o Options) (*scenario.Scenario, []formats.Problem, error) {
	var r reader
	return r.scenario(r.open(paths), o)
}

// scenario makes a scenario of files in memory.
func (r *reader) scenario(files []input, o Options) (*scenario.Scenario, []formats.Problem, error) {
	if o.Mission != nil && *o.Mission == (Mission{}) {
		o.Mission = nil
	}
	for _, f := range files {
		r.read(f)
	}
	calendar := r.calendar(&o)
	if !r.Failed() && len(r.strengths) == 0 {
		r.Fail(options, "", "no TCCMap table is given: it has the strengths by contributor (column %s)", strengthColumn)
	}
	var bases []*base
	if !r.Failed() {
		if bases = r.bases(o.Year); len(bases) == 0 {
			r.Fail(formats.Place{File: files[0].name}, "", "no base with a size in %d; %s", o.Year, r.years())
		}
	}
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.sorted()}
	}
	b := newBuilder(calendar, o.Year)
	b.bases(bases)
	b.homes()
	if o.Mission != nil {
		b.mission(o.Mission, bases)
	}
	for _, s := range b.unknown {
		r.Warn(s.at, "", "mission %q is in no region that is known; its area is part of %q", s.mission, elsewhere)
	}
	return b.finish(), r.sorted(), nil
}

// options is where a problem is that no file is to blame for.
var options = formats.Place{File: "geopko"}

// sorted returns the problems in the order of the files.
func (r *reader) sorted() []formats.Problem {
	slices.SortStableFunc(r.List, func(a, b formats.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return r.List
}

// years says which years the files have.
func (r *reader) years() string {
	var years []int
	for _, row := range r.strengths {
		years = append(years, row.year)
	}
	slices.Sort(years)
	years = slices.Compact(years)
	if len(years) == 0 {
		return "the files have no year"
	}
	text := make([]string, len(years))
	for i, y := range years {
		text[i] = strconv.Itoa(y)
	}
	return "the files have " + strings.Join(text, ", ")
}

// Lengths of a calendar in days.
const (
	yearDays     = 365
	longDays     = 540
	missionTime  = 180 // a new mission should have at least
	longestYears = 10
)

// calendar checks the options and makes the calendar.
func (r *reader) calendar(o *Options) scenario.Calendar {
	if o.Year < firstYear || o.Year > lastYear {
		r.Fail(options, "", "the year %d is not between %d and %d; %s", o.Year, firstYear, lastYear, r.years())
		return scenario.Calendar{}
	}
	start, err := scenario.ParseDate(fmt.Sprintf("%04d-01-01", o.Year))
	if err != nil {
		r.Fail(options, "", "%s", err)
	}
	c := scenario.Calendar{Start: start, Days: o.Days}
	m := o.Mission
	if c.Days == 0 {
		c.Days = yearDays
		if m != nil && c.Day(m.From)+missionTime > yearDays {
			c.Days = longDays
		}
	}
	if c.Days < 1 || c.Days > longestYears*yearDays {
		r.Fail(options, "", "%d days are not between 1 and %d", o.Days, longestYears*yearDays)
	}
	if m == nil {
		return c
	}
	if err := m.check(); err != nil {
		r.Fail(options, "", "new mission: %s", err)
	}
	switch day, full := c.Day(m.From), ramp[len(ramp)-1].day; {
	case day < 0:
		r.Fail(options, "", "new mission: it starts on %s, before the calendar does on %s", m.From, start)
	case day+full >= c.Days:
		r.Fail(options, "", "new mission: from %s it is at full strength on %s, after the last day %s; start it earlier or take the year %d",
			m.From, m.From+scenario.Date(full), c.Date(c.Days-1), o.Year+1)
	}
	return c
}
