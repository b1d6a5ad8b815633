package server_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rearguard/rearguard/internal/store"
)

// A coordinator asks, the contributor answers with a unit and a condition, and the
// scenario follows; each step is in the history.
func TestAskAndAnswer(t *testing.T) {
	x := newSite(t)
	asks := "/api/scenarios/" + x.scenario + "/asks"
	put := func(contributor, capability, post string) string {
		return fmt.Sprintf(`{"contributor":%q,"due":"2025-01-20","for":{"capability":%q,"post":%q,"quantity":1,"from":"2025-02-01","note":"for the spring"}}`, contributor, capability, post)
	}
	body := x.want(t, 422, x.ask("coordinator", "POST", asks, put("POLL", "bgg", "tap")))
	for _, want := range []string{`no contributor \"POLL\". Maybe: POL`, `no capability \"bgg\". Maybe: bg`, `no post \"tap\". Maybe: tapa`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	var a store.Ask
	if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("coordinator", "POST", asks, put("POL", "bg", "tapa")))), &a); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]int{"coordinator": 2, "planner": 2, "liaison of POL": 1, "viewer": 0} {
		if got := strings.Count(x.want(t, 200, x.ask(role, "GET", asks, "")), `"capability"`); got != want {
			t.Errorf("%s sees %d asks, want %d", role, got, want)
		}
	}
	answer := "/api/asks/" + a.ID + "/answer"
	x.want(t, 404, x.ask("liaison of NOR", "POST", answer, `{"state":"declined"}`, header("If-Match", `"1"`)))
	x.want(t, 403, x.ask("planner", "POST", answer, `{"state":"declined"}`, header("If-Match", `"1"`)))
	x.want(t, 422, x.ask("liaison of POL", "POST", answer, `{"state":"offered","unit":"fra-1"}`, header("If-Match", `"1"`)))
	x.want(t, 422, x.ask("liaison of POL", "POST", answer, `{"state":"offered","unit":"secret-pol-1","caveats":[{"post":["nowhere"]}]}`, header("If-Match", `"1"`)))
	if s, err := x.store.AskOf(t.Context(), a.ID); err != nil || s.Version != 1 {
		t.Errorf("a refused answer left something: %+v, %v", s, err)
	}
	x.want(t, 200, x.ask("liaison of POL", "POST", answer, `{"state":"offered","unit":"secret-pol-1","caveats":[{"post":["far"],"note":"not there"}],"note":"from February"}`, header("If-Match", `"1"`)))
	x.want(t, 412, x.ask("coordinator", "POST", answer, `{"state":"declined"}`, header("If-Match", `"1"`)))
	x.want(t, 200, x.ask("liaison of POL", "POST", answer, `{"state":"confirmed","unit":"secret-pol-1"}`, header("If-Match", `"2"`)))
	unit := x.want(t, 200, x.ask("coordinator", "GET", "/api/scenarios/"+x.scenario+"/records/units/secret-pol-1", ""))
	if !strings.Contains(unit, `"pledge":"confirmed"`) || !strings.Contains(unit, `"note":"not there"`) {
		t.Error(unit)
	}
	whole := x.want(t, 200, x.ask("coordinator", "GET", "/api/asks/"+a.ID, ""))
	if !strings.Contains(whole, `"state":"confirmed"`) || strings.Index(whole, `"state":"offered"`) < strings.Index(whole, `"state":"open"`) || !strings.Contains(whole, "from February") {
		t.Error(whole)
	}
	x.want(t, 200, x.ask("planner", "POST", "/api/asks/"+a.ID+"/withdraw", "", header("If-Match", `"3"`)))
	x.want(t, 409, x.ask("liaison of POL", "POST", answer, `{"state":"assigned"}`, header("If-Match", `"4"`)))
}

// The same in the browser; what is overdue is said.
func TestAsksPage(t *testing.T) {
	x := newSite(t)
	page := "/scenarios/" + x.scenario + "/asks"
	form := header("Content-Type", "application/x-www-form-urlencoded")
	values := url.Values{"contributor": {"POL"}, "capability": {"bg"}, "quantity": {"1"}, "from": {"2025-02-01"}, "due": {"2025-01-15"}}
	x.want(t, 303, x.ask("planner", "POST", page, values.Encode(), form))
	values.Set("quantity", "much")
	x.want(t, 422, x.ask("planner", "POST", page, values.Encode(), form))
	x.want(t, 403, x.ask("viewer", "POST", page, values.Encode(), form))
	seen := x.want(t, 200, x.ask("liaison of POL", "GET", page, ""))
	if !strings.Contains(seen, "2025-01-15, overdue") || strings.Contains(seen, "secret-nor") || strings.Contains(seen, "Ask a contributor") {
		t.Error(seen)
	}
	list, err := x.store.Asks(t.Context(), x.scenario, "POL")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	x.want(t, 303, x.ask("liaison of POL", "POST", "/asks/"+list[0].ID, url.Values{"version": {"1"}, "state": {"declined"}, "note": {"nothing to spare"}}.Encode(), form))
	if seen := x.want(t, 200, x.ask("planner", "GET", page, "")); !strings.Contains(seen, "nothing to spare") || strings.Contains(seen, "secret-pol") {
		t.Error(seen)
	}
}
