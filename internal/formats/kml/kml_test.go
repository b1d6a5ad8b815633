package kml_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/formats/kml"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// file is KML as a reader that knows only the standard sees it.
type file struct {
	XMLName xml.Name `xml:"http://www.opengis.net/kml/2.2 kml"`
	Styles  []struct {
		ID string `xml:"id,attr"`
	} `xml:"Document>Style"`
	Folders []struct {
		Name   string `xml:"name"`
		Places []struct {
			Name  string `xml:"name"`
			Begin string `xml:"TimeSpan>begin"`
			End   string `xml:"TimeSpan>end"`
			Style string `xml:"styleUrl"`
			Point string `xml:"Point>coordinates"`
			Line  string `xml:"LineString>coordinates"`
		} `xml:"Placemark"`
	} `xml:"Document>Folder"`
}

func read(t *testing.T, s *scenario.Scenario, p *plan.Plan) (f file) {
	t.Helper()
	var b bytes.Buffer
	if err := kml.Write(&b, s, p); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// There is a folder of posts, then one a contributor with a point for each stay
// and a line for each move.
func TestFolders(t *testing.T) {
	s, p := tiny(t)
	f := read(t, s, p)
	if f.Folders[0].Name != "Posts" || len(f.Folders[0].Places) != len(s.Posts) {
		t.Errorf("the first folder is %+v", f.Folders[0])
	}
	stays, moves := 0, 0
	for _, folder := range f.Folders[1:] {
		for _, x := range folder.Places {
			if x.Point != "" {
				stays++
			} else {
				moves++
			}
		}
	}
	legs, ways := 0, 0
	for _, tour := range p.Tours {
		ways++
		for _, l := range tour.Legs {
			legs++
			if !l.OnDayZero() {
				ways++
			}
		}
	}
	if stays != legs || moves != ways {
		t.Errorf("%d stays and %d moves; the plan has %d and %d", stays, moves, legs, ways)
	}
}

// Every span goes forward, every coordinate is in the world, every style exists.
func TestPlacemarks(t *testing.T) {
	s, p := tiny(t)
	s.Places[0].Lon = 179.5 // so that some lines cross the antimeridian
	f := read(t, s, p)
	styles := map[string]bool{"": true}
	for _, x := range f.Styles {
		styles["#"+x.ID] = true
	}
	for _, folder := range f.Folders {
		for _, x := range folder.Places {
			if x.Begin != "" {
				begin, err := time.Parse(time.RFC3339, x.Begin)
				end, also := time.Parse(time.RFC3339, x.End)
				if err != nil || also != nil || !begin.Before(end) {
					t.Errorf("%s lasts from %q to %q", x.Name, x.Begin, x.End)
				}
			}
			if !styles[x.Style] {
				t.Errorf("%s has the style %q, which the file lacks", x.Name, x.Style)
			}
			for _, point := range strings.Fields(x.Point + " " + x.Line) {
				var lon, lat float64
				if n, err := fmt.Sscanf(point, "%g,%g", &lon, &lat); n != 2 || err != nil || lon < -180 || lon > 180 || lat < -90 || lat > 90 {
					t.Errorf("%s goes through %q", x.Name, point)
				}
			}
		}
	}
}

// Names are text, whatever they hold.
func TestEscapes(t *testing.T) {
	s, p := tiny(t)
	s.Posts[0].Name = `</name><b> & "x"`
	if got := read(t, s, p).Folders[0].Places[0].Name; got != s.Posts[0].Name {
		t.Errorf("the name came back as %q", got)
	}
}

func TestUnknownPost(t *testing.T) {
	s, p := tiny(t)
	p.Tours[0].Legs[0].Post = "nowhere"
	if err := kml.Write(&bytes.Buffer{}, s, p); err == nil || !strings.Contains(err.Error(), `post "nowhere"`) {
		t.Error(err)
	}
}
