package formats

import "github.com/rearguard/rearguard/scenario"

// Load reads a file for a reader of other people's data; one that cannot be read,
// or is larger than any reader takes, is an *Invalid.
func Load(path string) ([]byte, error) { return readFile(path) }

// JSON is a JSON file in memory whose values can be found by pointer.
type JSON struct{ tree *node }

// ParseJSON reads a JSON file; what is wrong with its syntax, or nested too
// deep, is an *Invalid.
func ParseJSON(file string, data []byte) (*JSON, error) { return parseWithin(file, data, maxNodes) }

// ParseOthersJSON is ParseJSON for the readers of other people's data, which hold a file
// once more in a form of their own, and so take half as many values.
func ParseOthersJSON(file string, data []byte) (*JSON, error) {
	return parseWithin(file, data, maxNodes/2)
}

func parseWithin(file string, data []byte, most int) (*JSON, error) {
	tree, err := parseJSON(file, data, most)
	if err != nil {
		return nil, err
	}
	return &JSON{tree}, nil
}

// Has reports whether there is a value other than null at a key of the top.
func (j *JSON) Has(key string) bool {
	n := j.tree.get(key)
	return n != nil && n.kind != null
}

// Problem is a problem with the value that a JSON pointer (RFC 6901) names, at
// its place in the file.
func (j *JSON) Problem(pointer, message string) Problem {
	return j.tree.locate(pointer).at.problem(pointer+": "+message, "")
}

// Scenario reads and checks the scenario that a JSON pointer names, as
// ReadScenario does a file's.
func (j *JSON) Scenario(pointer string) (*scenario.Scenario, []Problem, error) {
	return scenarioOf(j.tree.locate(pointer), &Problems{})
}
