package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/store"
)

// readings are the addresses at which anything of the scenario can be read: every version, the
// history of every record that any version held, plans, jobs and asks.
func (x *site) readings(t *testing.T) (paths []string) {
	t.Helper()
	at := "/api/scenarios/" + x.scenario
	s, err := x.store.Scenario(t.Context(), x.scenario)
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, "/api/scenarios", at, at+"/versions", at+"/tables", at+"/outlines", at+"/asks", at+"/plans", at+"/jobs")
	paths = append(paths, exports(at, (*exchange.Format).OutOfScenario)...)
	for v := int64(1); v <= s.Version; v++ {
		paths = append(paths, fmt.Sprintf("%s?version=%d", at, v), fmt.Sprintf("%s/diff?from=%d", at, v), fmt.Sprintf("%s/diff?from=%d&to=%d", at, v, min(v+1, s.Version)))
	}
	for _, kind := range store.Kinds {
		paths = append(paths, at+"/records/"+kind)
	}
	were, err := x.store.Were(t.Context(), x.scenario, store.Kinds...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range were {
		paths = append(paths, at+"/history/"+r.Kind+"/"+r.Key, at+"/records/"+r.Kind+"/"+r.Key)
	}
	plans, err := x.store.Plans(t.Context(), x.scenario, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans {
		of := "/api/plans/" + p.ID
		paths = append(paths, of, of+"/document", of+"/timetable", of+"/explain?of=fra-1",
			"/api/compare?a="+p.ID+"&b="+plans[0].ID, "/plans/"+p.ID)
		paths = append(paths, exports(of, (*exchange.Format).OutOfPlan)...)
	}
	jobs, err := x.store.Jobs(t.Context(), x.scenario, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		paths = append(paths, "/api/jobs/"+j.ID, "/api/jobs/"+j.ID+"/answer")
	}
	asks, err := x.store.Asks(t.Context(), x.scenario, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asks {
		paths = append(paths, "/api/asks/"+a.ID)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// exports are the addresses of something in each format that it can be asked for in.
func exports(of string, which func(*exchange.Format) bool) (paths []string) {
	for _, f := range exchange.Formats() {
		if which(f) {
			paths = append(paths, of+"/export/"+f.Name)
		}
	}
	return paths
}

// answered is all text of an answer: its headers and its body, that of a ZIP file unpacked, but for
// what the asker typed.
func answered(t *testing.T, path string, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	body := w.Body.Bytes()
	if bytes.HasPrefix(body, []byte("PK")) {
		body = unzipped(t, body)
	}
	return bytes.ReplaceAll(append([]byte(fmt.Sprint(w.Header())), body...), []byte(path), nil)
}

// quiet reads everything as somebody and finds none of the words in it.
func (x *site) quiet(t *testing.T, role string, words ...string) {
	t.Helper()
	for _, path := range x.readings(t) {
		w := x.ask(role, "GET", path, "")
		if w.Code >= 500 {
			t.Errorf("%s as %s: %d %s", path, role, w.Code, w.Body)
		}
		text := answered(t, path, w)
		for _, word := range words {
			if i := bytes.Index(text, []byte(word)); i >= 0 {
				t.Errorf("%s as %s tells %s: …%s…", path, role, word, text[max(0, i-150):min(len(text), i+50)])
			}
		}
	}
}

// change saves changes as a coordinator, given as kind/key to body, null to remove.
func (x *site) change(t *testing.T, note string, changes map[string]string) {
	t.Helper()
	list := []store.Change{}
	for name, body := range changes {
		kind, key, _ := strings.Cut(name, "/")
		list = append(list, store.Change{Kind: kind, Key: key, Body: json.RawMessage(body)})
	}
	slices.SortFunc(list, func(a, b store.Change) int { return strings.Compare(a.Kind+a.Key, b.Kind+b.Key) })
	x.want(t, 200, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/records", text(t, map[string]any{"note": note, "changes": list})))
}

// What was not released and is gone stays so, also once its owner is gone: its history, what
// differed, its garrison, what was noted and asked, its plans, and what a branch still has of it.
func TestWhatIsGone(t *testing.T) {
	x := newSite(t)
	x.change(t, "secret-nor was in force", map[string]string{"in_force/000001": `{"unit":"secret-nor-1","post":"tapa","depart":"2025-01-01","until":"2025-02-20"}`})
	x.change(t, "secret-nor is gone", map[string]string{"units/secret-nor-1": "null", "pins/000001": "null"})
	for _, role := range []string{"planner", "liaison of POL", "viewer"} {
		x.quiet(t, role, "secret-nor")
	}
	x.change(t, "secret-nor altogether", map[string]string{"contributors/NOR": "null"})
	x.runJob(t, "lose", `{"iterations":20}`)
	for _, role := range []string{"planner", "liaison of POL", "viewer"} {
		x.quiet(t, role, "secret-nor")
	}
	var branch store.Scenario
	if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/branch", `{"name":"what if"}`))), &branch); err != nil {
		t.Fatal(err)
	}
	if whole := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+branch.ID, "")); !strings.Contains(whole, "secret-nor-garrison") {
		t.Fatal("the branch has nothing to tell")
	}
	of := *x
	of.scenario = branch.ID
	for _, role := range []string{"planner", "liaison of POL", "viewer"} {
		of.quiet(t, role, "secret-nor")
	}
	// The contributor itself, and who sees all, still have it.
	for _, role := range []string{"coordinator", "liaison of NOR"} {
		if body := x.want(t, 200, x.ask(role, "GET", "/api/scenarios/"+x.scenario+"/history/units/secret-nor-1", "")); !strings.Contains(body, "secret-nor-garrison") {
			t.Errorf("%s: %s", role, body)
		}
	}
	x.want(t, 403, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/restore", `{"version":1}`))
	x.want(t, 200, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/restore", `{"version":1}`))
}

// Who reads along hears of a removal without the name of what was not released.
func TestOthersHearOfRemovals(t *testing.T) {
	x := newSite(t)
	h := httptest.NewServer(x.Handler())
	t.Cleanup(h.Close)
	streams := map[string]<-chan string{}
	for _, role := range roles[:len(roles)-1] {
		streams[role] = x.listen(t, h.URL, role)
	}
	x.change(t, "", map[string]string{"units/secret-nor-1": "null", "pins/000001": "null", "places/secret-nor-garrison": "null", "units/fra-1": "null"})
	for role, events := range streams {
		e := <-events
		if sees := seesAll(role) || role == "liaison of NOR"; strings.Contains(e, "units/secret-nor-1") != sees || strings.Contains(e, "secret-nor-garrison") != sees || !strings.Contains(e, "units/fra-1") {
			t.Errorf("%s hears %s", role, e)
		}
	}
}

// A unit that is handed on to another contributor does not take its history along: what it was
// before is for who owned it then.
func TestHandedOn(t *testing.T) {
	x := newSite(t)
	unit := `{"id":"secret-nor-1","contributor":%q,"provides":{"bg":1},"home":"paris","self_deploys":{"mode":"road"},"note":%q}`
	x.change(t, "for secret-pol", map[string]string{"units/secret-nor-1": fmt.Sprintf(unit, "POL", "of secret-pol now")})
	history := "/api/scenarios/" + x.scenario + "/history/units/secret-nor-1"
	if body := x.want(t, 200, x.ask("liaison of POL", "GET", history, "")); strings.Contains(body, "garrison") || !strings.Contains(body, "secret-pol now") {
		t.Errorf("what POL reads of its unit: %s", body)
	}
	if body := x.want(t, 200, x.ask("liaison of NOR", "GET", history, "")); !strings.Contains(body, "garrison") || strings.Contains(body, "secret-pol now") {
		t.Errorf("what NOR reads of what was its unit: %s", body)
	}
	x.quiet(t, "viewer", "secret-nor", "secret-pol")
	x.quiet(t, "liaison of POL", "secret-nor-garrison")
	x.quiet(t, "liaison of NOR", "secret-pol", "for secret-pol")
	// Released at last, it is seen from then on.
	x.change(t, "for all", map[string]string{"units/secret-nor-1": fmt.Sprintf(unit, "FRA", "of everybody")})
	if body := x.want(t, 200, x.ask("viewer", "GET", "/api/scenarios/"+x.scenario, "")); !strings.Contains(body, "of everybody") {
		t.Error(body)
	}
	x.quiet(t, "viewer", "secret-nor-garrison", "secret-pol")
}

// A name that was that of something not released, and is gone, is free for others.
func TestNamesAreFreeAgain(t *testing.T) {
	x := newSite(t)
	x.change(t, "", map[string]string{"units/secret-nor-1": "null", "pins/000001": "null", "places/secret-nor-garrison": "null"})
	at := "/api/scenarios/" + x.scenario + "/records/"
	x.want(t, 200, x.ask("planner", "PUT", at+"places/secret-nor-garrison", `{"id":"secret-nor-garrison","lat":1,"lon":1,"area":"homes"}`, header("If-None-Match", "*")))
	x.want(t, 200, x.ask("planner", "PUT", at+"units/secret-nor-1", `{"id":"secret-nor-1","contributor":"FRA","provides":{"bg":1},"home":"secret-nor-garrison","self_deploys":{"mode":"road"}}`, header("If-None-Match", "*")))
	for _, name := range []string{"places/secret-nor-garrison", "units/secret-nor-1"} {
		if w := x.ask("planner", "GET", at+name, ""); w.Code != 200 || w.Header().Get("ETag") == `"1"` {
			t.Errorf("%s: %d %s %s", name, w.Code, w.Header().Get("ETag"), w.Body)
		}
	}
	x.quiet(t, "planner", `"note":"secret-nor"`, `"source":"secret-nor"`)
}

// Who comes to release everything releases what is there; what was before stays as it was.
func TestWidened(t *testing.T) {
	x := newSite(t)
	home := `{"id":"secret-nor-1","contributor":"NOR","provides":{"bg":1},"home":"paris","self_deploys":{"mode":"road"}}`
	x.change(t, "", map[string]string{"units/secret-nor-1": home, "contributors/NOR": `{"id":"NOR","release":"everything"}`, "pins/000001": "null"})
	if body := x.want(t, 200, x.ask("viewer", "GET", "/api/scenarios/"+x.scenario+"/records/units/secret-nor-1", "")); !strings.Contains(body, "paris") {
		t.Error(body)
	}
	x.quiet(t, "viewer", "secret-nor-garrison", `source":"secret-nor`)
	x.quiet(t, "liaison of POL", "secret-nor-garrison")
}

// masked is an answer without what differs from call to call, and with a name put under another.
func masked(w *httptest.ResponseRecorder, name string) string {
	w.Header().Del("X-Request-Id")
	text := fmt.Sprint(w.Code, w.Header(), w.Body)
	return numbersOfCalls.ReplaceAllString(strings.ReplaceAll(text, name, "NAME"), "ID")
}

var numbersOfCalls = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}|"at":"[^"]*"|"seconds":[0-9.e-]*`)

// Whoever guesses the name of something that it does not see is answered as if there were no
// such thing: reading, changing, removing, naming it in an edit, a trial, a table, an ask, a job.
func TestGuesses(t *testing.T) {
	unit := func(id, home string) string {
		return fmt.Sprintf(`{"id":%q,"contributor":%%q,"provides":{"bg":1},"home":%q,"self_deploys":{"mode":"road"}}`, id, home)
	}
	change := func(kind, key, body, version string) string {
		return fmt.Sprintf(`{"changes":[{"kind":%q,"key":%q,"body":%s,"if_version":%s}]}`, kind, key, body, version)
	}
	try := func(changes string) string { return strings.Replace(changes, "{", `{"seconds":0.1,`, 1) }
	type call struct{ method, path, body, match, none string }
	calls := func(kind, name string) []call {
		record := "/records/" + kind + "/" + name
		body := map[string]string{"units": unit(name, "paris"), "places": fmt.Sprintf(`{"id":%q,"lat":1,"lon":2}`, name), "posts": fmt.Sprintf(`{"id":%q,"place":"tapa","lines":[{"capability":"bg","floor":1}]}`, name)}[kind]
		wrong := map[string]string{"units": unit(name, "parys"), "places": fmt.Sprintf(`{"id":%q,"lat":1,"lon":2,"area":"homs"}`, name), "posts": fmt.Sprintf(`{"id":%q,"place":"tapaa","lines":[]}`, name)}[kind]
		list := []call{
			{"GET", record, "", "", ""}, {"GET", "/history/" + kind + "/" + name, "", "", ""}, {"GET", "/records/" + kind + "?after=" + name, "", "", ""},
			{"PUT", record, body, `"1"`, ""}, {"PUT", record, wrong, `"1"`, ""}, {"PUT", record, wrong, "", "*"}, {"PUT", record, "{}", "", "*"}, {"DELETE", record, "", `"1"`, ""},
			{"POST", "/records", change(kind, name, "null", "null"), "", ""}, {"POST", "/records", change(kind, name, "null", "1"), "", ""}, {"POST", "/records", change(kind, name, body, "1"), "", ""},
			{"POST", "/records", change(kind, name, wrong, "null"), "", ""},
			{"POST", "/trial", try(change(kind, name, wrong, "null")), "", ""}, {"POST", "/trial", try(change(kind, name, "null", "null")), "", ""}, {"POST", "/trial", try(change(kind, name, body, "null")), "", ""},
		}
		// What names it: a home, a post of a caveat, of a pin, of an ask.
		for _, typo := range []string{"", "x"} {
			name := name + typo
			list = append(list,
				call{"PUT", "/records/units/fra-1", unit("fra-1", name), `"1"`, ""}, call{"PUT", "/records/units/new-1", unit("new-1", name), "", "*"},
				call{"PUT", "/records/posts/far", fmt.Sprintf(`{"id":"far","place":%q,"lines":[{"capability":"bg","floor":1}]}`, name), `"1"`, ""},
				call{"PUT", "/records/units/fra-1", strings.Replace(unit("fra-1", "paris"), "{", fmt.Sprintf(`{"caveats":[{"post":[%q]}],`, name), 1), `"1"`, ""},
				call{"POST", "/trial", try(change("units", "fra-1", unit("fra-1", name), "1")), "", ""},
				call{"POST", "/asks", fmt.Sprintf(`{"contributor":"FRA","due":"2025-01-20","for":{"capability":"bg","quantity":1,"from":"2025-02-01","post":%q}}`, name), "", ""},
				call{"POST", "/jobs", fmt.Sprintf(`{"kind":"plan","options":{"iterations":5,"without":[%q]}}`, name), "", ""},
			)
		}
		return list
	}
	hidden := map[string][2]string{ // kind to what is there, and what is not
		"units":  {"secret-nor-1", "absent-nor-1"},
		"places": {"secret-nor-garrison", "absent-nor-garrison"},
		"posts":  {"secret-pol-home", "absent-pol-home"},
	}
	x := newSite(t)
	x.join(t, "liaison of FRA")
	for kind, names := range hidden {
		for _, role := range []string{"planner", "liaison of FRA"} {
			there, absent := calls(kind, names[0]), calls(kind, names[1])
			for i := range there {
				var said [2]string
				for k, c := range []call{there[i], absent[i]} {
					body := strings.ReplaceAll(c.body, "%q", `"FRA"`)
					w := x.ask(role, c.method, "/api/scenarios/"+x.scenario+c.path, body, func(r *http.Request) {
						if c.match != "" {
							r.Header.Set("If-Match", c.match)
						}
						if c.none != "" {
							r.Header.Set("If-None-Match", c.none)
						}
					})
					said[k] = masked(w, names[k])
					if strings.Contains(said[k], "secret-") {
						t.Errorf("%s: %+v tells a name: %s", role, c, said[k])
					}
				}
				if strings.HasPrefix(there[i].path, "/trial") && strings.HasPrefix(said[0], "200") && strings.HasPrefix(said[1], "200") {
					continue // plans of one time differ
				}
				if said[0] != said[1] {
					t.Errorf("%s of %s: %+v is answered\n%s\nand if it were not there\n%s", role, names[0], there[i], said[0], said[1])
				}
			}
		}
	}
	if s, err := x.store.Scenario(t.Context(), x.scenario); err != nil || s.Version != 1 {
		t.Errorf("a guess changed something: %+v, %v", s, err)
	}
}

// A new record whose name is taken by what its author does not see is refused, nothing of what
// is there is changed, and coordinators can read that somebody may be guessing.
func TestTakenNames(t *testing.T) {
	x := newSite(t)
	at := "/api/scenarios/" + x.scenario
	place := `{"id":"secret-nor-garrison","lat":1,"lon":2,"area":"homes"}`
	if body := x.want(t, 409, x.ask("planner", "PUT", at+"/records/places/secret-nor-garrison", place, header("If-None-Match", "*"))); strings.Contains(body, "NOR") || strings.Contains(body, "released") {
		t.Error(body)
	}
	x.want(t, 409, x.ask("planner", "POST", at+"/records", `{"changes":[{"kind":"places","key":"secret-nor-garrison","body":`+place+`,"if_version":null}]}`))
	if body := x.want(t, 200, x.ask("coordinator", "GET", at+"/records/places/secret-nor-garrison", "")); !strings.Contains(body, `"version":1`) {
		t.Error(body)
	}
	if log := x.want(t, 200, x.ask("coordinator", "GET", "/api/audit?limit=5", "")); strings.Count(log, "refuse edit") != 2 {
		t.Error(log)
	}
	// A trial of it is one of the new place, as anywhere.
	tried, failed, _ := x.try(t, `{"seconds":0.1,"changes":[{"kind":"places","key":"secret-nor-garrison","body":`+place+`,"if_version":null},{"kind":"units","key":"u","body":{"id":"u","contributor":"FRA","provides":{"bg":1},"home":"secret-nor-garrison","self_deploys":{"mode":"road"}},"if_version":null}]}`)
	if tried.Document == nil || !slices.ContainsFunc(tried.Document.Units, func(u report.UnitEntry) bool { return u.ID == "u" }) {
		t.Fatalf("%s", failed)
	}
	if said := text(t, tried); strings.Contains(said, "garrison~") || strings.Contains(said, "secret-nor\"") {
		t.Errorf("a trial tells what it made room for: %s", said)
	}
}

// Bodies are read as readers of scenarios take them: a name may be written as a number, and one of
// a list by itself.
func TestBodiesAsTheyAreTaken(t *testing.T) {
	x := newSite(t)
	x.change(t, "", map[string]string{
		"places/7700123":        `{"id":"7700123","lat":60,"lon":11}`,
		"units/secret-nor-1":    `{"id":"secret-nor-1","contributor":"NOR","provides":{"bg":1},"home":7700123,"self_deploys":{"mode":"road"}}`,
		"pins/000001":           "null",
		"units/secret-pol-1":    `{"id":"secret-pol-1","contributor":"POL","provides":{"bg":1},"home":"secret-pol-garrison","self_deploys":{"mode":"road"},"caveats":[{"post":"secret-nor-home"},{"post":["secret-nor-home","far"],"note":"kept"}]}`,
		"posts/secret-nor-home": `{"id":"secret-nor-home","place":7700123,"home_of":"NOR","lines":[{"capability":"bg","floor":1}]}`,
	})
	x.change(t, "", map[string]string{"units/secret-nor-1": "null"})
	x.quiet(t, "viewer", "7700123", "secret-nor", "secret-pol")
	x.quiet(t, "liaison of POL", "7700123", "secret-nor")
	if body := x.want(t, 200, x.ask("liaison of POL", "GET", "/api/scenarios/"+x.scenario+"/history/units/secret-pol-1", "")); !strings.Contains(body, `"caveats":[{"note":"kept","post":["far"]}]`) {
		t.Error(body)
	}
}
