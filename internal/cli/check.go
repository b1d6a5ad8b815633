package cli

import (
	"errors"
	"fmt"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

type checkCommand struct {
	Scenario string `arg:"" help:"Scenario to check."`
}

// Run lists the problems on standard output, for they are the answer.
func (k *checkCommand) Run(c *console) error {
	if err := exists(k.Scenario); err != nil {
		return err
	}
	defer sparing()()
	s, problems, err := formats.ReadScenario(k.Scenario)
	if invalid, ok := errors.AsType[*formats.Invalid](err); ok {
		problems = invalid.Problems
	} else if err != nil {
		return err
	}
	wrong := 0
	for _, p := range problems {
		fmt.Fprintln(c.out, p)
		if !p.Warning {
			wrong++
		}
	}
	verdict := count(wrong, "problem")
	if warned := len(problems) - wrong; warned > 0 {
		verdict += ", " + count(warned, "warning")
	}
	if wrong > 0 {
		fmt.Fprintf(c.out, "%s: %s\n", k.Scenario, verdict)
		return noError{}
	}
	fmt.Fprintf(c.out, "%s: %s; %s\n", k.Scenario, verdict, size(s))
	return nil
}

// size says how large a scenario is.
func size(s *scenario.Scenario) string {
	units := 0
	for _, u := range s.Units {
		units += max(1, u.Count)
	}
	return fmt.Sprintf("%s of %s, %s, %s, %s from %s", count(units, "unit"), count(len(s.Contributors), "contributor"),
		count(len(s.Posts), "post"), count(len(s.Operations), "operation"), count(s.Calendar.Days, "day"), s.Calendar.Start)
}

// count is a number with its noun: "no problems", "1 warning", "3 units".
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}
