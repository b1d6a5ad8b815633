package engine

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/generate"
	"github.com/rearguard/rearguard/scenario"
)

func TestTry(t *testing.T) {
	if os.Getenv("TRY") == "" {
		t.Skip()
	}
	n, _ := strconv.Atoi(os.Getenv("TRY"))
	secs, _ := strconv.ParseFloat(os.Getenv("SECS"), 64)
	s, err := generate.Scenario(generate.Options{Units: n, Posts: n * 60 / 1000, Days: 365, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Resolve(s, scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := time.Now()
	p, err := Solve(context.Background(), r, Options{Seed: 1, Time: time.Duration(secs * 1e9), Progress: func(p Progress) {
		if p.Iterations == 0 || time.Since(last) > time.Second {
			last = time.Now()
			fmt.Printf("%6.2fs it %6d obj %.1f bound %.1f gapcover %.4f\n", p.Elapsed.Seconds(), p.Iterations, p.Objective, p.Bound, p.GapOfCover)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%+v\n", *p.Metrics)
	re := 0
	for _, t := range p.Tours {
		if len(t.Legs) > 1 {
			re++
		}
	}
	fmt.Println("tours", len(p.Tours), "with redeployment", re)
}
