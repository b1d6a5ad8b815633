package access_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// What is released of a field, by the release of the contributor whose it is.
const (
	always  = "always"      // whatever it releases
	ability = "ability"     // if it releases what its units can do, or everything
	whole   = "whole"       // if it releases everything
	itself  = "the release" // says which it is, always
)

// fields name every field of every record of a scenario, and of the scenario itself, with the
// release by which it is seen. A field of a field is seen by the same, unless it is named
// itself. A new field is named here, or the test fails.
var fields = map[string]map[string]string{
	"Scenario": {always: "Name Source Note Calendar Policy Maturity Today Weights Evidence"},
	"Contributor": {
		always: "ID Name", itself: "Release", ability: "Share",
		whole: "Approval ApprovesAhead MaxDeployed Caveats Mandates Source Note",
	},
	"Unit": {
		ability: "Contributor Count Provides Pledge At.Post",
		whole:   "ID Name Persons Tonnes Home Notice Redeploy Tour Rest Dwell Available Caveats At.Since Ready SelfDeploys Wear Postures Symbol Source Note",
	},
	"Place of a post":           {always: "ID Name Lat Lon Area Host Throughput Ports Source Note"},
	"Place of a home":           {whole: "ID Name Lat Lon Area Host Throughput Ports Source Note"},
	"Place of a minimum":        {whole: "ID Name Lat Lon Area Host Throughput Ports Source Note"},
	"Post":                      {always: "ID Name Place Operation Lines Priority Handover RSOM Stay HomeOf RestingCounts Symbol Source Note"},
	"Post that is a minimum":    {whole: "ID Name Place Operation Lines Priority Handover RSOM Stay HomeOf RestingCounts Symbol Source Note"},
	"Route from a home":         {whole: "From To Mode Days OneWay Source Note"},
	"Route between posts":       {always: "From To Mode Days OneWay Source Note"},
	"Pin":                       {whole: "Unit Post From Until Forbid Source Note"},
	"Order in force":            {whole: "Unit Post As Depart Until Decided Given Arrive Lift From"},
	"Order for a unit of count": {whole: "Unit Post As Depart Until Decided Given Arrive Lift From"},
	"Capability":                {always: "ID Name Domain Unit Substitutes OnStation Source Note"},
	"Area":                      {always: "ID Name Parent Descendants Source Note"},
	"Operation":                 {always: "ID Name DDay Warning Size Phases Ready StartsWhen StartsAfter Source Note"},
	"Pool":                      {always: "ID Name Mode Tonnes Persons From To OneWay Speed Load Source Note"},
	"Condition":                 {always: "ID Name After Reported HeldFor Breach Since Count All Any Not Area Fails By Expected Source Note"},
	"Branch":                    {always: "ID Name Met Failed Note"},
}

// parts are the records of a scenario, by their names above.
func parts(s *scenario.Scenario) map[string]any {
	return map[string]any{
		"Contributor": &s.Contributors[0], "Unit": &s.Units[0], "Place of a post": &s.Places[0], "Place of a home": &s.Places[1], "Place of a minimum": &s.Places[2],
		"Post": &s.Posts[0], "Post that is a minimum": &s.Posts[1], "Route between posts": &s.Routes[0], "Route from a home": &s.Routes[1],
		"Pin": &s.Pins[0], "Order in force": &s.InForce[0], "Order for a unit of count": &s.InForce[1], "Capability": &s.Capabilities[0], "Area": &s.Areas[0],
		"Operation": &s.Operations[0], "Pool": &s.Lift[0], "Condition": &s.Conditions[0], "Branch": &s.Branches[0],
	}
}

// full is a scenario in which every field has a value; what names something names what is there.
func full(release scenario.Release) *scenario.Scenario {
	s := &scenario.Scenario{
		Places: make([]scenario.Place, 3), Posts: make([]scenario.Post, 2), Routes: make([]scenario.Route, 2), InForce: make([]scenario.Order, 2),
	}
	fill(reflect.ValueOf(s).Elem(), "")
	s.Contributors[0].Release = release
	u := &s.Units[0]
	u.Contributor, u.Home, u.At.Post = s.Contributors[0].ID, s.Places[1].ID, s.Posts[0].ID
	s.Posts[0].Place, s.Posts[0].HomeOf = s.Places[0].ID, ""
	s.Operations[0].Ready.IOC.Post, s.Operations[0].Ready.FOC.Post = []string{s.Posts[0].ID}, []string{s.Posts[0].ID}
	s.Posts[1].Place, s.Posts[1].HomeOf = s.Places[2].ID, s.Contributors[0].ID
	s.Routes[0].From, s.Routes[0].To = s.Places[0].ID, s.Places[0].ID
	s.Routes[1].From, s.Routes[1].To = s.Places[1].ID, s.Places[0].ID
	s.Pins[0].Unit, s.Pins[0].Post = u.ID, s.Posts[0].ID
	s.InForce[0].Unit, s.InForce[0].Post = u.ID, s.Posts[0].ID
	s.InForce[1].Unit, s.InForce[1].Post = u.ID+"#2", s.Posts[0].ID
	s.Capabilities[0].OnStation.Given = 0 // or its parts are not written
	for _, list := range []*[]scenario.Caveat{&u.Caveats, &s.Contributors[0].Caveats} {
		(*list)[0].Post[0] = s.Posts[0].ID
	}
	return s
}

// fill gives every field of a value one that says where it is.
func fill(v reflect.Value, path string) {
	switch x := v.Addr().Interface().(type) {
	case *scenario.Time:
		*x = scenario.DayTime(3)
		return
	case *scenario.Date:
		*x = 20_000
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path)
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i), fmt.Sprintf("%s.%d", path, i))
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, path+".key")
		fill(value, path+".value")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for field, x := range v.Fields() {
			if field.IsExported() {
				fill(x, path+"."+field.Name)
			}
		}
	case reflect.String:
		v.SetString("zz" + path)
	case reflect.Bool:
		v.SetBool(false)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Float64:
		v.SetFloat(3)
	default:
		panic("fill " + v.Type().String())
	}
}

// leaf is a value of a record without parts: where it is, what changes it, and whether it is a
// name, which is looked for, since to change it changes what is named too.
type leaf struct {
	path   string
	name   string
	change func()
}

// leaves are those of a record, each of which can be changed to another value.
func leaves(v reflect.Value, path, ref string) (list []leaf) {
	switch x := v.Addr().Interface().(type) {
	case *scenario.Time:
		return []leaf{{path: path, change: func() { *x = scenario.DayTime(4) }}}
	case *scenario.Date:
		return []leaf{{path: path, change: func() { *x++ }}}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return leaves(v.Elem(), path, ref)
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, leaves(v.Index(i), path, ref)...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			copied := reflect.New(v.Type().Elem()).Elem()
			copied.Set(v.MapIndex(key))
			for _, l := range leaves(copied, path, "") {
				change := l.change
				list = append(list, leaf{path, "", func() { change(); v.SetMapIndex(key, copied) }})
			}
		}
	case reflect.Struct:
		for field, x := range v.Fields() {
			if field.IsExported() {
				list = append(list, leaves(x, strings.TrimPrefix(path+"."+field.Name, "."), field.Tag.Get("ref")+map[bool]string{true: "id"}[field.Name == "ID"])...)
			}
		}
	case reflect.String:
		if ref != "" {
			return []leaf{{path: path, name: v.String()}}
		}
		return []leaf{{path: path, change: func() { v.SetString(v.String() + "x") }}}
	case reflect.Bool:
		return []leaf{{path: path, change: func() { v.SetBool(true) }}}
	case reflect.Int:
		return []leaf{{path: path, change: func() { v.SetInt(4) }}}
	case reflect.Float64:
		return []leaf{{path: path, change: func() { v.SetFloat(4) }}}
	}
	return list
}

// verdict is by which release a field is seen; "" if it is not named.
func verdict(record, path string) string {
	for p := path; p != ""; {
		for by, list := range fields[record] {
			if slices.Contains(strings.Fields(list), p) {
				return by
			}
		}
		i := strings.LastIndexByte(p, '.')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return ""
}

// Every field of every record is seen by what is released, and not else: what is not released
// may be anything, and what others see is the same.
func TestEveryFieldIsReleasedOrWithheld(t *testing.T) {
	for _, release := range []scenario.Release{scenario.Everything, scenario.ByCapability, scenario.Nothing} {
		seen := func(s *scenario.Scenario) string {
			return text(t, access.ViewOf(s, access.Viewer{Contributor: "another"}).Scenario(s))
		}
		before := seen(full(release))
		for _, record := range slices.Sorted(maps.Keys(parts(full(release)))) {
			for i := range leaves(reflect.ValueOf(parts(full(release))[record]).Elem(), "", "") {
				s := full(release)
				l := leaves(reflect.ValueOf(parts(s)[record]).Elem(), "", "")[i]
				by := verdict(record, l.path)
				if by == "" {
					t.Errorf("%s.%s is not named: say by which release it is seen", record, l.path)
					continue
				}
				if by == itself || l.change == nil && l.name == "" {
					continue // nothing is named
				}
				told := strings.Contains(before, `"`+l.name)
				if l.change != nil {
					l.change()
					told = seen(s) != before
				}
				want := by == always || release == scenario.Everything || by == ability && release == scenario.ByCapability
				if l.name != "" && told && !want && elsewhere(record, l.path) {
					continue
				}
				if told != want {
					t.Errorf("released %s: %s.%s is told: %v, want %v", release, record, l.path, told, want)
				}
			}
		}
	}
}

// elsewhere reports whether what a withheld field names is named by what is released too.
func elsewhere(record, path string) bool {
	switch record + "." + path {
	case "Unit.Caveats.Post", "Contributor.Caveats.Post", "Pin.Post", "Order in force.Post", "Order for a unit of count.Post", "Route from a home.To", "Post that is a minimum.HomeOf", "Unit.Contributor", "Unit.At.Post":
		return true
	}
	return false
}

// Every kind of record, and every field of a scenario that is none, is among those that are named.
func TestEveryRecordIsNamed(t *testing.T) {
	named := map[reflect.Type]bool{}
	for _, part := range parts(full(scenario.Nothing)) {
		named[reflect.TypeOf(part).Elem()] = true
	}
	for field := range reflect.TypeFor[scenario.Scenario]().Fields() {
		switch {
		case !field.IsExported():
		case field.Type.Kind() == reflect.Slice:
			if !named[field.Type.Elem()] {
				t.Errorf("no record of %s is looked at", field.Name)
			}
		case verdict("Scenario", field.Name) == "":
			t.Errorf("Scenario.%s is not named: say by which release it is seen", field.Name)
		}
	}
	for record, list := range fields {
		of := reflect.TypeFor[scenario.Scenario]()
		if part, known := parts(full(scenario.Nothing))[record]; known {
			of = reflect.TypeOf(part).Elem()
		}
		for _, names := range list {
			for _, path := range strings.Fields(names) {
				name, _, _ := strings.Cut(path, ".")
				if _, there := of.FieldByName(name); !there {
					t.Errorf("%s has no field %s", record, name)
				}
			}
		}
	}
}

// Whatever names a unit or a post that is not seen is not seen, or does not name it: pins, orders,
// caveats, and the variant of a plan.
func TestNothingNamesWhatIsNotSeen(t *testing.T) {
	const hidden = "zzhidden"
	world := func() *scenario.Scenario {
		s := full(scenario.Everything)
		s.Contributors = append(s.Contributors, scenario.Contributor{ID: "N", Release: scenario.Nothing})
		s.Units = append(s.Units, scenario.Unit{ID: hidden, Contributor: "N", Home: hidden})
		s.Places = append(s.Places, scenario.Place{ID: hidden})
		s.Posts = append(s.Posts, scenario.Post{ID: hidden, Place: hidden, HomeOf: "N"})
		return s
	}
	n := 0
	for i := range named(reflect.ValueOf(world()).Elem(), "") {
		s := world()
		l := named(reflect.ValueOf(s).Elem(), "")[i]
		if strings.HasPrefix(l.path, "Units.1") || strings.HasPrefix(l.path, "Posts.2") || strings.HasSuffix(l.path, "At.Post") {
			continue // its own; nobody is at a minimum at home on day 0, as Check has it
		}
		if strings.HasSuffix(l.path, ".Home") || strings.HasSuffix(l.path, ".Place") {
			continue // a place that something lives at which is seen is seen
		}
		n++
		*l.at = hidden
		if seen := text(t, access.ViewOf(s, access.Viewer{}).Scenario(s)); strings.Contains(seen, hidden) {
			t.Errorf("%s names it: %s", l.path, seen)
		}
	}
	if n < 10 {
		t.Errorf("only %d names were tried", n)
	}
}

type reference struct {
	path string
	at   *string
}

// named are the names of units, posts and places in a part of a scenario.
func named(v reflect.Value, path string) (list []reference) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return named(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, named(v.Index(i), fmt.Sprintf("%s.%d", path, i))...)
		}
	case reflect.Struct:
		for field, x := range v.Fields() {
			where := strings.TrimPrefix(path+"."+field.Name, ".")
			switch {
			case !field.IsExported():
			case !slices.Contains([]string{"unit", "post", "place"}, field.Tag.Get("ref")) && (v.Type() != reflect.TypeFor[scenario.Order]() || field.Name != "Unit" && field.Name != "Post"):
				list = append(list, named(x, where)...) // orders may name what is gone, and so have no tag
			case x.Kind() == reflect.String:
				list = append(list, reference{where, x.Addr().Interface().(*string)})
			default:
				for i := range x.Len() {
					list = append(list, reference{where, x.Index(i).Addr().Interface().(*string)})
				}
			}
		}
	}
	return list
}

// Of a leg of a unit that is released by what it can do, others see the post and the days on
// which it counts, and nothing else: whatever the rest is, they see the same.
func TestLegsByWhatTheyDo(t *testing.T) {
	s := world(t)
	resolved, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	lift, day := plan.Self, func(n int) scenario.Date { return s.Calendar.Start + scenario.Date(n) }
	plans := func(change func(*plan.Leg, *plan.Tour)) *plan.Plan {
		decide, order := day(1), day(2)
		p := plan.Of(resolved)
		p.Tours = []plan.Tour{{Unit: "secret-pol-1#1", Home: day(40), Legs: []plan.Leg{{Post: "tapa", As: plan.All, Lift: &lift, DecideBy: &decide, OrderBy: &order, Depart: day(5), Arrive: day(8), Effective: day(8), Until: day(30)}}}}
		change(&p.Tours[0].Legs[0], &p.Tours[0])
		return p
	}
	seen := func(change func(*plan.Leg, *plan.Tour)) string {
		_, p, err := access.ViewOf(s, access.Viewer{}).Plan(resolved, plans(change))
		if err != nil {
			t.Fatal(err)
		}
		return text(t, p)
	}
	other, later, sooner := "sea", day(3), day(0)
	changes := map[string]struct {
		told   bool
		change func(*plan.Leg, *plan.Tour)
	}{
		"Leg.Post":      {true, func(l *plan.Leg, _ *plan.Tour) { l.Post = "far" }},
		"Leg.As":        {true, func(l *plan.Leg, _ *plan.Tour) { l.As = "bg" }},
		"Leg.Lift":      {false, func(l *plan.Leg, _ *plan.Tour) { l.Lift = &other }},
		"Leg.DecideBy":  {false, func(l *plan.Leg, _ *plan.Tour) { l.DecideBy = &sooner }},
		"Leg.OrderBy":   {false, func(l *plan.Leg, _ *plan.Tour) { l.OrderBy = &later }},
		"Leg.Depart":    {false, func(l *plan.Leg, _ *plan.Tour) { l.Depart = day(4) }},
		"Leg.Arrive":    {false, func(l *plan.Leg, _ *plan.Tour) { l.Arrive = day(7) }},
		"Leg.Effective": {true, func(l *plan.Leg, _ *plan.Tour) { l.Effective = day(9) }},
		"Leg.Until":     {true, func(l *plan.Leg, _ *plan.Tour) { l.Until = day(31) }},
		"Tour.Unit":     {true, func(_ *plan.Leg, x *plan.Tour) { x.Unit = "secret-pol-1#2" }}, // under its other name
		"Tour.Home":     {false, func(_ *plan.Leg, x *plan.Tour) { x.Home = day(50) }},
		"Tour.Legs":     {true, func(_ *plan.Leg, x *plan.Tour) { x.Legs = append(x.Legs, x.Legs[0]) }},
	}
	before := seen(func(*plan.Leg, *plan.Tour) {})
	if strings.Contains(before, "secret") {
		t.Errorf("it tells the unit: %s", before)
	}
	for _, of := range []reflect.Type{reflect.TypeFor[plan.Leg](), reflect.TypeFor[plan.Tour]()} {
		for field := range of.Fields() {
			name := of.Name() + "." + field.Name
			c, known := changes[name]
			if !known {
				t.Errorf("%s is not named: say whether it is seen", name)
				continue
			}
			if told := seen(c.change) != before; told != c.told {
				t.Errorf("%s is told: %v, want %v", name, told, c.told)
			}
		}
	}
}

// A record that gets another name has it wherever it is named, and its name means nothing then.
func TestRename(t *testing.T) {
	for kind, name := range map[string]string{"units": "zz.Units.0.ID", "posts": "zz.Posts.0.ID", "places": "zz.Places.1.ID"} {
		s := full(scenario.Everything)
		before := strings.Count(text(t, s), `"`+name)
		access.Rename(s, kind, name, "another")
		if after := text(t, s); strings.Contains(after, `"`+name) || strings.Count(after, `"another`) != before || before < 3 {
			t.Errorf("%s %s is named %d times, and then: %s", kind, name, before, after)
		}
	}
}
