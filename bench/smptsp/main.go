// Command smptsp plans instances of the shift minimisation personnel task
// scheduling problem and prints how many workers it calls up, and what is
// proven.
//
//	go run ./bench/smptsp -time 60s FOLDER | FILE.dat ...
//
// Every plan goes through the checker; a plan that fails ends the run.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/formats/smptsp"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/scenario"
)

func main() {
	limit := flag.Duration("time", time.Minute, "most `time` for each instance")
	asJSON := flag.Bool("json", false, "print one JSON object a line, no table")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: smptsp [-time 60s] FOLDER | FILE.dat ...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, flag.Args(), *limit, *asJSON)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "smptsp:", err)
		os.Exit(1)
	}
}

// result is a row of the table.
type result struct {
	Name    string  `json:"name"`
	Workers int     `json:"workers"`
	Tasks   int     `json:"tasks"`
	Used    int     `json:"used"`
	Most    int     `json:"most"`   // tasks at one time
	Undone  float64 `json:"undone"` // task-days
	Bound   float64 `json:"bound"`
	Proven  bool    `json:"proven"`
	Seconds float64 `json:"seconds"`
}

func run(ctx context.Context, w io.Writer, paths []string, limit time.Duration, asJSON bool) error {
	files, err := instances(paths)
	if err != nil {
		return err
	}
	proven, show, end := 0, json.NewEncoder(w).Encode, func() error { return nil }
	if !asJSON {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "instance\tworkers\ttasks\tused\tundone\tat one time\tbound\tproven\tseconds\t")
		show = func(v any) error {
			r := v.(result)
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%g\t%d\t%.2f\t%v\t%.1f\t\n", r.Name, r.Workers, r.Tasks, r.Used, r.Undone, r.Most, r.Bound, r.Proven, r.Seconds)
			return t.Flush()
		}
		end = func() error {
			_, err := fmt.Fprintf(w, "%d of %d proven optimal\n", proven, len(files))
			return err
		}
	}
	for i := 0; i < len(files) && ctx.Err() == nil; i++ {
		r, err := plan(ctx, files[i], limit)
		if err != nil {
			return fmt.Errorf("%s: %w", files[i], err)
		}
		if r.Proven {
			proven++
		}
		if err := show(r); err != nil {
			return err
		}
	}
	return end()
}

// instances lists the files, those of folders by size.
func instances(paths []string) (files []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		found, err := filepath.Glob(filepath.Join(path, "*.dat"))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s holds no .dat file", path)
		}
		slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(size(a), size(b)) })
		files = append(files, found...)
	}
	return files, nil
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// plan plans and verifies one instance. It is proven if every task is done and
// as many workers are used as run tasks at one time, or as the engine's bound
// says, rounded up: the objective is a whole number then.
func plan(ctx context.Context, file string, limit time.Duration) (result, error) {
	r := result{Name: strings.TrimSuffix(filepath.Base(file), ".dat")}
	data, err := formats.Load(file)
	if err != nil {
		return r, err
	}
	made, _, err := smptsp.Read(file, data)
	if err != nil {
		return r, err
	}
	s, err := scenario.Resolve(made, scenario.Variant{})
	if err != nil {
		return r, err
	}
	start := time.Now()
	p, err := engine.Solve(ctx, s, engine.Options{Seed: 1, Time: limit})
	if err != nil {
		return r, err
	}
	r.Seconds = time.Since(start).Seconds()
	report := verify.Check(s, p)
	if !report.OK() {
		return r, fmt.Errorf("the plan breaks rules: %v %v", report.Breaches, report.Differences)
	}
	r.Workers, r.Tasks = len(s.Units), len(s.Posts)
	r.Used, r.Undone, r.Most, r.Bound = report.Metrics.UnitsUsed, report.Metrics.ExposureDays.Total, together(s), p.Metrics.Bound
	least := max(r.Most, int(math.Ceil(r.Bound-1e-3)))
	r.Proven = r.Undone == 0 && r.Used <= least
	return r, nil
}

// together is the most tasks at one time.
func together(s *scenario.Scenario) (most int) {
	at := make([]int, s.Calendar.Days)
	for _, p := range s.Posts {
		for d := p.Lines[0].From.Number(); d < p.Lines[0].Until.Number(); d++ {
			at[d]++
			most = max(most, at[d])
		}
	}
	return most
}
