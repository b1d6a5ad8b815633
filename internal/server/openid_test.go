package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/rearguard/rearguard/internal/server/auth"
)

// provider is an OpenID provider of the test's own. Its token has these claims beside the
// nonce that it was asked with.
func provider(t *testing.T, claims func() map[string]any) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	discovery := &oidctest.Server{Algorithms: []string{oidc.ES256}, PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.ES256}}}
	var issuer string
	mux := http.NewServeMux()
	mux.Handle("/", discovery)
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code_verifier") == "" || r.FormValue("code") != "good" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		all := map[string]any{"iss": issuer, "aud": "rearguard", "sub": "1", "exp": time.Now().Add(time.Minute).Unix()}
		for k, v := range claims() {
			all[k] = v
		}
		b, err := json.Marshal(all)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"a","token_type":"Bearer","id_token":%q}`, oidctest.SignIDToken(key, "k", oidc.ES256, string(b)))
	})
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	issuer = h.URL
	discovery.SetIssuer(issuer)
	return issuer
}

func TestOpenID(t *testing.T) {
	x := newSite(t)
	x.want(t, 404, x.ask("nobody", "GET", "/openid/start", ""))
	var claims map[string]any
	if err := x.Accounts.Discover(t.Context(), auth.OpenID{Issuer: provider(t, func() map[string]any { return claims }), Client: "rearguard", Secret: "s", Public: "https://rearguard.example.org/"}); err != nil {
		t.Fatal(err)
	}
	if page := x.want(t, 200, x.ask("nobody", "GET", "/", "")); !strings.Contains(page, `href="/openid/start"`) {
		t.Error(page)
	}
	for _, c := range []struct {
		name   string
		claims map[string]any
		code   string
		state  string // of the answer; empty for the right one
		nonce  string // likewise
		want   string // empty if it goes well
	}{
		{"known", map[string]any{"email": "planner@example.org", "email_verified": true}, "good", "", "", ""},
		{"unknown", map[string]any{"email": "eve@example.org", "email_verified": true}, "good", "", "", "there is no account of eve@example.org"},
		{"not verified", map[string]any{"email": "planner@example.org", "email_verified": false}, "good", "", "", "names no verified email"},
		{"for another", map[string]any{"email": "planner@example.org", "email_verified": true, "aud": "else"}, "good", "", "", "token does not hold"},
		{"another nonce", map[string]any{"email": "planner@example.org", "email_verified": true}, "good", "", "other", "token does not hold"},
		{"another state", map[string]any{"email": "planner@example.org", "email_verified": true}, "good", "other", "", "not to what this browser asked"},
		{"a bad code", map[string]any{"email": "planner@example.org", "email_verified": true}, "bad", "", "", "does not honour its code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := x.ask("nobody", "GET", "/openid/start", "")
			x.want(t, 303, start)
			to, err := url.Parse(start.Header().Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			q := to.Query()
			if q.Get("redirect_uri") != "https://rearguard.example.org/openid/back" || q.Get("code_challenge_method") != "S256" {
				t.Errorf("%v", q)
			}
			claims = map[string]any{"nonce": q.Get("nonce")}
			if c.nonce != "" {
				claims["nonce"] = c.nonce
			}
			for k, v := range c.claims {
				claims[k] = v
			}
			state := q.Get("state")
			if c.state != "" {
				state = c.state
			}
			back := x.ask("nobody", "GET", "/openid/back?"+url.Values{"code": {c.code}, "state": {state}}.Encode(), "", func(r *http.Request) { r.AddCookie(cookieOf(start)) })
			if c.want != "" {
				if page := x.want(t, 401, back); !strings.Contains(page, c.want) {
					t.Error(page)
				}
				return
			}
			x.want(t, 200, back)
			for _, k := range back.Result().Cookies() {
				if k.Name == "rearguard_session" {
					if body := x.want(t, 200, x.ask("nobody", "GET", "/api/session", "", func(r *http.Request) { r.AddCookie(k) })); !strings.Contains(body, `"role":"planner"`) {
						t.Error(body)
					}
					return
				}
			}
			t.Error("there is no session")
		})
	}
	if page := x.want(t, 401, x.ask("nobody", "GET", "/openid/back?code=good", "")); !strings.Contains(page, "begin again") {
		t.Error(page)
	}
}
