package cli

import (
	"errors"
	"fmt"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/geopko"
	"github.com/rearguard/rearguard/internal/formats/smptsp"
	"github.com/rearguard/rearguard/scenario"
)

type importCommand struct {
	GeoPKO importGeoPKO `cmd:"" name:"geopko" help:"UN peacekeeping bases of a year, from the Geo-PKO data set's CSV tables."`
	SMPTSP importSMPTSP `cmd:"" name:"smptsp" help:"Fixed tasks and qualified workers: an instance of the shift minimisation personnel task scheduling problem."`

	CSV  importCSV  `cmd:"" name:"csv" help:"A scenario from a folder of CSV tables."`
	XLSX importXLSX `cmd:"" name:"xlsx" help:"A scenario from a workbook."`

	ORBATMapper importORBATMapper `cmd:"" name:"orbat-mapper" help:"Units with symbol, place and owner from a scenario of ORBAT Mapper."`

	Marathon importMarathon `cmd:"" name:"marathon" help:"A period of a MARATHON project: demands for types of units, and units in a cycle of dwell and deployment."`
	MSDL     importMSDL     `cmd:"" name:"msdl" help:"Units with symbol, place and force from a Military Scenario Definition Language file."`
}

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

type importSMPTSP struct {
	File string `arg:"" help:"Instance, a .dat file with Type, Jobs and Qualifications."`
	Out  string `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml or .json, or a folder for CSV."`
}

func (k *importSMPTSP) Run(c *console) error {
	if err := exists(k.File); err != nil {
		return err
	}
	s, warnings, err := smptsp.Read(k.File)
	return c.imported(k.Out, s, warnings, err)
}
