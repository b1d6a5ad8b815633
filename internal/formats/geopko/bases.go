package geopko

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// base is what is known of one base in the year.
type base struct {
	site
	strength map[string]int    // ISO code of a contributor to persons
	unsized  map[string]string // ISO code to name of those there without a size
	infantry int
	seen     [specialTypes]int
}

func (b *base) contributors() []string { return slices.Sorted(maps.Keys(b.strength)) }

func (b *base) total() (persons int) {
	for _, n := range b.strength {
		persons += n
	}
	return persons
}

// pointKey tells bases apart: a mission and a point to about 100 m. The data
// lists a base that was spelt in two ways within a year twice, at one point.
type pointKey struct {
	mission  string
	lat, lon int
}

func keyOf(s site) pointKey {
	return pointKey{s.mission, int(math.Round(s.lat * 1000)), int(math.Round(s.lon * 1000))}
}

// bases gathers the sized bases of a year in the order of the files, and warns
// of all that is left out.
func (r *reader) bases(year int) []*base {
	var list []*base
	at := map[pointKey]*base{}
	for _, row := range r.strengths {
		if row.year != year {
			continue
		}
		b, known := at[keyOf(row.site)]
		if !known {
			b = &base{site: row.site, strength: map[string]int{}, unsized: map[string]string{}}
			at[keyOf(row.site)] = b
			list = append(list, b)
		} else {
			r.warning(row.at, "", "base %q lies where %q does (%s): taken as one base, each contributor with the larger of its strengths", row.location, b.location, b.at)
		}
		r.add(b, row)
	}
	for _, row := range r.types {
		if b := at[keyOf(row.site)]; b != nil && row.year == year {
			b.infantry = max(b.infantry, row.infantry)
			for i, n := range row.seen {
				b.seen[i] = max(b.seen[i], n)
			}
		}
	}
	for _, b := range list {
		r.share(b)
	}
	return slices.DeleteFunc(list, func(b *base) bool {
		if b.total() == 0 {
			r.warning(b.at, "", "base %q (%s) is left out: no contributor there has a size", b.location, b.mission)
		}
		return b.total() == 0
	})
}

// add enters the contributors of a row into a base.
func (r *reader) add(b *base, row strengthRow) {
	for _, c := range row.strength {
		k, known := countries[c.name]
		switch {
		case slices.Contains(noState, c.name):
			if c.persons > 0 {
				r.warning(row.listed, "", "base %q (%s): %d persons of %q are left out: they belong to no one state", b.location, b.mission, c.persons, c.name)
			}
		case !known:
			r.warning(row.listed, nearestCountry(c.name), "base %q (%s): %s are left out: the contributor %q is not known; correct its name in the file",
				b.location, b.mission, strengthText(c.persons), c.name)
		case c.persons == 0:
			b.unsized[k.iso] = c.name
		default:
			b.strength[k.iso] = max(b.strength[k.iso], c.persons)
		}
	}
}

func strengthText(persons int) string {
	if persons == 0 {
		return "troops of unknown size"
	}
	return fmt.Sprintf("%d persons", persons)
}

// share gives the infantry beyond the known strengths of a base to the
// contributors there without a size, in equal parts, and warns of those that get
// none.
func (r *reader) share(b *base) {
	for iso := range b.strength {
		delete(b.unsized, iso) // sized at the same base under another spelling
	}
	if len(b.unsized) == 0 {
		return
	}
	isos := slices.Sorted(maps.Keys(b.unsized))
	names := make([]string, len(isos))
	for i, iso := range isos {
		names[i] = b.unsized[iso]
	}
	rest := b.infantry - b.total()
	if rest < platoon*len(isos) {
		r.warning(b.at, "", "base %q (%s): %s left out: no size is known", b.location, b.mission, strings.Join(names, ", "))
		return
	}
	for i, iso := range isos {
		b.strength[iso] = rest / len(isos)
		if i < rest%len(isos) {
			b.strength[iso]++
		}
	}
	r.warning(b.at, "", "base %q (%s): no size is known of %s: %d persons of infantry beyond the known strengths are shared equally",
		b.location, b.mission, strings.Join(names, ", "), rest)
}
