package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

type planCommand struct {
	Scenario   string        `arg:"" help:"Scenario to plan."`
	Out        string        `short:"o" placeholder:"DIR" help:"Folder to write ${plan_files} to."`
	Time       time.Duration `default:"10s" help:"How long to search."`
	Iterations int           `placeholder:"N" help:"Stop after N tries instead; then the same seed gives the same plan."`
	Seed       uint64        `default:"1" help:"Seed of the search."`
	Threads    int           `placeholder:"N" help:"Most threads to use; all by default."`
	Solver     string        `enum:",wasm,native" default:"" placeholder:"SOLVER" help:"Polish the plan by integer programs at the end: wasm (HiGHS, inside this program) or native (highs or cbc on PATH)."`
	variant
	Pins    string `placeholder:"FILE" help:"Further pins: a YAML or JSON file with a list under the key pins, as in a scenario."`
	From    string `placeholder:"PLAN" help:"Start from this plan, as far as it is possible in the scenario."`
	JSON    bool   `name:"json" help:"Print the plan as JSON instead of the page."`
	Verbose bool   `help:"Also print, to the standard error, what each kind of move of the search was tried for, and what it came to."`
	All     bool   `help:"Print every move, backfill and gap, however many."`
	Shape   bool   `help:"Print the shape of the plan too: how often units move, how long they stay, what of a tour serves."`
}

func (k *planCommand) Run(ctx context.Context, c *console) error {
	if k.Time <= 0 || k.Iterations < 0 || k.Threads < 0 {
		return usageError{errors.New("--time must be above 0, --iterations and --threads not below")}
	}
	x, err := c.readCase(k.Scenario)
	if err != nil {
		return err
	}
	v, err := k.variant.of(c, x)
	if err != nil {
		return err
	}
	if v.Pins, err = k.pins(x); err != nil {
		return err
	}
	how := planner.Search{Seed: k.Seed, Iterations: k.Iterations, Time: k.Time, Threads: k.Threads, Solver: planner.Solver(k.Solver)}
	if how.From, err = k.from(c, x, v); err != nil {
		return err
	}
	abandon, err := claim(k.Out)
	if err != nil {
		return err
	}
	defer abandon()
	line := c.liveLine()
	how.Progress = line.show
	found, err := x.Plan(ctx, v, how)
	line.clear()
	if err != nil {
		return told(k.Scenario, err)
	}
	resolved, p, checked := found.Scenario, found.Plan, found.Verdict
	if k.Verbose {
		writeMoves(c.err, found.Moves)
	}
	brief, err := report.New(resolved, p)
	if err != nil {
		return err
	}
	brief.Verified = true
	if k.Out != "" {
		if err := writePlan(k.Out, resolved, p, checked); err != nil {
			return err
		}
	}
	if k.JSON {
		b, err := formats.PlanBytes(p)
		if err != nil {
			return err
		}
		_, err = c.out.Write(b)
		return err
	}
	page := c.page(k.All)
	page.Shape = k.Shape
	return brief.Write(c.out, page)
}

// writeMoves writes the kinds of move of a search, one a line.
func writeMoves(w io.Writer, moves []planner.Move) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "Move\tWeight\tTried\tAccepted\tImproved\tTakes out")
	for _, m := range moves {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%s\n", m.Name, m.Weight, m.Tried, m.Accepted, m.Improved, m.Takes)
	}
	_ = table.Flush() // the standard error has nobody to tell
}

// pins are the further pins of a file, if one is given.
func (k *planCommand) pins(x *planner.Case) ([]scenario.Pin, error) {
	if k.Pins == "" {
		return nil, nil
	}
	if err := exists(k.Pins); err != nil {
		return nil, err
	}
	pins, err := formats.ReadPins(k.Pins, x.Scenario())
	return pins, refused(err)
}

// from reads the plan to start from, if one is given.
func (k *planCommand) from(c *console, x *planner.Case, v planner.Variant) (*plan.Plan, error) {
	if k.From == "" {
		return nil, nil
	}
	if err := exists(k.From); err != nil {
		return nil, err
	}
	p, err := c.readPlanFile(k.From)
	if err != nil {
		return nil, refused(err)
	}
	s, err := x.Resolve(v)
	if err != nil {
		return nil, told(k.Scenario, err)
	}
	if broken := verify.Check(s, p).Breaches; len(broken) > 0 {
		fmt.Fprintf(c.err, "%s: note: breaks %s of this scenario; the search starts from what is possible of it; the first: %s\n", k.From, count(len(broken), "rule"), broken[0])
	}
	return p, nil
}

// claim makes sure, before a long search, that a folder can be written to, if one is named.
// What it returns removes the folder again if it was made here and stayed empty.
func claim(dir string) (abandon func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	_, missing := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, usageError{fmt.Errorf("-o %s: cannot make this folder: %w", dir, err)}
	}
	probe, err := os.CreateTemp(dir, ".rearguard-*")
	if err != nil {
		return nil, usageError{fmt.Errorf("-o %s: cannot write to this folder: %w", dir, err)}
	}
	name := probe.Name()
	if err := errors.Join(probe.Close(), os.Remove(name)); err != nil {
		return nil, fmt.Errorf("try folder %s: %w", dir, err)
	}
	return func() {
		if missing != nil {
			_ = os.Remove(dir) // fails where it holds a plan, which is right
		}
	}, nil
}
