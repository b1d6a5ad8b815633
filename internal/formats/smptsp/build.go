package smptsp

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// The one place, area and owner: an instance has no map.
const (
	site  = "site"
	staff = "staff"
)

// scenario makes the scenario; name is the file's.
func (in *instance) scenario(name string) *scenario.Scenario {
	s := &scenario.Scenario{
		Name:         fmt.Sprintf("SMPTSP %s", name),
		Source:       "Shift minimisation personnel task scheduling problem, file " + name,
		Note:         note,
		Areas:        []scenario.Area{{ID: site}},
		Places:       []scenario.Place{{ID: site, Area: site}},
		Contributors: []scenario.Contributor{{ID: staff, Name: "All workers"}},
		Weights:      in.weights(),
	}
	first, last, moments := in.grid()
	s.Calendar = scenario.Calendar{Start: firstDay, Days: moments}
	class, classes := in.classes()
	for c, tasks := range classes {
		s.Capabilities = append(s.Capabilities, scenario.Capability{
			ID: kind(c), Domain: "support", Unit: "worker", Note: fmt.Sprintf("tasks with the same workers: %d, the first is %d", len(tasks), tasks[0]),
		})
	}
	none := scenario.Days(0)
	for i, can := range in.workers {
		if len(can) == 0 {
			continue
		}
		provides := map[string]scenario.Quantity{}
		for _, j := range can {
			provides[kind(class[j])] = scenario.Exactly(1)
		}
		s.Units = append(s.Units, scenario.Unit{
			ID: fmt.Sprintf("w%d", i), Contributor: staff, Provides: provides, Home: site,
			Tour: scenario.Span{Min: &none}, SelfDeploys: &scenario.SelfDeploys{Mode: scenario.Road},
		})
	}
	for j, t := range in.tasks {
		s.Posts = append(s.Posts, scenario.Post{
			ID: fmt.Sprintf("t%d", j), Name: fmt.Sprintf("Task %d, minutes %d to %d", j, t.start, t.end), Place: site, Priority: lowest,
			Lines: []scenario.Line{{
				Capability: kind(class[j]), Floor: scenario.Exactly(1), Single: true,
				From: scenario.DayTime(first[j]), Until: scenario.DayTime(last[j] + 1),
			}},
		})
	}
	return s
}

const (
	lowest   = 5 // priority, of price 1
	firstDay = scenario.Date(10957)
	note     = "A day is one of the moments at which most tasks run together, in order: two tasks share a day exactly if they overlap in the instance. " +
		"A unit is a worker, a post is a task. A task left undone for a day costs more than all workers, so that the objective is the number of workers."
)

func kind(class int) string { return fmt.Sprintf("k%d", class) }

// weights make the objective the number of workers, if every task is done.
func (in *instance) weights() *scenario.Weights {
	undone := 1000.0
	for undone <= float64(len(in.workers)) {
		undone *= 10
	}
	zero, one := 0.0, 1.0
	return &scenario.Weights{
		Exposure:  &scenario.ByKind{Standing: &undone, Operation: &undone},
		Shortfall: &scenario.ByKind{Standing: &zero, Operation: &zero},
		Mobilise:  &one, Move: &zero, Share: &zero,
	}
}

// grid numbers the moments that matter: those starts of tasks before whose next
// start a task ends. The tasks that run at such a moment are a largest set of
// tasks that all overlap, and every such set has its moment, so that two tasks
// overlap exactly if they share a moment (intervals have Helly's property; see
// Golumbic, Algorithmic Graph Theory and Perfect Graphs, chapter 8). It returns
// the first and last moment of each task and their number.
func (in *instance) grid() (first, last []int, moments int) {
	type event struct {
		time  int
		start bool
		task  int
	}
	events := make([]event, 0, 2*len(in.tasks))
	for j, t := range in.tasks {
		events = append(events, event{t.start, true, j}, event{t.end, false, j})
	}
	slices.SortFunc(events, func(a, b event) int {
		switch {
		case a.time != b.time:
			return a.time - b.time
		case a.start != b.start && b.start:
			return -1 // ends before starts: [start, end) is half open
		case a.start != b.start:
			return 1
		}
		return a.task - b.task
	})
	first, last = make([]int, len(in.tasks)), make([]int, len(in.tasks))
	started := false // since the last moment
	for _, e := range events {
		if e.start {
			first[e.task], started = moments, true
			continue
		}
		if started {
			moments, started = moments+1, false
		}
		last[e.task] = moments - 1
	}
	return first, last, moments
}

// classes puts tasks that the same workers can do together, in the order of
// their first. It returns the class of each task and the tasks of each class.
func (in *instance) classes() (class []int, classes [][]int) {
	who := make([][]byte, len(in.tasks))
	for i, can := range in.workers {
		for _, j := range can {
			who[j] = binary.AppendUvarint(who[j], uint64(i))
		}
	}
	known := map[string]int{}
	class = make([]int, len(in.tasks))
	for j := range in.tasks {
		c, ok := known[string(who[j])]
		if !ok {
			c = len(classes)
			known[string(who[j])] = c
			classes = append(classes, nil)
		}
		class[j], classes[c] = c, append(classes[c], j)
	}
	return class, classes
}
