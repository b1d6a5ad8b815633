package formats

import (
	"iter"
	"strings"
)

// node is a value in a file, with its position.
type node struct {
	kind    kind
	style   Style   // of a number
	quoted  bool    // the notation says that the scalar is text
	partial bool    // of a record: only its name and what names it are known; of a list: entries are missing
	text    string  // of a scalar
	fields  []field // of an object; of a list its items, without keys
	at      position
}

// push adds an item to a list.
func (n *node) push(item *node) { n.fields = append(n.fields, field{at: item.at, value: item}) }

// items are those of a list; any other node has none.
func (n *node) items() iter.Seq2[int, *node] {
	return func(yield func(int, *node) bool) {
		if n.kind != list {
			return
		}
		for i := range n.fields {
			if !yield(i, n.fields[i].value) {
				return
			}
		}
	}
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

// position is a place in a file; line and column count from 1. All those in a file share
// its name.
type position struct {
	file         *string
	line, column int32
}

// inFile is the position of a file as a whole.
func inFile(file string) position { return position{file: &file} }

// to is a position in the same file.
func (p position) to(line, column int) position { return position{p.file, int32(line), int32(column)} }

// problem is a problem at the position.
func (p position) problem(message, maybe string) Problem {
	x := Problem{Line: int(p.line), Column: int(p.column), Message: message, Maybe: maybe}
	if p.file != nil {
		x.File = *p.file
	}
	return x
}

// Limits of what readers take, counted while they read, so that no file can exhaust the
// machine (decision 43): whatever it is, it is read or refused within 1 GB and a minute.
const (
	maxFile    = 100 << 20
	maxDepth   = 64
	maxNodes   = 2_000_000
	maxPlaces  = 1_000_000 // in YAML, where a value may begin
	maxAlias   = 200_000   // values that YAML aliases may add
	maxRecords = 300_000   // entries of lists of records, rows of tables
)

// MostBody is how many bytes hold as many values as the readers take, a value and its key
// at 16 bytes: what is longer than that need not be taken in to be refused.
const MostBody = 16 * maxNodes

// get returns the value of a key, nil if there is none.
func (n *node) get(key string) *node {
	if n.kind == object {
		for i := range n.fields {
			if n.fields[i].key == key {
				return n.fields[i].value
			}
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
			if i, ok := index(step); ok && i < len(n.fields) {
				next = n.fields[i].value
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
