package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/cli"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// running is a server of one scenario.
type running struct {
	address string // http://127.0.0.1:N/
	lines   chan string
	end     func() string // what it said, all of it
}

// heard follows what a server says until it says where it is.
func heard(t *testing.T, out io.Reader) *running {
	t.Helper()
	r := &running{lines: make(chan string, 1000)}
	var mu sync.Mutex
	said, found, over := "", make(chan string, 1), make(chan struct{})
	go func() {
		defer close(over)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			mu.Lock()
			said += lines.Text() + "\n"
			mu.Unlock()
			if at := regexp.MustCompile(`http://\S+/`).FindString(lines.Text()); at != "" {
				found <- at
			}
			r.lines <- lines.Text()
		}
	}()
	r.end = func() string {
		<-over
		mu.Lock()
		defer mu.Unlock()
		return said
	}
	select {
	case r.address = <-found:
	case <-over:
		t.Fatalf("the server is nowhere: %s", r.end())
	}
	return r
}

// serve runs a server in this process; end stops it as Ctrl-C does.
func serve(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	said, write := io.Pipe()
	var wrong bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Main(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--time", "150ms"}, args...), write, &wrong)
		write.Close()
	}()
	r := heard(t, said)
	all := r.end
	r.end = sync.OnceValue(func() string {
		stop()
		text := all()
		if code := <-ended; code != 0 {
			t.Errorf("the server ends with %d: %s", code, wrong.String())
		}
		return text + wrong.String()
	})
	t.Cleanup(func() { r.end() })
	return r
}

// says waits for a line that the server says.
func (r *running) says(t *testing.T, wanted string) {
	t.Helper()
	for late := time.After(time.Minute); ; {
		select {
		case line := <-r.lines:
			if strings.Contains(line, wanted) {
				return
			}
		case <-late:
			t.Fatalf("the server does not say %q", wanted)
		}
	}
}

// ask sends a request that must succeed.
func (r *running) ask(t *testing.T, method, path, body string, header ...string) string {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, r.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	b, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode >= 300 {
		t.Fatalf("%s %s: %s, %v: %.500s", method, path, w.Status, err, b)
	}
	return string(b)
}

// items are those of a list.
func (r *running) items(t *testing.T, path string) []map[string]any {
	t.Helper()
	var page struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(r.ask(t, "GET", path, "")), &page); err != nil {
		t.Fatal(err)
	}
	return page.Items
}

func (r *running) scenario(t *testing.T) string {
	t.Helper()
	list := r.items(t, "api/scenarios")
	if len(list) != 1 {
		t.Fatalf("%d scenarios", len(list))
	}
	return "api/scenarios/" + list[0]["id"].(string)
}

// record is the body of a record and its version.
func (r *running) record(t *testing.T, name string) (body map[string]any, version string) {
	t.Helper()
	var x struct {
		Version int64
		Body    map[string]any
	}
	if err := json.Unmarshal([]byte(r.ask(t, "GET", r.scenario(t)+"/records/"+name, "")), &x); err != nil {
		t.Fatal(err)
	}
	return x.Body, fmt.Sprintf(`"%d"`, x.Version)
}

// set sets a field of a record, as the page does.
func (r *running) set(t *testing.T, name, field string, value any) {
	t.Helper()
	body, version := r.record(t, name)
	body[field] = value
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r.ask(t, "PUT", r.scenario(t)+"/records/"+name, string(b), "If-Match", version)
}

// tinyCopy is a copy of the tiny example in a folder of its own.
func tinyCopy(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "tiny.yaml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// edit changes a file as its owner does, in an editor.
func edit(t *testing.T, file string, changes ...string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		if !bytes.Contains(data, []byte(changes[i])) {
			t.Fatalf("no %q in %s", changes[i], file)
		}
		data = bytes.Replace(data, []byte(changes[i]), []byte(changes[i+1]), 1)
	}
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// TestServeScenario shows a scenario to one person, who edits it: stopped and started, the
// server has the same addresses, the same plan and the edits, and the scenario's file is as
// it was.
func TestServeScenario(t *testing.T) {
	file := tinyCopy(t)
	t.Setenv("TMPDIR", t.TempDir())
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first := serve(t, file)
	if text := first.ask(t, "GET", "", ""); !strings.Contains(text, `src="/app.js"`) {
		t.Error("the start is not the app")
	}
	scenario := first.scenario(t)
	plans := first.items(t, scenario+"/plans")
	if len(plans) != 1 || plans[0]["name"] != "first plan" || plans[0]["head"].(map[string]any)["metrics"].(map[string]any)["new_exposure"] == nil {
		t.Errorf("%v", plans)
	}
	first.set(t, "contributors/NOR", "name", "Norge")
	session := first.ask(t, "GET", "api/session", "")
	said := first.end()
	if !strings.Contains(said, "What you save and keep is in "+file+".rearguard.\n") || !strings.HasSuffix(said, "\nYour work is in "+file+".rearguard; the same command goes on with it.\n") {
		t.Error(said)
	}
	if !strings.Contains(session, `"kept":"`+file+`.rearguard"`) {
		t.Errorf("the page does not say where the work is: %s", session)
	}

	again := serve(t, file)
	if again.address != first.address || again.scenario(t) != scenario {
		t.Errorf("%s%s was %s%s", again.address, again.scenario(t), first.address, scenario)
	}
	if got := again.items(t, scenario+"/plans"); len(got) != 1 || got[0]["id"] != plans[0]["id"] {
		t.Errorf("the plans are %v", got)
	}
	if got, _ := again.record(t, "contributors/NOR"); got["name"] != "Norge" {
		t.Errorf("the edit is gone: %v", got)
	}
	if got := again.ask(t, "GET", "api/session", ""); got != session {
		t.Errorf("who works is %s, was %s", got, session)
	}
	again.end()
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the scenario's file was changed, %v", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
	if err != nil || !slices.Equal(left, []string{file, file + ".rearguard"}) {
		t.Errorf("%v, %v are left", left, err)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "rearguard-*")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v are left", left, err)
	}
}

// A server that is killed has lost nothing that it acknowledged: edits, and plans that were
// kept.
func TestServeKilled(t *testing.T) {
	file := tinyCopy(t)
	address := ""
	kept := []string{}
	for round := range 5 {
		c := exec.CommandContext(t.Context(), "rearguard", "serve", file, "--listen", "127.0.0.1:0", "--time", "150ms")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill() })
		r := heard(t, out)
		if round > 0 && r.address != address {
			t.Errorf("round %d: at %s, was at %s", round, r.address, address)
		}
		address = r.address
		scenario := r.scenario(t)
		var have []string
		for _, p := range r.items(t, scenario+"/plans") {
			have = append(have, p["id"].(string))
		}
		for _, id := range kept {
			if !slices.Contains(have, id) {
				t.Errorf("round %d: plan %s is gone", round, id)
			}
		}
		if got, _ := r.record(t, "contributors/NOR"); round > 0 && got["name"] != fmt.Sprintf("Norway %d", round-1) {
			t.Errorf("round %d: the edit is gone: %v", round, got)
		}
		body := r.ask(t, "GET", "api/plans/"+have[0], "")
		var is struct{ ID string }
		if err := json.Unmarshal([]byte(r.ask(t, "POST", scenario+"/plans?name=kept", body)), &is); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, is.ID)
		r.set(t, "contributors/NOR", "name", fmt.Sprintf("Norway %d", round))
		if err := c.Process.Kill(); err != nil { // at once
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed
	}
}

// What is edited in the scenario's file is taken over where it was not edited on the page
// too; what happened is said in the terminal and on the page.
func TestServeEditedFile(t *testing.T) {
	for _, c := range []struct {
		name string
		page func(t *testing.T, r *running)
		file []string // from, to
		said string
		want map[string]any // kind/key field
	}{
		{name: "only the file", file: []string{"notice: 30d", "notice: 29d"}, said: "tiny.yaml was edited: 1 record taken over as version 2 (units/gbr-1).", want: map[string]any{"units/gbr-1 notice": 29.0}},
		{name: "only a comment", file: []string{"notice: 30d", "notice: 30d # days"}, want: map[string]any{"units/gbr-1 notice": 30.0}},
		{
			name: "other fields of one record", page: func(t *testing.T, r *running) { r.set(t, "units/gbr-1", "persons", 950) }, file: []string{"notice: 30d", "notice: 29d"},
			said: "1 record taken over as version 3 (units/gbr-1).", want: map[string]any{"units/gbr-1 notice": 29.0, "units/gbr-1 persons": 950.0},
		},
		{
			name: "the same field", page: func(t *testing.T, r *running) { r.set(t, "units/gbr-1", "notice", "31d") }, file: []string{"notice: 30d", "notice: 29d", "redeploy: 5d", "redeploy: 6d"},
			said: "What was edited both in tiny.yaml and on the page stays as on the page: units/gbr-1 (notice).", want: map[string]any{"units/gbr-1 notice": 31.0, "units/gbr-1 redeploy": 6.0},
		},
		{
			name: "the same value", page: func(t *testing.T, r *running) { r.set(t, "units/gbr-1", "notice", "29d") }, file: []string{"notice: 30d", "notice: 29d"}, want: map[string]any{"units/gbr-1 notice": "29d"},
		},
		{
			name: "the same field of another kind", page: func(t *testing.T, r *running) { r.set(t, "capabilities/medical", "name", "Hospital") },
			file: []string{"name: Field hospital", "name: Role 2"}, said: "stays as on the page: capabilities/medical (name).", want: map[string]any{"capabilities/medical name": "Hospital"},
		},
		{
			name: "settings by field", page: func(t *testing.T, r *running) { r.set(t, "settings/settings", "policy", "mission-first") }, file: []string{"name: tiny", "name: small"},
			said: "1 record taken over as version 3 (settings/settings).", want: map[string]any{"settings/settings policy": "mission-first", "settings/settings name": "small"},
		},
		{
			name: "what does not go together",
			page: func(t *testing.T, r *running) {
				r.ask(t, "PUT", r.scenario(t)+"/records/pins/000001", `{"unit":"fra-1","post":"lviv","from":"2025-06-10","until":"2025-06-12"}`, "If-None-Match", "*")
			},
			file: []string{"id: fra-1", "id: fra-2"},
			said: "tiny.yaml was edited, and is not taken over: with what was edited on the page it does not hold.", want: map[string]any{"units/fra-1 id": "fra-1"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := tinyCopy(t)
			r := serve(t, file)
			if c.page != nil {
				c.page(t, r)
			}
			r.end()
			edit(t, file, c.file...)
			r = serve(t, file)
			for name, want := range c.want {
				record, field, _ := strings.Cut(name, " ")
				if got, _ := r.record(t, record); got[field] != want {
					t.Errorf("%s is %v, want %v", name, got[field], want)
				}
			}
			var page struct{ Work struct{ Told []string } }
			if err := json.Unmarshal([]byte(r.ask(t, "GET", "api/session", "")), &page); err != nil {
				t.Fatal(err)
			}
			said := r.end()
			if told := strings.Join(page.Work.Told, ""); !strings.Contains(said, told) || !strings.Contains(told, c.said) || (told == "") != (c.said == "") {
				t.Errorf("said %q, told %q, want %q", said, told, c.said)
			}
			again := serve(t, file)
			if said := again.end(); (strings.Contains(said, "tiny.yaml was edited") || strings.Contains(said, "stays as")) != strings.Contains(c.said, "not taken over") {
				t.Errorf("told again: %q", said)
			}
		})
	}
}

// Records without an ID go by what they hold.
func TestServeEditedPins(t *testing.T) {
	file := tinyCopy(t)
	edit(t, file, "\nunits:\n", "\npins:\n  - {unit: gbr-1, post: tapa, from: 2025-05-01, until: 2025-05-10, note: a}\n  - {unit: gbr-1, post: tapa, from: 2025-05-11, until: 2025-05-20, note: b}\n\nunits:\n")
	r := serve(t, file)
	r.ask(t, "PUT", r.scenario(t)+"/records/pins/000003", `{"unit":"gbr-1","post":"tapa","from":"2025-05-21","until":"2025-05-24","note":"of the page"}`, "If-None-Match", "*")
	r.end()
	edit(t, file, "  - {unit: gbr-1, post: tapa, from: 2025-05-01, until: 2025-05-10, note: a}\n", "", "note: b}", "note: b}\n  - {unit: gbr-1, post: tapa, from: 2025-05-01, until: 2025-05-04, note: of the file}")
	r = serve(t, file)
	var notes []string
	for _, x := range r.items(t, r.scenario(t)+"/records/pins") {
		notes = append(notes, x["body"].(map[string]any)["note"].(string))
	}
	slices.Sort(notes)
	if !slices.Equal(notes, []string{"b", "of the file", "of the page"}) {
		t.Errorf("the pins are %q", notes)
	}
	r.end()
}

// A file that is edited while it is served is taken over at once; one that does not hold is
// not, and that is said.
func TestServeWatchesFile(t *testing.T) {
	file := tinyCopy(t)
	r := serve(t, file)
	edit(t, file, "notice: 30d", "notice: 28d")
	r.says(t, "1 record taken over as version 2 (units/gbr-1).")
	if got, _ := r.record(t, "units/gbr-1"); got["notice"] != 28.0 {
		t.Errorf("the unit is %v", got)
	}
	edit(t, file, "notice: 28d", "notice: soon")
	r.says(t, "tiny.yaml was edited, and is not taken over.")
	if got := r.ask(t, "GET", "api/session", ""); !strings.Contains(got, "soon") {
		t.Errorf("the page is not told why: %s", got)
	}
	edit(t, file, "notice: soon", "notice: 27d")
	r.says(t, "1 record taken over as version 3 (units/gbr-1).")
	r.end()
}

// A plan that is given is kept once, however often it is given.
func TestServePlanAgain(t *testing.T) {
	file := tinyCopy(t)
	plan, err := filepath.Abs("../verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range 2 {
		r := serve(t, file, plan)
		for _, p := range r.items(t, r.scenario(t)+"/plans") {
			ids = append(ids, p["id"].(string))
		}
		r.set(t, "units/gbr-1", "persons", 950+len(ids))
		r.end()
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("the plans are %v", ids)
	}
}

// Where no file can be made beside the scenario, that is said, the server works in memory,
// and writes the edits at its end.
func TestServeWithoutAFile(t *testing.T) {
	file := tinyCopy(t)
	long := filepath.Join(filepath.Dir(file), strings.Repeat("x", 242)+".yaml") // with .rearguard it is longer than a name may be
	if err := os.Rename(file, long); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	r := serve(t, long)
	if got := r.ask(t, "GET", "api/session", ""); !strings.Contains(got, `"kept":""`) {
		t.Errorf("the page does not know: %s", got)
	}
	r.set(t, "contributors/NOR", "name", "Norge")
	said := r.end()
	if !strings.Contains(said, "note: no file can be made beside") || !strings.Contains(said, "\nYour edits are in ") {
		t.Error(said)
	}
	written := regexp.MustCompile(`Your edits are in (x+\.edited\.yaml)\.\n`).FindStringSubmatch(said)
	if written == nil {
		t.Fatal(said)
	}
	s, _, err := formats.ReadScenario(written[1])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(s.Contributors, func(c scenario.Contributor) bool { return c.Name == "Norge" }) {
		t.Error("the edit is not in the file")
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "rearguard-*")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v are left", left, err)
	}
}

// One scenario is served once at a time, and a file that holds no work is not replaced.
func TestServeRefuses(t *testing.T) {
	file := tinyCopy(t)
	refused := func(want string) {
		t.Helper()
		var out, wrong bytes.Buffer
		if code := cli.Main(t.Context(), []string{"serve", file, "--listen", "127.0.0.1:0", "--time", "100ms"}, &out, &wrong); code != 1 || !strings.Contains(wrong.String(), want) {
			t.Errorf("%d: %s%s; want %q", code, out.String(), wrong.String(), want)
		}
	}
	r := serve(t, file)
	refused("is served already: open " + r.address)
	r.end()
	const other = "this is no database, and somebody may want it"
	if err := os.WriteFile(file+".rearguard", []byte(strings.Repeat(other, 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("cannot be opened")
	if data, err := os.ReadFile(file + ".rearguard"); err != nil || !strings.HasPrefix(string(data), other) {
		t.Errorf("the file was replaced, %v", err)
	}
}
