package geopko

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
)

// base is what is known of one base in the year.
type base struct {
	site
	listed   formats.Place     // of its first list of contributors
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
			b = &base{site: row.site, listed: row.listed, strength: map[string]int{}, unsized: map[string]string{}}
			at[keyOf(row.site)] = b
			list = append(list, b)
		} else {
			r.Warn(row.at, "", "base %q lies where %q does (%s): taken as one base, each contributor with the larger of its strengths", row.location, b.location, b.at)
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
	return slices.DeleteFunc(list, func(b *base) bool { return b.total() == 0 })
}

// add enters the contributors of a row into a base.
func (r *reader) add(b *base, row strengthRow) {
	for _, c := range row.strength {
		k, known := countries[c.name]
		switch {
		case slices.Contains(noState, c.name):
			if c.persons > 0 {
				r.Warn(row.listed, "", "base %q (%s): %d persons of %q are left out: they belong to no one state", b.location, b.mission, c.persons, c.name)
			}
		case !known:
			r.Warn(row.listed, nearestCountry(c.name), "base %q (%s): %s are left out: the contributor %q is not known; correct its name in the file",
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
// none and of a base that is left without any strength.
func (r *reader) share(b *base) {
	for iso := range b.strength {
		delete(b.unsized, iso) // sized at the same base under another spelling
	}
	names := slices.Sorted(maps.Values(b.unsized))
	rest := b.infantry - b.total()
	switch {
	case len(names) > 0 && rest >= platoon*len(names):
		for i, iso := range slices.Sorted(maps.Keys(b.unsized)) {
			b.strength[iso] = (rest + i) / len(names) // whole persons that sum to rest
		}
		r.Warn(b.listed, "", "base %q (%s): no size is known of %s: the mean strength of infantry leaves them %d persons, which are shared equally",
			b.location, b.mission, strings.Join(names, ", "), rest)
	case b.total() == 0:
		r.Warn(b.listed, "", "base %q (%s) is left out: no size is known of %s",
			b.location, b.mission, cmp.Or(strings.Join(names, ", "), "any state's troops there"))
	case len(names) > 0:
		r.Warn(b.listed, "", "base %q (%s): no size is known of %s, left out", b.location, b.mission, strings.Join(names, ", "))
	}
}
