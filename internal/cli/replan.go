package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type replanCommand struct {
	Scenario string         `arg:"" help:"Scenario as it was planned, or as it is now."`
	Plan     string         `arg:"" help:"Plan in force."`
	Today    *scenario.Date `placeholder:"DATE" help:"What was to be ordered before this day has been ordered, and stays; by default what the plan or the scenario says."`
	Changes  string         `placeholder:"FILE" help:"Reported facts: a YAML or JSON file of records by id, with the keys that are different now, or out: true."`
	DDay     []string       `name:"d-day" sep:"none" placeholder:"[OP=]DATE" help:"New D-day of an operation. Can be repeated."`
	Branch   string         `placeholder:"ID" help:"Plan for this branch of the scenario; by default what the plan took to be known holds."`
	Reports  []string       `placeholder:"FILE" help:"Tables of reports, CSV, as of today; by default what the plan took to be known holds. Can be repeated."`
	done
	Tolerance float64 `default:"1" placeholder:"PERCENT" help:"How much more than the least cost, but for changes, fewer changes may cost."`
	Curve     bool    `help:"Also show the cost of more and of fewer changes."`
	Out       string  `short:"o" placeholder:"DIR" help:"Folder to write the new plan to, as plan -o does, and the changed scenario."`
	searches
	JSON bool `name:"json" help:"Print the answer as JSON."`
}

// changed is the scenario as it is now, and the plan in force with the scenario
// that it was made for.
type changed struct {
	was, now *scenario.Scenario // as written
	resolved *scenario.Scenario // now, resolved
	variant  *variant
	before   report.Compared
	orders   []scenario.Order // as things stand; nil where no facts are given
}

func (k *replanCommand) Run(ctx context.Context, c *console) error {
	if !(k.Tolerance >= 0) {
		return usageError{fmt.Errorf("--tolerance %g: it is a percentage, 0 or more", k.Tolerance)}
	}
	x, err := k.read(c)
	if err != nil {
		return err
	}
	if k.Out != "" {
		abandon, err := claim(k.Out)
		if err != nil {
			return err
		}
		defer abandon()
	}
	o, line, err := k.options(c, x.now)
	if err != nil {
		return err
	}
	again, err := stress.Replan(ctx, x.resolved, x.before.Plan, x.orders, k.Tolerance/100, o)
	line.clear()
	if pins, ok := errors.AsType[*engine.PinError](err); ok {
		return noError{fmt.Errorf("%s: %w", k.Scenario, pins)}
	}
	if err != nil {
		return searched(k.Scenario, err)
	}
	p := again.Points[again.Chosen].Outcome.Plan()
	now, err := resolveAs(x.now, p)
	if err != nil {
		return err
	}
	after, err := k.keep(x.now, now, p, x.now != x.was)
	if err != nil {
		return err
	}
	comparison, err := report.Compare(x.before, *after)
	if err != nil {
		return err
	}
	if k.JSON {
		return c.json(struct {
			*stress.Replanned
			Comparison *report.Comparison `json:"comparison"`
			Plan       *plan.Plan         `json:"plan"`
		}{again, comparison, p})
	}
	k.say(c, now, again)
	return comparison.Write(c.out, c.page(true))
}

// read reads the scenario, what has changed and the plan in force.
func (k *replanCommand) read(c *console) (*changed, error) {
	was, err := c.readScenario(k.Scenario)
	if err != nil {
		return nil, err
	}
	for _, path := range []string{k.Plan, k.Changes} {
		if path != "" {
			if err := exists(path); err != nil {
				return nil, err
			}
		}
	}
	p, err := c.readPlanFile(k.Plan)
	if err != nil {
		return nil, refused(err)
	}
	x := &changed{was: was, now: was}
	if k.Changes != "" {
		if x.now, _, err = formats.ReadChanged(k.Scenario, k.Changes); err != nil {
			return nil, refused(err)
		}
	}
	own := p.ScenarioSHA256 == "" || p.ScenarioSHA256 == was.Hash()
	if !own {
		fmt.Fprintf(c.err, "%s: note: made for another version of the scenario (SHA-256 %.12s, here %.12s); the D-days are those of %s\n", k.Plan, p.ScenarioSHA256, was.Hash(), k.Scenario)
	}
	x.variant = k.variant(x.now, was, p, own)
	if x.resolved, err = x.variant.resolve(c, x.now); err != nil {
		return nil, err
	}
	if today := x.resolved.Today.Number(); today < 0 || today >= x.now.Calendar.Days {
		return nil, usageError{fmt.Errorf("today, %s, is outside the calendar, %s to %s", x.now.Calendar.Date(today), x.now.Calendar.Start, x.now.Calendar.Date(x.now.Calendar.Days-1))}
	}
	before, err := resolveAs(was, p)
	if err != nil {
		return nil, noError{fmt.Errorf("%s: %w", k.Plan, err)}
	}
	checked, err := recomputed(k.Plan, before, p)
	if err != nil {
		return nil, err
	}
	x.before = report.Compared{Name: k.Plan, Scenario: before, Plan: p, BrokenRules: len(checked.Breaches)}
	if !own {
		x.before.BrokenRules = 0 // of a scenario that is not this one
	}
	return x, k.done.take(c, x)
}

// variant is the plan's own, but for what is said to be different now: D-days
// that the changes move, and today.
func (k *replanCommand) variant(now, was *scenario.Scenario, p *plan.Plan, own bool) *variant {
	v := &variant{Policy: p.Policy, Maturity: p.Options.Maturity, Without: p.Options.Without, Today: k.Today, Branch: k.Branch, Reports: k.Reports, took: p.Variant()}
	if v.Today == nil {
		v.Today = p.Options.Today
	}
	likely := map[string]scenario.Time{}
	for _, op := range was.Operations {
		likely[op.ID] = op.DDay.Likely
	}
	for _, op := range now.Operations {
		moves := op.StartsWhen != "" && (k.Branch != "" || k.Reports != nil) // its condition says
		if d, ok := p.Options.DDay[op.ID]; ok && own && !moves && op.DDay.Likely == likely[op.ID] {
			v.DDay = append(v.DDay, op.ID+"="+d.String())
		}
	}
	v.DDay = append(v.DDay, k.DDay...)
	return v
}

// keep holds the chosen plan to the checker and writes it, if it is wanted.
func (k *replanCommand) keep(now, resolved *scenario.Scenario, p *plan.Plan, changed bool) (*report.Compared, error) {
	checked, err := verified(resolved, p)
	if err != nil {
		return nil, err
	}
	after := &report.Compared{Name: "new plan", Scenario: resolved, Plan: p}
	if k.Out == "" {
		return after, nil
	}
	brief, err := report.New(resolved, p)
	if err != nil {
		return nil, err
	}
	brief.Verified = true
	if err := writePlan(k.Out, resolved, p, checked, brief); err != nil {
		return nil, err
	}
	after.Name = filepath.Join(k.Out, "plan.json")
	if !changed {
		return after, nil
	}
	return after, formats.WriteScenario(filepath.Join(k.Out, "scenario.yaml"), now)
}

// say says what stays, what no longer can, and how many changes there are.
func (k *replanCommand) say(c *console, s *scenario.Scenario, again *stress.Replanned) {
	fmt.Fprintf(c.out, "Today %s: of %s in force %d %s been ordered or %s over and %s; the rest may change.\n", again.Today, count(again.InForce, "leg"),
		again.Given, either(again.Given == 1, "has", "have"), either(again.Given == 1, "is", "are"), either(again.Given == 1, "stays", "stay"))
	for _, x := range again.Released {
		fmt.Fprintf(c.out, "Ordered but no longer possible: %s to %s, from %s until %s.\n", x.Unit, x.Post, s.Calendar.Date(x.Depart.Number()), s.Calendar.Date(x.Until.Number()))
	}
	chosen := again.Points[again.Chosen]
	best := again.Points[len(again.Points)-1]
	fmt.Fprintf(c.out, "%s: the fewest found within %g %% of the least cost found, %.0f without the price of changes; this plan costs %.0f. Gap %.2f %% of the cover.\n\n",
		count(chosen.Changes, "change"), k.Tolerance, best.Cover, chosen.Cover, 100*chosen.Outcome.GapOfCover)
	if !k.Curve {
		return
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Changes\tCost without them\tIOC\tStanding\tOperations\t\n")
	for i, x := range again.Points {
		fmt.Fprintf(t, "%d\t%.2f\t%s\t%.2f\t%.2f\t%s\n", x.Changes, x.Cover, readiness(s, &x.Outcome), x.Outcome.ExposureStanding, x.Outcome.ExposureOperations,
			either(i == again.Chosen, "chosen", ""))
	}
	_ = t.Flush()
	fmt.Fprintf(c.out, "\nStanding, Operations: exposure-days; %s of %d searches that no other beats in both.\n\n", count(len(again.Points), "plan"), again.Searches)
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
