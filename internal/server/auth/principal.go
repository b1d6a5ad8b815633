// Package auth says who a request comes from and what it may do: principals, roles as sets
// of permissions, sessions, tokens, invitations, passwords and OpenID, and how guessing is
// slowed down. What a principal sees of a scenario is package access's.
package auth

import (
	"context"
	"time"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/store"
)

// Principal is who a request comes from: a person by a session or a token, or nobody.
type Principal struct {
	Person  *store.Person // nil if nobody has signed in
	Origin  string        // address that the request came from
	Request string        // its ID

	secret    *store.Secret // session or token; nil if nobody has to sign in
	readsOnly bool          // by a token that may only read
}

type contextKey struct{}

// With is a context whose principal is p.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From is the principal of a context; nobody if it has none.
func From(ctx context.Context) *Principal {
	if p, _ := ctx.Value(contextKey{}).(*Principal); p != nil {
		return p
	}
	return &Principal{}
}

// Actor is the principal for the record.
func (p *Principal) Actor() store.Actor {
	name := "nobody"
	if p.Person != nil {
		name = p.Person.ID
	}
	return store.Actor{ID: name, Origin: p.Origin, Request: p.Request}
}

// Expired reports whether the session or the token has expired.
func (p *Principal) Expired(now time.Time) bool {
	return p.secret != nil && p.secret.Expires.Before(now)
}

// Viewer is what the principal may see.
func (p *Principal) Viewer() access.Viewer {
	if p.Person == nil {
		return access.Viewer{}
	}
	return access.Viewer{All: p.May(SeeAll), Contributor: p.Person.Contributor}
}

// Refused says why somebody may not do something, or does not prove what it claims.
type Refused struct {
	Status int           // of HTTP
	Detail string        // for people
	Wait   time.Duration // after which to try again; 0 where time changes nothing
	Wrong  []Wrong       // what is wrong with what came
}

// Wrong is a field that is wrong.
type Wrong struct{ Field, Message, Value string }

func (e *Refused) Error() string { return e.Detail }
