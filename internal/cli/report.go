package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/stress"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
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

	written, s, p, another, err := c.openPlan(k.Scenario, k.Plan)
	if err != nil {
		return err
	}
	checked := verify.Check(s, p)
	for _, b := range checked.Breaches {
		if b.Rule == verify.Form {
			return noError{fmt.Errorf("%s: %s\n%s: the plan cannot be read as one; rearguard verify lists all that is wrong", k.Plan, b, k.Plan)}
		}
	}
	var answers []report.AnswerEntry
	if k.Questions > 0 && checked.OK() {
		line := c.liveLine()
		answers, err = k.answers(ctx, line, written, s, p)
		line.clear()
		if err != nil {
			return searched(k.Scenario, err)
		}
	}
	html, err := k.html(c, written, s, p, checked, another, answers)
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

// drawnSamples are what the page's answer on uncertainty rests on.
const drawnSamples = 100

// answers answers the next questions about the variant that the plan is of.
// Written is with its ranges, which a resolved one has no more.
func (k *reportCommand) answers(ctx context.Context, line *liveLine, written, s *scenario.Scenario, p *plan.Plan) (all []report.AnswerEntry, err error) {
	var asked []func(stress.Options) (report.AnswerEntry, error)
	add := func(q func(stress.Options) (report.AnswerEntry, error)) { asked = append(asked, q) }
	add(func(o stress.Options) (report.AnswerEntry, error) {
		x, err := stress.Lose(ctx, s, 1, o)
		return answered(x, err, func() report.AnswerEntry { return report.LosesAnswer(s, x) })
	})
	on := s.Calendar.Date(s.Calendar.Days / 2)
	if len(s.Operations) > 0 {
		op := s.Operations[0]
		day := op.DDay.Likely.Number()
		on = s.Calendar.Date(day)
		from, until := s.Calendar.Date(max(0, day-aroundDDay)), s.Calendar.Date(min(s.Calendar.Days-1, day+aroundDDay))
		add(func(o stress.Options) (report.AnswerEntry, error) {
			x, err := stress.DDay(ctx, s, scenario.Variant{}, op.ID, from, until, everyDDay, o)
			return answered(x, err, func() report.AnswerEntry { return report.SweepAnswer(s, x) })
		})
		add(func(o stress.Options) (report.AnswerEntry, error) {
			x, err := stress.Tradeoff(ctx, s, 8, o)
			return answered(x, err, func() report.AnswerEntry { return report.CurveAnswer(x) })
		})
		add(func(o stress.Options) (report.AnswerEntry, error) {
			x, err := stress.AskFor(ctx, s, stress.Want{Most: 3, Prices: stress.Prices()}, o)
			return answered(x, err, func() report.AnswerEntry { return report.AsksAnswer(x) })
		})
	}
	add(func(o stress.Options) (report.AnswerEntry, error) {
		x, err := stress.Sample(ctx, written, p.Variant(), drawnSamples, stress.Doubts(), o)
		return answered(x, err, func() report.AnswerEntry { return report.SamplesAnswer(s, x) })
	})
	if s.Calendar.Day(on) > 0 {
		add(func(o stress.Options) (report.AnswerEntry, error) {
			x, err := stress.Harden(ctx, s, on, o)
			return answered(x, err, func() report.AnswerEntry { return report.RobustAnswer(s, x) })
		})
	}
	for i, q := range asked {
		a, err := q(stress.Options{Seed: 1, Iterations: k.Iterations, Time: k.Questions / time.Duration(len(asked)), From: p, Progress: func(at stress.Progress) {
			if line.on {
				fmt.Fprintf(line.err, "\r\x1b[KQuestion %d of %d: %d of %d plans", i+1, len(asked), at.Done, at.Of)
			}
		}})
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// answered makes the entry unless there was an error.
func answered[T any](_ T, err error, entry func() report.AnswerEntry) (report.AnswerEntry, error) {
	if err != nil {
		return report.AnswerEntry{}, err
	}
	return entry(), nil
}

// html is the page with the news that the flags name.
func (k *reportCommand) html(c *console, written, s *scenario.Scenario, p *plan.Plan, checked *verify.Report, another string, answers []report.AnswerEntry) ([]byte, error) {
	document, err := report.Checked(s, p, checked)
	if err != nil {
		return nil, err
	}
	document.Answers = append(document.Answers, answers...)
	document.Verdict.Another = another
	st, a, err := k.of(c, written, s, p)
	if err != nil {
		return nil, err
	}
	if st != nil {
		document.Situation = report.Situation(written, st)
	}
	if a != nil {
		document.Actual = report.Actual(s, a)
	}
	return document.HTML(s)
}
