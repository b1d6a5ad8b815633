package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// JobIn names a job.
type JobIn struct {
	Job string `path:"job" maxLength:"100"`
}

// Job is a job as its reader sees it.
type Job struct {
	store.Job
	Withheld bool `json:"withheld" doc:"Not all of the scenario is released to the reader: how good what was found is, the answer, and why the job failed are not told."`
}

// job is what somebody sees of a job. What it found is of the whole scenario: its cost and its
// bound tell of what is not released, and its answer names who could be lost.
func (x *Server) job(ctx context.Context, w *who, j *store.Job) (*Job, error) {
	whole, err := x.seesAll(ctx, w, j.Scenario, j.Version)
	if err != nil {
		return nil, err
	}
	seen := &Job{Job: *j, Withheld: !whole}
	if whole {
		return seen, nil
	}
	var p jobs.Progress
	_ = json.Unmarshal(j.Progress, &p) // what cannot be read is not told
	if seen.Progress, err = json.Marshal(jobs.Progress{Seconds: p.Seconds}); err != nil {
		return nil, fmt.Errorf("write the progress: %w", err)
	}
	seen.Result, seen.Failure = nil, failure(j)
	return seen, nil
}

// failure is why a job failed, for who does not see all of the scenario.
func failure(j *store.Job) string {
	if j.Failure == "" {
		return ""
	}
	return "it failed; a coordinator sees why"
}

// possible checks the variant that a job is of, by what its author sees: once it runs, what is
// wrong with it is told to who sees all.
func possible(seen *scenario.Scenario, t *jobs.Task) error {
	var operations []string
	for _, op := range seen.Operations {
		operations = append(operations, op.ID)
	}
	var wrong []error
	named := func(location string, names ...string) {
		for _, name := range names {
			if !slices.Contains(operations, name) {
				wrong = append(wrong, unknown("body.options."+location, "operation", name, operations))
			}
		}
	}
	named("d_day", slices.Sorted(maps.Keys(t.DDay))...)
	named("without", t.Without...)
	if d, is := t.Asked.(interface{ About() string }); is && d.About() != "" {
		named("operation", d.About())
	}
	if wrong != nil {
		return huma.Error422UnprocessableEntity("the job cannot be done", wrong...)
	}
	return nil
}

// unknown says that a scenario has no such thing, with the name that is likely meant among
// those that are seen.
func unknown(location, what, name string, among []string) *huma.ErrorDetail {
	message := fmt.Sprintf("the scenario has no %s %q", what, name)
	if near := scenario.Nearest(name, among); near != "" {
		message += ". Maybe: " + near
	}
	return &huma.ErrorDetail{Location: location, Message: message, Value: name}
}

// queue keeps a job on a scenario's newest version and tells of it.
func (x *Server) queue(ctx context.Context, w *who, s *store.Scenario, kind string, options json.RawMessage) (*Job, error) {
	j, err := x.store.Enqueue(ctx, w.by(), store.Job{Scenario: s.ID, Version: s.Version, Kind: kind, Options: options})
	if err != nil {
		return nil, err
	}
	x.jobChanged(j, jobs.Progress{})
	x.wake()
	return x.job(ctx, w, j)
}

// wake makes idle workers look at the queue at once.
func (x *Server) wake() {
	for _, w := range x.workers {
		w.Wake()
	}
}

func (x *Server) jobOperations() {
	tags := []string{"jobs"}
	register(x, plans, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/jobs", Summary: "Queue a job on the newest version", Tags: tags, DefaultStatus: 202,
		Description: "plan makes a plan; the other kinds answer a question. Workers share what can be divided. What is queued will be run, whatever happens to this process."},
		func(ctx context.Context, in *struct {
			ScenarioIn
			Body struct {
				Kind    JobKind    `json:"kind"`
				Options JobOptions `json:"options,omitempty"`
			}
		}) (*struct{ Body *Job }, error) {
			s, err := x.store.Scenario(ctx, in.Scenario)
			if err != nil {
				return nil, err
			}
			seen, err := x.see(ctx, whoOf(ctx), in.Scenario, s.Version)
			if err != nil {
				return nil, err
			}
			kind, options := string(in.Body.Kind), json.RawMessage(in.Body.Options)
			task, err := jobs.Parse(kind, options)
			if option, ok := errors.AsType[*planner.OptionError](err); ok {
				return nil, huma.Error422UnprocessableEntity("the job cannot be done", &huma.ErrorDetail{Location: "body.options." + option.Option, Message: option.Error(), Value: option.Value})
			}
			if err != nil {
				return nil, huma.Error422UnprocessableEntity(err.Error())
			}
			if err := possible(seen.scenario, task); err != nil {
				return nil, err
			}
			j, err := x.queue(ctx, whoOf(ctx), s, kind, options)
			return &struct{ Body *Job }{j}, err
		})
	register(x, plans, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/jobs", Summary: "A scenario's jobs, the newest first, without their answers", Tags: tags},
		func(ctx context.Context, in *struct {
			ScenarioIn
			Before string `query:"before" maxLength:"100"`
			Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (*struct{ Body Page[Job] }, error) {
			list, err := x.store.Jobs(ctx, in.Scenario, in.Before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			seen := make([]Job, len(list))
			for i := range list {
				list[i].Result = nil
				j, err := x.job(ctx, whoOf(ctx), &list[i])
				if err != nil {
					return nil, err
				}
				seen[i] = *j
			}
			return &struct{ Body Page[Job] }{page(seen, in.Limit, func(j Job) string { return j.ID })}, nil
		})
	register(x, plans, huma.Operation{Method: "GET", Path: "/api/jobs/{job}", Summary: "A job, with its answer", Tags: tags},
		func(ctx context.Context, in *JobIn) (*struct{ Body *Job }, error) {
			j, err := x.store.Job(ctx, in.Job)
			if err != nil {
				return nil, err
			}
			seen, err := x.job(ctx, whoOf(ctx), j)
			return &struct{ Body *Job }{seen}, err
		})
	register(x, plans, huma.Operation{Method: "GET", Path: "/api/jobs/{job}/answer", Summary: "A question's answer as sentences, a chart and a table", Tags: tags},
		func(ctx context.Context, in *JobIn) (*anyOut, error) {
			j, err := x.store.Job(ctx, in.Job)
			if err != nil {
				return nil, err
			}
			seen, err := x.job(ctx, whoOf(ctx), j)
			if err != nil {
				return nil, err
			}
			if seen.Withheld {
				return nil, huma.Error409Conflict("not all of the scenario is released to you, and the answer is of all of it; ask a coordinator")
			}
			if len(seen.Result) == 0 {
				return nil, huma.Error409Conflict("there is no answer yet")
			}
			a, err := x.told(ctx, j)
			return &anyOut{a}, err
		})
	for verb, do := range map[string]func(context.Context, store.By, string) error{"cancel": x.store.Cancel, "retry": x.store.Retry} {
		summary := map[string]string{"cancel": "Cancel a job that has not ended", "retry": "Queue a job again that failed or was cancelled"}[verb]
		register(x, plans, huma.Operation{Method: "POST", Path: "/api/jobs/{job}/" + verb, Summary: summary, Tags: tags, DefaultStatus: 204},
			func(ctx context.Context, in *JobIn) (*struct{}, error) {
				if err := do(ctx, whoOf(ctx).by(), in.Job); err != nil {
					return nil, err
				}
				if j, err := x.store.Job(ctx, in.Job); err == nil {
					x.jobChanged(j, jobs.Progress{})
				}
				x.wake()
				return nil, nil
			})
	}
}

// told is a job's answer as the page of a report has it.
func (x *Server) told(ctx context.Context, j *store.Job) (*planner.Answer, error) {
	h, err := x.head(ctx, j.Scenario, j.Version)
	if err != nil {
		return nil, err
	}
	task, err := jobs.Parse(j.Kind, j.Options)
	if err != nil {
		return nil, err
	}
	if task.Question == nil {
		return nil, huma.Error422UnprocessableEntity("a job of the kind " + j.Kind + " has a plan, and no answer in words")
	}
	s, err := h.planner().Resolve(task.Variant)
	if err != nil {
		return nil, err
	}
	a, err := task.Question.TellJSON(s, j.Result)
	return &a, err
}

// JobKind is a plan or a question.
type JobKind string

// Schema lists the kinds.
func (JobKind) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, kind := range jobs.Kinds() {
		s.Enum = append(s.Enum, kind)
	}
	return s
}

// JobOptions are the options of a job: the common ones, and those of its question.
type JobOptions json.RawMessage

// UnmarshalJSON keeps the options as they are; jobs.Parse reads them.
func (o *JobOptions) UnmarshalJSON(b []byte) error {
	*o = append((*o)[:0], b...)
	return nil
}

// MarshalJSON writes them as they came.
func (o JobOptions) MarshalJSON() ([]byte, error) { return json.RawMessage(o).MarshalJSON() }

// Schema lists the options of all questions, each with the question that it is of.
func (JobOptions) Schema(r huma.Registry) *huma.Schema {
	all := huma.SchemaFromType(r, reflect.TypeFor[jobs.Options]())
	for _, q := range planner.Questions() {
		own := huma.SchemaFromType(r, q.OptionsType())
		for name, p := range own.Properties {
			if had, twice := all.Properties[name]; twice {
				p = had
			}
			if p.Default != nil { // in words, since a default that a client must send is none
				p.Description = fmt.Sprintf("%s Of %s; %v by default.", p.Description, q.Name, p.Default)
				p.Default = nil
			}
			all.Properties[name] = p
		}
	}
	all.Required, all.AdditionalProperties = nil, false
	return all
}
