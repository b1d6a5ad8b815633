package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
)

// inventory is a type with so many units of each component.
type inventory struct {
	kind, name string
	units      map[string]int
	demanded   float64   // unit-days of both phases
	theirs     []float64 // fill of each of MARATHON's seeds, 0 to 1
	ours       []float64 // of each draw
}

var (
	fillColumns = []string{"AC-fill", "NG-fill", "RC-fill"}
	components  = []string{"AC", "NG", "RC"}
)

// readResults reads MARATHON's results, of one type or all: a row for each
// seed, type, inventory and phase.
func readResults(path, only string) ([]*inventory, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c := csv.NewReader(f)
	c.Comma = '\t'
	header, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, name := range slices.Concat([]string{"rep-seed", "SRC", "total-quantity"}, fillColumns, components) {
		if !slices.Contains(header, name) {
			return nil, fmt.Errorf("%s: the column %s is missing", path, name)
		}
	}
	t := tally{header: header, cases: map[string]*inventory{}, runs: map[string]*seedRun{}}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = t.add(row, only)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return t.list()
}

// seedRun is one run of MARATHON, both phases.
type seedRun struct {
	of             *inventory
	filled, demand float64
}

// tally adds up phases.
type tally struct {
	header []string
	cases  map[string]*inventory
	runs   map[string]*seedRun
	order  []*inventory
	seeds  []*seedRun
}

func (t *tally) add(row []string, only string) error {
	text := func(column string) string { return row[slices.Index(t.header, column)] }
	kind := text("SRC")
	if only != "" && kind != only {
		return nil
	}
	number := func(column string) (float64, error) { return strconv.ParseFloat(text(column), 64) }
	name, units := "", map[string]int{}
	for _, k := range components {
		n, err := strconv.Atoi(text(k))
		if err != nil {
			return err
		}
		units[k] = n
		name += fmt.Sprintf("%s=%d ", k, n)
	}
	name = name[:len(name)-1]
	c := t.cases[kind+name]
	if c == nil {
		c = &inventory{kind: kind, name: name, units: units}
		t.cases[kind+name] = c
		t.order = append(t.order, c)
	}
	key := kind + name + text("rep-seed")
	r := t.runs[key]
	if r == nil {
		r = &seedRun{of: c}
		t.runs[key] = r
		t.seeds = append(t.seeds, r)
	}
	for _, column := range fillColumns {
		n, err := number(column)
		if err != nil {
			return err
		}
		r.filled += n
	}
	n, err := number("total-quantity")
	r.demand += n
	return err
}

func (t *tally) list() ([]*inventory, error) {
	for _, r := range t.seeds {
		if r.of.demanded == 0 {
			r.of.demanded = r.demand
		}
		if r.demand != r.of.demanded || r.demand <= 0 {
			return nil, fmt.Errorf("%s %s: one seed has %g unit-days demanded, another %g", r.of.kind, r.of.name, r.of.demanded, r.demand)
		}
		r.of.theirs = append(r.of.theirs, r.filled/r.demand)
	}
	if len(t.order) == 0 {
		return nil, errors.New("no result of this type")
	}
	return t.order, nil
}
