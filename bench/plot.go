package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const plotWidth, plotHeight = 8.2 * vg.Inch, 4.6 * vg.Inch

// inks are told apart by the colour-blind (after Okabe and Ito).
var inks = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0xb8, 0x86, 0x0b, 0xff}, color.RGBA{0x5a, 0x5a, 0x5a, 0xff},
	color.RGBA{0x56, 0x2c, 0x8c, 0xff},
}

// marks tell one solver from another; the colour tells the size.
var marks = []draw.GlyphDrawer{draw.CrossGlyph{}, draw.PlusGlyph{}, draw.TriangleGlyph{}, draw.SquareGlyph{}, draw.RingGlyph{}}

// curve is the gap of cover in per cent against time of one case, against the
// best bound of its run.
type curve struct {
	units  int
	points plotter.XYs
}

func curves(all []result) (list []curve) {
	for _, r := range all {
		if r.Kind != "sweep" || r.Failed != "" || r.Empty == 0 || len(r.Points) == 0 {
			continue
		}
		c := curve{units: r.Units}
		for _, p := range r.Points {
			c.points = append(c.points, plotter.XY{X: p.Seconds, Y: 100 * (p.Objective - r.Bound) / r.Empty})
		}
		last := c.points[len(c.points)-1]
		c.points = append(c.points, plotter.XY{X: math.Max(r.Seconds, last.X), Y: last.Y}) // a plan holds until a better one is found
		list = append(list, c)
	}
	return list
}

// ends are where other solvers' searches ended, by solver.
func ends(all []result, list []curve) (order []string, at map[string]plotter.XYs, ink map[string][]color.Color) {
	at, ink = map[string]plotter.XYs{}, map[string][]color.Color{}
	for _, r := range all {
		if r.Kind != "peer" || r.Failed != "" {
			continue
		}
		for i, c := range list {
			ours, found := sweepOf(all, r.Units)
			if c.units != r.Units || !found {
				continue
			}
			if at[r.Solver] == nil {
				order = append(order, r.Solver)
			}
			at[r.Solver] = append(at[r.Solver], plotter.XY{X: r.Seconds, Y: 100 * (r.Objective - ours.Bound) / ours.Empty})
			ink[r.Solver] = append(ink[r.Solver], inks[i%len(inks)])
		}
	}
	return order, at, ink
}

func sweepOf(all []result, units int) (result, bool) {
	for _, r := range all {
		if r.Kind == "sweep" && r.Failed == "" && r.Units == units && r.Empty > 0 {
			return r, true
		}
	}
	return result{}, false
}

// drawPlot draws the gaps against time as SVG, both by powers of ten.
func drawPlot(all []result) ([]byte, error) {
	list := curves(all)
	p := plot.New()
	p.Title.Text = "Gap of cover against time, by size"
	p.X.Label.Text, p.Y.Label.Text = "seconds from the resolved scenario", "gap of cover, %"
	for _, style := range []*font.Font{&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font} {
		style.Variant = "Sans"
	}
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = tens{}, tens{}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = spans(list)
	p.Legend.Left, p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, false, vg.Points(6), vg.Points(4)
	p.Add(plotter.NewGrid())
	for i, c := range list {
		line, err := plotter.NewLine(c.within(p.Y.Min))
		if err != nil {
			return nil, fmt.Errorf("draw %d units: %w", c.units, err)
		}
		line.Color, line.Width, line.StepStyle = inks[i%len(inks)], vg.Points(1.4), plotter.PostStep
		p.Add(line)
		p.Legend.Add(thousands(float64(c.units))+" units", line)
	}
	order, at, ink := ends(all, list)
	for i, solver := range order {
		xys := curve{points: at[solver]}.within(p.Y.Min)
		for _, xy := range xys {
			p.X.Max, p.Y.Max = math.Max(p.X.Max, xy.X), math.Max(p.Y.Max, xy.Y)
		}
		dots, err := plotter.NewScatter(xys)
		if err != nil {
			return nil, fmt.Errorf("draw %s: %w", solver, err)
		}
		style := func(k int) draw.GlyphStyle {
			return draw.GlyphStyle{Color: ink[solver][k], Radius: vg.Points(4), Shape: marks[i%len(marks)]}
		}
		dots.GlyphStyleFunc, dots.GlyphStyle = style, style(0)
		p.Add(dots)
		p.Legend.Add(solver, dots)
	}
	canvas := vgsvg.New(plotWidth, plotHeight)
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the plot: %w", err)
	}
	return b.Bytes(), nil
}

// within lifts what lies below the frame, such as a gap of nothing, to its edge.
func (c curve) within(least float64) plotter.XYs {
	shown := make(plotter.XYs, len(c.points))
	for i, xy := range c.points {
		shown[i] = plotter.XY{X: xy.X, Y: math.Max(xy.Y, least)}
	}
	return shown
}

// spans are what the axes show: from the first plan to the end, and whole powers
// of ten of the gap.
func spans(list []curve) (left, right, low, high float64) {
	left, right, low, high = 0.1, 1, 0.1, 1
	for _, c := range list {
		for _, xy := range c.points {
			left, right, high = math.Min(left, xy.X), math.Max(right, xy.X), math.Max(high, xy.Y)
			if xy.Y > 0 {
				low = math.Min(low, xy.Y)
			}
		}
	}
	whole := func(v float64, round func(float64) float64) float64 { return math.Pow(10, round(math.Log10(v))) }
	return math.Max(left, 1e-3), right, whole(math.Max(low, 1e-3), math.Floor), whole(high, math.Ceil)
}

// tens ticks the powers of ten, with smaller marks between.
type tens struct{}

func (tens) Ticks(low, high float64) (ticks []plot.Tick) {
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		for k := 1.0; k < 10; k++ {
			v := k * math.Pow(10, e)
			if v < low*(1-1e-9) || v > high*(1+1e-9) {
				continue
			}
			t := plot.Tick{Value: v}
			if k == 1 {
				t.Label = strconv.FormatFloat(v, 'g', 3, 64)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}
