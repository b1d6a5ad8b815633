package scenario

import "slices"

// resolveCaveats takes operations, posts and phases that are gone out of caveats. A
// field of which nothing is left matches nothing any more, and so does its caveat.
func resolveCaveats(r *Scenario) {
	var posts, operations, phases []string
	for i := range r.Posts {
		posts = append(posts, r.Posts[i].ID)
	}
	for i := range r.Operations {
		operations = append(operations, r.Operations[i].ID)
		for _, ph := range r.Operations[i].Phases {
			phases = append(phases, ph.ID)
		}
	}
	left := func(list []Caveat) (kept []Caveat) {
		for _, k := range list {
			all := true
			for _, f := range []struct {
				names *[]string
				there []string
			}{{&k.Operation, operations}, {&k.Post, posts}, {&k.Phase, phases}} {
				if len(*f.names) > 0 {
					*f.names = slices.DeleteFunc(slices.Clone(*f.names), func(x string) bool { return !slices.Contains(f.there, x) })
					all = all && len(*f.names) > 0
				}
			}
			if all {
				kept = append(kept, k)
			}
		}
		return kept
	}
	r.Contributors = slices.Clone(r.Contributors)
	for i := range r.Contributors {
		r.Contributors[i].Caveats = left(r.Contributors[i].Caveats)
	}
	for i := range r.Units { // made anew by Resolve
		r.Units[i].Caveats = left(r.Units[i].Caveats)
	}
}
