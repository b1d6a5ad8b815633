package verify

import (
	"math"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// line is a line with its cover on each day of the calendar.
type line struct {
	*scenario.Line
	post          *scenario.Post
	from, until   int // open days, cut to the calendar
	floor, target float64
	cover         []float64
}

// open is when a line counts, cut to the calendar.
func (c *checker) open(k *scenario.Line) (from, until int) {
	from = max(0, min(c.days, k.From.Number()))
	return from, max(from, min(c.days, k.Until.Number()))
}

// gives is what a unit that serves as given provides of a capability.
func (c *checker) gives(u *unit, as, capability string) float64 {
	k := c.capabilities[capability]
	sum := 0.0
	switch as {
	case plan.All:
		sum = u.Provides[capability].Likely
	case capability:
		for i := range c.s.Capabilities {
			x := c.s.Capabilities[i].ID
			if f, standsIn := k.Substitutes[x]; standsIn {
				sum += u.Provides[x].Likely * f
			}
		}
	}
	return sum / k.OnStation.Given
}

// cover fills the cover of every line, and the sum of cover by maturity.
func (c *checker) cover() ([]*line, map[scenario.Pledge]float64) {
	var lines []*line
	atPost, atHome := map[string][]*line{}, map[string][]*line{}
	for i := range c.s.Posts {
		p := &c.s.Posts[i]
		for j := range p.Lines {
			k := &line{Line: &p.Lines[j], post: p, cover: make([]float64, c.days)}
			k.from, k.until = c.open(k.Line)
			k.floor, k.target = k.Floor.Likely, k.Target.Likely
			lines = append(lines, k)
			if p.HomeOf == "" {
				atPost[p.ID] = append(atPost[p.ID], k)
			} else {
				atHome[p.HomeOf] = append(atHome[p.HomeOf], k)
			}
		}
	}
	pledged := map[scenario.Pledge]float64{}
	count := func(u *unit, k *line, as string, from, until int) {
		x := c.gives(u, as, k.Capability)
		if x <= 0 {
			return
		}
		for d := max(from, k.from); d < min(until, k.until); d++ {
			k.cover[d] += x
			pledged[u.Pledge] += x
		}
	}
	for _, u := range c.units {
		for _, t := range u.tours {
			for _, l := range t.legs {
				for _, k := range atPost[l.Post] {
					if !k.Single || l.effective <= k.from && k.until <= l.until {
						count(u, k, l.As, l.effective, l.until)
					}
				}
			}
		}
		if here := atHome[u.Contributor]; len(here) > 0 {
			home := c.atHome(u)
			for _, k := range here {
				for d := k.from; d < k.until; d++ {
					if home[d] == rested || home[d] == resting && k.post.RestingCounts {
						count(u, k, plan.All, d, d+1)
					}
				}
			}
		}
	}
	return lines, pledged
}

// presence is whether a unit is home on a day.
type presence byte

const (
	rested presence = iota
	resting
	absent
)

// atHome follows a unit through the days (Settled 9).
func (c *checker) atHome(u *unit) []presence {
	state := make([]presence, c.days)
	mark := func(x presence, from, until int) {
		for d := max(0, from); d < min(c.days, until); d++ {
			state[d] = max(state[d], x)
		}
	}
	if !u.Ready.IsZero() {
		mark(resting, 0, u.Ready.Number())
	}
	if u.At != nil && (len(u.tours) == 0 || !u.tours[0].legs[0].dayZero) {
		home, ready := c.sentHome(u, 0)
		mark(absent, 0, home)
		mark(resting, home, ready)
	}
	for _, t := range u.tours {
		mark(absent, t.legs[0].depart, t.home)
		mark(resting, t.home, t.home+u.rest(u.away(t)))
	}
	return state
}

func (k *line) exposure(day int) float64  { return lacking(k.floor, k.cover[day]) }
func (k *line) shortfall(day int) float64 { return lacking(k.target, k.cover[day]) }

// lacking is the part of what is wanted that is not there.
func lacking(wanted, there float64) float64 {
	if wanted <= 0 {
		return 0
	}
	return math.Max(0, wanted-there) / wanted
}
