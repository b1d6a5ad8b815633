package server_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
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
	if token, err := x.Accounts.InviteFirst(t.Context()); err != nil || token != "" {
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
	if body := x.want(t, 200, x.ask("", "GET", "/", "", with)); !strings.Contains(body, "/app.js") {
		t.Error(body)
	}
	x.want(t, 303, form("/sign-out", nil, c))
	x.want(t, 401, x.ask("", "GET", "/api/session", "", with))
	x.want(t, 303, form("/sign-in", account, nil))
	account.Set("password", "something else")
	for range 5 {
		x.want(t, 401, form("/sign-in", account, nil))
	}
	// Each wait is twice the last, so that one outlasts the next try on a machine of any speed.
	for range 10 {
		if w = form("/sign-in", account, nil); w.Code != 401 {
			break
		}
	}
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
	for _, grant := range []string{`{"role":"liaison"}`, `{"role":"king"}`, `{"role":"viewer","contributor":"FRA"}`} {
		x.want(t, 422, x.ask("coordinator", "POST", "/api/invites", grant))
	}
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

// The schema of scenarios is there for everybody.
func TestSchema(t *testing.T) {
	x := newSite(t)
	if body := x.want(t, 200, x.ask("nobody", "GET", "/api/schema", "")); !json.Valid([]byte(body)) {
		t.Error(body)
	}
}

// The app is for whoever has signed in; others are led to where they can.
func TestAppShell(t *testing.T) {
	x := newSite(t)
	for _, path := range []string{"/people", "/import", "/scenarios/" + x.scenario + "/overview", "/scenarios/" + x.scenario + "/asks"} {
		w := x.ask("viewer", "GET", path, "")
		if body := x.want(t, 200, w); !strings.Contains(body, "/app.js") || strings.Contains(body, x.scenario) {
			t.Errorf("%s: %s", path, body)
		}
		if w := x.ask("nobody", "GET", path, ""); w.Code != 303 || w.Header().Get("Location") != "/" {
			t.Errorf("%s: nobody gets %d", path, w.Code)
		}
	}
	if body := x.want(t, 200, x.ask("nobody", "GET", "/", "")); !strings.Contains(body, `action="/sign-in"`) {
		t.Error(body)
	}
	for path, kind := range map[string]string{"/app.js": "javascript", "/app.css": "css", "/page.css": "css"} {
		if w := x.ask("nobody", "GET", path, ""); w.Code != 200 || !strings.Contains(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

// Who signs in again comes back to the page of this server that was left, and to no other
// site.
func TestSignInLeadsBack(t *testing.T) {
	x := newSite(t)
	page := "/scenarios/" + x.scenario + "/tables?day=2025-06-01&unit=u1"
	for to, want := range map[string]string{page: page, "": "/", "//evil.example/": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "/\t/evil.example": "/"} {
		w := x.ask("nobody", "GET", "/?to="+url.QueryEscape(to), "")
		if body := x.want(t, 200, w); strings.Contains(body, `name="to"`) != (want != "/") {
			t.Errorf("%q: %s", to, body)
		}
	}
	for to, want := range map[string]string{page: page, "//evil.example/": "/"} {
		var invite struct{ Value string }
		if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("coordinator", "POST", "/api/invites", `{"role":"planner"}`))), &invite); err != nil {
			t.Fatal(err)
		}
		email := fmt.Sprintf("p%d@example.org", len(to))
		x.want(t, 201, x.ask("nobody", "POST", "/api/session/accept", fmt.Sprintf(`{"token":%q,"name":"P","email":%q,"password":"a long password"}`, invite.Value, email)))
		form := url.Values{"email": {email}, "password": {"a long password"}, "to": {to}}
		w := x.ask("nobody", "POST", "/sign-in", form.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))
		if w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%q leads to %d %s", to, w.Code, w.Header().Get("Location"))
		}
		if w := x.ask("planner", "GET", "/?to="+url.QueryEscape(to), ""); want != "/" && w.Header().Get("Location") != want {
			t.Errorf("%q of who has signed in leads to %s", to, w.Header().Get("Location"))
		}
	}
	form := url.Values{"email": {"planner@example.org"}, "password": {"wrong"}, "to": {page}}
	if body := x.want(t, 401, x.ask("nobody", "POST", "/sign-in", form.Encode(), header("Content-Type", "application/x-www-form-urlencoded"))); !strings.Contains(body, `name="to"`) {
		t.Errorf("after a mistake: %s", body)
	}
}
