package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/geojson"
	"github.com/rearguard/rearguard/internal/formats/planbook"
	"github.com/rearguard/rearguard/internal/formats/tpfdd"
	"github.com/rearguard/rearguard/internal/milp"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type planCommand struct {
	Scenario   string        `arg:"" help:"Scenario to plan."`
	Out        string        `short:"o" placeholder:"DIR" help:"Folder to write plan.json, plan.html, plan.xlsx, tpfdd.csv, moves.geojson and decisions.ics to."`
	Time       time.Duration `default:"10s" help:"How long to search."`
	Iterations int           `placeholder:"N" help:"Stop after N tries instead; then the same seed gives the same plan."`
	Seed       uint64        `default:"1" help:"Seed of the search."`
	Threads    int           `placeholder:"N" help:"Most threads to use; all by default."`
	Solver     string        `default:"none" enum:"none,wasm,native" help:"Polish the plan by integer programs at the end: none, wasm (HiGHS, inside this program) or native (highs or cbc on PATH)."`
	variant
	Pins string `placeholder:"FILE" help:"Further pins: a YAML or JSON file with a list under the key pins, as in a scenario."`
	From string `placeholder:"PLAN" help:"Start from this plan, as far as it is possible in the scenario."`
	JSON bool   `name:"json" help:"Print the plan as JSON instead of the page."`
	All  bool   `help:"Print every move, backfill and gap, however many."`
}

// reference is the part of the time that goes into the plan without the
// operations, which new_exposure is measured against.
const reference = 0.2

func (k *planCommand) Run(ctx context.Context, c *console) error {
	if k.Time <= 0 || k.Iterations < 0 || k.Threads < 0 {
		return usageError{errors.New("--time must be above 0, --iterations and --threads not below")}
	}
	if k.Threads > 0 {
		runtime.GOMAXPROCS(k.Threads)
	}
	s, err := c.readScenario(k.Scenario)
	if err != nil {
		return err
	}
	hash := s.Hash() // of the file, without further pins
	if s, err = k.pinned(s); err != nil {
		return err
	}
	resolved, err := k.resolve(c, s)
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
	p, err := k.solve(ctx, c, s, resolved, hash)
	if err != nil {
		return err
	}
	checked, err := verified(resolved, p)
	if err != nil {
		return err
	}
	brief, err := report.New(resolved, p)
	if err != nil {
		return err
	}
	brief.Verified = true
	if k.Out != "" {
		if err := writePlan(k.Out, resolved, p, checked, brief); err != nil {
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
	return brief.Write(c.out, c.page(k.All))
}

// solve plans the scenario, and once more without its operations for the
// exposure that they cause.
func (k *planCommand) solve(ctx context.Context, c *console, s, resolved *scenario.Scenario, hash string) (*plan.Plan, error) {
	line := c.liveLine()
	defer line.clear()
	o := engine.Options{Seed: k.Seed, Iterations: k.Iterations, Scenario: hash, Progress: line.show}
	from, err := k.from(c, resolved)
	if err != nil {
		return nil, err
	}
	if k.Solver != "none" {
		if o.Solver, err = milp.New(k.Solver); err != nil {
			return nil, noError{err}
		}
	}
	o.From = from
	if k.Iterations == 0 {
		o.Time = k.Time
		if len(resolved.Operations) > 0 {
			o.Time = time.Duration(float64(k.Time) * (1 - reference))
		}
	}
	p, err := engine.Solve(ctx, resolved, o)
	if pins, ok := errors.AsType[*engine.PinError](err); ok {
		return nil, noError{fmt.Errorf("%s: %w", k.Scenario, pins)}
	}
	if err != nil {
		return nil, err
	}
	if len(resolved.Operations) == 0 {
		none := 0.0
		p.Metrics.NewExposure = &none
		return p, nil
	}
	if p.Stop == plan.StopInterrupted {
		return p, nil
	}
	line.note = "without the operations: "
	peace := *k
	peace.Without, peace.DDay = nil, nil
	for _, op := range s.Operations {
		peace.Without = append(peace.Without, op.ID)
	}
	calm, err := peace.resolve(c, s)
	if err != nil {
		return nil, err
	}
	o.From = nil
	// A proof can end the search early, which helps only where time is the limit.
	if o.NoBound = k.Iterations > 0; !o.NoBound {
		o.Time = k.Time - o.Time
	}
	without, err := engine.Solve(ctx, calm, o)
	if err != nil {
		return nil, fmt.Errorf("plan without the operations: %w", err)
	}
	if _, err := verified(calm, without); err != nil {
		return nil, err
	}
	added := max(0, p.Metrics.ExposureDays.Standing-without.Metrics.ExposureDays.Standing)
	p.Metrics.NewExposure = &added
	return p, nil
}

// pinned is a scenario with the further pins of a file, if one is given.
func (k *planCommand) pinned(s *scenario.Scenario) (*scenario.Scenario, error) {
	if k.Pins == "" {
		return s, nil
	}
	if err := exists(k.Pins); err != nil {
		return nil, err
	}
	pins, err := formats.ReadPins(k.Pins, s)
	if err != nil {
		return nil, refused(err)
	}
	with := *s
	with.Pins = slices.Concat(s.Pins, pins)
	return &with, nil
}

// from reads the plan to start from, if one is given.
func (k *planCommand) from(c *console, s *scenario.Scenario) (*plan.Plan, error) {
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
	if broken := verify.Check(s, p).Breaches; len(broken) > 0 {
		fmt.Fprintf(c.err, "%s: note: breaks %s of this scenario; the search starts from what is possible of it; the first: %s\n", k.From, count(len(broken), "rule"), broken[0])
	}
	return p, nil
}

// verified holds every plan that this program makes to the checker.
func verified(s *scenario.Scenario, p *plan.Plan) (*verify.Report, error) {
	r := verify.Check(s, p)
	if r.OK() {
		return r, nil
	}
	err := fmt.Errorf("the plan found breaks %d rules and states %d false numbers; please report this with the scenario", len(r.Breaches), len(r.Differences))
	for i, b := range r.Breaches {
		if i == 10 {
			break
		}
		err = fmt.Errorf("%w\n  %s", err, b)
	}
	for _, d := range r.Differences {
		err = fmt.Errorf("%w\n  %s", err, d)
	}
	return nil, err
}

// claim makes sure, before a long search, that a folder can be written to. What
// it returns removes the folder again if it was made here and stayed empty.
func claim(dir string) (abandon func(), err error) {
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

// writePlan writes a plan in every form that goes into a folder.
func writePlan(folder string, s *scenario.Scenario, p *plan.Plan, checked *verify.Report, brief *report.Brief) error {
	document, err := report.Checked(s, p, checked)
	if err != nil {
		return err
	}
	html, err := document.HTML(s)
	if err != nil {
		return err
	}
	if err := formats.WritePlan(filepath.Join(folder, "plan.json"), p); err != nil {
		return err
	}
	if err := formats.WriteFile(filepath.Join(folder, "plan.html"), html); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		write writer
	}{{"tpfdd.csv", tpfdd.Write}, {"moves.geojson", geojson.Write}, {"plan.xlsx", planbook.Write}} {
		var b bytes.Buffer
		if err := f.write(&b, s, p); err != nil {
			return err
		}
		if err := formats.WriteFile(filepath.Join(folder, f.name), b.Bytes()); err != nil {
			return err
		}
	}
	return formats.WriteFile(filepath.Join(folder, "decisions.ics"), brief.Calendar())
}
