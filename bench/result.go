package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// result is one line of a results file. The first, of kind machine, says where
// and with what the others were read.
type result struct {
	Kind    string `json:"kind"` // machine, sweep, replan, peer, smptsp or marathon
	Machine *host  `json:"machine,omitempty"`
	setup
	Failed     string  `json:"failed,omitempty"`  // why there are no numbers
	Version    string  `json:"version,omitempty"` // of the solver
	First      float64 `json:"first,omitempty"`   // seconds from a resolved scenario to a verified plan
	Objective  float64 `json:"objective,omitempty"`
	Bound      float64 `json:"bound,omitempty"`
	Gap        float64 `json:"gap,omitempty"`
	GapOfCover float64 `json:"gap_of_cover,omitempty"`
	Empty      float64 `json:"empty,omitempty"` // cost of no cover at all
	Iterations int     `json:"iterations,omitempty"`
	Stop       string  `json:"stop,omitempty"`
	PeakMB     float64 `json:"peak_mb,omitempty"` // of the process, at most
	Took       float64 `json:"took,omitempty"`    // seconds, all told
	Points     []point `json:"points,omitempty"`
	Replan     *replan `json:"replan,omitempty"`
	Shifts     *shifts `json:"shifts,omitempty"`
	Fill       *fills  `json:"fill,omitempty"`
}

// setup names a case and says how to repeat it.
type setup struct {
	Name    string  `json:"name,omitempty"`
	Solver  string  `json:"solver,omitempty"`
	Units   int     `json:"units,omitempty"`
	Posts   int     `json:"posts,omitempty"`
	Days    int     `json:"days,omitempty"`
	Seed    uint64  `json:"seed,omitempty"`
	Seconds float64 `json:"seconds,omitempty"` // of search
	Changes int     `json:"changes,omitempty"` // how many re-plans
	File    string  `json:"file,omitempty"`    // of instances that others made
	Draws   int     `json:"draws,omitempty"`   // of start cycles
}

// point is how far a search was after so many seconds.
type point struct {
	Seconds    float64  `json:"s"`
	Objective  float64  `json:"objective"`
	Bound      *float64 `json:"bound,omitempty"` // nil before the first
	GapOfCover *float64 `json:"gap_of_cover,omitempty"`
}

// replan is what re-planning after one change costs and gives.
type replan struct {
	Median      float64 `json:"median"` // seconds to a verified plan
	P95         float64 `json:"p95"`
	ExcessP50   float64 `json:"excess_p50"` // of cost over a fresh run of one second, as a share of it
	ExcessWorst float64 `json:"excess_worst"`
}

// shifts is what bench/smptsp says of one instance.
type shifts struct {
	Workers int     `json:"workers"`
	Tasks   int     `json:"tasks"`
	Used    int     `json:"used"`
	Undone  float64 `json:"undone"` // task-days
	Most    int     `json:"most"`   // tasks at one time
	Bound   float64 `json:"bound"`
	Proven  bool    `json:"proven"`
	Seconds float64 `json:"seconds"`
}

// fills is what bench/marathon says of all types.
type fills struct {
	Types []struct {
		Type        string  `json:"type"`
		Inventories int     `json:"inventories"`
		Theirs      float64 `json:"theirs"` // share of the demanded unit-days
		Ours        float64 `json:"ours"`
		LeastLead   float64 `json:"least_lead"`
		Below       int     `json:"below"` // inventories in which we fill less
	} `json:"types"`
	Plans   int     `json:"plans"`
	Seconds float64 `json:"seconds"`
}

// host is the machine and the versions of what ran on it.
type host struct {
	Date     string `json:"date"`
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"`
	MemoryGB int    `json:"memory_gb"`
	System   string `json:"system"`
	Go       string `json:"go"`
	Version  string `json:"version"` // of Rearguard
}

// version is set by the Makefile.
var version = "development"

func thisMachine() result {
	h := host{
		Date:  time.Now().UTC().Format(time.DateOnly),
		Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Version: version,
		CPU: procField("/proc/cpuinfo", "model name"),
	}
	var kb int
	if _, err := fmt.Sscan(procField("/proc/meminfo", "MemTotal"), &kb); err == nil {
		h.MemoryGB = (kb + 1<<19) >> 20
	}
	return result{Kind: "machine", Machine: &h}
}

// procField is the value after a name and a colon in a file of /proc, empty
// where there is no such file or name.
func procField(path, name string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// peakMB is the most memory that this process has held, 0 where the system does
// not say.
func peakMB() float64 {
	var kb float64
	if _, err := fmt.Sscan(procField("/proc/self/status", "VmHWM"), &kb); err != nil {
		return 0
	}
	return kb / 1024
}

func readResults(path string) (all []result, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		all = append(all, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return all, nil
}
