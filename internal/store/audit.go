package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one line of the audit chain. Its hash covers all its fields and the hash of
// the line before, so that none can be changed, left out or put in unseen.
type Entry struct {
	N        int64     `json:"n"` // from 1, without gaps
	At       time.Time `json:"at"`
	Actor    string    `json:"who"`
	Origin   string    `json:"origin"`
	Request  string    `json:"request"`
	Action   string    `json:"action"`  // such as "edit records"
	Subject  string    `json:"subject"` // what it was done to
	Detail   string    `json:"detail"`
	Previous string    `json:"previous"`
	Hash     string    `json:"hash"` // SHA-256, hexadecimal
}

// sum is the hash that a line must carry.
func (e *Entry) sum() string {
	// A JSON array delimits its fields, whatever is in them.
	b, _ := json.Marshal([]any{e.N, e.At.UnixMicro(), e.Actor, e.Origin, e.Request, e.Action, e.Subject, e.Detail, e.Previous})
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// audit appends a line within the transaction of what it tells of.
func audit(ctx context.Context, tx *sql.Tx, actor Actor, now int64, action, subject, detail string) error {
	e := Entry{At: when(now), Actor: actor.ID, Origin: actor.Origin, Request: actor.Request, Action: action, Subject: subject, Detail: detail}
	// The update holds the row's lock until the end: the chain has one writer at a time.
	if err := tx.QueryRowContext(ctx, "UPDATE audit_head SET n = n + 1 WHERE one = 1 RETURNING n, hash").Scan(&e.N, &e.Previous); err != nil {
		return fmt.Errorf("lengthen the audit chain: %w", err)
	}
	e.Hash = e.sum()
	if _, err := tx.ExecContext(ctx, "UPDATE audit_head SET hash = $1 WHERE one = 1", e.Hash); err != nil {
		return fmt.Errorf("lengthen the audit chain: %w", err)
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO audit (n, at, who, origin, request, action, subject, detail, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		e.N, now, e.Actor, e.Origin, e.Request, e.Action, e.Subject, e.Detail, e.Previous, e.Hash)
	if err != nil {
		return fmt.Errorf("lengthen the audit chain: %w", err)
	}
	return nil
}

// Note appends a line about something that changes no table, such as a sign-in.
func (s *Store) Note(ctx context.Context, actor Actor, action, subject, detail string) error {
	return s.change(ctx, "write the audit chain", func(tx *sql.Tx, now int64) error {
		return audit(ctx, tx, actor, now, action, subject, detail)
	})
}

const entryColumns = "n, at, who, origin, request, action, subject, detail, previous, hash"

func scanEntry(r *sql.Rows) (e Entry, err error) {
	var at int64
	err = r.Scan(&e.N, &at, &e.Actor, &e.Origin, &e.Request, &e.Action, &e.Subject, &e.Detail, &e.Previous, &e.Hash)
	e.At = when(at)
	return e, err
}

// Audit lists lines before one, the newest first; before 0 is from the end.
func (s *Store) Audit(ctx context.Context, before int64, limit int) ([]Entry, error) {
	if before <= 0 {
		before = 1 << 62
	}
	return rows(ctx, s.read, scanEntry, "SELECT "+entryColumns+" FROM audit WHERE n < $1 ORDER BY n DESC LIMIT $2", before, limit)
}

// Chain is what a check of the audit chain found.
type Chain struct {
	Entries int64  `json:"entries"`
	Head    string `json:"head"`            // hash of the last line; note it elsewhere to prove later that nothing was cut off
	Broken  int64  `json:"broken"`          // the first line that is wrong, 0 if none
	Reason  string `json:"reason"`          // empty if none is
	At      string `json:"at,omitempty"`    // time of the last line
	Found   bool   `json:"found,omitempty"` // a head that was asked for is in the chain
}

// VerifyAudit walks the whole chain. With a head noted earlier it also says whether the
// chain still goes through it. Each line is handed to visit, if that is not nil.
func (s *Store) VerifyAudit(ctx context.Context, head string, visit func(Entry) error) (Chain, error) {
	var c Chain
	fail := func(n int64, format string, args ...any) {
		if c.Broken == 0 {
			c.Broken, c.Reason = n, fmt.Sprintf(format, args...)
		}
	}
	const page = 2000
	for {
		// A page's rows are read whole, so that a slow visitor holds no lock.
		list, err := rows(ctx, s.read, scanEntry, "SELECT "+entryColumns+" FROM audit WHERE n > $1 ORDER BY n LIMIT $2", c.Entries, page)
		if err != nil {
			return c, fmt.Errorf("read the audit chain: %w", err)
		}
		for _, e := range list {
			switch {
			case e.N != c.Entries+1:
				fail(c.Entries+1, "line %d is missing", c.Entries+1)
			case e.Previous != c.Head:
				fail(e.N, "line %d does not follow line %d", e.N, e.N-1)
			case e.sum() != e.Hash:
				fail(e.N, "line %d was changed after it was written", e.N)
			}
			c.Entries, c.Head, c.At = e.N, e.Hash, e.At.Format(time.RFC3339)
			c.Found = c.Found || head != "" && e.Hash == head
			if visit != nil {
				if err := visit(e); err != nil {
					return c, err
				}
			}
		}
		if len(list) < page {
			break
		}
	}
	if err := s.endOfChain(ctx, &c, fail); err != nil {
		return c, err
	}
	if head != "" && !c.Found && c.Broken == 0 {
		fail(c.Entries, "no line has the hash %s that was noted", head)
	}
	return c, nil
}

// endOfChain holds the lines that were read to the head of the chain, which the last writer
// set: none was cut off.
func (s *Store) endOfChain(ctx context.Context, c *Chain, fail func(n int64, format string, args ...any)) error {
	var n int64
	var kept string
	if err := s.read.QueryRowContext(ctx, "SELECT n, hash FROM audit_head WHERE one = 1").Scan(&n, &kept); err != nil {
		return fmt.Errorf("read the audit chain: %w", err)
	}
	// Lines may have been added since the last page was read.
	if n < c.Entries || n == c.Entries && kept != c.Head {
		fail(c.Entries, "the chain ends at line %d, and its head says %d", c.Entries, n)
	} else if n > c.Entries {
		var more int64
		if err := s.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM audit WHERE n > $1", c.Entries).Scan(&more); err != nil {
			return fmt.Errorf("read the audit chain: %w", err)
		}
		if more == 0 {
			fail(c.Entries+1, "lines %d to %d were cut off", c.Entries+1, n)
		}
	}
	return nil
}
