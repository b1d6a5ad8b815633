package msdl

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/xmltoken"
)

// Limits of a file, so that none can exhaust the machine.
const (
	maxFile     = 100 << 20 // bytes
	maxDepth    = 64
	maxElements = 2_000_000
)

// element is an XML element with its place. Namespaces are left out: MSDL has
// no two elements of one name in different ones.
type element struct {
	name         string
	text         string
	children     []*element
	parent       *element
	number       int32 // among those of its name in its parent, from 1
	line, column int32
}

// path is such as /MilitaryScenario/Organizations/Units/Unit[3].
func (e *element) path() string {
	if e.parent == nil {
		return "/" + e.name
	}
	path := e.parent.path() + "/" + e.name
	if e.number > 1 || e.name == "Unit" || e.name == "ForceSide" || e.name == "EquipmentItem" {
		path = fmt.Sprintf("%s[%d]", path, e.number)
	}
	return path
}

// find follows names to the first element of each; nil if there is none.
func (e *element) find(names ...string) *element {
	for _, name := range names {
		if e == nil {
			return nil
		}
		var next *element
		for _, c := range e.children {
			if c.name == name {
				next = c
				break
			}
		}
		e = next
	}
	return e
}

// all lists the children of a name; none for nil.
func (e *element) all(name string) (list []*element) {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name == name {
			list = append(list, c)
		}
	}
	return list
}

// value is the text without blanks at its ends; empty for nil.
func (e *element) value() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.text)
}

// parse reads an XML file without a document type.
func parse(file string, data []byte) (*element, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	source := xmltoken.NewSource(bytes.NewReader(data))
	d := xml.NewDecoder(source)
	refuse := func(format string, args ...any) error {
		line, column := d.InputPos()
		return &formats.Invalid{Problems: []formats.Problem{{File: file, Line: line, Column: column, Message: fmt.Sprintf(format, args...)}}}
	}
	if len(data) > maxFile {
		return nil, refuse("the file is larger than %d MB", maxFile>>20)
	}
	b := builder{names: map[string]string{}}
	for {
		line, column := d.InputPos()
		source.Next()
		token, err := d.Token()
		var syntax *xml.SyntaxError
		switch {
		case errors.Is(err, io.EOF):
			if b.top == nil {
				return nil, refuse("this is not XML: it is empty")
			}
			return b.top, nil
		case errors.As(err, &syntax):
			return nil, refuse("this is not XML: %s", syntax.Msg)
		case err != nil:
			return nil, refuse("this is not XML: %s", err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, refuse("a document type is refused, with the entities that it could define; take it out")
		case xml.StartElement:
			switch {
			case b.count == maxElements:
				return nil, refuse("the file holds more than %d elements", maxElements)
			case len(b.open) >= maxDepth:
				return nil, refuse("the file is nested more than %d levels deep", maxDepth)
			case len(b.open) == 0 && b.top != nil:
				return nil, refuse("there is a second root, %s", token.Name.Local)
			}
			b.begin(token.Name.Local, line, column)
		case xml.EndElement:
			b.end()
		case xml.CharData:
			if len(b.open) > 0 {
				last := &b.open[len(b.open)-1]
				last.text = append(last.text, token...)
			}
		}
	}
}

// builder puts elements together.
type builder struct {
	top   *element
	open  []opened
	count int
	names map[string]string // one of each
}

// opened is an element whose end is to come.
type opened struct {
	*element
	text []byte
	seen map[string]int32 // children by name
}

func (b *builder) begin(name string, line, column int) {
	if known, ok := b.names[name]; ok {
		name = known
	} else {
		b.names[name] = name
	}
	b.count++
	e := &element{name: name, number: 1, line: int32(line), column: int32(column)}
	if len(b.open) == 0 {
		b.top = e
	} else {
		parent := &b.open[len(b.open)-1]
		if parent.seen == nil {
			parent.seen = map[string]int32{}
		}
		parent.seen[name]++
		e.parent, e.number = parent.element, parent.seen[name]
		parent.children = append(parent.children, e)
	}
	b.open = append(b.open, opened{element: e})
}

func (b *builder) end() {
	last := &b.open[len(b.open)-1]
	last.element.text = string(last.text)
	b.open = b.open[:len(b.open)-1]
}
