// Package store keeps what a team works on: scenarios with every version of every
// record, plans, people and their secrets, asks, jobs, and the audit chain. One SQL
// text serves SQLite, for one machine without a database server, and PostgreSQL.
//
// Every method that changes something takes an [Actor], and writes the change and its
// line in the audit chain in one transaction: neither is there without the other.
// When a method returns without an error, the change is on disk.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Store is a database that is open. Its methods may be called from any goroutine.
type Store struct {
	write, read *sql.DB // the same for PostgreSQL; SQLite has one writer
	file        string  // of SQLite
	// Now is the clock.
	Now func() time.Time
}

// Actor says who does something: for the record, and for the audit chain.
type Actor struct {
	ID      string // a person's ID, or a part of the program such as "jobs"
	Origin  string // address that the request came from
	Request string // its ID in the log
}

// What a method can answer beside trouble with the database.
var (
	// ErrNotFound says that there is nothing of this name.
	ErrNotFound = errors.New("not found")
	// ErrExists says that the name is taken.
	ErrExists = errors.New("already exists")
)

// Stale says that something was changed by others since the caller read it.
type Stale struct {
	What string // such as "unit GBR-1"
	Have int64  // its version now; 0 if there is none
}

func (e *Stale) Error() string {
	if e.Have == 0 {
		return e.What + " is not there any more; read it again"
	}
	return fmt.Sprintf("%s was changed meanwhile and is at version %d now; read it again", e.What, e.Have)
}

//go:embed migrations/*.sql
var migrations embed.FS

// File is the name of the database in a data folder.
const File = "rearguard.db"

// Open opens the SQLite database in a folder, which is made if there is none, and
// brings its tables up to date.
func Open(ctx context.Context, folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return OpenFile(ctx, filepath.Join(folder, File))
}

// OpenFile opens the SQLite database in a file of any name, which is made if there is
// none, and brings its tables up to date.
func OpenFile(ctx context.Context, path string) (*Store, error) {
	open := func(most int, options string) (*sql.DB, error) {
		// FULL: what was acknowledged outlasts a loss of power too.
		source := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" + options
		db, err := sql.Open("sqlite", source)
		if err == nil {
			db.SetMaxOpenConns(most)
			db.SetMaxIdleConns(most)
		}
		return db, err
	}
	write, err := open(1, "&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := migrate(ctx, write, goose.DialectSQLite3); err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	read, err := open(8, "&_pragma=query_only(1)")
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return opened(write, read, path), nil
}

// Connect opens a PostgreSQL database by its URL and brings its tables up to date.
func Connect(ctx context.Context, address string) (*Store, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", hidden(err, address))
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	if err := migrate(ctx, db, goose.DialectPostgres); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("connect to the database: %w", hidden(err, address))
	}
	return opened(db, db, ""), nil
}

// opened is a store by the machine's clock.
func opened(write, read *sql.DB, file string) *Store {
	return &Store{write: write, read: read, file: file, Now: time.Now} //nolint:forbidigo // it is the clock field
}

// hidden is an error without the password of a database's URL.
func hidden(err error, address string) error {
	u, bad := url.Parse(address)
	if bad != nil || u.User == nil {
		return err
	}
	password, set := u.User.Password()
	if !set || !strings.Contains(err.Error(), password) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), password, "***"))
}

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, files)
	if err != nil {
		return err
	}
	now, want, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of its tables: %w", err)
	}
	if now > want {
		return fmt.Errorf("its tables are of version %d, and this program knows up to %d: use the newer program", now, want)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring its tables up to date: %w", err)
	}
	return nil
}

// Close lets go of the database.
func (s *Store) Close() error {
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Backup writes a copy of the SQLite database, as of one moment, to a new file, while
// others go on.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.file == "" {
		return errors.New("back up a PostgreSQL database with its own pg_dump")
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("back up to %s: %w; name a new file", path, fs.ErrExist)
	}
	partial := path + ".partial"
	defer os.Remove(partial) // fails once renamed
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	// Not in the pool of readers, which may only query.
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO $1", partial); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	if err := os.Rename(partial, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

// change runs a transaction that changes something; with what it changes, audit lines
// join the chain.
func (s *Store) change(ctx context.Context, action string, do func(tx *sql.Tx, now int64) error) error {
	now := s.Now().UnixMicro()
	for attempt := 0; ; attempt++ {
		err := s.once(ctx, now, do)
		if attempt < 5 && serialization(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", action, err)
		}
		return nil
	}
}

func (s *Store) once(ctx context.Context, now int64, do func(*sql.Tx, int64) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx, now); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// serialization reports whether PostgreSQL broke a deadlock by this transaction, which
// can simply be tried again.
func serialization(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01")
}

// taken reports whether an insert failed because its key is there.
func taken(err error) bool {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code == "23505"
	}
	var q *sqlite.Error
	return errors.As(err, &q) && (q.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || q.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}

// last is after every ID, in the order of any locale.
const last = "g"

// NewID is an identifier that sorts by the time it was made.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// random is n bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// when is a time as the tables hold it; 0 is none.
func when(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

// rows reads all rows of a query.
func rows[T any](ctx context.Context, db querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	found, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	list := []T{}
	for found.Next() {
		x, err := scan(found)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, found.Err()
}

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// missing turns the absence of a row into ErrNotFound.
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// one checks that a statement met a row.
func one(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}
