package main

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// The plot's frame in pixels, and the ends of its axes: seconds and gap of cover
// in per cent, both by powers of ten.
const (
	plotWidth, plotHeight = 760, 420
	plotLeft, plotRight   = 70, 130
	plotTop, plotBottom   = 46, 52
)

// inks are of one lightness and told apart by the colour-blind (after Okabe and
// Ito); each line also carries its name.
var inks = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#5a5a5a"}

// axis maps a span of values to pixels by their logarithm.
type axis struct{ low, high, from, to float64 }

func (a axis) at(v float64) float64 {
	v = math.Min(math.Max(v, a.low), a.high)
	return a.from + (a.to-a.from)*(math.Log10(v)-math.Log10(a.low))/(math.Log10(a.high)-math.Log10(a.low))
}

// ticks are the powers of ten of the axis.
func (a axis) ticks() (values []float64) {
	for e := math.Ceil(math.Log10(a.low) - 1e-9); e <= math.Log10(a.high)+1e-9; e++ {
		values = append(values, math.Pow(10, e))
	}
	return values
}

// curve is the gap of cover against time of one case, against the best bound of
// its run.
type curve struct {
	name string
	end  float64 // seconds
	x, y []float64
}

func curves(all []result) (list []curve) {
	for _, r := range all {
		if r.Kind != "sweep" || r.Failed != "" || r.Empty == 0 {
			continue
		}
		c := curve{name: thousands(float64(r.Units)) + " units", end: r.Seconds}
		for _, p := range r.Points {
			c.x = append(c.x, p.Seconds)
			c.y = append(c.y, 100*(p.Objective-r.Bound)/r.Empty)
		}
		if len(c.x) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// plot draws the gaps against time as SVG.
func plot(all []result) string {
	list := curves(all)
	x, y := axes(list)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#333">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<text x="%d" y="24" font-size="14">Gap of cover against time, by size</text>`+"\n", plotLeft)
	for _, v := range x.ticks() {
		fmt.Fprintf(&b, `<path d="M%.1f %.1fV%.1f" stroke="#e6e6e6"/><text x="%.1f" y="%.1f" text-anchor="middle">%g</text>`+"\n", x.at(v), y.to, y.from, x.at(v), y.from+18, v)
	}
	for _, v := range y.ticks() {
		fmt.Fprintf(&b, `<path d="M%.1f %.1fH%.1f" stroke="#e6e6e6"/><text x="%.1f" y="%.1f" text-anchor="end">%g %%</text>`+"\n", x.from, y.at(v), x.to, x.from-8, y.at(v)+4, v)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">seconds from the resolved scenario</text>`+"\n", (x.from+x.to)/2, plotHeight-12)
	names := labels(list, y)
	for i, c := range list {
		ink := inks[i%len(inks)]
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.8" stroke-linejoin="round"/>`, c.path(x, y), ink)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" fill="%s">%s</text>`+"\n", x.to+8, names[i], ink, html.EscapeString(c.name))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// axes span what the curves hold.
func axes(list []curve) (x, y axis) {
	x = axis{math.Inf(1), 1, plotLeft, plotWidth - plotRight}
	y = axis{math.Inf(1), 1, plotHeight - plotBottom, plotTop}
	for _, c := range list {
		x.high = math.Max(x.high, c.end)
		for i := range c.x {
			x.low, x.high = math.Min(x.low, c.x[i]), math.Max(x.high, c.x[i])
			if c.y[i] > 0 {
				y.low = math.Min(y.low, c.y[i])
			}
			y.high = math.Max(y.high, c.y[i])
		}
	}
	x.low, y.low = math.Max(math.Min(x.low, 0.1), 1e-3), math.Max(math.Min(y.low, 0.1), 1e-3)
	y.low = math.Pow(10, math.Floor(math.Log10(y.low)))
	y.high = math.Pow(10, math.Ceil(math.Log10(y.high)))
	return x, y
}

// path is the curve as steps: a plan holds until a better one is found.
func (c curve) path(x, y axis) string {
	var b strings.Builder
	for i := range c.x {
		if i == 0 {
			fmt.Fprintf(&b, "M%.1f %.1f", x.at(c.x[i]), y.at(c.y[i]))
			continue
		}
		fmt.Fprintf(&b, "H%.1fV%.1f", x.at(c.x[i]), y.at(c.y[i]))
	}
	fmt.Fprintf(&b, "H%.1f", x.at(math.Max(c.end, c.x[len(c.x)-1])))
	return b.String()
}

// between is the least height between two names.
const between = 15

// labels are the heights of the curves' names: at their ends, moved apart where
// they would lie on one another.
func labels(list []curve, y axis) []float64 {
	order := make([]int, len(list))
	heights := make([]float64, len(list))
	for i, c := range list {
		order[i], heights[i] = i, y.at(c.y[len(c.y)-1])+4
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(heights[a], heights[b]) })
	for k := 1; k < len(order); k++ {
		heights[order[k]] = math.Max(heights[order[k]], heights[order[k-1]]+between)
	}
	return heights
}
