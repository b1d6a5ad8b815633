package milp

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// objectiveName names the objective in files; rows get other names.
const objectiveName = "objective"

// WriteMPS writes the model in free-format MPS, which any solver reads: the
// same model gives the same bytes. Names are kept but for blanks, control
// characters and letters beyond ASCII, which become "_"; empty names become
// c0, c1 ... and r0, r1 ... by index, and of equal names the later ones get a
// number. Bounds are always written, for readers differ in what they assume.
func (m *Model) WriteMPS(w io.Writer) error {
	return m.writeMPS(w, m.fileNames(inMPS))
}

// WriteLP writes the model in the LP format of CPLEX, for people to read: the
// same model gives the same bytes. Names are kept but for what that format
// reads as something else, which becomes "_" (see WriteMPS). Rows without
// bounds are left out, and the offset is the cost of a column fixed at 1: CBC
// drops a constant.
func (m *Model) WriteLP(w io.Writer) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("write LP: %w", err)
	}
	b := bufio.NewWriter(w)
	l := lpWriter{w: b, names: m.fileNames(inLP)}
	l.objective(m)
	l.rows(m)
	l.bounds(m)
	l.integers(m)
	fmt.Fprintln(b, "End")
	return b.Flush()
}

type fileNames struct {
	columns, rows []string
	offset        string // of a column that stands for the offset
}

func (m *Model) writeMPS(w io.Writer, names fileNames) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("write MPS: %w", err)
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "NAME %s FREE\n", cleanName(orElse(m.Name, "model"), inMPS))
	m.mpsRows(b, names)
	m.mpsColumns(b, names)
	m.mpsSides(b, names)
	m.mpsBounds(b, names)
	fmt.Fprintln(b, "ENDATA")
	return b.Flush()
}

func (m *Model) mpsRows(b *bufio.Writer, names fileNames) {
	fmt.Fprintf(b, "ROWS\n N %s\n", objectiveName)
	for i := range m.Rows {
		fmt.Fprintf(b, " %c %s\n", m.Rows[i].sense(), names.rows[i])
	}
}

// sense is the MPS type of a row; ranges are written as L rows.
func (r *Row) sense() byte {
	switch {
	case r.Lower == r.Upper:
		return 'E'
	case !math.IsInf(r.Upper, 1):
		return 'L'
	case !math.IsInf(r.Lower, -1):
		return 'G'
	}
	return 'N'
}

func (m *Model) mpsColumns(b *bufio.Writer, names fileNames) {
	starts, rows, coefficients := m.byColumn()
	integer, markers := false, 0
	mark := func(to bool) {
		if integer == to {
			return
		}
		integer = to
		fmt.Fprintf(b, " marker%d 'MARKER' '%s'\n", markers, map[bool]string{true: "INTORG", false: "INTEND"}[to])
		markers++
	}
	fmt.Fprintln(b, "COLUMNS")
	for i := range m.Columns {
		mark(m.Columns[i].Integer)
		// The cost is written even if it is 0, so that each column is named.
		fmt.Fprintf(b, " %s %s %s\n", names.columns[i], objectiveName, number(m.Columns[i].Cost))
		for k := starts[i]; k < starts[i+1]; k++ {
			fmt.Fprintf(b, " %s %s %s\n", names.columns[i], names.rows[rows[k]], number(coefficients[k]))
		}
	}
	mark(false)
}

// byColumn is the matrix column by column: column i has the entries
// starts[i] to starts[i+1] of rows and coefficients, by increasing row.
func (m *Model) byColumn() (starts, rows []int32, coefficients []float64) {
	starts = make([]int32, len(m.Columns)+1)
	for i := range m.Rows {
		for _, t := range m.Rows[i].Terms {
			starts[t.Column+1]++
		}
	}
	for i := range m.Columns {
		starts[i+1] += starts[i]
	}
	rows = make([]int32, starts[len(m.Columns)])
	coefficients = make([]float64, len(rows))
	next := append([]int32(nil), starts...)
	for i := range m.Rows {
		for _, t := range m.Rows[i].Terms {
			rows[next[t.Column]], coefficients[next[t.Column]] = int32(i), t.Coefficient
			next[t.Column]++
		}
	}
	return starts, rows, coefficients
}

func (m *Model) mpsSides(b *bufio.Writer, names fileNames) {
	fmt.Fprintln(b, "RHS")
	if m.Offset != 0 { // by custom the right-hand side of the objective is minus its constant
		fmt.Fprintf(b, " RHS %s %s\n", objectiveName, number(-m.Offset))
	}
	ranges := false
	for i := range m.Rows {
		r := &m.Rows[i]
		side := r.Upper
		switch r.sense() {
		case 'N':
			continue
		case 'G':
			side = r.Lower
		case 'L':
			ranges = ranges || !math.IsInf(r.Lower, -1)
		}
		if side != 0 {
			fmt.Fprintf(b, " RHS %s %s\n", names.rows[i], number(side))
		}
	}
	if !ranges {
		return
	}
	fmt.Fprintln(b, "RANGES")
	for i := range m.Rows {
		if r := &m.Rows[i]; r.sense() == 'L' && !math.IsInf(r.Lower, -1) {
			fmt.Fprintf(b, " RANGE %s %s\n", names.rows[i], number(r.Upper-r.Lower))
		}
	}
}

func (m *Model) mpsBounds(b *bufio.Writer, names fileNames) {
	fmt.Fprintln(b, "BOUNDS")
	for i := range m.Columns {
		c, name := &m.Columns[i], names.columns[i]
		low, high := !math.IsInf(c.Lower, -1), !math.IsInf(c.Upper, 1)
		switch {
		case c.Lower == c.Upper:
			fmt.Fprintf(b, " FX BOUND %s %s\n", name, number(c.Lower))
			continue
		case !low && !high:
			fmt.Fprintf(b, " FR BOUND %s\n", name)
			continue
		case low:
			fmt.Fprintf(b, " LO BOUND %s %s\n", name, number(c.Lower))
		default:
			fmt.Fprintf(b, " MI BOUND %s\n", name)
		}
		if high {
			fmt.Fprintf(b, " UP BOUND %s %s\n", name, number(c.Upper))
		} else {
			fmt.Fprintf(b, " PL BOUND %s\n", name)
		}
	}
}

type lpWriter struct {
	w     *bufio.Writer
	names fileNames
}

func (l lpWriter) objective(m *Model) {
	if m.Name != "" {
		fmt.Fprintf(l.w, "\\ %s\n", cleanName(m.Name, inMPS))
	}
	fmt.Fprintf(l.w, "Minimize\n %s:", objectiveName)
	// Each column is named, though its cost be 0: some readers want a column
	// to appear before its bounds.
	for i := range m.Columns {
		l.term(i, m.Columns[i].Cost, l.names.columns[i])
	}
	if m.Offset != 0 {
		l.term(len(m.Columns), m.Offset, l.names.offset)
	}
	fmt.Fprintln(l.w)
}

// perLine keeps lines far below the 510 characters that some readers allow.
const perLine = 5

func (l lpWriter) term(k int, coefficient float64, name string) {
	if k > 0 && k%perLine == 0 {
		fmt.Fprint(l.w, "\n  ")
	}
	sign := " +"
	if math.Signbit(coefficient) {
		sign = " -"
	}
	fmt.Fprint(l.w, sign, " ", number(math.Abs(coefficient)), " ", name)
}

func (l lpWriter) rows(m *Model) {
	fmt.Fprintln(l.w, "Subject To")
	for i := range m.Rows {
		switch r := &m.Rows[i]; r.sense() {
		case 'E':
			l.row(m, i, l.names.rows[i], "=", r.Upper)
		case 'G':
			l.row(m, i, l.names.rows[i], ">=", r.Lower)
		case 'L':
			l.row(m, i, l.names.rows[i], "<=", r.Upper)
			if !math.IsInf(r.Lower, -1) { // two rows: not every reader takes a range
				l.row(m, i, l.names.rows[i]+".from", ">=", r.Lower)
			}
		}
	}
}

func (l lpWriter) row(m *Model, i int, name, sense string, side float64) {
	terms := m.Rows[i].Terms
	if len(terms) == 0 && len(m.Columns) > 0 { // a row must name a column
		terms = []Term{{Column: 0, Coefficient: 0}}
	}
	fmt.Fprintf(l.w, " %s:", name)
	for k, t := range terms {
		l.term(k, t.Coefficient, l.names.columns[t.Column])
	}
	fmt.Fprintf(l.w, " %s %s\n", sense, number(side))
}

func (l lpWriter) bounds(m *Model) {
	fmt.Fprintln(l.w, "Bounds")
	for i := range m.Columns {
		c, name := &m.Columns[i], l.names.columns[i]
		low, high := !math.IsInf(c.Lower, -1), !math.IsInf(c.Upper, 1)
		switch {
		case c.Lower == c.Upper:
			fmt.Fprintf(l.w, " %s = %s\n", name, number(c.Lower))
		case !low && !high:
			fmt.Fprintf(l.w, " %s free\n", name)
		case !high:
			fmt.Fprintf(l.w, " %s >= %s\n", name, number(c.Lower))
		case !low:
			fmt.Fprintf(l.w, " -inf <= %s <= %s\n", name, number(c.Upper))
		default:
			fmt.Fprintf(l.w, " %s <= %s <= %s\n", number(c.Lower), name, number(c.Upper))
		}
	}
	if m.Offset != 0 {
		fmt.Fprintf(l.w, " %s = 1\n", l.names.offset)
	}
}

func (l lpWriter) integers(m *Model) {
	if !m.HasIntegers() {
		return
	}
	fmt.Fprintln(l.w, "General")
	for i := range m.Columns {
		if m.Columns[i].Integer {
			fmt.Fprintf(l.w, " %s\n", l.names.columns[i])
		}
	}
}

// number is v with as many digits as it takes to read the same v again.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

type fileFormat int

const (
	inMPS fileFormat = iota
	inLP
)

func (m *Model) fileNames(format fileFormat) fileNames {
	columns, rows := newNamer(format, "c"), newNamer(format, "r")
	rows.taken[objectiveName] = true
	n := fileNames{columns: make([]string, len(m.Columns)), rows: make([]string, len(m.Rows))}
	for i := range m.Columns {
		n.columns[i] = columns.name(i, m.Columns[i].Name)
	}
	for i := range m.Rows {
		n.rows[i] = rows.name(i, m.Rows[i].Name)
	}
	n.offset = columns.name(len(m.Columns), "constant")
	return n
}

type namer struct {
	format fileFormat
	letter string
	taken  map[string]bool
}

func newNamer(format fileFormat, letter string) namer {
	return namer{format: format, letter: letter, taken: map[string]bool{}}
}

func (n namer) name(i int, wanted string) string {
	clean := n.letter + strconv.Itoa(i)
	if wanted != "" {
		clean = cleanName(wanted, n.format)
	}
	name := clean
	for again := 2; n.taken[name]; again++ {
		name = fmt.Sprintf("%s_%d", clean, again)
	}
	n.taken[name] = true
	return name
}

// longestName is what the strictest of the common readers takes, less room
// for what is appended here.
const longestName = 200

func cleanName(name string, format fileFormat) string {
	name = strings.Map(func(r rune) rune {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.'
		if letter || format == inMPS && r > ' ' && r < 127 {
			return r
		}
		return '_'
	}, name)
	if len(name) > longestName {
		name = name[:longestName]
	}
	if format == inLP && !plainInLP(name) {
		name = "_" + name
	}
	if format == inMPS && strings.ContainsRune("$*'", rune(name[0])) { // these start a comment or a marker
		name = "_" + name
	}
	return name
}

// plainInLP reports whether a name cannot be taken for a number or for a
// keyword.
func plainInLP(name string) bool {
	if name[0] == '.' || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	if rest := strings.TrimLeft(name[1:], "0123456789."); (name[0] == 'e' || name[0] == 'E') && rest == "" {
		return false // "3 e2" may be read as a number
	}
	switch strings.ToLower(name) {
	case "free", "inf", "infinity", "st", "s.t.", "subject", "such", "min", "max", "minimize", "maximize", "minimise", "maximise",
		"minimum", "maximum", "bound", "bounds", "general", "generals", "gen", "integer", "integers", "int", "binary", "binaries", "bin",
		"semi", "semis", "sos", "sin", "sec":
		return false
	}
	return true
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
