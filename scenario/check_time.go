package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// operations checks D-days and phases.
func (c *checker) operations() {
	for i := range c.s.Operations {
		op := &c.s.Operations[i]
		owner := fmt.Sprintf("operation %q", op.ID)
		path := at("operations", i)
		if op.StartsWhen != "" {
			c.known(path+"/starts_when", owner, "condition", op.StartsWhen)
		}
		c.starts(path, owner, op)
		name := op.ID
		if c.lacks(path, "id") {
			name = unreadName
		}
		seen := map[string]bool{}
		for j, ph := range op.Phases {
			here := fmt.Sprintf("%s/phases/%d", path, j)
			if !c.lacks(here, "id") && (ph.ID == "" || seen[ph.ID]) {
				c.problem(here, "", "%s: phase %q has no name of its own", owner, ph.ID)
			}
			seen[ph.ID] = true
			if ph.StartsWhen != "" {
				c.known(here+"/starts_when", fmt.Sprintf("%s: phase %q", owner, ph.ID), "condition", ph.StartsWhen)
			}
			c.opens(here, fmt.Sprintf("%s: phase %q", owner, ph.ID), ph.From, ph.Until, name)
		}
		c.readiness(path, owner, op)
	}
}

// starts checks when an operation starts. No time can be counted from a D-day that is
// not known.
func (c *checker) starts(path, owner string, op *Operation) {
	d := op.DDay
	c.outside[op.ID] = true
	for _, t := range []Time{d.Earliest, d.Likely, d.Latest} {
		if t.Relative() {
			c.problem(path+"/d_day", "", "%s: its D-day %s hangs on itself; write a date", owner, t)
			return
		}
	}
	switch {
	case c.lacks(path, "d_day"):
		return
	case d.Likely.IsZero():
		c.problem(path, "", "%s: d_day is missing; write a date or {earliest, likely, latest}", owner)
		return
	case c.timeless:
		return
	}
	earliest, likely, latest := c.day(d.Earliest, op.ID), c.day(d.Likely, op.ID), c.day(d.Latest, op.ID)
	doubted := c.dDay(path, owner, op)
	if !doubted && (!d.Earliest.IsZero() && earliest > likely || !d.Latest.IsZero() && likely > latest) {
		c.problem(path+"/d_day", "", "%s: its D-day must be earliest <= likely <= latest, not %s, %s, %s", owner, d.Earliest, d.Likely, d.Latest)
	}
}

// day is a time's day number at an operation, whose D-day is as likely.
func (c *checker) day(t Time, operation string) int {
	zero := 0
	if i, ok := c.names["operation"][operation]; ok {
		zero = c.s.Operations[i].DDay.Likely.Day(c.s.Calendar, 0)
	}
	return t.Day(c.s.Calendar, zero)
}

// opens checks that a time [from, until) is one, in the calendar, and reports
// whether it is.
func (c *checker) opens(path, owner string, from, until Time, operation string) bool {
	return c.lasts(path, owner, "from", from, until, operation)
}

// lasts is opens for a time whose first day has a name of its own.
func (c *checker) lasts(path, owner, first string, from, until Time, operation string) bool {
	if operation == "" && (from.Relative() || until.Relative()) {
		c.problem(path, "", "%s: %s counts from a D-day, but this belongs to no operation; write a date", owner, strings.TrimPrefix(from.String()+" .. "+until.String(), " .. "))
		return false
	}
	if c.timeless {
		return false
	}
	k := c.s.Calendar
	adrift := c.adrift(from, operation) || until.Relative() && c.outside[operation]
	wrong := !c.adrift(from, operation) && c.doubts(path+"/"+first, owner, first, from, operation, k.begins())
	wrong = !c.adrift(until, operation) && c.doubts(path+"/until", owner, "until", until, operation, k.ends()) || wrong
	if wrong || adrift || c.lacks(path, first, "until") {
		return false
	}
	a, b := 0, k.Days
	if !from.IsZero() {
		a = c.day(from, operation)
	} else if operation != "" {
		a = c.day(DDayTime(0), operation)
	}
	if !until.IsZero() {
		b = c.day(until, operation)
	}
	if a >= b && !until.IsZero() && b != k.Days { // the horizon's end is the default, and what is resolved writes it
		c.problem(path, "", "%s never opens: it starts on %s and ends before %s", owner, k.Date(a), k.Date(b))
		return false
	}
	if b <= 0 || a >= k.Days {
		c.warning(path, "", "%s lies outside the calendar, %s to %s", owner, k.Date(0), k.Date(k.Days-1))
	}
	return true
}

func (c *checker) posts() {
	for i := range c.s.Posts {
		p := &c.s.Posts[i]
		owner, path := fmt.Sprintf("post %q", p.ID), at("posts", i)
		c.known(path+"/place", owner, "place", p.Place)
		if p.Operation != "" && !c.known(path+"/operation", owner, "operation", p.Operation) {
			c.outside[p.Operation] = true
		}
		if p.HomeOf != "" {
			c.known(path+"/home_of", owner, "contributor", p.HomeOf)
			if p.Operation != "" {
				c.problem(path+"/home_of", "", "%s is a minimum at home and so belongs to no operation", owner)
			}
		}
		c.span(path+"/stay", owner+": stay", p.Stay)
		if len(p.Lines) == 0 && !c.lacks(path, "lines") {
			c.problem(path, "", "%s requires nothing; give it lines", owner)
		}
		c.lines(path, owner, p.Lines, c.operation(i))
	}
}

// operation is that of a post, by which its times are counted. One that was not read has
// no D-day that is known.
func (c *checker) operation(i int) string {
	if name := c.s.Posts[i].Operation; name != "" || !c.lacks(at("posts", i), "operation") {
		return name
	}
	return unreadName
}

// unreadName stands for that of an operation that was not read.
const unreadName = "\x00"

func (c *checker) span(path, owner string, s Span) {
	if c.unread.Touches(path) {
		return
	}
	if s.Min != nil && s.Max != nil && *s.Min > *s.Max {
		c.problem(path, "", "%s: min %d is above max %d", owner, *s.Min, *s.Max)
	}
	if s.Max != nil && s.Usual > *s.Max && s.Usual <= MaxDays {
		c.problem(path+"/usual", "", "%s: usual %d is above max %d, so that every one would be short; write %d or less", owner, s.Usual, *s.Max, *s.Max)
	}
}

// lines checks the requirements of a post.
func (c *checker) lines(path, owner string, lines []Line, operation string) {
	type interval struct{ from, until int }
	taken := map[string][]interval{}
	for j := range lines {
		l := &lines[j]
		here := fmt.Sprintf("%s/lines/%d", path, j)
		what := fmt.Sprintf("%s: line %d", owner, j+1)
		known := c.known(here+"/capability", what, "capability", l.Capability)
		if l.Capability != "" {
			what += fmt.Sprintf(" (%s)", l.Capability)
		}
		c.amount(here+"/floor", what+": floor", l.Floor)
		c.scale(here, what, l)
		switch {
		case c.lacks(here, "floor", "target"):
		case l.Target != nil && l.Target.Likely >= 0 && l.Target.Likely < l.Floor.Likely:
			c.problem(here+"/target", "", "%s: target %g is below floor %g", what, l.Target.Likely, l.Floor.Likely)
		case l.Target != nil:
			c.amount(here+"/target", what+": target", *l.Target)
		case l.Floor.Likely == 0:
			c.problem(here, "", "%s asks for nothing; give it a floor or a target", what)
		}
		if !c.opens(here, what, l.From, l.Until, operation) || !known {
			continue
		}
		now := interval{c.lineFrom(l, operation), c.s.Calendar.Days}
		if !l.Until.IsZero() {
			now.until = c.day(l.Until, operation)
		}
		if slices.ContainsFunc(taken[l.Capability], func(x interval) bool { return x.from < now.until && now.from < x.until }) {
			c.problem(here, "", "%s: another line of %s at this post is open at the same time; add them up or end one", what, l.Capability)
		}
		taken[l.Capability] = append(taken[l.Capability], now)
	}
}

func (c *checker) lineFrom(l *Line, operation string) int {
	switch {
	case !l.From.IsZero():
		return c.day(l.From, operation)
	case operation != "":
		return c.day(DDayTime(0), operation)
	}
	return 0
}

func (c *checker) quantity(path, what string, q Quantity) {
	switch {
	case c.unread.Touches(path):
	case !Finite(q.Low) || !Finite(q.Likely) || !Finite(q.High): // which the limits say
	case q.Low > q.Likely || q.Likely > q.High:
		c.problem(path, "", "%s must be low <= likely <= high, not %g, %g, %g", what, q.Low, q.Likely, q.High)
	}
}

// amount is quantity of something that is counted: it is none, or enough to count.
func (c *checker) amount(path, what string, q Quantity) {
	c.quantity(path, what, q)
	for _, x := range []float64{q.Low, q.Likely, q.High} {
		if x > 0 && x < leastAmount {
			c.problem(path, "", "%s %g is too little to count; %s is the least", what, x, plain(leastAmount))
			return
		}
	}
}

func (c *checker) lift() {
	for i, p := range c.s.Lift {
		owner, path := fmt.Sprintf("lift pool %q", p.ID), at("lift", i)
		c.speed(path+"/speed", owner, p.Speed)
		for _, end := range []struct {
			key   string
			areas []string
		}{{"from", p.From}, {"to", p.To}} {
			if len(end.areas) == 0 && !c.lacks(path, end.key) {
				c.problem(path, "", "%s serves no area: %s is empty", owner, end.key)
			}
			for j, a := range end.areas {
				c.known(fmt.Sprintf("%s/%s/%d", path, end.key, j), owner, "area", a)
			}
		}
	}
	for i, r := range c.s.Routes {
		owner := fmt.Sprintf("route %d", i+1)
		c.known(at("routes", i, "from"), owner, "place", r.From)
		c.known(at("routes", i, "to"), owner, "place", r.To)
	}
}

// member reports whether a name is that of a unit, or of one of a counted unit's.
func (c *checker) member(name string) bool {
	if _, ok := c.names["unit"][name]; ok {
		return true
	}
	base, number, _ := strings.Cut(name, "#")
	i, ok := c.names["unit"][base]
	k, err := strconv.Atoi(number)
	return ok && err == nil && strconv.Itoa(k) == number && 1 <= k && k <= c.s.Units[i].Count
}

// unit finds a problem with the name of a unit that a pin holds.
func (c *checker) unit(path, owner, name string) bool {
	if c.member(name) {
		return true
	}
	base, _, numbered := strings.Cut(name, "#")
	i, ok := c.names["unit"][base]
	switch {
	case !numbered || !ok:
		return c.known(path, owner, "unit", base)
	case c.s.Units[i].Count == 0:
		c.problem(path, base, "%s: unit %q has no count, so that there is no %q", owner, base, name)
	default:
		c.problem(path, fmt.Sprintf("%s#%d", base, c.s.Units[i].Count), "%s: unit %q counts %d, so that there is no %q", owner, base, c.s.Units[i].Count, name)
	}
	return false
}

// sameUnit reports whether two names are of one unit, or one of them of a count that
// the other is one of.
func sameUnit(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"#") || strings.HasPrefix(b, a+"#")
}

func (c *checker) pins() {
	type fact struct {
		pin         Pin
		from, until int
		index       int
	}
	byUnit := map[string][]fact{} // by unit, or by what it is a part of
	for i, p := range c.s.Pins {
		owner, path := fmt.Sprintf("pin %d (unit %q at post %q)", i+1, p.Unit, p.Post), at("pins", i)
		unit := c.unit(path+"/unit", owner, p.Unit)
		if !c.known(path+"/post", owner, "post", p.Post) {
			continue
		}
		operation := c.operation(c.names["post"][p.Post])
		if !unit || !c.opens(path, owner, p.From, p.Until, operation) {
			continue
		}
		base, _, _ := strings.Cut(p.Unit, "#")
		now := fact{p, c.day(p.From, operation), c.day(p.Until, operation), i}
		for _, other := range byUnit[base] {
			same := other.pin.Post == p.Post
			clash := !p.Forbid && !other.pin.Forbid && !same || same && p.Forbid != other.pin.Forbid
			if clash && sameUnit(p.Unit, other.pin.Unit) && other.from < now.until && now.from < other.until {
				c.problem(path, "", "%s cannot hold together with pin %d (post %q)", owner, other.index+1, other.pin.Post)
			}
		}
		byUnit[base] = append(byUnit[base], now)
	}
}

// orders checks the plan in force. A unit or a post that is gone is no mistake,
// since a changed scenario keeps its plan, but may be one.
func (c *checker) orders() {
	for i, x := range c.s.InForce {
		owner, path := fmt.Sprintf("order in force %d (unit %q at post %q)", i+1, x.Unit, x.Post), at("in_force", i)
		if k, ok := c.names["unit"][x.Unit]; ok && c.s.Units[k].Count > 0 {
			c.warning(path+"/unit", x.Unit+"#1", "%s: unit %q counts %d, so that a leg is of one of them; it counts as dropped", owner, x.Unit, c.s.Units[k].Count)
		} else if !c.member(x.Unit) {
			c.gone(path+"/unit", owner, "unit", x.Unit)
		}
		c.gone(path+"/post", owner, "post", x.Post)
		if x.As != "" && x.As != ServesAll {
			c.known(path+"/as", owner, "capability", x.As)
		}
		c.lasts(path, owner, "depart", x.Depart, x.Until, "")
		c.begun(path, owner, &x)
	}
}

// begun checks what an order says of a leg that has begun.
func (c *checker) begun(path, owner string, x *Order) {
	if x.Arrive.IsZero() {
		if x.Lift != "" || x.From != "" {
			c.problem(path, "", "%s: lift and from are of a leg that has begun; write arrive too, the day of its arrival", owner)
		}
		return
	}
	if !x.Given {
		c.problem(path+"/arrive", "", "%s has begun, but its order has not been given; write given: true", owner)
	}
	if x.Arrive.Relative() {
		c.problem(path+"/arrive", "", "%s: %s counts from a D-day, but this belongs to no operation; write a date", owner, x.Arrive)
		return
	}
	if c.timeless || c.doubts(path+"/arrive", owner, "arrive", x.Arrive, "", c.s.Calendar.ends()) || x.Depart.Relative() {
		return
	}
	if c.day(x.Arrive, "") < c.day(x.Depart, "") {
		c.problem(path+"/arrive", "", "%s arrives on %s, before it departs on %s", owner, x.Arrive, x.Depart)
	}
	if _, ok := c.names["lift pool"][x.Lift]; !ok && x.Lift != "" && x.Lift != OwnMeans {
		c.warning(path+"/lift", "", "%s: there is no lift pool %q, so that what it loaded is not counted", owner, x.Lift)
	}
}

// gone warns of a name that the scenario no longer has.
func (c *checker) gone(path, owner, kind, name string) {
	if _, ok := c.names[kind][name]; !ok {
		maybe := ""
		if len(c.problems)+len(c.strange) <= mostSuggested {
			maybe = Nearest(name, slices.Sorted(maps.Keys(c.names[kind])))
		}
		c.unknown(kind, name, Problem{Path: path, Message: fmt.Sprintf("%s: there is no %s %q, so that it counts as dropped", owner, kind, name), Maybe: maybe, Warning: true})
	}
}
