package msdl

import (
	"cmp"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/formats/orbat"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type document struct {
	XMLName xml.Name `xml:"urn:sisostds:scenario:military:data:draft:msdl:1 MilitaryScenario"`
	ModelID string   `xml:"xmlns:modelID,attr"`
	ID      struct {
		Name           string `xml:"modelID:name"`
		Type           string `xml:"modelID:type"`
		Version        string `xml:"modelID:version"`
		Modified       string `xml:"modelID:modificationDate"`
		Classification string `xml:"modelID:securityClassification"`
		Description    string `xml:"modelID:description"`
		Contact        struct {
			Type string `xml:"modelID:pocType"`
			Mail string `xml:"modelID:pocEmail"`
		} `xml:"modelID:poc"`
	} `xml:"ScenarioID"`
	Version string  `xml:"Options>MSDLVersion"`
	Time    string  `xml:"Environment>ScenarioTime"`
	Sides   []side  `xml:"ForceSides>ForceSide"`
	Units   []*unit `xml:"Organizations>Units>Unit"`
}

type side struct {
	Handle     string `xml:"ObjectHandle"`
	Name       string `xml:"ForceSideName"`
	Allegiance string `xml:"AllegianceHandle"`
}

type unit struct {
	Handle    string     `xml:"ObjectHandle"`
	Symbol    string     `xml:"SymbolIdentifier"`
	Name      string     `xml:"Name"`
	Modifiers *modifiers `xml:"UnitSymbolModifiers"`
	Choice    string     `xml:"Disposition>Location>CoordinateChoice"`
	Latitude  float64    `xml:"Disposition>Location>CoordinateData>GDC>Latitude"`
	Longitude float64    `xml:"Disposition>Location>CoordinateData>GDC>Longitude"`
	Elevation string     `xml:"Disposition>Location>CoordinateData>GDC>ElevationAGL"`
	Relation  string     `xml:"Relations>ForceRelation>ForceRelationChoice"`
	Side      string     `xml:"Relations>ForceRelation>ForceRelationData>ForceSideHandle"`
	Detail    string     `xml:"Model>Resolution"`
	Aggregate bool       `xml:"Model>AggregateBased"`
}

type modifiers struct {
	Echelon string `xml:"Echelon"`
}

// Write writes the initial state of a resolved scenario: a side for the
// coalition, a force for each contributor, every unit where it is on day 0. The
// plan is not part of it: MSDL has no place for one.
func Write(w io.Writer, s *scenario.Scenario, _ *plan.Plan) error {
	d := document{ModelID: "http://www.sisostds.org/schemas/modelID", Version: "1.0.0", Time: s.Calendar.Start.Time().Format(time.RFC3339)}
	d.ID.Name, d.ID.Description, d.ID.Version, d.ID.Modified = s.Name, s.Note, "0", s.Calendar.Start.String()
	d.ID.Classification = "Unclassified"
	coalition := handle("side", "coalition")
	d.Sides = []side{{coalition, "Coalition", coalition}}
	for _, c := range s.Contributors {
		d.Sides = append(d.Sides, side{handle("contributor", c.ID), cmp.Or(c.Name, c.ID), coalition})
	}
	places, posts := s.PlacesByID(), s.PostsByID()
	for i := range s.Units {
		u := &s.Units[i]
		at := places[u.Home]
		if u.At != nil {
			at = places[posts[u.At.Post].Place]
		}
		out := &unit{
			Handle: handle("unit", u.ID), Symbol: symbol(s, u), Name: label(u), Choice: "GDC", Latitude: at.Lat, Longitude: at.Lon, Elevation: "0",
			Relation: "FORCE_SIDE", Side: handle("contributor", u.Contributor), Detail: "STANDARD", Aggregate: true,
		}
		if kind, err := orbat.Read(out.Symbol); err == nil && kind.Echelon != "" {
			out.Modifiers = &modifiers{strings.ToUpper(strings.ReplaceAll(kind.Echelon, " ", "_"))}
		}
		d.Units = append(d.Units, out)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write %q as MSDL: %w", s.Name, err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("write %q as MSDL: %w", s.Name, err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// label names a unit for people.
func label(u *scenario.Unit) string {
	if _, number, counted := strings.Cut(u.ID, "#"); counted && u.Name != "" {
		return u.Name + " #" + number
	}
	return cmp.Or(u.Name, u.ID)
}

// handle is an ID as MSDL wants one, a UUID: the ID itself if it is one, else
// one of its hash (RFC 9562, version 8), the same for the same ID.
func handle(kind, id string) string {
	if isUUID(id) {
		return id
	}
	h := sha256.Sum256([]byte(kind + "\x00" + id))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return false
		}
	}
	return true
}

// bare are symbols of letters without a function, by domain.
var bare = map[string]string{"land": "SFGPU----------", "air": "SFAP-----------", "sea": "SFSP-----------", "support": "SFGPUS---------"}

// symbol is the unit's own if it is of letters, as MSDL has them, else a bare
// one of its domain, on land with the echelon of its own.
func symbol(s *scenario.Scenario, u *scenario.Unit) string {
	kind, err := orbat.Read(u.Symbol)
	if err == nil && len(u.Symbol) == 15 {
		return strings.ToUpper(u.Symbol)
	}
	domain := "land"
	for _, c := range s.Capabilities {
		if _, ok := u.Provides[c.ID]; ok {
			domain = c.Domain
			break
		}
	}
	if domain == "land" && kind.Echelon != "" {
		return withEchelon(bare[domain], kind.Echelon)
	}
	return bare[domain]
}
