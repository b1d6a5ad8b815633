package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Plan is what a list says of a plan.
type Plan struct {
	ID       string          `json:"id"`
	Scenario string          `json:"scenario"`
	Version  int64           `json:"scenario_version"`
	Name     string          `json:"name"`
	Made     time.Time       `json:"made"`
	Actor    string          `json:"by"`
	Summary  json.RawMessage `json:"head"` // the plan without its tours
	Approval *Approval       `json:"approval" doc:"Null while nobody has approved it."`
}

// Approval says that somebody who may has approved a plan.
type Approval struct {
	At    time.Time `json:"at"`
	Actor string    `json:"by"`
}

// ErrApproved says that a plan is approved, so that it stays.
var ErrApproved = errors.New("the plan is approved; its approval has to be taken back first")

// KeepPlan keeps a plan of a version of a scenario: its JSON form, whole and without
// tours.
func (s *Store) KeepPlan(ctx context.Context, actor Actor, scenario string, version int64, name string, summary, body []byte) (*Plan, error) {
	p := &Plan{ID: NewID(), Scenario: scenario, Version: version, Name: name, Actor: actor.ID, Summary: summary}
	err := s.change(ctx, "keep the plan", func(tx *sql.Tx, now int64) error {
		p.Made = when(now)
		return insertPlan(ctx, tx, actor, now, p, body)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

func insertPlan(ctx context.Context, tx *sql.Tx, actor Actor, now int64, p *Plan, body []byte) error {
	if _, err := scenarioOf(ctx, tx, p.Scenario); err != nil {
		return err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(body); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO plans (id, scenario, version, name, at, who, head, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		p.ID, p.Scenario, p.Version, p.Name, now, actor.ID, string(p.Summary), packed.Bytes())
	if err != nil {
		return err
	}
	return audit(ctx, tx, actor, now, "keep plan", p.ID, p.Scenario)
}

const planColumns = "id, scenario, version, name, at, who, head, approved, approver"

func scanPlan(r *sql.Rows) (x Plan, err error) {
	var at, approved int64
	var summary, approver string
	err = r.Scan(&x.ID, &x.Scenario, &x.Version, &x.Name, &at, &x.Actor, &summary, &approved, &approver)
	if approved != 0 {
		x.Approval = &Approval{when(approved), approver}
	}
	x.Made, x.Summary = when(at), json.RawMessage(summary)
	return x, err
}

// Plans lists a scenario's plans before one, the newest first; before "" is from the
// newest.
func (s *Store) Plans(ctx context.Context, scenario, before string, limit int) ([]Plan, error) {
	if before == "" {
		before = last
	}
	return rows(ctx, s.read, scanPlan, "SELECT "+planColumns+" FROM plans WHERE scenario = $1 AND id < $2 AND removed = 0 ORDER BY id DESC LIMIT $3", scenario, before, limit)
}

// Plan reads one with its JSON form.
func (s *Store) Plan(ctx context.Context, id string) (*Plan, []byte, error) {
	list, err := rows(ctx, s.read, scanPlan, "SELECT "+planColumns+" FROM plans WHERE id = $1 AND removed = 0", id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, nil, fmt.Errorf("plan %s: %w", id, err)
	}
	var packed []byte
	if err := s.read.QueryRowContext(ctx, "SELECT body FROM plans WHERE id = $1", id).Scan(&packed); err != nil {
		return nil, nil, fmt.Errorf("plan %s: %w", id, missing(err))
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, nil, fmt.Errorf("plan %s: %w", id, err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		return nil, nil, fmt.Errorf("plan %s: %w", id, err)
	}
	return &list[0], body, nil
}

// Approve says that a plan is approved. One that is approved already is [ErrExists].
func (s *Store) Approve(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "approve the plan", func(tx *sql.Tx, now int64) error {
		approved, err := lockPlan(ctx, tx, id)
		if err != nil {
			return err
		}
		if approved {
			return fmt.Errorf("an approval of it %w", ErrExists)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE plans SET approved = $1, approver = $2 WHERE id = $3", now, actor.ID, id); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "approve plan", id, "")
	})
}

// TakeBackApproval makes a plan one that is not approved. Without an approval it is
// [ErrNotFound].
func (s *Store) TakeBackApproval(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "take the approval back", func(tx *sql.Tx, now int64) error {
		if err := one(tx.ExecContext(ctx, "UPDATE plans SET approved = 0, approver = '' WHERE id = $1 AND removed = 0 AND approved <> 0", id)); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "take approval back", id, "")
	})
}

// lockPlan holds a plan until the transaction ends, and says whether it is approved.
func lockPlan(ctx context.Context, tx *sql.Tx, id string) (approved bool, err error) {
	var at int64
	err = tx.QueryRowContext(ctx, "UPDATE plans SET approved = approved WHERE id = $1 AND removed = 0 RETURNING approved", id).Scan(&at)
	return at != 0, missing(err)
}

// RemovePlan takes a plan out of sight; one that is approved stays, with [ErrApproved].
func (s *Store) RemovePlan(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "remove the plan", func(tx *sql.Tx, now int64) error {
		approved, err := lockPlan(ctx, tx, id)
		if err != nil {
			return err
		}
		if approved {
			return ErrApproved
		}
		if _, err := tx.ExecContext(ctx, "UPDATE plans SET removed = $1 WHERE id = $2", now, id); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "remove plan", id, "")
	})
}
