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

// App is the live page of a scenario; it loads AppFiles and asks the server for the
// rest.
func App(title string) []byte {
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
<div id="report"></div>
<script src="app.js"></script>
</body>
</html>
`, html.EscapeString(title))
}

// AppFiles are the live page's files by path.
func AppFiles() map[string][]byte {
	return map[string][]byte{"/app.js": appScript, "/app.css": appStyle}
}

// Outlines are the coasts and borders around some points, for the map.
func Outlines(theatre []Point) any { return around(theatre) }
