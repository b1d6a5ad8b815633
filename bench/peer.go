package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// peerNames lists the other solvers: each is an executable NAME/run in the
// peers' folder, called as
//
//	run RESOLVED.json PLAN.json SECONDS
//
// It reads the scenario resolved (`rearguard export json`), writes a plan.json
// and prints one peerReport. Exit code 75 says that what it needs is not
// installed.
func peerNames(folder string) (names []string) {
	programs, err := filepath.Glob(filepath.Join(folder, "*", "run"))
	if err != nil { // the folder's name is no pattern
		return nil
	}
	for _, path := range programs {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	return names
}

// notInstalled is EX_TEMPFAIL of sysexits.
const notInstalled = 75

type peerReport struct {
	Version string   `json:"version"`
	Status  string   `json:"status"`
	Bound   *float64 `json:"bound"`   // of the peer's own model; nil if it has none
	PeakMB  float64  `json:"peak_mb"` // 0 if it does not know
}

var errNotInstalled = errors.New("not installed; make bench-peers installs it")

// peer runs another solver on the case's scenario.
func (c benchCase) peer(ctx context.Context, k settings) (r result, err error) {
	s, err := c.scenario()
	if err != nil {
		return r, err
	}
	return c.against(ctx, k.peers, s)
}

// against runs the solver from the peers' folder on a resolved scenario and
// holds its plan to our checker.
func (c benchCase) against(ctx context.Context, peers string, s *scenario.Scenario) (r result, err error) {
	dir, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return r, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	scenarioPath, planPath := filepath.Join(dir, "scenario.json"), filepath.Join(dir, "plan.json")
	f, err := os.Create(scenarioPath)
	if err != nil {
		return r, fmt.Errorf("create scenario: %w", err)
	}
	if err := formats.WriteResolvedJSON(f, s); err != nil {
		return r, err
	}
	if err := f.Close(); err != nil {
		return r, fmt.Errorf("write scenario: %w", err)
	}
	program := exec.CommandContext(ctx, filepath.Join(peers, c.Solver, "run"), scenarioPath, planPath, strconv.FormatFloat(c.Seconds, 'f', -1, 64))
	out, err := output(ctx, program)
	if program.ProcessState != nil && program.ProcessState.ExitCode() == notInstalled {
		return r, errNotInstalled
	}
	if err != nil {
		return r, err
	}
	var said peerReport
	if err := json.Unmarshal(out, &said); err != nil {
		return r, fmt.Errorf("read what %s printed: %w", c.Solver, err)
	}
	r.Version, r.Stop, r.PeakMB = said.Version, said.Status, said.PeakMB
	if said.Bound != nil && !math.IsInf(*said.Bound, 0) {
		r.Bound = *said.Bound
	}
	if _, err := os.Stat(planPath); err != nil {
		return r, fmt.Errorf("no plan in %g s: %s", c.Seconds, said.Status)
	}
	p, err := formats.ReadPlan(planPath)
	if err != nil {
		return r, err
	}
	r.Objective, err = held(s, p)
	return r, err
}
