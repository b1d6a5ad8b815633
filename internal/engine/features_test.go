package engine_test

import (
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// features counts random scenarios by what is in them.
type features struct{ inForce, alike, pinned, given, begun, mandated, all int }

func (f *features) count(s *scenario.Scenario) {
	has := func(yes bool, n *int) bool {
		if yes {
			*n++
		}
		return yes
	}
	inForce := has(len(s.InForce) > 0, &f.inForce)
	like := has(slices.ContainsFunc(s.Units, func(u scenario.Unit) bool {
		return slices.ContainsFunc(s.Units, func(v scenario.Unit) bool { return u.ID != v.ID && alike(u, v) })
	}), &f.alike)
	pinned := has(len(s.Pins) > 0, &f.pinned)
	has(slices.ContainsFunc(s.InForce, func(x scenario.Order) bool { return x.Given }), &f.given)
	has(slices.ContainsFunc(s.InForce, func(x scenario.Order) bool { return x.Begun() }), &f.begun)
	has(slices.ContainsFunc(s.Contributors, func(c scenario.Contributor) bool { return len(c.Mandates) > 0 }), &f.mandated)
	has(inForce && like && pinned, &f.all)
}

// enough reports whether each feature, and all together, came often enough among so
// many scenarios to be tested.
func (f *features) enough(n int) bool {
	return f.inForce*4 > n && f.alike*6 > n && f.pinned*6 > n && f.given*20 > n && f.begun*25 > n && f.mandated*8 > n && f.all*60 > n
}
