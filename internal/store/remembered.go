package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Remember keeps what a server has to know again when it starts, by name.
func (s *Store) Remember(ctx context.Context, actor Actor, name, value string) error {
	return s.change(ctx, "remember "+name, func(tx *sql.Tx, now int64) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO remembered (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value); err != nil {
			return err
		}
		return audit(ctx, tx, actor, now, "remember", name, "")
	})
}

// Remembered is what was kept under a name, empty if nothing was.
func (s *Store) Remembered(ctx context.Context, name string) (value string, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT value FROM remembered WHERE name = $1", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read what is remembered as %s: %w", name, err)
	}
	return value, nil
}
