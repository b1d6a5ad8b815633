package geopko

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/rearguard/rearguard/scenario"
)

// What the data does not say. All of it is assumed, and the scenario says so.
const (
	// floorShare is the part of a base's strength below which it counts as
	// exposed; the whole of it is the target. It is below one because the data's
	// strengths are the year's largest, and so that a battalion of four companies
	// may miss one.
	floorShare = 0.75
	// reliefShare is the number of like units that a contributor keeps at home
	// for each one deployed. With dwell that carries the rotation: a unit is 350
	// days at a post, 15 under way and in handover, 5 on the way home and dwell x
	// 365 at rest, so that a place held for good takes 0.58 of a second unit; the
	// rest is a reserve.
	reliefShare = 0.75
	dwell       = 0.5 // days of rest for a day of tour
	tourMin     = 180 // days; UN contingents rotate every six to twelve months
	tourMax     = 365
	// No tour ends before firstRelief days, so that a relief ordered on day 0
	// can be there in time even by sea.
	firstRelief = 100
	notice      = 60 // days from order to departure from home
	redeploy    = 30 // days from order to departure for another mission
	handover    = 7  // days that a relief works beside its predecessor
	rsom        = 2  // days of reception at a base that stands
	homesArea   = "homes"
	note        = "assumed"
)

// builder makes a scenario.
type builder struct {
	s        *scenario.Scenario
	ids      map[string]bool
	area     map[string]string  // mission to its area
	homeOf   map[string]country // ISO code to country, of those with units
	deployed map[unit]int       // like units to how many are at bases
	unknown  []site             // the first of each mission that no table knows
}

func newBuilder(c scenario.Calendar, year int) *builder {
	b := &builder{
		s: &scenario.Scenario{
			Name: fmt.Sprintf("UN peacekeeping %d", year),
			Source: "Geo-PKO data set, version 2.3 (Cil, Fjelde, Hultman, Nilsson 2020, doi:10.1177/0022343319871978), tables TCCMap and TTMap; " +
				"capitals from Natural Earth, populated places",
			Note:     scenarioNote,
			Calendar: c,
		},
		ids: map[string]bool{}, area: map[string]string{}, homeOf: map[string]country{}, deployed: map[unit]int{},
	}
	for _, k := range kinds() {
		b.s.Capabilities = append(b.s.Capabilities, k.Capability)
	}
	for _, g := range regionNames {
		b.ids[g.id] = true
	}
	b.ids[homesArea], b.ids[newMission] = true, true
	for _, k := range countries {
		b.ids[homePlace(k.iso)] = true
	}
	return b
}

// scenarioNote tells a reader what is data and what is not.
var scenarioNote = fmt.Sprintf("Strengths are the largest of the year by contributor and base, so that sums over a mission lie above its strength on any one day; "+
	"the tables have no months, and every base is held from day 0. Quantities are persons. "+
	"Which contributor gave which type of troops is inferred: each special type noted at a base takes one unit of about a company, the smallest first, as far as the mean strength of infantry there allows. "+
	"A base is exposed below %.0f %% of its strength of a type; the whole is the target. "+
	"Assumed, since the data has none of it: tours of %d to %d days that began spread over the year before, a day of rest for every two of tour, "+
	"%g like units at home for each one deployed, by contributor and type, rounded up, at the contributor's capital, notice of %d days from home and %d from another base, "+
	"tonnes for a person by type, handover and reception, lift, and all of a new mission but its strength, place and D-day.",
	floorShare*100, tourMin, tourMax, reliefShare, notice, redeploy)

// id makes a unique ID of words: lower case, letters and digits with dashes.
func (b *builder) id(words ...string) string {
	var s strings.Builder
	for _, r := range plain.Replace(strings.ToLower(strings.Join(words, "-"))) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			s.WriteRune(r)
		case s.Len() > 0 && !strings.HasSuffix(s.String(), "-"):
			s.WriteByte('-')
		}
	}
	stem := cmp.Or(strings.Trim(s.String(), "-"), "x")
	id := stem
	for n := 2; b.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", stem, n)
	}
	b.ids[id] = true
	return id
}

// plain writes the accented small letters that occur in the data without
// accents, so that an ID can be typed.
var plain = strings.NewReplacer("é", "e", "è", "e", "â", "a", "à", "a", "ï", "i", "ş", "s", "š", "s", "č", "c", "ć", "c", "´", "", "'", "")

// bases makes a post of each base, with the units that hold it.
func (b *builder) bases(list []*base) {
	for _, base := range list {
		id := b.id(base.mission, base.location)
		b.s.Places = append(b.s.Places, scenario.Place{
			ID: id, Name: base.location, Lat: base.lat, Lon: base.lon, Area: b.missionArea(base.site), Source: base.at.String(),
		})
		post := scenario.Post{
			ID: id, Name: fmt.Sprintf("%s, %s", base.location, base.mission), Place: id,
			Handover: handover, RSOM: rsom, Source: base.at.String(),
		}
		units := base.units()
		post.Lines = lines(units)
		b.s.Posts = append(b.s.Posts, post)
		for _, u := range units {
			b.deploy(u, post.ID, base.location)
		}
	}
}

// missionArea is the area of a mission, made on its first use.
func (b *builder) missionArea(s site) string {
	mission := s.mission
	if id, made := b.area[mission]; made {
		return id
	}
	m, known := missions[mission]
	name := fmt.Sprintf("%s (%s)", mission, m.where)
	if !known {
		b.unknown = append(b.unknown, s)
		m.region, name = elsewhere, mission
	}
	id := b.id(mission)
	b.area[mission] = id
	b.s.Areas = append(b.s.Areas, scenario.Area{ID: id, Name: name, Parent: m.region})
	return id
}

// lines asks for what the units of a base give, by type.
func lines(units []unit) (list []scenario.Line) {
	strength := map[string]int{}
	for _, u := range units {
		strength[u.kind] += u.persons
	}
	for _, k := range kinds() {
		if n := strength[k.ID]; n > 0 {
			list = append(list, line(k.ID, n))
		}
	}
	return list
}

// line asks for a strength in persons; below floorShare of it is exposure.
func line(kind string, persons int) scenario.Line {
	target := scenario.Exactly(float64(persons))
	return scenario.Line{Capability: kind, Floor: scenario.Exactly(math.Round(floorShare * float64(persons))), Target: &target}
}

// deploy puts a unit at a post on day 0.
func (b *builder) deploy(u unit, post, location string) {
	made := b.unit(u)
	made.ID = b.id(u.contributor, post, u.kind)
	made.Name = fmt.Sprintf("%s %s, %s", b.homeOf[u.contributor].name, unitName(u), location)
	made.Pledge = scenario.Assigned
	made.At = &scenario.Station{Post: post, Since: scenario.DateTime(b.s.Calendar.Date(-b.served(len(b.s.Units))))}
	b.s.Units = append(b.s.Units, made)
	b.deployed[u]++
}

// served is the days of tour that the i-th unit has behind it: the multiples of
// the golden ratio spread evenly whatever their number (Weyl's sequence).
func (b *builder) served(i int) int {
	_, part := math.Modf(float64(i) * (math.Sqrt(5) - 1) / 2)
	return int(part * (tourMax - firstRelief))
}

// unit is a unit as it would be at home.
func (b *builder) unit(u unit) scenario.Unit {
	b.home(u.contributor)
	least, most := scenario.Days(tourMin), scenario.Days(tourMax)
	persons := float64(u.persons)
	return scenario.Unit{
		Contributor: u.contributor,
		Provides:    map[string]scenario.Quantity{u.kind: scenario.Exactly(persons)},
		Persons:     scenario.Exactly(persons),
		Tonnes:      scenario.Exactly(persons * tonnes(u.kind)),
		Home:        homePlace(u.contributor),
		Notice:      notice, Redeploy: redeploy, Dwell: dwell,
		Tour: scenario.Span{Min: &least, Max: &most},
	}
}

// tonnes is the weight for a person of a type.
func tonnes(kind string) float64 {
	for _, k := range kinds() {
		if k.ID == kind {
			return k.tonnes
		}
	}
	return 0
}

// unitName names a unit by its size.
func unitName(u unit) string {
	size := "detachment"
	switch {
	case u.persons >= 2*company+platoon:
		size = "battalion"
	case u.persons >= company/2:
		size = "company"
	case u.persons >= platoon:
		size = "platoon"
	}
	return u.kind + " " + size
}

func homePlace(iso string) string { return "home-" + strings.ToLower(iso) }

// home notes that a contributor has units.
func (b *builder) home(iso string) {
	if _, known := b.homeOf[iso]; known {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(countries)) {
		if k := countries[name]; k.iso == iso {
			k.name = cmp.Or(k.name, name)
			b.homeOf[iso] = k
			return
		}
	}
}

// homes makes the contributors, their homes and the units that wait there.
func (b *builder) homes() {
	for _, iso := range slices.Sorted(maps.Keys(b.homeOf)) {
		k := b.homeOf[iso]
		b.s.Contributors = append(b.s.Contributors, scenario.Contributor{ID: iso, Name: k.name, Approval: approval, Note: "approval: " + note})
		b.s.Places = append(b.s.Places, scenario.Place{
			ID: homePlace(iso), Name: k.capital, Lat: k.lat, Lon: k.lon, Area: homesArea, Host: iso, Source: "Natural Earth, populated places",
		})
	}
	b.reliefs()
}

// reliefs makes the like units at home: reliefShare of the number deployed of
// each contributor and type, rounded up, the larger units first.
func (b *builder) reliefs() {
	like := slices.SortedFunc(maps.Keys(b.deployed), func(x, y unit) int {
		return cmp.Or(cmp.Compare(x.contributor, y.contributor), cmp.Compare(x.kind, y.kind), y.persons-x.persons)
	})
	before := unit{}
	out, made := 0, 0 // of this contributor and type
	for _, u := range like {
		if u.contributor != before.contributor || u.kind != before.kind {
			out, made = 0, 0
		}
		before = u
		out += b.deployed[u]
		n := int(math.Ceil(reliefShare*float64(out))) - made
		if made += n; n == 0 {
			continue
		}
		r := b.unit(u)
		r.ID = b.id(u.contributor, "home", u.kind, strconv.Itoa(u.persons))
		r.Name = fmt.Sprintf("%s %s of %d, at home", b.homeOf[u.contributor].name, unitName(u), u.persons)
		r.Count, r.Pledge, r.Note = n, scenario.Offered, note
		b.s.Units = append(b.s.Units, r)
	}
}

// finish adds what all missions share.
func (b *builder) finish() *scenario.Scenario {
	var areas []scenario.Area
	for _, g := range regionNames {
		if slices.ContainsFunc(b.s.Areas, func(a scenario.Area) bool { return a.Parent == g.id }) {
			areas = append(areas, scenario.Area{ID: g.id, Name: g.name})
		}
	}
	regions := make([]string, len(areas))
	for i, a := range areas {
		regions[i] = a.ID
	}
	b.s.Areas = append(append(areas, b.s.Areas...), scenario.Area{ID: homesArea, Name: "Home stations"})
	b.s.Lift = lift(regions)
	return b.s
}

// lift makes the two pools of strategic transport. Their capacities are assumed:
// of the order of what moves a year's rotation of all missions. Both go from
// door to door, since the data knows no roads.
func lift(regions []string) []scenario.Pool {
	pool := func(id, name string, mode scenario.Mode, tonnes, persons float64, load scenario.Days) scenario.Pool {
		return scenario.Pool{
			ID: id, Name: name, Mode: mode, Tonnes: &tonnes, Persons: &persons, Load: load,
			From: append([]string{homesArea}, regions...), To: regions, Note: note,
		}
	}
	return []scenario.Pool{
		pool("air", "Chartered aircraft", scenario.Air, 600, 2000, 1),
		pool("sea", "Chartered ships, with the road from the port", scenario.Sea, 8000, 4000, 3),
	}
}
