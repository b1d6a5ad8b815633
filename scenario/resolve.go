package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Options choose among the plans that one scenario allows. The zero value
// takes everything as the scenario says.
type Options struct {
	DDay     map[string]Date // operation to its D-day
	Without  []string        // operations that do not happen
	Maturity Pledge          // count only on pledges at or above this
	Today    *Date           // no order or decision before this day
	Policy   Policy
	InForce  []Order // the plan in force; nil for what the scenario says

	Conditions map[string]Outcome // what is known or assumed of conditions; the others are open
	Raised     []Raise            // what incidents add to lines, by date
}

// Defaults of fields that a scenario may leave out.
const (
	DefaultPriority = 3
	DefaultMinStay  = 14
	NoLimit         = 36_500 // days: a tour or a stay without a most, a century
)

// Resolve returns a copy of the scenario with nothing left to infer: counts
// expanded, areas with all below them, every time a day number, quantities at
// their likely value but for the rate of wear, defaults filled in, on-station factors and weights as
// numbers, operations in Without gone with their posts. A resolved scenario is
// again a scenario, and resolving it changes nothing.
//
// The scenario must be free of problems (see [Check]). Unknown names in the
// options are errors.
func Resolve(s *Scenario, o Options) (*Scenario, error) {
	s, err := conditioned(s, &o)
	if err != nil {
		return nil, err
	}
	r := *s
	r.Policy = first(o.Policy, s.Policy, HoldTheFlanks)
	if !slices.Contains(Policies, r.Policy) {
		return nil, fmt.Errorf("unknown policy %q; it is one of %v", r.Policy, Policies)
	}
	r.Maturity = first(o.Maturity, s.Maturity, Stated)
	if r.Maturity.Rank() < 0 {
		return nil, fmt.Errorf("unknown maturity %q; it is one of %v", r.Maturity, Pledges)
	}
	weights := r.Policy.Complete(s.Weights)
	r.Weights = &weights
	r.Today = DayTime(s.Today.Day(s.Calendar, 0))
	if o.Today != nil {
		r.Today = DayTime(s.Calendar.Day(*o.Today))
	}

	dDay, err := resolveOperations(&r, s, o)
	if err != nil {
		return nil, err
	}
	resolveCapabilities(&r, s)
	resolveAreas(&r, s)
	gone, err := resolvePosts(&r, s, dDay, o.Raised)
	if err != nil {
		return nil, err
	}
	expanded := resolveUnits(&r, s, gone)
	resolveCaveats(&r)
	resolvePins(&r, s, dDay, gone, expanded)
	resolveLift(&r, s)
	resolveOrders(&r, s, o)
	return &r, nil
}

// resolveOperations keeps the operations that happen and returns their D-days
// by day number.
func resolveOperations(r, s *Scenario, o Options) (map[string]int, error) {
	known := map[string]bool{}
	for _, op := range s.Operations {
		known[op.ID] = true
	}
	for _, id := range o.Without {
		if !known[id] {
			return nil, fmt.Errorf("unknown operation %q to plan without", id)
		}
	}
	for id := range o.DDay {
		if !known[id] {
			return nil, fmt.Errorf("unknown operation %q to set the D-day of", id)
		}
	}
	dDay := map[string]int{}
	r.Operations = nil
	for _, op := range s.Operations {
		if slices.Contains(o.Without, op.ID) {
			continue
		}
		day := op.DDay.Likely.Day(s.Calendar, 0)
		if date, ok := o.DDay[op.ID]; ok {
			day = s.Calendar.Day(date)
		}
		dDay[op.ID] = day
		op.DDay = DDay{Likely: DayTime(day)}
		phases := make([]Phase, len(op.Phases))
		for i, ph := range op.Phases {
			ph.From = DayTime(ph.From.Day(s.Calendar, day))
			ph.Until = dayOr(ph.Until, s.Calendar, day, s.Calendar.Days)
			phases[i] = ph
		}
		op.Phases = phases
		r.Operations = append(r.Operations, op)
	}
	return dDay, nil
}

func resolveCapabilities(r, s *Scenario) {
	r.Capabilities = slices.Clone(s.Capabilities)
	for i := range r.Capabilities {
		c := &r.Capabilities[i]
		c.OnStation = OnStation{Given: c.OnStation.Factor()}
	}
}

func resolveAreas(r, s *Scenario) {
	r.Areas = slices.Clone(s.Areas)
	parent := map[string]string{}
	for _, a := range s.Areas {
		parent[a.ID] = a.Parent
	}
	for i := range r.Areas {
		a := &r.Areas[i]
		a.Descendants = nil
		for _, b := range s.Areas {
			// The count bounds the walk should parents form a ring.
			for up, n := b.ID, 0; up != "" && n <= len(s.Areas); up, n = parent[up], n+1 {
				if up == a.ID {
					a.Descendants = append(a.Descendants, b.ID)
					break
				}
			}
		}
	}
}

// resolvePosts keeps the posts of operations that happen and returns the IDs of
// the others.
func resolvePosts(r, s *Scenario, dDay map[string]int, raises []Raise) (gone map[string]bool, err error) {
	gone = map[string]bool{}
	type line struct {
		post string
		line int
	}
	steps := map[line][]Raise{}
	posts := s.PostsByID()
	for _, x := range raises {
		if p := posts[x.Post]; p == nil || x.Line < 0 || x.Line >= len(p.Lines) {
			return nil, fmt.Errorf("the scenario has no line %d at post %q to raise", x.Line+1, x.Post)
		}
		if !(x.Add >= 0) {
			return nil, fmt.Errorf("line %d of post %q is raised by %g, which is below 0", x.Line+1, x.Post, x.Add)
		}
		steps[line{x.Post, x.Line}] = append(steps[line{x.Post, x.Line}], x)
	}
	r.Posts = nil
	for _, p := range s.Posts {
		zero, happens := dDay[p.Operation]
		if p.Operation != "" && !happens {
			gone[p.ID] = true
			continue
		}
		if p.Priority == 0 {
			p.Priority = DefaultPriority
		}
		p.Stay = span(p.Stay, DefaultMinStay)
		lines := make([]Line, 0, len(p.Lines))
		for i, l := range p.Lines {
			if l.Target == nil {
				l.Target = &l.Floor
			}
			target := Exactly(l.Target.Likely)
			l.Floor, l.Target = Exactly(l.Floor.Likely), &target
			l.From = dayOr(l.From, s.Calendar, zero, zero)
			l.Until = dayOr(l.Until, s.Calendar, zero, s.Calendar.Days)
			lines = append(lines, raised(l, steps[line{p.ID, i}], s.Calendar)...)
		}
		p.Lines = lines
		r.Posts = append(r.Posts, p)
	}
	return gone, nil
}

// resolveUnits writes every unit of a count by itself and returns their IDs by
// the ID that they were written under.
func resolveUnits(r, s *Scenario, gone map[string]bool) (expanded map[string][]string) {
	expanded = map[string][]string{}
	r.Units = nil
	for _, u := range s.Units {
		resolveUnit(&u, s, gone)
		n := u.Count
		u.Count = 0
		if n == 0 {
			expanded[u.ID] = []string{u.ID}
			r.Units = append(r.Units, u)
			continue
		}
		base := u.ID
		for k := 1; k <= n; k++ {
			u.ID = base + "#" + strconv.Itoa(k)
			expanded[base] = append(expanded[base], u.ID)
			r.Units = append(r.Units, u)
		}
	}
	return expanded
}

func resolveUnit(u *Unit, s *Scenario, gone map[string]bool) {
	provides := make(map[string]Quantity, len(u.Provides))
	for c, q := range u.Provides {
		provides[c] = Exactly(q.Likely)
	}
	u.Provides = provides
	u.Persons, u.Tonnes = Exactly(u.Persons.Likely), Exactly(u.Tonnes.Likely)
	u.Tour = span(u.Tour, 0)
	if lasts := Days(u.Wear.Lasts()); lasts < *u.Tour.Max {
		u.Tour.Max = &lasts
	}
	u.Pledge = first(u.Pledge, Stated)
	windows := make([]Window, len(u.Available))
	for i, w := range u.Available {
		windows[i] = Window{
			From:  dayOr(w.From, s.Calendar, 0, 0),
			Until: dayOr(w.Until, s.Calendar, 0, s.Calendar.Days),
		}
	}
	u.Available = windows
	postures := slices.Clone(u.Postures)
	for i := range postures {
		postures[i].From = dayOr(postures[i].From, s.Calendar, 0, 0)
	}
	u.Postures = postures
	switch {
	case u.At == nil:
	case gone[u.At.Post]:
		u.At = nil
	default:
		u.At = &Station{Post: u.At.Post, Since: dayOr(u.At.Since, s.Calendar, 0, 0)}
	}
	if !u.Ready.IsZero() {
		u.Ready = DayTime(u.Ready.Day(s.Calendar, 0))
	}
	if u.SelfDeploys != nil {
		own := *u.SelfDeploys
		if own.Speed == 0 {
			own.Speed = own.Mode.Speed()
		}
		u.SelfDeploys = &own
	}
}

// resolvePins makes a pin of a counted unit one for each of its units.
func resolvePins(r, s *Scenario, dDay map[string]int, gone map[string]bool, expanded map[string][]string) {
	operation := map[string]string{}
	for _, p := range s.Posts {
		operation[p.ID] = p.Operation
	}
	r.Pins = nil
	for _, pin := range s.Pins {
		if gone[pin.Post] {
			continue
		}
		zero := dDay[operation[pin.Post]]
		pin.From = DayTime(pin.From.Day(s.Calendar, zero))
		pin.Until = DayTime(pin.Until.Day(s.Calendar, zero))
		units, counted := expanded[pin.Unit]
		if !counted {
			units = []string{pin.Unit}
		}
		for _, u := range units {
			pin.Unit = u
			r.Pins = append(r.Pins, pin)
		}
	}
}

func resolveLift(r, s *Scenario) {
	r.Lift = slices.Clone(s.Lift)
	for i := range r.Lift {
		if r.Lift[i].Speed == 0 {
			r.Lift[i].Speed = r.Lift[i].Mode.Speed()
		}
	}
}

// resolveOrders takes the plan in force from the options, else from the
// scenario. An order for a unit or a post that is gone, or for days outside the
// calendar, cannot stay.
func resolveOrders(r, s *Scenario, o Options) {
	orders := s.InForce
	if o.InForce != nil {
		orders = o.InForce
	}
	units, posts := map[string]bool{}, map[string]bool{}
	for i := range r.Units {
		units[r.Units[i].ID] = true
	}
	for i := range r.Posts {
		posts[r.Posts[i].ID] = true
	}
	r.InForce = nil
	at := map[Order]int{} // by all but what has been decided and given
	for _, x := range orders {
		if x.As == "" {
			x.As = ServesAll
		}
		x.Depart, x.Until = DayTime(x.Depart.Day(s.Calendar, 0)), DayTime(x.Until.Day(s.Calendar, 0))
		depart, until := x.Depart.Number(), x.Until.Number()
		x.Given = x.Given && units[x.Unit] && posts[x.Post] && 0 <= depart && depart < until && until <= s.Calendar.Days
		leg := x
		leg.Decided, leg.Given = false, false
		i, twice := at[leg]
		if !twice {
			at[leg] = len(r.InForce)
			r.InForce = append(r.InForce, x)
			continue
		}
		r.InForce[i].Decided = r.InForce[i].Decided || x.Decided
		r.InForce[i].Given = r.InForce[i].Given || x.Given
	}
}

func dayOr(t Time, c Calendar, dDay, otherwise int) Time {
	if t.IsZero() {
		return DayTime(otherwise)
	}
	return DayTime(t.Day(c, dDay))
}

func span(s Span, least Days) Span {
	most := Days(NoLimit)
	return Span{Min: or(s.Min, least), Max: or(s.Max, most)}
}

// first returns the first value that is not empty.
func first[T ~string](values ...T) T {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// Hash is the SHA-256 of the scenario in its JSON form, so that the same facts
// have the same hash in whatever file format they came.
func (s *Scenario) Hash() string {
	b, err := json.Marshal(s)
	if err != nil {
		// Only a value that is no number could do this, and readers refuse those.
		panic(fmt.Errorf("hash of scenario %q: %w", s.Name, err))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
