package report_test

import (
	"testing"

	"github.com/rearguard/rearguard/internal/conditions"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/scenario"
)

// The page names the reports of each side of a dispute, as status does.
func TestSituationNamesTheSides(t *testing.T) {
	s, _ := tiny(t)
	hundred := 100.0
	written := *s
	written.Conditions = []scenario.Condition{{ID: "quiet", Count: &scenario.Count{Of: "raid", Window: 7, Below: &hundred}}}
	day := s.Calendar.Date(3)
	raid := func(id string, low, high float64, contradicts ...string) scenario.Report {
		return scenario.Report{ID: id, Date: day, Received: day, Reliability: 'A', Credibility: '1', Event: "raid", Low: low, High: high, Contradicts: contradicts}
	}
	reports := []scenario.Report{raid("r13", 90, 90), raid("r14", 10, 10, "r13"), raid("r15", 60, 95)}
	st := conditions.New(&written, reports, day, nil).Status()
	same(t, []report.ClaimEntry{
		{State: scenario.Met, Reports: []string{"r14"}, Lowest: []string{"r15"}, Highest: []string{}},
		{State: scenario.Open, Reports: []string{"r13"}, Lowest: []string{}, Highest: []string{}},
	}, report.Situation(&written, st).Conditions[0].Claims)
}
