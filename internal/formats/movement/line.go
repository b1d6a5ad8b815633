package movement

import (
	"math"
	"time"

	"github.com/rearguard/rearguard/scenario"
)

// Point is a place on the way, with the time at which the unit passes it.
type Point struct {
	Lat, Lon float64
	At       time.Time
}

// step is the longest part of a line in degrees of arc.
const step = 2.0

// Line is the way on the great circle, from Sail to Land, with a point every two
// degrees. Longitudes run on past 180 degrees rather than jump. A move within one
// place, and one of no days, has the points that there are.
func (m *Move) Line() []Point {
	from, to := m.Sail.Time(), m.Land.Time()
	a, b := vector(m.From), vector(m.To)
	angle := math.Acos(math.Max(-1, math.Min(1, a[0]*b[0]+a[1]*b[1]+a[2]*b[2])))
	parts := max(1, int(math.Ceil(angle*180/math.Pi/step)))
	if math.Sin(angle) < 1e-9 {
		parts = 1 // the same point, or the antipode, to which every way is as short
	}
	line := []Point{{m.From.Lat, m.From.Lon, from}}
	for i := 1; i < parts; i++ {
		part := float64(i) / float64(parts)
		x, y := math.Sin((1-part)*angle)/math.Sin(angle), math.Sin(part*angle)/math.Sin(angle)
		v := [3]float64{x*a[0] + y*b[0], x*a[1] + y*b[1], x*a[2] + y*b[2]}
		line = append(line, Point{
			Lat: degrees(math.Atan2(v[2], math.Hypot(v[0], v[1]))), Lon: degrees(math.Atan2(v[1], v[0])),
			At: from.Add(time.Duration(part * float64(to.Sub(from)))).Truncate(time.Minute),
		})
	}
	line = append(line, Point{m.To.Lat, m.To.Lon, to})
	for i := 1; i < len(line); i++ {
		line[i].Lon += 360 * math.Round((line[i-1].Lon-line[i].Lon)/360)
	}
	return line
}

// vector is a place on the unit sphere.
func vector(p *scenario.Place) [3]float64 {
	lat, lon := p.Lat*math.Pi/180, p.Lon*math.Pi/180
	return [3]float64{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// degrees turns radians into degrees, to about a metre.
func degrees(radians float64) float64 { return math.Round(radians*180/math.Pi*1e5) / 1e5 }
