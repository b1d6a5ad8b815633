package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/exchange"
	"github.com/rearguard/rearguard/internal/jobs"
	"github.com/rearguard/rearguard/internal/report"
	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/server/live"
	"github.com/rearguard/rearguard/internal/store"
	"github.com/rearguard/rearguard/internal/verify"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/planner"
	"github.com/rearguard/rearguard/scenario"
)

// anyOut is an answer in a form that other documents describe.
type anyOut struct{ Body any }

// PlanIn names a plan.
type PlanIn struct {
	Plan string `path:"plan" maxLength:"100"`
}

// shown is a plan as a principal sees it, with the variant of the scenario that it is of.
type shown struct {
	kept     *store.Plan
	view     *access.View
	whole    *plan.Plan
	resolved *scenario.Scenario // of the whole
	scenario *scenario.Scenario // as seen
	plan     *plan.Plan         // as seen
	written  *scenario.Scenario // the whole, before it was resolved
	news     News
	approval *report.Approval // nil while nobody has approved it
}

func (x *Server) plan(ctx context.Context, principal *auth.Principal, id string) (*shown, error) {
	kept, body, err := x.store.Plan(ctx, id)
	if err != nil {
		return nil, err
	}
	snap, err := x.snapshot(ctx, kept.Scenario, kept.Version)
	if err != nil {
		return nil, err
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("read plan %s: %w", id, err)
	}
	out := &shown{kept: kept, view: x.access(snap, principal), whole: p, written: snap.scenario, news: x.news(kept)}
	if out.resolved, err = scenario.Resolve(snap.scenario, p.Variant()); err != nil {
		return nil, fmt.Errorf("resolve the scenario of plan %s: %w", id, err)
	}
	if out.approval, err = x.approvalOf(ctx, kept); err != nil {
		return nil, err
	}
	out.scenario, out.plan, err = out.view.Plan(out.resolved, p)
	return out, err
}

// approvalOf is a plan's approval with the name of who gave it.
func (x *Server) approvalOf(ctx context.Context, p *store.Plan) (*report.Approval, error) {
	if p.Approval == nil {
		return nil, nil
	}
	person, err := x.store.Person(ctx, p.Approval.Actor)
	if err != nil {
		return nil, fmt.Errorf("read who approved plan %s: %w", p.ID, err)
	}
	return &report.Approval{Name: person.Name, Day: p.Approval.At.Format(time.DateOnly)}, nil
}

// page is the data of the plan's page. Its verdict is of the whole plan; news are for
// those who see all of it.
func (s *shown) page() (*report.Document, error) {
	d, err := s.document()
	if err == nil {
		d.Approval = s.approval
	}
	return d, err
}

func (s *shown) document() (*report.Document, error) {
	checked := verify.Check(s.resolved, s.whole)
	if s.view.Whole() {
		d, err := report.Checked(s.scenario, s.plan, checked)
		if err == nil {
			s.news.tell(d, s.written, s.resolved)
		}
		return d, err
	}
	d, err := report.NewDocument(s.scenario, s.plan)
	if err != nil {
		return nil, err
	}
	d.Verdict.Verified = checked.OK()
	d.Verdict.Another = "made with more than is released to you; the numbers here are of what is"
	d.Proof.Withheld, d.Proof.Text = true, "How good the whole plan is proven to be is not released to you."
	return d, nil
}

// file is the plan in a format.
func (s *shown) file(f *exchange.Format) ([]byte, error) {
	var b bytes.Buffer
	err := f.WritePlan(&b, &exchange.Shown{Scenario: s.scenario, Plan: s.plan, Document: s.page})
	return b.Bytes(), err
}

func (x *Server) planOperations() {
	tags := []string{"plans"}
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/scenarios/{scenario}/plans", Summary: "A scenario's plans, the newest first", Tags: tags}, x.listPlans)
	register(x, auth.Plan, huma.Operation{Method: "POST", Path: "/api/scenarios/{scenario}/plans", Summary: "Keep a plan that was made elsewhere", Tags: tags, DefaultStatus: 201, MaxBodyBytes: mostBody, BodyReadTimeout: slowest,
		Description: "The body is a plan.json for the newest version. It is kept only if it keeps every rule and its numbers are true."}, x.keepPlan)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/plans/{plan}", Summary: "A plan, as you see it: plan.json", Tags: tags}, x.readPlan)
	register(x, auth.Plan, huma.Operation{Method: "DELETE", Path: "/api/plans/{plan}", Summary: "Take a plan out of sight", Tags: tags, DefaultStatus: 204}, x.removePlan)
	register(x, auth.Approve, huma.Operation{Method: "POST", Path: "/api/plans/{plan}/approval", Summary: "Approve a plan", Tags: tags, DefaultStatus: 204,
		Description: "Of a plan that you see whole. It stays until its approval is taken back."}, x.approvePlan)
	register(x, auth.Approve, huma.Operation{Method: "DELETE", Path: "/api/plans/{plan}/approval", Summary: "Take the approval of a plan back", Tags: tags, DefaultStatus: 204}, x.takeBackApproval)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/plans/{plan}/document", Summary: "What the page of a plan shows, as you see it", Tags: tags}, x.planDocument)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/plans/{plan}/timetable", Summary: "Decisions and orders by date, as you see them", Tags: tags}, x.timetable)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/plans/{plan}/explain", Summary: "Why a unit is here and not there, or who else could have held a post on a day", Tags: tags,
		Description: "Of a plan that you see whole; else the reasons would tell what you do not see."}, x.explainPlan)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/plans/{plan}/export/{format}", Summary: "A plan as a file, as you see it", Tags: tags}, x.exportPlan)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/compare", Summary: "What two plans do otherwise, as you see them", Tags: tags}, x.comparePlans)
}

func (x *Server) listPlans(ctx context.Context, in *struct {
	ScenarioIn
	Before string `query:"before" maxLength:"100"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}) (*reply[*Page[store.Plan]], error) {
	if _, err := x.snapshot(ctx, in.Scenario, 0); err != nil {
		return nil, err
	}
	list, err := x.store.Plans(ctx, in.Scenario, in.Before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	for i := range list {
		whole, err := x.seesAll(ctx, auth.From(ctx), in.Scenario, list[i].Version)
		if err != nil {
			return nil, err
		}
		if !whole { // its numbers are of the whole plan
			list[i].Summary = json.RawMessage("null")
		}
	}
	p := page(list, in.Limit, func(p store.Plan) string { return p.ID })
	return replyOf(&p, nil)
}

func (x *Server) keepPlan(ctx context.Context, in *struct {
	ScenarioIn
	Name string `query:"name" maxLength:"200"`
	Body json.RawMessage
}) (*reply[*store.Plan], error) {
	principal := auth.From(ctx)
	snap, err := x.snapshot(ctx, in.Scenario, 0)
	if err != nil {
		return nil, err
	}
	if !x.access(snap, principal).Whole() {
		return nil, huma.Error403Forbidden("not all of the scenario is released to you, and whether a plan holds hangs on all of it; queue a job, or ask a coordinator to keep the plan")
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(in.Body, p); err != nil || p.Format != plan.Format {
		return nil, huma.Error422UnprocessableEntity(fmt.Sprintf("this is no plan.json of format %d", plan.Format))
	}
	resolved, err := scenario.Resolve(snap.scenario, p.Variant())
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	if checked := verify.Check(resolved, p); !checked.OK() {
		var wrong []error
		for _, b := range checked.Breaches {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body", Message: b.String()})
		}
		for _, d := range checked.Differences {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body", Message: d.String()})
		}
		return nil, huma.Error422UnprocessableEntity("the plan does not hold; it was not kept", wrong...)
	}
	summary, body, err := jobs.Encode(p)
	if err != nil {
		return nil, err
	}
	return replyOf(x.store.KeepPlan(ctx, principal.Actor(), in.Scenario, snap.version, in.Name, summary, body))
}

func (x *Server) readPlan(ctx context.Context, in *PlanIn) (*anyOut, error) {
	s, err := x.plan(ctx, auth.From(ctx), in.Plan)
	if err != nil {
		return nil, err
	}
	return &anyOut{s.plan}, nil
}

func (x *Server) removePlan(ctx context.Context, in *PlanIn) (*struct{}, error) {
	return nil, x.store.RemovePlan(ctx, auth.From(ctx).Actor(), in.Plan)
}

func (x *Server) approvePlan(ctx context.Context, in *PlanIn) (*struct{}, error) {
	s, err := x.plan(ctx, auth.From(ctx), in.Plan)
	if err != nil {
		return nil, err
	}
	if !s.view.Whole() {
		return nil, huma.Error403Forbidden("you do not see all of this plan, and would approve what you do not see")
	}
	return nil, x.judged(s.kept, x.store.Approve(ctx, auth.From(ctx).Actor(), in.Plan))
}

func (x *Server) takeBackApproval(ctx context.Context, in *PlanIn) (*struct{}, error) {
	kept, _, err := x.store.Plan(ctx, in.Plan)
	if err != nil {
		return nil, err
	}
	return nil, x.judged(kept, x.store.TakeBackApproval(ctx, auth.From(ctx).Actor(), in.Plan))
}

// judged tells everybody of a plan that was approved, or is no longer.
func (x *Server) judged(p *store.Plan, err error) error {
	if err == nil {
		x.hub.Tell(p.Scenario, func(*auth.Principal) (live.Event, bool) {
			return live.Event{Name: "plan", Data: map[string]string{"id": p.ID}}, true
		})
	}
	return err
}

func (x *Server) planDocument(ctx context.Context, in *PlanIn) (*anyOut, error) {
	s, err := x.plan(ctx, auth.From(ctx), in.Plan)
	if err != nil {
		return nil, err
	}
	d, err := s.page()
	return &anyOut{d}, err
}

func (x *Server) timetable(ctx context.Context, in *struct {
	PlanIn
	Today string `query:"today" format:"date" doc:"That of the plan by default."`
}) (*anyOut, error) {
	s, err := x.plan(ctx, auth.From(ctx), in.Plan)
	if err != nil {
		return nil, err
	}
	today := s.scenario.Calendar.Date(s.scenario.Today.Number())
	if in.Today != "" {
		if today, err = scenario.ParseDate(in.Today); err != nil {
			return nil, huma.Error422UnprocessableEntity("today " + err.Error())
		}
	}
	t, err := report.NewTimetable(s.scenario, s.plan, today)
	return &anyOut{t}, err
}

func (x *Server) explainPlan(ctx context.Context, in *struct {
	PlanIn
	Of  string `query:"of" required:"true" maxLength:"300" doc:"A unit or a post."`
	Day string `query:"day" format:"date" doc:"With a post."`
}) (*anyOut, error) {
	s, err := x.plan(ctx, auth.From(ctx), in.Plan)
	if err != nil {
		return nil, err
	}
	if !s.view.Whole() {
		return nil, huma.Error403Forbidden("you do not see all of this plan, and its reasons rest on all of it; ask a coordinator")
	}
	var day *scenario.Date
	if in.Day != "" {
		d, err := scenario.ParseDate(in.Day)
		if err != nil {
			return nil, huma.Error422UnprocessableEntity("day " + err.Error())
		}
		day = &d
	}
	a, err := planner.Checked(s.written).Explain(ctx, planner.Variant{}, planner.Search{}, planner.ExplainOptions{Plan: s.plan, ID: in.Of, Day: day})
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return &anyOut{a}, nil
}

func (x *Server) exportPlan(ctx context.Context, in *struct {
	PlanIn
	Format PlanFormat `path:"format" doc:"GET /api/formats says what each is."`
}) (*fileOut, error) {
	s, err := x.plan(ctx, auth.From(ctx), in.Plan)
	if err != nil {
		return nil, err
	}
	f := exchange.OfPlan(string(in.Format))
	data, err := s.file(f)
	if err != nil {
		return nil, err
	}
	return fileOf(s.scenario.Name, f, data), nil
}

func (x *Server) comparePlans(ctx context.Context, in *struct {
	A string `query:"a" required:"true" maxLength:"100"`
	B string `query:"b" required:"true" maxLength:"100"`
}) (*anyOut, error) {
	var both [2]report.Compared
	for i, id := range []string{in.A, in.B} {
		s, err := x.plan(ctx, auth.From(ctx), id)
		if err != nil {
			return nil, err
		}
		both[i] = report.Compared{Name: s.kept.Name, Scenario: s.scenario, Plan: s.plan}
	}
	c, err := report.Compare(both[0], both[1])
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return &anyOut{c}, nil
}
