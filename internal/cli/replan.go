package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
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

func (k *replanCommand) Run(ctx context.Context, c *console) error {
	was, now, p, err := k.read(c)
	if err != nil {
		return err
	}
	what := planner.ReplanOptions{Plan: p, Was: was, Overdue: &k.Overdue, Tolerance: &k.Tolerance}
	before, err := resolveAs(was, k.Plan, p)
	if err != nil {
		return err
	}
	checked, err := recomputed(k.Plan, before, p)
	if err != nil {
		return err
	}
	if what.Facts, err = k.done.read(c, before); err != nil {
		return err
	}
	v, err := (&variant{DDay: k.DDay, Today: k.Today, Branch: k.Branch, Reports: k.Reports}).of(c, now)
	if err != nil {
		return err
	}
	abandon, err := claim(k.Out)
	if err != nil {
		return err
	}
	defer abandon()
	how, line, err := k.search(c)
	if err != nil {
		return err
	}
	again, err := now.Replan(ctx, v, how, what)
	line.clear()
	if err != nil {
		return told(k.Scenario, err)
	}
	old := report.Compared{Name: k.Plan, Scenario: again.BeforeScenario, Plan: again.Before, BrokenRules: len(checked.Breaches)}
	switch {
	case again.Account != nil:
		old.Name, old.BrokenRules = old.Name+" as it stands", 0
	case p.ScenarioSHA256 != "" && p.ScenarioSHA256 != was.Hash():
		old.BrokenRules = 0 // of a scenario that is not this one
	}
	after, err := k.keep(again, again.Case.Scenario() != was.Scenario())
	if err != nil {
		return err
	}
	comparison, err := report.Compare(old, *after)
	if err != nil {
		return err
	}
	if k.JSON {
		return c.json(struct {
			*planner.Replanned
			Comparison *report.Comparison `json:"comparison"`
		}{again, comparison})
	}
	k.say(c, again.Scenario, again)
	return comparison.Write(c.out, c.page(true))
}

// read reads the scenario as it was planned and as it is now, and the plan in force.
func (k *replanCommand) read(c *console) (was, now *planner.Case, p *plan.Plan, err error) {
	fail := func(err error) (*planner.Case, *planner.Case, *plan.Plan, error) { return nil, nil, nil, err }
	if was, err = c.readCase(k.Scenario); err != nil {
		return fail(err)
	}
	for _, path := range []string{k.Plan, k.Changes} {
		if path != "" {
			if err := exists(path); err != nil {
				return fail(err)
			}
		}
	}
	if p, err = c.readPlanFile(k.Plan); err != nil {
		return fail(refused(err))
	}
	now = was
	if k.Changes != "" {
		s, _, err := formats.ReadChanged(k.Scenario, k.Changes)
		if err != nil {
			return fail(refused(err))
		}
		now = planner.Checked(s)
	}
	if p.ScenarioSHA256 != "" && p.ScenarioSHA256 != was.Hash() {
		fmt.Fprintf(c.err, "%s: note: made for another version of the scenario (SHA-256 %.12s, here %.12s); the D-days are those of %s\n", k.Plan, p.ScenarioSHA256, was.Hash(), k.Scenario)
	}
	return was, now, p, nil
}

// keep writes the chosen plan, if it is wanted.
func (k *replanCommand) keep(again *planner.Replanned, changed bool) (*report.Compared, error) {
	resolved, p := again.Scenario, again.Plan
	after := &report.Compared{Name: "new plan", Scenario: resolved, Plan: p}
	if k.Out == "" {
		return after, nil
	}
	brief, err := report.New(resolved, p)
	if err != nil {
		return nil, err
	}
	brief.Verified = true
	if err := writePlan(k.Out, resolved, p, verify.Check(resolved, p)); err != nil {
		return nil, err
	}
	after.Name = filepath.Join(k.Out, "plan.json")
	if !changed {
		return after, nil
	}
	return after, formats.WriteScenario(filepath.Join(k.Out, "scenario.yaml"), again.Case.Scenario())
}

// say says what stays, what no longer can, and how many changes there are.
func (k *replanCommand) say(c *console, s *scenario.Scenario, again *planner.Replanned) {
	fmt.Fprintf(c.out, "Today %s: of %s in force %d %s been ordered or %s over and %s; the rest may change.\n", again.Today, count(again.InForce, "leg"),
		again.Given, either(again.Given == 1, "has", "have"), either(again.Given == 1, "is", "are"), either(again.Given == 1, "stays", "stay"))
	for _, x := range again.Released {
		fmt.Fprintf(c.out, "%s: %s to %s, from %s until %s.\n",
			either(x.Impossible, "Ordered but no longer possible", "Ordered, but no plan was found that keeps it"), x.Unit, x.Post, s.Calendar.Date(x.Depart.Number()), s.Calendar.Date(x.Until.Number()))
	}
	chosen := again.Points[again.Chosen]
	best := again.Points[len(again.Points)-1]
	fmt.Fprintf(c.out, "%s: the fewest found within %g %% of the least cost found, %.0f without the price of changes; this plan costs %.0f. Gap of the cost: %s.\n\n",
		count(chosen.Changes, "change"), k.Tolerance, best.Cover, chosen.Cover, words.Gap(chosen.Outcome.Gap))
	if !k.Curve {
		return
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Changes\tCost without them\tIOC\tStanding\tOperations\t\n")
	for i, x := range again.Points {
		fmt.Fprintf(t, "%d\t%.2f\t%s\t%.2f\t%.2f\t%s\n", x.Changes, x.Cover, readiness(s, x.Outcome.IOC), x.Outcome.ExposureStanding, x.Outcome.ExposureOperations,
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
