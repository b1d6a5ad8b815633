package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rearguard/rearguard/internal/engine"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// asked is what a planner was asked for.
type asked struct {
	s *scenario.Scenario
	o engine.Options
}

// recorder is a planner that remembers what it is asked for and makes a short search of it,
// or what instead makes of that.
type recorder struct {
	instead func(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error)

	mu    sync.Mutex
	calls []asked
}

func (r *recorder) plan(ctx context.Context, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
	r.mu.Lock()
	r.calls = append(r.calls, asked{s, o})
	r.mu.Unlock()
	p, err := engine.Solve(ctx, s, engine.Options{Seed: o.Seed, Iterations: 30, Scenario: o.Scenario, From: o.From})
	if err != nil || r.instead == nil {
		return p, err
	}
	return r.instead(s, p)
}

// ran runs a job by a planner to its end.
func ran(t *testing.T, s *store.Store, x *store.Scenario, r *recorder, kind, options string) *store.Job {
	t.Helper()
	w := jobs.New(s, "w", quiet())
	w.Engine, w.Threads = r.plan, 1
	return until(t, w, queue(t, s, x, kind, options).ID, ended)
}

// A plan is of the variant that the job asks for, searched with its seed for as many tries
// as it says, whatever the clock; what its operations add is measured against the same without them.
func TestPlanIsWhatTheJobAsksFor(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	r := &recorder{}
	job := ran(t, s, x, r, "plan", `{"seed":7,"iterations":20,"seconds":40,"policy":"balanced","maturity":"offered","today":"2025-05-03","d_day":{"reassurance":"2025-06-05"}}`)
	if job.State != store.Done || len(r.calls) != 2 {
		t.Fatalf("%s %s after %d searches", job.State, job.Failure, len(r.calls))
	}
	written, err := jobs.Load(t.Context(), s, x.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	with, without := r.calls[0], r.calls[1]
	if o := with.o; o.Seed != 7 || o.Iterations != 20 || o.Time != 0 || o.From != nil || o.NoBound || o.Scenario != written.Hash() {
		t.Errorf("the search is %+v", o)
	}
	if o := without.o; o.Seed != 7 || o.Iterations != 20 || o.Time != 0 || !o.NoBound {
		t.Errorf("the search without the operations is %+v", o)
	}
	for name, s := range map[string]*scenario.Scenario{"plan": with.s, "plan without": without.s} {
		if s.Policy != scenario.Balanced || s.Maturity != scenario.Offered || s.Today != scenario.DayTime(2) {
			t.Errorf("%s: of %s, %s, %s", name, s.Policy, s.Maturity, s.Today)
		}
	}
	if len(with.s.Operations) != 1 || with.s.Operations[0].DDay.Likely != scenario.DayTime(35) || len(without.s.Operations) != 0 {
		t.Errorf("operations %+v, and without them %+v", with.s.Operations, without.s.Operations)
	}
}

// A fifth of the time goes into the plan without the operations, which starts from the plan
// that was found.
func TestPlanSharesItsTime(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	r := &recorder{}
	if job := ran(t, s, x, r, "plan", `{"seconds":40}`); job.State != store.Done || len(r.calls) != 2 {
		t.Fatalf("%s %s after %d searches", job.State, job.Failure, len(r.calls))
	}
	if with, without := r.calls[0].o, r.calls[1].o; with.Time != 32*time.Second || without.Time != 8*time.Second || with.From != nil || without.From == nil || without.NoBound {
		t.Errorf("the searches are %+v and %+v", with, without)
	}
}

// Without a seed the first, without a time ten seconds; all of it where there is no
// operation to be measured.
func TestPlanByDefault(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	r := &recorder{}
	job := ran(t, s, x, r, "plan", `{"without":["reassurance"]}`)
	if job.State != store.Done || len(r.calls) != 1 {
		t.Fatalf("%s %s after %d searches", job.State, job.Failure, len(r.calls))
	}
	if o := r.calls[0].o; o.Seed != 1 || o.Iterations != 0 || o.Time != 10*time.Second || o.Progress == nil {
		t.Errorf("the search is %+v", o)
	}
	if p := kept(t, s, job); !slices.Equal(p.Options.Without, []string{"reassurance"}) || p.Metrics.NewExposure == nil || *p.Metrics.NewExposure != 0 {
		t.Errorf("a plan without %v, new exposure %v", p.Options.Without, p.Metrics.NewExposure)
	}
}

// kept is the plan that a job made.
func kept(t *testing.T, s *store.Store, job *store.Job) *plan.Plan {
	t.Helper()
	_, body, err := s.Plan(t.Context(), job.Plan)
	if err != nil {
		t.Fatal(err)
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(body, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// What the operation adds to the exposure of standing posts is the difference to the plan
// without it, and never below nothing.
func TestNewExposureIsAgainstThePlanWithout(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	standing := map[bool]float64{} // of the plan with and without the operation
	r := &recorder{instead: func(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
		standing[len(s.Operations) > 0] = p.Metrics.ExposureDays.Standing
		return p, nil
	}}
	p := kept(t, s, ran(t, s, x, r, "plan", `{"policy":"mission-first","d_day":{"reassurance":"2025-05-20"}}`))
	if want := standing[true] - standing[false]; want <= 0 || p.Metrics.NewExposure == nil || *p.Metrics.NewExposure != want {
		t.Errorf("new exposure %v; %g with the operation and %g without", p.Metrics.NewExposure, standing[true], standing[false])
	}
	// A search without the operation that came off badly.
	r.instead = func(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
		if len(s.Operations) == 0 {
			p = plan.Of(s)
			return p, plan.Measure(s, p, 0)
		}
		return p, nil
	}
	if p := kept(t, s, ran(t, s, x, r, "plan", `{}`)); p.Metrics.NewExposure == nil || *p.Metrics.NewExposure != 0 {
		t.Errorf("new exposure %v, below nothing", p.Metrics.NewExposure)
	}
}

// A plan that the checker does not pass is a fault of the program: the job fails, and no
// plan is kept.
func TestPlanThatDoesNotHoldIsNotKept(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	for name, spoil := range map[string]func(s *scenario.Scenario, p *plan.Plan){
		"a false number": func(s *scenario.Scenario, p *plan.Plan) {
			if len(s.Operations) > 0 {
				p.Metrics.Objective++
			}
		},
		"a broken rule": func(s *scenario.Scenario, p *plan.Plan) {
			if len(s.Operations) > 0 {
				p.Tours[0].Home++
			}
		},
		"without the operations": func(s *scenario.Scenario, p *plan.Plan) {
			if len(s.Operations) == 0 {
				p.Tours[0].Home++
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{instead: func(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
				spoil(s, p)
				return p, nil
			}}
			job := ran(t, s, x, r, "plan", `{"name":"spoilt"}`)
			if job.State != store.Failed || job.Plan != "" || !strings.Contains(job.Failure, "false numbers; please report this with the scenario") {
				t.Errorf("%s, plan %q, %q", job.State, job.Plan, job.Failure)
			}
			if plans, err := s.Plans(t.Context(), x.ID, "", 10); err != nil || len(plans) != 0 {
				t.Errorf("%d plans were kept, %v", len(plans), err)
			}
		})
	}
}

var errNothing = errors.New("no plan was found")

// Where the engine finds nothing, the job fails with its reason.
func TestNoPlan(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	r := &recorder{instead: func(*scenario.Scenario, *plan.Plan) (*plan.Plan, error) {
		return nil, errNothing
	}}
	if job := ran(t, s, x, r, "plan", `{}`); job.State != store.Failed || job.Failure != errNothing.Error() {
		t.Errorf("%s: %s", job.State, job.Failure)
	}
}

// A plan, and a question, start from the plan that they are asked to start from; one that
// is gone is no reason not to plan.
func TestStartsFromThePlanAskedFor(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	first := ran(t, s, x, &recorder{}, "plan", `{}`)
	start := kept(t, s, first)
	for _, kind := range []string{"plan", "lose", "tradeoff", "ask"} {
		r := &recorder{}
		if job := ran(t, s, x, r, kind, `{"iterations":5,"from":"`+first.Plan+`"}`); job.State != store.Done {
			t.Fatalf("%s: %s", kind, job.Failure)
		}
		if from := r.calls[0].o.From; from == nil || !reflect.DeepEqual(from, start) {
			t.Errorf("%s starts from %v, not from the plan asked for", kind, from)
		}
		r = &recorder{}
		if job := ran(t, s, x, r, kind, `{"iterations":5,"from":"gone"}`); job.State != store.Done || r.calls[0].o.From != nil {
			t.Errorf("%s from a plan that is gone: %s %s, starts from %v", kind, job.State, job.Failure, r.calls[0].o.From)
		}
	}
}

// Each kind of question asks what its options say, and has a default for what they do not.
func TestQuestionsAskForWhatTheOptionsSay(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	everybody := 3 + 2*4 - 1 // the plan of five tries makes no use of one of them, so that it is the plan without that one too
	for name, c := range map[string]struct {
		kind, options string
		want          func(calls []asked, result string) string
	}{
		"one lost": {"lose", `{"iterations":5}`, func(calls []asked, _ string) string {
			lost := map[int]int{} // contributors lost to searches
			for _, c := range calls {
				lost[len(c.s.Variant().Lost)]++
			}
			return same(lost, map[int]int{0: 3, 1: everybody - 3}) // with everybody: a plan, its control and how soon; without one: a plan and how soon
		}},
		"two lost": {"lose", `{"iterations":5,"lose":2}`, func(calls []asked, _ string) string {
			lost := map[int]int{}
			for _, c := range calls {
				lost[len(c.s.Variant().Lost)]++
			}
			return same(lost, map[int]int{0: 3, 2: 12})
		}},
		"trade-off":               {"tradeoff", `{"iterations":5}`, func(calls []asked, _ string) string { return same(len(calls), 12) }},
		"trade-off of few points": {"tradeoff", `{"iterations":5,"points":3}`, func(calls []asked, _ string) string { return same(len(calls), 3) }},
		"D-day": {"d-day", `{"iterations":5}`, func(calls []asked, _ string) string {
			var want []int
			for d := 0; d <= 30; d += 2 { // half the calendar of 60 days, about a dozen of them; a plan and how soon
				want = append(want, d, d)
			}
			return same(dDays(calls), want)
		}},
		"D-day from a day": {"d-day", `{"iterations":5,"operation":"reassurance","first_day":"2025-05-11","last_day":"2025-05-23","step":5}`, func(calls []asked, _ string) string {
			return same(dDays(calls), []int{10, 10, 15, 15, 20, 20})
		}},
		"D-day over three weeks": {"d-day", `{"iterations":5,"first_day":"2025-05-01","last_day":"2025-05-23"}`, func(calls []asked, _ string) string {
			return same(slices.Compact(dDays(calls)), []int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22})
		}},
		"the variant and the seed": {"lose", `{"iterations":5,"seed":9,"policy":"balanced","today":"2025-05-04"}`, func(calls []asked, _ string) string {
			for _, c := range calls {
				if c.s.Policy != scenario.Balanced || c.s.Today != scenario.DayTime(3) || c.o.Seed != 9 || c.o.Iterations != 5 || c.o.Scenario == "" {
					return "a search of " + string(c.s.Policy) + " with other options"
				}
			}
			return same(len(calls), everybody)
		}},
		"the first seed": {"lose", `{"iterations":5}`, func(calls []asked, _ string) string {
			for _, c := range calls {
				if c.o.Seed != 1 {
					return "another seed"
				}
			}
			return ""
		}},
		"as long as it says": {"lose", `{"seconds":50}`, func(calls []asked, _ string) string {
			sum := time.Duration(0)
			for _, c := range calls {
				sum += c.o.Time
			}
			return same(sum > 45*time.Second && sum <= 51*time.Second, true)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			job := ran(t, s, x, r, c.kind, c.options)
			if job.State != store.Done {
				t.Fatal(job.Failure)
			}
			if wrong := c.want(r.calls, string(job.Result)); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}

// dDays are the D-days of some searches, by day number, in order.
func dDays(calls []asked) (days []int) {
	for _, c := range calls {
		days = append(days, c.s.Operations[0].DDay.Likely.Number())
	}
	slices.Sort(days)
	return days
}

// same says how a value differs from what is wanted, "" if it does not.
func same[T any](got, want T) string {
	if reflect.DeepEqual(got, want) {
		return ""
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	return "got " + string(a) + ", want " + string(b)
}

// Days that the calendar does not have are refused before anything is searched.
func TestDaysOutsideTheCalendar(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	for options, want := range map[string]string{
		`{"d_day":{"reassurance":"2052-06-01"}}`:                   "d_day reassurance=2052-06-01: it must be a day of the calendar, 2025-05-01 to 2025-06-29",
		`{"first_day":"0001-01-01","last_day":"2025-05-03"}`:       "first_day 0001-01-01 of d-day: it must be a day of the calendar",
		`{"first_day":"2025-05-01","last_day":"2025-06-30"}`:       "last_day 2025-06-30 of d-day: it must be a day of the calendar",
		`{"first_day":"2025-06-01","last_day":"2025-05-01"}`:       "last_day 2025-05-01 of d-day: it must be 2025-06-01, the first day, or later",
		`{"operation":"parade","first_day":"2025-05-01","step":9}`: `unknown operation "parade"`,
	} {
		r := &recorder{}
		if job := ran(t, s, x, r, "d-day", options); job.State != store.Failed || !strings.Contains(job.Failure, want) || len(r.calls) > 0 {
			t.Errorf("%s: %s %q after %d searches", options, job.State, job.Failure, len(r.calls))
		}
	}
}

// How far a job is reaches who listens ten times a second at most, and the ledger at the
// next beat.
func TestProgress(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	job := queue(t, s, x, "plan", `{}`)
	w := jobs.New(s, "w", quiet())
	w.Beat = time.Millisecond
	var heard []float64
	w.Notify = func(_ *store.Job, p jobs.Progress) {
		if p.Objective > 0 && !slices.Contains(heard, p.Objective) {
			heard = append(heard, p.Objective)
		}
		if (p.Bound != nil) != (p.Objective == 4) {
			t.Errorf("at %g the bound is %v", p.Objective, p.Bound)
		}
	}
	once := sync.Once{}
	w.Engine = func(ctx context.Context, s2 *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
		once.Do(func() {
			for _, p := range []engine.Progress{
				{Objective: 1, Elapsed: 90 * time.Millisecond}, {Objective: 2, Elapsed: 110 * time.Millisecond, Bound: math.Inf(-1)},
				{Objective: 3, Elapsed: 200 * time.Millisecond}, {Objective: 4, Elapsed: 300 * time.Millisecond, Bound: 3},
			} {
				o.Progress(p)
			}
			wait(t, s, job.ID, func(j *store.Job, _ []store.Job) bool { // for a beat
				return string(j.Progress) == `{"objective":4,"bound":3,"gap":0.25,"seconds":0.3}`
			})
		})
		return engine.Solve(ctx, s2, engine.Options{Seed: 1, Iterations: 5})
	}
	if done := until(t, w, job.ID, ended); done.State != store.Done {
		t.Fatal(done.Failure)
	}
	if !slices.Equal(heard, []float64{2, 4}) {
		t.Errorf("heard of %v; one at 110 ms and one at 300", heard)
	}
}

// As long as its worker renews the claim of a job, nobody else takes it, however long it
// lasts.
func TestBeatsKeepTheClaim(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	var mu sync.Mutex
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	job := queue(t, s, x, "plan", `{}`)
	w := jobs.New(s, "w", quiet())
	w.Beat = time.Millisecond
	once := sync.Once{}
	w.Engine = func(ctx context.Context, s2 *scenario.Scenario, _ engine.Options) (*plan.Plan, error) {
		once.Do(func() {
			for range 5 {
				mu.Lock()
				now = now.Add(w.Stale * 3 / 4)
				late := now
				mu.Unlock()
				wait(t, s, job.ID, func(j *store.Job, _ []store.Job) bool { return !j.Beat.Before(late) })
				if other, err := s.Claim(ctx, "another", w.Stale, w.Most); err != nil || other != nil {
					t.Errorf("another took the job: %+v, %v", other, err)
				}
			}
		})
		return engine.Solve(ctx, s2, engine.Options{Seed: 1, Iterations: 5})
	}
	if done := until(t, w, job.ID, ended); done.State != store.Done || done.Worker != "w" || done.Attempts != 1 {
		t.Errorf("%+v", done)
	}
}

// A panic fails its job, wherever it is, with a reason that says where to look; the worker
// does the next.
func TestPanics(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	for name, c := range map[string]struct {
		kind  string
		fault func(w *jobs.Worker)
	}{
		"in the planner": {"plan", func(w *jobs.Worker) { w.Engine = (&recorder{instead: faulty}).plan }},
		"in a goroutine of a question": {"tradeoff", func(w *jobs.Worker) {
			w.Engine = (&recorder{instead: func(s *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
				if *s.Weights.Exposure.Standing != 64 { // of the points between the ends
					return faulty(s, p)
				}
				return p, nil
			}}).plan
		}},
		"in who listens": {"lose", func(w *jobs.Worker) {
			then := w.Notify
			w.Notify = func(j *store.Job, p jobs.Progress) {
				if j.Kind == "lose" && p.Done == 2 && j.State == store.Running {
					panic("no way")
				}
				then(j, p)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			said := &bytes.Buffer{}
			w := jobs.New(s, "w", slog.New(slog.NewTextHandler(said, nil)))
			bad, next := queue(t, s, x, c.kind, `{"iterations":5}`), queue(t, s, x, "d-day", `{"iterations":5,"step":30}`)
			w.Notify = func(*store.Job, jobs.Progress) {}
			c.fault(w)
			if c.kind == "plan" { // the next job plans too
				was := w.Engine
				w.Engine = func(ctx context.Context, s *scenario.Scenario, o engine.Options) (*plan.Plan, error) {
					if o.Progress != nil {
						return was(ctx, s, o)
					}
					return engine.Solve(ctx, s, o)
				}
			}
			if job := until(t, w, next.ID, ended); job.State != store.Done {
				t.Errorf("the next job: %s %s", job.State, job.Failure)
			}
			failed, err := s.Job(t.Context(), bad.ID)
			if err != nil || failed.State != store.Failed || failed.Attempts != 1 || !strings.Contains(failed.Failure, "internal error: no way; the log of worker w says where") {
				t.Errorf("%+v, %v", failed, err)
			}
			if !strings.Contains(said.String(), "internal/jobs/asked_test.go") {
				t.Errorf("the log does not say where: %s", said)
			}
		})
	}
}

// A panic in who listens, when a job is done already, changes nothing about it.
func TestPanicAfterTheEnd(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	said := &bytes.Buffer{}
	w := jobs.New(s, "w", slog.New(slog.NewTextHandler(said, nil)))
	done, next := queue(t, s, x, "plan", `{"iterations":5}`), queue(t, s, x, "plan", `{"iterations":5}`)
	w.Notify = func(j *store.Job, _ jobs.Progress) {
		if j.ID == done.ID && j.State == store.Done {
			panic("no way")
		}
	}
	if job := until(t, w, next.ID, ended); job.State != store.Done {
		t.Errorf("%+v", job)
	}
	if job, err := s.Job(t.Context(), done.ID); err != nil || job.State != store.Done || job.Plan == "" {
		t.Errorf("%+v, %v", job, err)
	}
	if !strings.Contains(said.String(), "jobs_test.TestPanicAfterTheEnd") {
		t.Errorf("the log does not say where: %s", said)
	}
}

// Draws are shared out in parts, each with its part of the time, from the plan for the
// likely facts of the variant that is asked for.
func TestSamplesAreShared(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	first := ran(t, s, x, &recorder{}, "plan", `{}`)
	r := &recorder{}
	job := ran(t, s, x, r, "samples", `{"samples":30,"seconds":40,"seed":3,"policy":"balanced","without":["reassurance"],"from":"`+first.Plan+`"}`)
	if job.State != store.Done || len(r.calls) != 31 {
		t.Fatalf("%s %s after %d searches", job.State, job.Failure, len(r.calls))
	}
	for i, c := range r.calls {
		if c.s.Policy != scenario.Balanced || len(c.s.Operations) != 0 || c.o.Seed != 3 {
			t.Fatalf("search %d is of %s with %d operations, seed %d", i, c.s.Policy, len(c.s.Operations), c.o.Seed)
		}
	}
	if base := r.calls[0].o; base.Time != 10*time.Second || !reflect.DeepEqual(base.From, kept(t, s, first)) {
		t.Errorf("the plan for the likely facts takes %s, from %v", base.Time, base.From)
	}
	if from := r.calls[1].o.From; from == nil || from.Policy != scenario.Balanced || !reflect.DeepEqual(from, r.calls[30].o.From) {
		t.Errorf("a draw starts from %v", from)
	}
	for i, c := range r.calls[1:] {
		if c.o.Time <= 0 || c.o.Time > time.Second {
			t.Errorf("draw %d takes %s, where 30 share 30 seconds", i, c.o.Time)
		}
	}
	parts, err := s.Parts(t.Context(), job.ID)
	if err != nil || len(parts) != 2 {
		t.Fatal(len(parts), err)
	}
	for i, want := range []string{`"share":0.625`, `"share":0.125`} { // 25 and 5 of 30, of three quarters of the time
		if !strings.Contains(string(parts[i].Options), want) {
			t.Errorf("part %d has the options %s, not %s", i, parts[i].Options, want)
		}
	}
	if o := string(parts[1].Options); !strings.Contains(o, `"first":25,"until":30`) {
		t.Errorf("the last part has the options %s", o)
	}
	if !strings.Contains(string(job.Result), `"n":30`) && !strings.Contains(string(job.Result), `"samples":30`) {
		t.Errorf("the answer is of another number of draws: %.200s", job.Result)
	}
}

func TestSamplesByDefault(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	w := jobs.New(s, "w", quiet())
	w.Engine = (&recorder{}).plan
	job := until(t, w, queue(t, s, x, "samples", `{"iterations":5}`).ID, func(j *store.Job) bool { return j.State == store.Waiting })
	if parts, err := s.Parts(t.Context(), job.ID); err != nil || len(parts) != 8 { // of 25 draws each
		t.Errorf("%d parts of 200 draws, %v", len(parts), err)
	}
}

// faulty panics.
func faulty(*scenario.Scenario, *plan.Plan) (*plan.Plan, error) { panic("no way") }

// An answer that cannot be kept fails its job at once: to try again would come to the same.
func TestAnswerThatCannotBeKept(t *testing.T) {
	s, x := fixture(t, t.TempDir())
	r := &recorder{instead: func(_ *scenario.Scenario, p *plan.Plan) (*plan.Plan, error) {
		p.Options.Raised = []scenario.Raise{{Post: "tapa", Add: math.Inf(1)}} // which no JSON holds
		return p, nil
	}}
	if job := ran(t, s, x, r, "plan", `{}`); job.State != store.Failed || job.Attempts != 1 || !strings.Contains(job.Failure, "write the plan") {
		t.Errorf("%+v", job)
	}
}

// A scenario that is not there says so.
func TestNoScenario(t *testing.T) {
	s, _ := fixture(t, t.TempDir())
	if _, err := jobs.Load(t.Context(), s, "none", 1); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}
