package cli

import (
	"encoding/json"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/generate"
)

type generateCommand struct {
	Units int    `default:"300" help:"Number of units."`
	Posts int    `default:"40" help:"Number of posts."`
	Days  int    `default:"365" help:"Days of the calendar."`
	Seed  uint64 `default:"1" help:"The same seed gives the same scenario."`
	Out   string `short:"o" placeholder:"FILE" help:"File to write, .yaml or .json, or a folder for CSV; without it JSON goes to standard output."`
}

func (g *generateCommand) Run(c *console) error {
	s, err := generate.Scenario(generate.Options{Units: g.Units, Posts: g.Posts, Days: g.Days, Seed: g.Seed})
	if err != nil {
		return usageError{err}
	}
	if g.Out != "" {
		return formats.WriteScenario(g.Out, s)
	}
	encoder := json.NewEncoder(c.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}
