// Package examples holds the example scenarios, which a team's server starts with.
package examples

import "embed"

// Files are the scenarios, YAML.
//
//go:embed tiny.yaml truce.yaml wildfire.yaml reassurance.yaml
var Files embed.FS

// Names are the files, the shortest to plan first.
var Names = []string{"tiny.yaml", "truce.yaml", "wildfire.yaml", "reassurance.yaml"}
