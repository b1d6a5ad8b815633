package web

import (
	_ "embed" // the built files
	"fmt"
	"html"
)

var (
	//go:embed dist/app.js
	appScript []byte
	//go:embed dist/app.css
	appStyle []byte
)

// AppPolicy is the content security policy of the live page: its own files and
// nothing else.
const AppPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Link leads from the live page to another one.
type Link struct{ Address, Text string }

// App is the live page of a scenario, with links to other pages above it; it loads
// AppFiles and asks the server for the rest.
func App(title string, links ...Link) []byte {
	above := ""
	for _, l := range links {
		above += fmt.Sprintf(`<a href="%s">%s</a> `, html.EscapeString(l.Address), html.EscapeString(l.Text))
	}
	if above != "" {
		above = `<nav class="above" aria-label="Other pages">` + above + "</nav>\n"
	}
	return fmt.Appendf(nil, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<link rel="stylesheet" href="app.css">
</head>
<body>
<noscript>This page draws itself with its script. Open it in a browser that lets it run.</noscript>
%s<div id="report"></div>
<script src="app.js"></script>
</body>
</html>
`, html.EscapeString(title), above)
}

// AppFiles are the live page's files by path.
func AppFiles() map[string][]byte {
	return map[string][]byte{"/app.js": appScript, "/app.css": appStyle}
}

// Outlines are the coasts and borders around some points, for the map.
func Outlines(theatre []Point) any { return around(theatre) }
