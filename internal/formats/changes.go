package formats

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/scenario"
)

// changeable are the tables that a file of changes may hold. Units, posts,
// contributors and lift can be out.
var changeable = []string{"units", "contributors", "operations", "posts", "lift"}

// ReadChanged reads a scenario as ReadScenario does, after the reported facts of
// a second file: tables of records as in a scenario, each with the id of one
// that is there, the keys that are different now, or `out: true` for one that
// is no longer there. A contributor that is out takes its units along, and
// what is required at its home; pins of what is gone go too.
func ReadChanged(path, changes string) (*scenario.Scenario, []Problem, error) {
	var found Problems
	tree, err := readTree(path, &reading{Problems: &found})
	if err != nil {
		return nil, nil, err
	}
	facts, err := readTree(changes, &reading{Problems: &found, changes: true})
	if err != nil {
		return nil, nil, err
	}
	if err := normalise(tree); err != nil {
		return nil, nil, err
	}
	if facts.kind != object {
		return nil, nil, invalid(facts.at, "changes are a group of tables such as units and operations, not %s", facts.describe())
	}
	c := changer{Problems: &found, tree: tree}
	for _, f := range facts.fields {
		c.table(f)
	}
	c.drop()
	return scenarioOf(tree, &found)
}

// changer applies facts to the tree of a scenario.
type changer struct {
	*Problems
	tree *node
	out  map[string][]string // table to ids
}

func (c *changer) problem(at position, maybe, format string, args ...any) {
	c.add(at.problem(fmt.Sprintf(format, args...), maybe))
}

// nearest is the name that was likely meant.
func (c *changer) nearest(name string, among []string) string {
	if len(c.List) > mostSuggested {
		return ""
	}
	return scenario.Nearest(name, among)
}

// table applies the facts about one table.
func (c *changer) table(f field) {
	if !slices.Contains(changeable, f.key) {
		c.problem(f.at, scenario.Nearest(f.key, changeable), "%s cannot be changed here, only %s; change it in the scenario itself", quote(f.key), strings.Join(changeable, ", "))
		return
	}
	if f.value.kind != list {
		c.problem(f.value.at, "", "%s is a list of changed records, not %s", f.key, f.value.describe())
		return
	}
	there := map[string]*node{}
	var ids []string
	if records := c.tree.get(f.key); records != nil {
		for _, r := range records.items() {
			if id := r.get("id"); id != nil && id.kind == scalar {
				there[id.text] = r
				ids = append(ids, id.text)
			}
		}
	}
	for _, fact := range f.value.items() {
		id := fact.get("id")
		if id != nil && id.kind == unread {
			continue
		}
		if fact.kind != object || id == nil || id.kind != scalar {
			c.problem(fact.at, "", "a changed record needs the id of the %s that it is about", records[f.key])
			continue
		}
		record := there[id.text]
		if record == nil {
			c.problem(id.at, c.nearest(id.text, ids), "unknown %s %s; add new ones in the scenario itself", records[f.key], quote(id.text))
			continue
		}
		c.change(f.key, id.text, record, fact)
	}
}

// change sets the keys of one record.
func (c *changer) change(table, id string, record, fact *node) {
	if len(fact.fields) == 1 {
		c.problem(fact.at, "", "%s %s: nothing is changed; give the keys that are different now, or out: true", records[table], quote(id))
	}
	for _, f := range fact.fields {
		switch {
		case f.key == "id":
		case f.key != "out":
			if f.key == "requires" {
				f.key = "lines"
			}
			record.set(f.key, f.value)
		case table == "operations":
			c.problem(f.at, "", "operation %s: an operation that does not happen is left out by --without %s", quote(id), id)
		case f.value.kind == scalar && f.value.text == "true":
			if c.out == nil {
				c.out = map[string][]string{}
			}
			c.out[table] = append(c.out[table], id)
		case f.value.kind != scalar || f.value.text != "false":
			c.problem(f.value.at, "", "%s %s: out is true or false, not %s", records[table], quote(id), f.value.describe())
		}
	}
}

// drop takes out what is out, and what hangs on it.
func (c *changer) drop() {
	is := func(n *node, key string, table string) bool {
		x := n.get(key)
		if x == nil || x.kind != scalar {
			return false
		}
		base, _, _ := strings.Cut(x.text, "#")
		return slices.Contains(c.out[table], x.text) || slices.Contains(c.out[table], base)
	}
	c.remove("units", func(n *node) bool {
		if is(n, "contributor", "contributors") && n.get("id") != nil {
			c.out["units"] = append(c.out["units"], n.get("id").text)
		}
		return is(n, "id", "units")
	})
	c.remove("posts", func(n *node) bool { return is(n, "id", "posts") || is(n, "home_of", "contributors") })
	c.remove("lift", func(n *node) bool { return is(n, "id", "lift") })
	c.remove("pins", func(n *node) bool { return is(n, "unit", "units") || is(n, "post", "posts") })
	if units := c.tree.get("units"); units != nil {
		for _, n := range units.items() {
			if at := n.get("at"); at != nil && is(at, "post", "posts") {
				n.fields = slices.DeleteFunc(n.fields, func(f field) bool { return f.key == "at" })
			}
		}
	}
}

func (c *changer) remove(table string, gone func(*node) bool) {
	if n := c.tree.get(table); n != nil && n.kind == list {
		n.fields = slices.DeleteFunc(n.fields, func(f field) bool { return gone(f.value) })
	}
}
