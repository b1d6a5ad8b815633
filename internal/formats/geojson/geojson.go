// Package geojson writes a plan as GeoJSON (RFC 7946): posts as points, moves as
// lines with the time at each of their points. docs/formats/geojson.md lists the
// properties.
package geojson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/rearguard/rearguard/internal/formats/movement"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type feature struct {
	Type       string   `json:"type"`
	ID         string   `json:"id"`
	Geometry   geometry `json:"geometry"`
	Properties any      `json:"properties"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

// postProperties are those of a post.
type postProperties struct {
	Kind         string  `json:"kind"` // post
	Post         string  `json:"post"`
	Name         string  `json:"name,omitempty"`
	Place        string  `json:"place"`
	Area         string  `json:"area,omitempty"`
	Operation    string  `json:"operation,omitempty"`
	Priority     int     `json:"priority"`
	SIDC         string  `json:"sidc,omitempty"`
	ExposureDays float64 `json:"exposure_days"`
}

// moveProperties are those of a move.
type moveProperties struct {
	Kind            movement.Kind  `json:"kind"` // deploy, redeploy or return
	Unit            string         `json:"unit"`
	Name            string         `json:"name,omitempty"`
	Contributor     string         `json:"contributor"`
	ContributorName string         `json:"contributor_name,omitempty"`
	SIDC            string         `json:"sidc,omitempty"`
	From            string         `json:"from"`
	To              string         `json:"to"`
	Post            string         `json:"post,omitempty"`
	Left            string         `json:"left_post,omitempty"`
	Operation       string         `json:"operation,omitempty"`
	Mode            scenario.Mode  `json:"mode,omitempty"`
	Lift            string         `json:"lift,omitempty"`
	Persons         float64        `json:"persons"`
	Tonnes          float64        `json:"tonnes"`
	DecideBy        *scenario.Date `json:"decide_by,omitempty"`
	OrderBy         *scenario.Date `json:"order_by,omitempty"`
	Depart          scenario.Date  `json:"depart"`
	Arrive          scenario.Date  `json:"arrive"`
	Effective       *scenario.Date `json:"effective,omitempty"`
	Until           *scenario.Date `json:"until,omitempty"`
	// Times holds the time at each point of the geometry, in its order.
	Times any `json:"coordTimes"`
}

// Write writes a plan of a resolved scenario. The same plan gives the same bytes.
func Write(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	moves, err := movement.List(s, p)
	if err != nil {
		return err
	}
	features, err := posts(s, p)
	if err != nil {
		return err
	}
	for i := range moves {
		features = append(features, move(i, &moves[i]))
	}
	return write(w, s.Name, features)
}

// write writes a collection with a feature a line.
func write(w io.Writer, name string, features []feature) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteString("{\"type\":\"FeatureCollection\",\"name\":")
	if err := e.Encode(name); err != nil {
		return fmt.Errorf("write the moves of %q: %w", name, err)
	}
	b.WriteString(",\"features\":[\n")
	for i := range features {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(features[i]); err != nil {
			return fmt.Errorf("write %s of %q: %w", features[i].ID, name, err)
		}
	}
	b.WriteString("]}\n")
	_, err := w.Write(b.Bytes())
	return err
}

func posts(s *scenario.Scenario, p *plan.Plan) ([]feature, error) {
	achieved, err := plan.Evaluate(s, p)
	if err != nil {
		return nil, err
	}
	exposed := map[string]float64{}
	for i := range achieved.Lines {
		l := &achieved.Lines[i]
		for d := l.From; d < l.Until; d++ {
			exposed[l.Post.ID] += l.Exposure(d)
		}
	}
	places := s.PlacesByID()
	list := []feature{}
	for i := range s.Posts {
		post := &s.Posts[i]
		at := places[post.Place]
		list = append(list, feature{
			Type: "Feature", ID: "post " + post.ID, Geometry: geometry{"Point", [2]float64{at.Lon, at.Lat}},
			Properties: postProperties{
				Kind: "post", Post: post.ID, Name: post.Name, Place: at.ID, Area: at.Area, Operation: post.Operation, Priority: post.Priority,
				SIDC: post.Symbol, ExposureDays: math.Round(exposed[post.ID]*1e6) / 1e6,
			},
		})
	}
	return list, nil
}

func move(i int, m *movement.Move) feature {
	shape, times := lines(m.Line())
	out := moveProperties{
		Kind: m.Kind, Unit: m.Unit.ID, Name: m.Unit.Name, Contributor: m.Contributor.ID, ContributorName: m.Contributor.Name,
		SIDC: m.Unit.Symbol, From: m.From.ID, To: m.To.ID, Operation: m.Operation(), Mode: m.Mode, Lift: m.Lift,
		Persons: m.Unit.Persons.Likely, Tonnes: m.Unit.Tonnes.Likely, Depart: m.Depart, Arrive: m.Arrive, Times: times,
	}
	if m.Left != nil {
		out.Left = m.Left.ID
	}
	if m.Post != nil {
		out.Post, out.DecideBy, out.OrderBy = m.Post.ID, m.Leg.DecideBy, m.Leg.OrderBy
		out.Effective, out.Until = &m.Leg.Effective, &m.Leg.Until
	}
	return feature{Type: "Feature", ID: fmt.Sprintf("move %d", i+1), Geometry: shape, Properties: out}
}

// lines makes a line, cut in parts where it crosses the antimeridian (RFC 7946,
// 3.1.9).
func lines(points []movement.Point) (geometry, any) {
	var parts [][][2]float64
	var times [][]time.Time
	world := func(lon float64) float64 { return math.Floor((lon + 180) / 360) }
	current := world(math.Nextafter(points[0].Lon, points[len(points)-1].Lon))
	begin := func() { parts, times = append(parts, nil), append(times, nil) }
	add := func(lat, lon float64, at time.Time) {
		n := len(parts) - 1
		parts[n], times[n] = append(parts[n], [2]float64{lon - 360*current, lat}), append(times[n], at)
	}
	begin()
	for i, p := range points {
		if next := world(p.Lon); next != current && i > 0 && p.Lon != 360*current+180 {
			q := points[i-1]
			edge := 360*math.Max(next, current) - 180
			part := (edge - q.Lon) / (p.Lon - q.Lon)
			lat, at := q.Lat+part*(p.Lat-q.Lat), q.At.Add(time.Duration(part*float64(p.At.Sub(q.At)))).Truncate(time.Minute)
			add(lat, edge, at)
			current = next
			begin()
			add(lat, edge, at)
		}
		add(p.Lat, p.Lon, p.At)
	}
	if len(parts) == 1 {
		return geometry{"LineString", parts[0]}, times[0]
	}
	return geometry{"MultiLineString", parts}, times
}
