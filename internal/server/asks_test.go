package server_test

import (
	"encoding/json"
	"fmt"
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

// What is overdue is said, and what was said of an ask without the names of units that
// are not released.
func TestOverdue(t *testing.T) {
	x := newSite(t)
	asks := "/api/scenarios/" + x.scenario + "/asks"
	put := `{"contributor":"POL","due":"2025-01-15","for":{"capability":"bg","quantity":%s,"from":"2025-02-01"}}`
	for _, wrong := range []string{`"much"`, "-1"} {
		x.want(t, 422, x.ask("planner", "POST", asks, fmt.Sprintf(put, wrong)))
	}
	x.want(t, 403, x.ask("viewer", "POST", asks, fmt.Sprintf(put, "1")))
	var a store.Ask
	if err := json.Unmarshal([]byte(x.want(t, 201, x.ask("planner", "POST", asks, fmt.Sprintf(put, "1")))), &a); err != nil {
		t.Fatal(err)
	}
	if seen := x.want(t, 200, x.ask("liaison of POL", "GET", asks, "")); !strings.Contains(seen, `"overdue":true`) || strings.Contains(seen, "secret-nor") {
		t.Error(seen)
	}
	x.want(t, 200, x.ask("liaison of POL", "POST", "/api/asks/"+a.ID+"/answer", `{"state":"offered","unit":"secret-pol-1","note":"one to spare"}`, header("If-Match", `"1"`)))
	if seen := x.want(t, 200, x.ask("planner", "GET", "/api/asks/"+a.ID, "")); !strings.Contains(seen, "one to spare") || !strings.Contains(seen, "a unit that is not released") || strings.Contains(seen, "secret-pol") {
		t.Error(seen)
	}
}
