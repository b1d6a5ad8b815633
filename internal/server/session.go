package server

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

// Session is who has signed in.
type Session struct {
	Person *store.Person `json:"person"`
	Local  bool          `json:"local" doc:"The server is on its one user's machine, and nobody has to sign in."`
	May    []string      `json:"may" doc:"Names of the permissions that the person has."`
	Work   *Work         `json:"work,omitempty" doc:"Of a local server."`
}

// Work is where a local server keeps what is saved and kept.
type Work struct {
	File string   `json:"file" doc:"Name of the scenario's file."`
	Kept string   `json:"kept" doc:"Path of the file that holds what is saved and kept; empty if that ends with the server."`
	Told []string `json:"told" doc:"What happened to the scenario's file since the server started."`
}

func (x *Server) sessionOperations() {
	tags := []string{"session"}
	register(x, auth.Read, huma.Operation{Method: "GET", Path: "/api/session", Summary: "Who has signed in", Tags: tags}, x.readSession)
	register(x, auth.Public, huma.Operation{Method: "POST", Path: "/api/session", Summary: "Sign in", Tags: tags, DefaultStatus: 201}, x.signIn)
	register(x, auth.Public, huma.Operation{Method: "POST", Path: "/api/session/accept", Summary: "Make an account by an invitation, and sign in", Tags: tags, DefaultStatus: 201}, x.accept)
	register(x, auth.Read, huma.Operation{Method: "DELETE", Path: "/api/session", Summary: "Sign out", Tags: tags, DefaultStatus: 204}, x.signOut)
}

func (x *Server) sessionOf(p *store.Person) Session {
	return Session{p, x.local != nil, (&auth.Principal{Person: p}).Permissions(), x.work()}
}

func (x *Server) readSession(ctx context.Context, _ *struct{}) (*reply[Session], error) {
	return replyOf(x.sessionOf(auth.From(ctx).Person), nil)
}

type sessionOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

// begun is the answer to who has begun a session of a value.
func (x *Server) begun(p *store.Person, value string, err error) (*sessionOut, error) {
	if err != nil {
		return nil, err
	}
	return &sessionOut{x.Accounts.Cookie(value), x.sessionOf(p)}, nil
}

func (x *Server) signIn(ctx context.Context, in *struct {
	Body struct {
		Email    string `json:"email" maxLength:"200"`
		Password string `json:"password" maxLength:"1000"`
	}
}) (*sessionOut, error) {
	return x.begun(x.Accounts.SignIn(ctx, auth.From(ctx), in.Body.Email, in.Body.Password))
}

func (x *Server) accept(ctx context.Context, in *struct {
	Body struct {
		Token    string `json:"token" maxLength:"200"`
		Name     string `json:"name" maxLength:"200"`
		Email    string `json:"email" maxLength:"200"`
		Password string `json:"password" maxLength:"1000"`
	}
}) (*sessionOut, error) {
	return x.begun(x.Accounts.Accept(ctx, auth.From(ctx), in.Body.Token, in.Body.Name, in.Body.Email, in.Body.Password))
}

type cookieOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (x *Server) signOut(ctx context.Context, _ *struct{}) (*cookieOut, error) {
	if err := x.Accounts.SignOut(ctx, auth.From(ctx)); err != nil {
		return nil, err
	}
	return &cookieOut{x.Accounts.Cookie("")}, nil
}
