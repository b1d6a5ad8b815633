package scenario

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Variant chooses one of the plans that a scenario allows. The zero value takes
// everything as the scenario says. A resolved scenario remembers its variant (see
// [Scenario.Variant]), and a plan states it, so that it can be checked by anybody.
type Variant struct {
	DDay     map[string]Date `json:"d_day"`            // operation to its D-day
	Maturity Pledge          `json:"maturity"`         // count only on pledges at or above this
	Without  []string        `json:"without"`          // operations that do not happen
	Lost     []string        `json:"lost,omitempty"`   // contributors that do not come: with their units, pins and minimum posts at home
	Policy   Policy          `json:"policy,omitempty"` // what weighs most
	Today    *Date           `json:"today"`            // no order or decision before this day
	InForce  []Order         `json:"in_force,omitempty"`

	Branch     string             `json:"branch,omitempty"`     // of the scenario, if the outcomes are those that it takes
	Conditions map[string]Outcome `json:"conditions,omitempty"` // what is known or assumed of conditions; the others are open
	Raised     []Raise            `json:"raised,omitempty"`     // what incidents add to lines, by date
}

// over is a variant of a scenario that has been resolved as another one before: what
// the first leaves out is as it was.
func (v Variant) over(before *Variant) Variant {
	if before == nil {
		return v
	}
	days := maps.Clone(before.DDay)
	for op, d := range v.DDay {
		if days == nil {
			days = map[string]Date{}
		}
		days[op] = d
	}
	v.DDay = days
	v.Without, v.Lost = union(before.Without, v.Without), union(before.Lost, v.Lost)
	v.Maturity, v.Policy, v.Branch = cmp.Or(v.Maturity, before.Maturity), cmp.Or(v.Policy, before.Policy), cmp.Or(v.Branch, before.Branch)
	if v.Today == nil {
		v.Today = before.Today
	}
	if v.InForce == nil {
		v.InForce = before.InForce
	}
	if v.Conditions == nil {
		v.Conditions = before.Conditions
	}
	if v.Raised == nil {
		v.Raised = before.Raised
	}
	return v
}

// union is a list and what another adds to it, in order.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	return all
}

// Variant is what a resolved scenario was resolved as, with every choice made: the
// D-day of each operation that happens, policy, maturity, today and the plan in force,
// in dates. Of a scenario as written it is the zero value.
func (s *Scenario) Variant() Variant {
	if s.variant == nil {
		return Variant{}
	}
	v := *s.variant
	v.Policy, v.Maturity = s.Policy, s.Maturity
	today := s.Calendar.Date(s.Today.Number())
	v.Today = &today
	v.DDay = map[string]Date{}
	for _, op := range s.Operations {
		v.DDay[op.ID] = s.Calendar.Date(op.DDay.Likely.Number())
	}
	v.Without = append([]string{}, v.Without...)
	v.InForce = nil
	for _, x := range s.InForce {
		x.Depart, x.Until = DateTime(s.Calendar.Date(x.Depart.Number())), DateTime(s.Calendar.Date(x.Until.Number()))
		if !x.Arrive.IsZero() {
			x.Arrive = DateTime(s.Calendar.Date(x.Arrive.Number()))
		}
		v.InForce = append(v.InForce, x)
	}
	return v
}

// Defaults of fields that a scenario may leave out.
const (
	DefaultPriority = 3
	DefaultMinStay  = 14
	NoLimit         = 36_500 // days: a tour or a stay without a most, a century
)

// Resolve returns a copy of the scenario, as a variant of it, with nothing left to infer: counts
// expanded, areas with all below them, every time a day number, quantities at
// their likely value but for the rate of wear, defaults filled in, on-station factors and weights as
// numbers, operations in Without gone with their posts. A resolved scenario is
// again a scenario, and resolving it changes nothing.
//
// The scenario must be free of problems (see [Check]). Unknown names in the
// options are errors.
func Resolve(s *Scenario, o Variant) (*Scenario, error) {
	variant := o.over(s.variant)
	s, waits, err := conditioned(s, &o)
	if err != nil {
		return nil, err
	}
	r := *s
	r.variant = &variant
	r.Policy = first(o.Policy, s.Policy, HoldTheFlanks)
	if !slices.Contains(Policies, r.Policy) {
		return nil, &UnknownError{Kind: "policy", ID: string(r.Policy), Maybe: Nearest(string(r.Policy), texts(Policies)), Has: texts(Policies)}
	}
	r.Maturity = first(o.Maturity, s.Maturity, Stated)
	if r.Maturity.Rank() < 0 {
		return nil, &UnknownError{Kind: "maturity", ID: string(r.Maturity), Maybe: Nearest(string(r.Maturity), texts(Pledges)), Has: texts(Pledges)}
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
	for i := range r.Operations {
		r.Operations[i].resolveReady(r.Posts, waits)
	}
	expanded := resolveUnits(&r, s, gone)
	resolvePins(&r, s, dDay, gone, expanded)
	if err := resolveLost(&r, o.Lost); err != nil {
		return nil, err
	}
	resolveCaveats(&r)
	resolveMandates(&r, s, dDay)
	resolveLift(&r, s)
	resolveOrders(&r, s, o)
	return &r, nil
}

// resolveOperations keeps the operations that happen and returns their D-days
// by day number.
func resolveOperations(r, s *Scenario, o Variant) (map[string]int, error) {
	var known []string
	for _, op := range s.Operations {
		known = append(known, op.ID)
	}
	unknown := func(id, purpose string) error {
		return &UnknownError{Kind: "operation", ID: id, Purpose: purpose, Maybe: Nearest(id, known)}
	}
	for _, id := range o.Without {
		if !slices.Contains(known, id) {
			return nil, unknown(id, "to plan without")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.DDay)) {
		if !slices.Contains(known, id) {
			return nil, unknown(id, "to set the D-day of")
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
		if op.Warning == nil && !op.DDay.known(s.Calendar) {
			op.Warning = new(Days)
		}
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
	index := map[string]int{}
	for i := range r.Areas {
		r.Areas[i].Descendants = nil
		index[r.Areas[i].ID] = i
	}
	for _, b := range s.Areas {
		i, known := index[b.ID]
		for n := 0; known && n <= deepest; n++ { // no deeper, should parents form a ring
			a := &r.Areas[i]
			a.Descendants = append(a.Descendants, b.ID)
			i, known = index[a.Parent]
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
		if !(x.Add >= 0 && x.Add <= mostAmount) {
			return nil, fmt.Errorf("line %d of post %q is raised by %g, which is not 0 to %s", x.Line+1, x.Post, x.Add, plain(mostAmount))
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

// resolveLost takes contributors away that do not come: their units with the pins of
// these, and their minimum posts at home, which nobody is asked to hold for them.
func resolveLost(r *Scenario, lost []string) error {
	var contributors []string
	for _, c := range r.Contributors {
		contributors = append(contributors, c.ID)
	}
	for _, id := range lost {
		if !slices.Contains(contributors, id) {
			return &UnknownError{Kind: "contributor", ID: id, Purpose: "to leave out", Maybe: Nearest(id, contributors)}
		}
	}
	if len(lost) == 0 {
		return nil
	}
	away := map[string]bool{}
	var units []Unit
	for i := range r.Units {
		if u := &r.Units[i]; slices.Contains(lost, u.Contributor) {
			away[u.ID] = true
		} else {
			units = append(units, *u)
		}
	}
	var posts []Post
	for _, p := range r.Posts {
		if p.HomeOf == "" || !slices.Contains(lost, p.HomeOf) {
			posts = append(posts, p)
		}
	}
	var pins []Pin
	for _, pin := range r.Pins {
		if !away[pin.Unit] {
			pins = append(pins, pin)
		}
	}
	r.Units, r.Posts, r.Pins = units, posts, pins
	return nil
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// UnknownError is a name that the scenario does not have.
type UnknownError struct {
	Kind    string // such as operation
	ID      string
	Purpose string   // what it was named for, such as "to leave out"
	Maybe   string   // the nearest name that there is, if one is near
	Has     []string // the names that there are, where they are few
}

func (e *UnknownError) Error() string {
	text := strings.TrimSpace(fmt.Sprintf("unknown %s %q %s", e.Kind, e.ID, e.Purpose))
	switch {
	case e.Maybe != "":
		text += ". Maybe: " + e.Maybe
	case len(e.Has) > 0:
		text += "; it is one of " + strings.Join(e.Has, ", ")
	}
	return text
}

func resolveLift(r, s *Scenario) {
	r.Lift = slices.Clone(s.Lift)
	for i := range r.Lift {
		if r.Lift[i].Speed == 0 {
			r.Lift[i].Speed = r.Lift[i].Mode.Speed()
		}
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
	return Span{Min: or(s.Min, least), Usual: s.Usual, Max: or(s.Max, most)}
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
