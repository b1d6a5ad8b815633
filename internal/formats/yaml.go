package formats

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one YAML document.
func parseYAML(file string, data []byte) (*node, error) {
	if line, many := manyPlaces(data); many {
		return nil, invalid(inFile(file).to(line, 1), "the file has more than %d places where a value may begin; write it as JSON or as a folder of CSV tables, which may hold more", maxPlaces)
	}
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlProblem(file, err)
	}
	if len(doc.Content) == 0 {
		return nil, invalid(inFile(file).to(1, 1), "the file is empty; `rearguard new` makes a commented start")
	}
	for {
		err := d.Decode(&more)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, yamlProblem(file, err)
		}
		if n := more.Content[0]; n.Tag != "!!null" {
			return nil, invalid(inFile(file).to(more.Line, more.Column), "a second document begins here; a file holds one")
		}
	}
	c := yamlConverter{file: inFile(file)}
	return c.convert(doc.Content[0], 0)
}

// manyPlaces reports whether a file has more than maxPlaces places where a value may begin,
// and the line of the first beyond them. The library makes nodes of a whole document, of 230
// bytes each, before anybody can count; every value begins behind one of these signs, though
// not every sign begins one, and one may begin two (decision 43).
func manyPlaces(data []byte) (line int, many bool) {
	places, line := 0, 1
	for i, c := range data {
		switch c {
		case '\n':
			line++
			places++
		case ',', ':', '[', '{', '?':
			places++
		case '-':
			if i+1 < len(data) && data[i+1] == ' ' {
				places++
			}
		}
		if places > maxPlaces {
			return line, true
		}
	}
	return line, false
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
	return invalid(inFile(file).to(line, 1), "this is not YAML: %s", text)
}

// yamlConverter turns YAML nodes into a tree. Aliases are expanded, within the
// limit on nodes.
type yamlConverter struct {
	file    position
	nodes   int
	aliased int // nodes that aliases added
	inAlias int // aliases that the node at hand is in
}

func (c *yamlConverter) convert(y *yaml.Node, depth int) (*node, error) {
	at := c.file.to(y.Line, y.Column)
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
			n.push(m)
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
			return nil, invalid(c.file.to(key.Line, key.Column), "a key must be a plain word")
		}
		value, err := c.convert(y.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.Value == "<<" && key.Tag == "!!merge" {
			if value.kind == object {
				merged = append(merged, value.fields...)
			}
			for _, item := range value.items() {
				if item.kind == object {
					merged = append(merged, item.fields...)
				}
			}
			continue
		}
		n.fields = append(n.fields, field{key.Value, c.file.to(key.Line, key.Column), value})
	}
	if len(merged) == 0 {
		return n, nil
	}
	given := map[string]bool{}
	for _, f := range n.fields {
		given[f.key] = true
	}
	for _, f := range merged {
		if !given[f.key] {
			given[f.key] = true
			n.fields = append(n.fields, f)
		}
	}
	return n, nil
}
