package marathon

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// unit is one unit of a supply record, with the dwell that it has behind it on
// the first day of a period.
type unit struct {
	supply
	id    string
	cycle int
}

// policyOf is the policy of a supply record in a period.
func (p *Project) policyOf(r *reader, s supply, period string) (policy, bool) {
	name := s.policy
	if name == auto {
		key := "Default" + s.component + "Policy"
		if name = p.defaults[key]; name == "" {
			r.Fail(s.at, "", "the policy of %s %s is Auto, and Parameters.csv has no %s", s.component, s.kind, key)
			return policy{}, false
		}
	}
	if schedule, composite := p.schedules[name]; composite {
		inner, ok := schedule[period]
		if !ok {
			r.Fail(s.at, "", "the policy %s of %s %s has nothing for the period %s; it has %s", name, s.component, s.kind, period,
				slices.Sorted(maps.Keys(schedule)))
			return policy{}, false
		}
		name = inner
	}
	k, ok := p.policies[name]
	if !ok {
		r.Fail(s.at, scenario.Nearest(name, slices.Sorted(maps.Keys(p.policies))), "the policy %s of %s %s is not in PolicyRecords.csv", name, s.component, s.kind)
	}
	return k, ok
}

// length is the days of a cycle.
func (k policy) length() int {
	switch {
	case k.maxDwell <= maxCycle:
		return k.maxDwell
	case k.expected > 0:
		return k.expected
	}
	return usualCycle
}

// ready is the dwell from which a unit can deploy.
func (k policy) ready() int { return max(k.minDwell, k.start) }

// closes is the dwell from which it cannot any more.
func (k policy) closes() int { return min(k.stop, k.maxDwell) }

// span is a time [from, until) in days of a period.
type span struct{ from, until int }

// windows are the times in which a unit that stays at home can deploy, of the
// first days of a period; cycle is its dwell on day 0.
func (k policy) windows(cycle, days int) (list []span) {
	for begin := -cycle; begin < days; begin += max(k.maxDwell, 1) {
		w := span{max(0, begin+k.ready()), begin + k.closes()}
		switch {
		case w.from >= w.until || w.from >= days:
		case len(list) > 0 && list[len(list)-1].until == w.from:
			list[len(list)-1].until = w.until
		default:
			list = append(list, w)
		}
		if k.maxDwell > maxCycle {
			break // no end
		}
	}
	return list
}

// units makes the units of the chosen types as the first period finds them.
func (p *Project) units(r *reader, o Options) (list []unit) {
	ids := names{}
	for _, s := range p.chosen(o) {
		k, ok := p.policyOf(r, s, p.Periods[0].Name)
		if !ok {
			continue
		}
		if len(list)+s.quantity > maxUnits {
			r.Fail(s.at, "", "there are more than %d units", maxUnits)
			return nil
		}
		draw := rand.New(rand.NewPCG(o.Draw, hash(s.kind+" "+s.component)))
		for i := range s.quantity {
			length := k.length()
			cycle := (s.cycle + i*length/s.quantity) % length
			if o.Draw > 0 {
				cycle = draw.IntN(length)
			}
			list = append(list, unit{s, ids.numbered(s.kind + "-" + s.component), cycle})
		}
	}
	return list
}

// names are IDs in use, and of stems the last number given.
type names map[string]int

// numbered makes a unique ID of a stem and the next number.
func (n names) numbered(stem string) string {
	for {
		n[stem]++
		id := fmt.Sprintf("%s-%d", stem, n[stem])
		if _, used := n[id]; !used {
			n[id] = 0
			return id
		}
	}
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// chosen are the supply records of the type that is asked for, with the
// inventory that is asked for.
func (p *Project) chosen(o Options) (list []supply) {
	done := map[string]bool{}
	for _, s := range p.supply {
		if o.Type != "" && s.kind != o.Type {
			continue
		}
		if o.Inventory != nil {
			if done[s.component] {
				continue
			}
			done[s.component] = true
			s.quantity = o.Inventory[s.component]
		}
		list = append(list, s)
	}
	for _, component := range slices.Sorted(maps.Keys(o.Inventory)) {
		if !done[component] {
			list = append(list, supply{at: formats.Place{File: "marathon"}, kind: o.Type, component: component, policy: auto, quantity: o.Inventory[component]})
		}
	}
	return list
}

// advance moves units from the first day of a period to that of the next.
// homes has, of each unit that deployed, the day of the period on which it was
// home again; a unit that is still away comes home with the period's end. When
// its policy changes a unit keeps its days of dwell, at most those of the new
// cycle.
func (p *Project) advance(r *reader, units []unit, from, to Period, homes map[string]int) {
	days := to.From - from.From
	for i := range units {
		u := &units[i]
		before, ok := p.policyOf(r, u.supply, from.Name)
		after, good := p.policyOf(r, u.supply, to.Name)
		if !ok || !good {
			continue
		}
		dwell := u.cycle + days
		if home, deployed := homes[u.id]; deployed {
			dwell = max(0, days-home)
		}
		if before.maxDwell <= maxCycle {
			dwell %= before.maxDwell
		}
		u.cycle = min(dwell, after.maxDwell-1)
	}
}
