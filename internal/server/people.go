package server

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/store"
)

// Issued is a secret with its value, which is shown this once.
type Issued struct {
	*store.Secret
	Value string `json:"value"`
}

func (x *Server) peopleOperations() {
	tags := []string{"people"}
	register(x, coordinates, huma.Operation{Method: "GET", Path: "/api/people", Summary: "All accounts", Tags: tags},
		func(ctx context.Context, _ *struct{}) (*struct{ Body Page[store.Person] }, error) {
			list, err := x.store.People(ctx)
			return &struct{ Body Page[store.Person] }{Page[store.Person]{Items: list}}, err
		})
	register(x, signs, huma.Operation{Method: "GET", Path: "/api/names", Summary: "Names of those who have an account, by ID", Tags: tags},
		func(ctx context.Context, _ *struct{}) (*struct{ Body map[string]string }, error) {
			list, err := x.store.People(ctx)
			names := map[string]string{}
			for _, p := range list {
				names[p.ID] = p.Name
			}
			if x.local != nil {
				names[byFile] = x.local.File
			}
			return &struct{ Body map[string]string }{names}, err
		})
	register(x, coordinates, huma.Operation{Method: "PATCH", Path: "/api/people/{person}", Summary: "Change an account's role or contributor, or disable it", Tags: tags,
		Description: "Who is disabled is signed out at once. With If-Match, the version of the account."},
		func(ctx context.Context, in *struct {
			Person string `path:"person" maxLength:"200"`
			Match  string `header:"If-Match"`
			Body   personChange
		}) (*struct{ Body *store.Person }, error) {
			had, err := ifVersion(in.Match, "")
			if err != nil {
				return nil, err
			}
			p, err := x.changePerson(ctx, in.Person, *had, in.Body)
			return &struct{ Body *store.Person }{p}, err
		})
	register(x, coordinates, huma.Operation{Method: "POST", Path: "/api/invites", Summary: "Invite somebody", Tags: tags, DefaultStatus: 201,
		Description: "The value goes into a link, /invite/VALUE, that is good once and for seven days."},
		func(ctx context.Context, in *struct{ Body Invitation }) (*struct{ Body Issued }, error) {
			if err := goodGrant(in.Body); err != nil {
				return nil, err
			}
			return x.issue(ctx, store.Secret{Kind: store.Invite, Name: fmt.Sprintf("%s %s", in.Body.Role, in.Body.Contributor)}, in.Body, inviteTime)
		})
	register(x, plans, huma.Operation{Method: "POST", Path: "/api/plans/{plan}/share", Summary: "Make a link that shows a plan to whoever has it", Tags: tags, DefaultStatus: 201,
		Description: "The value goes into a link, /share/VALUE. It shows what a viewer sees, and expires."},
		func(ctx context.Context, in *struct {
			PlanIn
			Body struct {
				Days int `json:"days,omitempty" minimum:"1" maximum:"365" doc:"How long it is good; 30 by default."`
			}
		}) (*struct{ Body Issued }, error) {
			if _, err := x.plan(ctx, whoOf(ctx), in.Plan); err != nil {
				return nil, err
			}
			return x.issue(ctx, store.Secret{Kind: store.Share, Name: in.Plan}, map[string]string{"plan": in.Plan}, lasting(in.Body.Days, shareTime))
		})
	register(x, signs, huma.Operation{Method: "GET", Path: "/api/tokens", Summary: "Your tokens for programs", Tags: tags},
		func(ctx context.Context, _ *struct{}) (*struct{ Body Page[store.Secret] }, error) {
			list, err := x.store.Secrets(ctx, store.Token, whoOf(ctx).person.ID)
			return &struct{ Body Page[store.Secret] }{Page[store.Secret]{Items: list}}, err
		})
	register(x, signs, huma.Operation{Method: "POST", Path: "/api/tokens", Summary: "Make a token for a program", Tags: tags, DefaultStatus: 201, Description: "It may do what you may, or only read. Its value is shown this once."},
		func(ctx context.Context, in *struct {
			Body struct {
				Name  string `json:"name" minLength:"1" maxLength:"200"`
				Scope string `json:"scope" enum:"read,write"`
				Days  int    `json:"days,omitempty" minimum:"1" maximum:"3650"`
			}
		}) (*struct{ Body Issued }, error) {
			return x.issue(ctx, store.Secret{Kind: store.Token, Person: whoOf(ctx).person.ID, Name: in.Body.Name}, map[string]string{"scope": in.Body.Scope}, lasting(in.Body.Days, tokenTime))
		})
	register(x, signs, huma.Operation{Method: "DELETE", Path: "/api/tokens/{token}", Summary: "Take one of your tokens back", Tags: tags, DefaultStatus: 204},
		func(ctx context.Context, in *struct {
			Token string `path:"token" maxLength:"100"`
		}) (*struct{}, error) {
			w := whoOf(ctx)
			list, err := x.store.Secrets(ctx, store.Token, w.person.ID)
			if err != nil {
				return nil, err
			}
			for _, s := range list {
				if s.ID == in.Token {
					return nil, x.store.Revoke(ctx, w.by(), s.ID)
				}
			}
			return nil, store.ErrNotFound
		})
}

// personChange is what can be changed of an account; nil is as it was.
type personChange struct {
	Role        *store.Role `json:"role,omitempty" enum:"coordinator,planner,liaison,viewer"`
	Contributor *string     `json:"contributor,omitempty" maxLength:"100"`
	Disabled    *bool       `json:"disabled,omitempty"`
}

// changePerson changes an account, if it is still of the version.
func (x *Server) changePerson(ctx context.Context, id string, version int64, c personChange) (*store.Person, error) {
	p, err := x.store.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.Role != nil {
		p.Role = *c.Role
	}
	if c.Contributor != nil {
		p.Contributor = *c.Contributor
	}
	if c.Disabled != nil {
		p.Disabled = *c.Disabled
	}
	w := whoOf(ctx)
	if p.ID == w.person.ID && (p.Role != store.Coordinator || p.Disabled) {
		return nil, huma.Error409Conflict("you cannot take your own rights away; another coordinator can")
	}
	if err := goodGrant(Invitation{p.Role, p.Contributor}); err != nil {
		return nil, err
	}
	p.Version = version
	return x.store.ChangePerson(ctx, w.by(), *p)
}

// goodGrant checks that a liaison has a contributor and nobody else does.
func goodGrant(i Invitation) error {
	if !slices.Contains(store.Roles, i.Role) {
		return huma.Error422UnprocessableEntity(fmt.Sprintf("there is no role %q", i.Role))
	}
	if (i.Role == store.Liaison) != (i.Contributor != "") {
		return huma.Error422UnprocessableEntity("a liaison has a contributor, and nobody else", &huma.ErrorDetail{Location: "body.contributor", Message: "needed for a liaison, and for nobody else", Value: i.Contributor})
	}
	return nil
}

// lasting is so many days, or the usual time where none are given.
func lasting(days int, usual time.Duration) time.Duration {
	if days > 0 {
		return time.Duration(days) * 24 * time.Hour
	}
	return usual
}

func (x *Server) issue(ctx context.Context, s store.Secret, grants any, good time.Duration) (*struct{ Body Issued }, error) {
	b, err := json.Marshal(grants)
	if err != nil {
		return nil, fmt.Errorf("write the grants: %w", err)
	}
	s.Grants, s.Expires = b, time.Now().Add(good)
	made, value, err := x.store.Issue(ctx, whoOf(ctx).by(), s)
	return &struct{ Body Issued }{Issued{made, value}}, err
}

func (x *Server) auditOperations() {
	tags := []string{"audit"}
	register(x, coordinates, huma.Operation{Method: "GET", Path: "/api/audit", Summary: "Who did what, when and from where, the newest first", Tags: tags},
		func(ctx context.Context, in *struct {
			Before int64 `query:"before" minimum:"0"`
			Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*struct{ Body Page[store.Entry] }, error) {
			list, err := x.store.Audit(ctx, in.Before, in.Limit+1)
			return &struct{ Body Page[store.Entry] }{page(list, in.Limit, func(e store.Entry) string { return fmt.Sprint(e.N) })}, err
		})
	register(x, coordinates, huma.Operation{Method: "GET", Path: "/api/audit/verify", Summary: "Whether anybody has tampered with the chain", Tags: tags},
		func(ctx context.Context, in *struct {
			Head string `query:"head" maxLength:"64" doc:"Hash of a line that you noted earlier; the chain must still go through it."`
		}) (*struct{ Body store.Chain }, error) {
			c, err := x.store.VerifyAudit(ctx, in.Head, nil)
			return &struct{ Body store.Chain }{c}, err
		})
}
