package scenario

import (
	"cmp"
	"slices"
)

// Order is a leg of the plan in force. A leg of another plan is the same if it
// has the same unit, post, days and As.
type Order struct {
	Unit    string `json:"unit" doc:"The unit; of a counted one, such as GBR-1#2."`
	Post    string `json:"post" doc:"The post that it is sent to."`
	As      string `json:"as,omitempty" doc:"All its own capabilities (all, the default), or the one that it stands in for."`
	Depart  Time   `json:"depart" doc:"First day of loading; day 0 for a unit that stands there on day 0."`
	Until   Time   `json:"until" doc:"First day that it no longer counts."`
	Decided bool   `json:"decided,omitempty" doc:"Its owner has decided: the leg may be dropped, but kept as it is its decision is not asked for again."`
	Given   bool   `json:"given,omitempty" doc:"The order has been given: the leg stays as it is, and its notice is not checked again."`
	Arrive  Time   `json:"arrive,omitzero" doc:"Of a given leg that has begun: the day on which it arrived, or is expected to. It is a fact then, whatever the rules say."`
	Lift    string `json:"lift,omitempty" doc:"Of a leg that has begun: the pool that it came by, or self; none for the post of day 0."`
	From    string `json:"from,omitempty" doc:"Of a leg that has begun: the post that it came from; its home by default."`
}

// ServesAll is an Order's As when the unit serves all its own capabilities.
const ServesAll = "all"

// OwnMeans is the lift of a unit that moves by itself.
const OwnMeans = "self"

// Begun reports whether the leg is no longer an intention: its unit has left for the
// post, is there or has been there.
func (o *Order) Begun() bool { return o.Given && !o.Arrive.IsZero() }

// Leg is what tells the leg from others, without what has become of it.
func (o Order) Leg() Order {
	return Order{Unit: o.Unit, Post: o.Post, As: o.As, Depart: o.Depart, Until: o.Until}
}

// BegunBy returns the legs that each unit of a resolved scenario has begun, in the order
// of time, and the orders of each that are for other legs. What Resolve would not leave
// as it is has not begun.
func (s *Scenario) BegunBy() (begun, others map[string][]Order) {
	begun, others = map[string][]Order{}, map[string][]Order{}
	units := s.UnitsByID()
	byTime := slices.Clone(s.InForce)
	slices.SortStableFunc(byTime, func(a, b Order) int { return cmp.Compare(a.Depart.Number(), b.Depart.Number()) })
	fits := map[Order]bool{}
	for i := range byTime {
		x := &byTime[i]
		depart, arrive, until := x.Depart.Number(), x.Arrive.Number(), x.Until.Number()
		if !x.Begun() || depart < 0 || depart >= until || until > s.Calendar.Days || arrive < depart || arrive > until {
			continue
		}
		if u := units[x.Unit]; x.Lift == "" && (depart != 0 || arrive != 0 || u == nil || u.At == nil || u.At.Post != x.Post) {
			continue
		}
		list := begun[x.Unit]
		if n := len(list); n > 0 && depart < list[n-1].Until.Number() || x.From != "" && (n == 0 || list[n-1].Post != x.From || x.From == x.Post) {
			continue
		}
		begun[x.Unit], fits[x.Leg()] = append(list, *x), true
	}
	for _, x := range s.InForce {
		if !fits[x.Leg()] {
			others[x.Unit] = append(others[x.Unit], x)
		}
	}
	return begun, others
}

// Effective is the first day on which a begun leg counts at its post, no later than it
// ends.
func (o *Order) Effective(p *Post) int {
	if o.Lift == "" {
		return o.Arrive.Number()
	}
	return min(o.Arrive.Number()+int(p.RSOM+p.Handover), o.Until.Number())
}

// resolveOrders takes the plan in force from the options, else from the
// scenario. An order for a unit or a post that is gone, or for days outside the
// calendar, cannot stay.
func resolveOrders(r, s *Scenario, o Variant) {
	orders := s.InForce
	if o.InForce != nil {
		orders = o.InForce
	}
	units, posts := r.UnitsByID(), r.PostsByID()
	r.InForce = nil
	at := map[Order]int{} // by leg
	for _, x := range orders {
		if x.As == "" {
			x.As = ServesAll
		}
		x.Depart, x.Until = DayTime(x.Depart.Day(s.Calendar, 0)), DayTime(x.Until.Day(s.Calendar, 0))
		depart, until := x.Depart.Number(), x.Until.Number()
		x.Given = x.Given && units[x.Unit] != nil && posts[x.Post] != nil && 0 <= depart && depart < until && until <= s.Calendar.Days
		if !x.Arrive.IsZero() {
			x.Arrive = DayTime(min(max(x.Arrive.Day(s.Calendar, 0), depart), until))
		}
		i, twice := at[x.Leg()]
		if !twice {
			at[x.Leg()] = len(r.InForce)
			r.InForce = append(r.InForce, x)
			continue
		}
		r.InForce[i].Decided = r.InForce[i].Decided || x.Decided
		if x.Begun() || !r.InForce[i].Begun() {
			r.InForce[i].Given = r.InForce[i].Given || x.Given
			r.InForce[i].Arrive, r.InForce[i].Lift, r.InForce[i].From = x.Arrive, x.Lift, x.From
		}
	}
	resolveBegun(r, units, posts)
}

// resolveBegun makes the legs that have begun one history for each unit: one place at a
// time, each leg from the post before it or from home. What does not fit in is an order
// like any other, and what a leg that has not begun says of a beginning is left out.
func resolveBegun(r *Scenario, units map[string]*Unit, posts map[string]*Post) {
	last := map[string]*Order{}
	byTime := make([]*Order, len(r.InForce))
	for i := range r.InForce {
		byTime[i] = &r.InForce[i]
	}
	slices.SortStableFunc(byTime, func(a, b *Order) int { return cmp.Compare(a.Depart.Number(), b.Depart.Number()) })
	for _, x := range byTime {
		before := last[x.Unit]
		if !x.Begun() || posts[x.Post].HomeOf != "" || before != nil && x.Depart.Number() < before.Until.Number() {
			x.Arrive, x.Lift, x.From = Time{}, "", ""
			continue
		}
		if at := units[x.Unit].At; x.Lift == "" && !(before == nil && x.Depart.Number() == 0 && at != nil && at.Post == x.Post) {
			x.Lift = OwnMeans
		}
		if x.Lift == "" {
			x.Arrive, x.From = DayTime(0), ""
		}
		if before == nil || before.Post != x.From || x.From == x.Post {
			x.From = ""
		}
		last[x.Unit] = x
	}
}
