package engine

import (
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// instance is a resolved scenario with every name an index and every question
// that does not depend on the plan answered. It is read-only once compiled, so
// that any number of searches can share it.
type instance struct {
	threads int    // that compiling, searching and proving may use together
	turns   *turns // of search and proof, where they have one thread between them
	source  *scenario.Scenario
	rules   *scenario.Rules
	horizon int // days 0 .. horizon-1

	lines        []line
	pools        []capacity // lift pools by the day; index is a way's lift
	poolNames    []string
	receivers    []capacity // places with throughput
	contributors []contributor
	operations   []operation
	gifts        []gift // one of each kind
	postIDs      []string
	postOps      []int // post to operation, -1 if standing
	units        []unit
	rows         rows
	goals        []goal   // IOC and FOC of operations, as far as their delay has a price
	wants        [][]want // line: what goals wait for

	mobilise, move       float64 // prices of a unit that leaves home and of a leg
	tour, onTheWay       float64 // of a tour from home, and of a day from departure until it counts
	shortTour, shortStay float64 // of a day less than usual
	change               float64 // of a leg added or dropped against the plan in force; 0 if there is none
	pinPrice             float64 // of a day that a pin wants, while searching
	lost                 float64 // price of the legs in force of units that are gone
}

// line is one requirement, cut to the horizon. Its cost of a day at cover c is
// below*max(0, floor-c) + short*max(0, target-c).
type line struct {
	from, until   int
	floor, target float64
	below, short  float64
	single        bool
	operation     bool // of a post that an operation brings
	capability    string
}

// cost is the price of one day at a cover.
func (l *line) cost(cover float64) float64 {
	c := 0.0
	if cover < l.floor {
		c = l.below * (l.floor - cover)
	}
	if cover < l.target {
		c += l.short * (l.target - cover)
	}
	return c
}

// steepest is the price of a missing unit of cover where all is missing.
func (l *line) steepest() float64 {
	if l.floor > 0 {
		return l.below + l.short
	}
	return l.short
}

// capacity is what a pool or a place can take on each day.
type capacity struct{ tonnes, persons float64 }

type contributor struct {
	maxDeployed float64 // +Inf if unlimited
	share       []float64
	ceiling     [][]float64 // by operation, the most persons there by day by its mandates, -1 for no limit; nil if none says
	shared      bool        // has an agreed share
}

type operation struct {
	size  float64 // persons; 0 if not given
	price float64 // of one person above the share for a day
}

// gift is what a unit gives to a line on a day that it counts.
type gift struct {
	line   int32
	kind   int32 // index into instance.gifts: gifts alike have one
	amount float64
}

// slot is one way for a unit to serve: a post, and what it serves there as.
type slot struct {
	stop    int32 // index into unit.stops
	as      string
	gifts   []gift  // to lines that count by the day
	singles []gift  // to lines that one leg must hold whole
	barred  []int32 // by day of arrival, the first barred day at or after it; nil if none is
	forbid  []int32 // by effective day, the first forbidden day at or after it; nil if none is
	pinned  []bool  // by day, where a pin wants the unit; nil if nowhere
	keep    *keep   // the slot is there for one leg of the plan in force; nil for any leg
	extra   float64 // price of a leg here above unit.move, or, on day 0, its whole price
}

// keep is a leg of the plan in force, which a unit may serve again as it is.
type keep struct {
	depart, until int32
	given         bool // its order has been given: it stays, and its notice is not checked again
	// earliest departure from home and from another post, in the place of the stop's
	fromHome, fromPost int32
}

// late reports whether the leg cannot be ordered in time any more.
func (k *keep) late() bool { return !k.given && min(k.fromHome, k.fromPost) > k.depart }

// given reports whether the slot's leg has been ordered.
func (sl *slot) given() bool { return sl.keep != nil && sl.keep.given }

// fromHome is the earliest departure from home of a leg at the slot.
func (sl *slot) fromHome(st *stop) int32 {
	if sl.keep != nil {
		return sl.keep.fromHome
	}
	return st.fromHome
}

// fromPost is the earliest departure from another post.
func (sl *slot) fromPost(st *stop) int32 {
	if sl.keep != nil {
		return sl.keep.fromPost
	}
	return st.fromPost
}

// lumpsOnly reports whether a leg at the slot earns nothing by the day, only by
// holding single lines whole.
func (sl *slot) lumpsOnly() bool {
	return len(sl.gifts) == 0 && len(sl.singles) > 0 && sl.pinned == nil
}

// givesTo reports whether a leg at the slot gives something to a line.
func (sl *slot) givesTo(line int32) bool {
	to := func(g gift) bool { return g.line == line }
	return slices.ContainsFunc(sl.gifts, to) || slices.ContainsFunc(sl.singles, to)
}

// stop is a post that a unit may go to.
type stop struct {
	post             int32
	operation        int32 // -1 if standing
	receiver         int32 // index into instance.receivers, -1 if unlimited
	ready            int32 // days from arrival to effective
	back             int32 // days home
	minStay, maxStay int32
	usualStay        int32             // each day less has a price
	fromHome         int32             // earliest departure from home
	fromPost         int32             // earliest departure from another post
	ways             []way             // from home
	mandate          *scenario.Mandate // that its legs are under; nil if they need approval
	under            []int32           // stops at the same post for legs under mandates
}

// way is a movement to a stop.
type way struct {
	lift               int16 // index into instance.pools, selfDeploys, or onDayZero
	load, move, unload int16
}

const (
	selfDeploys = -1
	onDayZero   = -2
)

func (w way) days() int { return int(w.load) + int(w.move) + int(w.unload) }

type unit struct {
	id              string
	contributor     int32
	persons, tonnes float64
	notice          int32
	redeploy        int32
	minTour         int32
	usualTour       int32 // each day less has a price
	maxTour         int32
	rests           []int32 // by length of a tour: the days of rest after it
	firstReady      int32   // first day on which a tour can start
	since           int32   // start of the tour that is on on day 0; only if initial is not empty
	stops           []stop
	slots           []slot
	initial         []int32   // slots that the unit may serve in on day 0
	initialHome     int32     // day home if it leaves its post of day 0 on day 0
	reach           []int32   // slots that a later leg may go to
	hopsFrom        [][]hops  // by stop, the nearest first
	redeploys       bool      // there are hops
	moreHops        bool      // some are left out
	quickest        []int32   // by stop: least days from leaving it to counting at another
	slotsAt         [][]int32 // stop to those of reach that are there
	lifts           []load    // pools that it can burden
	receivers       []load    // places with throughput that it can burden
	windows         []window  // one for always
	windowEnd       []int32   // by day, the end of the window that holds it, or 0; nil if always available
	homeGifts       []gift    // to home posts where only those ready count
	homeRestGifts   []gift    // to home posts where those resting count too
	pinDays         int       // days that pins and given orders want, in all
	move            float64   // least price of a leg but for that of day 0
	dropped         float64   // price of its legs in force that have not begun, should it serve none of them
	past            *past     // what it has begun; nil if nothing
	mobilised       bool      // it has left home before
	class           int32     // units of one class are alike in all but name
}

// window is a time [from, until) in which a unit can be away.
type window struct{ from, until int32 }

// load says how many days a unit takes at a pool or a receiver.
type load struct{ index, days int32 }

// hops are the ways to another stop; those that nothing serves are left out.
type hops struct {
	to    int32
	quick int32 // least days from leaving the one to counting at the other
	ways  []way
}

// restAfter returns the days of rest that a tour of the given length earns.
func (u *unit) restAfter(away int) int { return int(u.rests[min(away, len(u.rests)-1)]) }

// minDayZeroStay is the first day on which the leg of day 0 may end by its stay, which
// counts from the tour's beginning (Settled 2).
func (u *unit) minDayZeroStay(p *stop) int {
	return max(1, int(u.since)+int(min(p.minStay, u.maxTour)))
}
