package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// TreeOptions are the options of [Case.Tree]: there are none.
type TreeOptions struct{}

// Tree is a plan for each branch of a scenario, and what all of them order.
type Tree struct {
	Branches []BranchPlan  `json:"branches"`
	Shared   []SharedOrder `json:"shared"`
}

// BranchPlan is a branch with the plan for it.
type BranchPlan struct {
	Branch     string                    `json:"branch"`
	Name       string                    `json:"name,omitempty"`
	Operations []string                  `json:"operations"` // that happen
	DDay       map[string]scenario.Date  `json:"d_day"`
	IOC        map[string]*scenario.Date `json:"ioc"`
	Exposure   plan.Tally                `json:"exposure_days"`
	Cost       float64                   `json:"cost"`
	Bound      float64                   `json:"bound"`
	Legs       int                       `json:"legs"`
	plan       *plan.Plan
}

// Plan is the branch's plan; nil for one that was read from JSON.
func (b *BranchPlan) Plan() *plan.Plan { return b.plan }

// SharedOrder is a leg that the plans of all branches have.
type SharedOrder struct {
	Unit     string        `json:"unit"`
	Post     string        `json:"post"`
	As       string        `json:"as"`
	Depart   scenario.Date `json:"depart"`
	DecideBy scenario.Date `json:"decide_by"` // the earliest that a branch asks for
	OrderBy  scenario.Date `json:"order_by"`
}

var treeQuestion = define(Question{
	Name: "tree", Title: "Which orders can be given whatever comes?",
	Doc: "Plans for each branch of the scenario, and lists the orders that all of the plans have.",
}, (*Case).Tree, tellTree)

// Tree plans for each branch, each from the plan of the one before: what need not differ
// does not. A scenario without branches is a *[NothingError]. If the context ends, the
// branches planned so far come back, with no shared orders.
func (c *Case) Tree(ctx context.Context, v Variant, o Search, what TreeOptions) (*Tree, error) {
	branches := c.written.Branches
	if len(branches) == 0 {
		return nil, &NothingError{"tree", "the scenario has no branches; list them under branches, each with the conditions that it takes as met and as failed"}
	}
	t := &Tree{Branches: []BranchPlan{}, Shared: []SharedOrder{}}
	var r *runner
	before := o.From
	for i := range branches {
		b := &branches[i]
		v.Branch = b.ID
		s, err := c.begin("tree", v, &o, &what)
		if err != nil {
			return nil, err
		}
		if r == nil {
			r = newRunner(ctx, o, len(branches))
		}
		out, err := r.solve(s, before, r.o.Time/time.Duration(len(branches)))
		if interrupted(err) {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("branch %s: %w", b.ID, err)
		}
		p, m := out.plan, out.plan.Metrics
		x := BranchPlan{
			Branch: b.ID, Name: b.Name, Operations: []string{}, DDay: p.Options.DDay, IOC: m.IOC, Exposure: m.ExposureDays,
			Cost: m.Objective, Bound: m.Bound, Legs: m.Moves, plan: p,
		}
		for _, op := range s.Operations {
			x.Operations = append(x.Operations, op.ID)
		}
		t.Branches, before = append(t.Branches, x), p
	}
	t.Shared = sharedOrders(t.Branches)
	return t, nil
}

// sharedOrders are the legs with an order that every branch has, by date.
func sharedOrders(branches []BranchPlan) []SharedOrder {
	type key struct {
		unit, post, as string
		depart         scenario.Date
	}
	seen := map[key]int{}
	dates := map[key]SharedOrder{}
	for i, b := range branches {
		each(b.plan, func(unit string, l *plan.Leg) {
			at := key{unit, l.Post, l.As, l.Depart}
			if seen[at] != i {
				return
			}
			seen[at]++
			x := SharedOrder{unit, l.Post, l.As, l.Depart, *l.DecideBy, *l.OrderBy}
			if first, known := dates[at]; known {
				x.DecideBy, x.OrderBy = min(x.DecideBy, first.DecideBy), min(x.OrderBy, first.OrderBy)
			}
			dates[at] = x
		})
	}
	shared := []SharedOrder{}
	for at, n := range seen {
		if n == len(branches) {
			shared = append(shared, dates[at])
		}
	}
	slices.SortFunc(shared, func(a, b SharedOrder) int {
		return cmp.Or(cmp.Compare(a.DecideBy, b.DecideBy), cmp.Compare(a.OrderBy, b.OrderBy), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Depart, b.Depart))
	})
	return shared
}

// tellTree says how many orders all branches share, and lists them.
func tellTree(_ *scenario.Scenario, t *Tree) Answer {
	a := Answer{Title: "Which orders can be given whatever comes?", Head: []string{"Decide by", "Order by", "Depart", "Unit", "Post"}}
	a.Text = []string{fmt.Sprintf("%s in the plans of all %d branches.", words.Plural(float64(len(t.Shared)), "order"), len(t.Branches))}
	for i := range t.Branches {
		b := &t.Branches[i]
		a.Text = append(a.Text, fmt.Sprintf("%s: %s at standing posts, %s at operations.", words.Name(b.Name, b.Branch),
			words.Plural(b.Exposure.Standing, "exposure-day"), words.Quantity(b.Exposure.Operations)))
	}
	for _, x := range t.Shared {
		a.Rows = append(a.Rows, []string{words.ShortDay(x.DecideBy), words.ShortDay(x.OrderBy), words.ShortDay(x.Depart), x.Unit, x.Post})
	}
	return a
}
