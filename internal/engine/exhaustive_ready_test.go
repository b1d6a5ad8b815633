package engine_test

// delays is the price of what is not ready on its first day.
func (x *exhaustive) delays(rows []float64) (sum float64) {
	h := x.s.Calendar.Days
	for _, g := range x.s.Goals() {
		if !g.Open(h) || g.Price == 0 {
			continue
		}
		ready := func(from int) bool {
			open := false
			for _, w := range g.Wants {
				for d := max(from, w.From); d < min(from+g.Hold, w.Until); d++ {
					open = true
					if x.base[w.Line*h+d]+rows[w.Line*h+d] < w.Amount-1e-9 {
						return false
					}
				}
			}
			return open
		}
		day := g.First
		for day+g.Hold <= h && !ready(day) {
			day++
		}
		if day+g.Hold > h {
			day = h
		}
		sum += g.Price * float64(day-g.First)
	}
	return sum
}
