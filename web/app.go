package web

import (
	_ "embed" // the built files
)

var (
	//go:embed dist/app.js
	appScript []byte
	//go:embed dist/app.css
	appStyle []byte
)

// AppPolicy is the content security policy of the app: its own files and nothing else.
const AppPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// App is the page of the app, the same at all its addresses; it loads AppFiles and asks
// the server for the rest.
const App = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rearguard</title>
<link rel="stylesheet" href="/app.css">
<link rel="icon" href="data:,">
</head>
<body>
<noscript>This page draws itself with its script. Open it in a browser that lets it run.</noscript>
<div id="app"></div>
<script src="/app.js"></script>
</body>
</html>
`

// AppFiles are the app's files by path.
func AppFiles() map[string][]byte {
	return map[string][]byte{"/app.js": appScript, "/app.css": appStyle}
}

// Outlines are the coasts and borders around some points, for the map.
func Outlines(theatre []Point) any { return around(theatre) }
