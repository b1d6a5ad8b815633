package compact

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// Size is how large a program is.
type Size struct{ Columns, Whole, Rows, Entries int }

// writer writes text and remembers the first error.
type writer struct {
	*bufio.Writer
	scratch []byte
}

func newWriter(w io.Writer) *writer { return &writer{Writer: bufio.NewWriterSize(w, 1<<20)} }

// text writes strings. bufio keeps the first error until Flush.
func (w *writer) text(parts ...string) {
	for _, s := range parts {
		_, _ = w.WriteString(s)
	}
}

func (w *writer) number(x float64) {
	w.scratch = strconv.AppendFloat(w.scratch[:0], x, 'g', -1, 64)
	_, _ = w.Write(w.scratch)
}

// WriteMPS writes the program in free MPS, with fields from column 5 on, since
// cbc takes some short lines that begin before it for fixed MPS. It builds the block of each unit
// once for each section, so that memory holds one unit at a time.
func (p *Program) WriteMPS(to io.Writer) (Size, error) {
	w := newWriter(to)
	var size Size
	w.text("* Rearguard: a scenario as a mixed-integer program; see docs/formats/mps.md\n", "NAME rearguard\nROWS\n N Objective\n")
	rows := func(list []row) {
		for _, r := range list {
			w.text(" ", string(rune(r.sense)), " ", r.name, "\n")
		}
		size.Rows += len(list)
	}
	rows(p.shared)
	sections := []func(*block){
		func(b *block) { rows(b.rows) },
		func(b *block) { p.mpsColumns(w, b, &size) },
		func(b *block) { mpsRHS(w, b.rows) },
		func(b *block) { mpsBounds(w, b.columns) },
	}
	titles := []string{"", "COLUMNS", "\nRHS\n", "BOUNDS\n"}
	for i, write := range sections {
		w.text(titles[i])
		if i == 2 {
			mpsRHS(w, p.shared)
		}
		if err := p.blocks(func(b *block) error { write(b); return w.failure() }); err != nil {
			return size, err
		}
	}
	w.text("ENDATA\n")
	return size, w.Flush()
}

// failure is the error that stopped the writing, if any.
func (w *writer) failure() error {
	_, err := w.Write(nil)
	return err
}

// mpsColumns writes the columns of a block, whole ones between markers.
func (p *Program) mpsColumns(w *writer, b *block, size *Size) {
	starts, entries := b.byColumn()
	size.Columns += len(b.columns)
	size.Entries += len(entries)
	whole := false
	mark := func(on bool) {
		if on != whole {
			kind := "'INTEND'"
			if on {
				kind = "'INTORG'"
			}
			w.text("\n    M 'MARKER' ", kind)
			whole = on
		}
	}
	for i := range b.columns {
		c := &b.columns[i]
		mark(c.whole)
		if c.whole {
			size.Whole++
		}
		own := entries[starts[i]:starts[i+1]]
		pairs := 0
		pair := func(row string, value float64) {
			if pairs%2 == 0 { // two to a line
				w.text("\n    ", c.name)
			}
			w.text(" ", row, " ")
			w.number(value)
			pairs++
		}
		if c.cost != 0 || len(own) == 0 {
			pair("Objective", c.cost)
		}
		for _, e := range own {
			pair(p.rowName(b, e.row), e.value)
		}
	}
	mark(false)
}

func (p *Program) rowName(b *block, row int32) string {
	if row < 0 {
		return p.shared[-1-row].name
	}
	return b.rows[row].name
}

// byColumn sorts the entries by column and sums those of one cell.
func (b *block) byColumn() (starts []int32, sorted []entry) {
	starts = make([]int32, len(b.columns)+1)
	for _, e := range b.entries {
		starts[e.column+1]++
	}
	for i := range b.columns {
		starts[i+1] += starts[i]
	}
	sorted = make([]entry, len(b.entries))
	at := append([]int32(nil), starts...)
	for _, e := range b.entries {
		sorted[at[e.column]] = e
		at[e.column]++
	}
	return merge(starts, sorted)
}

// merge sums entries of the same column and row. Most columns have few; one that chooses
// a day of readiness has one for each line and day on which it must hold.
func merge(starts []int32, sorted []entry) ([]int32, []entry) {
	const few = 50
	kept := sorted[:0]
	at := map[int32]int{} // row to its entry, of a column with many
	for i := range len(starts) - 1 {
		from, column := len(kept), sorted[starts[i]:starts[i+1]]
		clear(at)
		for _, e := range column {
			j, ok := at[e.row]
			if len(column) <= few {
				j = from + slices.IndexFunc(kept[from:], func(k entry) bool { return k.row == e.row })
				ok = j >= from
			}
			if ok {
				kept[j].value += e.value
				continue
			}
			if len(column) > few {
				at[e.row] = len(kept)
			}
			kept = append(kept, e)
		}
		starts[i] = int32(from)
	}
	starts[len(starts)-1] = int32(len(kept))
	return starts, kept
}

func mpsRHS(w *writer, rows []row) {
	for _, r := range rows {
		if r.rhs != 0 {
			w.text("    RHS ", r.name, " ")
			w.number(r.rhs)
			w.text("\n")
		}
	}
}

func mpsBounds(w *writer, columns []column) {
	for _, c := range columns {
		switch {
		case !math.IsInf(c.upper, 1):
			w.text(" UP BND ", c.name, " ")
			w.number(c.upper)
			w.text("\n")
		case c.whole:
			w.text(" PL BND ", c.name, "\n")
		}
	}
}

// sharedAtOnce is the most entries of rows that units share that WriteLP holds
// at one time, some 100 MB of them.
const sharedAtOnce = 2_000_000

// WriteLP writes the program in the LP format. That goes by rows, so that the
// rows that units share take as many passes over all units as keep the entries
// held in memory few.
func (p *Program) WriteLP(to io.Writer) (Size, error) {
	w := newWriter(to)
	var size Size
	w.text("\\ Rearguard: a scenario as a mixed-integer program; see docs/formats/mps.md\n", "Minimize\n Z:")
	counts := make([]int, len(p.shared))
	pass := func(write func(*block)) error {
		return p.blocks(func(b *block) error { write(b); return w.failure() })
	}
	err := pass(func(b *block) {
		for _, c := range b.columns {
			if c.cost != 0 {
				w.term(c.cost, c.name)
			}
		}
		size.Columns += len(b.columns)
	})
	if err != nil {
		return size, err
	}
	w.text("\nSubject To\n")
	if err := pass(func(b *block) { size.Entries += w.lpRows(b, counts) }); err != nil {
		return size, err
	}
	for from := 0; from < len(counts); {
		shared := sharedTerms{first: from}
		until := from
		for held := 0; until < len(counts) && (until == from || held+counts[until] <= sharedAtOnce); until++ {
			held += counts[until]
		}
		shared.rows = make([][]term, until-from)
		if err := pass(shared.gather); err != nil {
			return size, err
		}
		for i, terms := range shared.rows {
			w.lpRow(p.shared[from+i], terms)
		}
		from = until
	}
	w.text("Bounds\n")
	if err := pass(func(b *block) { w.lpBounds(b.columns) }); err != nil {
		return size, err
	}
	w.text("Generals\n")
	err = pass(func(b *block) {
		for _, c := range b.columns {
			if c.whole {
				w.text(" ", c.name, "\n")
				size.Whole++
			}
		}
		size.Rows += len(b.rows)
	})
	if err != nil {
		return size, err
	}
	size.Rows += len(p.shared)
	w.text("End\n")
	return size, w.Flush()
}

// term is an entry of a row by its column's name.
type term struct {
	name  string
	value float64
}

func (w *writer) term(value float64, name string) {
	sign := " +"
	if value < 0 {
		sign, value = " -", -value
	}
	w.text("\n", sign)
	if value != 1 {
		w.text(" ")
		w.number(value)
	}
	w.text(" ", name)
}

// sharedTerms are the terms of some of the rows that units share, from the
// first on.
type sharedTerms struct {
	first int
	rows  [][]term
}

// gather adds the terms of a block.
func (t *sharedTerms) gather(b *block) {
	starts, entries := b.byColumn()
	for i, c := range b.columns {
		for _, e := range entries[starts[i]:starts[i+1]] {
			if n := int(-1-e.row) - t.first; e.row < 0 && n >= 0 && n < len(t.rows) {
				t.rows[n] = append(t.rows[n], term{c.name, e.value})
			}
		}
	}
}

// lpRows writes the rows of a block, counts the entries of those that units
// share, and returns how many entries there are.
func (w *writer) lpRows(b *block, counts []int) int {
	starts, entries := b.byColumn()
	rows := make([][]term, len(b.rows))
	for i, c := range b.columns {
		for _, e := range entries[starts[i]:starts[i+1]] {
			if e.row < 0 {
				counts[-1-e.row]++
			} else {
				rows[e.row] = append(rows[e.row], term{c.name, e.value})
			}
		}
	}
	for i, r := range b.rows {
		w.lpRow(r, rows[i])
	}
	return len(entries)
}

func (w *writer) lpRow(r row, terms []term) {
	w.text(" ", r.name, ":")
	if len(terms) == 0 {
		w.text(" 0 nothing")
	}
	for _, t := range terms {
		if t.value != 0 {
			w.term(t.value, t.name)
		}
	}
	w.text(map[sense]string{atMost: " <= ", atLeast: " >= ", equal: " = "}[r.sense])
	w.number(r.rhs)
	w.text("\n")
}

func (w *writer) lpBounds(columns []column) {
	for _, c := range columns {
		if !math.IsInf(c.upper, 1) {
			w.text(" 0 <= ", c.name, " <= ")
			w.number(c.upper)
			w.text("\n")
		}
	}
}

func (s Size) String() string {
	return fmt.Sprintf("%d columns (%d whole), %d rows, %d entries", s.Columns, s.Whole, s.Rows, s.Entries)
}
