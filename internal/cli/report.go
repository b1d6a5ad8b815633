package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

type reportCommand struct {
	Scenario string `arg:"" help:"Scenario that the plan is for."`
	Plan     string `arg:"" help:"Plan to show, whoever made it."`
	Out      string `short:"o" default:"plan.html" placeholder:"FILE" help:"HTML file to write; plan.html by default."`

	news
	Questions  time.Duration `placeholder:"TIME" help:"Also answer the next questions, in about this time: who could be lost, another D-day, the trade-off, what to ask for, what is uncertain, who could leave half-way."`
	Iterations int           `placeholder:"N" help:"With --questions: stop each search after N tries instead; then the same seed gives the same answers."`
}

// Run writes the page even of a plan that breaks rules, so that people can see
// where; it says so on top, and the answer is no.
func (k *reportCommand) Run(ctx context.Context, c *console) error {
	if k.Questions < 0 || k.Iterations < 0 || k.Iterations > 0 && k.Questions == 0 {
		return usageError{errors.New("--questions is a time above 0, and --iterations goes with it")}
	}

	x, s, p, another, err := c.openPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	checked := verify.Check(s, p)
	for _, b := range checked.Breaches {
		if b.Rule == verify.Form {
			return noError{fmt.Errorf("%s: %s\n%s: the plan cannot be read as one; rearguard verify lists all that is wrong", k.Plan, b, k.Plan)}
		}
	}
	var answers []planner.Answer
	if k.Questions > 0 && checked.OK() {
		line := c.liveLine()
		answers, err = k.answers(ctx, line, x, s, p)
		line.clear()
		if err != nil {
			return told(k.Scenario, err)
		}
	}
	html, err := k.html(ctx, c, x, s, p, checked, another, answers)
	if err != nil {
		return err
	}
	if err := formats.WriteFile(k.Out, html); err != nil {
		return usageError{fmt.Errorf("-o %s: %w", k.Out, err)}
	}
	if !checked.OK() {
		return noError{fmt.Errorf("%s: written, but marked as not to be acted on: %s has %s and %s; rearguard verify lists them", k.Out, k.Plan,
			count(len(checked.Breaches), "broken rule"), count(len(checked.Differences), "false number"))}
	}
	return nil
}

// aroundDDay is how many days before and after D-day the reaction curve looks at,
// and how many days are between two of them.
const (
	aroundDDay = 28
	everyDDay  = 7
)

// What the page's answers on uncertainty and on the trade-off rest on.
const (
	drawnSamples = 100
	pagePoints   = 8
)

// answers answers the next questions about the variant that the plan is of, each with
// its usual options but for what makes it fit a page.
func (k *reportCommand) answers(ctx context.Context, line *liveLine, x *planner.Case, s *scenario.Scenario, p *plan.Plan) (all []planner.Answer, err error) {
	asked := []struct {
		question string
		options  any
	}{{"lose", nil}}
	on := s.Calendar.Days / 2
	if len(s.Operations) > 0 {
		op := s.Operations[0]
		on = op.DDay.Likely.Number()
		from, until := s.Calendar.Date(max(0, on-aroundDDay)), s.Calendar.Date(min(s.Calendar.Days-1, on+aroundDDay))
		asked = append(asked, []struct {
			question string
			options  any
		}{
			{"d-day", planner.DDayOptions{Operation: op.ID, FirstDay: &from, LastDay: &until, Step: everyDDay}},
			{"tradeoff", planner.TradeoffOptions{Points: pagePoints}}, {"ask", nil},
		}...)
	}
	asked = append(asked, struct {
		question string
		options  any
	}{"samples", planner.SamplesOptions{N: drawnSamples}})
	if on > 0 {
		leave := s.Calendar.Date(on)
		asked = append(asked, struct {
			question string
			options  any
		}{"robust", planner.RobustOptions{LeaveOn: &leave}})
	}
	for i, a := range asked {
		q := planner.QuestionNamed(a.question)
		how := planner.Search{Iterations: k.Iterations, Time: k.Questions / time.Duration(len(asked)), From: p, Progress: func(at planner.Progress) {
			if line.on {
				fmt.Fprintf(line.err, "\r\x1b[KQuestion %d of %d: %d of %d plans", i+1, len(asked), at.Done, at.Of)
			}
		}}
		found, err := q.Ask(ctx, x, planner.Input{Variant: planner.VariantOf(p), Search: how, Options: a.options})
		if err != nil {
			return nil, err
		}
		all = append(all, q.Tell(s, found))
	}
	return all, nil
}

// html is the page with the news that the flags name.
func (k *reportCommand) html(ctx context.Context, c *console, x *planner.Case, s *scenario.Scenario, p *plan.Plan, checked *verify.Report, another string, answers []planner.Answer) ([]byte, error) {
	document, err := report.Checked(s, p, checked)
	if err != nil {
		return nil, err
	}
	document.Answers = append(document.Answers, answers...)
	document.Verdict.Another = another
	st, a, err := k.of(ctx, c, x, s, p)
	if err != nil {
		return nil, err
	}
	if st != nil {
		document.Situation = report.Situation(x.Scenario(), st)
	}
	if a != nil {
		document.Actual = report.Actual(s, a)
	}
	return document.HTML(s)
}
