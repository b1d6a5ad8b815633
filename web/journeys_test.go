package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/rearguard/rearguard/internal/store/storetest"
	"github.com/rearguard/rearguard/internal/suite/needs"
)

// TestJourneys follows people through the app in a browser, on a page of one scenario and
// on a team's server with each database. RG_PICTURES=1 takes the guide's pictures too.
func TestJourneys(t *testing.T) {
	able(t)
	bin := filepath.Join(t.TempDir(), "rearguard")
	if out, err := exec.Command("go", "build", "-o", bin, "../cmd/rearguard").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	t.Run("local", func(t *testing.T) {
		url := serve(t, bin, `http://\S+/`, "../examples/reassurance.yaml", "--time", "3s")
		journeys(t, "RG_LOCAL="+url)
	})
	t.Run("SQLite", func(t *testing.T) {
		team(t, bin, "--data", t.TempDir())
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		c, err := storetest.Start()
		if err != nil {
			needs.Skip(t, "pg_ctlcluster", err.Error())
		}
		t.Cleanup(c.Stop)
		database, err := c.Database(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		team(t, bin, "--database", database)
	})
}

// TestRestarts follows people while their server ends and begins again, for a team and
// for one person.
func TestRestarts(t *testing.T) {
	able(t)
	bin := filepath.Join(t.TempDir(), "rearguard")
	if out, err := exec.Command("go", "build", "-o", bin, "../cmd/rearguard").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	origin := "http://" + free.Addr().String()
	free.Close()
	follow(t, "journeys/restarts/*.test.mjs", "RG_BIN="+bin, "RG_ORIGIN="+origin)
}

// able skips the test where something is missing that it runs on.
func able(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("the journeys take minutes")
	}
	installed(t, "playwright-core", "node")
	if _, err := exec.LookPath(chromium()); err != nil {
		needs.Skip(t, "chromium", err.Error())
	}
}

// installed skips the test where a program is missing, or a package of web/node_modules.
func installed(t *testing.T, module string, programs ...string) {
	t.Helper()
	for _, name := range programs {
		needs.Tool(t, name)
	}
	if _, err := os.Stat(filepath.Join("node_modules", module)); err != nil {
		needs.Skip(t, "npm", "web/node_modules/"+module+" is not there; make web fills it")
	}
}

// TestUnits runs the unit tests of the page's code (tests/*.test.ts).
func TestUnits(t *testing.T) {
	installed(t, "vitest", "node")
	out, err := exec.CommandContext(t.Context(), "node", "node_modules/vitest/vitest.mjs", "run", "--no-color").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func chromium() string {
	if path := os.Getenv("RG_CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

func team(t *testing.T, bin string, args ...string) {
	t.Helper()
	invite := serve(t, bin, `http://\S+/invite/\w+`, append(args, "--workers", "2")...)
	journeys(t, "RG_INVITE="+invite, "RG_BROKEN="+broken(t, bin))
}

// serve starts a server that ends with the test, and returns the address of the form
// wanted that it prints.
func serve(t *testing.T, bin, wanted string, args ...string) string {
	t.Helper()
	c := exec.Command(bin, append([]string{"serve", "--listen", "127.0.0.1:0"}, copied(t, args)...)...)
	var wrong strings.Builder
	c.Stderr = &wrong
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		if err := c.Wait(); err != nil || t.Failed() {
			t.Logf("server ended: %v\n%s", err, wrong.String())
		}
	})
	address := regexp.MustCompile(wanted)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if found := address.FindString(lines.Text()); found != "" {
			return found
		}
	}
	t.Fatalf("the server printed no address like %s", wanted)
	return ""
}

// copied are arguments with copies of the examples that they name, so that no work on them
// is left beside the examples.
func copied(t *testing.T, args []string) []string {
	t.Helper()
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a
		if !strings.HasPrefix(a, "../examples/") {
			continue
		}
		data, err := os.ReadFile(a)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = filepath.Join(t.TempDir(), filepath.Base(a))
		if err := os.WriteFile(out[i], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func journeys(t *testing.T, env ...string) {
	t.Helper()
	follow(t, "journeys/*.test.mjs", env...)
}

// follow runs scripts, and passes on what they say.
func follow(t *testing.T, pattern string, env ...string) {
	t.Helper()
	scripts, err := filepath.Glob(pattern)
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no journeys: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", append([]string{"--test", "--test-concurrency=1", "--test-reporter=spec"}, scripts...)...)
	c.Env = append(append(os.Environ(), "RG_CHROMIUM="+chromium()), env...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) } // so that browsers end too
	c.WaitDelay = 10 * time.Second
	out, err := c.CombinedOutput()
	if ctx.Err() != nil {
		err = errors.Join(err, ctx.Err())
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// broken is a workbook of an example with three mistakes in it.
func broken(t *testing.T, bin string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "broken.xlsx")
	if out, err := exec.Command(bin, "export", "xlsx", "../examples/tiny.yaml", "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("export: %v\n%s", err, out)
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, x := range []struct{ sheet, id, column, value string }{
		{"units", "fra-1", "persons", "eight hundred"},
		{"units", "gbr-2", "contributor", "GRB"},
		{"posts", "lviv", "place", "lvov"},
	} {
		if err := setCell(book, x.sheet, x.id, x.column, x.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
	return path
}

// setCell sets a cell by its row's ID and its column's name.
func setCell(book *excelize.File, sheet, id, column, value string) error {
	rows, err := book.GetRows(sheet)
	if err != nil {
		return err
	}
	for r, row := range rows {
		for c, name := range rows[0] {
			if name == column && len(row) > 0 && row[0] == id {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					return err
				}
				return book.SetCellValue(sheet, cell, value)
			}
		}
	}
	return errors.New("no " + sheet + " " + id + " " + column)
}
