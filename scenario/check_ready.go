package scenario

import (
	"fmt"
	"slices"
)

// readiness checks what an operation counts towards its readiness.
func (c *checker) readiness(path, owner string, op *Operation) {
	path += "/ready"
	if hold := op.Ready.Hold; !c.lacks(path, "hold") && !c.timeless && int(hold) > c.s.Calendar.Days {
		c.problem(path+"/hold", "", "%s: ready after %d days in a row cannot be within a calendar of %d; write %d or less", owner, hold, c.s.Calendar.Days, c.s.Calendar.Days)
	}
	c.readyBy(path+"/ioc", owner+": ioc", op, op.Ready.IOC, false)
	c.readyBy(path+"/foc", owner+": foc", op, op.Ready.FOC, true)
}

// readyBy checks what counts towards IOC, or FOC if full.
func (c *checker) readyBy(path, owner string, op *Operation, k *Counts, full bool) {
	if k == nil {
		return
	}
	sound := !c.unread.Touches(path)
	for i, name := range k.Post {
		here := fmt.Sprintf("%s/post/%d", path, i)
		if !c.known(here, owner, "post", name) {
			sound = false
		} else if at := c.operation(c.names["post"][name]); at != op.ID && at != unreadName {
			sound = false
			c.problem(here, "", "%s: post %q is no post of this operation; name one that is", owner, name)
		}
	}
	for i, name := range k.Capability {
		sound = c.known(fmt.Sprintf("%s/capability/%d", path, i), owner, "capability", name) && sound
	}
	var phases []string
	for _, ph := range op.Phases {
		phases = append(phases, ph.ID)
	}
	for i, name := range k.Phase {
		if !slices.Contains(phases, name) {
			sound = false
			c.problem(fmt.Sprintf("%s/phase/%d", path, i), Nearest(name, phases), "%s: the operation has no phase %q", owner, name)
		}
	}
	if k.Share != nil && *k.Share == 0 {
		sound = false
		c.problem(path+"/share", "", "%s: with a share of 0 nothing has to be there; write a number above 0, to 1", owner)
	}
	if sound && len(k.Phase) == 0 && !c.asks(op, k, full) {
		c.problem(path, "", "%s: none of what counts asks for anything; name posts or capabilities with a floor or a target, or leave it out", owner)
	}
}

// asks reports whether a line that counts has a floor, or a target if full, its phase aside.
func (c *checker) asks(op *Operation, k *Counts, full bool) bool {
	for i := range c.s.Posts {
		p := &c.s.Posts[i]
		if at := c.operation(i); at == unreadName || c.unread.Touches(fmt.Sprintf("/posts/%d/lines", i)) {
			return true // it may
		} else if at != op.ID {
			continue
		}
		for j := range p.Lines {
			l := &p.Lines[j]
			if op.counted(k, p, l) && (l.Floor.Likely > 0 || full && l.Target != nil && l.Target.Likely > 0) {
				return true
			}
		}
	}
	return false
}
