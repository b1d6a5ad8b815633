package orbatmapper

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/formats/movement"
	"github.com/rearguard/rearguard/internal/formats/orbat"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// version is that of the files whose structure Write follows.
const version = "3.3.0"

type file struct {
	ID          string            `json:"id"`
	Type        string            `json:"type"`
	Version     string            `json:"version"`
	Meta        map[string]string `json:"meta"`
	Name        string            `json:"name"`
	StartTime   string            `json:"startTime"`
	TimeZone    string            `json:"timeZone"`
	Description string            `json:"description"`
	Symbology   string            `json:"symbologyStandard"`
	Sides       []side            `json:"sides"`
	Layers      []layer           `json:"layerStack"`
	Events      []event           `json:"events"`
	Equipment   []any             `json:"equipment"`
	Personnel   []any             `json:"personnel"`
	Supplies    []any             `json:"supplyCategories"`
	Settings    settings          `json:"settings"`
	Carried     carriage          `json:"rearguard"`
}

// carriage is what the format has no place for.
type carriage struct {
	Scenario *scenario.Scenario `json:"scenario"`
	Plan     *plan.Plan         `json:"plan,omitempty"`
}

type side struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Identity string  `json:"standardIdentity"`
	Groups   []group `json:"groups"`
}

type group struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	SubUnits []unit `json:"subUnits"`
}

type unit struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	SIDC        string     `json:"sidc"`
	ShortName   string     `json:"shortName,omitempty"`
	Description string     `json:"description,omitempty"`
	Status      string     `json:"status,omitempty"`
	Location    [2]float64 `json:"location"`
	State       []state    `json:"state"`
	SubUnits    []unit     `json:"subUnits"`
}

type state struct {
	ID       string       `json:"id"`
	T        string       `json:"t"`
	Title    string       `json:"title,omitempty"`
	Status   string       `json:"status,omitempty"`
	Location *[2]float64  `json:"location,omitempty"`
	Via      [][2]float64 `json:"via,omitempty"`
}

type layer struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Kind  string    `json:"kind"`
	Items []feature `json:"items"`
}

type feature struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Name     string            `json:"name"`
	Text     string            `json:"description,omitempty"`
	Geometry geometry          `json:"geometry"`
	Meta     map[string]string `json:"geometryMeta"`
	Style    map[string]any    `json:"style"`
}

type geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

type event struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Start string `json:"startTime"`
	Where *where `json:"where,omitempty"`
}

type where struct {
	Type  string   `json:"type"`
	Units []string `json:"units"`
}

type settings struct {
	RangeRings []any          `json:"rangeRingGroups"`
	Statuses   []status       `json:"statuses"`
	Classes    []any          `json:"supplyClasses"`
	Measures   []any          `json:"supplyUoMs"`
	Map        map[string]any `json:"map"`
	Colours    []any          `json:"symbolFillColors"`
	Symbols    []any          `json:"customSymbols"`
}

type status struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// The statuses of a unit over time.
const (
	atHome   = "At home"
	loading  = "Loading"
	moving   = "Moving"
	arrived  = "Arrived"
	onPost   = "On post"
	relieved = "Relieved"
)

var statuses = []status{
	{atHome, "Ready, resting or not called up."}, {loading, "Loading, from the day of departure."}, {moving, "Under way."},
	{arrived, "Unloading, reception and handover: does not count yet."}, {onPost, "Holds its post."}, {relieved, "Its leg at the post is over."},
}

// Write writes a plan of a resolved scenario as one that ORBAT Mapper plays: a
// side, a group for each contributor, states of units for each step of a move,
// events for decisions and orders. The same plan gives the same bytes.
func Write(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	moves, err := movement.List(s, p)
	if err != nil {
		return err
	}
	start := stamp(s.Calendar.Start)
	f := file{
		ID: "rearguard-" + s.Hash()[:12], Type: kind, Version: version, Meta: map[string]string{"createdDate": start, "lastModifiedDate": start},
		Name: s.Name, StartTime: start, TimeZone: "UTC", Description: s.Note, Symbology: "app6d",
		Sides: []side{{ID: "coalition", Name: "Coalition", Identity: "3", Groups: []group{}}}, Layers: []layer{posts(s)}, Events: events(s, moves),
		Equipment: []any{}, Personnel: []any{}, Supplies: []any{},
		Settings: settings{
			RangeRings: []any{}, Statuses: statuses, Classes: []any{}, Measures: []any{}, Map: map[string]any{"baseMapId": "osm"},
			Colours: []any{}, Symbols: []any{},
		},
		Carried: carriage{s, p},
	}
	states := timeline(s, p, moves)
	for i := range s.Contributors {
		c := &s.Contributors[i]
		g := group{ID: c.ID, Name: cmp.Or(c.Name, c.ID), SubUnits: []unit{}}
		for j := range s.Units {
			if u := &s.Units[j]; u.Contributor == c.ID {
				g.SubUnits = append(g.SubUnits, play(s, u, states[u.ID]))
			}
		}
		f.Sides[0].Groups = append(f.Sides[0].Groups, g)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write %q for ORBAT Mapper: %w", s.Name, err)
	}
	return nil
}

func stamp(d scenario.Date) string { return d.Time().Format(time.RFC3339) }

// label names a unit for people.
func label(u *scenario.Unit) string {
	if _, number, counted := strings.Cut(u.ID, "#"); counted && u.Name != "" {
		return u.Name + " #" + number
	}
	return cmp.Or(u.Name, u.ID)
}

// bare are symbols without a function, by domain: what a unit gets whose own
// symbol ORBAT Mapper cannot draw.
var bare = map[string]string{"land": "10031000000000000000", "air": "10030100000000000000", "sea": "10033000000000000000", "support": "10031000001600000000"}

// sidc is the symbol of a unit in 20 digits.
func sidc(s *scenario.Scenario, u *scenario.Unit) string {
	if _, err := orbat.Read(u.Symbol); err == nil && len(u.Symbol) != 15 {
		return u.Symbol
	}
	for _, c := range s.Capabilities {
		if _, ok := u.Provides[c.ID]; ok {
			return bare[c.Domain]
		}
	}
	return bare["land"]
}

// play is a unit with its states; on day 0 it is where it holds a post, or home.
func play(s *scenario.Scenario, u *scenario.Unit, states []state) unit {
	out := unit{ID: u.ID, Name: label(u), SIDC: sidc(s, u), Description: u.Note, Status: atHome, Location: point(place(s, u.Home)), State: states, SubUnits: []unit{}}
	if u.At != nil {
		out.Status = onPost
		for i := range s.Posts {
			if s.Posts[i].ID == u.At.Post {
				out.Location = point(place(s, s.Posts[i].Place))
			}
		}
	}
	if out.State == nil {
		out.State = []state{}
	}
	return out
}

func place(s *scenario.Scenario, id string) *scenario.Place {
	i := slices.IndexFunc(s.Places, func(p scenario.Place) bool { return p.ID == id })
	return &s.Places[i]
}

func point(p *scenario.Place) [2]float64 { return [2]float64{p.Lon, p.Lat} }

// timeline is the states of each unit, in order of time, one for each moment.
func timeline(s *scenario.Scenario, p *plan.Plan, moves []movement.Move) map[string][]state {
	all := map[string][]state{}
	for i := range moves {
		m := &moves[i]
		all[m.Unit.ID] = append(all[m.Unit.ID], steps(m)...)
	}
	end := s.Calendar.Date(s.Calendar.Days)
	for _, t := range p.Tours {
		for _, l := range t.Legs {
			if l.Until < end || l.OnDayZero() {
				all[t.Unit] = append(all[t.Unit], state{T: stamp(l.Until), Status: relieved, Title: "Leaves " + l.Post})
			}
		}
	}
	for id, list := range all {
		all[id] = merged(id, list)
	}
	return all
}

// steps are the moments of a move at which something changes.
func steps(m *movement.Move) []state {
	from, to := point(m.From), point(m.To)
	goal := "home"
	if m.Post != nil {
		goal = cmp.Or(m.Post.Name, m.Post.ID)
	}
	list := []state{{T: stamp(m.Depart), Status: loading, Title: "Departs for " + goal, Location: &from}}
	var via [][2]float64
	line := m.Line()
	for _, p := range line[1 : len(line)-1] {
		via = append(via, [2]float64{p.Lon, p.Lat})
	}
	list = append(list, state{T: stamp(m.Sail), Status: moving, Location: &from}, state{T: stamp(m.Land), Status: arrived, Location: &to, Via: via})
	if m.Post == nil {
		return append(list, state{T: stamp(m.Arrive), Status: atHome, Title: "Home"})
	}
	return append(list, state{T: stamp(m.Arrive), Status: arrived, Title: "Arrives at " + goal}, state{T: stamp(m.Leg.Effective), Status: onPost, Title: "Holds " + goal})
}

// rank orders what happens on one day: a leg ends before the next move begins.
func rank(s state) int {
	return slices.Index([]string{relieved, loading, moving, arrived, atHome, onPost}, s.Status)
}

// merged sorts states by time and joins those of one moment, numbered by unit.
func merged(unit string, list []state) []state {
	slices.SortStableFunc(list, func(a, b state) int { return cmp.Or(strings.Compare(a.T, b.T), cmp.Compare(rank(a), rank(b))) })
	var out []state
	for _, s := range list {
		n := len(out) - 1
		if n < 0 || out[n].T != s.T {
			s.ID = fmt.Sprintf("%s-%d", unit, len(out)+1)
			out = append(out, s)
			continue
		}
		out[n].Status = s.Status
		if s.Title != "" {
			out[n].Title = strings.TrimPrefix(out[n].Title+"; "+s.Title, "; ")
		}
		if s.Location != nil {
			out[n].Location = s.Location
		}
		if s.Via != nil {
			out[n].Via = s.Via
		}
	}
	return out
}

// posts is a layer with a point for each post.
func posts(s *scenario.Scenario) layer {
	l := layer{ID: "posts", Name: "Posts", Kind: "overlay", Items: []feature{}}
	for i := range s.Posts {
		p := &s.Posts[i]
		text := "Standing post"
		if p.Operation != "" {
			text = "Post of operation " + p.Operation
		}
		l.Items = append(l.Items, feature{
			ID: "post-" + p.ID, Kind: "geometry", Name: cmp.Or(p.Name, p.ID), Text: fmt.Sprintf("%s, priority %d", text, p.Priority),
			Geometry: geometry{"Point", point(place(s, p.Place))}, Meta: map[string]string{"geometryKind": "Point"},
			Style: map[string]any{"marker-color": "#3465a4", "marker-symbol": "star", "marker-size": "small", "showLabel": true},
		})
	}
	return l
}

// events are D-days, decisions and orders, in order of time.
func events(s *scenario.Scenario, moves []movement.Move) []event {
	list := []event{}
	add := func(on scenario.Date, title string, units ...string) {
		e := event{ID: fmt.Sprintf("event-%d", len(list)+1), Title: title, Start: stamp(on)}
		if units != nil {
			e.Where = &where{"units", units}
		}
		list = append(list, e)
	}
	for i := range s.Operations {
		op := &s.Operations[i]
		add(s.Calendar.Date(op.DDay.Likely.Number()), "D-day: "+cmp.Or(op.Name, op.ID))
	}
	for i := range moves {
		m := &moves[i]
		if m.Leg == nil || m.Leg.DecideBy == nil || m.Leg.OrderBy == nil {
			continue
		}
		what := label(m.Unit) + " to " + cmp.Or(m.Post.Name, m.Post.ID)
		add(*m.Leg.DecideBy, fmt.Sprintf("Decide by today: %s sends %s", cmp.Or(m.Contributor.Name, m.Contributor.ID), what), m.Unit.ID)
		add(*m.Leg.OrderBy, "Order by today: "+what, m.Unit.ID)
	}
	slices.SortStableFunc(list, func(a, b event) int { return strings.Compare(a.Start, b.Start) })
	return list
}
