// Package planbook writes a plan as an XLSX workbook and reads it back without
// loss: a page of figures and charts, a Gantt chart and a map of exposure in
// coloured cells, and tables for filters and pivots. docs/formats/plan-workbook.md
// says what each sheet holds.
package planbook

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// The sheets, in their order. Those that are read back are legs and plan.
const (
	summarySheet   = "summary"
	ganttSheet     = "gantt"
	exposureSheet  = "exposure"
	timetableSheet = "timetable"
	legsSheet      = "legs"
	coverSheet     = "cover"
	dailySheet     = "daily"
	planSheet      = "plan"
)

// Write writes a plan of a resolved scenario, with its metrics. The same plan
// gives the same bytes.
func Write(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	achieved, err := plan.Evaluate(s, p)
	if err != nil {
		return err
	}
	book := excelize.NewFile()
	defer book.Close()
	b := builder{
		book: book, s: s, p: p, achieved: achieved, step: dayStep(s.Calendar.Days), units: s.UnitsByID(), posts: s.PostsByID(), area: map[string]string{}, styles: map[string]int{},
	}
	places := s.PlacesByID()
	for i := range s.Posts {
		b.area[s.Posts[i].ID] = places[s.Posts[i].Place].Area
	}
	b.did(book.SetSheetName("Sheet1", summarySheet))
	b.gantt()
	b.exposure()
	b.timetable()
	b.legs()
	b.cover()
	b.daily()
	b.plan()
	b.summary()
	var data []byte
	if b.err == nil {
		data, b.err = formats.WorkbookBytes(book)
	}
	if b.err == nil {
		_, b.err = w.Write(data)
	}
	if b.err != nil {
		return fmt.Errorf("write the workbook of plan %q: %w", p.Scenario, b.err)
	}
	return nil
}

// dayStep is how many days a column of a chart of cells stands for, so that a
// calendar of any length stays within what a spreadsheet shows.
func dayStep(days int) int {
	const most = 800
	return (days + most - 1) / most
}

// builder writes the sheets and keeps the first error.
type builder struct {
	book     *excelize.File
	s        *scenario.Scenario
	p        *plan.Plan
	achieved *plan.Evaluation
	step     int // days a column
	units    map[string]*scenario.Unit
	posts    map[string]*scenario.Post
	area     map[string]string // of a post
	styles   map[string]int
	columns  dailyColumns
	err      error
}

func (b *builder) did(err error) {
	if b.err == nil {
		b.err = err
	}
}

// style is the style of a name, made when it is first asked for.
func (b *builder) style(name string, s *excelize.Style) int {
	id, made := b.styles[name]
	if !made {
		var err error
		id, err = b.book.NewStyle(s)
		b.did(err)
		b.styles[name] = id
	}
	return id
}

func (b *builder) head() int {
	return b.style("head", &excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: fill("DCE6F1"), Alignment: &excelize.Alignment{Vertical: "center"},
	})
}

func (b *builder) date() int {
	iso := "yyyy-mm-dd"
	return b.style("date", &excelize.Style{CustomNumFmt: &iso, Alignment: &excelize.Alignment{Horizontal: "left"}})
}

func (b *builder) tenths() int {
	format := "#,##0.0"
	return b.style("tenths", &excelize.Style{CustomNumFmt: &format})
}

// word is a style for text, which a spreadsheet then never takes for anything
// else.
func (b *builder) word() int { return b.style("word", &excelize.Style{NumFmt: 49}) }

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// text is a cell of text: no formula, whatever it says.
func (b *builder) text(s string) any {
	if s == "" {
		return nil
	}
	return excelize.Cell{StyleID: b.word(), Value: formats.Guard(s)}
}

// daysTo1970 is the serial number of 1970-01-01.
const daysTo1970 = 25_569

// day is a cell of a date. A date before spreadsheets count them is text.
func (b *builder) day(d *scenario.Date) any {
	if d == nil {
		return nil
	}
	if n := int64(*d) + daysTo1970; n >= 20_000 {
		return excelize.Cell{StyleID: b.date(), Value: n}
	}
	return b.text(d.String())
}

// sheet streams rows into a sheet.
type sheet struct {
	b    *builder
	name string
	out  *excelize.StreamWriter
	row  int // the last one written
}

// open adds a sheet with columns of these widths; the last width is that of all
// columns up to most.
func (b *builder) open(name string, freeze string, most int, widths ...float64) *sheet {
	_, err := b.book.NewSheet(name)
	b.did(err)
	out, err := b.book.NewStreamWriter(name)
	b.did(err)
	t := &sheet{b: b, name: name, out: out}
	if b.err != nil {
		return t
	}
	for i, width := range widths {
		last := i + 1
		if i == len(widths)-1 {
			last = max(last, most)
		}
		b.did(out.SetColWidth(i+1, last, width))
	}
	col, row, err := excelize.CellNameToCoordinates(freeze)
	b.did(err)
	b.did(out.SetPanes(&excelize.Panes{Freeze: true, XSplit: col - 1, YSplit: row - 1, TopLeftCell: freeze, ActivePane: "bottomRight"}))
	return t
}

func (t *sheet) add(values ...any) {
	t.row++
	if t.b.err == nil {
		t.b.did(t.out.SetRow(fmt.Sprintf("A%d", t.row), values))
	}
}

func (t *sheet) heads(names ...string) {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = excelize.Cell{StyleID: t.b.head(), Value: name}
	}
	t.add(values...)
}

// close ends a sheet; a table with filters spans what was written, if anything
// was, under its head.
func (t *sheet) close(table bool, columns int) {
	if t.b.err != nil {
		return
	}
	if table && t.row > 1 {
		last, err := excelize.CoordinatesToCellName(columns, t.row)
		t.b.did(err)
		stripes := true
		t.b.did(t.out.AddTable(&excelize.Table{Range: "A1:" + last, Name: t.name + "_table", StyleName: "TableStyleLight9", ShowRowStripes: &stripes}))
	}
	t.b.did(t.out.Flush())
}

// tours lists the tours by contributor, then unit, then time, each with its
// number in the plan.
func (b *builder) tours() []int {
	order := make([]int, len(b.p.Tours))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		x, y := &b.p.Tours[i], &b.p.Tours[j]
		return cmp.Or(cmp.Compare(b.units[x.Unit].Contributor, b.units[y.Unit].Contributor), cmp.Compare(x.Unit, y.Unit), cmp.Compare(x.Home, y.Home))
	})
	return order
}
