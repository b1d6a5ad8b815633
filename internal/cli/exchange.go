package cli

import (
	"bytes"
	"io"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/coverage"
	"github.com/rearguard/rearguard/internal/formats/geojson"
	"github.com/rearguard/rearguard/internal/formats/kml"
	"github.com/rearguard/rearguard/internal/formats/msdl"
	"github.com/rearguard/rearguard/internal/formats/orbatmapper"
	"github.com/rearguard/rearguard/internal/formats/tpfdd"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// writer writes a plan of a resolved scenario in one format.
type writer func(io.Writer, *scenario.Scenario, *plan.Plan) error

// exportPlan is a format that shows a plan.
type exportPlan struct {
	Scenario string `arg:"" help:"Scenario that the plan is for."`
	Plan     string `arg:"" help:"Plan to export."`
	Out      string `short:"o" placeholder:"FILE" help:"File to write; standard output by default."`
}

type (
	exportTPFDD        struct{ exportPlan }
	exportGeoJSON      struct{ exportPlan }
	exportKML          struct{ exportPlan }
	exportICS          struct{ exportPlan }
	exportCoverageCSV  struct{ exportPlan }
	exportCoverageJSON struct{ exportPlan }
	exportORBATMapper  struct{ exportPlan }
)

func (e *exportTPFDD) Run(c *console) error        { return e.write(c, tpfdd.Write) }
func (e *exportGeoJSON) Run(c *console) error      { return e.write(c, geojson.Write) }
func (e *exportKML) Run(c *console) error          { return e.write(c, kml.Write) }
func (e *exportICS) Run(c *console) error          { return e.write(c, writeDecisions) }
func (e *exportCoverageCSV) Run(c *console) error  { return e.write(c, coverage.WriteCSV) }
func (e *exportCoverageJSON) Run(c *console) error { return e.write(c, coverage.WriteJSON) }
func (e *exportORBATMapper) Run(c *console) error  { return e.write(c, orbatmapper.Write) }

func (e *exportPlan) write(c *console, format writer) error {
	s, p, err := c.readPlan(e.Scenario, e.Plan)
	if err != nil {
		return err
	}
	if _, err := recomputed(e.Plan, s, p); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := format(&b, s, p); err != nil {
		return err
	}
	return c.write(e.Out, b.Bytes())
}

// write writes a file whole or not at all, or to standard output for no path.
func (c *console) write(path string, data []byte) error {
	if path != "" {
		return formats.WriteFile(path, data)
	}
	_, err := c.out.Write(data)
	return err
}

// writeDecisions writes the decide-by and order-by dates as iCalendar.
func writeDecisions(w io.Writer, s *scenario.Scenario, p *plan.Plan) error {
	brief, err := report.New(s, p)
	if err != nil {
		return err
	}
	_, err = w.Write(brief.Calendar())
	return err
}

type exportMSDL struct {
	exportJSON // the same arguments: a scenario as it is, or by a plan or flags
}

func (e *exportMSDL) Run(c *console) error {
	s, err := e.resolved(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := msdl.Write(&b, s, nil); err != nil {
		return err
	}
	return c.write(e.Out, b.Bytes())
}

// importFile is a format of other systems in one file.
type importFile struct {
	File string `arg:"" help:"File to read."`
	Out  string `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml or .json, or a folder for CSV."`
}

type importORBATMapper struct{ importFile }

func (k *importORBATMapper) Run(c *console) error { return k.read(c, orbatmapper.Read) }

type importMSDL struct{ importFile }

func (k *importMSDL) Run(c *console) error { return k.read(c, msdl.Read) }

// reader makes a scenario of a file in memory; the name is for messages. The
// problems are warnings.
type reader func(name string, data []byte) (*scenario.Scenario, []formats.Problem, error)

func (k *importFile) read(c *console, format reader) error {
	if err := exists(k.File); err != nil {
		return err
	}
	data, err := formats.Load(k.File)
	if err != nil {
		return refused(err)
	}
	s, warnings, err := format(k.File, data)
	return c.imported(k.Out, s, warnings, err)
}
