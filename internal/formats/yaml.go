package formats

import (
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one YAML document.
func parseYAML(file string, data []byte) (*node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, yamlProblem(file, err)
	}
	if len(doc.Content) == 0 {
		return nil, invalid(position{file, 1, 1}, "the file is empty; `rearguard new` makes a commented start")
	}
	c := yamlConverter{file: file}
	return c.convert(doc.Content[0], 0)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlProblem gives the parser's complaint its place.
func yamlProblem(file string, err error) error {
	text := strings.SplitN(err.Error(), "\n", 2)[0]
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
		text = m[2]
	}
	return invalid(positionAt(file, line, 1), "this is not YAML: %s", text)
}

// yamlConverter turns YAML nodes into a tree. Aliases are expanded, within the
// limit on nodes.
type yamlConverter struct {
	file    string
	nodes   int
	aliased int // nodes that aliases added
	inAlias int // aliases that the node at hand is in
}

func (c *yamlConverter) convert(y *yaml.Node, depth int) (*node, error) {
	at := positionAt(c.file, y.Line, y.Column)
	if c.nodes++; c.nodes > maxNodes {
		return nil, invalid(at, "the file holds more than %d values", maxNodes)
	}
	if c.inAlias > 0 {
		if c.aliased++; c.aliased > maxAlias {
			return nil, invalid(at, "the file's aliases stand for more than %d values", maxAlias)
		}
	}
	if depth > maxDepth {
		return nil, invalid(at, "the file is nested more than %d levels deep", maxDepth)
	}
	switch y.Kind {
	case yaml.AliasNode:
		c.inAlias++
		n, err := c.convert(y.Alias, depth+1)
		c.inAlias--
		if err != nil {
			return nil, err
		}
		copied := *n
		copied.at = at
		return &copied, nil
	case yaml.SequenceNode:
		n := &node{kind: list, at: at}
		for _, item := range y.Content {
			m, err := c.convert(item, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, m)
		}
		return n, nil
	case yaml.MappingNode:
		return c.mapping(y, at, depth)
	}
	if y.Tag == "!!null" {
		return &node{kind: null, at: at}, nil
	}
	return &node{kind: scalar, text: y.Value, quoted: y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0, at: at}, nil
}

func (c *yamlConverter) mapping(y *yaml.Node, at position, depth int) (*node, error) {
	n := &node{kind: object, at: at}
	var merged []field
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, invalid(positionAt(c.file, key.Line, key.Column), "a key must be a plain word")
		}
		value, err := c.convert(y.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.Value == "<<" && key.Tag == "!!merge" {
			merged = append(merged, value.fields...)
			for _, item := range value.items {
				merged = append(merged, item.fields...)
			}
			continue
		}
		n.fields = append(n.fields, field{key.Value, positionAt(c.file, key.Line, key.Column), value})
	}
	for _, f := range merged {
		if n.get(f.key) == nil {
			n.fields = append(n.fields, f)
		}
	}
	return n, nil
}
