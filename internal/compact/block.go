package compact

import (
	"math"
	"strconv"
)

// block is a part of the program: the columns and rows of one unit, or what
// the units share. All columns have the lower bound 0.
type block struct {
	columns []column
	rows    []row
	entries []entry
}

type column struct {
	name  string
	cost  float64
	upper float64 // +Inf for none
	whole bool
	count bool // whole in any solution in which the whole ones are
}

type row struct {
	name  string
	sense sense
	rhs   float64
}

type sense byte

const (
	atMost  sense = 'L'
	atLeast sense = 'G'
	equal   sense = 'E'
)

// entry is a coefficient. A row below 0 is one that units share: -1 is the
// first of them.
type entry struct {
	row, column int32
	value       float64
}

const absent int32 = -1

func (b *block) column(name string, cost, upper float64, whole bool) int32 {
	b.columns = append(b.columns, column{name: name, cost: cost, upper: upper, whole: whole})
	return int32(len(b.columns) - 1)
}

func (b *block) row(name string, s sense, rhs float64) int32 {
	b.rows = append(b.rows, row{name, s, rhs})
	return int32(len(b.rows) - 1)
}

// add adds a coefficient, unless the column is absent.
func (b *block) add(row, column int32, value float64) {
	if column != absent && value != 0 {
		b.entries = append(b.entries, entry{row, column, value})
	}
}

// addAll adds the same coefficient for several columns.
func (b *block) addAll(row int32, columns []int32, value float64) {
	for _, k := range columns {
		b.add(row, k, value)
	}
}

// share adds a coefficient to a row that units share.
func (b *block) share(shared int, column int32, value float64) {
	b.add(int32(-1-shared), column, value)
}

// state makes a column for each day of [from, until), named for a unit's state: whether,
// or how often, something is so on that day.
func (b *block) state(kind, unit string, from, until, days int, upper float64) []int32 {
	columns := b.amount(kind, unit, from, until, days, upper)
	for _, k := range columns {
		if k != absent {
			b.columns[k].count = true
		}
	}
	return columns
}

// amount makes such columns for what may have any value.
func (b *block) amount(kind, unit string, from, until, days int, upper float64) []int32 {
	columns := none(days + 1)
	for d := max(0, from); d < until; d++ {
		columns[d] = b.column(join(kind, unit, strconv.Itoa(d)), 0, upper, false)
	}
	return columns
}

// none is a table of absent columns.
func none(n int) []int32 {
	columns := make([]int32, n)
	for i := range columns {
		columns[i] = absent
	}
	return columns
}

// day is the column of a day, absent outside the table.
func day(columns []int32, d int) int32 {
	if d < 0 || d >= len(columns) {
		return absent
	}
	return columns[d]
}

// join makes a name of its parts.
func join(kind string, parts ...string) string {
	n := len(kind)
	for _, p := range parts {
		n += 1 + len(p)
	}
	name := make([]byte, 0, n)
	name = append(name, kind...)
	for _, p := range parts {
		name = append(name, '.')
		name = append(name, p...)
	}
	return string(name)
}

var unlimited = math.Inf(1)

// namer makes names that every reader takes out of ids, each once.
type namer map[string]bool

func (n namer) name(id string) string {
	clean := make([]byte, 0, len(id))
	for _, r := range id {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			clean = append(clean, byte(r))
		default:
			clean = append(clean, '_')
		}
	}
	const longest = 40
	base := string(clean[:min(len(clean), longest)])
	name := base
	for k := 2; n[name]; k++ {
		name = base + "_" + strconv.Itoa(k)
	}
	n[name] = true
	return name
}
