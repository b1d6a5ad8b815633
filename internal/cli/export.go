package cli

import (
	"bytes"
	"errors"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

type exportCommand struct {
	JSON exportJSON `cmd:"" name:"json" help:"The scenario resolved: nothing left to infer, times as day numbers, weights as numbers."`
	MPS  exportMPS  `cmd:"" name:"mps" help:"The scenario as a mixed-integer program in free MPS, for any solver; its optimum is the least objective."`
	CSV  exportCSV  `cmd:"" name:"csv" help:"The scenario as a folder of CSV tables, without loss."`
	XLSX exportXLSX `cmd:"" name:"xlsx" help:"The scenario, or a plan, as a workbook, without loss."`
	LP   exportLP   `cmd:"" name:"lp" help:"The same program in the LP format, for people to read."`

	TPFDD        exportTPFDD        `cmd:"" name:"tpfdd" help:"A plan's moves as a TPFDD-style CSV table."`
	GeoJSON      exportGeoJSON      `cmd:"" name:"geojson" help:"A plan's posts and moves as GeoJSON, with times."`
	KML          exportKML          `cmd:"" name:"kml" help:"A plan's posts, stays and moves as KML, with times."`
	ICS          exportICS          `cmd:"" name:"ics" help:"A plan's decide-by and order-by dates as iCalendar."`
	CoverageCSV  exportCoverageCSV  `cmd:"" name:"coverage-csv" help:"A plan's cover of each line on each day as a CSV table."`
	CoverageJSON exportCoverageJSON `cmd:"" name:"coverage-json" help:"A plan's cover of each line on each day as JSON."`
	ORBATMapper  exportORBATMapper  `cmd:"" name:"orbat-mapper" help:"A plan as a scenario that ORBAT Mapper plays."`
	MSDL         exportMSDL         `cmd:"" name:"msdl" help:"The initial state as MSDL: forces, and units where they are on day 0."`
}

type exportJSON struct {
	Scenario string `arg:"" help:"Scenario to export."`
	Plan     string `arg:"" optional:"" help:"Plan whose D-days, maturity, policy and operations left out hold; instead of the flags."`
	variant
	Out string `short:"o" placeholder:"FILE" help:"File to write; standard output by default."`
}

func (e *exportJSON) Run(c *console) error {
	resolved, err := e.resolved(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := formats.WriteResolvedJSON(&b, resolved); err != nil {
		return err
	}
	if e.Out != "" {
		return formats.WriteFile(e.Out, b.Bytes())
	}
	_, err = c.out.Write(b.Bytes())
	return err
}

func (e *exportJSON) resolved(c *console) (*scenario.Scenario, error) {
	if e.Plan != "" {
		if e.given() {
			return nil, usageError{errors.New("an export takes either a plan or the flags that choose a variant, not both")}
		}
		resolved, _, err := c.readPlan(e.Scenario, e.Plan)
		return resolved, err
	}
	x, err := c.readCase(e.Scenario)
	if err != nil {
		return nil, err
	}
	return e.resolve(c, x)
}
