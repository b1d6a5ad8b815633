package cli_test

import (
	"strings"
	"testing"

	"github.com/rearguard/rearguard/planner"
)

// reached says by which command each question is asked, and by which argument or flag
// each of its options is given.
var reached = map[string]struct {
	command string
	flags   map[string]string
}{
	"lose":      {"stress", map[string]string{"lose": "--lose"}},
	"d-day":     {"stress", map[string]string{"operation": "--d-day", "first_day": "--d-day", "last_day": "--d-day", "step": "--step"}},
	"postures":  {"stress", map[string]string{"operation": "--d-day", "first_day": "--d-day", "last_day": "--d-day", "step": "--step", "worst": "--worst"}},
	"samples":   {"stress", map[string]string{"samples": "--samples", "drops": "--drops", "slip": "--slip"}},
	"robust":    {"stress", map[string]string{"leave_on": "--leave-on"}},
	"tradeoff":  {"tradeoff", map[string]string{"points": "--points"}},
	"ask":       {"ask", map[string]string{"most": "--most", "ioc": "--ioc", "prices": "--prices"}},
	"explain":   {"explain", map[string]string{"id": "<unit|post>", "day": "--day"}},
	"conflicts": {"explain", map[string]string{"post": "<unit|post>", "day": "--day"}},
	"replan":    {"replan", map[string]string{"facts": "--facts", "overdue": "--overdue", "tolerance": "--tolerance"}},
	"compare":   {"compare", nil},
	"tree":      {"tree", nil},
	"status":    {"status", map[string]string{"facts": "--facts", "overdue": "--overdue"}},
}

// TestQuestionsAreReachable holds that every question and every option of one can be
// asked on the command line, and that flags have the defaults of the options.
func TestQuestionsAreReachable(t *testing.T) {
	for _, q := range planner.Questions() {
		by, ok := reached[q.Name]
		if !ok {
			t.Errorf("question %q has no command: give it one, and a row here", q.Name)
			continue
		}
		help := strings.Join(strings.Fields(run(t, by.command, "--help")), " ")
		for _, o := range q.Options {
			flag, ok := by.flags[o.Name]
			if !ok || !strings.Contains(help, flag) {
				t.Errorf("question %q: option %q has no flag of rearguard %s", q.Name, o.Name, by.command)
			}
			usual := flag + "=" + o.Default
			if o.Default != "" && o.Name != "samples" && o.Name != "lose" && !strings.Contains(help, usual) { // these two choose what is stressed
				t.Errorf("question %q: --help of %s does not say %s", q.Name, by.command, usual)
			}
		}
	}
}
