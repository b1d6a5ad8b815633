package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// days of every generated scenario, and the seed of all.
const (
	days = 365
	seed = 1
)

// benchCase is a case and what runs it.
type benchCase struct {
	Kind string `json:"kind"`
	setup
	Profile string `json:"profile,omitempty"` // folder
}

// mode is how much a run measures.
type mode struct {
	sizes    map[int]float64 // units to seconds of search; what is not in it is left out
	changes  int             // re-plans
	peer     float64         // seconds for each other solver
	smptsp   float64         // seconds for each instance
	draws    int             // of MARATHON's start cycles for each inventory
	grace    time.Duration   // how much longer than its search a case may take
	deadline time.Duration   // of the whole run; 0 for none
}

// A scenario of 100,000 units takes minutes to generate, compile and check.
var modes = map[string]mode{
	"full": {
		sizes:   map[int]float64{60: 60, 300: 60, 1_000: 60, 3_000: 60, 10_000: 60, 30_000: 300, 100_000: 600},
		changes: 100, peer: 60, smptsp: 60, draws: 20, grace: 20 * time.Minute,
	},
	"standard": {
		sizes:   map[int]float64{60: 60, 300: 60, 1_000: 60, 3_000: 30, 10_000: 60, 30_000: 60, 100_000: 60},
		changes: 40, peer: 60, smptsp: 6, draws: 20, grace: 4 * time.Minute, deadline: 40 * time.Minute,
	},
	"quick": {
		sizes:   map[int]float64{60: 20, 300: 30, 1_000: 30, 3_000: 30, 10_000: 60},
		changes: 20, peer: 20, smptsp: 2, draws: 5, grace: 2 * time.Minute, deadline: 12 * time.Minute,
	},
}

var posts = map[int]int{60: 8, 300: 30, 1_000: 60, 3_000: 180, 10_000: 500, 30_000: 1_500, 100_000: 5_000}

// cases are what a run measures, in order: what a run that is cut short can do
// without comes last.
func cases(k settings) (list []benchCase) {
	m := modes[k.mode]
	seconds := func(s float64) float64 {
		if k.seconds > 0 {
			return k.seconds
		}
		return s
	}
	generated := func(kind, solver string, units int, search float64, changes int) {
		name := fmt.Sprintf("%s/units=%d", kind, units)
		if solver != "rearguard" {
			name += "/" + solver
		}
		list = append(list, benchCase{Kind: kind, setup: setup{Name: name, Solver: solver, Units: units, Posts: posts[units], Days: days, Seed: seed, Seconds: seconds(search), Changes: changes}})
	}
	sweep := func(sizes ...int) {
		for _, units := range sizes {
			if m.sizes[units] > 0 {
				generated("sweep", "rearguard", units, m.sizes[units], 0)
			}
		}
	}
	sweep(60, 300, 1_000, 3_000, 10_000)
	generated("replan", "rearguard", 1_000, 10, m.changes)
	for _, file := range instances(k.data) {
		name := "smptsp/" + strings.TrimSuffix(filepath.Base(file), ".dat")
		list = append(list, benchCase{Kind: "smptsp", setup: setup{Name: name, Solver: "rearguard", File: file, Seconds: seconds(m.smptsp)}})
	}
	list = append(list, benchCase{Kind: "marathon", setup: setup{Name: "marathon", Solver: "rearguard", File: filepath.Join(k.data, "m4"), Draws: m.draws}})
	sweep(30_000, 100_000)
	for _, units := range []int{60, 300, 1_000} {
		for _, peer := range peerNames(k.peers) {
			generated("peer", peer, units, m.peer, 0)
		}
	}
	return list
}

// instances lists the instances of SMPTSP by size; if there are none, the file
// that is missed, so that its row says so.
func instances(data string) []string {
	pattern := filepath.Join(data, "smptsp", "*.dat")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return []string{pattern}
	}
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(size(a), size(b)) })
	return files
}

// measure runs the case in a process of its own, until the limit at most.
func (c benchCase) measure(ctx context.Context, k settings, limit time.Duration) result {
	began := time.Now()
	limit = min(limit, time.Duration(c.Seconds*float64(time.Second))+modes[k.mode].grace)
	ctx, stop := context.WithTimeoutCause(ctx, limit, fmt.Errorf("ended after %v", limit.Round(time.Second)))
	defer stop()
	r, err := c.start(ctx, k)
	if err != nil {
		r = result{Failed: err.Error(), Version: r.Version}
	}
	r.Kind, r.setup, r.Took = c.Kind, c.setup, time.Since(began).Seconds()
	return r
}

func (c benchCase) start(ctx context.Context, k settings) (r result, err error) {
	switch c.Kind {
	case "peer":
		return c.peer(ctx, k)
	case "smptsp":
		out, err := c.program(ctx, k, "smptsp", "-json", "-time", fmt.Sprintf("%gs", c.Seconds), c.File)
		if err != nil {
			return r, err
		}
		return r, c.read(out, &r.Shifts)
	case "marathon":
		out, err := c.program(ctx, k, "marathon", "-json", "-draws", strconv.Itoa(c.Draws),
			filepath.Join(c.File, "runamc-testdata_csv"), filepath.Join(c.File, "runamc-results.tsv"))
		if err != nil {
			return r, err
		}
		return r, c.read(out, &r.Fill)
	}
	self, err := os.Executable()
	if err != nil {
		return r, fmt.Errorf("find this program: %w", err)
	}
	c.Profile = k.profile
	spec, err := json.Marshal(c)
	if err != nil {
		return r, fmt.Errorf("encode case: %w", err)
	}
	out, err := output(ctx, exec.CommandContext(ctx, self, "child", string(spec)))
	if err != nil {
		return r, err
	}
	return r, c.read(out, &r)
}

func (c benchCase) read(out []byte, into any) error {
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("read the result of %s: %w", c.Name, err)
	}
	return nil
}

// program builds another benchmark's command, which takes a moment the first
// time only, and runs it.
func (c benchCase) program(ctx context.Context, k settings, name string, args ...string) ([]byte, error) {
	path := filepath.Join(k.built, name)
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "github.com/rearguard/rearguard/bench/"+name)
	if _, err := output(ctx, build); err != nil {
		return nil, err
	}
	return output(ctx, exec.CommandContext(ctx, path, args...))
}

// output is what a program prints; it ends, and what it has started, with the
// context that it was made with.
func output(ctx context.Context, p *exec.Cmd) ([]byte, error) {
	var out, complaint bytes.Buffer
	p.Stdout, p.Stderr, p.WaitDelay = &out, &complaint, time.Second
	alone(p)
	err := p.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		last := strings.TrimSpace(complaint.String())
		if len(last) > 400 {
			last = "..." + last[len(last)-400:]
		}
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(p.Path), err, last)
	}
	return out.Bytes(), nil
}
