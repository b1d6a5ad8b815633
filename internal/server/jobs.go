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
	"github.com/rearguard/rearguard/internal/server/auth"
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

// job is what a principal sees of a job. What it found is of the whole scenario: its cost and its
// bound tell of what is not released, and its answer names who could be lost.
func (x *Server) job(ctx context.Context, principal *auth.Principal, j *store.Job) (*Job, error) {
	whole, err := x.seesAll(ctx, principal, j.Scenario, j.Version)
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

// failure is why a job failed, for a principal that does not see all of the scenario.
func failure(j *store.Job) string {
	if j.Failure == "" {
		return ""
	}
	return "it failed; a coordinator sees why"
}

// possible checks the variant that a job is of, by what its author sees: once it runs, what is
// wrong with it is told to a principal that sees all.
func possible(seen *scenario.Scenario, spec *jobs.Spec) error {
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
	named("d_day", slices.Sorted(maps.Keys(spec.DDay))...)
	named("without", spec.Without...)
	if d, is := spec.Asked.(interface{ About() string }); is && d.About() != "" {
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
func (x *Server) queue(ctx context.Context, principal *auth.Principal, s *store.Scenario, kind string, options json.RawMessage) (*Job, error) {
	j, err := x.store.Enqueue(ctx, principal.Actor(), store.Job{Scenario: s.ID, Version: s.Version, Kind: kind, Options: options})
	if err != nil {
		return nil, err
	}
	x.jobChanged(j, jobs.Progress{})
	x.wake()
	return x.job(ctx, principal, j)
}

// wake makes idle workers look at the queue at once.
func (x *Server) wake() {
	for _, w := range x.workers {
		w.Wake()
	}
}

func (x *Server) jobOperations() {
	tags := []string{"jobs"}
	register(x, auth.Plan, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/jobs", Summary: "Queue a job on the newest version", Tags: tags, DefaultStatus: 202,
		Description: "plan makes a plan; the other kinds answer a question. Workers share what can be divided. What is queued will be run, whatever happens to this process."}, x.queueJob)
	register(x, auth.Plan, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/jobs", Summary: "A scenario's jobs, the newest first, without their answers", Tags: tags}, x.listJobs)
	register(x, auth.Plan, huma.Operation{Method: "GET", Path: "/api/jobs/{job}", Summary: "A job, with its answer", Tags: tags}, x.readJob)
	register(x, auth.Plan, huma.Operation{Method: "GET", Path: "/api/jobs/{job}/answer", Summary: "A question's answer as sentences, a chart and a table", Tags: tags}, x.jobAnswer)
	register(x, auth.Plan, huma.Operation{Method: "POST", Path: "/api/jobs/{job}/cancel", Summary: "Cancel a job that has not ended", Tags: tags, DefaultStatus: 204}, x.cancelJob)
	register(x, auth.Plan, huma.Operation{Method: "POST", Path: "/api/jobs/{job}/retry", Summary: "Queue a job again that failed or was cancelled", Tags: tags, DefaultStatus: 204}, x.retryJob)
}

// told is a job's answer as the page of a report has it.
func (x *Server) told(ctx context.Context, j *store.Job) (*planner.Answer, error) {
	snap, err := x.snapshot(ctx, j.Scenario, j.Version)
	if err != nil {
		return nil, err
	}
	spec, err := jobs.Parse(j.Kind, j.Options)
	if err != nil {
		return nil, err
	}
	if spec.Question == nil {
		return nil, huma.Error422UnprocessableEntity("a job of the kind " + j.Kind + " has a plan, and no answer in words")
	}
	s, err := snap.planner().Resolve(spec.Variant)
	if err != nil {
		return nil, err
	}
	a, err := spec.Question.TellJSON(s, j.Result)
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

func (x *Server) queueJob(ctx context.Context, in *struct {
	ScenarioIn
	Body struct {
		Kind    JobKind    `json:"kind"`
		Options JobOptions `json:"options,omitempty"`
	}
}) (*reply[*Job], error) {
	s, err := x.store.Scenario(ctx, in.Scenario)
	if err != nil {
		return nil, err
	}
	seen, err := x.view(ctx, auth.From(ctx), in.Scenario, s.Version)
	if err != nil {
		return nil, err
	}
	kind, options := string(in.Body.Kind), json.RawMessage(in.Body.Options)
	spec, err := jobs.Parse(kind, options)
	if option, ok := errors.AsType[*planner.OptionError](err); ok {
		return nil, huma.Error422UnprocessableEntity("the job cannot be done", &huma.ErrorDetail{Location: "body.options." + option.Option, Message: option.Error(), Value: option.Value})
	}
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if err := possible(seen.scenario, spec); err != nil {
		return nil, err
	}
	return replyOf(x.queue(ctx, auth.From(ctx), s, kind, options))
}

func (x *Server) listJobs(ctx context.Context, in *struct {
	ScenarioIn
	Before string `query:"before" maxLength:"100"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}) (*reply[Page[Job]], error) {
	list, err := x.store.Jobs(ctx, in.Scenario, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	seen := make([]Job, len(list))
	for i := range list {
		list[i].Result = nil
		j, err := x.job(ctx, auth.From(ctx), &list[i])
		if err != nil {
			return nil, err
		}
		seen[i] = *j
	}
	return replyOf(page(seen, in.Limit, func(j Job) string { return j.ID }), nil)
}

func (x *Server) readJob(ctx context.Context, in *JobIn) (*reply[*Job], error) {
	j, err := x.store.Job(ctx, in.Job)
	if err != nil {
		return nil, err
	}
	return replyOf(x.job(ctx, auth.From(ctx), j))
}

func (x *Server) jobAnswer(ctx context.Context, in *JobIn) (*anyOut, error) {
	j, err := x.store.Job(ctx, in.Job)
	if err != nil {
		return nil, err
	}
	seen, err := x.job(ctx, auth.From(ctx), j)
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
}

func (x *Server) cancelJob(ctx context.Context, in *JobIn) (*struct{}, error) {
	return nil, x.moved(ctx, in.Job, x.store.Cancel)
}

func (x *Server) retryJob(ctx context.Context, in *JobIn) (*struct{}, error) {
	return nil, x.moved(ctx, in.Job, x.store.Retry)
}

// moved does something to a job and tells of it.
func (x *Server) moved(ctx context.Context, id string, do func(context.Context, store.Actor, string) error) error {
	if err := do(ctx, auth.From(ctx).Actor(), id); err != nil {
		return err
	}
	if j, err := x.store.Job(ctx, id); err == nil {
		x.jobChanged(j, jobs.Progress{})
	}
	x.wake()
	return nil
}
