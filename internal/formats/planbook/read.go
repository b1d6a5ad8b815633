package planbook

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/table"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Read reads the plan of a workbook that [Write] made, also after a spreadsheet
// program has saved it; name is for messages. Of its sheets, legs and plan are
// read. The problems are warnings: columns that were added and are not read. The error is
// a *[formats.Invalid] with every problem at its cell.
func Read(name string, data []byte) (*plan.Plan, []formats.Problem, error) {
	book, err := formats.OpenWorkbook(name, data)
	if err != nil {
		return nil, nil, err
	}
	r := reader{book: book}
	for _, sheet := range []string{legsSheet, planSheet} {
		if !slices.Contains(book.Sheets(), sheet) {
			r.Fail(formats.Place{File: name}, "", "this is no workbook of a plan: the sheet %s is missing", sheet)
		}
	}
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	var p plan.Plan
	r.values(&p)
	form := table.Columns(legColumns[:12]...)
	form.Ignored = legColumns[12:]
	r.Sheet(book, legsSheet, form, r.leg)
	r.sort(&p)
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	return &p, r.List, nil
}

// maxTours bounds the numbers of tours: no list is made for a number alone.
const maxTours = 1_000_000

type reader struct {
	table.Problems
	book  *formats.Workbook
	tours map[int]*plan.Tour
	order []int
}

// leg reads a row of legs.
func (r *reader) leg(row *table.Row) {
	empty := func(column, next string) {
		if row.Has(column) && !row.Given(column) {
			row.Fail(row.At(column), "", "%s is empty; write %s", column, next)
		}
	}
	t := r.tour(row)
	if home := r.date(row, "home"); home == nil {
		empty("home", "the day on which the unit is home again")
	} else if t.Home == 0 {
		t.Home = *home
	} else if t.Home != *home {
		row.Fail(row.At("home"), t.Home.String(), "tour %d is home on %s in a row above, here on %s", row.Whole("tour", 1, maxTours), t.Home, home)
	}
	dates := [4]*scenario.Date{r.date(row, "depart"), r.date(row, "arrive"), r.date(row, "effective"), r.date(row, "until")}
	for i, column := range []string{"depart", "arrive", "effective", "until"} {
		if dates[i] == nil {
			empty(column, "a date, such as 2025-04-30")
			dates[i] = new(scenario.Date)
		}
	}
	l := plan.Leg{
		Post: formats.Unguard(row.Text("post")), As: formats.Unguard(row.Text("as")), DecideBy: r.date(row, "decide_by"), OrderBy: r.date(row, "order_by"),
		Depart: *dates[0], Arrive: *dates[1], Effective: *dates[2], Until: *dates[3],
	}
	if lift := formats.Unguard(row.Text("lift")); lift != "" {
		if strings.HasPrefix(lift, "\"") && json.Unmarshal([]byte(lift), &lift) != nil {
			row.Fail(row.At("lift"), "", "lift %s begins like a JSON string and is none", lift)
		}
		l.Lift = &lift
	}
	t.Legs = append(t.Legs, l)
}

// tour is the tour that a row is of, a new one if no row above is.
func (r *reader) tour(row *table.Row) *plan.Tour {
	before := len(r.List)
	n, unit := row.Whole("tour", 1, maxTours), formats.Unguard(row.Name("unit"))
	t := r.tours[n]
	switch {
	case len(r.List) > before || !row.Has("tour") || !row.Has("unit"): // it cannot be told
		return &plan.Tour{}
	case t == nil:
		if r.tours == nil {
			r.tours = map[int]*plan.Tour{}
		}
		t = &plan.Tour{Unit: unit, Legs: []plan.Leg{}}
		r.tours[n], r.order = t, append(r.order, n)
	case t.Unit != unit:
		row.Fail(row.At("unit"), t.Unit, "tour %d is of unit %q in a row above, here of %q", n, t.Unit, unit)
	}
	return t
}

// date reads a date, nil for an empty cell and one that cannot be read.
func (r *reader) date(row *table.Row, column string) *scenario.Date {
	text := r.book.Date(formats.Unguard(row.Text(column)))
	if text == "" {
		return nil
	}
	d, err := scenario.ParseDate(text)
	if err != nil {
		row.Fail(row.At(column), "", "%s %s", column, err)
		return nil
	}
	return &d
}

// sort puts the tours in the order of their numbers, which the rows of a table
// that somebody sorted do not have, and the legs of each by date.
func (r *reader) sort(p *plan.Plan) {
	slices.Sort(r.order)
	p.Tours = []plan.Tour{}
	for _, n := range r.order {
		t := r.tours[n]
		slices.SortStableFunc(t.Legs, func(a, b plan.Leg) int { return int(a.Depart - b.Depart) })
		p.Tours = append(p.Tours, *t)
	}
}

// values reads what a plan holds beside its tours.
func (r *reader) values(p *plan.Plan) {
	all := &container{values: map[string]any{}}
	r.Sheet(r.book, planSheet, table.Columns("pointer", "value"), func(row *table.Row) {
		before := len(r.List)
		pointer, text := formats.Unguard(row.Text("pointer")), formats.Unguard(row.Text("value"))
		if len(r.List) > before || !row.Has("pointer") || !row.Has("value") {
			return
		}
		value := json.RawMessage(text)
		if !isJSON(text) {
			value = json.RawMessage(quoted(text))
		}
		if !strings.HasPrefix(pointer, "/") {
			row.Fail(row.At("pointer"), "", "%q is no pointer to a value of a plan; it begins with /", pointer)
			return
		}
		alone := &container{values: map[string]any{}}
		if err := alone.put(pointer, value); err == nil {
			if err := decode(alone, &plan.Plan{}); err != nil {
				row.Fail(row.At("value"), "", "%s: %s", pointer, err)
				return
			}
		}
		if err := all.put(pointer, value); err != nil {
			row.Fail(row.At("pointer"), "", "%s: %s", pointer, err)
		}
	})
	if r.Failed() {
		return
	}
	top := formats.Place{File: r.book.File(planSheet)}
	if err := decode(all, p); err != nil {
		r.Fail(top, "", "this is no plan: %s", err)
	} else if p.Format != plan.Format {
		r.Fail(top, "", "this is no plan that this version reads: /rearguard_plan is %d, not %d", p.Format, plan.Format)
	}
}

func decode(c *container, p *plan.Plan) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, p)
}
