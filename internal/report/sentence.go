package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// sentences say what the plan hangs on: for each operation the backfill without
// which sending somebody would cost a standing post most.
func (v *view) sentences(backfills []plan.Backfill) []string {
	var all []string
	for _, op := range v.Scenario.Operations {
		worst, most := -1, 0.0
		for i := range backfills {
			if v.posts[backfills[i].LeftFor].Operation != op.ID {
				continue
			}
			if cost := v.without(&backfills[i]); cost > most {
				worst, most = i, cost
			}
		}
		if worst < 0 {
			continue
		}
		b := &backfills[worst]
		all = append(all, fmt.Sprintf("Sending %s to %s costs %s %s unless %s arrives by %s; %s must decide by %s.",
			v.unit(b.Left), v.post(b.LeftFor), v.area(b.Post), plural(most, "exposure-day"), v.unit(b.By), day(b.Leg.Effective),
			v.contributor(v.units[b.By].Contributor), day(*b.Leg.DecideBy)))
	}
	return all
}

// without is the exposure-days at a post should a backfill's leg not come.
func (v *view) without(b *plan.Backfill) float64 {
	calendar := v.Scenario.Calendar
	sum := 0.0
	for i := range v.Lines {
		l := &v.Lines[i]
		if l.Post.ID != b.Post || !slices.Contains(b.Provides, l.Line.Capability) {
			continue
		}
		gives := plan.Gives(v.Scenario, v.units[b.By], b.Leg.As, l.Line.Capability)
		rest := *l
		rest.Cover = slices.Clone(l.Cover)
		for d := max(l.From, calendar.Day(b.Leg.Effective)); d < min(l.Until, calendar.Day(b.Leg.Until)); d++ {
			rest.Cover[d] = max(0, rest.Cover[d]-gives)
			sum += rest.Exposure(d) - l.Exposure(d)
		}
	}
	return sum
}

// day writes a date as people say it.
func day(d scenario.Date) string { return d.Time().Format("2 January 2006") }

// shortDay fits a table.
func shortDay(d scenario.Date) string { return d.Time().Format("2 Jan 2006") }

// quantity writes a number without false precision: one decimal below 10, and
// never 0 for what is not nothing.
func quantity(x float64) string {
	size := math.Abs(x)
	switch {
	case size > 0 && size < 0.05:
		return "<0.1"
	case size >= 9.95 || x == math.Trunc(x):
		return thousands(strconv.FormatFloat(x, 'f', 0, 64))
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// thousands groups the digits of a whole number.
func thousands(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func plural(x float64, noun string) string {
	if n := quantity(x); n != "1" {
		return n + " " + noun + "s"
	}
	return "1 " + noun
}

// percent writes a part of 1.
func percent(x float64) string {
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
