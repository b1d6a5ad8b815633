// Package conditions says from reports what has come true: which conditions of a
// scenario are open, met or failed on a day, what operations and phases that
// starts, and what incidents add to requirements. It gives dates and numbers to
// the model (scenario.Variant); what plans, and what checks plans, knows nothing
// of conditions. docs/model.md, Conditions, is normative.
package conditions

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// World is a scenario with what is known of it on a day.
type World struct {
	s       *scenario.Scenario
	today   scenario.Date // of the news
	day     scenario.Date // that is looked at: today, or a later one on which nothing more has been reported
	weigh   scenario.Weighing
	assumed map[string]scenario.State
	index   map[string]*scenario.Condition
	below   map[string]map[string]bool // area to itself and those below it
	events  map[string][]claim         // by event, by date and ID
	within  map[[2]string][]claim      // the same of an event in an area, as asked for
	known   map[view]finding
	used    int      // reports that count
	turns   []*World // the later days on which a rule may change its mind, as asked for
}

// claim is a report that counts, with whether any other contradicts it.
type claim struct {
	*scenario.Report
	contested bool
	against   []*scenario.Report // that contradict it, or that it contradicts, by ID
}

// never is after every day.
const never = scenario.Date(1 << 30)

// New weighs reports as of a day. Reports that came later, that are superseded by
// then, or that are rated too low do not count. Assumed states stand for
// conditions whatever the reports say. The order of the reports does not matter.
func New(s *scenario.Scenario, reports []scenario.Report, today scenario.Date, assumed map[string]scenario.State) *World {
	w := &World{
		s: s, today: today, day: today, weigh: scenario.Cautious, assumed: assumed, index: map[string]*scenario.Condition{},
		below: areas(s), events: map[string][]claim{}, within: map[[2]string][]claim{}, known: map[view]finding{},
	}
	least := ""
	if e := s.Evidence; e != nil {
		least = e.Least
		if e.Disputed != "" {
			w.weigh = e.Disputed
		}
	}
	for i := range s.Conditions {
		w.index[s.Conditions[i].ID] = &s.Conditions[i]
	}
	w.count(w.contested(current(reports, today, least)))
	return w
}

// current are the reports that count on a day.
func current(reports []scenario.Report, today scenario.Date, least string) map[string]*scenario.Report {
	there := map[string]*scenario.Report{}
	for i := range reports {
		if reports[i].Received <= today {
			there[reports[i].ID] = &reports[i]
		}
	}
	gone := map[string]bool{}
	for _, r := range there {
		if r.Supersedes != "" {
			gone[r.Supersedes] = true
		}
	}
	for id, r := range there {
		if gone[id] || least != "" && (r.Reliability > least[0] || r.Credibility > least[1]) {
			delete(there, id)
		}
	}
	return there
}

// contested finds which reports contradict each other. By rating, the worse of
// two does not count, and the better is not contested.
func (w *World) contested(there map[string]*scenario.Report) []claim {
	against := map[string][]*scenario.Report{}
	out := map[string]bool{}
	for id, r := range there {
		for _, other := range r.Contradicts {
			o := there[other]
			if o == nil {
				continue
			}
			order := rating(r) - rating(o)
			switch {
			case w.weigh == scenario.ByRating && order < 0:
				out[other] = true
			case w.weigh == scenario.ByRating && order > 0:
				out[id] = true
			default:
				against[id], against[other] = append(against[id], o), append(against[other], r)
			}
		}
	}
	var claims []claim
	for id, r := range there {
		if out[id] {
			continue
		}
		others := slices.DeleteFunc(against[id], func(x *scenario.Report) bool { return out[x.ID] })
		slices.SortFunc(others, func(a, b *scenario.Report) int { return cmp.Compare(a.ID, b.ID) })
		claims = append(claims, claim{r, len(others) > 0, slices.Compact(others)})
	}
	slices.SortFunc(claims, func(a, b claim) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
	return claims
}

// names are the IDs of what contradicts a claim.
func (c claim) names() (ids []string) {
	for _, r := range c.against {
		ids = append(ids, r.ID)
	}
	return ids
}

// rating orders reports: the lower, the better.
func rating(r *scenario.Report) int { return int(r.Reliability-'A') + int(r.Credibility-'1') }

func (w *World) count(claims []claim) {
	w.used = len(claims)
	for _, c := range claims {
		w.events[c.Event] = append(w.events[c.Event], c)
	}
}

func areas(s *scenario.Scenario) map[string]map[string]bool {
	parent := map[string]string{}
	for _, a := range s.Areas {
		parent[a.ID] = a.Parent
	}
	below := map[string]map[string]bool{}
	for _, a := range s.Areas {
		for up, n := a.ID, 0; up != "" && n <= len(s.Areas); up, n = parent[up], n+1 {
			if below[up] == nil {
				below[up] = map[string]bool{}
			}
			below[up][a.ID] = true
		}
	}
	return below
}

// claims are the reports of an event in an area, or in any for no area.
func (w *World) claims(event, area string) []claim {
	all := w.events[event]
	if area == "" {
		return all
	}
	key := [2]string{event, area}
	list, known := w.within[key]
	if !known {
		list = slices.DeleteFunc(slices.Clone(all), func(c claim) bool { return !w.below[area][c.Area] })
		w.within[key] = list
	}
	return list
}

// view is a condition seen by one side of what is disputed: the favourable one
// takes what is contested as true where it helps the condition, and as false
// where it hurts.
type view struct {
	id         string
	favourable bool
}

// finding is what a condition is, and since when.
type finding struct {
	state scenario.State
	since scenario.Date
	ends  scenario.Date // of held_for that is open: met then without another breach; never where nothing runs
	by    []claim       // what decides it
}

// find evaluates a condition. The scenario is checked: no ring, every name known.
func (w *World) find(v view) finding {
	if f, known := w.known[v]; known {
		return f
	}
	k := w.index[v.id]
	f := w.rule(k, v.favourable)
	fail := func(on scenario.Date, by []claim) {
		if f.state != scenario.Failed || on < f.since {
			f = finding{state: scenario.Failed, since: on, ends: never, by: by}
		}
	}
	if limit := w.limit(k); f.state == scenario.Open && w.day >= limit || f.state == scenario.Met && f.since >= limit {
		fail(limit, nil)
	}
	if k.Fails != "" {
		if c, there := w.first(k.Fails, k.Area, !v.favourable); there {
			fail(c.Date, []claim{c})
		}
	}
	switch w.assumed[v.id] {
	case scenario.Met:
		if f.state != scenario.Met {
			f = finding{state: scenario.Met, since: w.assumedDay(k), ends: never}
		}
	case scenario.Failed:
		if f.state != scenario.Failed {
			f = finding{state: scenario.Failed, since: w.today, ends: never}
		}
	}
	w.known[v] = f
	return f
}

// limit is the day by which a condition must be met; never if it has none.
func (w *World) limit(k *scenario.Condition) scenario.Date {
	if k.By.IsZero() {
		return never
	}
	return w.date(k.By)
}

// assumedDay is the day on which an open condition is taken to be met.
func (w *World) assumedDay(k *scenario.Condition) scenario.Date {
	if k.Expected.IsZero() {
		return w.today
	}
	return max(w.today, w.date(k.Expected))
}

func (w *World) date(t scenario.Time) scenario.Date {
	return w.s.Calendar.Date(t.Day(w.s.Calendar, 0))
}

// first is the earliest report of an event, of any or of the uncontested ones.
func (w *World) first(event, area string, any bool) (claim, bool) {
	for _, c := range w.claims(event, area) {
		if any || !c.contested {
			return c, true
		}
	}
	return claim{}, false
}

func (w *World) rule(k *scenario.Condition, favourable bool) finding {
	switch {
	case !k.After.IsZero():
		if from := w.date(k.After); w.day >= from {
			return finding{state: scenario.Met, since: from, ends: never}
		}
	case k.Reported != "":
		if c, there := w.first(k.Reported, k.Area, favourable); there {
			return finding{state: scenario.Met, since: c.Date, ends: never, by: []claim{c}}
		}
	case k.HeldFor != 0:
		return w.held(k, favourable)
	case k.Count != nil:
		return w.counted(k.Count, favourable)
	case k.All != nil:
		return w.all(k.All, favourable)
	case k.Any != nil:
		return w.any(k.Any, favourable)
	case k.Not != "":
		return negate(w.find(view{k.Not, !favourable}))
	}
	return finding{state: scenario.Open, ends: never}
}

// held is met on the first day that has so many days without a breach before it,
// all of them since the other condition was met. It stays met. The day of a breach
// is not one of them: they count again from the day after.
func (w *World) held(k *scenario.Condition, favourable bool) finding {
	since := w.find(view{k.Since, favourable})
	if since.state != scenario.Met {
		return finding{state: since.state, since: since.since, ends: never, by: since.by}
	}
	ends, by := since.since+scenario.Date(k.HeldFor), []claim(nil)
	for _, c := range w.claims(k.Breach, k.Area) {
		if c.contested && favourable || c.Date < since.since {
			continue
		}
		if c.Date >= ends {
			break
		}
		ends, by = c.Date+1+scenario.Date(k.HeldFor), []claim{c}
	}
	if ends <= w.day {
		return finding{state: scenario.Met, since: ends, ends: never, by: by}
	}
	return finding{state: scenario.Open, ends: ends, by: by}
}

func (w *World) all(ids []string, favourable bool) finding {
	out := finding{state: scenario.Met, since: -never, ends: never}
	for _, id := range ids {
		f := w.find(view{id, favourable})
		switch {
		case f.state == scenario.Failed && (out.state != scenario.Failed || f.since < out.since):
			out = finding{state: scenario.Failed, since: f.since, ends: never, by: f.by}
		case out.state == scenario.Failed:
		case f.state == scenario.Open:
			out.state, out.by = scenario.Open, nil
		case f.state == scenario.Met && out.state == scenario.Met && f.since > out.since:
			out.since, out.by = f.since, f.by
		}
	}
	return out
}

func (w *World) any(ids []string, favourable bool) finding {
	out := finding{state: scenario.Failed, since: -never, ends: never}
	for _, id := range ids {
		f := w.find(view{id, favourable})
		switch {
		case f.state == scenario.Met && (out.state != scenario.Met || f.since < out.since):
			out = finding{state: scenario.Met, since: f.since, ends: never, by: f.by}
		case out.state == scenario.Met:
		case f.state == scenario.Open:
			out.state, out.by = scenario.Open, nil
		case out.state == scenario.Failed && f.since > out.since:
			out.since, out.by = f.since, f.by
		}
	}
	return out
}

func negate(f finding) finding {
	switch f.state {
	case scenario.Met:
		f.state = scenario.Failed
	case scenario.Failed:
		f.state = scenario.Met
	}
	f.ends = never
	return f
}
