package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/suite/needs"
)

// checkPage opens a report in a browser: nothing may complain on the console,
// every part must be there, and a picture goes to screenshots/ at the root for
// people to look at.
func checkPage(t *testing.T, name, page string) {
	t.Helper()
	browser := needs.Tool(t, "chromium")
	pictures, err := filepath.Abs("../../screenshots")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(page); err != nil || info.Size() > 3_000_000 {
		t.Errorf("%v, %v; want at most 3 MB", info, err)
	}
	dom, said := open(t, browser, "file://"+page, filepath.Join(pictures, name+".png"))
	quiet(t, said)
	for _, id := range []string{"map", "areas", "flow", "coverage", "gantt", "timetable", "burden", "gaps", "method"} {
		if !strings.Contains(dom, `<section id="`+id+`"`) {
			t.Errorf("no part %q on the page", id)
		}
	}
	ready := regexp.MustCompile(`data-ready="(\d+)"`).FindStringSubmatch(dom)
	if ready == nil {
		t.Fatal("the page did not finish drawing")
	}
	// The aim is 2 s; a busy machine that tests gets more.
	if ms, err := strconv.Atoi(ready[1]); err != nil || ms > 10_000 {
		t.Errorf("drawn after %s ms", ready[1])
	}
	t.Logf("drawn after %s ms", ready[1])
}

// TestPageWithNews shows conditions and what has been done of the plan.
func TestPageWithNews(t *testing.T) {
	page := filepath.Join(t.TempDir(), "news.html")
	run(t, "report", "../../examples/reassurance.yaml", "../../examples/reassurance-plan.json", "--today", "2025-07-10",
		"--reports", "../../examples/reassurance-reports.csv", "--facts", "../../examples/reassurance-facts.csv", "-o", page)
	checkPage(t, "news", page)
	browser := needs.Tool(t, "chromium")
	dom, _ := open(t, browser, "file://"+page, filepath.Join(t.TempDir(), "news.png"))
	for _, want := range []string{`<section id="today"`, "FRA alert battalion #1", "Waits for ships at Toulon", `<section id="conditions"`, "Ceasefire held for 30 days", "waits for “Ceasefire held for 30 days”"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// quiet fails the test for what was said on the console.
func quiet(t *testing.T, said string) {
	t.Helper()
	for line := range strings.Lines(said) {
		if strings.Contains(line, ":CONSOLE") && !strings.Contains(line, "milsymbol.js") {
			t.Errorf("console: %s", line)
		}
	}
}

// open shows a page in the browser and returns its document and what was said
// on the console.
func open(t *testing.T, browser, address, picture string, flags ...string) (dom, said string) {
	t.Helper()
	var out, log strings.Builder
	flags = append(flags, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1366,3200", "--enable-logging=stderr",
		"--user-data-dir="+t.TempDir(), "--dump-dom", "--screenshot="+picture, address)
	c := exec.Command(browser, flags...)
	c.Stdout, c.Stderr = &out, &log
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.String(), log.String()
}
