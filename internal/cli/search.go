package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// searches are the flags of a command that plans many times.
type searches struct {
	Time       time.Duration `default:"20s" help:"How long to search, all plans together."`
	Iterations int           `placeholder:"N" help:"Stop each search after N tries instead; then the same seed gives the same answer."`
	Seed       uint64        `default:"1" help:"Seed of the searches."`
	Threads    int           `placeholder:"N" help:"Most searches side by side; one a processor by default."`
}

// search turns the flags into the planner's; the line shows progress.
func (k *searches) search(c *console) (planner.Search, *liveLine, error) {
	line := c.liveLine()
	how := planner.Search{Seed: k.Seed, Iterations: k.Iterations, Time: k.Time, Threads: k.Threads, Progress: line.count}
	if k.Time <= 0 || k.Iterations < 0 || k.Threads < 0 {
		return how, line, usageError{errors.New("--time must be above 0, --iterations and --threads not below")}
	}
	return how, line, nil
}

// inquiry is what every question of a scenario begins with: the case, its variant, and the
// search.
type inquiry struct {
	*planner.Case
	c       *console
	path    string // of the scenario
	variant planner.Variant
	search  planner.Search
	line    *liveLine
}

func (c *console) asked(path string, v *variant, k *searches) (*inquiry, error) {
	q := &inquiry{c: c, path: path}
	var err error
	if q.Case, err = c.readCase(path); err != nil {
		return nil, err
	}
	if q.variant, err = v.of(c, q.Case); err != nil {
		return nil, err
	}
	q.search, q.line, err = k.search(c)
	return q, err
}

// ended ends the line of a search, and tells what went wrong, if anything did.
func (q *inquiry) ended(err error) error {
	q.line.clear()
	return told(q.path, err)
}

// answer shows what a question came to: what went wrong, JSON, or words, for which the
// scenario is resolved.
func answer[T any](q *inquiry, asJSON bool, found T, err error, write func(*console, *scenario.Scenario, T)) error {
	if err := q.ended(err); err != nil {
		return err
	}
	if asJSON {
		return q.c.json(found)
	}
	s, err := q.Resolve(q.variant)
	if err != nil {
		return err
	}
	write(q.c, s, found)
	return nil
}

// told turns an error of the planner into an exit code and the words of a command line.
func told(path string, err error) error {
	at := func(err error) error {
		if path == "" {
			return err
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	if option, ok := errors.AsType[*planner.OptionError](err); ok {
		return usageError{flagged(option)}
	}
	if unknown, ok := errors.AsType[*scenario.UnknownError](err); ok {
		return usageError{at(unknown)}
	}
	if unknown, ok := errors.AsType[*planner.UnknownSubject](err); ok {
		return usageError{unknown}
	}
	if pins, ok := errors.AsType[*planner.PinError](err); ok {
		where := strings.TrimSuffix(err.Error(), pins.Error())
		return noError{at(errors.New(where + report.Unkept(pins)))}
	}
	if nothing, ok := errors.AsType[*planner.NothingError](err); ok {
		return noError{at(nothing)}
	}
	if errors.Is(err, context.Canceled) {
		return noError{fmt.Errorf("%s: %w; half an answer would mislead, so there is none", path, err)}
	}
	return err
}

// flagged is an option's error with the name of its flag.
func flagged(e *planner.OptionError) error {
	flag := "--" + strings.ReplaceAll(e.Option, "_", "-")
	switch e.Option {
	case "first_day", "last_day":
		flag = "--d-day"
	}
	return fmt.Errorf("%s %s: it must be %s", flag, e.Value, e.Limit)
}
