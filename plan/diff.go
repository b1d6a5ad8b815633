package plan

import (
	"cmp"
	"slices"

	"github.com/rearguard/rearguard/scenario"
)

// Changes are what one plan does otherwise than another.
type Changes struct {
	Legs         []LegChange         `json:"legs"`         // by unit and date
	Posts        []PostChange        `json:"posts"`        // in the scenario's order; unchanged ones are left out
	Contributors []ContributorChange `json:"contributors"` // likewise
	Added        int                 `json:"added"`        // legs of the second plan that the first has not
	Dropped      int                 `json:"dropped"`      // legs of the first plan that the second has not
}

// LegChange is a leg that only one of two plans has, or that both have with
// other dates or another capability. Legs are the same by unit, post, depart,
// until and as.
type LegChange struct {
	Unit        string `json:"unit"`
	Contributor string `json:"contributor"`
	Post        string `json:"post"`
	Before      *Leg   `json:"before"` // nil if only the second plan has it
	After       *Leg   `json:"after"`  // nil if only the first plan has it
}

// from is the day on which the earlier of the two legs begins to count.
func (c *LegChange) from() scenario.Date {
	switch {
	case c.Before == nil:
		return c.After.Effective
	case c.After == nil:
		return c.Before.Effective
	}
	return min(c.Before.Effective, c.After.Effective)
}

// Pair is a number in the first plan and in the second.
type Pair struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

func (p Pair) differs() bool { return p.After-p.Before > same || p.Before-p.After > same }

// PostChange is a post that is held otherwise.
type PostChange struct {
	Post          string   `json:"post"`
	ExposureDays  Pair     `json:"exposure_days"`
	ShortfallDays Pair     `json:"shortfall_days"`
	Gone          []string `json:"gone"` // units that serve there in the first plan only, in order of name
	New           []string `json:"new"`  // units that serve there in the second plan only
}

// ContributorChange is a contributor that carries something else.
type ContributorChange struct {
	Contributor         string `json:"contributor"`
	Units               Pair   `json:"units"`                 // that serve at some time
	PersonDays          Pair   `json:"person_days"`           // away from home
	OperationPersonDays Pair   `json:"operation_person_days"` // of which on legs of operations
	Legs                int    `json:"legs"`                  // of its units, that are added, dropped or changed
}

// Diff compares two plans, which may be of two versions of a scenario: what is
// of one version only is listed after what the first has.
func Diff(before, after *Evaluation) *Changes {
	c := &Changes{Legs: []LegChange{}, Posts: []PostChange{}, Contributors: []ContributorChange{}}
	c.legs(before, after)
	c.posts(before, after)
	c.contributors(before, after)
	return c
}

// legKey is what makes a leg the same in two plans.
type legKey struct {
	unit, post, as string
	depart, until  scenario.Date
}

type unitPost struct{ unit, post string }

// legs pairs what is left of both plans' legs once the same ones are taken out:
// of one unit at one post, in order of time, those that overlap.
func (c *Changes) legs(before, after *Evaluation) {
	count := map[legKey]int{}
	each := func(e *Evaluation, do func(legKey, Leg)) {
		for _, t := range e.Plan.Tours {
			for _, l := range t.Legs {
				do(legKey{t.Unit, l.Post, l.As, l.Depart, l.Until}, l)
			}
		}
	}
	each(after, func(k legKey, _ Leg) { count[k]++ })
	dropped := map[unitPost][]Leg{}
	each(before, func(k legKey, l Leg) {
		if count[k] > 0 {
			count[k]--
			return
		}
		dropped[unitPost{k.unit, k.post}] = append(dropped[unitPost{k.unit, k.post}], l)
		c.Dropped++
	})
	each(after, func(k legKey, l Leg) {
		if count[k] == 0 {
			return
		}
		count[k]--
		c.Added++
		change := LegChange{Unit: k.unit, Contributor: after.units[k.unit].Contributor, Post: k.post, After: &l}
		old := dropped[unitPost{k.unit, k.post}]
		if i := slices.IndexFunc(old, func(o Leg) bool { return o.Effective < l.Until && l.Effective < o.Until }); i >= 0 {
			change.Before = &old[i]
			dropped[unitPost{k.unit, k.post}] = slices.Delete(slices.Clone(old), i, i+1)
		}
		c.Legs = append(c.Legs, change)
	})
	for k, list := range dropped {
		for i := range list {
			c.Legs = append(c.Legs, LegChange{Unit: k.unit, Contributor: before.units[k.unit].Contributor, Post: k.post, Before: &list[i]})
		}
	}
	slices.SortFunc(c.Legs, func(a, b LegChange) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.from(), b.from()), cmp.Compare(a.Post, b.Post), compareNil(a.Before, b.Before))
	})
}

func compareNil(a, b *Leg) int {
	switch {
	case a != nil && b == nil:
		return -1
	case a == nil && b != nil:
		return 1
	}
	return 0
}

// posts compares what is missing at each post and who serves there.
func (c *Changes) posts(before, after *Evaluation) {
	at := map[string]*PostChange{}
	var order []string
	get := func(id string) *PostChange {
		if at[id] == nil {
			at[id] = &PostChange{Post: id, Gone: []string{}, New: []string{}}
			order = append(order, id)
		}
		return at[id]
	}
	for i, e := range []*Evaluation{before, after} {
		for j := range e.Lines {
			l := &e.Lines[j]
			p := get(l.Post.ID)
			for d := l.From; d < l.Until; d++ {
				*p.ExposureDays.end(i) += l.Exposure(d)
				*p.ShortfallDays.end(i) += l.Shortfall(d)
			}
		}
	}
	old, now := before.serving(), after.serving()
	for k := range old {
		if !now[k] {
			get(k.post).Gone = append(get(k.post).Gone, k.unit)
		}
	}
	for k := range now {
		if !old[k] {
			get(k.post).New = append(get(k.post).New, k.unit)
		}
	}
	for _, id := range order {
		p := at[id]
		slices.Sort(p.Gone)
		slices.Sort(p.New)
		if p.ExposureDays.differs() || p.ShortfallDays.differs() || len(p.Gone)+len(p.New) > 0 {
			c.Posts = append(c.Posts, *p)
		}
	}
}

// end is the first or the second number.
func (p *Pair) end(i int) *float64 {
	if i == 0 {
		return &p.Before
	}
	return &p.After
}

// serving lists which units serve at which posts.
func (e *Evaluation) serving() map[unitPost]bool {
	set := map[unitPost]bool{}
	for _, t := range e.Plan.Tours {
		for _, l := range t.Legs {
			set[unitPost{t.Unit, l.Post}] = true
		}
	}
	return set
}

// contributors compares what each carries.
func (c *Changes) contributors(before, after *Evaluation) {
	at := map[string]*ContributorChange{}
	var order []string
	for i, e := range []*Evaluation{before, after} {
		for _, k := range e.Scenario.Contributors {
			if at[k.ID] == nil {
				at[k.ID] = &ContributorChange{Contributor: k.ID}
				order = append(order, k.ID)
			}
			for _, op := range e.Scenario.Operations {
				for _, persons := range e.Burden(op.ID, k.ID) {
					*at[k.ID].OperationPersonDays.end(i) += persons
				}
			}
		}
		serve := map[string]bool{}
		for _, t := range e.Plan.Tours {
			u := e.units[t.Unit]
			k := at[u.Contributor]
			if !serve[u.ID] {
				serve[u.ID] = true
				*k.Units.end(i)++
			}
			*k.PersonDays.end(i) += u.Persons.Likely * float64(t.Legs[len(t.Legs)-1].Until-t.Legs[0].Depart)
		}
	}
	for _, l := range c.Legs {
		at[l.Contributor].Legs++
	}
	for _, id := range order {
		if k := at[id]; k.Legs > 0 || k.Units.differs() || k.PersonDays.differs() || k.OperationPersonDays.differs() {
			c.Contributors = append(c.Contributors, *k)
		}
	}
}
