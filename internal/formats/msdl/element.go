package msdl

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
)

// Limits of a file, so that none can exhaust the machine.
const (
	maxFile     = 100 << 20 // bytes
	maxDepth    = 64
	maxElements = 4_000_000
)

// element is an XML element with its place. Namespaces are left out: MSDL has
// no two elements of one name in different ones.
type element struct {
	name         string
	path         string // such as /MilitaryScenario/Organizations/Units/Unit[3]
	line, column int
	text         strings.Builder
	children     []*element
	seen         map[string]int // children by name
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
	return strings.TrimSpace(e.text.String())
}

// parse reads an XML file without a document type.
func parse(file string, data []byte) (*element, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := xml.NewDecoder(bytes.NewReader(data))
	refuse := func(format string, args ...any) error {
		line, column := d.InputPos()
		return &formats.Invalid{Problems: []formats.Problem{{File: file, Line: line, Column: column, Message: fmt.Sprintf(format, args...)}}}
	}
	if len(data) > maxFile {
		return nil, refuse("the file is larger than %d MB", maxFile>>20)
	}
	var top *element
	var open []*element
	for count := 0; ; {
		line, column := d.InputPos()
		token, err := d.Token()
		var syntax *xml.SyntaxError
		switch {
		case errors.Is(err, io.EOF):
			if top == nil {
				return nil, refuse("this is not XML: it is empty")
			}
			return top, nil
		case errors.As(err, &syntax):
			return nil, refuse("this is not XML: %s", syntax.Msg)
		case err != nil:
			return nil, refuse("this is not XML: %s", err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, refuse("a document type is refused, with the entities that it could define; take it out")
		case xml.StartElement:
			if count++; count > maxElements {
				return nil, refuse("the file holds more than %d elements", maxElements)
			}
			if len(open) >= maxDepth {
				return nil, refuse("the file is nested more than %d levels deep", maxDepth)
			}
			e := &element{name: token.Name.Local, line: line, column: column, seen: map[string]int{}}
			switch {
			case len(open) > 0:
				open[len(open)-1].add(e)
			case top != nil:
				return nil, refuse("there is a second root, %s", e.name)
			default:
				top, e.path = e, "/"+e.name
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(token)
			}
		}
	}
}

// add adds a child and gives it its path, with its number among those of its name.
func (e *element) add(child *element) {
	e.seen[child.name]++
	child.path = e.path + "/" + child.name
	if n := e.seen[child.name]; n > 1 || child.name == "Unit" || child.name == "ForceSide" || child.name == "EquipmentItem" {
		child.path = fmt.Sprintf("%s[%d]", child.path, n)
	}
	e.children = append(e.children, child)
}
