package scenario

import "math"

// Pledge is how mature a promise is.
type Pledge string

// Maturities of a pledge, softest first.
const (
	Stated    Pledge = "stated"
	Offered   Pledge = "offered"
	Confirmed Pledge = "confirmed"
	Assigned  Pledge = "assigned"
)

// Pledges lists the maturities, softest first.
var Pledges = []Pledge{Stated, Offered, Confirmed, Assigned}

// Rank orders maturities: 0 for stated up to 3 for assigned, -1 if unknown.
func (p Pledge) Rank() int {
	for i, q := range Pledges {
		if p == q {
			return i
		}
	}
	return -1
}

// Unit is what is sent; indivisible.
type Unit struct {
	ID          string              `json:"id" doc:"Unique name."`
	Name        string              `json:"name,omitempty" doc:"Name for people."`
	Contributor string              `json:"contributor" doc:"Who owns it." ref:"contributor"`
	Count       int                 `json:"count,omitempty" doc:"Write n identical units once; they become id#1 to id#n." min:"1" max:"10000"`
	Provides    map[string]Quantity `json:"provides" doc:"What it provides: capability to quantity." ref:"capability" min:"0" max:"10000000"`
	Persons     Quantity            `json:"persons,omitzero" doc:"Strength in persons." min:"0" max:"10000000"`
	Tonnes      Quantity            `json:"tonnes,omitzero" doc:"Weight to be lifted, in tonnes." min:"0" max:"10000000"`
	Home        string              `json:"home" doc:"Place that it belongs to." ref:"place"`
	Notice      Days                `json:"notice,omitempty" doc:"Notice to move: days from order to ready." min:"0"`
	Redeploy    Days                `json:"redeploy,omitempty" doc:"Days from order to ready for a move straight from another post." min:"0"`
	Tour        Span                `json:"tour,omitzero" doc:"Least, usual and most days away from home."`
	Rest        Days                `json:"rest,omitempty" doc:"Days of rest after a tour." min:"0"`
	Dwell       float64             `json:"dwell,omitempty" doc:"Days of rest for a day of tour, instead of rest." min:"0" max:"1000"`
	Pledge      Pledge              `json:"pledge,omitempty" doc:"How firm the promise is; default stated." enum:"stated,offered,confirmed,assigned"`
	Available   []Window            `json:"available,omitempty" doc:"When it can be away; always by default."`
	Caveats     []Caveat            `json:"caveats,omitempty" doc:"What bars this unit, beside its contributor's caveats."`
	At          *Station            `json:"at,omitempty" doc:"Post that it holds on day 0."`
	Ready       Time                `json:"ready,omitzero" doc:"Until then it still rests at home."`
	SelfDeploys *SelfDeploys        `json:"self_deploys,omitempty" doc:"Moves by its own means."`
	Wear        *Wear               `json:"wear,omitempty" doc:"What a tour takes of its strength; it is whole again after its rest."`
	Postures    []Posture           `json:"postures,omitempty" doc:"Shorter notice that it could be kept at, for a cost."`
	Symbol      string              `json:"symbol,omitempty" doc:"APP-6 symbol identification code (SIDC)."`
	Source      string              `json:"source,omitempty" doc:"Text or URL."`
	Note        string              `json:"note,omitempty" doc:"Remark."`
}

// Wear is what a tour takes of a unit's strength. Plans count a unit whole, and
// keep it away no longer than it counts; what is left of it, and what that
// leaves open, is for package execution to say.
type Wear struct {
	Rate  Quantity `json:"rate" doc:"Percent of its strength that 30 days of a tour take." min:"0"`
	Least float64  `json:"least,omitempty" doc:"Percent of its strength under which it does not count; default 0." min:"0" max:"100"`
}

// WearDays are the days in which a rate of wear is stated.
const WearDays = 30

// Lasts is the most days of a tour on all of which a unit counts, at the likely
// rate; NoLimit if it always does.
func (w *Wear) Lasts() int {
	if w == nil || w.Rate.Likely <= 0 {
		return NoLimit
	}
	return int(min(NoLimit, 1+math.Floor((100-w.Least)/w.Rate.Likely*WearDays+1e-9)))
}

// Posture is a shorter notice that a unit could be kept at. No plan assumes it; a
// range of D-days says whether it is worth its cost (stress --d-day --postures).
type Posture struct {
	Notice Days    `json:"notice" doc:"Days from order to ready, shorter than without." min:"0"`
	From   Time    `json:"from,omitzero" doc:"First day on which it is at that notice; default day 0."`
	Cost   float64 `json:"cost" doc:"Cost a day, in the unit of the plan's cost." min:"0"`
}

// Span is a least and a most number of days, where nil takes the default, and the usual
// number, which each day less than costs.
type Span struct {
	Min   *Days `json:"min,omitempty" doc:"Least days." min:"0"`
	Usual Days  `json:"usual,omitempty" doc:"Usual days; each day less has a price, weights.short_tour or weights.short_stay." min:"0"`
	Max   *Days `json:"max,omitempty" doc:"Most days." min:"1"`
}

// IsZero reports whether nothing is given.
func (s Span) IsZero() bool { return s.Min == nil && s.Max == nil && s.Usual == 0 }

// Limits returns both ends; Resolve fills them, so it panics on a scenario
// that is not resolved.
func (s Span) Limits() (least, most int) { return int(*s.Min), int(*s.Max) }

// Window is a time [From, Until) in which a unit can be away.
type Window struct {
	From  Time `json:"from,omitzero" doc:"First day; default day 0."`
	Until Time `json:"until,omitzero" doc:"First day after; default the horizon's end."`
}

// Station is the post that a unit holds on day 0.
type Station struct {
	Post  string `json:"post" doc:"The post." ref:"post"`
	Since Time   `json:"since,omitzero" doc:"Day on which its tour began; a date, or a day number of 0 or below; default day 0."`
}

// SelfDeploys says that a unit moves by its own means.
type SelfDeploys struct {
	Mode  Mode    `json:"mode" doc:"How it moves." enum:"air,sea,rail,road"`
	Speed float64 `json:"speed,omitempty" doc:"Kilometres a day; default by mode." min:"0" max:"100000"`
}

// Post is a place that must be held.
type Post struct {
	ID            string `json:"id" doc:"Unique name."`
	Name          string `json:"name,omitempty" doc:"Name for people."`
	Place         string `json:"place" doc:"Where it is." ref:"place"`
	Operation     string `json:"operation,omitempty" doc:"Operation that it belongs to; none for a standing post." ref:"operation"`
	Lines         []Line `json:"lines" doc:"What it requires; 'requires' is read as the same."`
	Priority      int    `json:"priority,omitempty" doc:"1 (highest) to 5; default 3." min:"1" max:"5"`
	Handover      Days   `json:"handover,omitempty" doc:"Days of relief in place before an arrival counts." min:"0"`
	RSOM          Days   `json:"rsom,omitempty" doc:"Days of reception, staging and onward movement before the handover." min:"0"`
	Stay          Span   `json:"stay,omitzero" doc:"Least (default 14), usual and most days that a leg counts here."`
	HomeOf        string `json:"home_of,omitempty" doc:"Makes it a minimum at home, covered by this contributor's units that are not away." ref:"contributor"`
	RestingCounts bool   `json:"resting_counts,omitempty" doc:"Units that rest cover a home post too."`
	Symbol        string `json:"symbol,omitempty" doc:"APP-6 symbol identification code (SIDC)."`
	Source        string `json:"source,omitempty" doc:"Text or URL."`
	Note          string `json:"note,omitempty" doc:"Remark."`
}

// Line is one requirement of a post, on [From, Until).
type Line struct {
	Capability string    `json:"capability" doc:"What is required." ref:"capability"`
	Floor      Quantity  `json:"floor,omitzero" doc:"Below it the post is exposed; default 0." min:"0" max:"10000000"`
	Target     *Quantity `json:"target,omitempty" doc:"What is wanted; default the floor." min:"0" max:"10000000"`
	From       Time      `json:"from,omitzero" doc:"First day; default day 0, or D+0 at an operation's post."`
	Until      Time      `json:"until,omitzero" doc:"First day after; default the horizon's end."`
	Single     bool      `json:"single,omitempty" doc:"One leg holds it from its start to its end; no least stay applies."`
	Scales     *Scale    `json:"scales,omitempty" doc:"Grows with reported incidents."`
	Source     string    `json:"source,omitempty" doc:"Text or URL."`
	Note       string    `json:"note,omitempty" doc:"Remark."`
}
