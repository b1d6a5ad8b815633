package orbat

import (
	"fmt"
	"strings"
)

// Kind is what a symbol says of a unit, as far as planning needs it.
type Kind struct {
	Capability string  // ID of the capability, such as infantry or air
	Name       string  // name for people
	Domain     string  // land, air, sea or support
	Echelon    string  // word for its size, empty if the symbol has none
	Size       float64 // strength in companies that its echelon stands for; 1 without one
}

// Read reads a symbol identification code: 20 or 30 digits (APP-6D and
// MIL-STD-2525D) or 15 letters (APP-6B and MIL-STD-2525C). Any other text is an
// error.
func Read(sidc string) (Kind, error) {
	switch {
	case (len(sidc) == 20 || len(sidc) == 30) && strings.Trim(sidc, "0123456789") == "":
		return digits(sidc), nil
	case len(sidc) == 15 && letterCode(sidc):
		return letters(strings.ToUpper(sidc)), nil
	}
	return Kind{}, fmt.Errorf("%q is no symbol identification code; it has 20 digits (APP-6D) or 15 letters (APP-6B)", sidc)
}

// letterCode reports whether a code may be one of letters: the scheme S, then
// letters, digits, hyphens and stars.
func letterCode(s string) bool {
	for _, c := range s {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-*", c) {
			return false
		}
	}
	return strings.ContainsAny(s[:1], "Ss")
}

// branch is a function with what it is called.
type branch struct{ code, capability, name, domain string }

// landUnits are entities of the symbol set 10 (land units), by the longest
// prefix of the entity that fits.
var landUnits = []branch{
	{"1211", "infantry", "Infantry", "land"}, {"1205", "armour", "Armour", "land"}, {"1206", "aviation", "Army aviation, rotary wing", "air"},
	{"1204", "anti-armour", "Anti-armour", "land"}, {"1208", "aviation", "Army aviation", "air"}, {"1213", "reconnaissance", "Reconnaissance", "land"},
	{"1217", "special-forces", "Special forces", "land"}, {"1218", "special-operations", "Special operations forces", "land"},
	{"1301", "air-defence", "Air defence", "land"}, {"1303", "artillery", "Field artillery", "land"}, {"1308", "mortar", "Mortar", "land"},
	{"1407", "engineer", "Engineers", "land"}, {"1412", "military-police", "Military police", "support"}, {"1401", "cbrn", "CBRN defence", "support"},
	{"11", "command", "Command and control", "support"}, {"12", "manoeuvre", "Manoeuvre", "land"}, {"13", "fires", "Fires", "land"},
	{"14", "protection", "Protection", "land"}, {"15", "intelligence", "Intelligence", "support"}, {"1613", "medical", "Medical", "support"},
	{"16", "sustainment", "Sustainment", "support"},
}

// sets are the symbol sets other than land units.
var sets = []branch{
	{"01", "air", "Air", "air"}, {"02", "air", "Air", "air"}, {"05", "space", "Space", "support"}, {"11", "civilian", "Civilian", "support"},
	{"15", "land-equipment", "Land equipment", "land"}, {"20", "installation", "Installation", "support"}, {"30", "surface", "Sea surface", "sea"},
	{"35", "submarine", "Submarine", "sea"}, {"36", "mine-warfare", "Mine warfare", "sea"}, {"40", "activity", "Activity", "support"},
}

// ships are entities of the symbol set 30 (sea surface).
var ships = []branch{
	{"120201", "battleship", "Battleship", "sea"}, {"120202", "cruiser", "Cruiser", "sea"}, {"120203", "destroyer", "Destroyer", "sea"},
	{"120204", "frigate", "Frigate", "sea"}, {"120205", "corvette", "Corvette", "sea"}, {"1201", "carrier", "Carrier", "sea"},
	{"1202", "combatant", "Surface combatant", "sea"}, {"1203", "amphibious", "Amphibious ship", "sea"}, {"1204", "mine-warfare", "Mine warfare", "sea"},
	{"1205", "patrol", "Patrol ship", "sea"}, {"1210", "naval-group", "Naval group", "sea"}, {"13", "auxiliary", "Auxiliary and merchant ship", "sea"},
	{"14", "auxiliary", "Auxiliary and merchant ship", "sea"},
}

// echelon is a size with the companies that stand for it, in the usual rule of
// three to four parts a whole.
type echelon struct {
	name string
	size float64
}

// echelons are by the two digits of APP-6D.
var echelons = map[string]echelon{
	"11": {"team", 0.05}, "12": {"squad", 0.1}, "13": {"section", 0.15}, "14": {"platoon", 0.3}, "15": {"company", 1}, "16": {"battalion", 4},
	"17": {"regiment", 10}, "18": {"brigade", 14}, "21": {"division", 45}, "22": {"corps", 140}, "23": {"army", 400}, "24": {"army group", 1200},
}

// digits reads a code of digits: version, context, identity (3-4), set (5-6),
// status, headquarters, echelon (9-10), entity (11-16).
func digits(sidc string) Kind {
	set, entity := sidc[4:6], sidc[10:16]
	kind := Kind{Capability: "unit", Name: "Unit of no stated function", Domain: "land", Size: 1}
	table := sets
	code := set
	switch set {
	case "10":
		table, code = landUnits, entity
	case "30":
		table, code = ships, entity
		kind = Kind{Capability: "surface", Name: "Sea surface", Domain: "sea", Size: 1}
	}
	kind.fill(table, code)
	if set == "10" {
		kind.sized(echelons[sidc[8:10]])
	}
	return kind
}

// fill takes the branch of the longest code that begins as given.
func (k *Kind) fill(table []branch, code string) {
	best := 0
	for _, b := range table {
		if len(b.code) > best && strings.HasPrefix(code, b.code) {
			best = len(b.code)
			k.Capability, k.Name, k.Domain = b.capability, b.name, b.domain
		}
	}
}

func (k *Kind) sized(e echelon) {
	if e.size > 0 {
		k.Echelon, k.Size = e.name, e.size
	}
}

// letterUnits are functions of ground units (fifth letter on) of APP-6B.
var letterUnits = []branch{
	{"UCI", "infantry", "Infantry", "land"}, {"UCA", "armour", "Armour", "land"}, {"UCAA", "anti-armour", "Anti-armour", "land"}, {"UCR", "reconnaissance", "Reconnaissance", "land"},
	{"UCF", "artillery", "Field artillery", "land"}, {"UCD", "air-defence", "Air defence", "land"}, {"UCE", "engineer", "Engineers", "land"},
	{"UCV", "aviation", "Army aviation", "air"}, {"UCM", "missile", "Missile", "land"}, {"UC", "manoeuvre", "Manoeuvre", "land"}, {"USM", "medical", "Medical", "support"}, {"US", "sustainment", "Sustainment", "support"},
	{"UU", "combat-support", "Combat support", "support"}, {"UUL", "military-police", "Military police", "support"}, {"UUA", "cbrn", "CBRN defence", "support"}, {"UH", "command", "Command and control", "support"},
	{"E", "land-equipment", "Land equipment", "land"}, {"I", "installation", "Installation", "support"},
}

// letterSets are battle dimensions (third letter) of APP-6B.
var letterSets = []branch{
	{"P", "space", "Space", "support"}, {"A", "air", "Air", "air"}, {"S", "surface", "Sea surface", "sea"}, {"U", "submarine", "Submarine", "sea"},
	{"F", "special-operations", "Special operations forces", "land"},
}

// letterEchelons are by the twelfth letter of APP-6B.
var letterEchelons = map[byte]string{'A': "11", 'B': "12", 'C': "13", 'D': "14", 'E': "15", 'F': "16", 'G': "17", 'H': "18", 'I': "21", 'J': "22", 'K': "23", 'L': "24"}

func letters(sidc string) Kind {
	kind := Kind{Capability: "unit", Name: "Unit of no stated function", Domain: "land", Size: 1}
	if sidc[2] == 'G' {
		kind.fill(letterUnits, sidc[4:10])
	} else {
		kind.fill(letterSets, sidc[2:3])
	}
	kind.sized(echelons[letterEchelons[sidc[11]]])
	return kind
}
