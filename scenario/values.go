package scenario

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Date is a calendar date, in days since 1970-01-01.
type Date int32

// ParseDate reads an ISO date such as 2025-04-01.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date; write it as 2025-04-30", s)
	}
	return Date(t.Unix() / 86400), nil
}

// SpreadsheetDate is the date that a spreadsheet's day number stands for, false for one
// before 1954 or after 9999, which is a number of something else.
func SpreadsheetDate(n int) (Date, bool) {
	const first, last, daysTo1970 = 20_000, 2_958_465, 25_569
	return Date(n - daysTo1970), first <= n && n <= last
}

// MaybeDate is the date that a text which is none may stand for, "" if it is no number of
// a spreadsheet's day.
func MaybeDate(s string) string {
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(math.Abs(x) < math.MaxInt32) {
		return ""
	}
	d, ok := SpreadsheetDate(int(x)) // the rest is the time of day
	if !ok {
		return ""
	}
	return d.String()
}

// Time returns midnight UTC of the date.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

// Days is a duration in whole days.
type Days int

// ParseDays reads 14, 14d or 2w.
func ParseDays(s string) (Days, error) {
	number, factor := s, 1
	if n := len(s) - 1; n > 0 {
		switch s[n] {
		case 'd':
			number = s[:n]
		case 'w':
			number, factor = s[:n], 7
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < -MaxDays/factor || n > MaxDays/factor {
		return 0, fmt.Errorf("%q is not a duration; write whole days or weeks, such as 14, 14d or 2w", s)
	}
	return Days(n * factor), nil
}

// UnmarshalText reads 14, 14d or 2w.
func (d *Days) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDays(string(b))
	return err
}

// UnmarshalJSON reads a number of days or a string such as "14d"; null changes nothing.
func (d *Days) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	text, err := unquote(b)
	if err != nil {
		return err
	}
	return d.UnmarshalText(text)
}

// Time is a moment as a scenario writes it: a date, a day relative to the
// D-day of the operation that it belongs to, or a day number. The zero Time is
// none.
type Time struct {
	kind timeKind
	n    int32
}

type timeKind uint8

const (
	noTime timeKind = iota
	dayNumber
	dDayOffset
	calendarDate
)

// DayTime is a day number.
func DayTime(day int) Time { return Time{dayNumber, int32(day)} }

// DDayTime is n days after D-day.
func DDayTime(n int) Time { return Time{dDayOffset, int32(n)} }

// DateTime is a date.
func DateTime(d Date) Time { return Time{calendarDate, int32(d)} }

// ParseTime reads a date, D+n, D-n, D or a day number.
func ParseTime(s string) (Time, error) {
	if rest, ok := strings.CutPrefix(s, "D"); ok {
		if rest == "" {
			return DDayTime(0), nil
		}
		n, err := strconv.Atoi(rest)
		if err == nil && (rest[0] == '+' || rest[0] == '-') && -MaxDays <= n && n <= MaxDays {
			return DDayTime(n), nil
		}
		return Time{}, fmt.Errorf("%q is not a time; write D+30, D-5, a date such as 2025-04-30 or a day number", s)
	}
	if n, err := strconv.Atoi(s); err == nil && -MaxDays <= n && n <= MaxDays {
		return DayTime(n), nil
	}
	if d, err := ParseDate(s); err == nil {
		return DateTime(d), nil
	}
	return Time{}, fmt.Errorf("%q is not a time; write a date such as 2025-04-30, D+30 or a day number", s)
}

// IsZero reports whether no time is given.
func (t Time) IsZero() bool { return t.kind == noTime }

// Relative reports whether the time hangs on a D-day.
func (t Time) Relative() bool { return t.kind == dDayOffset }

// Day returns the day number, given the calendar and the day number of D-day.
func (t Time) Day(c Calendar, dDay int) int {
	switch t.kind {
	case calendarDate:
		return c.Day(Date(t.n))
	case dDayOffset:
		return dDay + int(t.n)
	default:
		return int(t.n)
	}
}

// Number returns the day number of a time in a resolved scenario.
func (t Time) Number() int { return int(t.n) }

func (t Time) String() string {
	switch t.kind {
	case noTime:
		return ""
	case calendarDate:
		return Date(t.n).String()
	case dDayOffset:
		return fmt.Sprintf("D%+d", t.n)
	default:
		return strconv.Itoa(int(t.n))
	}
}

// MarshalJSON writes a day number as a number, other times as strings.
func (t Time) MarshalJSON() ([]byte, error) {
	switch t.kind {
	case noTime:
		return []byte("null"), nil
	case dayNumber:
		return []byte(t.String()), nil
	default:
		return json.Marshal(t.String())
	}
}

// UnmarshalText reads any form that ParseTime takes.
func (t *Time) UnmarshalText(b []byte) (err error) {
	*t, err = ParseTime(string(b))
	return err
}

// UnmarshalJSON reads a number, a string or null.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = Time{}
		return nil
	}
	text, err := unquote(b)
	if err != nil {
		return err
	}
	return t.UnmarshalText(text)
}

// unquote is the text of a JSON string, or another JSON value as it is.
func unquote(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] != '"' {
		return b, nil
	}
	var text string
	err := json.Unmarshal(b, &text)
	return []byte(text), err
}

// Quantity is a number, or a range with a source of which a plan uses the
// likely value.
type Quantity struct {
	Low    float64 `json:"low" doc:"Least plausible value."`
	Likely float64 `json:"likely" doc:"Value that a plan uses."`
	High   float64 `json:"high" doc:"Greatest plausible value."`
	Source string  `json:"source,omitempty" doc:"Text or URL."`
}

// Exactly is a quantity without a range.
func Exactly(x float64) Quantity { return Quantity{Low: x, Likely: x, High: x} }

// Exact reports whether the quantity has no range and no source.
func (q Quantity) Exact() bool { return q.Low == q.Likely && q.High == q.Likely && q.Source == "" }

// IsZero reports whether the quantity is exactly nothing.
func (q Quantity) IsZero() bool { return q == Quantity{} }

// MarshalJSON writes a number where that says all.
func (q Quantity) MarshalJSON() ([]byte, error) {
	if q.Exact() {
		return json.Marshal(q.Likely)
	}
	type plain Quantity
	return json.Marshal(plain(q))
}

// UnmarshalJSON reads a number or the whole range; null changes nothing.
func (q *Quantity) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		type plain Quantity
		return json.Unmarshal(b, (*plain)(q))
	}
	x := q.Likely
	if err := json.Unmarshal(b, &x); err != nil {
		return fmt.Errorf("%s is no quantity; write a number, or {low, likely, high}", b)
	}
	if string(b) != "null" {
		*q = Exactly(x)
	}
	return nil
}

// OnStation is how many must be deployed to keep one on station: a factor, or
// the parts that it follows from. The zero value is a factor of 1.
type OnStation struct {
	Given          float64 `json:"-"` // the factor itself; 0 if it follows from the parts
	OnTask         float64 `json:"on_task" doc:"Hours on task in one sortie or patrol." min:"0" max:"1000000"`
	Transit        float64 `json:"transit,omitempty" doc:"Hours of transit, both ways together." min:"0"`
	TurnRound      float64 `json:"turn_round,omitempty" doc:"Hours between return and next departure." min:"0"`
	Serviceability float64 `json:"serviceability,omitempty" doc:"Part of the time that one is fit to go, above 0 to 1; default 1." min:"0" max:"1"`
}

// IsZero reports whether nothing is given.
func (o OnStation) IsZero() bool { return o == OnStation{} }

// Factor returns (on_task + transit + turn_round) / (on_task x serviceability),
// or the given factor, or 1.
func (o OnStation) Factor() float64 {
	switch {
	case o.Given != 0:
		return o.Given
	case o.OnTask == 0:
		return 1
	}
	fit := o.Serviceability
	if fit == 0 {
		fit = 1
	}
	return (o.OnTask + o.Transit + o.TurnRound) / (o.OnTask * fit)
}

// MarshalJSON writes the factor as a number where it is given so, and null where nothing is.
func (o OnStation) MarshalJSON() ([]byte, error) {
	switch {
	case o.IsZero():
		return []byte("null"), nil
	case o.Given != 0:
		return json.Marshal(o.Given)
	}
	type plain OnStation
	return json.Marshal(plain(o))
}

// UnmarshalJSON reads the factor or its parts; null changes nothing.
func (o *OnStation) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		type plain OnStation
		return json.Unmarshal(b, (*plain)(o))
	}
	given := o.Given
	if err := json.Unmarshal(b, &given); err != nil {
		return fmt.Errorf("%s is no factor; write a number, or {on_task, transit, turn_round, serviceability}", b)
	}
	if string(b) != "null" {
		*o = OnStation{Given: given}
	}
	return nil
}

// DDay is the day on which an operation starts; Earliest and Latest are zero
// when it is known.
type DDay struct {
	Earliest Time `json:"earliest,omitzero" doc:"Earliest day: a date or a day number."`
	Likely   Time `json:"likely" doc:"Day that a plan uses: a date or a day number."`
	Latest   Time `json:"latest,omitzero" doc:"Latest day: a date or a day number."`
}

// Exact reports whether the day has no range.
func (d DDay) Exact() bool { return d.Earliest.IsZero() && d.Latest.IsZero() }

// known reports whether it can be one day only.
func (d DDay) known(c Calendar) bool {
	likely := d.Likely.Day(c, 0)
	return (d.Earliest.IsZero() || d.Earliest.Day(c, 0) == likely) && (d.Latest.IsZero() || d.Latest.Day(c, 0) == likely)
}

// MarshalJSON writes one time where that says all.
func (d DDay) MarshalJSON() ([]byte, error) {
	if d.Exact() {
		return json.Marshal(d.Likely)
	}
	type plain DDay
	return json.Marshal(plain(d))
}

// UnmarshalJSON reads one time or the whole range.
func (d *DDay) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		type plain DDay
		return json.Unmarshal(b, (*plain)(d))
	}
	*d = DDay{}
	return d.Likely.UnmarshalJSON(b)
}

// Finite reports whether x is a number that can be computed with.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
