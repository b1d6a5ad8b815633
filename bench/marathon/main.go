// Command marathon compares Rearguard's fill of MARATHON's demands with
// MARATHON's own, for every type and inventory of a table of its results.
//
//	go run ./bench/marathon FOLDER RESULTS.tsv
//
// Fill is the part of the demanded unit-days on which a unit that is not in its
// overlap meets the demand, both phases pooled: sum of AC-fill, NG-fill and
// RC-fill over sum of total-quantity in the results; the same of our cover. For
// each inventory the mean over draws of where units start in their cycle is set
// against the mean of MARATHON's seeds. Every plan goes through the checker.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats/marathon"
	"github.com/rearguard/rearguard/internal/group"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

func main() {
	var b bench
	flag.IntVar(&b.draws, "draws", 20, "draws of start cycles for each inventory")
	flag.IntVar(&b.iterations, "iterations", 10, "tries of the search for each plan")
	flag.StringVar(&b.only, "type", "", "only this `SRC`")
	flag.BoolVar(&b.json, "json", false, "print one JSON object, no table")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: marathon [flags] FOLDER RESULTS.tsv")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 2 || b.draws < 1 || b.iterations < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := b.run(ctx, os.Stdout, flag.Arg(0), flag.Arg(1))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "marathon:", err)
		os.Exit(1)
	}
}

type bench struct {
	draws, iterations int
	only              string
	json              bool
	project           *marathon.Project
}

func (b *bench) run(ctx context.Context, w io.Writer, folder, results string) (err error) {
	if b.project, err = marathon.Open(folder); err != nil {
		return err
	}
	cases, err := readResults(results, b.only)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := b.planAll(ctx, cases); err != nil {
		return err
	}
	if b.json {
		took := time.Since(start).Seconds()
		return json.NewEncoder(w).Encode(summary{Types: rows(cases), Plans: len(cases) * b.draws, Seconds: took})
	}
	print(w, cases)
	fmt.Fprintf(w, "%d plans of two periods, all verified, in %.0f s\n", len(cases)*b.draws, time.Since(start).Seconds())
	return nil
}

// planAll plans every draw of every case, on all cores.
func (b *bench) planAll(ctx context.Context, cases []*inventory) error {
	work := make(chan func() error)
	all, within := group.New(ctx)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() error {
			for one := range work {
				if err := one(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, c := range cases {
		c.ours = make([]float64, b.draws)
		for draw := range b.draws {
			select {
			case <-within.Done():
			case work <- func() (err error) {
				c.ours[draw], err = b.fill(within, c, uint64(draw+1))
				return err
			}:
			}
		}
	}
	close(work)
	if err := all.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// fill plans the periods of an inventory one after the other.
func (b *bench) fill(ctx context.Context, c *inventory, draw uint64) (float64, error) {
	o := marathon.Options{Type: c.kind, Inventory: c.units, Draw: draw}
	filled := 0.0
	for _, period := range b.project.Periods {
		o.Period = period.Name
		made, _, err := b.project.Scenario(o)
		if err != nil {
			continue // nothing demanded, or no unit that can deploy: no fill
		}
		s, err := scenario.Resolve(made, scenario.Variant{})
		if err != nil {
			return 0, err
		}
		p, err := engine.Solve(ctx, s, engine.Options{Seed: 1, Iterations: b.iterations, NoBound: true})
		if err != nil {
			return 0, err
		}
		if report := verify.Check(s, p); !report.OK() {
			return 0, fmt.Errorf("%s %v draw %d, %s: the plan breaks rules: %v %v", c.kind, c.units, draw, period.Name, report.Breaches, report.Differences)
		}
		n, err := unitDays(s, p)
		if err != nil {
			return 0, err
		}
		filled += n
		o.After = append(o.After, p)
	}
	return filled / c.demanded, nil
}

// unitDays is how many unit-days of the demands a plan fills.
func unitDays(s *scenario.Scenario, p *plan.Plan) (sum float64, err error) {
	e, err := plan.Evaluate(s, p)
	if err != nil {
		return 0, err
	}
	for _, l := range e.Lines {
		for d := l.From; d < l.Until; d++ {
			sum += math.Min(l.Cover[d], l.Line.Floor.Likely)
		}
	}
	return sum, nil
}

// summary is what -json prints.
type summary struct {
	Types   []row   `json:"types"`
	Plans   int     `json:"plans"`
	Seconds float64 `json:"seconds"`
}

// row is a type: means over its inventories, as shares of the demanded unit-days.
type row struct {
	Type        string  `json:"type"`
	Inventories int     `json:"inventories"`
	Theirs      float64 `json:"theirs"`
	Ours        float64 `json:"ours"`
	LeastLead   float64 `json:"least_lead"` // of any inventory
	Below       int     `json:"below"`      // inventories in which we fill less
}

// rows sums up each type, in the order of the results.
func rows(cases []*inventory) (list []row) {
	at := map[string]int{}
	for _, c := range cases {
		i, seen := at[c.kind]
		if !seen {
			i = len(list)
			at[c.kind] = i
			list = append(list, row{Type: c.kind, LeastLead: math.Inf(1)})
		}
		r, theirs, ours := &list[i], mean(c.theirs), mean(c.ours)
		r.Inventories++
		r.Theirs, r.Ours, r.LeastLead = r.Theirs+theirs, r.Ours+ours, math.Min(r.LeastLead, ours-theirs)
		if ours < theirs {
			r.Below++
		}
	}
	for i := range list {
		n := float64(list[i].Inventories)
		list[i].Theirs, list[i].Ours = list[i].Theirs/n, list[i].Ours/n
	}
	return list
}

// print prints a row for each type, and each inventory in which we are below.
func print(w io.Writer, cases []*inventory) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "type\tinventories\tMARATHON\tours\tleast lead\tbelow\t")
	below := 0
	for _, r := range rows(cases) {
		fmt.Fprintf(t, "%s\t%d\t%.1f %%\t%.1f %%\t%+.1f\t%d\t\n", r.Type, r.Inventories, 100*r.Theirs, 100*r.Ours, 100*r.LeastLead, r.Below)
		below += r.Below
	}
	t.Flush()
	fmt.Fprintf(w, "\n%d of %d inventories below MARATHON's mean\n", below, len(cases))
	for _, c := range cases {
		if theirs, ours := mean(c.theirs), mean(c.ours); ours < theirs {
			fmt.Fprintf(w, "  %s %s: MARATHON %.2f %% (seeds %.2f), ours %.2f %%\n", c.kind, c.name, 100*theirs, c.theirs, 100*ours)
		}
	}
}

func mean(list []float64) (sum float64) {
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}
