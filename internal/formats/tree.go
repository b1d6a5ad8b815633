package formats

import "strings"

// node is a value in a file, with its position.
type node struct {
	kind    kind
	style   Style  // of a number
	quoted  bool   // the notation says that the scalar is text
	partial bool   // of a record: only its name and what names it are known; of a list: entries are missing
	text    string // of a scalar
	items   []*node
	fields  []field
	at      position
}

type kind uint8

const (
	null kind = iota
	scalar
	list
	object
	unread // something is there that cannot be read, which a problem says
)

type field struct {
	key   string
	at    position
	value *node
}

// position is a place in a file; line and column count from 1.
type position struct {
	file         string
	line, column int32
}

// positionAt is a position of ints.
func positionAt(file string, line, column int) position {
	return position{file, int32(line), int32(column)}
}

// problem is a problem at the position.
func (p position) problem(message, maybe string) Problem {
	return Problem{File: p.file, Line: int(p.line), Column: int(p.column), Message: message, Maybe: maybe}
}

// Limits of what readers take, so that no file can exhaust the machine.
const (
	maxFile  = 100 << 20
	maxDepth = 64
	maxNodes = 4_000_000
	maxAlias = 200_000 // values that YAML aliases may add
)

// get returns the value of a key, nil if there is none.
func (n *node) get(key string) *node {
	for i := range n.fields {
		if n.fields[i].key == key {
			return n.fields[i].value
		}
	}
	return nil
}

// describe names what a node is, for messages.
func (n *node) describe() string {
	switch n.kind {
	case scalar:
		return quote(n.text)
	case list:
		return "a list"
	case object:
		return "a group of keys"
	case unread:
		return "what cannot be read"
	default:
		return "nothing"
	}
}

// quote quotes a value from a file, cut to a readable length.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return "\"" + visible.Replace(s) + "\""
}

var visible = strings.NewReplacer("\n", `\n`, "\t", `\t`, "\r", `\r`)

// Keys in a JSON pointer (RFC 6901).
var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// locate finds what a JSON pointer (RFC 6901) names: the
// value, or of the nearest that holds it.
func (n *node) locate(pointer string) *node {
	for _, step := range strings.Split(pointer, "/")[1:] {
		step = unescape.Replace(step)
		var next *node
		switch n.kind {
		case object:
			next = n.get(step)
		case list:
			if i, ok := index(step); ok && i < len(n.items) {
				next = n.items[i]
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return n
}

func index(s string) (int, bool) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > maxNodes {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != ""
}
