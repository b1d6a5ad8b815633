// Package orbat makes a scenario of an order of battle: forces with their units,
// symbols and places, as ORBAT Mapper and MSDL files hold them.
//
// An order of battle says who there is and where. What a plan needs besides
// (posts, lift, notice, promises) is not in it and is not made up: the scenario
// holds what the file says, marks in its notes what was derived and how, and
// leaves the rest to the planner.
package orbat

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Forces are what a file holds, in its order.
type Forces struct {
	Name, Source, Note string
	Start              scenario.Date
	Days               int // 0 takes a year
	Owners             []Owner
	Units              []Unit
}

// Owner is a side, force or group that units belong to.
type Owner struct{ ID, Name, Note string }

// Unit is a unit of an order of battle.
type Unit struct {
	ID, Name, Symbol string
	Owner            string // an ID of Owners
	Superior         string // an ID of Units, empty at the top
	At               *Point // nil where the file has none
	Persons          float64
	Note             string
}

// Point is a place in degrees.
type Point struct{ Lat, Lon float64 }

const yearDays = 365

// Marks of what was derived, in the notes of the records.
const (
	kindNote = "derived from the symbol's function"
	homeNote = "where the order of battle has units; taken as their home"
)

// Scenario makes a scenario: a capability for each function of the symbols, a
// place for each point, a contributor for each owner that has units. A unit
// without one takes that of a unit near it (see home), and its note says so. Those
// whose owner has no place at all are left, in the order of the file.
func (f *Forces) Scenario() (s *scenario.Scenario, left []Unit) {
	b := builder{units: map[string]*Unit{}, superior: map[string]bool{}, below: map[string]*Unit{}, first: map[string]*Unit{}, places: map[Point]string{}, ids: map[string]bool{}, owners: map[string]bool{}, kinds: map[string]Kind{}}
	for i := range f.Units {
		b.units[f.Units[i].ID] = &f.Units[i]
	}
	b.index(f.Units)
	b.s = &scenario.Scenario{
		Name: f.Name, Source: f.Source, Calendar: scenario.Calendar{Start: f.Start, Days: cmp.Or(f.Days, yearDays)},
		Areas: []scenario.Area{{ID: homes, Name: "Home stations", Note: "the order of battle has no areas; divide it into yours"}},
		Note: strings.TrimPrefix(f.Note+"; an order of battle: posts, lift, notice, rest and promises are for the planner to add; "+
			"a quantity is the companies that a unit's echelon stands for, a ship, aircraft or unit without an echelon is 1", "; "),
	}
	for i := range f.Units {
		u := &f.Units[i]
		if at, from := b.home(u); at != nil {
			b.unit(u, *at, from)
		} else {
			left = append(left, *u)
		}
	}
	for _, o := range f.Owners {
		if b.owners[o.ID] {
			b.s.Contributors = append(b.s.Contributors, scenario.Contributor{ID: o.ID, Name: o.Name, Note: o.Note})
		}
	}
	names := make([]string, 0, len(b.kinds))
	for id := range b.kinds {
		names = append(names, id)
	}
	slices.Sort(names)
	for _, id := range names {
		k := b.kinds[id]
		b.s.Capabilities = append(b.s.Capabilities, scenario.Capability{ID: id, Name: k.Name, Domain: k.Domain, Note: kindNote})
	}
	return b.s, left
}

const homes = "homes"

type builder struct {
	s        *scenario.Scenario
	units    map[string]*Unit
	superior map[string]bool  // IDs of units that have others below them
	below    map[string]*Unit // unit ID to the first with a place below it
	first    map[string]*Unit // owner ID to its first unit with a place
	places   map[Point]string
	ids      map[string]bool // of places
	owners   map[string]bool // that have a unit
	kinds    map[string]Kind
}

// home is where a unit is: by itself, by the nearest superior with a place, by
// the first unit below it, or else by the first unit of its owner, in the order
// of the file; from is the unit whose place it is.
func (b *builder) home(u *Unit) (at *Point, from *Unit) {
	for up, steps := u, 0; up != nil && steps <= len(b.units); up, steps = b.units[up.Superior], steps+1 {
		if up.At != nil {
			return up.At, up
		}
	}
	if from = b.below[u.ID]; from == nil {
		from = b.first[u.Owner]
	}
	if from == nil {
		return nil, nil
	}
	return from.At, from
}

// index notes, for units that have no place, whose they can take.
func (b *builder) index(units []Unit) {
	for i := range units {
		u := &units[i]
		b.superior[u.Superior] = true
		if u.At == nil {
			continue
		}
		if b.first[u.Owner] == nil {
			b.first[u.Owner] = u
		}
		for up, steps := b.units[u.Superior], 0; up != nil && b.below[up.ID] == nil && steps <= len(b.units); up, steps = b.units[up.Superior], steps+1 {
			b.below[up.ID] = u
		}
	}
}

func (b *builder) unit(u *Unit, at Point, from *Unit) {
	kind, err := Read(u.Symbol)
	if err != nil {
		kind = Kind{Capability: "unit", Name: "Unit of no stated function", Domain: "land", Size: 1}
	}
	headquarters := b.superior[u.ID] && (kind.Domain != "sea" || kind.Capability == "naval-group")
	if headquarters {
		kind = Kind{Capability: "headquarters", Name: "Headquarters", Domain: "support", Echelon: kind.Echelon, Size: 1}
	}
	b.kinds[kind.Capability] = kind
	b.owners[u.Owner] = true
	var notes []string
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if up := b.units[u.Superior]; up != nil {
		add("subordinate to %s (%s)", cmp.Or(up.Name, up.ID), up.ID)
	}
	if headquarters {
		add("has units below it, which count themselves; provides its headquarters only")
	}
	if kind.Echelon != "" {
		add("%s by its symbol", kind.Echelon)
	}
	if from != u {
		add("has no place in the file: home is assumed to be that of %s (%s)", cmp.Or(from.Name, from.ID), from.ID)
	}
	if u.Note != "" {
		add("%s", u.Note)
	}
	b.s.Units = append(b.s.Units, scenario.Unit{
		ID: u.ID, Name: u.Name, Contributor: u.Owner, Home: b.place(at, from), Symbol: u.Symbol, Persons: scenario.Exactly(u.Persons),
		Provides: map[string]scenario.Quantity{kind.Capability: scenario.Exactly(kind.Size)}, Note: strings.Join(notes, "; "),
	})
}

// place returns the ID of the place at a point, and makes it if there is none.
// It is named after the first unit there.
func (b *builder) place(at Point, first *Unit) string {
	if id, ok := b.places[at]; ok {
		return id
	}
	id := "at-" + first.ID
	for n := 2; b.ids[id]; n++ {
		id = fmt.Sprintf("at-%s-%d", first.ID, n)
	}
	b.places[at], b.ids[id] = id, true
	b.s.Places = append(b.s.Places, scenario.Place{
		ID: id, Name: "Place of " + cmp.Or(first.Name, first.ID), Lat: at.Lat, Lon: at.Lon, Area: homes, Note: homeNote,
	})
	return id
}
