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
	days := 0
	for _, post := range r.Posts {
		for _, l := range post.Lines {
			days += l.Until.Number() - l.From.Number()
		}
	}
	fmt.Printf("misses %.2f %% of targets, %.2f %% of floors; obj %.1f bound %.1f gapcover %.4f ioc %v foc %v\n", 100*p.Metrics.ShortfallDays.Total/float64(days), 100*p.Metrics.ExposureDays.Total/float64(days), p.Metrics.Objective, p.Metrics.Bound, p.Metrics.GapOfCover, p.Metrics.IOC, p.Metrics.FOC)
	re := 0
	for _, t := range p.Tours {
		if len(t.Legs) > 1 {
			re++
		}
	}
	fmt.Println("tours", len(p.Tours), "with redeployment", re)
}
