package conditions

import (
	"math"

	"github.com/rearguard/rearguard/scenario"
)

// series is a number of incidents in a window of days up to each day, from first
// on.
type series struct {
	first scenario.Date
	sum   []float64
}

// at is the number on a day; none before the first report.
func (n *series) at(day scenario.Date) float64 {
	if i := int(day - n.first); i >= 0 && i < len(n.sum) {
		return n.sum[i]
	}
	return 0
}

// incidents counts the incidents of an event in an area in a window up to each
// day until the one that is looked at: the most that is claimed, or the least that
// all agree on.
func (w *World) incidents(event, area string, window scenario.Days, most bool) *series {
	const longest = 10_000 // days looked back
	n := &series{first: w.day + 1}
	claims := w.claims(event, area)
	for _, c := range claims {
		if c.Date <= w.day && c.Date > w.day-longest {
			n.first = c.Date
			break
		}
	}
	days := int(w.day - n.first + 1)
	change := make([]float64, days+1) // of the sum, by day
	add := func(from, until int, x float64) {
		if from = max(from, 0); from < min(until, days) {
			change[from] += x
			change[min(until, days)] -= x
		}
	}
	for _, c := range claims {
		i := int(c.Date - n.first)
		x := c.Low
		if most {
			x = c.High
		}
		if !c.contested {
			add(i, i+int(window), x)
			continue
		}
		for j := max(i, 0); j < min(i+int(window), days); j++ {
			if sum := w.summed(event, area, window, n.first+scenario.Date(j)); most && len(sum.above(c)) == 0 || !most && len(sum.under(c)) == 0 {
				add(j, j+1, x)
			}
		}
	}
	n.sum = make([]float64, days)
	sum := 0.0
	for i := range n.sum {
		sum += change[i]
		n.sum[i] = math.Max(0, sum)
	}
	return n
}

// summed says which reports the number of a day sums.
type summed func(*scenario.Report) bool

func (w *World) summed(event, area string, window scenario.Days, day scenario.Date) summed {
	return func(r *scenario.Report) bool {
		return r.Event == event && (area == "" || w.below[area][r.Area]) && day-scenario.Date(window) < r.Date && r.Date <= day
	}
}

// above are the reports that keep a claim out of the most: of those that contradict
// each other and are summed, the largest counts, alone.
func (in summed) above(c claim) (list []*scenario.Report) {
	for _, r := range c.against {
		if in(r) && (r.High > c.High || r.High == c.High && r.ID < c.ID) {
			list = append(list, r)
		}
	}
	return list
}

// under are the reports that keep a claim out of the least: of those that
// contradict each other and are summed, the smallest counts, alone; one that is not
// summed says that there was none of it here, or then.
func (in summed) under(c claim) (list []*scenario.Report) {
	for _, r := range c.against {
		if !in(r) || r.Low < c.Low || r.Low == c.Low && r.ID < c.ID {
			list = append(list, r)
		}
	}
	return list
}

// counted is met while the number is below or above what is given; the favourable
// view takes the number that helps.
func (w *World) counted(k *scenario.Count, favourable bool) finding {
	below := k.Below != nil
	n := w.incidents(k.Of, k.Area, k.Window, below != favourable)
	holds := func(day scenario.Date) bool {
		if below {
			return n.at(day) < *k.Below
		}
		return n.at(day) > *k.Above
	}
	if !holds(w.day) {
		return finding{state: scenario.Open, ends: never}
	}
	since := w.day
	for since > min(n.first, w.s.Calendar.Start) && holds(since-1) {
		since--
	}
	return finding{state: scenario.Met, since: since, ends: never}
}

// raises are the steps of what incidents add to each line that scales, up to
// today; the last one stays.
func (w *World) raises() (all []scenario.Raise) {
	places := w.s.PlacesByID()
	for i := range w.s.Posts {
		p := &w.s.Posts[i]
		for j := range p.Lines {
			k := p.Lines[j].Scales
			if k == nil {
				continue
			}
			area := k.Area
			if area == "" {
				area = places[p.Place].Area
			}
			n := w.incidents(k.With, area, k.Window, w.weigh != scenario.Trusting)
			last := 0.0
			for day := min(n.first, w.today); day <= w.today; day++ {
				if add := added(k, n.at(day)); add != last {
					all, last = append(all, scenario.Raise{Post: p.ID, Line: j, From: day, Add: add}), add
				}
			}
		}
	}
	return all
}

func added(k *scenario.Scale, incidents float64) float64 {
	add := math.Floor(incidents/k.Per+1e-9) * k.Add
	if k.AtMost > 0 {
		add = math.Min(add, k.AtMost)
	}
	return add
}
