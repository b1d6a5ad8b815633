package engine

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"

	"github.com/rearguard/rearguard/internal/group"
)

// prove raises the bound to what the centre's prices prove: from classes answered from
// above in groups of days of departure, and if wanted finely then from answers by ends of
// tours, as far as they come before the stop.
func (r *relaxation) prove(finely bool, stop func() bool) error {
	copy(r.price, r.centre)
	answers, all := make([]float64, len(r.classes)), make([]int, len(r.classes))
	for k := range all {
		all[k], answers[k] = k, math.Inf(-1)
	}
	err := r.answers(all, answers, false, stop)
	if err != nil || slices.Contains(answers, math.Inf(-1)) {
		return err
	}
	r.raise(answers)
	if finely {
		err = r.answers(r.coarse(answers), answers, true, stop)
		r.raise(answers)
	}
	return err
}

// raise raises the bound to what the answers of all classes prove at the present prices.
func (r *relaxation) raise(answers []float64) {
	value := r.rowsAt()
	for k, least := range answers {
		value += r.classes[k].members * least
	}
	r.bound = math.Max(r.bound, r.roundUp(value))
}

// leastCoarse is the part of the bound below which it does not matter how coarse all
// answers together are that are left as they are.
const leastCoarse = 1e-4

// coarse lists the classes whose answers may be too low by most, for all their units, as
// far as they can be answered more finely: against the schedules found at these prices.
func (r *relaxation) coarse(answers []float64) []int {
	var list []int
	loss, rest := make([]float64, len(r.classes)), 0.0
	for k := range r.classes {
		c := &r.classes[k]
		if x := c.members * (c.found - answers[k]); x > 0 && r.units[c.unit].endsAreFree(r.horizon) {
			loss[k] = x
			rest += x
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(loss[b], loss[a]) })
	for n, k := range list {
		if rest <= leastCoarse*math.Abs(r.bound) {
			return list[:n]
		}
		rest -= loss[k]
	}
	return list
}

// answers raises the answers of some classes side by side, each whole or not at all.
func (r *relaxation) answers(classes []int, answers []float64, exact bool, stop func() bool) error {
	var next, stopped atomic.Int64
	workers, _ := group.New(context.Background())
	for range min(r.threads, len(classes)) {
		workers.Go(func() error {
			path := newPathfinder(r.instance).all()
			path.proving, path.exact = true, exact
			for n := next.Add(1) - 1; n < int64(len(classes)) && stopped.Load() == 0; n = next.Add(1) - 1 {
				if (exact || n&15 == 0) && stop() {
					stopped.Store(1)
					return nil
				}
				k := classes[n]
				answers[k] = math.Max(answers[k], r.answer(path, &r.classes[k]))
			}
			return nil
		})
	}
	return workers.Wait()
}
