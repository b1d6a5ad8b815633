package geopko

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// specialTypes is the number of special types of troops.
const specialTypes = 7

// special is a special type of troops: the column that notes it.
type special struct {
	column string
	scenario.Capability
	// tonnes for a person: equipment and stores of a unit of its kind. Assumed;
	// the data has none.
	tonnes float64
}

// specials lists the special types as the data codes them, the type whose units
// are usually the smallest first: it takes the smallest unit of a base.
var specials = [specialTypes]special{
	{"med", capability("medical", "Medical troops", "support"), 3},
	{"sig", capability("signals", "Signals troops", "support"), 2},
	{"maint", capability("maintenance", "Maintenance troops", "support"), 4},
	{"riv", capability("riverine", "Riverine and maritime troops", "sea"), 4},
	{"av", capability("aviation", "Aviation troops", "air"), 4},
	{"trans", capability("transport", "Transport troops", "support"), 5},
	{"eng", capability("engineers", "Engineers", "support"), 5},
}

// Infantry, and troops that the data gives no type. Infantry can stand in for
// the latter. Tonnes for a person are assumed.
var (
	infantry = special{infantryColumn, capability("infantry", "Infantry", "land"), 2}
	troops   = special{"", func() scenario.Capability {
		c := capability("troops", "Troops of no recorded type", "land")
		c.Substitutes = map[string]float64{"infantry": 1}
		return c
	}(), 2}
)

func capability(id, name, domain string) scenario.Capability {
	return scenario.Capability{ID: id, Name: name, Domain: domain, Unit: "person"}
}

// kinds lists every type of troops in the order of a scenario.
func kinds() []special {
	return append([]special{infantry, troops}, specials[:]...)
}

func specialColumns() (columns []string) {
	for _, k := range specials {
		columns = append(columns, k.column)
	}
	return columns
}

// Sizes of units in persons. The data's own estimates are in steps of a platoon
// of 35, a company of 150 and a battalion of 650 (the commonest of its figures).
const (
	platoon     = 35
	company     = 150
	battalion   = 650
	largestUnit = 850 // the largest strength of a UN infantry battalion
	// A unit up to this size may be of a special type as a whole; of a larger one
	// a company is split off.
	largestSpecial = 200
)

// unit is a part of a contributor's strength at a base.
type unit struct {
	contributor string // ISO code
	kind        string // capability
	persons     int
}

// split divides a strength into battalions and a rest, none above largestUnit.
func split(persons int) (parts []int) {
	for persons > largestUnit {
		parts = append(parts, battalion)
		persons -= battalion
	}
	return append(parts, persons)
}

// units divides the strength of a base by contributor and type. The data has
// strengths by contributor, the mean strength of infantry, and which special
// types were there; it does not say which contributor gave which type. Each
// special type takes one unit of about a company, the smallest first, as long as
// that leaves the infantry its strength to half a unit. The rest is infantry if
// any was there, else of no recorded type.
func (b *base) units() []unit {
	var rest []unit
	for _, iso := range b.contributors() {
		for _, n := range split(b.strength[iso]) {
			rest = append(rest, unit{iso, "", n})
		}
	}
	var list []unit
	left := b.total() - b.infantry // persons that may be special
	for i, k := range specials {
		if b.seen[i] == 0 || len(rest) == 0 {
			continue
		}
		taken, others := takeSmallest(rest)
		if 2*left < taken.persons {
			break
		}
		taken.kind, rest = k.ID, others
		left -= taken.persons
		list = append(list, taken)
	}
	kind := troops.ID
	if b.infantry > 0 {
		kind = infantry.ID
	}
	for _, u := range rest {
		u.kind = kind
		list = append(list, u)
	}
	slices.SortStableFunc(list, func(x, y unit) int {
		return cmp.Or(cmp.Compare(x.contributor, y.contributor), y.persons-x.persons)
	})
	return list
}

// takeSmallest takes the smallest unit of a list, or a company of it if it is
// larger than a special unit is.
func takeSmallest(list []unit) (taken unit, others []unit) {
	i := 0
	for j, u := range list {
		if u.persons < list[i].persons {
			i = j
		}
	}
	taken, others = list[i], slices.Clone(list)
	if taken.persons <= largestSpecial {
		return taken, slices.Delete(others, i, i+1)
	}
	taken.persons = company
	others[i].persons -= company
	return taken, others
}
