package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// parseJSON reads one JSON value that holds at most so many.
func parseJSON(file string, data []byte, most int) (*node, error) {
	p := jsonParser{most: most, lines: lines{file: inFile(file), data: data}, decoder: json.NewDecoder(bytes.NewReader(data))}
	p.decoder.UseNumber()
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
	lines
	decoder *json.Decoder
	nodes   int
	most    int
}

// lines counts the lines of a file as far as they have been asked for.
type lines struct {
	file        position
	data        []byte
	seen        int // up to this offset
	line, start int // that this is in, from 0, and where it starts
}

// position is that of an offset, which is not before the one asked for last.
func (l *lines) position(offset int) position {
	for l.seen < min(offset, len(l.data)) {
		end := bytes.IndexByte(l.data[l.seen:min(offset, len(l.data))], '\n')
		if end < 0 {
			l.seen = offset
			break
		}
		l.seen += end + 1
		l.line, l.start = l.line+1, l.seen
	}
	return l.file.to(l.line+1, offset-l.start+1)
}

// here is the position of the next token.
func (p *jsonParser) here() position {
	at := int(p.decoder.InputOffset())
	for at < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[at]) >= 0 {
		at++
	}
	return p.position(at)
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
	if p.nodes++; p.nodes > p.most {
		return nil, invalid(at, "the file holds more than %d values", p.most)
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
		n.push(item)
	}
	_, _, err := p.token()
	return n, err
}
