package execution

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// Bar returns a scenario, as it was written, in which units whose legs were
// cancelled are not sent from then on, or not until the day that was given. A
// unit of a count is written by itself for it.
func (a *Account) Bar(s *scenario.Scenario) *scenario.Scenario {
	if len(a.barred) == 0 {
		return s
	}
	out := *s
	out.Units, out.Pins = nil, nil
	members := map[string][]string{} // of a count that is written apart
	for _, u := range s.Units {
		list := apart(u, a.barred)
		for _, one := range list {
			if b, ok := a.barred[one.ID]; ok {
				one.Available = b.cut(one.Available, s.Calendar)
			}
			out.Units = append(out.Units, one)
			if one.ID != u.ID {
				members[u.ID] = append(members[u.ID], one.ID)
			}
		}
	}
	for _, pin := range s.Pins {
		if members[pin.Unit] == nil {
			out.Pins = append(out.Pins, pin)
		}
		for _, id := range members[pin.Unit] {
			pin.Unit = id
			out.Pins = append(out.Pins, pin)
		}
	}
	return &out
}

// apart writes the units of a count by themselves if one of them is barred.
func apart(u scenario.Unit, barred map[string]bar) []scenario.Unit {
	touched := false
	for id := range barred {
		base, _, counted := strings.Cut(id, "#")
		touched = touched || counted && base == u.ID
	}
	if u.Count == 0 || !touched {
		return []scenario.Unit{u}
	}
	list := make([]scenario.Unit, u.Count)
	for i := range list {
		list[i] = u
		list[i].ID, list[i].Count = u.ID+"#"+strconv.Itoa(i+1), 0
	}
	return list
}

// cut takes the barred time out of a unit's windows.
func (b bar) cut(windows []scenario.Window, c scenario.Calendar) (list []scenario.Window) {
	if len(windows) == 0 {
		windows = []scenario.Window{{From: scenario.DayTime(0), Until: scenario.DayTime(c.Days)}}
	}
	for _, w := range windows {
		from, until := 0, c.Days
		if !w.From.IsZero() {
			from = w.From.Day(c, 0)
		}
		if !w.Until.IsZero() {
			until = w.Until.Day(c, 0)
		}
		if first := c.Day(b.from); from < first {
			list = append(list, scenario.Window{From: scenario.DayTime(from), Until: scenario.DayTime(min(until, first))})
		}
		if b.again != nil {
			if again := max(from, c.Day(*b.again)); again < until {
				list = append(list, scenario.Window{From: scenario.DayTime(again), Until: scenario.DayTime(until)})
			}
		}
	}
	if list == nil { // no window at all would be every day
		list = []scenario.Window{{From: scenario.DayTime(c.Days - 1), Until: scenario.DayTime(c.Days)}}
	}
	return slices.Clip(list)
}
