package scenario

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with a scenario. Readers turn Path into a place in
// the file.
type Problem struct {
	Path    string // JSON pointer (RFC 6901) into the scenario, such as /units/3/home
	Message string // what is wrong, with the value
	Maybe   string // a likely correction, empty if there is none
	Warning bool   // the scenario can be planned all the same
}

func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", p.Path, p.Message)
	if p.Maybe != "" {
		fmt.Fprintf(&b, ". Maybe: %s", p.Maybe)
	}
	return b.String()
}
