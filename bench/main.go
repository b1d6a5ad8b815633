// Command bench measures Rearguard on one machine in one go: plans of generated
// scenarios of growing size, re-planning after one change, and other solvers on
// the same scenarios for the same time. Results go to a file of JSON lines, from
// which it fills the tables of docs/benchmarks.md and the plot beside them.
//
// Every case runs in a process of its own, one at a time. Every plan, whoever
// made it, is held to the checker, and its cost is what the checker computes.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	mode    string // a key of modes
	only    *regexp.Regexp
	seconds float64 // overrides the time of each case if above 0
	results string
	render  string
	docs    string
	peers   string
	data    string
	profile string // folder for profiles of each search; empty for none
	built   string // folder of programs built for this run
}

func run() error {
	if len(os.Args) == 3 && os.Args[1] == "child" {
		return child(os.Args[2])
	}
	var k settings
	only := flag.String("only", "", "run only the cases whose name this regular expression matches")
	flag.StringVar(&k.mode, "mode", "full", "full: as long as it takes; standard: 40 minutes at most, 25 without other solvers; quick: about ten minutes, up to 10,000 units")
	flag.Float64Var(&k.seconds, "seconds", 0, "search each case for this long instead")
	flag.StringVar(&k.results, "o", "", "file of JSON lines to write (default bench/results/DATE.jsonl)")
	flag.StringVar(&k.render, "render", "", "run nothing; fill the document from this file of JSON lines")
	flag.StringVar(&k.docs, "docs", "docs", "folder of benchmarks.md and images, to fill at the end; empty for none")
	flag.StringVar(&k.peers, "peers", "bench/peers", "folder of the other solvers' programs")
	flag.StringVar(&k.profile, "profile", "", "folder for a CPU and a memory profile of each search of a size")
	flag.StringVar(&k.data, "data", "../shared/data", "folder of smptsp and m4, the instances of others")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unknown argument %q; see -help", flag.Arg(0))
	}
	if _, ok := modes[k.mode]; !ok {
		return fmt.Errorf("-mode %q: full, standard or quick", k.mode)
	}
	var err error
	if k.only, err = regexp.Compile(*only); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if k.render != "" {
		all, err := readResults(k.render)
		if err != nil {
			return err
		}
		return document(k.docs, all)
	}
	if k.profile != "" {
		if err := os.MkdirAll(k.profile, 0o755); err != nil {
			return fmt.Errorf("make the profiles' folder: %w", err)
		}
	}
	if k.results == "" {
		k.results = filepath.Join("bench", "results", time.Now().UTC().Format("2006-01-02-150405")+".jsonl")
	}
	all, err := measureAll(k)
	if err != nil {
		return err
	}
	for _, t := range tables(all) {
		fmt.Printf("\n%s\n%s", t.title, t.markdown)
	}
	fmt.Println("\nresults:", k.results)
	if k.docs == "" {
		return nil
	}
	return document(k.docs, all)
}

// measureAll runs every case and writes each result as soon as it is there, so
// that a run that is cut short leaves what it had.
func measureAll(k settings) (all []result, err error) {
	if err := os.MkdirAll(filepath.Dir(k.results), 0o755); err != nil {
		return nil, fmt.Errorf("make the results' folder: %w", err)
	}
	f, err := os.Create(k.results)
	if err != nil {
		return nil, fmt.Errorf("create results: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	encoder := json.NewEncoder(f)
	keep := func(r result) error {
		all = append(all, r)
		return encoder.Encode(r)
	}
	if err := keep(thisMachine()); err != nil {
		return nil, err
	}
	if k.built, err = os.MkdirTemp("", "bench-*"); err != nil {
		return nil, fmt.Errorf("make a folder for programs: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(k.built)) }()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	began := time.Now()
	for _, c := range cases(k) {
		if !k.only.MatchString(c.Name) {
			continue
		}
		r := result{Kind: c.Kind, setup: c.setup, Failed: "left out: the time of the run was over"}
		if left := remaining(k, began); left > 0 {
			fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format("15:04:05"), c.Name)
			r = c.measure(ctx, k, left)
		}
		if ctx.Err() != nil {
			fmt.Fprintln(os.Stderr, "interrupted: this case and those after it are left out")
			return all, nil
		}
		if r.Failed != "" {
			fmt.Fprintf(os.Stderr, "  %s\n", r.Failed)
		}
		if err := keep(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// remaining is how long the run may still take.
func remaining(k settings, began time.Time) time.Duration {
	if modes[k.mode].deadline == 0 {
		return 24 * time.Hour
	}
	return modes[k.mode].deadline - time.Since(began)
}
