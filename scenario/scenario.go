// Package scenario is the domain of Rearguard: who could be sent, what they
// hold today, what is asked of them, and by what lift they move.
//
// It says what, never how. Its types are what a scenario file holds; [Check]
// says whether they make sense, and [Resolve] turns them into a [Scenario] with
// nothing left to infer. The words are the field's (docs/model.md); the
// mathematics is in docs/model.md under the rules' IDs.
//
// Struct tags carry the one description of the file formats: `json` names the
// key, `doc` explains it, `enum` lists the values that it may take. Readers,
// writers, the JSON Schema and the CSV columns all derive from them.
package scenario

// Scenario is one planning problem. The same type serves as the author wrote
// it (dates, D+n, ranges, counts) and resolved (see [Resolve]).
type Scenario struct {
	Name         string        `json:"name" doc:"Name of the scenario."`
	Source       string        `json:"source,omitempty" doc:"Where the facts come from: text or URL."`
	Note         string        `json:"note,omitempty" doc:"Anything a reader should know."`
	Calendar     Calendar      `json:"calendar" doc:"The days that are planned."`
	Policy       Policy        `json:"policy,omitempty" doc:"What weighs most; default hold-the-flanks." enum:"hold-the-flanks,mission-first,balanced"`
	Maturity     Pledge        `json:"maturity,omitempty" doc:"Count only on pledges at or above this maturity; default stated." enum:"stated,offered,confirmed,assigned"`
	Today        Time          `json:"today,omitzero" doc:"No order or decision can be dated before this day; default day 0."`
	Weights      *Weights      `json:"weights,omitempty" doc:"Overrides of the policy's prices."`
	Capabilities []Capability  `json:"capabilities" doc:"What can be required and provided."`
	Areas        []Area        `json:"areas" doc:"Flanks and regions that exposure is reported by."`
	Places       []Place       `json:"places" doc:"Points on the map."`
	Contributors []Contributor `json:"contributors" doc:"Who owns units."`
	Units        []Unit        `json:"units" doc:"What is sent; indivisible."`
	Posts        []Post        `json:"posts" doc:"Places that must be held, standing or of an operation."`
	Operations   []Operation   `json:"operations,omitempty" doc:"Sets of posts that start on a D-day."`
	Lift         []Pool        `json:"lift,omitempty" doc:"Pools of shared transport."`
	Routes       []Route       `json:"routes,omitempty" doc:"Travel times that override the computed ones."`
	Pins         []Pin         `json:"pins,omitempty" doc:"What must, or must not, be."`
	InForce      []Order       `json:"in_force,omitempty" doc:"Legs of the plan in force: each that a new plan adds or drops has a price, and those of given orders stay."`
	Conditions   []Condition   `json:"conditions,omitempty" doc:"What in the world operations, phases and caveats hang on."`
	Branches     []Branch      `json:"branches,omitempty" doc:"Sets of outcomes of conditions to plan for."`
	Evidence     *Evidence     `json:"evidence,omitempty" doc:"How reports are weighed."`

	variant *Variant // what it was resolved as; nil of a scenario as written
}

// Calendar is the horizon: days 0 .. Days-1, day 0 being Start.
type Calendar struct {
	Start Date `json:"start" doc:"Date of day 0."`
	Days  int  `json:"days" doc:"Number of days planned." min:"1"`
}

// Day returns the day number of a date, which may lie outside the horizon.
func (c Calendar) Day(d Date) int { return int(d - c.Start) }

// Inside returns the days of a resolved time [from, until) that lie in the horizon:
// 0 <= first <= last <= Days, with first = last where none does.
func (c Calendar) Inside(from, until Time) (first, last int) {
	first = min(max(from.Number(), 0), c.Days)
	return first, min(max(until.Number(), first), c.Days)
}

// Date returns the date of a day number.
func (c Calendar) Date(day int) Date { return c.Start + Date(day) }

// Capability is something that can be required.
type Capability struct {
	ID     string `json:"id" doc:"Unique name."`
	Name   string `json:"name,omitempty" doc:"Name for people."`
	Domain string `json:"domain" doc:"Domain of the capability." enum:"land,air,sea,support"`
	Unit   string `json:"unit,omitempty" doc:"What one of it is called, such as company or aircraft."`
	// Substitutes maps another capability to the factor at which it stands in
	// for this one; substitution never chains.
	Substitutes map[string]float64 `json:"substitutes,omitempty" doc:"Other capabilities that can stand in for this one, each with its factor." ref:"capability" min:"0" max:"1000000"`
	OnStation   OnStation          `json:"on_station,omitzero" doc:"How many must be deployed to keep one on station: a factor, or its parts in hours; default 1."`
	Source      string             `json:"source,omitempty" doc:"Text or URL."`
	Note        string             `json:"note,omitempty" doc:"Remark."`
}

// Area is a flank or region.
type Area struct {
	ID     string `json:"id" doc:"Unique name."`
	Name   string `json:"name,omitempty" doc:"Name for people."`
	Parent string `json:"parent,omitempty" doc:"Area that this one is part of." ref:"area"`
	// Descendants is filled by Resolve: the area itself and all areas below it.
	Descendants []string `json:"descendants,omitempty" doc:"The area and all below it; computed, ignored on input." ref:"area"`
	Source      string   `json:"source,omitempty" doc:"Text or URL."`
	Note        string   `json:"note,omitempty" doc:"Remark."`
}

// Place is a point.
type Place struct {
	ID         string      `json:"id" doc:"Unique name."`
	Name       string      `json:"name,omitempty" doc:"Name for people."`
	Lat        float64     `json:"lat" doc:"Latitude in degrees, north positive." min:"-90" max:"90"`
	Lon        float64     `json:"lon" doc:"Longitude in degrees, east positive." min:"-180" max:"180"`
	Area       string      `json:"area,omitempty" doc:"Area that the place lies in." ref:"area"`
	Host       string      `json:"host,omitempty" doc:"Country that the place lies in; an ISO 3166-1 alpha-3 code for a state."`
	Throughput *Throughput `json:"throughput,omitempty" doc:"What can be received a day; unlimited by default."`
	Ports      []Mode      `json:"ports,omitempty" doc:"Modes that it has a port for: a harbour, an airport, a railhead. They bind no plan; check warns of what they do not fit." enum:"sea,air,rail"`
	Source     string      `json:"source,omitempty" doc:"Text or URL."`
	Note       string      `json:"note,omitempty" doc:"Remark."`
}

// Throughput is what a place can receive in a day; nil is no limit.
type Throughput struct {
	Tonnes  *float64 `json:"tonnes,omitempty" doc:"Tonnes a day; unlimited by default." min:"0"`
	Persons *float64 `json:"persons,omitempty" doc:"Persons a day; unlimited by default." min:"0"`
}

// Contributor owns units.
type Contributor struct {
	ID            string    `json:"id" doc:"Unique name; ISO 3166-1 alpha-3 for a state."`
	Name          string    `json:"name,omitempty" doc:"Name for people."`
	Approval      Days      `json:"approval,omitempty" doc:"Days from asking to a mandate, for posts of an operation." min:"0"`
	ApprovesAhead bool      `json:"approves_ahead,omitempty" doc:"Decides before D-day is known; only the order waits for the warning."`
	MaxDeployed   *int      `json:"max_deployed,omitempty" doc:"Most persons away from home at one time; unlimited by default." min:"0"`
	Share         *float64  `json:"share,omitempty" doc:"Agreed part of the burden of an operation, 0 to 1." min:"0" max:"1"`
	Caveats       []Caveat  `json:"caveats,omitempty" doc:"What the owner bars, for all its units."`
	Mandates      []Mandate `json:"mandates,omitempty" doc:"What it has decided once for an operation, with a ceiling and an end: legs under a mandate need no approval of their own."`
	Release       Release   `json:"release,omitempty" doc:"What other contributors and viewers see of its units, on a server for a team; everything by default." enum:"everything,capability,nothing"`
	Source        string    `json:"source,omitempty" doc:"Text or URL."`
	Note          string    `json:"note,omitempty" doc:"Remark."`
}

// Release is what a contributor lets others see of its units.
type Release string

// The releases.
const (
	Everything   Release = "everything"
	ByCapability Release = "capability" // what they can do, where they stand and when; not who they are, where they live, by when they must be told
	Nothing      Release = "nothing"
)

// Caveat bars legs. Its fields are joined by and, values in a field by or,
// caveats by or. An empty field does not restrict.
type Caveat struct {
	Operation  []string `json:"operation,omitempty" doc:"Bars posts of these operations." ref:"operation"`
	Post       []string `json:"post,omitempty" doc:"Bars these posts." ref:"post"`
	Area       []string `json:"area,omitempty" doc:"Bars posts in these areas and those below them." ref:"area"`
	Host       []string `json:"host,omitempty" doc:"Bars posts on the territory of these countries."`
	Domain     []string `json:"domain,omitempty" doc:"Bars service in a capability of these domains." enum:"land,air,sea,support"`
	Phase      []string `json:"phase,omitempty" doc:"Bars these phases of the operation that the post belongs to."`
	Capability []string `json:"capability,omitempty" doc:"Bars service as these capabilities." ref:"capability"`
	Until      string   `json:"until,omitempty" doc:"Condition that ends it; at standing posts it lasts, unless the condition is met by day 0." ref:"condition"`
	Source     string   `json:"source,omitempty" doc:"Text or URL."`
	Note       string   `json:"note,omitempty" doc:"Remark."`
}

// Operation is a set of posts that starts on D-day. The posts name it in their
// field Operation; a file may also nest them here.
type Operation struct {
	ID          string  `json:"id" doc:"Unique name."`
	Name        string  `json:"name,omitempty" doc:"Name for people."`
	DDay        DDay    `json:"d_day" doc:"The day it starts: a date, or {earliest, likely, latest}."`
	Warning     *Days   `json:"warning,omitempty" doc:"Days before D-day from which orders for it can be given; default 0 where D-day is a range or hangs on a condition, and from day 0 on where it is known." min:"0"`
	Size        int     `json:"size,omitempty" doc:"Persons in all; what shares are parts of." min:"0" max:"1000000000"`
	Phases      []Phase `json:"phases,omitempty" doc:"Named parts of its time."`
	Ready       Ready   `json:"ready,omitzero" doc:"What must hold, and for how long, for IOC and FOC."`
	StartsWhen  string  `json:"starts_when,omitempty" doc:"Condition that starts it: once it is met, D-day is that day; if it fails, the operation does not happen." ref:"condition"`
	StartsAfter Days    `json:"starts_after,omitempty" doc:"Days from the condition to D-day." min:"0"`
	Source      string  `json:"source,omitempty" doc:"Text or URL."`
	Note        string  `json:"note,omitempty" doc:"Remark."`
}

// Warned is, in a resolved scenario, the first day on which an order for the operation can
// be given; false if its D-day has been known from the beginning, so that no day binds.
func (op *Operation) Warned() (day int, binds bool) {
	if op.Warning == nil {
		return 0, false
	}
	return op.DDay.Likely.Number() - int(*op.Warning), true
}

// Phase is a named part of an operation's time.
type Phase struct {
	ID         string `json:"id" doc:"Name, unique in the operation."`
	From       Time   `json:"from" doc:"First day, such as D+30."`
	Until      Time   `json:"until,omitzero" doc:"First day after it; default the horizon's end."`
	StartsWhen string `json:"starts_when,omitempty" doc:"Condition that starts it: once it is met, that day is its first; if it fails, the phase never comes." ref:"condition"`
}

// Pool is shared transport.
type Pool struct {
	ID      string   `json:"id" doc:"Unique name."`
	Name    string   `json:"name,omitempty" doc:"Name for people."`
	Mode    Mode     `json:"mode" doc:"How it moves." enum:"air,sea,rail,road"`
	Tonnes  *float64 `json:"tonnes,omitempty" doc:"Tonnes that it can load a day; unlimited by default." min:"0"`
	Persons *float64 `json:"persons,omitempty" doc:"Persons that it can load a day; unlimited by default." min:"0"`
	From    []string `json:"from" doc:"Areas that it serves at one end, with those below them." ref:"area"`
	To      []string `json:"to" doc:"Areas that it serves at the other end, with those below them." ref:"area"`
	OneWay  bool     `json:"one_way,omitempty" doc:"Serves only from the first list to the second."`
	Speed   float64  `json:"speed,omitempty" doc:"Kilometres a day; default by mode." min:"0" max:"100000"`
	Load    Days     `json:"load,omitempty" doc:"Least days of loading." min:"0"`
	Source  string   `json:"source,omitempty" doc:"Text or URL."`
	Note    string   `json:"note,omitempty" doc:"Remark."`
}

// Mode is a means of movement.
type Mode string

// The modes of movement.
const (
	Air  Mode = "air"
	Sea  Mode = "sea"
	Rail Mode = "rail"
	Road Mode = "road"
)

// Speed returns the kilometres a day that a pool or unit of this mode makes
// where the scenario gives no figure. Air and sea follow the cruise speeds of
// the Cougaar logistics tables (1998), C-17 at 420 kn for two sorties of five
// hours and a fast sealift ship's 16 kn day and night, rounded; rail and road
// are common planning figures for military movement in Europe.
func (m Mode) Speed() float64 {
	switch m {
	case Air:
		return 7500
	case Sea:
		return 700
	case Rail:
		return 500
	default:
		return 400
	}
}

// Route is a travel time that overrides the computed one.
type Route struct {
	From   string `json:"from" doc:"Place at one end." ref:"place"`
	To     string `json:"to" doc:"Place at the other end." ref:"place"`
	Mode   Mode   `json:"mode" doc:"Mode that it holds for." enum:"air,sea,rail,road"`
	Days   Days   `json:"days" doc:"Days of travel." min:"0"`
	OneWay bool   `json:"one_way,omitempty" doc:"Holds only in this direction."`
	Source string `json:"source,omitempty" doc:"Text or URL."`
	Note   string `json:"note,omitempty" doc:"Remark."`
}

// Pin says that a unit counts at a post on each of some days, or on none.
type Pin struct {
	Unit   string `json:"unit" doc:"The unit." ref:"unit"`
	Post   string `json:"post" doc:"The post." ref:"post"`
	From   Time   `json:"from" doc:"First day."`
	Until  Time   `json:"until" doc:"First day after."`
	Forbid bool   `json:"forbid,omitempty" doc:"The unit must count there on none of these days."`
	Source string `json:"source,omitempty" doc:"Text or URL."`
	Note   string `json:"note,omitempty" doc:"Remark."`
}
