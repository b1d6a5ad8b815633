package scenario

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Check lists every problem of a scenario as its author wrote it, in the order
// of its tables. Names are checked first; what depends on them only where they
// are right, so that one mistake makes one problem. A scenario whose problems
// are all warnings can be resolved and planned.
func Check(s *Scenario) []Problem { return CheckRead(s, Unread{}) }

// CheckRead is Check of a scenario that could not be read in whole: what is there is
// checked, and what follows only from what was not read is left out.
func CheckRead(s *Scenario, unread Unread) []Problem {
	c := checker{s: s, unread: unread, names: map[string]map[string]int{}, lost: map[string]int{}, outside: map[string]bool{unreadName: true}}
	c.calendar()
	c.timeless = len(c.problems) > 0 || unread.Touches("/calendar")
	c.today()
	c.ids()
	c.capabilities()
	c.areas()
	c.places()
	c.contributors()
	c.operations()
	c.posts()
	c.lift()
	c.units()
	c.pins()
	c.orders()
	c.conditions()
	c.limits()
	c.extent()
	c.strangers()
	if len(unread.values) == 0 && c.noted[0] == 0 {
		c.reach()
	}
	return c.problems
}

// checker collects problems.
type checker struct {
	s        *Scenario
	unread   Unread
	names    map[string]map[string]int // kind to its ids, each with its index
	lost     map[string]int            // by kind, how many ids were not read
	strange  []strange
	timeless bool            // the calendar is wrong, and every time hangs on it
	outside  map[string]bool // operations whose D-day is outside the calendar, or not known
	problems []Problem
	noted    [2]int // problems and warnings
}

func (c *checker) problem(path, maybe, format string, args ...any) {
	if c.noted[0] < mostFound {
		c.found(Problem{Path: path, Message: fmt.Sprintf(format, args...), Maybe: maybe})
	}
}

func (c *checker) warning(path, maybe, format string, args ...any) {
	if c.noted[1] < mostFound {
		c.found(Problem{Path: path, Message: fmt.Sprintf(format, args...), Maybe: maybe, Warning: true})
	}
}

// mostFound bounds the problems that are listed, and the warnings.
const mostFound = 20_000

// found adds a problem with a value that was read.
func (c *checker) found(p Problem) {
	noted := &c.noted[0]
	if p.Warning {
		noted = &c.noted[1]
	}
	if *noted < mostFound && !c.unread.Covers(p.Path) {
		*noted++
		c.problems = append(c.problems, p)
	}
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

// at makes a JSON pointer.
func at(steps ...any) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteByte('/')
		b.WriteString(escape.Replace(fmt.Sprint(s)))
	}
	return b.String()
}

func (c *checker) calendar() {
	k := c.s.Calendar
	if k.Days < 1 || k.Days > MaxDays {
		c.problem("/calendar/days", "", "calendar: days %d is not between 1 and %d", k.Days, MaxDays)
	}
	if k.Start == 0 && !c.lacks("/calendar", "start") {
		c.problem("/calendar", "", "calendar: start is missing; write the date of day 0, such as 2025-04-01")
	}
	if len(c.problems) == 0 {
		c.moved()
	}
	if year := k.Start.Time().Year(); len(c.problems) == 0 && (year < earliestYear || year > latestYear) {
		c.problem("/calendar/start", "", "calendar: start %s is not in the years %d to %d", k.Start, earliestYear, latestYear)
	}
}

// MaxUnits is the most units that a scenario may hold once counts are expanded.
const MaxUnits = 1_000_000

// ids finds ids that are missing or given twice.
func (c *checker) ids() {
	s := c.s
	table(c, "capabilities", "capability", s.Capabilities, func(x *Capability) string { return x.ID })
	table(c, "areas", "area", s.Areas, func(x *Area) string { return x.ID })
	table(c, "places", "place", s.Places, func(x *Place) string { return x.ID })
	table(c, "contributors", "contributor", s.Contributors, func(x *Contributor) string { return x.ID })
	table(c, "units", "unit", s.Units, func(x *Unit) string { return x.ID })
	table(c, "posts", "post", s.Posts, func(x *Post) string { return x.ID })
	table(c, "operations", "operation", s.Operations, func(x *Operation) string { return x.ID })
	table(c, "conditions", "condition", s.Conditions, func(x *Condition) string { return x.ID })
	table(c, "branches", "branch", s.Branches, func(x *Branch) string { return x.ID })
	table(c, "lift", "lift pool", s.Lift, func(x *Pool) string { return x.ID })
	total := 0
	for i, u := range s.Units {
		total += max(1, u.Count)
		for k := 1; k <= u.Count && u.Count > 0 && k <= 10_000; k++ {
			if _, taken := c.names["unit"][fmt.Sprintf("%s#%d", u.ID, k)]; taken {
				c.problem(at("units", i, "count"), "", "unit %q: its count makes a unit %s#%d, which is given by itself too", u.ID, u.ID, k)
				break
			}
		}
	}
	if total > MaxUnits {
		c.problem("/units", "", "the counts make %d units; %d is the most", total, MaxUnits)
	}
}

func table[T any](c *checker, key, kind string, records []T, id func(*T) string) {
	names := map[string]int{}
	some := len(c.unread.values) > 0
	if some && c.unread.Covers(at(key, "-")) {
		c.lost[kind] = math.MaxInt / 2
	}
	for i := range records {
		name := id(&records[i])
		first, twice := names[name]
		switch {
		case some && c.unread.values[at(key, i, "-")]: // a name that others use, and no record
		case some && c.unread.Covers(at(key, i, "id")):
			c.lost[kind]++
		case name == "":
			c.problem(at(key, i), "", "%s %d has no id", kind, i+1)
		case name != strings.TrimSpace(name):
			c.problem(at(key, i, "id"), strings.TrimSpace(name), "%s %q has blanks at the ends of its id", kind, name)
		case twice:
			c.problem(at(key, i, "id"), "", "%s %q is there twice; it is also entry %d", kind, name, first+1)
		default:
			names[name] = i
		}
	}
	c.names[kind] = names
}

// mostSuggested is how many problems come with a suggestion: to look for one
// among many names takes long, and nobody reads so many.
const mostSuggested = 200

// strange is a name that no record has, of a kind of which some ids were not read.
type strange struct {
	kind, name string
	problem    Problem
}

// strangers makes problems of strange names where there are more of them than ids that
// were not read, so that not all can be one of those.
func (c *checker) strangers() {
	names := map[string]map[string]bool{}
	for _, x := range c.strange {
		if names[x.kind] == nil {
			names[x.kind] = map[string]bool{}
		}
		names[x.kind][x.name] = true
	}
	for _, x := range c.strange {
		if len(names[x.kind]) > c.lost[x.kind] {
			c.found(x.problem)
		}
	}
}

// unknown makes a problem of a name that no record has.
func (c *checker) unknown(kind, name string, p Problem) {
	switch {
	case c.lost[kind] == 0:
		c.found(p)
	case len(c.strange) < mostFound:
		c.strange = append(c.strange, strange{kind, name, p})
	}
}

// known reports whether a record exists, and makes a problem of it if not. An
// empty name is a missing one, which the caller allows or not.
func (c *checker) known(path, owner, kind, name string) bool {
	if _, ok := c.names[kind][name]; ok {
		return true
	}
	maybe := ""
	if c.noted[0] == mostFound {
		return false
	}
	if len(c.problems)+len(c.strange) <= mostSuggested {
		maybe = Nearest(name, slices.Sorted(maps.Keys(c.names[kind])))
	}
	if name == "" {
		c.problem(path, "", "%s: the %s is missing", owner, kind)
	} else {
		c.unknown(kind, name, Problem{Path: path, Message: fmt.Sprintf("%s: unknown %s %q", owner, kind, name), Maybe: maybe})
	}
	return false
}

func (c *checker) capabilities() {
	for i := range c.s.Capabilities {
		k := &c.s.Capabilities[i]
		owner := fmt.Sprintf("capability %q", k.ID)
		if k.ID == "all" {
			c.problem(at("capabilities", i, "id"), "", `%s: a plan writes "all" for a unit that serves all it owns; name it otherwise`, owner)
		}
		for _, x := range slices.Sorted(maps.Keys(k.Substitutes)) {
			path := at("capabilities", i, "substitutes", x)
			switch {
			case x == k.ID:
				c.problem(path, "", "%s substitutes for itself", owner)
			case c.known(path, owner, "capability", x) && k.Substitutes[x] >= 0 && k.Substitutes[x] < leastAmount:
				c.problem(path, "", "%s: the factor %g of %q is not above 0, by %s or more", owner, k.Substitutes[x], x, plain(leastAmount))
			}
		}
		path := at("capabilities", i, "on_station")
		switch o := k.OnStation; {
		case o.IsZero() || c.unread.Touches(path):
		case o.Given == 0 && o.OnTask <= 0:
			c.problem(path, "", "%s: on_station needs on_task above 0 hours", owner)
		case !(o.Factor() >= 1) || !(o.Factor() <= mostOnStation):
			c.problem(path, "", "%s: on_station %g is not 1 to %d; it says how many are needed for one on station", owner, o.Factor(), mostOnStation)
		}
	}
}

func (c *checker) areas() {
	parent := map[string]string{}
	for _, a := range c.s.Areas {
		parent[a.ID] = a.Parent
	}
	for i, a := range c.s.Areas {
		owner := fmt.Sprintf("area %q", a.ID)
		if a.Parent == "" || !c.known(at("areas", i, "parent"), owner, "area", a.Parent) {
			continue
		}
		steps, up, above := 1, a.Parent, map[string]bool{}
		for up != "" && up != a.ID && steps <= deepest && !above[up] {
			above[up] = true
			up, steps = parent[up], steps+1
		}
		switch {
		case up == a.ID && up != "":
			c.problem(at("areas", i, "parent"), "", "%s lies in itself, by its parents", owner)
		case above[up]: // a ring of others, which is told of them
		case up != "":
			c.problem(at("areas", i, "parent"), "", "%s lies in more than %d others", owner, deepest)
		}
	}
}

func (c *checker) places() {
	for i, p := range c.s.Places {
		owner := fmt.Sprintf("place %q", p.ID)
		if p.Area != "" {
			c.known(at("places", i, "area"), owner, "area", p.Area)
		}
		for k, mode := range p.Ports {
			path := at("places", i, "ports", k)
			switch {
			case !slices.Contains(portModes[:], mode):
				c.problem(path, "", "%s: a port for %q is none of sea, air, rail", owner, string(mode))
			case slices.Contains(p.Ports[:k], mode):
				c.problem(path, "", "%s: its %s port is there twice; leave one out", owner, mode)
			}
		}
	}
}

func (c *checker) contributors() {
	total := 0.0
	for i, k := range c.s.Contributors {
		c.caveats(at("contributors", i), fmt.Sprintf("contributor %q", k.ID), k.Caveats)
		c.mandates(i, &c.s.Contributors[i])
		if k.Share != nil {
			total += *k.Share
		}
	}
	if total > 1+1e-9 {
		c.warning("/contributors", "", "the shares sum to %.4g, above 1", total)
	}
}

func (c *checker) caveats(path, owner string, list []Caveat) {
	phases := map[string]int{}
	for _, op := range c.s.Operations {
		for _, ph := range op.Phases {
			phases[ph.ID]++
		}
	}
	for i, k := range list {
		here := fmt.Sprintf("%s/caveats/%d", path, i)
		for _, f := range []struct {
			field, kind string
			names       []string
		}{
			{"operation", "operation", k.Operation}, {"post", "post", k.Post}, {"area", "area", k.Area}, {"capability", "capability", k.Capability},
		} {
			for j, name := range f.names {
				c.known(fmt.Sprintf("%s/%s/%d", here, f.field, j), owner+": caveat", f.kind, name)
			}
		}
		for j, name := range k.Phase {
			maybe := Nearest(name, slices.Sorted(maps.Keys(phases)))
			if phases[name] == 0 && (maybe != "" || !c.unread.Touches("/operations")) {
				c.problem(fmt.Sprintf("%s/phase/%d", here, j), maybe, "%s: caveat: unknown phase %q", owner, name)
			}
		}
		if k.Until != "" && c.known(here+"/until", owner+": caveat", "condition", k.Until) && len(k.Phase) > 0 {
			c.problem(here+"/until", "", "%s: a caveat can last until a condition or for phases, not both; write two", owner)
		}
		if len(k.Operation)+len(k.Post)+len(k.Area)+len(k.Host)+len(k.Domain)+len(k.Phase)+len(k.Capability) == 0 &&
			!c.lacks(here, "operation", "post", "area", "host", "domain", "phase", "capability") {
			c.problem(here, "", "%s: the caveat names nothing, so that it would bar everything", owner)
		}
	}
}
