package planbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/scenario"
)

// summary is the first sheet: what the plan achieves, and two charts of the
// sheet daily.
func (b *builder) summary() {
	m := b.p.Metrics
	row := 0
	put := func(style int, name string, value any) {
		row++
		at := fmt.Sprintf("A%d", row)
		b.did(b.book.SetCellStr(summarySheet, at, name))
		if style != 0 {
			b.did(b.book.SetCellStyle(summarySheet, at, at, style))
		}
		cell, styled := value.(excelize.Cell)
		if styled {
			value = cell.Value
		}
		if at = fmt.Sprintf("B%d", row); value != nil {
			b.did(b.book.SetCellValue(summarySheet, at, value))
		}
		if styled {
			b.did(b.book.SetCellStyle(summarySheet, at, at, cell.StyleID))
		}
	}
	number := func(x float64) excelize.Cell { return excelize.Cell{StyleID: b.tenths(), Value: rounded(x)} }
	reached := func(d *scenario.Date) any {
		if d == nil {
			return "not reached"
		}
		return b.day(d)
	}
	put(b.head(), "plan of", b.text(b.p.Scenario))
	put(0, "policy", string(b.p.Policy))
	if m != nil {
		for i := range b.s.Operations {
			op := b.s.Operations[i].ID
			put(0, "IOC of "+op, reached(m.IOC[op]))
			put(0, "FOC of "+op, reached(m.FOC[op]))
		}
		put(0, "exposure-days", number(m.ExposureDays.Total))
		put(0, "  of standing posts", number(m.ExposureDays.Standing))
		put(0, "  of operations", number(m.ExposureDays.Operations))
		if m.NewExposure != nil {
			put(0, "  that the operations cause", number(*m.NewExposure))
		}
		for i := range b.s.Areas {
			if x := m.ExposureDays.ByArea[b.s.Areas[i].ID]; x > 0 {
				put(0, "  in "+b.s.Areas[i].ID, number(x))
			}
		}
		if m.WorstDay.Exposure > 0 {
			put(0, "worst day", b.day(&m.WorstDay.Date))
		}
		put(0, "units sent", m.UnitsUsed)
		put(0, "moves", m.Moves)
		put(0, "backfills", m.Backfills)
		put(0, "objective", number(m.Objective))
		put(0, "proven bound", number(m.Bound))
		share := "0.0%"
		put(0, "gap of the cost", excelize.Cell{StyleID: b.style("share", &excelize.Style{CustomNumFmt: &share}), Value: min(1, m.Gap)})
	}
	row++
	for _, line := range []string{
		"gantt: who is where on each day", "exposure: which line is held on each day", "timetable: decisions and orders by date",
		"legs, cover: tables for filters and pivots", "daily: what the charts show", "legs and plan are read back as the plan",
	} {
		put(0, line, nil)
	}
	b.did(b.book.SetColWidth(summarySheet, "A", "A", 42))
	b.did(b.book.SetColWidth(summarySheet, "B", "B", 30))
	n := len(b.columns.areas)
	b.stack("D1", "Floor missing at posts, by area", 2, n)
	b.stack("D22", "Persons away from home, by contributor", 2+n, len(b.columns.contributors))
}

// palette are colours that the colour-blind can tell apart (Okabe and Ito), then
// lighter ones.
var palette = []string{"0072B2", "D55E00", "009E73", "E69F00", "56B4E9", "CC79A7", "F0E442", "999999", "66AAD1", "E69E66", "66C5AB", "F0C566"}

// stack draws columns of the sheet daily as areas upon each other.
func (b *builder) stack(at, title string, first, count int) {
	if count == 0 || b.err != nil {
		return
	}
	var series []excelize.ChartSeries
	last := b.s.Calendar.Days + 1
	for i := range count {
		column, err := excelize.ColumnNumberToName(first + i + 1)
		b.did(err)
		series = append(series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s!$%s$1", dailySheet, column),
			Categories: fmt.Sprintf("%s!$B$2:$B$%d", dailySheet, last),
			Values:     fmt.Sprintf("%s!$%s$2:$%s$%d", dailySheet, column, column, last),
			Fill:       fill(palette[i%len(palette)]),
		})
	}
	b.did(b.book.AddChart(summarySheet, at, &excelize.Chart{
		Type: excelize.AreaStacked, Series: series, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
		Legend: excelize.ChartLegend{Position: "right"}, Dimension: excelize.ChartDimension{Width: 900, Height: 390},
		XAxis: excelize.ChartAxis{TickLabelSkip: 1, Font: excelize.Font{Color: "333333"}}, // of the labels only those of months say something
		YAxis: excelize.ChartAxis{MajorGridLines: true, Font: excelize.Font{Color: "333333"}},
	}))
}
