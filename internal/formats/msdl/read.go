// Package msdl reads and writes MSDL, the Military Scenario Definition Language
// (SISO-STD-007-2008): forces, units with symbol, relations and location.
// docs/formats/msdl.md says what is carried and lost.
package msdl

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/orbat"
	"github.com/rearguard/rearguard/scenario"
)

// Read makes a scenario of a file in memory; name is for messages. The problems
// are warnings: what was left out or mended. The error is a *[formats.Invalid]
// with every problem, each with line, column and a path in the manner of XPath.
// A document type, and with it any entity, is refused.
func Read(name string, data []byte) (*scenario.Scenario, []formats.Problem, error) {
	r := reader{file: name, owners: map[string]*element{}, units: map[string]*element{}}
	top, err := parse(name, data)
	if err != nil {
		return nil, nil, err
	}
	r.scenario(top)
	if r.Failed() {
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	s, left := r.forces.Scenario()
	for _, u := range left {
		r.warn(r.units[u.ID], "left out: unit %q has no place, and neither has any unit above or below it or of its force", u.Name)
	}
	if len(s.Units) == 0 {
		r.fail(top, "no unit has a place, so that there is nothing to plan with")
		return nil, nil, &formats.Invalid{Problems: r.List}
	}
	return s, r.List, nil
}

// reader collects forces and problems.
type reader struct {
	formats.Problems
	file   string
	forces orbat.Forces
	owners map[string]*element
	units  map[string]*element
}

// place is where an element is, and its path.
func (r *reader) place(e *element) (formats.Place, string) {
	return formats.Place{File: r.file, Line: int(e.line), Column: int(e.column)}, e.path() + ": "
}

func (r *reader) warn(e *element, format string, args ...any) {
	at, path := r.place(e)
	r.Warn(at, "", "%s%s", path, fmt.Sprintf(format, args...))
}

func (r *reader) fail(e *element, format string, args ...any) {
	at, path := r.place(e)
	r.Fail(at, "", "%s%s", path, fmt.Sprintf(format, args...))
}

func (r *reader) scenario(top *element) {
	if top.name != "MilitaryScenario" {
		r.fail(top, "the root of an MSDL file is MilitaryScenario")
		return
	}
	r.forces.Name = top.find("ScenarioID", "name").value()
	if r.forces.Name == "" {
		r.forces.Name = "MSDL scenario"
	}
	r.forces.Source = "MSDL file"
	if version := top.find("Options", "MSDLVersion").value(); version != "" {
		r.forces.Source += ", version " + version
	}
	r.forces.Note = top.find("ScenarioID", "description").value()
	r.start(top)
	r.sides(top)
	units := top.find("Organizations", "Units").all("Unit")
	for _, e := range units {
		r.identify(e, r.units)
	}
	for _, e := range units {
		r.unit(e)
	}
	r.inherit()
	if equipment := top.find("Organizations", "Equipment").all("EquipmentItem"); len(equipment) > 0 {
		r.warn(equipment[0], "equipment is left out, %d in all; a plan moves units", len(equipment))
	}
}

// start is day 0: the date of the scenario's time, as the file writes it.
func (r *reader) start(top *element) {
	e := top.find("Environment", "ScenarioTime")
	text := e.value()
	if text == "" {
		r.fail(top, "Environment/ScenarioTime is missing; day 0 is its date")
		return
	}
	if len(text) >= len(time.DateOnly) {
		if day, err := scenario.ParseDate(text[:len(time.DateOnly)]); err == nil && day != 0 {
			r.forces.Start = day
			return
		}
	}
	r.fail(e, "%q is no time; it is ISO 8601 text such as 2025-07-09T11:11:00Z", text)
}

// identify notes the handle of a record, which must be there once.
func (r *reader) identify(e *element, known map[string]*element) string {
	handle := e.find("ObjectHandle").value()
	switch first, twice := known[handle]; {
	case handle == "":
		r.fail(e, "the ObjectHandle is missing")
	case twice:
		r.fail(e.find("ObjectHandle"), "the handle %q is there twice, first at %s", handle, first.path())
	default:
		known[handle] = e
	}
	return handle
}

func (r *reader) sides(top *element) {
	sides := top.find("ForceSides").all("ForceSide")
	names := map[string]string{}
	for _, e := range sides {
		names[r.identify(e, r.owners)] = e.find("ForceSideName").value()
	}
	for _, e := range sides {
		handle, above := e.find("ObjectHandle").value(), e.find("AllegianceHandle")
		o := orbat.Owner{ID: handle, Name: names[handle], Note: "a side of the file"}
		if a := above.value(); a != "" && a != handle {
			if _, known := r.owners[a]; !known {
				r.warn(above, "the side %q owes allegiance to %q, which the file does not have", o.Name, a)
			}
			o.Note = "a force of side " + quoteOr(names[a], a)
		}
		var relations []string
		for _, x := range e.find("Associations").all("Association") {
			other := x.find("AffiliateHandle").value()
			stance := x.find("Relationship").value()
			relations = append(relations, quoteOr(names[other], other)+" "+cmp.Or(stances[stance], stance))
		}
		if relations != nil {
			o.Note += "; regards as: " + strings.Join(relations, ", ")
		}
		r.forces.Owners = append(r.forces.Owners, o)
	}
}

// stances are the codes of MSDL for how one side regards another.
var stances = map[string]string{
	"HO": "hostile", "FR": "friend", "NE": "neutral", "SUS": "suspect", "AFR": "assumed friend", "AHO": "assumed hostile",
	"ANT": "assumed neutral", "IV": "involved", "AIV": "assumed involved", "UNK": "unknown",
}

func quoteOr(name, id string) string {
	if name == "" {
		return id
	}
	return strconv.Quote(name)
}

func (r *reader) unit(e *element) {
	u := orbat.Unit{ID: e.find("ObjectHandle").value(), Name: e.find("Name").value(), Symbol: e.find("SymbolIdentifier").value()}
	if r.units[u.ID] != e {
		return // without a handle of its own, which is said
	}
	if _, err := orbat.Read(u.Symbol); err != nil {
		at := e.find("SymbolIdentifier")
		if at == nil {
			at = e
		}
		r.fail(at, "unit %q: %s", u.Name, err)
	} else if echelon := e.find("UnitSymbolModifiers", "Echelon").value(); echelon != "" {
		u.Symbol = withEchelon(u.Symbol, echelon)
	}
	u.At = r.location(e.find("Disposition", "Location"))
	relation := e.find("Relations", "ForceRelation", "ForceRelationData")
	side, superior := relation.find("ForceSideHandle"), relation.find("CommandRelation", "CommandingSuperiorHandle")
	switch {
	case side != nil:
		u.Owner = side.value()
		if _, known := r.owners[u.Owner]; !known {
			r.fail(side, "unit %q is of side %q, which the file does not have", u.Name, u.Owner)
		}
	case superior != nil:
		u.Superior = superior.value()
		if _, known := r.units[u.Superior]; !known {
			r.fail(superior, "unit %q is under %q, which the file does not have", u.Name, u.Superior)
		}
		if kind := relation.find("CommandRelation", "CommandRelationshipType").value(); kind != "" {
			u.Note = strings.ToLower(kind)
		}
	default:
		r.fail(e, "unit %q has no ForceRelation, neither to a side nor to a superior", u.Name)
	}
	r.forces.Units = append(r.forces.Units, u)
}

// inherit gives each unit the side of the unit at the top of its chain.
func (r *reader) inherit() {
	index := map[string]*orbat.Unit{}
	for i := range r.forces.Units {
		index[r.forces.Units[i].ID] = &r.forces.Units[i]
	}
	for i := range r.forces.Units {
		u := &r.forces.Units[i]
		up, steps := u, 0
		for ; up != nil && up.Superior != "" && steps <= len(index); steps++ {
			up = index[up.Superior]
		}
		switch {
		case steps > len(index):
			r.fail(r.units[u.ID], "unit %q is under itself, by its superiors", u.Name)
		case up != nil:
			u.Owner = up.Owner
		}
	}
}

// location is a place in degrees; nil if there is none, which is said where the
// file has one that is not read.
func (r *reader) location(e *element) *orbat.Point {
	if e == nil {
		return nil
	}
	data := e.find("CoordinateData")
	if gdc := data.find("GDC"); gdc != nil {
		lat, ok := r.number(gdc, "Latitude", 90)
		lon, also := r.number(gdc, "Longitude", 180)
		if ok && also {
			return &orbat.Point{Lat: lat, Lon: lon}
		}
		return nil
	}
	if gcc := data.find("GCC"); gcc != nil {
		x, ok := r.number(gcc, "X", 1e7)
		y, also := r.number(gcc, "Y", 1e7)
		z, too := r.number(gcc, "Z", 1e7)
		if ok && also && too {
			return geodetic(x, y, z)
		}
		return nil
	}
	choice := e.find("CoordinateChoice").value()
	r.warn(e, "the location is left out: %q is not read; GDC (degrees) and GCC (geocentric metres) are", choice)
	return nil
}

// number is a number within plus or minus most.
func (r *reader) number(parent *element, name string, most float64) (float64, bool) {
	e := parent.find(name)
	if e == nil {
		r.fail(parent, "%s is missing", name)
		return 0, false
	}
	x, err := strconv.ParseFloat(e.value(), 64)
	if err != nil || !(x >= -most && x <= most) {
		r.fail(e, "%q is no number from %g to %g", e.value(), -most, most)
		return 0, false
	}
	return x, true
}

// geodetic turns geocentric metres on WGS 84 into degrees, to 1e-7, by Bowring's
// method (Survey Review 23, 1976).
func geodetic(x, y, z float64) *orbat.Point {
	const a, f = 6378137.0, 1 / 298.257223563
	const b = a * (1 - f)
	const e2, second = f * (2 - f), (a*a - b*b) / (b * b)
	p := math.Hypot(x, y)
	theta := math.Atan2(z*a, p*b)
	lat := math.Atan2(z+second*b*math.Pow(math.Sin(theta), 3), p-e2*a*math.Pow(math.Cos(theta), 3))
	round := func(radians float64) float64 { return math.Round(radians*180/math.Pi*1e7) / 1e7 }
	return &orbat.Point{Lat: round(lat), Lon: round(math.Atan2(y, x))}
}

// echelons are MSDL's words with the twelfth letter of a symbol code.
var echelons = map[string]byte{
	"TEAM": 'A', "CREW": 'A', "SQUAD": 'B', "SECTION": 'C', "PLATOON": 'D', "DETACHMENT": 'D', "COMPANY": 'E', "BATTERY": 'E', "TROOP": 'E',
	"BATTALION": 'F', "SQUADRON": 'F', "REGIMENT": 'G', "GROUP": 'G', "BRIGADE": 'H', "DIVISION": 'I', "CORPS": 'J', "ARMY": 'K', "ARMYGROUP": 'L',
}

// withEchelon is a symbol of letters with the echelon that the file gives beside
// it, which wins over the symbol's own.
func withEchelon(symbol, echelon string) string {
	letter, known := echelons[strings.NewReplacer("_", "", " ", "").Replace(strings.ToUpper(echelon))]
	if !known || len(symbol) != 15 {
		return symbol
	}
	return symbol[:11] + string(letter) + symbol[12:]
}
