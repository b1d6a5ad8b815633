package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// State of a job.
type State string

// The states of a job.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed" // the dead letter: it is not tried again by itself
	Cancelled State = "cancelled"
	Waiting   State = "waiting" // for its parts
)

// Job is a piece of work on a version of a scenario.
type Job struct {
	ID       string          `json:"id"`
	Scenario string          `json:"scenario"`
	Version  int64           `json:"scenario_version"`
	Kind     string          `json:"kind"`
	Options  json.RawMessage `json:"options"`
	State    State           `json:"state"`
	Actor    string          `json:"by"`
	Made     time.Time       `json:"made"`
	Worker   string          `json:"worker"`
	Attempts int64           `json:"attempts"`
	Beat     time.Time       `json:"beat"` // the claim was last renewed
	Ended    time.Time       `json:"ended"`
	Progress json.RawMessage `json:"progress"`
	Plan     string          `json:"plan"`             // ID of the plan that it made
	Result   json.RawMessage `json:"result,omitempty"` // of a job that answers otherwise
	Failure  string          `json:"failure"`          // why it failed, or was tried again
	Parent   string          `json:"parent,omitempty"` // the job that it is a part of
}

const jobColumns = "id, scenario, version, kind, options, state, who, made, worker, attempts, beat, ended, progress, plan, result, failure, parent"

func scanJob(r *sql.Rows) (x Job, err error) {
	var made, beat, ended int64
	var options, progress, result string
	err = r.Scan(&x.ID, &x.Scenario, &x.Version, &x.Kind, &options, &x.State, &x.Actor, &made, &x.Worker, &x.Attempts, &beat, &ended, &progress, &x.Plan, &result, &x.Failure, &x.Parent)
	x.Made, x.Beat, x.Ended, x.Options, x.Progress = when(made), when(beat), when(ended), json.RawMessage(options), json.RawMessage(progress)
	if result != "" {
		x.Result = json.RawMessage(result)
	}
	return x, err
}

// Enqueue keeps a job; when it returns, the job will be run.
func (s *Store) Enqueue(ctx context.Context, actor Actor, x Job) (*Job, error) {
	x.ID, x.State, x.Actor, x.Progress = NewID(), Queued, actor.ID, json.RawMessage("{}")
	err := s.change(ctx, "queue the job", func(tx *sql.Tx, now int64) error {
		x.Made = when(now)
		if _, err := scenarioOf(ctx, tx, x.Scenario); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO jobs (id, scenario, version, kind, options, state, who, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			x.ID, x.Scenario, x.Version, x.Kind, string(x.Options), x.State, actor.ID, now)
		if err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "queue job", x.ID, x.Kind+" of "+x.Scenario)
	})
	if err != nil {
		return nil, err
	}
	return &x, nil
}

// Claim takes the oldest job that is queued, or whose claim has not been renewed for as
// long as stale, for a worker. Who claims it has to renew the claim with Beat. One that
// was claimed as often as most fails instead, as what it does may be what ends its
// workers. Nil is no job.
func (s *Store) Claim(ctx context.Context, worker string, stale time.Duration, most int64) (*Job, error) {
	var claimed *Job
	err := s.change(ctx, "claim a job", func(tx *sql.Tx, now int64) error {
		claimed = nil
		old := now - stale.Microseconds()
		reason := fmt.Sprintf("tried %d times, and each time its worker ended before it did", most)
		dead, err := rows(ctx, tx, scanJob, "UPDATE jobs SET state = $1, ended = $2, failure = $3 WHERE state = $4 AND beat < $5 AND attempts >= $6 RETURNING "+jobColumns, Failed, now, reason, Running, old, most)
		if err != nil {
			return err
		}
		for i := range dead {
			if dead[i].Parent == "" {
				continue
			}
			if err := orphan(ctx, tx, dead[i].Parent, reason, now); err != nil {
				return err
			}
		}
		list, err := rows(ctx, tx, scanJob, "UPDATE jobs SET state = $1, worker = $2, beat = $3, attempts = attempts + 1 WHERE id = ("+
			"SELECT id FROM jobs WHERE state = $4 OR (state = $1 AND beat < $5) ORDER BY id LIMIT 1"+s.skipLocked()+
			") RETURNING "+jobColumns, Running, worker, now, Queued, old)
		if len(list) > 0 {
			claimed = &list[0]
		}
		return err
	})
	return claimed, err
}

// skipLocked lets workers of PostgreSQL claim different jobs at one time; SQLite has
// one writer.
func (s *Store) skipLocked() string {
	if s.file == "" {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Beat renews a claim and keeps how far the job is. It is false if the claim is gone:
// the job was cancelled, or somebody else has it.
func (s *Store) Beat(ctx context.Context, x *Job, progress json.RawMessage) (held bool, err error) {
	err = s.change(ctx, "renew the claim", func(tx *sql.Tx, now int64) error {
		r, err := tx.ExecContext(ctx, "UPDATE jobs SET beat = $1, progress = $2 WHERE id = $3 AND state = $4 AND worker = $5 AND attempts = $6", now, string(progress), x.ID, Running, x.Worker, x.Attempts)
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		held = n > 0
		return err
	})
	return held, err
}

// Finish keeps what a claimed job came to, with the plan that it made, if any: both are
// there or neither. Finished twice, the second is refused with ErrNotFound, and changes
// nothing.
func (s *Store) Finish(ctx context.Context, x *Job, p *Plan, body []byte, result json.RawMessage) error {
	actor := Actor{ID: x.Actor, Origin: x.Worker, Request: x.ID}
	return s.change(ctx, "finish the job", func(tx *sql.Tx, now int64) error {
		if err := s.end(ctx, tx, x, Done, now, "", string(result)); err != nil {
			return err
		}
		if x.Parent != "" {
			return rejoin(ctx, tx, x.Parent)
		}
		if p != nil {
			p.ID, p.Scenario, p.Version, p.Actor, p.Made = NewID(), x.Scenario, x.Version, x.Actor, when(now)
			if err := insertPlan(ctx, tx, actor, now, p, body); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "UPDATE jobs SET plan = $1 WHERE id = $2", p.ID, x.ID); err != nil {
				return err
			}
		}
		return audit(ctx, tx, actor, now, "finish job", x.ID, x.Kind)
	})
}

// Release gives a claimed job back to the queue, as its worker ends in order.
func (s *Store) Release(ctx context.Context, x *Job) error {
	return s.change(ctx, "give the job back", func(tx *sql.Tx, _ int64) error {
		return one(tx.ExecContext(ctx, "UPDATE jobs SET state = $1, attempts = attempts - 1 WHERE id = $2 AND state = $3 AND worker = $4 AND attempts = $5", Queued, x.ID, Running, x.Worker, x.Attempts))
	})
}

// Divide lets a claimed job wait for parts, one for each of the options, which other
// workers take too. Result is what the parts and the job itself go on from. Once all
// parts are done, the job is queued again.
func (s *Store) Divide(ctx context.Context, x *Job, result json.RawMessage, kind string, parts []json.RawMessage) error {
	return s.change(ctx, "divide the job", func(tx *sql.Tx, now int64) error {
		err := one(tx.ExecContext(ctx, "UPDATE jobs SET state = $1, result = $2, attempts = 0 WHERE id = $3 AND state = $4 AND worker = $5 AND attempts = $6",
			Waiting, string(result), x.ID, Running, x.Worker, x.Attempts))
		if err != nil {
			return err
		}
		for _, options := range parts {
			_, err := tx.ExecContext(ctx, "INSERT INTO jobs (id, scenario, version, kind, options, state, who, made, parent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
				NewID(), x.Scenario, x.Version, kind, string(options), Queued, x.Actor, now, x.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// rejoin queues a job again whose last part is done.
func rejoin(ctx context.Context, tx *sql.Tx, parent string) error {
	// The row is locked before its parts are counted, so that of two that end at one time one sees both.
	if _, err := tx.ExecContext(ctx, "UPDATE jobs SET state = state WHERE id = $1", parent); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE jobs SET state = $1 WHERE id = $2 AND state = $3 AND NOT EXISTS (SELECT 1 FROM jobs p WHERE p.parent = $2 AND p.state <> $4)", Queued, parent, Waiting, Done)
	return err
}

// orphan ends the other parts and the parent of a part that failed.
func orphan(ctx context.Context, tx *sql.Tx, parent, reason string, now int64) error {
	if _, err := tx.ExecContext(ctx, "UPDATE jobs SET state = $1, ended = $2 WHERE parent = $3 AND (state = $4 OR state = $5)", Cancelled, now, parent, Queued, Running); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE jobs SET state = $1, ended = $2, failure = $3, result = '' WHERE id = $4 AND state = $5", Failed, now, "a part failed: "+reason, parent, Waiting)
	return err
}

// Parts are the parts of a job, in order.
func (s *Store) Parts(ctx context.Context, parent string) ([]Job, error) {
	return rows(ctx, s.read, scanJob, "SELECT "+jobColumns+" FROM jobs WHERE parent = $1 ORDER BY id", parent)
}

// Fail ends a claimed job for good, with the reason.
func (s *Store) Fail(ctx context.Context, x *Job, reason string) error {
	return s.change(ctx, "fail the job", func(tx *sql.Tx, now int64) error {
		if err := s.end(ctx, tx, x, Failed, now, reason, ""); err != nil {
			return err
		}
		if x.Parent != "" {
			if err := orphan(ctx, tx, x.Parent, reason, now); err != nil {
				return err
			}
		}
		return audit(ctx, tx, Actor{ID: x.Actor, Origin: x.Worker, Request: x.ID}, now, "fail job", x.ID, reason)
	})
}

func (s *Store) end(ctx context.Context, tx *sql.Tx, x *Job, state State, now int64, failure, result string) error {
	return one(tx.ExecContext(ctx, "UPDATE jobs SET state = $1, ended = $2, failure = $3, result = $4 WHERE id = $5 AND state = $6 AND worker = $7 AND attempts = $8",
		state, now, failure, result, x.ID, Running, x.Worker, x.Attempts))
}

// Cancel ends a job that has not ended; its worker finds out at its next beat.
func (s *Store) Cancel(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "cancel the job", func(tx *sql.Tx, now int64) error {
		if err := one(tx.ExecContext(ctx, "UPDATE jobs SET state = $1, ended = $2 WHERE id = $3 AND parent = '' AND (state = $4 OR state = $5 OR state = $6)", Cancelled, now, id, Queued, Running, Waiting)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE jobs SET state = $1, ended = $2 WHERE parent = $3 AND (state = $4 OR state = $5)", Cancelled, now, id, Queued, Running); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "cancel job", id, "")
	})
}

// Retry queues a job again that failed or was cancelled.
func (s *Store) Retry(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, "retry the job", func(tx *sql.Tx, now int64) error {
		if err := one(tx.ExecContext(ctx, "UPDATE jobs SET state = $1, ended = 0, attempts = 0, failure = '', result = '' WHERE id = $2 AND parent = '' AND (state = $3 OR state = $4)", Queued, id, Failed, Cancelled)); err != nil {
			return err
		}
		// What parts came to before belongs to the try before.
		if _, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE parent = $1", id); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "retry job", id, "")
	})
}

// Job reads one.
func (s *Store) Job(ctx context.Context, id string) (*Job, error) {
	list, err := rows(ctx, s.read, scanJob, "SELECT "+jobColumns+" FROM jobs WHERE id = $1", id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", id, err)
	}
	return &list[0], nil
}

// Jobs lists a scenario's jobs before one, the newest first; before "" is from the
// newest.
func (s *Store) Jobs(ctx context.Context, scenario, before string, limit int) ([]Job, error) {
	if before == "" {
		before = last
	}
	return rows(ctx, s.read, scanJob, "SELECT "+jobColumns+" FROM jobs WHERE scenario = $1 AND parent = '' AND id < $2 ORDER BY id DESC LIMIT $3", scenario, before, limit)
}
