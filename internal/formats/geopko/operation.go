package geopko

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// A new mission, as the Security Council sets one up; all assumed.
const (
	newMission  = "new-mission"
	approval    = 30 // days that a contributor needs to decide on it
	warning     = 90 // days before D-day from which it can be decided
	newPriority = 2
	newRSOM     = 5 // days; nothing stands there yet
)

// ramp is the part of its strength that a new mission needs from a day after
// D-day on. The last step is its full strength.
var ramp = []struct {
	day, percent int
}{{0, 30}, {30, 70}, {90, 100}}

// mission adds a new mission: an operation with one post that asks for the types
// of troops in the proportion of the year's bases.
func (b *builder) mission(m *Mission, bases []*base) {
	name := fmt.Sprintf("New mission of %d", m.Troops)
	b.s.Areas = append(b.s.Areas, scenario.Area{ID: newMission, Name: "New mission", Parent: b.regionNear(m, bases)})
	b.s.Places = append(b.s.Places, scenario.Place{ID: newMission, Name: "New mission", Lat: m.Lat, Lon: m.Lon, Area: newMission})
	b.s.Operations = append(b.s.Operations, scenario.Operation{
		ID: newMission, Name: name, DDay: scenario.DDay{Likely: scenario.DateTime(m.From)},
		Warning: new(scenario.Days(warning)), Size: m.Troops, Note: "warning: " + note,
	})
	post := scenario.Post{ID: newMission, Name: name, Place: newMission, Operation: newMission, Priority: newPriority, RSOM: newRSOM, Note: "what it needs when: " + note}
	for _, k := range b.proportion(m.Troops) {
		for i, step := range ramp {
			l := line(k.kind, (k.persons*step.percent+99)/100)
			l.From = scenario.DDayTime(step.day)
			if i+1 < len(ramp) {
				l.Until = scenario.DDayTime(ramp[i+1].day)
			}
			post.Lines = append(post.Lines, l)
		}
	}
	b.s.Posts = append(b.s.Posts, post)
}

// regionNear is the region of the base that is nearest to a new mission.
func (b *builder) regionNear(m *Mission, bases []*base) string {
	const radian = math.Pi / 180
	// The cosine of the angle between two points falls with their distance.
	near := func(x *base) float64 {
		return math.Sin(m.Lat*radian)*math.Sin(x.lat*radian) +
			math.Cos(m.Lat*radian)*math.Cos(x.lat*radian)*math.Cos((m.Lon-x.lon)*radian)
	}
	nearest := slices.MaxFunc(bases, func(x, y *base) int { return cmp.Compare(near(x), near(y)) })
	return cmp.Or(missions[nearest.mission].region, elsewhere)
}

// proportion divides persons over the types of troops as the year's bases have
// them, by largest remainders. Types that would come to less than a platoon, and
// troops of no recorded type, are not asked for.
func (b *builder) proportion(persons int) []unit {
	var list []unit
	for _, k := range kinds() {
		n := 0
		for u, count := range b.deployed {
			if u.kind == k.ID {
				n += u.persons * count
			}
		}
		if k.ID != troops.ID && n > 0 {
			list = append(list, unit{kind: k.ID, persons: n})
		}
	}
	if len(list) == 0 {
		return []unit{{kind: troops.ID, persons: persons}}
	}
	for {
		total := 0
		for _, u := range list {
			total += u.persons
		}
		least := slices.MinFunc(list, func(x, y unit) int { return x.persons - y.persons })
		if len(list) == 1 || least.persons*persons >= platoon*total {
			return apportion(list, persons, total)
		}
		list = slices.DeleteFunc(list, func(u unit) bool { return u == least })
	}
}

// apportion scales a list with the given total to whole persons.
func apportion(list []unit, persons, total int) []unit {
	left := persons
	rest := make([]int, len(list))
	for i := range list {
		share := list[i].persons * persons
		list[i].persons, rest[i] = share/total, share%total
		left -= list[i].persons
	}
	for ; left > 0; left-- {
		i := slices.Index(rest, slices.Max(rest))
		list[i].persons++
		rest[i] = -1
	}
	return list
}
