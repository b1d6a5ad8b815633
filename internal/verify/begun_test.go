package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// begin puts a leg of the plan into the plan in force as one that has begun.
func (e edit) begin(unit string, i int) *scenario.Order {
	x, l := e.order(unit, i, true), e.leg(unit, i)
	x.Arrive = scenario.DayTime(e.s.Calendar.Day(l.Arrive))
	if l.Lift != nil {
		x.Lift = *l.Lift
	}
	if i > 0 {
		x.From = e.leg(unit, i-1).Post
	}
	return x
}

// late lets gbr-1 leave tapa a day late and arrive in time all the same, which no road
// allows, and begins both of its legs.
func late(e edit) {
	tapa, lviv := e.leg("gbr-1", 0), e.leg("gbr-1", 1)
	tapa.Until++
	lviv.Depart++
	*lviv.OrderBy++
	*lviv.DecideBy++
	e.begin("gbr-1", 0)
	e.begin("gbr-1", 1)
}

// TestWhatHasBegun: no rule binds what has begun but that the plan has it as it is, and
// nothing else before it ends; what follows on it is bound as ever.
func TestWhatHasBegun(t *testing.T) {
	given := func(e edit) {
		for unit, leg := range map[string]int{"pol-1": 0, "fra-1": 0, "nor-med": 0} {
			e.order(unit, leg, true)
		}
	}
	for _, m := range []struct {
		name   string
		rules  string
		mutate func(edit)
	}{
		{"late", "", late},
		{"late, and not said to have begun", "place", func(e edit) { late(e); e.s.InForce[1].Arrive = scenario.Time{} }},
		{"barred", "", func(e edit) { late(e); e.bar("gbr-1", scenario.Caveat{Post: []string{"lviv"}}) }},
		{"outside its windows", "", func(e edit) {
			late(e)
			e.unit("gbr-1").Available = []scenario.Window{{From: scenario.DayTime(0), Until: scenario.DayTime(5)}}
		}},
		{"softer than the plan's maturity", "", func(e edit) {
			e.begin("nor-med", 0)
			e.unit("nor-med").Pledge, e.s.Maturity = scenario.Stated, scenario.Offered
		}},
		{"tour too long", "", func(e edit) { late(e); e.unit("gbr-1").Tour.Max = days(80) }},
		{"tour and stay too short", "", func(e edit) {
			e.leg("pol-1", 0).Until -= 35
			e.tour("pol-1").Home -= 35
			e.begin("pol-1", 0)
		}},
		{"ends before it counts", "", func(e edit) {
			l := e.leg("pol-1", 0)
			e.tour("pol-1").Home += l.Arrive + 1 - l.Until
			l.Effective, l.Until = l.Arrive+1, l.Arrive+1
			e.begin("pol-1", 0)
		}},
		{"not ready", "", func(e edit) { e.begin("fra-1", 0); e.unit("fra-1").Ready = scenario.DayTime(33) }},
		{"by a pool that is gone", "", func(e edit) { e.begin("pol-1", 0).Lift = "ferry"; *e.leg("pol-1", 0).Lift = "ferry" }},
		{"more than a cap allows", "", func(e edit) { e.begin("fra-1", 0); e.contributor("FRA").MaxDeployed = ptr(0) }},
		{"more than a pool carries", "", func(e edit) { e.begin("fra-1", 0); e.s.Lift[0].Tonnes = ptr(100.0); slow(e) }},
		{"others beside more than a pool carries", "lift", func(e edit) {
			e.begin("fra-1", 0)
			e.begin("nor-med", 0)
			e.s.InForce[1].Arrive = scenario.Time{}
			e.s.Lift[0].Tonnes = ptr(2000.0)
			x := e.leg("nor-med", 0)
			shift(x, -9)
			e.s.InForce[1].Depart = scenario.DayTime(e.s.Calendar.Day(x.Depart))
		}},

		{"arrives on another day", "fixed", func(e edit) { late(e); e.leg("gbr-1", 1).Arrive-- }},
		{"counts from another day", "fixed", func(e edit) { late(e); e.leg("gbr-1", 1).Effective-- }},
		{"by another lift", "fixed", func(e edit) { late(e); *e.leg("gbr-1", 1).Lift = "rail" }},
		{"from elsewhere", "fixed", func(e edit) { late(e); e.s.InForce[1].From = "" }},
		{"left out", "fixed", func(e edit) {
			e.begin("fra-1", 0)
			e.p.Tours = slices.DeleteFunc(e.p.Tours, func(t plan.Tour) bool { return t.Unit == "fra-1" })
		}},
		{"stays at its post of day 0 instead", "fixed", func(e edit) {
			late(e)
			e.tour("gbr-1").Legs = e.tour("gbr-1").Legs[:1]
			e.tour("gbr-1").Home = e.leg("gbr-1", 0).Until + 6
		}},
		{"elsewhere before it ends", "fixed place", func(e edit) { again(e, "fra-1", -9); e.begin("fra-1", 0) }},

		{"rest after it", "rest", func(e edit) { again(e, "fra-1", 4); e.begin("fra-1", 0) }},
		{"tour that goes on too long", "tour", func(e edit) { e.begin("gbr-1", 0); e.unit("gbr-1").Tour.Max = days(106) }},
		{"pinned elsewhere before today", "", func(e edit) {
			late(e)
			given(e)
			e.s.Today = scenario.DayTime(30)
			e.pin("gbr-1", "lviv", 20, 30, false)
		}},
		{"pinned elsewhere from today on", "fixed", func(e edit) {
			late(e)
			given(e)
			e.s.Today = scenario.DayTime(30)
			e.pin("gbr-1", "lviv", 20, 32, false)
		}},
	} {
		t.Run(m.name, func(t *testing.T) {
			s, p := tiny(t)
			p.Metrics = nil
			m.mutate(edit{s, p})
			var rules []string
			report := verify.Check(s, p)
			for _, b := range report.Breaches {
				if !slices.Contains(rules, string(b.Rule)) {
					rules = append(rules, string(b.Rule))
				}
			}
			slices.Sort(rules)
			if got := strings.Join(rules, " "); got != m.rules {
				t.Errorf("broken %q, want %q: %v", got, m.rules, report.Breaches)
			}
		})
	}
}

// slow leaves the hospital at home, so that nobody but fra-1 comes by rail.
func slow(e edit) {
	e.p.Tours = slices.DeleteFunc(e.p.Tours, func(t plan.Tour) bool { return t.Unit == "nor-med" })
}
