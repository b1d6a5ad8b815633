package verify

import (
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// delay fills IOC and FOC of every operation, and is the objective's terms wI and wJ.
func (c *checker) delay(lines []*line, m *plan.Metrics) (cost float64) {
	for i := range c.s.Operations {
		op := &c.s.Operations[i]
		var days float64
		m.IOC[op.ID], days = c.ready(lines, op, false)
		cost += *c.s.Weights.IOC * days
		m.FOC[op.ID], days = c.ready(lines, op, true)
		cost += *c.s.Weights.FOC * days
	}
	return cost
}

// ready is IOC, or FOC if full, nil if never, and by how many days it is late.
func (c *checker) ready(lines []*line, op *scenario.Operation, full bool) (date *scenario.Date, late float64) {
	rule, share := op.Ready.IOC, 1.0
	if full {
		rule = op.Ready.FOC
	}
	if rule.Share != nil {
		share = *rule.Share
	}
	missing, open := make([]bool, c.days), make([]bool, c.days)
	any, first := false, 0
	for _, k := range lines {
		wanted := k.floor
		if full {
			wanted = k.target
		}
		if k.post.Operation != op.ID || wanted <= 0 || !counted(op, rule, lines, k) {
			continue
		}
		any = true
		since := k
		for past := previous(lines, k); !full && past != nil && past.floor > 0 && counted(op, rule, lines, past); past = previous(lines, past) {
			since = past
		}
		first = max(first, since.From.Number())
		for d := k.from; d < k.until; d++ {
			open[d] = true
			missing[d] = missing[d] || k.cover[d] < share*wanted-1e-9
		}
	}
	if !any || first >= c.days {
		return nil, 0
	}
	hold := int(op.Ready.Hold)
	for d := first; d+hold <= c.days; d++ {
		if !slices.Contains(missing[d:d+hold], true) && slices.Contains(open[d:d+hold], true) {
			day := c.date(d)
			return &day, float64(d - first)
		}
	}
	return nil, float64(c.days - first)
}

// previous is the line of the same post and capability that ends when one starts, or nil.
func previous(lines []*line, k *line) *line {
	for _, x := range lines {
		if x.post == k.post && x.Capability == k.Capability && x.Until.Number() == k.From.Number() && x.From.Number() < k.From.Number() {
			return x
		}
	}
	return nil
}

// counted reports whether a line of an operation counts by a rule of readiness.
func counted(op *scenario.Operation, rule *scenario.Counts, lines []*line, k *line) bool {
	if len(rule.Post) > 0 && !slices.Contains(rule.Post, k.post.ID) || len(rule.Capability) > 0 && !slices.Contains(rule.Capability, k.Capability) {
		return false
	}
	if len(rule.Phase) == 0 {
		return true
	}
	for ; k != nil; k = previous(lines, k) {
		day, early := k.From.Number(), -1 // early is the earliest phase, of equals the first
		for i, ph := range op.Phases {
			if early < 0 || ph.From.Number() < op.Phases[early].From.Number() {
				early = i
			}
		}
		for i, ph := range op.Phases {
			if slices.Contains(rule.Phase, ph.ID) && day < ph.Until.Number() && (i == early || day >= ph.From.Number()) {
				return true
			}
		}
	}
	return false
}
