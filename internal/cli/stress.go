package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

type stressCommand struct {
	Scenario string `arg:"" help:"Scenario to stress."`
	Lose     int    `placeholder:"N" help:"Plan without each contributor (1), or each pair (2), and rank what breaks."`
	DDay     string `name:"d-day" placeholder:"[OP=]FROM..TO" help:"Plan for each D-day of a range."`
	Step     int    `default:"1" help:"Days from one D-day to the next."`
	posturesFor
	uncertain
	hardened
	searches
	Policy   scenario.Policy `placeholder:"POLICY" help:"What weighs most: hold-the-flanks, mission-first or balanced."`
	Maturity scenario.Pledge `placeholder:"PLEDGE" help:"Count only on pledges at or above this."`
	Today    *scenario.Date  `placeholder:"DATE" help:"Date no order or decision before this day."`
	All      bool            `help:"Print every line, however many."`
	JSON     bool            `name:"json" help:"Print the answer as JSON."`
}

// searches are the flags of a command that plans many times.
type searches struct {
	Time       time.Duration `default:"20s" help:"How long to search, all plans together."`
	Iterations int           `placeholder:"N" help:"Stop each search after N tries instead; then the same seed gives the same answer."`
	Seed       uint64        `default:"1" help:"Seed of the searches."`
	Threads    int           `placeholder:"N" help:"Most searches side by side; one a processor by default."`
}

// options turns the flags into those of package stress; the line shows progress.
func (k *searches) options(c *console, s *scenario.Scenario) (stress.Options, *liveLine, error) {
	line := c.liveLine()
	if k.Time <= 0 || k.Iterations < 0 || k.Threads < 0 {
		return stress.Options{}, line, usageError{errors.New("--time must be above 0, --iterations and --threads not below")}
	}
	return stress.Options{
		Seed: k.Seed, Iterations: k.Iterations, Time: k.Time, Threads: k.Threads, Scenario: s.Hash(),
		Progress: func(p stress.Progress) {
			if line.on {
				fmt.Fprintf(line.err, "\r\x1b[K%d of %d plans, %.0f s left", p.Done, p.Of, p.Left.Seconds())
			}
		},
	}, line, nil
}

// mostStressed lines are printed unless all are asked for.
const mostStressed = 15

func (k *stressCommand) Run(ctx context.Context, c *console) error {
	if asked := k.asked(); asked != 1 {
		return usageError{errors.New("say one thing to stress: --lose 1, --lose 2, --d-day FROM..TO, --samples N or --robust")}
	}
	if k.Worst && !k.Postures || k.Postures && k.DDay == "" {
		return usageError{errors.New("--postures needs --d-day FROM..TO, and --worst needs --postures")}
	}
	s, err := c.readScenario(k.Scenario)
	if err != nil {
		return err
	}
	if k.DDay != "" {
		return k.sweep(ctx, c, s)
	}
	if k.Samples != 0 {
		return k.sample(ctx, c, s)
	}
	if k.Robust {
		return k.harden(ctx, c, s)
	}
	if k.Lose < 1 || k.Lose > 2 {
		return usageError{fmt.Errorf("--lose %d: it is 1 or 2", k.Lose)}
	}
	resolved, err := k.variant().resolve(c, s)
	if err != nil {
		return err
	}
	o, line, err := k.options(c, s)
	if err != nil {
		return err
	}
	losses, err := stress.Lose(ctx, resolved, k.Lose, o)
	line.clear()
	if err != nil {
		return searched(k.Scenario, err)
	}
	if k.JSON {
		return c.json(losses)
	}
	k.writeLosses(c, resolved, losses)
	return nil
}

// asked counts what is to be stressed.
func (k *stressCommand) asked() (n int) {
	for _, x := range []bool{k.Lose != 0, k.DDay != "", k.Samples != 0, k.Robust} {
		if x {
			n++
		}
	}
	return n
}

func (k *stressCommand) variant() *variant {
	return &variant{Policy: k.Policy, Maturity: k.Maturity, Today: k.Today}
}

// writeLosses says who holds a veto, then what each loss breaks.
func (k *stressCommand) writeLosses(c *console, s *scenario.Scenario, l *stress.Losses) {
	fmt.Fprintf(c.out, "With everybody: %s; exposure-days %.1f standing, %.1f at operations; cost %.0f, gap %.2f %% of the cover.\n",
		readiness(s, &l.Base), l.Base.ExposureStanding, l.Base.ExposureOperations, l.Base.Objective, 100*l.Base.GapOfCover)
	var vetoes []string
	for _, x := range l.Losses {
		if x.Veto {
			vetoes = append(vetoes, strings.Join(x.Contributors, "+"))
		}
	}
	switch {
	case len(vetoes) > 0:
		fmt.Fprintf(c.out, "Veto: no plan was found in which an operation is ready in the calendar without %s.\n", strings.Join(vetoes, ", or without "))
	case len(l.Base.IOC) > 0:
		fmt.Fprintln(c.out, "Veto: nobody; no loss takes an operation's IOC away that is reached with everybody.")
	}
	fmt.Fprintln(c.out)
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Without\tUnits used\tIOC\tStanding\tOperations\tCost\tProven\tGap\tMost exposed\n")
	shown := l.Losses
	if !k.All {
		shown = shown[:min(len(shown), mostStressed)]
	}
	for _, x := range shown {
		var posts []string
		for _, p := range x.Posts[:min(len(x.Posts), 3)] {
			posts = append(posts, fmt.Sprintf("%s %+.1f", p.Post, p.ExposureAdded))
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%+.1f\t%+.1f\t%+.0f\t%+.0f\t%.2f %%\t%s\n", strings.Join(x.Contributors, "+"), x.Units, delays(s, &x),
			x.StandingAdded, x.OperationsAdded, x.CostAdded, x.CostAddedAtLeast, 100*x.Outcome.GapOfCover, strings.Join(posts, ", "))
	}
	_ = t.Flush()
	if more := len(l.Losses) - len(shown); more > 0 {
		fmt.Fprintf(c.out, "and %d more that break less; --all lists them\n", more)
	}
	fmt.Fprintln(c.out, "\nStanding, Operations: exposure-days added. Cost: added between the plans found. Proven: what any plan without them costs more at least.\nIOC follows from the exposure that the prices weigh: plans of nearly the same cost can differ in it.")
}

// readiness is the IOC of each operation.
func readiness(s *scenario.Scenario, o *stress.Outcome) string {
	var all []string
	for _, op := range s.Operations {
		day := "not reached"
		if d := o.IOC[op.ID]; d != nil {
			day = d.String()
		}
		all = append(all, fmt.Sprintf("IOC of %s %s", op.ID, day))
	}
	if all == nil {
		return "no operation"
	}
	return strings.Join(all, ", ")
}

// delays says what a loss does to the IOCs.
func delays(s *scenario.Scenario, l *stress.Loss) string {
	var all []string
	for _, op := range s.Operations {
		text := "not reached"
		if days, reached := l.IOCLater[op.ID]; reached {
			text = fmt.Sprintf("%+d d", days)
		} else if len(l.IOCLost) > 0 {
			text = "lost"
		}
		if len(s.Operations) > 1 {
			text = op.ID + " " + text
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// sweep plans for each D-day of a range.
func (k *stressCommand) sweep(ctx context.Context, c *console, s *scenario.Scenario) error {
	span, op, err := k.rangeOf(s)
	if err != nil {
		return usageError{err}
	}
	if k.Step < 1 {
		return usageError{fmt.Errorf("--step %d: it is 1 or more", k.Step)}
	}
	variant := scenario.Variant{Policy: k.Policy, Maturity: k.Maturity, Today: k.Today}
	if _, err := scenario.Resolve(s, variant); err != nil {
		return usageError{err}
	}
	if k.Postures {
		return k.postures(ctx, c, s, variant, op, span)
	}
	o, line, err := k.options(c, s)
	if err != nil {
		return err
	}
	sweep, err := stress.DDay(ctx, s, variant, op, span[0], span[1], k.Step, o)
	line.clear()
	if err != nil {
		return searched(k.Scenario, err)
	}
	if k.JSON {
		return c.json(sweep)
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "D-day of %s\tIOC\tFOC\tStanding\tOperations\tCost\tGap\tFirst decision\tBefore the warning\n", op)
	for _, x := range sweep.Days {
		first := "none"
		if x.FirstDecision != nil {
			first = x.FirstDecision.String()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%.1f\t%.1f\t%.0f\t%.2f %%\t%s\t%s\n", x.DDay, dPlus(x.IOCAfter), dPlus(x.FOCAfter),
			x.Outcome.ExposureStanding, x.Outcome.ExposureOperations, x.Outcome.Objective, 100*x.Outcome.GapOfCover, first, count(x.Early, "decision"))
	}
	_ = t.Flush()
	fmt.Fprintln(c.out, "\nStanding, Operations: exposure-days. First decision: the earliest for a unit sent to the operation. Before the warning: decisions, of any move, that cannot wait for it.")
	return nil
}

func dPlus(days *int) string {
	if days == nil {
		return "not reached"
	}
	return fmt.Sprintf("D%+d", *days)
}

// rangeOf reads [OP=]FROM..TO.
func (k *stressCommand) rangeOf(s *scenario.Scenario) (span [2]scenario.Date, op string, err error) {
	from, to, found := strings.Cut(k.DDay, "..")
	if !found {
		return span, "", fmt.Errorf("--d-day %s: write a range as FROM..TO, such as 2025-06-01..2025-06-30", k.DDay)
	}
	v := &variant{}
	o := scenario.Variant{DDay: map[string]scenario.Date{}}
	if err := v.setDDay(&o, s, from); err != nil {
		return span, "", err
	}
	for id, day := range o.DDay {
		op, span[0] = id, day
	}
	var names []string
	for _, x := range s.Operations {
		names = append(names, x.ID)
		if x.ID == op {
			names = nil
			break
		}
	}
	if names != nil {
		maybe := ""
		if near := scenario.Nearest(op, names); near != "" {
			maybe = ". Maybe: " + near
		}
		return span, "", fmt.Errorf("--d-day %s: scenario %q has no operation %q%s", k.DDay, s.Name, op, maybe)
	}
	if err := v.setDDay(&o, s, op+"="+to); err != nil {
		return span, "", err
	}
	if span[1] = o.DDay[op]; span[1] < span[0] {
		return span, "", fmt.Errorf("--d-day %s: %s is before %s", k.DDay, span[1], span[0])
	}
	return span, op, nil
}

// searched turns what many searches failed with into an answer, unless it is a fault
// of the program.
func searched(path string, err error) error {
	_, unproven := errors.AsType[*plan.BoundError](err)
	_, broken := errors.AsType[*stress.FaultError](err)
	if unproven || broken {
		return fmt.Errorf("%s: %w", path, err)
	}
	if errors.Is(err, context.Canceled) {
		return noError{fmt.Errorf("%s: %w; half an answer would mislead, so there is none", path, err)}
	}
	return noError{fmt.Errorf("%s: %w", path, err)}
}
