package plan

import (
	"cmp"
	"slices"
)

// Gap is a line that is below its floor on days in a row: [From, Until).
type Gap struct {
	Line     *LineCover
	Index    int     // of the line in Evaluation.Lines
	From     int     // day numbers
	Until    int     // first day after
	Exposure float64 // exposure-days
	Worst    float64 // largest missing part of the floor, 0 to 1
	On       int     // the day of that, the first of equals
}

// Gaps are all gaps, the largest exposure first; of equals the earliest, then by post.
func (e *Evaluation) Gaps() []Gap {
	var all []Gap
	for i := range e.Lines {
		l := &e.Lines[i]
		for d := l.From; d < l.Until; d++ {
			if l.Exposure(d) == 0 {
				continue
			}
			g := Gap{Line: l, Index: i, From: d}
			for ; d < l.Until && l.Exposure(d) > 0; d++ {
				x := l.Exposure(d)
				g.Exposure += x
				if x > g.Worst {
					g.Worst, g.On = x, d
				}
			}
			g.Until = d
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(b.Exposure, a.Exposure), cmp.Compare(a.From, b.From), cmp.Compare(a.Line.Post.ID, b.Line.Post.ID))
	})
	return all
}

// AreaExposure is the exposure of an area's posts, with those of all areas below it.
type AreaExposure struct {
	Exposure float64   // exposure-days
	Demand   float64   // days on which a floor is to be held, over all lines
	Daily    []float64 // exposure by day of the calendar
}

// Areas is the exposure by area, of those in which a floor is to be held.
func (e *Evaluation) Areas() map[string]*AreaExposure {
	parent := map[string]string{}
	for _, a := range e.Scenario.Areas {
		parent[a.ID] = a.Parent
	}
	of := map[string]string{}
	for _, p := range e.Scenario.Places {
		of[p.ID] = p.Area
	}
	all := map[string]*AreaExposure{}
	for i := range e.Lines {
		l := &e.Lines[i]
		if l.Line.Floor.Likely <= 0 {
			continue
		}
		for id := of[l.Post.Place]; id != ""; id = parent[id] {
			a := all[id]
			if a == nil {
				a = &AreaExposure{Daily: make([]float64, e.Scenario.Calendar.Days)}
				all[id] = a
			}
			a.Demand += float64(l.Until - l.From)
			for d := l.From; d < l.Until; d++ {
				a.Exposure += l.Exposure(d)
				a.Daily[d] += l.Exposure(d)
			}
		}
	}
	return all
}

// Without is by how many exposure-days a backfill's post would be more exposed should
// the backfill not come.
func (e *Evaluation) Without(b *Backfill) float64 {
	unit := e.units[b.By]
	calendar, sum := e.Scenario.Calendar, 0.0
	for i := range e.Lines {
		l := &e.Lines[i]
		if l.Post.ID != b.Post || unit == nil || !slices.Contains(b.Provides, l.Line.Capability) {
			continue
		}
		gives := Gives(e.Scenario, unit, b.Leg.As, l.Line.Capability)
		floor := l.Line.Floor.Likely
		for d := max(l.From, calendar.Day(b.Leg.Effective)); d < min(l.Until, calendar.Day(b.Leg.Until)); d++ {
			sum += missing(floor, max(0, l.Cover[d]-gives)) - l.Exposure(d)
		}
	}
	return sum
}
