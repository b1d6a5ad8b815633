package verify

// legKey tells legs of the plan in force apart.
type legKey struct {
	unit, post, as string
	depart, until  int
}

func keyOf(u *unit, l *leg) legKey { return legKey{u.ID, l.Post, l.As, l.depart, l.until} }

// given and decided report whether the order for a leg has been given, or its
// owner has decided.
func (c *checker) given(u *unit, l *leg) (given, decided bool) {
	x := c.inForce[keyOf(u, l)]
	if x == nil {
		return false, false
	}
	return x.Given, x.Decided
}

// checkOrdersGiven holds the plan to each leg whose order has been given.
func (c *checker) checkOrdersGiven() {
	there := map[legKey]bool{}
	for _, u := range c.units {
		for _, t := range u.tours {
			for _, l := range t.legs {
				there[keyOf(u, l)] = true
			}
		}
	}
	for i := range c.s.InForce {
		x := &c.s.InForce[i]
		k := legKey{x.Unit, x.Post, x.As, x.Depart.Number(), x.Until.Number()}
		if x.Given && !there[k] {
			c.breach(Fixed, x.Unit, x.Post, k.depart, float64(k.until-k.depart), "has no leg from %s until %s, for which the order has been given",
				c.date(k.depart), c.date(k.until))
		}
	}
}

// changes counts the legs that are only in the plan or only in the one in force.
func (c *checker) changes() int {
	if len(c.s.InForce) == 0 {
		return 0
	}
	added, kept := 0, map[legKey]bool{}
	for _, u := range c.units {
		for _, t := range u.tours {
			for _, l := range t.legs {
				if c.inForce[keyOf(u, l)] == nil {
					added++
				} else {
					kept[keyOf(u, l)] = true
				}
			}
		}
	}
	return added + len(c.s.InForce) - len(kept)
}
