package compact

import (
	"strconv"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// underMandates adds the slots of a post for legs under each mandate, given the ordinary
// one: they may depart without approval, but are there on days of the mandate only.
func (p *Program) underMandates(u *member, ordinary slot) {
	post := &p.s.Posts[ordinary.post]
	days, _ := p.rules.Barred(u.Unit, post, ordinary.as)
	for i, m := range p.rules.Mandates(u.Contributor, post.Operation) {
		k := ordinary
		k.name = join(k.name, "mandate"+strconv.Itoa(i+1))
		k.barred = next(p.rules.Outside(m, days))
		k.fromHome, k.fromPost = p.rules.EarliestUnder(m, u.Unit, post, int(u.Notice)), p.rules.EarliestUnder(m, u.Unit, post, int(u.Redeploy))
		u.reach = append(u.reach, k)
	}
}

// decide writes when a leg is decided.
func (p *Program) decide(contributor, operation string, l *plan.Leg) {
	c := p.s.Calendar
	decide := *l.OrderBy - scenario.Date(p.rules.Approval(contributor, operation, c.Day(l.Arrive), c.Day(l.Until), c.Day(*l.OrderBy)))
	l.DecideBy = &decide
}

// decide writes when a leg is decided, but for that of day 0.
func (d *decoder) decide(l *plan.Leg) {
	if l.OrderBy != nil {
		d.Program.decide(d.u.Contributor, d.s.Posts[d.posts[l.Post]].Operation, l)
	}
}

// addCeiling makes the rows of the ceilings of a contributor's mandates for an operation
// and returns the first, -1 if there is none.
func (p *Program) addCeiling(contributor, operation int) int {
	most := p.rules.Ceilings(p.s.Contributors[contributor].ID, p.s.Operations[operation].ID)
	if most == nil {
		return -1
	}
	row := p.everyDay("CEILING", []string{p.ownerNames[contributor], p.opNames[operation]}, 0, p.days, atMost, 0)
	all := 0.0
	for i := range p.s.Units {
		all += p.s.Units[i].Persons.Likely
	}
	for d, x := range most {
		if x < 0 {
			x = all // no limit
		}
		p.shared[row+d].rhs = x
	}
	return row
}

// ceiling returns the first row of a contributor's ceilings for an operation.
func (p *Program) ceiling(owner, operation int) (row int, ok bool) {
	if operation < 0 {
		return 0, false
	}
	row = p.fairIn[owner*len(p.s.Operations)+operation][1]
	return row, row >= 0
}
