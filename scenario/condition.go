package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// Condition is something in the world that an operation, a phase or a caveat
// hangs on. It has one rule; package conditions says from reports whether it is
// met. Its times are dates or day numbers.
type Condition struct {
	ID       string   `json:"id" doc:"Unique name."`
	Name     string   `json:"name,omitempty" doc:"Name for people."`
	After    Time     `json:"after,omitzero" doc:"Rule: met from this date on."`
	Reported string   `json:"reported,omitempty" doc:"Rule: met by a report of this event."`
	HeldFor  Days     `json:"held_for,omitempty" doc:"Rule: met once no breach has been reported for so long; with breach and since." min:"1"`
	Breach   string   `json:"breach,omitempty" doc:"For held_for: the event that breaks it; the days count again from then."`
	Since    string   `json:"since,omitempty" doc:"For held_for: the condition from whose being met the days count." ref:"condition"`
	Count    *Count   `json:"count,omitempty" doc:"Rule: met while the number of incidents is below or above a number."`
	All      []string `json:"all,omitempty" doc:"Rule: met when all of these conditions are." ref:"condition"`
	Any      []string `json:"any,omitempty" doc:"Rule: met when one of these conditions is." ref:"condition"`
	Not      string   `json:"not,omitempty" doc:"Rule: met when this condition has failed, failed when it is met." ref:"condition"`
	Area     string   `json:"area,omitempty" doc:"For reported, held_for and fails: only reports from this area, or one below it, count." ref:"area"`
	Fails    string   `json:"fails,omitempty" doc:"Event whose report makes it fail, even if it was met."`
	By       Time     `json:"by,omitzero" doc:"It has failed if it is not met before this date."`
	Expected Time     `json:"expected,omitzero" doc:"While it is open, caveats and branches count on it from this date."`
	Source   string   `json:"source,omitempty" doc:"Text or URL."`
	Note     string   `json:"note,omitempty" doc:"Remark."`
}

// Count compares the number of incidents in the last days with a number.
type Count struct {
	Of     string   `json:"of" doc:"Event that is counted."`
	Area   string   `json:"area,omitempty" doc:"Area that counts, with those below it; all by default." ref:"area"`
	Window Days     `json:"window" doc:"Days up to today that count." min:"1"`
	Below  *float64 `json:"below,omitempty" doc:"Met while the number is below this." min:"0"`
	Above  *float64 `json:"above,omitempty" doc:"Met while the number is above this." min:"0"`
}

// Scale makes a requirement grow with incidents.
type Scale struct {
	With   string  `json:"with" doc:"Event that is counted."`
	Area   string  `json:"area,omitempty" doc:"Area that counts, with those below it; default the post's." ref:"area"`
	Window Days    `json:"window" doc:"Days up to a day that count for it." min:"1"`
	Per    float64 `json:"per" doc:"For each so many incidents ..." min:"0"`
	Add    float64 `json:"add" doc:"... so much is added to floor and target." min:"0" max:"10000000"`
	AtMost float64 `json:"at_most,omitempty" doc:"Most that is added; unlimited by default." min:"0" max:"10000000"`
}

// Evidence says how reports are weighed.
type Evidence struct {
	Disputed Weighing `json:"disputed,omitempty" doc:"What counts where reports contradict each other: cautious (the default) takes the worse, trusting the better, rating the better rated report." enum:"cautious,trusting,rating"`
	Least    string   `json:"least,omitempty" doc:"Reports rated worse than this, such as C3, in reliability or credibility do not count."`
}

// Weighing is how contradicting reports are weighed.
type Weighing string

// The ways to weigh contradicting reports.
const (
	Cautious Weighing = "cautious"
	Trusting Weighing = "trusting"
	ByRating Weighing = "rating"
)

// Branch is a set of outcomes that is planned for.
type Branch struct {
	ID     string   `json:"id" doc:"Unique name."`
	Name   string   `json:"name,omitempty" doc:"Name for people."`
	Met    []string `json:"met,omitempty" doc:"Conditions taken as met: when they were, or else on the day expected, or today." ref:"condition"`
	Failed []string `json:"failed,omitempty" doc:"Conditions taken as failed." ref:"condition"`
	Note   string   `json:"note,omitempty" doc:"Remark."`
}

// Report is what a source says to have happened. A report is never changed or
// taken away: a later one supersedes it.
type Report struct {
	ID          string
	Date        Date // of the event
	Received    Date // when it came; the date by default
	Source      string
	Reliability byte // of the source, A to F
	Credibility byte // of the statement, 1 to 6
	Area        string
	Event       string
	Low, High   float64 // number of incidents; 1 by default
	Statement   string
	Contradicts []string // reports that cannot be true with it
	Supersedes  string   // the report that it takes the place of
}

// Rating is the field's two characters, such as B2.
func (r *Report) Rating() string { return string([]byte{r.Reliability, r.Credibility}) }

// ParseRating reads reliability, A (reliable) to F (cannot be judged), and
// credibility, 1 (confirmed) to 6 (cannot be judged).
func ParseRating(s string) (reliability, credibility byte, err error) {
	if len(s) != 2 || s[0] < 'A' || s[0] > 'F' || s[1] < '1' || s[1] > '6' {
		return 0, 0, fmt.Errorf("%q is no rating; write reliability A to F and credibility 1 to 6, such as B2", s)
	}
	return s[0], s[1], nil
}

// State of a condition.
type State string

// The states of a condition.
const (
	Open   State = "open"
	Met    State = "met"
	Failed State = "failed"
)

// Outcome is what is known, or assumed, of a condition: for one that is met or
// has failed the day, for an open one the day on which it is counted on, if any.
type Outcome struct {
	State State `json:"state"`
	Date  *Date `json:"date,omitempty"`
}

// Raise adds to a line's floor and target from a date on, instead of what was
// added before; Line counts from 0 in the post as its author wrote it.
type Raise struct {
	Post string  `json:"post"`
	Line int     `json:"line"`
	From Date    `json:"from"`
	Add  float64 `json:"add"`
}

// rules lists the rules that a condition has.
func (k *Condition) rules() (names []string) {
	for _, r := range []struct {
		name  string
		given bool
	}{
		{"after", !k.After.IsZero()}, {"reported", k.Reported != ""}, {"held_for", k.HeldFor != 0}, {"count", k.Count != nil},
		{"all", k.All != nil}, {"any", k.Any != nil}, {"not", k.Not != ""},
	} {
		if r.given {
			names = append(names, r.name)
		}
	}
	return names
}

// Parts are the conditions that a condition hangs on.
func (k *Condition) Parts() []string {
	parts := slices.Concat(k.All, k.Any)
	for _, one := range []string{k.Not, k.Since} {
		if one != "" {
			parts = append(parts, one)
		}
	}
	return parts
}

// conditions checks conditions, what names them, and branches.
func (c *checker) conditions() {
	for i := range c.s.Conditions {
		c.condition(at("conditions", i), &c.s.Conditions[i])
	}
	c.rings()
	if e := c.s.Evidence; e != nil && e.Least != "" {
		if _, _, err := ParseRating(e.Least); err != nil {
			c.problem("/evidence/least", "", "evidence: least %s", err)
		}
	}
	for i, b := range c.s.Branches {
		owner := fmt.Sprintf("branch %q", b.ID)
		for j, name := range b.Met {
			c.known(at("branches", i, "met", j), owner, "condition", name)
		}
		for j, name := range b.Failed {
			if c.known(at("branches", i, "failed", j), owner, "condition", name) && slices.Contains(b.Met, name) {
				c.problem(at("branches", i, "failed", j), "", "%s: condition %q is both met and failed", owner, name)
			}
		}
	}
}

func (c *checker) condition(path string, k *Condition) {
	owner := fmt.Sprintf("condition %q", k.ID)
	switch rules := k.rules(); {
	case len(rules) == 0 && !c.lacks(path, "after", "reported", "held_for", "count", "all", "any", "not"):
		c.problem(path, "", "%s has no rule; give it one of after, reported, held_for, count, all, any and not", owner)
	case len(rules) > 1:
		c.problem(path, "", "%s has the rules %s; it can have one, and others can be conditions of their own", owner, strings.Join(rules, " and "))
	}
	for j, name := range k.All {
		c.known(path+fmt.Sprintf("/all/%d", j), owner, "condition", name)
	}
	for j, name := range k.Any {
		c.known(path+fmt.Sprintf("/any/%d", j), owner, "condition", name)
	}
	if k.Not != "" {
		c.known(path+"/not", owner, "condition", k.Not)
	}
	switch {
	case k.HeldFor != 0 && k.Breach == "" && !c.lacks(path, "breach"):
		c.problem(path+"/held_for", "", "%s: held_for needs breach, the event that breaks it", owner)
	case k.HeldFor != 0:
		c.known(path+"/since", owner+": since", "condition", k.Since)
	case (k.Breach != "" || k.Since != "") && !c.lacks(path, "held_for"):
		c.problem(path, "", "%s: breach and since belong to the rule held_for", owner)
	}
	if k.Area != "" {
		c.known(path+"/area", owner, "area", k.Area)
	}
	if n := k.Count; n != nil {
		if n.Area != "" {
			c.known(path+"/count/area", owner, "area", n.Area)
		}
		if (n.Below == nil) == (n.Above == nil) && !c.lacks(path, "count/below", "count/above") {
			c.problem(path+"/count", "", "%s: count needs either below or above", owner)
		}
	}
	for _, t := range []struct {
		name string
		Time
	}{{"after", k.After}, {"by", k.By}, {"expected", k.Expected}} {
		if t.Relative() {
			c.problem(path+"/"+t.name, "", "%s: %s %s counts from a D-day, which hangs on conditions; write a date", owner, t.name, t.Time)
			continue
		}
		c.doubts(path+"/"+t.name, owner, t.name, t.Time, "", c.s.Calendar.known())
	}
}

// rings finds conditions that hang on themselves.
func (c *checker) rings() {
	const visiting, done = 1, 2
	mark := map[string]int{}
	var above []string
	var visit func(id string)
	visit = func(id string) {
		i, there := c.names["condition"][id]
		if !there || mark[id] == done {
			return
		}
		if mark[id] == visiting {
			ring := slices.Concat(above[slices.Index(above, id):], []string{id})
			c.problem(at("conditions", i), "", "condition %q hangs on itself: %s", id, strings.Join(ring, " needs "))
			return
		}
		mark[id] = visiting
		above = append(above, id)
		for _, part := range c.s.Conditions[i].Parts() {
			visit(part)
		}
		above = above[:len(above)-1]
		mark[id] = done
	}
	for _, k := range c.s.Conditions {
		visit(k.ID)
	}
}

// scale checks how a line grows.
func (c *checker) scale(path, owner string, l *Line) {
	n := l.Scales
	if n == nil {
		return
	}
	if n.Area != "" {
		c.known(path+"/scales/area", owner, "area", n.Area)
	}
	if n.Per >= 0 && n.Per < leastAmount && !c.lacks(path, "scales/per") {
		c.problem(path+"/scales", "", "%s: scales: per %g is not above 0, by %s or more", owner, n.Per, plain(leastAmount))
	}
	if l.Single {
		c.problem(path+"/scales", "", "%s: a single line cannot scale: one leg holds it from its start to its end", owner)
	}
}
