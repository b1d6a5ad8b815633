package cli

import (
	"errors"
	"fmt"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/geopko"
)

type importCommand struct {
	GeoPKO importGeoPKO `cmd:"" name:"geopko" help:"UN peacekeeping bases of a year, from the Geo-PKO data set's CSV tables."`
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
	if invalid, ok := errors.AsType[*formats.Invalid](err); ok {
		return noError{invalid}
	}
	if err != nil {
		return err
	}
	for _, w := range warnings {
		fmt.Fprintln(c.err, w)
	}
	if err := formats.WriteScenario(k.Out, s); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %s; %s in the data\n", k.Out, size(s), count(len(warnings), "warning"))
	return nil
}
