package formats_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// TestJSONWithoutReaders holds that encoding/json alone reads the JSON that this package
// writes of a scenario, as written and resolved, to the same scenario.
func TestJSONWithoutReaders(t *testing.T) {
	paths, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	for _, path := range paths {
		s, _, err := formats.ReadScenario(path)
		if err != nil {
			t.Fatal(err)
		}
		resolved, err := scenario.Resolve(s, scenario.Variant{})
		if err != nil {
			t.Fatal(err)
		}
		written, err := formats.ScenarioBytes(".json", s)
		if err != nil {
			t.Fatal(err)
		}
		var explicit bytes.Buffer
		if err := formats.WriteResolvedJSON(&explicit, resolved); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			data []byte
			of   *scenario.Scenario
		}{{written, s}, {explicit.Bytes(), resolved}} {
			var back scenario.Scenario
			if err := json.Unmarshal(x.data, &back); err != nil || back.Hash() != x.of.Hash() {
				t.Errorf("%s is not read back: %v", path, err)
			}
		}
	}
}
