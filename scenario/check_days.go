package scenario

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// A day far outside the calendar is hardly meant: a year is mistyped, or a spreadsheet's
// day number stands where a date should. docs/formats/scenario.md, Days outside the
// calendar, says what may lie outside, and how far.

// farDays is how far a day may lie on the side of the calendar on which it still has an
// effect: nine years. So a mistyped decade is found in a calendar of up to a year.
const farDays = 9 * 365

// nearDays is the least margin on the other side; a longer calendar has a wider one.
const nearDays = 366

// near is how far a day may lie on the side of the calendar on which it has no effect.
func (c Calendar) near() int { return max(nearDays, c.Days) }

// far is how far it may lie on the other.
func (c Calendar) far() int { return max(farDays, c.near()) }

// daySpan is the first and the last day that are not doubted.
type daySpan struct{ first, last int }

// begins is for what begins: after the calendar it has no effect.
func (c Calendar) begins() daySpan { return daySpan{-c.far(), c.Days - 1 + c.near()} }

// ends is for what ends: before the calendar it has no effect.
func (c Calendar) ends() daySpan { return daySpan{-c.near(), c.Days + c.far()} }

// known is for what is so from a day on, or until it, in the world.
func (c Calendar) known() daySpan { return daySpan{-c.far(), c.Days + c.far()} }

// held is for the start of what is on on day 0: a garrison can be as old as a tour may last.
func (c Calendar) held() daySpan { return daySpan{-NoLimit, 0} }

// Doubt says why a date of what happened, or was reported, is hardly meant, with the date
// that may have been: both are empty if it may well be. The date of what is to come after
// the calendar's end has less room than that of what was before its start.
func (c Calendar) Doubt(d Date) (why, maybe string) {
	x := c.begins()
	if day := c.Day(d); c.Days > 0 && (day < x.first || day > x.last) {
		return fmt.Sprintf("%s is %s", d, c.beside(day)), c.meant(DateTime(d), x)
	}
	return "", ""
}

// beside says where a day lies that is outside the calendar.
func (c Calendar) beside(day int) string {
	apart, side := -day, "before"
	if day >= c.Days {
		apart, side = day-c.Days+1, "after"
	}
	long := fmt.Sprintf("%d days", apart)
	if apart >= 2*365 {
		long = fmt.Sprintf("%.0f years", math.Round(float64(apart)/365.25))
	}
	return fmt.Sprintf("%s %s the calendar, %s to %s", long, side, c.Start, c.Date(c.Days-1))
}

// meant is the date that a doubtful time may have been meant to be, among those that are
// not doubted and near the calendar, best inside it: what a spreadsheet's day number
// stands for, or the same day in the year that is written most alike. "" is none.
func (c Calendar) meant(t Time, among daySpan) string {
	first, last := max(among.first, -c.near()), min(among.last, c.Days-1+c.near())
	switch t.kind {
	case dayNumber:
		if d, ok := SpreadsheetDate(int(t.n)); ok && first <= c.Day(d) && c.Day(d) <= last {
			return d.String()
		}
	case calendarDate:
		best, least := "", math.MaxInt
		typed := Date(t.n).Time()
		for year := c.Date(first).Time().Year(); year <= c.Date(last).Time().Year(); year++ {
			d, changes := sameDay(typed, year)
			day := c.Day(d)
			if changes > mostChanged || day < first || day > last {
				continue
			}
			rank := changes
			if day < 0 || day >= c.Days {
				rank += 2 * mostChanged // further than any inside
			}
			if rank < least {
				best, least = d.String(), rank
			}
		}
		return best
	}
	return ""
}

// mostChanged is how many digits of a year a slip changes.
const mostChanged = 2

// sameDay is a date moved to another year, and how many digits of the year that changes:
// too many where the year has no such day.
func sameDay(typed time.Time, year int) (d Date, changes int) {
	moved := time.Date(year, typed.Month(), typed.Day(), 0, 0, 0, 0, time.UTC)
	if moved.Day() != typed.Day() {
		return 0, mostChanged + 1
	}
	digits := func(year int) []rune { return []rune(fmt.Sprintf("%04d", year)) }
	return Date(moved.Unix() / 86400), distance(digits(typed.Year()), digits(year), mostChanged+1)
}

// doubts reports whether a time lies outside the days that are not doubted, and makes a
// problem of it.
func (c *checker) doubts(path, owner, field string, t Time, operation string, among daySpan) bool {
	day := c.day(t, operation)
	if t.IsZero() || c.timeless || among.first <= day && day <= among.last {
		return false
	}
	k := c.s.Calendar
	maybe, next := k.meant(t, among), "; write a day in it or near it"
	switch {
	case maybe != "" && t.kind == dayNumber:
		next = "; a spreadsheet's day number is written as a date"
	case maybe != "":
		next = "; check its year"
	}
	c.problem(path, maybe, "%s: %s %s is %s%s", owner, field, t, k.beside(day), next)
	return true
}

// adrift reports whether a time counts from a D-day that has been found outside the
// calendar, so that it is no mistake of its own. Left out, it is the D-day.
func (c *checker) adrift(t Time, operation string) bool {
	return c.outside[operation] && (t.Relative() || t.IsZero())
}

// dDay checks D-day itself, and reports whether it is doubted. After the calendar its
// operation does not begin in the plan, which is worth a word.
func (c *checker) dDay(path, owner string, op *Operation) (doubted bool) {
	k := c.s.Calendar
	for _, end := range []struct {
		key string
		t   Time
	}{{"earliest", op.DDay.Earliest}, {"likely", op.DDay.Likely}, {"latest", op.DDay.Latest}} {
		field, at := "its D-day", path+"/d_day"
		if !op.DDay.Exact() {
			field, at = field+", "+end.key+",", at+"/"+end.key
		}
		wrong := c.doubts(at, owner, field, end.t, op.ID, k.begins())
		doubted = doubted || wrong
		if end.key != "likely" {
			continue
		}
		late := c.day(end.t, op.ID) >= k.Days
		c.outside[op.ID] = wrong || late
		if late && !wrong {
			c.warning(at, k.meant(end.t, daySpan{0, k.Days - 1}), "%s: %s %s is %s, within which it does not begin", owner, field, end.t, k.beside(c.day(end.t, op.ID)))
		}
	}
	return doubted
}

// since checks when the tour began that is on on day 0.
func (c *checker) since(path, owner string, u *Unit) {
	k, t := c.s.Calendar, u.At.Since
	switch day := t.Day(k, 0); {
	case t.Relative():
		c.problem(path, "", "%s: since %s counts from a D-day; write a date", owner, t)
	case c.timeless:
	case day > 0:
		c.problem(path, k.meant(t, k.held()), "%s: since %s is after day 0, %s", owner, t, k.Start)
	case c.doubts(path, owner, "since", t, "", k.held()):
	default:
		most := u.Wear.Lasts()
		if u.Tour.Max != nil {
			most = min(most, int(*u.Tour.Max))
		}
		if c.lacks(above(above(path)), "tour", "wear") {
			return // how long its tour may last
		}
		over := -day - most // days before the calendar on which its longest tour was over
		if over <= k.near() {
			return
		}
		note := c.problem
		if over <= k.far() {
			note = c.warning
		}
		note(path, k.meant(t, daySpan{-most, 0}), "%s: since %s its tour has lasted %d days on day 0, and %d are the most; check its year", owner, t, -day, most)
	}
}

// moved makes one problem of a calendar whose dates all lie together in another year: it
// is the calendar's year that is mistyped, not theirs.
func (c *checker) moved() {
	k := c.s.Calendar
	var times, tours []Date // tours may have begun long ago, and prove less
	near := false
	dated(reflect.ValueOf(c.s).Elem(), func(d Date, tour bool) bool {
		if tour {
			tours = append(tours, d)
			return true
		}
		times = append(times, d)
		near = -k.far() <= k.Day(d) && k.Day(d) <= k.Days+k.far()
		return !near
	})
	if near || len(times) == 0 {
		return
	}
	maybe, most := Date(0), 0
	for year := times[0].Time().Year() - 1; year <= times[0].Time().Year()+1; year++ {
		start, changes := sameDay(k.Start.Time(), year)
		other := Calendar{start, k.Days}
		near := func(d Date) bool { return -k.near() <= other.Day(d) && other.Day(d) < k.Days+k.near() }
		inside := 0
		for _, d := range slices.Concat(times, tours) {
			if n := other.Day(d); 0 <= n && n < k.Days {
				inside += 2
			} else if near(d) {
				inside++
			}
		}
		if changes <= mostChanged && inside > most && len(times)+len(tours) > 1 && !slices.ContainsFunc(times, func(d Date) bool { return !near(d) }) {
			maybe, most = start, inside
		}
	}
	if most > 0 {
		c.problem("/calendar/start", maybe.String(), "calendar: start %s is years from every date of the scenario, such as %s; check its year", k.Start, times[0])
	}
}

// dated calls yield for every time that is a date, anywhere in a value, until it returns
// false; tour says that it is the day on which one began that is on on day 0.
func dated(v reflect.Value, yield func(d Date, tour bool) bool) bool {
	switch v.Kind() {
	case reflect.Struct:
		switch x := v.Interface().(type) {
		case Time:
			return x.kind != calendarDate || yield(Date(x.n), false)
		case Station:
			return x.Since.kind != calendarDate || yield(Date(x.Since.n), true)
		}
		for i := range v.NumField() {
			if !dated(v.Field(i), yield) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !dated(v.Index(i), yield) {
				return false
			}
		}
	case reflect.Pointer:
		return v.IsNil() || dated(v.Elem(), yield)
	}
	return true
}

// ready checks until when a unit rests: past the calendar it can never move.
func (c *checker) ready(path, owner string, u *Unit) {
	k := c.s.Calendar
	if c.timeless || u.Ready.IsZero() || c.doubts(path, owner, "ready", u.Ready, "", k.begins()) {
		return
	}
	if day := u.Ready.Day(k, 0); day >= k.Days {
		c.warning(path, k.meant(u.Ready, daySpan{0, k.Days - 1}), "%s: ready %s is %s: it can never move", owner, u.Ready, k.beside(day))
	}
}

// today checks the day before which nothing can be ordered.
func (c *checker) today() {
	t := c.s.Today
	if t.Relative() {
		c.problem("/today", "", "scenario: today %s counts from a D-day; write a date", t)
		return
	}
	c.doubts("/today", "scenario", "today", t, "", c.s.Calendar.begins())
}
