package conditions_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/scenario"
)

// plain is docs/model.md, Conditions, word by word and day by day: what the package
// says is held against it.
type plain struct {
	s       *scenario.Scenario
	reports []scenario.Report
	today   scenario.Date // d
	assumed map[string]scenario.State

	events map[[2]string]*contest // asked for before
	states map[question]answer
}

func plainly(s *scenario.Scenario, reports []scenario.Report, today scenario.Date, assumed map[string]scenario.State) *plain {
	return &plain{s, reports, today, assumed, map[[2]string]*contest{}, map[question]answer{}}
}

// contest are the reports of an event, with those that contest each.
type contest struct {
	reports []scenario.Report
	against [][]scenario.Report
}

type question struct {
	id         string
	day        scenario.Date
	favourable bool
}

type answer struct {
	state scenario.State
	since scenario.Date
}

// counts are the reports that count on d.
func (p *plain) counts() (list []scenario.Report) {
	for _, r := range p.reports {
		counts := r.Received <= p.today
		for _, other := range p.reports {
			counts = counts && (other.Received > p.today || other.Supersedes != r.ID)
		}
		if counts {
			list = append(list, r)
		}
	}
	rating := func(r scenario.Report) int { return int(r.Reliability) + int(r.Credibility) }
	if p.s.Evidence.Disputed != scenario.ByRating {
		return list
	}
	all := slices.Clone(list)
	return slices.DeleteFunc(list, func(r scenario.Report) bool {
		return slices.ContainsFunc(all, func(o scenario.Report) bool { return contradict(r, o) && rating(o) < rating(r) })
	})
}

func contradict(a, b scenario.Report) bool {
	return slices.Contains(a.Contradicts, b.ID) || slices.Contains(b.Contradicts, a.ID)
}

// of are the reports of an event in an area that count.
func (p *plain) of(event, area string) *contest {
	if x := p.events[[2]string{event, area}]; x != nil {
		return x
	}
	below := map[string][]string{"": {"north", "land", "sea", ""}, "land": {"land", "north"}, "north": {"north"}, "sea": {"sea"}}
	out, all := &contest{}, p.counts()
	for _, r := range all {
		if r.Event != event || !slices.Contains(below[area], r.Area) {
			continue
		}
		out.reports = append(out.reports, r)
		out.against = append(out.against, slices.DeleteFunc(slices.Clone(all), func(o scenario.Report) bool { return !contradict(r, o) }))
	}
	p.events[[2]string{event, area}] = out
	return out
}

// dated reports whether a view has a report of an event on a day.
func (p *plain) dated(event, area string, day scenario.Date, contestedToo bool) bool {
	x := p.of(event, area)
	for i, r := range x.reports {
		if r.Date == day && (contestedToo || len(x.against[i]) == 0) {
			return true
		}
	}
	return false
}

// number is N on a day: the most or the least.
func (p *plain) number(k *scenario.Count, day scenario.Date, most bool) (n float64) {
	x := p.of(k.Of, k.Area)
	summed := func(r scenario.Report) bool {
		return day-scenario.Date(k.Window) < r.Date && r.Date <= day && slices.ContainsFunc(x.reports, func(o scenario.Report) bool { return o.ID == r.ID })
	}
	for i, r := range x.reports {
		counts := summed(r)
		for _, o := range x.against[i] {
			switch {
			case most:
				counts = counts && (!summed(o) || r.High > o.High || r.High == o.High && r.ID < o.ID)
			default:
				counts = counts && summed(o) && (r.Low < o.Low || r.Low == o.Low && r.ID < o.ID)
			}
		}
		switch {
		case counts && most:
			n += r.High
		case counts:
			n += r.Low
		}
	}
	return n
}

// first is the earliest day on which a view has a report of an event, and whether
// there is one.
func (p *plain) first(event, area string, contestedToo bool) (scenario.Date, bool) {
	for day := start - 60; day <= p.today; day++ {
		if p.dated(event, area, day, contestedToo) {
			return day, true
		}
	}
	return 0, false
}

// rule is the state on a day t >= d, had nothing been reported after d, by the rule
// alone, and since when.
func (p *plain) rule(k *scenario.Condition, t scenario.Date, favourable bool) (scenario.State, scenario.Date) {
	day := func(x scenario.Time) scenario.Date { return start + scenario.Date(x.Number()) }
	switch {
	case !k.After.IsZero():
		if t >= day(k.After) {
			return scenario.Met, day(k.After)
		}
	case k.Reported != "":
		if on, there := p.first(k.Reported, k.Area, favourable); there {
			return scenario.Met, on
		}
	case k.HeldFor != 0:
		state, s := p.state(k.Since, t, favourable)
		if state != scenario.Met {
			return state, s
		}
		n := scenario.Date(k.HeldFor)
		for x := s + n; x <= t; x++ {
			breach := false
			for y := x - n; y < x; y++ {
				breach = breach || p.dated(k.Breach, k.Area, y, !favourable)
			}
			if !breach {
				return scenario.Met, x
			}
		}
	case k.Count != nil:
		holds := func(x scenario.Date) bool {
			if k.Count.Below != nil {
				return p.number(k.Count, x, !favourable) < *k.Count.Below
			}
			return p.number(k.Count, x, favourable) > *k.Count.Above
		}
		back := start
		for _, r := range p.of(k.Count.Of, k.Count.Area).reports {
			back = min(back, r.Date)
		}
		since := t
		for since > back && holds(since-1) {
			since--
		}
		if holds(t) {
			return scenario.Met, since
		}
	case k.Not != "":
		state, since := p.state(k.Not, t, !favourable)
		return map[scenario.State]scenario.State{scenario.Met: scenario.Failed, scenario.Failed: scenario.Met, scenario.Open: scenario.Open}[state], since
	default:
		return p.parts(k, t, favourable)
	}
	return scenario.Open, 0
}

// parts is all and any.
func (p *plain) parts(k *scenario.Condition, t scenario.Date, favourable bool) (scenario.State, scenario.Date) {
	days := map[scenario.State][]scenario.Date{}
	for _, id := range k.Parts() {
		state, since := p.state(id, t, favourable)
		days[state] = append(days[state], since)
	}
	one, other := scenario.Failed, scenario.Met // all: one failed, or all met
	if k.Any != nil {
		one, other = scenario.Met, scenario.Failed
	}
	switch {
	case len(days[one]) > 0:
		return one, slices.Min(days[one])
	case len(days[other]) == len(k.Parts()):
		return other, slices.Max(days[other])
	}
	return scenario.Open, 0
}

// state is the state on a day t >= d, had nothing been reported after d.
func (p *plain) state(id string, t scenario.Date, favourable bool) (scenario.State, scenario.Date) {
	q := question{id, t, favourable}
	if _, asked := p.states[q]; !asked {
		state, since := p.worked(id, t, favourable)
		p.states[q] = answer{state, since}
	}
	return p.states[q].state, p.states[q].since
}

func (p *plain) worked(id string, t scenario.Date, favourable bool) (scenario.State, scenario.Date) {
	i := slices.IndexFunc(p.s.Conditions, func(k scenario.Condition) bool { return k.ID == id })
	k := &p.s.Conditions[i]
	state, since := p.rule(k, t, favourable)
	var failed []scenario.Date
	if state == scenario.Failed {
		failed = append(failed, since)
	}
	if !k.By.IsZero() {
		by := start + scenario.Date(k.By.Number())
		if state == scenario.Open && t >= by || state == scenario.Met && since >= by {
			failed = append(failed, by)
		}
	}
	if on, there := p.first(k.Fails, k.Area, !favourable); k.Fails != "" && there {
		failed = append(failed, on)
	}
	if len(failed) > 0 {
		state, since = scenario.Failed, slices.Min(failed)
	}
	switch assumed := p.assumed[id]; {
	case assumed == "" || assumed == state:
	case assumed == scenario.Met && !k.Expected.IsZero():
		state, since = assumed, max(p.today, start+scenario.Date(k.Expected.Number()))
	default:
		state, since = assumed, p.today
	}
	return state, since
}

// due is the first day after d on which a condition is met if nothing more is
// reported. The times of drawn conditions are over long before 400 days are.
func (p *plain) due(id string, favourable bool) *scenario.Date {
	for t := p.today + 1; t < p.today+400; t++ {
		if state, _ := p.state(id, t, favourable); state == scenario.Met {
			return &t
		}
	}
	return nil
}

func text(state scenario.State, since scenario.Date, due *scenario.Date) string {
	switch {
	case state != scenario.Open:
		return fmt.Sprintf("%s since %d", state, since-start)
	case due != nil:
		return fmt.Sprintf("open, due %d", *due-start)
	}
	return "open"
}

// drawAny makes conditions with every field, reports of every kind, and states that
// are assumed.
func drawAny(t *rapid.T) (*scenario.Scenario, []scenario.Report, map[string]scenario.State) {
	s, reports := draw(t, false)
	assumed := map[string]scenario.State{}
	area := rapid.SampledFrom([]string{"", "", "land", "north", "sea"})
	for i := range s.Conditions {
		k := &s.Conditions[i]
		if k.Area = area.Draw(t, "area"); k.Count != nil {
			k.Count.Area, k.Area = k.Area, ""
		}
		if rapid.IntRange(0, 3).Draw(t, "has by") == 0 {
			k.By = scenario.DayTime(rapid.IntRange(1, 70).Draw(t, "by"))
		}
		if rapid.IntRange(0, 3).Draw(t, "has expected") == 0 {
			k.Expected = scenario.DayTime(rapid.IntRange(1, 70).Draw(t, "expected"))
		}
		if rapid.IntRange(0, 9).Draw(t, "is assumed") == 0 {
			assumed[k.ID] = rapid.SampledFrom([]scenario.State{scenario.Met, scenario.Failed}).Draw(t, "assumed")
		}
	}
	before := scenario.Date(rapid.IntRange(0, 40).Draw(t, "before"))
	for i := range reports {
		r := &reports[i]
		r.Date, r.Received = r.Date-before, r.Received-before
		r.Area = area.Draw(t, "where")
		r.Low = float64(rapid.IntRange(0, 4).Draw(t, "low"))
		r.High = r.Low + float64(rapid.IntRange(0, 3).Draw(t, "range"))
	}
	return s, reports, assumed
}

// Every rule, window and limit is as docs/model.md defines it, on every day.
func TestRulesAreAsDefined(t *testing.T) {
	checks(t, 1000)
	rapid.Check(t, func(t *rapid.T) {
		s, reports, assumed := drawAny(t)
		today := start + scenario.Date(rapid.IntRange(0, 90).Draw(t, "today"))
		p := plainly(s, reports, today, assumed)
		w := conditions.New(s, reports, today, assumed)
		outcomes, _ := w.Options()
		for i, x := range w.Status().Conditions {
			trusting := s.Evidence.Disputed == scenario.Trusting
			state, since := p.state(x.ID, today, trusting)
			due := p.due(x.ID, trusting)
			want := text(state, since, due)
			got := text(x.State, 0, x.Due)
			if x.Since != nil {
				got = text(x.State, *x.Since, x.Due)
			}
			if got != want {
				t.Fatalf("on day %d %s is %s, by its definition %s", today-start, x.ID, got, want)
			}
			good, _ := p.state(x.ID, today, true)
			bad, _ := p.state(x.ID, today, false)
			if x.Disputed != (good != bad) {
				t.Fatalf("on day %d %s is disputed: %v; its views say %s and %s", today-start, x.ID, x.Disputed, good, bad)
			}
			if expected := s.Conditions[i].Expected; state == scenario.Open && !expected.IsZero() {
				on := max(today, start+scenario.Date(expected.Number()))
				due = &on
			}
			out := outcomes[x.ID]
			if got, want := text(out.State, 0, out.Date), text(state, 0, due); state == scenario.Open && got != want {
				t.Fatalf("on day %d %s is planned with as %s, by its definition %s", today-start, x.ID, got, want)
			}
		}
	})
}

// Each side of a dispute names reports, and if they are right, with numbers at the
// ends that it names, the condition is what the side says, by either view.
func TestSidesNameWhatDecides(t *testing.T) {
	checks(t, 10_000)
	cases, seen := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		cases++
		s, reports, _ := drawAny(t)
		today := start + scenario.Date(rapid.IntRange(0, 90).Draw(t, "today"))
		for _, x := range conditions.New(s, reports, today, nil).Status().Conditions {
			for _, side := range x.Claims {
				if len(side.Reports)+len(side.Lowest)+len(side.Highest) == 0 {
					t.Fatalf("%s is %s if nobody is right", x.ID, side.State)
				}
				right, consistent := taken(plainly(s, reports, today, nil), side)
				if !consistent {
					continue
				}
				seen++
				for _, weighing := range []scenario.Weighing{scenario.Cautious, scenario.Trusting} {
					again := *s
					again.Evidence = &scenario.Evidence{Disputed: weighing}
					if got := status(&again, int(today-start), right, x.ID); got.State != side.State {
						t.Fatalf("on day %d %s is said to be %s if %+v; it is %s then (%s)", today-start, x.ID, side.State, side, got.State, weighing)
					}
				}
			}
		}
	})
	if 10*seen < cases {
		t.Errorf("only %d sides were looked at in %d cases", seen, cases)
	}
}

// taken are the reports that count if a side is right: what contradicts those that
// it names says nothing. False if they contradict each other, or if three contradict
// each other on what is counted: the least and the most of all that is said of a
// number may be what nobody says.
func taken(p *plain, side conditions.Claim) ([]scenario.Report, bool) {
	right := p.counts()
	named := func(r scenario.Report) bool { return slices.Contains(side.Reports, r.ID) }
	counts := slices.ContainsFunc(p.s.Conditions, func(k scenario.Condition) bool { return k.Count != nil })
	wrong := map[string]bool{}
	for _, r := range right {
		others := 0
		for _, o := range right {
			if !contradict(r, o) {
				continue
			}
			others++
			if named(r) && named(o) || counts && others > 1 {
				return nil, false
			}
			if named(r) {
				wrong[o.ID] = true
			}
		}
	}
	right = slices.DeleteFunc(right, func(r scenario.Report) bool { return wrong[r.ID] })
	for i := range right {
		r := &right[i]
		r.Supersedes = ""
		if slices.Contains(side.Lowest, r.ID) {
			r.High = r.Low
		}
		if slices.Contains(side.Highest, r.ID) {
			if slices.Contains(side.Lowest, r.ID) {
				return nil, false // of two numbers that count apart
			}
			r.Low = r.High
		}
	}
	return right, true
}
