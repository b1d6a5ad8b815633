package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rearguard/rearguard/plan"
)

// ReadPlan reads a plan.json of format 1, whoever made it. What it cannot hold
// is an *Invalid with the place; whether it obeys the rules is for the checker
// to say.
func ReadPlan(path string) (*plan.Plan, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	tree, err := parseJSON(path, data)
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
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var p plan.Plan
	if err := d.Decode(&p); err != nil {
		at := jsonParser{file: path, data: data}
		for i, b := range data {
			if b == '\n' {
				at.lines = append(at.lines, i)
			}
		}
		offset := int(d.InputOffset())
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			offset = int(kind.Offset)
		}
		return nil, invalid(at.position(max(0, offset-1)), "%s", err)
	}
	return &p, nil
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
