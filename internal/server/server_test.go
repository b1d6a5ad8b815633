package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/server"
	"github.com/rearguard/rearguard/internal/store"
)

var update = flag.Bool("update", false, "write the table of operations and roles anew")

// site is a server with the scenario of package access's tests, a plan of it, and a
// person of each role.
type site struct {
	*server.Server
	store    *store.Store
	scenario string
	plan     string
	job      string
	asked    string            // an ask of NOR
	tokens   map[string]string // role to a token that may write
}

// roles of the site's people; "nobody" has no token.
var roles = []string{"coordinator", "planner", "approver", "liaison of POL", "liaison of NOR", "viewer", "nobody"}

func newSite(t *testing.T, edit ...func(*server.Options)) *site {
	t.Helper()
	x := emptySite(t, roles[:len(roles)-1], edit...)
	written, _, err := formats.ReadScenario("../access/testdata/three.yaml")
	if err != nil {
		t.Fatal(err)
	}
	actor := store.Actor{ID: "test"}
	kept, err := x.Keep(t.Context(), actor, written)
	if err != nil {
		t.Fatal(err)
	}
	x.scenario = kept.ID
	x.job = x.runJob(t, "plan", `{"iterations":200,"name":"first"}`)
	j, err := x.store.Job(t.Context(), x.job)
	if err != nil || j.Plan == "" {
		t.Fatalf("%+v, %v", j, err)
	}
	x.plan = j.Plan
	a, err := x.store.Ask(t.Context(), actor, store.Ask{Scenario: x.scenario, Contributor: "NOR", Due: "2025-01-20", For: store.AskFor{Capability: "bg", Quantity: 1, From: "2025-02-01", Note: "for the spring"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.store.Answer(t.Context(), actor, a.ID, 1, store.AskEvent{State: store.AskOffered, Unit: "secret-nor-1"}); err != nil {
		t.Fatal(err)
	}
	x.asked = a.ID
	return x
}

// emptySite is a server without scenarios, and a person of each of some roles.
func emptySite(t *testing.T, roles []string, edit ...func(*server.Options)) *site {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := server.Options{Store: s, Log: slog.New(slog.DiscardHandler), Version: "test"}
	for _, e := range edit {
		e(&o)
	}
	x := &site{Server: server.New(o), store: s, tokens: map[string]string{}}
	for _, role := range roles {
		x.join(t, role)
	}
	return x
}

// join gives somebody of a role an account and a token.
func (x *site) join(t *testing.T, role string) {
	t.Helper()
	actor := store.Actor{ID: "test"}
	p := store.Person{Name: role, Email: strings.ReplaceAll(role, " ", ".") + "@example.org"}
	name, contributor, _ := strings.Cut(role, " of ")
	p.Role, p.Contributor = store.Role(name), contributor
	made, err := x.store.AddPerson(t.Context(), actor, p)
	if err != nil {
		t.Fatal(err)
	}
	_, value, err := x.store.Issue(t.Context(), actor, store.Secret{Kind: store.Token, Person: made.ID, Grants: json.RawMessage(`{"scope":"write"}`), Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	x.tokens[role] = value
}

// runJob queues a job on the newest version and runs it to its end.
func (x *site) runJob(t *testing.T, kind, options string) string {
	t.Helper()
	s, err := x.store.Scenario(t.Context(), x.scenario)
	if err != nil {
		t.Fatal(err)
	}
	j, err := x.store.Enqueue(t.Context(), store.Actor{ID: "test"}, store.Job{Scenario: x.scenario, Version: s.Version, Kind: kind, Options: json.RawMessage(options)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	w := jobs.New(x.store, "test", slog.New(slog.DiscardHandler))
	w.Notify = func(k *store.Job, _ jobs.Progress) {
		if k.ID == j.ID && !k.Ended.IsZero() {
			stop()
		}
	}
	w.Run(ctx)
	return j.ID
}

// ask sends a request as somebody.
func (x *site) ask(role, method, path, body string, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, content)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if value := x.tokens[role]; value != "" {
		r.Header.Set("Authorization", "Bearer "+value)
	}
	for _, e := range edit {
		e(r)
	}
	w := httptest.NewRecorder()
	x.Handler().ServeHTTP(w, r)
	return w
}

func header(key, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(key, value) }
}

func (x *site) want(t *testing.T, status int, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	return w.Body.String()
}

// newTables are the tables of a scenario in which nothing is to be held.
const newTables = `{"tables":[{"name":"scenario","rows":[["key","value"],["name","new"],["calendar.start","2025-01-01"],["calendar.days","9"]]}]}`

// called is a call of each operation that goes well for who may make it.
func called(x *site) map[string][2]string { // operation to path with query, and body
	s, p, j := x.scenario, x.plan, x.job
	unit := `{"id":"fra-1","contributor":"FRA","provides":{"bg":1},"home":"paris","notice":5,"self_deploys":{"mode":"road"}}`
	return map[string][2]string{
		"GET /api/session":                                      {"/api/session", ""},
		"POST /api/session":                                     {"/api/session", `{"email":"a@example.org","password":"wrong password"}`},
		"POST /api/session/accept":                              {"/api/session/accept", `{"token":"none","name":"A","email":"a@example.org","password":"long enough"}`},
		"DELETE /api/session":                                   {"/api/session", ""},
		"GET /api/scenarios":                                    {"/api/scenarios", ""},
		"POST /api/scenarios":                                   {"/api/scenarios", `{"name":"new","calendar":{"start":"2025-01-01","days":9},"capabilities":[],"areas":[],"places":[],"contributors":[],"units":[],"posts":[]}`},
		"GET /api/formats":                                      {"/api/formats", ""},
		"POST /api/import/{format}":                             {"/api/import/json", `{"name":"new","calendar":{"start":"2025-01-01","days":9},"capabilities":[],"areas":[],"places":[],"contributors":[],"units":[],"posts":[]}`},
		"GET /api/scenarios/{scenario}":                         {"/api/scenarios/" + s, ""},
		"DELETE /api/scenarios/{scenario}":                      {"/api/scenarios/" + s, ""},
		"GET /api/scenarios/{scenario}/versions":                {"/api/scenarios/" + s + "/versions", ""},
		"GET /api/scenarios/{scenario}/diff":                    {"/api/scenarios/" + s + "/diff?from=1", ""},
		"POST /api/scenarios/{scenario}/restore":                {"/api/scenarios/" + s + "/restore", `{"version":1}`},
		"POST /api/scenarios/{scenario}/branch":                 {"/api/scenarios/" + s + "/branch", `{"name":"what if"}`},
		"GET /api/scenarios/{scenario}/export/{format}":         {"/api/scenarios/" + s + "/export/yaml", ""},
		"GET /api/scenarios/{scenario}/records/{kind}":          {"/api/scenarios/" + s + "/records/units", ""},
		"GET /api/scenarios/{scenario}/records/{kind}/{key}":    {"/api/scenarios/" + s + "/records/units/secret-pol-1", ""},
		"PUT /api/scenarios/{scenario}/records/{kind}/{key}":    {"/api/scenarios/" + s + "/records/units/fra-1", unit},
		"DELETE /api/scenarios/{scenario}/records/{kind}/{key}": {"/api/scenarios/" + s + "/records/units/fra-1", ""},
		"POST /api/scenarios/{scenario}/records":                {"/api/scenarios/" + s + "/records", `{"changes":[{"kind":"units","key":"fra-1","body":` + unit + `,"if_version":null}]}`},
		"GET /api/scenarios/{scenario}/history/{kind}/{key}":    {"/api/scenarios/" + s + "/history/units/secret-nor-1", ""},
		"GET /api/scenarios/{scenario}/plans":                   {"/api/scenarios/" + s + "/plans", ""},
		"POST /api/scenarios/{scenario}/plans":                  {"/api/scenarios/" + s + "/plans", `{"rearguard_plan":1}`},
		"POST /api/scenarios/{scenario}/trial":                  {"/api/scenarios/" + s + "/trial", `{"from":"` + p + `","seconds":0.1}`},
		"GET /api/scenarios/{scenario}/outlines":                {"/api/scenarios/" + s + "/outlines", ""},
		"GET /api/scenarios/{scenario}/tables":                  {"/api/scenarios/" + s + "/tables", ""},
		"POST /api/scenarios/{scenario}/tables/check":           {"/api/scenarios/" + s + "/tables/check", `{"version":1,"tables":[{"name":"units","rows":[["id","contributor"],["u"]]}]}`},
		"POST /api/tables/workbook":                             {"/api/tables/workbook", x.ask("viewer", "GET", "/api/scenarios/"+s+"/export/xlsx", "").Body.String()},
		"POST /api/tables/check":                                {"/api/tables/check", newTables},
		"POST /api/tables":                                      {"/api/tables", newTables},
		"GET /api/plans/{plan}":                                 {"/api/plans/" + p, ""},
		"DELETE /api/plans/{plan}":                              {"/api/plans/" + p, ""},
		"POST /api/plans/{plan}/approval":                       {"/api/plans/" + p + "/approval", ""},
		"DELETE /api/plans/{plan}/approval":                     {"/api/plans/" + p + "/approval", ""},
		"GET /api/plans/{plan}/document":                        {"/api/plans/" + p + "/document", ""},
		"GET /api/plans/{plan}/timetable":                       {"/api/plans/" + p + "/timetable", ""},
		"GET /api/plans/{plan}/explain":                         {"/api/plans/" + p + "/explain?of=secret-nor-1", ""},
		"GET /api/plans/{plan}/export/{format}":                 {"/api/plans/" + p + "/export/html", ""},
		"GET /api/compare":                                      {"/api/compare?a=" + p + "&b=" + p, ""},
		"POST /api/plans/{plan}/share":                          {"/api/plans/" + p + "/share", `{}`},
		"POST /api/scenarios/{scenario}/jobs":                   {"/api/scenarios/" + s + "/jobs", `{"kind":"plan","options":{"iterations":5}}`},
		"GET /api/scenarios/{scenario}/jobs":                    {"/api/scenarios/" + s + "/jobs", ""},
		"GET /api/jobs/{job}":                                   {"/api/jobs/" + j, ""},
		"GET /api/jobs/{job}/answer":                            {"/api/jobs/" + j + "/answer", ""},
		"POST /api/jobs/{job}/cancel":                           {"/api/jobs/" + j + "/cancel", ""},
		"POST /api/jobs/{job}/retry":                            {"/api/jobs/" + j + "/retry", ""},
		"GET /api/scenarios/{scenario}/asks":                    {"/api/scenarios/" + s + "/asks", ""},
		"POST /api/scenarios/{scenario}/asks":                   {"/api/scenarios/" + s + "/asks", `{"contributor":"FRA","due":"2025-01-20","for":{"capability":"bg","quantity":1,"from":"2025-02-01"}}`},
		"GET /api/asks/{ask}":                                   {"/api/asks/" + x.asked, ""},
		"POST /api/asks/{ask}/answer":                           {"/api/asks/" + x.asked + "/answer", `{"state":"declined"}`},
		"POST /api/asks/{ask}/withdraw":                         {"/api/asks/" + x.asked + "/withdraw", ""},
		"GET /api/people":                                       {"/api/people", ""},
		"GET /api/names":                                        {"/api/names", ""},
		"PATCH /api/people/{person}":                            {"/api/people/viewer@example.org", `{"disabled":false}`},
		"POST /api/invites":                                     {"/api/invites", `{"role":"viewer"}`},
		"GET /api/tokens":                                       {"/api/tokens", ""},
		"POST /api/tokens":                                      {"/api/tokens", `{"name":"mine","scope":"read"}`},
		"DELETE /api/tokens/{token}":                            {"/api/tokens/none", ""},
		"GET /api/audit":                                        {"/api/audit", ""},
		"GET /api/audit/verify":                                 {"/api/audit/verify", ""},
	}
}

// operations of the API, from its own description.
func operations(x *site) (list []string) {
	for path, item := range x.OpenAPI().Paths {
		for method, o := range map[string]any{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete, "PATCH": item.Patch} {
			if fmt.Sprint(o) != "<nil>" {
				list = append(list, method+" "+path)
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		_, p, _ := strings.Cut(a, " ")
		_, q, _ := strings.Cut(b, " ")
		return strings.Compare(p+a, q+b)
	})
	return list
}

// TestOperationsAndRoles calls every operation as every role. Each call starts from a new
// site, so that one does not take away what the next needs. Nothing that is not released
// to a role may be in what it gets; no answer is a fault of the server. The table in
// docs/guide/roles.md is what was found.
func TestOperationsAndRoles(t *testing.T) {
	x := newSite(t)
	calls := called(x)
	list := operations(x)
	for call := range calls {
		if !slices.Contains(list, call) {
			t.Errorf("%s is no operation", call)
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "| operation | %s |\n|---|%s\n", strings.Join(roles, " | "), strings.Repeat("---|", len(roles)))
	for _, name := range list {
		c, known := calls[name]
		if !known {
			t.Errorf("no call of %s is tried", name)
			continue
		}
		method, _, _ := strings.Cut(name, " ")
		fmt.Fprintf(&table, "| `%s` |", name)
		for _, role := range roles {
			x := x
			if method != "GET" { // it may change something
				x = newSite(t)
				c = called(x)[name]
			}
			path, body := c[0], c[1]
			w := x.ask(role, method, path, body, header("If-Match", `"1"`))
			if w.Code >= 500 {
				t.Errorf("%s as %s: %d %s", name, role, w.Code, w.Body)
			}
			for word, seen := range map[string]bool{"secret-pol": seesAll(role) || role == "liaison of POL", "secret-nor": seesAll(role) || role == "liaison of NOR"} {
				if !seen && strings.Contains(w.Body.String(), word) && !strings.Contains(path, word) {
					t.Errorf("%s as %s tells %s: %.2000s", name, role, word, w.Body)
				}
			}
			fmt.Fprintf(&table, " %s |", outcome(w.Code))
		}
		table.WriteString("\n")
	}
	hold(t, "../../docs/guide/roles.md", table.String())
}

func seesAll(role string) bool { return role == "coordinator" || role == "approver" }

func outcome(status int) string {
	switch status {
	case 401:
		return "sign in"
	case 403:
		return "no"
	case 404:
		return "not seen"
	default:
		return "yes"
	}
}

// hold compares the part of a document between its marks.
func hold(t *testing.T, path, want string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(b), "<!-- roles -->\n")
	old, after, ends := strings.Cut(rest, "<!-- end -->")
	if !found || !ends {
		t.Fatalf("%s has no marks <!-- roles --> and <!-- end -->", path)
	}
	if strings.TrimSpace(old) == strings.TrimSpace(want) {
		return
	}
	if !*update {
		t.Errorf("%s is not what was found; go test ./internal/server -update writes it anew:\n%s", path, want)
		return
	}
	if err := os.WriteFile(path, []byte(before+"<!-- roles -->\n\n"+want+"\n<!-- end -->"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What is shown to others, in other ways than one operation's first page.
func TestNothingLeaks(t *testing.T) {
	x := newSite(t)
	x.want(t, 200, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/records", `{"note":"n","changes":[
		{"kind":"units","key":"secret-nor-2","body":{"id":"secret-nor-2","contributor":"NOR","provides":{"bg":1},"home":"secret-nor-garrison","self_deploys":{"mode":"road"}},"if_version":0}]}`))
	share := x.want(t, 201, x.ask("coordinator", "POST", "/api/plans/"+x.plan+"/share", `{}`))
	var issued struct{ Value string }
	if err := json.Unmarshal([]byte(share), &issued); err != nil {
		t.Fatal(err)
	}
	lose := x.runJob(t, "lose", `{"iterations":20}`)
	for _, path := range []string{
		"/api/scenarios/%s?version=1", "/api/scenarios/%s/diff?from=1&to=2", "/api/scenarios/%s/records/places", "/api/scenarios/%s/records/contributors", "/api/scenarios/%s/records/posts", "/api/scenarios/%s/records/pins",
		"/api/scenarios/%s/records/routes", "/api/scenarios/%s/records/settings", "/api/scenarios/%s/export/json", "/api/scenarios/%s/export/xlsx", "/api/scenarios/%s/history/contributors/NOR", "/api/scenarios/%s/history/units/secret-pol-1",
		"/api/plans/" + x.plan + "/export/csv?%s", "/api/plans/" + x.plan + "/export/ics?%s", "/api/plans/" + x.plan + "/export/xlsx?%s", "/api/jobs/" + lose + "?%s", "/plans/" + x.plan + "?%s", "/?%s", "/api?%s", "/share/" + issued.Value + "?%s", "/share/" + issued.Value + "/report?%s",
		"/api/scenarios/%s/tables", "/api/scenarios/%s/outlines", "/api/scenarios/%s/asks", "/api/asks/" + x.asked + "?%s", "/api/jobs/" + lose + "/answer?%s",
	} {
		where := fmt.Sprintf(path, x.scenario)
		for _, role := range []string{"planner", "viewer", "nobody"} {
			w := x.ask(role, "GET", where, "")
			if w.Code >= 500 {
				t.Errorf("%s as %s: %d %s", where, role, w.Code, w.Body)
			}
			text := w.Body.Bytes()
			if strings.Contains(path, "xlsx") && w.Code == 200 {
				text = unzipped(t, text)
			}
			for _, word := range []string{"secret-nor", "secret-pol"} {
				if bytes.Contains(text, []byte(word)) {
					t.Errorf("%s as %s tells %s", where, role, word)
				}
			}
		}
	}
	for path, view := range map[string]string{"/share/" + issued.Value: "brief", "/share/" + issued.Value + "/report": "whole"} {
		if w := x.ask("nobody", "GET", path, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "fra-1") || !strings.Contains(w.Body.String(), `data-view="`+view+`"`) {
			t.Errorf("%s shows nothing, or not the %s: %d", path, view, w.Code)
		}
	}
	for _, path := range []string{"/share/none", "/share/none/report"} {
		x.want(t, 404, x.ask("coordinator", "GET", path, ""))
	}
	for _, q := range []string{`{"seconds":0.1}`, `{"from":"` + x.plan + `","lose":["NOR"],"seconds":0.1}`} {
		said := x.want(t, 200, x.ask("planner", "POST", "/api/scenarios/"+x.scenario+"/trial", q))
		if !strings.Contains(said, "fra-1") || !strings.Contains(said, `"plan":null`) || strings.Contains(said, "secret-") {
			t.Errorf("what a planner is told of the trial %s: %s", q, said)
		}
	}
	// What another record's fault would tell.
	w := x.ask("liaison of POL", "PUT", "/api/scenarios/"+x.scenario+"/records/contributors/POL", `{"id":"POL","release":"sometimes"}`, header("If-Match", `"1"`))
	if body := x.want(t, 422, w); strings.Contains(body, "secret-nor") {
		t.Error(body)
	}
}

// Who narrows a release narrows it for what was made before: versions and plans.
func TestNarrowed(t *testing.T) {
	x := newSite(t)
	x.want(t, 200, x.ask("coordinator", "PUT", "/api/scenarios/"+x.scenario+"/records/contributors/FRA", `{"id":"FRA","release":"nothing"}`, header("If-Match", `"1"`)))
	for _, path := range []string{"/api/scenarios/" + x.scenario, "/api/scenarios/" + x.scenario + "?version=1", "/api/plans/" + x.plan, "/api/plans/" + x.plan + "/document", "/api/scenarios/" + x.scenario + "/diff?from=1"} {
		for _, role := range []string{"planner", "viewer", "liaison of POL"} {
			if body := x.want(t, 200, x.ask(role, "GET", path, "")); strings.Contains(body, "fra-1") {
				t.Errorf("%s as %s tells a unit of FRA", path, role)
			}
		}
	}
}

// Two edit one unit: the second is told, and loses nothing.
func TestTwoEditOneUnit(t *testing.T) {
	x := newSite(t)
	path := "/api/scenarios/" + x.scenario + "/records/units/secret-pol-1"
	unit := func(persons int) string {
		return fmt.Sprintf(`{"id":"secret-pol-1","contributor":"POL","provides":{"bg":1},"count":2,"persons":%d,"home":"secret-pol-garrison","self_deploys":{"mode":"road"}}`, persons)
	}
	read := x.ask("liaison of POL", "GET", path, "")
	x.want(t, 200, read)
	had := header("If-Match", read.Header().Get("ETag"))
	x.want(t, 200, x.ask("coordinator", "PUT", path, unit(800), had))
	body := x.want(t, 412, x.ask("liaison of POL", "PUT", path, unit(900), had))
	if !strings.Contains(body, "was changed meanwhile and is at version 2 now") {
		t.Error(body)
	}
	x.want(t, 428, x.ask("liaison of POL", "PUT", path, unit(900)))
	x.want(t, 200, x.ask("liaison of POL", "PUT", path, unit(900), header("If-Match", `"2"`)))
	x.want(t, 412, x.ask("coordinator", "PUT", path, unit(1), header("If-None-Match", "*")))
	history := x.want(t, 200, x.ask("liaison of POL", "GET", "/api/scenarios/"+x.scenario+"/history/units/secret-pol-1", ""))
	for _, want := range []string{`"persons":777`, `"persons":800`, `"persons":900`} {
		if !strings.Contains(history, want) {
			t.Errorf("the history lacks %s: %s", want, history)
		}
	}
}

// A liaison changes what is its own, and nothing else.
func TestLiaison(t *testing.T) {
	x := newSite(t)
	records := "/api/scenarios/" + x.scenario + "/records/"
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"contributors/POL", `{"id":"POL","name":"Poland","release":"everything"}`, 200},
		{"contributors/NOR", `{"id":"NOR"}`, 403},
		{"units/fra-1", `{"id":"fra-1","contributor":"FRA","provides":{"bg":9},"home":"paris","self_deploys":{"mode":"road"}}`, 403},
		{"units/secret-nor-1", `{"id":"secret-nor-1","contributor":"POL","provides":{"bg":1},"home":"paris","self_deploys":{"mode":"road"}}`, 412}, // as if it were not there
		{"units/secret-pol-1", `{"id":"secret-pol-1","contributor":"NOR","provides":{"bg":1},"home":"paris","self_deploys":{"mode":"road"}}`, 403},
		{"posts/tapa", `{"id":"tapa","place":"tapa","lines":[]}`, 403},
		{"settings/settings", `{}`, 403},
	} {
		w := x.ask("liaison of POL", "PUT", records+c.path, c.body, header("If-Match", `"1"`))
		if body := x.want(t, c.want, w); strings.Contains(body, "secret-nor-garrison") {
			t.Errorf("%s tells a home: %s", c.path, body)
		}
	}
	x.want(t, 200, x.ask("liaison of POL", "PUT", records+"units/pol-3", `{"id":"pol-3","contributor":"POL","provides":{"bg":1},"home":"paris","self_deploys":{"mode":"road"}}`, header("If-None-Match", "*")))
	x.want(t, 200, x.ask("liaison of POL", "DELETE", records+"units/pol-3", "", header("If-Match", `"3"`)))
}

// What is wrong with an edit comes with the record that it is about, all at once.
func TestProblemsOfEdits(t *testing.T) {
	x := newSite(t)
	body := x.want(t, 422, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/records", `{"changes":[
		{"kind":"units","key":"u","body":{"id":"u","contributor":"FRB","provides":{"bg":1},"home":"parys"},"if_version":0},
		{"kind":"posts","key":"p","body":{"id":"p","place":"tapa","lines":[{"capability":"bh"}]},"if_version":0}]}`))
	var problem struct {
		Errors []struct{ Location, Message string }
	}
	if err := json.Unmarshal([]byte(body), &problem); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, e := range problem.Errors {
		got[e.Location+": "+e.Message] = true
	}
	for _, want := range []string{`units/u: unit "u": unknown contributor "FRB". Maybe: FRA`, `units/u: unit "u": unknown place "parys". Maybe: paris`, `posts/p: post "p": line 1: unknown capability "bh". Maybe: bg`} {
		if !got[want] {
			t.Errorf("no %q in %v", want, slices.Sorted(maps.Keys(got)))
		}
	}
	for body, want := range map[string]string{
		`{"changes":[{"kind":"unit","key":"u","body":{"id":"u"},"if_version":0}]}`:              `no records of the kind`,
		`{"changes":[{"kind":"units","key":"u","body":{"id":"v"},"if_version":0}]}`:             `the id in the body is`,
		`{"changes":[{"kind":"settings","key":"settings","body":null,"if_version":null}]}`:      `cannot be removed`,
		`{"changes":[{"kind":"settings","key":"settings","body":{"units":[]},"if_version":1}]}`: `units are records of their own`,
		`{"changes":[]}`: `expected array length`,
	} {
		if got := x.want(t, 422, x.ask("coordinator", "POST", "/api/scenarios/"+x.scenario+"/records", body)); !strings.Contains(got, want) {
			t.Errorf("%s: %s", body, got)
		}
	}
	if s, err := x.store.Scenario(t.Context(), x.scenario); err != nil || s.Version != 1 {
		t.Errorf("something was saved: %+v, %v", s, err)
	}
}
