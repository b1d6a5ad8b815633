package server

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

// Issued is a secret with its value, which is shown this once.
type Issued struct {
	*store.Secret
	Value string `json:"value"`
}

func issued(s *store.Secret, value string, err error) (*reply[Issued], error) {
	return replyOf(Issued{s, value}, err)
}

// RoleName is the name of a role.
type RoleName string

// Schema lists the roles.
func (RoleName) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, r := range auth.Roles {
		s.Enum = append(s.Enum, string(r.Name))
	}
	return s
}

func (x *Server) peopleOperations() {
	tags := []string{"people"}
	register(x, auth.Administer, huma.Operation{Method: "GET", Path: "/api/people", Summary: "All accounts", Tags: tags}, x.listPeople)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/names", Summary: "Names of those who have an account, by ID", Tags: tags}, x.names)
	register(x, auth.Administer, huma.Operation{Method: "PATCH", Path: "/api/people/{person}", Summary: "Change an account's role or contributor, or disable it", Tags: tags,
		Description: "Who is disabled is signed out at once. With If-Match, the version of the account."}, x.changePerson)
	register(x, auth.Administer, huma.Operation{Method: "POST", Path: "/api/invites", Summary: "Invite somebody", Tags: tags, DefaultStatus: 201,
		Description: "The value goes into a link, /invite/VALUE, that is good once and for seven days."}, x.invite)
	register(x, auth.Share, huma.Operation{Method: "POST", Path: "/api/plans/{plan}/share", Summary: "Make a link that shows a plan to whoever has it", Tags: tags, DefaultStatus: 201,
		Description: "The value goes into a link, /share/VALUE. It shows what a viewer sees, and expires."}, x.share)
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/tokens", Summary: "Your tokens for programs", Tags: tags}, x.listTokens)
	register(x, auth.Read, huma.Operation{Method: "POST", Path: "/api/tokens", Summary: "Make a token for a program", Tags: tags, DefaultStatus: 201, Description: "It may do what you may, or only read. Its value is shown this once."}, x.makeToken)
	register(x, auth.Read, huma.Operation{Method: "DELETE", Path: "/api/tokens/{token}", Summary: "Take one of your tokens back", Tags: tags, DefaultStatus: 204}, x.revokeToken)
}

func (x *Server) listPeople(ctx context.Context, _ *struct{}) (*reply[Page[store.Person]], error) {
	return all(x.store.People(ctx))
}

func (x *Server) names(ctx context.Context, _ *struct{}) (*reply[map[string]string], error) {
	list, err := x.store.People(ctx)
	names := map[string]string{}
	for _, p := range list {
		names[p.ID] = p.Name
	}
	if x.local != nil {
		names[byFile] = x.local.File
	}
	return replyOf(names, err)
}

// personChange is what can be changed of an account; nil is as it was.
type personChange struct {
	Role        *RoleName `json:"role,omitempty"`
	Contributor *string   `json:"contributor,omitempty" maxLength:"100"`
	Disabled    *bool     `json:"disabled,omitempty"`
}

func (x *Server) changePerson(ctx context.Context, in *struct {
	Person string `path:"person" maxLength:"200"`
	Match  string `header:"If-Match"`
	Body   personChange
}) (*reply[*store.Person], error) {
	had, err := ifVersion(in.Match, "")
	if err != nil {
		return nil, err
	}
	return replyOf(x.Accounts.ChangePerson(ctx, auth.From(ctx), in.Person, *had, auth.Change{Role: (*store.Role)(in.Body.Role), Contributor: in.Body.Contributor, Disabled: in.Body.Disabled}))
}

// Invitation is what an invitation grants.
type Invitation struct {
	Role        RoleName `json:"role"`
	Contributor string   `json:"contributor,omitempty" maxLength:"100" doc:"Of a liaison."`
}

func (x *Server) invite(ctx context.Context, in *struct{ Body Invitation }) (*reply[Issued], error) {
	return issued(x.Accounts.Invite(ctx, auth.From(ctx), auth.Grant{Role: store.Role(in.Body.Role), Contributor: in.Body.Contributor}))
}

func (x *Server) share(ctx context.Context, in *struct {
	PlanIn
	Body struct {
		Days int `json:"days,omitempty" minimum:"1" maximum:"365" doc:"How long it is good; 30 by default."`
	}
}) (*reply[Issued], error) {
	if _, err := x.plan(ctx, auth.From(ctx), in.Plan); err != nil {
		return nil, err
	}
	return issued(x.Accounts.Share(ctx, auth.From(ctx), in.Plan, in.Body.Days))
}

func (x *Server) listTokens(ctx context.Context, _ *struct{}) (*reply[Page[store.Secret]], error) {
	return all(x.store.Secrets(ctx, store.Token, auth.From(ctx).Person.ID))
}

func (x *Server) makeToken(ctx context.Context, in *struct {
	Body struct {
		Name  string `json:"name" minLength:"1" maxLength:"200"`
		Scope string `json:"scope" enum:"read,write"`
		Days  int    `json:"days,omitempty" minimum:"1" maximum:"3650"`
	}
}) (*reply[Issued], error) {
	return issued(x.Accounts.IssueToken(ctx, auth.From(ctx), in.Body.Name, in.Body.Scope, in.Body.Days))
}

func (x *Server) revokeToken(ctx context.Context, in *struct {
	Token string `path:"token" maxLength:"100"`
}) (*struct{}, error) {
	return nil, x.Accounts.RevokeToken(ctx, auth.From(ctx), in.Token)
}
