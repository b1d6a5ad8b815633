package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/alecthomas/kong"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/geopko"
	"github.com/rearguard/rearguard/scenario"
)

// importCommand has the formats that need more than a file to read by themselves; every
// other one is a command made from the list of formats.
type importCommand struct {
	GeoPKO   importGeoPKO   `cmd:"" name:"geopko" help:"UN peacekeeping bases of a year, from the Geo-PKO data set's CSV tables."`
	Marathon importMarathon `cmd:"" name:"marathon" help:"A period of a MARATHON project: demands for types of units, and units in a cycle of dwell and deployment."`
	CSV      importCSV      `cmd:"" name:"csv" help:"A scenario from a folder of CSV tables."`

	kong.Plugins
}

// newImport makes the commands of the formats.
func newImport() importCommand {
	var k importCommand
	for _, f := range exchange.Formats() {
		if f.In() && f.Name != "csv" {
			k.Plugins = append(k.Plugins, command(f.Name, f.Reads, importFile{format: f}))
		}
	}
	return k
}

// importFile is a format in one file.
type importFile struct {
	File string `arg:"" help:"File to read."`
	Out  string `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml, .json or .xlsx, or a folder for CSV."`

	format *exchange.Format
}

func (k *importFile) Run(c *console) error {
	if err := exists(k.File); err != nil {
		return err
	}
	data, err := formats.Load(k.File)
	if err != nil {
		return refused(err)
	}
	s, warnings, err := k.format.Read(k.File, data)
	return c.imported(k.Out, s, warnings, err)
}

type importCSV struct {
	Dir string `arg:"" help:"Folder of CSV tables."`
	Out string `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml, .json or .xlsx."`
}

func (k *importCSV) Run(c *console) error { return c.convert(k.Dir, k.Out, filepath.Ext(k.Out)) }

type importGeoPKO struct {
	Files      []string `arg:"" help:"CSV tables of the data set (TCCMap, TTMap), or the folder that holds them."`
	Year       int      `required:"" help:"Year to import."`
	NewMission string   `placeholder:"MISSION" sep:"none" help:"A mission to plan on top: troops=N,at=LAT,LON,from=DATE."`
	Days       int      `placeholder:"N" help:"Days of the calendar; 365, or more where the new mission needs them."`
	Out        string   `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml or .json, or a folder for CSV."`
}

func (k *importGeoPKO) Run(c *console) error {
	o := geopko.Options{Year: k.Year, Days: k.Days}
	if k.NewMission != "" {
		m, err := geopko.ParseMission(k.NewMission)
		if err != nil {
			return usageError{fmt.Errorf("--new-mission: %w", err)}
		}
		o.Mission = &m
	}
	for _, path := range k.Files {
		if err := exists(path); err != nil {
			return err
		}
	}
	s, warnings, err := geopko.Read(k.Files, o)
	return c.imported(k.Out, s, warnings, err)
}

// imported writes what an importer made and says what was wrong with its files.
func (c *console) imported(out string, s *scenario.Scenario, warnings []formats.Problem, err error) error {
	if invalid, ok := errors.AsType[*formats.Invalid](err); ok {
		return noError{invalid}
	}
	if err != nil {
		return err
	}
	for _, w := range warnings {
		fmt.Fprintln(c.err, w)
	}
	if err := formats.WriteScenario(out, s); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %s; %s in the data\n", out, size(s), count(len(warnings), "warning"))
	return nil
}
