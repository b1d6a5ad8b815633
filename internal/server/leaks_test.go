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

	"github.com/rearguard/rearguard/internal/server"
)

// worldsTried is how many random worlds are looked at.
func worldsTried(few, many uint64) uint64 {
	if testing.Short() {
		return few
	}
	return many
}

// TestNothingWithheldIsTold makes random scenarios, edits and removes at random, asks and answers,
// plans and poses questions; after each step it reads what those who listen are told, and at the
// end everything that can be read, as every role, and what is said of mistakes near every name. No
// word, number or date that is withheld from somebody may be in anything that it gets.
func TestNothingWithheldIsTold(t *testing.T) {
	for seed := range worldsTried(1, 6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed, "x", false, false)
			h := httptest.NewServer(w.Handler())
			t.Cleanup(h.Close)
			streams := map[string]<-chan string{}
			for _, role := range worldRoles[1:] {
				streams[role] = w.listen(t, h.URL, role)
			}
			w.runJob(t, "plan", `{"iterations":40}`)
			for range 3 + w.r.IntN(4) {
				w.listenedTo(t, w.step(t), streams)
				if w.r.IntN(2) == 0 {
					w.talk(t)
					w.listenedTo(t, "an ask", streams)
				}
			}
			w.talk(t)
			w.listenedTo(t, "an ask", streams)
			for _, kind := range []string{"plan", "plan", "lose"} {
				w.runJob(t, kind, `{"iterations":15}`)
			}
			tried := map[string]bool{}
			for _, role := range append(worldRoles[1:], "nobody") {
				w.search(t, role, tried)
			}
			for _, operation := range operations(w.site) {
				if !tried[operation] && !slices.Contains(ofNoScenario, operation) {
					t.Errorf("%s is not searched", operation)
				}
			}
		})
	}
}

// ofNoScenario are the operations that are not searched: they are of people and of the server, for
// coordinators only, or answer with what was sent.
var ofNoScenario = []string{
	"GET /api/audit", "GET /api/audit/verify", "POST /api/invites", "GET /api/people", "PATCH /api/people/{person}", "GET /api/names", "GET /api/formats",
	"GET /api/session", "POST /api/session", "DELETE /api/session", "POST /api/session/accept", "GET /api/tokens", "POST /api/tokens", "DELETE /api/tokens/{token}",
	"POST /api/scenarios", "POST /api/import/{format}", "POST /api/tables", "POST /api/tables/check", "POST /api/tables/workbook", "DELETE /api/scenarios/{scenario}",
}

// operationOf is the operation that a request is one of.
func operationOf(list []string, method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	best := ""
	for _, o := range list {
		of, template, _ := strings.Cut(o, " ")
		names := strings.Split(template, "/")
		if of != method || len(names) != len(parts) {
			continue
		}
		fits := true
		for i, name := range names {
			fits = fits && (name == parts[i] || strings.HasPrefix(name, "{"))
		}
		if fits && (best == "" || strings.Count(o, "{") < strings.Count(best, "{")) {
			best = o
		}
	}
	return best
}

// listenedTo reads what those who listen are told up to the newest edit, by what is released right
// after it.
func (w *world) listenedTo(t *testing.T, did string, streams map[string]<-chan string) {
	t.Helper()
	now := int64(len(w.versions(t)))
	for role, events := range streams {
		hidden := w.withheld(t, role)
		for w.heard[role] < now && now > 1 {
			e, open := <-events
			if !open {
				t.Fatalf("the stream of %s ended", role)
			}
			if m := found(hidden, "", []byte(e)); m != "" {
				t.Errorf("%s hears %s after %s: %s", role, m, did, e)
			}
			if data, of := strings.CutPrefix(e, "edit "); of {
				var edit server.EditEvent
				if err := json.Unmarshal([]byte(data), &edit); err != nil {
					t.Fatal(err)
				}
				w.heard[role] = edit.Version
			}
		}
	}
}

// found is a mark that is hidden and in a text, but for those that its reader typed; empty if none is.
func found(hidden map[string]bool, typed string, body []byte) string {
	for _, m := range marked(string(bytes.ReplaceAll(body, []byte(","), nil))) { // numbers may be written in groups
		if hidden[m] && !strings.Contains(typed, m) {
			return m
		}
	}
	return ""
}

// search looks for what is withheld from somebody in everything that it can read, in what is said
// of its mistakes, and in what its trials come to.
func (w *world) search(t *testing.T, role string, tried map[string]bool) {
	t.Helper()
	hidden, list := w.withheld(t, role), operations(w.site)
	look := func(method, path, typed string, a *httptest.ResponseRecorder) {
		t.Helper()
		tried[operationOf(list, method, path)] = true
		body := answered(t, path, a)
		if a.Code >= 500 {
			t.Errorf("%s as %s: %d %s", path, role, a.Code, a.Body)
		}
		if m := found(hidden, path+typed, body); m != "" {
			i := max(0, bytes.Index(body, []byte(m)))
			t.Errorf("%s %s as %s tells %s: …%s…", path, typed, role, m, body[max(0, i-200):min(len(body), i+60)])
		}
	}
	for _, path := range w.readings(t) {
		look("GET", path, "", w.ask(role, "GET", path, ""))
	}
	for _, path := range w.shared(t) {
		look("GET", path, "", w.ask(role, "GET", path, ""))
	}
	for _, m := range append(w.mistakes(t, role, w.names(t, hidden)), w.deeds(t)...) {
		look(m.method, m.path, m.body, w.ask(role, m.method, m.path, m.body, m.headers...))
	}
}

// names are some of what has a name and is withheld.
func (w *world) names(t *testing.T, hidden map[string]bool) (list []string) {
	t.Helper()
	were, err := w.store.Were(t.Context(), w.scenario, "units", "places", "posts")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range were {
		if hidden[r.Key] && !slices.Contains(list, r.Key) {
			list = append(list, r.Key)
		}
	}
	w.r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list[:min(len(list), 4)]
}

// mistake is a request that names what its author does not see, or nearly.
type mistake struct {
	method, path, body string
	headers            []func(*http.Request)
}

// mistakes are those that a role may make with some names.
func (w *world) mistakes(t *testing.T, role string, names []string) (list []mistake) {
	t.Helper()
	at, of := "/api/scenarios/"+w.scenario, contributorOf(role)
	if of == "" {
		of = "A"
	}
	unit := func(id, home, more string) string {
		return fmt.Sprintf(`{"id":%q,"contributor":%q,"provides":{"bg":1},"home":%q,"self_deploys":{"mode":"road"}%s}`, id, of, home, more)
	}
	add := func(method, path, body string, headers ...func(*http.Request)) {
		list = append(list, mistake{method, at + path, body, headers})
	}
	fresh := header("If-None-Match", "*")
	for _, name := range names {
		for _, typed := range []string{name, name[:len(name)-1]} {
			add("PUT", "/records/units/new", unit("new", typed, ""), fresh)
			add("PUT", "/records/units/new", unit("new", "hub", fmt.Sprintf(`,"caveats":[{"post":[%q]}]`, typed)), fresh)
			add("PUT", "/records/units/new", unit("new", "hub", fmt.Sprintf(`,"at":{"post":%q}`, typed)), fresh)
			add("PUT", "/records/units/"+typed, unit(typed, "nowhere", ""), fresh)
			add("PUT", "/records/units/"+typed, unit(typed, "hub", ""), header("If-Match", `"1"`))
			add("DELETE", "/records/places/"+typed, "", header("If-Match", `"1"`))
			add("POST", "/records", fmt.Sprintf(`{"changes":[{"kind":"pins","key":"000009","body":{"unit":%q,"post":"p1","from":1,"until":5},"if_version":0}]}`, typed))
			add("POST", "/asks", fmt.Sprintf(`{"contributor":"A","due":"2025-01-20","for":{"capability":"bg","quantity":1,"from":"2025-02-01","post":%q}}`, typed))
			add("POST", "/jobs", fmt.Sprintf(`{"kind":"plan","options":{"without":[%q]}}`, typed))
			add("POST", "/trial", fmt.Sprintf(`{"seconds":0.1,"changes":[{"kind":"units","key":"new","body":%s,"if_version":null}]}`, unit("new", typed, "")))
			add("POST", "/tables/check", w.table(t, role, typed))
		}
	}
	add("POST", "/records", `{"changes":[{"kind":"capabilities","key":"sf","body":null,"if_version":null}]}`)
	add("POST", "/trial", `{"seconds":0.1,"changes":[{"kind":"places","key":"south","body":null,"if_version":null}]}`)
	add("POST", "/trial", `{"seconds":0.1}`)
	add("POST", "/trial", `{"seconds":0.1,"lose":["B"]}`)
	add("POST", "/restore", `{"version":1}`)
	return list
}

// deeds change something beside records, or are refused.
func (w *world) deeds(t *testing.T) (list []mistake) {
	t.Helper()
	plans, err := w.store.Plans(t.Context(), w.scenario, "", 100)
	if err != nil || len(plans) == 0 {
		t.Fatalf("no plan to do anything with: %v", err)
	}
	jobs, err := w.store.Jobs(t.Context(), w.scenario, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	plan := "/api/plans/" + plans[0].ID
	list = append(list, mistake{"POST", plan + "/share", `{}`, nil},
		mistake{"POST", plan + "/approval", "", nil}, mistake{"DELETE", plan + "/approval", "", nil},
		mistake{"POST", "/api/scenarios/" + w.scenario + "/plans", `{"rearguard_plan":1}`, nil},
		mistake{"POST", "/api/scenarios/" + w.scenario + "/branch", `{"name":"what if"}`, nil},
		mistake{"POST", "/api/scenarios/" + w.scenario + "/trial", fmt.Sprintf(`{"seconds":0.1,"from":%q}`, plans[0].ID), nil})
	for _, do := range []string{"cancel", "retry", "cancel"} {
		list = append(list, mistake{"POST", "/api/jobs/" + jobs[0].ID + "/" + do, "", nil})
	}
	asks, err := w.store.Asks(t.Context(), w.scenario, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asks {
		match := header("If-Match", fmt.Sprintf(`"%d"`, a.Version))
		list = append(list, mistake{"POST", "/api/asks/" + a.ID + "/answer", `{"state":"declined"}`, []func(*http.Request){match}},
			mistake{"POST", "/api/asks/" + a.ID + "/withdraw", "", []func(*http.Request){match}})
	}
	if len(plans) > 2 {
		list = append(list, mistake{"DELETE", plan, "", nil})
	}
	return list
}

// table is the table of units that a role sees, with a home that is named otherwise.
func (w *world) table(t *testing.T, role, home string) string {
	t.Helper()
	a := w.ask(role, "GET", "/api/scenarios/"+w.scenario+"/tables", "")
	var seen server.Tables
	if a.Code != 200 || json.Unmarshal(a.Body.Bytes(), &seen) != nil {
		return `{"version":1,"tables":[]}`
	}
	for _, table := range seen.Tables {
		if k := slices.Index(table.Rows[0], "home"); table.Name == "units" && len(table.Rows) > 1 && k >= 0 {
			table.Rows[1][k] = home
			return text(t, map[string]any{"version": seen.Version, "tables": []any{table}})
		}
	}
	return `{"version":1,"tables":[]}`
}

// shared are the pages of links to plans, which anybody may open.
func (w *world) shared(t *testing.T) (paths []string) {
	t.Helper()
	plans, err := w.store.Plans(t.Context(), w.scenario, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans {
		var issued server.Issued
		if err := json.Unmarshal([]byte(w.want(t, 201, w.ask("coordinator", "POST", "/api/plans/"+p.ID+"/share", `{}`))), &issued); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, "/share/"+issued.Value, "/share/"+issued.Value+"/report")
	}
	return paths
}

// TestWhatIsWithheldChangesNothing makes two worlds that differ in what C, which releases nothing,
// has: its words and numbers, and a unit more. The same is done to both. All that others can read
// of the two, and all that they are told of their mistakes, is the same, but for what is planned
// with the whole: so that no count, no sum and no status of what is withheld is told either.
func TestWhatIsWithheldChangesNothing(t *testing.T) {
	for seed := range worldsTried(1, 6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			worlds := [2]*world{newWorld(t, 100+seed, "a", true, false), newWorld(t, 100+seed, "b", true, true)}
			for range 3 + seed%4 {
				if a, b := worlds[0].step(t), worlds[1].step(t); a != b {
					t.Fatalf("not the same is done: %s, and %s", a, b)
				}
				for _, w := range worlds {
					w.talk(t)
				}
			}
			for _, role := range []string{"planner", "viewer", "liaison of A", "liaison of B", "liaison of D"} {
				var said [2][]string
				for i, w := range worlds {
					for _, path := range w.readings(t) {
						if !strings.Contains(path, "zq"+w.salt) && !strings.Contains(path, "zqmore") {
							said[i] = append(said[i], w.masked(t, path, w.ask(role, "GET", path, "")))
						}
					}
					for _, m := range w.mistakes(t, role, []string{"zqa5zq", "zqb7zq", "zqmorezq"}) {
						if a := w.ask(role, m.method, m.path, m.body, m.headers...); a.Header().Get("Content-Type") != "text/event-stream" {
							said[i] = append(said[i], m.method+" "+m.body+" "+w.masked(t, m.path, a))
						}
					}
				}
				if len(said[0]) != len(said[1]) {
					t.Fatalf("%s is told %d things, and %d", role, len(said[0]), len(said[1]))
				}
				for i := range said[0] {
					if said[0][i] != said[1][i] {
						a, b := apart(said[0][i], said[1][i])
						t.Errorf("%s is told\n%s\nand in the other world\n%s", role, a, b)
					}
				}
			}
		})
	}
}

// apart are two texts around the first place at which they differ, each after its beginning.
func apart(a, b string) (string, string) {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	around := func(s string) string {
		return s[:min(len(s), 120)] + " … " + s[max(0, n-200):min(len(s), n+100)]
	}
	return around(a), around(b)
}

// changing are what differs between two sites that are used alike: identifiers and times.
var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}|20\d\d-\d\d-\d\dT[0-9:.]+Z`)

func (w *world) masked(t *testing.T, path string, a *httptest.ResponseRecorder) string {
	t.Helper()
	return changing.ReplaceAllString(fmt.Sprint(path, " ", a.Code, " ", string(answered(t, path, a))), "…")
}
