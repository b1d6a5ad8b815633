package compact

import (
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// layer is a network of stays: that of the tour of day 0, or that of tours from
// home.
type layer struct {
	suffix string // of its columns' kinds
	limit  int    // day by which its tours end
	slots  []stay
	groups [][]*group // by day, the movements to other posts
}

// stay is a slot with its columns by day, nil if none reaches it.
type stay struct {
	slot
	keep       int32     // serves so on day 0
	arrivals   [][]int32 // by effective day
	departures [][]int32 // by the day of departure
	moves      []move
	came       []int32 // arrivals up to a day
	at         []int32 // counts on a day
	home       []int32 // ends its leg and its tour
	leave      []int32 // ends its leg for another post
}

// move is a movement to a stay.
type move struct {
	scenario.Way
	column            int32
	depart, effective int
	hop               bool // from another post
}

// add adds a movement.
func (k *stay) add(m move) {
	k.moves = append(k.moves, m)
	k.arrivals[m.effective] = append(k.arrivals[m.effective], m.column)
	k.departures[m.depart] = append(k.departures[m.depart], m.column)
}

// group is movements on one day to one post from the same other posts.
type group struct {
	post    int
	from    []bool // by post
	columns []int32
}

// newLayer makes a layer of the first slots and all that a later leg may serve.
func (b *unitBlock) newLayer(suffix string, first []slot, limit int) *layer {
	l := &layer{suffix: suffix, limit: limit, groups: make([][]*group, b.days+1)}
	for _, k := range slices.Concat(first, b.u.reach) {
		l.slots = append(l.slots, stay{
			slot: k, keep: absent, arrivals: make([][]int32, b.days+1), departures: make([][]int32, b.days+1),
			home: none(b.days + 1), leave: none(b.days + 1),
		})
	}
	return l
}

// addHops adds the movements between posts. A column stands for all posts from
// which the way takes as long; the rows say that the unit was at one of them.
func (b *unitBlock) addHops(l *layer) {
	first := len(l.slots) - len(b.u.reach) // a leg of day 0 is no later leg
	for i := first; i < len(l.slots); i++ {
		k := &l.slots[i]
		ways := b.waysTo(l, k)
		for n, w := range ways {
			for d := b.firstHop(l); d < l.limit; d++ {
				early := b.early(&k.slot, d, true)
				if d < k.fromPost && early == nil {
					continue
				}
				effective := d + w.Days() + k.ready
				if effective >= l.limit {
					break
				}
				if k.latest(b.Program, effective, l.limit) == 0 {
					continue
				}
				c := b.column(join("hop"+l.suffix, b.u.name, k.name, b.poolName(w.Pool), number(n), number(d)), *b.s.Weights.Move+b.change+*b.s.Weights.OnTheWay*float64(effective-d), 1, true)
				if d < k.fromPost {
					b.onlyKept(c, early)
				}
				b.addLoads(c, k, w.Way, d)
				k.add(move{w.Way, c, d, effective, true})
				l.join(d, k.post, w.from, c)
			}
		}
	}
}

// firstHop is the first day on which a leg of a layer may end for another post.
func (b *unitBlock) firstHop(l *layer) int {
	if l == b.zero && b.u.past != nil {
		return b.u.past.until
	}
	return 1
}

// waysFrom is a way from any of some posts.
type waysFrom struct {
	scenario.Way
	from []bool
}

// waysTo lists the ways to a slot from the other posts of a layer, each once.
func (b *unitBlock) waysTo(l *layer, k *stay) []waysFrom {
	var ways []waysFrom
	seen := make([]bool, len(b.s.Posts))
	to := b.places[b.s.Posts[k.post].Place]
	for i := range l.slots {
		from := l.slots[i].post
		if from == k.post || seen[from] {
			continue
		}
		seen[from] = true
		for _, w := range b.network.Ways(b.u.Unit, b.places[b.s.Posts[from].Place], to) {
			n := slices.IndexFunc(ways, func(x waysFrom) bool { return x.Way == w })
			if n < 0 {
				n = len(ways)
				ways = append(ways, waysFrom{w, make([]bool, len(b.s.Posts))})
			}
			ways[n].from[from] = true
		}
	}
	return ways
}

// join adds a movement to the group of its day, post and origins.
func (l *layer) join(d, post int, from []bool, column int32) {
	for _, g := range l.groups[d] {
		if g.post == post && slices.Equal(g.from, from) {
			g.columns = append(g.columns, column)
			return
		}
	}
	l.groups[d] = append(l.groups[d], &group{post, from, []int32{column}})
}

// addStays adds what happens at each post, and joins leaving one to moving to
// another.
func (b *unitBlock) addStays(l *layer) {
	for i := range l.slots {
		b.addStay(l, &l.slots[i], l.suffix == "0" && i < len(b.u.initial))
	}
	for d := range b.days + 1 {
		b.addSwitch(l, d)
	}
}

// addStay adds the columns and rows of one slot. Those of the post of day 0
// are named apart, since the same tour may come back to it.
func (b *unitBlock) addStay(l *layer, k *stay, initial bool) {
	first := slices.IndexFunc(k.arrivals, func(c []int32) bool { return len(c) > 0 })
	if first < 0 {
		return
	}
	suffix := l.suffix
	if initial {
		suffix = "00"
	}
	name := join(b.u.name, k.name)
	k.came = b.state("came"+suffix, name, first, l.limit, b.days, unlimited)
	k.at = b.state("at"+suffix, name, first, l.limit, b.days, 1)
	for e := first + 1; e <= l.limit; e++ {
		if b.mayEnd(l, e) || initial && b.u.past != nil {
			k.home[e] = b.column(join("home"+suffix, name, number(e)), 0, 1, true)
		}
		if b.mayLeave(l, k.post, e, initial) {
			k.leave[e] = b.column(join("leave"+suffix, name, number(e)), 0, 1, true)
		}
	}
	least := func(d int) int { return k.least(b.Program, d) }
	latest := func(d int) int {
		if d < first || k.at[d] == absent {
			return 0
		}
		return k.latest(b.Program, d, l.limit)
	}
	for d := first; d < l.limit; d++ {
		r := b.row(join("Came"+suffix, name, number(d)), equal, 0)
		b.add(r, k.came[d], 1)
		b.add(r, day(k.came, d-1), -1)
		b.addAll(r, k.arrivals[d], -1)
		r = b.row(join("At"+suffix, name, number(d)), equal, 0)
		b.add(r, k.at[d], 1)
		b.add(r, day(k.at, d-1), -1)
		b.add(r, k.came[d], -1)
		b.add(r, day(k.came, d-1), 1)
		b.add(r, k.home[d], 1)
		b.add(r, k.leave[d], 1)
		b.atLeastUntil("StayMin"+suffix, name, k.at[d], k.came, d, least)
		if k.maxStay < b.days || k.barred != nil || k.forbid != nil {
			b.within("StayMax"+suffix, name, k.at[d], k.came, d, latest)
		}
		for _, g := range k.gifts {
			b.cover(g, k.at[d], d)
		}
	}
	if k.at[l.limit-1] != absent {
		r := b.row(join("At"+suffix, name, number(l.limit)), equal, 0)
		b.add(r, k.at[l.limit-1], -1)
		b.add(r, k.home[l.limit], 1)
		b.add(r, k.leave[l.limit], 1)
	}
	for _, g := range k.singles {
		b.addSingle(k, g, suffix, name)
	}
	b.addShortStay(k, suffix, name, initial)
}

// cover adds what the unit gives to a line on a day.
func (b *unitBlock) cover(g gift, column int32, d int) {
	if l := &b.lines[g.line]; l.row >= 0 && d >= l.from && d < l.until {
		b.share(l.row+d-l.from, column, g.amount)
	}
}

// mayEnd reports whether a tour of the layer may end on a day. The length of a
// tour from home is held by rows.
func (b *unitBlock) mayEnd(l *layer, e int) bool {
	least, _ := b.u.Tour.Limits()
	return l != b.zero || e == b.days || e-b.u.since >= least
}

// mayLeave reports whether a leg may end on a day for another post.
func (b *unitBlock) mayLeave(l *layer, post, e int, initial bool) bool {
	if initial && b.u.window != nil && b.u.window[e] == 0 {
		return false // the second leg departs in a window
	}
	return slices.ContainsFunc(l.groups[e], func(g *group) bool { return g.from[post] })
}

// addSingle adds the holding of a single line from its start to its end.
func (b *unitBlock) addSingle(k *stay, g gift, suffix, name string) {
	x := &b.lines[g.line]
	if x.row < 0 || k.at[x.from] == absent || k.at[x.until-1] == absent {
		return
	}
	hold := b.column(join("hold"+suffix, name, x.name), 0, 1, true)
	for d := x.from; d < x.until; d++ {
		r := b.row(join("Hold"+suffix, name, x.name, number(d)), atMost, 0)
		b.add(r, hold, 1)
		b.add(r, k.at[d], -1)
		if d > x.from {
			b.add(r, k.came[d], 1)
			b.add(r, k.came[d-1], -1)
		}
		b.cover(g, hold, d)
	}
}

// addSwitch joins the ends of legs on a day that go on to the movements on that
// day: as many, and to each post from one from which the way is so.
func (b *unitBlock) addSwitch(l *layer, d int) {
	if len(l.groups[d]) == 0 {
		return
	}
	r := b.row(join("Switch"+l.suffix, b.u.name, number(d)), equal, 0)
	for i := range l.slots {
		b.add(r, l.slots[i].leave[d], 1)
	}
	for _, g := range l.groups[d] {
		b.addAll(r, g.columns, -1)
	}
	for n, g := range l.groups[d] {
		r := b.row(join("From"+l.suffix, b.u.name, b.postNames[g.post], number(n), number(d)), atMost, 0)
		b.addAll(r, g.columns, 1)
		for i := range l.slots {
			if k := &l.slots[i]; g.from[k.post] {
				b.add(r, k.leave[d], -1)
			}
		}
	}
}
