package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/planbook"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// exists refuses a file that is not there: then the call is wrong, not the file.
func exists(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s: there is no such file or folder", path)}
	}
	return nil
}

// sparing has the collector run more often while a command reads a file, until what it
// returns is called: a large scenario is in memory twice while it is read (decision 43), and
// as much again would wait to be collected.
func sparing() (restore func()) {
	const percent = 40
	before := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(before) }
}

// readCase reads a scenario, says if there are warnings and refuses it when it has
// problems.
func (c *console) readCase(path string) (*planner.Case, error) {
	defer sparing()()
	if err := exists(path); err != nil {
		return nil, err
	}
	x, err := planner.Read(path)
	if err != nil {
		return nil, refused(err)
	}
	if n := len(x.Warnings); n > 0 {
		fmt.Fprintf(c.err, "%s: %s; rearguard check lists them\n", path, count(n, "warning"))
	}
	return x, nil
}

// readScenario is readCase for those who only want the scenario as written.
func (c *console) readScenario(path string) (*scenario.Scenario, error) {
	x, err := c.readCase(path)
	if err != nil {
		return nil, err
	}
	return x.Scenario(), nil
}

// refused makes a file that cannot be used a "no".
func refused(err error) error {
	if _, ok := errors.AsType[*formats.Invalid](err); ok {
		return noError{err}
	}
	return err
}

// readPlan reads a plan and the variant of the scenario that it was made for,
// resolved.
func (c *console) readPlan(scenarioPath, planPath string) (*scenario.Scenario, *plan.Plan, error) {
	_, s, p, _, err := c.openPlan(scenarioPath, planPath)
	return s, p, err
}

// openPlan is readPlan that also returns the case, and the warning, if the plan was made
// for another version of it, which it has printed.
func (c *console) openPlan(scenarioPath, planPath string) (x *planner.Case, resolved *scenario.Scenario, p *plan.Plan, another string, err error) {
	x, err = c.readCase(scenarioPath)
	if err != nil {
		return nil, nil, nil, "", err
	}
	p, err = c.openPlanFile(planPath)
	if err != nil {
		return nil, nil, nil, "", err
	}
	another = c.another(planPath, x, p)
	resolved, err = resolveAs(x, planPath, p)
	return x, resolved, p, another, err
}

// another warns if a plan was made for another version of a scenario, and
// returns the warning.
func (c *console) another(planPath string, x *planner.Case, p *plan.Plan) (warning string) {
	if hash := x.Hash(); p.ScenarioSHA256 != "" && p.ScenarioSHA256 != hash {
		warning = fmt.Sprintf("made for another version of the scenario (SHA-256 %.12s, here %.12s)", p.ScenarioSHA256, hash)
		fmt.Fprintf(c.err, "%s: warning: %s\n", planPath, warning)
	}
	return warning
}

// openPlanFile is readPlanFile of a path that was given by somebody.
func (c *console) openPlanFile(path string) (*plan.Plan, error) {
	if err := exists(path); err != nil {
		return nil, err
	}
	p, err := c.readPlanFile(path)
	return p, refused(err)
}

// readPlanFile reads a plan: plan.json, or a workbook of it.
func (c *console) readPlanFile(path string) (*plan.Plan, error) {
	if !strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return formats.ReadPlan(path)
	}
	data, err := formats.Load(path)
	if err != nil {
		return nil, err
	}
	p, warnings, err := planbook.Read(path, data)
	c.warn(warnings)
	return p, err
}

// resolveAs resolves the variant of a scenario that a plan was made for.
func resolveAs(x *planner.Case, planPath string, p *plan.Plan) (*scenario.Scenario, error) {
	s, err := scenario.Resolve(x.Scenario(), p.Variant())
	if err != nil {
		return nil, noError{fmt.Errorf("%s: %w", planPath, err)}
	}
	return s, nil
}

// variant are the flags that choose among the plans that one scenario allows.
type variant struct {
	Policy   scenario.Policy `placeholder:"POLICY" help:"What weighs most: hold-the-flanks, mission-first or balanced; by default what the scenario says."`
	Maturity scenario.Pledge `placeholder:"PLEDGE" help:"Count only on pledges at or above this: stated, offered, confirmed or assigned."`
	DDay     []string        `name:"d-day" sep:"none" placeholder:"[OP=]DATE" help:"D-day of an operation; by default its likely day. Can be repeated."`
	Without  []string        `placeholder:"OP" help:"Plan as if this operation did not happen. Can be repeated."`
	Today    *scenario.Date  `placeholder:"DATE" help:"Date no order or decision before this day; by default what the scenario says."`
	Branch   string          `placeholder:"ID" help:"Plan for this branch of the scenario: its conditions as it takes them."`
	Reports  []string        `placeholder:"FILE" help:"Tables of reports, CSV: conditions and requirements as they are by then. Can be repeated."`
}

// given reports whether any of the flags is set.
func (v *variant) given() bool { return !reflect.ValueOf(*v).IsZero() }

// of is the variant of a case that the flags choose.
func (v *variant) of(c *console, x *planner.Case) (planner.Variant, error) {
	out := planner.Variant{Policy: v.Policy, Maturity: v.Maturity, Without: v.Without, Today: v.Today, Branch: v.Branch}
	for _, text := range v.DDay {
		if err := setDDay(&out.DDay, x.Scenario(), text); err != nil {
			return out, usageError{err}
		}
	}
	var err error
	out.Reports, err = c.readReports(v.Reports, x.Scenario())
	return out, err
}

// resolve is the scenario as the variant that the flags choose.
func (v *variant) resolve(c *console, x *planner.Case) (*scenario.Scenario, error) {
	chosen, err := v.of(c, x)
	if err != nil {
		return nil, err
	}
	s, err := x.Resolve(chosen)
	return s, told("", err)
}

// setDDay reads [OP=]DATE; the operation can be left out where there is one only.
func setDDay(days *map[string]scenario.Date, s *scenario.Scenario, text string) error {
	op, day, named := strings.Cut(text, "=")
	if !named {
		day = text
		var all []string
		for _, x := range s.Operations {
			all = append(all, x.ID)
		}
		if len(all) != 1 {
			return fmt.Errorf("--d-day %s: say of which operation, as OP=%s; the scenario has %s", text, day, enumerate(all))
		}
		op = all[0]
	}
	date, err := scenario.ParseDate(day)
	if err != nil {
		return fmt.Errorf("--d-day %s: %w", text, err)
	}
	if *days == nil {
		*days = map[string]scenario.Date{}
	}
	(*days)[op] = date
	return nil
}

func enumerate(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
