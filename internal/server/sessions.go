package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/store"
)

// Session is who has signed in.
type Session struct {
	Person *store.Person `json:"person"`
	Local  bool          `json:"local" doc:"The server is on its one user's machine, and nobody has to sign in."`
	Work   *Work         `json:"work,omitempty" doc:"Of a local server."`
}

// Work is where a local server keeps what is saved and kept.
type Work struct {
	File string   `json:"file" doc:"Name of the scenario's file."`
	Kept string   `json:"kept" doc:"Path of the file that holds what is saved and kept; empty if that ends with the server."`
	Told []string `json:"told" doc:"What happened to the scenario's file since the server started."`
}

type sessionOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

// cookie is the cookie of a session; an empty value ends it.
func (x *Server) cookie(value string) http.Cookie {
	c := http.Cookie{Name: cookieName, Value: value, Path: "/", HttpOnly: true, Secure: x.secure, SameSite: http.SameSiteStrictMode, MaxAge: int(sessionTime.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// signIn checks a password and begins a session.
func (x *Server) signIn(ctx context.Context, w *who, email, password string) (*store.Person, string, error) {
	now := time.Now()
	keys := []string{"from " + w.origin, "as " + email}
	if left := x.throttle.wait(now, keys...); left > 0 {
		return nil, "", huma.ErrorWithHeaders(huma.Error429TooManyRequests(fmt.Sprintf("too many failures; wait %d seconds", int(left.Seconds())+1)),
			http.Header{"Retry-After": {fmt.Sprint(int(left.Seconds()) + 1)}})
	}
	p, err := x.store.Person(ctx, email)
	hash := ""
	if err == nil {
		hash = p.Password
	}
	if !passes(hash, password) || p.Disabled {
		x.throttle.failed(now, keys...)
		if err := x.store.Note(ctx, w.by(), "fail to sign in", "", email); err != nil {
			return nil, "", err
		}
		return nil, "", huma.Error401Unauthorized("the email or the password is wrong")
	}
	x.throttle.passed(keys[1])
	value, err := x.begin(ctx, w, p)
	return p, value, err
}

func (x *Server) begin(ctx context.Context, w *who, p *store.Person) (string, error) {
	by := w.by()
	by.Who = p.ID
	_, value, err := x.store.Issue(ctx, by, store.Secret{Kind: store.Session, Person: p.ID, Expires: time.Now().Add(sessionTime)})
	return value, err
}

// signOut ends the session, if one is there.
func (x *Server) signOut(ctx context.Context, w *who) error {
	if w.secret == nil || w.secret.Kind != store.Session {
		return nil
	}
	return x.store.Revoke(ctx, w.by(), w.secret.ID)
}

// Invitation is what an invitation grants.
type Invitation struct {
	Role        store.Role `json:"role" enum:"coordinator,planner,liaison,viewer"`
	Contributor string     `json:"contributor,omitempty" maxLength:"100" doc:"Of a liaison."`
}

// accept makes an account by an invitation and begins its session.
func (x *Server) accept(ctx context.Context, w *who, token, name, email, password string) (*store.Person, string, error) {
	key := "invited " + w.origin
	if left := x.throttle.wait(time.Now(), key); left > 0 {
		return nil, "", huma.Error429TooManyRequests(fmt.Sprintf("too many failures; wait %d seconds", int(left.Seconds())+1))
	}
	secret, err := x.store.Proven(ctx, store.Invite, token)
	if err != nil {
		x.throttle.failed(time.Now(), key)
		return nil, "", huma.Error401Unauthorized("the invitation is unknown, used or has expired; ask for a new one")
	}
	if wrong := accountProblems(name, email, password); wrong != nil {
		return nil, "", huma.Error422UnprocessableEntity("the account cannot be made", wrong...)
	}
	var grant Invitation
	if err := json.Unmarshal(secret.Grants, &grant); err != nil {
		return nil, "", fmt.Errorf("read the invitation: %w", err)
	}
	p, err := x.store.Accept(ctx, w.by(), secret.ID, store.Person{Email: email, Name: name, Role: grant.Role, Contributor: grant.Contributor, Password: hashPassword(password)})
	if err != nil {
		return nil, "", err
	}
	value, err := x.begin(ctx, w, p)
	return p, value, err
}

func accountProblems(name, email, password string) (wrong []error) {
	if name == "" {
		wrong = append(wrong, &huma.ErrorDetail{Location: "body.name", Message: "a name is needed"})
	}
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		wrong = append(wrong, &huma.ErrorDetail{Location: "body.email", Message: "this is no email address", Value: email})
	}
	if utf8.RuneCountInString(password) < leastPassword {
		wrong = append(wrong, &huma.ErrorDetail{Location: "body.password", Message: fmt.Sprintf("a password needs %d characters or more", leastPassword)})
	}
	return wrong
}

// InviteFirst makes the link of the first coordinator, if nobody has an account yet.
func (x *Server) InviteFirst(ctx context.Context) (token string, err error) {
	people, err := x.store.People(ctx)
	if err != nil || len(people) > 0 {
		return "", err
	}
	grants, _ := json.Marshal(Invitation{Role: store.Coordinator})
	_, token, err = x.store.Issue(ctx, store.By{Who: "server"}, store.Secret{Kind: store.Invite, Name: "the first coordinator", Grants: grants, Expires: time.Now().Add(24 * time.Hour)})
	return token, err
}

func (x *Server) sessionOperations() {
	register(x, signs, huma.Operation{Method: "GET", Path: "/api/session", Summary: "Who has signed in", Tags: []string{"session"}},
		func(ctx context.Context, _ *struct{}) (*struct{ Body Session }, error) {
			return &struct{ Body Session }{Session{whoOf(ctx).person, x.local != nil, x.work()}}, nil
		})
	register(x, anybody, huma.Operation{Method: "POST", Path: "/api/session", Summary: "Sign in", Tags: []string{"session"}, DefaultStatus: 201},
		func(ctx context.Context, in *struct {
			Body struct {
				Email    string `json:"email" maxLength:"200"`
				Password string `json:"password" maxLength:"1000"`
			}
		}) (*sessionOut, error) {
			p, value, err := x.signIn(ctx, whoOf(ctx), in.Body.Email, in.Body.Password)
			if err != nil {
				return nil, err
			}
			return &sessionOut{x.cookie(value), Session{p, x.local != nil, x.work()}}, nil
		})
	register(x, anybody, huma.Operation{Method: "POST", Path: "/api/session/accept", Summary: "Make an account by an invitation, and sign in", Tags: []string{"session"}, DefaultStatus: 201},
		func(ctx context.Context, in *struct {
			Body struct {
				Token    string `json:"token" maxLength:"200"`
				Name     string `json:"name" maxLength:"200"`
				Email    string `json:"email" maxLength:"200"`
				Password string `json:"password" maxLength:"1000"`
			}
		}) (*sessionOut, error) {
			p, value, err := x.accept(ctx, whoOf(ctx), in.Body.Token, in.Body.Name, in.Body.Email, in.Body.Password)
			if err != nil {
				return nil, err
			}
			return &sessionOut{x.cookie(value), Session{p, x.local != nil, x.work()}}, nil
		})
	register(x, signs, huma.Operation{Method: "DELETE", Path: "/api/session", Summary: "Sign out", Tags: []string{"session"}, DefaultStatus: 204},
		func(ctx context.Context, _ *struct{}) (*struct {
			SetCookie http.Cookie `header:"Set-Cookie"`
		}, error) {
			if err := x.signOut(ctx, whoOf(ctx)); err != nil {
				return nil, err
			}
			return &struct {
				SetCookie http.Cookie `header:"Set-Cookie"`
			}{x.cookie("")}, nil
		})
}
