package compact

import "github.com/rearguard/rearguard/plan"

// homeGifts lists what the unit gives to home posts: where resting units count,
// or where they do not.
func (b *unitBlock) homeGifts(resting bool) (gifts []gift) {
	for _, n := range b.homeOf[b.u.Contributor] {
		l := &b.lines[n]
		if x := b.rules.Gives(b.u.Unit, plan.All, l.Capability); x > 0 && l.post.RestingCounts == resting {
			gifts = append(gifts, gift{n, x})
		}
	}
	return gifts
}

// restMatters reports whether the unit covers a home post only when it has
// rested.
func (b *unitBlock) restMatters() bool { return len(b.homeGifts(false)) > 0 }

// addHome adds the states of being at home, and of having rested there, where
// the unit covers home posts by them.
func (b *unitBlock) addHome() {
	if gifts := b.homeGifts(true); len(gifts) > 0 {
		nothing := func(int) int { return 0 }
		b.coverHome(gifts, b.addPresence("present", "Present", b.u.homeAt, nothing, nothing))
	}
	if gifts := b.homeGifts(false); len(gifts) > 0 {
		state := b.addPresence("rested", "Rested", b.u.readyAt, b.restFromDayZero, b.shortestRest())
		if b.tired != nil {
			state = b.addNotTired(state)
		}
		b.coverHome(gifts, state)
	}
}

func (b *unitBlock) coverHome(gifts []gift, state []int32) {
	for d, c := range state {
		for _, g := range gifts {
			if c != absent {
				b.cover(g, c, d)
			}
		}
	}
}

// addPresence adds a state at home that begins on day idle for a unit without a
// tour of day 0, and some rest after each tour; it ends as a tour begins.
func (b *unitBlock) addPresence(kind, rows string, idle int, afterZero, after func(int) int) []int32 {
	state := b.state(kind, b.u.name, 0, b.days, b.days, 1)
	zero, back := b.returns(b.zero, afterZero), b.returns(b.tours, after)
	for d := range b.days {
		r := b.row(join(rows, b.u.name, number(d)), equal, 0)
		b.add(r, state[d], 1)
		b.add(r, day(state, d-1), -1)
		b.add(r, day(b.started, d), 1)
		b.add(r, day(b.started, d-1), -1)
		b.addAll(r, zero[d], -1)
		b.addAll(r, back[d], -1)
		if d == idle {
			b.rows[r].rhs = 1
			for i := range b.zero.stays() {
				b.add(r, b.zero.slots[i].keep, 1)
			}
		}
	}
	return state
}

// addNotTired adds the state of having taken all the rest that dwell asks for.
func (b *unitBlock) addNotTired(rested []int32) []int32 {
	fresh := none(b.days + 1)
	for d := range b.days {
		if b.tired[d] == absent {
			fresh[d] = rested[d]
			continue
		}
		fresh[d] = b.column(join("fresh", b.u.name, number(d)), 0, 1, true)
		r := b.row(join("Fresh", b.u.name, number(d)), atMost, 0)
		b.add(r, fresh[d], 1)
		b.add(r, rested[d], -1)
		most := b.columns[b.tired[d]].upper
		r = b.row(join("NotTired", b.u.name, number(d)), atMost, most)
		b.add(r, b.tired[d], 1)
		b.add(r, fresh[d], most)
	}
	return fresh
}
