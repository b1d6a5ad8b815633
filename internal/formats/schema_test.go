package formats

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid says what the schema makes of a YAML text.
func valid(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaAgreesWithTheReader(t *testing.T) {
	s := compileSchema(t)
	text := strings.Replace(small, "start: 2025-01-01", `start: "2025-01-01"`, 1)
	if err := valid(t, s, text); err != nil {
		t.Error(err)
	}
	for _, c := range [][2]string{
		{"persons: 600", "person: 600"}, {"persons: 600", "persons: 600kg"}, {"persons: 600", "persons: -1"},
		{"domain: land", "domain: lnd"}, {"persons: 600", "notice: 14h"}, {"    home: york\n", ""},
	} {
		if valid(t, s, strings.Replace(text, c[0], c[1], 1)) == nil {
			t.Errorf("the schema allows %q", c[1])
		}
	}
}

func TestSchemaTakesWhatIsWritten(t *testing.T) {
	made, err := generate.Scenario(generate.Options{Units: 30, Posts: 6, Days: 120, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := scenario.Resolve(made, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteResolvedJSON(&b, resolved); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := compileSchema(t).Validate(doc); err != nil {
		t.Error(err)
	}
}
