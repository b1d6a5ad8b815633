package server_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// unzipped is all text of a workbook.
func unzipped(t *testing.T, data []byte) (text []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, b...)
	}
	return text
}

func cookieOf(w *httptest.ResponseRecorder) *http.Cookie {
	for _, c := range w.Result().Cookies() {
		return c
	}
	return nil
}

// The first coordinator makes an account by the link, signs out and in again.
func TestFirstCoordinator(t *testing.T) {
	x := newSite(t)
	if token, err := x.InviteFirst(t.Context()); err != nil || token != "" {
		t.Errorf("a link though there are people: %q, %v", token, err)
	}
	var invite struct{ Value string }
	if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("coordinator", "POST", "/api/invites", `{"role":"planner"}`))), &invite); err != nil {
		t.Fatal(err)
	}
	form := func(path string, values url.Values, cookie *http.Cookie) *httptest.ResponseRecorder {
		return x.ask("", "POST", path, values.Encode(), header("Content-Type", "application/x-www-form-urlencoded"), func(r *http.Request) {
			if cookie != nil {
				r.AddCookie(cookie)
			}
		})
	}
	account := url.Values{"name": {"Bob"}, "email": {"bob@example.org"}, "password": {"short"}}
	if body := x.want(t, 422, form("/invite/"+invite.Value, account, nil)); !strings.Contains(body, "a password needs 10 characters or more") {
		t.Error(body)
	}
	account.Set("password", "long enough by far")
	w := form("/invite/"+invite.Value, account, nil)
	x.want(t, 303, w)
	c := cookieOf(w)
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
		t.Fatalf("cookie %+v", c)
	}
	with := func(r *http.Request) { r.AddCookie(c) }
	if body := x.want(t, 200, x.ask("", "GET", "/api/session", "", with)); !strings.Contains(body, `"role":"planner"`) || strings.Contains(body, "argon2") {
		t.Error(body)
	}
	x.want(t, 401, form("/invite/"+invite.Value, account, nil)) // it is good once
	if body := x.want(t, 200, x.ask("", "GET", "/", "", with)); !strings.Contains(body, "three") {
		t.Error(body)
	}
	x.want(t, 303, form("/sign-out", nil, c))
	x.want(t, 401, x.ask("", "GET", "/api/session", "", with))
	x.want(t, 303, form("/sign-in", account, nil))
	account.Set("password", "something else")
	for range 5 {
		x.want(t, 401, form("/sign-in", account, nil))
	}
	w = form("/sign-in", account, nil)
	if body := x.want(t, 429, w); !strings.Contains(body, "too many failures; wait") {
		t.Error(body)
	}
}

// Whoever is disabled is out at once; nobody disables themselves.
func TestDisabled(t *testing.T) {
	x := newSite(t)
	x.want(t, 200, x.ask("viewer", "GET", "/api/scenarios", ""))
	x.want(t, 200, x.ask("coordinator", "PATCH", "/api/people/viewer@example.org", `{"disabled":true}`, header("If-Match", `"1"`)))
	x.want(t, 401, x.ask("viewer", "GET", "/api/scenarios", ""))
	x.want(t, 409, x.ask("coordinator", "PATCH", "/api/people/coordinator@example.org", `{"role":"viewer"}`, header("If-Match", `"1"`)))
	x.want(t, 422, x.ask("coordinator", "PATCH", "/api/people/planner@example.org", `{"role":"liaison"}`, header("If-Match", `"1"`)))
	x.want(t, 412, x.ask("coordinator", "PATCH", "/api/people/planner@example.org", `{"role":"viewer"}`, header("If-Match", `"7"`)))
}

func TestTokensThatRead(t *testing.T) {
	x := newSite(t)
	var token struct{ ID, Value string }
	if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("coordinator", "POST", "/api/tokens", `{"name":"mine","scope":"read"}`))), &token); err != nil {
		t.Fatal(err)
	}
	x.tokens["reader"] = token.Value
	x.want(t, 200, x.ask("reader", "GET", "/api/people", ""))
	x.want(t, 403, x.ask("reader", "POST", "/api/invites", `{"role":"viewer"}`))
	x.want(t, 204, x.ask("coordinator", "DELETE", "/api/tokens/"+token.ID, ""))
	x.want(t, 401, x.ask("reader", "GET", "/api/people", ""))
}

// No other site acts in the name of who is signed in.
func TestOtherSites(t *testing.T) {
	x := newSite(t)
	w := x.ask("coordinator", "POST", "/api/invites", `{"role":"viewer"}`, header("Sec-Fetch-Site", "cross-site"))
	if body := x.want(t, 403, w); !strings.Contains(body, "another site") {
		t.Error(body)
	}
	x.want(t, 201, x.ask("coordinator", "POST", "/api/invites", `{"role":"viewer"}`, header("Sec-Fetch-Site", "same-origin")))
}

func TestHealth(t *testing.T) {
	x := newSite(t)
	x.want(t, 200, x.ask("nobody", "GET", "/healthz", ""))
	x.want(t, 200, x.ask("nobody", "GET", "/readyz", ""))
	x.want(t, 401, x.ask("nobody", "GET", "/metrics", ""))
	if body := x.want(t, 200, x.ask("coordinator", "GET", "/metrics", "")); !strings.Contains(body, "rearguard_request_seconds_count") {
		t.Error(body)
	}
	if err := x.store.Close(); err != nil {
		t.Fatal(err)
	}
	x.want(t, 503, x.ask("nobody", "GET", "/readyz", ""))
	x.want(t, 503, x.ask("coordinator", "GET", "/api/scenarios", ""))
}

// A liaison keeps its units right in the browser: what cannot be saved is shown again as
// it was sent, with what is wrong; what was saved is in the history.
func TestRecordPages(t *testing.T) {
	x := newSite(t)
	base := "/scenarios/" + x.scenario + "/records/units"
	list := x.want(t, 200, x.ask("liaison of POL", "GET", base, ""))
	if !strings.Contains(list, base+"/secret-pol-1") || strings.Contains(list, base+"/fra-1") || strings.Contains(list, "secret-nor") {
		t.Error(list)
	}
	page := x.want(t, 200, x.ask("liaison of POL", "GET", base+"/secret-pol-1", ""))
	if !strings.Contains(page, `name="version" value="1"`) || !strings.Contains(page, "&#34;persons&#34;: 777") {
		t.Error(page)
	}
	send := func(role, key, body, version, do string) *httptest.ResponseRecorder {
		form := url.Values{"version": {version}, "body": {body}, "do": {do}, "note": {"counted again"}}
		return x.ask(role, "POST", base+"/"+key, form.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))
	}
	unit := `{"id":"secret-pol-1","contributor":"POL","provides":{"bg":1},"count":2,"persons":700,"home":"secret-pol-garrison","self_deploys":{"mode":"road"}}`
	for _, c := range []struct {
		role, key, body, version string
		status                   int
		want                     string
	}{
		{"liaison of POL", "secret-pol-1", `{"id":`, "1", 422, "This is no JSON; nothing was saved."},
		{"liaison of POL", "secret-pol-1", strings.Replace(unit, "secret-pol-garrison", "secret-pol-garison", 1), "1", 422, "Maybe: secret-pol-garrison"},
		{"liaison of POL", "secret-pol-1", unit, "7", 412, "is at version 1 now; read it again"},
		{"liaison of POL", "fra-1", `{"id":"fra-1"}`, "1", 403, ""},
		{"viewer", "secret-pol-1", unit, "1", 403, "this is for coordinators, planners and liaisons"},
		{"liaison of POL", "secret-pol-1", unit, "1", 303, ""},
	} {
		if body := x.want(t, c.status, send(c.role, c.key, c.body, c.version, "save")); !strings.Contains(body, c.want) {
			t.Errorf("%s: %s", c.want, body)
		}
	}
	page = x.want(t, 200, x.ask("liaison of POL", "GET", base+"/secret-pol-1", ""))
	if !strings.Contains(page, "liaison of POL") || strings.Count(page, "<code>") != 2 {
		t.Error(page)
	}
	added := x.want(t, 200, x.ask("liaison of POL", "GET", base+"/new?key=pol-9", ""))
	if !strings.Contains(added, `value="0"`) || !strings.Contains(added, "&#34;contributor&#34;: &#34;POL&#34;") {
		t.Error(added)
	}
	x.want(t, 303, send("liaison of POL", "pol-9", `{"id":"pol-9","contributor":"POL","provides":{"bg":1},"home":"paris","self_deploys":{"mode":"road"}}`, "0", "save"))
	x.want(t, 303, send("liaison of POL", "pol-9", "", "3", "remove"))
	x.want(t, 200, x.ask("nobody", "GET", "/api/schema", ""))
}

// A coordinator invites and disables in the browser, and a planner has a scenario planned.
func TestPeoplePage(t *testing.T) {
	x := newSite(t)
	send := func(role, path string, form url.Values) *httptest.ResponseRecorder {
		return x.ask(role, "POST", path, form.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))
	}
	page := x.want(t, 200, send("coordinator", "/people", url.Values{"role": {"liaison"}, "contributor": {"FRA"}}))
	if !strings.Contains(page, "http://example.com/invite/") {
		t.Error(page)
	}
	x.want(t, 422, send("coordinator", "/people", url.Values{"role": {"liaison"}}))
	x.want(t, 422, send("coordinator", "/people", url.Values{"role": {"king"}}))
	x.want(t, 403, send("planner", "/people", url.Values{"role": {"viewer"}}))
	p, err := x.store.Person(t.Context(), "viewer@example.org")
	if err != nil {
		t.Fatal(err)
	}
	x.want(t, 303, send("coordinator", "/people/"+p.ID, url.Values{"do": {"disable"}, "version": {"1"}}))
	x.want(t, 401, x.ask("viewer", "GET", "/api/session", ""))
	x.want(t, 412, send("coordinator", "/people/"+p.ID, url.Values{"do": {"enable"}, "version": {"1"}}))
	x.want(t, 303, send("planner", "/scenarios/"+x.scenario+"/plan", nil))
	x.want(t, 403, send("liaison of POL", "/scenarios/"+x.scenario+"/plan", nil))
	if list, err := x.store.Jobs(t.Context(), x.scenario, "", 9); err != nil || len(list) != 2 || list[0].State != "queued" {
		t.Errorf("%+v, %v", list, err)
	}
}
