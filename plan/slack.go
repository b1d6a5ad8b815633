package plan

import "github.com/rearguard/rearguard/scenario"

// Slack says for how many days a leg at an operation's post can slip, everybody
// else as planned, before its operation's IOC does: later departure, arrival and
// effect, the same end. Bound is false where the leg can be left out altogether
// without a change of the IOC, or where the operation has none. Whether lift,
// tour and stay allow the slip is for the checker to say.
func (e *Evaluation) Slack(unit string, l *Leg, ioc *scenario.Date) (days int, bound bool) {
	if ioc == nil || l.OnDayZero() {
		return 0, false
	}
	c, u := e.Scenario.Calendar, e.units[unit]
	effective, until := c.Day(l.Effective), c.Day(l.Until)
	first := c.Day(*ioc)
	for i := range e.goals {
		g := &e.goals[i]
		for _, w := range g.Wants {
			k := &e.Lines[w.Line]
			if g.Full || k.Post.ID != l.Post {
				continue
			}
			from := effective
			if k.Line.Single {
				if effective > k.From || until < k.Until {
					continue
				}
				from = k.From // up to here it still holds the whole line
			}
			gives := Gives(e.Scenario, u, l.As, k.Line.Capability)
			for d := max(first, from, k.From); d < min(first+g.Hold, until, k.Until); d++ {
				if gives <= 0 || k.Cover[d]-gives >= w.Amount-same || k.Cover[d] < w.Amount-same {
					continue
				}
				if slip := d - effective; !bound || slip < days {
					days, bound = slip, true
				}
				break
			}
		}
	}
	return days, bound
}
