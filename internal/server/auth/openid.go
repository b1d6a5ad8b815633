package auth

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/rearguard/rearguard/internal/store"
)

// OpenID is a provider of OpenID Connect that people sign in with. Accounts are made by
// invitation as before; the provider says who somebody is, by a verified email.
type OpenID struct {
	Issuer string // URL
	Client string // ID
	Secret string
	Public string // URL that this server is reached at, for the way back
}

// openID is a provider whose keys and addresses are known.
type openID struct {
	name     string
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// Discover asks the provider for its addresses and keys, so that a server that cannot
// use it does not start.
func (a *Accounts) Discover(ctx context.Context, o OpenID) error {
	p, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return fmt.Errorf("find the OpenID provider: %w", err)
	}
	a.openID = &openID{
		name: strings.TrimPrefix(o.Issuer, "https://"),
		config: oauth2.Config{ClientID: o.Client, ClientSecret: o.Secret, Endpoint: p.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
			RedirectURL: strings.TrimSuffix(o.Public, "/") + "/openid/back"},
		verifier: p.Verifier(&oidc.Config{ClientID: o.Client}),
	}
	return nil
}

const wayCookie = "rearguard_openid"

// way is what the browser keeps while it is at the provider.
type way struct{ State, Nonce, Verifier, To string }

// Leave is where the browser goes to be identified by the provider, with the cookie that it
// keeps meanwhile, and where it is to be led after that. It is for accounts with a provider.
func (a *Accounts) Leave(to string) (http.Cookie, string) {
	k := way{rand.Text(), rand.Text(), oauth2.GenerateVerifier(), to}
	b, err := json.Marshal(k)
	if err != nil {
		panic(err) // it is text
	}
	// Lax: the provider's page leads back here from another site.
	c := http.Cookie{Name: wayCookie, Value: fmt.Sprintf("%x", b), Path: "/openid/", HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode, MaxAge: 600}
	return c, a.openID.config.AuthCodeURL(k.State, oidc.Nonce(k.Nonce), oauth2.S256ChallengeOption(k.Verifier))
}

// Arrived is the cookie that ends the one of [Accounts.Leave].
func (a *Accounts) Arrived() http.Cookie {
	return http.Cookie{Name: wayCookie, Path: "/openid/", HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode, MaxAge: -1}
}

// Identified is the account of whom the provider names in the request that comes back, and
// where it is to be led. The errors are for people.
func (a *Accounts) Identified(r *http.Request) (p *store.Person, to string, err error) {
	ctx, stop := context.WithTimeout(r.Context(), 15*time.Second)
	defer stop()
	c, err := r.Cookie(wayCookie)
	if err != nil {
		return nil, "", errors.New("the browser did not keep its cookie, or took longer than ten minutes; begin again")
	}
	var b []byte
	var k way
	if _, err := fmt.Sscanf(c.Value, "%x", &b); err != nil || json.Unmarshal(b, &k) != nil || k.State == "" || r.FormValue("state") != k.State {
		return nil, "", errors.New("the answer is not to what this browser asked; begin again")
	}
	if said := r.FormValue("error"); said != "" {
		return nil, "", fmt.Errorf("the provider says %q", said)
	}
	token, err := a.openID.config.Exchange(ctx, r.FormValue("code"), oauth2.VerifierOption(k.Verifier))
	if err != nil {
		return nil, "", errors.New("the provider does not honour its code")
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := a.openID.verifier.Verify(ctx, raw)
	if err != nil || id.Nonce != k.Nonce {
		return nil, "", errors.New("the provider's token does not hold")
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil || claims.Email == "" || !claims.Verified {
		return nil, "", errors.New("the provider names no verified email")
	}
	p, err = a.store.Person(ctx, claims.Email)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Disabled {
		return nil, "", fmt.Errorf("there is no account of %s; ask a coordinator for an invitation", claims.Email)
	}
	if err != nil {
		return nil, "", errors.New("the database does not answer; try again")
	}
	return p, k.To, nil
}

// Provider is the name of the provider that one can sign in with; empty for none.
func (a *Accounts) Provider() string {
	if a.openID == nil {
		return ""
	}
	return a.openID.name
}
