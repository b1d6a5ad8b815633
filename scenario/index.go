package scenario

// UnitsByID indexes the units; the pointers are into the scenario.
func (s *Scenario) UnitsByID() map[string]*Unit {
	return byID(s.Units, func(u *Unit) string { return u.ID })
}

// PostsByID indexes the posts; the pointers are into the scenario.
func (s *Scenario) PostsByID() map[string]*Post {
	return byID(s.Posts, func(p *Post) string { return p.ID })
}

// PlacesByID indexes the places; the pointers are into the scenario.
func (s *Scenario) PlacesByID() map[string]*Place {
	return byID(s.Places, func(p *Place) string { return p.ID })
}

// ContributorsByID indexes the contributors; the pointers are into the scenario.
func (s *Scenario) ContributorsByID() map[string]*Contributor {
	return byID(s.Contributors, func(c *Contributor) string { return c.ID })
}

// OperationsByID indexes the operations; the pointers are into the scenario.
func (s *Scenario) OperationsByID() map[string]*Operation {
	return byID(s.Operations, func(o *Operation) string { return o.ID })
}

func byID[T any](list []T, id func(*T) string) map[string]*T {
	index := make(map[string]*T, len(list))
	for i := range list {
		index[id(&list[i])] = &list[i]
	}
	return index
}
