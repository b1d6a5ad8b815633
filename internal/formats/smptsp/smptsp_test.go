package smptsp

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

// three tasks: 0 and 1 overlap, 2 begins the minute that 0 ends.
const small = `# made up
Type = 1
Jobs = 3
 10 20
 15 30
 20 25
Qualifications = 2
 3: 2 0 1
 2:   0 2
`

func TestTasksBecomePosts(t *testing.T) {
	s, warnings, err := Read("dir/small.dat", []byte(small))
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if s.Calendar.Days != 2 {
		t.Errorf("%d days; want 2: tasks 0 and 1 run together, then 1 and 2", s.Calendar.Days)
	}
	var posts, units []string
	for _, p := range s.Posts {
		l := p.Lines[0]
		posts = append(posts, fmt.Sprintf("%s %s %v-%v single=%v", p.ID, l.Capability, l.From, l.Until, l.Single))
	}
	for _, u := range s.Units {
		units = append(units, fmt.Sprintf("%s %v %v", u.ID, u.Provides["k0"].Likely, u.Provides["k1"].Likely))
	}
	want := []string{"t0 k0 0-1 single=true", "t1 k1 0-2 single=true", "t2 k0 1-2 single=true"}
	if d := cmp.Diff(want, posts); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"w0 1 1", "w1 1 0"}, units); d != "" {
		t.Error(d)
	}
}

func TestEachMistakeIsOneProblem(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"Type = 1", "Type = 2", "x.dat:2:1: Type = 2; only type 1, fixed tasks and a list of tasks for each worker, can be read"},
		{"Jobs = 3", "Jobs = x", `x.dat:3:8: Jobs "x" is not a whole number`},
		{"Jobs = 3", "Jobs = 4", "x.dat:7:1: 3 tasks follow Jobs = 4"},
		{"15 30", "15 x", `x.dat:5:5: end "x" is not a whole number`},
		{"15 30", "30 15", "x.dat:5:5: the end 15 is not after the start 30"},
		{"15 30", "30", `x.dat:5:1: a task is its start and its end, two numbers, not " 30"`},
		{"2 0 1", "2 0 7", "x.dat:8:9: task 7 is not between 0 and 2"},
		{"3: 2", "5: 2", "x.dat:8:2: the count 5 is not between 0 and 3"},
		{"3: 2 0 1", "3: 2 0", "x.dat:8:1: the count is 3, but 2 tasks follow"},
		{"3: 2 0 1", "3 2 0 1", `x.dat:8:1: a worker is a count, a colon and so many tasks, not " 3 2 0 1"`},
		{"Qualifications = 2", "Qualifications = 3", "x.dat:10:1: 2 workers follow Qualifications = 3"},
		{"Qualifications = 2", "Qualifications = 1", `x.dat:9:1: " 2:   0 2" follows the last worker; Jobs or Qualifications is too small`},
		{"Qualifications", "Workers", `x.dat:7:1: "Workers = 2" where Qualifications = ... should be; an instance has Type, Jobs and Qualifications, in this order`},
		{small, "Type = 1\nJobs = 1\n0 1\nQualifications = 0\n", "x.dat:5:1: there are 1 tasks and 0 workers, and nobody can do anything"},
		{small, "# nothing\n", "x.dat:2:1: the file ends before Type = ...; an instance has Type, Jobs and Qualifications, in this order"},
	} {
		_, _, err := Read("x.dat", []byte(strings.Replace(small, c.old, c.new, 1)))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s -> %s:\n got %v\nwant %s", c.old, c.new, err, c.want)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, _, err := Read("x.dat", []byte(strings.NewReplacer("15 30", "15 x", "2 0 1", "2 0 9").Replace(small)))
	if invalid, ok := errors.AsType[*formats.Invalid](err); !ok || len(invalid.Problems) != 2 {
		t.Error(err)
	}
}

func TestTaskThatNobodyCanDo(t *testing.T) {
	_, warnings, err := Read("x.dat", []byte(strings.Replace(small, "3: 2 0 1", "2: 2 0", 1)))
	if err != nil || len(warnings) != 1 || warnings[0].String() != "x.dat:5:1: warning: nobody can do task 1" {
		t.Error(err, warnings)
	}
}

func TestWorkerWithoutTaskIsLeftOut(t *testing.T) {
	s, warnings, err := Read("x.dat", []byte(strings.Replace(small, "2:   0 2", "0:", 1)))
	if err != nil || len(warnings) != 1 || warnings[0].String() != "x.dat:9:1: warning: worker 1 can do no task; left out" || len(s.Units) != 1 {
		t.Error(err, warnings)
	}
}

// TestGridKeepsOverlaps: two tasks share a day exactly if they overlap, and no
// day's tasks are among another's.
func TestGridKeepsOverlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in instance
		for range rapid.IntRange(1, 12).Draw(t, "tasks") {
			start := rapid.IntRange(0, 12).Draw(t, "start")
			in.tasks = append(in.tasks, task{start, start + rapid.IntRange(1, 6).Draw(t, "length")})
		}
		first, last, days := in.grid()
		on := make([]map[int]bool, days)
		for d := range on {
			on[d] = map[int]bool{}
		}
		for i, a := range in.tasks {
			if first[i] < 0 || first[i] > last[i] || last[i] >= days {
				t.Fatalf("task %d on days %d to %d of %d", i, first[i], last[i], days)
			}
			for d := first[i]; d <= last[i]; d++ {
				on[d][i] = true
			}
			for j, b := range in.tasks {
				overlap, shared := a.start < b.end && b.start < a.end, first[i] <= last[j] && first[j] <= last[i]
				if overlap != shared {
					t.Fatalf("tasks %v and %v overlap: %v, share a day: %v", a, b, overlap, shared)
				}
			}
		}
		for d := 1; d < days; d++ {
			if within(on[d-1], on[d]) || within(on[d], on[d-1]) {
				t.Fatalf("the tasks of days %d and %d: %v, %v", d-1, d, on[d-1], on[d])
			}
		}
	})
}

func within(a, b map[int]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("Type = 1\nJobs = 1\n0\t1\r\nQualifications = 1\n0:\n"))
	f.Add([]byte("Type = 1\nJobs = 999999\n0 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := Read("fuzz.dat", data)
		if err != nil {
			if invalid, ok := errors.AsType[*formats.Invalid](err); !ok || len(invalid.Problems) == 0 {
				t.Errorf("the error lists no problem: %v", err)
			}
			return
		}
		for _, p := range scenario.Check(s) {
			if !p.Warning {
				t.Error(p)
			}
		}
	})
}
