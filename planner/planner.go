// Package planner makes plans of a scenario and answers questions about them. It is
// the whole of Rearguard for a program that embeds it, and the one room that calls the
// engine: command line, server and jobs only translate.
//
// A [Case] is a scenario that has been read and checked. A [Variant] chooses one of the
// plans that it allows, a [Search] says how long to look. [Case.Plan] makes a plan;
// every further question ([Case.Lose], [Case.DDay], [Case.Tradeoff] ...) makes as many
// as it needs. A plan that comes out is complete: it says what variant of which scenario
// it is of, what it costs the flanks against a plan without the operations, and it has
// passed the checker, which shares no code with the engine. A plan that does not pass
// is a [FaultError], never an answer.
//
// [Questions] lists all questions with their options, limits and defaults, for whoever
// offers them to people.
package planner

import (
	"sync"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Case is a scenario free of problems, as written, to plan and to ask about. It is
// safe for use by several goroutines.
type Case struct {
	// Warnings are what is doubtful in the scenario, with file, line and column where
	// it was read from a file. They do not stop a plan.
	Warnings []Problem

	written *scenario.Scenario
	hash    func() string
}

// Problem is something wrong or doubtful in a file, with its place and, where there is
// one, a likely correction.
type Problem = formats.Problem

// Invalid is the error of a scenario that cannot be planned: all of its problems.
type Invalid = formats.Invalid

// Verdict is what the checker says of a plan: the rules that it breaks and the numbers
// that it states falsely.
type Verdict = verify.Report

// Read reads and checks a scenario: a YAML or JSON file, a workbook or a folder of CSV
// tables. A scenario with problems is an *[Invalid] with all of them.
func Read(path string) (*Case, error) {
	s, warnings, err := formats.ReadScenario(path)
	if err != nil {
		return nil, err
	}
	return of(s, warnings), nil
}

// Parse is Read of a file that is in memory; its name's ending says its format.
func Parse(name string, data []byte) (*Case, error) {
	s, warnings, err := formats.ParseScenario(name, data)
	if err != nil {
		return nil, err
	}
	return of(s, warnings), nil
}

// New checks a scenario that a program has put together. Problems name a JSON pointer
// in place of a file's line.
func New(s *scenario.Scenario) (*Case, error) {
	var warnings, problems []Problem
	for _, x := range scenario.Check(s) {
		p := Problem{File: x.Path, Message: x.Message, Maybe: x.Maybe, Warning: x.Warning}
		if x.Warning {
			warnings = append(warnings, p)
		} else {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return nil, &Invalid{Problems: problems}
	}
	return of(s, warnings), nil
}

// Checked is the case of a scenario that is known to be free of problems, such as one
// that was checked when it was saved.
func Checked(s *scenario.Scenario) *Case { return of(s, nil) }

func of(s *scenario.Scenario, warnings []Problem) *Case {
	return &Case{Warnings: warnings, written: s, hash: sync.OnceValue(s.Hash)}
}

// Scenario is the scenario as written. It must not be changed.
func (c *Case) Scenario() *scenario.Scenario { return c.written }

// Hash is the SHA-256 of the scenario as written, which its plans carry.
func (c *Case) Hash() string { return c.hash() }

// Verify resolves the variant that a plan states and holds the plan to it: its rules and
// its numbers, computed anew. The scenario of a plan made for another version of it
// differs in its hash, which the verdict tells too.
func (c *Case) Verify(p *plan.Plan) (*Verdict, *scenario.Scenario, error) {
	resolved, err := scenario.Resolve(c.written, p.Variant())
	if err != nil {
		return nil, nil, err
	}
	return verify.Check(resolved, p), resolved, nil
}
