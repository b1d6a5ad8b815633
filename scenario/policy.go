package scenario

// Policy names a set of prices.
type Policy string

// The policies.
const (
	HoldTheFlanks Policy = "hold-the-flanks"
	MissionFirst  Policy = "mission-first"
	Balanced      Policy = "balanced"
)

// Policies lists the policies, the default first.
var Policies = []Policy{HoldTheFlanks, MissionFirst, Balanced}

// Weights are the prices of the objective; nil takes the policy's.
type Weights struct {
	Exposure  *ByKind  `json:"exposure,omitempty" doc:"Price of a day of full exposure."`
	Shortfall *ByKind  `json:"shortfall,omitempty" doc:"Price of a day of full shortfall."`
	Mobilise  *float64 `json:"mobilise,omitempty" doc:"Price of a unit that leaves home; default 1." min:"0" max:"100000"`
	Move      *float64 `json:"move,omitempty" doc:"Price of a leg; default 0.5." min:"0" max:"100000"`
	Tour      *float64 `json:"tour,omitempty" doc:"Price of each tour from home; default 0." min:"0" max:"100000"`
	OnTheWay  *float64 `json:"on_the_way,omitempty" doc:"Price of a day from departure until the unit counts; default 0." min:"0" max:"100000"`
	ShortTour *float64 `json:"short_tour,omitempty" doc:"Price of each day that a tour is shorter than the unit's usual one; default 6." min:"0" max:"100000"`
	ShortStay *float64 `json:"short_stay,omitempty" doc:"Price of each day that a stay is shorter than the post's usual one; default 3." min:"0" max:"100000"`
	IOC       *float64 `json:"ioc,omitempty" doc:"Price of each day that an operation reaches IOC later than its first day for it; default 200." min:"0" max:"100000"`
	FOC       *float64 `json:"foc,omitempty" doc:"Price of each day that an operation reaches FOC later than its first day for it; default 0." min:"0" max:"100000"`
	Share     *float64 `json:"share,omitempty" doc:"Price of a day of a whole operation above the agreed share; default 1." min:"0" max:"100000"`
	Change    *float64 `json:"change,omitempty" doc:"Price of a leg added or dropped against the plan in force; default 4." min:"0" max:"100000"`
}

// ByKind holds one price for standing posts and one for an operation's.
type ByKind struct {
	Standing  *float64 `json:"standing,omitempty" doc:"At standing posts." min:"0" max:"100000"`
	Operation *float64 `json:"operation,omitempty" doc:"At an operation's posts." min:"0" max:"100000"`
}

// PriorityPrice is pi of the objective, by priority 1 to 5.
var PriorityPrice = [6]float64{1: 16, 2: 8, 3: 4, 4: 2, 5: 1}

// exposurePrices are wE by policy; every other default is the same for all.
var exposurePrices = map[Policy]struct{ standing, operation float64 }{
	HoldTheFlanks: {64, 8},
	MissionFirst:  {8, 64},
	Balanced:      {16, 16},
}

// Complete returns the policy's weights with the overrides of w; w may be nil.
func (p Policy) Complete(w *Weights) Weights {
	if w == nil {
		w = &Weights{}
	}
	e := exposurePrices[p]
	return Weights{
		Exposure:  w.Exposure.or(e.standing, e.operation),
		Shortfall: w.Shortfall.or(2, 2),
		Mobilise:  or(w.Mobilise, 1),
		Move:      or(w.Move, 0.5),
		Tour:      or(w.Tour, 0),
		OnTheWay:  or(w.OnTheWay, 0),
		ShortTour: or(w.ShortTour, 6),
		ShortStay: or(w.ShortStay, 3),
		IOC:       or(w.IOC, 200),
		FOC:       or(w.FOC, 0),
		Share:     or(w.Share, 1),
		Change:    or(w.Change, 4),
	}
}

func (k *ByKind) or(standing, operation float64) *ByKind {
	if k == nil {
		k = &ByKind{}
	}
	return &ByKind{Standing: or(k.Standing, standing), Operation: or(k.Operation, operation)}
}

// or copies what p points to, or the default.
func or[T any](p *T, otherwise T) *T {
	if p != nil {
		otherwise = *p
	}
	return &otherwise
}
