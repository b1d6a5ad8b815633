package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/planbook"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// exists refuses a file that is not there: then the call is wrong, not the file.
func exists(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s: there is no such file or folder", path)}
	}
	return nil
}

// readScenario reads a scenario, says if there are warnings and refuses it when
// it has problems.
func (c *console) readScenario(path string) (*scenario.Scenario, error) {
	if err := exists(path); err != nil {
		return nil, err
	}
	s, warnings, err := formats.ReadScenario(path)
	if err != nil {
		return nil, refused(err)
	}
	if len(warnings) > 0 {
		fmt.Fprintf(c.err, "%s: %s; rearguard check lists them\n", path, count(len(warnings), "warning"))
	}
	return s, nil
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

// openPlan is readPlan that also returns the scenario as written, and the warning, if
// the plan was made for another version of it, which it has printed.
func (c *console) openPlan(scenarioPath, planPath string) (written, resolved *scenario.Scenario, p *plan.Plan, another string, err error) {
	fail := func(err error) (*scenario.Scenario, *scenario.Scenario, *plan.Plan, string, error) {
		return nil, nil, nil, "", err
	}
	written, err = c.readScenario(scenarioPath)
	if err != nil {
		return fail(err)
	}
	p, err = c.openPlanFile(planPath)
	if err != nil {
		return fail(err)
	}
	another = c.another(planPath, written, p)
	resolved, err = resolveAs(written, p)
	if err != nil {
		return fail(noError{fmt.Errorf("%s: %w", planPath, err)})
	}
	return written, resolved, p, another, nil
}

// another warns if a plan was made for another version of a scenario, as written, and
// returns the warning.
func (c *console) another(planPath string, s *scenario.Scenario, p *plan.Plan) (warning string) {
	if hash := s.Hash(); p.ScenarioSHA256 != "" && p.ScenarioSHA256 != hash {
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
func resolveAs(s *scenario.Scenario, p *plan.Plan) (*scenario.Scenario, error) {
	return scenario.Resolve(s, p.Variant())
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

	took scenario.Variant // what a plan in force took to be known, where neither flag says otherwise
}

// given reports whether any of the flags is set.
func (v *variant) given() bool { return !reflect.ValueOf(*v).IsZero() }

// resolve applies the flags to a scenario.
func (v *variant) resolve(c *console, s *scenario.Scenario) (*scenario.Scenario, error) {
	o := scenario.Variant{Policy: v.Policy, Maturity: v.Maturity, Without: v.Without, Today: v.Today, Lost: v.took.Lost, DDay: map[string]scenario.Date{}}
	if err := v.know(c, s, &o); err != nil {
		return nil, err
	}
	for _, text := range v.DDay {
		if err := v.setDDay(&o, s, text); err != nil {
			return nil, usageError{err}
		}
	}
	resolved, err := scenario.Resolve(s, o)
	if err != nil {
		return nil, usageError{err}
	}
	return resolved, nil
}

// setDDay reads [OP=]DATE; the operation can be left out where there is one only.
func (v *variant) setDDay(o *scenario.Variant, s *scenario.Scenario, text string) error {
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
	if n := s.Calendar.Day(date); n < 0 || n >= s.Calendar.Days {
		return fmt.Errorf("--d-day %s: %s is outside the calendar, %s to %s", text, date, s.Calendar.Start, s.Calendar.Date(s.Calendar.Days-1))
	}
	o.DDay[op] = date
	return nil
}

func enumerate(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
