package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// ReadPlan reads a plan.json of format 1, whoever made it. What it cannot hold
// is an *Invalid with the place; whether it obeys the rules is for the checker
// to say.
func ReadPlan(path string) (*plan.Plan, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	tree, err := parseJSON(path, data, maxNodes)
	if err != nil {
		return nil, err
	}
	if version := tree.get("rearguard_plan"); version == nil || version.text != "1" {
		found := "none"
		if version != nil {
			found = version.describe()
		}
		return nil, invalid(tree.locate("/rearguard_plan").at, "this is no plan that this version reads: rearguard_plan is %s, not 1", found)
	}
	var p plan.Plan
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&p); err != nil {
		at := lines{file: inFile(path), data: data}
		offset := int(d.InputOffset())
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			offset = int(kind.Offset)
		}
		return nil, invalid(at.position(max(0, offset-1)), "%s", err)
	}
	if found := unknownKeys(tree); found.Failed() {
		return nil, &Invalid{found.List}
	}
	return &p, nil
}

// unknownKeys lists the keys of tours and legs that a plan does not have, which
// would be silently nothing. Other programs may add their own elsewhere.
func unknownKeys(tree *node) *Problems {
	found := &Problems{}
	check := func(n *node, what string, t reflect.Type) {
		var known []string
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			known = append(known, name)
		}
		for _, f := range n.fields {
			if n.kind == object && !slices.Contains(known, f.key) {
				found.add(f.at.problem(fmt.Sprintf("%s: unknown key %s", what, quote(f.key)), scenario.Nearest(f.key, known)))
			}
		}
	}
	tours := tree.get("tours")
	if tours == nil {
		return found
	}
	for i, t := range tours.items() {
		what := fmt.Sprintf("tour %d", i+1)
		check(t, what, reflect.TypeFor[plan.Tour]())
		if legs := t.get("legs"); legs != nil {
			for j, l := range legs.items() {
				check(l, fmt.Sprintf("%s, leg %d", what, j+1), reflect.TypeFor[plan.Leg]())
			}
		}
	}
	return found
}

// PlanBytes is a plan as plan.json: the same plan gives the same bytes.
func PlanBytes(p *plan.Plan) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return nil, fmt.Errorf("write plan of %q: %w", p.Scenario, err)
	}
	return b.Bytes(), nil
}

// WritePlan writes plan.json whole or not at all.
func WritePlan(path string, p *plan.Plan) error {
	data, err := PlanBytes(p)
	if err != nil {
		return err
	}
	return WriteFile(path, data)
}
