package planner_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/planner"
)

// A scenario that a program has put together is checked like one that was read: all of
// its problems come, each with a pointer to its place.
func TestNew(t *testing.T) {
	s := tiny(t)
	if _, err := planner.New(s); err != nil {
		t.Fatalf("a sound scenario: %v", err)
	}
	s.Units[0].Home, s.Units[1].Contributor = "nowhere", "nobody"
	_, err := planner.New(s)
	invalid, ok := errors.AsType[*planner.Invalid](err)
	if !ok {
		t.Fatalf("got %v, want the problems of the scenario", err)
	}
	for _, place := range []string{"/units/0/home", "/units/1/contributor"} {
		if !strings.Contains(invalid.Error(), place) {
			t.Errorf("no problem at %s: %v", place, invalid)
		}
	}
}
