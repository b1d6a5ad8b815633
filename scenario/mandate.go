package scenario

import (
	"fmt"
	"slices"
)

// Mandate is what a contributor has decided once for an operation: so many persons for
// so long. A leg under it needs no approval of its own (Mandate).
type Mandate struct {
	Operation     string         `json:"operation" doc:"The operation that it is for." ref:"operation"`
	From          Time           `json:"from,omitzero" doc:"First day on which it holds; default D-day."`
	Until         Time           `json:"until,omitzero" doc:"First day on which it does not; default the horizon's end."`
	Persons       int            `json:"persons" doc:"Its ceiling: most persons of the contributor on legs at the operation's posts, on each of its days." min:"1" max:"1000000000"`
	Decided       Time           `json:"decided,omitzero" doc:"Day on which it is expected to be given, before which nothing is ordered under it; default that it has been given."`
	GivenWhen     string         `json:"given_when,omitempty" doc:"Condition that gives it: it is given on the day on which that is met or expected, and never where it is neither." ref:"condition"`
	WithdrawnWhen string         `json:"withdrawn_when,omitempty" doc:"Condition that ends it on the day on which it is met." ref:"condition"`
	Outside       MandateOutside `json:"outside,omitempty" doc:"What holds for legs of the contributor at the operation's posts that are not under a mandate: they need its approval as ever (approval, the default), or it sends nobody on a day without one (barred)." enum:"approval,barred"`
	Source        string         `json:"source,omitempty" doc:"Text or URL."`
	Note          string         `json:"note,omitempty" doc:"Remark."`
}

// MandateOutside says what holds for legs that are not under a mandate.
type MandateOutside string

// What holds outside a mandate.
const (
	NeedsApproval MandateOutside = "approval"
	BarredOutside MandateOutside = "barred"
)

// Covers reports whether a leg at a post of the operation is under a resolved mandate:
// there on days of it only, and ordered no earlier than it is given.
func (m *Mandate) Covers(arrive, until, order int) bool {
	return m.From.Number() <= arrive && until <= m.Until.Number() && (m.Decided.IsZero() || order >= m.Decided.Number())
}

// Mandates are those of a contributor for an operation, in a resolved scenario.
func (r *Rules) Mandates(contributor, operation string) (list []*Mandate) {
	owner := r.contributors[contributor]
	if owner == nil || operation == "" {
		return nil
	}
	for i := range owner.Mandates {
		if m := &owner.Mandates[i]; m.Operation == operation {
			list = append(list, m)
		}
	}
	return list
}

// Under is the mandate that a leg is under, nil if it is under none (Mandate).
func (r *Rules) Under(contributor, operation string, arrive, until, order int) *Mandate {
	for _, m := range r.Mandates(contributor, operation) {
		if m.Covers(arrive, until, order) {
			return m
		}
	}
	return nil
}

// Approval is how long before its order a leg is decided: not at all under a mandate and
// at a standing post, else as long as its owner takes to approve (Orders, Mandate).
func (r *Rules) Approval(contributor, operation string, arrive, until, order int) int {
	if operation == "" || r.Under(contributor, operation, arrive, until, order) != nil {
		return 0
	}
	return int(r.contributors[contributor].Approval)
}

// EarliestUnder is Earliest for a leg under a mandate.
func (r *Rules) EarliestUnder(m *Mandate, u *Unit, p *Post, notice int) int {
	day := r.Earliest(u, p, notice, true)
	if !m.Decided.IsZero() {
		day = max(day, m.Decided.Number()+notice)
	}
	return day
}

// Outside marks the days of the calendar on which a leg under a mandate may not be at its
// post, on top of those given.
func (r *Rules) Outside(m *Mandate, barred []bool) []bool {
	days := make([]bool, r.s.Calendar.Days)
	copy(days, barred)
	from, until := r.s.Calendar.Inside(m.From, m.Until)
	for d := range days {
		days[d] = days[d] || d < from || d >= until
	}
	return days
}

// unmandated marks the days of the calendar on which a contributor whose mandates for an
// operation bar everything else sends nobody there; nil if they do not.
func (r *Rules) unmandated(contributor, operation string) (days []bool) {
	list := r.Mandates(contributor, operation)
	if !slices.ContainsFunc(list, func(m *Mandate) bool { return m.Outside == BarredOutside }) {
		return nil
	}
	days = slices.Repeat([]bool{true}, r.s.Calendar.Days)
	for _, m := range list {
		from, until := r.s.Calendar.Inside(m.From, m.Until)
		for d := from; d < until; d++ {
			days[d] = false
		}
	}
	return days
}

// Ceilings are the most persons that a contributor may have on legs at an operation's posts
// by day, -1 where no mandate says, or nil if none does on any day. Given legs may be above it.
func (r *Rules) Ceilings(contributor, operation string) (most []float64) {
	for _, m := range r.Mandates(contributor, operation) {
		if most == nil {
			most = slices.Repeat([]float64{-1}, r.s.Calendar.Days)
		}
		from, until := r.s.Calendar.Inside(m.From, m.Until)
		for d := from; d < until; d++ {
			most[d] = float64(m.Persons)
		}
	}
	if most == nil {
		return nil
	}
	given := make([]float64, r.s.Calendar.Days)
	for i := range r.s.InForce {
		x := &r.s.InForce[i]
		u, p := r.units[x.Unit], r.posts[x.Post]
		if !x.Given || u == nil || p == nil || u.Contributor != contributor || p.Operation != operation {
			continue
		}
		from, until := r.s.Calendar.Inside(x.Depart, x.Until)
		for d := from; d < until; d++ {
			given[d] += u.Persons.Likely
		}
	}
	for d, x := range most {
		if x >= 0 {
			most[d] = max(x, given[d])
		}
	}
	return most
}

// resolveMandates writes mandates in day numbers and leaves out those of operations that
// do not happen. One that lasts for no day stays, since it may bar what is outside it.
func resolveMandates(r, s *Scenario, dDay map[string]int) {
	r.Contributors = slices.Clone(r.Contributors)
	for i := range r.Contributors {
		k := &r.Contributors[i]
		var left []Mandate
		for _, m := range k.Mandates {
			zero, happens := dDay[m.Operation]
			if !happens {
				continue
			}
			m.From = dayOr(m.From, s.Calendar, zero, zero)
			m.Until = dayOr(m.Until, s.Calendar, zero, s.Calendar.Days)
			if m.Until.Number() < m.From.Number() {
				m.Until = m.From
			}
			if !m.Decided.IsZero() {
				m.Decided = DayTime(m.Decided.Day(s.Calendar, zero))
			}
			m.Outside = first(m.Outside, NeedsApproval)
			left = append(left, m)
		}
		k.Mandates = left
	}
}

// mandates gives mandates that hang on conditions their days.
func (w *world) mandates(list []Mandate, operations []Operation) (out []Mandate) {
	for _, m := range list {
		given, withdrawn := w.outcomes[m.GivenWhen], w.outcomes[m.WithdrawnWhen]
		if m.GivenWhen != "" {
			if given.State == Failed || given.Date == nil {
				m.From, m.Until = DayTime(0), DayTime(0) // never
			} else {
				m.Decided = DateTime(*given.Date)
			}
		}
		if m.WithdrawnWhen != "" && withdrawn.State == Met {
			zero := 0
			for i := range operations {
				if operations[i].ID == m.Operation {
					zero = operations[i].DDay.Likely.Day(w.s.Calendar, 0)
				}
			}
			if m.Until.IsZero() || w.s.Calendar.Day(*withdrawn.Date) < m.Until.Day(w.s.Calendar, zero) {
				m.Until = DateTime(*withdrawn.Date)
			}
		}
		m.GivenWhen, m.WithdrawnWhen = "", ""
		out = append(out, m)
	}
	return out
}

// mandates checks the mandates of a contributor.
func (c *checker) mandates(i int, k *Contributor) {
	type span struct {
		operation   string
		index       int
		from, until int
	}
	var before []span
	for j := range k.Mandates {
		m := &k.Mandates[j]
		path, owner := at("contributors", i, "mandates", j), fmt.Sprintf("contributor %q: mandate %d", k.ID, j+1)
		if m.GivenWhen != "" && c.known(path+"/given_when", owner, "condition", m.GivenWhen) && !m.Decided.IsZero() {
			c.problem(path+"/given_when", "", "%s has both given_when and decided; give one of them", owner)
		}
		if m.WithdrawnWhen != "" {
			c.known(path+"/withdrawn_when", owner, "condition", m.WithdrawnWhen)
		}
		if m.Decided.Relative() {
			c.problem(path+"/decided", "", "%s: %s counts from D-day; the day on which it is decided is a date", owner, m.Decided)
		} else if !c.timeless && !m.Decided.IsZero() {
			c.doubts(path+"/decided", owner, "decided", m.Decided, "", c.s.Calendar.begins())
		}
		if !c.known(path+"/operation", owner, "operation", m.Operation) || !c.opens(path, owner, m.From, m.Until, m.Operation) {
			continue
		}
		now := span{m.Operation, j, c.day(DDayTime(0), m.Operation), c.s.Calendar.Days}
		if !m.From.IsZero() {
			now.from = c.day(m.From, m.Operation)
		}
		if !m.Until.IsZero() {
			now.until = c.day(m.Until, m.Operation)
		}
		for _, x := range before {
			if x.operation == now.operation && x.from < now.until && now.from < x.until {
				c.problem(path, "", "%s is for operation %q on days of mandate %d; let one of them end before the other begins", owner, m.Operation, x.index+1)
				break
			}
		}
		before = append(before, now)
		if there := c.there(k.ID, m.Operation); now.from <= 0 && now.until > 0 && there > float64(m.Persons) {
			c.problem(path+"/persons", "", "%s allows %d persons, and %g of its units stand at posts of %q on day 0; raise it, or let it begin later", owner, m.Persons, there, m.Operation)
		}
	}
}

// there is how many persons of a contributor hold posts of an operation on day 0.
func (c *checker) there(contributor, operation string) (persons float64) {
	for i := range c.s.Units {
		u := &c.s.Units[i]
		if u.Contributor != contributor || u.At == nil {
			continue
		}
		if p, ok := c.names["post"][u.At.Post]; ok && c.s.Posts[p].Operation == operation {
			persons += u.Persons.Likely * float64(max(1, u.Count))
		}
	}
	return persons
}
