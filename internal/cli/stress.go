package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/planner"
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

// gapMeaning explains the column of gaps.
const gapMeaning = "Gap: the part of the cost that a better plan could save, for all that is proven."

// mostStressed lines are printed unless all are asked for.
const mostStressed = 15

func (k *stressCommand) Run(ctx context.Context, c *console) error {
	if asked := k.asked(); asked != 1 {
		return usageError{errors.New("say one thing to stress: --lose 1, --lose 2, --d-day FROM..TO, --samples N or --robust")}
	}
	if k.Worst && !k.Postures || k.Postures && k.DDay == "" {
		return usageError{errors.New("--postures needs --d-day FROM..TO, and --worst needs --postures")}
	}
	if k.Lose < 0 {
		return usageError{fmt.Errorf("--lose %d: it is 1 or 2", k.Lose)}
	}
	q, err := c.asked(k.Scenario, &variant{Policy: k.Policy, Maturity: k.Maturity, Today: k.Today}, &k.searches)
	if err != nil {
		return err
	}
	switch {
	case k.Postures:
		return k.postures(ctx, c, q)
	case k.DDay != "":
		return k.sweep(ctx, c, q)
	case k.Samples != 0:
		return k.sample(ctx, q)
	case k.Robust:
		return k.harden(ctx, c, q)
	}
	losses, err := q.Lose(ctx, q.variant, q.search, planner.LoseOptions{AtATime: k.Lose})
	return answer(q, k.JSON, losses, err, k.writeLosses)
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

// writeLosses says who holds a veto, then what each loss breaks.
func (k *stressCommand) writeLosses(c *console, s *scenario.Scenario, l *planner.Losses) {
	fmt.Fprintf(c.out, "With everybody: %s; exposure-days %.1f standing, %.1f at operations; cost %.0f, gap %s.\n",
		readiness(s, l.Soonest.IOC), l.Base.ExposureStanding, l.Base.ExposureOperations, l.Base.Objective, words.Gap(l.Base.Gap))
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
		fmt.Fprintln(c.out, "Veto: nobody; whoever is lost, a plan was found that reaches each IOC that is reached with everybody.")
	}
	fmt.Fprintln(c.out, l.Control.Text())
	fmt.Fprintln(c.out)
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "Without\tUnits used\tIOC\tStanding\tOperations\tCost\tProven\tMost exposed\n")
	shown := l.Losses
	if !k.All {
		shown = shown[:min(len(shown), mostStressed)]
	}
	for _, x := range shown {
		if !x.Differs {
			fmt.Fprintf(t, "%s\t%d\tno difference found\n", strings.Join(x.Contributors, "+"), x.Units)
			continue
		}
		var posts []string
		for _, p := range x.Posts[:min(len(x.Posts), 3)] {
			posts = append(posts, fmt.Sprintf("%s %+.1f", p.Post, p.ExposureAdded))
		}
		proven := "nothing"
		if x.CostAddedAtLeast > 0 {
			proven = fmt.Sprintf("%+.0f", x.CostAddedAtLeast)
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%+.1f\t%+.1f\t%+.0f\t%s\t%s\n", strings.Join(x.Contributors, "+"), x.Units, delays(s, &x),
			x.StandingAdded, x.OperationsAdded, x.CostAdded, proven, strings.Join(posts, ", "))
	}
	_ = t.Flush()
	if more := len(l.Losses) - len(shown); more > 0 {
		fmt.Fprintf(c.out, "and %d more that break less; --all lists them\n", more)
	}
	if text := l.Unreached(); text != "" {
		fmt.Fprintln(c.out, text)
	}
	fmt.Fprintln(c.out, "\nStanding, Operations: exposure-days added. Cost: added between the plans found. Proven: what any plan without them costs more at least.\nIOC: later than the soonest found with everybody; for it, one plan more of the time about D-day counts operations nearly as dear as standing posts.")
}

// readiness is the IOC of each operation.
func readiness(s *scenario.Scenario, ioc map[string]*scenario.Date) string {
	var all []string
	for _, op := range s.Operations {
		day := "not reached"
		if d := ioc[op.ID]; d != nil {
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
func delays(s *scenario.Scenario, l *planner.Loss) string {
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
func (k *stressCommand) sweep(ctx context.Context, c *console, q *inquiry) error {
	what, err := k.days(q.Scenario())
	if err != nil {
		return usageError{err}
	}
	sweep, err := q.DDay(ctx, q.variant, q.search, what)
	if err := q.ended(err); err != nil {
		return err
	}
	op := what.Operation
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
		fmt.Fprintf(t, "%s\t%s\t%s\t%.1f\t%.1f\t%.0f\t%s\t%s\t%s\n", x.DDay, dPlus(x.IOCAfter), dPlus(x.FOCAfter),
			x.Outcome.ExposureStanding, x.Outcome.ExposureOperations, x.Outcome.Objective, words.Gap(x.Outcome.Gap), first, count(x.Early, "decision"))
	}
	_ = t.Flush()
	fmt.Fprintln(c.out, "\nStanding, Operations: exposure-days. First decision: the earliest for a unit sent to the operation. Before the warning: decisions, of any move, that cannot wait for it.\nIOC, FOC: the soonest found; for them, one plan more of the time about D-day counts operations nearly as dear as standing posts.\n"+gapMeaning)
	return nil
}

func dPlus(days *int) string {
	if days == nil {
		return "not reached"
	}
	return fmt.Sprintf("D%+d", *days)
}

// days reads [OP=]FROM..TO.
func (k *stressCommand) days(s *scenario.Scenario) (what planner.DDayOptions, err error) {
	from, to, found := strings.Cut(k.DDay, "..")
	if !found {
		return what, fmt.Errorf("--d-day %s: write a range as FROM..TO, such as 2025-06-01..2025-06-30", k.DDay)
	}
	if k.Step < 1 {
		return what, fmt.Errorf("--step %d: it is 1 or more", k.Step)
	}
	first := map[string]scenario.Date{}
	if err := setDDay(&first, s, from); err != nil {
		return what, err
	}
	for id, day := range first {
		what.Operation, what.FirstDay = id, &day
	}
	last, err := scenario.ParseDate(to)
	if err != nil {
		return what, fmt.Errorf("--d-day %s: %w", k.DDay, err)
	}
	what.LastDay, what.Step = &last, k.Step
	return what, nil
}
