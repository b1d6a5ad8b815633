package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rearguard/rearguard/internal/store"
)

// CookieName is the name of a session's cookie.
const CookieName = "rearguard_session"

// How long what is issued is good.
const (
	sessionTime = 12 * time.Hour
	inviteTime  = 7 * 24 * time.Hour
	firstTime   = 24 * time.Hour
	shareTime   = 30 * 24 * time.Hour
	tokenTime   = 365 * 24 * time.Hour
)

// Accounts are the people of a server, and what they prove themselves by.
type Accounts struct {
	store     *store.Store
	now       func() time.Time
	secure    bool          // cookies go over TLS only
	everybody *store.Person // who comes without a session, where nobody has to sign in; else nil
	throttle  throttle
	openID    *openID // nil if there is no provider
}

// New are the accounts of a store. If everybody is not nil, whoever comes without a session
// is that person.
func New(s *store.Store, now func() time.Time, secure bool, everybody *store.Person) *Accounts {
	return &Accounts{store: s, now: now, secure: secure, everybody: everybody}
}

// Origin is the address that a request came from.
func Origin(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Identify finds who a request comes from: by the session's cookie or by a token, or who
// everybody is that comes without. A token that does not hold is *[Refused].
func (a *Accounts) Identify(r *http.Request, id string) (*Principal, error) {
	p := &Principal{Origin: Origin(r), Request: id}
	kind, value := store.Session, ""
	if c, err := r.Cookie(CookieName); err == nil {
		value = c.Value
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		kind, value = store.Token, bearer
	}
	if value != "" {
		switch err := a.prove(r.Context(), p, kind, value); {
		case errors.Is(err, store.ErrNotFound) && kind == store.Token:
			return nil, &Refused{Status: http.StatusUnauthorized, Detail: "the token is unknown, taken back or has expired"}
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	if p.Person == nil {
		p.Person = a.everybody
	}
	return p, nil
}

func (a *Accounts) prove(ctx context.Context, p *Principal, kind, value string) error {
	secret, err := a.store.Proven(ctx, kind, value)
	if err != nil {
		return err
	}
	person, err := a.store.Person(ctx, secret.Person)
	if err != nil {
		return err
	}
	if person.Disabled {
		return store.ErrNotFound
	}
	var grants struct {
		Scope string `json:"scope"`
	}
	_ = json.Unmarshal(secret.Grants, &grants)
	p.Person, p.secret, p.readsOnly = person, secret, kind == store.Token && grants.Scope != "write"
	return nil
}

// Unchanged reports whether the principal's account is as it was when the request came.
func (a *Accounts) Unchanged(ctx context.Context, p *Principal) bool {
	person, err := a.store.Person(ctx, p.Person.ID)
	return err != nil || !person.Disabled && person.Version == p.Person.Version
}

// Cookie is the cookie of a session; an empty value ends it.
func (a *Accounts) Cookie(value string) http.Cookie {
	c := http.Cookie{Name: CookieName, Value: value, Path: "/", HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteStrictMode, MaxAge: int(sessionTime.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// SignIn checks a password and begins a session, whose value it returns.
func (a *Accounts) SignIn(ctx context.Context, p *Principal, email, password string) (*store.Person, string, error) {
	now := a.now()
	keys := []string{"from " + p.Origin, "as " + email}
	if err := a.throttle.check(now, keys...); err != nil {
		return nil, "", err
	}
	person, err := a.store.Person(ctx, email)
	hash := ""
	if err == nil {
		hash = person.Password
	}
	if !passes(hash, password) || person.Disabled {
		a.throttle.failed(now, keys...)
		if err := a.store.Note(ctx, p.Actor(), "fail to sign in", "", email); err != nil {
			return nil, "", err
		}
		return nil, "", &Refused{Status: http.StatusUnauthorized, Detail: "the email or the password is wrong"}
	}
	a.throttle.passed(keys[1])
	value, err := a.Begin(ctx, p, person)
	return person, value, err
}

// Begin begins a session of somebody who has proven to be a person.
func (a *Accounts) Begin(ctx context.Context, p *Principal, person *store.Person) (string, error) {
	actor := p.Actor()
	actor.ID = person.ID
	_, value, err := a.store.Issue(ctx, actor, store.Secret{Kind: store.Session, Person: person.ID, Expires: a.now().Add(sessionTime)})
	return value, err
}

// SignOut ends the principal's session, if it has one.
func (a *Accounts) SignOut(ctx context.Context, p *Principal) error {
	if p.secret == nil || p.secret.Kind != store.Session {
		return nil
	}
	return a.store.Revoke(ctx, p.Actor(), p.secret.ID)
}

// Grant is what an invitation grants.
type Grant struct {
	Role        store.Role `json:"role"`
	Contributor string     `json:"contributor,omitempty"`
}

// Check says what is wrong with a grant: whose role has one belongs to a contributor, and
// nobody else.
func (g Grant) Check() error {
	r := RoleNamed(g.Role)
	if r == nil {
		return &Refused{Status: http.StatusUnprocessableEntity, Detail: fmt.Sprintf("there is no role %q", g.Role)}
	}
	if r.OfContributor != (g.Contributor != "") {
		return &Refused{Status: http.StatusUnprocessableEntity, Detail: "a liaison has a contributor, and nobody else",
			Wrong: []Wrong{{"contributor", "needed for a liaison, and for nobody else", g.Contributor}}}
	}
	return nil
}

// Accept makes an account by an invitation and begins its session.
func (a *Accounts) Accept(ctx context.Context, p *Principal, token, name, email, password string) (*store.Person, string, error) {
	key := "invited " + p.Origin
	if err := a.throttle.check(a.now(), key); err != nil {
		return nil, "", err
	}
	secret, err := a.store.Proven(ctx, store.Invite, token)
	if err != nil {
		a.throttle.failed(a.now(), key)
		return nil, "", &Refused{Status: http.StatusUnauthorized, Detail: "the invitation is unknown, used or has expired; ask for a new one"}
	}
	if wrong := accountProblems(name, email, password); wrong != nil {
		return nil, "", &Refused{Status: http.StatusUnprocessableEntity, Detail: "the account cannot be made", Wrong: wrong}
	}
	var grant Grant
	if err := json.Unmarshal(secret.Grants, &grant); err != nil {
		return nil, "", fmt.Errorf("read the invitation: %w", err)
	}
	person, err := a.store.Accept(ctx, p.Actor(), secret.ID, store.Person{Email: email, Name: name, Role: grant.Role, Contributor: grant.Contributor, Password: hashPassword(password)})
	if err != nil {
		return nil, "", err
	}
	value, err := a.Begin(ctx, p, person)
	return person, value, err
}

func accountProblems(name, email, password string) (wrong []Wrong) {
	if name == "" {
		wrong = append(wrong, Wrong{Field: "name", Message: "a name is needed"})
	}
	if m, err := mail.ParseAddress(email); err != nil || m.Address != email {
		wrong = append(wrong, Wrong{"email", "this is no email address", email})
	}
	if utf8.RuneCountInString(password) < leastPassword {
		wrong = append(wrong, Wrong{Field: "password", Message: fmt.Sprintf("a password needs %d characters or more", leastPassword)})
	}
	return wrong
}

// InviteFirst makes the link of the first coordinator, if nobody has an account yet.
func (a *Accounts) InviteFirst(ctx context.Context) (token string, err error) {
	people, err := a.store.People(ctx)
	if err != nil || len(people) > 0 {
		return "", err
	}
	_, token, err = a.issue(ctx, store.Actor{ID: "server"}, store.Secret{Kind: store.Invite, Name: "the first coordinator"}, Grant{Role: Coordinator}, firstTime)
	return token, err
}

// Invite makes the value of a link by which somebody makes an account, once.
func (a *Accounts) Invite(ctx context.Context, p *Principal, g Grant) (*store.Secret, string, error) {
	if err := g.Check(); err != nil {
		return nil, "", err
	}
	return a.issue(ctx, p.Actor(), store.Secret{Kind: store.Invite, Name: fmt.Sprintf("%s %s", g.Role, g.Contributor)}, g, inviteTime)
}

// Share makes the value of a link that shows a plan for some days, 0 for the usual time.
func (a *Accounts) Share(ctx context.Context, p *Principal, plan string, days int) (*store.Secret, string, error) {
	return a.issue(ctx, p.Actor(), store.Secret{Kind: store.Share, Name: plan}, map[string]string{"plan": plan}, lasting(days, shareTime))
}

// IssueToken makes a token of the principal's own for some days, 0 for the usual time.
func (a *Accounts) IssueToken(ctx context.Context, p *Principal, name, scope string, days int) (*store.Secret, string, error) {
	return a.issue(ctx, p.Actor(), store.Secret{Kind: store.Token, Person: p.Person.ID, Name: name}, map[string]string{"scope": scope}, lasting(days, tokenTime))
}

// RevokeToken takes one of the principal's own tokens back.
func (a *Accounts) RevokeToken(ctx context.Context, p *Principal, id string) error {
	list, err := a.store.Secrets(ctx, store.Token, p.Person.ID)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.ID == id {
			return a.store.Revoke(ctx, p.Actor(), s.ID)
		}
	}
	return store.ErrNotFound
}

// lasting is so many days, or the usual time where none are given.
func lasting(days int, usual time.Duration) time.Duration {
	if days > 0 {
		return time.Duration(days) * 24 * time.Hour
	}
	return usual
}

func (a *Accounts) issue(ctx context.Context, actor store.Actor, s store.Secret, grants any, good time.Duration) (*store.Secret, string, error) {
	b, err := json.Marshal(grants)
	if err != nil {
		return nil, "", fmt.Errorf("write the grants: %w", err)
	}
	s.Grants, s.Expires = b, a.now().Add(good)
	return a.store.Issue(ctx, actor, s)
}

// Change is what to change of an account; nil is as it was.
type Change struct {
	Role        *store.Role
	Contributor *string
	Disabled    *bool
}

// ChangePerson changes an account, if it is still of the version.
func (a *Accounts) ChangePerson(ctx context.Context, p *Principal, id string, version int64, c Change) (*store.Person, error) {
	person, err := a.store.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	if c.Role != nil {
		person.Role = *c.Role
	}
	if c.Contributor != nil {
		person.Contributor = *c.Contributor
	}
	if c.Disabled != nil {
		person.Disabled = *c.Disabled
	}
	if after := (&Principal{Person: person}); person.ID == p.Person.ID && (!after.May(Administer) || person.Disabled) {
		return nil, &Refused{Status: http.StatusConflict, Detail: "you cannot take your own rights away; another coordinator can"}
	}
	if err := (Grant{person.Role, person.Contributor}).Check(); err != nil {
		return nil, err
	}
	person.Version = version
	return a.store.ChangePerson(ctx, p.Actor(), *person)
}
