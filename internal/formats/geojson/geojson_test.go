package geojson

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats/movement"
	"github.com/rearguard/rearguard/scenario"
)

// TestLinesStayInTheWorld holds, for any way, that every longitude is one, that
// no line crosses the antimeridian, and that every point has a time.
func TestLinesStayInTheWorld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		place := func(name string) *scenario.Place {
			lon := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.SampledFrom([]float64{-180, 180, 0, 179, -179})).Draw(t, name+" lon")
			return &scenario.Place{Lat: rapid.Float64Range(-89, 89).Draw(t, name+" lat"), Lon: lon}
		}
		m := movement.Move{From: place("from"), To: place("to"), Sail: 20000, Land: 20003}
		shape, times := lines(m.Line())
		parts, of := [][][2]float64{}, [][]time.Time{}
		if shape.Type == "LineString" {
			parts, of = append(parts, shape.Coordinates.([][2]float64)), append(of, times.([]time.Time))
		} else {
			parts, of = shape.Coordinates.([][][2]float64), times.([][]time.Time)
		}
		for k, part := range parts {
			if len(part) < 2 || len(part) != len(of[k]) {
				t.Fatalf("part %d has %d points and %d times", k, len(part), len(of[k]))
			}
			for i, p := range part {
				if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 || i > 0 && math.Abs(p[0]-part[i-1][0]) > 180+1e-9 {
					t.Fatalf("part %d of %v leaves the world at point %d", k, parts, i)
				}
			}
		}
	})
}

// TestLinesCutAtTheAntimeridian cuts a way from Japan to Alaska in two.
func TestLinesCutAtTheAntimeridian(t *testing.T) {
	m := movement.Move{From: &scenario.Place{Lat: 40, Lon: 170}, To: &scenario.Place{Lat: 40, Lon: -170}, Sail: 20000, Land: 20002}
	shape, _ := lines(m.Line())
	parts, ok := shape.Coordinates.([][][2]float64)
	if !ok || len(parts) != 2 {
		t.Fatalf("%+v is not in two parts", shape)
	}
	west := parts[0]
	if end, start := west[len(west)-1], parts[1][0]; end[0] != 180 || start[0] != -180 || end[1] != start[1] {
		t.Errorf("the parts end at %v and start at %v", end, start)
	}
}
