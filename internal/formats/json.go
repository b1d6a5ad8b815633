package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
)

// parseJSON reads one JSON value.
func parseJSON(file string, data []byte) (*node, error) {
	p := jsonParser{file: file, data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	p.decoder.UseNumber()
	for i, b := range data {
		if b == '\n' {
			p.lines = append(p.lines, i)
		}
	}
	n, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, invalid(p.here(), "there is more after the end of the JSON value")
	}
	return n, nil
}

type jsonParser struct {
	file    string
	data    []byte
	lines   []int // offsets of line ends
	decoder *json.Decoder
	nodes   int
}

// here is the position of the next token.
func (p *jsonParser) here() position {
	at := int(p.decoder.InputOffset())
	for at < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[at]) >= 0 {
		at++
	}
	return p.position(at)
}

func (p *jsonParser) position(offset int) position {
	line := sort.SearchInts(p.lines, offset)
	start := 0
	if line > 0 {
		start = p.lines[line-1] + 1
	}
	return positionAt(p.file, line+1, offset-start+1)
}

func (p *jsonParser) token() (json.Token, position, error) {
	at := p.here()
	t, err := p.decoder.Token()
	if err == nil {
		return t, at, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, at, invalid(at, "this is not JSON: it ends too early")
	}
	return nil, at, invalid(at, "this is not JSON: %s", err)
}

func (p *jsonParser) value(depth int) (*node, error) {
	t, at, err := p.token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, invalid(at, "the file is nested more than %d levels deep", maxDepth)
	}
	if p.nodes++; p.nodes > maxNodes {
		return nil, invalid(at, "the file holds more than %d values", maxNodes)
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return p.object(at, depth)
		}
		return p.list(at, depth)
	case string:
		return &node{kind: scalar, text: t, quoted: true, at: at}, nil
	case nil:
		return &node{kind: null, at: at}, nil
	default: // json.Number, bool
		return &node{kind: scalar, text: fmt.Sprint(t), at: at}, nil
	}
}

func (p *jsonParser) object(at position, depth int) (*node, error) {
	n := &node{kind: object, at: at}
	for p.decoder.More() {
		key, at, err := p.token()
		if err != nil {
			return nil, err
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.fields = append(n.fields, field{fmt.Sprint(key), at, value})
	}
	_, _, err := p.token()
	return n, err
}

func (p *jsonParser) list(at position, depth int) (*node, error) {
	n := &node{kind: list, at: at}
	for p.decoder.More() {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, _, err := p.token()
	return n, err
}
