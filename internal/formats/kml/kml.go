// Package kml writes a plan as KML 2.2 (OGC 07-147r2) with times, for a globe
// with a time slider: a folder for each contributor, with its units' moves as
// lines and its stays as points, and a folder of posts.
package kml

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/formats/movement"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type file struct {
	XMLName  xml.Name `xml:"http://www.opengis.net/kml/2.2 kml"`
	Document document `xml:"Document"`
}

type document struct {
	Name    string   `xml:"name"`
	Styles  []style  `xml:"Style"`
	Folders []folder `xml:"Folder"`
}

type style struct {
	ID    string `xml:"id,attr"`
	Color string `xml:"LineStyle>color"` // aabbggrr
	Width int    `xml:"LineStyle>width"`
}

type folder struct {
	Name   string      `xml:"name"`
	Places []placemark `xml:"Placemark"`
}

type placemark struct {
	Name        string    `xml:"name"`
	Description string    `xml:"description,omitempty"`
	Span        *timeSpan `xml:"TimeSpan"`
	Style       string    `xml:"styleUrl,omitempty"`
	Data        []data    `xml:"ExtendedData>Data"`
	Point       *shape    `xml:"Point"`
	Line        *shape    `xml:"LineString"`
}

type timeSpan struct {
	Begin string `xml:"begin"`
	End   string `xml:"end"`
}

type data struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value"`
}

type shape struct {
	Tessellate  int    `xml:"tessellate,omitempty"`
	Coordinates string `xml:"coordinates"`
}

// styles colour the moves by mode, in colours that the colour-blind can tell
// apart (Okabe and Ito).
var styles = []style{
	{"air", "ffe9b456", 3}, {"sea", "ffb27200", 3}, {"rail", "ff009fe6", 3}, {"road", "ff739e00", 3}, {"other", "ff999999", 3},
}

// Write writes a plan of a resolved scenario. The same plan gives the same bytes.
func Write(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	moves, err := movement.List(s, p)
	if err != nil {
		return err
	}
	out := file{Document: document{Name: s.Name, Styles: styles}}
	places := s.PlacesByID()
	units := s.UnitsByID()
	posts := folder{Name: "Posts"}
	at := map[string]*scenario.Place{}
	for i := range s.Posts {
		post := &s.Posts[i]
		at[post.ID] = places[post.Place]
		posts.Places = append(posts.Places, placemark{
			Name: cmp.Or(post.Name, post.ID), Point: point(at[post.ID]),
			Data: fields("post", post.ID, "operation", post.Operation, "priority", fmt.Sprint(post.Priority)),
		})
	}
	out.Document.Folders = append(out.Document.Folders, posts)
	for i := range s.Contributors {
		c := &s.Contributors[i]
		f := folder{Name: cmp.Or(c.Name, c.ID)}
		for _, t := range p.Tours {
			if u := units[t.Unit]; u.Contributor == c.ID {
				f.Places = append(f.Places, stays(u, &t, at)...)
			}
		}
		for j := range moves {
			if moves[j].Contributor == c {
				f.Places = append(f.Places, way(&moves[j]))
			}
		}
		if f.Places != nil {
			out.Document.Folders = append(out.Document.Folders, f)
		}
	}
	return write(w, &out)
}

func write(w io.Writer, f *file) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write KML: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write KML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// stays are the legs of a unit's tour: from arrival until it leaves.
func stays(u *scenario.Unit, t *plan.Tour, at map[string]*scenario.Place) []placemark {
	var list []placemark
	for _, l := range t.Legs {
		list = append(list, placemark{
			Name: cmp.Or(u.Name, u.ID), Description: fmt.Sprintf("At %s, counts from %s until %s.", l.Post, l.Effective, l.Until),
			Span: span(l.Arrive, l.Until), Point: point(at[l.Post]),
			Data: fields("unit", u.ID, "post", l.Post, "effective", l.Effective.String(), "sidc", u.Symbol),
		})
	}
	return list
}

func way(m *movement.Move) placemark {
	decide, order, post := "", "", ""
	if m.Post != nil {
		post = m.Post.ID
		if m.Leg.DecideBy != nil && m.Leg.OrderBy != nil {
			decide, order = m.Leg.DecideBy.String(), m.Leg.OrderBy.String()
		}
	}
	var line strings.Builder
	for i, p := range m.Line() {
		if i > 0 {
			line.WriteByte(' ')
		}
		fmt.Fprintf(&line, "%g,%g", wrap(p.Lon), p.Lat)
	}
	return placemark{
		Name: fmt.Sprintf("%s: %s to %s", cmp.Or(m.Unit.Name, m.Unit.ID), cmp.Or(m.From.Name, m.From.ID), cmp.Or(m.To.Name, m.To.ID)),
		Span: span(m.Depart, m.Arrive), Style: "#" + cmp.Or(string(m.Mode), "other"),
		Line: &shape{Tessellate: 1, Coordinates: line.String()},
		Data: fields("unit", m.Unit.ID, "type", string(m.Kind), "post", post, "mode", string(m.Mode), "lift", m.Lift, "decide_by", decide, "order_by", order),
	}
}

// wrap brings a longitude into -180 to 180.
func wrap(lon float64) float64 {
	for lon > 180 {
		lon -= 360
	}
	for lon < -180 {
		lon += 360
	}
	return lon
}

// span is [from, until), written by the second so that a viewer takes the end
// for what it is; a move of no days lasts for its day.
func span(from, until scenario.Date) *timeSpan {
	end := until.Time()
	if until <= from {
		end = from.Time().AddDate(0, 0, 1)
	}
	return &timeSpan{from.Time().Format(time.RFC3339), end.Format(time.RFC3339)}
}

func point(p *scenario.Place) *shape { return &shape{Coordinates: fmt.Sprintf("%g,%g", p.Lon, p.Lat)} }

// fields pairs names with values, without the empty ones.
func fields(pairs ...string) (list []data) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, data{pairs[i], pairs[i+1]})
		}
	}
	return list
}
