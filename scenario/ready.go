package scenario

import "slices"

// DefaultHold is for how many days what counts must hold for an operation to be ready.
const DefaultHold = 7

// Ready says when an operation is ready (IOC, FOC).
type Ready struct {
	IOC  *Counts `json:"ioc,omitempty" doc:"Lines whose floors must hold for IOC; default those that start in the first phase, or all where the operation has none."`
	FOC  *Counts `json:"foc,omitempty" doc:"Lines whose targets must hold for FOC; default all."`
	Hold Days    `json:"hold,omitempty" doc:"Days in a row for which they must hold; default 7." min:"1"`
}

// Counts says which lines of an operation count towards its readiness. A field that is
// empty restricts nothing.
type Counts struct {
	Post       []string `json:"post,omitempty" doc:"Only lines at these posts of the operation." ref:"post"`
	Capability []string `json:"capability,omitempty" doc:"Only lines of these capabilities." ref:"capability"`
	Phase      []string `json:"phase,omitempty" doc:"Only lines that start in these phases of the operation."`
	Share      *float64 `json:"share,omitempty" doc:"Part of the floor, or of the target, that must be there, above 0 to 1; default 1." min:"0" max:"1"`
}

// Goal is IOC or FOC of an operation of a resolved scenario, with what it waits for.
type Goal struct {
	Operation int  // index
	Full      bool // FOC
	Wants     []Want
	First     int // first day on which it can be reached: that on which the last of what counts starts
	Hold      int // days in a row
	Price     float64
}

// Want is the cover that a line must have on each day that it is open, to count as held.
type Want struct {
	Line        int // in the order of posts and their lines
	From, Until int // days on which it is open, cut to the calendar
	Amount      float64
}

// Goals are IOC and FOC of each operation of a resolved scenario, in its order. A goal that
// waits for nothing, or for nothing before the calendar ends, is never reached and has no
// delay.
func (s *Scenario) Goals() []Goal {
	var all []Goal
	for i := range s.Operations {
		op := &s.Operations[i]
		all = append(all, s.goal(i, false, op.Ready.IOC, *s.Weights.IOC), s.goal(i, true, op.Ready.FOC, *s.Weights.FOC))
	}
	return all
}

// Open reports whether the goal can be reached, and delayed, in a calendar of some days.
func (g *Goal) Open(days int) bool { return len(g.Wants) > 0 && g.First < days }

func (s *Scenario) goal(operation int, full bool, counts *Counts, price float64) Goal {
	op := &s.Operations[operation]
	if counts == nil {
		counts = &Counts{}
	}
	g := Goal{Operation: operation, Full: full, Hold: int(op.Ready.Hold), Price: price}
	if g.Hold == 0 {
		g.Hold = DefaultHold
	}
	share := 1.0
	if counts.Share != nil {
		share = *counts.Share
	}
	n := 0
	for i := range s.Posts {
		p := &s.Posts[i]
		for j := range p.Lines {
			l := &p.Lines[j]
			wanted := l.Floor.Likely
			if full {
				wanted = l.Target.Likely
			}
			if p.Operation == op.ID && wanted > 0 && op.counted(counts, p, l) {
				w := Want{Line: n, Amount: share * wanted}
				w.From, w.Until = s.Calendar.Inside(l.From, l.Until)
				g.Wants = append(g.Wants, w)
				starts := l.From.Number()
				if !full {
					starts = p.begins(op, counts, l)
				}
				g.First = max(g.First, starts)
			}
			n++
		}
	}
	return g
}

// counted reports whether a line at a post of the operation counts.
func (op *Operation) counted(k *Counts, p *Post, l *Line) bool {
	in := func(values []string, v string) bool { return len(values) == 0 || slices.Contains(values, v) }
	if !in(k.Post, p.ID) || !in(k.Capability, l.Capability) {
		return false
	}
	if len(k.Phase) == 0 {
		return true
	}
	for before := l; before != nil; before = p.before(before) {
		if op.startsIn(k.Phase, before.From.Number()) {
			return true
		}
	}
	return false
}

// begins is the day on which what a line asks for began to count: that of the line that it
// goes on from, if that counts too.
func (p *Post) begins(op *Operation, k *Counts, l *Line) int {
	for {
		before := p.before(l)
		if before == nil || before.Floor.Likely <= 0 || !op.counted(k, p, before) {
			return l.From.Number()
		}
		l = before
	}
}

// before is the line that another goes on from: of its capability, and over when it starts.
func (p *Post) before(l *Line) *Line {
	for i := range p.Lines {
		if x := &p.Lines[i]; x.Capability == l.Capability && x.Until.Number() == l.From.Number() && x.From.Number() < l.From.Number() {
			return x
		}
	}
	return nil
}

// startsIn reports whether a day lies in one of some phases; one before all phases lies in
// the earliest.
func (op *Operation) startsIn(phases []string, day int) bool {
	earliest := op.earliestPhase(func(*Phase) bool { return true })
	for i := range op.Phases {
		ph := &op.Phases[i]
		if slices.Contains(phases, ph.ID) && (i == earliest || ph.From.Number() <= day) && day < ph.Until.Number() {
			return true
		}
	}
	return false
}

// earliestPhase is the index of the phase that begins first of those that will do, -1 for none.
func (op *Operation) earliestPhase(will func(*Phase) bool) int {
	earliest := -1
	for i := range op.Phases {
		if will(&op.Phases[i]) && (earliest < 0 || op.Phases[i].From.Number() < op.Phases[earliest].From.Number()) {
			earliest = i
		}
	}
	return earliest
}

// resolveReady fills in what counts where nothing is said: for IOC the first phase in which
// a floor starts, of those that the operation was written with, which are followed by waits.
func (op *Operation) resolveReady(posts []Post, waits int) {
	if op.Ready.Hold == 0 {
		op.Ready.Hold = DefaultHold
	}
	if op.Ready.FOC == nil {
		op.Ready.FOC = &Counts{}
	}
	if op.Ready.IOC == nil {
		op.Ready.IOC = &Counts{}
		own := *op
		own.Phases = op.Phases[:len(op.Phases)-waits]
		first := own.earliestPhase(func(ph *Phase) bool {
			for i := range posts {
				p := &posts[i]
				if p.Operation == op.ID && slices.ContainsFunc(p.Lines, func(l Line) bool {
					return l.Floor.Likely > 0 && own.startsIn([]string{ph.ID}, l.From.Number())
				}) {
					return true
				}
			}
			return false
		})
		if first >= 0 {
			op.Ready.IOC.Phase = []string{own.Phases[first].ID}
		}
	}
	for _, k := range []**Counts{&op.Ready.IOC, &op.Ready.FOC} {
		full := **k
		if full.Share == nil {
			full.Share = new(1.0)
		}
		*k = &full
	}
}
