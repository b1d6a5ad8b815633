// Package web holds the web pages, built from the TypeScript beside it, and puts
// them together with their data. `make web` builds dist, which is committed so
// that Go alone builds the program.
package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the built files
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math"
)

var (
	//go:embed dist/report.js
	reportScript []byte
	//go:embed dist/report.css
	reportStyle []byte
	//go:embed dist/outlines.json
	outlines []byte
)

// Point is a place on the map, in degrees.
type Point struct{ Lat, Lon float64 }

// Report is one self-contained page: it asks for nothing from a network or a
// disk, and runs no script but its own.
type Report struct {
	Title    string
	Document any     // becomes JSON: web/src/data.ts
	Theatre  []Point // the map shows the outlines around these
	Brief    bool    // only what a decision maker reads, with a link to the whole at /report below the page's address
}

// HTML writes the page. The same report gives the same bytes.
func (r *Report) HTML() ([]byte, error) {
	// json.Marshal writes <, > and & as escapes, so that no name in the data can end the script element.
	document, err := json.Marshal(r.Document)
	if err != nil {
		return nil, fmt.Errorf("write the report's data: %w", err)
	}
	land, err := json.Marshal(around(r.Theatre))
	if err != nil {
		return nil, fmt.Errorf("write the report's map: %w", err)
	}
	view := "whole"
	if r.Brief {
		view = "brief"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Rearguard">
<title>%s</title>
<style>%s</style>
</head>
<body>
<noscript>This report draws itself with the script that it carries. Open it in a browser that lets it run.</noscript>
<div id="report" data-view="%s"></div>
<script type="application/json" id="document">%s</script>
<script type="application/json" id="outlines">%s</script>
<script>%s</script>
</body>
</html>
`, digest(reportScript), digest(reportStyle), html.EscapeString(r.Title), reportStyle, view, document, land, reportScript)
	return b.Bytes(), nil
}

// digest names an inline script or style for a content security policy.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// perDegree is the unit of the outlines; see outlines.mjs.
const perDegree = 50

// around returns the rings of the outlines that come near a point, without
// those too small to see. A ring is its first point and then steps.
func around(points []Point) [][]int {
	var rings [][]int
	if err := json.Unmarshal(outlines, &rings); err != nil {
		panic(fmt.Sprintf("embedded outlines: %v", err)) // a fault of the build, which a test holds
	}
	if len(points) == 0 {
		return [][]int{}
	}
	const margin = 8 // degrees
	theatre := none
	for _, p := range points {
		theatre = theatre.with(p.Lon*perDegree, p.Lat*perDegree)
	}
	theatre = theatre.grown(margin * perDegree)
	smallest := math.Max(theatre.right-theatre.left, theatre.top-theatre.bottom) / 600
	near := [][]int{}
	for _, ring := range rings {
		box, x, y := none, 0, 0
		for i := 0; i < len(ring); i += 2 {
			x, y = x+ring[i], y+ring[i+1]
			box = box.with(float64(x), float64(y))
		}
		if box.meets(theatre) && math.Max(box.right-box.left, box.top-box.bottom) >= smallest {
			near = append(near, ring)
		}
	}
	return near
}

type box struct{ left, bottom, right, top float64 }

var none = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

func (b box) with(x, y float64) box {
	return box{math.Min(b.left, x), math.Min(b.bottom, y), math.Max(b.right, x), math.Max(b.top, y)}
}

func (b box) grown(by float64) box { return box{b.left - by, b.bottom - by, b.right + by, b.top + by} }

func (b box) meets(o box) bool {
	return b.left <= o.right && o.left <= b.right && b.bottom <= o.top && o.bottom <= b.top
}

// PageStyle is the style of plain pages, which have no script: that of the reports.
var PageStyle = string(reportStyle) + `
main h2 { margin-top: 28px; }
.entry { display: grid; gap: 12px; max-width: 420px; margin: 16px 0; }
.entry label { display: grid; gap: 4px; font-weight: 600; }
.entry input { font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--quiet); border-radius: 4px; padding: 6px 8px; min-width: 0; }
td code { overflow-wrap: anywhere; font-size: 12px; }
.entry button { justify-self: start; padding: 6px 16px; }
.said { white-space: pre-wrap; max-width: none; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --panel: #1d2125; --ink: #eceff2; --quiet: #a3acb6; --hair: #363c43; --accent: #56b4e9; --exposed-text: #ff9046; color-scheme: dark; } }
`
