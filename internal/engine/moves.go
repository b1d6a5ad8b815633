package engine

import "slices"

// Move is one kind of try of the search: it takes out a few units that could replace each
// other, which then get their best schedules back one by one.
type Move struct {
	Name   string
	Takes  string // what it takes out
	Weight int    // how often it is drawn, of the sum of all; 0 for what has a time of its own

	Tried    int // times
	Accepted int // times that the search went on from what came of it
	Improved int // times that the plan was better than any before
}

// The kinds, by their index in moves.
const (
	reliefs = iota
	ofLine
	ofOwner
	ofCapability
	anyUnits
	keepers
	fewer
	hurry
	polished
	alone
	pairs
)

// moves are all kinds, with weights that are measured in docs/decisions/0018-few-units-often.md:
// random choice among units that could replace each other beats clever choice (Legrain, Omer, Rosat
// 2017).
var moves = []Move{
	reliefs:      {Name: "reliefs", Takes: "units that relieve each other at a line about a day, and one that could take their place", Weight: 50},
	ofLine:       {Name: "line", Takes: "units that can serve a line", Weight: 28},
	ofOwner:      {Name: "owner", Takes: "units of one contributor", Weight: 6},
	ofCapability: {Name: "capability", Takes: "a unit that can serve a line, and some that can serve another of its capability", Weight: 8},
	anyUnits:     {Name: "any", Takes: "any units", Weight: 8},
	keepers:      {Name: "pins", Takes: "a unit that misses pins, and a few that may be in its way"},
	fewer:        {Name: "fewer", Takes: "the tours of a unit from home, where nothing is missing, and then whoever could fill in"},
	hurry:        {Name: "hurry", Takes: "a unit that can serve a line for which an operation is not ready, and some that hold others of its lines about the day"},
	polished:     {Name: "polish", Takes: "units of lines of one capability, put back together by an integer program"},
	alone:        {Name: "alone", Takes: "at the end, each unit in turn, tours of several legs from any day"},
	pairs:        {Name: "pairs", Takes: "at the end, each two units that relieve each other, put back in either order"},
}

// nearDays is how far from a day a leg may be to hold its line about that day, and
// mostRuined how many units one try takes out.
const (
	nearDays   = 20
	mostRuined = 3
)

// draw chooses a kind by weight.
func (s *search) draw() int {
	all := 0
	for i := range moves {
		all += moves[i].Weight
	}
	at := s.rng.IntN(all)
	for i := range moves {
		if at -= moves[i].Weight; at < 0 {
			return i
		}
	}
	return anyUnits
}

// ruin takes the schedules of a few units that could replace each other, and returns
// the kind of move.
func (s *search) ruin() (kind int) {
	s.ruined, s.old = s.ruined[:0], s.old[:0]
	n := 1 + s.rng.IntN(mostRuined)
	if s.hurries() {
		return hurry
	}
	kind = s.draw()
	line := s.rng.IntN(len(s.lines))
	switch kind {
	case reliefs:
		s.takeRelieving(line, n)
	case ofLine:
		s.takeAny(s.serving[line], n)
	case ofOwner:
		s.takeAny(s.ownedBy[s.rng.IntN(len(s.ownedBy))], n)
	case ofCapability:
		like := s.alike[line]
		pool := s.serving[like[s.rng.IntN(len(like))]]
		s.takeAny(s.serving[line], 1)
		s.takeAny(pool, n)
	default:
		s.takeAny(nil, n)
	}
	return kind
}

// count notes what came of a try.
func (s *search) count(kind int, accepted, improved bool) {
	m := &s.moves[kind]
	m.Tried++
	if accepted {
		m.Accepted++
	}
	if improved {
		m.Improved++
	}
}

// newMoves are all kinds, none of them tried.
func newMoves() []Move { return slices.Clone(moves) }
