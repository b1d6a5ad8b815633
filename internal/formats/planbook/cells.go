package planbook

import (
	"cmp"
	"fmt"
	"math"

	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// state is what a cell of a chart shows, by colours that the colour-blind can
// tell apart (Okabe and Ito), each also with a name in the sheet's first row.
type state struct{ name, back, front string }

var (
	moving    = state{"on the way", "BBBBBB", "000000"}
	arriving  = state{"reception and handover", "F0E442", "000000"}
	standing  = state{"at a standing post", "0072B2", "FFFFFF"}
	operation = state{"at an operation's post", "D55E00", "FFFFFF"}

	below   = state{"below the floor", "D55E00", "D55E00"}
	partly  = state{"partly below the floor", "E69F00", "E69F00"}
	short   = state{"below the target", "F0E442", "F0E442"}
	held    = state{"held", "0072B2", "0072B2"}
	nothing = state{"nothing required", "FFFFFF", "FFFFFF"}
)

func (b *builder) colour(s state) int {
	return b.style(s.name, &excelize.Style{Fill: fill(s.back), Font: &excelize.Font{Color: s.front, Size: 8}})
}

// chart opens a sheet of cells by day: a legend, the months, then rows whose
// first columns are names of these widths.
func (b *builder) chart(name, title string, legend []state, names []string, widths ...float64) *sheet {
	columns := len(names) + (b.s.Calendar.Days+b.step-1)/b.step
	corner, _ := excelize.CoordinatesToCellName(len(names)+1, 3)
	t := b.open(name, corner, columns, append(widths, 0.9)...)
	first := []any{excelize.Cell{StyleID: b.head(), Value: title}}
	for len(first) < len(names)+2 {
		first = append(first, nil)
	}
	for _, s := range legend {
		first = append(first, excelize.Cell{StyleID: b.colour(s), Value: " "}, nil, s.name)
		for range 20 { // room for the name, which spans the empty cells beside it
			first = append(first, nil)
		}
	}
	t.add(first[:min(len(first), max(columns, len(names)+2))]...)
	heads := make([]any, columns)
	for i := range heads {
		heads[i] = excelize.Cell{StyleID: b.head()}
		if i < len(names) {
			heads[i] = excelize.Cell{StyleID: b.head(), Value: names[i]}
			continue
		}
		day := b.s.Calendar.Date((i - len(names)) * b.step).Time()
		if i == len(names) || day.Day() <= b.step && (b.step < 28 || day.YearDay() <= b.step) {
			heads[i] = excelize.Cell{StyleID: b.head(), Value: day.Format("Jan 2006")}
		}
	}
	t.add(heads...)
	return t
}

// gantt is a row for each unit that has a tour, with a cell for each day.
func (b *builder) gantt() {
	t := b.chart(ganttSheet, b.title("Who is where"), []state{moving, arriving, standing, operation}, []string{"contributor", "unit", "name"}, 14, 16, 28)
	order := b.tours()
	for i := 0; i < len(order); {
		unit := b.p.Tours[order[i]].Unit
		u := b.units[unit]
		row := make([]any, 3, 3+b.s.Calendar.Days/b.step+1)
		row[0], row[1], row[2] = b.text(u.Contributor), b.text(u.ID), b.text(u.Name)
		cells := make([]any, (b.s.Calendar.Days+b.step-1)/b.step)
		for ; i < len(order) && b.p.Tours[order[i]].Unit == unit; i++ {
			b.bars(cells, &b.p.Tours[order[i]])
		}
		t.add(append(row, cells...)...)
	}
	t.close(false, 0)
}

// bars colours the days of a tour; the first day at a post has the post's name.
func (b *builder) bars(cells []any, tour *plan.Tour) {
	c := b.s.Calendar
	paint := func(from, until scenario.Date, s state, label string) {
		for d := max(0, c.Day(from)); d < min(c.Days, c.Day(until)); d++ {
			if d%b.step != 0 && d != c.Day(from) {
				continue
			}
			cell := excelize.Cell{StyleID: b.colour(s)}
			if label != "" {
				cell.Value, label = formats.Guard(label), ""
			}
			cells[d/b.step] = cell
		}
	}
	for i := range tour.Legs {
		l := &tour.Legs[i]
		post := b.posts[l.Post]
		at := standing
		if post.Operation != "" {
			at = operation
		}
		paint(l.Depart, l.Arrive, moving, "")
		paint(l.Arrive, l.Effective, arriving, "")
		paint(l.Effective, l.Until, at, cmp.Or(post.Name, post.ID))
	}
	paint(tour.Legs[len(tour.Legs)-1].Until, tour.Home, moving, "")
}

// exposure is a row for each line, with a cell for each day: how much of the
// floor is missing, by colour and, hidden behind it, by number.
func (b *builder) exposure() {
	t := b.chart(exposureSheet, b.title("What is held"), []state{below, partly, short, held, nothing},
		[]string{"area", "post", "capability", "exposure-days"}, 14, 26, 18, 13)
	hidden := ";;;"
	shade := func(s state) int {
		return b.style("hidden "+s.name, &excelize.Style{Fill: fill(s.back), CustomNumFmt: &hidden})
	}
	for i := range b.achieved.Lines {
		l := &b.achieved.Lines[i]
		cells := make([]any, (b.s.Calendar.Days+b.step-1)/b.step)
		total := 0.0
		for d := l.From; d < l.Until; d++ {
			total += l.Exposure(d)
		}
		for n := range cells {
			from, until := max(l.From, n*b.step), min(l.Until, (n+1)*b.step)
			if from >= until {
				continue
			}
			worst, lacking := 0.0, 0.0
			for d := from; d < until; d++ {
				worst, lacking = max(worst, l.Exposure(d)), max(lacking, l.Shortfall(d))
			}
			s := held
			switch {
			case worst >= 1-1e-9:
				s = below
			case worst > 1e-9:
				s = partly
			case lacking > 1e-9:
				s = short
			}
			cells[n] = excelize.Cell{StyleID: shade(s), Value: rounded(worst)}
		}
		row := []any{b.text(b.area[l.Post.ID]), b.text(cmp.Or(l.Post.Name, l.Post.ID)), b.text(l.Line.Capability), excelize.Cell{StyleID: b.tenths(), Value: rounded(total)}}
		t.add(append(row, cells...)...)
	}
	t.close(false, 0)
}

func (b *builder) title(what string) string {
	if b.step == 1 {
		return what + ", a column a day"
	}
	return fmt.Sprintf("%s, a column for %d days", what, b.step)
}

// rounded drops the noise of sums of parts.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
