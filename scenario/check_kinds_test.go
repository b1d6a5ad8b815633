package scenario

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// sound is a small scenario without a problem or a warning.
func sound() *Scenario {
	return &Scenario{
		Name: "sound", Calendar: Calendar{Start: 20_000, Days: 60},
		Capabilities: []Capability{{ID: "bg", Domain: "land"}, {ID: "ship", Domain: "sea", Substitutes: map[string]float64{"bg": 0.5}}},
		Areas:        []Area{{ID: "world"}, {ID: "west", Parent: "world"}, {ID: "east", Parent: "world"}},
		Places:       []Place{{ID: "home", Area: "west"}, {ID: "hill", Lon: 9, Area: "east"}},
		Contributors: []Contributor{{ID: "FRA", Share: ptr(0.5), Caveats: []Caveat{{Area: []string{"west"}}}}},
		Operations:   []Operation{{ID: "op", DDay: DDay{Likely: DayTime(20)}, Phases: []Phase{{ID: "build", From: DDayTime(0), Until: DDayTime(9)}}}},
		Posts: []Post{
			{ID: "hill", Place: "hill", Lines: []Line{{Capability: "bg", Floor: Exactly(1)}}},
			{ID: "lane", Place: "hill", Operation: "op", Lines: []Line{{Capability: "bg", Floor: Exactly(1), Until: DDayTime(20)}}},
		},
		Units: []Unit{{
			ID: "u", Contributor: "FRA", Home: "home", Provides: map[string]Quantity{"bg": Exactly(1)}, Count: 2, Notice: 5,
			SelfDeploys: &SelfDeploys{Mode: Road}, Tour: Span{Min: ptr(Days(10)), Max: ptr(Days(90))},
		}},
		Lift:       []Pool{{ID: "train", Mode: Rail, From: []string{"west"}, To: []string{"east"}}},
		Conditions: []Condition{{ID: "truce", Reported: "truce"}, {ID: "calm", HeldFor: 9, Breach: "shot", Since: "truce"}},
		Branches:   []Branch{{ID: "peace", Met: []string{"truce"}}},
	}
}

// TestCheckKinds breaks a sound scenario in one way each: one problem (or warning) at one
// place, with the value in it, and the likely name where one is near.
func TestCheckKinds(t *testing.T) {
	if got := Check(sound()); len(got) > 0 {
		t.Fatalf("the scenario is not sound: %v", got)
	}
	negative := Quantity{Low: -1, Likely: 1, High: 2}
	for _, c := range []struct {
		path, words, maybe string
		warning            bool
		edit               func(*Scenario)
	}{
		{"/calendar/days", "days 0", "", false, func(s *Scenario) { s.Calendar.Days = 0 }},
		{"/calendar", "start is missing", "", false, func(s *Scenario) { s.Calendar.Start = 0 }},
		{"/today", "D+3", "", false, func(s *Scenario) { s.Today = DDayTime(3) }},
		{"/areas/2/id", `"west" is there twice`, "", false, func(s *Scenario) { s.Areas[2] = Area{ID: "west"}; s.Lift, s.Places[1].Area = nil, "world" }},
		{"/areas/3", "has no id", "", false, func(s *Scenario) { s.Areas = append(s.Areas, Area{}) }},
		{"/branches/0/id", "blanks", "peace", false, func(s *Scenario) { s.Branches[0].ID = "peace " }},
		{"/units/1/id", "", "", false, func(s *Scenario) { s.Units = append(s.Units, s.Units[0]) }},
		{"/units/0/count", "u#2", "", false, func(s *Scenario) { u := s.Units[0]; u.ID, u.Count = "u#2", 0; s.Units = append(s.Units, u) }},
		{"/units/0/count", "10001", "", false, func(s *Scenario) { s.Units[0].Count = 10_001 }},
		{"/capabilities/2/id", `"all"`, "", false, func(s *Scenario) { s.Capabilities = append(s.Capabilities, Capability{ID: "all"}) }},
		{"/capabilities/1/substitutes/ship", "itself", "", false, func(s *Scenario) { s.Capabilities[1].Substitutes["ship"] = 1 }},
		{"/capabilities/1/substitutes/bgs", `unknown capability "bgs"`, "bg", false, func(s *Scenario) { s.Capabilities[1].Substitutes["bgs"] = 1 }},
		{"/capabilities/1/substitutes/bg", "factor 0", "", false, func(s *Scenario) { s.Capabilities[1].Substitutes["bg"] = 0 }},
		{"/capabilities/0/on_station", "on_task", "", false, func(s *Scenario) { s.Capabilities[0].OnStation.Transit = 2 }},
		{"/capabilities/0/on_station", "0.5", "", false, func(s *Scenario) { s.Capabilities[0].OnStation.Given = 0.5 }},
		{"/areas/1/parent", `unknown area "wold"`, "world", false, func(s *Scenario) { s.Areas[1].Parent = "wold" }},
		{"/areas/0/parent", "lies in itself", "", false, func(s *Scenario) { s.Areas[0].Parent = "world" }},
		{"/places/0", "91", "", false, func(s *Scenario) { s.Places[0].Lat = 91 }},
		{"/places/0/area", `unknown area "wst"`, "west", false, func(s *Scenario) { s.Places[0].Area = "wst" }},
		{"/contributors", "1.5", "", true, func(s *Scenario) {
			s.Contributors[0].Share = ptr(0.8)
			s.Contributors = append(s.Contributors, Contributor{ID: "ITA", Share: ptr(0.7)})
		}},
		{"/contributors/0/caveats/0/area/0", `"wets"`, "west", false, func(s *Scenario) { s.Contributors[0].Caveats[0].Area[0] = "wets" }},
		{"/contributors/0/caveats/0/phase/0", `"biuld"`, "build", false, func(s *Scenario) { s.Contributors[0].Caveats[0].Phase = []string{"biuld"} }},
		{"/contributors/0/caveats/0/until", "not both", "", false, func(s *Scenario) { k := &s.Contributors[0].Caveats[0]; k.Until, k.Phase = "truce", []string{"build"} }},
		{"/contributors/0/mandates/0/operation", `"opp"`, "op", false, func(s *Scenario) { s.Contributors[0].Mandates = []Mandate{{Operation: "opp", Persons: 9}} }},
		{"/contributors/0/mandates/0", "before", "", false, func(s *Scenario) {
			s.Contributors[0].Mandates = []Mandate{{Operation: "op", Persons: 9, From: DDayTime(9), Until: DDayTime(3)}}
		}},
		{"/contributors/0/mandates/1", "of mandate 1", "", false, func(s *Scenario) {
			s.Contributors[0].Mandates = []Mandate{{Operation: "op", Persons: 9, Until: DDayTime(9)}, {Operation: "op", Persons: 9, From: DDayTime(8)}}
		}},
		{"/contributors/0/mandates/0/persons", "is below", "", false, func(s *Scenario) { s.Contributors[0].Mandates = []Mandate{{Operation: "op"}} }},
		{"/contributors/0/mandates/0/persons", "stand at posts", "", false, func(s *Scenario) {
			s.Contributors[0].Mandates = []Mandate{{Operation: "op", Persons: 9, From: DayTime(0)}}
			s.Units[0].At, s.Units[0].Persons = &Station{Post: "lane", Since: DayTime(-3)}, Exactly(5)
		}},
		{"/contributors/0/mandates/0/given_when", `"truse"`, "truce", false, func(s *Scenario) {
			s.Contributors[0].Mandates = []Mandate{{Operation: "op", Persons: 9, GivenWhen: "truse"}}
		}},
		{"/contributors/0/mandates/0/given_when", "both", "", false, func(s *Scenario) {
			s.Contributors[0].Mandates = []Mandate{{Operation: "op", Persons: 9, GivenWhen: "truce", Decided: DayTime(3)}}
		}},
		{"/contributors/0/caveats/0", "names nothing", "", false, func(s *Scenario) { s.Contributors[0].Caveats = []Caveat{{}} }},
		{"/operations/0/phases/0", "never opens", "", false, func(s *Scenario) { s.Operations[0].Phases[0].Until = DDayTime(0) }},
		{"/operations/0/d_day", "", "", true, func(s *Scenario) { s.Operations[0].DDay.Likely = DayTime(61) }},
		{"/operations/0/starts_when", `"trucce"`, "truce", false, func(s *Scenario) { s.Operations[0].StartsWhen = "trucce" }},
		{"/posts/0/place", `"hil"`, "hill", false, func(s *Scenario) { s.Posts[0].Place = "hil" }},
		{"/posts/1/operation", `"po"`, "op", false, func(s *Scenario) { s.Posts[1].Operation = "po" }},
		{"/posts/1/home_of", "no operation", "", false, func(s *Scenario) { s.Posts[1].HomeOf = "FRA" }},
		{"/posts/0/priority", "priority 6", "", false, func(s *Scenario) { s.Posts[0].Priority = 6 }},
		{"/posts/0/stay", "min 9 is above max 3", "", false, func(s *Scenario) { s.Posts[0].Stay = Span{Min: ptr(Days(9)), Max: ptr(Days(3))} }},
		{"/posts/0/stay/usual", "usual 40 is above max 30, so that every one would be short; write 30 or less", "", false, func(s *Scenario) {
			s.Posts[0].Stay = Span{Usual: 40, Max: ptr(Days(30))}
		}},
		{"/units/0/tour/usual", "usual 91 is above max 90", "", false, func(s *Scenario) { s.Units[0].Tour.Usual = 91 }},
		{"/posts/0", "requires nothing", "", false, func(s *Scenario) { s.Posts[0].Lines = nil }},
		{"/posts/0/lines/0", "asks for nothing", "", false, func(s *Scenario) { s.Posts[0].Lines[0].Floor = Quantity{} }},
		{"/posts/0/lines/0/target", "target 0.5 is below floor 1", "", false, func(s *Scenario) { s.Posts[0].Lines[0].Target = ptr(Exactly(0.5)) }},
		{"/posts/0/lines/0/floor", "-1 is below 0", "", false, func(s *Scenario) { s.Posts[0].Lines[0].Floor = negative }},
		{"/posts/0/lines/1", "at the same time", "", false, func(s *Scenario) { s.Posts[0].Lines = append(s.Posts[0].Lines, s.Posts[0].Lines[0]) }},
		{"/posts/0/lines/0", "D+3", "", false, func(s *Scenario) { s.Posts[0].Lines[0].From = DDayTime(3) }},
		{"/posts/1/lines/0", "outside the calendar", "", true, func(s *Scenario) { s.Posts[1].Lines[0].From, s.Posts[1].Lines[0].Until = DDayTime(50), Time{} }},
		{"/lift/0", "to is empty", "", false, func(s *Scenario) { s.Lift[0].To = nil }},
		{"/lift/0/from/0", `"wset"`, "west", false, func(s *Scenario) { s.Lift[0].From[0] = "wset" }},
		{"/routes/0/to", `"hall"`, "hill", false, func(s *Scenario) { s.Routes = []Route{{From: "home", To: "hall", Mode: Rail, Days: 3}} }},
		{"/units/0/contributor", `"FRB"`, "FRA", false, func(s *Scenario) { s.Units[0].Contributor = "FRB" }},
		{"/units/0/home", "", "", false, func(s *Scenario) { s.Units[0].Home = "" }},
		{"/units/0", "provides nothing", "", false, func(s *Scenario) { s.Units[0].Provides = nil }},
		{"/units/0/provides/bg", "not a number", "", false, func(s *Scenario) { s.Units[0].Provides["bg"] = Exactly(math.NaN()) }},
		{"/units/0/persons", "low <= likely <= high", "", false, func(s *Scenario) { s.Units[0].Persons = Quantity{Low: 3, Likely: 2, High: 4} }},
		{"/units/0/dwell", "both", "", false, func(s *Scenario) { s.Units[0].Rest, s.Units[0].Dwell = 3, 1 }},
		{"/units/0/wear/least", "101", "", false, func(s *Scenario) { s.Units[0].Wear = &Wear{Rate: Exactly(1), Least: 101} }},
		{"/units/0/wear", "counts for 1 days", "", false, func(s *Scenario) { s.Units[0].Wear = &Wear{Rate: Exactly(1), Least: 100} }},
		{"/units/0/postures/0/notice", "5 days of notice", "", false, func(s *Scenario) { s.Units[0].Postures = []Posture{{Notice: 5}} }},
		{"/units/0/available/0", "never opens", "", false, func(s *Scenario) { s.Units[0].Available = []Window{{DayTime(9), DayTime(9)}} }},
		{"/units/0/ready", "D+9", "", false, func(s *Scenario) { s.Units[0].Ready = DDayTime(9) }},
		{"/units/0/self_deploys", "mode", "", false, func(s *Scenario) { s.Units[0].SelfDeploys.Mode = "" }},
		{"/units/0/at/post", `"hilt"`, "hill", false, func(s *Scenario) { s.Units[0].At = &Station{Post: "hilt"} }},
		{"/units/0/at/since", "after day 0", "", false, func(s *Scenario) { s.Units[0].At = &Station{Post: "hill", Since: DayTime(3)} }},
		{"/units/0/ready", "rest at home", "", false, func(s *Scenario) { s.Units[0].At, s.Units[0].Ready = &Station{Post: "hill"}, DayTime(9) }},
		{"/pins/0/unit", `"u#3"`, "u#2", false, func(s *Scenario) { s.Pins = []Pin{{Unit: "u#3", Post: "hill", From: DayTime(20), Until: DayTime(30)}} }},
		{"/in_force/0/post", `"hell"`, "hill", true, func(s *Scenario) {
			s.InForce = []Order{{Unit: "u#1", Post: "hell", Depart: DayTime(1), Until: DayTime(30)}}
		}},
		{"/conditions/0", "", "", false, func(s *Scenario) { s.Conditions[0].Reported = "" }},
		{"/conditions/1/since", `"trice"`, "truce", false, func(s *Scenario) { s.Conditions[1].Since = "trice" }},
		{"/branches/0/met/0", `"trice"`, "truce", false, func(s *Scenario) { s.Branches[0].Met[0] = "trice" }},
	} {
		s := sound()
		c.edit(s)
		got := Check(s)
		i := slices.IndexFunc(got, func(p Problem) bool { return strings.HasPrefix(p.Path, c.path) })
		if len(got) != 1 || i < 0 || got[0].Warning != c.warning || got[0].Maybe != c.maybe || !strings.Contains(got[0].Message, c.words) {
			t.Errorf("want one problem at %s with %q, maybe %q, have %v", c.path, c.words, c.maybe, got)
		}
	}
}
