package scenario

import (
	"fmt"
	"slices"
)

// conditioned is a scenario in which nothing hangs on a condition any more:
// operations and phases have the dates, caveats the time, that the outcomes
// give them; operations whose condition has failed are added to those that do
// not happen. A condition without an outcome is open. Waits is how many phases are added to
// each operation for caveats that wait.
func conditioned(s *Scenario, o *Variant) (r *Scenario, waits int, err error) {
	if len(s.Conditions) == 0 {
		return s, 0, nil // also of a resolved scenario, in which the outcomes are done
	}
	w := world{s: s, outcomes: map[string]Outcome{}}
	for _, k := range s.Conditions {
		w.outcomes[k.ID] = Outcome{State: Open}
		if !k.Expected.IsZero() {
			date := s.Calendar.Date(k.Expected.Day(s.Calendar, 0))
			w.outcomes[k.ID] = Outcome{Open, &date}
		}
	}
	for id, x := range o.Conditions {
		if _, known := w.outcomes[id]; !known {
			return nil, 0, fmt.Errorf("unknown condition %q", id)
		}
		switch x.State {
		case Open:
		case Met, Failed:
			if x.Date == nil {
				return nil, 0, fmt.Errorf("condition %q is %s on no day; give its date", id, x.State)
			}
		default:
			return nil, 0, fmt.Errorf("condition %q is %q; it can be open, met or failed", id, x.State)
		}
		w.outcomes[id] = x
	}
	r = new(*s)
	r.Conditions, r.Branches, r.Evidence = nil, nil, nil
	r.Operations = slices.Clone(s.Operations)
	for i := range r.Operations {
		if op := &r.Operations[i]; !w.operation(op) {
			o.Without = append(slices.Clone(o.Without), op.ID)
		}
	}
	standing := w.standing()
	r.Contributors = slices.Clone(s.Contributors)
	for i := range r.Contributors {
		r.Contributors[i].Caveats = w.caveats(r.Contributors[i].Caveats, standing)
		r.Contributors[i].Mandates = w.mandates(r.Contributors[i].Mandates, r.Operations)
	}
	r.Units = slices.Clone(s.Units)
	for i := range r.Units {
		r.Units[i].Caveats = w.caveats(r.Units[i].Caveats, standing)
	}
	for i := range r.Operations {
		r.Operations[i].Phases = append(r.Operations[i].Phases, w.waits...)
	}
	return r, len(w.waits), nil
}

// world is a scenario with the outcomes of its conditions.
type world struct {
	s        *Scenario
	outcomes map[string]Outcome
	waits    []Phase // the times before conditions that caveats wait for
}

// operation gives an operation and its phases their days, and reports whether
// it happens.
func (w *world) operation(op *Operation) bool {
	starts := w.outcomes[op.StartsWhen]
	if op.StartsWhen != "" && starts.State == Met {
		op.DDay = DDay{Likely: DateTime(*starts.Date + Date(op.StartsAfter))}
	}
	if op.StartsWhen != "" && op.Warning == nil {
		op.Warning = new(Days) // nobody knows the day before
	}
	w.phases(op)
	happens := op.StartsWhen == "" || starts.State != Failed
	op.StartsWhen, op.StartsAfter = "", 0
	return happens
}

// phases gives the phases of an operation that wait for a condition their days.
// A phase that was to end when such a one starts ends with its start. A phase
// that does not come goes.
func (w *world) phases(op *Operation) {
	written := op.Phases
	op.Phases = slices.Clone(written)
	day := func(t Time) int { return t.Day(w.s.Calendar, op.DDay.Likely.Day(w.s.Calendar, 0)) }
	never := DayTime(w.s.Calendar.Days)
	for i := range op.Phases {
		ph := &op.Phases[i]
		x := w.outcomes[ph.StartsWhen]
		if ph.StartsWhen == "" || x.State == Open {
			continue
		}
		starts := DateTime(*x.Date)
		if x.State == Failed {
			starts = never
		}
		for j := range written {
			if j != i && written[j].Until == written[i].From && !written[j].Until.IsZero() {
				op.Phases[j].Until = starts
			}
		}
		ph.From = starts
	}
	op.Phases = slices.DeleteFunc(op.Phases, func(ph Phase) bool { // what does not come
		return day(ph.From) >= w.s.Calendar.Days || !ph.Until.IsZero() && day(ph.From) >= day(ph.Until)
	})
	for i := range op.Phases {
		op.Phases[i].StartsWhen = ""
	}
}

func (w *world) standing() (posts []string) {
	for _, p := range w.s.Posts {
		if p.Operation == "" {
			posts = append(posts, p.ID)
		}
	}
	return posts
}

// caveats replaces each caveat that lasts until a condition is met: by none if
// it is met by day 0, by one for good if it cannot be counted on, and else by one
// for the phase until then. Standing posts have no phases: there it lasts.
func (w *world) caveats(list []Caveat, standing []string) []Caveat {
	if !slices.ContainsFunc(list, func(k Caveat) bool { return k.Until != "" }) {
		return list
	}
	var out []Caveat
	for _, k := range list {
		id := k.Until
		x := w.outcomes[id]
		k.Until = ""
		switch {
		case id == "", x.State == Failed, x.Date == nil:
			out = append(out, k)
		case *x.Date <= w.s.Calendar.Start:
		default:
			timed := k
			timed.Phase = []string{w.wait(id, *x.Date)}
			out = append(out, timed)
			if len(k.Operation) == 0 {
				k.Post = intersect(k.Post, standing)
				if len(k.Post) > 0 {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// wait is the phase of every operation that lasts until a condition is met.
func (w *world) wait(condition string, until Date) string {
	name := "until " + condition
	if !slices.ContainsFunc(w.waits, func(p Phase) bool { return p.ID == name }) {
		end := min(w.s.Calendar.Day(until), w.s.Calendar.Days)
		w.waits = append(w.waits, Phase{ID: name, From: DayTime(0), Until: DayTime(end)})
	}
	return name
}

// intersect is the names that are in both lists; an empty list stands for all.
func intersect(list, other []string) []string {
	if len(list) == 0 {
		return other
	}
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return !slices.Contains(other, x) })
}

// raised is a resolved line in parts: from each step on, more is required.
func raised(l Line, steps []Raise, c Calendar) []Line {
	if l.Scales == nil {
		return []Line{l} // also of a resolved scenario, in which the steps are done
	}
	l.Scales = nil
	parts := []Line{l}
	for _, step := range steps {
		last := &parts[len(parts)-1]
		day := c.Day(step.From)
		if day >= last.Until.Number() {
			continue
		}
		next := l
		next.Floor = Exactly(l.Floor.Likely + step.Add)
		target := Exactly(l.Target.Likely + step.Add)
		next.Target = &target
		if day <= last.From.Number() {
			next.From, next.Until = last.From, last.Until
			*last = next
			continue
		}
		next.From, next.Until = DayTime(day), last.Until
		last.Until = next.From
		parts = append(parts, next)
	}
	return parts
}
