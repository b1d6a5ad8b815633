package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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
}

// cases are what a run measures, in order.
func cases(k settings) (list []benchCase) {
	add := func(kind, solver string, units, posts int, seconds float64, changes int) {
		if k.seconds > 0 {
			seconds = k.seconds
		}
		name := fmt.Sprintf("%s/units=%d", kind, units)
		if solver != "rearguard" {
			name += "/" + solver
		}
		list = append(list, benchCase{kind, setup{Name: name, Solver: solver, Units: units, Posts: posts, Days: days, Seed: seed, Seconds: seconds, Changes: changes}})
	}
	for _, c := range []struct {
		units, posts int
		quick, full  float64 // seconds; quick 0 leaves it out
	}{
		{300, 30, 30, 60}, {1_000, 60, 30, 60}, {3_000, 180, 30, 60}, {10_000, 500, 60, 60}, {30_000, 1_500, 0, 300}, {100_000, 5_000, 0, 600},
	} {
		if seconds := c.full; !k.quick || c.quick > 0 {
			if k.quick {
				seconds = c.quick
			}
			add("sweep", "rearguard", c.units, c.posts, seconds, 0)
		}
	}
	changes := 100
	if k.quick {
		changes = 20
	}
	add("replan", "rearguard", 1_000, 60, 10, changes)
	for _, c := range [][2]int{{300, 30}, {1_000, 60}} {
		for _, peer := range peerNames(k.peers) {
			seconds := 60.0
			if k.quick {
				seconds = 20
			}
			add("peer", peer, c[0], c[1], seconds, 0)
		}
	}
	return list
}

// grace is how much longer than its search a case may take: a scenario of
// 100,000 units takes minutes to generate, compile and check.
const grace = 20 * time.Minute

// measure runs the case in a process of its own.
func (c benchCase) measure(k settings) result {
	began := time.Now()
	r, err := c.start(k)
	if err != nil {
		r.Failed = err.Error()
	}
	r.Kind, r.setup, r.Took = c.Kind, c.setup, time.Since(began).Seconds()
	return r
}

func (c benchCase) start(k settings) (r result, err error) {
	if c.Kind == "peer" {
		return c.peer(k)
	}
	self, err := os.Executable()
	if err != nil {
		return r, fmt.Errorf("find this program: %w", err)
	}
	spec, err := json.Marshal(c)
	if err != nil {
		return r, fmt.Errorf("encode case: %w", err)
	}
	out, err := output(exec.Command(self, "child", string(spec)), c.limit())
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("read the result of %s: %w", c.Name, err)
	}
	return r, nil
}

func (c benchCase) limit() time.Duration {
	return time.Duration(c.Seconds*float64(time.Second)) + grace
}

// output is what a program prints; it is killed when the time is over.
func output(p *exec.Cmd, limit time.Duration) ([]byte, error) {
	var out, complaint bytes.Buffer
	p.Stdout, p.Stderr = &out, &complaint
	if err := p.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Path, err)
	}
	late := time.AfterFunc(limit, func() { _ = p.Process.Kill() })
	err := p.Wait()
	if !late.Stop() {
		return nil, fmt.Errorf("%s: killed after %v", p.Path, limit)
	}
	if err != nil {
		last := strings.TrimSpace(complaint.String())
		if len(last) > 400 {
			last = "..." + last[len(last)-400:]
		}
		return nil, fmt.Errorf("%s: %w: %s", p.Path, err, last)
	}
	return out.Bytes(), nil
}
