package report

import (
	"cmp"
	"fmt"
	"math"

	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
	"github.com/rearguard/rearguard/web"
)

// DocumentFormat is the version of the JSON form of a Document.
const DocumentFormat = 1

// Document is a plan as the web page shows it: every table and picture can be
// drawn from it with no further rule. Days are numbers, 0 being Start; records
// name each other by index. web/src/data.ts holds the same types.
type Document struct {
	Format       int              `json:"rearguard_report"`
	Scenario     string           `json:"scenario"`
	Note         string           `json:"note"`
	Policy       scenario.Policy  `json:"policy"`
	Maturity     scenario.Pledge  `json:"maturity"`
	Start        scenario.Date    `json:"start"`
	Days         int              `json:"days"`
	Today        int              `json:"today"`
	Verdict      Verdict          `json:"verdict"`
	Proof        Proof            `json:"proof"`
	Exposure     Exposure         `json:"exposure"`
	Sentences    []string         `json:"sentences"`
	Operations   []OperationEntry `json:"operations"`
	Capabilities []CapabilityName `json:"capabilities"`
	Areas        []AreaEntry      `json:"areas"` // children after their parents
	Places       []PlaceEntry     `json:"places"`
	Contributors []BurdenEntry    `json:"contributors"`
	Posts        []PostEntry      `json:"posts"`
	Units        []UnitEntry      `json:"units"`
	Tours        []TourEntry      `json:"tours"`
	Cascades     []CascadeEntry   `json:"cascades"`
	Gaps         []GapEntry       `json:"gaps"` // most exposure-days first
	Shape        []ShapeRow       `json:"shape"`
	Answers      []planner.Answer `json:"answers"`   // for the caller to fill
	Situation    *SituationEntry  `json:"situation"` // the same; nil where nobody asked
	Actual       *ActualEntry     `json:"actual"`    // the same
	Approval     *Approval        `json:"approval"`  // the same; nil where nobody has approved the plan
}

// Verdict is what the checker said; for the caller to fill.
type Verdict struct {
	Verified bool     `json:"verified"`
	Broken   []string `json:"broken"`  // rules broken and numbers false, for people
	Another  string   `json:"another"` // not empty: the plan was made for another version of the scenario
}

// Approval is who approved the plan, and on which day.
type Approval struct {
	Name string `json:"name"`
	Day  string `json:"day" format:"date"`
}

// Proof says how good the plan is and how it was found.
type Proof struct {
	Objective  float64   `json:"objective"`
	Bound      float64   `json:"bound"`
	Gap        float64   `json:"gap"`
	GapOfCover float64   `json:"gap_of_cover"`
	Optimal    bool      `json:"optimal"`
	Stop       plan.Stop `json:"stop"`
	Seed       uint64    `json:"seed"`
	Iterations int       `json:"iterations"`
	Hash       string    `json:"scenario_sha256"`
	Text       string    `json:"text"`
	Withheld   bool      `json:"withheld"` // for the caller to fill: what was proven is not for the reader
}

// Exposure sums the days on which floors do not hold, in exposure-days.
type Exposure struct {
	Standing   float64  `json:"standing"`
	Operations float64  `json:"operations"`
	New        *float64 `json:"new"` // because of the operations; nil if unknown
	WorstDay   int      `json:"worst_day"`
	Worst      float64  `json:"worst"`
	Moves      int      `json:"moves"`
	Backfills  int      `json:"backfills"`
	UnitsUsed  int      `json:"units_used"`
}

// OperationEntry is one operation; IOC and FOC are nil if never reached.
type OperationEntry struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	DDay     int     `json:"d_day"`
	IOC      *int    `json:"ioc"`
	FOC      *int    `json:"foc"`
	Exposure float64 `json:"exposure"`
}

// CapabilityName names a capability and what one of it is called.
type CapabilityName struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Unit   string `json:"unit"`
	Domain string `json:"domain"`
}

// AreaEntry is an area in which something is to be held.
type AreaEntry struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Depth    int          `json:"depth"`
	Exposure float64      `json:"exposure"`
	Demand   float64      `json:"demand"`
	Worst    int          `json:"worst"`
	Daily    [][2]float64 `json:"daily"` // runs of exposure: first day, value
}

// PlaceEntry is a point on the map.
type PlaceEntry struct {
	Name string  `json:"name"`
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
}

// BurdenEntry is a contributor and what it carries.
type BurdenEntry struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Units     int      `json:"units"`
	Peak      int      `json:"peak"`      // most persons away on one day
	Operation float64  `json:"operation"` // its part of the person-days on operations
	Share     *float64 `json:"share"`     // agreed; nil if none
}

// PostEntry is a post and its cover.
type PostEntry struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Place     int         `json:"place"`
	Area      int         `json:"area"`      // into areas; -1 where nothing is to be held
	Operation int         `json:"operation"` // -1 for a standing post
	Home      bool        `json:"home"`      // a minimum at home
	Priority  int         `json:"priority"`
	Symbol    string      `json:"symbol"`
	Exposure  float64     `json:"exposure"`
	Lines     []LineEntry `json:"lines"`
}

// LineEntry is one requirement of a post, on [From, Until).
type LineEntry struct {
	Capability int          `json:"capability"`
	Floor      float64      `json:"floor"`
	Target     float64      `json:"target"`
	From       int          `json:"from"`
	Until      int          `json:"until"`
	Cover      [][2]float64 `json:"cover"` // runs: first day, value
}

// UnitEntry is a unit that a tour names.
type UnitEntry struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Contributor int             `json:"contributor"`
	Home        int             `json:"home"` // place
	Persons     int             `json:"persons"`
	Pledge      scenario.Pledge `json:"pledge"`
	Symbol      string          `json:"symbol"`
	Capability  int             `json:"capability"` // what it provides most of; -1 if nothing
}

// TourEntry is one absence of a unit from home, and the day on which it has
// rested from it.
type TourEntry struct {
	Unit   int        `json:"unit"`
	Home   int        `json:"home"`
	Rested int        `json:"rested"`
	Legs   []LegEntry `json:"legs"`
}

// LegEntry is one stay at one post. Lift is empty on day 0; then there are no
// orders either.
type LegEntry struct {
	Post      int       `json:"post"`
	Lift      string    `json:"lift"`
	Decide    int       `json:"decide"`
	Order     int       `json:"order"`
	Depart    int       `json:"depart"`
	Arrive    int       `json:"arrive"`
	Effective int       `json:"effective"`
	Until     int       `json:"until"`
	Gives     []float64 `json:"gives"` // to each line of the post
}

// CascadeEntry is a unit that left a standing post and what that set in motion.
type CascadeEntry struct {
	Unit  int         `json:"unit"`
	Post  int         `json:"post"`
	To    int         `json:"to"`
	On    int         `json:"on"`
	Steps []StepEntry `json:"steps"`
}

// StepEntry is one unit that takes a post; depth counts the posts given up for
// it in turn.
type StepEntry struct {
	Depth     int `json:"depth"`
	Unit      int `json:"unit"`
	Left      int `json:"left"` // unit that it relieves
	Post      int `json:"post"`
	From      int `json:"from"` // post, or -1 for home
	Order     int `json:"order"`
	Effective int `json:"effective"`
	Late      int `json:"late"`
}

// GapEntry is a time below a floor, and on its worst day where the units are
// that could hold it.
type GapEntry struct {
	Post     int     `json:"post"`
	Line     int     `json:"line"`
	From     int     `json:"from"`
	Until    int     `json:"until"`
	Exposure float64 `json:"exposure"`
	Worst    float64 `json:"worst"`
	On       int     `json:"on"` // the worst day
	Able     Able    `json:"able"`
}

// Able counts the units that provide what a gap lacks by where they are. Those
// at home are barred, not ready in time, or worth more unsent.
type Able struct {
	Here    int `json:"here"`
	Posted  int `json:"posted"` // at other posts
	Moving  int `json:"moving"`
	Resting int `json:"resting"`
	Home    int `json:"home"`
}

// NewDocument makes the document of a plan that keeps the rule `form`; one
// without metrics is an error.
func NewDocument(s *scenario.Scenario, p *plan.Plan) (*Document, error) {
	b, err := New(s, p)
	if err != nil {
		return nil, err
	}
	e, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	w := newWriter(s, e)
	m := p.Metrics
	d := &Document{
		Format: DocumentFormat, Scenario: s.Name, Note: s.Note, Policy: s.Policy, Maturity: cmp.Or(p.Options.Maturity, scenario.Stated),
		Start: s.Calendar.Start, Days: s.Calendar.Days, Today: s.Today.Number(),
		Exposure: Exposure{
			Standing: round(m.ExposureDays.Standing), Operations: round(m.ExposureDays.Operations), New: m.NewExposure,
			WorstDay: s.Calendar.Day(m.WorstDay.Date), Worst: round(m.WorstDay.Exposure), Moves: m.Moves, Backfills: m.Backfills, UnitsUsed: m.UnitsUsed,
		},
		Proof: Proof{
			Objective: m.Objective, Bound: m.Bound, Gap: m.Gap, GapOfCover: m.GapOfCover, Optimal: optimal(m),
			Stop: m.Stop, Seed: m.Seed, Iterations: m.Iterations, Hash: p.ScenarioSHA256, Text: b.Cost(),
		},
		Verdict: Verdict{Broken: []string{}}, Sentences: orEmpty(b.Sentences),
		Operations: w.operations(m), Capabilities: w.capabilities(), Areas: w.areas(b), Places: w.places(), Contributors: w.contributors(b),
		Posts: w.posts(), Units: w.units(), Tours: w.tours(), Cascades: w.cascades(), Gaps: w.gaps(), Shape: ShapeOf(e), Answers: []planner.Answer{},
	}
	return d, nil
}

// Checked is the document of a plan with what the checker says of it, by whose numbers
// it goes.
func Checked(s *scenario.Scenario, p *plan.Plan, checked *verify.Report) (*Document, error) {
	shown := *p
	shown.Metrics = checked.Metrics
	d, err := NewDocument(s, &shown)
	if err != nil {
		return nil, fmt.Errorf("show the plan: %w", err)
	}
	d.Verdict.Verified = checked.OK()
	for _, b := range checked.Breaches {
		d.Verdict.Broken = append(d.Verdict.Broken, b.String())
	}
	for _, x := range checked.Differences {
		d.Verdict.Broken = append(d.Verdict.Broken, x.String())
	}
	return d, nil
}

// HTML is the document as one self-contained file, with the map around the scenario's
// places.
func (d *Document) HTML(s *scenario.Scenario) ([]byte, error) {
	page := web.Report{Title: s.Name + ": plan", Document: d, Theatre: Theatre(s)}
	return page.HTML()
}

// OnePage is what a decision maker reads of the document, as HTML is the whole.
func (d *Document) OnePage(s *scenario.Scenario) ([]byte, error) {
	page := web.Report{Title: s.Name, Document: d, Theatre: Theatre(s), Brief: true}
	return page.HTML()
}

// Theatre are the points that the map of a scenario shows the outlines around.
func Theatre(s *scenario.Scenario) []web.Point {
	var points []web.Point
	for _, p := range s.Places {
		points = append(points, web.Point{Lat: p.Lat, Lon: p.Lon})
	}
	return points
}

// orEmpty is a list that JSON shows as [] rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// round keeps four decimals: enough for people, and short.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// runs is the run-length code of values by day on [from, until): the first day
// of each run and its value.
func runs(daily []float64, from, until int) [][2]float64 {
	list := [][2]float64{}
	for d := from; d < until; d++ {
		if x := round(daily[d]); d == from || x != list[len(list)-1][1] {
			list = append(list, [2]float64{float64(d), x})
		}
	}
	return list
}

// index maps the ID of each record to its place in a list.
func index[T any](list []T, id func(*T) string) map[string]int {
	at := make(map[string]int, len(list))
	for i := range list {
		at[id(&list[i])] = i
	}
	return at
}

// orNone is the index of an ID, or -1.
func orNone(at map[string]int, id string) int {
	if i, ok := at[id]; ok {
		return i
	}
	return -1
}
