package verify_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// tiny reads the tiny example, resolved, and a plan of it that keeps every rule:
// gbr-1 leaves tapa for lviv, pol-1 takes its place; fra-1 and nor-med join at
// lviv by rail.
func tiny(t testing.TB) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return r, p
}

func TestKeepsEveryRule(t *testing.T) {
	s, p := tiny(t)
	r := verify.Check(s, p)
	if !r.OK() {
		t.Errorf("breaches %v, differences %v; want none", r.Breaches, r.Differences)
	}
	// By hand: lviv has nobody for its hospital on days 41 to 47 (7 days of
	// floor and target) and one of two battlegroups on days 31 to 39 (4.5).
	want := [...]float64{7, 11.5}
	if got := [...]float64{r.Metrics.ExposureDays.Total, r.Metrics.ShortfallDays.Total}; got != want {
		t.Errorf("exposure and shortfall %v, want %v", got, want)
	}
	// 8 x (8 x 7 + 2 x 11.5) + 3 units + 4 moves x 0.5, and what GBR and FRA
	// send above their shares; and the hospital is a week late for IOC.
	if got, least := r.Metrics.Objective, 8*(8*7+2*11.5)+3+2.0+7*200; got <= least || got > least+10 {
		t.Errorf("objective %g, want a little more than %g", got, least)
	}
}

// The least stay on day 0 counts from the day on which the tour began, 47 days before.
func TestLeastStayCountsFromSince(t *testing.T) {
	s, p := tiny(t)
	for i := range s.Posts {
		if s.Posts[i].ID == "tapa" {
			s.Posts[i].Stay.Min = days(40)
		}
	}
	if r := verify.Check(s, p); len(r.Breaches) > 0 {
		t.Errorf("a stay of 72 days is %v", r.Breaches)
	}
}

func TestEmptyPlanKeepsEveryRule(t *testing.T) {
	s, _ := tiny(t)
	if r := verify.Check(s, &plan.Plan{}); !r.OK() {
		t.Errorf("breaches %v, differences %v; want none", r.Breaches, r.Differences)
	}
}

// edit is what a mutation works on: the plan's tours by unit and the scenario.
type edit struct {
	s *scenario.Scenario
	p *plan.Plan
}

func (e edit) tour(unit string) *plan.Tour {
	i := slices.IndexFunc(e.p.Tours, func(t plan.Tour) bool { return t.Unit == unit })
	return &e.p.Tours[i]
}

func (e edit) leg(unit string, i int) *plan.Leg { return &e.tour(unit).Legs[i] }

func (e edit) unit(id string) *scenario.Unit {
	return &e.s.Units[slices.IndexFunc(e.s.Units, func(u scenario.Unit) bool { return u.ID == id })]
}

func (e edit) post(id string) *scenario.Post {
	return &e.s.Posts[slices.IndexFunc(e.s.Posts, func(p scenario.Post) bool { return p.ID == id })]
}

func (e edit) place(id string) *scenario.Place {
	return &e.s.Places[slices.IndexFunc(e.s.Places, func(p scenario.Place) bool { return p.ID == id })]
}

func (e edit) contributor(id string) *scenario.Contributor {
	return &e.s.Contributors[slices.IndexFunc(e.s.Contributors, func(c scenario.Contributor) bool { return c.ID == id })]
}

// bar gives a unit a caveat.
func (e edit) bar(unit string, k scenario.Caveat) { e.unit(unit).Caveats = []scenario.Caveat{k} }

func (e edit) pin(unit, post string, from, until int, forbid bool) {
	e.s.Pins = append(e.s.Pins, scenario.Pin{Unit: unit, Post: post, From: scenario.DayTime(from), Until: scenario.DayTime(until), Forbid: forbid})
}

// order puts a leg of the plan into the plan in force.
func (e edit) order(unit string, i int, given bool) *scenario.Order {
	l := e.leg(unit, i)
	e.s.InForce = append(e.s.InForce, scenario.Order{
		Unit: unit, Post: l.Post, As: l.As, Given: given,
		Depart: scenario.DayTime(e.s.Calendar.Day(l.Depart)), Until: scenario.DayTime(e.s.Calendar.Day(l.Until)),
	})
	return &e.s.InForce[len(e.s.InForce)-1]
}

// mandate gives a contributor one for the operation, for all days.
func (e edit) mandate(contributor string, persons int) *scenario.Mandate {
	c := e.contributor(contributor)
	c.Mandates = []scenario.Mandate{{Operation: "reassurance", Persons: persons, From: scenario.DayTime(0), Until: scenario.DayTime(e.s.Calendar.Days), Outside: scenario.NeedsApproval}}
	return &c.Mandates[0]
}

// decideOnce says of a unit's first leg that it needs no decision before its order.
func (e edit) decideOnce(unit string) { *e.leg(unit, 0).DecideBy = *e.leg(unit, 0).OrderBy }

// shift moves a leg and its orders by some days.
func shift(l *plan.Leg, by scenario.Date) {
	for _, d := range []*scenario.Date{l.OrderBy, l.DecideBy, &l.Depart, &l.Arrive, &l.Effective} {
		*d += by
	}
}

func days(n scenario.Days) *scenario.Days { return &n }

func ptr[T any](x T) *T { return &x }

// TestNamesTheRule breaks a good plan in each way that there is; the rules
// named are all that are broken and no others.
func TestNamesTheRule(t *testing.T) {
	for _, m := range []struct {
		name   string
		rules  string // broken, in order of the alphabet
		mutate func(edit)
	}{
		{"unknown unit", "form", func(e edit) { e.tour("pol-1").Unit = "pol-9" }},
		{"tour without legs", "form", func(e edit) { e.tour("pol-1").Legs = nil }},
		{"unknown post", "form", func(e edit) { e.leg("pol-1", 0).Post = "tappa" }},
		{"ends after the calendar", "form", func(e edit) { e.leg("pol-1", 0).Until++ }},
		{"starts before the calendar", "form", func(e edit) { e.leg("pol-1", 0).Depart -= 11 }},
		{"dates out of order", "form", func(e edit) { e.leg("pol-1", 0).Arrive = e.leg("pol-1", 0).Depart - 1 }},
		{"ends before it counts", "form", func(e edit) { e.leg("pol-1", 0).Until = e.leg("pol-1", 0).Effective }},
		{"legs out of order", "form", func(e edit) { slices.Reverse(e.tour("gbr-1").Legs) }},
		{"gives nothing there", "form", func(e edit) { e.post("tapa").Lines[0].Capability = "medical" }},
		{"redeploys to where it is", "form", func(e edit) { e.leg("gbr-1", 1).Post = "tapa" }},
		{"serves as nothing known", "form", func(e edit) { e.leg("pol-1", 0).As = "cavalry" }},
		{"serves as what it has", "form", func(e edit) { e.leg("pol-1", 0).As = "battlegroup" }},
		{"stands in for what it cannot", "form", func(e edit) { e.leg("pol-1", 0).As = "medical" }},
		{"unknown pool", "form", func(e edit) { *e.leg("fra-1", 0).Lift = "ferry" }},
		{"no orders", "form", func(e edit) { e.leg("fra-1", 0).OrderBy = nil }},
		{"day 0 without a post", "form", func(e edit) { e.leg("pol-1", 0).Lift = nil }},
		{"day 0 at another post", "form", func(e edit) { e.leg("gbr-1", 0).Post = "lviv" }},
		{"day 0 with orders", "form", func(e edit) { e.leg("gbr-1", 0).OrderBy = ptr(e.leg("gbr-1", 0).Depart) }},
		{"day 0 on another day", "form", func(e edit) { e.leg("gbr-1", 0).Effective++ }},
		{"does not begin where it stands", "form", func(e edit) { e.unit("fra-1").At = &scenario.Station{Post: "lviv", Since: scenario.DayTime(0)} }},
		{"sent to a post at home", "form", func(e edit) { e.post("tapa").HomeOf = "NOR" }},

		{"arrives too early", "place", func(e edit) { e.leg("fra-1", 0).Arrive-- }},
		{"counts too early", "place", func(e edit) { e.leg("fra-1", 0).Effective-- }},
		{"home too early", "place", func(e edit) { e.tour("fra-1").Home-- }},
		{"a day nowhere", "place", func(e edit) { e.leg("gbr-1", 0).Until-- }},
		{"a day in two places", "place", func(e edit) { e.leg("gbr-1", 0).Until++ }},
		{"leaves before it is home", "place", func(e edit) { again(e, "fra-1", 0) }},

		{"order too late", "notice", func(e edit) { *e.leg("fra-1", 0).OrderBy++ }},
		{"decision too late", "notice", func(e edit) { *e.leg("nor-med", 0).DecideBy++ }},
		{"order before today", "notice", func(e edit) { e.s.Today = scenario.DayTime(1) }},
		{"order before the warning", "notice", func(e edit) { e.s.Operations[0].Warning = new(scenario.Days(13)) }},
		{"longer notice", "notice", func(e edit) { e.unit("fra-1").Notice++ }},
		{"longer redeployment", "notice", func(e edit) { e.unit("gbr-1").Redeploy++ }},
		{"longer approval", "notice", func(e edit) { e.contributor("NOR").Approval++ }},

		{"tour too short", "tour", func(e edit) { e.leg("pol-1", 0).Until -= 25; e.tour("pol-1").Home -= 25 }},
		{"tour too long", "tour", func(e edit) { e.unit("fra-1").Tour.Max = days(27) }},
		{"tour from before day 0 too long", "tour", func(e edit) { e.unit("gbr-1").Tour.Max = days(106) }},
		{"stay from before day 0 too short", "tour", func(e edit) { e.post("tapa").Stay.Min = days(73) }},
		{"stay too short", "tour", func(e edit) {
			e.post("lviv").Stay.Min, e.leg("fra-1", 0).Until = days(20), e.leg("fra-1", 0).Until-1
			e.tour("fra-1").Home--
		}},
		{"stay too long", "tour", func(e edit) { e.post("lviv").Stay.Max = days(28) }},

		{"no rest", "rest", func(e edit) { again(e, "fra-1", 4) }},
		{"not ready", "rest", func(e edit) { e.unit("fra-1").Ready = scenario.DayTime(33) }},

		{"operation barred", "caveat", func(e edit) { e.bar("fra-1", scenario.Caveat{Operation: []string{"reassurance"}}) }},
		{"post barred", "caveat", func(e edit) { e.bar("fra-1", scenario.Caveat{Post: []string{"lviv"}}) }},
		{"area barred", "caveat", func(e edit) { e.bar("fra-1", scenario.Caveat{Area: []string{"ukraine"}}) }},
		{"host barred", "caveat", func(e edit) { e.bar("fra-1", scenario.Caveat{Host: []string{"UKR"}}) }},
		{"domain barred", "caveat", func(e edit) { e.bar("fra-1", scenario.Caveat{Domain: []string{"land"}}) }},
		{"capability barred", "caveat", func(e edit) { e.bar("fra-1", scenario.Caveat{Capability: []string{"battlegroup"}}) }},
		{"phase barred", "caveat", func(e edit) {
			e.s.Operations[0].Phases = []scenario.Phase{{ID: "ceasefire", From: scenario.DayTime(31), Until: scenario.DayTime(39)}}
			e.bar("fra-1", scenario.Caveat{Phase: []string{"ceasefire"}})
		}},
		{"contributor bars", "caveat", func(e edit) {
			e.contributor("FRA").Caveats = []scenario.Caveat{{Operation: []string{"reassurance"}}}
		}},
		{"fields that do not all match", "", func(e edit) {
			e.bar("fra-1", scenario.Caveat{Operation: []string{"reassurance"}, Area: []string{"baltic"}})
		}},

		{"outside its window", "available", func(e edit) {
			e.unit("fra-1").Available = []scenario.Window{{From: scenario.DayTime(0), Until: scenario.DayTime(59)}, {From: scenario.DayTime(33), Until: scenario.DayTime(60)}}
		}},
		{"softer than the plan's maturity", "available", func(e edit) { e.unit("nor-med").Pledge, e.s.Maturity = scenario.Stated, scenario.Offered }},

		{"pool goes elsewhere", "lift", func(e edit) {
			e.s.Lift[0].To = []string{"baltic"}
			e.tour("gbr-1").Home++ // by road now
		}},
		{"pool goes the other way only", "lift", func(e edit) {
			e.s.Lift[0].From, e.s.Lift[0].To, e.s.Lift[0].OneWay = e.s.Lift[0].To, e.s.Lift[0].From, true
		}},
		{"cannot deploy itself", "lift", func(e edit) { *e.leg("fra-1", 0).Lift = plan.Self }},
		{"pool carries nothing of it", "lift", func(e edit) { e.s.Lift[0].Persons = ptr(0.0) }},
		{"pool overfull", "lift notice", func(e edit) { shift(e.leg("nor-med", 0), -9) }},
		{"place overfull", "lift", func(e edit) {
			// One day to unload each; the hospital comes on the day of fra-1.
			e.place("lviv").Throughput = &scenario.Throughput{Tonnes: ptr(6000.0)}
			e.contributor("NOR").Approval = 0
			for _, x := range []struct {
				unit string
				leg  int
			}{{"gbr-1", 1}, {"fra-1", 0}, {"nor-med", 0}} {
				e.leg(x.unit, x.leg).Arrive++
				e.leg(x.unit, x.leg).Effective++
			}
			e.unit("nor-med").Tonnes = scenario.Exactly(2000)
			e.unit("fra-1").Tonnes = scenario.Exactly(4001) // three days to load, so one later
			e.s.Lift[0].Tonnes = ptr(4001.0)
			l := e.leg("fra-1", 0)
			l.Arrive, l.Effective = l.Arrive-1, l.Effective-1
			l = e.leg("nor-med", 0)
			*l.DecideBy = *l.OrderBy
			shift(l, e.leg("fra-1", 0).Arrive-l.Arrive)
		}},

		{"too many persons", "cap", func(e edit) { e.contributor("FRA").MaxDeployed = ptr(799) }},
		{"persons of day 0 do not break the cap", "", func(e edit) {
			e.contributor("GBR").MaxDeployed = ptr(0)
			e.tour("gbr-1").Legs = e.tour("gbr-1").Legs[:1]
			e.leg("gbr-1", 0).Until = e.s.Calendar.Date(60)
			e.tour("gbr-1").Home = e.s.Calendar.Date(66)
		}},
		{"decided once", "notice", func(e edit) { e.mandate("NOR", 120) }},
		{"decided once, and the plan says so", "", func(e edit) { e.mandate("NOR", 120); e.decideOnce("nor-med") }},
		{"above its mandate", "mandate", func(e edit) { e.mandate("NOR", 119); e.decideOnce("nor-med") }},
		{"ordered before its mandate", "notice", func(e edit) {
			m := e.mandate("NOR", 120)
			m.Decided = scenario.DayTime(e.s.Calendar.Day(*e.leg("nor-med", 0).OrderBy) + 1)
			e.decideOnce("nor-med")
		}},
		{"there before its mandate", "notice", func(e edit) {
			e.mandate("NOR", 120).From = scenario.DayTime(e.s.Calendar.Day(e.leg("nor-med", 0).Arrive) + 1)
			e.decideOnce("nor-med")
		}},
		{"there after its mandate", "notice", func(e edit) {
			e.mandate("NOR", 120).Until = scenario.DayTime(e.s.Calendar.Day(e.leg("nor-med", 0).Until) - 1)
			e.decideOnce("nor-med")
		}},
		{"outside its mandate with approval", "", func(e edit) {
			e.mandate("NOR", 120).Until = scenario.DayTime(e.s.Calendar.Day(e.leg("nor-med", 0).Until) - 1)
		}},
		{"outside its mandate, and barred", "mandate", func(e edit) {
			m := e.mandate("NOR", 120)
			m.Until, m.Outside = scenario.DayTime(e.s.Calendar.Day(e.leg("nor-med", 0).Until)-1), scenario.BarredOutside
		}},
		{"mandate for another operation", "", func(e edit) {
			e.mandate("NOR", 1).Operation = "elsewhere"
		}},
		{"given orders do not break a mandate", "", func(e edit) {
			e.mandate("NOR", 1)
			e.decideOnce("nor-med")
			e.order("nor-med", 0, true)
		}},
		{"pinned elsewhere", "fixed", func(e edit) { e.pin("pol-1", "tapa", 19, 60, false) }},
		{"pinned where it is", "", func(e edit) { e.pin("pol-1", "tapa", 20, 60, false) }},
		{"forbidden where it is", "fixed", func(e edit) { e.pin("pol-1", "tapa", 10, 21, true) }},
		{"forbidden before it is there", "", func(e edit) { e.pin("pol-1", "tapa", 10, 20, true) }},
		{"order given for another day", "fixed", func(e edit) { e.order("fra-1", 0, true).Depart = scenario.DayTime(0) }},
		{"order given for another role", "fixed", func(e edit) { e.order("fra-1", 0, true).As = "medical" }},
		{"order not given for another day", "", func(e edit) { e.order("fra-1", 0, false).Depart = scenario.DayTime(0) }},
		{"order given before today", "notice", func(e edit) { e.order("fra-1", 0, true); e.s.Today = scenario.DayTime(18) }},
		{"decided before today", "", func(e edit) {
			e.order("nor-med", 0, false).Decided = true
			e.s.Today = scenario.DayTime(e.s.Calendar.Day(*e.leg("nor-med", 0).DecideBy) + 1)
			e.order("fra-1", 0, true)
			e.order("pol-1", 0, true)
			e.order("gbr-1", 1, true)
		}},
		{"decided, but ordered before today", "notice", func(e edit) {
			e.order("nor-med", 0, false).Decided = true
			e.s.Today = scenario.DayTime(e.s.Calendar.Day(*e.leg("nor-med", 0).OrderBy) + 1)
			e.order("fra-1", 0, true)
			e.order("pol-1", 0, true)
			e.order("gbr-1", 1, true)
		}},
		{"order given within its notice", "", func(e edit) {
			e.order("fra-1", 0, true)
			e.unit("fra-1").Notice += 30
			l := e.leg("fra-1", 0)
			*l.OrderBy, *l.DecideBy = *l.OrderBy-30, *l.DecideBy-30
		}},
	} {
		t.Run(m.name, func(t *testing.T) {
			s, p := tiny(t)
			m.mutate(edit{s, p})
			p.Metrics = nil
			var broken []string
			report := verify.Check(s, p)
			for _, b := range report.Breaches {
				if !slices.Contains(broken, string(b.Rule)) {
					broken = append(broken, string(b.Rule))
				}
			}
			slices.Sort(broken)
			if got := strings.Join(broken, " "); got != m.rules {
				t.Errorf("broken rules %q, want %q: %v", got, m.rules, report.Breaches)
			}
		})
	}
}

// again cuts a unit's tour at day 43 and sends it once more, some days after it
// is home again.
func again(e edit, unit string, rested scenario.Date) {
	day := e.s.Calendar.Date
	u := e.unit(unit)
	u.Tour.Min, u.Notice, u.Dwell, u.Rest = days(0), 0, 0, 5
	e.post("lviv").Stay.Min = days(1)
	t := e.tour(unit)
	l := &t.Legs[0]
	*l.OrderBy, *l.DecideBy = l.Depart, l.Depart
	l.Until = day(43)
	t.Home = l.Until + 4
	second := plan.Tour{Unit: unit, Home: day(60) + 4, Legs: []plan.Leg{*l}}
	second.Legs[0].Until = day(60)
	second.Legs[0].OrderBy, second.Legs[0].DecideBy = ptr(*l.OrderBy), ptr(*l.DecideBy)
	shift(&second.Legs[0], t.Home+rested-second.Legs[0].Depart)
	if rested == 0 {
		shift(&second.Legs[0], -1)
	}
	e.p.Tours = append(e.p.Tours, second)
}

// TestMessages holds what a planner reads.
func TestMessages(t *testing.T) {
	s, p := tiny(t)
	e := edit{s, p}
	*e.leg("fra-1", 0).OrderBy++
	e.contributor("NOR").MaxDeployed = ptr(100)
	var got []string
	for _, b := range verify.Check(s, p).Breaches[:2] {
		got = append(got, b.String())
	}
	want := []string{
		`notice: 2025-05-18: unit "fra-1" at post "lviv": order_by is 2025-05-19 by the plan, 2025-05-18 by its notice`,
		`cap: 2025-06-11: contributor "NOR" has 120 persons deployed, 20 more than it may`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFindsEveryFalseNumber changes each number of the metrics in turn.
func TestFindsEveryFalseNumber(t *testing.T) {
	never := map[string]bool{ // stated by the search, or not to be found from one plan
		"iterations": true, "seed": true, "stop": true, "scenario_sha256": true, "new_exposure": true,
	}
	_, p := tiny(t)
	p.Metrics.Unavoidable = &plan.Unavoidable{Standing: p.Metrics.ExposureDays.Standing, Operations: p.Metrics.ExposureDays.Operations}
	b, err := json.Marshal(p.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, m map[string]any)
	walk = func(path string, m map[string]any) {
		for k, was := range m {
			name := strings.TrimPrefix(path+"."+k, ".")
			switch x := was.(type) {
			case map[string]any:
				walk(name, x)
				continue
			case float64:
				m[k] = x + 1
			case string:
				m[k] = "2025-05-02"
			}
			if !never[name] {
				s, p := tiny(t)
				p.Metrics = &plan.Metrics{}
				b, _ := json.Marshal(tree)
				if err := json.Unmarshal(b, p.Metrics); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				d := verify.Check(s, p).Differences
				if !slices.ContainsFunc(d, func(d verify.Difference) bool { return d.Metric == name }) {
					t.Errorf("%s is false; differences %v do not name it", name, d)
				}
			}
			m[k] = was
		}
	}
	walk("", tree)
}

func TestFindsFalseWeights(t *testing.T) {
	s, p := tiny(t)
	p.Weights.Exposure = &scenario.ByKind{Standing: ptr(63.0)}
	want := []verify.Difference{{Metric: "weights.exposure.standing", Stated: "63", Found: "64"}}
	if diff := cmp.Diff(want, verify.Check(s, p).Differences); diff != "" {
		t.Error(diff)
	}
}

// What rotation costs is part of the objective, price by price: on the tiny example with a
// usual tour and stay, the plan's tours cost what they do by hand.
func TestRotationIsPriced(t *testing.T) {
	s, p := tiny(t)
	last := p.Tours[len(p.Tours)-1].Legs
	last[len(last)-1].Until -= 3 // the others last to the end of the calendar
	before := verify.Check(s, p).Metrics.Objective
	x := *s
	x.Units, x.Posts = slices.Clone(s.Units), slices.Clone(s.Posts)
	for i := range x.Units {
		x.Units[i].Tour.Usual = 300
	}
	for i := range x.Posts {
		x.Posts[i].Stay.Usual = 300
	}
	posts, units := x.PostsByID(), x.UnitsByID()
	for name, set := range map[string]func(*scenario.Weights){
		"tour":       func(w *scenario.Weights) { w.Tour = ptr(3.0) },
		"on_the_way": func(w *scenario.Weights) { w.OnTheWay = ptr(0.25) },
		"short_tour": func(w *scenario.Weights) { w.ShortTour = ptr(0.75) },
		"short_stay": func(w *scenario.Weights) { w.ShortStay = ptr(1.25) },
	} {
		w := *s.Weights
		w.Tour, w.OnTheWay, w.ShortTour, w.ShortStay = ptr(0.0), ptr(0.0), ptr(0.0), ptr(0.0)
		set(&w)
		x.Weights = &w
		want := before
		for i := range p.Tours {
			want += plan.RotationOf(&x, units[p.Tours[i].Unit], posts, &p.Tours[i])
		}
		if got := verify.Check(&x, p).Metrics.Objective; math.Abs(got-want) > 1e-9 || want == before {
			t.Errorf("%s: the checker says %g, by the tours %g, and %g without", name, got, want, before)
		}
		p.Weights = *s.Weights
		named := func(d verify.Difference) bool { return d.Metric == "weights."+name }
		if !slices.ContainsFunc(verify.Check(&x, p).Differences, named) {
			t.Errorf("%s: a plan that states another price passes", name)
		}
	}
}

// FuzzCheck feeds plans of any content.
func FuzzCheck(f *testing.F) {
	s, p := tiny(f)
	good, err := formats.PlanBytes(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"tours": [{"unit": "gbr-1", "home": "9999-01-01", "legs": [{"post": "tapa", "as": "all", "lift": "self"}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p plan.Plan
		if json.Unmarshal(b, &p) != nil {
			return
		}
		if r := verify.Check(s, &p); r.Metrics == nil {
			t.Error("no metrics")
		}
	})
}
