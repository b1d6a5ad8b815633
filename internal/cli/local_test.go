package cli_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/cli"
	"github.com/rearguard/rearguard/internal/formats"
)

// served runs a server of one scenario, calls do with its address, and returns what the
// server said.
func served(t *testing.T, do func(address string), args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	said, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), write, io.Discard)
		write.Close()
	}()
	b := make([]byte, 4096)
	n, err := said.Read(b)
	address := regexp.MustCompile(`http://\S+/`).FindString(string(b[:n]))
	if err != nil || address == "" {
		t.Fatalf("%v: %s", err, b[:n])
	}
	do(address)
	stop()
	rest, err := io.ReadAll(said)
	if code := <-ended; code != 0 || err != nil {
		t.Errorf("the server ends with %d, %v", code, err)
	}
	return string(b[:n]) + string(rest)
}

// TestServeScenario shows a scenario to one person, who edits it: the edits are in a file
// when the server has ended, and nothing else of it is left.
func TestServeScenario(t *testing.T) {
	example, err := filepath.Abs("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	ask := func(method, address, body, match string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("If-Match", match)
		w, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		b, err := io.ReadAll(w.Body)
		if err != nil || w.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s, %v: %.500s", method, address, w.Status, err, b)
		}
		return string(b)
	}
	id := regexp.MustCompile(`"id":"([\w-]+)"`)
	said := served(t, func(address string) {
		if text := ask("GET", address, "", ""); !strings.Contains(text, `src="/app.js"`) {
			t.Error("the start is not the app")
		}
		scenario := address + "api/scenarios/" + id.FindStringSubmatch(ask("GET", address+"api/scenarios", "", ""))[1]
		if text := ask("GET", scenario+"/plans", "", ""); !strings.Contains(text, `"name":"first plan"`) || !strings.Contains(text, `"new_exposure":`) || strings.Contains(text, `"new_exposure":null`) {
			t.Error(text)
		}
	}, example, "--time", "300ms")
	if strings.Contains(said, "edits") {
		t.Errorf("edits of nobody: %s", said)
	}
	for n, file := range []string{"tiny.edited.yaml", "tiny.edited-2.yaml"} {
		name := fmt.Sprintf("New name %d", n)
		said := served(t, func(address string) {
			unit := address + "api/scenarios/" + id.FindStringSubmatch(ask("GET", address+"api/scenarios", "", ""))[1] + "/records/contributors/NOR"
			ask("PUT", unit, `{"id":"NOR","name":"`+name+`"}`, `"1"`)
		}, example, "--time", "100ms")
		if !strings.HasSuffix(said, "\nYour edits are in "+file+".\n") {
			t.Fatal(said)
		}
		s, _, err := formats.ReadScenario(file)
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, c := range s.Contributors {
			if c.ID == "NOR" {
				found = c.Name
			}
		}
		if found != name {
			t.Errorf("%s has %q", file, found)
		}
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "rearguard-*")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v are left", left, err)
	}
}
