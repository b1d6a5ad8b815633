package engine

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// unitBuilder finds where one unit can serve and how it gets there.
type unitBuilder struct {
	*unitCompiler
	u      *unit
	su     *scenario.Unit
	owner  *scenario.Contributor
	home   int
	stopOf map[int]int32 // post to stop

	handled int32 // number of its handling, for wayKey
}

// dayZero adds the post that the unit holds on day 0, in each way that it may
// serve there.
func (b *unitBuilder) dayZero() error {
	at := b.su.At
	if at == nil || b.u.past != nil {
		return nil
	}
	post, ok := b.post[at.Post]
	if !ok {
		return fmt.Errorf("unit %q: unknown post %q", b.su.ID, at.Post)
	}
	stop, ok := b.stop(post)
	if !ok {
		return fmt.Errorf("unit %q: no lift from post %q home to %q", b.su.ID, at.Post, b.su.Home)
	}
	u := b.u
	u.since = int32(min(0, at.Since.Number()))
	u.initialHome = u.stops[stop].back
	if int(u.since)+int(u.maxTour) <= 0 {
		// Past its max: home already under way, and rests after it.
		u.firstReady = max(u.firstReady, u.initialHome+int32(u.restAfter(-int(u.since))))
		return nil
	}
	for _, as := range append([]string{plan.All}, b.standsIn(post)...) {
		u.initial = append(u.initial, int32(len(u.slots)))
		u.slots = append(u.slots, b.slot(post, stop, as))
	}
	u.initial = b.keep(u.initial, true)
	return nil
}

// laterSlots adds every post and way of serving that a later leg may have.
func (b *unitBuilder) laterSlots() {
	type candidate struct {
		post int32
		as   string
	}
	var all []candidate
	seen := map[candidate]bool{}
	add := func(posts []int32, as string) {
		for _, p := range posts {
			if k := (candidate{p, as}); !seen[k] {
				seen[k] = true
				all = append(all, k)
			}
		}
	}
	for _, own := range slices.Sorted(maps.Keys(b.su.Provides)) {
		if b.su.Provides[own].Likely <= 0 {
			continue
		}
		add(b.byCap[own], plan.All)
		for _, c := range b.standIns[own] {
			if _, owns := b.su.Provides[c]; !owns {
				add(b.byCap[c], c)
			}
		}
	}
	for _, pin := range b.pins[b.su.ID] {
		if post, ok := b.post[pin.Post]; ok && !pin.Forbid && b.s.Posts[post].HomeOf == "" {
			add([]int32{int32(post)}, plan.All)
		}
	}
	slices.SortFunc(all, func(x, y candidate) int { return cmp.Or(cmp.Compare(x.post, y.post), cmp.Compare(x.as, y.as)) })
	for _, k := range all {
		barred, wholly := b.barred(int(k.post), k.as)
		if wholly {
			continue
		}
		stop, ok := b.stop(int(k.post))
		if !ok {
			continue
		}
		s := b.slot(int(k.post), stop, k.as)
		s.barred = barred
		b.u.reach = append(b.u.reach, int32(len(b.u.slots)))
		b.u.slots = append(b.u.slots, s)
		b.underMandates(s, int(k.post))
	}
}

// standsIn lists the capabilities of a post's lines that the unit can only
// stand in for.
func (b *unitBuilder) standsIn(post int) []string {
	var as []string
	for _, n := range b.linesOf[post] {
		c := b.lines[n].capability
		if !slices.Contains(as, c) && b.rules.StandsIn(b.su, c) {
			as = append(as, c)
		}
	}
	return as
}

func (b *unitBuilder) slot(post int, stop int32, as string) slot {
	s := slot{stop: stop, as: as}
	for _, n := range b.linesOf[post] {
		l := &b.lines[n]
		x := b.rules.Gives(b.su, as, l.capability)
		switch {
		case x <= 0 || l.from >= l.until:
		case l.single:
			s.singles = append(s.singles, gift{line: n, amount: x})
		default:
			s.gifts = append(s.gifts, gift{line: n, amount: x})
		}
	}
	b.pin(&s, post)
	return s
}

// pin marks the days that pins want and forbid at a slot.
func (b *unitBuilder) pin(s *slot, post int) {
	var forbidden []bool
	for _, pin := range b.pins[b.su.ID] {
		if pin.Post != b.s.Posts[post].ID {
			continue
		}
		days := &s.pinned
		if pin.Forbid {
			days = &forbidden
		}
		if *days == nil {
			*days = make([]bool, b.horizon)
		}
		from, until := b.s.Calendar.Inside(pin.From, pin.Until)
		for d := max(from, b.u.open()); d < until; d++ {
			(*days)[d] = true
		}
	}
	s.forbid = nextMarked(forbidden)
}

// countPinDays counts the days on which pins and given orders want the unit
// somewhere.
func (b *unitBuilder) countPinDays() {
	wanted, missed := map[int]bool{}, 0
	for i := range b.pins[b.su.ID] {
		pin := &b.pins[b.su.ID][i]
		missed += b.u.past.missed(b.instance, b.u, pin)
		if pin.Forbid {
			continue
		}
		from, until := b.s.Calendar.Inside(pin.From, pin.Until)
		for d := max(from, b.u.open()); d < until; d++ {
			wanted[d] = true
		}
	}
	for _, x := range b.inForce[b.su.ID] {
		if x.Given {
			wanted[x.Until.Number()-1] = true
		}
	}
	b.u.pinDays = len(wanted) + missed
}

// barred returns the days on which caveats bar a slot, in the form of
// slot.barred, and whether they bar it always.
func (b *unitBuilder) barred(post int, as string) (next []int32, wholly bool) {
	days, wholly := b.rules.Barred(b.su, &b.s.Posts[post], as)
	return nextMarked(days), wholly
}

// stop returns the unit's stop for a post, or false if there is no way home
// from it.
func (b *unitBuilder) stop(post int) (int32, bool) {
	if i, ok := b.stopOf[post]; ok {
		return i, i >= 0
	}
	p := &b.s.Posts[post]
	place := b.place[p.Place]
	back, ok := b.net.Back(b.su, place, b.home)
	if !ok {
		b.stopOf[post] = -1
		return 0, false
	}
	least, most := p.Stay.Limits()
	s := stop{
		post: int32(post), operation: int32(b.postOps[post]), receiver: b.receiver[place],
		ready: int32(p.RSOM + p.Handover), back: int32(back), minStay: int32(least), maxStay: int32(most), usualStay: int32(p.Stay.Usual),
		ways: b.ways(b.home, place),
	}
	s.fromHome = b.earliest(post, int(b.u.notice), false)
	s.fromPost = b.earliest(post, int(b.u.redeploy), false)
	i := int32(len(b.u.stops))
	b.stopOf[post] = i
	b.u.stops = append(b.u.stops, s)
	return i, true
}

// ways are the movements between two places that end inside the calendar.
func (b *unitBuilder) ways(from, to int) []way {
	k := wayKey(from)<<44 | wayKey(to)<<24 | wayKey(b.handled)
	ways, known := b.known[k]
	if known {
		return ways
	}
	for _, w := range b.net.Ways(b.su, from, to) {
		if w.Days() < min(b.horizon, math.MaxInt16) {
			ways = append(ways, way{int16(w.Pool), int16(w.Load), int16(w.Move), int16(w.Unload)})
		}
	}
	b.known[k] = ways
	return ways
}

// wayKey is what the ways between two places hang on, in one word: from, to, and
// how pools and places handle the unit.
type wayKey uint64

// earliest is the first day of departure that Orders allow, given the notice, and
// whether the decision has been made.
func (b *unitBuilder) earliest(post, notice int, decided bool) int32 {
	return int32(min(b.rules.Earliest(b.su, &b.s.Posts[post], notice, decided), math.MaxInt32/2))
}

// mostHops is how many posts the search tries to redeploy to from one post, the
// nearest first. Where there are more, a proof takes every move to be possible.
const mostHops = 32

// hops finds the ways between the stops that a tour may join.
func (b *unitBuilder) hops() {
	u := b.u
	targets := b.targets // post to stop + 1
	var posts []int32
	for _, s := range u.reach {
		stop := u.slots[s].stop
		if post := u.stops[stop].post; targets[post] == 0 {
			targets[post] = stop + 1
			posts = append(posts, post)
		}
	}
	u.hopsFrom = make([][]hops, len(u.stops))
	from := u.stops
	if u.homeIsOnTheWay() {
		from = nil
	}
	for i := range from {
		post := from[i].post
		place := b.placeOf[post]
		for _, to := range b.nearestOf(place, posts) {
			j := targets[to] - 1
			if j < 0 || to == post {
				continue
			}
			if len(u.hopsFrom[i]) >= mostHops && !b.pinnedTo(to) {
				u.moreHops = true
				continue
			}
			if ways := b.ways(place, b.placeOf[to]); len(ways) > 0 {
				quick := int32(ways[0].days()) + u.stops[j].ready
				u.hopsFrom[i] = append(u.hopsFrom[i], hops{j, quick, ways})
				for _, under := range u.stops[j].under {
					u.hopsFrom[i] = append(u.hopsFrom[i], hops{under, quick, ways})
				}
				u.redeploys = true
			}
		}
	}
	for _, post := range posts {
		targets[post] = 0
	}
	b.loads()
}

// homeIsOnTheWay reports whether a new tour is as good as any redeployment: the
// unit is home at once, needs no rest, and is no later anywhere from there.
func (u *unit) homeIsOnTheWay() bool {
	if len(u.initial) > 0 || u.past != nil || u.minTour > 1 || u.rests[len(u.rests)-1] > 0 {
		return false
	}
	for i := range u.stops {
		st := &u.stops[i]
		if st.back > 0 || len(st.ways) == 0 || st.ways[0].lift >= 0 || st.ways[0].days() > 0 || st.fromHome > st.fromPost {
			return false
		}
	}
	return true
}

// nearestOf lists at least the given posts by their distance from a place: where
// they are few it sorts them, else it has all posts sorted once and for all.
func (b *unitBuilder) nearestOf(place int, posts []int32) []int32 {
	if len(posts)*8 > len(b.s.Posts) || b.near[place] != nil {
		return b.nearest(place)
	}
	list := b.sorted[:0]
	for _, p := range posts {
		list = append(list, farPost{b.net.Distance(place, b.placeOf[p]), p})
	}
	slices.SortFunc(list, func(x, y farPost) int { return cmp.Or(cmp.Compare(x.far, y.far), cmp.Compare(x.post, y.post)) })
	b.sorted, b.order = list, b.order[:0]
	for _, x := range list {
		b.order = append(b.order, x.post)
	}
	return b.order
}

// farPost is a post and its distance from somewhere.
type farPost struct {
	far  float64
	post int32
}

// pinnedTo reports whether a pin wants the unit at a post.
func (b *unitBuilder) pinnedTo(post int32) bool {
	return slices.ContainsFunc(b.pins[b.su.ID], func(p scenario.Pin) bool { return !p.Forbid && p.Post == b.s.Posts[post].ID })
}

// nearest lists the posts by their distance from a place.
func (c *unitCompiler) nearest(place int) []int32 {
	if c.near[place] == nil {
		far := make([]float64, len(c.s.Posts))
		list := make([]int32, len(c.s.Posts))
		for i, p := range c.s.Posts {
			far[i], list[i] = c.net.Distance(place, c.place[p.Place]), int32(i)
		}
		slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(far[a], far[b]) })
		c.near[place] = list
	}
	return c.near[place]
}

// loads lists the pools and receivers that the unit can burden, each with the
// days that it takes there.
func (b *unitBuilder) loads() {
	u := b.u
	note := func(list *[]load, index int32, days int16) {
		if days > 0 && !slices.ContainsFunc(*list, func(l load) bool { return l.index == index }) {
			*list = append(*list, load{index, int32(days)})
		}
	}
	visit := func(ways []way, to *stop) {
		for _, w := range ways {
			if w.lift >= 0 {
				note(&u.lifts, int32(w.lift), w.load)
			}
			if to.receiver >= 0 {
				note(&u.receivers, to.receiver, w.unload)
			}
		}
	}
	for i := range u.stops {
		visit(u.stops[i].ways, &u.stops[i])
	}
	for _, list := range u.hopsFrom {
		for _, h := range list {
			visit(h.ways, &u.stops[h.to])
		}
	}
	u.slotsAt = make([][]int32, len(u.stops))
	for _, s := range u.reach {
		stop := u.slots[s].stop
		u.slotsAt[stop] = append(u.slotsAt[stop], s)
	}
	u.quickest = slices.Repeat([]int32{math.MaxInt32 / 2}, len(u.stops))
	for i, list := range u.hopsFrom {
		for _, h := range list {
			u.quickest[i] = min(u.quickest[i], h.quick)
		}
		if u.moreHops && len(list) > 0 {
			u.quickest[i] = 0 // of those left out one may be as quick as can be
		}
	}
}

// nextMarked returns, for each day, the first marked day at or after it
// (a day past the last if there is none), or nil if no day is marked.
func nextMarked(days []bool) []int32 {
	if !slices.Contains(days, true) {
		return nil
	}
	next := make([]int32, len(days)+1)
	next[len(days)] = math.MaxInt32
	for d := len(days) - 1; d >= 0; d-- {
		next[d] = next[d+1]
		if days[d] {
			next[d] = int32(d)
		}
	}
	return next
}
