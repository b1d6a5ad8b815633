package scenario

import "strings"

// Unread holds, by JSON pointer (RFC 6901), what of a scenario its reader could not
// read, each with a problem of its own. [CheckRead] leaves out what follows from that
// alone. The zero Unread holds nothing.
//
// A pointer to "-" in a list, its entry after the last, says that entries are missing;
// one to "-" in a record, that only its name is known, by which others name it, and that
// no record of that name may be meant to be there.
type Unread struct{ values, holders map[string]bool }

// Add notes a pointer.
func (u *Unread) Add(pointer string) {
	if u.values == nil {
		u.values, u.holders = map[string]bool{}, map[string]bool{}
	}
	u.values[pointer] = true
	for p := pointer; p != "" && !u.holders[p]; p = above(p) {
		u.holders[p] = true
	}
}

// above is the pointer to what holds a value.
func above(pointer string) string { return pointer[:max(0, strings.LastIndexByte(pointer, '/'))] }

// Covers reports whether a value was not read, itself or with what holds it.
func (u *Unread) Covers(pointer string) bool {
	if len(u.values) == 0 {
		return false
	}
	for p := pointer; ; p = above(p) {
		if u.values[p] {
			return true
		}
		if p == "" {
			return false
		}
	}
}

// Touches reports whether a value, or anything in it, was not read.
func (u *Unread) Touches(pointer string) bool {
	return len(u.values) > 0 && (u.holders[pointer] || u.Covers(pointer))
}

// lacks reports whether any field of a record was not read, in whole or in part.
func (c *checker) lacks(path string, fields ...string) bool {
	for _, f := range fields {
		if c.unread.Touches(path + "/" + f) {
			return true
		}
	}
	return false
}
