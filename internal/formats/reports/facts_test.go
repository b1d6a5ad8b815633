package reports_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rearguard/rearguard/internal/formats/reports"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

var resolved = &scenario.Scenario{Calendar: scenario.Calendar{Start: 20179, Days: 60}, Units: []scenario.Unit{{ID: "bg#1"}, {ID: "bg#2"}}, Posts: []scenario.Post{{ID: "tapa"}}}

func readFacts(t testing.TB, text string) ([]plan.Fact, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, _, err := reports.ReadFacts([]string{path}, resolved)
	return list, err
}

const factHead = "id,date,unit,event,received,post,expected,strength,supersedes\n"

func TestReadFacts(t *testing.T) {
	got, err := readFacts(t, factHead+"f1,2025-04-01,bg#1,delayed,2025-04-02,tapa,2025-04-11,,\nf2,2025-04-03,bg#2,strength,,,,75..85,f1\n")
	if err != nil {
		t.Fatal(err)
	}
	day, _ := scenario.ParseDate("2025-04-01")
	expected := day + 10
	want := []plan.Fact{
		{ID: "f1", Date: day, Received: day + 1, Unit: "bg#1", Post: "tapa", Event: plan.Delayed, Expected: &expected},
		{ID: "f2", Date: day + 2, Received: day + 2, Unit: "bg#2", Event: plan.Present, Low: 75, High: 85, Supersedes: "f1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Each mistake is one problem, at its place.
func TestProblemsOfFacts(t *testing.T) {
	for name, c := range map[string]struct{ row, want string }{
		"unit":                {"f1,2025-04-01,bg#3,ordered,,,,,", `f.csv:2:15: fact "f1": unknown unit "bg#3"; one of a count is written as id#1. Maybe: bg#1`},
		"post":                {"f1,2025-04-01,bg#1,ordered,,tap,,,", `f.csv:2:29: fact "f1": unknown post "tap". Maybe: tapa`},
		"event":               {"f1,2025-04-01,bg#1,depart,,,,,", `fact "f1": event "depart" is none of [ordered departed delayed arrived left cancelled strength]. Maybe: departed`},
		"the future":          {"f1,2025-04-02,bg#1,ordered,2025-04-01,,,,", `fact "f1" came on 2025-04-01, before the 2025-04-02 that it reports`},
		"a delay till when":   {"f1,2025-04-01,bg#1,delayed,,,,,", `fact "f1": a delay needs expected, the day of arrival`},
		"a delay before":      {"f1,2025-04-01,bg#1,delayed,,,2025-03-01,,", `fact "f1" of 2025-04-01 expects something on 2025-03-01, before it`},
		"another year":        {"f1,2052-04-01,bg#1,ordered,,,,,", `f.csv:2:4: date 2052-04-01 is 27 years after the calendar, 2025-04-01 to 2025-05-30; check its year. Maybe: 2025-04-01`},
		"expected in another": {"f1,2025-04-01,bg#1,delayed,,,2052-04-05,,", `f.csv:2:30: expected 2052-04-05 is 27 years after the calendar`},
		"no delay":            {"f1,2025-04-01,bg#1,arrived,,,2025-04-02,,", `fact "f1": expected belongs to delayed and cancelled, not to arrived`},
		"strength":            {"f1,2025-04-01,bg#1,strength,,,,120,", `fact "f1": strength "120" is no percentage and no range of 0 to 100; write 80 or 75..85`},
		"no strength":         {"f1,2025-04-01,bg#1,strength,,,,,", `fact "f1" needs a strength in percent, such as 80 or 75..85`},
		"strength of another": {"f1,2025-04-01,bg#1,arrived,,,,80,", `fact "f1": a strength is an event of its own; write it in a row with the event strength`},
		"supersedes":          {"f1,2025-04-01,bg#1,arrived,,,,,f0", `fact "f1" supersedes "f0", which is not there`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readFacts(t, factHead+c.row+"\n")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("got %v, want only %q", err, c.want)
			}
		})
	}
}

func FuzzReadFacts(f *testing.F) {
	f.Add(factHead + "f1,2025-04-01,bg#1,delayed,2025-04-02,tapa,2025-04-11,,\nf2,2025-04-03,bg#2,strength,,,,75..85,f1\n")
	f.Add("id,date\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := readFacts(t, text)
		if err != nil && (list != nil || err.Error() == "") {
			t.Errorf("%d facts and the error %v", len(list), err)
		}
	})
}
