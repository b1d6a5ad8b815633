package engine

import (
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

// What is proven of a unit is what its best schedule is worth, which a search of
// every day of departure by itself finds, whatever confines its tours.
func TestProofIsExact(t *testing.T) {
	confine := map[string]func(*scenario.Scenario){
		"nothing": func(*scenario.Scenario) {},
		"windows": func(s *scenario.Scenario) {
			for i := range s.Units {
				day := func(n int) scenario.Time { return scenario.DayTime(n + i%20) }
				s.Units[i].Available = []scenario.Window{{From: day(5), Until: day(80)}, {From: day(95), Until: day(180)}}
			}
		},
		"a barred phase": func(s *scenario.Scenario) {
			for i := range s.Contributors {
				c := &s.Contributors[i]
				c.Caveats = append(c.Caveats, scenario.Caveat{Operation: []string{"operation"}, Phase: []string{s.Operations[0].Phases[i%2].ID}})
			}
		},
		"days that pins forbid": func(s *scenario.Scenario) {
			for i := range s.Units {
				s.Pins = append(s.Pins, scenario.Pin{
					Unit: s.Units[i].ID, Post: s.Posts[i%len(s.Posts)].ID, From: scenario.DayTime(60 + i), Until: scenario.DayTime(70 + i), Forbid: true,
				})
			}
		},
		"late orders to redeploy": func(s *scenario.Scenario) {
			for i := range s.Units {
				s.Units[i].Redeploy = scenario.Days(60 + i)
			}
		},
		"tours of one length": func(s *scenario.Scenario) {
			for i := range s.Units {
				s.Units[i].Tour.Min = s.Units[i].Tour.Max
			}
		},
		"rest that does not grow": func(s *scenario.Scenario) {
			for i := range s.Units {
				s.Units[i].Dwell, s.Units[i].Rest = 0, scenario.Days(i)
			}
		},
	}
	for name, change := range confine {
		t.Run(name, func(t *testing.T) {
			several := 0
			for seed := range uint64(2) {
				r := randomPrices(t, 60, 12, seed, change)
				exact, proving := newPathfinder(r.instance), newPathfinder(r.instance).all()
				exact.redeploying, proving.proving, proving.exact = fromAnyDay, true, true
				for i := range r.units {
					sc := exact.best(i, r, nil)
					proving.best(i, r, nil)
					for j := range sc {
						if sc[j].home < 0 {
							several++
						}
					}
					if proving.step() == 0 || !r.units[i].endsAreFree(r.horizon) || proving.waysHome() > mostBacks {
						continue
					}
					priced := r.shortStay > 0 // which a proof leaves out
					if d := proving.worth - exact.worth; d < -1e-6 || d > 1e-6 && !priced {
						t.Errorf("seed %d: unit %s: proved worth %g, its best schedule's is %g", seed, r.units[i].id, proving.worth, exact.worth)
					}
				}
			}
			if several == 0 {
				t.Error("no best tour has several legs")
			}
		})
	}
}

// waysHome is how many ways home from its posts take the unit different days.
func (f *pathfinder) waysHome() int {
	days := map[int32]bool{}
	for _, i := range f.alive {
		days[f.u.stops[f.u.slots[i].stop].back] = true
	}
	return len(days)
}
