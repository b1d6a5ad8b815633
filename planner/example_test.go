package planner_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// search is a small one, that gives the same everywhere.
var search = planner.Search{Iterations: 1000}

// Read a scenario, plan it, and say when the operation is ready.
func Example() {
	c, err := planner.Read("../examples/tiny.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := c.Plan(context.Background(), planner.Variant{}, search)
	if err != nil {
		fmt.Println(err)
		return
	}
	m := found.Plan.Metrics
	fmt.Printf("IOC %s, %.0f exposure-days at standing posts, %d moves, verified: %t\n",
		m.IOC["reassurance"], m.ExposureDays.Standing, m.Moves, found.Verdict.OK())
	// Output: IOC 2025-06-18, 0 exposure-days at standing posts, 4 moves, verified: true
}

// All problems of a scenario come at once, each with its place.
func ExampleParse() {
	_, err := planner.Parse("force.yaml", []byte("name: force\ncalendar: {start: 2025-02-30, days: 60}\nunits: [{id: a, notice: soon}]\n"))
	if invalid, ok := errors.AsType[*planner.Invalid](err); ok {
		fmt.Println(invalid.Problems[0])
	}
	// Output: force.yaml:2:19: start "2025-02-30" is not a date; write it as 2025-04-30
}

// A variant chooses another plan of the same scenario: here without the United Kingdom.
func ExampleCase_Plan_variant() {
	c, _ := planner.Read("../examples/tiny.yaml")
	found, err := c.Plan(context.Background(), planner.Variant{Lost: []string{"GBR"}}, search)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("without %v: %.0f exposure-days at the operation\n", found.Plan.Options.Lost, found.Plan.Metrics.ExposureDays.Operations)
	// Output: without [GBR]: 16 exposure-days at the operation
}

// Who has a veto? Whoever leaves without whom no operation is ready.
func ExampleCase_Lose() {
	c, _ := planner.Read("../examples/tiny.yaml")
	losses, err := c.Lose(context.Background(), planner.Variant{}, search, planner.LoseOptions{AtATime: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range losses.Losses {
		if x.Veto {
			fmt.Println(x.Contributors)
		}
	}
	// Unordered output:
	// [GBR FRA]
	// [GBR POL]
	// [GBR NOR]
	// [POL NOR]
	// [FRA NOR]
}

// The facts have changed: plan again, with what has been ordered as it is.
func ExampleCase_Replan() {
	c, _ := planner.Read("../examples/tiny.yaml")
	before, err := c.Plan(context.Background(), planner.Variant{}, search)
	if err != nil {
		fmt.Println(err)
		return
	}
	today, _ := scenario.ParseDate("2025-05-12")
	again, err := c.Replan(context.Background(), planner.Variant{Today: &today}, search, planner.ReplanOptions{Plan: before.Plan})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d legs in force, %d changes\n", again.InForce, again.Points[again.Chosen].Changes)
	// Output: 5 legs in force, 0 changes
}

// Every question by its name, with its options as JSON, as a server offers it.
func ExampleQuestions() {
	for _, q := range planner.Questions() {
		fmt.Println(q.Name)
	}
	q := planner.QuestionNamed("samples")
	_, err := q.Parse([]byte(`{"samples": 0.5}`))
	fmt.Println(err)
	_, err = q.Parse([]byte(`{"sample": 100}`))
	fmt.Println(err)
	// Output:
	// lose
	// d-day
	// postures
	// samples
	// robust
	// tradeoff
	// ask
	// explain
	// conflicts
	// replan
	// compare
	// tree
	// status
	// samples 0.5 of samples: it must be 1 to 100000
	// there is no option "sample" of samples. Maybe: samples
}
