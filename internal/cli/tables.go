package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/planbook"
)

type exportCSV struct {
	Scenario string `arg:"" help:"Scenario to export."`
	Out      string `short:"o" required:"" placeholder:"DIR" help:"Folder to make."`
}

func (e *exportCSV) Run(c *console) error { return c.convert(e.Scenario, e.Out, "") }

type exportXLSX struct {
	Scenario string `arg:"" help:"Scenario to export."`
	Plan     string `arg:"" optional:"" help:"Plan to export instead, with its Gantt chart, tables and charts."`
	Out      string `short:"o" required:"" placeholder:"FILE" help:"Workbook to write, .xlsx."`
}

func (e *exportXLSX) Run(c *console) error {
	if e.Plan == "" {
		return c.convert(e.Scenario, e.Out, ".xlsx")
	}
	if got := filepath.Ext(e.Out); !strings.EqualFold(got, ".xlsx") {
		return usageError{fmt.Errorf("-o %s: the name must end in \".xlsx\", not %q", e.Out, got)}
	}
	shown := exportPlan{Scenario: e.Scenario, Plan: e.Plan, Out: e.Out}
	return shown.write(c, planbook.Write)
}

type importCSV struct {
	Dir string `arg:"" help:"Folder of CSV tables."`
	Out string `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml, .json or .xlsx."`
}

func (k *importCSV) Run(c *console) error { return c.convert(k.Dir, k.Out, filepath.Ext(k.Out)) }

type importXLSX struct {
	File string `arg:"" help:"Workbook, .xlsx."`
	Out  string `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml or .json, or a folder for CSV."`
}

func (k *importXLSX) Run(c *console) error { return c.convert(k.File, k.Out, filepath.Ext(k.Out)) }

// convert writes a scenario in another form, which its name must have.
func (c *console) convert(from, to, extension string) error {
	if got := filepath.Ext(to); !strings.EqualFold(got, extension) {
		return usageError{fmt.Errorf("-o %s: the name must end in %q, not %q", to, extension, got)}
	}
	s, err := c.readScenario(from)
	if err != nil {
		return err
	}
	if err := formats.WriteScenario(to, s); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %s\n", to, size(s))
	return nil
}
