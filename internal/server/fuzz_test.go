package server_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// odd are values that nobody expects.
var odd = []string{"", "0", "-1", "1", "9223372036854775807", "1e99", "null", "true", "x", "..", "%00", "é", "2025-02-30", "2025-05-01", strings.Repeat("a", 5000), `"`, "*", "units", "plan", "secret-nor-1"}

// bodies are values that no body of an operation is.
var bodies = []string{"", "{", "[]", "null", "1", `"x"`, "{}", `{"changes":[{}]}`, `{"changes":[{"kind":"units","key":"","body":[],"if_version":-1}]}`, `{"version":-1}`, `{"kind":"plan","options":{"seconds":1e300}}`,
	`{"kind":"lose","options":{"lose":7}}`, `{"name":null,"units":[{"id":1}]}`, `{"units":[null]}`, `{"role":"king"}`, `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "\xff\xfe"}

// TestNoFaults calls every operation with what nobody expects, as the one who may do
// most: whatever comes, the answer is no fault of the server.
func TestNoFaults(t *testing.T) {
	x := newSite(t)
	r := rand.New(rand.NewPCG(1, 1))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	calls := called(x)
	for _, name := range operations(x) {
		method, path, _ := strings.Cut(name, " ")
		if name == "DELETE /api/scenarios/{scenario}" || name == "DELETE /api/session" {
			continue // it would take the rest of the test away
		}
		good := calls[name]
		for range 60 {
			where, body := good[0], good[1]
			if r.IntN(2) == 0 { // odd names
				where = path
				for strings.Contains(where, "{") {
					before, rest, _ := strings.Cut(where, "{")
					key, after, _ := strings.Cut(rest, "}")
					value := url.PathEscape(pick(odd))
					if key == "scenario" && r.IntN(3) > 0 {
						value = x.scenario
					}
					if value == "" || value == ".." {
						value = "x"
					}
					where = before + value + after
				}
			}
			if method == http.MethodGet {
				join := "?"
				if strings.Contains(where, "?") {
					join = "&"
				}
				where += join + pick([]string{"version", "from", "to", "before", "after", "limit", "today", "day", "of", "a", "b", "head", "name"}) + "=" + url.QueryEscape(pick(odd))
			} else if r.IntN(2) == 0 {
				body = pick(bodies)
			}
			w := x.ask("coordinator", method, where, body, header(pick([]string{"If-Match", "If-None-Match", "Content-Type", "Accept"}), pick([]string{"", "*", `"1"`, `W/"2"`, "x", `"-5"`, "text/plain", "application/json"})))
			if w.Code >= 500 {
				t.Errorf("%s %.200s with %.200q: %d %s", method, where, body, w.Code, w.Body)
			}
		}
	}
}
