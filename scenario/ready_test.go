package scenario_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/scenario"
)

// TestWhatCounts resolves what an operation says of readiness, and what it leaves out: the
// first of its own phases in which a floor starts; and a second time, which changes nothing.
func TestWhatCounts(t *testing.T) {
	line := func(capability string, floor float64, from, until int) scenario.Line {
		return scenario.Line{Capability: capability, Floor: scenario.Exactly(floor), Target: new(scenario.Exactly(2)), From: scenario.DDayTime(from), Until: scenario.DDayTime(until)}
	}
	entry := scenario.Phase{ID: "entry", From: scenario.DDayTime(0), Until: scenario.DDayTime(10)}
	build := scenario.Phase{ID: "build", From: scenario.DDayTime(10)}
	for name, x := range map[string]struct {
		phases []scenario.Phase
		ready  scenario.Ready
		until  string // of a caveat: a condition, for which a phase is added
		lines  []scenario.Line
		counts []int // lines of IOC
		first  [2]int
	}{
		"all without phases":                   {lines: []scenario.Line{line("bg", 1, 0, 50), line("med", 1, 20, 50)}, counts: []int{0, 1}, first: [2]int{25, 25}},
		"no floor":                             {lines: []scenario.Line{line("bg", 1, 0, 50), line("med", 0, 20, 50)}, counts: []int{0}, first: [2]int{5, 25}},
		"the first phase":                      {phases: []scenario.Phase{build, entry}, lines: []scenario.Line{line("bg", 1, 9, 50), line("med", 1, 10, 50)}, counts: []int{0}, first: [2]int{14, 15}},
		"the first phase with a floor":         {phases: []scenario.Phase{entry, build}, lines: []scenario.Line{line("bg", 0, 0, 50), line("med", 1, 12, 50)}, counts: []int{1}, first: [2]int{17, 17}},
		"what is before all phases":            {phases: []scenario.Phase{entry, build}, lines: []scenario.Line{line("bg", 1, -3, 50), line("med", 1, 12, 50)}, counts: []int{0}, first: [2]int{2, 17}},
		"no phase of a caveat that waits":      {phases: []scenario.Phase{entry, build}, until: "deal", lines: []scenario.Line{line("bg", 1, 0, 50), line("med", 1, 12, 50)}, counts: []int{0}, first: [2]int{5, 17}},
		"a floor that rises goes on":           {lines: []scenario.Line{line("bg", 1, 0, 20), line("bg", 2, 20, 50)}, counts: []int{0, 1}, first: [2]int{5, 25}},
		"a floor that rises in a later phase":  {phases: []scenario.Phase{entry, build}, lines: []scenario.Line{line("bg", 1, 0, 20), line("bg", 2, 20, 50)}, counts: []int{0, 1}, first: [2]int{5, 25}},
		"a floor that comes again starts anew": {lines: []scenario.Line{line("bg", 1, 0, 20), line("bg", 2, 21, 50)}, counts: []int{0, 1}, first: [2]int{26, 26}},
		"as it says": {
			phases: []scenario.Phase{entry, build}, ready: scenario.Ready{IOC: &scenario.Counts{Phase: []string{"build"}}, FOC: &scenario.Counts{Capability: []string{"bg"}}},
			lines: []scenario.Line{line("bg", 1, 0, 50), line("med", 1, 12, 50)}, counts: []int{1}, first: [2]int{17, 5},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scenario.Scenario{
				Calendar: scenario.Calendar{Days: 100}, Capabilities: []scenario.Capability{{ID: "bg"}, {ID: "med"}}, Conditions: []scenario.Condition{{ID: "deal", Reported: "deal", Expected: scenario.DayTime(40)}},
				Contributors: []scenario.Contributor{{ID: "A", Caveats: []scenario.Caveat{{Operation: []string{"op"}, Until: x.until}}}},
				Operations:   []scenario.Operation{{ID: "op", DDay: scenario.DDay{Likely: scenario.DayTime(5)}, Phases: x.phases, Ready: x.ready}},
				Posts:        []scenario.Post{{ID: "other", Lines: []scenario.Line{{Capability: "bg", Floor: scenario.Exactly(1)}}}, {ID: "post", Operation: "op", Lines: x.lines}},
			}
			r, err := scenario.Resolve(s, scenario.Variant{})
			if err != nil {
				t.Fatal(err)
			}
			goals := r.Goals()
			var counts []int
			for _, w := range goals[0].Wants {
				counts = append(counts, w.Line-1)
			}
			if got := [2]int{goals[0].First, goals[1].First}; !slices.Equal(counts, x.counts) || got != x.first || goals[0].Hold != 7 {
				t.Errorf("for IOC lines %v count, the first days are %v, it must hold %d days; want %v, %v and 7", counts, got, goals[0].Hold, x.counts, x.first)
			}
			again, err := scenario.Resolve(r, scenario.Variant{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(again.Operations, r.Operations) {
				t.Errorf("resolved again %+v, want %+v", again.Operations, r.Operations)
			}
		})
	}
}

// TestCheckReady says what cannot be counted, each by itself, with what to write.
func TestCheckReady(t *testing.T) {
	s := numbered(t)
	op := &s.Operations[0]
	op.Phases = []scenario.Phase{{ID: "entry", From: scenario.DDayTime(0)}}
	op.Ready = scenario.Ready{
		Hold: scenario.Days(s.Calendar.Days + 1),
		IOC:  &scenario.Counts{Post: []string{"nowhere", s.Posts[0].ID}, Capability: []string{"bgg"}, Phase: []string{"entri"}, Share: new(0.0)},
		FOC:  &scenario.Counts{Capability: []string{"patrol"}},
	}
	s.Posts[0].Operation = ""
	var got []string
	for _, p := range scenario.Check(s) {
		if len(p.Path) > 20 && p.Path[:20] == "/operations/0/ready/" {
			got = append(got, p.Path[20:]+" "+p.Maybe)
		}
	}
	want := []string{"hold ", "ioc/post/0 ", "ioc/post/1 ", "ioc/capability/0 bg", "ioc/phase/0 entry", "ioc/share ", "foc "}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
}
