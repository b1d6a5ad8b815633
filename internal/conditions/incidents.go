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
// day until today: the most that is claimed, or the least that is uncontested.
func (w *World) incidents(event, area string, window scenario.Days, most bool) *series {
	const longest = 10_000 // days looked back
	n := &series{first: w.today + 1}
	claims := w.claims(event, area)
	for _, c := range claims {
		if c.Date <= w.today && c.Date > w.today-longest {
			n.first = c.Date
			break
		}
	}
	daily := make([]float64, w.today-n.first+1)
	for _, c := range claims {
		i := int(c.Date - n.first)
		switch {
		case i < 0 || i >= len(daily):
		case most:
			daily[i] += c.most()
		default:
			daily[i] += c.least()
		}
	}
	n.sum = make([]float64, len(daily))
	sum := 0.0
	for i, x := range daily {
		sum += x
		if out := i - int(window); out >= 0 {
			sum -= daily[out]
		}
		n.sum[i] = math.Max(0, sum)
	}
	return n
}

// most is what a claim adds to the most that is claimed. Of claims that contradict
// each other on the number of one event, the largest counts, once.
func (c claim) most() float64 {
	for _, r := range c.against {
		if r.Event == c.Event && (r.High > c.High || r.High == c.High && r.ID < c.ID) {
			return 0
		}
	}
	return c.High
}

// least is what a claim adds to the least that all agree on: of claims of one
// event the smallest, once; nothing if the event itself is denied.
func (c claim) least() float64 {
	for _, r := range c.against {
		if r.Event != c.Event || r.Low < c.Low || r.Low == c.Low && r.ID < c.ID {
			return 0
		}
	}
	return c.Low
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
	if !holds(w.today) {
		return finding{state: scenario.Open, due: never}
	}
	since := w.today
	for since > min(n.first, w.s.Calendar.Start) && holds(since-1) {
		since--
	}
	return finding{state: scenario.Met, since: since, due: never}
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
