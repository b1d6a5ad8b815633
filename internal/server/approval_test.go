package server_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// An approver approves a plan, which all who see the plan are told with name and day, and
// may not plan; a planner plans and may not approve. An approved plan stays.
func TestApproval(t *testing.T) {
	x := newSite(t)
	x.store.Now = func() time.Time { return time.Date(2020, 3, 4, 5, 6, 7, 0, time.UTC) }
	at := "/api/plans/" + x.plan
	if body := x.want(t, 200, x.ask("viewer", "GET", at+"/document", "")); !strings.Contains(body, `"approval":null`) {
		t.Errorf("before anybody approved it: %.300s", body)
	}
	for _, role := range []string{"planner", "viewer"} {
		x.want(t, 403, x.ask(role, "POST", at+"/approval", ""))
	}
	x.want(t, 403, x.ask("approver", "POST", "/api/scenarios/"+x.scenario+"/trial", `{"seconds":0.1}`))
	x.want(t, 403, x.ask("approver", "DELETE", at, ""))

	x.want(t, 204, x.ask("approver", "POST", at+"/approval", ""))
	x.want(t, 409, x.ask("approver", "POST", at+"/approval", "")) // who approved it first is not overwritten
	for _, role := range []string{"planner", "viewer"} {
		if body := x.want(t, 200, x.ask(role, "GET", at+"/document", "")); !strings.Contains(body, `"approval":{"name":"approver","day":"2020-03-04"}`) {
			t.Errorf("%s reads %.300s", role, body)
		}
		if body := x.want(t, 200, x.ask(role, "GET", "/api/scenarios/"+x.scenario+"/plans", "")); !strings.Contains(body, `"approval":{"at":"2020-03-04T05:06:07Z"`) {
			t.Errorf("%s lists %s", role, body)
		}
	}
	x.want(t, 403, x.ask("planner", "DELETE", at+"/approval", ""))
	if body := x.want(t, 409, x.ask("planner", "DELETE", at, "")); !strings.Contains(body, "its approval has to be taken back first") {
		t.Error(body)
	}
	x.want(t, 204, x.ask("approver", "DELETE", at+"/approval", ""))
	x.want(t, 404, x.ask("approver", "DELETE", at+"/approval", ""))
	x.want(t, 204, x.ask("planner", "DELETE", at, ""))
	x.want(t, 404, x.ask("approver", "POST", at+"/approval", ""))
}

// Whoever listens hears that a plan was approved, and that it is no longer.
func TestApprovalIsHeard(t *testing.T) {
	x := newSite(t)
	h := httptest.NewServer(x.Handler())
	t.Cleanup(h.Close)
	events := x.listen(t, h.URL, "viewer")
	for _, method := range []string{"POST", "DELETE"} {
		x.want(t, 204, x.ask("approver", method, "/api/plans/"+x.plan+"/approval", ""))
		if e := <-events; e != `plan {"id":"`+x.plan+`"}` {
			t.Errorf("after %s a viewer hears %s", method, e)
		}
	}
}

// The session says what its person may do, so that a page offers no more.
func TestSessionTellsPermissions(t *testing.T) {
	x := newSite(t)
	for role, want := range map[string]string{"approver": `["read","see-all","approve"]`, "liaison of NOR": `["read","edit-own"]`, "viewer": `["read"]`} {
		if body := x.want(t, 200, x.ask(role, "GET", "/api/session", "")); !strings.Contains(body, `"may":`+want) {
			t.Errorf("a %s has %s", role, body)
		}
	}
}
