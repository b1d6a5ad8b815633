// Package words writes numbers, days and names as people read them: without false
// precision, with their unit.
package words

import (
	"math"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Day writes a date as people say it: 3 June 2025.
func Day(d scenario.Date) string { return d.Time().Format("2 January 2006") }

// ShortDay writes a date for a table: 3 Jun 2025.
func ShortDay(d scenario.Date) string { return d.Time().Format("2 Jan 2006") }

// DaysAfter writes days from D-day as D+17; nil is a day that does not come.
func DaysAfter(days *int) string {
	if days == nil {
		return "not reached"
	}
	if *days < 0 {
		return "D" + strconv.Itoa(*days)
	}
	return "D+" + strconv.Itoa(*days)
}

// Quantity writes a number without false precision: one decimal below 10, and never 0
// for what is not nothing.
func Quantity(x float64) string {
	size := math.Abs(x)
	switch {
	case size > 0 && size < 0.05:
		return "<0.1"
	case size >= 9.95 || x == math.Trunc(x):
		return Thousands(strconv.FormatFloat(x, 'f', 0, 64))
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// Ordinal writes a place in an order: 1st, 22nd, 113th.
func Ordinal(n int) string {
	ending := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return Thousands(strconv.Itoa(n)) + ending
}

// Signed writes a difference; one that is too small to show is none.
func Signed(x float64) string {
	switch text := Quantity(max(x, -x)); {
	case text == "0":
		return "none"
	case x > 0:
		return "+" + text
	default:
		return "-" + text
	}
}

// Thousands groups the digits of a whole number.
func Thousands(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Plural writes a number with its noun, of which one more s makes many.
func Plural(x float64, noun string) string {
	if n := Quantity(x); n != "1" {
		return n + " " + noun + "s"
	}
	return "1 " + noun
}

// Percent writes a part of 1.
func Percent(x float64) string {
	switch {
	case x == 0:
		return "0 %"
	case x < 0.001:
		return "<0.1 %"
	case x < 0.0995:
		return strconv.FormatFloat(100*x, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(100*x, 'f', 0, 64) + " %"
}

// Gap writes the part of a cost that another plan may save, for all that is proven.
func Gap(x float64) string {
	if x >= 1 {
		return "nothing proven"
	}
	return Percent(x)
}

// Name is a name, or the ID where there is none.
func Name(name, id string) string {
	if name != "" {
		return name
	}
	return id
}
