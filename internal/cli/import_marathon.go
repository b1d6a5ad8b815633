package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/marathon"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type importMarathon struct {
	Folder    string   `arg:"" help:"Folder with the workbook's sheets as CSV tables."`
	Type      string   `placeholder:"SRC" help:"Only this type of unit; all by default."`
	Inventory string   `placeholder:"COMPONENT=N,..." sep:"none" help:"Units of the type by component, such as AC=4,RC=53, instead of SupplyRecords."`
	Draw      uint64   `placeholder:"N" help:"Draw where in its cycle each unit starts, by this seed; CycleTime by default."`
	Period    string   `placeholder:"NAME" help:"Period to plan; the first with a demand by default."`
	After     []string `placeholder:"PLAN" help:"Plan of a period before, made with the same options; repeat for several."`
	Out       string   `short:"o" required:"" placeholder:"FILE" help:"Scenario to write, .yaml or .json, or a folder for CSV."`
}

func (k *importMarathon) Run(c *console) error {
	o := marathon.Options{Type: k.Type, Draw: k.Draw, Period: k.Period}
	if k.Inventory != "" {
		o.Inventory = map[string]int{}
		for _, entry := range strings.Split(k.Inventory, ",") {
			component, number, _ := strings.Cut(entry, "=")
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 || n > 10_000 || component == "" {
				return usageError{fmt.Errorf("--inventory: %q is not COMPONENT=N with N from 0 to 10000, such as AC=4", entry)}
			}
			o.Inventory[component] = n
		}
	}
	if err := exists(k.Folder); err != nil {
		return err
	}
	var s *scenario.Scenario
	var warnings []formats.Problem
	project, err := marathon.Open(k.Folder)
	for _, path := range k.After {
		if err != nil {
			break
		}
		var p *plan.Plan
		if p, err = c.readPlanFile(path); err == nil {
			o.After = append(o.After, p)
		}
	}
	if err == nil {
		s, warnings, err = project.Scenario(o)
	}
	return c.imported(k.Out, s, warnings, err)
}
