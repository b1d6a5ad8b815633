package live_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/execution"
	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/internal/live"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

func tiny(t *testing.T) (*scenario.Scenario, *plan.Plan) {
	t.Helper()
	s, _, err := formats.ReadScenario("../../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := formats.ReadPlan("../verify/testdata/tiny.plan.json")
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}

func site(t *testing.T) http.Handler {
	t.Helper()
	s, p := tiny(t)
	x, err := live.New(s, p, live.News{})
	if err != nil {
		t.Fatal(err)
	}
	return x.Handler()
}

// request asks the site as its own page does.
func request(t *testing.T, h http.Handler, method, path, body string, edit func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:8420"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if edit != nil {
		edit(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// events splits an answer to a question.
func events(t *testing.T, body string) (last string, data []byte, progress int) {
	t.Helper()
	for _, e := range strings.Split(strings.TrimSpace(body), "\n\n") {
		name, payload, ok := strings.Cut(e, "\n")
		if !ok {
			t.Fatalf("event %q", e)
		}
		if last = strings.TrimPrefix(name, "event: "); last == "progress" {
			progress++
		}
		data = []byte(strings.TrimPrefix(payload, "data: "))
	}
	return last, data, progress
}

func TestState(t *testing.T) {
	w := request(t, site(t), "GET", "/api/state", "", nil)
	var s live.State
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if w.Code != 200 || len(s.Operations) != 1 || s.Operations[0].DDay.String() != "2025-06-01" || len(s.Contributors) != 4 || !s.Document.Verdict.Verified {
		t.Errorf("%d: operations %v, contributors %v, verified %v", w.Code, s.Operations, s.Contributors, s.Document.Verdict.Verified)
	}
}

// TestMovedDDay plans for ten days later, and then without the hospital's owner.
func TestMovedDDay(t *testing.T) {
	h := site(t)
	for _, c := range []struct {
		question string
		dDay     int
		units    int
	}{
		{`{"d_day": {"reassurance": "2025-06-11"}, "seconds": 0.2}`, 41, 5},
		{`{"lose": ["NOR"], "seconds": 0.2}`, 31, 4},
		{`{"without": ["reassurance"], "seconds": 0.1}`, -1, 5},
	} {
		w := request(t, h, "POST", "/api/plan", c.question, nil)
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != "text/event-stream" {
			t.Fatalf("%s: %d, %s: %s", c.question, w.Code, got, w.Body)
		}
		name, data, progress := events(t, w.Body.String())
		var d report.Document
		if err := json.Unmarshal(data, &d); name != "plan" || err != nil {
			t.Fatalf("%s: %s %v: %.200s", c.question, name, err, data)
		}
		dDay := -1
		if len(d.Operations) > 0 {
			dDay = d.Operations[0].DDay
		}
		if !d.Verdict.Verified || len(d.Units) != c.units || dDay != c.dDay || progress == 0 {
			t.Errorf("%s: verified %v, %d units, D-day %d, %d events of progress; want %d units, D-day %d", c.question, d.Verdict.Verified, len(d.Units), dDay, progress, c.units, c.dDay)
		}
	}
}

// TestRefusals: every wrong question gets a problem that says what is wrong.
func TestRefusals(t *testing.T) {
	h := site(t)
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for _, c := range []struct {
		name, method, path, body string
		edit                     func(*http.Request)
		status                   int
		detail                   string
	}{
		{"another host", "GET", "/", "", host("evil.example"), 421, "localhost only"},
		{"another page", "POST", "/api/plan", `{}`, func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403, "refused"},
		{"a form", "POST", "/api/plan", `{}`, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415, "application/json"},
		{"no JSON", "POST", "/api/plan", `{`, nil, 400, "cannot be read"},
		{"unknown field", "POST", "/api/plan", `{"lost": []}`, nil, 400, "lost"},
		{"two questions", "POST", "/api/plan", `{} {}`, nil, 400, "followed"},
		{"too long", "POST", "/api/plan", `{"lose": ["` + strings.Repeat("x", 70000) + `"]}`, nil, 400, "too large"},
		{"unknown contributor", "POST", "/api/plan", `{"lose": ["NRO"]}`, nil, 422, `no contributor "NRO" to leave out. Maybe: NOR`},
		{"unknown operation", "POST", "/api/plan", `{"d_day": {"peace": "2025-06-01"}}`, nil, 422, `unknown operation "peace"`},
		{"outside the calendar", "POST", "/api/plan", `{"d_day": {"reassurance": "2027-06-01"}}`, nil, 422, "outside the calendar, 2025-05-01 to 2025-06-29"},
		{"unknown policy", "POST", "/api/plan", `{"policy": "win"}`, nil, 422, `unknown policy "win"`},
		{"forever", "POST", "/api/plan", `{"seconds": 1e9}`, nil, 422, "0.1 to 60"},
		{"negative", "POST", "/api/plan", `{"seconds": -1}`, nil, 422, "0.1 to 60"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := request(t, h, c.method, c.path, c.body, c.edit)
			var p struct{ Detail string }
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.status || !strings.Contains(p.Detail, c.detail) {
				t.Errorf("%d %s; want %d with %q", w.Code, w.Body, c.status, c.detail)
			}
		})
	}
}

func TestPageLoadsItsOwnFilesOnly(t *testing.T) {
	h := site(t)
	w := request(t, h, "GET", "/", "", nil)
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
	for _, path := range []string{"/app.js", "/app.css", "/outlines.json"} {
		if x := request(t, h, "GET", path, "", nil); x.Code != 200 || x.Body.Len() == 0 || x.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d, %d bytes, %q", path, x.Code, x.Body.Len(), x.Header().Get("Content-Type"))
		}
	}
	if x := request(t, h, "GET", "/nowhere", "", nil); x.Code != 404 {
		t.Errorf("nowhere: %d", x.Code)
	}
}

// FuzzQuestion sends anything as a question: the answer is a problem or a stream.
func FuzzQuestion(f *testing.F) {
	for _, q := range []string{`{"seconds": 0.1}`, `{"d_day": {"reassurance": "2025-06-11"}, "seconds": 0.1}`, `{"lose": ["GBR", "GBR"], "seconds": 0.1}`, `[]`, `{"d_day": 3}`, ``} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		w := request(t, site(t), "POST", "/api/plan", q, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
		if w.Code >= 500 {
			t.Errorf("%q: %d %s", q, w.Code, w.Body)
		}
	})
}

// What is known on a day is there for programs and for the page, and a question
// keeps what the plan took to be known.
func TestNews(t *testing.T) {
	s, p := tiny(t)
	facts := []plan.Fact{{ID: "f", Date: p.Tours[1].Legs[0].Depart, Received: p.Tours[1].Legs[0].Depart, Unit: p.Tours[1].Unit, Event: plan.Cancelled}}
	today := facts[0].Date
	resolved, err := scenario.Resolve(s, scenario.Options{DDay: p.Options.DDay})
	if err != nil {
		t.Fatal(err)
	}
	a, err := execution.Of(resolved, p, facts, today, 2)
	if err != nil {
		t.Fatal(err)
	}
	x, err := live.New(s, p, live.News{Status: conditions.New(s, nil, today, nil).Status(), Account: a})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/api/status": `"parted":true`, "/api/state": `"state":"cancelled"`} {
		w := request(t, x.Handler(), "GET", path, "", nil)
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, without %s: %.300s", path, w.Code, want, w.Body)
		}
	}
}
