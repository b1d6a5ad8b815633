package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// AskState is where an ask stands: open, withdrawn, declined, or the maturity of the
// pledge that answers it.
type AskState string

// The states of an ask.
const (
	AskOpen      AskState = "open"
	AskWithdrawn AskState = "withdrawn"
	AskDeclined  AskState = "declined"
	AskStated    AskState = "stated"
	AskOffered   AskState = "offered"
	AskConfirmed AskState = "confirmed"
	AskAssigned  AskState = "assigned"
)

// AskFor is what is asked of a contributor.
type AskFor struct {
	Capability string  `json:"capability" maxLength:"300" doc:"What is wanted."`
	Quantity   float64 `json:"quantity" minimum:"0" doc:"How much of it."`
	Post       string  `json:"post,omitempty" maxLength:"300" doc:"Where; anywhere by default."`
	From       string  `json:"from" format:"date" doc:"From when it is to count."`
	Until      string  `json:"until,omitempty" format:"date" doc:"First day on which it is no longer wanted."`
	Note       string  `json:"note,omitempty" maxLength:"2000" doc:"Why, in words."`
}

// Ask is a question to a contributor, with where it stands.
type Ask struct {
	ID          string     `json:"id"`
	Scenario    string     `json:"scenario"`
	Contributor string     `json:"contributor"`
	State       AskState   `json:"state"`
	Due         string     `json:"due"` // date by which it is to be answered
	Version     int64      `json:"version"`
	For         AskFor     `json:"for"`
	History     []AskEvent `json:"history,omitempty"` // the oldest first
}

// AskEvent is what somebody said of an ask.
type AskEvent struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Actor   string    `json:"by"`
	State   AskState  `json:"state"`
	Unit    string    `json:"unit,omitempty"` // that is pledged
	Note    string    `json:"note,omitempty"`
}

const askColumns = "id, scenario, contributor, state, due, version, body"

func scanAsk(r *sql.Rows) (x Ask, err error) {
	var body string
	if err := r.Scan(&x.ID, &x.Scenario, &x.Contributor, &x.State, &x.Due, &x.Version, &body); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(body), &x.For)
}

// Ask puts a question to a contributor.
func (s *Store) Ask(ctx context.Context, actor Actor, x Ask) (*Ask, error) {
	x.ID, x.State, x.Version = NewID(), AskOpen, 1
	body, err := json.Marshal(x.For)
	if err != nil {
		return nil, fmt.Errorf("write the ask: %w", err)
	}
	err = s.change(ctx, "put the ask", func(tx *sql.Tx, now int64) error {
		if _, err := scenarioOf(ctx, tx, x.Scenario); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO asks (id, scenario, contributor, state, due, version, body) VALUES ($1, $2, $3, $4, $5, 1, $6)", x.ID, x.Scenario, x.Contributor, x.State, x.Due, string(body)); err != nil {
			return err
		}
		if err := noteAsk(ctx, tx, actor, now, x.ID, AskEvent{Version: 1, State: AskOpen, Note: x.For.Note}); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "ask", x.ID, x.Contributor+" for "+x.For.Capability)
	})
	if err != nil {
		return nil, err
	}
	return &x, nil
}

func noteAsk(ctx context.Context, tx *sql.Tx, actor Actor, now int64, ask string, e AskEvent) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO ask_events (ask, version, at, who, state, unit, note) VALUES ($1, $2, $3, $4, $5, $6, $7)", ask, e.Version, now, actor.ID, e.State, e.Unit, e.Note)
	return err
}

// Answer says where an ask stands now, if it is still of the version that was read.
func (s *Store) Answer(ctx context.Context, actor Actor, id string, version int64, e AskEvent) (*Ask, error) {
	err := s.change(ctx, "answer the ask", func(tx *sql.Tx, now int64) error {
		r, err := tx.ExecContext(ctx, "UPDATE asks SET state = $1, version = version + 1 WHERE id = $2 AND version = $3", e.State, id, version)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			var have int64
			if err := tx.QueryRowContext(ctx, "SELECT version FROM asks WHERE id = $1", id).Scan(&have); err != nil {
				return missing(err)
			}
			return &Stale{What: "the ask", Have: have}
		}
		e.Version = version + 1
		if err := noteAsk(ctx, tx, actor, now, id, e); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "answer ask", id, string(e.State)+" "+e.Unit)
	})
	if err != nil {
		return nil, err
	}
	return s.AskOf(ctx, id)
}

// AskOf reads an ask with all that was said of it.
func (s *Store) AskOf(ctx context.Context, id string) (*Ask, error) {
	list, err := rows(ctx, s.read, scanAsk, "SELECT "+askColumns+" FROM asks WHERE id = $1", id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", id, err)
	}
	x := &list[0]
	x.History, err = rows(ctx, s.read, func(r *sql.Rows) (e AskEvent, err error) {
		var at int64
		err = r.Scan(&e.Version, &at, &e.Actor, &e.State, &e.Unit, &e.Note)
		e.At = when(at)
		return e, err
	}, "SELECT version, at, who, state, unit, note FROM ask_events WHERE ask = $1 ORDER BY version", id)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", id, err)
	}
	return x, nil
}

// Asks lists a scenario's asks, of one contributor or, for "", of all: those that are to
// be answered first come first.
func (s *Store) Asks(ctx context.Context, scenario, contributor string) ([]Ask, error) {
	return rows(ctx, s.read, scanAsk, "SELECT "+askColumns+" FROM asks WHERE scenario = $1 AND ($2 = '' OR contributor = $2) ORDER BY due, id", scenario, contributor)
}
