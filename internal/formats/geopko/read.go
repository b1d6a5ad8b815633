package geopko

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/table"
)

// Bounds of what a file may hold; beyond them it is no such file.
const (
	maxStrength = 100_000 // persons of one contributor at one base
	firstYear   = 1948    // of UN peacekeeping
	lastYear    = 2100
)

// site is a base in a year.
type site struct {
	at                formats.Place
	mission, location string
	year              int
	lat, lon          float64
}

// strengthRow is a row of a TCCMap file: the largest strength of each
// contributor at a base during a year.
type strengthRow struct {
	site
	listed   formats.Place // of the list of contributors
	strength []listed
}

// listed is a contributor by the data's name; persons is 0 if its size is
// unknown.
type listed struct {
	name    string
	persons int
}

// typeRow is a row of a TTMap file: infantry is the mean strength over the
// year's observations of a base, seen the number of observations that note each
// special type of troops.
type typeRow struct {
	site
	infantry int
	seen     [specialTypes]int
}

// input is a file in memory.
type input struct {
	name   string
	data   []byte
	folder bool // found in a folder rather than named
}

// reader collects rows and problems.
type reader struct {
	table.Problems
	strengths []strengthRow
	types     []typeRow
}

// open loads files, and the .csv files of folders in the order of their names.
func (r *reader) open(paths []string) (inputs []input) {
	if len(paths) == 0 {
		r.Fail(options, "", "no file is given; name the TCCMap and TTMap files of the data set, or their folder")
	}
	for _, path := range paths {
		files := []string{path}
		info, err := os.Stat(path)
		folder := err == nil && info.IsDir()
		if folder {
			if files, err = filepath.Glob(filepath.Join(path, "*.csv")); err != nil || len(files) == 0 {
				r.Fail(formats.Place{File: path}, "", "the folder holds no .csv file; it should hold the TCCMap and TTMap files of the data set")
			}
		}
		for _, name := range files {
			if data := r.Load(name); data != nil {
				inputs = append(inputs, input{name, data, folder})
			}
		}
	}
	return inputs
}

// siteColumns are in both kinds of file.
var siteColumns = []string{"mission", "year", "location", "latitude", "longitude"}

// Columns that tell the kinds apart.
const (
	strengthColumn = "year.overview"
	infantryColumn = "Infantry"
)

// read reads a file of either kind.
func (r *reader) read(f input) {
	one := r.typeRow
	form := table.Form{Strict: true, Ignored: []string{"No.TCC"}, Wanted: func(header table.Header) ([]string, bool) {
		switch {
		case header.Has(strengthColumn):
			one = r.strengthRow
			return append(slices.Clone(siteColumns), strengthColumn), true
		case header.Has(infantryColumn):
			return append(append(slices.Clone(siteColumns), infantryColumn), specialColumns()...), true
		case f.folder:
			r.Warn(header.Top(), "", "left out: it has neither the column %s of a TCCMap file nor %s of a TTMap file", strengthColumn, infantryColumn)
		default:
			r.Fail(header.Top(), "", "the column %s is missing (of a TCCMap file, or %s of a TTMap file); name files of the Geo-PKO data set by year%s",
				strengthColumn, infantryColumn, ifAny("; its name may be ", header.Nearest(strengthColumn)))
		}
		return nil, false
	}}
	r.CSV(f.name, bytes.NewReader(f.data), form, func(w *table.Row) { one(w) })
}

func ifAny(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// whole is a whole number from least to most. NA, as R writes what is not
// known, is none where 0 is allowed.
func whole(w *table.Row, column string, least, most int) int {
	if s := w.Text(column); least == 0 && (s == "NA" || s == "") {
		return 0
	}
	return w.Whole(column, least, most)
}

// degrees is a coordinate within plus or minus most.
func degrees(w *table.Row, column string, most float64) float64 {
	return w.Number(column, -most, most, "write degrees, such as -4.25")
}

func siteOf(w *table.Row) site {
	return site{
		at: w.At("mission"), mission: w.Name("mission"), location: w.Name("location"),
		year: whole(w, "year", firstYear, lastYear),
		lat:  degrees(w, "latitude", 90), lon: degrees(w, "longitude", 180),
	}
}

func (r *reader) typeRow(w *table.Row) {
	row := typeRow{site: siteOf(w), infantry: whole(w, infantryColumn, 0, maxStrength)}
	for i, k := range specials {
		row.seen[i] = whole(w, k.column, 0, maxStrength)
	}
	r.types = append(r.types, row)
}

func (r *reader) strengthRow(w *table.Row) {
	row := strengthRow{site: siteOf(w), listed: w.At(strengthColumn)}
	text := w.Name(strengthColumn)
	for rest := text; rest != ""; {
		m := listedEntry.FindStringSubmatch(rest)
		if m == nil {
			w.Fail(row.listed, "", "%s: cannot read %q; write Country (persons) or Country (size unknown), with commas between", strengthColumn, rest)
			break
		}
		rest = rest[len(m[0]):]
		entry := listed{name: m[1]}
		if m[2] != unsized {
			n, err := strconv.Atoi(m[2])
			if err != nil || n > maxStrength {
				w.Fail(row.listed, "", "%s: the strength %s of %s is above %d persons", strengthColumn, m[2], m[1], maxStrength)
			}
			entry.persons = n
		}
		row.strength = append(row.strength, entry)
	}
	r.strengths = append(r.strengths, row)
}

const unsized = "size unknown"

// listedEntry is one contributor with its strength. A name may hold brackets:
// Korea (ROK) (150).
var listedEntry = regexp.MustCompile(`^(\S.*?) \((\d+|` + unsized + `)\)(?:, *|$)`)
