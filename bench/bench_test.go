package main

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/suite/needs"
	"github.com/rearguard/rearguard/scenario"
)

func TestCasesOfTheIssue(t *testing.T) {
	peers := t.TempDir()
	if err := os.MkdirAll(filepath.Join(peers, "cpsat"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(peers, "cpsat", "run"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	var full, quick []string
	for _, c := range cases(settings{mode: "full", peers: peers, data: t.TempDir()}) {
		full = append(full, c.Name)
	}
	for _, c := range cases(settings{mode: "quick"}) {
		quick = append(quick, c.Name)
	}
	all := strings.Join(full, " ")
	for _, want := range []string{"sweep/units=300 ", "sweep/units=100000 ", "replan/units=1000 ", "peer/units=1000/cpsat ", "smptsp/* ", "marathon "} {
		if !strings.Contains(all+" ", want) {
			t.Errorf("no case %q in %s", want, all)
		}
	}
	if strings.Contains(strings.Join(quick, " "), "units=30000") {
		t.Error("a quick run holds 30,000 units")
	}
}

// TestSweepHoldsWhatItSays runs a small case as a child would.
func TestSweepHoldsWhatItSays(t *testing.T) {
	c := benchCase{Kind: "sweep", setup: setup{Units: 30, Posts: 4, Days: 120, Seed: 1, Seconds: 0.3}, Profile: t.TempDir()}
	s, err := c.scenario()
	if err != nil {
		t.Fatal(err)
	}
	r, err := sweep(s, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sweep-30.cpu", "sweep-30.mem"} {
		if info, err := os.Stat(filepath.Join(c.Profile, name)); err != nil || info.Size() == 0 {
			t.Errorf("no profile %s: %v", name, err)
		}
	}
	if r.First <= 0 || len(r.Points) == 0 || r.Objective <= 0 || r.Empty < r.Objective || r.Bound > r.Objective {
		t.Errorf("not a sound result: %+v", r)
	}
	if gap := (r.Objective - r.Bound) / r.Empty; math.Abs(gap-r.GapOfCover) > 1e-9 {
		t.Errorf("gap of cover %g, from the cost of the empty plan %g", r.GapOfCover, gap)
	}
}

func TestReplanLosesAUnit(t *testing.T) {
	c := benchCase{Kind: "replan", setup: setup{Units: 30, Posts: 4, Days: 120, Seed: 1, Seconds: 0.1, Changes: 1}}
	s, err := c.scenario()
	if err != nil {
		t.Fatal(err)
	}
	r, err := replans(s, c.setup)
	if err != nil {
		t.Fatal(err)
	}
	if r.Replan.Median < again.Seconds()/2 || r.Replan.P95 < r.Replan.Median {
		t.Errorf("took %+v", *r.Replan)
	}
	if len(s.Units) != 30 {
		t.Error("the scenario lost a unit too")
	}
}

func TestPassKeepsTheLastOfEachStep(t *testing.T) {
	var points []point
	for i := range 1000 {
		points = pass(points, engine.Progress{Objective: float64(1000 - i), Bound: math.Inf(-1)}, time.Second+time.Duration(i)*time.Millisecond)
	}
	if len(points) > perDecade || points[len(points)-1].Objective != 1 || points[0].Bound != nil {
		t.Errorf("%d points, last %+v", len(points), points[len(points)-1])
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for share, want := range map[float64]float64{0: 1, 0.5: 3, 0.95: 5, 1: 5} {
		if got := quantile(values, share); got != want {
			t.Errorf("quantile(%g) = %g, want %g", share, got, want)
		}
	}
}

// TestPeerThatIsNotInstalledIsSaid holds for any peer that exits with 75.
func TestPeerThatIsNotInstalledIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "none"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "none", "run"), []byte("#!/bin/sh\nexit 75\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := benchCase{Kind: "peer", setup: setup{Solver: "none", Units: 10, Posts: 2, Days: 90, Seed: 1, Seconds: 1}}
	if r := c.measure(t.Context(), settings{mode: "quick", peers: dir}, time.Minute); !strings.Contains(r.Failed, "not installed") {
		t.Errorf("failed with %q", r.Failed)
	}
}

// TestPeersAgreeOnTheWorkedExample holds the model of each other solver that is
// installed to the checker, and all to one optimum: that of plans without
// redeployment, which the model leaves out.
func TestPeersAgreeOnTheWorkedExample(t *testing.T) {
	read, problems, err := formats.ReadScenario("../examples/tiny.yaml")
	if err != nil || read == nil {
		t.Fatal(err, problems)
	}
	s, err := scenario.Resolve(read, scenario.Variant{})
	if err != nil {
		t.Fatal(err)
	}
	for _, solver := range peerNames("peers") {
		t.Run(solver, func(t *testing.T) {
			c := benchCase{Kind: "peer", setup: setup{Solver: solver, Seconds: 3}}
			r, err := c.against(t.Context(), "peers", s)
			if errors.Is(err, errNotInstalled) {
				needs.Skip(t, "the peer "+solver, "make bench-peers installs it") // .ci/install has cbc itself, not what drives it here
			}
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(r.Objective-1421.09) > 0.01 {
				t.Errorf("%s: cost %.2f, want 1421.09", r.Version, r.Objective)
			}
		})
	}
}

var small = []result{
	{Kind: "machine", Machine: &host{Date: "2026-11-24", CPU: "CPU", Cores: 2, Go: "go1", Version: "v1"}},
	{Kind: "sweep", setup: setup{Units: 1000, Posts: 60, Seconds: 60}, Objective: 1500, Bound: 1000, Gap: 1. / 3, GapOfCover: 0.005, Empty: 100_000, Stop: "time",
		Points: []point{{Seconds: 0.2, Objective: 5000}, {Seconds: 30, Objective: 1500}}},
	{Kind: "peer", setup: setup{Units: 1000, Solver: "cpsat", Seconds: 60}, Version: "9", Objective: 3000, Stop: "feasible"},
	{Kind: "peer", setup: setup{Units: 1000, Solver: "other", Seconds: 60}, Failed: "not | installed"},
	{Kind: "smptsp", setup: setup{Name: "smptsp/x_1"}, Shifts: &shifts{Workers: 5, Tasks: 9, Used: 3, Most: 3, Bound: 3, Proven: true, Seconds: 1.5}},
	{Kind: "smptsp", setup: setup{Name: "smptsp/*"}, Failed: "no files"},
	{Kind: "marathon", Fill: filled},
}

var filled = func() *fills {
	var f fills
	if err := json.Unmarshal([]byte(`{"types": [{"type": "A", "inventories": 4, "theirs": 0.5, "ours": 0.6, "least_lead": -0.01, "below": 1}], "plans": 8}`), &f); err != nil {
		panic(err)
	}
	return &f
}()

func TestTables(t *testing.T) {
	for table, wants := range map[string][]string{
		sweepTable(small): {"| 1,000 | 60 | 0.00 | 60 | 1,500 | 1,000 | 33.33 % | 0.50 % | 4.00 % | 4.00 % |"},
		peerTable(small): {
			"| 1,000 | Rearguard | 1 | 5,000 | 4.00 % |", "| 1,000 | cpsat 9 | 60 | 3,000 | 2.00 % |", "| 1,000 | other | 60 | not / installed |",
		},
		shiftTable(small): {"| x_1 | 5 | 9 | 3 | 3 | 3.00 | 0 | yes | 1.5 |", "| * | no files |", "1 of 2 proven"},
		fillTable(small):  {"| A | 4 | 50.00 % | 60.00 % | -1.0 | 1 |", "1 of 4 inventories below"},
	} {
		for _, want := range wants {
			if !strings.Contains(table, want) {
				t.Errorf("no %q in\n%s", want, table)
			}
		}
	}
}

func TestFillTwiceIsTheSame(t *testing.T) {
	text := "a\n<!-- bench:x -->\nold\n<!-- bench:end -->\nb\n"
	once, err := fill(text, []table{{id: "x", markdown: "| 1 |\n"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "a\n<!-- bench:x -->\n\n| 1 |\n\n<!-- bench:end -->\nb\n"; once != want {
		t.Errorf("%q, want %q", once, want)
	}
	if twice, err := fill(once, []table{{id: "x", markdown: "| 1 |\n"}}); err != nil || twice != once {
		t.Errorf("%q, %v", twice, err)
	}
	if _, err := fill("", []table{{id: "x"}}); err == nil {
		t.Error("a document without the mark was filled")
	}
}

// TestDocumentHasEveryMark fills the project's own document.
func TestDocumentHasEveryMark(t *testing.T) {
	b, err := os.ReadFile("../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fill(string(b), tables(small)); err != nil {
		t.Error(err)
	}
}

func TestPlotIsWithinItsFrame(t *testing.T) {
	for _, all := range [][]result{small, nil} {
		svg, err := drawPlot(all)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`NaN|Inf`).Match(svg) {
			t.Errorf("a number that is none:\n%s", svg)
		}
		if named := strings.Contains(string(svg), ">1,000 units</text>"); named != (all != nil) {
			t.Errorf("the curve has a name: %v", named)
		}
	}
}

// TestEndEndsAllThatAPeerStarted holds a peer whose child keeps its output open
// to the limit.
func TestEndEndsAllThatAPeerStarted(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "slow"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "slow", "run"), []byte("#!/bin/sh\nsleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := benchCase{Kind: "peer", setup: setup{Solver: "slow", Units: 10, Posts: 2, Days: 90, Seed: 1, Seconds: 1}}
	r := c.measure(t.Context(), settings{mode: "quick", peers: dir}, 300*time.Millisecond)
	if !strings.Contains(r.Failed, "ended after") || r.Took > 20 {
		t.Errorf("failed with %q after %g s", r.Failed, r.Took)
	}
}

func TestResultsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range small {
		if err := json.NewEncoder(f).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := readResults(path)
	if err != nil || len(all) != len(small) || all[1].Points[1] != small[1].Points[1] {
		t.Errorf("%+v, %v", all, err)
	}
}
