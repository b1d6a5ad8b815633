package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Role is the name of what somebody may do; package auth has the roles.
type Role string

// Person is somebody with an account.
type Person struct {
	ID          string    `json:"id"`
	Email       string    `json:"email"`
	Name        string    `json:"name"`
	Role        Role      `json:"role"`
	Contributor string    `json:"contributor"` // of a liaison
	Version     int64     `json:"version"`
	Created     time.Time `json:"created"`
	Disabled    bool      `json:"disabled"`
	Password    string    `json:"-"` // argon2id, PHC string; empty if none is set
}

const personColumns = "id, email, name, role, contributor, version, created, disabled, password"

func scanPerson(r *sql.Rows) (x Person, err error) {
	var created int64
	err = r.Scan(&x.ID, &x.Email, &x.Name, &x.Role, &x.Contributor, &x.Version, &created, &x.Disabled, &x.Password)
	x.Created = when(created)
	return x, err
}

// AddPerson makes an account. The email is compared without regard to case.
func (s *Store) AddPerson(ctx context.Context, actor Actor, p Person) (*Person, error) {
	p.ID, p.Version, p.Email = NewID(), 1, strings.ToLower(p.Email)
	err := s.change(ctx, "add the person", func(tx *sql.Tx, now int64) error {
		if err := insertPerson(ctx, tx, now, &p); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "add person", p.ID, fmt.Sprintf("%s, %s %s", p.Email, p.Role, p.Contributor))
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// insertPerson puts a new account among the others.
func insertPerson(ctx context.Context, tx *sql.Tx, now int64, p *Person) error {
	p.Created = when(now)
	_, err := tx.ExecContext(ctx, "INSERT INTO people (id, email, name, role, contributor, password, created) VALUES ($1, $2, $3, $4, $5, $6, $7)", p.ID, p.Email, p.Name, p.Role, p.Contributor, p.Password, now)
	if taken(err) {
		return fmt.Errorf("an account of %s %w", p.Email, ErrExists)
	}
	return err
}

// People lists all accounts by email.
func (s *Store) People(ctx context.Context) ([]Person, error) {
	return rows(ctx, s.read, scanPerson, "SELECT "+personColumns+" FROM people ORDER BY email")
}

// Person reads an account by its ID or its email.
func (s *Store) Person(ctx context.Context, id string) (*Person, error) {
	list, err := rows(ctx, s.read, scanPerson, "SELECT "+personColumns+" FROM people WHERE id = $1 OR email = $2", id, strings.ToLower(id))
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("person %s: %w", id, err)
	}
	return &list[0], nil
}

// ChangePerson sets name, role, contributor, password and whether the account is
// disabled, if it is still of the version. Who is disabled has no session or token any
// more.
func (s *Store) ChangePerson(ctx context.Context, actor Actor, p Person) (*Person, error) {
	err := s.change(ctx, "change the person", func(tx *sql.Tx, now int64) error {
		r, err := tx.ExecContext(ctx, "UPDATE people SET name = $1, role = $2, contributor = $3, password = $4, disabled = $5, version = version + 1 WHERE id = $6 AND version = $7",
			p.Name, p.Role, p.Contributor, p.Password, p.Disabled, p.ID, p.Version)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return &Stale{What: "the account", Have: p.Version + 1}
		}
		if p.Disabled {
			if _, err := tx.ExecContext(ctx, "DELETE FROM secrets WHERE person = $1", p.ID); err != nil {
				return err
			}
		}
		p.Version++
		return audit(ctx, tx, actor, now, "change person", p.ID, fmt.Sprintf("%s %s, disabled %t", p.Role, p.Contributor, p.Disabled))
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// The kinds of secrets.
const (
	Session = "session"
	Token   = "token"  // for programs
	Invite  = "invite" // makes an account
	Share   = "share"  // shows one plan
)

// Secret is what proves something to whoever bears it. Its value is shown once, when it
// is made; the store keeps a SHA-256 of it.
type Secret struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`
	Person  string          `json:"person"`
	Name    string          `json:"name"`
	Grants  json.RawMessage `json:"grants"` // by kind: scopes, role, plan
	MadeBy  string          `json:"made_by"`
	Created time.Time       `json:"created"`
	Expires time.Time       `json:"expires"`
	Used    time.Time       `json:"used"` // last, or once for an invitation; zero if never
}

func digest(value string) string {
	h := sha256.Sum256([]byte(value))
	return hex.EncodeToString(h[:])
}

// Issue makes a secret and returns its value.
func (s *Store) Issue(ctx context.Context, actor Actor, x Secret) (*Secret, string, error) {
	value := random(32)
	x.ID, x.MadeBy = NewID(), actor.ID
	if x.Grants == nil {
		x.Grants = json.RawMessage("{}")
	}
	err := s.change(ctx, "issue the "+x.Kind, func(tx *sql.Tx, now int64) error {
		x.Created = when(now)
		_, err := tx.ExecContext(ctx, "INSERT INTO secrets (id, hash, kind, person, name, grants, made_by, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			x.ID, digest(value), x.Kind, x.Person, x.Name, string(x.Grants), actor.ID, now, x.Expires.UnixMicro())
		if err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "issue "+x.Kind, x.ID, x.Person+" "+x.Name)
	})
	if err != nil {
		return nil, "", err
	}
	return &x, value, nil
}

const secretColumns = "id, kind, person, name, grants, made_by, created, expires, used"

func scanSecret(r *sql.Rows) (x Secret, err error) {
	var created, expires, used int64
	var grants string
	err = r.Scan(&x.ID, &x.Kind, &x.Person, &x.Name, &grants, &x.MadeBy, &created, &expires, &used)
	x.Grants, x.Created, x.Expires, x.Used = json.RawMessage(grants), when(created), when(expires), when(used)
	return x, err
}

// Proven finds the secret of a value, unless it has expired or, being an invitation,
// been used.
func (s *Store) Proven(ctx context.Context, kind, value string) (*Secret, error) {
	list, err := rows(ctx, s.read, scanSecret, "SELECT "+secretColumns+" FROM secrets WHERE hash = $1 AND kind = $2", digest(value), kind)
	if err != nil {
		return nil, fmt.Errorf("look for the %s: %w", kind, err)
	}
	if len(list) == 0 || !list[0].Expires.After(s.Now()) || kind == Invite && !list[0].Used.IsZero() {
		return nil, fmt.Errorf("the %s is unknown or has expired: %w", kind, ErrNotFound)
	}
	return &list[0], nil
}

// Accept uses an invitation, once, to make an account.
func (s *Store) Accept(ctx context.Context, actor Actor, invitation string, p Person) (*Person, error) {
	p.ID, p.Version, p.Email = NewID(), 1, strings.ToLower(p.Email)
	actor.ID = p.ID
	err := s.change(ctx, "accept the invitation", func(tx *sql.Tx, now int64) error {
		if err := one(tx.ExecContext(ctx, "UPDATE secrets SET used = $1 WHERE id = $2 AND used = 0 AND expires > $1", now, invitation)); err != nil {
			return err
		}
		if err := insertPerson(ctx, tx, now, &p); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "accept invitation", invitation, p.Email)
	})
	if err != nil {
		return nil, err
	}
	return &p, nil
}

// Secrets lists those of a kind that are good still, of a person or, for "", of all.
func (s *Store) Secrets(ctx context.Context, kind, person string) ([]Secret, error) {
	return rows(ctx, s.read, scanSecret, "SELECT "+secretColumns+" FROM secrets WHERE kind = $1 AND (person = $2 OR $2 = '') AND expires > $3 ORDER BY id DESC", kind, person, s.Now().UnixMicro())
}

// Revoke takes a secret back.
func (s *Store) Revoke(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "revoke it", func(tx *sql.Tx, now int64) error {
		if err := one(tx.ExecContext(ctx, "DELETE FROM secrets WHERE id = $1", id)); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "revoke", id, "")
	})
}
