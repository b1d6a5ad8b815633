package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// exportCommand has the formats that need more than a file to write by themselves; every
// other one is a command made from the list of formats.
type exportCommand struct {
	JSON exportJSON `cmd:"" name:"json" aliases:"resolved" help:"The scenario resolved: nothing left to infer, times as day numbers, weights as numbers."`
	MPS  exportMPS  `cmd:"" name:"mps" help:"The scenario as a mixed-integer program in free MPS, for any solver; its optimum is the least objective."`
	LP   exportLP   `cmd:"" name:"lp" help:"The same program in the LP format, for people to read."`
	CSV  exportCSV  `cmd:"" name:"csv" help:"The scenario as a folder of CSV tables, without loss."`
	XLSX exportXLSX `cmd:"" name:"xlsx" help:"The scenario, or a plan, as a workbook, without loss."`

	kong.Plugins
}

// newExport makes the commands of the formats.
func newExport() exportCommand {
	var k exportCommand
	for _, f := range exchange.Formats() {
		name := f.Name
		switch {
		case f.Terminal != "" || name == "csv" || name == "xlsx" || name == "resolved": // each has a field
		case f.Plan != nil:
			if f.Scenario != nil || f.Resolved != nil {
				name = "plan-" + name
			}
			k.Plugins = append(k.Plugins, command(name, f.Writes, exportPlan{format: f}))
		case f.Resolved != nil:
			k.Plugins = append(k.Plugins, command(name, f.Writes, exportResolved{format: f}))
		case f.Scenario != nil:
			k.Plugins = append(k.Plugins, command(name, f.Writes, exportWritten{format: f}))
		}
	}
	return k
}

// command is a command that is made rather than declared: a pointer to a struct with the
// one field that a declaration would have.
func command[T any](name, help string, run T) any {
	field := reflect.StructField{
		Name: "Command", Type: reflect.TypeFor[T](), Tag: reflect.StructTag(fmt.Sprintf("cmd:\"\" name:%q help:%q", name, help)),
	}
	holder := reflect.New(reflect.StructOf([]reflect.StructField{field}))
	holder.Elem().Field(0).Set(reflect.ValueOf(run))
	return holder.Interface()
}

// exportPlan is a format that shows a plan.
type exportPlan struct {
	Scenario string `arg:"" help:"Scenario that the plan is for."`
	Plan     string `arg:"" help:"Plan to export."`
	Out      string `short:"o" placeholder:"FILE" help:"File to write; standard output by default."`

	format *exchange.Format
}

func (e *exportPlan) Run(c *console) error {
	s, p, err := c.readPlan(e.Scenario, e.Plan)
	if err != nil {
		return err
	}
	checked, err := recomputed(e.Plan, s, p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	shown := exchange.Shown{Scenario: s, Plan: p, Document: func() (*report.Document, error) { return report.Checked(s, p, checked) }}
	if err := e.format.WritePlan(&b, &shown); err != nil {
		return err
	}
	return c.write(e.Out, b.Bytes())
}

// exportResolved is a format of a variant of a scenario.
type exportResolved struct {
	Scenario string `arg:"" help:"Scenario to export."`
	Plan     string `arg:"" optional:"" help:"Plan whose D-days, maturity, policy and operations left out hold; instead of the flags."`
	variant
	Out string `short:"o" placeholder:"FILE" help:"File to write; standard output by default."`

	format *exchange.Format
}

func (e *exportResolved) Run(c *console) error {
	resolved, err := e.resolved(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := e.format.Resolved(&b, resolved); err != nil {
		return err
	}
	return c.write(e.Out, b.Bytes())
}

func (e *exportResolved) resolved(c *console) (*scenario.Scenario, error) {
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

// exportJSON is the scenario resolved, or as its author wrote it.
type exportJSON struct {
	exportResolved
	AsWritten bool `help:"As its author wrote it instead, with dates, ranges and counts."`
}

func (e *exportJSON) Run(c *console) error {
	if !e.AsWritten {
		e.format = exchange.Named("resolved")
		return e.exportResolved.Run(c)
	}
	if e.Plan != "" || e.given() {
		return usageError{errors.New("a scenario as written has no variant: --as-written takes neither a plan nor flags that choose one")}
	}
	as := exportWritten{Scenario: e.Scenario, Out: e.Out, format: exchange.Named("json")}
	return as.Run(c)
}

// exportWritten is a format of a scenario as its author wrote it.
type exportWritten struct {
	Scenario string `arg:"" help:"Scenario to export."`
	Out      string `short:"o" placeholder:"FILE" help:"File to write; standard output by default."`

	format *exchange.Format
}

func (e *exportWritten) Run(c *console) error {
	s, err := c.readScenario(e.Scenario)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := e.format.Scenario(&b, s); err != nil {
		return err
	}
	return c.write(e.Out, b.Bytes())
}

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
	f := exchange.Named("xlsx")
	if e.Plan == "" {
		return c.convert(e.Scenario, e.Out, f.Extension())
	}
	if err := extended(e.Out, f.Extension()); err != nil {
		return err
	}
	shown := exportPlan{Scenario: e.Scenario, Plan: e.Plan, Out: e.Out, format: f}
	return shown.Run(c)
}

// extended refuses a file to write whose name does not end in its format's extension.
func extended(path, extension string) error {
	if got := filepath.Ext(path); !strings.EqualFold(got, extension) {
		return usageError{fmt.Errorf("-o %s: the name must end in %q, not %q", path, extension, got)}
	}
	return nil
}

// convert writes a scenario in another form, which its name must have.
func (c *console) convert(from, to, extension string) error {
	if err := extended(to, extension); err != nil {
		return err
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

// write writes a file whole or not at all, or to standard output for no path.
func (c *console) write(path string, data []byte) error {
	if path != "" {
		return formats.WriteFile(path, data)
	}
	_, err := c.out.Write(data)
	return err
}

// writePlan writes a plan in every form that goes into a folder.
func writePlan(folder string, s *scenario.Scenario, p *plan.Plan, checked *verify.Report) error {
	shown := exchange.Shown{Scenario: s, Plan: p, Document: func() (*report.Document, error) { return report.Checked(s, p, checked) }}
	for _, f := range exchange.Formats() {
		if f.PlanFile == "" {
			continue
		}
		var b bytes.Buffer
		if err := f.Plan(&b, &shown); err != nil {
			return err
		}
		if err := formats.WriteFile(filepath.Join(folder, f.PlanFile), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// planFiles names what writePlan writes.
func planFiles() string {
	var names []string
	for _, f := range exchange.Formats() {
		if f.PlanFile != "" {
			names = append(names, f.PlanFile)
		}
	}
	return enumerate(names)
}
